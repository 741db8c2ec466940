"""Reading a register: from a table and its mapping to people, cases and injections.

Everything is read before anything is decided that needs the whole file: who is one person, which session is the
last, which rows say the same twice. Nothing is guessed in silence: what was not written exactly so is a warning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from clinic_app.domain.calendar import iso_day
from clinic_app.domain.cases import Side
from clinic_app.domain.catalogue_entries import SideNote
from clinic_app.domain.catalogues import Catalogues
from clinic_app.domain.changes import Progress, Report, carry_on
from clinic_app.domain.errors import Cancelled, RuleBroken
from clinic_app.domain.patients import (
    OLDEST_AGE,
    Birth,
    Identifier,
    PatientDetails,
    Phone,
    Sex,
    fold,
    phone_digits,
    tidy,
)
from clinic_app.domain.register_dates import DateColumn, DateOrder, find_dates, like_a_date, read_date, read_year
from clinic_app.domain.register_mapping import DATE_FIELDS, WIDE_FIELDS, MappedColumn, RegisterField, RegisterMapping
from clinic_app.domain.register_people import agreement, births_agree, name_words, same_name
from clinic_app.domain.register_records import (
    BAD_DATE,
    BAD_UNITS,
    CONFLICT,
    DUPLICATE,
    FUTURE_DATE,
    MISSING_FIELD,
    UNKNOWN_CONDITION,
    UNKNOWN_PRODUCT,
    DatesAmbiguous,
    RegisterPerson,
    RegisterReading,
    RegisterRecord,
    RegisterStatus,
    RegisterWarning,
    SkippedRow,
    units_text,
)
from clinic_app.domain.spreadsheets import EMPTY, Cell, CellKind, Row, Table, cell_name
from clinic_app.domain.treatment import RuleWarning
from clinic_app.domain.units import parse_amount

F = RegisterField
_NAME = RegisterField.NAME.value

REPORT_EVERY = 1_000

_BLANK = frozenset(["-", "--", "---", "–", "—", ".", "..", "?", "??", "/", "na", "n/a", "n.a.", "nil", "none", "null"])
_UNKNOWN = frozenset(["unknown", "not known", "nk", "dont know", "don't know", "x"])
_TOTAL = re.compile(r"(grand |sub ?)?totals?\b.*|sum|(no|number) of patients?.*|average", re.I)
_SEXES = {
    **dict.fromkeys(("f", "female", "fem", "woman", "w", "girl", "lady", "mahila"), Sex.FEMALE),
    **dict.fromkeys(("m", "male", "man", "boy", "gents", "purush"), Sex.MALE),
    **dict.fromkeys(("o", "other", "others", "third", "tg", "transgender", "t"), Sex.OTHER),
    **dict.fromkeys(("u", "unknown"), Sex.UNKNOWN),
}
_STATUSES = {
    **dict.fromkeys(
        ("stopped", "stop", "discontinued", "dc", "closed", "treatment stopped", "not willing", "inactive"),
        RegisterStatus.STOPPED,
    ),
    **dict.fromkeys(("deceased", "died", "dead", "expired", "death", "late", "rip"), RegisterStatus.DECEASED),
    **dict.fromkeys(
        ("moved", "moved away", "shifted", "relocated", "migrated", "transferred", "left town"), RegisterStatus.MOVED
    ),
}
_LIVE = frozenset(
    [
        "active",
        "alive",
        "live",
        "regular",
        "continuing",
        "continue",
        "ongoing",
        "on treatment",
        "on follow up",
        "on followup",
        "follow up",
        "followup",
        "fu",
        "current",
        "due",
        "ok",
        "yes",
        "under treatment",
        "new",
        "old",
        "done",
        "given",
        "improved",
        "better",
        "good",
        "stable",
        "same",
    ]
)
_SIDE_RULES = {
    SideNote.IGNORED: "register_side_ignored",
    SideNote.CONFLICT: "register_side_conflict",
    SideNote.UNREADABLE: "register_side_unreadable",
}
_AGE = re.compile(
    r"(?P<age>\d{1,3})(?:\.\d+)?\s*(?P<unit>years?|yrs?|y|months?|mths?|mo)?\.?\s*(?:old)?\s*"
    r"(?:[/,\- ]\s*(?P<sex>[a-z]+)\.?)?(?:\s+on\s+(?P<on>\d{4}-\d{2}-\d{2}))?",
    re.I,
)
_SEX_FIRST = re.compile(r"(?P<sex>[a-z]+)\s*[/,\- ]\s*(?P<age>\d{1,3})\s*(?:y|yr|yrs|years)?\.?", re.I)
_EXPONENT = re.compile(r"\d+(?:\.\d+)?e\+?\d+", re.I)


class _Skip(Exception):
    """A row, or one injection of it, is not taken."""

    def __init__(self, code: str, reason: str, **params: object) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason
        self.params = params


@dataclass(slots=True)
class _Person:
    """A person while the file is being read."""

    key: int
    mrn: str | None
    name: str
    first_row: int
    sex: Sex = Sex.UNKNOWN
    birth: Birth = field(default_factory=Birth)
    ages: list[tuple[int, date | None, date | None]] = field(default_factory=list)
    phones: dict[str, Phone] = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)
    first_injection: date | None = None

    def details(self, today: date) -> PatientDetails:
        """All that is known; an age counts from the injection it stood beside, else from the first, else from today."""
        birth = self.birth
        if not birth.known and self.ages:
            age, said_on, beside = min(self.ages, key=lambda one: one[1] or one[2] or date.max)
            birth = Birth(age=age, age_on=said_on or beside or self.first_injection or today)
        identifiers = () if self.mrn is None else (Identifier(self.mrn),)
        return PatientDetails(self.name, self.sex, birth, identifiers, tuple(self.phones.values()))


@dataclass(frozen=True, slots=True)
class _Case:
    condition: str
    side: Side | None
    pattern: str
    guessed: frozenset[str]
    side_note: SideNote
    text: str


@dataclass(slots=True)
class _Block:
    """The patient whose rows are being read: blank cells below mean this one. ``broken``: why none of them is taken."""

    person: _Person | None = None
    case: _Case | None = None
    broken: _Skip | None = None
    case_broken: _Skip | None = None


@dataclass(slots=True)
class _Draft:
    row: int
    number: int
    person: _Person
    case: _Case | None
    day: date | None
    product: str | None
    units: Decimal | None
    next_date: date | None
    status: RegisterStatus | None
    notes: str
    guessed: frozenset[str]
    bare: bool
    come_on: date | None = None


def interpret(
    table: Table,
    mapping: RegisterMapping,
    catalogues: Catalogues,
    today: date,
    dates: DateOrder | None = None,
    report: Report = carry_on,
) -> RegisterReading:
    """Read a register. ``dates`` answers the question what comes first, for the columns that do not say themselves.

    Raises:
        FileRefused: ``register_column_missing`` where the mapping does not fit the table.
        Cancelled: ``report`` answered False.
    """
    return _Reading(table, mapping.checked(table), catalogues, today, dates).read(report)


class _Reading:
    """One pass over the rows, then the decisions that need all of them."""

    def __init__(
        self, table: Table, mapping: RegisterMapping, catalogues: Catalogues, today: date, dates: DateOrder | None
    ) -> None:
        self.table = table
        self.mapping = mapping
        self.catalogues = catalogues
        self.today = today
        self.places = {one.key: table.header.index(one.header) for one in mapping.columns}
        self.columns = {one.key: one for one in mapping.columns}
        self.headers = frozenset(one.header.casefold() for one in mapping.columns)
        self.dates = {
            one.key: find_dates((row.cell(self.places[one.key]) for row in table.rows), one.order, dates)
            for one in mapping.columns
            if one.field in DATE_FIELDS
        }
        self.at_row = 0
        self.cells: dict[str, Cell] = {}
        self.skipped: list[SkippedRow] = []
        self.warnings: list[RegisterWarning] = []
        self.drafts: list[_Draft] = []
        self.people: list[_Person] = []
        self.by_mrn: dict[str, _Person] = {}
        self.by_name: dict[tuple[str, ...], list[_Person]] = {}
        self.by_phone: dict[str, list[_Person]] = {}
        self.block = _Block()
        self.products: dict[str, tuple[str, bool] | None] = {}

    # --- the pass -------------------------------------------------------------------------------------------------

    def read(self, report: Report) -> RegisterReading:
        """Read all rows and settle what needs the whole file."""
        rows = 0
        self._warn_of_columns()
        for done, row in enumerate(self.table.rows):
            if done % REPORT_EVERY == 0 and not report(
                Progress(done, len(self.table.rows), "reading_table", self.table.name)
            ):
                raise Cancelled
            if all(self._cell(row, key).blank for key in self.places):
                continue
            rows += 1
            try:
                self._read_row(row)
            except _Skip as skip:
                self._leave(row.number, skip)
        self._settle_sides()
        kept = self._without_repeats(self._without_births(self.drafts))
        self._settle_next_dates(kept)
        self._warn_of_cases(kept)
        people, records = self._finished(kept)
        order = sorted(self.skipped, key=lambda one: one.row)
        warnings = sorted(self.warnings, key=lambda one: one.row)
        return RegisterReading(rows, people, records, tuple(order), tuple(warnings), self._questions())

    def _questions(self) -> tuple[DatesAmbiguous, ...]:
        open_ones = [(self.columns[key].header, one.example) for key, one in self.dates.items() if one.unanswered]
        if not open_ones:
            return ()
        return (DatesAmbiguous(tuple(one[0] for one in open_ones), tuple(one[1] for one in open_ones)),)

    def _leave(self, row: int, skip: _Skip) -> None:
        self.skipped.append(SkippedRow(row, skip.code, skip.reason, {"row": row, **skip.params}))

    def _warn(self, row: int, person: _Person | None, rule: str, **params: object) -> None:
        params = {"row": row, "name": person.name if person else "", **params}
        mrn = person.mrn if person else None
        self.warnings.append(RegisterWarning(row, mrn, RuleWarning(rule, rule, params)))

    def _read_row(self, row: Row) -> None:
        self._refuse_furniture(row)
        started = self._start_block(row)
        block = self.block
        if block.broken is not None:
            if started:
                raise block.broken
            raise _Skip(block.broken.code, "register_patient_not_taken", above=block.broken.reason)
        person = block.person
        if person is None:
            raise _Skip(MISSING_FIELD, "register_field_missing", column=self._header(F.NAME))
        person.rows.append(row.number)
        sessions = [number for number in self.mapping.numbers if self._has_session(row, number)]
        status = self._status(row, person)
        fresh = self._read_case(row, sessions, started=started)
        next_date = self._next_date(row, person)
        if not (sessions or started or fresh or status or next_date):
            raise _Skip(MISSING_FIELD, "register_field_missing", column=self._header(F.INJECTION_DATE))
        case = block.case
        self._warn_of_case(row, person, case)
        notes = self._text(row, F.NOTES.value, keep_blank_words=True)
        read: list[_Draft] = []
        for number in sessions:
            try:
                read.append(self._session(row, number, person, case))
            except _Skip as skip:
                self._leave(row.number, skip)
        if not read:
            if sessions:
                return
            read.append(self._draft(row, 0, person, case, None))
        last = max(read, key=lambda one: one.day or date.min)
        last.next_date, last.status, last.notes = next_date, status, notes
        self.drafts.extend(read)

    def _refuse_furniture(self, row: Row) -> None:
        """Title lines, repeated headers and sums are rows of the sheet but not of the register."""
        texts = [cell.text for key in self.places if not (cell := self._cell(row, key)).blank]
        first = next((cell.text for cell in row.cells if cell.kind is CellKind.TEXT), "")
        if _TOTAL.fullmatch(first) or any(_TOTAL.fullmatch(text) for text in texts[:2]):
            raise _Skip(MISSING_FIELD, "register_total_row")
        if len(texts) > 2 and sum(text.casefold() in self.headers for text in texts) * 2 > len(texts):
            raise _Skip(MISSING_FIELD, "register_header_again")

    # --- cells ----------------------------------------------------------------------------------------------------

    def _cell(self, row: Row, key: str) -> Cell:
        """The cell of a field in this row; what only stands for nothing ("-", "n/a") is empty."""
        if row.number != self.at_row:
            self.at_row = row.number
            self.cells = {one: _meant(row.cell(place), one) for one, place in self.places.items()}
        return self.cells.get(key, EMPTY)

    def _text(self, row: Row, key: str, *, keep_blank_words: bool = False) -> str:
        place = self.places.get(key)
        cell = row.cell(place) if keep_blank_words and place is not None else self._cell(row, key)
        if not cell.readable:
            return ""
        return cell.text.strip() if keep_blank_words else tidy(cell.text)

    def _header(self, one: RegisterField, number: int = 0) -> str:
        column = self.mapping.column(one, number)
        return column.header if column is not None else one.value

    def _where(self, row: Row, key: str) -> str:
        return cell_name(self.places[key], row.number)

    def _check_readable(self, row: Row, key: str, code: str) -> None:
        cell = self._cell(row, key)
        if not cell.readable:
            reason = "register_formula_unsaved" if cell.kind is CellKind.FORMULA else "register_cell_error"
            column = self.columns[key].header
            raise _Skip(code, reason, column=column, cell=self._where(row, key), text=cell.text)

    def _day(self, row: Row, key: str) -> date | None:
        cell = self._cell(row, key)
        if cell.blank or cell.text.casefold() in _UNKNOWN:
            return None
        column: MappedColumn = self.columns[key]
        found: DateColumn = self.dates[key]
        try:
            return read_date(cell, found, header=column.header, today=self.today, serial_zero=self.table.serial_zero)
        except RuleBroken as error:
            raise _Skip(BAD_DATE, error.code, **{**error.params, "cell": self._where(row, key)}) from error

    # --- patients -------------------------------------------------------------------------------------------------

    def _start_block(self, row: Row) -> bool:
        """Find whose row this is; True where the row itself names the patient."""
        for key in (F.MRN.value, F.NAME.value):
            cell = self._cell(row, key)
            if not cell.readable:
                self.block = _Block()
                try:
                    self._check_readable(row, key, MISSING_FIELD)
                except _Skip as skip:
                    self.block.broken = skip
                return True
        mrn, name = self._text(row, F.MRN.value), self._text(row, F.NAME.value)
        if not mrn and not name:
            return False
        before = self.block
        try:
            person = self._person(row, mrn, name)
        except _Skip as skip:
            self.block = _Block(broken=skip)
            return True
        if person is not before.person:
            self.block = _Block(person)
        return True

    def _person(self, row: Row, mrn: str, name: str) -> _Person:
        seen = self._seen(row, mrn, name)
        current = self.block.person
        if mrn:
            known = self.by_mrn.get(mrn.casefold())
            if known is not None:
                if name and not same_name(known.name, name):
                    raise _Skip(
                        CONFLICT, "register_two_names", mrn=mrn, name=name, other=known.name, other_row=known.first_row
                    )
                self._merge(row, known, seen)
                return known
            if not name:
                raise _Skip(MISSING_FIELD, "register_field_missing", column=self._header(F.NAME))
        elif current is not None and same_name(current.name, name) and self._agrees(current, seen) is not False:
            self._merge(row, current, seen)
            return current
        else:
            found = self._by_name(name, seen)
            if len(found) > 1:
                raise _Skip(
                    CONFLICT,
                    "register_several_people",
                    name=name,
                    rows=", ".join(str(one.first_row) for one in found),
                )
            if found:
                if not self._agrees(found[0], seen):
                    self._warn(row.number, found[0], "register_matched_by_name", other_row=found[0].first_row)
                self._merge(row, found[0], seen)
                return found[0]
        person = _Person(len(self.people), mrn or None, name, row.number)
        self.people.append(person)
        if mrn:
            self.by_mrn[mrn.casefold()] = person
        self.by_name.setdefault(name_words(name), []).append(person)
        self._merge(row, person, seen)
        return person

    def _by_name(self, name: str, seen: _Person) -> list[_Person]:
        candidates = list(self.by_name.get(name_words(name), ()))
        for phone in seen.phones:
            candidates += [one for one in self.by_phone.get(phone, ()) if one not in candidates]
        agreeing = [(one, self._agrees(one, seen)) for one in candidates if same_name(one.name, name)]
        sure = [one for one, found in agreeing if found]
        return sure or [one for one, found in agreeing if found is None]

    def _agrees(self, person: _Person, seen: _Person) -> bool | None:
        return agreement(person.details(self.today), seen.details(self.today))

    def _seen(self, row: Row, mrn: str, name: str) -> _Person:
        """What this row says of the patient."""
        seen = _Person(-1, mrn or None, name, row.number)
        self._check_readable(row, F.SEX.value, MISSING_FIELD)
        sex = fold(self._text(row, F.SEX.value))
        if sex:
            found = _SEXES.get(sex)
            if found is None:
                self._warn(row.number, seen, "register_sex_unread", text=sex)
            else:
                seen.sex = found
        self._read_birth(row, seen)
        self._read_age(row, seen)
        for phone in self._phones(row, seen):
            seen.phones.setdefault(phone_digits(phone.number)[-10:], phone)
        return seen

    def _read_birth(self, row: Row, seen: _Person) -> None:
        key = F.BIRTH_DATE.value
        cell = self._cell(row, key)
        if cell.blank or cell.text.casefold() in _UNKNOWN:
            return
        year = read_year(cell)
        seen.birth = Birth(year=year) if year is not None else Birth(day=self._day(row, key))
        earliest = seen.birth.earliest
        column = self._header(F.BIRTH_DATE)
        if earliest is not None and earliest > self.today:
            raise _Skip(FUTURE_DATE, "register_birth_in_future", column=column, text=cell.text, day=earliest)
        if earliest is not None and self.today.year - earliest.year > OLDEST_AGE:
            raise _Skip(BAD_DATE, "register_birth_too_long_ago", column=column, text=cell.text, years=OLDEST_AGE)

    def _read_age(self, row: Row, seen: _Person) -> None:
        text = self._text(row, F.AGE.value)
        if not text or text.casefold() in _UNKNOWN:
            return
        match = _AGE.fullmatch(text) or _SEX_FIRST.fullmatch(text)
        age = int(match["age"]) if match is not None else OLDEST_AGE + 1
        groups = match.groupdict() if match is not None else {}
        sex = _SEXES.get((groups.get("sex") or "").casefold())
        if match is None or age > OLDEST_AGE or (groups.get("sex") and sex is None):
            self._warn(row.number, seen, "register_age_unread", text=text)
            return
        if sex is not None and seen.sex is Sex.UNKNOWN:
            seen.sex = sex
        if (groups.get("unit") or "").casefold().startswith("m"):
            age //= 12
        try:
            said_on = iso_day(groups["on"]) if groups.get("on") else None
        except ValueError:
            self._warn(row.number, seen, "register_age_unread", text=text)
            return
        beside = None
        for number in self.mapping.numbers:
            try:
                day = self._day(row, _key(F.INJECTION_DATE, number)) if self._mapped(F.INJECTION_DATE, number) else None
            except _Skip:
                continue
            if day is not None and day <= self.today:
                beside = day if beside is None else min(beside, day)
        seen.ages.append((age, said_on, beside))

    def _phones(self, row: Row, seen: _Person) -> Iterator[Phone]:
        text = self._text(row, F.PHONE.value)
        if not text or text.casefold() in _UNKNOWN:
            return
        for part in re.split(r"[/,;|\n]|\s+(?:or|and|&)\s+", text):
            number = tidy(part)
            if not number:
                continue
            if _EXPONENT.fullmatch(number) or not 4 <= len(phone_digits(number)) <= 15:
                self._warn(row.number, seen, "register_phone_unread", text=number)
                continue
            yield Phone(number)

    def _merge(self, row: Row, person: _Person, seen: _Person) -> None:
        if seen.sex is not Sex.UNKNOWN:
            if person.sex is Sex.UNKNOWN:
                person.sex = seen.sex
            elif person.sex is not seen.sex:
                self._warn(row.number, person, "register_details_differ", column=self._header(F.SEX))
        if seen.birth.known:
            if not person.birth.known or (person.birth.day is None and seen.birth.day is not None):
                person.birth = seen.birth
            elif births_agree(person.birth, seen.birth) is False:
                self._warn(row.number, person, "register_details_differ", column=self._header(F.BIRTH_DATE))
        person.ages.extend(seen.ages)
        for key, phone in seen.phones.items():
            if key not in person.phones:
                person.phones[key] = phone
                self.by_phone.setdefault(key, []).append(person)

    # --- cases ----------------------------------------------------------------------------------------------------

    def _read_case(self, row: Row, sessions: list[int], *, started: bool) -> bool:
        """Set the block's case from this row; True where the row names one."""
        block = self.block
        try:
            self._check_readable(row, F.CONDITION.value, UNKNOWN_CONDITION)
        except _Skip as skip:
            block.case, block.case_broken = None, skip
            raise
        text, side = self._text(row, F.CONDITION.value), self._text(row, F.SIDE.value)
        if not text or text.casefold() in _UNKNOWN:
            if block.case_broken is not None:
                raise _Skip(
                    block.case_broken.code,
                    "register_diagnosis_not_taken",
                    **{"above": block.case_broken.reason, **block.case_broken.params},
                )
            if block.case is None:
                alone = started and block.person is not None and block.person.mrn and not sessions
                if not alone or self._text(row, F.NAME.value) == "":
                    raise _Skip(MISSING_FIELD, "register_field_missing", column=self._header(F.CONDITION))
                self._warn(row.number, block.person, "register_no_diagnosis")
            return False
        match = self.catalogues.find_condition(text, side or None)
        if match is None:
            block.case = None
            block.case_broken = _Skip(
                UNKNOWN_CONDITION, "register_unknown_condition", text=text, column=self._header(F.CONDITION)
            )
            raise block.case_broken
        guessed = frozenset({"condition"}) if match.guessed else frozenset[str]()
        found = Side(match.side) if match.side is not None else None
        block.case_broken = None
        block.case = _Case(match.condition.code, found, match.pattern, guessed, match.side_note, text)
        return True

    def _named(self, case: _Case) -> str:
        """The diagnosis as sentences say it."""
        return self.catalogues.conditions[case.condition].name

    def _warn_of_case(self, row: Row, person: _Person, case: _Case | None) -> None:
        if case is None or self._cell(row, F.CONDITION.value).blank:
            return
        if case.guessed:
            self._warn(row.number, person, "register_condition_guessed", text=case.text, found=self._named(case))
        if case.side_note in _SIDE_RULES:
            side = case.side.value if case.side is not None else "-"
            text = self._text(row, F.SIDE.value) or case.text
            self._warn(row.number, person, _SIDE_RULES[case.side_note], text=text, found=self._named(case), side=side)

    # --- sessions -------------------------------------------------------------------------------------------------

    def _mapped(self, one: RegisterField, number: int) -> bool:
        return _key(one, number) in self.places

    def _has_session(self, row: Row, number: int) -> bool:
        """Whether anything of an injection stands here: a date; in a wide row also a product or units."""
        fields = WIDE_FIELDS if number else frozenset({F.INJECTION_DATE})
        return any(not self._cell(row, _key(one, number)).blank for one in fields)

    def _session(self, row: Row, number: int, person: _Person, case: _Case | None) -> _Draft:
        key = _key(F.INJECTION_DATE, number)
        day = self._day(row, key) if key in self.places else None
        header = self._header(F.INJECTION_DATE, number)
        if day is None and number:
            raise _Skip(MISSING_FIELD, "register_field_missing", column=header)
        if day is not None and day > self.today:
            raise _Skip(FUTURE_DATE, "register_injection_in_future", column=header, day=day, today=self.today)
        return self._draft(row, number, person, case, day)

    def _draft(self, row: Row, number: int, person: _Person, case: _Case | None, day: date | None) -> _Draft:
        product, guessed = self._product(row, number, person)
        units = self._units(row, number)
        if day is None and (product is not None or units is not None):
            self._warn(row.number, person, "register_dose_without_date")
            product, units, guessed = None, None, False
        if day is not None:
            first = person.first_injection
            person.first_injection = day if first is None else min(first, day)
        flags = (case.guessed if case is not None else frozenset[str]()) | ({"product"} if guessed else frozenset())
        bare = day is None
        return _Draft(row.number, number, person, case, day, product, units, None, None, "", flags, bare)

    def _product(self, row: Row, number: int, person: _Person) -> tuple[str | None, bool]:
        key = _key(F.PRODUCT, number)
        self._check_readable(row, key, UNKNOWN_PRODUCT)
        text = self._text(row, key)
        if not text or text.casefold() in _UNKNOWN:
            return None, False
        if text not in self.products:
            match = self.catalogues.find_product(text)
            self.products[text] = None if match is None else (match.product.code, match.guessed)
        found = self.products[text]
        if found is None:
            column = self._header(F.PRODUCT, number)
            raise _Skip(UNKNOWN_PRODUCT, "register_unknown_product", text=text, column=column)
        if found[1]:
            self._warn(
                row.number,
                person,
                "register_product_guessed",
                text=text,
                found=self.catalogues.products[found[0]].brand,
            )
        return found

    def _units(self, row: Row, number: int) -> Decimal | None:
        key = _key(F.UNITS, number)
        self._check_readable(row, key, BAD_UNITS)
        cell = self._cell(row, key)
        if cell.blank or cell.text.casefold() in _UNKNOWN:
            return None
        column = self._header(F.UNITS, number)
        where = self._where(row, key)
        if cell.merged:
            raise _Skip(BAD_UNITS, "register_units_merged", column=column, text=cell.text, cell=where)
        try:
            if isinstance(cell.value, Decimal):
                return parse_amount(cell.value.quantize(Decimal("0.000001")))
            if cell.kind is CellKind.TEXT:
                return parse_amount(cell.text)
        except RuleBroken as error:
            raise _Skip(BAD_UNITS, "register_bad_units", column=column, text=cell.text, cell=where) from error
        raise _Skip(BAD_UNITS, "register_bad_units", column=column, text=cell.text, cell=where)

    def _next_date(self, row: Row, person: _Person) -> date | None:
        """The next date; words such as "SOS" or "3 months" are no date and only warned of."""
        key = F.NEXT_DATE.value
        cell = self._cell(row, key)
        if cell.blank or cell.text.casefold() in _UNKNOWN:
            return None
        worded = cell.kind is CellKind.TEXT and not like_a_date(cell.text)
        if worded or not cell.readable or cell.kind in (CellKind.BOOL, CellKind.NUMBER):
            try:
                return self._day(row, key)
            except _Skip:
                self._warn(row.number, person, "register_next_date_unread", text=cell.text or self._where(row, key))
                return None
        return self._day(row, key)

    def _status(self, row: Row, person: _Person) -> RegisterStatus | None:
        text = fold(self._text(row, F.STATUS.value))
        if not text or text in _LIVE:
            return None
        found = _STATUSES.get(text)
        if found is None:
            self._warn(row.number, person, "register_status_unread", text=text)
        return found

    # --- what needs the whole file ------------------------------------------------------------------------------------

    def _settle_sides(self) -> None:
        """A blank side means the one side this patient's same diagnosis has elsewhere in the file."""
        sides: dict[tuple[int, str], set[Side]] = {}
        for draft in self.drafts:
            if draft.case is not None and draft.case.side is not None:
                sides.setdefault((draft.person.key, draft.case.condition), set()).add(draft.case.side)
        for draft in self.drafts:
            case = draft.case
            if case is None or case.side is not None:
                continue
            known = sides.get((draft.person.key, case.condition), set())
            if len(known) == 1:
                draft.case = replace(case, side=next(iter(known)))
                draft.guessed |= {"side"}
            elif case.side_note is SideNote.MISSING:
                self._warn(draft.row, draft.person, "register_side_missing", found=self._named(case))

    def _without_births(self, drafts: list[_Draft]) -> list[_Draft]:
        kept = []
        for draft in drafts:
            born = draft.person.birth.earliest
            if draft.day is not None and born is not None and draft.day < born:
                column = self._header(F.INJECTION_DATE, draft.number)
                self._leave(
                    draft.row,
                    _Skip(BAD_DATE, "register_injection_before_birth", column=column, day=draft.day, born=born),
                )
            else:
                kept.append(draft)
        return kept

    def _without_repeats(self, drafts: list[_Draft]) -> list[_Draft]:
        kept: list[_Draft] = []
        given: dict[tuple[int, str, Side | None, date], list[_Draft]] = {}
        cases: dict[tuple[int, str | None, Side | None], int] = {}
        for draft in drafts:
            condition = draft.case.condition if draft.case is not None else None
            side = draft.case.side if draft.case is not None else None
            if draft.day is None or condition is None:
                key = (draft.person.key, condition, side)
                if key in cases and draft.next_date is None and draft.status is None:
                    self._leave(draft.row, _Skip(DUPLICATE, "register_duplicate", other_row=cases[key]))
                    continue
            else:
                same_day = given.setdefault((draft.person.key, condition, side, draft.day), [])
                other = next(
                    (one for one in same_day if None in (one.product, draft.product) or one.product == draft.product),
                    None,
                )
                if other is not None:
                    same = (other.product, other.units) == (draft.product, draft.units)
                    code, reason = (DUPLICATE, "register_duplicate") if same else (CONFLICT, "register_other_units")
                    self._leave(
                        draft.row,
                        _Skip(
                            code,
                            reason,
                            other_row=other.row,
                            day=draft.day,
                            units=units_text(draft.units),
                            other=units_text(other.units),
                        ),
                    )
                    continue
                same_day.append(draft)
            cases.setdefault((draft.person.key, condition, side), draft.row)
            kept.append(draft)
        return kept

    def _settle_next_dates(self, drafts: list[_Draft]) -> None:
        """Put each case's next date on its last session as *come on*, if it lies after that session."""
        by_case: dict[tuple[int, str | None, Side | None], list[_Draft]] = {}
        for draft in drafts:
            key = (
                draft.person.key,
                draft.case.condition if draft.case else None,
                draft.case.side if draft.case else None,
            )
            by_case.setdefault(key, []).append(draft)
        for found in by_case.values():
            said = [one for one in found if one.next_date is not None]
            dated = [one for one in found if one.day is not None]
            if not said:
                continue
            if not dated:
                for one in said:
                    self._warn(one.row, one.person, "register_next_date_without_session", day=one.next_date)
                continue
            last = max(dated, key=lambda one: (one.day or date.min, one.row))
            last_day = last.day or date.min
            latest = max(said, key=lambda one: (one is last, one.day or date.min, one.row))
            wanted = latest.next_date
            if wanted is not None and wanted > last_day:
                last.come_on = wanted
            elif latest is last or latest.day is None:
                self._warn(latest.row, latest.person, "register_next_date_past", day=wanted, last=last_day)

    def _warn_of_cases(self, drafts: list[_Draft]) -> None:
        necks: dict[int, dict[str, int]] = {}
        for draft in drafts:
            if draft.case is not None and self.catalogues.conditions[draft.case.condition].regions == ("neck",):
                codes = necks.setdefault(draft.person.key, {})
                if draft.case.condition not in codes:
                    codes[draft.case.condition] = draft.row
                    if len(codes) == 2:
                        first, second = (self.catalogues.conditions[code].name for code in codes)
                        self._warn(draft.row, draft.person, "two_neck_codes", first=first, second=second)

    def _warn_of_columns(self) -> None:
        if self.mapping.column(F.INJECTION_DATE, self.mapping.numbers[0]) is None:
            self._warn(self.table.header_row, None, "register_no_injection_column")
        for key, found in self.dates.items():
            header = self.columns[key].header
            first = self.table.rows[0].number if self.table.rows else self.table.header_row
            if found.mixed:
                self._warn(first, None, "register_column_mixed", column=header, count=found.ambiguous)
            if found.maybe_swapped:
                self._warn(first, None, "register_dates_maybe_swapped", column=header)
            if found.short_years:
                self._warn(
                    first, None, "register_short_years", column=header, count=found.short_years, until=self.today.year
                )

    def _finished(self, drafts: list[_Draft]) -> tuple[tuple[RegisterPerson, ...], tuple[RegisterRecord, ...]]:
        people: dict[int, RegisterPerson] = {}
        for draft in drafts:
            one = draft.person
            if one.key not in people:
                people[one.key] = RegisterPerson(one.key, one.mrn, one.details(self.today), tuple(one.rows))
        records = tuple(
            RegisterRecord(
                draft.row,
                people[draft.person.key],
                draft.case.condition if draft.case is not None else None,
                draft.case.side if draft.case is not None else None,
                draft.case.pattern if draft.case is not None else "",
                draft.day,
                draft.product,
                draft.units,
                draft.next_date,
                draft.come_on,
                draft.status,
                draft.notes,
                draft.guessed,
                draft.number,
            )
            for draft in drafts
        )
        return tuple(people.values()), records


def _meant(cell: Cell, key: str) -> Cell:
    if cell.kind is not CellKind.TEXT:
        return cell
    if key == _NAME:
        return cell if any(letter.isalnum() for letter in cell.text) else EMPTY
    return EMPTY if cell.text.casefold() in _BLANK else cell


def _key(one: RegisterField, number: int) -> str:
    return f"{one.value}_{number}" if number else one.value
