"""Spreadsheets to the outside: CSV and XLSX written whole or not at all, so that nothing in them runs.

The XLSX is streamed straight into its file: no library leaves a copy of a patient's data in a temporary folder.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO
from xml.sax.saxutils import escape, quoteattr

from clinic_app.domain.errors import FileRefused
from clinic_app.domain.spreadsheets import EXCEL_DAY_ZERO, column_letters
from clinic_app.exchange.formulas import CONTROL, XML_ESCAPED, guarded, starts_formula
from clinic_app.exchange.whole_files import whole_file

SHEET_LINES_MAX = 1_048_576
"""A sheet of XLSX has no more lines than this (Excel specifications and limits)."""
TEXT_MAX = 32_767
"""Most characters of one XLSX cell (Excel specifications and limits)."""

CellValue = str | int | Decimal | date | datetime | bool | None
"""What a cell that is written may hold."""


def write_table(
    path: Path,
    header: Sequence[str],
    rows: Iterable[Sequence[CellValue]],
    *,
    overwrite: bool = False,
    sheet: str = "Register",
) -> int:
    """Write a .csv or .xlsx file, whole or not at all; returns the number of rows below the header.

    Text that would run as a formula stays text, numbers and dates stay numbers and dates.

    Raises:
        FileRefused: ``table_exists`` unless ``overwrite``, ``table_kind_unknown``, ``table_too_long_for_xlsx``,
            ``table_is_folder``.
        StorageUnavailable: the disk is full, the folder missing or not to be written.
    """
    path = Path(path)
    ending = path.suffix.lower()
    if ending not in (".csv", ".xlsx"):
        raise FileRefused("table_kind_unknown", str(path), kinds=".csv, .xlsx")
    write = _write_csv if ending == ".csv" else _write_xlsx
    with whole_file(path, overwrite=overwrite) as file:
        return write(file, header, rows, sheet, str(path))


def _plain(value: CellValue) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int):
        return str(value)
    return guarded(CONTROL.sub("", value))


def _write_csv(
    file: IO[bytes], header: Sequence[str], rows: Iterable[Sequence[CellValue]], _sheet: str, _name: str
) -> int:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    try:
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow([_plain(one) for one in header])
        count = 0
        for count, row in enumerate(rows, 1):  # noqa: B007 (the count is the answer)
            writer.writerow([_plain(value) for value in row])
    finally:
        text.detach()
    return count


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><numFmts count="2">'
    '<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" quotePrefix="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}
_BOLD, _DATE, _MOMENT, _QUOTED = 1, 2, 3, 4
_FIRST_EXCEL_DAY = date(1900, 3, 1)
"""Before this day Excel's serial numbers are off by one (it takes 1900 for a leap year), so such days go as text."""


def _write_xlsx(
    file: IO[bytes], header: Sequence[str], rows: Iterable[Sequence[CellValue]], sheet: str, name: str
) -> int:
    """Stream the workbook straight into ``file``: no part of it lies in a temporary folder in the meantime."""
    title = re.sub(r"[\[\]:*?/\\']", " ", sheet)[:31].strip() or "Sheet1"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for part, content in _PARTS.items():
            archive.writestr(part, _DECLARED + content)
        archive.writestr(
            "xl/workbook.xml",
            f'{_DECLARED}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
            f'<sheet name={quoteattr(title)} sheetId="1" r:id="rId1"/></sheets></workbook>',
        )
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as body:
            widths = f'<col min="1" max="{max(len(header), 1)}" width="16" customWidth="1"/>'
            body.write(
                f'{_DECLARED}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
                '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
                f"<cols>{widths}</cols><sheetData>".encode()
            )
            letters = [column_letters(place) for place in range(len(header))]
            count = -1
            for count, row in enumerate(_chained(header, rows)):
                if count >= SHEET_LINES_MAX:
                    raise FileRefused("table_too_long_for_xlsx", name, limit=SHEET_LINES_MAX - 1)
                line = count + 1
                cells = (_cell_xml(f"{letters[place]}{line}", value, bold=not count) for place, value in enumerate(row))
                body.write(f'<row r="{line}">{"".join(cells)}</row>'.encode())
            body.write(b"</sheetData></worksheet>")
    return count


def _chained(header: Sequence[str], rows: Iterable[Sequence[CellValue]]) -> Iterator[Sequence[CellValue]]:
    yield header
    yield from rows


def _cell_xml(where: str, value: CellValue, *, bold: bool) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return f'<c r="{where}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | Decimal):
        return (
            f'<c r="{where}"><v>{value:f}</v></c>'
            if isinstance(value, Decimal)
            else f'<c r="{where}"><v>{value}</v></c>'
        )
    if isinstance(value, date):
        day = value.date() if isinstance(value, datetime) else value
        if day < _FIRST_EXCEL_DAY:
            return _text_xml(where, value.isoformat(), 0)
        serial = (day - EXCEL_DAY_ZERO).days
        if isinstance(value, datetime):
            seconds = value.hour * 3600 + value.minute * 60 + value.second
            return f'<c r="{where}" s="{_MOMENT}"><v>{serial + seconds / 86400!r}</v></c>'
        return f'<c r="{where}" s="{_DATE}"><v>{serial}</v></c>'
    return _text_xml(where, value, _BOLD if bold else _QUOTED if starts_formula(value) else 0)


def _text_xml(where: str, text: str, style: int) -> str:
    text = XML_ESCAPED.sub(r"_x005F_x\1_", CONTROL.sub("", text))[:TEXT_MAX].replace("\r", "_x000D_")
    chosen = f' s="{style}"' if style else ""
    return f'<c r="{where}"{chosen} t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'
