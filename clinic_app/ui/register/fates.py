"""What becomes of each row of a register, and the words for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from clinic_app.domain.catalogues import Catalogues
from clinic_app.domain.register import (
    RegisterField,
    RegisterReading,
    RegisterRecord,
    RegisterWarning,
    SkippedRow,
)
from clinic_app.domain.spreadsheets import Table
from clinic_app.ui.theme import Tone
from clinic_app.wording.dates import day as day_words
from clinic_app.wording.language import translate
from clinic_app.wording.register import WARNINGS, skip_sentence, warning_sentence

AMBIGUOUS = "register_ambiguous_date"


class Fate(Enum):
    """What becomes of a row."""

    TAKEN = "taken"
    LOOK = "look"
    WAITS = "waits"
    AGAIN = "again"
    LEFT_OUT = "left_out"
    NOTHING = "nothing"


FATE_LOOKS: Mapping[Fate, tuple[str, str, Tone]] = {
    Fate.TAKEN: ("circle-check", "Taken", Tone.TREATED),
    Fate.LOOK: ("triangle-alert", "Taken, look at it", Tone.DUE),
    Fate.WAITS: ("circle-question-mark", "Waits for your answer", Tone.DUE),
    Fate.AGAIN: ("copy", "Twice in the file", Tone.NOT_DUE),
    Fate.LEFT_OUT: ("circle-slash", "Left out", Tone.OVERDUE),
    Fate.NOTHING: ("minus", "Nothing in it", Tone.NOT_DUE),
}
"""Icon, words and tone; never the colour alone."""

CODE_WORDS: Mapping[str, str] = {
    "duplicate": "Duplicate",
    "conflict": "Contradiction",
    "bad_date": "Date",
    "bad_units": "Units",
    "unknown_product": "Product unknown",
    "unknown_condition": "Diagnosis unknown",
    "missing_field": "Something missing",
    "future_date": "In the future",
}

FIELD_WORDS: Mapping[RegisterField, str] = {
    RegisterField.MRN: "Patient number",
    RegisterField.NAME: "Name",
    RegisterField.SEX: "Sex",
    RegisterField.BIRTH_DATE: "Birth date",
    RegisterField.AGE: "Age",
    RegisterField.PHONE: "Phone",
    RegisterField.CONDITION: "Diagnosis",
    RegisterField.SIDE: "Side",
    RegisterField.INJECTION_DATE: "Injection date",
    RegisterField.PRODUCT: "Product",
    RegisterField.UNITS: "Units",
    RegisterField.NEXT_DATE: "Next date",
    RegisterField.STATUS: "Status",
    RegisterField.NOTES: "Notes",
    RegisterField.KIND: "Full or touch-up",
    RegisterField.PLAN: "Re-injection plan",
    RegisterField.HOLD: "On hold",
}


@dataclass(slots=True)
class RowFate:
    """One row: the records it brings, why not (all of it), and what was odd."""

    records: list[RegisterRecord] = field(default_factory=list)
    skipped: list[SkippedRow] = field(default_factory=list)
    warnings: list[RegisterWarning] = field(default_factory=list)

    @property
    def fate(self) -> Fate:
        """What becomes of it; a row of which a part is left out counts as left out."""
        if any(one.reason == AMBIGUOUS for one in self.skipped):
            return Fate.WAITS
        if self.skipped:
            return Fate.AGAIN if all(one.code == "duplicate" for one in self.skipped) else Fate.LEFT_OUT
        if self.warnings:
            return Fate.LOOK
        return Fate.TAKEN if self.records else Fate.NOTHING

    def sentence(self, catalogues: Catalogues) -> str:
        """Why not, what was odd, or what it brings."""
        told = [without_row(skip_sentence(one), one.row) for one in self.skipped]
        told += [without_row(warning_sentence(one), one.row) for one in self.warnings]
        if told:
            return " ".join(told)
        return "; ".join(dict.fromkeys(record_words(one, catalogues) for one in self.records))


NOTHING = RowFate()


def fates_of(reading: RegisterReading) -> dict[int, RowFate]:
    """The fate of each line of the sheet; lines that hold nothing of ours are not in it."""
    found: dict[int, RowFate] = {}
    for record in reading.records:
        found.setdefault(record.row, RowFate()).records.append(record)
    for skipped in reading.skipped:
        found.setdefault(skipped.row, RowFate()).skipped.append(skipped)
    for warned in (one for one in reading.warnings if of_row(one)):
        found.setdefault(warned.row, RowFate()).warnings.append(warned)
    return found


def places_of(table: Table, fates: Mapping[int, RowFate]) -> dict[Fate, list[int]]:
    """The places of the table's rows, by fate."""
    found: dict[Fate, list[int]] = {one: [] for one in Fate}
    for place, row in enumerate(table.rows):
        found[fates.get(row.number, NOTHING).fate].append(place)
    return found


def of_row(warned: RegisterWarning) -> bool:
    """Whether a remark is about its row; those about a whole column stand on a row only to stand somewhere."""
    template = WARNINGS.get(warned.warning.code)
    return template is None or template.startswith("Row {row}")


def general_words(reading: RegisterReading) -> list[str]:
    """The remarks about the whole file."""
    return [warning_sentence(one) for one in reading.warnings if not of_row(one)]


def without_row(sentence: str, row: int) -> str:
    """A sentence without its "Row 14:" where the row's number stands beside it anyway."""
    said = translate("Row {row}").format(row=row)
    if sentence.startswith((f"{said}: ", f"{said}, ")):
        rest = sentence[len(said) + 2 :]
        return rest[:1].upper() + rest[1:]
    return sentence


def record_words(record: RegisterRecord, catalogues: Catalogues) -> str:
    """What one row brings: "Asha Verma, Hemifacial spasm, 12 Jan 2026, Botox 25 U"."""
    parts = [record.person.details.full_name]
    if record.condition is not None:
        known = catalogues.conditions.get(record.condition)
        parts.append(known.name if known is not None else record.condition)
    if record.injection_date is not None:
        parts.append(day_words(record.injection_date))
        product = catalogues.products.get(record.product or "")
        name = product.brand if product is not None else translate("toxin not known")
        units = translate("units not known") if record.units is None else f"{record.units.normalize():f} U"
        parts.append(f"{name} {units}" if record.units is not None else f"{name}, {units}")
    return ", ".join(parts)


def key_words(one: RegisterField, number: int) -> str:
    """A field as the drop-down says it: "Units", "Units, injection 2"."""
    words = translate(FIELD_WORDS[one])
    if not number:
        return words
    return translate("{field}, injection {number}").format(field=words, number=number)
