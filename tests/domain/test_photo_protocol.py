"""Where photographs stand around the injections, and which views the last one has."""

from __future__ import annotations

from datetime import date, timedelta

from clinic_app.domain.photo_protocol import CyclePlace, CycleSide, cycle_place, cycle_views
from clinic_app.domain.pictures import UNSURE, Certainty, Injected, Picture, TakenAt

FIRST = Injected(date(2025, 8, 5), 1, "ona", "35 U", 1)
TOUCH_UP = Injected(date(2025, 8, 26), 1, "ona", "5 U", 2, starts_cycle=False)
SECOND = Injected(date(2025, 11, 11), 2, "ona", "35 U", 3)
INJECTIONS = (FIRST, TOUCH_UP, SECOND)


def photo(number: int, view: str | None, day: date | None, *, after: bool = False) -> Picture:
    taken = UNSURE if day is None else TakenAt(day, None, Certainty.CAMERA)
    return Picture(number, 1, view, taken, 10, 10, "", "", "", "", "", known_after=after)


def test_a_photograph_stands_before_or_after_the_injection_that_starts_its_cycle() -> None:
    long_before = photo(1, "F01", FIRST.day - timedelta(days=200))
    assert cycle_place(long_before, INJECTIONS) == CyclePlace(FIRST, CycleSide.BEFORE)
    assert cycle_place(photo(2, "F01", FIRST.day), INJECTIONS) == CyclePlace(FIRST, CycleSide.BEFORE)
    assert cycle_place(photo(3, "F01", FIRST.day, after=True), INJECTIONS) == CyclePlace(FIRST, CycleSide.AFTER)
    after_touch_up = photo(4, "F01", TOUCH_UP.day + timedelta(days=7))
    assert cycle_place(after_touch_up, INJECTIONS) == CyclePlace(FIRST, CycleSide.AFTER)
    assert cycle_place(photo(5, "F01", SECOND.day - timedelta(days=28)), INJECTIONS) == CyclePlace(
        SECOND, CycleSide.BEFORE
    )
    assert cycle_place(photo(6, "F01", SECOND.day - timedelta(days=29)), INJECTIONS) == CyclePlace(
        FIRST, CycleSide.AFTER
    )
    assert cycle_place(photo(7, "F01", None), INJECTIONS) is None


def test_views_of_each_injection_are_counted_on_both_sides() -> None:
    pictures = [
        photo(1, "F01", SECOND.day - timedelta(days=1)),
        photo(2, "F01", SECOND.day),
        photo(3, "F02", SECOND.day + timedelta(days=14)),
        photo(4, None, SECOND.day + timedelta(days=14)),
        photo(5, "F03", None),
    ]
    first, second = cycle_views(pictures, INJECTIONS)
    assert (first.injection, dict(first.before), dict(first.after)) == (FIRST, {}, {})
    assert second.of(CycleSide.BEFORE) == {"F01": (1, 2)}
    assert second.of(CycleSide.AFTER) == {"F02": (3,)}
    assert second.after_from == SECOND.day + timedelta(days=7)


def test_without_an_injection_everything_is_before() -> None:
    [only] = cycle_views([photo(1, "N01", FIRST.day)], ())
    assert (only.injection, only.after_from) == (None, None)
    assert only.before == {"N01": (1,)}
    assert not only.after
