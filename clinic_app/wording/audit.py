"""The audit in sentences: who did what, in the words of the clinic; and what verifying found."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from clinic_app.domain.access import Action
from clinic_app.domain.audit import AuditEntry, AuditReport, Outcome
from clinic_app.domain.audit_actions import AuditKind
from clinic_app.domain.incidents import IncidentPart, IncidentPerson, IncidentReport
from clinic_app.wording.access import action_words
from clinic_app.wording.dates import day, moment_words
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.numbers import number_words
from clinic_app.wording.people import ROLES
from clinic_app.wording.sentences import messages, sentence
from clinic_app.wording.settings import NAMES, setting_name

SENTENCES: dict[str, str] = {
    "patient.create": "{who} added a patient",
    "patient.edit": "{who} changed a patient’s details",
    "patient.delete": "{who} deleted a patient",
    "patient.restore": "{who} restored a deleted patient",
    "patient.merge": "{who} merged two records of one patient",
    "patient.unmerge": "{who} took the merging of two records back",
    "patient.purge": "{who} destroyed a patient’s record for good",
    "patient.view": "{who} looked at a patient’s record",
    "case.create": "{who} added a diagnosis",
    "case.edit": "{who} changed a diagnosis or its plan",
    "case.delete": "{who} removed a diagnosis",
    "case.restore": "{who} restored a diagnosis",
    "hold.set": "{who} put a diagnosis on hold",
    "hold.edit": "{who} changed or ended a hold",
    "hold.delete": "{who} took a hold back",
    "hold.restore": "{who} restored a hold",
    "stop.set": "{who} stopped the calls for a diagnosis",
    "stop.edit": "{who} changed or ended a stop",
    "stop.delete": "{who} took a stop back",
    "stop.restore": "{who} restored a stop",
    "decision.log": "{who} recorded a doctor’s decision",
    "decision.edit": "{who} changed a doctor’s decision",
    "decision.delete": "{who} took a doctor’s decision back",
    "decision.restore": "{who} restored a doctor’s decision",
    "visit.create": "{who} recorded a visit",
    "visit.edit": "{who} changed a visit",
    "visit.sign": "{who} finalised a visit",
    "visit.addendum": "{who} added to a finalised visit",
    "visit.delete": "{who} removed a visit",
    "visit.restore": "{who} restored a visit",
    "injection.create": "{who} recorded an injection",
    "injection.edit": "{who} changed an injection",
    "injection.sign": "{who} finalised an injection",
    "injection.correct": "{who} corrected a finalised injection",
    "injection.void": "{who} marked an injection as entered by mistake",
    "injection.delete": "{who} removed an injection",
    "injection.restore": "{who} restored an injection",
    "injection.import": "{who} imported injections of a patient",
    "external_toxin.create": "{who} recorded botulinum toxin given elsewhere",
    "external_toxin.edit": "{who} changed botulinum toxin given elsewhere",
    "external_toxin.delete": "{who} removed botulinum toxin given elsewhere",
    "external_toxin.restore": "{who} restored botulinum toxin given elsewhere",
    "call.log": "{who} logged a call",
    "call.edit": "{who} changed a call",
    "call.take_back": "{who} took a call back",
    "call.delete": "{who} removed a call",
    "call.restore": "{who} restored a call",
    "appt.book": "{who} booked a visit",
    "appt.edit": "{who} changed a booking",
    "appt.move": "{who} moved a booking",
    "appt.cancel": "{who} cancelled a booking",
    "appt.status": "{who} changed where a booking stands",
    "appt.take_back": "{who} took a booking back",
    "appt.conflict": "{who} tried to book what somebody else had taken",
    "appt.delete": "{who} removed a booking",
    "appt.restore": "{who} restored a booking",
    "absence.set": "{who} entered that a doctor is away",
    "absence.edit": "{who} changed when a doctor is away",
    "absence.take_back": "{who} took back that a doctor is away",
    "absence.delete": "{who} removed that a doctor is away",
    "absence.restore": "{who} restored that a doctor is away",
    "photo.add": "{who} added a photo",
    "photo.edit": "{who} changed the view or date of a photo",
    "photo.move": "{who} moved a photo to another patient",
    "photo.delete": "{who} deleted a photo",
    "photo.restore": "{who} restored a photo",
    "photo.purge": "{who} destroyed a photo for good",
    "photo.view": "{who} looked at photos",
    "photo.export": "{who} saved photos outside the program",
    "pin.set": "{who} kept a pair of photos as the best",
    "pin.delete": "{who} no longer keeps a pair of photos",
    "pin.restore": "{who} restored a kept pair of photos",
    "turn.set": "{who} turned a photo",
    "turn.delete": "{who} turned a photo upright",
    "turn.restore": "{who} restored how a photo is turned",
    "alignment.set": "{who} aligned a photo",
    "alignment.delete": "{who} took back the alignment of a photo",
    "alignment.restore": "{who} restored the alignment of a photo",
    "comparison.set": "{who} chose how a case is compared",
    "comparison.delete": "{who} removed how a case is compared",
    "comparison.restore": "{who} restored how a case is compared",
    "measurement.create": "{who} measured in a photo",
    "measurement.edit": "{who} changed a measurement",
    "measurement.delete": "{who} deleted a measurement",
    "measurement.restore": "{who} restored a measurement",
    "mark.create": "{who} drew on a photo",
    "mark.edit": "{who} changed a drawing on a photo",
    "mark.delete": "{who} deleted a drawing on a photo",
    "mark.restore": "{who} restored a drawing on a photo",
    "bin.put": "{who} put something in the bin",
    "bin.edit": "{who} took the name out of an entry of the bin when the record was destroyed",
    "bin.restore": "{who} took something out of the bin",
    "bin.purge": "{who} emptied something out of the bin for good",
    "bin.delete": "{who} removed an entry of the bin",
    "draft.restore": "{who} went on with a draft",
    "version.restore": "{who} went back to an earlier version",
    "version.view": "{who} looked at earlier versions",
    "import.start": "{who} began an import",
    "import.commit": "{who} imported a register",
    "import.undo": "{who} took an import back",
    "import.delete": "{who} removed the note of an import",
    "import.restore": "{who} restored the note of an import",
    "audit.view": "{who} read the audit",
    "audit.export": "{who} exported the audit",
    "export.deident": "{who} exported without names",
    "export.ident": "{who} exported with names",
    "print": "{who} printed",
    "auth.login": "{who} signed in",
    "auth.logout": "{who} signed out",
    "auth.fail": "A wrong passphrase or PIN was tried for {object}",
    "auth.lock": "{who} locked the clinic",
    "auth.unlock": "{who} unlocked the clinic",
    "auth.throttle": "Too many wrong tries for {object}: more had to wait",
    "recovery.used": "{who} used a recovery code",
    "breakglass.start": "{who} opened a closed record in an emergency",
    "breakglass.stop": "The emergency opening by {who} ended",
    "breakglass.ack": "{who} acknowledged an emergency opening",
    "authz.denied": "{who} was refused: {what}",
    "reason.given": "{who} gave a reason for: {what}",
    "second_person.agreed": "{object} agreed, as the second person, to what {who} did",
    "restricted.set": "{who} changed whether a patient is restricted",
    "protection.set": "{who} changed what protects a patient’s record",
    "protection.delete": "What protects a record went with it when {who} deleted or merged the record",
    "protection.restore": "{who} restored the protection of a record",
    "user.create": "{who} added {object} to the people",
    "user.edit": "{who} changed {object}",
    "user.disable": "{who} ended the access of {object}",
    "user.enable": "{who} gave {object} access again",
    "user.reset": "{who} gave out a one-time code for {object}",
    "user.passphrase": "{who} changed the passphrase of {object}",
    "user.pin": "{who} chose a PIN",
    "user.role": "{who} changed what {object} may do",
    "user.delete": "{who} removed {object} from the people",
    "user.restore": "{who} restored {object} among the people",
    "slot.add": "{who} added a key for {object}",
    "slot.drop": "{who} took a key of {object} away",
    "key.rotate": "{who} exchanged the clinic’s key",
    "settings.change": "{who} changed a setting",
    "settings.delete": "{who} took a setting away",
    "settings.restore": "{who} restored a setting",
    "backup.ok": "{who} made a backup",
    "backup.fail": "A backup begun by {who} failed",
    "backup.verify": "{who} checked a backup",
    "restore.drill": "{who} tried out restoring a backup",
    "restore.real": "{who} restored the clinic from a backup",
    "check.ok": "{who} checked the record: no damage",
    "check.fail": "{who} checked the record: damage was found",
    "key_file.mended": "The clinic’s key file or its copy was damaged, missing or out of date, and was written anew",
    "store.set_aside": "Stored files that belong to no photo were put aside for 30 days",
    "store.emptied": "Stored files that belong to no photo, put aside 30 days before, were deleted",
    "schema.migrate": "The clinic’s data were brought to a newer form",
    "app.start": "{who} opened the program",
    "app.stop": "{who} closed the program",
    "app.crash": "The program had ended without being closed",
    "clock.back": "The computer’s clock was set back",
}
"""Action -> sentence; ``{who}`` did it, ``{object}`` is the person it was done to, ``{what}`` what was asked for."""

KINDS: dict[AuditKind, str] = {
    AuditKind.LOOKED: "Looked at",
    AuditKind.CHANGED: "Changed",
    AuditKind.TAKEN_OUT: "Exported or printed",
    AuditKind.SIGNED_IN: "Signing in",
    AuditKind.PROTECTED: "Refused or emergency",
    AuditKind.PEOPLE: "People and settings",
    AuditKind.KEPT_SAFE: "Backups and checks",
    AuditKind.PROGRAM: "The program",
}
PARTS: dict[IncidentPart, str] = {
    IncidentPart.SAW: "Saw",
    IncidentPart.CHANGED: "Changed",
    IncidentPart.EXPORTED: "Took out",
    IncidentPart.PRINTED: "Printed",
    IncidentPart.REFUSED: "Refused or failed",
    IncidentPart.OTHER: "Other",
}
OUTCOMES: dict[Outcome, str] = {
    Outcome.DONE: "done",
    Outcome.DENIED: "refused",
    Outcome.FAILED: "failed",
}
MESSAGES: dict[str, str] = {
    "audit_entry_missing": "Entry {seq} of the audit is missing: entries were taken out or cut off.",
    "audit_entry_changed": "Entry {seq} of the audit was changed, moved or put in.",
    "audit_anchor_differs": (
        "Entry {seq} of the audit is not the one this clinic’s key file remembers: the audit was written anew."
    ),
    "audit_cut_off": (
        "The audit ends before entry {remembered}, which this clinic’s key file remembers: entries were cut off, or an older "
        "database was put in its place."
    ),
    "audit_row_differs": "{object_type} {object_id} is not as entry {seq} of the audit left it.",
    "audit_row_gone": "{object_type} {object_id}, which entry {seq} of the audit tells of, is no longer there.",
    "audit_intact": "Entries 1–{last} are intact; last anchor {at}; 0 problems.",
    "audit_intact_unanchored": "Entries 1–{last} are intact; no anchor yet; 0 problems.",
    "audit_none": "There is no entry yet; 0 problems.",
    "audit_bad": "{problem} Everything before entry {seq} is intact. Keep the backups, and ask who could reach the data.",
    "incident_of_nobody": "Choose the patient or the person the report is about.",
    "incident_span": "The report ends before it begins. Choose the first day first.",
    "audit_person_unknown": "Nobody called {user} works here. Choose one of: {names}.",
    "audit_file_kind": "{path}: this is written as {kinds}. Choose one of these endings.",
}


def who_words(entry: AuditEntry) -> str:
    """Who did it: the person's name, or the program."""
    return entry.actor_name or translate("The program")


def roles_words(entry: AuditEntry) -> str:
    """As what they worked: *Administrator, Doctor*; a role this program does not know keeps its code."""
    known = {role.value: translate(words) for role, words in ROLES.items()}
    return ", ".join(sorted(known.get(code, code) for code in entry.roles))


def entry_sentence(entry: AuditEntry) -> str:
    """What happened, as a sentence without its full stop; codes are never shown where there is a sentence."""
    template = SENTENCES.get(entry.action)
    if template is None:
        return translate("{who}: {action}").format(who=who_words(entry), action=entry.action)
    count = entry.object_id.count(",") + 1 if entry.object_id else 0
    if entry.action == "photo.view" and count:
        return translate_many(
            "{who} looked at {count} photo", "{who} looked at {count} photos", count, who=who_words(entry)
        )
    words = translate(template).format(who=who_words(entry), object=_object_words(entry), what=_what_words(entry))
    if entry.outcome is Outcome.DONE or entry.action in _SAID_ALREADY:
        return words
    return translate("{what} ({outcome})").format(what=words, outcome=outcome_words(entry.outcome))


_SAID_ALREADY = frozenset({"app.crash", "authz.denied", "auth.fail", "auth.throttle", "backup.fail", "check.fail"})


def detail_words(entry: AuditEntry) -> str:
    """What stands under the sentence: which setting it was, and why, as it was said."""
    return " · ".join(part for part in (_setting_words(entry), reason_words(entry)) if part)


def reason_words(entry: AuditEntry) -> str:
    """Why, as it was said; a code is told by its first sentence, a moment as moments are."""
    with suppress(ValueError):
        if len(entry.reason) > len("2026-11-21T18"):
            return second_words(datetime.fromisoformat(entry.reason).astimezone())
    template = messages().get(entry.reason)
    if template is not None and "{" not in template:
        return sentence(entry.reason)
    return _CODES.get(entry.reason, entry.reason)


_CODES = {
    "not_allowed": "not allowed",
    "reason_needed": "no reason was given",
    "sign_in_again": "the passphrase was not given again",
    "second_person_needed": "no second person",
    "emergency_needed": "the record is closed",
    "wrong_passphrase": "wrong passphrase",
    "passphrase": "with a passphrase",
    "pin": "with a PIN",
    "recovery": "with a recovery code",
    "reset": "with a one-time code",
}


def outcome_words(outcome: Outcome) -> str:
    """How it ended."""
    return translate(OUTCOMES[outcome])


def kind_words(kind: AuditKind) -> str:
    """A kind of entries, for a list of choices."""
    return translate(KINDS[kind])


def part_words(part: IncidentPart) -> str:
    """The heading of a part of an incident report."""
    return translate(PARTS[part])


def second_words(at: datetime) -> str:
    """``21 Nov 2026 18:05:09``."""
    return f"{day(at.date())} {at:%H:%M:%S}"


def patient_words(entry: AuditEntry) -> str:
    """The patient of an entry; a number where the record is gone."""
    if entry.patient_id is None:
        return ""
    if entry.mrn or entry.patient_name:
        return ", ".join(part for part in (entry.patient_name, entry.mrn) if part)
    return translate("Record {id}, no longer here").format(id=entry.patient_id)


def count_words(count: int) -> str:
    """How many entries a list has."""
    return translate_many("{count} entry", "{count} entries", count)


def report_words(report: AuditReport) -> str:
    """What verifying found, in one sentence or two."""
    if report.problems:
        first = report.problems[0]
        params = {**first.params, "seq": number_words(first.seq), "remembered": number_words(first.remembered)}
        problem = sentence(first.code, params)
        return sentence("audit_bad", {"problem": problem, "seq": number_words(first.seq)})
    if report.head is None:
        return sentence("audit_none")
    if report.last_anchor is None:
        return sentence("audit_intact_unanchored", {"last": number_words(report.head.seq)})
    at = datetime.fromisoformat(report.last_anchor.at).astimezone() if report.last_anchor.at else None
    told = moment_words(at) if at else number_words(report.last_anchor.seq)
    return sentence("audit_intact", {"last": number_words(report.head.seq), "at": told})


def span_line(since: datetime | None, until: datetime | None) -> str:
    """The days a list or a report covers."""
    if since is not None and until is not None:
        return translate("From {since} to {until}").format(since=moment_words(since), until=moment_words(until))
    if since is not None:
        return translate("From {since} on").format(since=moment_words(since))
    if until is not None:
        return translate("Until {until}").format(until=moment_words(until))
    return translate("From the first entry on")


def incident_title(report: IncidentReport) -> str:
    """What an incident report is about."""
    if report.user_name:
        return translate("What {user} did").format(user=report.user_name)
    who = ", ".join(part for part in (report.patient_name, report.mrn) if part)
    return translate("Who saw, changed or took out the record of {patient}").format(patient=who)


def incident_facts(report: IncidentReport) -> tuple[str, ...]:
    """The lines under the title of an incident report."""
    facts = [
        span_line(report.since, report.until),
        translate("Made by {user}, {at}").format(user=report.made_by, at=moment_words(report.made_at)),
        count_words(report.count),
        translate("The audit: {words}").format(words=report_words(report.chain)),
    ]
    if not report.whole:
        facts.append(translate("Not everything is in it: there is more than one report holds, or than you may see."))
    facts.append(
        translate(
            "What was done outside the program, and who sat at an unlocked computer, no audit can tell. Times are those "
            "of the clinic’s computer."
        )
    )
    return tuple(facts)


def person_line(person: IncidentPerson) -> tuple[str, str, str, str]:
    """One person of an incident report: name, what and how often, first and last."""
    counts = ", ".join(f"{part_words(part)}: {count}" for part, count in person.counts)
    return person.name, counts, moment_words(person.first), moment_words(person.last)


def list_header() -> tuple[str, ...]:
    """The heads of a printed or reported list of entries."""
    heads = ("No.", "When", "What", "Patient", "Reason")
    return tuple(translate(head) for head in heads)


def list_row(entry: AuditEntry) -> tuple[str, ...]:
    """One entry in a printed or reported list."""
    what = entry_sentence(entry)
    return str(entry.seq), second_words(entry.at), what, patient_words(entry), detail_words(entry)


def _setting_words(entry: AuditEntry) -> str:
    if entry.object_type != "settings":
        return ""
    if entry.object_id in NAMES:
        return setting_name(entry.object_id)
    if entry.object_id.startswith("keys_"):
        return translate("One’s own keys of the viewer")
    if entry.object_id.startswith("today_"):
        return translate("When one opened the program last")
    if entry.object_id.startswith("call_list_"):
        return translate("How one looks at the call list")
    return translate(_KEPT_BESIDE[entry.object_id]) if entry.object_id in _KEPT_BESIDE else ""


_KEPT_BESIDE = {
    "clinic": "Name of the clinic",
    "first_steps": "First steps",
    "catalogues": "Lists of diagnoses, muscles and products",
    "demo": "Invented patients",
}
"""What is kept among the settings and has no line of its own in their list."""


def _object_words(entry: AuditEntry) -> str:
    if entry.object_name:
        return entry.object_name
    return translate("somebody unknown") if entry.object_type == "user" else translate("the clinic")


def _what_words(entry: AuditEntry) -> str:
    code = entry.object_id if entry.action == "authz.denied" else entry.object_type
    try:
        words = action_words(Action(code))
    except ValueError:
        return code
    return words[:1].lower() + words[1:]
