"""Sentences about what was deleted, put back and destroyed."""

from __future__ import annotations

from datetime import date

from clinic_app.domain.bin import BinEntry, BinKind
from clinic_app.wording.dates import day as day_words
from clinic_app.wording.language import translate, translate_many

MESSAGES: dict[str, str] = {
    "bin_object_gone": "What was to be deleted is not there any more. Read the page again.",
    "bin_entry_gone": "This entry of the bin is not there any more. Read the list again.",
    "already_restored": "This was put back on {at} already.",
    "already_purged": "This was destroyed for good on {at}; it cannot be put back.",
    "restore_number_taken": (
        "{name} cannot be put back: {holder} has the clinic number now. Change that number first, then try again."
    ),
    "restore_mrn_taken": (
        "{name} cannot be put back: {holder} has the number {mrn} now. Change that number first, then try again."
    ),
    "restore_owner_gone": "The patient this belongs to is in the bin as well. Put the patient back first.",
    "legal_hold": (
        "This record is under legal hold: it must not be destroyed. An administrator can lift the hold once the "
        "patient is back in the record."
    ),
    "retention_not_over": (
        "The last entry is of {last}: the record must be kept until {until}. Settings say for how many years."
    ),
}

KINDS: dict[BinKind, str] = {
    BinKind.PATIENT: "Patient",
    BinKind.CASE: "Diagnosis",
    BinKind.PHOTOS: "Photos",
    BinKind.MERGED: "Merged patient",
}


def kind_words(kind: BinKind) -> str:
    """What an entry is, as a word."""
    return translate(KINDS[kind])


def binned_line(entry: BinEntry) -> str:
    """``Asha Verma, 4127 · Photos (3)``: what an entry of the bin holds."""
    who = ", ".join(part for part in (entry.name, entry.mrn) if part) or translate("destroyed")
    what = kind_words(entry.kind)
    return f"{who} · {what} ({entry.photographs})" if entry.kind is BinKind.PHOTOS else f"{who} · {what}"


def holds_words(entry: BinEntry) -> str:
    """How much an entry holds: ``2 diagnoses, 7 injections, 12 photos``."""
    counted = (
        ("clinical_case", "{count} diagnosis", "{count} diagnoses"),
        ("injection_session", "{count} injection", "{count} injections"),
        ("contact_attempt", "{count} call", "{count} calls"),
        ("appointment", "{count} booking", "{count} bookings"),
        ("picture", "{count} photo", "{count} photos"),
    )
    found = [(one, more, entry.rows.get(table, 0)) for table, one, more in counted]
    return ", ".join(translate_many(one, more, count) for one, more, count in found if count)


def put_back_words(entry: BinEntry) -> str:
    """Said after something was put back."""
    if entry.kind is BinKind.MERGED:
        return translate("Merging taken back: {name} has a record of their own again").format(name=entry.name)
    return translate("{what} put back").format(what=binned_line(entry))


def purged_words(gone_on: date) -> str:
    """Said after something was destroyed: the backups still hold it for a while."""
    said = (
        "Destroyed for good. Backups made before still hold it; the last of them is gone by {day}, 9 months from now."
    )
    return translate(said).format(day=day_words(gone_on))
