"""Photographs as files are: gone, spoilt, a panorama, of every size; in a real clinic, each named, the rest goes on."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from clinic_app.services import Services
from clinic_app.ui.compare import CompareView
from clinic_app.ui.tasks import Tasks
from clinic_app.ui.theme import ThemeKeeper
from tests.builders import add_patient, give
from tests.ui.compare_room import button
from tests.ui.patients_room import Room, open_room
from tests.ui.test_compare_clinic import CTRL_SHIFT, press, viewer

LEFT = Qt.MouseButton.LeftButton
MODES = (Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4, Qt.Key.Key_5, Qt.Key.Key_S, Qt.Key.Key_1)


@pytest.fixture
def clinic(keeper: ThemeKeeper, tasks: Tasks, qtbot: QtBot, tmp_path: Path) -> Iterator[Room]:
    with open_room(keeper, tasks, qtbot, tmp_path) as room:
        yield room


def taken(services: Services, *sizes: tuple[int, int]) -> tuple[int, list[int]]:
    """A patient with an injection, and photographs of these sizes, the first before it: (case, photographs)."""
    patient, case = add_patient(services)
    give(services, patient, case, date(2025, 11, 11))
    ids = []
    for number, size in enumerate(sizes):
        data = io.BytesIO()
        Image.radial_gradient("L").resize(size).convert("RGB").save(data, "JPEG", quality=70 + number)
        day = f"2025{1110 + number * 14}" if number < 2 else f"20251{200 + number}"
        report = services.pictures.import_bytes(patient, data.getvalue(), f"IMG-{day}-WA000{number}.jpg", "F01").result
        ids.append(report.files[0].picture.id)  # type: ignore[attr-defined]
    return case, ids


def blob(services: Services, picture: int, kind: str) -> Path:
    """The file of a photograph, or of what was made from it."""
    with services.context.units.read() as unit:
        name = str(getattr(unit.pictures.get(picture), kind))
    return Path(services.clinic.folder) / "blobs" / name[:2] / name


def opened(clinic: Room, case: int) -> CompareView:
    view = viewer(clinic)
    view.open_case(case)
    clinic.settle()
    return view


def colours(image: QImage) -> int:
    """How many colours a picture has, about."""
    small = image.scaled(60, 60)
    return len({small.pixel(x, y) for x in range(60) for y in range(60)})


def test_a_photograph_that_is_gone_is_named_and_the_rest_goes_on(clinic: Room) -> None:
    services = clinic.services
    case, (a, b, c) = taken(services, (400, 300), (400, 300), (300, 400))
    lost = blob(services, a, "preview")
    kept = lost.read_bytes()
    lost.unlink()
    view = opened(clinic, case)
    assert view.shown == (a, b)
    first, second = view.stage.panes["A"], view.stage.panes["B"]
    assert "missing" in first.notice
    assert (first.has_picture, second.has_picture) == (False, True)
    for key in MODES:
        press(clinic, view, key)
        assert not view.stage.grab().toImage().isNull()
    press(clinic, view, Qt.Key.Key_D)
    for x in (0.3, 0.6):
        QTest.mouseClick(second, LEFT, pos=second.place_of((x, 0.3)).toPoint())
        clinic.settle()
    press(clinic, view, Qt.Key.Key_Escape)
    assert [one.picture_id for one in services.pictures.pair(case).measured] == [b]
    press(clinic, view, Qt.Key.Key_Right)
    assert view.shown == (a, c)
    assert second.has_picture
    lost.write_bytes(kept)
    button(first.buttons, "Try again").click()
    clinic.settle()
    assert first.has_picture
    assert first.notice == ""
    view.close_case()
    clinic.settle()


def test_full_detail_that_is_spoilt_leaves_the_preview_and_is_said(clinic: Room) -> None:
    services = clinic.services
    case, (a, b) = taken(services, (3000, 2400), (3000, 2400))
    whole = blob(services, b, "display")
    spoilt = bytearray(whole.read_bytes())
    spoilt[len(spoilt) // 2] ^= 1
    whole.write_bytes(bytes(spoilt))
    view = opened(clinic, case)
    assert view.stage.panes["B"].has_picture
    press(clinic, view, Qt.Key.Key_Z)
    clinic.settle()
    assert view.stage.panes["B"].has_picture
    assert "full detail" in view.status.left.text().lower()
    assert view.shown == (a, b)
    view.close_case()
    clinic.settle()


@pytest.mark.parametrize("size", [(8000, 200), pytest.param((200, 3000), marks=pytest.mark.slow)])
def test_a_panorama_is_compared_with_an_ordinary_photograph(clinic: Room, size: tuple[int, int]) -> None:
    services = clinic.services
    case, (a, b) = taken(services, size, (300, 400))
    view = opened(clinic, case)
    assert view.shown == (a, b)
    for key in MODES:
        press(clinic, view, key)
        assert colours(view.stage.grab().toImage()) > 20
    press(clinic, view, Qt.Key.Key_Right, CTRL_SHIFT)
    press(clinic, view, Qt.Key.Key_BracketRight)
    press(clinic, view, Qt.Key.Key_D)
    pane = view.stage.panes["A"]
    for x in (0.4, 0.6):
        QTest.mouseClick(pane, LEFT, pos=pane.place_of((x * min(1.0, size[0] / size[1]), 0.01)).toPoint())
        clinic.settle()
    answer = services.pictures.pair(case)
    assert [one.picture_id for one in answer.measured] == [a]
    assert {one.picture.id: one.picture.turned for one in answer.pictures} == {a: 0, b: 1}
    view.close_case()
    clinic.settle()
