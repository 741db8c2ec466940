"""Spreadsheets in and out: CSV and XLSX read with limits as one table of typed cells, and written so that nothing runs.

A file from outside is looked at before a spreadsheet library sees it: a ZIP that unpacks to more than it should, an
old .xls, a renamed PDF. What goes out is inert: text that a spreadsheet program would run as a formula is written
as text (security.md F13; the OWASP rule on formula injection).
"""

from __future__ import annotations

import csv
import io
import struct
import unicodedata
import warnings
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from clinic_app.domain.changes import Progress, Report, carry_on
from clinic_app.domain.errors import Cancelled, FileRefused
from clinic_app.domain.register_mapping import header_score, unique_headers
from clinic_app.domain.spreadsheets import EMPTY, EXCEL_DAY_ZERO, Cell, CellKind, Row, Table, TableNote, column_letters
from clinic_app.exchange.formulas import CONTROL, XML_ESCAPED, unguarded
from clinic_app.exchange.spreadsheet_writing import SHEET_LINES_MAX, CellValue, write_table

__all__ = ["CellValue", "read_table", "write_table"]

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

FILE_BYTES_MAX = 20 * 1024 * 1024
UNPACKED_BYTES_MAX = 200 * 1024 * 1024
RATIO_MAX = 100
ENTRIES_MAX = 200
ROWS_MAX = 50_000
COLUMNS_MAX = 200
"""The limits of security.md section 1, "Malicious CSV/XLSX in"."""
PART_BYTES_MAX = 8 * 1024 * 1024
"""A part that is parsed whole, a row or a text must be smaller: a parsed tree takes some 16 times its bytes."""
DIRECTORY_BYTES_MAX = 1024 * 1024
HEADER_WITHIN = 10
ROW_WIDTH_MIN = 4
"""Cells of the narrowest line that is taken for a row inside a text of several lines: notes may have commas too."""
REPORT_EVERY = 1_000

_DELIMITERS = ",;\t|"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_KINDS = (".csv", ".txt", ".tsv", ".xlsx", ".xlsm")


# --- reading ------------------------------------------------------------------------------------------------------


def read_table(
    path: Path,
    *,
    sheet: str | None = None,
    expected: Collection[str] = (),
    report: Report = carry_on,
) -> Table:
    """Read one sheet of a CSV or XLSX file.

    The header is the line within the first ten that names most fields of a register or most of the ``expected``
    headers (those of a mapping). Without ``sheet`` the first visible sheet that holds anything is read. Cells joined
    over several rows give their value to each of them.

    Raises:
        FileRefused: the file is missing, no spreadsheet, damaged, protected or beyond a limit; the code says which.
        Cancelled: ``report`` answered False.
    """
    path = Path(path)
    name = str(path)
    data = _bytes_of(path)
    with _refusing(name):
        if data.startswith(b"PK"):
            return _read_xlsx(data, name, sheet, expected, report)
        _refuse_foreign(data, path)
        return _read_csv(data, name, expected, report)


def _bytes_of(path: Path) -> bytes:
    name = str(path)
    try:
        if path.is_dir():
            raise FileRefused("table_is_folder", name)
        size = path.stat().st_size
        if size > FILE_BYTES_MAX:
            raise FileRefused("table_too_big", name, megabytes=FILE_BYTES_MAX // 2**20)
        with path.open("rb") as file:
            data = file.read(FILE_BYTES_MAX + 1)
    except FileNotFoundError as error:
        raise FileRefused("table_missing", name) from error
    except OSError as error:
        raise FileRefused("table_unreadable", name, reason=error.strerror or type(error).__name__) from error
    if len(data) > FILE_BYTES_MAX:
        raise FileRefused("table_too_big", name, megabytes=FILE_BYTES_MAX // 2**20)
    if not data.strip(b"\0\xff\xfe\xef\xbb\xbf \t\r\n"):
        raise FileRefused("table_empty", name)
    return data


@contextmanager
def _refusing(name: str) -> Iterator[None]:
    """What the readers raise on a damaged file becomes one sentence about the file."""
    try:
        yield
    except (FileRefused, Cancelled):
        raise
    except csv.Error as error:
        raise FileRefused("table_bad_csv", name, reason=str(error)) from error
    except (zipfile.BadZipFile, zlib.error, ParseError, struct.error, EOFError, OSError, NotImplementedError) as error:
        raise FileRefused("table_damaged", name) from error
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        # openpyxl meets a malformed workbook with any of these; the file is at fault, not the program
        raise FileRefused("table_damaged", name) from error


def _refuse_foreign(data: bytes, path: Path) -> None:
    name = str(path)
    if data.startswith(_OLE):
        encrypted = "EncryptedPackage".encode("utf-16-le") in data or "EncryptionInfo".encode("utf-16-le") in data
        raise FileRefused("table_protected" if encrypted else "table_old_excel", name)
    ending = path.suffix.lower()
    if data.startswith(b"%PDF"):
        raise FileRefused("table_is_pdf", name, kinds=".csv, .xlsx")
    if ending in (".xlsx", ".xlsm") or ending not in _KINDS:
        raise FileRefused("table_not_a_spreadsheet", name, kinds=".csv, .xlsx")


def _tidy_text(text: str) -> str:
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return CONTROL.sub("", text).replace("\u200b", "").replace("\ufeff", "").strip()


def _text_cell(text: str) -> Cell:
    tidied = _tidy_text(text)
    return Cell(CellKind.TEXT, tidied) if tidied else EMPTY


# --- CSV


def _read_csv(data: bytes, name: str, expected: Collection[str], report: Report) -> Table:
    text, notes = _decoded(data, name)
    if text.lower().startswith("sep=") and len(text) > 4:
        delimiter = text[4]
        text = text[5:].lstrip("\r").removeprefix("\n")
        above = 1
    else:
        above = 0
        delimiter = _delimiter_of(text)
    rows = (
        Row(number, tuple(_text_cell(unguarded(field)) for field in fields))
        for number, fields in enumerate(_records(text, delimiter, name, above), 1)
    )
    return _table(name, "", (), rows, notes, expected, None, report)


def _records(text: str, delimiter: str, name: str, above: int) -> Iterator[list[str]]:
    """The records of a CSV, of which ``above`` lines were cut off before.

    A quotation mark that is closed on a later line by chance has swallowed rows: lines of the record, the first
    included, have the width of rows. One that is open at the end has swallowed all that follows it.

    Raises:
        FileRefused: ``table_rows_swallowed``.
        csv.Error: a quotation mark is open at the end.
    """
    lines: list[str] = []
    number, widths, long = above, set[int](), list[tuple[int, list[int]]]()

    def fed() -> Iterator[str]:
        for line in io.StringIO(text, newline=""):
            lines.append(line)
            yield line

    last: list[str] = []
    for fields in csv.reader(fed(), delimiter=delimiter, strict=False):
        last, lines[:] = lines[:], []
        if len(last) == 1:
            widths.add(len(fields))
        else:
            long.append((number + 1, [line.count(delimiter) + 1 for line in last]))
        number += len(last)
        yield fields
    try:
        list(csv.reader(last, delimiter=delimiter, strict=True))
    except csv.Error as error:
        if "end of data" in str(error):
            raise
    for first, found in long:
        like_rows = [place for place, width in enumerate(found) if width in widths and width >= ROW_WIDTH_MIN]
        if len(like_rows) > 1:
            until = first + like_rows[-1]
            raise FileRefused("table_rows_swallowed", name, line=first + like_rows[0], until=until)


def _decoded(data: bytes, name: str) -> tuple[str, tuple[TableNote, ...]]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif data[1:2] == b"\0" and data[:1] != b"\0":
        encoding = "utf-16-le"
    elif data[:1] == b"\0":
        encoding = "utf-16-be"
    else:
        encoding = "utf-8-sig"
    notes: tuple[TableNote, ...] = ()
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8-sig" or b"\0" in data:
            raise FileRefused("table_not_a_spreadsheet", name, kinds=".csv, .xlsx") from error
        text = data.decode("cp1252", errors="replace")
        notes = (TableNote("table_old_encoding"),)
    strange = len(CONTROL.findall(text[:10_000]))
    if "\0" in text or strange > len(text[:10_000]) // 50 + 1:
        raise FileRefused("table_not_a_spreadsheet", name, kinds=".csv, .xlsx")
    return text, notes


def _delimiter_of(text: str) -> str:
    """The delimiter that cuts the first lines into most columns, most of them equally many."""
    sample = text[:65_536]
    best, best_score = ",", (0.0, 0)
    for delimiter in _DELIMITERS:
        widths: list[int] = []
        with suppress(csv.Error):
            for fields in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
                if any(fields):
                    widths.append(len(fields))
                if len(widths) >= 50:
                    break
        many = [width for width in widths if width > 1]
        if not many:
            continue
        common = max(set(many), key=lambda width: (many.count(width), width))
        score = (many.count(common) / len(widths) * min(common, 20), common)
        if score > best_score:
            best, best_score = delimiter, score
    return best


# --- XLSX


def _read_xlsx(data: bytes, name: str, sheet: str | None, expected: Collection[str], report: Report) -> Table:
    _check_directory(data, name)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        _check_archive(archive, len(data), name)
        return _read_workbook(archive, data, name, sheet, expected, report)


def _check_directory(data: bytes, name: str) -> None:
    """Look at the end of the ZIP before its directory is read: a long directory alone can fill the memory."""
    place = data.rfind(b"PK\x05\x06")
    if place < 0 or len(data) < place + 22:
        raise FileRefused("table_damaged", name)
    entries, size = struct.unpack_from("<HL", data, place + 10)
    if (
        entries > ENTRIES_MAX
        or size > DIRECTORY_BYTES_MAX
        or data[max(place - 20, 0) : place].startswith(b"PK\x06\x07")
    ):
        raise FileRefused("table_too_many_parts", name, limit=ENTRIES_MAX)


def _check_archive(archive: zipfile.ZipFile, packed: int, name: str) -> None:
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    if len(entries) > ENTRIES_MAX:
        raise FileRefused("table_too_many_parts", name, limit=ENTRIES_MAX)
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise FileRefused("table_protected", name)
    if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
        raise FileRefused("table_damaged", name)
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > UNPACKED_BYTES_MAX:
        raise FileRefused("table_unpacks_too_big", name, megabytes=UNPACKED_BYTES_MAX // 2**20)
    if unpacked > RATIO_MAX * packed or any(e.file_size > RATIO_MAX * max(e.compress_size, 1_000) for e in entries):
        raise FileRefused("table_bomb", name, ratio=RATIO_MAX)
    if "mimetype" in names and "content.xml" in names:
        raise FileRefused("table_open_document", name)
    if "[Content_Types].xml" not in names or not any(entry.startswith("xl/") for entry in names):
        raise FileRefused("table_not_a_spreadsheet", name, kinds=".csv, .xlsx")
    if "xl/workbook.bin" in names:
        raise FileRefused("table_binary_excel", name)
    for entry in entries:
        if entry.filename.endswith((".xml", ".rels")):
            _check_part(archive, entry, name)


def _check_part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> None:
    """Refuse entities, and anything that would be parsed into memory as one huge piece."""
    piece = b"row>" if "/worksheets/" in entry.filename else b"si>" if "sharedStrings" in entry.filename else None
    if piece is None and entry.file_size > PART_BYTES_MAX and entry.filename.startswith("xl/"):
        raise FileRefused("table_part_too_big", name, megabytes=PART_BYTES_MAX // 2**20)
    since = 0
    tail = b""
    with archive.open(entry) as part:
        while chunk := part.read(1 << 20):
            window = tail + chunk
            if b"<!DOCTYPE" in window or b"<!ENTITY" in window:
                raise FileRefused("table_entities", name)
            if piece is not None:
                place = window.rfind(piece)
                since = len(window) - place if place >= 0 else since + len(chunk)
                if since > PART_BYTES_MAX:
                    raise FileRefused("table_part_too_big", name, megabytes=PART_BYTES_MAX // 2**20)
            tail = window[-16:]


def _read_workbook(
    archive: zipfile.ZipFile, data: bytes, name: str, sheet: str | None, expected: Collection[str], report: Report
) -> Table:
    import openpyxl
    from openpyxl.utils.datetime import MAC_EPOCH

    if not openpyxl.DEFUSEDXML:
        raise RuntimeError("defusedxml is not installed; no spreadsheet from outside is opened without it")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=UserWarning, module=r"openpyxl\..*")
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        try:
            sheets = [one for one in book.worksheets if one.sheet_state == "visible"] or list(book.worksheets)
            titles = tuple(one.title for one in sheets)
            if not sheets:
                raise FileRefused("table_empty", name)
            if sheet is not None and sheet not in titles:
                raise FileRefused("table_no_such_sheet", name, sheet=sheet, sheets=", ".join(titles))
            zero = date(1904, 1, 1) if book.epoch == MAC_EPOCH else EXCEL_DAY_ZERO
            chosen = [one for one in sheets if sheet in (None, one.title)]
            for one in chosen:
                found = _SheetReader(one, name)
                rows = found.rows(archive)
                try:
                    return _table(name, one.title, titles, rows, (), expected, zero, report, found.finish)
                except FileRefused as error:
                    if error.code != "table_empty" or one is chosen[-1]:
                        raise
        finally:
            book.close()
    raise FileRefused("table_empty", name)


class _SheetReader:
    """The rows of one sheet, streamed; gaps between rows are never filled, whatever line number a row claims."""

    def __init__(self, sheet: object, name: str) -> None:
        self._sheet = sheet
        self._name = name
        self._merged: list[tuple[int, int, int, int]] = []

    def rows(self, archive: zipfile.ZipFile) -> Iterator[Row]:
        """Yield the rows as they stand; raises FileRefused beyond the limits."""
        from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser

        class Parser(WorkSheetParser):
            def parse_cell(self, element: Element) -> dict[str, object]:
                cell: dict[str, object] = super().parse_cell(element)
                if cell["value"] is None and element.find(FORMULA_TAG) is not None:
                    cell["data_type"] = "f"
                return cell

        sheet = self._sheet
        book = sheet.parent  # type: ignore[attr-defined]  # openpyxl's read-only sheet has no stub for what it reads
        with archive.open(sheet._worksheet_path) as source:  # type: ignore[attr-defined]  # noqa: SLF001
            parser = Parser(
                source,
                sheet._shared_strings,  # type: ignore[attr-defined]  # noqa: SLF001
                data_only=True,
                epoch=book.epoch,
                date_formats=book._date_formats,  # noqa: SLF001
                timedelta_formats=book._timedelta_formats,  # noqa: SLF001
            )
            for number, cells in parser.parse():
                if number > SHEET_LINES_MAX:
                    raise FileRefused("table_damaged", self._name)
                row: list[Cell] = []
                for raw in cells:
                    cell = _typed(raw["value"], raw["data_type"])
                    column = raw["column"] - 1
                    if cell is EMPTY:
                        continue
                    if column >= COLUMNS_MAX:
                        raise FileRefused("table_too_many_columns", self._name, limit=COLUMNS_MAX)
                    row.extend([EMPTY] * (column + 1 - len(row)))
                    row[column] = cell
                yield Row(number, tuple(row))
            if parser.merged_cells is not None:
                self._merged = [
                    (one.min_col - 1, one.min_row, one.max_col - 1, min(one.max_row, SHEET_LINES_MAX))
                    for one in parser.merged_cells.mergeCell
                ]

    def finish(self, rows: dict[int, list[Cell]]) -> None:
        """Give the value of cells joined over several rows to each of those rows that is there."""
        numbers = sorted(rows)
        for left, top, _, bottom in self._merged:
            if bottom == top or top not in rows or left >= len(rows[top]) or rows[top][left].blank:
                continue
            value = replace(rows[top][left], merged=True)
            for number in numbers:
                if top <= number <= bottom:
                    cells = rows[number]
                    cells.extend([EMPTY] * (left + 1 - len(cells)))
                    if number == top or cells[left].blank:
                        cells[left] = value


def _typed(value: object, data_type: str) -> Cell:
    if data_type == "f":
        return Cell(CellKind.FORMULA)
    if value is None:
        return EMPTY
    if data_type == "e":
        return Cell(CellKind.ERROR, str(value))
    if isinstance(value, bool):
        return Cell(CellKind.BOOL, value)
    if isinstance(value, int | float):
        number = Decimal(repr(value))
        return Cell(CellKind.NUMBER, number) if number.is_finite() else Cell(CellKind.ERROR, str(value))
    if isinstance(value, datetime):
        midnight = value.time() == time(0)
        return Cell(CellKind.DATE, value.date()) if midnight else Cell(CellKind.DATETIME, value)
    if isinstance(value, date):
        return Cell(CellKind.DATE, value)
    if isinstance(value, time | timedelta):
        return Cell(CellKind.TEXT, str(value))
    return _text_cell(XML_ESCAPED.sub(lambda match: chr(int(match[1], 16)), str(value)))


# --- both


def _table(
    name: str,
    sheet: str,
    sheets: tuple[str, ...],
    rows: Iterable[Row],
    notes: tuple[TableNote, ...],
    expected: Collection[str],
    serial_zero: date | None,
    report: Report,
    finish: Callable[[dict[int, list[Cell]]], None] | None = None,
) -> Table:
    kept: dict[int, list[Cell]] = {}
    for row in rows:
        if row.number % REPORT_EVERY == 0 and not report(Progress(len(kept), 0, "reading_table", name)):
            raise Cancelled
        cells = list(row.cells)
        while cells and cells[-1].blank:
            cells.pop()
        if not cells:
            continue
        if len(cells) > COLUMNS_MAX:
            raise FileRefused("table_too_many_columns", name, limit=COLUMNS_MAX)
        kept[row.number] = cells
        if len(kept) > ROWS_MAX + HEADER_WITHIN:
            raise FileRefused("table_too_many_rows", name, limit=ROWS_MAX)
    if not kept:
        raise FileRefused("table_empty", name)
    if finish is not None:
        finish(kept)
    header_row = _header_row(kept, expected)
    body = tuple(Row(number, tuple(cells)) for number, cells in kept.items() if number > header_row)
    if len(body) > ROWS_MAX:
        raise FileRefused("table_too_many_rows", name, limit=ROWS_MAX)
    texts = [cell.text for cell in kept[header_row]]
    texts += [""] * (max((len(row.cells) for row in body), default=0) - len(texts))
    header = unique_headers(texts, map(column_letters, range(len(texts))))
    if header_row > min(kept):
        notes = (*notes, TableNote("table_title_lines", {"line": header_row}))
    if len(sheets) > 1:
        notes = (*notes, TableNote("table_several_sheets", {"sheet": sheet, "sheets": ", ".join(sheets)}))
    return Table(name, sheet, sheets, header_row, header, body, notes, serial_zero)


def _header_row(rows: dict[int, list[Cell]], expected: Collection[str]) -> int:
    wanted = {text.casefold() for text in expected}
    first = list(rows)[:HEADER_WITHIN]

    def score(number: int) -> tuple[int, int]:
        texts = [cell.text for cell in rows[number] if cell.kind is CellKind.TEXT]
        return max(header_score(texts), sum(text.casefold() in wanted for text in texts)), -number

    best = max(first, key=score)
    if score(best)[0] >= 2:
        return best
    return next((number for number in first if sum(not cell.blank for cell in rows[number]) > 1), first[0])
