"""Cases in the database, with their holds, stops, decisions and independences."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from clinic_app.domain.calendar import Span
from clinic_app.domain.cases import Case, CaseDetails, Hold, ReinjectionPlan, Side, Stop, StopReason
from clinic_app.domain.errors import Conflict, NotFound
from clinic_app.domain.schedule import Decision, DecisionKind
from clinic_app.storage.patients import chunks
from clinic_app.storage.records.cases import (
    CaseRecord,
    DecisionRecord,
    HoldRecord,
    IndependenceRecord,
    StopRecord,
)
from clinic_app.storage.records.comparison import AlignmentRecord, CompareStateRecord, MeasurementRecord
from clinic_app.storage.records.pictures import PicturePinRecord
from clinic_app.storage.records.schedule import ContactAttemptRecord
from clinic_app.storage.row_watch import remove_rows


class CaseRows:
    """The cases of the clinic."""

    def __init__(self, session: Session, user: str, now: datetime) -> None:
        self._session = session
        self._user = user
        self._now = now

    def get(self, case_id: int) -> Case:
        """One case. Raises ``NotFound``."""
        found = self.by_ids([case_id])
        if case_id not in found:
            raise NotFound("case_not_found", id=case_id)
        return found[case_id]

    def of_patient(self, patient_id: int) -> tuple[Case, ...]:
        """A patient's cases, oldest entry first."""
        return self.of_patients([patient_id]).get(patient_id, ())

    def family(self, case_id: int) -> tuple[Case, ...]:
        """All cases of the patient of a case, oldest entry first. Raises ``NotFound``."""
        owner = select(CaseRecord.patient_id).where(CaseRecord.id == case_id).scalar_subquery()
        ids = self._session.scalars(
            select(CaseRecord.id).where(CaseRecord.patient_id == owner).order_by(CaseRecord.id)
        ).all()
        if not ids:
            raise NotFound("case_not_found", id=case_id)
        return tuple(self.by_ids(ids).values())

    def of_patients(self, patient_ids: Sequence[int]) -> dict[int, tuple[Case, ...]]:
        """The cases of several patients."""
        ids: list[int] = []
        for part in chunks(patient_ids):
            ids += self._session.scalars(
                select(CaseRecord.id).where(CaseRecord.patient_id.in_(part)).order_by(CaseRecord.id)
            ).all()
        found: dict[int, tuple[Case, ...]] = {}
        for case in self.by_ids(ids).values():
            found[case.patient_id] = (*found.get(case.patient_id, ()), case)
        return found

    def by_ids(self, ids: Sequence[int]) -> dict[int, Case]:
        """Cases by id, in the order asked for."""
        rows: dict[int, Any] = {}
        holds: dict[int, list[Hold]] = {}
        stops: dict[int, list[Stop]] = {}
        independent: dict[int, set[int]] = {}
        for part in chunks(ids):
            rows.update({row.id: row for row in self._session.execute(_known().where(CaseRecord.id.in_(part)))})
            for hold in self._session.scalars(
                select(HoldRecord).where(HoldRecord.case_id.in_(part)).order_by(HoldRecord.id)
            ):
                holds.setdefault(hold.case_id, []).append(
                    Hold(hold.since, hold.until, hold.reason, hold.ended_on, hold.id)
                )
            for stop in self._session.scalars(
                select(StopRecord).where(StopRecord.case_id.in_(part)).order_by(StopRecord.id)
            ):
                stops.setdefault(stop.case_id, []).append(
                    Stop(stop.since, StopReason(stop.reason), stop.note, stop.ended_on, stop.id)
                )
            pairs = self._session.execute(
                select(IndependenceRecord.case_id, IndependenceRecord.other_id).where(
                    or_(IndependenceRecord.case_id.in_(part), IndependenceRecord.other_id.in_(part))
                )
            )
            for first, second in pairs:
                independent.setdefault(first, set()).add(second)
                independent.setdefault(second, set()).add(first)
        return {
            id_: _case_of(
                rows[id_],
                frozenset(independent.get(id_, ())),
                tuple(holds.get(id_, ())),
                tuple(stops.get(id_, ())),
            )
            for id_ in ids
            if id_ in rows
        }

    def decisions(self, ids: Sequence[int]) -> dict[int, tuple[Decision, ...]]:
        """What was decided about these cases."""
        found: dict[int, tuple[Decision, ...]] = {}
        for part in chunks(ids):
            for row in self._session.scalars(
                select(DecisionRecord).where(DecisionRecord.case_id.in_(part)).order_by(DecisionRecord.id)
            ):
                decision = Decision(row.day, DecisionKind(row.kind), row.at)
                found[row.case_id] = (*found.get(row.case_id, ()), decision)
        return found

    def add(self, patient_id: int, details: CaseDetails, import_id: int | None = None) -> int:
        """Add a case to a patient and return its id."""
        return self.add_all([(patient_id, details)], import_id)[0]

    def add_all(self, cases: Sequence[tuple[int, CaseDetails]], import_id: int | None = None) -> list[int]:
        """Add cases, each to the patient named with it, and return their ids in the same order."""
        rows = [CaseRecord(patient_id=patient_id, import_id=import_id) for patient_id, _ in cases]
        for row, (_, details) in zip(rows, cases, strict=True):
            self._write(row, details)
        self._session.add_all(rows)
        self._session.flush()
        return [row.id for row in rows]

    def change(self, case_id: int, details: CaseDetails, version: int) -> None:
        """Replace what is known of a case. Raises ``Conflict("changed_meanwhile")``."""
        row = self._row(case_id)
        if row.version != version:
            raise Conflict("changed_meanwhile")
        self._write(row, details)
        self._session.flush()

    def set_independent(self, case_id: int, other_id: int, *, independent: bool) -> None:
        """Say whether two cases of one patient hold each other up."""
        first, second = sorted((case_id, other_id))
        existing = self._session.get(IndependenceRecord, (first, second))
        if independent and existing is None:
            self._session.add(IndependenceRecord(case_id=first, other_id=second))
        elif not independent and existing is not None:
            self._session.delete(existing)
        self._session.flush()

    def add_hold(self, case_id: int, hold: Hold) -> int:
        """Put a case on hold; a hold still running ends the day the new one begins."""
        self.end_holds(case_id, hold.since)
        row = HoldRecord(
            case_id=case_id,
            since=hold.since,
            until=hold.until,
            reason=hold.reason,
            written_by=self._user,
            written_at=self._now,
        )
        self._session.add(row)
        self._session.flush()
        return row.id

    def end_holds(self, case_id: int, day: date) -> None:
        """End every hold of a case that is still running on ``day``."""
        running = select(HoldRecord).where(
            HoldRecord.case_id == case_id, HoldRecord.until >= day, HoldRecord.ended_on.is_(None)
        )
        for row in self._session.scalars(running):
            row.ended_on = day
        self._session.flush()

    def resume_hold(self, case_id: int) -> None:
        """Take back that a hold was ended early: the newest one runs on to its last day."""
        row = self._session.scalar(
            select(HoldRecord).where(HoldRecord.case_id == case_id).order_by(HoldRecord.id.desc()).limit(1)
        )
        if row is not None:
            row.ended_on = None
        self._session.flush()

    def add_stop(self, case_id: int, stop: Stop, *, of_patient: bool = False) -> int:
        """Stop a case and return the stop's id."""
        row = StopRecord(
            case_id=case_id,
            since=stop.since,
            reason=stop.reason.value,
            note=stop.note,
            of_patient=of_patient,
            written_by=self._user,
            written_at=self._now,
        )
        self._session.add(row)
        self._session.flush()
        return row.id

    def remove_stops(self, case_id: int, *, of_patient: bool | None = None) -> None:
        """Take back the stops of a case as if they had never been said (an audited inverse)."""
        statement = select(StopRecord).where(StopRecord.case_id == case_id)
        if of_patient is not None:
            statement = statement.where(StopRecord.of_patient == of_patient)
        remove_rows(self._session, statement)

    def delete_stop(self, stop_id: int) -> None:
        """Take one stop back as if it had never been said (an audited inverse)."""
        remove_rows(self._session, select(StopRecord).where(StopRecord.id == stop_id))

    def patients_of_stops(self, stop_ids: Sequence[int]) -> set[int]:
        """Whose cases these stops stop."""
        found: set[int] = set()
        for part in chunks(stop_ids):
            found |= set(
                self._session.scalars(
                    select(CaseRecord.patient_id)
                    .join(StopRecord, StopRecord.case_id == CaseRecord.id)
                    .where(StopRecord.id.in_(part))
                )
            )
        return found

    def end_stops(self, case_id: int, day: date) -> None:
        """End the stops of a case on ``day``: it goes on from there."""
        running = select(StopRecord).where(StopRecord.case_id == case_id, StopRecord.ended_on.is_(None))
        for row in self._session.scalars(running):
            row.ended_on = day
        self._session.flush()

    def add_decision(self, case_id: int, kind: DecisionKind, day: date, note: str = "") -> int:
        """Record what was decided about a case and return the decision's id."""
        row = DecisionRecord(case_id=case_id, day=day, kind=kind.value, note=note, at=self._now, written_by=self._user)
        self._session.add(row)
        self._session.flush()
        return row.id

    def delete_decision(self, decision_id: int) -> None:
        """Take a decision back as if it had never been said (an audited inverse)."""
        remove_rows(self._session, select(DecisionRecord).where(DecisionRecord.id == decision_id))

    def of_import(self, import_id: int) -> list[int]:
        """The cases an import added."""
        return list(self._session.scalars(select(CaseRecord.id).where(CaseRecord.import_id == import_id)))

    def delete(self, ids: Sequence[int]) -> None:
        """Remove cases that an undone import had added."""
        for part in chunks(ids):
            for measured in self._session.scalars(select(MeasurementRecord).where(MeasurementRecord.case_id.in_(part))):
                measured.case_id = None
            for record in (
                StopRecord, HoldRecord, DecisionRecord, ContactAttemptRecord, PicturePinRecord, AlignmentRecord,
                CompareStateRecord,
            ):  # fmt: skip
                remove_rows(self._session, select(record).where(record.case_id.in_(part)))
            tied = or_(IndependenceRecord.case_id.in_(part), IndependenceRecord.other_id.in_(part))
            remove_rows(self._session, select(IndependenceRecord).where(tied))
            remove_rows(self._session, select(CaseRecord).where(CaseRecord.id.in_(part)))

    def ids(self) -> list[int]:
        """Every case, by id."""
        return list(self._session.scalars(select(CaseRecord.id).order_by(CaseRecord.id)))

    def total(self) -> int:
        """How many cases there are."""
        return self._session.scalar(select(func.count()).select_from(CaseRecord)) or 0

    def _row(self, case_id: int) -> CaseRecord:
        row = self._session.get(CaseRecord, case_id)
        if row is None:
            raise NotFound("case_not_found", id=case_id)
        return row

    def _write(self, row: CaseRecord, details: CaseDetails) -> None:
        row.condition = details.condition
        row.side = details.side.value if details.side else None
        row.pattern, row.onset, row.notes = details.pattern, details.onset, details.notes
        row.causes = list(details.causes)
        row.classification = dict(details.classification)
        row.plan_opens = str(details.plan.opens_after) if details.plan else None
        row.plan_closes = str(details.plan.closes_after) if details.plan else None
        row.written_at = self._now


def _known() -> Any:
    """What ``Case`` says, without the cache of the call list and without a row the session keeps: lists read many."""
    return select(
        CaseRecord.id,
        CaseRecord.patient_id,
        CaseRecord.condition,
        CaseRecord.side,
        CaseRecord.pattern,
        CaseRecord.onset,
        CaseRecord.causes,
        CaseRecord.classification,
        CaseRecord.plan_opens,
        CaseRecord.plan_closes,
        CaseRecord.notes,
        CaseRecord.version,
    )


def _case_of(row: Any, independent: frozenset[int], holds: tuple[Hold, ...], stops: tuple[Stop, ...]) -> Case:
    plan = None
    if row.plan_opens is not None and row.plan_closes is not None:
        plan = ReinjectionPlan(Span.parse(row.plan_opens), Span.parse(row.plan_closes))
    details = CaseDetails(
        row.condition,
        Side(row.side) if row.side else None,
        row.pattern,
        row.onset,
        tuple(row.causes),
        tuple((str(axis), str(value)) for axis, value in row.classification.items()),
        plan,
        row.notes,
    )
    return Case(row.id, row.patient_id, details, independent, holds, stops, row.version)
