"""Registers as values: columns, date orders, who is who, what is taken, and the way out and back in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_app.domain.cases import Case, CaseDetails, Side, Stop, StopReason
from clinic_app.domain.catalogues import SideRule
from clinic_app.domain.errors import FileRefused, RuleBroken
from clinic_app.domain.patients import Birth, Identifier, Patient, PatientDetails, Phone, Sex
from clinic_app.domain.register import (
    DEFAULT_COLUMNS,
    DateOrder,
    RegisterField,
    RegisterKind,
    RegisterLine,
    RegisterMapping,
    RegisterReading,
    RegisterStatus,
    already_stored,
    interpret,
    lines_of,
    other_name_stored,
    propose_mapping,
    register_rows,
    same_name,
    same_person,
)
from clinic_app.domain.register_dates import DateColumn, find_dates, like_a_date, read_date
from clinic_app.domain.spreadsheets import EMPTY, EXCEL_DAY_ZERO, Cell, CellKind, Row, Table, cell_name
from clinic_app.domain.treatment import InjectionSession, SessionDetails, SessionState
from clinic_app.wording.register import skip_sentence, warning_sentence
from clinic_app.wording.sentences import sentence_of
from tests.domain.builders import QUICK
from tests.exchange.registers import catalogues

TODAY = date(2026, 3, 19)


def cell(value: object) -> Cell:
    match value:
        case None | "":
            return EMPTY
        case Cell():
            return value
        case datetime():
            return Cell(CellKind.DATETIME, value)
        case date():
            return Cell(CellKind.DATE, value)
        case int() | Decimal():
            return Cell(CellKind.NUMBER, Decimal(value))
    return Cell(CellKind.TEXT, str(value))


def table(header: str | Sequence[str], *rows: Sequence[object]) -> Table:
    names = tuple(header.split(",")) if isinstance(header, str) else tuple(header)
    body = tuple(Row(number, tuple(map(cell, row))) for number, row in enumerate(rows, 2))
    return Table("register.csv", "", (), 1, names, body, (), EXCEL_DAY_ZERO)


def read(header: str, *rows: Sequence[object], dates: DateOrder | None = None) -> RegisterReading:
    sheet = table(header, *rows)
    return interpret(sheet, propose_mapping(sheet.header, sheet.rows), catalogues(), TODAY, dates)


def codes(reading: RegisterReading) -> dict[int, str]:
    for one in reading.skipped:
        assert "{" not in skip_sentence(one)
        assert skip_sentence(one) == sentence_of(one.as_error())
    return {one.row: one.code for one in reading.skipped}


def rules(reading: RegisterReading) -> list[tuple[int, str]]:
    assert all("{" not in warning_sentence(one) for one in reading.warnings)
    return [(one.row, one.warning.rule.removeprefix("register_")) for one in reading.warnings]


# --- dates


COLUMN = DateColumn(DateOrder.DAY_FIRST, False, 0, "", 0, False, 1)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-01-05", "2026-01-05"),
        ("2026/1/5", "2026-01-05"),
        ("2026.01.05 10:30", "2026-01-05"),
        ("2026-01-05T00:00:00Z", "2026-01-05"),
        ("05/01/2026", "2026-01-05"),
        ("5-1-26", "2026-01-05"),
        ("5.1.2026", "2026-01-05"),
        ("5. 1. 2026", "2026-01-05"),
        ("05 01 2026", "2026-01-05"),
        ("13/05/2025 9:15 am", "2025-05-13"),
        ("5 Jan 2026", "2026-01-05"),
        ("5-Jan-26", "2026-01-05"),
        ("5th January 2026", "2026-01-05"),
        ("Jan 5, 2026", "2026-01-05"),
        ("January 5th 2026", "2026-01-05"),
        ("1st of Jan", None),
        ("12 Sept 2025", "2025-09-12"),
        ("05Jan2026", "2026-01-05"),
        ("5 Jan, '26", "2026-01-05"),
        ("20260105", "2026-01-05"),
        ("०५/०१/२०२६", "2026-01-05"),
        ("29/02/2024", "2024-02-29"),
        ("07/07/2025", "2025-07-07"),
        ("05/13/2025", "2025-05-13"),
        ("31/02/2026", None),
        ("29 Feb 2025", None),
        ("2026-13-01", None),
        ("45/46/2026", None),
        ("05/01/27", None),
        ("05/01/98", None),
        ("3 months", None),
        ("SOS", None),
        ("5 Juni 2026", None),
        ("05/01/1066", None),
        ("05/01/2096", None),
        ("5/2026", None),
        ("", None),
        (date(2026, 1, 5), "2026-01-05"),
        (datetime(2026, 1, 5, 9), "2026-01-05"),  # noqa: DTZ001 (spreadsheets know no time zones)
        (46027, "2026-01-05"),
        (20260105, "2026-01-05"),
        (20261332, None),
        (5, None),
        (Decimal("46027.5"), "2026-01-05"),
    ],
)
def test_dates_as_people_write_them(written: object, day: str | None) -> None:
    if day is None:
        with pytest.raises(RuleBroken) as refused:
            read_date(cell(written), COLUMN, header="Date", today=TODAY, serial_zero=EXCEL_DAY_ZERO)
        assert "{" not in sentence_of(RuleBroken("bad_date", refused.value.code, **refused.value.params, row=2))
    else:
        found = read_date(cell(written), COLUMN, header="Date", today=TODAY, serial_zero=EXCEL_DAY_ZERO)
        assert found == date.fromisoformat(day)


def test_a_number_is_a_date_only_among_dates() -> None:
    alone = find_dates([cell(46027), cell(46028)])
    assert alone.dates == 0
    with pytest.raises(RuleBroken, match="register_number_for_date"):
        read_date(cell(46027), alone, header="Date", today=TODAY, serial_zero=EXCEL_DAY_ZERO)


@pytest.mark.parametrize(
    ("cells", "order", "mixed", "asked"),
    [
        (["05/06/2025", "13/05/2025"], DateOrder.DAY_FIRST, False, False),
        (["05/06/2025", "05/13/2025"], DateOrder.MONTH_FIRST, False, False),
        (["05/06/2025", "13/05/2025", "05/13/2025"], None, True, False),
        (["05/06/2025", "2025-06-05", "5 Jun 2025"], None, False, True),
        (["07/07/2025", "2025-06-05"], None, False, False),
        ([date(2025, 6, 5)], None, False, False),
        ([], None, False, False),
    ],
)
def test_a_column_says_its_own_order(cells: list[object], order: DateOrder | None, mixed: bool, asked: bool) -> None:
    found = find_dates(map(cell, cells))
    assert (found.order, found.mixed, found.unanswered) == (order, mixed, asked)


def test_what_was_said_of_a_column_and_what_it_says_itself() -> None:
    open_one, decided = [cell("05/06/2025")], [cell("05/06/2025"), cell("05/13/2025")]
    assert find_dates(open_one, answer=DateOrder.MONTH_FIRST).order is DateOrder.MONTH_FIRST
    assert find_dates(decided, answer=DateOrder.DAY_FIRST).order is DateOrder.MONTH_FIRST
    assert find_dates(open_one, said=DateOrder.DAY_FIRST, answer=DateOrder.MONTH_FIRST).order is DateOrder.DAY_FIRST
    assert find_dates(decided, said=DateOrder.DAY_FIRST).mixed


def test_real_dates_turned_round_by_a_program_are_suspected() -> None:
    real = [cell(date(2025, month, 5)) for month in (1, 2, 3)]
    texts = [cell(f"{number}/05/2025") for number in (13, 14, 15)]
    assert find_dates(real + texts).maybe_swapped
    assert not find_dates([*real, *texts, cell("05/06/2025")]).maybe_swapped
    assert not find_dates([*real, *texts, cell(date(2025, 1, 20))]).maybe_swapped


@QUICK
@given(st.dates(date(1950, 1, 1), TODAY), st.sampled_from(DateOrder), st.sampled_from(["/", "-", ".", " "]))
def test_a_written_day_is_read_back(day: date, order: DateOrder, between: str) -> None:
    first, second = (day.day, day.month) if order is DateOrder.DAY_FIRST else (day.month, day.day)
    text = f"{first:02}{between}{second:02}{between}{day.year}"
    column = find_dates([cell(text)], answer=order)
    assert read_date(cell(text), column, header="Date", today=TODAY) == day
    assert like_a_date(text)


def test_ambiguous_dates_are_asked_once_and_never_guessed() -> None:
    header = "mrn,name,birth_date,condition,side,injection_date,next_date"
    rows = [
        ("1", "A", "2/3/1970", "HFS", "l", "05/06/2025", ""),
        ("2", "B", "", "HFS", "l", "2025-06-07", "05/07/2025"),
    ]
    reading = read(header, *rows)
    (asked,) = reading.questions
    assert asked.columns == ("birth_date", "injection_date", "next_date")
    assert asked.examples == ("2/3/1970", "05/06/2025", "05/07/2025")
    assert codes(reading) == {2: "bad_date", 3: "bad_date"}
    with pytest.raises(FileRefused) as refused:
        reading.answered("register.csv")
    assert "injection_date" in sentence_of(refused.value)
    for order, day, born in (
        (DateOrder.DAY_FIRST, date(2025, 6, 5), date(1970, 3, 2)),
        (DateOrder.MONTH_FIRST, date(2025, 5, 6), date(1970, 2, 3)),
    ):
        reading = read(header, *rows, dates=order).answered("register.csv")
        assert reading.records[0].injection_date == day
        assert reading.people[0].details.birth == Birth(day=born)


def test_years_of_two_digits_are_told_at_the_first_row_that_is_taken_with_one() -> None:
    days = ["13/05/2025", "14/05/25", "15/05/25", "16/05/25"]
    rows = [(str(n), f"P{n}", "HFS" if n != 1 else "", "l", text) for n, text in enumerate(days)]
    reading = read("mrn,name,condition,side,injection_date", *rows)
    assert list(codes(reading)) == [3]
    assert rules(reading) == [(4, "short_years")]
    assert reading.warnings[0].warning.params["count"] == 2
    reading = read("mrn,name,condition,side,injection_date", *rows[:2])
    assert rules(reading) == []


def test_a_mixed_column_loses_only_what_can_be_read_in_two_ways() -> None:
    rows = [(str(n), f"P{n}", "HFS", "l", text) for n, text in enumerate(["13/05/2025", "05/13/2025", "05/06/2025"])]
    reading = read("mrn,name,condition,side,injection_date", *rows)
    assert codes(reading) == {4: "bad_date"}
    assert [one.injection_date for one in reading.records] == [date(2025, 5, 13)] * 2
    assert rules(reading) == [(2, "column_mixed")]
    assert reading.questions == ()
    assert [(one.columns, one.examples) for one in reading.choices] == [(("injection_date",), ("05/06/2025",))]


def test_a_mixed_column_whose_order_is_said_loses_only_what_contradicts_it() -> None:
    rows = [(str(n), f"P{n}", "HFS", "l", text) for n, text in enumerate(["13/05/2025", "05/13/2025", "05/06/2025"])]
    header = "mrn,name,condition,side,injection_date"
    reading = read(header, *rows, dates=DateOrder.DAY_FIRST)
    assert codes(reading) == {3: "bad_date"}
    assert [one.reason for one in reading.skipped] == ["register_other_order"]
    assert [one.injection_date for one in reading.records] == [date(2025, 5, 13), date(2025, 6, 5)]
    assert reading.choices == ()
    reading = read(header, *rows, dates=DateOrder.MONTH_FIRST)
    assert codes(reading) == {2: "bad_date"}
    assert [one.injection_date for one in reading.records] == [date(2025, 5, 13), date(2025, 5, 6)]


def test_an_age_among_birth_dates_is_an_age_on_the_day_of_its_row() -> None:
    rows = [
        ("1", "A", "02-Mar-1970", "HFS", "l", "2025-06-07"),
        ("2", "B", 45, "HFS", "l", "2025-06-07"),
        ("3", "C", "52 yrs", "HFS", "l", "2025-01-07"),
        ("4", "D", "1968", "HFS", "l", "2025-01-07"),
    ]
    reading = read("mrn,name,Age/DOB,condition,side,injection_date", *rows)
    assert reading.skipped == ()
    assert [one.details.birth for one in reading.people] == [
        Birth(day=date(1970, 3, 2)),
        Birth(age=45, age_on=date(2025, 6, 7)),
        Birth(age=52, age_on=date(2025, 1, 7)),
        Birth(year=1968),
    ]
    assert [one.warning.code for one in reading.warnings] == ["register_age_for_birth"] * 2
    assert "45" in warning_sentence(reading.warnings[0])


# --- columns


@pytest.mark.parametrize(
    ("header", "keys"),
    [
        (",".join(DEFAULT_COLUMNS), ",".join(DEFAULT_COLUMNS)),
        (
            "S.No,CR No.,Patient's Name,Age/Sex,Mob No,Dx,R/L,Date of Inj,Toxin,Dose (U),Follow up,Remarks",
            "-,mrn,name,age,phone,condition,side,injection_date,product,units,next_date,notes",
        ),
        (
            "UHID,Name of Patient,DOB,Gender,Contact No.,Provisional Diagnosis,Date,Brand,Total units,Next due date",
            "mrn,name,birth_date,sex,phone,condition,injection_date,product,units,next_date",
        ),
        (
            "OPD No,Pt Name,Diagnosys,Laterality,1st Injection Date,1st Dose,2nd Injection Date,2nd Dose",
            "mrn,name,condition,side,injection_date_1,units_1,injection_date_2,units_2",
        ),
        (
            "ID,Name,Condition,Inj 1 Date,Toxin 1,U1,Inj 2 Date,Toxin 2,Dose2",
            "mrn,name,condition,injection_date_1,product_1,-,injection_date_2,product_2,units_2",
        ),
        (
            "mrn,name,condition,Date,Toxin,Units,Date #2,Toxin #2,Units #2",
            "mrn,name,condition,injection_date_1,product_1,units_1,injection_date_2,product_2,units_2",
        ),
        (
            "Registration No,Visit Date,Injection Date,Name,Diagnosis,Phone 2,Colour of eyes",
            "mrn,-,injection_date,name,condition,-,-",
        ),
    ],
)
def test_columns_are_proposed_from_their_headers(header: str, keys: str) -> None:
    names = header.split(",")
    mapping = propose_mapping(names)
    found = {one.header: one.key for one in mapping.columns}
    assert [found.get(name, "-") for name in names] == keys.split(",")


def test_an_age_column_with_dates_in_it_is_a_birth_date_and_the_other_way_round() -> None:
    sheet = table("name,age,condition", ("A", "13/05/1970", "HFS"), ("B", date(1980, 1, 2), "HFS"))
    assert propose_mapping(sheet.header, sheet.rows).columns[1].field is RegisterField.BIRTH_DATE
    sheet = table("name,DOB,condition", ("A", 55, "HFS"), ("B", "61", "HFS"))
    assert propose_mapping(sheet.header, sheet.rows).columns[1].field is RegisterField.AGE


def test_a_mapping_is_mended_kept_and_read_again() -> None:
    mapping = propose_mapping(['He said "Dx"', "Patient Name", "Dose #2", "Odd\\one"], sheet="Sheet 1")
    mapping = mapping.with_field('He said "Dx"', RegisterField.CONDITION).with_field(
        "Odd\\one", RegisterField.INJECTION_DATE, 2
    )
    mapping = mapping.with_order("Odd\\one", DateOrder.MONTH_FIRST)
    assert RegisterMapping.from_toml(mapping.to_toml()) == mapping
    moved = mapping.with_field("Dose #2", RegisterField.CONDITION)
    assert moved.field_of('He said "Dx"') is None
    assert moved.with_field("Dose #2", None).column(RegisterField.CONDITION) is None
    by_hand = '[columns]\n"UHID" = "mrn"\n"Colour" = "ignore"\nName = "NAME"\n"Date 3" = "injection_date_3"\n'
    read_again = RegisterMapping.from_toml(by_hand)
    assert [one.key for one in read_again.columns] == ["mrn", "name", "injection_date_3"]
    assert read_again.numbers == (3,)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[columns", "mapping_unreadable"),
        ("columns = 3", "mapping_unreadable"),
        ("", "mapping_unreadable"),
        ('[columns]\nA = "colour"', "mapping_unknown_field"),
        ('[columns]\nA = "name_2"', "mapping_unknown_field"),
        ("[columns]\nA = 3", "mapping_unknown_field"),
        ('[columns]\nA = "name"\nB = "name"', "mapping_field_twice"),
        ('[columns]\nA = "birth_date"\n[dates]\nA = "year-first"', "mapping_unknown_field"),
    ],
)
def test_a_mapping_file_that_cannot_be_used_says_why(text: str, code: str) -> None:
    with pytest.raises(FileRefused, match=code) as refused:
        RegisterMapping.from_toml(text, "map.toml")
    assert "map.toml" in sentence_of(refused.value)


@pytest.mark.parametrize("header", ["mrn,name,units", "mrn,condition,injection_date", "colour,shape"])
def test_a_file_without_a_needed_column_is_refused_by_name(header: str) -> None:
    sheet = table(header, ("1", "2", "3"))
    with pytest.raises(FileRefused) as refused:
        interpret(sheet, propose_mapping(sheet.header), catalogues(), TODAY)
    assert refused.value.code == "register_column_missing"
    assert "{" not in sentence_of(refused.value)
    kept = propose_mapping(["mrn", "name", "condition", "Follow up"])
    with pytest.raises(FileRefused) as refused:
        kept.checked(table("mrn,name,condition"))
    assert refused.value.params["columns"] == "Follow up"
    assert kept.checked(table("MRN,Name ,CONDITION,follow-up")).headers == ("MRN", "Name ", "CONDITION", "follow-up")


# --- who is who


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ram Kumar", "RAM KUMAR", True),
        ("Ram Kumar", "Kumar, Ram", True),
        ("José Núñez", "Jose Nunez", True),
        ("R. K. Sharma", "Ram Kumar Sharma", True),
        ("RK Sharma", "Sharma Ram Kumar", True),
        ("Mr. Ram Kumar", "Ram  Kumar", True),
        ("R. Kumar", "Ram Kumar", True),
        ("Ram Kumar", "Ram", False),
        ("Ram Kumar", "Ravi Kumar", False),
        ("Sita Devi", "Gita Devi", False),
        ("S. Devi", "Gita Devi", False),
        ("A", "A", True),
        ("Dr", "Dr", True),
        ("A", "B", False),
    ],
)
def test_names_that_are_the_same(one: str, other: str, same: bool) -> None:
    assert same_name(one, other) is same
    assert same_name(other, one) is same


def _who(name: str = "Ram Kumar", phone: str = "", birth: Birth | None = None) -> PatientDetails:
    phones = (Phone(phone),) if phone else ()
    return PatientDetails(name, birth=birth or Birth(), phones=phones)


def test_people_without_a_number_are_told_by_name_phone_and_age() -> None:
    forty = Birth(age=40, age_on=date(2024, 1, 1))
    assert same_person(_who(), _who("KUMAR RAM"))
    assert same_person(_who(phone="98765 43210"), _who(phone="+91-9876543210"))
    assert same_person(_who(birth=forty), _who(birth=Birth(age=42, age_on=date(2025, 6, 1))))
    assert same_person(_who(birth=forty), _who(birth=Birth(day=date(1983, 7, 1))))
    assert same_person(_who(birth=Birth(year=1983)), _who(birth=Birth(day=date(1983, 7, 1)), phone="98765"))
    assert not same_person(_who(phone="9876543210"), _who(phone="9876543211"))
    assert not same_person(_who(birth=forty), _who(birth=Birth(day=date(1960, 7, 1))))
    assert not same_person(_who(phone="9876543210", birth=forty), _who(phone="9876543210", birth=Birth(year=1950)))
    assert not same_person(_who(phone="9876543210"), _who())
    assert not same_person(_who(), _who("Ravi Kumar"))


HEAD = "mrn,name,sex,birth_date,age,phone,condition,side,injection_date,product,units,next_date,status,notes"


def line(mrn: str = "", name: str = "", day: object = "", **other: object) -> tuple[object, ...]:
    values: dict[str, object] = {"mrn": mrn, "name": name, "injection_date": day, **other}
    if name and "condition" not in other:
        values |= {"condition": "HFS", "side": "left"}
    return tuple(values.get(column, "") for column in DEFAULT_COLUMNS)


def test_one_number_with_two_names_is_a_conflict_and_so_is_what_hangs_below() -> None:
    reading = read(
        HEAD,
        line("1", "Ram Kumar", "2025-01-05"),
        line("1", "KUMAR R.", "2025-05-05"),
        line("1", "Sita Devi", "2025-06-05"),
        line(day="2025-09-05"),
        line("1", "Ram Kumar", "2025-10-05"),
        line("1", "", "2025-12-30"),
    )
    assert codes(reading) == {4: "conflict", 5: "conflict"}
    assert len(reading.people) == 1
    assert [one.row for one in reading.records] == [2, 3, 6, 7]
    assert reading.people[0].details.identifiers == (Identifier("1"),)


def test_people_without_a_number_in_one_file() -> None:
    reading = read(
        HEAD,
        line("", "Ram Kumar", "2025-01-05", age="45/M", phone="9876543210"),
        line("", "Sita Devi", "2025-01-06", age="50 F"),
        line("", "Kumar Ram", "2025-05-05", phone="+91 98765 43210"),
        line("", "Ram Kumar", "2025-05-06", age=70, phone="9000000000"),
        line("", "Sita Devi", "2025-09-07"),
        line("", "Ram Kumar", "2025-09-06"),
        line("7", "Sita Devi", "2025-10-07"),
    )
    assert codes(reading) == {7: "conflict"}
    assert [(one.details.full_name, one.mrn, one.rows) for one in reading.people] == [
        ("Ram Kumar", None, (2, 4)),
        ("Sita Devi", None, (3, 6)),
        ("Ram Kumar", None, (5,)),
        ("Sita Devi", "7", (8,)),
    ]
    first, second = reading.people[0].details, reading.people[1].details
    assert (first.sex, first.birth, len(first.phones)) == (Sex.MALE, Birth(age=45, age_on=date(2025, 1, 5)), 1)
    assert (second.sex, second.birth) == (Sex.FEMALE, Birth(age=50, age_on=date(2025, 1, 6)))
    assert rules(reading) == [(6, "matched_by_name")]


@pytest.mark.parametrize(
    ("age", "sex", "years"),
    [
        ("45", Sex.UNKNOWN, 45),
        ("45 M", Sex.MALE, 45),
        ("45yrs/F", Sex.FEMALE, 45),
        ("45 Y / female", Sex.FEMALE, 45),
        ("M/45", Sex.MALE, 45),
        ("18 months", Sex.UNKNOWN, 1),
        ("45.0", Sex.UNKNOWN, 45),
        ("45M", Sex.UNKNOWN, None),
        ("450", Sex.UNKNOWN, None),
        ("old", Sex.UNKNOWN, None),
    ],
)
def test_ages_as_registers_write_them(age: str, sex: Sex, years: int | None) -> None:
    reading = read(HEAD, line("1", "A B", "2025-01-05", age=age))
    details = reading.people[0].details
    assert (details.sex, details.birth.age) == (sex, years)
    assert rules(reading) == ([] if years is not None else [(2, "age_unread")])


def test_births_phones_and_sex() -> None:
    reading = read(
        HEAD,
        line("1", "A", "2025-01-05", birth_date="1970", phone="9876543210; 022-2345678", sex="female"),
        line("2", "B", "2025-01-05", birth_date=date(1970, 5, 13), phone="9.87E+09", sex="?"),
        line("3", "C", "2025-01-05", birth_date="13/05/1870"),
        line("4", "D", "2025-01-05", birth_date="13/05/2031", phone=9876543210),
        line("5", "E", "2025-01-05", birth_date="14/05/2025"),
        line("6", "F", "2025-01-05", birth_date="31/02/1970", sex="z"),
        line("7", "G", "2025-01-05", sex="z", phone=9876543210),
    )
    assert codes(reading) == {4: "bad_date", 5: "future_date", 6: "bad_date", 7: "bad_date"}
    first, second, last = (one.details for one in reading.people)
    assert (first.birth, first.sex, [one.number for one in first.phones]) == (
        Birth(year=1970),
        Sex.FEMALE,
        ["9876543210", "022-2345678"],
    )
    assert (second.birth, second.sex, second.phones) == (Birth(day=date(1970, 5, 13)), Sex.UNKNOWN, ())
    assert last.phones == (Phone("9876543210"),)
    assert rules(reading) == [(3, "phone_unread"), (7, "sex_unread"), (8, "sex_unread")]


# --- what is taken


def test_a_wide_register_brings_each_injection_of_a_row() -> None:
    header = (
        "mrn,name,condition,side,injection_date_1,product_1,units_1,injection_date_2,product_2,units_2,next_date,status"
    )
    reading = read(
        header,
        ("1", "A", "HFS", "l", "2025-01-05", "Botox", "25U", "2025-05-05", "Botox", "30 U", "2025-09-05", ""),
        ("2", "B", "HFS", "l", "2025-01-05", "Botox", "25U", "31/02/2025", "Botox", 30, "", "moved"),
        ("3", "C", "HFS", "l", "", "", "", "", "", "", "", ""),
        ("4", "D", "HFS", "l", "", "Botox", "25", "2025-05-05", "", "", "", ""),
    )
    found = [(one.row, one.number, one.injection_date, one.units, one.come_on) for one in reading.records]
    assert found == [
        (2, 1, date(2025, 1, 5), Decimal(25), None),
        (2, 2, date(2025, 5, 5), Decimal(30), date(2025, 9, 5)),
        (3, 1, date(2025, 1, 5), Decimal(25), None),
        (4, 0, None, None, None),
        (5, 2, date(2025, 5, 5), None, None),
    ]
    assert codes(reading) == {3: "bad_date", 5: "missing_field"}
    assert reading.records[2].status is RegisterStatus.MOVED


def test_blank_cells_below_mean_the_row_above_but_never_a_row_that_failed() -> None:
    reading = read(
        HEAD,
        line("1", "A", "2025-01-05", product="Botox", units=25),
        line(day="2025-05-05", product="Botox", units=25),
        line(day="2025-06-05", condition="Writers Cramp", side="r"),
        line(day="2025-10-05"),
        line("2", "", "2025-01-05", condition="HFS"),
        line(day="2025-05-05"),
        line("3", "C", "2025-01-05", condition="Gout"),
        line(day="2025-05-05"),
        line("4", "D", "2025-01-05", condition=""),
        line("4", "D", "2025-05-05"),
        line("4", "D", "2025-09-05", condition=""),
        line(notes="a word"),
    )
    assert codes(reading) == {
        6: "missing_field",
        7: "missing_field",
        8: "unknown_condition",
        9: "unknown_condition",
        10: "missing_field",
        13: "missing_field",
    }
    assert [(one.row, one.person.mrn, one.condition) for one in reading.records] == [
        (2, "1", "hemifacial_spasm"),
        (3, "1", "hemifacial_spasm"),
        (4, "1", "writers_cramp"),
        (5, "1", "writers_cramp"),
        (11, "4", "hemifacial_spasm"),
        (12, "4", "hemifacial_spasm"),
    ]


@pytest.mark.parametrize(
    ("units", "amount"),
    [
        ("50U", 50),
        ("50 units", 50),
        ("50 IU", 50),
        (50, 50),
        ("2,5", "2.5"),
        (Decimal("12.500000000001"), "12.5"),
        ("", None),
        ("-", None),
        ("not known", None),
        ("n/a", None),
        (-5, "x"),
        ("-5", "x"),
        (0, "x"),
        ("fifty", "x"),
        ("50-60", "x"),
        ("1,000", "x"),
        (99999, "x"),
        (Cell(CellKind.BOOL, True), "x"),
        (Cell(CellKind.ERROR, "#DIV/0!"), "x"),
        (Cell(CellKind.FORMULA), "x"),
        (Cell(CellKind.NUMBER, Decimal(50), merged=True), "x"),
        (date(2025, 1, 5), "x"),
    ],
)
def test_units(units: object, amount: object) -> None:
    reading = read(HEAD, line("1", "A", "2025-01-05", product="Botox", units=units))
    if amount == "x":
        assert codes(reading) == {2: "bad_units"}
    else:
        assert reading.records[0].units == (None if amount is None else Decimal(str(amount)))


def test_reasons_of_single_rows() -> None:
    bad = Cell(CellKind.ERROR, "#REF!")
    reading = read(
        HEAD,
        line("1", "A", "2026-03-20"),
        line("2", "B", "2026-03-19", product="Sugar"),
        line("3", "C", bad),
        line(bad, "D", "2025-01-05"),  # type: ignore[arg-type]  # a broken cell where the number stands
        line("5", bad, "2025-01-05"),  # type: ignore[arg-type]  # likewise
        line("6", "F", "2025-01-05", condition=bad),
        line("7", "G", "2025-01-05", product=Cell(CellKind.FORMULA)),
        line("8", "Total", "", condition="", units=300),
        line("9", "H", "", condition=""),
        line("10", "I", "", status="expired"),
        line("11", "J", "2025-01-05", status="Active", next_date="SOS"),
        line("12", "K", "2025-01-05", status="purple", next_date="31/02/2026"),
    )
    assert codes(reading) == {
        2: "future_date",
        4: "bad_date",
        5: "missing_field",
        6: "missing_field",
        7: "unknown_condition",
        3: "unknown_product",
        8: "unknown_product",
        9: "missing_field",
        13: "bad_date",
    }
    assert [(one.row, one.condition, one.status) for one in reading.records] == [
        (10, None, None),
        (11, "hemifacial_spasm", RegisterStatus.DECEASED),
        (12, "hemifacial_spasm", None),
    ]
    assert rules(reading) == [(10, "no_diagnosis"), (12, "next_date_unread"), (13, "status_unread")]


def test_the_same_twice_is_a_duplicate_and_other_units_a_conflict() -> None:
    given_one = {"product": "Botox", "units": 25}
    reading = read(
        HEAD,
        line("1", "A", "2025-01-05", **given_one),
        line("1", "A", "5 Jan 2025", product="ona", units="25U"),
        line("1", "A", "2025-01-05", product="Botox", units=30),
        line("1", "A", "2025-01-05", product="Botox"),
        line("1", "A", "2025-01-05", units=25),
        line("1", "A", "2025-01-05", condition="HFS", side="right", **given_one),
        line("2", "B", ""),
        line("2", "B", ""),
    )
    assert codes(reading) == {3: "duplicate", 4: "conflict", 5: "conflict", 6: "conflict", 9: "duplicate"}


def test_what_is_stored_already_has_its_reason_too() -> None:
    reading = read(HEAD, line("1", "A", "2025-01-05", product="Botox", units=25), line("2", "B", ""))
    dated, bare = reading.records
    assert already_stored(dated, Decimal("25.00")).code == "duplicate"
    assert already_stored(bare, None).code == "duplicate"
    conflict = already_stored(dated, None)
    assert (conflict.code, skip_sentence(conflict).count("?")) == ("conflict", 1)
    assert "Ram" in skip_sentence(other_name_stored(dated, "Ram"))


def test_sides_conditions_and_the_two_neck_codes() -> None:
    reading = read(
        HEAD,
        line("1", "A", "2025-01-05", condition="Blephrospasm", side="Rt"),
        line("2", "B", "2025-01-05", condition="Blephrospasm"),
        line("3", "C", "2025-01-05", condition="HFS", side="left"),
        line("3", "C", "2025-05-05", condition="HFS"),
        line("4", "D", "2025-01-05", condition="HFS"),
        line("5", "E", "2025-01-05", condition="torticollis"),
        line("5", "E", "2025-05-05", condition="retro torticollis"),
        line("6", "F", "2025-01-05", condition="hemifacial spasam", side="upper", product="Dysportt"),
    )
    assert [(one.condition, one.side) for one in reading.records][:5] == [
        ("blepharospasm_unilateral", Side.RIGHT),
        ("blepharospasm_bilateral", Side.BILATERAL),
        ("hemifacial_spasm", Side.LEFT),
        ("hemifacial_spasm", Side.LEFT),
        ("hemifacial_spasm", None),
    ]
    assert reading.records[3].guessed == {"side"}
    assert "condition" in reading.records[7].guessed
    assert {
        (6, "side_missing"),
        (8, "two_neck_codes"),
        (9, "condition_guessed"),
        (9, "product_guessed"),
        (9, "side_unreadable"),
    } <= set(rules(reading))


def test_the_next_date_is_come_on_of_the_last_session_only() -> None:
    reading = read(
        HEAD,
        line("1", "A", "2025-09-05", next_date="2026-01-05"),
        line("1", "A", "2025-05-05", next_date="2025-09-05"),
        line("2", "B", "2025-05-05", next_date="2025-12-01"),
        line("2", "B", "2025-09-05"),
        line("3", "C", "2025-09-05", next_date="2025-08-01"),
        line("4", "D", "", next_date="2026-04-01"),
    )
    assert {one.row: one.come_on for one in reading.records if one.come_on} == {
        2: date(2026, 1, 5),
        5: date(2025, 12, 1),
    }
    assert rules(reading) == [(6, "next_date_past"), (7, "next_date_without_session")]


# --- the way out and back in


WORDS = st.text(st.sampled_from("ABCdefghijklmnopéñम"), min_size=2, max_size=8)
NAMES = st.tuples(WORDS, WORDS).map(lambda words: f"{words[0].title()} {words[1].title()}q")
DAYS = st.dates(date(2015, 1, 1), TODAY)


@st.composite
def patients(draw: st.DrawFn, number: int) -> list[RegisterLine]:
    """The lines of one patient: cases with their sessions, or nothing but the patient."""
    born = draw(
        st.one_of(
            st.builds(Birth),
            st.builds(Birth, day=st.dates(date(1930, 1, 1), date(2014, 12, 31))),
            st.builds(Birth, year=st.integers(1930, 2014)),
            st.builds(Birth, age=st.integers(1, 100), age_on=DAYS),
        )
    )
    phones = draw(st.lists(st.integers(6 * 10**9, 10**10 - 1).map(str), unique=True, max_size=2))
    common = {
        "mrn": f"N{number}",
        "name": draw(NAMES),
        "sex": draw(st.sampled_from(Sex)),
        "birth": born,
        "phones": tuple(Phone(one) for one in phones),
    }
    lines: list[RegisterLine] = []
    wanted = draw(st.lists(st.sampled_from(sorted(catalogues().conditions)), unique=True, max_size=2))
    died = draw(st.sampled_from([None, None, RegisterStatus.DECEASED, RegisterStatus.MOVED]))
    notes = st.text(st.sampled_from("ab =+-'\n;,\""), max_size=6).map(str.strip)
    for code in wanted:
        condition = catalogues().conditions[code]
        sides: list[str | None] = list(condition.side_rule.sides)
        if not (condition.side_rule.required or condition.side_rule is SideRule.BILATERAL):
            sides.append(None)
        side = draw(st.sampled_from(sides))
        pattern = draw(st.sampled_from(["", *(one.code for one in condition.patterns)]))
        days = sorted(draw(st.sets(DAYS, max_size=3)))
        about = {**common, "condition": code, "side": Side(side) if side else None, "pattern": pattern}
        about["status"] = died or draw(st.sampled_from([None, RegisterStatus.STOPPED]))
        for day in days:
            units = draw(st.one_of(st.none(), st.integers(1, 250_000).map(lambda n: Decimal(n) / 100)))
            product = draw(st.sampled_from([None, *catalogues().products]))
            later = draw(st.booleans()) and day == days[-1] and day < TODAY
            next_date = date(2026, 9, 1) if later else None
            given_here = RegisterLine(
                **about, injection_date=day, product=product, units=units, next_date=next_date, kind=RegisterKind.FULL
            )
            lines.append(replace(given_here, notes=draw(notes)))
        if not days:
            lines.append(RegisterLine(**about, notes=draw(notes)))
    if not wanted:
        lines.append(RegisterLine(**common))
    first = min((one.injection_date for one in lines if one.injection_date), default=None)
    return [_with_first(one, first) for one in lines]


def _with_first(one: RegisterLine, first: date | None) -> RegisterLine:
    return replace(one, first_injection=first)


@QUICK
@given(st.integers(1, 4).flatmap(lambda count: st.tuples(*(patients(number) for number in range(count)))))
def test_importing_an_export_gives_the_same_again(clinic: tuple[list[RegisterLine], ...]) -> None:
    lines = [one for person in clinic for one in person]
    header, rows = register_rows(lines, catalogues())
    sheet = table(header, *rows)
    reading = interpret(sheet, propose_mapping(sheet.header, sheet.rows), catalogues(), TODAY)
    assert reading.skipped == ()
    assert not reading.questions
    again = [
        RegisterLine(
            mrn=record.person.mrn or "",
            name=record.person.details.full_name,
            sex=record.person.details.sex,
            birth=record.person.details.birth,
            phones=record.person.details.phones,
            condition=record.condition,
            side=record.side,
            pattern=record.pattern,
            injection_date=record.injection_date,
            product=record.product,
            units=record.units,
            next_date=record.come_on,
            status=record.status,
            notes=record.notes,
            first_injection=line.first_injection,
            kind=record.kind if record.injection_date is not None else None,
            plans=record.plans,
            hold=record.hold,
        )
        for record, line in zip(reading.records, lines, strict=True)
    ]
    assert again == lines


FULL = ("full", None, None)


def test_the_lines_of_a_patient() -> None:
    phones = (Phone("11111"), Phone("22222", preferred=True))
    details = PatientDetails("A B", Sex.FEMALE, Birth(age=40, age_on=date(2025, 1, 5)), phones=phones)
    patient = Patient(1, 1, "M1", details, moved_on=None)
    stopped = (Stop(date(2026, 1, 1), StopReason.REMISSION),)
    cases = [
        Case(1, 1, CaseDetails("hemifacial_spasm", Side.LEFT, notes="case"), stops=stopped),
        Case(2, 1, CaseDetails("writers_cramp", Side.RIGHT, notes="never")),
    ]

    def session(number: int, day: date, state: SessionState, come_on: date | None = None) -> InjectionSession:
        given_here = SessionDetails(1, "ona", Decimal(25), come_on=come_on)
        return InjectionSession(number, 10 + number, 1, day, state, given_here, "hemifacial_spasm", Side.LEFT)

    sessions = [
        session(2, date(2025, 5, 5), SessionState.GIVEN, date(2025, 9, 9)),
        session(1, date(2025, 1, 5), SessionState.FINAL, date(2025, 4, 4)),
        session(3, date(2025, 8, 5), SessionState.VOID),
        session(4, date(2026, 4, 5), SessionState.PLANNED),
    ]
    lines = list(lines_of(patient, cases, sessions, today=TODAY, notes={12: "visit"}))
    _, rows = register_rows(lines, catalogues())
    who = ("M1", "A B", "F", None, 40, "22222; 11111")
    spasm = (*who, "hemifacial_spasm", "left")
    assert list(rows) == [
        (*spasm, date(2025, 1, 5), "ona", Decimal(25), None, "stopped", "", *FULL),
        (
            *who,
            "hemifacial_spasm",
            "left",
            date(2025, 5, 5),
            "ona",
            Decimal(25),
            date(2025, 9, 9),
            "stopped",
            "visit",
            *FULL,
        ),
        (*who, "writers_cramp", "right", None, None, None, None, None, "never", None, None, None),
    ]
    alone = Patient(2, 2, "M2", PatientDetails("C", birth=Birth(age=40, age_on=date(2025, 1, 5))), moved_on=TODAY)
    (single,) = register_rows(lines_of(alone, [], [], today=TODAY), catalogues())[1]
    assert single[:5] == ("M2", "C", "", None, "40 on 2025-01-05")
    assert single[12] == "moved"


def test_cells_are_called_as_spreadsheets_call_them() -> None:
    assert [cell_name(place, 7) for place in (0, 25, 26, 701, 702)] == ["A7", "Z7", "AA7", "ZZ7", "AAA7"]


SCRAPS = st.sampled_from(
    [
        "",
        "",
        "-",
        "A B",
        "B A",
        "C D",
        "1",
        "2",
        "Total",
        "mrn",
        "name",
        "HFS",
        "Blephrospasm",
        "Gout",
        "left",
        "x",
        "05/06/2025",
        "13/05/2025",
        "05/13/2025",
        "31/02/2025",
        "2030-01-01",
        date(2025, 5, 5),
        46027,
        "50U",
        -1,
        "Botox",
        "Sugar",
        "died",
        Cell(CellKind.ERROR, "#REF!"),
        Cell(CellKind.FORMULA),
        Cell(CellKind.BOOL, True),
        Cell(CellKind.NUMBER, Decimal(50), merged=True),
    ]
)
WIDE_HEAD = "mrn,name,age,condition,side,injection_date_1,units_1,injection_date_2,units_2,next_date"


@QUICK
@given(
    st.sampled_from([HEAD, WIDE_HEAD]),
    st.lists(st.lists(SCRAPS, min_size=14, max_size=14), max_size=8),
    st.sampled_from([None, *DateOrder]),
)
def test_no_row_is_lost_whatever_stands_in_it(header: str, rows: list[list[object]], dates: DateOrder | None) -> None:
    width = header.count(",") + 1
    reading = read(header, *(row[:width] for row in rows), dates=dates)
    told = {one.row for one in reading.records} | {one.row for one in reading.skipped}
    assert len(told) == reading.rows
    codes(reading)
    rules(reading)
    assert {one.person.key for one in reading.records} == {one.key for one in reading.people}
    assert all(one.injection_date is None or one.injection_date <= TODAY for one in reading.records)
