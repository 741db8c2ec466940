"""The viewer over a real encrypted clinic: what is aligned, turned and remembered is there after it was closed."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clinic_app.domain.access import Action
from clinic_app.domain.alignment import AlignmentMethod
from clinic_app.domain.audit import AuditFilter
from clinic_app.domain.cases import CaseDetails, Side
from clinic_app.domain.comparison import CompareMode
from clinic_app.domain.lens import Lens
from clinic_app.domain.marks import Part
from clinic_app.ui.compare import CompareView
from clinic_app.ui.compare.take_out_dialog import TakeOutDialog
from clinic_app.ui.tasks import Tasks
from clinic_app.ui.theme import ThemeKeeper
from tests.builders import PASSPHRASE, add_patient, give
from tests.ui.patients_room import Room, add_photo, give_sites, open_room
from tests.ui.test_compare_finding import drawn, off

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def clinic(keeper: ThemeKeeper, tasks: Tasks, qtbot: QtBot, tmp_path: Path) -> Iterator[Room]:
    with open_room(keeper, tasks, qtbot, tmp_path) as room:
        yield room


def viewer(room: Room) -> CompareView:
    """The viewer, as the window builds it."""
    view = CompareView(room.context.theme, room.tasks)
    room.show(view, 1200, 800)
    view.setFocus()
    return view


def press(
    room: Room, view: CompareView, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    """A key in whatever has the keyboard."""
    QTest.keyClick(QApplication.focusWidget() or view.stage.active, key, modifiers)
    room.settle()


def test_what_was_aligned_turned_and_shown_is_there_again(clinic: Room, tmp_path: Path) -> None:
    services = clinic.services
    patient, case = add_patient(services)
    give_sites(services, patient, case, date(2025, 11, 11))
    a = add_photo(services, patient, "IMG-20251110-WA0001.jpg", 100)
    b = add_photo(services, patient, "IMG-20251121-WA0002.jpg", 110)
    services.pictures.set_view([a, b], "F01")
    view = viewer(clinic)
    view.out.folder = tmp_path
    view.open_case(case)
    clinic.settle()
    assert view.shown == (a, b)
    assert view.stage.panes["B"].caption is not None
    assert view.stage.panes["B"].caption.second.endswith("20 U, 4 sites)")
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down):
        press(clinic, view, key, CTRL_SHIFT)
    press(clinic, view, Qt.Key.Key_Period)
    press(clinic, view, Qt.Key.Key_3)
    press(clinic, view, Qt.Key.Key_Plus)
    lens = view.stage.lens
    view.close_case()
    clinic.settle()
    placed = services.pictures.pair(case).alignments
    assert set(placed) == {a, b}
    assert placed[b].alignment.similarity.rotation == pytest.approx(0.5)
    view.open_case(case)
    clinic.settle()
    assert view.stage.mode is CompareMode.BLEND
    assert view.stage.lens == lens
    press(clinic, view, Qt.Key.Key_BracketRight)
    clinic.settle()
    assert {entry.picture.id: entry.picture.turned for entry in services.pictures.entries(patient)} == {a: 0, b: 1}
    assert set(services.pictures.pair(case).alignments) == {a}
    assert view.stage.photos["B"].placed is None
    services.access.confirm(PASSPHRASE, Action.EXPORT_IDENTIFIABLE)
    press(clinic, view, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    next(one for one in view.window().findChildren(TakeOutDialog) if one.isVisible()).verb_button.click()
    clinic.settle()
    clinic.settle()
    [out] = tmp_path.glob("comparison-*.png")
    assert out.read_bytes().startswith(b"\x89PNG")
    with services.context.units.read() as unit:
        exported = unit.audit.entries(AuditFilter(action="photo.export", patient_id=patient), 0, 9)
        assert unit.audit.verify(rows=True).problems == ()
    assert {entry.object_id for entry in exported} == {str(a), str(b)}
    view.close_case()
    clinic.settle()


def test_points_found_by_themselves_are_kept_entered_and_taken_back(clinic: Room) -> None:
    services = clinic.services
    patient, case = add_patient(services)
    give_sites(services, patient, case, date(2025, 11, 11))
    ids = []
    for name, data in zip(("IMG-20251110-WA0001.jpg", "IMG-20251121-WA0002.jpg"), drawn()[:2], strict=True):
        report = services.pictures.import_bytes(patient, data, name).result
        ids.append(report.files[0].picture.id)  # type: ignore[attr-defined]
    services.pictures.set_view(ids, "F01")
    a, b = ids
    view = viewer(clinic)
    view.open_case(case)
    clinic.settle()
    press(clinic, view, Qt.Key.Key_M, Qt.KeyboardModifier.ShiftModifier)
    view.close_case()
    clinic.settle()
    kept = services.pictures.pair(case).alignments
    assert {id_: one.alignment.method for id_, one in kept.items()} == {
        a: AlignmentMethod.REFERENCE,
        b: AlignmentMethod.AUTOMATIC,
    }
    assert off(kept[b].alignment.similarity, drawn()[3]) <= 1.0
    assert (kept[b].alignment.sureness or 0) > 0.58
    with services.context.units.read() as unit:
        entered = unit.audit.entries(AuditFilter(action="alignment", patient_id=patient), 0, 9)
        assert unit.audit.verify(rows=True).problems == ()
    assert sorted((entry.action, entry.object_id) for entry in entered) == [
        ("alignment.set", str(one)) for one in sorted(ids)
    ]
    view.open_case(case)
    clinic.settle()
    assert "automatic" in view.status.left.text()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_M):
        press(clinic, view, key, CTRL_SHIFT if key == Qt.Key.Key_Right else Qt.KeyboardModifier.ShiftModifier)
    assert "aligned by hand" in view.status.left.text()
    press(clinic, view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    view.close_case()
    clinic.settle()
    assert services.pictures.pair(case).alignments == kept


def test_nothing_is_written_once_the_clinic_is_closed(clinic: Room) -> None:
    services = clinic.services
    patient, case = add_patient(services)
    give_sites(services, patient, case, date(2025, 11, 11))
    a = add_photo(services, patient, "IMG-20251110-WA0001.jpg", 100)
    b = add_photo(services, patient, "IMG-20251121-WA0002.jpg", 110)
    services.pictures.set_view([a, b], "F01")
    view = viewer(clinic)
    view.open_case(case)
    clinic.settle()
    QTest.keyClick(view.stage.active, Qt.Key.Key_Right, CTRL_SHIFT)
    clinic.context.detach()
    view.close_case()
    assert clinic.tasks.pending == 0


def test_what_was_measured_is_there_again_and_can_be_taken_back(clinic: Room) -> None:
    services = clinic.services
    patient, case = add_patient(services)
    give_sites(services, patient, case, date(2025, 11, 11))
    a = add_photo(services, patient, "IMG-20251110-WA0001.jpg", 100)
    b = add_photo(services, patient, "IMG-20251121-WA0002.jpg", 110)
    services.pictures.set_view([a, b], "F01")
    view = viewer(clinic)
    offered: list[object] = []
    view.undoable.connect(lambda _, undo: offered.append(undo))
    view.open_case(case)
    clinic.settle()
    for key in (Qt.Key.Key_C, Qt.Key.Key_D):
        press(clinic, view, key)
        for letter in "AB":
            pane = view.stage.panes[letter]
            for point in ((0.2, 0.3), (0.4, 0.3)):
                QTest.mouseClick(pane, Qt.MouseButton.LeftButton, pos=pane.place_of(point).toPoint())
                clinic.settle()
    view.close_case()
    clinic.settle()
    view.open_case(case)
    clinic.settle()
    clinic.settle()
    iris, length = (one.row for one in view.measures.panel.rows)
    assert iris.a == "≈ 11.7 mm"
    assert (length.a, length.b, length.change) == ("1.00 × iris", "1.00 × iris", "+0.00")
    pane = view.stage.panes["B"]
    assert len(pane.figures) == 2
    measured, undo = offered[-1], None
    start, end = (pane.place_of(point).toPoint() for point in ((0.2, 0.3), (0.3, 0.3)))
    QTest.mousePress(pane, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(pane, (start + end) / 2)
    QTest.mouseMove(pane, end)
    QTest.mouseRelease(pane, Qt.MouseButton.LeftButton, pos=end)
    clinic.settle()
    clinic.settle()
    corrected = offered[-1]
    assert corrected != measured
    assert [one.row.b for one in view.measures.panel.rows] != ["≈ 11.7 mm", "1.00 × iris"]
    clinic.tasks.tell(lambda services: services.undo(corrected), owner=view)  # type: ignore[arg-type]
    clinic.settle()
    clinic.settle()
    assert [one.row.b for one in view.measures.panel.rows] == ["≈ 11.7 mm", "1.00 × iris"]
    undo = measured
    assert isinstance(undo, int)
    clinic.tasks.tell(lambda services: services.undo(undo), owner=view)
    clinic.settle()
    clinic.settle()
    assert [one.row.b for one in view.measures.panel.rows] == ["≈ 11.7 mm", "–"]
    with services.context.units.read() as unit:
        done = unit.audit.entries(AuditFilter(action="measurement", patient_id=patient), 0, 29)
        assert unit.audit.verify(rows=True).problems == ()
    actions = [entry.action for entry in done]
    assert (actions[0], actions[-4:]) == ("measurement.delete", ["measurement.create"] * 4)
    assert {*actions[1:-4]} == {"measurement.edit"}, "the correction, and its way back"


def two_diagnoses(clinic: Room) -> tuple[int, int, dict[str, list[int]]]:
    """Blepharospasm and cervical dystonia of one patient, each with an injection and its photographs: cases, ids."""
    services = clinic.services
    patient, eyes = add_patient(services)
    neck = services.cases.add(patient, CaseDetails("cervical_dystonia", Side.LEFT)).result
    assert isinstance(neck, int)
    give(services, patient, eyes, date(2025, 11, 11), "35")
    give(services, patient, neck, date(2025, 12, 4), "150")
    days = {"F01": ("20251110", "20251125"), "N01": ("20251204", "20260103")}
    ids = {
        view: [add_photo(services, patient, f"IMG-{day}-WA{place:04}.jpg", 100 + 9 * place + len(view) * len(days))
               for place, day in enumerate(of, 10 if view == "N01" else 0)]
        for view, of in days.items()
    }  # fmt: skip
    for view, of in ids.items():
        services.pictures.set_view(of, view)
    return eyes, neck, ids


def test_a_photo_of_another_diagnosis_is_labelled_by_it_and_named(clinic: Room) -> None:
    eyes, neck, ids = two_diagnoses(clinic)
    view = viewer(clinic)
    chosen: list[tuple[int, int]] = []
    view.case_chosen.connect(lambda patient, case: chosen.append((patient, case)))
    view.open_case(eyes)
    clinic.settle()
    assert view.shown == tuple(ids["F01"])
    assert "also Cervical dystonia" in view.bar.about.text()
    before, after = (view.film._thumbs[place].caption for place in (2, 3))
    assert (before.title, before.diagnosis) == ("Before the first injection of this diagnosis", "Cervical dystonia")
    assert "150 U" in after.second
    assert [one.title for one in view.film.sittings if one.injected is None][2:] == [
        "Cervical dystonia: Before the first injection of this diagnosis",
        "Cervical dystonia: 4 weeks",
    ]
    captions = [view.stage.panes[letter].caption for letter in "AB"]
    assert [one.diagnosis for one in captions if one is not None] == ["Blepharospasm"] * 2
    assert view.stage.panes["B"].accessibleName().endswith("Blepharospasm")
    press(clinic, view, Qt.Key.Key_PageDown)
    assert view.shown == tuple(ids["F01"])
    assert "Cervical dystonia" in view.status.left.text()
    assert chosen == []
    press(clinic, view, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ShiftModifier)
    assert view.case_id == neck
    assert [case for _, case in chosen] == [neck]
    assert view.shown == tuple(ids["N01"])
    assert view.bar.about.text().startswith("Cervical dystonia")
    press(clinic, view, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ShiftModifier)
    assert view.case_id == eyes
    view.close_case()
    clinic.settle()


def test_the_menu_of_views_offers_the_other_diagnosis_by_name(clinic: Room) -> None:
    eyes, neck, ids = two_diagnoses(clinic)
    view = viewer(clinic)
    view.open_case(eyes)
    clinic.settle()
    assert view.bar.views.isVisible()
    words = [action.text() for action in view.bar.views.menu().actions() if not action.isSeparator()]
    assert words[0] == "Face, eyes open"
    assert len(words) == 2
    assert words[1].startswith("Cervical dystonia, left: ")
    view.bar.views.menu().actions()[-1].trigger()
    clinic.settle()
    assert (view.case_id, view.shown) == (neck, tuple(ids["N01"]))
    view.close_case()
    clinic.settle()


def test_what_is_hidden_never_reaches_the_file(clinic: Room, tmp_path: Path) -> None:
    services = clinic.services
    patient, case = add_patient(services)
    give_sites(services, patient, case, date(2025, 11, 11))
    grey = np.full((2600, 2000, 3), 120, np.uint8)
    grey[900:1300, 500:1500] = (255, 0, 255)
    ids = []
    for number, day in enumerate(("20251110", "20251121")):
        grey[0, 0] = number
        data = io.BytesIO()
        Image.fromarray(grey).save(data, "JPEG", quality=90)
        report = services.pictures.import_bytes(patient, data.getvalue(), f"IMG-{day}-WA0007.jpg").result
        ids.append(report.files[0].picture.id)  # type: ignore[attr-defined]
    services.pictures.set_view(ids, "F01")
    view = viewer(clinic)
    view.out.folder = tmp_path
    offered: list[object] = []
    view.undoable.connect(lambda _, undo: offered.append(undo))
    view.open_case(case)
    clinic.settle()
    press(clinic, view, Qt.Key.Key_E)
    view.marker.panel.parts[Part.ANY].click()
    for letter in "AB":
        pane = view.stage.panes[letter]
        ends = [pane.place_of(point).toPoint() for point in ((490 / 2600, 890 / 2600), (1510 / 2600, 1310 / 2600))]
        QTest.mousePress(pane, Qt.MouseButton.LeftButton, pos=ends[0])
        QTest.mouseMove(pane, ends[1])
        QTest.mouseRelease(pane, Qt.MouseButton.LeftButton, pos=ends[1])
        clinic.settle()
        clinic.settle()
    press(clinic, view, Qt.Key.Key_Escape)
    press(clinic, view, Qt.Key.Key_Escape)
    press(clinic, view, Qt.Key.Key_I, Qt.KeyboardModifier.ShiftModifier)
    view.stage.move_lens("A", Lens(0.25, 0.345, 6.0))
    clinic.settle()
    clinic.settle()
    services.access.confirm(PASSPHRASE, Action.EXPORT_IDENTIFIABLE)
    press(clinic, view, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    next(one for one in view.window().findChildren(TakeOutDialog) if one.isVisible()).verb_button.click()
    clinic.settle()
    clinic.settle()
    [out] = tmp_path.glob("comparison-*.png")
    with Image.open(out) as opened:
        seen = np.asarray(opened.convert("RGB"), np.int16)
    assert (seen.max(axis=2) == 0).sum() > 100_000
    assert (np.minimum(seen[..., 0], seen[..., 2]) - seen[..., 1]).max() <= 3
    undo = offered[-1]
    assert isinstance(undo, int)
    clinic.tasks.tell(lambda services: services.undo(undo), owner=view)
    clinic.settle()
    clinic.settle()
    assert [len(view.stage.photos[letter].marks) for letter in "AB"] == [1, 0]
    with services.context.units.read() as unit:
        done = unit.audit.entries(AuditFilter(action="mark", patient_id=patient), 0, 9)
        assert unit.audit.verify(rows=True).problems == ()
    assert [entry.action for entry in done] == ["mark.delete", "mark.create", "mark.create"]
