"""The command line: the same services without a screen. Exit 0 ok, 1 refused (a sentence on stderr), 2 damage found."""

from __future__ import annotations

import argparse
import getpass
import io
import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import TextIO

from clinic_app.domain.access import Action
from clinic_app.domain.audit import AuditEntry, AuditFilter
from clinic_app.domain.audit_actions import AuditKind, actions_of
from clinic_app.domain.backups import BackupOutcome
from clinic_app.domain.calendar import iso_day
from clinic_app.domain.case_page import PictureImport, PictureImportReport
from clinic_app.domain.changes import Progress
from clinic_app.domain.checks import Finding, FindingKind
from clinic_app.domain.demo import MOST_PATIENTS
from clinic_app.domain.errors import (
    AccessRefused,
    Cancelled,
    ClinicError,
    Conflict,
    DamageFound,
    FileRefused,
    NotFound,
    RuleBroken,
)
from clinic_app.domain.patients import Patient
from clinic_app.domain.pictures import Phase, PhaseKind, TakenAt
from clinic_app.domain.register import DateOrder, RegisterMapping
from clinic_app.domain.schedule import Appointment, DueEntry, FollowUpStatus
from clinic_app.domain.treatment import InjectionSession, Visit
from clinic_app.services import Services
from clinic_app.services.clinic_data import ClinicDoor
from clinic_app.services.documents import booking_of, documents_of, mrn_of, visit_of
from clinic_app.services.register import RegisterReport
from clinic_app.wording.audit import entry_sentence, report_words
from clinic_app.wording.backups import drill_line, restore_lines, run_lines
from clinic_app.wording.pictures import others_words
from clinic_app.wording.register import gap_sentences
from clinic_app.wording.sentences import sentence, sentence_of

OK, REFUSED, DAMAGE = 0, 1, 2
AUDIT_PART = 1000
"""Entries of the audit read at a time."""
Answer = Mapping[str, object]

DUE_FIELDS = (
    *("mrn", "name", "case", "side", "last", "product", "units", "earliest", "opens", "closes"),
    *("status", "flags", "days_overdue", "come_on", "appointment"),
)


def run(arguments: Sequence[str], door: ClinicDoor, out: TextIO | None = None, err: TextIO | None = None) -> int:
    """Carry out one command and return the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")
    told, complaints = out or sys.stdout, err or sys.stderr
    try:
        asked = _parser().parse_args(arguments)
    except SystemExit as stop:
        return OK if stop.code in (0, None) else REFUSED
    desk = _Desk(asked, door, told, complaints)
    try:
        return _COMMANDS[asked.command](desk)
    except DamageFound as damage:
        complaints.write(sentence_of(damage) + "\n")
        return DAMAGE
    except ClinicError as error:
        complaints.write(sentence_of(error) + "\n")
        return REFUSED
    except KeyboardInterrupt:
        complaints.write(sentence_of(Cancelled()) + "\n")
        return REFUSED
    except BrokenPipeError:
        # Whoever read the answer has gone (``| head``): nothing more is told, not even by the interpreter as it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return REFUSED


class _Desk:
    """What every command is handed: the arguments, the door, and where to write."""

    def __init__(self, asked: argparse.Namespace, door: ClinicDoor, out: TextIO, err: TextIO) -> None:
        self.asked = asked
        self.door = door
        self.out = out
        self.err = err
        self._secret: str | None = None
        self._upgrade_told = False

    @property
    def folder(self) -> str:
        """The folder of the clinic's data."""
        return self.asked.data or self.door.default_folder()

    def secret(self, *, twice: bool = False) -> str:
        """The passphrase: from the descriptor named, once, or from a prompt; never from an argument."""
        if self._secret is None:
            self._secret = self._read_secret(twice=twice)
        return self._secret

    def _read_secret(self, *, twice: bool) -> str:
        descriptor = self.asked.passphrase_fd
        if descriptor is not None:
            try:
                with os.fdopen(descriptor, encoding="utf-8", newline="", closefd=False) as stream:
                    line = stream.readline()
            except (OSError, ValueError) as error:
                raise RuleBroken("passphrase_fd", "passphrase_fd_unreadable", fd=descriptor) from error
            return line.removesuffix("\n").removesuffix("\r")
        if not sys.stdin.isatty():
            raise AccessRefused("passphrase_missing")
        first = getpass.getpass(sentence("ask_passphrase") + " ")
        if twice and getpass.getpass(sentence("ask_passphrase_again") + " ") != first:
            raise RuleBroken("passphrase", "passphrases_differ")
        return first

    def open(self) -> Services:
        """The clinic, open."""
        state = self.door.state(self.folder)
        if not state.there:
            raise NotFound("no_clinic_here", path=self.folder)
        services = self.door.open(
            self.folder, None if state.demo else self.secret(), self.asked.user, report=self._tell_upgrade
        )
        for finding in services.found_at_start():
            self.err.write(sentence(finding.code, finding.params) + "\n")
        return services

    def _tell_upgrade(self, progress: Progress) -> bool:
        """An older database is brought to this version of the program: said once, on stderr."""
        if not self._upgrade_told:
            self._upgrade_told = True
            self.err.write(sentence(progress.code) + "\n")
        return True

    def tell(self, answer: Answer, *, words: str = "") -> None:
        """One object, flushed."""
        self.out.write((json.dumps(answer, ensure_ascii=False) if self.asked.json else words) + "\n")
        self.out.flush()

    def tell_all(self, answers: Iterable[Answer], fields: Sequence[str]) -> None:
        """One array, or a table."""
        rows = list(answers)
        if self.asked.json:
            self.out.write(json.dumps(rows, ensure_ascii=False) + "\n")
            return
        cells = [[_shown(row[field]) for field in fields] for row in rows]
        widths = [max([len(field), *(len(line[column]) for line in cells)]) for column, field in enumerate(fields)]
        for line in [list(fields), *cells]:
            self.out.write(
                "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() + "\n"
            )

    def complain(self, error: ClinicError, where: str = "") -> None:
        """A sentence on stderr."""
        self.err.write(where + sentence_of(error) + "\n")


def _init(desk: _Desk) -> int:
    created = desk.door.create(desk.folder, desk.asked.clinic, desk.asked.user or "", desk.secret(twice=True))
    created.services.close()
    answer: Answer = {"vault_id": created.vault_id, "recovery_codes": list(created.recovery_codes)}
    lines = [sentence("clinic_created", {"path": desk.folder}), *created.recovery_codes]
    desk.tell(answer, words="\n".join(lines))
    return OK


def _due(desk: _Desk) -> int:
    on = _day(desk.asked.on, "on") if desk.asked.on else None
    statuses = tuple(FollowUpStatus(name) for name in desk.asked.status or ())
    services = desk.open()
    try:
        desk.tell_all((_due_answer(entry) for entry in services.schedule.due(on, statuses)), DUE_FIELDS)
    finally:
        services.close()
    return OK


def _due_answer(entry: DueEntry) -> Answer:
    window, last = entry.answer.window, entry.answer.window.last
    return {
        "mrn": entry.mrn,
        "name": entry.name,
        "case": entry.condition,
        "side": entry.side.value if entry.side else None,
        "last": _iso(last.day if last else None),
        "product": last.product if last else None,
        "units": _number(last.units if last else None),
        "earliest": _iso(window.earliest),
        "opens": _iso(window.opens),
        "closes": _iso(window.closes),
        "status": entry.answer.status.value,
        "flags": sorted(flag.value for flag in entry.answer.flags),
        "days_overdue": entry.answer.days_overdue,
        "come_on": _iso(window.come_on),
        "appointment": _iso(entry.answer.appointment.day if entry.answer.appointment else None),
    }


def _list(desk: _Desk) -> int:
    services = desk.open()
    try:
        patient = _patient(services, desk.asked.patient) if desk.asked.patient else None
        answers, fields = _LISTS[desk.asked.what](services, patient)
        desk.tell_all(answers, fields)
    finally:
        services.close()
    return OK


def _list_patients(services: Services, patient: Patient | None) -> tuple[Iterable[Answer], Sequence[str]]:
    patients = [patient] if patient else services.patients.everybody()
    answers = (
        {
            "mrn": one.mrn,
            "name": one.name,
            "sex": one.details.sex.value,
            "birth_date": _iso(one.details.birth.day),
            "phone": one.phone.number if one.phone else None,
        }
        for one in patients
    )
    return answers, ("mrn", "name", "sex", "birth_date", "phone")


def _list_cases(services: Services, patient: Patient | None) -> tuple[Iterable[Answer], Sequence[str]]:
    entries = sorted(services.schedule.due(), key=lambda entry: (entry.mrn, entry.case_id))
    answers = (
        {
            "mrn": entry.mrn,
            "case": entry.condition,
            "side": entry.side.value if entry.side else None,
            "status": entry.answer.status.value,
        }
        for entry in entries
        if patient is None or entry.patient_id == patient.id
    )
    return answers, ("mrn", "case", "side", "status")


def _list_sessions(services: Services, patient: Patient | None) -> tuple[Iterable[Answer], Sequence[str]]:
    sessions = services.treatment.sessions(patient.id if patient else None)
    answers = ({"id": one.id, "mrn": mrn, **_session_answer(one)} for one, mrn in sessions)
    return answers, ("id", "mrn", "case", "side", "date", "product", "units", "state")


def _session_answer(session: InjectionSession) -> Answer:
    return {
        "case": session.condition,
        "side": session.side.value if session.side else None,
        "date": _iso(session.day),
        "product": session.details.product,
        "units": _number(session.units.amount),
        "state": session.state.value,
    }


def _list_pictures(services: Services, patient: Patient | None) -> tuple[Iterable[Answer], Sequence[str]]:
    answers = (
        {
            "id": entry.picture.id,
            "mrn": mrn,
            "view": entry.picture.view,
            "taken_at": _taken(entry.picture.taken),
            "certainty": entry.picture.taken.certainty.value,
            "session": entry.session_id,
            "phase": _phase(entry.phase),
            "sha256": entry.picture.sha256,
        }
        for mrn, entry in services.pictures.all(patient.id if patient else None)
    )
    return answers, ("id", "mrn", "view", "taken_at", "certainty", "session", "phase", "sha256")


def _list_appointments(services: Services, patient: Patient | None) -> tuple[Iterable[Answer], Sequence[str]]:
    answers = (
        {
            "id": appointment.id,
            "mrn": mrn,
            "case": case.condition,
            "side": case.side.value if case.side else None,
            "day": _iso(appointment.day),
            "token": appointment.token,
            "time": appointment.at.isoformat("minutes") if appointment.at else None,
            "kind": "injection",
            "status": appointment.status.value,
        }
        for appointment, mrn, case in services.schedule.booked_cases(patient.id if patient else None)
    )
    return answers, ("id", "mrn", "case", "side", "day", "token", "time", "kind", "status")


def _import(desk: _Desk) -> int:
    return _import_register(desk) if desk.asked.what == "register" else _import_pictures(desk)


def _import_register(desk: _Desk) -> int:
    path = desk.asked.file
    dates = DateOrder(desk.asked.dates) if desk.asked.dates else None
    mapping = _mapping(desk.asked.mapping) if desk.asked.mapping else None
    services = desk.open()
    try:
        if desk.asked.dry_run:
            report = services.register.dry_run(path, mapping, dates)
        else:
            result = services.register.commit(path, mapping, dates).result
            report = result if isinstance(result, RegisterReport) else RegisterReport(0, 0, 0, (), ())
    except FileRefused as refused:
        desk.complain(refused)
        if refused.code == "register_dates_ambiguous":
            desk.err.write(sentence("dates_option") + "\n")
        return REFUSED
    finally:
        services.close()
    answer = _register_answer(report)
    counts = {"taken": report.taken, "patients": report.patients, "sessions": report.sessions}
    lines = [sentence("register_taken", {**counts, "skipped": len(report.skipped)})]
    lines += [sentence_of(item.as_error()) for item in report.skipped]
    desk.tell(answer, words="\n".join(lines))
    if report.taken or any(item.code == "duplicate" for item in report.skipped):
        return OK
    desk.complain(FileRefused("nothing_taken", path))
    return REFUSED


def _register_answer(report: RegisterReport) -> Answer:
    return {
        "taken": report.taken,
        "patients": report.patients,
        "sessions": report.sessions,
        "skipped": [
            {"row": item.row, "code": item.code, "message": sentence_of(item.as_error())} for item in report.skipped
        ],
        "warnings": [
            {
                "row": item.row,
                "mrn": item.mrn,
                "rule": item.warning.rule,
                "message": sentence(item.warning.code, item.warning.params),
                "sum": _number(item.warning.total),
                "limit": _number(item.warning.limit),
                "source": item.warning.source or None,
            }
            for item in report.warnings
        ],
    }


def _mapping(path: str) -> RegisterMapping:
    try:
        return RegisterMapping.from_toml(Path(path).read_text(encoding="utf-8"), path)
    except (OSError, UnicodeDecodeError) as error:
        raise FileRefused("document_missing", path, reason=_reason(error)) from error


def _import_pictures(desk: _Desk) -> int:
    services = desk.open()
    try:
        patient = _patient(services, desk.asked.patient)

        def each(one: PictureImport) -> None:
            reason = sentence_of(one.error) if one.error is not None else None
            if one.kept_for:
                reason = sentence("picture_kept_elsewhere", {"mrn": one.kept_for})
            desk.tell(
                {
                    "path": one.path,
                    "result": one.result,
                    "reason": reason,
                    "id": one.picture.id if one.picture else None,
                    "sha256": one.sha256 or None,
                },
                words=f"{one.result}: {one.path}" + (f" ({reason})" if reason else ""),
            )

        done = services.pictures.import_files(patient.id, desk.asked.paths, desk.asked.view, each=each).result
    finally:
        services.close()
    files, others = (done.files, done.others) if isinstance(done, PictureImportReport) else ((), ())
    if others:
        desk.err.write(others_words(others) + "\n")
    if any(one.result != "refused" for one in files):
        return OK
    desk.complain(FileRefused("nothing_taken", ", ".join(desk.asked.paths)))
    return REFUSED


def _record(desk: _Desk) -> int:
    def record(services: Services, document: Mapping[str, object]) -> Answer:
        patient = _patient(services, mrn_of(document))
        cases = [item.case for item in services.patients.page(patient.id).cases]
        details, finalise = visit_of(document, cases, services.catalogues)
        visit = services.treatment.record(patient.id, details, finalise).result
        sessions = visit.sessions if isinstance(visit, Visit) else ()
        return {
            "id": visit.id if isinstance(visit, Visit) else None,
            "mrn": patient.mrn,
            "date": _iso(details.day),
            "sessions": [{"id": one.id, **_session_answer(one)} for one in sessions],
        }

    return _each_document(desk, record, "visit_recorded")


def _book(desk: _Desk) -> int:
    def book(services: Services, document: Mapping[str, object]) -> Answer:
        patient = _patient(services, mrn_of(document))
        cases = [item.case for item in services.patients.page(patient.id).cases]
        details = booking_of(document, patient.id, cases, services.catalogues)
        booked = services.schedule.book(details).result
        flags: set[str] = set()
        for case_id in details.case_ids:
            entry = services.schedule.entry(case_id)
            flags |= {flag.value for flag in entry.answer.flags} if entry is not None else set()
        return {
            "id": booked.id if isinstance(booked, Appointment) else None,
            "mrn": patient.mrn,
            "day": _iso(details.day),
            "token": booked.token if isinstance(booked, Appointment) else None,
            "flags": sorted(flags),
        }

    return _each_document(desk, book, "visit_booked")


def _each_document(desk: _Desk, carry_out: Callable[[Services, Mapping[str, object]], Answer], words: str) -> int:
    """Every document in a transaction of its own; a refused one is told and does not hold up the others."""
    documents = documents_of(_json(desk.asked.file))
    services = desk.open()
    refused = False
    try:
        for position, document in enumerate(documents, 1):
            try:
                answer = carry_out(services, document)
            except (RuleBroken, NotFound, Conflict) as error:
                desk.complain(error, f"{position}/{len(documents)}: " if len(documents) > 1 else "")
                refused = True
                continue
            said = {name: _day(str(answer[name]), name) for name in ("day", "date") if name in answer}
            desk.tell(answer, words=sentence(words, {**answer, **said}))
    finally:
        services.close()
    return REFUSED if refused else OK


def _export(desk: _Desk) -> int:
    target, overwrite, ics = desk.asked.target, desk.asked.overwrite, desk.asked.what == "ics"
    services = desk.open()
    try:
        if not services.clinic.demo:
            services.access.confirm(desk.secret(), Action.EXPORT_IDENTIFIABLE)
        with services.access.because(desk.asked.reason.strip() or sentence("export_by_command")):
            export = services.schedule_files.calendar if ics else services.register.export
            rows = export(target, overwrite=overwrite)
        gaps = services.register.gaps()
    finally:
        services.close()
    if ics:
        words = sentence("calendar_exported", {"path": target, "rows": rows})
        desk.tell({"path": target, "entries": rows}, words=words)
        return OK
    said = (sentence("register_exported", {"path": desk.asked.target, "rows": rows}), *gap_sentences(gaps))
    desk.tell({"path": desk.asked.target, "rows": rows, "gaps": asdict(gaps)}, words=" ".join(said))
    return OK


def _check(desk: _Desk) -> int:
    try:
        services = desk.open()
    except DamageFound as damage:
        found: tuple[Finding, ...] = (Finding(FindingKind.DAMAGED, None, "", damage.code, damage.params),)
    except NotFound as missing:
        if missing.code != "database_missing":
            raise
        found = (Finding(FindingKind.MISSING, None, "", missing.code, missing.params),)
    else:
        try:
            found = services.check(full=desk.asked.full)
        finally:
            services.close()
    ok = all(finding.harmless for finding in found)
    answer: Answer = {
        "ok": ok,
        "findings": [
            {
                "kind": finding.kind.value,
                "id": finding.id,
                "mrn": finding.mrn or None,
                "message": sentence(finding.code, finding.params),
            }
            for finding in found
        ],
    }
    lines = [sentence(finding.code, finding.params) for finding in found]
    lines.append(sentence("check_ok" if ok else "check_not_ok"))
    desk.tell(answer, words="\n".join(lines))
    return OK if ok else DAMAGE


def _audit(desk: _Desk) -> int:
    return _audit_verify(desk) if desk.asked.what == "verify" else _audit_list(desk)


def _audit_verify(desk: _Desk) -> int:
    services = desk.open()
    try:
        report = services.audit.verify(rows=desk.asked.rows)
    finally:
        services.close()
    answer: Answer = {
        "ok": report.intact,
        "entries": report.entries,
        "head": report.head.text if report.head else None,
        "last_anchor": report.last_anchor.text if report.last_anchor else None,
        "problems": [
            {
                "seq": one.seq,
                "code": one.code,
                "object": f"{one.object_type}:{one.object_id}" if one.object_id else None,
            }
            for one in report.problems
        ],
    }
    desk.tell(answer, words=report_words(report))
    return OK if report.intact else DAMAGE


def _audit_list(desk: _Desk) -> int:
    """Entries, the newest first, one a line: they are told as they are read, a part at a time."""
    since = datetime.combine(_day(desk.asked.since, "since"), time.min) if desk.asked.since else None
    until = datetime.combine(_day(desk.asked.until, "until"), time.max) if desk.asked.until else None
    actions = actions_of(AuditKind(kind) for kind in desk.asked.kind or ())
    services = desk.open()
    try:
        patient = _patient(services, desk.asked.patient) if desk.asked.patient else None
        person = services.audit.person(desk.asked.who) if desk.asked.who else None
        wanted = AuditFilter(
            since,
            until,
            person.id if person else None,
            patient.id if patient else None,
            actions=actions,
            refused=desk.asked.refused,
        )
        page = services.audit.page(wanted, min(desk.asked.limit, AUDIT_PART))
        told, entries = 0, page.entries
        while entries:
            for entry in entries:
                words = "  ".join((str(entry.seq), f"{entry.at:%Y-%m-%d %H:%M:%S}", entry_sentence(entry), entry.mrn))
                desk.tell(_entry_answer(entry), words=words.rstrip())
            told += len(entries)
            left = min(desk.asked.limit, page.count) - told
            entries = (
                services.audit.entries(replace(wanted, up_to=page.up_to), told, min(left, AUDIT_PART))
                if left > 0
                else ()
            )
    finally:
        services.close()
    return OK


def _entry_answer(entry: AuditEntry) -> Answer:
    return {
        "seq": entry.seq,
        "at": entry.at.isoformat(timespec="seconds"),
        "clock": entry.clock.value,
        "who": entry.actor_name or None,
        "roles": list(entry.roles),
        "computer": entry.computer or None,
        "action": entry.action,
        "object": entry.object_type,
        "id": entry.object_id or None,
        "mrn": entry.mrn or None,
        "outcome": entry.outcome.value,
        "reason": entry.reason or None,
        "sentence": entry_sentence(entry),
    }


def _backup(desk: _Desk) -> int:
    place = Path(desk.asked.to).absolute()
    services = desk.open()
    try:
        services.backups.make_place(str(place))
        run = services.backups.run(str(place))
    finally:
        services.close()
    answer: Answer = {
        "place": run.place,
        "snapshot": run.snapshot,
        "outcome": run.outcome.value,
        "head_seq": run.head_seq,
        **run.facts,
    }
    desk.tell(answer, words="\n".join(run_lines(run)))
    return OK if run.outcome is BackupOutcome.OK and not run.facts.get("mended") else DAMAGE


def _restore(desk: _Desk) -> int:
    place, into = str(Path(desk.asked.source).absolute()), str(Path(desk.asked.into).absolute())
    try:
        report = desk.door.restore(place, desk.asked.snapshot, into, None)
    except AccessRefused as refused:
        if refused.code != "passphrase_missing":
            raise
        report = desk.door.restore(place, desk.asked.snapshot, into, desk.secret(), user=desk.asked.user)
    answer: Answer = {
        "folder": report.folder,
        "snapshot": report.snapshot.name,
        "made_at": report.snapshot.made_at.isoformat(),
        "replaced": report.replaced or None,
        "lost_entries": report.lost_entries,
        "old_head": report.old_head,
        "new_head": report.new_head,
        "lost": list(report.lost),
        "without_passphrase": list(report.without_passphrase),
        "patients": report.snapshot.patients,
        "pictures": report.snapshot.pictures,
        "seconds": report.seconds,
    }
    desk.tell(answer, words="\n".join(restore_lines(report)))
    return OK if not report.lost else DAMAGE


def _drill(desk: _Desk) -> int:
    place = str(Path(desk.asked.source).absolute())
    services = desk.open()
    try:
        secret = None if services.clinic.demo else desk.secret()
        report = services.backups.drill(place, secret, user=desk.asked.user, snapshot=desk.asked.snapshot)
    finally:
        services.close()
    line = drill_line(report)
    answer: Answer = {
        "passed": report.passed,
        "snapshot": report.snapshot,
        "ran_at": report.ran_at.isoformat(timespec="seconds"),
        "patients": report.patients,
        "pictures": report.pictures,
        "opened": report.opened,
        "head_seq": report.head_seq,
        "seconds": report.seconds,
        "problems": [sentence(code, params) for code, params in report.problems],
        "line": line,
    }
    desk.tell(answer, words=line)
    return OK if report.passed else DAMAGE


def _demo(desk: _Desk) -> int:
    if not 1 <= desk.asked.patients <= MOST_PATIENTS:
        raise RuleBroken("patients", "bad_demo_size", patients=desk.asked.patients, most=MOST_PATIENTS)
    services = desk.door.create_demo(desk.asked.into)
    try:
        report = services.demo.fill(desk.asked.patients, desk.asked.seed)
        pictures = 0 if desk.asked.no_pictures else services.demo.draw_pictures()
    finally:
        services.close()
    answer: Answer = {
        "patients": report.patients,
        "cases": report.cases,
        "sessions": report.sessions,
        "pictures": pictures,
        "seed": report.seed,
    }
    desk.tell(answer, words=sentence("demo_made", {**answer, "path": desk.asked.into}))
    return OK


def _patient(services: Services, mrn: str) -> Patient:
    patient = services.patients.by_mrn(mrn)
    if patient is None:
        raise NotFound("patient_unknown", mrn=mrn)
    return patient


def _json(path: str) -> object:
    try:
        return json.loads(
            Path(path).read_text(encoding="utf-8-sig"), parse_float=Decimal, object_pairs_hook=_each_field_once
        )
    except json.JSONDecodeError as error:
        raise FileRefused("document_unreadable", path, reason=error.msg, line=error.lineno) from error
    except (OSError, UnicodeDecodeError) as error:
        raise FileRefused("document_missing", path, reason=_reason(error)) from error
    except (ValueError, RecursionError) as error:
        raise FileRefused("document_unreadable", path, reason=_reason(error), line=1) from error


def _each_field_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """A JSON object; a field said twice would lose one of its values in silence."""
    document = dict(pairs)
    if len(document) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise RuleBroken(twice, "document_field_twice")
    return document


def _reason(error: Exception) -> str:
    """What the system said, without the path, which the sentence names."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _day(text: str, field: str) -> date:
    try:
        return iso_day(text)
    except ValueError as error:
        raise RuleBroken(field, "document_bad_day", text=text) from error


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _taken(taken: TakenAt) -> str | None:
    if taken.day is None:
        return None
    return taken.day.isoformat() if taken.clock is None else f"{taken.day.isoformat()}T{taken.clock.isoformat()}"


def _phase(phase: Phase) -> str | int | None:
    if phase.kind is PhaseKind.UNSURE:
        return None
    return phase.days if phase.kind is PhaseKind.AFTER else "before"


def _number(amount: Decimal | None) -> int | float | None:
    if amount is None:
        return None
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _shown(value: object) -> str:
    if value is None:
        return "-"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


_LISTS: dict[str, Callable[[Services, Patient | None], tuple[Iterable[Answer], Sequence[str]]]] = {
    "patients": _list_patients,
    "cases": _list_cases,
    "sessions": _list_sessions,
    "pictures": _list_pictures,
    "appointments": _list_appointments,
}
_COMMANDS: dict[str, Callable[[_Desk], int]] = {
    "init": _init,
    "due": _due,
    "list": _list,
    "import": _import,
    "record": _record,
    "book": _book,
    "export": _export,
    "check": _check,
    "audit": _audit,
    "backup": _backup,
    "restore": _restore,
    "drill": _drill,
    "demo": _demo,
}


def _parser() -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--data", metavar="DIR", help="the folder of the clinic's data")
    shared.add_argument("--json", action="store_true", help="answer in JSON")
    shared.add_argument("--user", metavar="NAME", help="who works, where several people have a passphrase")
    shared.add_argument("--passphrase-fd", type=int, metavar="N", help="read the passphrase from this descriptor")
    parser = argparse.ArgumentParser(prog="main.py", description="Dystonia Case Tracker without a screen")
    commands = parser.add_subparsers(dest="command", required=True)

    init = commands.add_parser("init", parents=[shared], help="make a clinic")
    init.add_argument("--clinic", required=True, metavar="NAME")

    due = commands.add_parser("due", parents=[shared], help="where every case stands")
    due.add_argument("--on", metavar="DATE")
    due.add_argument("--status", nargs="+", choices=[status.value for status in FollowUpStatus])

    lists = commands.add_parser("list", parents=[shared], help="what is on record")
    lists.add_argument("what", choices=sorted(_LISTS))
    lists.add_argument("--patient", metavar="MRN")

    imports = commands.add_parser("import", help="take a register or photographs").add_subparsers(
        dest="what", required=True
    )
    register = imports.add_parser("register", parents=[shared])
    register.add_argument("file")
    register.add_argument("--mapping", metavar="FILE.toml")
    register.add_argument("--dates", choices=[order.value for order in DateOrder])
    register.add_argument("--dry-run", action="store_true")
    pictures = imports.add_parser("pictures", parents=[shared])
    pictures.add_argument("paths", nargs="+")
    pictures.add_argument("--patient", required=True, metavar="MRN")
    pictures.add_argument("--view", metavar="CODE")

    for name, purpose in (("record", "record visits"), ("book", "book visits")):
        document = commands.add_parser(name, parents=[shared], help=purpose)
        document.add_argument("file", metavar="FILE.json")

    exports = commands.add_parser("export", help="the way out").add_subparsers(dest="what", required=True)
    ways = (("register", "every patient, diagnosis and injection"), ("ics", "the bookings, for a calendar"))
    for name, help_words in ways:
        target = exports.add_parser(name, parents=[shared], help=help_words)
        target.add_argument("--reason", default="", help="why names or initials leave the clinic; the audit keeps it")
        target.add_argument("target")
        target.add_argument("--overwrite", action="store_true")

    check = commands.add_parser("check", parents=[shared], help="look for damage, change nothing")
    check.add_argument("--full", action="store_true", help="decrypt every photograph as well")

    audits = commands.add_parser("audit", help="who did what").add_subparsers(dest="what", required=True)
    verify = audits.add_parser("verify", parents=[shared], help="whether every entry is there and unchanged")
    verify.add_argument("--rows", action="store_true", help="hold the rows of today against the audit as well")
    entries = audits.add_parser("list", parents=[shared], help="entries, the newest first, one a line")
    entries.add_argument("--patient", metavar="MRN")
    entries.add_argument("--who", metavar="NAME", help="only what this person did")
    entries.add_argument("--since", metavar="DATE")
    entries.add_argument("--until", metavar="DATE")
    entries.add_argument("--kind", nargs="+", choices=[kind.value for kind in AuditKind])
    entries.add_argument("--refused", action="store_true", help="only what was refused or failed")
    entries.add_argument("--limit", type=int, default=1_000_000, metavar="N")

    backup = commands.add_parser("backup", parents=[shared], help="make a backup and check it by opening it again")
    backup.add_argument("--to", required=True, metavar="DIR", help="a disk or a share; not in the clinic's folder")

    for name, purpose in (
        ("restore", "bring a backup back; --passphrase-fd takes a recovery code too"),
        ("drill", "try to restore a backup into a temporary folder"),
    ):
        back = commands.add_parser(name, parents=[shared], help=purpose)
        back.add_argument("--from", required=True, dest="source", metavar="DIR", help="where the backups lie")
        back.add_argument("--snapshot", default="", metavar="NAME", help="the newest where none is named")
        if name == "restore":
            back.add_argument("--into", required=True, metavar="DIR", help="a new folder, or that of the live clinic")

    demo = commands.add_parser("demo", parents=[shared], help="make a demo clinic")
    demo.add_argument("--into", required=True, metavar="DIR")
    demo.add_argument("--patients", type=int, default=40, metavar="N")
    demo.add_argument("--seed", type=int, default=1, metavar="N")
    demo.add_argument("--no-pictures", action="store_true")
    return parser
