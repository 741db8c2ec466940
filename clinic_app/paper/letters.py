"""Letters and labels on paper."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from clinic_app.domain.papers import LabelPart, LabelSheet, Letter, LetterPart, PaperSize
from clinic_app.paper.ink import GREY, LEAST, Ink, Side, fits, line_height, wrapped
from clinic_app.paper.sheets import Sheet

EDGE = 25.0
TO_TOP = 50.0
"""Where the address begins: in the window of an envelope."""
BODY = 11.0
LABEL_EDGE = 4.0
LABEL = 10.5


def sheets_of_letters(part: LetterPart, size: PaperSize) -> list[Sheet]:
    """A sheet for every letter."""
    return [Sheet(size, partial(_draw_letter, letter, size), footed=False) for letter in part.letters]


def sheets_of_labels(part: LabelPart) -> list[Sheet]:
    """Sheets of labels; the first places are left free where they are gone."""
    places: list[tuple[str, ...]] = [()] * part.used + list(part.labels)
    size = part.sheet.labels
    pages = [places[start : start + size] for start in range(0, len(places), size)]
    return [Sheet(part.sheet.size, partial(_draw_labels, page, part.sheet), footed=False) for page in pages]


def _draw_letter(letter: Letter, size: PaperSize, ink: Ink) -> None:
    width = size.width - 2 * EDGE
    y = 18.0
    for place, words in enumerate(letter.sender):
        ink.words(EDGE, y, width, words, 14.0 if not place else 9.0, weight=600 if not place else 400)
        y += line_height(14.0 if not place else 9.0)
    y = TO_TOP
    for words in letter.to:
        y = ink.paragraph(EDGE, y, 85.0, words, BODY)
    ink.words(EDGE, TO_TOP + 33, width, letter.day, BODY, side=Side.RIGHT, colour=GREY)
    y = max(y, TO_TOP + 33) + 12
    ink.words(EDGE, y, width, letter.subject, 13.0, weight=600)
    y += line_height(13.0) + 4
    for words in letter.paragraphs:
        y = ink.paragraph(EDGE, y, width, words, BODY) + 3.0
    y += 5
    for place, words in enumerate(letter.closing):
        y = ink.paragraph(EDGE, y, width, words, BODY) + (16.0 if not place else 0.0)


def _draw_labels(page: Sequence[Sequence[str]], sheet: LabelSheet, ink: Ink) -> None:
    for place, lines in enumerate(page):
        if not lines:
            continue
        x = sheet.left + place % sheet.across * sheet.step_x + LABEL_EDGE
        top = sheet.top + place // sheet.across * sheet.step_y
        width, room = sheet.width - 2 * LABEL_EDGE, sheet.height - 2 * LABEL_EDGE
        if not fits(lines[0], width, LABEL, 600):
            name = wrapped(lines[0], width, LABEL * LEAST, 600)
            lines = (name[0], " ".join(name[1:]), *lines[1:])
            heavy = 2
        else:
            heavy = 1
        points = LABEL if len(lines) * line_height(LABEL) <= room else LABEL * room / (len(lines) * line_height(LABEL))
        y = top + (sheet.height - len(lines) * line_height(points)) / 2
        for number, words in enumerate(lines):
            ink.words(x, y, width, words, points, weight=600 if number < heavy else 400)
            y += line_height(points)
