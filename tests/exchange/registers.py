"""A clinic's own register as it really looks: 300 rows, made the same each time, with what must become of each.

The expectation is written down beside each row as it is made, never taken from the program.
"""

from __future__ import annotations

import csv
import re
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Literal

from openpyxl import Workbook

from clinic_app.domain.catalogues import CATALOGUE_FILES, Catalogues, parse_catalogues

TODAY = date(2026, 3, 19)
DATA_ROWS = 300
HEADER_ROW = 4
HEADER = (
    "S.No", "UHID", "Patient Name", "Age/Sex", "DOB", "Mob No", "Diagnosis", "Side", "Date of Inj", "Toxin", "Dose",
    "Follow up", "Status", "Remarks",
)  # fmt: skip
TITLES = (("Dystonia clinic: Botox register 2024-2026",), ("kept by hand; invented people",), ())

Kind = Literal["csv", "xlsx"]
Value = str | int | date | None


@dataclass(frozen=True, slots=True)
class Taken:
    """What one taken row must bring."""

    mrn: str | None
    name: str
    condition: str | None
    side: str | None
    day: date | None
    product: str | None = None
    units: Decimal | None = None


@dataclass(slots=True)
class Expected:
    """What must become of the file: the taken rows, the code of each row left out, and the counts."""

    path: Path
    taken: dict[int, Taken] = field(default_factory=dict)
    skipped: dict[int, str] = field(default_factory=dict)
    come_on: dict[int, date] = field(default_factory=dict)
    warnings: set[tuple[int, str]] = field(default_factory=set)
    patients: int = 0

    @property
    def sessions(self) -> int:
        """How many injections the file brings."""
        return sum(one.day is not None for one in self.taken.values())

    @property
    def cases(self) -> int:
        """How many cases the file brings."""
        people = {(one.mrn or one.name, one.condition, one.side) for one in self.taken.values() if one.condition}
        return len(people)


@cache
def catalogues() -> Catalogues:
    """The catalogues that ship with the program."""
    folder = Path(__file__).parents[2] / "database" / "catalogues"
    return parse_catalogues(
        {one: tomllib.loads((folder / f"{one}.toml").read_text("utf-8")) for one in CATALOGUE_FILES}
    )


_FIRST = (
    "Asha", "Bhavna", "Charan", "Deepak", "Esha", "Farhan", "Gopal", "Harini", "Irfan", "Jyoti", "Kiran", "Lata",
    "Manoj", "Nasreen", "Omkar",
)  # fmt: skip
_LAST = ["Sharma", "Verma", "Reddy", "Nair", "Khan", "Das", "Patil"]
_DIAGNOSES = (
    ("BILATERAL BLEPHROSPASM", "", "blepharospasm_bilateral", "bilateral"),
    ("Blephrospasm", "Rt", "blepharospasm_unilateral", "right"),
    ("Hemifacial spasm", "L", "hemifacial_spasm", "left"),
    ("HFS right", "", "hemifacial_spasm", "right"),
    ("Torticollis", "", "cervical_dystonia", None),
    ("Lateral and Retro torticollis", "", "cd_lateral_retro", None),
    ("Writers Cramp", "right", "writers_cramp", "right"),
    ("Meigs syndrome", "", "meige", "bilateral"),
    ("cervical_dystonia", "-", "cervical_dystonia", None),
)
_TOXINS = (
    ("Botox", "ona"),
    ("BOTOX 100 U", "ona"),
    ("Dysport", "abo"),
    ("disport", "abo"),
    ("xeomin", "inco"),
    ("", None),
)
_DOSES: tuple[tuple[Value, str | None], ...] = (
    ("50U", "50"), ("50 units", "50"), (75, "75"), ("12,5", "12.5"), ("", None), ("100 u", "100"), ("-", None),
)  # fmt: skip
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def _written(day: date, style: int, kind: Kind) -> Value:
    """A day as somebody typed it; most of them day first, some real dates in the spreadsheet."""
    if style == 1:
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    if style == 2:
        return day.isoformat()
    if style == 3 and kind == "xlsx":
        return day
    if style == 4:
        return f"{day.day}-{day.month}-{day.year % 100:02}"
    return f"{day:%d/%m/%Y}"


class _Sheet:
    def __init__(self, kind: Kind, expected: Expected) -> None:
        self.kind = kind
        self.expected = expected
        self.rows: list[list[Value]] = []
        self.merges: list[tuple[int, int]] = []
        self.cached: dict[str, str] = {}

    @property
    def number(self) -> int:
        """The line of the row added last."""
        return HEADER_ROW + len(self.rows)

    def add(self, *cells: Value, taken: Taken | None = None, skipped: str | None = None) -> int:
        self.rows.append([len(self.rows) + 1, *cells])
        if taken is not None:
            self.expected.taken[self.number] = taken
        if skipped is not None:
            self.expected.skipped[self.number] = skipped
        return self.number


def write_dirty_register(path: Path, kind: Kind) -> Expected:
    """Write the register as CSV or XLSX and say what must become of it (with ``TODAY`` as today)."""
    expected = Expected(path)
    sheet = _Sheet(kind, expected)
    bad = iter(_bad_blocks(sheet))
    person = 0
    while len(sheet.rows) < DATA_ROWS - 8:
        _add_patient(sheet, person)
        person += 1
        if person % 3 == 0:
            next(bad, None)
    for _ in bad:
        pass
    while len(sheet.rows) < DATA_ROWS - 1:
        _add_patient(sheet, person, sessions=1)
        person += 1
    sheet.rows.append(["Total", *[None] * 9, "=SUM(K5:K303)" if kind == "xlsx" else "5120", None, None, None])
    expected.skipped[sheet.number] = "missing_field"
    assert len(sheet.rows) == DATA_ROWS
    expected.patients = len({one.mrn or one.name for one in expected.taken.values()})
    if kind == "csv":
        _write_csv(path, sheet)
    else:
        _write_xlsx(path, sheet)
    return expected


def _add_patient(sheet: _Sheet, person: int, sessions: int | None = None) -> None:
    mrn, name = f"MC{1001 + person}", f"{_FIRST[person % len(_FIRST)]} {_LAST[person % len(_LAST)]}"
    sex = "FM"[person % 2]
    diagnosis, side_text, condition, side = _DIAGNOSES[person % len(_DIAGNOSES)]
    first = date(2024, 1, 8) + timedelta(days=person * 4)
    start = sheet.number + 1
    count = sessions or 2 + person % 3
    toxin_text, product = _TOXINS[person % len(_TOXINS)]
    for turn in range(count):
        day = first + timedelta(days=turn * (98 + person % 5))
        dose, units = _DOSES[(person + turn) % len(_DOSES)]
        patient: tuple[Value, ...] = (
            mrn, name, f"{30 + person % 45}/{sex}", None, f"98{person:04}{7000 + person}", diagnosis, side_text,
        )  # fmt: skip
        if turn and person % 3:
            patient = (None,) * 7
        elif turn:
            patient = (mrn.lower(), f"{name.split()[1].upper()} {name.split()[0]}", *patient[2:])
        follow_up = None
        if turn == count - 1 and person % 4 == 0:
            come_on = day + timedelta(days=120)
            follow_up = _written(come_on, 0, sheet.kind)
            sheet.expected.come_on[sheet.number + 1] = come_on
        elif turn == count - 1 and person % 4 == 1:
            follow_up = "SOS"
            sheet.expected.warnings.add((sheet.number + 1, "register_next_date_unread"))
        known = None if units is None else Decimal(units)
        taken = Taken(mrn, name, condition, side, day, product, known)
        style = (person + turn) % 5
        sheet.add(*patient, _written(day, style, sheet.kind), toxin_text, dose, follow_up, None, None, taken=taken)
    if person % 3 == 2 and count > 1:
        sheet.merges.append((start, sheet.number))


def _bad_blocks(sheet: _Sheet) -> Iterator[None]:
    """One trouble at a time, each with a patient of its own."""
    good = "21/05/2025"
    day = date(2025, 5, 21)

    def patient(number: int, name: str = "") -> tuple[Value, ...]:
        return (f"B{number}", name or f"Trouble {_FIRST[number % len(_FIRST)]}", "44/F", None, None)

    def known(number: int, **changes: object) -> Taken:
        values: dict[str, object] = {
            "mrn": f"B{number}", "name": f"Trouble {_FIRST[number % len(_FIRST)]}", "condition": "hemifacial_spasm",
            "side": "left", "day": day, "product": "ona", "units": Decimal(25),
        }  # fmt: skip
        return Taken(**{**values, **changes})  # type: ignore[arg-type]  # a builder's shorthand

    def row(
        number: int, when: Value = good, toxin: str = "Botox", dose: Value = "25", *, name: str = "", dx: str = "HFS",
        side: str = "left", taken: Taken | None = None, skipped: str | None = None, dob: Value = None,
    ) -> int:  # fmt: skip
        who = list(patient(number, name))
        if dob is not None:
            who[2], who[3] = None, dob
        return sheet.add(*who, dx, side, when, toxin, dose, None, None, None, taken=taken, skipped=skipped)

    blank: tuple[Value, ...] = (None,) * 7
    row(1, "31/02/2025", skipped="bad_date")
    sheet.add(*blank, "01/03/2025", "Botox", 25, None, None, None, taken=known(1, day=date(2025, 3, 1)))
    yield
    row(2, "18/04/2026", skipped="future_date")
    row(3, dose="-20", skipped="bad_units")
    yield
    row(4, dose="fifty", skipped="bad_units")
    row(5, toxin="Toxin Z", skipped="unknown_product")
    yield
    row(6, dx="Migraine", skipped="unknown_condition")
    sheet.add(*blank, good, "Botox", 25, None, None, None, skipped="unknown_condition")
    yield
    sheet.add("B7", None, None, None, None, "HFS", "left", good, "Botox", 25, None, None, None, skipped="missing_field")
    row(8, dx="", skipped="missing_field")
    yield
    first = row(9, taken=known(9))
    row(9, "21 May 2025", "botox", "25 U", skipped="duplicate")
    row(9, dose="30", skipped="conflict")
    assert first
    yield
    row(10, taken=known(10))
    row(10, "22/08/2025", name="Somebody Else", skipped="conflict")
    sheet.add(*blank, "23/11/2025", "Botox", 25, None, None, None, skipped="conflict")
    yield
    row(11, dob="13/07/2030", skipped="future_date")
    row(12, dob="14/07/2025", skipped="bad_date")
    yield
    row(13, "05/03/98", skipped="bad_date")
    row(14, dose="0", skipped="bad_units")
    yield
    line = row(15, dose="=25*2", skipped="bad_units")
    assert line
    row(16, "#REF!", skipped="bad_date")
    yield
    row(17, "not known", taken=known(17, day=None, product=None, units=None))
    sheet.expected.warnings.add((sheet.number, "register_dose_without_date"))
    row(18, "21st May 2025", "", "", taken=known(18, product=None, units=None))
    yield
    sheet.add(*HEADER[1:], skipped="missing_field")
    row(19, dx="hemifacial spasam", taken=known(19))
    sheet.expected.warnings.add((sheet.number, "register_condition_guessed"))
    yield
    alone = Taken(None, "Zubeida Begum", "cervical_dystonia", None, day, "ona", Decimal(100))
    who = (None, "Zubeida Begum", "61 F", None, "91234 50000")
    sheet.add(*who, "Cervical dystonia", "", good, "Botox", 100, None, None, None, taken=alone)
    row(20, taken=known(20))
    again = Taken(None, "Zubeida Begum", "cervical_dystonia", None, date(2025, 9, 1), "ona", Decimal(120))
    who = (None, "BEGUM, Zubeida", "61 F", None, "+91 91234 50000")
    sheet.add(*who, "Torticollis", "", "01/09/2025", "Botox", 120, None, None, None, taken=again)
    yield
    cell = f"K{row(21, dose='=25+25', taken=known(21, units=Decimal(50))) if sheet.kind == 'xlsx' else 0}"
    if sheet.kind == "xlsx":
        sheet.cached[cell] = "50"
    else:
        row(21, dose="50", taken=known(21, units=Decimal(50)))
    sheet.add(
        "B22", "Trouble Twice", "50/M", None, None, "Torticollis", "", good, "Botox", 150, None, "expired", None,
        taken=Taken("B22", "Trouble Twice", "cervical_dystonia", None, day, "ona", Decimal(150)),
    )  # fmt: skip
    sheet.add(
        None, None, None, None, None, "retro torticollis", "", "22/11/2025", "Botox", 150, None, None, None,
        taken=Taken("B22", "Trouble Twice", "cd_retrocollis", None, date(2025, 11, 22), "ona", Decimal(150)),
    )  # fmt: skip
    sheet.expected.warnings.add((sheet.number, "two_neck_codes"))
    yield


def _write_csv(path: Path, sheet: _Sheet) -> None:
    with path.open("w", encoding="cp1252", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        for cells in (*TITLES, HEADER, *sheet.rows):
            writer.writerow(["" if cell is None else cell for cell in cells])


def _write_xlsx(path: Path, sheet: _Sheet) -> None:
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = "Register"
    for cells in (*TITLES, HEADER, *sheet.rows):
        page.append(list(cells))
    page.merge_cells("A1:N1")
    for first, last in sheet.merges:
        for column in "BCDEFGH":
            page.merge_cells(f"{column}{first}:{column}{last}")
    book.create_sheet("Stock").append(["nothing of ours"])
    book.save(path)
    give_results(path, sheet.cached)


def give_results(path: Path, results: dict[str, str]) -> None:
    """Put saved results into formula cells, as a spreadsheet program does when it saves (openpyxl cannot)."""
    with zipfile.ZipFile(path) as archive:
        parts = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    name = "xl/worksheets/sheet1.xml"
    text = parts[name].decode()
    for cell, result in results.items():
        text, changed = re.subn(rf'(<c r="{cell}"[^>]*><f>[^<]*</f>)<v ?/>|(<c r="{cell}"[^>]*><f>[^<]*</f>)<v></v>',
                                lambda found, result=result: f"{found[1] or found[2]}<v>{result}</v>", text)  # type: ignore[misc]  # fmt: skip
        assert changed == 1, cell
    parts[name] = text.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
