"""Visits, injections and toxin given elsewhere in the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from clinic_app.domain.cases import Side
from clinic_app.domain.errors import NotFound
from clinic_app.domain.schedule import ToxinEvent
from clinic_app.domain.treatment import (
    Correction,
    ExternalToxin,
    ExternalToxinDetails,
    InjectionSession,
    InjectionSite,
    SessionDetails,
    SessionKind,
    SessionState,
    SiteSide,
    Visit,
    VisitDetails,
)
from clinic_app.domain.units import Units, plain
from clinic_app.storage.patients import chunks
from clinic_app.storage.records.cases import CaseRecord
from clinic_app.storage.records.treatment import (
    ExternalToxinRecord,
    SessionRecord,
    SessionVersionRecord,
    SiteRecord,
    VisitRecord,
)
from clinic_app.storage.row_watch import remove_rows

COUNTING = (SessionState.GIVEN.value, SessionState.FINAL.value, SessionState.CORRECTED.value)


class TreatmentRows:
    """Everything that was injected, here and elsewhere."""

    def __init__(self, session: Session, user: str, now: datetime) -> None:
        self._session = session
        self._user = user
        self._now = now

    def add_visit(
        self,
        patient_id: int,
        details: VisitDetails,
        state: SessionState,
        *,
        imported: bool = False,
        import_id: int | None = None,
    ) -> int:
        """Add a visit with its injections and return its id."""
        row = VisitRecord(
            patient_id=patient_id,
            day=details.day,
            injector=details.injector,
            batch=details.batch,
            checklist=dict(details.checklist),
            reason=details.reason,
            decided_by=details.decided_by,
            notes=details.notes,
            written_by=self._user,
            written_at=self._now,
            import_id=import_id,
        )
        row.sessions = [
            _session_row(patient_id, details.day, session, state, imported=imported, import_id=import_id)
            for session in details.sessions
        ]
        self._session.add(row)
        self._session.flush()
        return row.id

    def visits_of(self, patient_id: int) -> tuple[Visit, ...]:
        """A patient's visits, newest first."""
        rows = self._session.scalars(
            select(VisitRecord)
            .options(selectinload(VisitRecord.sessions).selectinload(SessionRecord.sites))
            .where(VisitRecord.patient_id == patient_id)
            .order_by(VisitRecord.day.desc(), VisitRecord.id.desc())
        ).all()
        cases = self._cases([row.case_id for visit in rows for row in visit.sessions])
        corrections = self._corrections(
            [one.id for visit in rows for one in visit.sessions if one.state == SessionState.CORRECTED.value]
        )
        visits = (_visit_of(row, cases) for row in rows)
        return tuple(
            replace(
                visit,
                sessions=tuple(replace(one, corrections=corrections.get(one.id, ())) for one in visit.sessions),
            )
            for visit in visits
        )

    def _corrections(self, session_ids: Sequence[int]) -> dict[int, tuple[Correction, ...]]:
        """How injections were corrected, each time, oldest first."""
        found: dict[int, tuple[Correction, ...]] = {}
        for part in chunks(session_ids):
            rows = self._session.scalars(
                select(SessionVersionRecord)
                .where(SessionVersionRecord.session_id.in_(part))
                .order_by(SessionVersionRecord.id)
            )
            for row in rows:
                found[row.session_id] = (*found.get(row.session_id, ()), _correction_of(row))
        return found

    def visit(self, visit_id: int) -> Visit:
        """One visit. Raises ``NotFound``."""
        row = self._session.scalar(
            select(VisitRecord)
            .options(selectinload(VisitRecord.sessions).selectinload(SessionRecord.sites))
            .where(VisitRecord.id == visit_id)
        )
        if row is None:
            raise NotFound("visit_not_found", id=visit_id)
        return _visit_of(row, self._cases([session.case_id for session in row.sessions]))

    def session(self, session_id: int) -> InjectionSession:
        """One injection. Raises ``NotFound``."""
        row = self._row(session_id)
        return _session_of(row, self._cases([row.case_id]))

    def last_session(self, case_id: int, product: str | None = None) -> InjectionSession | None:
        """The last injection of a case that was given, of one product if named."""
        statement = (
            select(SessionRecord)
            .options(selectinload(SessionRecord.sites))
            .where(SessionRecord.case_id == case_id, SessionRecord.state.in_(COUNTING))
            .order_by(SessionRecord.day.desc(), SessionRecord.id.desc())
            .limit(1)
        )
        if product is not None:
            statement = statement.where(SessionRecord.product == product)
        row = self._session.scalar(statement)
        return _session_of(row, self._cases([case_id])) if row is not None else None

    def sessions(self, *, patient_id: int | None = None) -> list[tuple[InjectionSession, str]]:
        """Injections with the patient's mrn, oldest first: all, or one patient's. For lists and export."""
        statement = (
            select(SessionRecord, CaseRecord.mrn)
            .join(CaseRecord, CaseRecord.id == SessionRecord.case_id)
            .options(selectinload(SessionRecord.sites))
            .order_by(CaseRecord.mrn, SessionRecord.day, SessionRecord.id)
        )
        if patient_id is not None:
            statement = statement.where(SessionRecord.patient_id == patient_id)
        rows = self._session.execute(statement).all()
        cases = self._cases(list({row.case_id for row, _ in rows}))
        return [(_session_of(row, cases), mrn) for row, mrn in rows]

    def sessions_of(self, patient_ids: Sequence[int]) -> dict[int, tuple[InjectionSession, ...]]:
        """The injections of several patients, oldest first."""
        found: dict[int, tuple[InjectionSession, ...]] = {}
        for part in chunks(patient_ids):
            rows = self._session.scalars(
                select(SessionRecord)
                .options(selectinload(SessionRecord.sites))
                .where(SessionRecord.patient_id.in_(part))
                .order_by(SessionRecord.day, SessionRecord.id)
            ).all()
            cases = self._cases(sorted({row.case_id for row in rows}))
            for row in rows:
                found[row.patient_id] = (*found.get(row.patient_id, ()), _session_of(row, cases))
        return found

    def site_counts(self, patient_id: int) -> dict[int, int]:
        """How many sites each injection of a patient has, by session id; those without any are left out."""
        rows = self._session.execute(
            select(SiteRecord.session_id, func.count())
            .join(SessionRecord, SessionRecord.id == SiteRecord.session_id)
            .where(SessionRecord.patient_id == patient_id)
            .group_by(SiteRecord.session_id)
        )
        return {row[0]: row[1] for row in rows}

    def visit_notes(self, patient_ids: Sequence[int]) -> dict[int, str]:
        """What was noted at the visits of these patients, by visit id; only where something was."""
        found: dict[int, str] = {}
        for part in chunks(patient_ids):
            rows = self._session.execute(
                select(VisitRecord.id, VisitRecord.notes).where(
                    VisitRecord.patient_id.in_(part), VisitRecord.notes != ""
                )
            )
            found.update((id_, notes) for id_, notes in rows)
        return found

    def patients_of_import(self, import_id: int) -> set[int]:
        """Whose sessions an import brought."""
        return set(
            self._session.scalars(
                select(SessionRecord.patient_id).where(SessionRecord.import_id == import_id).distinct()
            )
        )

    def same_session(self, case_ids: Sequence[int]) -> dict[tuple[int, date, str | None], list[Decimal | None]]:
        """What is on record by case, day and product, with the units: what an import looks for duplicates in."""
        found: dict[tuple[int, date, str | None], list[Decimal | None]] = {}
        for part in chunks(case_ids):
            rows = self._session.execute(
                select(SessionRecord.case_id, SessionRecord.day, SessionRecord.product, SessionRecord.units).where(
                    SessionRecord.case_id.in_(part), SessionRecord.state.in_(COUNTING)
                )
            )
            for case_id, day, product, units in rows:
                found.setdefault((case_id, day, product), []).append(units)
        return found

    def set_state(self, session_id: int, state: SessionState) -> SessionState:
        """Change what has become of an injection; answers the state it was in."""
        row = self._row(session_id)
        before = SessionState(row.state)
        row.state = state.value
        self._session.flush()
        return before

    def correct(self, session_id: int, details: SessionDetails, day: date, reason: str) -> None:
        """Replace an injection, keeping the old version whole. A new day moves it to a visit of that day."""
        row = self._row(session_id)
        self._keep_version(row, reason)
        total = details.total
        row.case_id, row.product, row.units = details.case_id, details.product, total.amount
        row.kind, row.restarts_window = details.kind.value, details.restarts_window
        row.dilution_ml, row.guidance, row.come_on = details.dilution_ml, details.guidance, details.come_on
        row.sites = _site_rows(details.sites)
        row.correction_reason = reason
        row.state = SessionState.CORRECTED.value
        if day != row.day:
            self._move_to_day(row, day)
        self._session.flush()

    def void(self, session_id: int, reason: str) -> None:
        """Mark an injection as entered by mistake; its old version is kept."""
        row = self._row(session_id)
        self._keep_version(row, reason)
        row.correction_reason = reason
        row.state = SessionState.VOID.value
        self._session.flush()

    def unvoid(self, session_id: int, state: SessionState, correction_reason: str) -> None:
        """Take back that an injection was entered by mistake."""
        row = self._row(session_id)
        row.state, row.correction_reason = state.value, correction_reason
        self._session.flush()

    def add_external(self, patient_id: int, details: ExternalToxinDetails) -> int:
        """Add toxin given elsewhere and return its id."""
        row = ExternalToxinRecord(patient_id=patient_id, written_by=self._user, written_at=self._now)
        _write_external(row, details)
        self._session.add(row)
        self._session.flush()
        return row.id

    def external(self, external_id: int) -> ExternalToxin:
        """One entry of toxin given elsewhere. Raises ``NotFound``."""
        return _external_of(self._external_row(external_id))

    def change_external(self, external_id: int, details: ExternalToxinDetails) -> None:
        """Replace an entry of toxin given elsewhere."""
        _write_external(self._external_row(external_id), details)
        self._session.flush()

    def remove_external(self, external_id: int, reason: str) -> None:
        """Take an entry out of the record; it is kept with the reason."""
        self._external_row(external_id).removed_reason = reason
        self._session.flush()

    def external_of(self, patient_id: int) -> tuple[ExternalToxin, ...]:
        """What a patient was given elsewhere, newest first."""
        rows = self._session.scalars(
            select(ExternalToxinRecord)
            .where(ExternalToxinRecord.patient_id == patient_id, ExternalToxinRecord.removed_reason.is_(None))
            .order_by(ExternalToxinRecord.day.desc(), ExternalToxinRecord.id.desc())
        )
        return tuple(_external_of(row) for row in rows)

    def external_of_patients(self, patient_ids: Sequence[int]) -> dict[int, tuple[ExternalToxin, ...]]:
        """What these patients were given elsewhere, oldest first."""
        found: dict[int, tuple[ExternalToxin, ...]] = {}
        for part in chunks(patient_ids):
            rows = self._session.scalars(
                select(ExternalToxinRecord)
                .where(ExternalToxinRecord.patient_id.in_(part), ExternalToxinRecord.removed_reason.is_(None))
                .order_by(ExternalToxinRecord.day, ExternalToxinRecord.id)
            )
            for row in rows:
                found[row.patient_id] = (*found.get(row.patient_id, ()), _external_of(row))
        return found

    def patients_of_external(self, ids: Sequence[int]) -> set[int]:
        """Whose these entries of toxin given elsewhere are."""
        rows = select(ExternalToxinRecord.patient_id).where(ExternalToxinRecord.id.in_(ids)).distinct()
        return set(self._session.scalars(rows))

    def delete_external(self, ids: Sequence[int]) -> None:
        """Remove the entries of toxin given elsewhere that an undone import had added."""
        for part in chunks(ids):
            remove_rows(self._session, select(ExternalToxinRecord).where(ExternalToxinRecord.id.in_(part)))

    def events(self, patient_ids: Sequence[int]) -> dict[int, tuple[ToxinEvent, ...]]:
        """Every toxin event of these patients, oldest first."""
        found: dict[int, list[ToxinEvent]] = {}
        for part in chunks(patient_ids):
            rows = self._session.execute(
                select(
                    SessionRecord.patient_id,
                    SessionRecord.day,
                    SessionRecord.product,
                    CaseRecord.condition,
                    SessionRecord.case_id,
                    SessionRecord.kind,
                    SessionRecord.restarts_window,
                    SessionRecord.units,
                    SessionRecord.come_on,
                    SessionRecord.state,
                    SessionRecord.id,
                    VisitRecord.written_at,
                )
                .join(CaseRecord, CaseRecord.id == SessionRecord.case_id)
                .join(VisitRecord, VisitRecord.id == SessionRecord.visit_id)
                .where(SessionRecord.patient_id.in_(part), SessionRecord.state.in_(COUNTING))
            )
            for patient_id, day, product, condition, case_id, kind, restarts, units, come_on, state, id_, at in rows:
                found.setdefault(patient_id, []).append(
                    ToxinEvent(
                        day,
                        product,
                        condition,
                        case_id,
                        kind == SessionKind.FULL.value or restarts,
                        False,
                        units,
                        come_on,
                        state != SessionState.GIVEN.value,
                        id_,
                        at,
                    )
                )
            elsewhere = self._session.execute(
                select(
                    ExternalToxinRecord.patient_id,
                    ExternalToxinRecord.day,
                    ExternalToxinRecord.product,
                    CaseRecord.condition,
                    ExternalToxinRecord.case_id,
                    ExternalToxinRecord.units,
                )
                .join(CaseRecord, CaseRecord.id == ExternalToxinRecord.case_id, isouter=True)
                .where(ExternalToxinRecord.patient_id.in_(part), ExternalToxinRecord.removed_reason.is_(None))
            )
            for patient_id, day, product, condition, named, units in elsewhere:
                event = ToxinEvent(day, product, condition, named, named is not None, True, units)
                found.setdefault(patient_id, []).append(event)
        return {
            patient_id: tuple(sorted(events, key=lambda event: (event.day, event.session_id)))
            for patient_id, events in found.items()
        }

    def delete_import(self, import_id: int) -> None:
        """Remove the visits and injections an undone import had added."""
        sessions = select(SessionRecord).where(SessionRecord.import_id == import_id)
        remove_rows(self._session, sessions.options(selectinload(SessionRecord.sites)))
        visits = select(VisitRecord).where(VisitRecord.import_id == import_id)
        remove_rows(self._session, visits.options(selectinload(VisitRecord.sessions).selectinload(SessionRecord.sites)))

    def _keep_version(self, row: SessionRecord, reason: str) -> None:
        content: dict[str, object] = {
            "day": row.day.isoformat(),
            "case_id": row.case_id,
            "state": row.state,
            "kind": row.kind,
            "product": row.product,
            "units": plain(row.units) if row.units is not None else None,
            "restarts_window": row.restarts_window,
            "dilution_ml": plain(row.dilution_ml) if row.dilution_ml is not None else None,
            "guidance": row.guidance,
            "come_on": row.come_on.isoformat() if row.come_on else None,
            "sites": [
                [site.muscle, site.side, plain(site.units), plain(site.volume_ml) if site.volume_ml else None]
                for site in row.sites
            ],
        }
        self._session.add(
            SessionVersionRecord(
                session_id=row.id, content=content, reason=reason, written_by=self._user, written_at=self._now
            )
        )

    def _move_to_day(self, row: SessionRecord, day: date) -> None:
        old = self._session.get(VisitRecord, row.visit_id)
        if old is None:
            raise NotFound("visit_not_found", id=row.visit_id)
        siblings = self._session.scalar(
            select(func.count()).where(SessionRecord.visit_id == row.visit_id, SessionRecord.id != row.id)
        )
        row.day = day
        if not siblings:
            old.day = day
            return
        moved = VisitRecord(
            patient_id=old.patient_id,
            day=day,
            injector=old.injector,
            batch=old.batch,
            checklist=dict(old.checklist),
            reason=old.reason,
            decided_by=old.decided_by,
            notes=old.notes,
            written_by=self._user,
            written_at=self._now,
        )
        self._session.add(moved)
        self._session.flush()
        row.visit_id = moved.id

    def _row(self, session_id: int) -> SessionRecord:
        row = self._session.scalar(
            select(SessionRecord).options(selectinload(SessionRecord.sites)).where(SessionRecord.id == session_id)
        )
        if row is None:
            raise NotFound("session_not_found", id=session_id)
        return row

    def _external_row(self, external_id: int) -> ExternalToxinRecord:
        row = self._session.get(ExternalToxinRecord, external_id)
        if row is None or row.removed_reason is not None:
            raise NotFound("external_not_found", id=external_id)
        return row

    def _cases(self, ids: Sequence[int]) -> dict[int, tuple[str, str | None]]:
        found: dict[int, tuple[str, str | None]] = {}
        for part in chunks(ids):
            rows = self._session.execute(
                select(CaseRecord.id, CaseRecord.condition, CaseRecord.side).where(CaseRecord.id.in_(part))
            )
            found.update({id_: (condition, side) for id_, condition, side in rows})
        return found


def _session_row(
    patient_id: int,
    day: date,
    details: SessionDetails,
    state: SessionState,
    *,
    imported: bool,
    import_id: int | None,
) -> SessionRecord:
    return SessionRecord(
        patient_id=patient_id,
        case_id=details.case_id,
        day=day,
        state=state.value,
        kind=details.kind.value,
        product=details.product,
        units=details.total.amount,
        restarts_window=details.restarts_window,
        dilution_ml=details.dilution_ml,
        guidance=details.guidance,
        come_on=details.come_on,
        imported=imported,
        import_id=import_id,
        sites=_site_rows(details.sites),
    )


def _site_rows(sites: tuple[InjectionSite, ...]) -> list[SiteRecord]:
    return [
        SiteRecord(
            position=position, muscle=site.muscle, side=site.side.value, units=site.units, volume_ml=site.volume_ml
        )
        for position, site in enumerate(sites)
    ]


def _session_of(row: SessionRecord, cases: dict[int, tuple[str, str | None]]) -> InjectionSession:
    condition, side = cases[row.case_id]
    details = SessionDetails(
        row.case_id,
        row.product,
        row.units,
        tuple(InjectionSite(s.muscle, SiteSide(s.side), s.units, s.volume_ml) for s in row.sites),
        SessionKind(row.kind),
        row.restarts_window,
        row.dilution_ml,
        row.guidance,
        row.come_on,
    )
    return InjectionSession(
        row.id,
        row.visit_id,
        row.patient_id,
        row.day,
        SessionState(row.state),
        details,
        condition,
        Side(side) if side else None,
        row.correction_reason,
        row.imported,
        row.version,
    )


def _correction_of(row: SessionVersionRecord) -> Correction:
    units, product = row.content["units"], row.content["product"]
    return Correction(
        row.reason,
        row.written_by,
        row.written_at,
        date.fromisoformat(str(row.content["day"])),
        Units(None if product is None else str(product), None if units is None else Decimal(str(units))),
    )


def _visit_of(row: VisitRecord, cases: dict[int, tuple[str, str | None]]) -> Visit:
    return Visit(
        row.id,
        row.patient_id,
        row.day,
        row.injector,
        row.batch,
        tuple((str(question), bool(answer)) for question, answer in row.checklist.items()),
        row.reason,
        row.decided_by,
        row.notes,
        tuple(_session_of(session, cases) for session in row.sessions),
        row.written_at,
        row.version,
    )


def _write_external(row: ExternalToxinRecord, details: ExternalToxinDetails) -> None:
    row.day, row.product, row.units = details.day, details.product, details.units
    row.case_id, row.place = details.case_id, details.where


def _external_of(row: ExternalToxinRecord) -> ExternalToxin:
    details = ExternalToxinDetails(row.day, row.product, row.units, row.case_id, row.place)
    return ExternalToxin(row.id, row.patient_id, details)
