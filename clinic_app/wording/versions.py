"""Words for earlier versions: what was changed, in the words of the screen."""

from __future__ import annotations

from datetime import datetime

from clinic_app.domain.versions import FieldChange, Version
from clinic_app.wording.dates import moment_words
from clinic_app.wording.language import translate

MESSAGES: dict[str, str] = {
    "version_not_found": "This earlier version is not there any more. Read the list again.",
    "version_not_restorable": "This earlier version can be read, not restored. Enter it anew where it belongs.",
}

THINGS: dict[str, str] = {
    "patient": "Patient",
    "patient_protection": "Protection of the record",
    "clinical_case": "Diagnosis",
    "case_independence": "Diagnoses together or separate",
    "case_hold": "Hold",
    "case_stop": "Stop",
    "case_decision": "Doctor’s decision",
    "visit": "Visit",
    "injection_session": "Injection",
    "external_toxin": "Botulinum toxin given elsewhere",
    "contact_attempt": "Call",
    "appointment": "Booking",
    "appointment_case": "Diagnosis of a booking",
    "absence": "Absence of a doctor",
    "picture": "Photo",
    "picture_pin": "Pinned pair",
    "picture_turn": "Turn of a photo",
    "picture_alignment": "Alignment of a photo",
    "compare_state": "Comparison of photos",
    "measurement": "Measurement",
    "mark": "Drawing on a photo",
    "bin_entry": "Bin",
}

FIELDS: dict[str, str] = {
    "full_name": "Name",
    "mrn": "Hospital number",
    "sex": "Sex",
    "birth_day": "Birth date",
    "birth_year": "Year of birth",
    "age": "Age",
    "age_on": "Age on",
    "guardian": "Guardian",
    "village": "Village or area",
    "weight_kg": "Weight in kg",
    "language": "Language",
    "may_be_called": "May be called by the clinic",
    "may_be_texted": "May be sent messages by the clinic",
    "may_be_written_to": "May be sent letters by the clinic",
    "alerts": "Alerts",
    "notes": "Notes",
    "identifiers": "Numbers",
    "phones": "Phones",
    "deceased_on": "Died on",
    "moved_on": "Moved away on",
    "plan_opens": "Plan: from",
    "plan_closes": "Plan: until",
    "condition": "Diagnosis",
    "side": "Side",
    "pattern": "Pattern",
    "onset": "Onset",
    "causes": "Causes",
    "classification": "Classification",
    "since": "Since",
    "until": "Until",
    "ended_on": "Ended on",
    "reason": "Reason",
    "note": "Note",
    "day": "Day",
    "at": "Time",
    "state": "State",
    "kind": "Kind",
    "product": "Product",
    "units": "Units",
    "sites": "Sites",
    "dilution_ml": "Dilution (mL)",
    "guidance": "Guidance",
    "come_on": "Come on",
    "restarts_window": "Restarts the window",
    "correction_reason": "Reason of the correction",
    "injector": "Injector",
    "batch": "Batch no.",
    "checklist": "Checklist",
    "decided_by": "Decided by",
    "case_id": "Diagnosis",
    "place": "Place",
    "removed_reason": "Removed because",
    "outcome": "Outcome",
    "call_again_on": "Call again on",
    "call_again_at": "Call again at",
    "channel": "Reached by",
    "phone_number": "Number called",
    "spoke_to": "Spoke to",
    "token": "Place",
    "status": "Status",
    "drug": "Drug",
    "drug_product": "Brand the patient brings",
    "drug_batch": "Batch the patient brings",
    "minutes": "Length in minutes",
    "arrived_at": "Arrived at",
    "wait_until": "Waits until",
    "first": "First day",
    "last": "Last day",
    "view": "View",
    "clock": "Time of day",
    "certainty": "Certainty of the date",
    "quarters": "Quarter turns",
    "scale": "Scale",
    "turn": "Turned by",
    "source": "How",
    "peak_day": "Day of the strongest effect",
    "value": "Value",
    "unit": "Unit",
    "content": "Drawn",
    "known_after": "After that day’s injection",
    "file_name": "File name",
    "camera": "Camera",
    "restricted": "Restricted",
    "legal_hold": "Legal hold",
    "of_patient": "Said of the patient",
}


def thing_words(version: Version) -> str:
    """What a version is of: *Diagnosis*."""
    return table_words(version.table)


def table_words(table: str) -> str:
    """What a row of a table is: *Diagnosis*."""
    return translate(THINGS.get(table, table))


def field_words(name: str) -> str:
    """A field as the screen names it."""
    return translate(FIELDS[name]) if name in FIELDS else name.replace("_", " ")


def value_words(value: object) -> str:
    """A value as text; a dash where nothing was entered."""
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, bool):
        return translate("yes") if value else translate("no")
    if isinstance(value, (list, tuple)):
        return ", ".join(str(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {one}" for key, one in value.items())
    return str(value)


def change_words(change: FieldChange) -> str:
    """``Village or area: Pune → Nashik``."""
    return f"{field_words(change.field)}: {value_words(change.before)} → {value_words(change.after)}"


def restored_from_words(at: datetime) -> str:
    """Why an injection was corrected when an earlier version of it was restored."""
    return translate("Earlier version restored, as it was before {at}").format(at=moment_words(at))


def version_words(version: Version) -> str:
    """``Injection changed`` or ``Call removed``: what a save did."""
    said = translate("{thing} removed") if version.removed else translate("{thing} changed")
    return said.format(thing=thing_words(version))
