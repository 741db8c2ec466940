"""What Today asks the database: call-backs, bookings nobody closed, injections whose photographs are wanted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, case, func, or_, select, type_coerce
from sqlalchemy.orm import Session, aliased, selectinload

from clinic_app.domain.schedule import Appointment, AppointmentStatus
from clinic_app.domain.treatment import SessionKind
from clinic_app.storage.call_list import LIVE, CallListQuestions, FilterKnown
from clinic_app.storage.records.audit import RowVersionRecord
from clinic_app.storage.records.cases import CaseRecord
from clinic_app.storage.records.declarative import Moment
from clinic_app.storage.records.pictures import PictureRecord
from clinic_app.storage.records.schedule import AppointmentCaseRecord, AppointmentRecord, ContactAttemptRecord
from clinic_app.storage.records.treatment import SessionRecord, VisitRecord
from clinic_app.storage.schedule import appointment_of
from clinic_app.storage.treatment import COUNTING

CANCELLED = (AppointmentStatus.CANCELLED_BY_CLINIC.value, AppointmentStatus.CANCELLED_BY_PATIENT.value)


class TodayRows:
    """Set-based questions over the whole clinic."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def last_calls(self, today: date) -> dict[int, tuple[str, date, date | None, time | None, bool]]:
        """(code of the outcome, day it was on, day agreed, time agreed, whether the clinic's rule counts where no day
        was) of the last call up to today of every case that was called since its last injection and is not stopped.
        """
        call = ContactAttemptRecord
        asked = CallListQuestions(today, FilterKnown())
        ruled = asked.ruled()
        ahead: ColumnElement[datetime | None] = type_coerce(case((CaseRecord.called_on > today, call.at)), Moment())
        rows = self._session.execute(
            select(
                call.case_id, call.outcome, CaseRecord.called_on, ahead, call.call_again_on, call.call_again_at, ruled
            )
            .join(CaseRecord, CaseRecord.id == call.case_id)
            .where(
                call.taken_back_at.is_(None),
                call.at < datetime.combine(today + timedelta(days=1), time()),
                CaseRecord.call_outcome.is_not(None),
                or_(call.at >= CaseRecord.called_on, CaseRecord.called_on > today),
                asked.of_cycle(),
                asked.to_be_called(),
            )
            .order_by(call.at, call.id)
        )
        found: dict[int, tuple[str, date, date | None, time | None, bool]] = {}
        for case_id, outcome, called_on, at, day, when, by_rule in rows:
            called = called_on if at is None else at.date()
            if called is not None:
                found[case_id] = (outcome, called, day, when, bool(by_rule))
        return found

    def became_overdue(self, since: date, today: date) -> int:
        """How many cases are overdue today and were not on ``since``."""
        rows = select(func.count()).where(
            CaseRecord.closes >= since,
            CaseRecord.closes < today,
            *_callable(today),
        )
        return self._session.scalar(rows) or 0

    def last_day_before(self, today: date) -> date | None:
        """The last day before today anybody was booked for and did not cancel."""
        return self._session.scalar(
            select(func.max(AppointmentRecord.day)).where(
                AppointmentRecord.day < today,
                AppointmentRecord.taken_back_at.is_(None),
                AppointmentRecord.status.not_in((*CANCELLED, AppointmentStatus.WAITLIST.value)),
            )
        )

    def no_shows(self, first: date, last: date, most: int) -> tuple[int, tuple[Appointment, ...]]:
        """How many did not come on these days, and the first of them."""
        missed = (
            AppointmentRecord.day >= first,
            AppointmentRecord.day <= last,
            AppointmentRecord.status == AppointmentStatus.NO_SHOW.value,
        )
        count = select(func.count()).where(AppointmentRecord.taken_back_at.is_(None), *missed)
        rows = self._session.scalars(_bookings(*missed).limit(most)) if most else ()
        return self._session.scalar(count) or 0, tuple(appointment_of(row) for row in rows)

    def missed(self, today: date, most: int) -> tuple[int, date | None, tuple[Appointment, ...]]:
        """How many did not come on a day before ``today`` and wait for a call, the first such day, and the first of
        them, the latest days first.

        Nobody waits whose case is stopped or on hold, or was called after that day, injected on it or since, or has
        another booking for a later day that was not cancelled.
        """
        booking, of_case = AppointmentRecord, AppointmentCaseRecord
        other, of_other = aliased(AppointmentRecord), aliased(AppointmentCaseRecord)
        later = (
            select(of_other.appointment_id)
            .join(other, other.id == of_other.appointment_id)
            .where(
                of_other.case_id == of_case.case_id,
                other.day > booking.day,
                other.taken_back_at.is_(None),
                other.status.not_in((*CANCELLED, AppointmentStatus.WAITLIST.value)),
            )
            .correlate(of_case, booking)
            .exists()
        )
        waiting = (
            select(of_case.appointment_id)
            .join(CaseRecord, CaseRecord.id == of_case.case_id)
            .where(
                of_case.appointment_id == booking.id,
                or_(CaseRecord.stopped_since.is_(None), CaseRecord.stopped_since > today),
                or_(CaseRecord.held_until.is_(None), CaseRecord.held_from > today, CaseRecord.held_until < today),
                or_(CaseRecord.called_on.is_(None), CaseRecord.called_on <= booking.day),
                or_(CaseRecord.last_on.is_(None), CaseRecord.last_on < booking.day),
                ~later,
            )
            .correlate(booking)
            .exists()
        )
        missed = (booking.day < today, booking.status == AppointmentStatus.NO_SHOW.value, waiting)
        found = select(booking.id, booking.day).where(booking.taken_back_at.is_(None), *missed)
        rows = self._session.execute(found.order_by(booking.day.desc(), booking.token, booking.id)).all()
        if not rows:
            return 0, None, ()
        shown = self._latest_first((booking.id.in_([id_ for id_, _ in rows[:most]]),), most)
        return len(rows), rows[-1][1], shown

    def left_open(self, today: date, most: int) -> tuple[int, tuple[Appointment, ...]]:
        """How many bookings of earlier days nobody said anything of since, and the first, the latest days first."""
        left = (AppointmentRecord.day < today, AppointmentRecord.status.in_(LIVE))
        count = select(func.count()).where(AppointmentRecord.taken_back_at.is_(None), *left)
        return self._session.scalar(count) or 0, self._latest_first(left, most)

    def _latest_first(self, wanted: Sequence[ColumnElement[bool]], most: int) -> tuple[Appointment, ...]:
        statement = _bookings(*wanted).order_by(None)
        ordered = statement.order_by(AppointmentRecord.day.desc(), AppointmentRecord.token, AppointmentRecord.id)
        return tuple(appointment_of(row) for row in self._session.scalars(ordered.limit(most)))

    def cancelled_since(self, since: datetime, first: date) -> int:
        """How many bookings for ``first`` or later were cancelled since a moment."""
        changed = select(RowVersionRecord.of_row).where(
            RowVersionRecord.of_table == AppointmentRecord.__tablename__, RowVersionRecord.written_at >= since
        )
        ids = {int(row) for row in self._session.scalars(changed.distinct())}
        if not ids:
            return 0
        found = select(AppointmentRecord.id).where(
            AppointmentRecord.day >= first,
            AppointmentRecord.taken_back_at.is_(None),
            AppointmentRecord.status.in_(CANCELLED),
        )
        return len(ids & set(self._session.scalars(found)))

    def given(self, first: date, last: date, today: date) -> list[tuple[int, int, str, date]]:
        """(case, patient, condition, day) of the injections of these days that count for the window of their case."""
        rows = self._session.execute(
            select(SessionRecord.case_id, SessionRecord.patient_id, CaseRecord.condition, SessionRecord.day)
            .join(VisitRecord, VisitRecord.id == SessionRecord.visit_id)
            .join(CaseRecord, CaseRecord.id == SessionRecord.case_id)
            .where(
                VisitRecord.day >= first,
                VisitRecord.day <= last,
                SessionRecord.state.in_(COUNTING),
                or_(SessionRecord.kind == SessionKind.FULL.value, SessionRecord.restarts_window.is_(True)),
                or_(CaseRecord.stopped_since.is_(None), CaseRecord.stopped_since > today),
            )
        )
        return [(case_id, patient_id, condition, day) for case_id, patient_id, condition, day in rows]

    def pictured(self, first: date) -> dict[int, list[tuple[date, str | None]]]:
        """Days and views of the photographs from a day on, by patient."""
        rows = self._session.execute(
            select(PictureRecord.patient_id, PictureRecord.day, PictureRecord.view).where(
                PictureRecord.day >= first, PictureRecord.taken_back_at.is_(None)
            )
        )
        found: dict[int, list[tuple[date, str | None]]] = {}
        for patient_id, day, view in rows:
            if day is not None:
                found.setdefault(patient_id, []).append((day, view))
        return found


def _bookings(*conditions: ColumnElement[bool]) -> Select[AppointmentRecord]:
    return (
        select(AppointmentRecord)
        .options(selectinload(AppointmentRecord.cases))
        .where(AppointmentRecord.taken_back_at.is_(None), *conditions)
        .order_by(AppointmentRecord.day, AppointmentRecord.token, AppointmentRecord.id)
    )


def _callable(today: date) -> Sequence[ColumnElement[bool]]:
    """Neither stopped, nor on hold, nor booked: the rule of the statuses a call is offered in."""
    return (
        or_(CaseRecord.stopped_since.is_(None), CaseRecord.stopped_since > today),
        or_(CaseRecord.held_until.is_(None), CaseRecord.held_from > today, CaseRecord.held_until < today),
        or_(CaseRecord.booked_on.is_(None), CaseRecord.booked_on < today),
    )
