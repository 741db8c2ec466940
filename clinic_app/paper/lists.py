"""Lists on paper: a heading, columns, rows of one height or as high as their words, on as many sheets as it takes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from clinic_app.domain.papers import CellStyle, Column, Line, ListPart, PaperSize
from clinic_app.paper.ink import FAINT, GREY, LEAST, Ink, Side, fits, fitting, line_height, wrapped
from clinic_app.paper.sheets import Sheet

EDGE = 10.0
FOOT = 7.0
"""Height of the line at the bottom of a sheet."""
TITLE, ABOUT, HEADING, NAME, SMALL, LARGE, LEGEND, LETTER = 15.0, 9.0, 8.0, 10.0, 8.5, 14.0, 8.0, 7.5
"""Sizes of words in points."""
GAP = 1.6
"""Between the words of two columns."""
PAD = 1.1
"""Above and under the words of a row."""
BOX = 3.2


def sheets_of_list(part: ListPart, size: PaperSize) -> list[Sheet]:
    """The sheets of a list."""
    width = (size.height if part.wide else size.width) - 2 * EDGE
    height = (size.width if part.wide else size.height) - 2 * EDGE - FOOT
    top = line_height(TITLE) + sum(line_height(ABOUT) * len(wrapped(one, width, ABOUT)) for one in part.about) + 2.0
    bottom = _legend_height(part, width)
    head = line_height(HEADING) + 1.6
    room = height - top - head - bottom
    shares = sum(column.share for column in part.columns)
    widths = [width * column.share / shares for column in part.columns]
    fixed = room / part.a_page if part.a_page else 0.0
    pages = _pages(part, widths, width, room, fixed)
    return [Sheet(size, partial(_draw, part, rows, widths, width, height, fixed), part.wide) for rows in pages]


def _legend_height(part: ListPart, width: float) -> float:
    return len(wrapped(part.legend, width, LEGEND)) * line_height(LEGEND) + 1.0 if part.legend else 0.0


def _pages(part: ListPart, widths: Sequence[float], width: float, room: float, fixed: float) -> list[list[Line]]:
    """The rows of each sheet; a heading never stands alone at the bottom."""
    pages: list[list[Line]] = [[]]
    used = 0.0
    for place, line in enumerate(part.lines):
        height = fixed or _height(part.columns, line, widths, width)
        needed = height
        if line.heading and not fixed and place + 1 < len(part.lines):
            needed += _height(part.columns, part.lines[place + 1], widths, width)
        if pages[-1] and used + needed > room + 0.01:
            pages.append([])
            used = 0.0
        pages[-1].append(line)
        used += height
    return pages


def _height(columns: Sequence[Column], line: Line, widths: Sequence[float], width: float) -> float:
    if line.heading:
        return line_height(NAME) + 2 * PAD
    tallest = 0.0
    for column, cell, own in zip(columns, line.cells, widths, strict=True):
        inside = own - GAP
        total = 0.0
        for place, words in enumerate(cell):
            points, weight = _size(column, place)
            if column.style is CellStyle.LARGE and place == 0:
                total += line_height(points)
            else:
                points = fitting(words, inside, points, weight)
                total += len(wrapped(words, inside, points, weight)) * line_height(points)
        if column.style is CellStyle.BOXES:
            total = max(total, BOX)
        tallest = max(tallest, total)
    return tallest + _spoken_height(line, widths, width) + 2 * PAD


def _spoken_height(line: Line, widths: Sequence[float], width: float) -> float:
    """How high the remarks under a row are."""
    if not line.spoken:
        return 0.0
    return len(wrapped(line.spoken, width - widths[0] - GAP, SMALL, 600)) * line_height(SMALL)


def _size(column: Column, place: int) -> tuple[float, int]:
    """Points and weight of a line of a cell."""
    if column.style is CellStyle.NAME and place == 0:
        return NAME, 600
    if column.style is CellStyle.LARGE and place == 0:
        return LARGE, 600
    return SMALL, 400


def _draw(
    part: ListPart,
    rows: Sequence[Line],
    widths: Sequence[float],
    width: float,
    height: float,
    fixed: float,
    ink: Ink,
) -> None:
    y = EDGE
    ink.words(EDGE, y, width, part.title, TITLE, weight=600)
    y += line_height(TITLE)
    for about in part.about:
        y = ink.paragraph(EDGE, y, width, about, ABOUT, colour=GREY)
    y += 2.0
    ink.band(EDGE, y, width, line_height(HEADING) + 1.6)
    x = EDGE
    for column, own in zip(part.columns, widths, strict=True):
        ink.words(x + 0.6, y + 0.8, own - GAP, column.heading, HEADING, weight=600)
        x += own
    y += line_height(HEADING) + 1.6
    ink.rule(EDGE, y, EDGE + width, y, thick=0.35)
    if not rows and part.empty:
        ink.words(EDGE, y + 6, width, part.empty, NAME, colour=GREY, side=Side.CENTRE)
    for line in rows:
        own_height = fixed or _height(part.columns, line, widths, width)
        _draw_line(ink, part.columns, line, widths, width, y, own_height, flowing=not fixed)
        y += own_height
        ink.rule(EDGE, y, EDGE + width, y, colour=FAINT)
    if part.legend:
        low = EDGE + height - _legend_height(part, width) + 1.0
        ink.paragraph(EDGE, low, width, part.legend, LEGEND, colour=GREY)


def _draw_line(
    ink: Ink,
    columns: Sequence[Column],
    line: Line,
    widths: Sequence[float],
    width: float,
    y: float,
    height: float,
    *,
    flowing: bool,
) -> None:
    if line.heading:
        ink.words(EDGE + 0.6, y + PAD, width - GAP, line.heading, NAME, weight=600)
        return
    x = EDGE
    lowest = y + PAD
    above = height - _spoken_height(line, widths, width)
    for column, cell, own in zip(columns, line.cells, widths, strict=True):
        inside = own - GAP
        if column.style is CellStyle.BOXES:
            _draw_boxes(ink, column, x + 0.6, y, own, above)
        elif column.style is CellStyle.ROOM:
            ink.rule(x, y + 1, x, y + above - 1, colour=FAINT)
        lowest = max(lowest, _draw_cell(ink, column, cell, x + 0.6, y, inside, height, flowing=flowing))
        x += own
    if line.spoken:
        start = EDGE + widths[0] + 0.6
        ink.paragraph(start, lowest, width - widths[0] - GAP, line.spoken, SMALL, weight=600)


def _draw_cell(
    ink: Ink, column: Column, cell: Sequence[str], x: float, y: float, width: float, height: float, *, flowing: bool
) -> float:
    """Draw the words of a cell; the lower edge of them. Rows of one height: one line each, in the middle; a name that
    would be cut takes two.
    """
    sizes = [_size(column, place) for place in range(len(cell))]
    if not flowing and column.style is CellStyle.NAME and cell and not fits(cell[0], width, *sizes[0]):
        name = wrapped(cell[0], width, sizes[0][0] * LEAST, sizes[0][1])
        cell = (*name[:1], " ".join(name[1:]), *cell[1:])
        sizes = [sizes[0], *sizes]
    if flowing:
        y += PAD
    else:
        total = sum(line_height(points) for points, _ in sizes)
        squeezed = min(1.0, (height - 0.8) / total) if total else 1.0
        sizes = [(points * squeezed, weight) for points, weight in sizes]
        y += max((height - total * squeezed) / 2, 0.4)
    for place, (words, (points, weight)) in enumerate(zip(cell, sizes, strict=True)):
        large = column.style is CellStyle.LARGE and place == 0
        if flowing and not large:
            y = ink.paragraph(x, y, width, words, points, weight=weight)
            continue
        ink.words(x, y, width, words, points, weight=weight, figures=large, least=0.4 if large else 0.72)
        y += line_height(points)
    return y


def _draw_boxes(ink: Ink, column: Column, x: float, y: float, width: float, height: float) -> None:
    step = (width - GAP) / max(len(column.boxes), 1)
    low = y + (height - BOX) / 2
    for place, letter in enumerate(column.boxes):
        ink.box(x + place * step, low, BOX)
        ink.words(
            x + place * step + BOX + 0.5, low + (BOX - line_height(7.5)) / 2, step - BOX - 0.6, letter, 7.5, colour=GREY
        )
