"""The dirty register of a clinic, as CSV and as XLSX, read from the file to records."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from clinic_app.domain.register import (
    RegisterLine,
    RegisterReading,
    RegisterRecord,
    RegisterStatus,
    interpret,
    propose_mapping,
    register_rows,
)
from clinic_app.exchange.spreadsheets import read_table, write_table
from clinic_app.wording.register import note_sentence, skip_sentence, warning_sentence
from tests.exchange.registers import (
    DATA_ROWS,
    HEADER_ROW,
    TODAY,
    Expected,
    Kind,
    Taken,
    catalogues,
    write_dirty_register,
)


def _read(path: Path) -> RegisterReading:
    table = read_table(path)
    assert table.header_row == HEADER_ROW
    return interpret(table, propose_mapping(table.header, table.rows[:50]), catalogues(), TODAY)


def _taken(record: RegisterRecord) -> Taken:
    side = record.side.value if record.side is not None else None
    name = record.person.details.full_name
    return Taken(record.person.mrn, name, record.condition, side, record.injection_date, record.product, record.units)


@pytest.fixture(params=["csv", "xlsx"])
def dirty(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Expected, RegisterReading]:
    kind: Kind = request.param
    expected = write_dirty_register(tmp_path / f"register.{kind}", kind)
    return expected, _read(expected.path)


def test_every_row_of_the_dirty_register_is_taken_or_has_its_reason(dirty: tuple[Expected, RegisterReading]) -> None:
    expected, reading = dirty
    assert {one.row: one.code for one in reading.skipped} == expected.skipped
    assert {record.row: _taken(record) for record in reading.records} == expected.taken
    assert reading.rows == DATA_ROWS == len(expected.taken) + len(expected.skipped)
    assert len(reading.people) == expected.patients
    assert reading.sessions == expected.sessions
    assert not reading.questions


def test_next_dates_and_warnings_of_the_dirty_register(dirty: tuple[Expected, RegisterReading]) -> None:
    expected, reading = dirty
    assert {one.row: one.come_on for one in reading.records if one.come_on} == expected.come_on
    assert {(one.row, one.warning.rule) for one in reading.warnings} >= expected.warnings
    dead = [one for one in reading.records if one.status is RegisterStatus.DECEASED]
    assert [one.person.mrn for one in dead] == ["B22"]


def test_every_reason_and_warning_has_a_sentence_with_its_row(dirty: tuple[Expected, RegisterReading]) -> None:
    expected, reading = dirty
    for one in reading.skipped:
        assert f"Row {one.row}" in skip_sentence(one)
        assert "{" not in skip_sentence(one)
    for warned in reading.warnings:
        assert "{" not in warning_sentence(warned)
        assert not warning_sentence(warned).startswith("This was refused")
    assert all(note_sentence(note)[-1] == "." for note in read_table(expected.path).notes)


def test_the_dirty_register_written_by_us_comes_back_without_loss(
    dirty: tuple[Expected, RegisterReading], tmp_path: Path
) -> None:
    _, reading = dirty
    lines = [
        RegisterLine(
            mrn=record.person.mrn or f"N{record.person.key}",
            name=record.person.details.full_name,
            sex=record.person.details.sex,
            birth=record.person.details.birth,
            phones=record.person.details.phones,
            condition=record.condition,
            side=record.side,
            injection_date=record.injection_date,
            product=record.product,
            units=record.units,
            next_date=record.come_on,
            status=record.status,
        )
        for record in reading.records
    ]
    for name in ("out.csv", "out.xlsx"):
        header, rows = register_rows(lines, catalogues())
        assert write_table(tmp_path / name, header, rows) == len(lines)
        table = read_table(tmp_path / name)
        again = interpret(table, propose_mapping(table.header), catalogues(), TODAY)
        assert again.skipped == ()
        before = {(r.person.mrn or f"N{r.person.key}", *_facts(r)) for r in reading.records}
        assert {(r.person.mrn, *_facts(r)) for r in again.records} == before


def _facts(record: RegisterRecord) -> tuple[object, ...]:
    details = record.person.details
    units = Decimal(0) if record.units is None else record.units
    return (
        details.full_name, details.sex, details.birth, details.phones, record.condition, record.side,
        record.injection_date, record.product, units, record.come_on, record.status,
    )  # fmt: skip
