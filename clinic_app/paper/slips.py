"""Slips on paper: a sheet of A6 each, or four on one sheet to cut."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from clinic_app.domain.papers import PaperSize, Slip, SlipPart
from clinic_app.paper.ink import GREY, Ink, Side, line_height, wrapped
from clinic_app.paper.sheets import Sheet

EDGE = 8.0
CODE = 30.0
"""How wide a QR code is printed: its modules are wide enough for a poor camera."""
ONE_DAY, SPAN = 64.0, 27.0
"""Points of the number of a day, and of the two days of a window."""
BESIDE_CODE, ALONE = 9.0, 11.0
"""Points of what is said under the day."""


def sheets_of_slips(part: SlipPart, size: PaperSize) -> list[Sheet]:
    """The sheets of slips."""
    if not part.cut:
        return [Sheet(PaperSize.A6, partial(_draw_one, slip), footed=False) for slip in part.slips]
    fours = [part.slips[start : start + 4] for start in range(0, len(part.slips), 4)]
    return [Sheet(size, partial(_draw_four, four, size), footed=False) for four in fours]


def _draw_one(slip: Slip, ink: Ink) -> None:
    _draw(ink, slip, 0, 0, PaperSize.A6.width, PaperSize.A6.height)


def _draw_four(slips: Sequence[Slip], size: PaperSize, ink: Ink) -> None:
    width, height = size.width / 2, size.height / 2
    ink.dashes(width, 3, width, size.height - 3)
    ink.dashes(3, height, size.width - 3, height)
    for place, slip in enumerate(slips):
        _draw(ink, slip, place % 2 * width, place // 2 * height, width, height)


def _draw(ink: Ink, slip: Slip, left: float, top: float, width: float, height: float) -> None:
    x, y, inside = left + EDGE, top + EDGE, width - 2 * EDGE
    y = ink.paragraph(x, y, inside, slip.clinic, 10.5, weight=600)
    ink.words(x, y, inside, slip.heading, 10.0, colour=GREY)
    y += line_height(10.0) + 1.5
    ink.rule(x, y, x + inside, y, thick=0.4)
    y += 2.0
    y = ink.paragraph(x, y, inside, slip.person, 12.0, weight=600) + 1.5
    ink.words(x, y, inside, slip.over_day, 14.0, weight=600, side=Side.CENTRE)
    y += line_height(14.0)
    big, second = (ONE_DAY, 20.0) if slip.day.isdigit() else (SPAN, SPAN)
    ink.words(x, y, inside, slip.day, big, weight=700, side=Side.CENTRE, figures=True, least=0.5)
    y += line_height(big)
    ink.words(x, y, inside, slip.month, second, weight=600, side=Side.CENTRE, least=0.5)
    y += line_height(second) + 0.8
    for words in slip.under_day:
        ink.words(x, y, inside, words, 15.0, weight=600, side=Side.CENTRE, least=0.5)
        y += line_height(15.0)
    low = top + height - EDGE
    foot = line_height(7.5) if slip.foot else 0.0
    text = inside - (CODE + 4.0 if slip.code else 0.0)
    points, gap = (BESIDE_CODE, 0.8) if slip.code else (ALONE, 1.6)
    said = sum(len(wrapped(words, text, points)) * line_height(points) + gap for words in slip.lines)
    y = max(y + 1.5, low - foot - max(CODE, said)) if slip.code else y + 2.0
    if slip.code:
        ink.code(x + inside - CODE, low - foot - CODE, CODE, slip.code)
    for words in slip.lines:
        y = ink.paragraph(x, y, text, words, points) + gap
    ink.words(x, low - foot, inside, slip.foot, 7.5, colour=GREY)
