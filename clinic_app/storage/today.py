"""What Today asks the database: call-backs, bookings nobody closed, injections whose photographs are wanted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, selectinload

from clinic_app.domain.schedule import Appointment, AppointmentStatus, Attempt
from clinic_app.storage.call_list import LIVE
from clinic_app.storage.records.audit import RowVersionRecord
from clinic_app.storage.records.cases import CaseRecord
from clinic_app.storage.records.pictures import PictureRecord
from clinic_app.storage.records.schedule import AppointmentRecord, ContactAttemptRecord
from clinic_app.storage.records.treatment import SessionRecord, VisitRecord
from clinic_app.storage.schedule import appointment_of
from clinic_app.storage.treatment import COUNTING

CANCELLED = (AppointmentStatus.CANCELLED_BY_CLINIC.value, AppointmentStatus.CANCELLED_BY_PATIENT.value)
FULL = "full"


class TodayRows:
    """Set-based questions over the whole clinic."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def call_backs(
        self, today: date, cutoffs: Mapping[Attempt, date]
    ) -> list[tuple[int, Attempt, date, date | None, time | None]]:
        """(case, outcome, day of the call, day agreed, time agreed) of every case that is to be called again by today.

        The last call since the last injection decides: the day agreed, else the clinic's rule, whose latest day for
        each outcome is in ``cutoffs``. Cases that are booked, on hold or stopped are not called.
        """
        call, later = ContactAttemptRecord, aliased(ContactAttemptRecord)
        tomorrow = datetime.combine(today + timedelta(days=1), time())
        overtaken = exists().where(
            later.case_id == call.case_id,
            later.taken_back_at.is_(None),
            later.at < tomorrow,
            or_(later.at > call.at, and_(later.at == call.at, later.id > call.id)),
        )
        by_rule = [
            and_(call.outcome == outcome.value, call.at < datetime.combine(day + timedelta(days=1), time()))
            for outcome, day in cutoffs.items()
        ]
        rows = self._session.execute(
            select(call.case_id, call.outcome, call.at, call.call_again_on, call.call_again_at)
            .join(CaseRecord, CaseRecord.id == call.case_id)
            .where(
                call.taken_back_at.is_(None),
                call.at < tomorrow,
                CaseRecord.called_on.is_not(None),
                or_(CaseRecord.last_on.is_(None), CaseRecord.called_on > CaseRecord.last_on),
                or_(call.call_again_on <= today, and_(call.call_again_on.is_(None), or_(*by_rule))),
                *_callable(today),
                ~overtaken,
            )
        )
        return [(case_id, Attempt(outcome), at.date(), day, when) for case_id, outcome, at, day, when in rows]

    def became_overdue(self, since: date, today: date) -> int:
        """How many cases are overdue today and were not on ``since``."""
        rows = select(func.count()).where(
            CaseRecord.closes >= since,
            CaseRecord.closes < today,
            *_callable(today),
        )
        return self._session.scalar(rows) or 0

    def appointments(self, *conditions: ColumnElement[bool]) -> tuple[Appointment, ...]:
        """Bookings that were not taken back, by day and token."""
        return tuple(appointment_of(row) for row in self._session.scalars(_bookings(*conditions)))

    def last_day_before(self, today: date) -> date | None:
        """The last day before today anybody was booked for and did not cancel."""
        return self._session.scalar(
            select(func.max(AppointmentRecord.day)).where(
                AppointmentRecord.day < today,
                AppointmentRecord.taken_back_at.is_(None),
                AppointmentRecord.status.not_in((*CANCELLED, AppointmentStatus.WAITLIST.value)),
            )
        )

    def no_shows(self, first: date, last: date) -> tuple[Appointment, ...]:
        """Who did not come on these days."""
        return self.appointments(
            AppointmentRecord.day >= first,
            AppointmentRecord.day <= last,
            AppointmentRecord.status == AppointmentStatus.NO_SHOW.value,
        )

    def left_open(self, today: date, most: int) -> tuple[Appointment, ...]:
        """Bookings of earlier days of which nobody said what became of them, the latest days first."""
        statement = _bookings(AppointmentRecord.day < today, AppointmentRecord.status.in_(LIVE)).order_by(None)
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
                or_(SessionRecord.kind == FULL, SessionRecord.restarts_window.is_(True)),
                or_(CaseRecord.stopped_since.is_(None), CaseRecord.stopped_since > today),
            )
        )
        return [(case_id, patient_id, condition, day) for case_id, patient_id, condition, day in rows]

    def pictured(self, first: date, last: date, taken_from: date) -> dict[int, list[tuple[date, str | None]]]:
        """Days and views of photographs from ``taken_from`` on, of the patients treated on these days."""
        treated = select(VisitRecord.patient_id).where(VisitRecord.day >= first, VisitRecord.day <= last)
        rows = self._session.execute(
            select(PictureRecord.patient_id, PictureRecord.day, PictureRecord.view).where(
                PictureRecord.patient_id.in_(treated),
                PictureRecord.day >= taken_from,
                PictureRecord.taken_back_at.is_(None),
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
