"""The lens: what stays put, what goes back and forth, where it ends."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from clinic_app.domain.lens import LEAST_SCALE, MOST_SCALE, NOTCH, Extent, Frame, Lens, Link, Sizing

sides = st.floats(200, 9000)
pictures = st.builds(Extent, sides, sides)
panes = st.builds(Extent, st.floats(120, 4000), st.floats(120, 4000))
frames = st.builds(Frame, pictures, panes)
fractions = st.floats(0, 1)
lenses = st.builds(Lens, fractions, fractions, st.floats(0.5, 60), st.sampled_from([0.0, 90.0, 3.7, -12.5, 180.0]))
EVEN = Frame(Extent(6000, 4000), Extent(900, 700))


def near(first: tuple[float, float], second: tuple[float, float], slack: float = 1e-6) -> bool:
    return math.dist(first, second) <= slack


@given(frames, lenses, st.tuples(fractions, fractions))
def test_there_and_back_again(frame: Frame, lens: Lens, spot: tuple[float, float]) -> None:
    assert near(lens.spot(frame, lens.place(frame, spot)), spot)


@given(frames, lenses, st.tuples(fractions, fractions), st.floats(0.3, 4))
def test_zooming_keeps_the_spot_under_the_pointer(
    frame: Frame, lens: Lens, at: tuple[float, float], factor: float
) -> None:
    pointer = (at[0] * frame.pane.width, at[1] * frame.pane.height)
    spot = lens.spot(frame, pointer)
    after = lens.zoomed_at(frame, factor, pointer)
    assume(0 < after.x < 1 and 0 < after.y < 1)
    assert near(after.place(frame, spot), pointer, 1e-5)


@given(frames, frames, lenses, st.tuples(fractions, fractions), st.floats(0.3, 4))
def test_the_same_spot_stays_put_in_the_other_pane(
    frame: Frame, other: Frame, lens: Lens, at: tuple[float, float], factor: float
) -> None:
    pointer = (at[0] * frame.pane.width, at[1] * frame.pane.height)
    spot = lens.spot(frame, pointer)
    after = lens.zoomed_at(frame, factor, pointer)
    assume(0 < after.x < 1 and 0 < after.y < 1)
    before_there, after_there = lens.place(other, spot), after.place(other, spot)
    assert near(before_there, after_there, 1e-6 * max(1.0, *map(abs, before_there)))


@given(frames, lenses, st.floats(1e-4, 1e4))
def test_the_scale_has_two_ends(frame: Frame, lens: Lens, factor: float) -> None:
    fit = frame.fit_scale(lens.turn)
    scale = lens.zoomed_at(frame, factor, (1.0, 1.0)).scale(frame)
    assert min(LEAST_SCALE, fit) * 0.999 <= scale <= max(MOST_SCALE, fit) * 1.001


@given(frames, lenses, st.floats(-5000, 5000), st.floats(-5000, 5000))
def test_a_drag_moves_the_picture_with_the_pointer(frame: Frame, lens: Lens, dx: float, dy: float) -> None:
    after = lens.panned(frame, dx, dy)
    assert 0 <= after.x <= 1
    assert 0 <= after.y <= 1
    assume(0 < after.x < 1 and 0 < after.y < 1)
    spot = lens.spot(frame, (10.0, 20.0))
    assert near(after.place(frame, spot), (10 + dx, 20 + dy), 1e-5)


@given(lenses, lenses, st.tuples(fractions, fractions))
def test_a_link_leads_from_one_lens_to_the_other_and_back(first: Lens, second: Lens, spot: tuple[float, float]) -> None:
    link = Link.between(first, second)
    there = first.through(link)
    assert near((there.x, there.y), (second.x, second.y))
    assert there.zoom == pytest.approx(second.zoom)
    back = there.through(link.reversed())
    assert near((back.x, back.y), (first.x, first.y))
    assert back.zoom == pytest.approx(first.zoom)
    assert near(link.reversed().spot(link.spot(spot)), spot, 1e-5)


@given(lenses, lenses, st.tuples(fractions, fractions), st.floats(0.5, 2))
def test_a_relative_link_survives_zooming(first: Lens, second: Lens, at: tuple[float, float], factor: float) -> None:
    level = Lens(first.x, first.y, first.zoom), Lens(second.x, second.y, second.zoom)
    link = Link.between(*level)
    pointer = (at[0] * EVEN.pane.width, at[1] * EVEN.pane.height)
    spot = level[0].spot(EVEN, pointer)
    twin = link.spot(spot)
    moved = level[0].zoomed_at(EVEN, factor, pointer)
    assume(0 < moved.x < 1 and 0 < moved.y < 1)
    assert near(moved.through(link).place(EVEN, twin), level[1].place(EVEN, twin), 1e-4)


def test_fit_and_actual_size() -> None:
    assert Lens().scale(EVEN) == pytest.approx(0.15)
    assert Lens().actual_size(EVEN).scale(EVEN) == pytest.approx(1.0)
    assert Lens(0.2, 0.3, 7.0).fitted() == Lens()
    assert Lens().fits
    assert not Lens().zoomed_at(EVEN, NOTCH).fits
    assert Lens().zoomed_at(EVEN, NOTCH).zoomed_at(EVEN, 1 / NOTCH).fits


def test_a_turned_picture_fits_by_its_turned_sides() -> None:
    assert Lens(turn=90).scale(EVEN) == pytest.approx(700 / 6000)
    corner = Lens(turn=90).place(EVEN, (0.0, 0.0))
    assert corner == pytest.approx((450 + 4000 * 700 / 6000 / 2, 0.0))


def test_the_plain_link_is_said_to_be_plain() -> None:
    assert Link().plain
    assert Link.between(Lens(0.3, 0.4, 5), Lens(0.3, 0.4, 5)).plain
    assert not Link.between(Lens(), Lens(zoom=2)).plain


@given(frames, lenses, st.tuples(fractions, fractions))
def test_a_lens_is_a_similarity_of_pixels(frame: Frame, lens: Lens, spot: tuple[float, float]) -> None:
    pixel = (spot[0] * frame.picture.width, spot[1] * frame.picture.height)
    there = lens.place(frame, spot)
    assert near(lens.similarity(frame).apply(pixel), there, 1e-6 * max(1.0, *map(abs, there)))


def test_what_pictures_of_two_sizes_have_in_common() -> None:
    pane = Extent(800, 600)
    for sizing, expected in ((Sizing.BOX, 0.1), (Sizing.WIDTH, 0.4), (Sizing.HEIGHT, 0.1), (Sizing.PIXELS, 0.25)):
        assert Lens().scale(Frame(Extent(2000, 6000), pane, sizing, 0.25)) == pytest.approx(expected)
    for sizing in (Sizing.PIXELS, Sizing.MILLIMETRES):
        assert Lens().scale(Frame(Extent(2000, 6000), pane, sizing, 0.25)) == pytest.approx(0.25)
        assert Lens().scale(Frame(Extent(2000, 6000), pane, sizing)) == pytest.approx(0.1)


def test_turning_further_stays_within_half_a_turn() -> None:
    assert Lens(turn=170).turned_by(20).turn == pytest.approx(-170)
