"""What is hidden is gone from everything that leaves or is shown to others; what is drawn is in it.

The photographs are grey; what must not be seen is magenta, so that a single pixel of it is found wherever it came from.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from clinic_app.domain.alignment import IDENTITY, Alignment, AlignmentMethod, Similarity
from clinic_app.domain.comparison import CompareMode, FramedAlignment
from clinic_app.domain.lens import Lens
from clinic_app.domain.marks import Hiding, Ink, Mark, MarkKind, Part
from clinic_app.ui.compare import printing, second
from clinic_app.ui.compare.printing import Page
from clinic_app.ui.compare.second import picture_of
from clinic_app.ui.compare.take_out_dialog import PrintDialog
from clinic_app.ui.compare.taking_out import png_of
from tests.ui.compare_room import (
    OPEN,
    SHIFT,
    DrawnPictures,
    Room,
    RoomMaker,
    keeper,
    make_room,
    two_years,
)

__all__ = ["keeper", "make_room"]

WIDE, HIGH = 608, 752
SECRET = (160, 200, 440, 320)
"""What must not be seen, pixels: corners on whole blocks of the JPEG, which carry no colour beyond them."""
A, B = 5, 8
Shades = NDArray[np.int16]


@cache
def jpeg(*, inverse: bool = False) -> bytes:
    """A grey photograph with a magenta region, or a magenta one with a grey region."""
    down, across = np.mgrid[0:HIGH, 0:WIDE]
    grey = (90 + 60 * np.sin(across / 37) * np.cos(down / 53) + (across + down) % 23).astype(np.uint8)
    pixels = np.stack([grey] * 3, axis=2)
    left, top, right, bottom = SECRET
    hidden = np.zeros((HIGH, WIDE), bool)
    hidden[top:bottom, left:right] = True
    pixels[~hidden if inverse else hidden] = (255, 0, 255)
    data = io.BytesIO()
    Image.fromarray(pixels).save(data, "JPEG", quality=100, subsampling=0)
    return data.getvalue()


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Saved pictures are small here, so that many are looked at in little time."""
    monkeypatch.setattr(second, "SAVED_SIDE", 400)


def region(picture: int, kind: MarkKind = MarkKind.COVER, hiding: Hiding = Hiding.SOLID) -> Mark:
    """The secret as a region that is hidden, or the one that is kept."""
    left, top, right, bottom = (one / HIGH for one in SECRET)
    part = Part.REGION if kind is MarkKind.KEEP else Part.ANY
    return Mark(100 + picture, picture, kind, ((left, top), (right, bottom)), part=part, hiding=hiding)


def pictures(*, inverse: bool = False) -> DrawnPictures:
    """Two years of photographs that all hold the secret; B is turned and enlarged against A."""
    source = two_years()
    source.pictures = [replace(one, width=WIDE, height=HIGH) for one in source.pictures]
    for one in source.pictures:
        source.files[one.id] = jpeg(inverse=inverse)
        kind = MarkKind.KEEP if inverse else MarkKind.COVER
        source.marks.append(region(one.id, kind))
    return source


def aligned(source: DrawnPictures) -> DrawnPictures:
    """B lies on A turned, moved and larger."""
    by = Similarity(1.17, 7.3, 0.03, -0.05)
    source.placed = {
        OPEN: {
            A: FramedAlignment(A, Alignment(IDENTITY, AlignmentMethod.POINTS)),
            B: FramedAlignment(A, Alignment(by, AlignmentMethod.POINTS)),
        }
    }
    return source


def shades(image: QImage) -> Shades:
    """Red, green and blue of every pixel of a picture once it was written as PNG and read again."""
    with Image.open(io.BytesIO(png_of(image))) as opened:
        return np.asarray(opened.convert("RGB"), np.int16)


def written(room: Room) -> Shades:
    """The picture of the comparison as it would be in the file."""
    return shades(picture_of(room.view._keeper, room.view.stage))


def secret(seen: Shades) -> int:
    """How many pixels have anything of the magenta."""
    return int((np.minimum(seen[..., 0], seen[..., 2]) - seen[..., 1] > 3).sum())


def black(seen: Shades) -> int:
    """How many pixels are the solid plate itself."""
    return int((seen.max(axis=2) == 0).sum())


def screen(widget: QWidget) -> Shades:
    """What a widget shows."""
    return shades(widget.grab().toImage())


def look(room: Room, lens: Lens) -> None:
    """Look at all photographs through a lens, once they rest."""
    room.view.stage.move_lens("A", lens)
    room.settle()


CORNER = Lens(SECRET[0] / WIDE, SECRET[1] / HIGH, 9.0)
"""The corner of the secret, far enlarged."""


def test_the_secret_is_seen_where_nothing_hides_it(make_room: RoomMaker) -> None:
    source = aligned(pictures())
    source.marks.clear()
    room = make_room(source)
    room.open()
    for key in (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4, Qt.Key.Key_S):
        room.key(key)
        seen = written(room)
        assert secret(seen) > 1000
        assert black(seen) == 0


@pytest.mark.parametrize("inverse", [False, True])
def test_no_pixel_of_it_is_in_the_file_in_any_mode(make_room: RoomMaker, inverse: bool) -> None:
    room = make_room(aligned(pictures(inverse=inverse)))
    room.open()
    stage = room.view.stage
    modes = (
        CompareMode.SIDE_BY_SIDE, CompareMode.WIPE, CompareMode.BLEND, CompareMode.BLINK, CompareMode.DIFFERENCE,
        CompareMode.SINGLE,
    )  # fmt: skip
    for mode in modes:
        room.view.set_mode(mode)
        room.settle()
        assert stage.mode is mode
        for lens in (Lens(), CORNER, Lens(0.55, 0.4, 2.3, 31.0)):
            look(room, lens)
            seen = written(room)
            assert secret(seen) == 0, (mode, lens)
            assert black(seen) > 1000 or mode is CompareMode.DIFFERENCE, (mode, lens)


@pytest.mark.parametrize("hiding", list(Hiding))
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_difference_compares_nothing_where_one_of_both_is_hidden(
    make_room: RoomMaker, hiding: Hiding, mirrored: bool
) -> None:
    source = aligned(pictures())
    source.marks = [region(B, hiding=hiding)]
    room = make_room(source)
    room.open()
    room.key(Qt.Key.Key_I)
    room.key(Qt.Key.Key_5)
    room.view.stage.set_looks(mirrored=mirrored)
    room.view.stage.set_mix(gain=8)
    composed = room.view.stage.composed
    for lens in (Lens(), Lens(0.45, 0.4, 2.3, 31.0)):
        look(room, lens)
        size, b = composed.size(), composed.second
        assert b is not None
        at = b.on(composed.frame_of(b), room.view.stage.lens_of("B"))
        left, top, right, bottom = SECRET
        ground = room.view._keeper.colour("viewer.group").rgb()
        image = composed.grab().toImage()
        inside = [
            at.apply((left + (right - left) * x / 40, top + (bottom - top) * y / 40))
            for x in range(41)
            for y in range(41)
        ]
        spots = [(round(size.width() - 1 - x if mirrored else x), round(y)) for x, y in inside]
        spots = [(x, y) for x, y in spots if 2 < x < size.width() - 3 and 60 < y < size.height() - 3]
        assert len(spots) > 300
        assert {image.pixel(x, y) for x, y in spots} == {ground}


def test_every_pixel_that_had_any_of_it_is_solid(make_room: RoomMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second, "SAVED_SIDE", 900)
    room = make_room(aligned(pictures()))
    room.open()
    room.key(Qt.Key.Key_S)
    stage = room.view.stage
    for letter, lens in (("A", Lens()), ("B", Lens()), ("B", CORNER), ("A", Lens(0.55, 0.4, 2.3, 31.0))):
        stage.activate(letter)
        look(room, lens)
        hidden = written(room)
        photo = stage.photos[letter]
        marks, photo.marks = photo.marks, ()
        bare = written(room)
        photo.marks = marks
        had = np.minimum(bare[..., 0], bare[..., 2]) - bare[..., 1] > 0
        # The label and the letter lie over the photograph.
        had[: bare.shape[0] // 8] = had[-bare.shape[0] // 4 :] = False
        assert had.sum() > 3_000
        assert hidden[had].max() == 0


def test_no_pixel_of_it_is_printed(make_room: RoomMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "LABEL_PT", 30.0)
    room = make_room(aligned(pictures()))
    room.open()
    pages: list[Page] = []
    room.view.out.preview = lambda page, *_: pages.append(page)
    for key in (Qt.Key.Key_1, Qt.Key.Key_3):
        room.key(key)
        room.key(Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
        sheet = next(one for one in room.view.findChildren(PrintDialog) if one.isVisible())
        QTest.keyClick(sheet.verb_button, Qt.Key.Key_Return)
        room.settle()
    assert len(pages) == 2
    for page in pages:
        seen = shades(page.image)
        assert secret(seen) == 0
        assert black(seen) > 1000


def test_neither_layer_nor_peek_nor_mirror_changes_what_leaves(make_room: RoomMaker) -> None:
    room = make_room(aligned(pictures()))
    room.open()
    plain = written(room)
    room.key(Qt.Key.Key_I, SHIFT)
    assert secret(screen(room.a)) > 1000
    assert (written(room) == plain).all()
    room.key(Qt.Key.Key_H, SHIFT)
    assert (written(room) == plain).all()
    QTest.keyPress(room.b, Qt.Key.Key_B)
    assert room.view.stage.peeking
    assert (written(room) == plain).all()
    QTest.keyRelease(room.b, Qt.Key.Key_B)
    room.key(Qt.Key.Key_I, SHIFT)
    QTest.keyPress(room.b, Qt.Key.Key_B)
    assert secret(screen(room.b)) == 0
    QTest.keyRelease(room.b, Qt.Key.Key_B)
    assert secret(screen(room.a)) == 0


def test_a_region_turns_with_its_photograph_in_what_leaves(make_room: RoomMaker) -> None:
    room = make_room(pictures())
    room.open()
    for _ in range(3):
        room.key(Qt.Key.Key_BracketRight)
        turned = room.source.turned[B]
        with Image.open(io.BytesIO(jpeg())) as opened:
            data = io.BytesIO()
            opened.rotate(-90 * turned, expand=True).save(data, "JPEG", quality=100, subsampling=0)
        room.source.files[B] = data.getvalue()
        room.view._try_again()
        room.view.loader.load("B", B)
        room.settle()
        assert secret(written(room)) == 0
        assert black(written(room)) > 1000


def test_four_panes_and_matched_exposure_hide_too(make_room: RoomMaker) -> None:
    room = make_room(pictures())
    room.open()
    room.key(Qt.Key.Key_N)
    room.key(Qt.Key.Key_E, SHIFT)
    look(room, CORNER)
    assert len(room.view.stage.visible_panes) == 3
    assert secret(written(room)) == 0


def test_loupe_map_and_all_cycles_hide_too(make_room: RoomMaker) -> None:
    room = make_room(pictures())
    room.open()
    room.key(Qt.Key.Key_K)
    look(room, CORNER)
    QTest.mouseMove(room.b, room.b.rect().center())
    assert secret(screen(room.b)) == 0
    room.key(Qt.Key.Key_I, SHIFT)
    assert secret(screen(room.b)) > 1000
    room.key(Qt.Key.Key_S, SHIFT)
    assert room.view.all_cycles
    assert secret(screen(room.view.cycles)) == 0
    assert black(screen(room.view.cycles)) > 500


def test_others_never_see_it(make_room: RoomMaker) -> None:
    room = make_room(aligned(pictures()))
    room.open()
    room.key(Qt.Key.Key_I, SHIFT)
    room.key(Qt.Key.Key_W, SHIFT)
    other = room.view.second_window
    assert other is not None
    for key in (Qt.Key.Key_1, Qt.Key.Key_3, Qt.Key.Key_2):
        room.key(key)
        assert secret(screen(room.view.stage)) > 1000
        assert secret(screen(other)) == 0
    room.key(Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier | SHIFT)
    assert room.view.presenting
    assert secret(screen(room.view)) == 0
    room.key(Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier | SHIFT)
    assert secret(screen(room.view.stage)) > 1000


def test_a_region_that_is_being_set_is_hidden_everywhere_else(make_room: RoomMaker) -> None:
    room = make_room(pictures())
    room.open()
    room.key(Qt.Key.Key_W, SHIFT)
    other = room.view.second_window
    assert other is not None
    room.key(Qt.Key.Key_E)
    middle = room.a.place_of((0.4, 0.35)).toPoint()
    QTest.mouseClick(room.a, Qt.MouseButton.LeftButton, pos=middle)
    room.settle()
    assert room.view.marker.chosen == region(A)
    assert secret(screen(room.a)) > 1000
    assert secret(screen(room.b)) == 0
    assert secret(screen(other)) == 0
    assert secret(written(room)) == 0
    room.key(Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier | SHIFT)
    assert secret(screen(room.view)) == 0


@pytest.mark.parametrize("hiding", [Hiding.PIXELS, Hiding.BLUR])
def test_weaker_ways_leave_few_cells(make_room: RoomMaker, hiding: Hiding) -> None:
    source = pictures()
    source.marks = [region(A, hiding=hiding), region(B, hiding=hiding)]
    source.files[A] = source.files[B] = _stripes()
    room = make_room(source)
    room.open()
    room.key(Qt.Key.Key_S)
    look(room, Lens(0.5, 260 / HIGH, 2.0))
    seen = written(room)
    rows = seen[seen.shape[0] // 2, :, 0]
    steps = np.abs(np.diff(rows.astype(int)))
    assert secret(seen) > 1000
    assert steps[len(steps) // 3 : 2 * len(steps) // 3].max() < 60


@cache
def _stripes() -> bytes:
    """Fine stripes of magenta and grey inside the secret."""
    with Image.open(io.BytesIO(jpeg())) as opened:
        pixels = np.array(opened)
    left, top, right, bottom = SECRET
    across = np.arange(left, right) // 4 % 2 == 0
    pixels[top:bottom, left:right][:, across] = (200, 200, 200)
    data = io.BytesIO()
    Image.fromarray(pixels).save(data, "JPEG", quality=100, subsampling=0)
    return data.getvalue()


INKED: tuple[tuple[Ink, Callable[[Shades], NDArray[np.bool_]]], ...] = (
    (Ink.RED, lambda seen: (seen[..., 0] > 240) & (seen[..., 1] < 110) & (seen[..., 2] < 110)),
    (Ink.CYAN, lambda seen: (seen[..., 0] < 100) & (seen[..., 1] > 210) & (seen[..., 2] > 240)),
)


def test_what_is_drawn_is_in_the_file_of_every_mode(make_room: RoomMaker) -> None:
    source = aligned(pictures())
    source.marks = [
        Mark(1, A, MarkKind.ARROW, ((0.1, 0.1), (0.25, 0.3)), ink=Ink.RED),
        Mark(2, B, MarkKind.ELLIPSE, ((0.5, 0.5), (0.7, 0.8)), ink=Ink.CYAN),
        Mark(3, A, MarkKind.TEXT, ((0.1, 0.4),), "Ptosis", Ink.RED),
        Mark(4, B, MarkKind.FREEHAND, ((0.5, 0.2), (0.6, 0.3), (0.5, 0.3)), ink=Ink.CYAN),
    ]
    room = make_room(source)
    room.open()
    room.key(Qt.Key.Key_I, SHIFT)
    room.settle()
    assert all(not found(screen(room.view.stage)).any() for ink, found in INKED if ink is Ink.RED)
    for mode in (CompareMode.SIDE_BY_SIDE, CompareMode.WIPE, CompareMode.BLEND, CompareMode.DIFFERENCE):
        room.view.set_mode(mode)
        seen = written(room)
        for ink, found in INKED:
            assert found(seen).sum() > 50, (mode, ink)
    room.view.set_mode(CompareMode.BLINK)
    room.view.stage.composed.show_flipped(flipped=False)
    seen = written(room)
    assert [found(seen).sum() > 50 for _, found in INKED] == [True, False]
    room.view.stage.composed.show_flipped(flipped=True)
    seen = written(room)
    assert [found(seen).sum() > 50 for _, found in INKED] == [False, True]


def test_a_slid_mark_stays_on_its_side(make_room: RoomMaker) -> None:
    source = pictures()
    source.marks = [Mark(1, A, MarkKind.ELLIPSE, ((0.1, 0.45), (0.7, 0.55)), ink=Ink.RED)]
    room = make_room(source)
    room.open()
    room.key(Qt.Key.Key_2)
    seen = written(room)
    red = INKED[0][1](seen)
    middle = seen.shape[1] // 2
    assert red[:, : middle - 8].any()
    assert not red[:, middle + 8 :].any()
