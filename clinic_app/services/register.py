"""The register: a clinic's own spreadsheet in, undone whole if need be, and out again in the same columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from clinic_app.domain.access import Action
from clinic_app.domain.audit import AuditEvent
from clinic_app.domain.cases import Case, CaseDetails, ReinjectionPlan, Side, Stop, StopReason
from clinic_app.domain.changes import Changes, Progress, Report, Topic, carry_on
from clinic_app.domain.doses import BOTOX_400, rolling_sum
from clinic_app.domain.errors import Cancelled, Conflict
from clinic_app.domain.patients import MINOR_UNDER, Patient, fold
from clinic_app.domain.register import (
    DEFAULT_COLUMNS,
    DateOrder,
    RegisterGaps,
    RegisterKind,
    RegisterLine,
    RegisterMapping,
    RegisterPerson,
    RegisterPlans,
    RegisterReading,
    RegisterRecord,
    RegisterStatus,
    RegisterWarning,
    SkippedRow,
    already_stored,
    interpret,
    lines_of,
    other_name_stored,
    propose_mapping,
    register_rows,
    same_name,
    same_person,
)
from clinic_app.domain.schedule import CaseFacts, ToxinEvent, earliest_for_giving
from clinic_app.domain.spreadsheets import Table
from clinic_app.domain.treatment import ExternalToxinDetails, RuleWarning, SessionKind, SessionState
from clinic_app.exchange.spreadsheets import read_table, write_table
from clinic_app.services.context import ClinicContext, changes
from clinic_app.services.needs import needs
from clinic_app.services.patients import cancel_future_bookings, restore_bookings
from clinic_app.storage.unit import UnitOfWork
from clinic_app.wording.access import restricted_name

STEP = 200
_STOP_REASONS = {
    RegisterStatus.STOPPED: StopReason.OTHER,
    RegisterStatus.DECEASED: StopReason.DECEASED,
    RegisterStatus.MOVED: StopReason.MOVED,
}


@dataclass(frozen=True, slots=True)
class RegisterReport:
    """What an import took, or would take: ``taken`` rows newly stored, and why the others were left out."""

    taken: int
    patients: int
    sessions: int
    skipped: tuple[SkippedRow, ...]
    warnings: tuple[RegisterWarning, ...]


@dataclass(frozen=True, slots=True)
class RegisterPreview:
    """A file read with a mapping, for the mapping editor: the table, the mapping, and what would come of it."""

    table: Table
    mapping: RegisterMapping
    reading: RegisterReading


@dataclass(frozen=True, slots=True)
class RegisterColumns:
    """A file before its rows are read: the table and its mapping; ``kept``: it is the one kept from last time."""

    table: Table
    mapping: RegisterMapping
    kept: bool


@dataclass(slots=True)
class _Said:
    """What the status column says of a patient, of which diagnoses, since when, and in which row."""

    status: RegisterStatus
    record: RegisterRecord
    cases: set[int] = field(default_factory=set)
    on: date | None = None


@dataclass(slots=True)
class _Import:
    """One import under way."""

    id: int
    patients: dict[int, Patient] = field(default_factory=dict)
    refused: dict[int, str] = field(default_factory=dict)
    added_patients: set[int] = field(default_factory=set)
    new_cases: set[int] = field(default_factory=set)
    cases: dict[int, list[Case]] = field(default_factory=dict)
    rows: set[int] = field(default_factory=set)
    skipped: list[SkippedRow] = field(default_factory=list)
    warnings: list[RegisterWarning] = field(default_factory=list)
    visits: dict[tuple[int, date], dict[str, object]] = field(default_factory=dict)
    sessions: list[dict[str, object]] = field(default_factory=list)
    added_cases: set[int] = field(default_factory=set)
    external: list[int] = field(default_factory=list)
    external_stored: dict[tuple[int, date, str | None], list[Decimal | None]] = field(default_factory=dict)
    holds: list[int] = field(default_factory=list)
    held: set[int] = field(default_factory=set)
    in_file: dict[tuple[int, date, str | None, RegisterKind], list[Decimal | None]] = field(default_factory=dict)
    given: list[tuple[RegisterRecord, int, ToxinEvent]] = field(default_factory=list)
    stored: dict[tuple[int, date, str | None], list[Decimal | None]] = field(default_factory=dict)
    statuses: dict[int, _Said] = field(default_factory=dict)
    toxin: dict[int, list[tuple[RegisterRecord, date]]] = field(default_factory=dict)
    """Of each patient the days on which toxin was given, as the file says."""
    died: dict[int, date] = field(default_factory=dict)
    stops: list[int] = field(default_factory=list)
    departed: dict[str, list[str | None]] = field(default_factory=dict)
    cancelled: dict[str, str] = field(default_factory=dict)


class RegisterService:
    """Registers in and out."""

    def __init__(self, context: ClinicContext) -> None:
        self._context = context

    @needs(Action.IMPORT)
    def columns(self, path: str, sheet: str | None = None, report: Report = carry_on) -> RegisterColumns:
        """Read a file's table and say what its columns are taken for, however little that is; rows are not read yet.

        Raises:
            FileRefused: the file cannot be read as a table.
        """
        table = read_table(Path(path), sheet=sheet, report=report)
        known = self.saved_mapping(table.header)
        mapping = known or propose_mapping(table.header, table.rows)
        if sheet is not None:
            mapping = replace(mapping, sheet=table.sheet)
        return RegisterColumns(table, mapping, known is not None)

    @needs(Action.IMPORT)
    def preview(
        self,
        path: str,
        mapping: RegisterMapping | None = None,
        dates: DateOrder | None = None,
        report: Report = carry_on,
    ) -> RegisterPreview:
        """Read a file without looking at what is stored: the mapping (given, kept, or proposed) and its reading.

        Raises:
            FileRefused: the file cannot be read as a register.
        """
        expected = mapping.headers if mapping is not None else ()
        sheet = mapping.sheet if mapping is not None else None
        table = read_table(Path(path), sheet=sheet, expected=expected, report=report)
        used = mapping or self.saved_mapping(table.header) or propose_mapping(table.header, table.rows)
        reading = interpret(table, used, self._context.catalogues, self._context.today(), dates, report)
        return RegisterPreview(table, used, reading)

    @needs(Action.IMPORT)
    def saved_mapping(self, header: Sequence[str]) -> RegisterMapping | None:
        """The mapping kept for files with this header."""
        with self._context.units.read() as unit:
            text = unit.clinic.mapping(_header_key(header))
        return RegisterMapping.from_toml(text) if text is not None else None

    @needs(Action.IMPORT)
    def dry_run(
        self,
        path: str,
        mapping: RegisterMapping | None = None,
        dates: DateOrder | None = None,
        report: Report = carry_on,
    ) -> RegisterReport:
        """What an import would take; nothing is kept."""
        answer, _ = self._run(path, mapping, dates, report, keep=False)
        return answer

    @needs(Action.IMPORT)
    def commit(
        self,
        path: str,
        mapping: RegisterMapping | None = None,
        dates: DateOrder | None = None,
        report: Report = carry_on,
    ) -> Changes:
        """Import a register in one transaction; ``result`` is the ``RegisterReport``. The mapping is kept.

        Raises:
            FileRefused: the file, or its date order is not said (``register_dates_ambiguous``).
            Cancelled: ``report`` answered False; nothing was kept.
        """
        self._context.units.note(AuditEvent("import.start", "import", "register"))
        answer, undo = self._run(path, mapping, dates, report, keep=True)
        return changes(Topic.PATIENTS, Topic.CASES, Topic.TREATMENT, Topic.SCHEDULE, undo=undo, result=answer)

    @needs(Action.FIND)
    def gaps(self) -> RegisterGaps:
        """How much is on record that an export has no column for; to be said wherever one is written."""
        with self._context.units.read() as unit:
            return unit.clinic.register_gaps(self._context.today())

    @needs(Action.EXPORT_IDENTIFIABLE)
    def export(self, path: str, overwrite: bool = False, report: Report = carry_on) -> int:
        """Write every patient, case and session to a spreadsheet in the import's columns; answers the rows written.

        Restricted patients whose records are closed to who exports are left out.
        """
        context = self._context
        with context.entered(AuditEvent("export.ident", "register")), context.units.read() as unit:
            header, rows = register_rows(self._lines(unit, report), context.catalogues)
            return write_table(Path(path), header, rows, overwrite=overwrite)

    def _lines(self, unit: UnitOfWork, report: Report) -> Iterator[RegisterLine]:
        context = self._context
        hidden = context.access.hidden()
        ids = [id_ for id_ in unit.patients.ids() if id_ not in hidden]
        for start in range(0, len(ids), STEP):
            if not report(Progress(start, len(ids), "exporting_register")):
                raise Cancelled
            part = ids[start : start + STEP]
            patients = unit.patients.by_ids(part)
            cases = unit.cases.of_patients(part)
            sessions = unit.treatment.sessions_of(part)
            elsewhere, plans = unit.treatment.external_of_patients(part), unit.patients.plans(part)
            notes = unit.treatment.visit_notes(part)
            for id_ in part:
                yield from lines_of(
                    patients[id_],
                    cases.get(id_, ()),
                    sessions.get(id_, ()),
                    today=context.today(),
                    notes=notes,
                    elsewhere=elsewhere.get(id_, ()),
                    patient_plan=plans.get(id_),
                )

    def _run(
        self,
        path: str,
        mapping: RegisterMapping | None,
        dates: DateOrder | None,
        report: Report,
        *,
        keep: bool,
    ) -> tuple[RegisterReport, int | None]:
        context = self._context
        preview = self.preview(path, mapping, dates, report)
        reading = preview.reading.answered(path)
        with context.units.open() as unit:
            context.check_clock(unit)
            job = _Import(unit.clinic.begin_import("register", Path(path).name), skipped=list(reading.skipped))
            job.warnings += reading.warnings
            if preview.table.header == DEFAULT_COLUMNS:
                code, line = "register_without_the_rest", preview.table.header_row
                job.warnings.append(RegisterWarning(line, None, RuleWarning(code, code, {"row": line})))
            self._match_people(unit, job, reading.people)
            self._take_records(unit, job, reading.records, report)
            self._write_sessions(unit, job)
            self._apply_holds(unit, job, reading.records)
            self._apply_statuses(unit, job)
            touched = sorted({patient.id for patient in job.patients.values()})
            self._warn_of_rules(unit, job)
            self._warn_of_deaths(unit, job)
            for start in range(0, len(touched), STEP):
                if not report(Progress(start, len(touched), "computing_dates")):
                    raise Cancelled
                context.refresh(unit, touched[start : start + STEP])
            answer = RegisterReport(
                len(job.rows),
                len(job.added_patients),
                len(job.sessions),
                tuple(sorted(job.skipped, key=lambda item: item.row)),
                tuple(sorted(job.warnings, key=lambda item: item.row)),
            )
            if not keep or not (job.rows or job.stops or job.departed or job.external):
                return answer, None
            unit.clinic.end_import(job.id, len(job.rows))
            unit.clinic.keep_mapping(_header_key(preview.table.header), preview.mapping.to_toml())
            undo = unit.clinic.add_undo(
                "register",
                {
                    "import_id": job.id,
                    "stops": job.stops,
                    "departed": job.departed,
                    "cancelled": job.cancelled,
                    "external": job.external,
                    "holds": job.holds,
                },
            )
            unit.commit()
            return answer, undo

    def _match_people(self, unit: UnitOfWork, job: _Import, people: Sequence[RegisterPerson]) -> None:
        """Find who is known already: by number, else by name, phone and age."""
        hidden = self._context.access.hidden()
        known = unit.patients.by_mrns([person.mrn for person in people if person.mrn is not None])
        named = unit.patients.by_folded_names(
            sorted({fold(person.details.full_name) for person in people if person.mrn is None})
        )
        for person in people:
            if person.mrn is not None:
                found = known.get(person.mrn)
                if found is not None and found.id in hidden:
                    job.refused[person.key] = restricted_name()
                    continue
                if found is not None and not same_name(found.name, person.details.full_name):
                    job.refused[person.key] = found.name
                    continue
            else:
                candidates = named.get(fold(person.details.full_name), [])
                found = next((p for p in candidates if same_person(p.details, person.details)), None)
                if found is not None and found.id in hidden:
                    job.refused[person.key] = restricted_name()
                    continue
            if found is not None:
                job.patients[person.key] = found
        ids = [patient.id for patient in job.patients.values()]
        job.cases = {id_: list(cases) for id_, cases in unit.cases.of_patients(ids).items()}
        job.stored = unit.treatment.same_session([case.id for cases in job.cases.values() for case in cases])
        for patient_id, stored in unit.treatment.external_of_patients(ids).items():
            for one in stored:
                key = (patient_id, one.details.day, one.details.product)
                job.external_stored.setdefault(key, []).append(one.details.units)

    def _take_records(self, unit: UnitOfWork, job: _Import, records: Sequence[RegisterRecord], report: Report) -> None:
        self._add_new(unit, job, records, report)
        met = {patient.id for patient in job.patients.values()} - job.added_patients
        visit_id, session_id = unit.bulk.next_id("visit"), unit.bulk.next_id("injection_session")
        for position, record in enumerate(records):
            if position % STEP == 0 and not report(Progress(position, len(records), "importing_register")):
                raise Cancelled
            if record.person.key in job.refused:
                job.skipped.append(other_name_stored(record, job.refused[record.person.key]))
                continue
            patient = job.patients[record.person.key]
            case = _case_among(job.cases.setdefault(patient.id, []), record)
            if patient.id not in met or (case is not None and case.id in job.new_cases):
                job.rows.add(record.row)
            new = patient.id in job.added_patients or (case is not None and case.id in job.new_cases)
            met.add(patient.id)
            job.new_cases -= {case.id} if case is not None else set()
            if record.injection_date is not None:
                job.toxin.setdefault(patient.id, []).append((record, record.injection_date))
            if record.status is not None:
                self._note_status(job, record, record.status, patient, case)
            if record.kind is RegisterKind.ELSEWHERE and record.injection_date is not None:
                self._take_elsewhere(unit, job, record, patient, case)
                continue
            if record.injection_date is None or case is None:
                if new:
                    job.rows.add(record.row)
                else:
                    job.skipped.append(already_stored(record, None))
                continue
            same = [
                *job.stored.get((case.id, record.injection_date, record.product), ()),
                *job.in_file.get((case.id, record.injection_date, record.product, record.kind), ()),
            ]
            if same:
                job.skipped.append(already_stored(record, record.units if record.units in same else same[0]))
                continue
            key = (patient.id, record.injection_date)
            if key not in job.visits:
                job.visits[key] = self._visit_row(visit_id, patient.id, record, job.id, unit)
                visit_id += 1
            elif record.notes and record.notes not in str(job.visits[key]["notes"]).splitlines():
                job.visits[key]["notes"] = f"{job.visits[key]['notes']}\n{record.notes}".strip()
            own_visit = int(str(job.visits[key]["id"]))
            job.sessions.append(_session_row(session_id, own_visit, patient.id, case.id, record, job.id))
            event = ToxinEvent(
                record.injection_date,
                record.product,
                case.condition,
                case.id,
                record.kind.restarts,
                units=record.units,
                come_on=record.come_on,
                session_id=session_id,
            )
            job.given.append((record, patient.id, event))
            told = (case.id, record.injection_date, record.product, record.kind)
            job.in_file.setdefault(told, []).append(record.units)
            job.rows.add(record.row)
            session_id += 1

    def _note_status(
        self, job: _Import, record: RegisterRecord, status: RegisterStatus, patient: Patient, case: Case | None
    ) -> None:
        """The gravest status of a patient counts, with the latest day that was said of it."""
        said = job.statuses.setdefault(patient.id, _Said(status, record))
        if said.status is not _graver(said.status, status):
            said.status, said.record, said.on = status, record, None
        if said.status is status and record.status_on is not None:
            said.on = record.status_on if said.on is None else max(said.on, record.status_on)
        if case is not None:
            said.cases.add(case.id)

    def _take_elsewhere(
        self, unit: UnitOfWork, job: _Import, record: RegisterRecord, patient: Patient, case: Case | None
    ) -> None:
        """Enter toxin given elsewhere, unless the same day and product is on record already."""
        if record.injection_date is None:
            return
        same = job.external_stored.setdefault((patient.id, record.injection_date, record.product), [])
        if same:
            job.skipped.append(already_stored(record, record.units if record.units in same else same[0]))
            return
        details = ExternalToxinDetails(
            record.injection_date, record.product, record.units, case.id if case is not None else None, record.notes
        )
        job.external.append(unit.treatment.add_external(patient.id, details))
        same.append(record.units)
        job.rows.add(record.row)

    def _apply_holds(self, unit: UnitOfWork, job: _Import, records: Sequence[RegisterRecord]) -> None:
        """Holds of new diagnoses; what is stored of a diagnosis stays, and a file that says otherwise is told of."""
        stored: dict[int, ReinjectionPlan] | None = None
        for record in records:
            patient = job.patients.get(record.person.key)
            case = _case_among(job.cases.get(patient.id, []), record) if patient is not None else None
            if patient is None or case is None or case.id in job.held:
                continue
            if record.hold is None and record.plans == RegisterPlans():
                continue
            job.held.add(case.id)
            if case.id in job.added_cases and record.hold is not None:
                job.holds.append(unit.cases.add_hold(case.id, record.hold))
            params: dict[str, object] = {"row": record.row, "name": patient.name}
            kept: list[str] = []
            if case.id not in job.added_cases:
                held = any(one.until == record.hold.until for one in case.holds) if record.hold is not None else True
                kept += [] if held else ["register_hold_kept"]
                kept += ["register_plan_kept"] if record.plans.case not in (None, case.details.plan) else []
            if patient.id not in job.added_patients and record.plans.patient is not None and not kept:
                stored = unit.patients.plans([one.id for one in job.patients.values()]) if stored is None else stored
                kept += ["register_plan_kept"] if stored.get(patient.id) != record.plans.patient else []
            for code in kept:
                job.warnings.append(RegisterWarning(record.row, patient.mrn, RuleWarning(code, code, params)))

    def _add_new(self, unit: UnitOfWork, job: _Import, records: Sequence[RegisterRecord], report: Report) -> None:
        """Enter every patient and every case that is not known yet, many at a time."""
        kept = [record for record in records if record.person.key not in job.refused]
        new = {record.person.key: record.person for record in kept if record.person.key not in job.patients}
        people = list(new.values())
        for start in range(0, len(people), STEP):
            if not report(Progress(start, len(people), "importing_register")):
                raise Cancelled
            part = people[start : start + STEP]
            added = unit.patients.add_all([one.details for one in part], job.id)
            job.patients |= {person.key: patient for person, patient in zip(part, added, strict=True)}
            job.added_patients |= {patient.id for patient in added}
        plans = {record.person.key: record.plans.patient for record in reversed(kept) if record.plans.patient}
        for key in new:
            if key in plans:
                unit.patients.set_plan(job.patients[key].id, plans[key])
        wanted: dict[tuple[int, str, Side | None], CaseDetails] = {}
        for record in kept:
            patient_id = job.patients[record.person.key].id
            if record.condition and _case_among(job.cases.setdefault(patient_id, []), record) is None:
                details = CaseDetails(record.condition, record.side, record.pattern, plan=record.plans.case)
                wanted.setdefault((patient_id, record.condition, record.side), details)
        cases = [(key[0], details) for key, details in wanted.items()]
        for start in range(0, len(cases), STEP):
            if not report(Progress(start, len(cases), "importing_register")):
                raise Cancelled
            part_of_cases = cases[start : start + STEP]
            ids = unit.cases.add_all(part_of_cases, job.id)
            for id_, (patient_id, details) in zip(ids, part_of_cases, strict=True):
                job.cases[patient_id].append(Case(id_, patient_id, details))
                job.new_cases.add(id_)
                job.added_cases.add(id_)

    def _visit_row(
        self, visit_id: int, patient_id: int, record: RegisterRecord, import_id: int, unit: UnitOfWork
    ) -> dict[str, object]:
        return {
            "id": visit_id,
            "patient_id": patient_id,
            "day": record.injection_date,
            "injector": "",
            "batch": "",
            "checklist": {},
            "reason": "",
            "decided_by": "",
            "notes": record.notes,
            "written_by": unit.user,
            "written_at": unit.now,
            "import_id": import_id,
            "version": 1,
        }

    def _write_sessions(self, unit: UnitOfWork, job: _Import) -> None:
        unit.session.flush()
        unit.bulk.insert("visit", list(job.visits.values()))
        unit.bulk.insert("injection_session", job.sessions)
        unit.bulk.settle_ids("visit", "injection_session")
        for patient_id in sorted({patient_id for patient_id, _ in job.visits}):
            unit.enter(AuditEvent("injection.import", "import", str(job.id), patient_id))

    def _apply_statuses(self, unit: UnitOfWork, job: _Import) -> None:
        """Stops from the status column, from the day beside it, else from the last session's day on; a death or a move
        without a day is never earlier than toxin given elsewhere.

        A case that was ever stopped before keeps what was decided about it here.
        """
        today = self._context.today()
        patients = {patient.id: patient for patient in job.patients.values()}
        events = unit.treatment.events(sorted(job.statuses))
        for patient_id, said in job.statuses.items():
            patient = patients[patient_id]
            given = [event for event in events.get(patient_id, ()) if not event.external]
            since = said.on or max((event.day for event in given), default=today)
            of_patient = said.status is not RegisterStatus.STOPPED
            if of_patient:
                if patient.departed:
                    continue
                left = said.on or max((event.day for event in events.get(patient_id, ())), default=today)
                deceased_on = left if said.status is RegisterStatus.DECEASED else None
                moved_on = left if said.status is RegisterStatus.MOVED else None
                unit.patients.set_departure(patient_id, deceased_on=deceased_on, moved_on=moved_on)
                if deceased_on is not None:
                    job.died[patient_id] = deceased_on
                if patient_id not in job.added_patients:
                    job.departed[str(patient_id)] = [_iso(deceased_on), _iso(moved_on)]
                    job.cancelled |= cancel_future_bookings(unit, patient_id, today)
            for case in job.cases.get(patient_id, []):
                if case.stops if not of_patient else any(stop.ended_on is None for stop in case.stops):
                    continue
                if of_patient or case.id in said.cases:
                    own = [event.day for event in given if event.case_id == case.id]
                    stop = Stop(said.on or max(own, default=since), _STOP_REASONS[said.status])
                    job.stops.append(unit.cases.add_stop(case.id, stop, of_patient=of_patient))

    def _warn_of_deaths(self, unit: UnitOfWork, job: _Import) -> None:
        """Toxin of this file dated after a death, and toxin on record dated after a death of this file."""
        patients = {patient.id: patient for patient in job.patients.values()}
        died = {id_: one.deceased_on for id_, one in patients.items() if one.deceased_on is not None} | job.died
        stored = unit.treatment.events(sorted(job.died))
        for patient_id, death in died.items():
            late = {day: record for record, day in reversed(job.toxin.get(patient_id, [])) if day > death}
            if patient_id in job.died:
                row = job.statuses[patient_id].record
                late |= {
                    event.day: row
                    for event in stored.get(patient_id, ())
                    if event.day > death and event.day not in late
                }
            for day, record in sorted(late.items()):
                params = {"row": record.row, "name": patients[patient_id].name, "died": death, "day": day}
                code = "register_given_after_death"
                mrn = patients[patient_id].mrn
                job.warnings.append(RegisterWarning(record.row, mrn, RuleWarning(code, code, params)))

    def _warn_of_rules(self, unit: UnitOfWork, job: _Import) -> None:
        """Past sessions are always taken; the rules they broke are told."""
        touched = sorted({owner for _, owner, _ in job.given})
        events = unit.treatment.events(touched)
        people = {patient.id: patient for patient in job.patients.values()}
        for record, owner, event in job.given:
            own = events.get(owner, ())
            facts = CaseFacts(event.case_id or 0, event.condition or "", own)
            earliest = earliest_for_giving(facts, self._context.rules.minimum, event.day)
            mrn = people[owner].mrn
            if earliest is not None and event.day < earliest:
                params: dict[str, object] = {"row": record.row, "day": event.day, "earliest": earliest}
                warning = RuleWarning("C4", "given_before_earliest", params)
                job.warnings.append(RegisterWarning(record.row, mrn, warning))
            years = people[owner].details.birth.years_on(event.day)
            if event.product == BOTOX_400.product and (years is None or years >= MINOR_UNDER):
                total = rolling_sum(own, event.day, Decimal(0), BOTOX_400)
                if total.total > BOTOX_400.limit:
                    params = {
                        "rule": BOTOX_400.code,
                        "product": BOTOX_400.product,
                        "sum": total.total,
                        "limit": BOTOX_400.limit,
                        "span": BOTOX_400.window,
                        "source": BOTOX_400.source,
                        "clears_on": total.clears_on,
                    }
                    over = RuleWarning(
                        BOTOX_400.code,
                        "dose_above_limit",
                        params,
                        total.total,
                        BOTOX_400.limit,
                        BOTOX_400.source,
                    )
                    job.warnings.append(RegisterWarning(record.row, mrn, over))


def _case_among(cases: Sequence[Case], record: RegisterRecord) -> Case | None:
    return next((one for one in cases if (one.condition, one.side) == (record.condition, record.side)), None)


def undo_import(unit: UnitOfWork, content: Mapping[str, object], today: date) -> tuple[set[int], frozenset[Topic]]:
    """Take a whole import back.

    Raises:
        Conflict: ``import_in_use`` when something was added to one of its patients since, ``already_undone``.
    """
    import_id = int(str(content["import_id"]))
    unit.clinic.undo_import(import_id)
    patients, cases = set(unit.patients.of_import(import_id)), unit.cases.of_import(import_id)
    stops = _ids(content, "stops")
    external, holds = _ids(content, "external"), _ids(content, "holds")
    used = unit.patients.used_since_import(import_id, stops, external, holds)
    if used is not None:
        raise Conflict("import_in_use", name=used)
    touched = unit.treatment.patients_of_import(import_id) | unit.cases.patients_of_stops(stops)
    touched |= unit.treatment.patients_of_external(external)
    unit.treatment.delete_external(external)
    for stop_id in stops:
        unit.cases.delete_stop(stop_id)
    departed = content.get("departed")
    for key, said in (departed if isinstance(departed, dict) else {}).items():
        patient = unit.patients.get(int(key))
        touched.add(patient.id)
        if [_iso(patient.deceased_on), _iso(patient.moved_on)] == said:
            unit.patients.set_departure(patient.id, deceased_on=None, moved_on=None)
            restore_bookings(unit, content.get("cancelled"), today)
    unit.treatment.delete_import(import_id)
    unit.cases.delete(cases)
    unit.patients.delete(sorted(patients))
    return touched - patients, frozenset({Topic.PATIENTS, Topic.CASES, Topic.TREATMENT, Topic.SCHEDULE})


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _session_row(
    session_id: int, visit_id: int, patient_id: int, case_id: int, record: RegisterRecord, import_id: int
) -> dict[str, object]:
    return {
        "id": session_id,
        "visit_id": visit_id,
        "patient_id": patient_id,
        "case_id": case_id,
        "day": record.injection_date,
        "state": SessionState.FINAL.value,
        "kind": (SessionKind.FULL if record.kind is RegisterKind.FULL else SessionKind.TOUCH_UP).value,
        "product": record.product,
        "units": record.units,
        "restarts_window": record.kind is RegisterKind.TOUCH_UP_RESTARTS,
        "dilution_ml": None,
        "guidance": "",
        "come_on": record.come_on,
        "correction_reason": "",
        "imported": True,
        "import_id": import_id,
        "version": 1,
    }


def _graver(one: RegisterStatus, other: RegisterStatus) -> RegisterStatus:
    order = [RegisterStatus.STOPPED, RegisterStatus.MOVED, RegisterStatus.DECEASED]
    return max(one, other, key=order.index)


def _header_key(header: Sequence[str]) -> str:
    return "\x1f".join(fold(text) for text in header)


def _ids(content: Mapping[str, object], key: str) -> list[int]:
    found = content.get(key, [])
    return [int(str(item)) for item in found] if isinstance(found, list) else []
