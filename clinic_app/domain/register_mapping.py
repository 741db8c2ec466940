"""Which column of a foreign register is which field of ours: proposed from the header, mended, kept as TOML."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import Enum

from clinic_app.domain.catalogue_names import fold
from clinic_app.domain.errors import FileRefused
from clinic_app.domain.patients import tidy
from clinic_app.domain.register_dates import DateOrder, like_a_date
from clinic_app.domain.spreadsheets import CellKind, Row, Table


class RegisterField(Enum):
    """The columns of a register (design section 7), in the order they are written.

    The last three carry what a spreadsheet made by hand has no column for, so that an export loses no date.
    """

    MRN = "mrn"
    NAME = "name"
    SEX = "sex"
    BIRTH_DATE = "birth_date"
    AGE = "age"
    PHONE = "phone"
    CONDITION = "condition"
    SIDE = "side"
    INJECTION_DATE = "injection_date"
    PRODUCT = "product"
    UNITS = "units"
    NEXT_DATE = "next_date"
    STATUS = "status"
    NOTES = "notes"
    KIND = "kind"
    PLAN = "reinjection_plan"
    HOLD = "on_hold"


DEFAULT_COLUMNS = tuple(one.value for one in RegisterField)
WIDE_FIELDS = frozenset({RegisterField.INJECTION_DATE, RegisterField.PRODUCT, RegisterField.UNITS})
"""Fields that may stand several times in one row, as ``injection_date_1``, ``injection_date_2`` ..."""
DATE_FIELDS = frozenset({RegisterField.BIRTH_DATE, RegisterField.INJECTION_DATE, RegisterField.NEXT_DATE})
NEEDED_FIELDS = (RegisterField.NAME, RegisterField.CONDITION)
"""Without a column for each of these a file is no register."""
IGNORE = "ignore"
"""In a mapping file: this column is not taken."""
TYPO_AT = 0.86
"""difflib ratio from which a header counts as a known word with a typing slip; headers under five letters never."""
WIDE_MOST = 60
"""More numbered injections than this in one row are no register."""

_KEY = re.compile(r"([a-z_]+?)(?:_(\d{1,2}))?")


@dataclass(frozen=True, slots=True)
class MappedColumn:
    """One column: its header, its field, the injection's number (0: not numbered), the date order said for it."""

    header: str
    field: RegisterField
    number: int = 0
    order: DateOrder | None = None

    @property
    def key(self) -> str:
        """The field's name as written in a mapping: "units", or "units_2" for the second injection of a row."""
        return f"{self.field.value}_{self.number}" if self.number else self.field.value


@dataclass(frozen=True, slots=True)
class RegisterMapping:
    """Which column is which field. Others are not read; ``sheet`` None is the first with a register."""

    columns: tuple[MappedColumn, ...]
    sheet: str | None = None

    @property
    def headers(self) -> tuple[str, ...]:
        """The headers it names; ``read_table`` finds the header line by them."""
        return tuple(column.header for column in self.columns)

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of the injections in one row; (0,) for one injection a row."""
        numbers = {column.number for column in self.columns if column.field in WIDE_FIELDS}
        return tuple(sorted(numbers)) or (0,)

    def column(self, field: RegisterField, number: int = 0) -> MappedColumn | None:
        """The column of a field, if there is one."""
        return next((one for one in self.columns if one.field is field and one.number == number), None)

    def field_of(self, header: str) -> MappedColumn | None:
        """What a header is mapped to, if to anything."""
        return next((one for one in self.columns if one.header == header), None)

    def with_field(self, header: str, field: RegisterField | None, number: int = 0) -> RegisterMapping:
        """The same mapping with this header on another field (None: not taken); the field's old column gives way."""
        kept = [one for one in self.columns if one.header != header]
        if field is not None:
            kept = [one for one in kept if (one.field, one.number) != (field, number)]
            kept.append(MappedColumn(header, field, number))
        return replace(self, columns=tuple(kept))

    def with_order(self, header: str, order: DateOrder | None) -> RegisterMapping:
        """The same mapping with the date order of one column said."""
        columns = (replace(one, order=order) if one.header == header else one for one in self.columns)
        return replace(self, columns=tuple(columns))

    def checked(self, table: Table) -> RegisterMapping:
        """The mapping with its headers as they stand in the table (case and blanks do not matter).

        Raises:
            FileRefused: ``register_column_missing`` where the file lacks a column the mapping names, or no column
                stands for the name or the diagnosis.
        """
        present = {header: header for header in table.header}
        folded = {fold(header): header for header in reversed(table.header)}
        found = [(one, present.get(one.header) or folded.get(fold(one.header))) for one in self.columns]
        missing = [one.header for one, header in found if header is None]
        missing += [field.value for field in NEEDED_FIELDS if self.column(field) is None]
        if missing:
            raise FileRefused(
                "register_column_missing",
                table.name,
                columns=", ".join(missing),
                line=table.header_row,
                header=", ".join(table.header),
            )
        return replace(self, columns=tuple(replace(one, header=header) for one, header in found if header is not None))

    def to_toml(self) -> str:
        """The mapping as a TOML file: ``"header in the file" = "field"``."""
        lines = ['# Columns of a register: "header in the file" = "field"']
        if self.sheet is not None:
            lines.append(f"sheet = {_quoted(self.sheet)}")
        lines += ["", "[columns]", *(f"{_quoted(one.header)} = {_quoted(one.key)}" for one in self.columns)]
        said = [one for one in self.columns if one.order is not None]
        if said:
            lines += ["", "[dates]"]
            lines += [f"{_quoted(one.header)} = {_quoted(one.order.value)}" for one in said if one.order is not None]
        return "\n".join(lines) + "\n"

    @classmethod
    def from_toml(cls, text: str, name: str = "") -> RegisterMapping:
        """Read what ``to_toml`` wrote, or what somebody wrote by hand; ``name`` is the file for the sentence.

        Raises:
            FileRefused: ``mapping_unreadable``, ``mapping_unknown_field``, ``mapping_field_twice``.
        """
        try:
            content = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise FileRefused("mapping_unreadable", name, reason=str(error)) from error
        columns, dates, sheet = content.get("columns"), content.get("dates", {}), content.get("sheet")
        if not isinstance(columns, dict) or not isinstance(dates, dict) or not isinstance(sheet, str | None):
            raise FileRefused(
                "mapping_unreadable", name, reason='it needs a part called [columns] with lines "header" = "field"'
            )
        orders = {order.value: order for order in DateOrder}
        mapped: list[MappedColumn] = []
        for header, key in columns.items():
            if key in (IGNORE, ""):
                continue
            field, number = _field_of_key(key)
            said = dates.get(header)
            if field is None or not (said is None or said in orders):
                bad = key if field is None else said
                allowed = (*DEFAULT_COLUMNS, IGNORE) if field is None else tuple(orders)
                raise FileRefused("mapping_unknown_field", name, column=header, field=bad, known=", ".join(allowed))
            if any((one.field, one.number) == (field, number) for one in mapped):
                raise FileRefused("mapping_field_twice", name, field=key)
            mapped.append(MappedColumn(header, field, number, orders[said] if said is not None else None))
        return cls(tuple(mapped), sheet)


def _field_of_key(key: object) -> tuple[RegisterField | None, int]:
    match = _KEY.fullmatch(key.strip().lower()) if isinstance(key, str) else None
    if match is None:
        return None, 0
    field = next((one for one in RegisterField if one.value == match[1]), None)
    number = int(match[2] or 0)
    if number and field not in WIDE_FIELDS:
        return None, 0
    return field, number


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


_WORDS: dict[RegisterField, str] = {
    RegisterField.MRN: """
        mrn; mr no; mr number; mrd; mrd no; medical record number; medical record no; uhid; uhid no; uhid
        number; cr; cr no; cr number; crn; opd; opd no; opd number; ipd no; ip no; hospital no; hospital
        number; hosp no; hospital id; registration no; registration number; reg no; regn no; reg number;
        patient id; patient no; patient number; pt id; pid; file no; file number; chart no; umr; umr no;
        clinic no; clinic number; abha; abha no; id no
    """,
    RegisterField.NAME: """
        name; patient; patient name; name of patient; name of the patient; full name; pt name; name of pt;
        pt; patient's name; patient full name; naam
    """,
    RegisterField.SEX: "sex; gender; m/f; sex m/f; sex (m/f); gender m/f",
    RegisterField.BIRTH_DATE: """
        birth date; dob; d.o.b.; date of birth; birthdate; birthday; born; born on; birth; birth year; year
        of birth; yob; age/dob; dob/age; age or dob; dob or age
    """,
    RegisterField.AGE: """
        age; age years; age yrs; age in years; age in yrs; age y; age/sex; age sex; age and sex; age/gender;
        sex/age; patient age; age at registration
    """,
    RegisterField.PHONE: """
        phone; phone no; phone number; mobile; mobile no; mobile number; mob; mob no; mob number; contact;
        contact no; contact number; contact details; tel; tel no; telephone; telephone no; ph; ph no; ph
        number; cell; cell no; whatsapp; whatsapp no; patient phone; patient mobile; patient contact
    """,
    RegisterField.CONDITION: """
        condition; diagnosis; dx; diag; provisional diagnosis; final diagnosis; clinical diagnosis; disease;
        disorder; type of dystonia; dystonia; dystonia type; indication; case; case type; type of case
    """,
    RegisterField.SIDE: "side; laterality; affected side; side affected; r/l; rt/lt; right/left; side r/l",
    RegisterField.INJECTION_DATE: """
        injection date; inj date; date of injection; date of inj; dt of inj; inj dt; botox date; date of
        botox; date of botox injection; botox injection date; botox given on; injected on; date injected;
        given on; injection given on; date given; injection; inj; last injection; last injection date; date
        of last injection; last inj; last inj date; date of last inj; last botox; doi; toxin date; date of
        toxin; treatment date; date of treatment; session date; date of session; date of procedure;
        procedure date; injection on; inj on; date of inj given
    """,
    RegisterField.PRODUCT: """
        product; toxin; toxin name; toxin brand; toxin used; type of toxin; toxin type; toxin product;
        botulinum toxin; brand; brand name; brand used; drug; drug used; preparation; bont; product name;
        product used; injection name; name of injection; name of toxin
    """,
    RegisterField.UNITS: """
        units; unit; u; dose; dose u; dose units; dose in units; dose (u); dosage; dose given; total dose;
        total units; units given; units injected; botox units; botox dose; no of units; number of units;
        toxin dose; toxin units; total u; inj dose; injection dose; injection units; inj units
    """,
    RegisterField.NEXT_DATE: """
        next date; next; next due; next due date; due date; due on; due; next injection; next inj; next
        injection date; next inj date; next injection due; next dose; next botox; next visit; next visit
        date; next appointment; next appt; next sitting; follow up; follow-up; followup; follow up date;
        followup date; f/u; fu; f/u date; fu date; next follow up; next follow up date; next fu; review;
        review date; review on; next review; recall date; return date; revisit; come on; tca; to come on
    """,
    RegisterField.STATUS: "status; patient status; current status; case status; present status; follow up status",
    RegisterField.NOTES: """
        notes; note; remark; remarks; comment; comments; observation; observations; other details;
        additional notes; special notes
    """,
    RegisterField.KIND: "kind; kind of injection; injection kind; session kind; full or touch-up; touch-up",
    RegisterField.PLAN: "reinjection plan; re-injection plan",
    RegisterField.HOLD: "on hold; hold until; on hold until",
}
_WEAK_WORDS: dict[RegisterField, str] = {
    RegisterField.MRN: "id; number; patient code; code; card no",
    RegisterField.INJECTION_DATE: "date; dt; day; visit date; date of visit; visit",
    RegisterField.UNITS: "amount; quantity; qty; number of u",
    RegisterField.PRODUCT: "medicine; medication; botox; injection given; type",
    RegisterField.STATUS: "outcome; state",
    RegisterField.NOTES: "details; response; result; history; others",
    RegisterField.SIDE: "eye; site side; face",
}
_NEVER = frozenset(
    fold(word)
    for word in ("s no", "s. no.", "sno", "sr no", "sr", "sl no", "sl", "serial no", "serial", "no", "#", "row")
)


def _lexicon(words: dict[RegisterField, str]) -> dict[str, RegisterField]:
    return {fold(word): field for field, text in words.items() for word in text.split(";")}


_STRONG = _lexicon(_WORDS)
_WEAK = _lexicon(_WEAK_WORDS)
_ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?")
_GLUED = re.compile(r"([a-z]{2,})(\d{1,2})")
_ABBREVIATED = {"number": "no", "num": "no", "nos": "no"}


@dataclass(frozen=True, slots=True)
class _Guess:
    header: str
    field: RegisterField
    number: int
    strength: int


def _guess(header: str) -> _Guess | None:
    folded = fold(header)
    if not folded or folded in _NEVER:
        return None
    words: list[str] = []
    number = 0
    for word in folded.split():
        if (match := _ORDINAL.fullmatch(word)) and not number:
            number = int(match[1])
        elif (match := _GLUED.fullmatch(word)) and not number:
            words.append(match[1])
            number = int(match[2])
        else:
            words.append(word)
    key = fold(" ".join(words))
    if not key or key in _NEVER:
        return None
    field, strength = _STRONG.get(key), 3
    if field is None:
        field = _STRONG.get(" ".join(_ABBREVIATED.get(word, word) for word in key.split()))
    if field is None:
        field, strength = _WEAK.get(key), 1
    if field is None and len(key) >= 5:
        field, strength = _typo(key), 2
    if field is None or (number > 1 and field not in WIDE_FIELDS) or number > WIDE_MOST:
        return None
    return _Guess(header, field, number if field in WIDE_FIELDS else 0, strength)


def _typo(key: str) -> RegisterField | None:
    best: tuple[float, RegisterField] | None = None
    for word, field in _STRONG.items():
        if abs(len(word) - len(key)) > 2 or len(word) < 5:
            continue
        ratio = SequenceMatcher(None, key, word, autojunk=False).ratio()
        if ratio >= TYPO_AT and (best is None or ratio > best[0]):
            best = (ratio, field)
    return None if best is None else best[1]


def header_score(texts: Iterable[str]) -> int:
    """How many different fields a line names: the header is the line that names most, two at least."""
    guesses = (_guess(text) for text in texts if text and len(text) <= 60)
    return len({(one.field, one.number) for one in guesses if one is not None})


def propose_mapping(header: Sequence[str], rows: Sequence[Row] = (), sheet: str | None = None) -> RegisterMapping:
    """What the columns probably are, from the words of the header (UHID, Mob No, Dx, Toxin, Dose, Follow up ...).

    ``rows`` are a sample that tells an age column from a birth date column. Columns nobody knows are left out.
    """
    guesses = [one for one in map(_guess, header) if one is not None]
    numbered = {(one.field, one.number) for one in guesses if one.number}
    if numbered:
        first = min(number for _, number in numbered)
        lead = 1 if first > 1 else first
        guesses = [
            replace(one, number=lead)
            if one.field in WIDE_FIELDS and not one.number and (one.field, lead) not in numbered
            else one
            for one in guesses
        ]
        guesses = [one for one in guesses if one.number or one.field not in WIDE_FIELDS]
    taken: dict[tuple[RegisterField, int], _Guess] = {}
    for one in sorted(guesses, key=lambda guess: -guess.strength):
        taken.setdefault((one.field, one.number), one)
    chosen = {one.header: MappedColumn(one.header, one.field, one.number) for one in taken.values()}
    columns = [chosen[one] for one in header if one in chosen]
    return RegisterMapping(tuple(_ages_and_births(columns, header, rows)), sheet)


def _ages_and_births(columns: list[MappedColumn], header: Sequence[str], rows: Sequence[Row]) -> list[MappedColumn]:
    present = {one.field for one in columns}
    if {RegisterField.AGE, RegisterField.BIRTH_DATE} <= present:
        return columns
    result = []
    for one in columns:
        if one.field in (RegisterField.AGE, RegisterField.BIRTH_DATE):
            place = header.index(one.header)
            cells = [cell for row in rows if not (cell := row.cell(place)).blank]
            dates = sum(cell.kind in (CellKind.DATE, CellKind.DATETIME) or like_a_date(cell.text) for cell in cells)
            ages = sum(cell.text.isdecimal() and int(cell.text) <= 120 for cell in cells)
            if one.field is RegisterField.AGE and dates > len(cells) / 2:
                one = replace(one, field=RegisterField.BIRTH_DATE)
            elif one.field is RegisterField.BIRTH_DATE and ages > len(cells) / 2:
                one = replace(one, field=RegisterField.AGE)
        result.append(one)
    return result


def unique_headers(texts: Iterable[str], letters: Iterable[str]) -> tuple[str, ...]:
    """Header texts made different from each other: a second "Date" becomes "Date #2", a blank one "Column C"."""
    seen: dict[str, int] = {}
    result: list[str] = []
    for text, letter in zip(texts, letters, strict=False):
        name = tidy(text) or f"Column {letter}"
        seen[name] = seen.get(name, 0) + 1
        unique = name if seen[name] == 1 else f"{name} #{seen[name]}"
        while unique in result:
            seen[name] += 1
            unique = f"{name} #{seen[name]}"
        result.append(unique)
    return tuple(result)
