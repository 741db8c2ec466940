"""Measuring in the viewer: figures by clicks, values in A and B with their change, kept and removed."""

from __future__ import annotations

import math

import cv2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from clinic_app.domain.alignment import IDENTITY, Alignment, AlignmentMethod, Similarity, picture_units
from clinic_app.domain.comparison import CompareMode, FramedAlignment
from clinic_app.domain.errors import StorageUnavailable
from clinic_app.domain.measurements import MeasureKind, Measurement, SuggestedFigures
from clinic_app.domain.measuring import Point, face_midline
from clinic_app.domain.picture_files import Pixels
from clinic_app.imaging.measuring import suggest_eyes
from clinic_app.imaging.portraits import GroundTruth, Portrait, PortraitKind, paint
from clinic_app.ui.compare.figures import Figure
from clinic_app.ui.compare.measure_panel import MeasurePanel, Row
from clinic_app.ui.compare.pane import PicturePane
from tests.ui.compare_room import (
    DAYS,
    OPEN,
    SHIFT,
    DrawnPictures,
    Room,
    RoomMaker,
    grab,
    keeper,
    make_room,
    room,
    two_years,
)
from tests.ui.test_compare_aligning import EYES, chips, click, mode, picking, where

__all__ = ["keeper", "make_room", "room"]

LEVEL: tuple[Point, Point] = ((0.2, 0.5), (0.6, 0.5))
IRIS: tuple[Point, Point] = ((0.26, 0.43), (0.31, 0.43))


def panel(room: Room) -> MeasurePanel:
    """The panel of values."""
    return room.view.measures.panel


def rows(room: Room) -> list[Row]:
    """The lines of values in the panel."""
    return [one.row for one in panel(room).rows]


def kept(room: Room) -> list[Measurement]:
    """What was kept."""
    return room.source.measured


def measured(room: Room) -> MeasureKind | None:
    """What is being measured."""
    return room.view.measures.kind


def figures(pane: PicturePane) -> tuple[Figure, ...]:
    """What is drawn over a photograph."""
    return pane.figures


def clicks(room: Room, pane: PicturePane, *points: Point) -> None:
    """Click at several places of a photograph."""
    for point in points:
        click(room, pane, point)


def said(room: Room) -> str:
    """What stands in the line below."""
    return room.view.status.left.text()


def test_a_distance_in_both_with_its_change(room: Room) -> None:
    offered: list[tuple[str, object]] = []
    room.view.undoable.connect(lambda words, undo: offered.append((words, undo)))
    assert not panel(room).isVisible()
    room.key(Qt.Key.Key_C)
    assert panel(room).isVisible()
    assert chips(room)[0] == ("Width of the iris in A: one edge of the iris",)
    clicks(room, room.a, *IRIS)
    assert chips(room) == (
        (),
        (
            "Now the same in B: one edge of the iris. "
            "Eyes shut in B? Enter leaves it out; aligned with A it takes A’s scale",
        ),
    )
    clicks(room, room.b, *IRIS)
    room.key(Qt.Key.Key_D)
    clicks(room, room.a, *LEVEL)
    clicks(room, room.b, LEVEL[0], (0.5, 0.5))
    assert [one.kind for one in kept(room)] == [MeasureKind.IRIS] * 2 + [MeasureKind.DISTANCE] * 2
    assert kept(room)[3].partner_id == kept(room)[2].id
    for one, wanted in zip(kept(room)[2].points, LEVEL, strict=True):
        assert one == pytest.approx(wanted, abs=0.002)
    iris, length = rows(room)
    assert (iris.a, iris.b, iris.change) == ("≈ 11.7 mm", "≈ 11.7 mm", "")
    assert [float(words.split()[0]) for words in (length.a, length.b)] == [
        pytest.approx(8, abs=0.5),
        pytest.approx(6, abs=0.5),
    ]
    assert length.change.startswith("−")
    assert [one.words for one in room.a.figures] == ["1", f"2  {length.a}"]
    assert length.about[0].startswith("≈ ")
    assert length.about[0].endswith(" mm")
    assert "± 5 %" in panel(room).note.text()
    assert [words for words, _ in offered] == ["Width of the iris measured"] * 2 + ["Distance measured"] * 2
    assert [undo for _, undo in offered] == [90] * 4


def test_an_angle_between_shows_what_was_set(room: Room) -> None:
    room.key(Qt.Key.Key_A)
    clicks(room, room.a, (0.2, 0.5), (0.4, 0.5))
    before = grab(room.a)
    QTest.mouseMove(room.a, room.a.place_of((0.4, 0.3)).toPoint())
    room.settle()
    assert grab(room.a) != before
    click(room, room.b, (0.2, 0.5))
    assert "Finish this figure in A first" in said(room)
    click(room, room.a, (0.4, 0.3))
    assert rows(room)[0].a in ("90.0°", "89.9°", "90.1°")
    assert rows(room)[0].b == "–"


def test_lids_are_told_in_widths_of_the_iris_and_closed_without_millimetres(room: Room) -> None:
    room.key(Qt.Key.Key_U)
    for pane, half in ((room.a, 0.0), (room.b, 0.02)):
        clicks(room, pane, (0.29, 0.43 - half), (0.29, 0.43 + half))
    assert (rows(room)[0].a, rows(room)[0].b) == ("–", "–")
    room.key(Qt.Key.Key_Escape)
    assert "Measure the width of the iris too" in panel(room).hint.text()
    room.key(Qt.Key.Key_C)
    for pane in (room.a, room.b):
        clicks(room, pane, *IRIS)
    lids = rows(room)[0]
    assert lids.a == "closed"
    assert lids.about[0] == ""
    assert int(lids.b.removesuffix(" %")) == pytest.approx(80, abs=6)
    assert lids.about[1].startswith("≈ 9.")
    assert lids.change.startswith("+")


def test_the_tilt_of_the_head_needs_no_level_camera(room: Room) -> None:
    room.key(Qt.Key.Key_H)
    clicks(room, room.a, (0.5, 0.2), (0.3, 0.4), (0.2, 0.7), (0.6, 0.7))
    clicks(room, room.b, (0.4, 0.2), (0.4, 0.4), (0.2, 0.7), (0.6, 0.7))
    tilt = rows(room)[0]
    assert float(tilt.a.split("°")[0]) == pytest.approx(45, abs=0.5)
    assert tilt.a.endswith("left")
    assert tilt.b.startswith("0.")
    assert tilt.change.endswith("right")


def test_points_at_one_place_are_refused_in_words(room: Room) -> None:
    room.key(Qt.Key.Key_A)
    clicks(room, room.a, *[(0.4, 0.5)] * 3)
    assert "no direction" in panel(room).hint.text()
    assert "no direction" in said(room)
    room.key(Qt.Key.Key_C)
    clicks(room, room.b, *[(0.4, 0.5)] * 2)
    assert "gives no scale" in panel(room).hint.text()
    assert kept(room) == []
    click(room, room.b, (0.45, 0.5))
    assert len(kept(room)) == 1


def test_keys_move_and_drop_the_last_point_and_leave(room: Room) -> None:
    chosen = room.view.shown
    room.key(Qt.Key.Key_D)
    click(room, room.a, LEVEL[0])
    figure = figures(room.a)[-1]
    room.key(Qt.Key.Key_Right, SHIFT)
    moved = figures(room.a)[-1]
    assert where(room.a, moved.points[0])[0] - where(room.a, figure.points[0])[0] == pytest.approx(10, abs=0.01)
    for _ in range(80):
        QTest.keyClick(room.a, Qt.Key.Key_Left, SHIFT)
    assert figures(room.a)[-1].points[0][0] == 0
    room.key(Qt.Key.Key_Backspace)
    assert figures(room.a) == ()
    click(room, room.a, LEVEL[0])
    room.key(Qt.Key.Key_Escape)
    assert measured(room) is MeasureKind.DISTANCE
    room.key(Qt.Key.Key_Escape)
    assert measured(room) is None
    assert room.view.shown == chosen
    assert kept(room) == []


def test_what_was_measured_is_shown_again_hidden_and_removed(make_room: RoomMaker) -> None:
    source = two_years()
    source.measure(1, 5, MeasureKind.DISTANCE, LEVEL)
    source.measure(1, 8, MeasureKind.DISTANCE, LEVEL, partner_id=source.measured[0].id)
    room = make_room(source)
    room.open()
    assert panel(room).isVisible()
    assert [len(pane.figures) for pane in (room.a, room.b)] == [1, 1]
    room.key(Qt.Key.Key_I, SHIFT)
    assert not panel(room).isVisible()
    assert figures(room.a) == ()
    room.key(Qt.Key.Key_I, SHIFT)
    room.key(Qt.Key.Key_Delete)
    assert "Choose a measured value first" in said(room)
    assert len(kept(room)) == 2
    QTest.mouseClick(panel(room).rows[0], Qt.MouseButton.LeftButton)
    room.settle()
    assert figures(room.a)[0].chosen
    assert panel(room).remove_button.isEnabled()
    room.key(Qt.Key.Key_Delete)
    assert kept(room) == []
    assert rows(room) == []
    room.open(2)
    assert not panel(room).isVisible()


def test_figures_lie_on_the_photograph_wherever_it_lies(make_room: RoomMaker) -> None:
    source = two_years()
    source.measure(1, 8, MeasureKind.SLOPE, LEVEL)
    source.placed = {
        OPEN: {
            id_: FramedAlignment(5, Alignment(by, AlignmentMethod.POINTS))
            for id_, by in ((5, IDENTITY), (8, Similarity(1.2, 30.0, 0.1, -0.05)))
        }
    }
    room = make_room(source)
    room.open()
    assert room.b.photo is not None
    (figure,) = room.b.figures
    assert figure.points == LEVEL
    assert figure.words.endswith("0.0°")
    left, right = (room.b.place_of(point) for point in LEVEL)
    assert (right - left).y() > 20
    room.view.turn(1)
    room.settle()
    (turned,) = room.b.figures
    assert turned.points[0] == pytest.approx((0.5, 0.2))


def test_a_suggestion_is_kept_only_once_it_is_confirmed(room: Room) -> None:
    room.source.suggested = SuggestedFigures(IRIS, ((0.4, 0.2), (0.4, 0.7)), 0.86)
    room.key(Qt.Key.Key_C)
    assert room.b.chips == ("Found by the program, 86 % sure: Enter takes it, or click it yourself",)
    assert room.b.figures[-1].suggested
    assert kept(room) == []
    room.key(Qt.Key.Key_Return)
    assert [(one.picture_id, one.points) for one in kept(room)] == [(8, IRIS)]
    clicks(room, room.a, (0.5, 0.43), (0.56, 0.43))
    assert kept(room)[1].points[0] == pytest.approx((0.5, 0.43), abs=0.002)
    room.key(Qt.Key.Key_H)
    room.key(Qt.Key.Key_Return)
    assert len(kept(room)) == 2
    clicks(room, room.a, (0.2, 0.7), (0.6, 0.7))
    assert kept(room)[2].kind is MeasureKind.TILT
    assert len(kept(room)[2].points) == 4


def test_the_width_of_the_iris_is_this_patients(room: Room) -> None:
    field = panel(room).iris
    room.key(Qt.Key.Key_C)
    for typed, words in (("25", "no width of an iris"), ("wide", "as a number")):
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, typed)
        QTest.keyClick(field, Qt.Key.Key_Return)
        room.settle()
        assert words in said(room)
        assert field.text() == "11.7"
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "11,2")
    QTest.keyClick(field, Qt.Key.Key_Return)
    room.settle()
    clicks(room, room.a, *IRIS)
    assert rows(room)[0].a == "≈ 11.2 mm"
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "12")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == "11.2"
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "12")
    QTest.keyClick(field, Qt.Key.Key_Return)
    room.settle()
    assert rows(room)[0].a == "≈ 12.0 mm"


def test_measuring_goes_on_side_by_side_and_comes_back(room: Room) -> None:
    room.key(Qt.Key.Key_3)
    room.key(Qt.Key.Key_D)
    assert mode(room) is CompareMode.SIDE_BY_SIDE
    room.key(Qt.Key.Key_Escape)
    assert mode(room) is CompareMode.BLEND
    room.key(Qt.Key.Key_D)
    room.key(Qt.Key.Key_2)
    assert mode(room) is CompareMode.WIPE
    assert measured(room) is None
    room.key(Qt.Key.Key_D)
    room.key(Qt.Key.Key_M)
    assert measured(room) is None
    assert picking(room) is not None
    clicks(room, room.a, *EYES)
    assert kept(room) == []
    room.key(Qt.Key.Key_D)
    assert picking(room) is None
    assert measured(room) is MeasureKind.DISTANCE


def test_who_may_not_write_and_what_cannot_be_written(make_room: RoomMaker) -> None:
    source = two_years()
    source.may_write = False
    room = make_room(source)
    room.open()
    room.key(Qt.Key.Key_D)
    assert "Only doctors and nurses measure" in said(room)
    assert measured(room) is None
    source.may_write = True
    room.open(2)
    source.refuses = StorageUnavailable("disk_full")
    room.key(Qt.Key.Key_D)
    clicks(room, room.a, *LEVEL)
    assert kept(room) == []
    assert "disk" in said(room).lower()
    assert figures(room.a) == ()


def test_pixels_of_two_photographs_are_said_not_to_compare_until_both_have_a_scale(room: Room) -> None:
    room.key(Qt.Key.Key_D)
    clicks(room, room.a, *LEVEL)
    assert rows(room)[0].note == ""
    clicks(room, room.b, LEVEL[0], (0.4, 0.5))
    (row,) = rows(room)
    assert (row.a.endswith("px"), row.b.endswith("px"), row.change) == (True, True, "")
    assert row.note == "Not comparable: different scales"
    assert row.note in row.spoken
    assert "width of the iris in each photo (C)" in panel(room).note.text()
    high = panel(room).rows[0].sizeHint().height()
    room.key(Qt.Key.Key_C)
    clicks(room, room.a, *IRIS)
    assert rows(room)[0].note == "Not comparable: different scales"
    clicks(room, room.b, *IRIS)
    assert (rows(room)[0].note, rows(room)[0].a.endswith("× iris")) == ("", True)
    assert high > 0


def test_where_the_eyes_of_one_are_shut_the_iris_can_be_left_out(make_room: RoomMaker) -> None:
    source = two_years()
    room = make_room(source)
    room.open()
    room.key(Qt.Key.Key_C)
    clicks(room, room.b, *IRIS)
    first = "Now the same in A: one edge of the iris."
    assert chips(room) == ((f"{first} Eyes shut in A? Enter leaves it out; aligned with B it takes B’s scale",), ())
    room.key(Qt.Key.Key_Return)
    assert (measured(room), len(kept(room))) == (None, 1)
    source.placed = {OPEN: {id_: FramedAlignment(5, Alignment(IDENTITY, AlignmentMethod.POINTS)) for id_ in (5, 8)}}
    room.open()
    room.key(Qt.Key.Key_C)
    panel(room).rows[0].click()
    room.settle()
    assert chips(room)[0] == (f"{first} Eyes shut in A? Enter leaves it out: A has B’s scale",)


def test_a_damaged_or_missing_photograph_leaves_the_other_to_be_measured(make_room: RoomMaker) -> None:
    source = two_years()
    source.damaged.add(5)
    room = make_room(source)
    room.open()
    room.key(Qt.Key.Key_D)
    QTest.mouseClick(room.a, Qt.MouseButton.LeftButton)
    clicks(room, room.b, *LEVEL)
    assert [one.picture_id for one in kept(room)] == [8]
    assert (rows(room)[0].a, rows(room)[0].b.endswith("px")) == ("–", True)
    empty = DrawnPictures()
    empty.add(OPEN, DAYS[0], 50)
    empty.damaged.add(1)
    alone = make_room(empty)
    alone.open()
    alone.key(Qt.Key.Key_D)
    assert "no photo to measure" in said(alone)


def test_figures_are_on_the_second_window_too(room: Room) -> None:
    room.key(Qt.Key.Key_D)
    clicks(room, room.a, *LEVEL)
    room.view.toggle_second()
    second = room.view.second_window
    assert second is not None
    assert second.stage.panes["A"].figures == room.a.figures
    clicks(room, room.b, *LEVEL)
    assert second.stage.panes["B"].figures == room.b.figures
    second.close()


def test_on_a_drawn_face_the_aperture_is_right_to_two_per_cent_and_angles_to_half_a_degree(room: Room) -> None:
    """B is drawn 1200 by 1500 pixels: its iris 84 wide, its lids 96 % open, 141.6 pixels."""
    eye = (0.36 * 0.8, 0.43)
    room.wheel(room.b, room.b.place_of(eye), 7)
    room.settle()
    iris, lids = 0.035 * 0.8, 0.004 + 0.045 * 0.96
    room.key(Qt.Key.Key_C)
    clicks(room, room.b, (eye[0] - iris, eye[1]), (eye[0] + iris, eye[1]))
    room.key(Qt.Key.Key_U)
    clicks(room, room.b, (eye[0], eye[1] - lids), (eye[0], eye[1] + lids))
    room.key(Qt.Key.Key_A)
    clicks(room, room.b, (eye[0] - iris, eye[1]), eye, (eye[0], eye[1] - lids))
    values = [one.value(1500).number for one in kept(room)[1:]]
    assert values[0] == pytest.approx(141.6 / 84, rel=0.02)
    assert values[1] == pytest.approx(90, abs=0.5)


def painted(portrait: Portrait) -> tuple[bytes, GroundTruth]:
    """A drawn photograph as a JPEG, and what is true of it."""
    colours, truth = paint(portrait)
    return cv2.imencode(".jpg", cv2.cvtColor(colours, cv2.COLOR_RGB2BGR))[1].tobytes(), truth


def unit_of(point: Point | None, portrait: Portrait) -> Point:
    """A drawn point, which counts from the middles of pixels, in picture units."""
    assert point is not None
    return picture_units((point[0] + 0.5, point[1] + 0.5), portrait.width, portrait.height)


def test_the_iris_of_a_drawn_face_is_suggested_rightly_and_kept_by_one_key(
    make_room: RoomMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    face = Portrait(PortraitKind.FACE_FRONT, 2, width=900, height=900, grain=3)
    data, truth = painted(face)
    source = DrawnPictures(two_years().injections, preview_side=900)
    source.files[source.add(OPEN, DAYS[1], 50, (900, 900))] = data

    def suggest(picture: Pixels) -> SuggestedFigures | None:
        found = suggest_eyes(picture)
        return None if found is None else SuggestedFigures(found.right, found.midline, found.sureness)

    monkeypatch.setattr(source, "suggest", suggest)
    room = make_room(source)
    room.open()
    room.key(Qt.Key.Key_C)
    assert "% sure: Enter takes it" in room.a.chips[0]
    room.key(Qt.Key.Key_Return)
    (iris,) = kept(room)
    assert truth.iris_diameter is not None
    assert math.dist(*iris.points) * 900 == pytest.approx(truth.iris_diameter, rel=0.06)


@pytest.mark.parametrize("tilt", [-18.0, 7.0])
def test_the_head_tilt_of_a_drawn_neck_is_right_to_half_a_degree(make_room: RoomMaker, tilt: float) -> None:
    """Laterocollis by four clicks: forehead and chin on the midline, then both shoulders."""
    neck = Portrait(PortraitKind.NECK_FRONT, 5, width=900, height=900, head_tilt_deg=tilt, shoulder_drop=0.0)
    data, truth = painted(neck)
    source = DrawnPictures(two_years().injections)
    source.files[source.add(OPEN, DAYS[1], 50, (900, 900))] = data
    room = make_room(source)
    room.open()
    eyes = unit_of(truth.pupil_right, neck), unit_of(truth.pupil_left, neck)
    shoulders = unit_of(truth.shoulder_right, neck), unit_of(truth.shoulder_left, neck)
    room.key(Qt.Key.Key_H)
    clicks(room, room.a, *face_midline(*eyes), *shoulders)
    assert kept(room)[0].value(900).number == pytest.approx(tilt, abs=0.5)
    assert rows(room)[0].a.endswith("right" if tilt > 0 else "left")
