"""What is drawn on photographs: its geometry, what is refused, what a click finds."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_app.domain.alignment import Similarity
from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.marks import (
    MOST_POINTS,
    MOST_WORDS,
    STROKE_SLACK,
    Hiding,
    Mark,
    MarkKind,
    Part,
    around_kept,
    check_mark,
    content_of,
    hit,
    mark_at,
    on_photo,
    room_of,
    thinned,
)
from clinic_app.domain.measurements import SLACK
from clinic_app.domain.measuring import Point
from clinic_app.domain.pictures import UNSURE, Picture

ROOM = room_of(1200, 1500)
BOX = ((0.2, 0.3), (0.5, 0.6))

sizes = st.tuples(st.integers(1, 9000), st.integers(1, 9000))
shares = st.floats(0, 1)
spots = st.tuples(st.floats(-3, 3), st.floats(-3, 3))


def mark(kind: MarkKind, *points: Point, id_: int = 1, words: str = "", part: Part = Part.ANY) -> Mark:
    return Mark(id_, 7, kind, points, words, part=part)


def in_room(room: Point, points: tuple[Point, ...], slack: float = SLACK) -> bool:
    return all(-slack <= x <= room[0] + slack and -slack <= y <= room[1] + slack for x, y in points)


def refused(one: Mark, room: Point = ROOM) -> str:
    with pytest.raises(RuleBroken) as caught:
        check_mark(one, room)
    return caught.value.code


def test_what_cannot_be_drawn_is_refused_by_name() -> None:
    line = (MarkKind.ARROW, (0.2, 0.2), (0.4, 0.4))
    check_mark(mark(*line), ROOM)
    assert refused(mark(MarkKind.TEXT, (0.2, 0.2))) == "mark_without_words"
    assert refused(mark(MarkKind.TEXT, (0.2, 0.2), words="  \n ")) == "mark_without_words"
    assert refused(mark(MarkKind.TEXT, (0.2, 0.2), words="x" * (MOST_WORDS + 1))) == "mark_words_too_long"
    assert refused(mark(MarkKind.TEXT, words="lid")) == "mark_without_size"
    assert refused(mark(MarkKind.ARROW, (0.2, 0.2), (0.2, 0.2))) == "mark_without_size"
    assert refused(mark(MarkKind.ARROW, (0.2, 0.2))) == "mark_without_size"
    assert refused(mark(MarkKind.ELLIPSE, (0.2, 0.2), (0.5, 0.2))) == "mark_without_size"
    assert refused(mark(MarkKind.COVER, (0.2, 0.2), (0.2, 0.5))) == "mark_without_size"
    assert refused(mark(MarkKind.KEEP, *BOX, (0.4, 0.4))) == "mark_without_size"
    assert refused(mark(MarkKind.FREEHAND, (0.2, 0.2))) == "mark_without_size"
    assert refused(mark(MarkKind.FREEHAND, *[(0.2, 0.2)] * (MOST_POINTS + 1))) == "mark_too_many_points"
    for x, y in ((-0.1, 0.2), (0.81, 0.2), (0.2, 1.1), (math.nan, 0.2), (0.2, math.inf)):
        assert refused(mark(MarkKind.ARROW, (0.1, 0.1), (x, y))) == "mark_outside"
    check_mark(mark(MarkKind.COVER, (0, 0), ROOM), ROOM)


@given(sizes, spots, st.sampled_from(Part), st.sampled_from([MarkKind.ARROW, MarkKind.ELLIPSE, MarkKind.COVER]))
def test_a_click_gives_a_mark_inside_the_photograph(
    size: tuple[int, int], at: Point, part: Part, kind: MarkKind
) -> None:
    room = room_of(*size)
    made = mark_at(mark(part.kind if kind.hides else kind, part=part), on_photo(at, room), room)
    assert in_room(room, made.points)
    if min(room) > 0.02 and kind.boxed:
        check_mark(made, room)


@given(sizes, st.lists(st.tuples(shares, shares), min_size=1, max_size=9), spots, st.sampled_from(MarkKind))
def test_a_moved_mark_keeps_its_shape_and_stays_on_the_photograph(
    size: tuple[int, int], at: list[tuple[float, float]], by: Point, kind: MarkKind
) -> None:
    room = room_of(*size)
    points = tuple((x * room[0], y * room[1]) for x, y in at)
    made = mark(kind, *points)
    moved = made.moved(by, room)
    assert in_room(room, moved.points)
    steps = {(round(u - x, 9), round(v - y, 9)) for (x, y), (u, v) in zip(made.points, moved.points, strict=True)}
    assert max(u for u, _ in steps) - min(u for u, _ in steps) <= 1e-8
    assert max(v for _, v in steps) - min(v for _, v in steps) <= 1e-8


@given(sizes, st.lists(st.tuples(shares, shares), min_size=1, max_size=5), st.integers(0, 3))
def test_what_is_drawn_turns_with_its_photograph_and_back(
    size: tuple[int, int], at: list[tuple[float, float]], quarters: int
) -> None:
    stored = Picture(7, 1, None, UNSURE, *size, "", "", "", "", "")
    shown = replace(stored, width=size[quarters % 2], height=size[1 - quarters % 2], turned=quarters)
    room = room_of(*size)
    made = mark(MarkKind.FREEHAND, *((x * room[0], y * room[1]) for x, y in at))
    turned = made.of_turned(shown)
    assert in_room(room_of(shown.width, shown.height), turned.points)
    back = turned.of_turned(shown, back=True)
    for point, again in zip(made.points, back.points, strict=True):
        assert again == pytest.approx(point, abs=1e-9)


@given(st.lists(st.tuples(shares, shares), min_size=1, max_size=900))
def test_a_stroke_is_thinned_near_where_it_was_drawn(drawn: list[tuple[float, float]]) -> None:
    kept = thinned(drawn)
    assert len(kept) <= MOST_POINTS
    assert (kept[0], kept[-1]) == (drawn[0], drawn[-1])
    if len(kept) < MOST_POINTS:
        line = mark(MarkKind.FREEHAND, *kept)
        assert all(line.distance(point) <= STROKE_SLACK + 1e-9 for point in drawn)


@given(st.tuples(shares, shares), st.tuples(shares, shares), st.integers(0, 3), st.tuples(shares, shares))
def test_a_corner_is_pulled_and_the_opposite_one_stays(first: Point, second: Point, place: int, to: Point) -> None:
    region = mark(MarkKind.COVER, first, second)
    stays = region.handles[(place + 2) % 4]
    pulled = region.with_handle(place, to)
    assert stays in pulled.handles
    assert to in pulled.handles


def test_the_ends_of_an_arrow_are_pulled_one_by_one() -> None:
    arrow = mark(MarkKind.ARROW, (0.1, 0.1), (0.4, 0.4))
    assert arrow.with_handle(0, (0.2, 0.1)).points == ((0.2, 0.1), (0.4, 0.4))
    assert arrow.with_handle(1, (0.2, 0.1)).points == ((0.1, 0.1), (0.2, 0.1))
    assert mark(MarkKind.TEXT, (0.1, 0.1)).handles == ()


def test_a_click_finds_the_nearest_line_then_the_newest_region() -> None:
    arrow = mark(MarkKind.ARROW, (0.1, 0.1), (0.4, 0.1), id_=1)
    ring = mark(MarkKind.ELLIPSE, (0.1, 0.65), (0.2, 0.75), id_=2)
    under = mark(MarkKind.COVER, *BOX, id_=3)
    over = mark(MarkKind.COVER, (0.3, 0.4), (0.6, 0.9), id_=4)
    kept = mark(MarkKind.KEEP, (0, 0), (0.8, 1.0), id_=5)
    everything = [arrow, ring, under, over, kept]
    assert hit(everything, (0.25, 0.105), 0.01) is arrow
    assert hit(everything, (0.1, 0.7), 0.01) is ring
    assert hit(everything, (0.15, 0.7), 0.01) is None
    assert hit(everything, (0.35, 0.302), 0.01) is under
    assert hit(everything, (0.45, 0.55), 0.01) is over
    assert hit(everything, (0.25, 0.38), 0.01) is under
    assert hit(everything, (0.7, 0.2), 0.01) is None
    assert hit(everything, (0.799, 0.2), 0.01) is kept
    assert hit([arrow, replace(arrow, id=9)], (0.25, 0.1), 0.01) == replace(arrow, id=9)
    assert hit([], (0.2, 0.2), 0.01) is None


def test_a_round_region_has_no_corners_inside() -> None:
    kept = mark(MarkKind.KEEP, *BOX, part=Part.BACKGROUND)
    assert kept.round
    assert kept.contains((0.35, 0.45))
    assert not kept.contains((0.21, 0.31))
    assert mark(MarkKind.COVER, *BOX).contains((0.21, 0.31))
    assert not mark(MarkKind.ARROW, *BOX).contains((0.3, 0.4))


def test_a_region_of_a_kind_that_is_not_known_hides_what_it_hides() -> None:
    assert [Part(one) for one in ("eyes", "", "name")] == [Part.ANY, Part.ANY, Part.NAME]


def test_around_kept_regions_the_strongest_hiding_holds() -> None:
    kept = mark(MarkKind.KEEP, *BOX)
    assert around_kept([mark(MarkKind.COVER, *BOX)]) is None
    assert around_kept([replace(kept, hiding=Hiding.BLUR)]) is Hiding.BLUR
    assert around_kept([replace(kept, hiding=Hiding.BLUR), kept]) is Hiding.SOLID


def test_only_what_a_kind_has_is_kept() -> None:
    assert content_of(mark(MarkKind.COVER, *BOX, part=Part.NAME)) == {
        "points": [[0.2, 0.3], [0.5, 0.6]], "part": "name", "hiding": "solid",
    }  # fmt: skip
    assert content_of(mark(MarkKind.TEXT, (0.1, 0.2), words=" ptosis ")) == {
        "points": [[0.1, 0.2]], "words": "ptosis", "colour": "yellow",
    }  # fmt: skip


@given(st.floats(-180, 180), st.floats(0.5, 2), st.tuples(st.floats(-0.1, 0.1), st.floats(-0.1, 0.1)))
def test_carried_to_another_photograph_as_much_is_hidden_and_no_more_is_kept(
    turn: float, scale: float, by: Point
) -> None:
    step = Similarity(scale, turn, *by)
    hidden = mark(MarkKind.COVER, *BOX).carried(9, step, (9.0, 9.0))
    assert (hidden.id, hidden.picture_id) == (0, 9)
    for corner in mark(MarkKind.COVER, *BOX).handles:
        at = on_photo(step.apply(corner), (9.0, 9.0))
        assert min(hidden.distance(at), 0 if hidden.contains(at) else 1) <= 1e-9
    kept = mark(MarkKind.KEEP, *BOX).carried(9, step, (9.0, 9.0))
    left, top, right, bottom = kept.box
    assert right - left <= 0.3 * scale + 1e-9
    assert bottom - top <= 0.3 * scale + 1e-9
