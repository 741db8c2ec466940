"""Spreadsheets from outside and to the outside: limits, kinds of cells, foreign files, formulas that must not run."""

from __future__ import annotations

import csv
import io
import struct
import subprocess
import sys
import time
import zipfile
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.styles import PatternFill

from clinic_app.domain.changes import Progress
from clinic_app.domain.errors import Cancelled, ClinicError, FileRefused, StorageUnavailable
from clinic_app.domain.spreadsheets import CellKind, Table
from clinic_app.exchange.formulas import guarded, unguarded
from clinic_app.exchange.spreadsheets import (
    COLUMNS_MAX,
    FILE_BYTES_MAX,
    ROWS_MAX,
    read_table,
    write_table,
)
from clinic_app.wording.sentences import sentence_of
from tests.domain.builders import QUICK
from tests.exchange.registers import give_results

HEADER = ("mrn", "name", "injection_date", "units")


def _refusal(path: Path, **options: str) -> FileRefused:
    with pytest.raises(FileRefused) as refused:
        read_table(path, **options)  # type: ignore[arg-type]  # only the sheet is ever given
    assert str(path) in sentence_of(refused.value)
    assert "{" not in sentence_of(refused.value)
    return refused.value


def _texts(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


def _saved(path: Path, *rows: tuple[object, ...]) -> Path:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in rows:
        page.append(list(row))
    book.save(path)
    return path


# --- CSV


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_csv_of_every_delimiter_and_encoding(tmp_path: Path, delimiter: str, encoding: str) -> None:
    path = tmp_path / "register.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerows([HEADER, ("7", "José, the\nsecond; he", "05/01/2026", "12,5"), (), ("8", "Zoë", "", "50U")])
    table = read_table(path)
    assert table.header == HEADER
    assert _texts(table) == [["7", "José, the\nsecond; he", "05/01/2026", "12,5"], ["8", "Zoë", "", "50U"]]
    assert [row.number for row in table.rows] == [2, 4]
    assert [note.code for note in table.notes] == (["table_old_encoding"] if encoding == "cp1252" else [])


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (['1,"Asha,HFS,25,', "2,Ravi,HFS,25,", '3,Su"nil,HFS,25,'], (2, 4)),
        (['1,"Asha,HFS,25,', '2,Ravi",HFS,25,', "3,Sunil,HFS,25,"], (2, 3)),
        (["1,Asha,HFS,25,ok", '2,Ravi,HFS,25,"6 inch', '3,Sunil,HFS,25,7"'], (3, 4)),
        (['1,Asha,HFS,25,"first, second', 'third"', "2,Ravi,HFS,25,"], None),
        (['1,Asha,HFS,25,"came, went', "a, b", 'and, so, on"', '2,"Ra""vi",HFS,25,'], None),
    ],
)
def test_a_quotation_mark_that_swallowed_rows_is_told_with_its_lines(
    tmp_path: Path, lines: list[str], said: tuple[int, int] | None
) -> None:
    path = tmp_path / "in.csv"
    for above in ("", "sep=,\n"):
        path.write_text(above + "\n".join(["mrn,name,condition,units,notes", *lines]), encoding="utf-8")
        if said is None:
            assert len(read_table(path).rows) == 2
            continue
        with pytest.raises(FileRefused) as caught:
            read_table(path)
        shift = 1 if above else 0
        assert caught.value.code == "table_rows_swallowed"
        assert (caught.value.params["line"], caught.value.params["until"]) == (said[0] + shift, said[1] + shift)


def test_the_line_excel_puts_before_a_csv_is_no_row(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_text("sep=;\r\nmrn;name\r\n1;a,b\r\n", "utf-8")
    table = read_table(path)
    assert (table.header, table.header_row, _texts(table)) == (("mrn", "name"), 1, [["1", "a,b"]])


def test_header_below_title_lines_with_doubles_and_gaps(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_text("Botox register\n\nprinted 2026\nUHID,Patient Name,,Date,Date\n1,A,x,2026-01-05,2026-02-05,end\n")
    table = read_table(path)
    assert table.header == ("UHID", "Patient Name", "Column C", "Date", "Date #2", "Column F")
    assert (table.header_row, table.rows[0].number) == (4, 5)
    assert table.notes[0].code == "table_title_lines"


def test_the_header_of_a_mapping_is_found_though_nobody_knows_its_words(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_text("Our, clinic, list\nAlpha,Beta,Gamma\n1,2,3\n")
    assert read_table(path).header == ("Our", "clinic", "list")
    assert read_table(path, expected=("alpha", "Gamma")).header == ("Alpha", "Beta", "Gamma")


# --- XLSX


def test_cells_keep_their_kind(tmp_path: Path) -> None:
    moment = datetime(2026, 1, 5, 10, 30)  # noqa: DTZ001 (spreadsheets know no time zones)
    row = ("007", "A", date(2026, 1, 5), 12.5, moment, True, "#REF!", 50, None, "=1+1", "=2+2")
    path = _saved(tmp_path / "r.xlsx", HEADER + tuple("efghijk"), row)
    give_results(path, {"K2": "4"})
    cells = read_table(path).rows[0].cells
    kinds = [cell.kind for cell in cells]
    assert kinds == [
        CellKind.TEXT, CellKind.TEXT, CellKind.DATE, CellKind.NUMBER, CellKind.DATETIME, CellKind.BOOL, CellKind.ERROR,
        CellKind.NUMBER, CellKind.EMPTY, CellKind.FORMULA, CellKind.NUMBER,
    ]  # fmt: skip
    assert [cell.value for cell in cells[2:5]] == [date(2026, 1, 5), Decimal("12.5"), moment]
    assert (cells[7].text, cells[10].text) == ("50", "4")


def test_cells_joined_over_rows_speak_for_each_of_them(tmp_path: Path) -> None:
    path = tmp_path / "r.xlsx"
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in (("Title", None, None, None), HEADER, ("1", "A", "x", 5), (None, None, "y", 6), ("2", "B", "z", 7)):
        page.append(row)
    for joined in ("A1:D1", "A3:A4", "B3:B4"):
        page.merge_cells(joined)
    book.save(path)
    table = read_table(path)
    assert _texts(table) == [["1", "A", "x", "5"], ["1", "A", "y", "6"], ["2", "B", "z", "7"]]
    assert [row.cells[0].merged for row in table.rows] == [True, True, False]


def test_sheets_hidden_empty_and_by_name(tmp_path: Path) -> None:
    path = tmp_path / "r.xlsx"
    book = openpyxl.Workbook()
    hidden = book.active
    assert hidden is not None
    hidden.append(["secret", "sheet"])
    hidden.sheet_state = "hidden"
    book.create_sheet("Empty")
    book.create_sheet("Register").append(list(HEADER))
    book.create_sheet("Stock").append(["lot", "number"])
    book.save(path)
    table = read_table(path)
    assert (table.sheet, table.sheets, table.header) == ("Register", ("Empty", "Register", "Stock"), HEADER)
    assert read_table(path, sheet="Stock").header == ("lot", "number")
    assert _refusal(path, sheet="Else").code == "table_no_such_sheet"


def test_a_row_far_below_costs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "r.xlsx"
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(HEADER)
    page.cell(1_048_576, 1, "1")
    page.cell(1_048_576, 16_384).fill = PatternFill("solid", "FFFF00")
    book.save(path)
    started = time.process_time()
    assert [row.number for row in read_table(path).rows] == [1_048_576]
    assert time.process_time() - started < 2


def test_reading_can_be_cancelled(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("mrn,name\n" + "1,a\n" * 5_000)
    seen: list[Progress] = []

    def stop(progress: Progress) -> bool:
        seen.append(progress)
        return len(seen) < 2

    with pytest.raises(Cancelled):
        read_table(path, report=stop)
    assert [progress.done for progress in seen] == [999, 1_999]


# --- what is refused


def test_rows_and_columns_beyond_the_limit(tmp_path: Path) -> None:
    long = tmp_path / "long.csv"
    long.write_text("mrn,name\n" + "1,a\n" * 60_000)
    refused = _refusal(long)
    assert (refused.code, refused.params["limit"]) == ("table_too_many_rows", ROWS_MAX)
    long.write_text("mrn,name\n" + "1,a\n" * ROWS_MAX)
    assert len(read_table(long).rows) == ROWS_MAX
    wide = tmp_path / "wide.csv"
    wide.write_text("mrn,name\n" + "x," * COLUMNS_MAX + "x\n")
    assert _refusal(wide).code == "table_too_many_columns"
    assert _refusal(_saved(tmp_path / "wide.xlsx", ("x",) * (COLUMNS_MAX + 1))).code == "table_too_many_columns"


def _zip(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


SHEET = "xl/worksheets/sheet1.xml"
SKELETON = {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"}


def test_a_renamed_zip_bomb_is_refused_fast_and_small(tmp_path: Path) -> None:
    bomb = _zip(tmp_path / "register.xlsx", {**SKELETON, SHEET: b"<row>" + b"0" * 150_000_000})
    program = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from clinic_app.domain.errors import FileRefused\n"
        "from clinic_app.exchange.spreadsheets import read_table\n"
        "started = time.process_time()\n"
        "try:\n    read_table(Path(sys.argv[1]))\n"
        "except FileRefused as error:\n"
        "    print(error.code, time.process_time() - started)\n"
        "status = Path('/proc/self/status')\n"
        "lines = status.read_text().splitlines() if status.exists() else ['VmHWM: 0 kB']\n"
        "print(next(line.split()[1] for line in lines if line.startswith('VmHWM')))\n"
    )
    done = subprocess.run([sys.executable, "-c", program, bomb], capture_output=True, text=True, check=True)
    code, seconds, kilobytes = done.stdout.split()
    assert code == "table_bomb"
    assert float(seconds) < 2
    assert int(kilobytes) < 300_000


def test_other_bombs(tmp_path: Path) -> None:
    noise = bytes(range(256)) * 40
    grid = b"<worksheet><sheetData><row>" + b'<c r="A1"><v>12345</v></c>' * 400_000 + b"</row></sheetData></worksheet>"
    stored = tmp_path / "row.xlsx"
    with zipfile.ZipFile(stored, "w", zipfile.ZIP_STORED) as archive:
        for name, content in {**SKELETON, SHEET: grid}.items():
            archive.writestr(name, content)
    assert _refusal(stored).code == "table_part_too_big"
    parts = {f"xl/{number}.bin": noise for number in range(201)}
    assert _refusal(_zip(tmp_path / "many.xlsx", parts)).code == "table_too_many_parts"
    laughs = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "x">]><worksheet>&b;</worksheet>'
    assert _refusal(_zip(tmp_path / "laughs.xlsx", {**SKELETON, SHEET: laughs})).code == "table_entities"
    lying = bytearray(_zip(tmp_path / "lying.xlsx", SKELETON).read_bytes())
    struct.pack_into("<H", lying, lying.rfind(b"PK\x05\x06") + 10, 60_000)
    (tmp_path / "lying.xlsx").write_bytes(lying)
    assert _refusal(tmp_path / "lying.xlsx").code == "table_too_many_parts"


def test_foreign_files_are_named_for_what_they_are(tmp_path: Path) -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    contents = {
        "old.xls": (ole, "table_old_excel"),
        "renamed.xlsx": (ole, "table_old_excel"),
        "secret.xlsx": (ole + "EncryptedPackage".encode("utf-16-le"), "table_protected"),
        "paper.csv": (b"%PDF-1.7 ...", "table_is_pdf"),
        "paper.xlsx": (b"%PDF-1.7 ...", "table_is_pdf"),
        "text.xlsx": (b"mrn,name\n1,a\n", "table_not_a_spreadsheet"),
        "photo.csv": (b"\xff\xd8\xff\xe0" + bytes(range(256)) * 9, "table_not_a_spreadsheet"),
        "nothing.csv": (b"", "table_empty"),
        "blank.csv": (b"\xef\xbb\xbf\r\n \r\n", "table_empty"),
        "commas.csv": (b",,,\n,,\n", "table_empty"),
        "cut.xlsx": (b"PK\x03\x04" + bytes(100), "table_damaged"),
        "page.docm": (b"words", "table_not_a_spreadsheet"),
        "quote.csv": (b'mrn,name\n1,"' + b"x" * 200_000, "table_bad_csv"),
        "swallowed.csv": (b'mrn,name,units\n1,"A,50\n2,B,50\n', "table_bad_csv"),
        "huge.csv": (b"x" * (FILE_BYTES_MAX + 1), "table_too_big"),
    }
    for name, (content, code) in contents.items():
        (tmp_path / name).write_bytes(content)
        assert _refusal(tmp_path / name).code == code, name
    (tmp_path / "folder.csv").mkdir()
    assert _refusal(tmp_path / "folder.csv").code == "table_is_folder"
    assert _refusal(tmp_path / "absent.csv").code == "table_missing"
    office = _zip(tmp_path / "open.xlsx", {"mimetype": b"x", "content.xml": b"<x/>"})
    assert _refusal(office).code == "table_open_document"
    assert _refusal(_zip(tmp_path / "a.csv", {"a.txt": b"hello"})).code == "table_not_a_spreadsheet"
    assert _refusal(_zip(tmp_path / "b.xlsx", SKELETON)).code == "table_damaged"


def test_a_workbook_cut_or_scrambled_anywhere_is_refused_or_read(tmp_path: Path) -> None:
    whole = _saved(tmp_path / "whole.xlsx", HEADER, ("1", "A", date(2026, 1, 5), 50)).read_bytes()
    path = tmp_path / "mutant.xlsx"
    for place in range(0, len(whole), 97):
        for mutant in (whole[:place], whole[:place] + b"\xff\x00\xaa" + whole[place + 3 :]):
            path.write_bytes(mutant)
            with suppress(FileRefused):
                read_table(path)


# --- what goes out


PAYLOADS = [
    start + rest
    for start in ("=", "+", "-", "@", "\t=", "\r=", "＝", "＋", "－", "＠", " =", "\n@")
    for rest in ('HYPERLINK("http://x","y")', "cmd|' /C calc'!A0", "1+1", "SUM(A1)", "x")
]


def test_sixty_formulas_stay_text_in_both_kinds(tmp_path: Path) -> None:
    assert len(PAYLOADS) == 60
    rows = [(payload, Decimal("-12.5"), date(2026, 1, 5), 7) for payload in PAYLOADS]
    write_table(tmp_path / "out.xlsx", ("name", "units", "injection_date", "=age"), rows)
    page = openpyxl.load_workbook(tmp_path / "out.xlsx").active
    assert page is not None
    for line in page.iter_rows(min_row=2):
        assert [cell.data_type for cell in line] == ["s", "n", "d", "n"]
        assert line[0].quotePrefix
        assert line[1].value == -12.5
    assert page["D1"].data_type == "s"
    write_table(tmp_path / "out.csv", ("name", "units", "injection_date", "=age"), rows)
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        written = list(csv.reader(file))
    assert written[0][3] == "'=age"
    assert all(row[0].startswith("'") and row[1:] == ["-12.5", "2026-01-05", "7"] for row in written[1:])
    for name in ("out.xlsx", "out.csv"):
        read = [row.cells[0].text for row in read_table(tmp_path / name).rows]
        assert read == [payload.strip() for payload in PAYLOADS]


@QUICK
@given(st.text(max_size=20))
def test_a_guarded_text_comes_back_and_never_starts_a_formula(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert guarded(text).lstrip()[:1] not in set("=+-@＝＋－＠")


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cf", "Zs", "Zl", "Zp")), min_size=1)
VALUES = st.one_of(
    TEXTS, st.none(), st.integers(-(10**9), 10**9), st.decimals(-(10**6), 10**6, places=2), st.dates(date(1900, 3, 1))
)


@QUICK
@given(st.lists(st.tuples(VALUES, VALUES, VALUES), max_size=6))
def test_what_is_written_as_xlsx_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[object, object, object]]
) -> None:
    import unicodedata

    path = tmp_path_factory.mktemp("out") / "out.xlsx"
    write_table(path, ("mrn", "name", "units"), rows)  # type: ignore[arg-type]  # the strategy makes cell values
    found = {row.number: [row.cell(place).value for place in range(3)] for row in read_table(path).rows}
    for number, row in enumerate(rows, 2):
        expected = [unicodedata.normalize("NFC", one) if isinstance(one, str) else one for one in row]
        assert found.get(number, [None] * 3) == expected


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"

    def failing() -> io.StringIO:
        raise OSError(28, "No space left on device")

    with pytest.raises(StorageUnavailable) as refused:
        write_table(path, ("a",), ((str(failing()),) for _ in range(1)))
    assert refused.value.code == "table_disk_full"
    assert list(tmp_path.iterdir()) == []
    assert write_table(path, ("a",), [("1",)]) == 1
    with pytest.raises(FileRefused, match="table_exists"):
        write_table(path, ("a",), [("2",)])
    assert write_table(path, ("a",), [("2",), ("3",)], overwrite=True) == 2
    assert [one.name for one in tmp_path.iterdir()] == ["out.csv"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("out.pdf", "table_kind_unknown"),
        ("no/such/out.csv", "table_folder_missing"),
        (".", "table_kind_unknown"),
        ("x" * 300 + ".csv", "table_not_written"),
    ],
)
def test_where_nothing_can_be_written(tmp_path: Path, name: str, code: str) -> None:
    with pytest.raises(ClinicError) as refused:
        write_table(tmp_path / name, ("a",), [])
    assert refused.value.code == code
    assert "{" not in sentence_of(refused.value)
