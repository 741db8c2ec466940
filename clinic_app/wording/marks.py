"""Words for what is drawn on photographs."""

from __future__ import annotations

from clinic_app.domain.marks import Hiding, Ink, Mark, MarkKind, Part
from clinic_app.wording.language import translate

MESSAGES: dict[str, str] = {
    "mark_outside": "This lies outside the photo. Draw it on the photo.",
    "mark_without_size": "This has no size. Drag from one corner to the other, or click once for the usual size.",
    "mark_keeps_nothing": "Drag over what may stay: a click alone would cover the whole photo.",
    "mark_without_words": "A text needs words. Type them and press Enter.",
    "mark_words_too_long": "This text has {count} characters; at most {most} fit on a photo. Shorten it.",
    "mark_too_many_points": "This line has more than {most} points. Draw it in several strokes.",
    "mark_not_found": "This mark is not there any more.",
}

KINDS: dict[MarkKind, str] = {
    MarkKind.TEXT: "Text",
    MarkKind.ARROW: "Arrow",
    MarkKind.ELLIPSE: "Ellipse",
    MarkKind.FREEHAND: "Freehand",
    MarkKind.COVER: "Hidden region",
    MarkKind.KEEP: "Region that stays",
}

INKS: dict[Ink, str] = {Ink.YELLOW: "Yellow", Ink.CYAN: "Cyan", Ink.WHITE: "White", Ink.RED: "Red"}

PARTS: dict[Part, str] = {
    Part.ANY: "Any region",
    Part.MOUTH: "Mouth",
    Part.SKIN: "Tattoo, jewellery",
    Part.NAME: "Name tag",
    Part.BACKGROUND: "Background",
    Part.REGION: "Keep only region",
}

HIDINGS: dict[Hiding, str] = {Hiding.SOLID: "Solid", Hiding.PIXELS: "Pixels", Hiding.BLUR: "Blur"}


def mark_words(kind: MarkKind) -> str:
    """What is drawn: *Arrow*."""
    return translate(KINDS[kind])


def ink_words(ink: Ink) -> str:
    """A colour: *Yellow*."""
    return translate(INKS[ink])


def part_words(part: Part) -> str:
    """What a region hides or keeps: *Name tag*."""
    return translate(PARTS[part])


def hiding_words(hiding: Hiding) -> str:
    """How it is hidden: *Solid*."""
    return translate(HIDINGS[hiding])


def named(mark: Mark) -> str:
    """A mark in the words of its kind, a region by what it hides."""
    return part_words(mark.part) if mark.kind.hides else mark_words(mark.kind)


def hidden_words(part: Part) -> str:
    """What is said once a region is drawn; ``{name}`` stands for what it hides."""
    if part is Part.REGION:
        return translate("Only this region is shown in copies and prints")
    if part is Part.ANY:
        return translate("Region hidden in copies and prints")
    return translate("{name}: hidden in copies and prints")


def way_to_draw(kind: MarkKind) -> str:
    """What to do with the mouse."""
    if kind is MarkKind.TEXT:
        return translate("Click where the words belong, type, press Enter.")
    if kind is MarkKind.ARROW:
        return translate("Drag from the end to the tip, or click the tip.")
    if kind is MarkKind.FREEHAND:
        return translate("Draw with the button held.")
    if kind is MarkKind.KEEP:
        return translate("Drag over what may stay.")
    return translate("Drag from corner to corner, or click once for the usual size.")


def carried_words(letter: str) -> str:
    """What is said of a mark that was carried to a photograph, by letter, that is not aligned."""
    return translate("Not aligned: check where it lies in {letter}.").format(letter=letter)


def hiding_note(part: Part, hiding: Hiding) -> str:
    """What must be known about hiding something so; a solid region that hides what it should needs no note."""
    if hiding is not Hiding.SOLID:
        return translate("Weaker: what is under it can partly be guessed. Solid leaves nothing.")
    if part is Part.BACKGROUND:
        return translate("Everything outside the ellipse is covered.")
    if part is Part.REGION:
        return translate("Everything outside the regions you keep is covered.")
    return ""
