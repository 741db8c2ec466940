"""Words for what is measured in photographs."""

from __future__ import annotations

from clinic_app.domain.measurements import (
    DEGREES,
    MILLIMETRES,
    OF_IRIS,
    PIXELS,
    MeasuredPair,
    MeasureKind,
    Scale,
    Value,
    paired,
)
from clinic_app.domain.measuring import IRIS_UNSURE
from clinic_app.wording.language import translate

MESSAGES: dict[str, str] = {
    "calibration_without_length": "This line has no length, so it gives no scale. Drag from edge to edge.",
    "iris_out_of_range": (
        "{value} mm is no width of an iris. Enter {least} to {most} mm; adults have 11.7 mm, children 11.2 mm."
    ),
    "measurement_not_found": "This measurement is not there any more.",
    "measurement_changed": (
        "Somebody else corrected this measurement, or turned its photo, meanwhile. It is shown as it is now."
    ),
    "measure_unfinished": "This needs {wanted} points. Set the others too.",
    "point_outside": "A point lies outside the photo. Set it on the photo.",
    "line_without_length": "This line has no length, so it has no direction. Set its ends apart.",
}

KINDS: dict[MeasureKind, str] = {
    MeasureKind.DISTANCE: "Distance",
    MeasureKind.ANGLE: "Angle",
    MeasureKind.BETWEEN: "Angle between two lines",
    MeasureKind.SLOPE: "Slope",
    MeasureKind.LIDS_RIGHT: "Lid aperture, right eye",
    MeasureKind.LIDS_LEFT: "Lid aperture, left eye",
    MeasureKind.TILT: "Head tilt",
    MeasureKind.IRIS: "Width of the iris",
    MeasureKind.HORIZONTAL: "Horizontal",
}

SHORT: dict[MeasureKind, str] = {
    MeasureKind.BETWEEN: "Two lines",
    MeasureKind.LIDS_RIGHT: "Lids, right",
    MeasureKind.LIDS_LEFT: "Lids, left",
    MeasureKind.IRIS: "Iris",
}

_STEPS: dict[MeasureKind, tuple[str, ...]] = {
    MeasureKind.ANGLE: ("end of one leg", "the corner", "end of the other leg"),
    MeasureKind.BETWEEN: (
        "one end of the first line", "its other end", "one end of the second line", "its other end",
    ),
    MeasureKind.SLOPE: ("one end of the line", "its other end"),
    MeasureKind.LIDS_RIGHT: ("upper lid margin above the pupil", "lower lid margin below it"),
    MeasureKind.LIDS_LEFT: ("upper lid margin above the pupil", "lower lid margin below it"),
    MeasureKind.TILT: (
        "middle of the forehead", "middle of the chin", "the patient’s right shoulder", "the left shoulder",
    ),
    MeasureKind.IRIS: ("one edge of the iris", "its opposite edge, straight across"),
    MeasureKind.HORIZONTAL: ("one end of what is level (shoulders, door frame)", "its other end"),
}  # fmt: skip


def measure_words(kind: MeasureKind) -> str:
    """What is measured: *Lid aperture, right eye*."""
    return translate(KINDS[kind])


def short_words(kind: MeasureKind) -> str:
    """The same on a button."""
    return translate(SHORT.get(kind, KINDS[kind]))


def step_words(kind: MeasureKind, step: int) -> str:
    """Where the next point of a figure belongs; steps count from 0."""
    return translate(_STEPS.get(kind, ("one end", "the other end"))[step])


def unit_words(unit: str) -> str:
    """A unit in a table: *widths of the iris*."""
    return translate("widths of the iris") if unit == OF_IRIS else unit


def value_said(kind: MeasureKind, value: Value | None) -> str:
    """``62 %`` of the iris, ``2.31 × iris``, ``14.0°``, ``≈ 11.7 mm``; a dash where there is nothing.

    A head tilts to the patient's right or left; a line falls (↘) or rises (↗) to the right of the photograph.
    """
    if value is None or value.number is None:
        return "–"
    number = value.number
    if value.unit == OF_IRIS and kind.lids:
        return translate("closed") if value.closed else f"{number * 100:.0f} %"
    if value.unit == OF_IRIS:
        return translate("{number} × iris").format(number=f"{number:.2f}")
    if value.unit == MILLIMETRES:
        return f"≈ {number:.1f} mm"
    if value.unit == PIXELS:
        return f"{number:.0f} px"
    if abs(number) >= 0.05 and kind is MeasureKind.TILT:
        side = translate("{degrees}° right") if number > 0 else translate("{degrees}° left")
        return side.format(degrees=f"{abs(number):.1f}")
    if abs(number) >= 0.05 and kind is MeasureKind.SLOPE:
        return f"{abs(number):.1f}° {'↘' if number > 0 else '↗'}"
    return f"{abs(number):.1f}°"


def millimetres_said(value: Value | None) -> str:
    """``≈ 7.3 mm``, or nothing."""
    return "" if value is None or value.mm is None else f"≈ {value.mm:.1f} mm"


def change_said(pair: MeasuredPair, a: Value | None, b: Value | None) -> str:
    """``+34 %`` of the iris, ``+0.31``, ``−12.4°``, ``9.4° right``; nothing where they cannot be compared."""
    both = paired(a, b)
    if both is None or both.change is None:
        return ""
    if pair.kind in (MeasureKind.TILT, MeasureKind.SLOPE):
        return value_said(pair.kind, Value(both.change, DEGREES))
    if a is not None and a.unit == DEGREES:
        return f"{_signed(both.change, 1)}°"
    return f"{_signed(both.change * 100, 0)} %" if pair.kind.lids else _signed(both.change, 2)


def not_comparable_words() -> str:
    """What is said of lengths in pixels of different photographs."""
    return translate("Not comparable: different scales")


def to_compare_words() -> str:
    """How lengths in different photographs come to compare."""
    return translate("Mark the width of the iris in each photo (C): then distances can be compared.")


def share_said(a: Value | None, b: Value | None) -> str:
    """The change of a length as a share of A, ``+15 % of A``; nothing for angles."""
    both = paired(a, b)
    if both is None or both.relative is None or (a is not None and a.unit == DEGREES):
        return ""
    return translate("{change} % of A").format(change=_signed(both.relative * 100, 0))


def scale_said(*scales: Scale | None) -> str:
    """Where millimetres come from and how wrong they may be; nothing where there are none."""
    known = [one for one in scales if one is not None]
    if not known:
        return ""
    words = translate("Millimetres by the iris, ± {percent} %: only from the front, at the depth of the eye.").format(
        percent=f"{IRIS_UNSURE * 100:.0f}"
    )
    borrowed = translate("The scale of one photo is borrowed from one aligned with it.")
    return f"{words} {borrowed}" if any(one.borrowed for one in known) else words


def _signed(number: float, decimals: int) -> str:
    return _minus(f"{round(number, decimals) + 0.0:+.{decimals}f}")


def _minus(words: str) -> str:
    return words.replace("-", "−")
