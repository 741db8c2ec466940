"""What was measured, in words."""

from __future__ import annotations

import pytest

from clinic_app.domain.measurements import (
    DEGREES,
    MILLIMETRES,
    OF_IRIS,
    PIXELS,
    MeasuredPair,
    MeasureKind,
    Measurement,
    Scale,
    Value,
    lines_of,
    measured_pairs,
    turned,
)
from clinic_app.wording.measuring import (
    KINDS,
    change_said,
    millimetres_said,
    scale_said,
    share_said,
    short_words,
    step_words,
    value_said,
)


def figure(id_: int, picture: int, kind: MeasureKind = MeasureKind.DISTANCE, partner: int | None = None) -> Measurement:
    return Measurement(id_, picture, kind, ((0.1, 0.1), (0.2, 0.1)), partner)


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        (MeasureKind.LIDS_LEFT, Value(0.62, OF_IRIS, 7.25), "62 %"),
        (MeasureKind.LIDS_LEFT, Value(0.02, OF_IRIS, None, closed=True), "closed"),
        (MeasureKind.LIDS_LEFT, Value(None, OF_IRIS), "–"),
        (MeasureKind.DISTANCE, None, "–"),
        (MeasureKind.DISTANCE, Value(2.314, OF_IRIS, 27.1), "2.31 × iris"),
        (MeasureKind.DISTANCE, Value(312.4, PIXELS), "312 px"),
        (MeasureKind.SLOPE, Value(-3.14, DEGREES), "3.1° ↗"),
        (MeasureKind.SLOPE, Value(3.14, DEGREES), "3.1° ↘"),
        (MeasureKind.ANGLE, Value(91.26, DEGREES), "91.3°"),
        (MeasureKind.TILT, Value(-12.36, DEGREES), "12.4° left"),
        (MeasureKind.TILT, Value(12.36, DEGREES), "12.4° right"),
        (MeasureKind.TILT, Value(0.01, DEGREES), "0.0°"),
        (MeasureKind.IRIS, Value(11.7, MILLIMETRES), "≈ 11.7 mm"),
    ],
)
def test_values(kind: MeasureKind, value: Value | None, words: str) -> None:
    assert value_said(kind, value) == words


def test_millimetres_are_always_about() -> None:
    assert millimetres_said(Value(0.62, OF_IRIS, 7.25)) == "≈ 7.2 mm"
    assert millimetres_said(Value(0.02, OF_IRIS, None, closed=True)) == ""
    assert "± 5 %" in scale_said(Scale(0.1, 11.7), None)
    assert "borrowed" in scale_said(Scale(0.1, 11.7, borrowed=True))
    assert scale_said(None) == ""


def test_changes() -> None:
    lids, line = MeasuredPair(MeasureKind.LIDS_LEFT), MeasuredPair(MeasureKind.DISTANCE)
    assert change_said(lids, Value(0.14, OF_IRIS), Value(0.96, OF_IRIS)) == "+82 %"
    assert change_said(line, Value(2.0, OF_IRIS), Value(2.3, OF_IRIS)) == "+0.30"
    assert share_said(Value(2.0, OF_IRIS), Value(2.3, OF_IRIS)) == "+15 % of A"
    assert share_said(Value(0.0, OF_IRIS), Value(2.3, OF_IRIS)) == ""
    assert share_said(Value(14.0, DEGREES), Value(1.6, DEGREES)) == ""
    slope, angle = MeasuredPair(MeasureKind.SLOPE), MeasuredPair(MeasureKind.ANGLE)
    assert change_said(slope, Value(14.0, DEGREES), Value(1.6, DEGREES)) == "12.4° ↗"
    assert change_said(angle, Value(14.0, DEGREES), Value(1.6, DEGREES)) == "−12.4°"
    assert change_said(line, Value(2.0, PIXELS), Value(2.3, PIXELS)) == ""
    assert change_said(line, Value(2.0, OF_IRIS), Value(2.3, PIXELS)) == ""
    assert change_said(line, Value(2.0, OF_IRIS), None) == ""
    assert change_said(MeasuredPair(MeasureKind.TILT), Value(14.0, DEGREES), Value(1.6, DEGREES)) == "12.4° left"


def test_every_kind_has_words_for_every_point() -> None:
    for kind in MeasureKind:
        assert kind in KINDS
        assert short_words(kind)
        assert all(step_words(kind, step) for step in range(kind.points))
    assert len(lines_of(MeasureKind.ANGLE, [(0, 0)] * 3)) == 2
    assert len(lines_of(MeasureKind.TILT, [(0, 0)] * 3)) == 1


def test_the_same_in_both_photographs_stands_in_one_line() -> None:
    level = MeasureKind.HORIZONTAL
    measured = [
        figure(1, 10), figure(2, 11), figure(3, 11, partner=1), figure(4, 12, partner=1),
        figure(5, 10, level), figure(6, 11, level),
    ]  # fmt: skip
    pairs = measured_pairs(measured, 10, 11)
    assert [pair.ids for pair in pairs] == [(1, 3), (2,), (5, 6)]
    assert [pair.ids for pair in measured_pairs(measured, 10, 12)] == [(1, 4), (5,)]
    assert [pair.ids for pair in measured_pairs(measured, 11, 10)] == [(3, 1), (2,), (6, 5)]
    assert measured_pairs(measured, None, None) == ()
    four = measured_pairs(measured, 10, 12, 11, None)
    assert [pair.ids for pair in four] == [(1, 4, 3), (2,), (5, 6)]
    assert [one and one.id for one in four[0].all] == [1, 4, 3, None]


def test_four_quarters_are_none() -> None:
    points = ((0.1, 0.2), (0.5, 0.3))
    once = turned(points, 1, 80, 100)
    assert [*once] == [pytest.approx((0.8, 0.1)), pytest.approx((0.7, 0.5))]
    assert [*turned(once, 3, 100, 80)] == [pytest.approx(point) for point in points]
