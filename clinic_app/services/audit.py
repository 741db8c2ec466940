"""The audit: who did what. Entered with each save, read here; and what no save tells of is noted here."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from threading import Lock, RLock
from typing import Final

from clinic_app.domain.access import Action
from clinic_app.domain.audit import (
    SYSTEM,
    Actor,
    Anchor,
    AuditEntry,
    AuditEvent,
    AuditFilter,
    AuditReport,
    NotedEvent,
    Outcome,
)
from clinic_app.domain.audit_actions import AuditKind, actions_of, dicom_of
from clinic_app.domain.changes import Progress, Report, carry_on
from clinic_app.domain.errors import Cancelled, ClinicError, FileRefused, NotFound, RuleBroken
from clinic_app.domain.incidents import MOST_ENTRIES, IncidentReport, parted, people_in
from clinic_app.domain.people import User, user_key
from clinic_app.services.context import ClinicContext
from clinic_app.services.needs import needs, open_to_all
from clinic_app.storage.unit import UnitOfWork
from clinic_app.wording.numbers import number_words

AGAIN_S: Final = 60.0
"""A look at the same patient or photographs within this time is no entry of its own."""
ANCHOR_EVERY: Final = 500
"""Entries after which the head of the chain is written into the key file, beside each lock and close."""
ANCHORS_KEPT: Final = 20
AT_THE_END_S: Final = 2.0
"""How long what was noted waits for its turn when the clinic is locked or closed."""
PART: Final = 1000
PRINTED: Final = 2000
"""Entries a printed list has at most: the newest."""
EXPORT_HEADER: Final = (
    *("seq", "time", "clock", "person", "roles", "computer", "action", "sentence", "object", "object_id", "mrn"),
    *("outcome", "reason", "dicom_event_id", "dicom_meaning"),
)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AuditPage:
    """The first entries a filter finds, how many there are, and up to which number the list stands still."""

    count: int
    up_to: int
    entries: tuple[AuditEntry, ...]


@dataclass(slots=True)
class _Looks:
    """The photographs one person looked at since a moment of the monotonic clock."""

    actor: Actor
    began: float
    at: datetime
    ids: set[int]


class AuditService:
    """Reads, verifies and hands out the audit of one open clinic. May be asked from several threads.

    ``ticks``: a monotonic clock, in seconds.
    """

    def __init__(self, context: ClinicContext, ticks: Callable[[], float] = time.monotonic) -> None:
        self._context = context
        self._ticks = ticks
        self._lock = RLock()
        self._anchoring = Lock()
        self._seen: dict[tuple[int, str], float] = {}
        self._looks: dict[int, _Looks] = {}
        self._anchored: int | None = None
        self._ends_run: Callable[[], None] | None = None
        context.viewed = self.shown
        context.units.committed = self._grown
        context.leaving.append(self._end)

    # --- what is noted -----------------------------------------------------------------------------------------

    @open_to_all
    def note(self, event: AuditEvent) -> None:
        """Enter something that is no part of a save. It waits in memory where somebody else is writing now."""
        self._context.units.note(event)

    @open_to_all
    def shown(self, noun: str, ids: tuple[int, ...]) -> None:
        """Something of a record was shown: ``"patient"`` with patients, ``"photos"`` with photographs."""
        if noun == "photos":
            self._look(ids)
        else:
            for id_ in ids:
                self.viewed(id_)

    @open_to_all
    def viewed(self, patient_id: int) -> None:
        """Somebody looks at a patient's record; once a minute is enough."""
        if self._first_in_a_while(f"patient {patient_id}"):
            self.note(AuditEvent("patient.view", "patient", str(patient_id), patient_id))

    @open_to_all
    def viewed_photos(self, patient_id: int, ids: tuple[int, ...]) -> None:
        """Somebody looks at photographs of a patient: one entry for each patient and minute, with their ids."""
        self.viewed(patient_id)
        self._look(ids)

    @open_to_all
    def printed(self, object_type: str, object_id: str = "", patient_id: int | None = None) -> None:
        """Something is about to be printed. Raises where it cannot be entered: then it is not printed.

        Raises:
            StorageUnavailable: the audit cannot be written now.
        """
        self._enter(AuditEvent("print", object_type, object_id, patient_id))

    @open_to_all
    def taken_out(self, action: str, object_type: str, object_id: str = "", patient_id: int | None = None) -> None:
        """Something is about to be written outside the program (``export.ident``, ``export.deident`` ...).

        Raises:
            StorageUnavailable: the audit cannot be written now: then it is not exported.
        """
        self._enter(AuditEvent(action, object_type, object_id, patient_id))

    @open_to_all
    def started(self, left: str | None, ends_run: Callable[[], None]) -> None:
        """A window opened the clinic. ``left``: the moment of a run that never stopped. ``ends_run``: called when it
        stops as it should.
        """
        self._ends_run = ends_run
        if left is not None:
            units = self._context.units
            nobody = Actor(SYSTEM, "", (), "", units.actor.computer)
            crash = AuditEvent("app.crash", "app", left, outcome=Outcome.FAILED)
            units.noted.add(NotedEvent(crash, nobody, self._context.now()))
        self.note(AuditEvent("app.start", "app"))

    @open_to_all
    def locked(self) -> None:
        """The clinic is locked: enter it with everything that waits, and write an anchor."""
        self._context.units.note(AuditEvent("auth.lock", "user", str(self._context.info.user.id)))
        self._settle()

    @open_to_all
    def anchor(self) -> Anchor | None:
        """Write the head of the chain into the key file; answers the newest anchor there, None where there is none.

        Nothing is written while the chain does not hold the newest anchor: it must not be pushed out.
        """
        unlocked = self._context.unlocked
        if unlocked is None:
            return None
        from clinic_app.storage.vault import anchors_of, read_again, with_anchors

        with self._anchoring:
            try:
                with self._context.units.read() as unit:
                    head = unit.audit.head()
                    vault = read_again(unlocked).vault
                    kept = sorted(anchors_of(vault))
                    newest = kept[-1] if kept else None
                    if head is None or vault.notes or (newest is not None and newest.seq == head.seq):
                        return newest
                    if newest is not None and unit.audit.mac_at(newest.seq) != newest.mac:
                        log.error("the audit does not hold its newest anchor, %d", newest.seq)
                        return newest
                with_anchors(unlocked, (*kept[1 - ANCHORS_KEPT :], head))
            except ClinicError as fault:
                log.info("no anchor was written: %s", fault.code)
                return None
            self._anchored = head.seq
            return head

    # --- what is read ------------------------------------------------------------------------------------------

    @needs(Action.SEE_AUDIT)
    def page(self, wanted: AuditFilter = AuditFilter(), limit: int = 200) -> AuditPage:  # noqa: B008 - it is frozen
        """The newest entries a filter finds, and how many there are; the rest is read with ``entries`` and ``up_to``.

        That somebody reads the audit is entered itself, once a minute for each filter.
        """
        scope = self._context.access.audit_scope()
        with self._context.units.read() as unit:
            head = unit.audit.head()
            up_to = min(head.seq if head else 0, wanted.up_to if wanted.up_to is not None else head.seq if head else 0)
            fixed = replace(wanted, up_to=up_to)
            count = unit.audit.count(fixed, scope)
            found = self._named(unit, unit.audit.entries(fixed, 0, limit, scope))
        if self._first_in_a_while(f"audit {replace(wanted, up_to=None)}"):
            self.note(AuditEvent("audit.view", "audit", "", wanted.patient_id))
        return AuditPage(count, up_to, found)

    @needs(Action.SEE_AUDIT)
    def entries(
        self,
        wanted: AuditFilter = AuditFilter(),  # noqa: B008 - it is frozen
        offset: int = 0,
        limit: int = 200,
    ) -> tuple[AuditEntry, ...]:
        """The entries a filter finds of what who works may see, newest first, with names."""
        scope = self._context.access.audit_scope()
        with self._context.units.read() as unit:
            return self._named(unit, unit.audit.entries(wanted, offset, limit, scope))

    @needs(Action.SEE_AUDIT)
    def count(self, wanted: AuditFilter = AuditFilter()) -> int:  # noqa: B008 - it is frozen
        """How many entries a filter finds of what who works may see."""
        scope = self._context.access.audit_scope()
        with self._context.units.read() as unit:
            return unit.audit.count(wanted, scope)

    @needs(Action.SEE_AUDIT)
    def people(self) -> tuple[User, ...]:
        """Everybody entries may be of, by name."""
        with self._context.units.read() as unit:
            return tuple(sorted(unit.access.users(), key=lambda user: user_key(user.name)))

    @needs(Action.SEE_AUDIT)
    def person(self, name: str) -> User:
        """Somebody by name. Raises ``NotFound("audit_person_unknown")``."""
        people = self.people()
        for user in people:
            if user_key(user.name) == user_key(name):
                return user
        raise NotFound("audit_person_unknown", user=name, names=[user.name for user in people])

    @needs(Action.SEE_AUDIT)
    def name_of(self, patient_id: int) -> str:
        """A patient's name and number as they stand in lists, without a look at the record; blank where gone."""
        with self._context.units.read() as unit:
            found = unit.patients.by_ids((patient_id,)).get(patient_id)
        if found is None:
            return ""
        shown = self._context.access.veil().patient(found)
        return ", ".join(part for part in (shown.name, shown.mrn) if part)

    @needs(Action.SEE_AUDIT)
    def verify(self, rows: bool = False, report: Report = carry_on) -> AuditReport:
        """Whether the chain is whole, from the first entry to the last, and holds the anchors of the key file.

        ``rows``: also that the rows of today are as the newest entries about them left them.

        Raises:
            Cancelled: the report said to stop.
        """
        return self._verify(rows=rows, report=report)

    @needs(Action.SEE_AUDIT)
    def incident_report(
        self,
        patient_id: int | None = None,
        user_id: int | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        report: Report = carry_on,
    ) -> IncidentReport:
        """Who saw, changed, took out or printed something of a patient; or what one person did, in a span.

        Whole registers that were taken out in the span are in the report on a patient too: the patient was in them.

        Raises:
            RuleBroken: ``incident_of_nobody`` unless exactly one of both is named, ``incident_span``.
            NotFound: ``user_missing``.
            Cancelled: the report said to stop.
        """
        if (patient_id is None) == (user_id is None):
            raise RuleBroken("patient", "incident_of_nobody")
        if since is not None and until is not None and until < since:
            raise RuleBroken("until", "incident_span")
        context = self._context
        scope = context.access.audit_scope()
        wanted = AuditFilter(since, until, user_id, patient_id)
        chain = self._verify(rows=False, report=report)
        with context.units.read() as unit:
            found = list(unit.audit.entries(wanted, 0, MOST_ENTRIES, scope))
            if patient_id is not None:
                out = AuditFilter(since, until, actions=actions_of((AuditKind.TAKEN_OUT,)))
                found += [one for one in unit.audit.entries(out, 0, MOST_ENTRIES, scope) if one.patient_id is None]
            named = self._named(unit, found)
            mrn, name, user_name = "", "", ""
            if patient_id is not None:
                known = unit.patients.by_ids((patient_id,)).get(patient_id)
                if known is not None:
                    shown = context.access.veil().patient(known)
                    mrn, name = shown.mrn, shown.name
                else:
                    mrn = str(patient_id)
            if user_id is not None:
                user_name = next((user.name for user in unit.access.users() if user.id == user_id), "")
                if not user_name:
                    raise NotFound("user_missing", id=user_id)
        self.note(AuditEvent("audit.view", "incident", "" if user_id is None else str(user_id), patient_id))
        return IncidentReport(
            context.now(),
            context.info.user.name,
            mrn,
            name,
            user_name,
            since,
            until,
            parted(named),
            people_in(named),
            chain,
            whole=scope.everything and len(found) < MOST_ENTRIES,
        )

    # --- what is taken out -------------------------------------------------------------------------------------

    @needs(Action.EXPORT_AUDIT)
    def export(
        self,
        path: str,
        wanted: AuditFilter = AuditFilter(),  # noqa: B008 - it is frozen
        overwrite: bool = False,
        report: Report = carry_on,
    ) -> int:
        """Write entries to a .csv or .xlsx file, newest first, with their DICOM event; answers how many.

        That they are taken out is entered before the file is written. Numbers and ids stand for patients, no names.

        Raises:
            FileRefused, StorageUnavailable: the file or the audit cannot be written.
            Cancelled: the report said to stop; there is no file.
        """
        from clinic_app.exchange.spreadsheet_writing import write_table

        target = _ending(path, ".xlsx", ".csv")
        scope = self._context.access.audit_scope()
        with self._context.units.read() as unit:
            head = unit.audit.head()
            fixed = replace(wanted, up_to=head.seq if head else 0)
            total = unit.audit.count(fixed, scope)
        event = AuditEvent("audit.export", "audit", str(total), wanted.patient_id)
        with self._context.entered(event):
            return write_table(
                target, EXPORT_HEADER, self._rows(fixed, total, report), overwrite=overwrite, sheet="Audit"
            )

    @needs(Action.EXPORT_AUDIT)
    def export_incident(
        self,
        path: str,
        patient_id: int | None = None,
        user_id: int | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        overwrite: bool = False,
        report: Report = carry_on,
    ) -> IncidentReport:
        """Write an incident report as a page (.html) or a spreadsheet (.xlsx, .csv). Raises as both of them."""
        from clinic_app.exchange.pages import write_page
        from clinic_app.exchange.spreadsheet_writing import write_table
        from clinic_app.wording.audit import list_header, list_row, part_words

        target = _ending(path, ".html", ".xlsx", ".csv")
        made = self.incident_report(patient_id, user_id, since, until, report)
        event = AuditEvent("audit.export", "incident", "" if user_id is None else str(user_id), patient_id)
        with self._context.entered(event):
            if target.suffix.lower() == ".html":
                write_page(target, incident_html(made), overwrite=overwrite)
            else:
                rows = [(part_words(part), *list_row(one)) for part, listed in made.parts for one in listed]
                write_table(target, ("Part", *list_header()), rows, overwrite=overwrite, sheet="Incident report")
        return made

    @needs(Action.EXPORT_AUDIT)
    def incident_page(
        self,
        patient_id: int | None = None,
        user_id: int | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        report: Report = carry_on,
    ) -> str:
        """An incident report as a page of HTML to be printed; the printing is entered. Raises as that."""
        made = self.incident_report(patient_id, user_id, since, until, report)
        self.printed("incident", "" if user_id is None else str(user_id), patient_id)
        return incident_html(made)

    @needs(Action.EXPORT_AUDIT)
    def list_page(self, wanted: AuditFilter, about: tuple[str, ...] = ()) -> str:
        """The newest entries of a filter as a page of HTML to be printed; the printing is entered.

        ``about``: what the list was narrowed to, in words.
        """
        from clinic_app.exchange.pages import PageTable, page_html
        from clinic_app.wording.audit import count_words, list_header, list_row, span_line
        from clinic_app.wording.dates import moment_words
        from clinic_app.wording.language import translate

        scope = self._context.access.audit_scope()
        with self._context.units.read() as unit:
            total = unit.audit.count(wanted, scope)
            found = self._named(unit, unit.audit.entries(wanted, 0, PRINTED, scope))
        self.printed("audit", str(len(found)), wanted.patient_id)
        made = translate("Printed by {user}, {at}").format(
            user=self._context.info.user.name, at=moment_words(self._context.now())
        )
        facts = [self._context.info.name, *about, span_line(wanted.since, wanted.until), made, count_words(total)]
        if len(found) < total:
            facts.append(translate("Only the newest {count} are printed.").format(count=number_words(len(found))))
        rows = [list_row(entry) for entry in found]
        return page_html(translate("Audit"), facts, (PageTable("", list_header(), rows),))

    # --- inside ------------------------------------------------------------------------------------------------

    def _verify(self, *, rows: bool, report: Report) -> AuditReport:
        with self._context.units.read() as unit:
            return unit.audit.verify(self._anchors(), rows=rows, report=report)

    def _anchors(self) -> tuple[Anchor, ...]:
        """The anchors of the key file as it is now; none where the database is on a server."""
        if self._context.unlocked is None:
            return ()
        from clinic_app.storage.vault import anchors_of, read_vault

        return anchors_of(read_vault(Path(self._context.info.folder)))

    def _named(
        self, unit: UnitOfWork, found: Iterator[AuditEntry] | tuple[AuditEntry, ...] | list[AuditEntry]
    ) -> tuple[AuditEntry, ...]:
        """Entries with the names of patients, as far as who works may see them, and of the people they are about."""
        listed = tuple(found)
        veil = self._context.access.veil()
        ids = sorted({one.patient_id for one in listed if one.patient_id is not None})
        patients = {id_: veil.patient(one) for id_, one in unit.patients.by_ids(ids).items()} if ids else {}
        users: dict[str, str] = {}
        if any(one.object_type == "user" for one in listed):
            users = {str(user.id): user.name for user in unit.access.users()}
        answer: list[AuditEntry] = []
        for one in listed:
            patient = patients.get(one.patient_id) if one.patient_id is not None else None
            answer.append(
                replace(
                    one,
                    mrn=patient.mrn if patient else "",
                    patient_name=patient.name if patient else "",
                    object_name=users.get(one.object_id, "") if one.object_type == "user" else "",
                )
            )
        return tuple(answer)

    def _rows(
        self, wanted: AuditFilter, total: int, report: Report
    ) -> Iterator[tuple[str | int | datetime | None, ...]]:
        """The lines of an export, read part by part."""
        from clinic_app.wording.audit import entry_sentence

        scope = self._context.access.audit_scope()
        for start in range(0, total, PART):
            if not report(Progress(start, total, "audit_export")):
                raise Cancelled
            with self._context.units.read() as unit:
                part = self._named(unit, unit.audit.entries(wanted, start, PART, scope))
            for one in part:
                dicom = dicom_of(one.action)
                yield (
                    one.seq,
                    one.at,
                    one.clock.value,
                    one.actor_name,
                    "+".join(one.roles),
                    one.computer,
                    one.action,
                    entry_sentence(one),
                    one.object_type,
                    one.object_id,
                    one.mrn,
                    one.outcome.value,
                    one.reason,
                    None if dicom is None else dicom[0],
                    "" if dicom is None else dicom[1],
                )

    def _enter(self, event: AuditEvent) -> None:
        with self._context.units.open() as unit:
            unit.enter(event)
            unit.commit()

    def _first_in_a_while(self, what: str) -> bool:
        """Whether who works does this for the first time in a minute."""
        key, now = (self._context.info.user.id, what), self._ticks()
        with self._lock:
            if now - self._seen.get(key, -AGAIN_S) < AGAIN_S:
                return False
            if len(self._seen) > PART:
                self._seen = {one: at for one, at in self._seen.items() if now - at < AGAIN_S}
            self._seen[key] = now
        return True

    def _look(self, ids: tuple[int, ...]) -> None:
        """Photographs are gathered by person until their minute is over."""
        actor, now = self._context.units.actor, self._ticks()
        over: _Looks | None = None
        with self._lock:
            looks = self._looks.get(actor.id)
            if looks is not None and (now - looks.began >= AGAIN_S or looks.actor.sign_in != actor.sign_in):
                over = self._looks.pop(actor.id)
                looks = None
            if looks is None:
                looks = self._looks[actor.id] = _Looks(actor, now, self._context.now(), set())
            looks.ids.update(ids)
        if over is not None:
            self._note_looks(over)
            self._context.units.enter_noted()

    def _note_looks(self, looks: _Looks) -> None:
        units = self._context.units
        owners: dict[int | None, list[int]] = {None: sorted(looks.ids)}
        with suppress(ClinicError), units.read() as unit:
            owners = unit.audit.owners_of_photos(sorted(looks.ids))
        for patient_id, ids in owners.items():
            event = AuditEvent("photo.view", "photo", ",".join(map(str, ids)), patient_id)
            units.noted.add(NotedEvent(event, looks.actor, looks.at))

    def _settle(self) -> None:
        """Everything that waits is entered, as far as the disk takes it, and an anchor is written."""
        with self._lock:
            looks, self._looks = tuple(self._looks.values()), {}
        for one in looks:
            self._note_looks(one)
        self._context.units.enter_noted(AT_THE_END_S)
        self.anchor()

    def _end(self) -> None:
        """The clinic is about to be closed."""
        if self._ends_run is not None:
            self._context.units.note(AuditEvent("app.stop", "app"))
        self._settle()
        self._context.units.committed = lambda _: None
        if self._ends_run is not None:
            self._ends_run()

    def _grown(self, seq: int) -> None:
        """The chain has grown to this number."""
        if self._context.unlocked is None:
            return
        if self._anchored is None:
            newest: Anchor | None = None
            with suppress(ClinicError):
                newest = max(self._anchors(), default=None)
            self._anchored = newest.seq if newest is not None else 0
        if seq - self._anchored >= ANCHOR_EVERY and self.anchor() is None:
            self._anchored = seq


def incident_html(report: IncidentReport) -> str:
    """An incident report as one page."""
    from clinic_app.exchange.pages import PageTable, page_html
    from clinic_app.wording.audit import (
        incident_facts,
        incident_title,
        list_header,
        list_row,
        part_words,
        person_line,
    )
    from clinic_app.wording.language import translate

    heads = (translate("Person"), translate("What"), translate("First"), translate("Last"))
    tables = [PageTable(translate("People"), heads, [person_line(person) for person in report.people])]
    tables += [
        PageTable(part_words(part), list_header(), [list_row(entry) for entry in entries])
        for part, entries in report.parts
    ]
    return page_html(incident_title(report), incident_facts(report), tables)


def _ending(path: str, *kinds: str) -> Path:
    """Raises ``FileRefused("audit_file_kind")``."""
    target = Path(path)
    if target.suffix.lower() not in kinds:
        raise FileRefused("audit_file_kind", path, kinds=", ".join(kinds))
    return target
