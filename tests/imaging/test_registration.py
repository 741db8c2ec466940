"""Two photographs laid on each other: exact where they show the same, silent where that is not sure."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import cv2
import numpy as np
import pytest

from clinic_app.domain.alignment import (
    FoundBy,
    NotAligned,
    Point,
    Registered,
    Similarity,
    Unregistered,
    anchor_of,
    picture_units,
)
from clinic_app.domain.errors import Cancelled
from clinic_app.imaging.portraits import Portrait, PortraitKind, paint
from clinic_app.imaging.registration import automatic, refine
from tests.imaging import pairs
from tests.imaging.pairs import EASY, HARD, SIDE, Colours, Pair, pair, person, pixels_of, texture

SEED = 4
CORNERS_OF_PICTURE = ((0.0, 0.0), (900.0, 0.0), (0.0, 900.0), (900.0, 900.0))


def clicks_of(seed: int) -> tuple[Point, ...]:
    """Inner corners of both eyes and the base of the nose of a drawn face, in pixels."""
    truth = paint(Portrait(PortraitKind.FACE_FRONT, seed, width=SIDE, height=SIDE))[1]
    right, left = truth.inner_corner_right, truth.inner_corner_left
    assert right is not None
    assert left is not None
    across = complex(left[0] - right[0], left[1] - right[1])
    nose = complex(*right) + across / 2 + across * 1.5j
    return right, left, (nose.real, nose.imag)


def refined(
    one: Pair, clicks: tuple[Point, ...], view: str, seed: int, within: float = 3.0
) -> Registered | Unregistered:
    chance = random.Random(seed)  # noqa: S311
    units = [picture_units(click, one.frame.width, one.frame.height) for click in clicks]
    return refine(one.picture, one.frame, one.rough(clicks, chance, within), units, anchor_of(view))


@pytest.mark.parametrize("kind", list(EASY))
def test_points_of_a_face_are_refined_to_less_than_half_a_pixel(kind: str) -> None:
    one = EASY[kind](SEED, random.Random(kind))  # noqa: S311
    clicks = clicks_of(SEED)
    answer = refined(one, clicks, "F01", SEED)
    assert isinstance(answer, Registered)
    assert one.error(answer.similarity) <= 0.5
    assert answer.sureness >= 0.4


def test_points_on_different_faces_are_not_refined() -> None:
    chance = random.Random(3)  # noqa: S311
    other = pair(person(SEED), person(SEED + 7), chance)
    assert isinstance(refined(other, clicks_of(SEED), "F01", 1), Unregistered)


def test_points_that_lie_wrong_are_said_to_be_wrong() -> None:
    one = EASY["same face"](SEED, random.Random(1))  # noqa: S311
    clicks = clicks_of(SEED)
    assert one.truth is not None
    units = [picture_units(click, SIDE, SIDE) for click in clicks]
    away = one.truth.in_units(SIDE, SIDE).then(Similarity(dx=0.022, dy=0.01))
    answer = refine(one.picture, one.frame, away, units, anchor_of("F01"))
    assert answer == Unregistered(NotAligned.MOVED_TOO_FAR)


def test_points_of_a_view_of_no_catalogue_are_refined_around_themselves() -> None:
    one = EASY["same face"](SEED, random.Random(1))  # noqa: S311
    answer = refined(one, clicks_of(SEED), "of no catalogue", SEED)
    assert isinstance(answer, Registered)
    assert one.error(answer.similarity) <= 0.5


def test_how_far_the_places_lie_from_the_answer_is_told() -> None:
    one = EASY["same face"](SEED, random.Random(1))  # noqa: S311
    for answer in (refined(one, clicks_of(SEED), "F01", SEED), automatic(one.picture, one.frame, FoundBy.EYES)):
        assert isinstance(answer, Registered)
        assert answer.rms is not None
        assert 0 < answer.rms * SIDE < 1


def test_a_search_nobody_waits_for_any_more_ends() -> None:
    one = EASY["same face"](SEED, random.Random(1))  # noqa: S311
    asked: list[bool] = []

    def go_on() -> bool:
        asked.append(True)
        return False

    with pytest.raises(Cancelled):
        automatic(one.picture, one.frame, FoundBy.EYES, go_on)
    assert asked == [True]


def test_points_far_too_close_to_each_other_are_too_small() -> None:
    one = EASY["same face"](SEED, random.Random(1))  # noqa: S311
    spot = [(0.5, 0.5), (0.51, 0.5)]
    assert refine(one.picture, one.frame, Similarity(), spot, anchor_of("F01")) == Unregistered(NotAligned.TOO_SMALL)


def test_a_neck_is_refined_below_its_shoulders_only() -> None:
    """The head tilts by twenty degrees; with points on the shoulders nothing of that is turned away."""
    cloth = texture(8, SIDE, SIDE, 14)

    def neck(tilt: float) -> tuple[Colours, tuple[Point, ...]]:
        painted, truth = paint(Portrait(PortraitKind.NECK_FRONT, SEED, width=SIDE, height=SIDE, head_tilt_deg=tilt))
        assert truth.shoulder_right is not None
        assert truth.shoulder_left is not None
        colours = cv2.cvtColor(painted, cv2.COLOR_RGB2BGR).astype(np.float32)
        low = round(truth.shoulder_right[1])
        colours[low:] += cloth[low:]
        right, left = truth.shoulder_right, truth.shoulder_left
        return np.clip(colours, 0, 255).astype(np.uint8), (right, left, ((right[0] + left[0]) / 2, right[1] + 4))

    (before, clicks), (after, _) = neck(0.0), neck(20.0)
    one = pair(before, after, random.Random(7))  # noqa: S311
    answer = refined(one, clicks, "N01O", 2)
    assert isinstance(answer, Registered)
    assert one.error(answer.similarity, clicks) <= 0.5


@pytest.mark.parametrize("kind", list(EASY))
def test_a_face_is_laid_on_itself(kind: str) -> None:
    one = EASY[kind](SEED, random.Random(kind))  # noqa: S311
    answer = automatic(one.picture, one.frame, FoundBy.EYES)
    assert isinstance(answer, Registered)
    assert one.error(answer.similarity) <= 1.0
    assert answer.head_turned is False


@pytest.mark.parametrize("kind", ["other face", "back of the head"])
def test_nothing_is_laid_on_another_face_or_on_hair(kind: str) -> None:
    one = HARD[kind](1, random.Random(1))  # noqa: S311
    assert isinstance(automatic(one.picture, one.frame, FoundBy.EYES), Unregistered)


def bent(colours: Colours, seed: int, strength: float) -> Colours:
    """Moved a little this way here and that way there, as a face is that moves its muscles."""
    numbers = np.random.default_rng(seed)
    rows, columns = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    along, down = (
        cv2.resize(numbers.normal(0, strength, (7, 7)).astype(np.float32), (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
        for _ in range(2)
    )
    return cv2.remap(colours, columns + along, rows + down, cv2.INTER_LINEAR)  # type: ignore[return-value]


def test_skin_that_moved_a_little_is_still_found_and_less_sure() -> None:
    skin = np.clip(person(SEED) + texture(6, SIDE, SIDE, 9), 0, 255).astype(np.uint8)
    still, moved = (pair(skin, colours, random.Random(1)) for colours in (skin, bent(skin, 3, 1.5)))  # noqa: S311
    surest, answer = (automatic(one.picture, one.frame, FoundBy.EYES) for one in (still, moved))
    assert isinstance(surest, Registered)
    assert isinstance(answer, Registered)
    assert moved.error(answer.similarity) <= 5
    assert answer.sureness < surest.sureness


def test_necks_are_not_found_by_themselves() -> None:
    one = EASY["same face"](SEED, random.Random(1))  # noqa: S311
    found_by = anchor_of("N01").found_by
    assert automatic(one.picture, one.frame, found_by) == Unregistered(NotAligned.BY_POINTS_ONLY)


def test_a_picture_of_nothing_has_no_face_no_page_and_no_background() -> None:
    bare = pixels_of(np.full((300, 400, 3), 128, np.uint8))
    reasons = {
        FoundBy.EYES: NotAligned.EYES_NOT_FOUND,
        FoundBy.PAGE: NotAligned.PAGE_NOT_FOUND,
        FoundBy.BACKGROUND: NotAligned.TOO_LITTLE_IN_COMMON,
    }
    for found_by, reason in reasons.items():
        assert automatic(bare, bare, found_by) == Unregistered(reason)


@pytest.mark.parametrize("shape", [(200, 8000), (1200, 40), (8, 8)])
def test_odd_shapes_are_refused_and_nothing_breaks(shape: tuple[int, int]) -> None:
    odd = pixels_of(np.clip(128 + texture(1, shape[1], shape[0], 20) + np.zeros((1, 1, 3)), 0, 255).astype(np.uint8))
    face = pixels_of(person(SEED))
    for found_by in FoundBy:
        for one, other in ((odd, face), (face, odd)):
            assert isinstance(automatic(one, other, found_by), Unregistered)
        refine(odd, face, Similarity(), [(0.1, 0.1), (0.5, 0.2)], anchor_of("F01"))


def page(seed: int, cramp: float) -> Colours:
    portrait = Portrait(PortraitKind.HANDWRITING_SPIRAL, seed, width=SIDE, height=SIDE, hand_cramp=cramp)
    return cv2.cvtColor(paint(portrait)[0], cv2.COLOR_RGB2BGR)  # type: ignore[return-value]


def test_a_page_is_laid_on_a_page_by_its_corners_whatever_is_written() -> None:
    first = cv2.copyMakeBorder(page(1, 0.0), 120, 120, 120, 120, cv2.BORDER_REPLICATE)
    second = cv2.copyMakeBorder(page(1, 0.9), 120, 120, 120, 120, cv2.BORDER_REPLICATE)
    for seed in (1, 3):
        one = pair(first, second, random.Random(seed))  # type: ignore[arg-type]  # noqa: S311
        answer = automatic(one.picture, one.frame, FoundBy.PAGE)
        if isinstance(answer, Registered):
            assert one.error(answer.similarity, ((300.0, 150.0), (840.0, 150.0), (300.0, 990.0), (840.0, 990.0))) <= 1.5
        else:
            assert answer.reason is NotAligned.PAGE_NOT_FOUND
    still = automatic(pixels_of(second), pixels_of(first), FoundBy.PAGE)  # type: ignore[arg-type]
    assert isinstance(still, Registered)
    assert still.similarity.near(Similarity(), 0.0015)


def test_pages_of_another_shape_are_not_laid_on_each_other() -> None:
    def paper(high: int) -> Colours:
        sheet = np.full((900, 900, 3), 90, np.uint8)
        cv2.rectangle(sheet, (200, 100), (700, 100 + high), (230, 230, 230), -1)
        return sheet

    answer = automatic(pixels_of(paper(700)), pixels_of(paper(640)), FoundBy.PAGE)
    assert answer == Unregistered(NotAligned.NOT_SURE)


def room(seed: int, figure: Callable[[Colours], None]) -> Colours:
    """A textured wall with somebody in the middle."""
    wall = np.clip(140 + texture(seed, SIDE, SIDE, 16) + np.zeros((1, 1, 3)), 0, 255).astype(np.uint8)
    figure(wall)
    return wall


def standing(x: int, turned: float, colour: tuple[int, int, int]) -> Callable[[Colours], None]:
    def draw(wall: Colours) -> None:
        cv2.ellipse(wall, (x, 520), (140, 330), turned, 0, 360, colour, -1)

    return draw


def test_a_background_that_stays_is_laid_on_itself_and_another_is_not() -> None:
    before, after = room(1, standing(430, 0, (60, 80, 120))), room(1, standing(480, 12, (60, 80, 120)))
    one = pair(before, after, random.Random(2))  # noqa: S311
    answer = automatic(one.picture, one.frame, FoundBy.BACKGROUND)
    assert isinstance(answer, Registered)
    assert one.error(answer.similarity, CORNERS_OF_PICTURE) <= 0.5
    elsewhere = pair(before, room(2, standing(430, 0, (60, 80, 120))), random.Random(2), same=False)  # noqa: S311
    assert isinstance(automatic(elsewhere.picture, elsewhere.frame, FoundBy.BACKGROUND), Unregistered)


def test_far_too_much_turn_is_out_of_limits() -> None:
    wall = room(1, standing(450, 0, (60, 80, 120)))
    turned = cv2.warpAffine(wall, cv2.getRotationMatrix2D((450, 450), 40, 1.0), (SIDE, SIDE))
    answer = automatic(pixels_of(turned), pixels_of(wall), FoundBy.BACKGROUND)  # type: ignore[arg-type]
    assert answer == Unregistered(NotAligned.OUT_OF_LIMITS)


def test_another_derivative_gives_the_same_answer() -> None:
    one = EASY["same face"](SEED, random.Random(1))  # noqa: S311
    small = pixels_of(person(SEED)[::2, ::2])
    answer, again = (automatic(one.picture, frame, FoundBy.EYES) for frame in (one.frame, small))
    assert isinstance(answer, Registered)
    assert isinstance(again, Registered)
    assert again.similarity.near(answer.similarity, 0.002)


def test_the_errors_of_these_tests_are_measured_rightly() -> None:
    one = EASY["same face"](SEED, random.Random(1))  # noqa: S311
    assert one.truth is not None
    exact = one.truth.in_units(SIDE, SIDE)
    assert one.error(exact) == pytest.approx(0, abs=1e-9)
    assert one.error(exact.then(Similarity(dx=3 / SIDE, dy=4 / SIDE))) == pytest.approx(5)
    assert math.isfinite(one.error(one.rough(clicks_of(SEED), random.Random(1), 3)))  # noqa: S311


@pytest.mark.slow
def test_sure_where_it_may_be_and_never_where_it_may_not() -> None:
    claims = 0
    for number in range(3):
        kind = list(EASY)[number % 3]
        one = EASY[kind](40 + number, random.Random(number))  # noqa: S311
        answer = automatic(one.picture, one.frame, FoundBy.EYES)
        if isinstance(answer, Registered):
            claims += 1
            assert one.error(answer.similarity) <= 5
    assert claims >= 2
    for number in range(6):
        kind = list(HARD)[number % 3]
        one = HARD[kind](60 + number, random.Random(number))  # noqa: S311
        answer = automatic(one.picture, one.frame, FoundBy.EYES)
        if isinstance(answer, Registered):
            assert one.truth is not None
            assert one.error(answer.similarity) <= 5


def test_the_sample_face_is_optional() -> None:
    face = pairs.sample_face()
    assert face is None or face.shape == (SIDE, SIDE, 3)
