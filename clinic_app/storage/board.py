"""The board in the database: which cases stand in which column, in their order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from clinic_app.domain.board import BoardColumn
from clinic_app.domain.schedule import AppointmentStatus, FollowUpStatus
from clinic_app.storage.call_list import COUNTING, RANKS, CallListQuestions, Condition, in_status
from clinic_app.storage.records.cases import CaseRecord
from clinic_app.storage.records.schedule import AppointmentCaseRecord, AppointmentRecord
from clinic_app.storage.records.treatment import SessionRecord, VisitRecord

HERE = (AppointmentStatus.ARRIVED.value, AppointmentStatus.IN_ROOM.value)


class BoardRows:
    """Counts and cards of the columns."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def columns(
        self, asked: CallListQuestions, limits: Mapping[BoardColumn, int]
    ) -> dict[BoardColumn, tuple[int, list[int]]]:
        """How many cases stand in each of these columns, and the first of them."""
        found: dict[BoardColumn, tuple[int, list[int]]] = {}
        for column, condition in self._conditions(asked).items():
            if column not in limits:
                continue
            if column is BoardColumn.TO_CALL:
                cards = self._most_urgent(asked, condition, limits[column])
            else:
                ids = select(CaseRecord.id).where(condition).order_by(*self._order(asked, column)).limit(limits[column])
                cards = list(self._session.scalars(ids))
            count = len(cards)
            if count >= limits[column]:
                count = self._session.scalar(select(func.count()).select_from(CaseRecord).where(condition)) or 0
            found[column] = (count, cards)
        return found

    def _most_urgent(self, asked: CallListQuestions, condition: Condition, limit: int) -> list[int]:
        """The first of the overdue and the due in the order of urgency, each through the index of their dates."""
        found: list[int] = []
        for status in (FollowUpStatus.OVERDUE, FollowUpStatus.DUE):
            for rank in RANKS:
                ids = (
                    select(CaseRecord.id)
                    .where(CaseRecord.come_on_rank == rank, in_status(status, asked.on), condition)
                    .order_by(CaseRecord.closes, CaseRecord.mrn, CaseRecord.id)
                    .limit(limit - len(found))
                )
                if len(found) < limit:
                    found += self._session.scalars(ids)
        return found

    @staticmethod
    def _conditions(asked: CallListQuestions) -> dict[BoardColumn, Condition]:
        """Each column's rule; the first that matches from the right wins."""
        on = asked.on
        treated = CaseRecord.id.in_(
            select(SessionRecord.case_id)
            .join(VisitRecord, VisitRecord.id == SessionRecord.visit_id)
            .where(VisitRecord.day == on, SessionRecord.day == on, SessionRecord.state.in_(COUNTING))
        )
        arrived = CaseRecord.id.in_(
            select(AppointmentCaseRecord.case_id)
            .join(AppointmentRecord, AppointmentRecord.id == AppointmentCaseRecord.appointment_id)
            .where(
                AppointmentRecord.day == on,
                AppointmentRecord.status.in_(HERE),
                AppointmentRecord.taken_back_at.is_(None),
            )
        )
        booked = in_status(FollowUpStatus.BOOKED, on)
        open_ = or_(
            *(
                in_status(one, on)
                for one in (
                    FollowUpStatus.OVERDUE,
                    FollowUpStatus.DUE,
                    FollowUpStatus.COMING,
                    FollowUpStatus.NOT_DUE,
                    FollowUpStatus.NOT_STARTED,
                )
            )
        )
        again = asked.called_again()
        held = in_status(FollowUpStatus.ON_HOLD, on)
        missed = asked.missed()
        due = or_(in_status(FollowUpStatus.OVERDUE, on), in_status(FollowUpStatus.DUE, on))
        return {
            BoardColumn.TO_CALL: and_(due, ~treated, ~arrived, ~again, ~missed),
            BoardColumn.CALL_BACK: and_(or_(open_, held), again, ~treated, ~arrived),
            BoardColumn.BOOKED: and_(booked, ~treated, ~arrived),
            BoardColumn.ARRIVED: and_(arrived, ~treated),
            BoardColumn.TREATED: treated,
            BoardColumn.NO_SHOW: and_(open_, missed, ~again, ~treated, ~arrived),
        }

    @staticmethod
    def _order(asked: CallListQuestions, column: BoardColumn) -> list[ColumnElement[Any]]:
        """Of those to be called again whose day has come is first, then by their last call; an order by the day agreed
        would cost seconds in a large clinic.
        """
        last: list[ColumnElement[Any]] = [CaseRecord.mrn.expression, CaseRecord.id.expression]
        if column in (BoardColumn.BOOKED, BoardColumn.ARRIVED):
            day, token = (asked.next_booking(one) for one in (AppointmentRecord.day, AppointmentRecord.token))
            return [day, token, *last]
        if column is BoardColumn.CALL_BACK:
            return [case((asked.call_again_by(asked.on), 0), else_=1), CaseRecord.called_on.expression, *last]
        return last if column is BoardColumn.TREATED else asked.urgency()
