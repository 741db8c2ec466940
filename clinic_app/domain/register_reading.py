"""Reading a register: from a table and its mapping to people, cases and injections.

Everything is read before anything is decided that needs the whole file: who is one person, which session is the
last, which rows say the same twice. Nothing is guessed in silence: what was not written exactly so is a warning.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from clinic_app.domain.calendar import Span, iso_day
from clinic_app.domain.cases import Hold, ReinjectionPlan, Side, check_hold
from clinic_app.domain.catalogues import Catalogues
from clinic_app.domain.changes import Progress, Report, carry_on
from clinic_app.domain.errors import Cancelled, RuleBroken
from clinic_app.domain.patients import (
    OLDEST_AGE,
    Birth,
    Phone,
    Sex,
    fold,
    phone_digits,
    tidy,
)
from clinic_app.domain.register_dates import (
    DateColumn,
    DateOrder,
    find_dates,
    has_short_year,
    like_a_date,
    read_date,
    read_year,
)
from clinic_app.domain.register_drafts import CaseDraft, Draft, PersonDraft, Skip, Told
from clinic_app.domain.register_mapping import DATE_FIELDS, WIDE_FIELDS, MappedColumn, RegisterField, RegisterMapping
from clinic_app.domain.register_people import agreement, births_agree, name_words, same_name
from clinic_app.domain.register_records import (
    BAD_DATE,
    BAD_UNITS,
    CONFLICT,
    FUTURE_DATE,
    MISSING_FIELD,
    UNKNOWN_CONDITION,
    UNKNOWN_PRODUCT,
    DatesAmbiguous,
    RegisterKind,
    RegisterPlans,
    RegisterReading,
    RegisterStatus,
)
from clinic_app.domain.register_settling import finished, settle
from clinic_app.domain.register_words import (
    AGE,
    BLANK,
    EXPONENT,
    HOLD,
    KINDS,
    LIVE,
    ONLY_YEAR,
    PLAN,
    SEX_FIRST,
    SEXES,
    SIDE_RULES,
    STATUS_DAY,
    STATUSES,
    TOTAL,
    UNKNOWN,
)
from clinic_app.domain.spreadsheets import EMPTY, Cell, CellKind, Row, Table, cell_name
from clinic_app.domain.units import UNITS_MAX, parse_amount

F = RegisterField
_NAME = RegisterField.NAME.value

REPORT_EVERY = 1_000


@dataclass(slots=True)
class _Block:
    """The patient whose rows are being read: blank cells below mean this one. ``broken``: why none of them is taken."""

    person: PersonDraft | None = None
    case: CaseDraft | None = None
    broken: Skip | None = None
    case_broken: Skip | None = None


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
        self.status_days = find_dates(self._status_days(), answer=dates)
        self.at_row = 0
        self.cells: dict[str, Cell] = {}
        self.told = Told()
        self.drafts: list[Draft] = []
        self.people: list[PersonDraft] = []
        self.by_mrn: dict[str, PersonDraft] = {}
        self.by_name: dict[tuple[str, ...], list[PersonDraft]] = {}
        self.by_phone: dict[str, list[PersonDraft]] = {}
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
            except Skip as skip:
                self.told.leave(row.number, skip)
        kept = settle(self.drafts, self.catalogues, lambda number: self._header(F.INJECTION_DATE, number), self.told)
        people, records = finished(kept, self.today)
        self._warn_of_short_years({draft.row for draft in kept})
        order = sorted(self.told.skipped, key=lambda one: one.row)
        warnings = sorted(self.told.warnings, key=lambda one: one.row)
        return RegisterReading(rows, people, records, tuple(order), tuple(warnings), *self._questions())

    def _questions(self) -> tuple[tuple[DatesAmbiguous, ...], tuple[DatesAmbiguous, ...]]:
        """What has to be asked, and what may be said."""
        found: list[tuple[DatesAmbiguous, ...]] = []
        for asks in (True, False):
            ones = [
                (self.columns[key].header, one.example)
                for key, one in self.dates.items()
                if (one.unanswered if asks else one.left_open)
            ]
            asked = DatesAmbiguous(tuple(one[0] for one in ones), tuple(one[1] for one in ones))
            found.append((asked,) if ones else ())
        return found[0], found[1]

    def _read_row(self, row: Row) -> None:
        self._refuse_furniture(row)
        started = self._start_block(row)
        block = self.block
        if block.broken is not None:
            if started:
                raise block.broken
            raise Skip(block.broken.code, "register_patient_not_taken", above=block.broken.reason)
        person = block.person
        if person is None:
            raise Skip(MISSING_FIELD, "register_field_missing", column=self._header(F.NAME))
        person.rows.append(row.number)
        sessions = [number for number in self.mapping.numbers if self._has_session(row, number)]
        status, status_on = self._status(row, person)
        kind = self._kind(row, person)
        elsewhere = kind is RegisterKind.ELSEWHERE
        if elsewhere and not sessions:
            raise Skip(MISSING_FIELD, "register_field_missing", column=self._header(F.INJECTION_DATE))
        nameless = elsewhere and self._cell(row, F.CONDITION.value).blank
        fresh = False if nameless else self._read_case(row, sessions, started=started)
        next_date = self._next_date(row, person)
        if not (sessions or started or fresh or status or next_date):
            raise Skip(MISSING_FIELD, "register_field_missing", column=self._header(F.INJECTION_DATE))
        case = None if nameless else block.case
        self._warn_of_case(row, person, case)
        notes = self._text(row, F.NOTES.value, keep_blank_words=True)
        read: list[Draft] = []
        for number in sessions:
            try:
                read.append(self._session(row, number, person, case))
            except Skip as skip:
                self.told.leave(row.number, skip)
        if not read:
            if sessions:
                return
            read.append(self._draft(row, 0, person, case, None))
        last = max(read, key=lambda one: one.day or date.min)
        last.next_date, last.status, last.notes, last.status_on = next_date, status, notes, status_on
        last.plans, last.hold = self._plans(row, person), self._hold(row, person)
        for one in read:
            one.kind = kind
        self.drafts.extend(read)

    def _refuse_furniture(self, row: Row) -> None:
        """Title lines, repeated headers and sums are rows of the sheet but not of the register."""
        texts = [cell.text for key in self.places if not (cell := self._cell(row, key)).blank]
        first = next((cell.text for cell in row.cells if cell.kind is CellKind.TEXT), "")
        if TOTAL.fullmatch(first) or any(TOTAL.fullmatch(text) for text in texts[:2]):
            raise Skip(MISSING_FIELD, "register_total_row")
        if len(texts) > 2 and sum(text.casefold() in self.headers for text in texts) * 2 > len(texts):
            raise Skip(MISSING_FIELD, "register_header_again")

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
            raise Skip(code, reason, column=column, cell=self._where(row, key), text=cell.text)

    def _day(self, row: Row, key: str) -> date | None:
        cell = self._cell(row, key)
        if cell.blank or cell.text.casefold() in UNKNOWN:
            return None
        column: MappedColumn = self.columns[key]
        found: DateColumn = self.dates[key]
        try:
            return read_date(cell, found, header=column.header, today=self.today, serial_zero=self.table.serial_zero)
        except RuleBroken as error:
            raise Skip(BAD_DATE, error.code, **{**error.params, "cell": self._where(row, key)}) from error

    # --- patients -------------------------------------------------------------------------------------------------

    def _start_block(self, row: Row) -> bool:
        """Find whose row this is; True where the row itself names the patient."""
        for key in (F.MRN.value, F.NAME.value):
            cell = self._cell(row, key)
            if not cell.readable:
                self.block = _Block()
                try:
                    self._check_readable(row, key, MISSING_FIELD)
                except Skip as skip:
                    self.block.broken = skip
                return True
        mrn, name = self._text(row, F.MRN.value), self._text(row, F.NAME.value)
        if not mrn and not name:
            return False
        before = self.block
        try:
            person = self._person(row, mrn, name)
        except Skip as skip:
            self.block = _Block(broken=skip)
            return True
        if person is not before.person:
            self.block = _Block(person)
        return True

    def _person(self, row: Row, mrn: str, name: str) -> PersonDraft:
        seen = self._seen(row, mrn, name)
        current = self.block.person
        if mrn:
            known = self.by_mrn.get(mrn.casefold())
            if known is not None:
                if name and not same_name(known.name, name):
                    raise Skip(
                        CONFLICT, "register_two_names", mrn=mrn, name=name, other=known.name, other_row=known.first_row
                    )
                self._merge(row, known, seen)
                return known
            if not name:
                raise Skip(MISSING_FIELD, "register_field_missing", column=self._header(F.NAME))
        elif current is not None and same_name(current.name, name) and self._agrees(current, seen) is not False:
            self._merge(row, current, seen)
            return current
        else:
            found = self._by_name(name, seen)
            if len(found) > 1:
                raise Skip(
                    CONFLICT,
                    "register_several_people",
                    name=name,
                    rows=", ".join(str(one.first_row) for one in found),
                )
            if found:
                if not self._agrees(found[0], seen):
                    self.told.warn(row.number, found[0], "register_matched_by_name", other_row=found[0].first_row)
                self._merge(row, found[0], seen)
                return found[0]
        person = PersonDraft(len(self.people), mrn or None, name, row.number)
        self.people.append(person)
        if mrn:
            self.by_mrn[mrn.casefold()] = person
        self.by_name.setdefault(name_words(name), []).append(person)
        self._merge(row, person, seen)
        return person

    def _by_name(self, name: str, seen: PersonDraft) -> list[PersonDraft]:
        candidates = list(self.by_name.get(name_words(name), ()))
        for phone in seen.phones:
            candidates += [one for one in self.by_phone.get(phone, ()) if one not in candidates]
        agreeing = [(one, self._agrees(one, seen)) for one in candidates if same_name(one.name, name)]
        sure = [one for one, found in agreeing if found]
        return sure or [one for one, found in agreeing if found is None]

    def _agrees(self, person: PersonDraft, seen: PersonDraft) -> bool | None:
        return agreement(person.details(self.today), seen.details(self.today))

    def _seen(self, row: Row, mrn: str, name: str) -> PersonDraft:
        """What this row says of the patient."""
        seen = PersonDraft(-1, mrn or None, name, row.number)
        self._check_readable(row, F.SEX.value, MISSING_FIELD)
        sex = fold(self._text(row, F.SEX.value))
        if sex:
            found = SEXES.get(sex)
            if found is None:
                self.told.warn(row.number, seen, "register_sex_unread", text=sex)
            else:
                seen.sex = found
        self._read_birth(row, seen)
        self._read_age(row, seen)
        for phone in self._phones(row, seen):
            seen.phones.setdefault(phone_digits(phone.number)[-10:], phone)
        return seen

    def _read_birth(self, row: Row, seen: PersonDraft) -> None:
        key = F.BIRTH_DATE.value
        cell = self._cell(row, key)
        if cell.blank or cell.text.casefold() in UNKNOWN:
            return
        year = read_year(cell)
        match = AGE.fullmatch(cell.text) if year is None and cell.kind in (CellKind.TEXT, CellKind.NUMBER) else None
        if match is not None and int(match["age"]) <= OLDEST_AGE:
            self.told.warn(
                row.number, seen, "register_age_for_birth", text=cell.text, column=self._header(F.BIRTH_DATE)
            )
            self._take_age(row, seen, cell.text)
            return
        seen.birth = Birth(year=year) if year is not None else Birth(day=self._day(row, key))
        earliest = seen.birth.earliest
        column = self._header(F.BIRTH_DATE)
        if earliest is not None and earliest > self.today:
            raise Skip(FUTURE_DATE, "register_birth_in_future", column=column, text=cell.text, day=earliest)
        if earliest is not None and self.today.year - earliest.year > OLDEST_AGE:
            raise Skip(BAD_DATE, "register_birth_too_long_ago", column=column, text=cell.text, years=OLDEST_AGE)

    def _read_age(self, row: Row, seen: PersonDraft) -> None:
        text = self._text(row, F.AGE.value)
        if text and text.casefold() not in UNKNOWN:
            self._take_age(row, seen, text)

    def _take_age(self, row: Row, seen: PersonDraft, text: str) -> None:
        """An age counts on the day it says, else on the row's injection."""
        match = AGE.fullmatch(text) or SEX_FIRST.fullmatch(text)
        age = int(match["age"]) if match is not None else OLDEST_AGE + 1
        groups = match.groupdict() if match is not None else {}
        sex = SEXES.get((groups.get("sex") or "").casefold())
        if match is None or age > OLDEST_AGE or (groups.get("sex") and sex is None):
            self.told.warn(row.number, seen, "register_age_unread", text=text)
            return
        if sex is not None and seen.sex is Sex.UNKNOWN:
            seen.sex = sex
        if (groups.get("unit") or "").casefold().startswith("m"):
            age //= 12
        try:
            said_on = iso_day(groups["on"]) if groups.get("on") else None
        except ValueError:
            self.told.warn(row.number, seen, "register_age_unread", text=text)
            return
        beside = None
        for number in self.mapping.numbers:
            try:
                day = self._day(row, _key(F.INJECTION_DATE, number)) if self._mapped(F.INJECTION_DATE, number) else None
            except Skip:
                continue
            if day is not None and day <= self.today:
                beside = day if beside is None else min(beside, day)
        seen.ages.append((age, said_on, beside))

    def _phones(self, row: Row, seen: PersonDraft) -> Iterator[Phone]:
        text = self._text(row, F.PHONE.value)
        if not text or text.casefold() in UNKNOWN:
            return
        for part in re.split(r"[/,;|\n]|\s+(?:or|and|&)\s+", text):
            number = tidy(part)
            if not number:
                continue
            if EXPONENT.fullmatch(number) or not 4 <= len(phone_digits(number)) <= 15:
                self.told.warn(row.number, seen, "register_phone_unread", text=number)
                continue
            yield Phone(number)

    def _merge(self, row: Row, person: PersonDraft, seen: PersonDraft) -> None:
        if seen.sex is not Sex.UNKNOWN:
            if person.sex is Sex.UNKNOWN:
                person.sex = seen.sex
            elif person.sex is not seen.sex:
                self.told.warn(row.number, person, "register_details_differ", column=self._header(F.SEX))
        if seen.birth.known:
            if not person.birth.known or (person.birth.day is None and seen.birth.day is not None):
                person.birth = seen.birth
            elif births_agree(person.birth, seen.birth) is False:
                self.told.warn(row.number, person, "register_details_differ", column=self._header(F.BIRTH_DATE))
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
        except Skip as skip:
            block.case, block.case_broken = None, skip
            raise
        text, side = self._text(row, F.CONDITION.value), self._text(row, F.SIDE.value)
        if not text or text.casefold() in UNKNOWN:
            if block.case_broken is not None:
                raise Skip(
                    block.case_broken.code,
                    "register_diagnosis_not_taken",
                    **{"above": block.case_broken.reason, **block.case_broken.params},
                )
            if block.case is None:
                alone = started and block.person is not None and block.person.mrn and not sessions
                if not alone or self._text(row, F.NAME.value) == "":
                    raise Skip(MISSING_FIELD, "register_field_missing", column=self._header(F.CONDITION))
                self.told.warn(row.number, block.person, "register_no_diagnosis")
            return False
        match = self.catalogues.find_condition(text, side or None)
        if match is None:
            block.case = None
            block.case_broken = Skip(
                UNKNOWN_CONDITION, "register_unknown_condition", text=text, column=self._header(F.CONDITION)
            )
            raise block.case_broken
        guessed = frozenset({"condition"}) if match.guessed else frozenset[str]()
        found = Side(match.side) if match.side is not None else None
        block.case_broken = None
        block.case = CaseDraft(match.condition.code, found, match.pattern, guessed, match.side_note, text)
        return True

    def _named(self, case: CaseDraft) -> str:
        """The diagnosis as sentences say it."""
        return self.catalogues.conditions[case.condition].name

    def _warn_of_case(self, row: Row, person: PersonDraft, case: CaseDraft | None) -> None:
        if case is None or self._cell(row, F.CONDITION.value).blank:
            return
        if case.guessed:
            self.told.warn(row.number, person, "register_condition_guessed", text=case.text, found=self._named(case))
        if case.side_note in SIDE_RULES:
            side = case.side.value if case.side is not None else "-"
            text = self._text(row, F.SIDE.value) or case.text
            self.told.warn(
                row.number, person, SIDE_RULES[case.side_note], text=text, found=self._named(case), side=side
            )

    # --- sessions -------------------------------------------------------------------------------------------------

    def _mapped(self, one: RegisterField, number: int) -> bool:
        return _key(one, number) in self.places

    def _has_session(self, row: Row, number: int) -> bool:
        """Whether anything of an injection stands here: a date; in a wide row also a product or units."""
        fields = WIDE_FIELDS if number else frozenset({F.INJECTION_DATE})
        return any(not self._cell(row, _key(one, number)).blank for one in fields)

    def _session(self, row: Row, number: int, person: PersonDraft, case: CaseDraft | None) -> Draft:
        key = _key(F.INJECTION_DATE, number)
        day = self._day(row, key) if key in self.places else None
        header = self._header(F.INJECTION_DATE, number)
        if day is None and number:
            raise Skip(MISSING_FIELD, "register_field_missing", column=header)
        if day is not None and day > self.today:
            raise Skip(FUTURE_DATE, "register_injection_in_future", column=header, day=day, today=self.today)
        return self._draft(row, number, person, case, day)

    def _draft(self, row: Row, number: int, person: PersonDraft, case: CaseDraft | None, day: date | None) -> Draft:
        product, guessed = self._product(row, number, person)
        units = self._units(row, number)
        if day is None and (product is not None or units is not None):
            self.told.warn(row.number, person, "register_dose_without_date")
            product, units, guessed = None, None, False
        if day is not None:
            first = person.first_injection
            person.first_injection = day if first is None else min(first, day)
        flags = (case.guessed if case is not None else frozenset[str]()) | ({"product"} if guessed else frozenset())
        bare = day is None
        return Draft(row.number, number, person, case, day, product, units, None, None, "", flags, bare)

    def _product(self, row: Row, number: int, person: PersonDraft) -> tuple[str | None, bool]:
        key = _key(F.PRODUCT, number)
        self._check_readable(row, key, UNKNOWN_PRODUCT)
        text = self._text(row, key)
        if not text or text.casefold() in UNKNOWN:
            return None, False
        if text not in self.products:
            match = self.catalogues.find_product(text)
            self.products[text] = None if match is None else (match.product.code, match.guessed)
        found = self.products[text]
        if found is None:
            column = self._header(F.PRODUCT, number)
            raise Skip(UNKNOWN_PRODUCT, "register_unknown_product", text=text, column=column)
        if found[1]:
            self.told.warn(
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
        if cell.blank or cell.text.casefold() in UNKNOWN:
            return None
        column = self._header(F.UNITS, number)
        where = self._where(row, key)
        if cell.merged:
            raise Skip(BAD_UNITS, "register_units_merged", column=column, text=cell.text, cell=where)
        try:
            if isinstance(cell.value, Decimal):
                return parse_amount(cell.value.quantize(Decimal("0.000001")))
            if cell.kind is CellKind.TEXT:
                return parse_amount(cell.text)
        except RuleBroken as error:
            large = error.code == "units_too_large"
            reason = "register_units_too_large" if large else "register_bad_units"
            raise Skip(BAD_UNITS, reason, column=column, text=cell.text, cell=where, most=UNITS_MAX) from error
        raise Skip(BAD_UNITS, "register_bad_units", column=column, text=cell.text, cell=where)

    def _next_date(self, row: Row, person: PersonDraft) -> date | None:
        """The next date; words such as "SOS" or "3 months" are no date and only warned of."""
        key = F.NEXT_DATE.value
        cell = self._cell(row, key)
        if cell.blank or cell.text.casefold() in UNKNOWN:
            return None
        worded = cell.kind is CellKind.TEXT and not like_a_date(cell.text)
        if worded or not cell.readable or cell.kind in (CellKind.BOOL, CellKind.NUMBER):
            try:
                return self._day(row, key)
            except Skip:
                self.told.warn(row.number, person, "register_next_date_unread", text=cell.text or self._where(row, key))
                return None
        return self._day(row, key)

    def _status(self, row: Row, person: PersonDraft) -> tuple[RegisterStatus | None, date | None]:
        """What the status column says, and the day beside it ("died on 10 Feb 2026") where it can be read."""
        said = self._text(row, F.STATUS.value)
        text = fold(said)
        if not text or text in LIVE:
            return None, None
        found = STATUSES.get(text)
        if found is not None:
            return found, None
        word, day_text = _status_and_day(said)
        if word is None:
            self.told.warn(row.number, person, "register_status_unread", text=text)
            return None, None
        header = self._header(F.STATUS)
        try:
            day = read_date(Cell(CellKind.TEXT, day_text), self.status_days, header=header, today=self.today)
            if day <= self.today:
                return word, day
        except RuleBroken:
            pass
        self.told.warn(row.number, person, "register_status_day_unread", text=said)
        return word, None

    def _status_days(self) -> Iterator[Cell]:
        """The days beside the statuses, to find the order they are written in."""
        place = self.places.get(F.STATUS.value)
        for row in self.table.rows if place is not None else ():
            word, day = _status_and_day(row.cell(place or 0).text)
            if word is not None:
                yield Cell(CellKind.TEXT, day)

    def _kind(self, row: Row, person: PersonDraft) -> RegisterKind:
        text = self._text(row, F.KIND.value)
        if not text:
            return RegisterKind.FULL
        found = KINDS.get(tidy(text.casefold().replace("-", " ")))
        if found is None:
            self.told.warn(row.number, person, "register_kind_unread", text=text)
        return found or RegisterKind.FULL

    def _plans(self, row: Row, person: PersonDraft) -> RegisterPlans:
        """What the plan column says: "14 w to 18 w", "patient 3 m to 4 m", or both with a semicolon between."""
        said: dict[bool, ReinjectionPlan] = {}
        text = self._text(row, F.PLAN.value)
        for part in filter(None, (tidy(one) for one in text.split(";"))):
            match = PLAN.fullmatch(part.casefold())
            try:
                plan = ReinjectionPlan(Span.parse(match["opens"]), Span.parse(match["closes"])) if match else None
                said |= {bool(match["patient"]): plan.checked()} if match and plan else {}
            except RuleBroken:
                plan = None
            if plan is None:
                self.told.warn(row.number, person, "register_plan_unread", text=part)
        return RegisterPlans(said.get(False), said.get(True))

    def _hold(self, row: Row, person: PersonDraft) -> Hold | None:
        """What the hold column says: "2026-03-01 to 2026-05-01: travel", or a real date, held from today on."""
        cell = self._cell(row, F.HOLD.value)
        if cell.blank:
            return None
        text = cell.value.isoformat()[:10] if isinstance(cell.value, date) else self._text(row, F.HOLD.value)
        match = HOLD.fullmatch(text)
        try:
            if match is not None:
                since = iso_day(match["since"]) if match["since"] else self.today
                until = iso_day(match["until"])
                if until < self.today:
                    return None
                check_hold(since, until)
                return Hold(since, until, match["reason"] or "")
        except (ValueError, RuleBroken):
            match = None
        self.told.warn(row.number, person, "register_hold_unread", text=text)
        return None

    # --- columns --------------------------------------------------------------------------------------------------

    def _warn_of_columns(self) -> None:
        if self.mapping.column(F.INJECTION_DATE, self.mapping.numbers[0]) is None:
            self.told.warn(self.table.header_row, None, "register_no_injection_column")
        for key, found in self.dates.items():
            header = self.columns[key].header
            first = self.table.rows[0].number if self.table.rows else self.table.header_row
            if found.mixed and found.order is None:
                self.told.warn(first, None, "register_column_mixed", column=header, count=found.ambiguous)
            if found.maybe_swapped:
                self.told.warn(first, None, "register_dates_maybe_swapped", column=header)

    def _warn_of_short_years(self, taken: Collection[int]) -> None:
        """At the first row that is taken with one; a year in a row that is left out was not read as anything."""
        for key, found in self.dates.items():
            if not found.short_years:
                continue
            place = self.places[key]
            rows = [row.number for row in self.table.rows if row.number in taken and has_short_year(row.cell(place))]
            if rows:
                header, until = self.columns[key].header, self.today.year
                self.told.warn(rows[0], None, "register_short_years", column=header, count=len(rows), until=until)


def _status_and_day(text: str) -> tuple[RegisterStatus | None, str]:
    """The status and the words of its day; None and nothing where it is not one with a day."""
    match = STATUS_DAY.fullmatch(tidy(text))
    if match is None or not (like_a_date(match["day"]) or ONLY_YEAR.fullmatch(match["day"])):
        return None, ""
    return STATUSES[match["status"].casefold()], match["day"]


def _meant(cell: Cell, key: str) -> Cell:
    if cell.kind is not CellKind.TEXT:
        return cell
    if key == _NAME:
        return cell if any(letter.isalnum() for letter in cell.text) else EMPTY
    return EMPTY if cell.text.casefold() in BLANK else cell


def _key(one: RegisterField, number: int) -> str:
    return f"{one.value}_{number}" if number else one.value
