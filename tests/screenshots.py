"""``dev.py screenshots [FOLDER]``: every screen on the demo clinic in three looks, into ``docs/pictures/``.

``dev.py screenshots --cases 100000 [FOLDER]``: the views of the schedule by the size of the clinic, see
``tests/screenshots_by_size.py``.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("CLINIC_KDF_FAST", "1")

from PySide6.QtCore import QEventLoop, QPoint, QSettings, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from clinic_app.domain.absences import AbsenceDetails
from clinic_app.domain.alignment import (
    IDENTITY,
    Alignment,
    AlignmentMethod,
    PointPair,
    alignment_of_points,
    picture_units,
)
from clinic_app.domain.calendar_board import Scale
from clinic_app.domain.call_list import Column, Columns, Grouping, ListShape, SortKey
from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.comparison import FramedAlignment
from clinic_app.domain.marks import Part
from clinic_app.domain.papers import PaperKind
from clinic_app.domain.preferences import MachinePreferences
from clinic_app.domain.schedule import BookingDetails, FollowUpStatus
from clinic_app.domain.schedule_filter import CallListFilter
from clinic_app.imaging.portraits import draw
from clinic_app.imaging.sitters import Portrait, PortraitKind
from clinic_app.services import Services
from clinic_app.ui.backups.check_sheet import CheckSheet
from clinic_app.ui.compare import CompareView
from clinic_app.ui.compare.mark_panel import WordsField
from clinic_app.ui.compare.take_out_dialog import SaveDialog
from clinic_app.ui.context import UiContext
from clinic_app.ui.intents import Intents
from clinic_app.ui.patients.merge_sheet import MergeSheet
from clinic_app.ui.patients.record_copy_sheet import RecordCopySheet
from clinic_app.ui.schedule.calendar_view import CalendarView
from clinic_app.ui.schedule.forecast_view import FIGURES, PLAN, WEEKS, ForecastView
from clinic_app.ui.schedule.room import CALL_LIST
from clinic_app.ui.settings.setting_sheet import SettingSheet
from clinic_app.ui.settings.view import SettingsView
from clinic_app.ui.shell.window import MainWindow
from clinic_app.ui.tasks import Tasks
from clinic_app.ui.theme import Appearance, ThemeKeeper
from clinic_app.ui.vault.door_keeper import DoorKeeper
from clinic_app.ui.vault.start_view import StartView
from clinic_app.ui.widgets.setting_fields import PlanField
from tests.builders import Clock, door
from tests.exchange.registers import write_dirty_register

ROOT = Path(__file__).resolve().parents[1]
WIDE, COMPACT = (1440, 900), (1366, 700)
PHOTOS = 60
"""Photographs drawn before the pictures are taken: those of the patients that are shown."""


class Camera:
    """The real window on a demo clinic, and a way to take it screen by screen."""

    def __init__(self, application: QApplication, services: Services, place: Path, folder: Path) -> None:
        self.services, self.folder, self._place = services, folder, place
        self.keeper = ThemeKeeper(application, ROOT / "resources" / "themes")
        self.keeper.icons.load_now()
        self.keeper.set_reduced_motion(True)
        self.tasks = Tasks()
        self.context = UiContext(self.tasks, self.keeper, Intents())
        settings = QSettings(str(place / "window.ini"), QSettings.Format.IniFormat)
        settings.setValue("today_first", "false")
        self.window = MainWindow(self.context, settings, MachinePreferences(), lambda _: None)
        self.window.show()
        self.window.attach(services)
        self.settle()
        asha = services.patients.by_mrn("4127")
        self.patient = asha.id if asha is not None else 0
        self.case = services.patients.page(asha.id).cases[0].case.id if asha is not None else 0

    def settle(self, milliseconds: int = 150) -> None:
        """Let everything that was asked be answered and painted."""
        for _ in range(200):
            loop = QEventLoop()
            QTimer.singleShot(milliseconds, loop.quit)
            loop.exec()
            if not self.tasks.pending:
                return

    def take(self, name: str, look: str) -> None:
        """Keep what the window shows once its sheets have laid themselves out."""
        self.settle()
        self.settle(400)
        if (popup := QApplication.activePopupWidget()) is not None:
            popup.close()
        self.window.toast.close_now()
        self.settle(200)
        self.window.grab().save(str(self.folder / f"{name}-{look}.png"))

    def close_sheet(self) -> None:
        """Put away whatever lies over the window."""
        self.window.setFocus()
        sheet = self.window.sheet
        if sheet is not None:
            sheet.hide()
            self.window.sheets.close()
        for room in (self.window.sheets.photos, self.window.sheets.register):
            if room is not None:
                room.hide()
        self.settle(50)

    def _forecast(self, look: str) -> None:
        """The forecast's pages; the first one with its bars as visits and as units."""
        room = self.window.schedule_room
        view = room.show_view("forecast")
        assert isinstance(view, ForecastView)
        for place, name in ((PLAN, "day-plan"), (FIGURES, "figures"), (WEEKS, "forecast")):
            view.show_page(place)
            self.take(name, look)

    def _call_list_and_board(self, look: str) -> None:
        """The list in another shape with several rows selected, its safety check, and the board."""
        self.window.go_to("schedule")
        self.window.schedule_room.show_view("call_list")
        schedule = self.window.schedule
        schedule.choices.set_columns(Columns().toggled(Column.VILLAGE).toggled(Column.NEXT_CALL))
        schedule.choices.set_shape(ListShape(Grouping.VILLAGE, (SortKey(Column.PATIENT),)))
        self.settle()
        schedule.table.pick_all()
        self.take("call-list-villages", look)
        schedule.choices.set_shape(ListShape())
        schedule.choices.set_columns(Columns())
        entry, today = self.services.schedule.rows(FollowUpStatus.OVERDUE, 0, 1)[0], self.services.today()
        details = BookingDetails(entry.patient_id, today, (entry.case_id,), wait_until=today + timedelta(days=20))
        undo = self.services.waiting.wait(details).undo
        schedule.filters.take_view(CallListFilter(waits=True), ListShape())
        self.take("waiting-list", look)
        schedule.filters.clear()
        self.services.undo(undo or 0)
        self.context.intents.safety_check.emit()
        self.take("safety-check", look)
        self.close_sheet()
        room = self.window.schedule_room
        room.show_view("board").setFocus()
        self.take("board", look)
        room.show_view("call_list")
        self.settle()

    def _calendar(self, look: str) -> None:
        """Month, week and day, somebody on the way to a day, and another day."""
        room = self.window.schedule_room
        view = room.show_view("calendar")
        if not isinstance(view, CalendarView):
            raise TypeError(view)
        self.take("calendar-month", look)
        row = view.tray.model.first_row()
        if row is not None:
            view.tray.table.choose(row)
            self.settle()
            QTest.keyClick(view.tray.table, Qt.Key.Key_M)
            self.take("calendar-carry", look)
            QTest.keyClick(view.month, Qt.Key.Key_Escape)
        view.show_scale(Scale.WEEK)
        self.take("calendar-week", look)
        view.show_scale(Scale.DAY)
        booked = view.chosen_day
        if booked is not None:
            view.choose_day(booked + timedelta(days=1))
        self.take("calendar-day", look)
        view.show_scale(Scale.MONTH)
        view.other_day.click()
        view.strip.day.set_words("+12w")
        self.take("calendar-as-of", look)
        view.leave_as_of()
        room.show_view(CALL_LIST)

    def _bookings(self, look: str) -> None:
        """Who waits and gets a free place, a doctor who is away, public holidays, whom a rule moves, *Why?*; the
        clinic is as before afterwards.
        """
        services, window, intents = self.services, self.window, self.context.intents
        window.go_to("schedule")
        entry = services.schedule.rows(FollowUpStatus.OVERDUE, 0, 1)[0]
        today = services.today()
        details = BookingDetails(entry.patient_id, today, (entry.case_id,), wait_until=today + timedelta(days=20))
        undone = [services.waiting.wait(details).undo]
        botox = next(
            board.day.day
            for week in range(1, 4)
            for board in services.schedule.week(today - timedelta(days=today.weekday()) + timedelta(weeks=week))
            if board.day.is_botox_day and board.entries
        )
        undone.append(services.absences.add(AbsenceDetails("Dr Nisha Thomas", botox, botox, 2, "congress")).undo)
        self.context.tasks.changed.emit(Changes(frozenset({Topic.SCHEDULE})))
        self.settle(900)
        intents.select_case.emit(entry.patient_id, entry.case_id)
        self.settle()
        window.inspector.why.click()
        self.take("bookings-strips", look)
        window.inspector.why.click()
        for name, ask in (
            ("free-place", window.strips.free_place.button.click),
            ("doctors-away", window.strips.must_move.button.click),
            ("booking-other-day", lambda: intents.book_on.emit(entry.case_id, botox)),
        ):
            ask()
            self.take(name, look)
            self.close_sheet()
        for undo in undone:
            services.undo(undo or 0)
        self.context.tasks.changed.emit(Changes(frozenset({Topic.SCHEDULE})))
        window.go_to("settings")
        self.settle(300)
        view = window._setting_list
        assert isinstance(view, SettingsView)
        for name, key in (("public-holidays", "closed_days"), ("rule-moves", "plan")):
            view.change_wanted.emit(key)
            self.settle(300)
            sheet = window.sheet
            assert isinstance(sheet, SettingSheet)
            if key == "closed_days":
                sheet.holidays.choose("IN")
            elif sheet.input is not None and isinstance(sheet.input.widget, PlanField):
                sheet.input.widget.opens.number.setValue(4)
                sheet.input.widget.closes.number.setValue(6)
                self.settle(800)
            self.take(name, look)
            self.close_sheet()

    def all_screens(self, look: str) -> None:
        """Every area and every sheet."""
        intents, window = self.context.intents, self.window
        window.go_to("today")
        self.take("today", look)
        window.go_to("schedule")
        window.go_to("schedule")
        self.take("call-list", look)
        self._papers(look)
        self._forecast(look)
        self._calendar(look)
        self._bookings(look)
        self._call_list_and_board(look)
        window.go_to("patients")
        self.take("patients", look)
        window.open_case(self.patient, self.case)
        self.take("case", look)
        self._photos_tab(look)
        sheets: dict[str, Callable[[], None]] = {
            "visit": lambda: intents.record_visit.emit(self.patient, self.case),
            "diagnosis": lambda: intents.edit_case.emit(self.patient, self.case),
            "patient": lambda: intents.edit_patient.emit(self.patient),
            "toxin-elsewhere": lambda: intents.external.emit(self.patient, 0),
            "call": lambda: intents.log_call.emit(self.case),
            "booking": lambda: intents.book.emit(self.case),
            "hold": lambda: intents.hold.emit(self.case),
            "stop": lambda: intents.stop.emit(self.case),
            "departure": lambda: intents.departed.emit(self.patient),
        }
        for name, ask in sheets.items():
            ask()
            self.take(name, look)
            self.close_sheet()
        window.sheets.import_register(str(self._register()))
        self.settle(400)
        self.take("register-import", look)
        self.close_sheet()
        window.sheets.import_pictures(self.patient, (str(self._photos()),))
        self.settle(400)
        self.take("picture-import", look)
        self.close_sheet()
        self._take_photos_back()
        window.compare(self.case)
        self.settle(300)
        self.take("compare", look)
        intents.show_injection.emit(self.case, 0)
        self.take("compare-injection", look)
        self.window._viewer_room().toggle_injection()
        self._comparisons(look)
        window.go_to("audit")
        audit = window._audit_room()
        audit.start_verifying()
        self.settle(400)
        self.take("audit", look)
        intents.audit_of.emit(self.patient)
        self.settle(300)
        self.take("audit-patient", look)
        audit.export.click()
        self.take("audit-export", look)
        self.close_sheet()
        audit.filters.clear()
        self._safety(look)
        window.go_to("settings")
        self.take("settings", look)
        settings = window._settings_room()
        for key in ("plan", "botox_days", "minimum", "texts_letter"):
            settings.change_wanted.emit(key)
            self.take(f"setting-{key.replace('_', '-')}", look)
            self.close_sheet()
        settings.keyboard_wanted.emit()
        self.take("keyboard", look)
        self.close_sheet()
        settings.steps_wanted.emit("rules")
        self.take("steps-again", look)
        self.close_sheet()
        window.show_help("security")
        self.take("help", look)
        if window._help is not None:
            window._help.leave()
        window.go_to("schedule")

    def _papers(self, look: str) -> None:
        """The dialog that prints, and the sheets beside it."""
        window = self.window
        for kind in (PaperKind.CALL_LIST, PaperKind.DAY_LIST, PaperKind.DAY_PLAN, PaperKind.SLIP):
            window.papers.open(kind)
            self.settle(300)
            dialog = window.papers.dialog
            assert dialog is not None
            dialog.grab().save(str(self.folder / f"print-{kind.value.replace('_', '-')}-{look}.png"))
            dialog.reject()
            self.settle()
        for name in ("back_entry", "schedule_file"):
            window.commands.actions[name].trigger()
            self.take(name.replace("_", "-"), look)
            self.close_sheet()

    def _comparisons(self, look: str) -> None:
        """Every mode of the viewer, on a pair aligned by the inner corners of the eyes."""
        view = self.window._viewer_room()
        key = Qt.Key
        self._align(view)
        self.take("compare-aligned", look)
        for name, pressed in (
            ("slide", key.Key_2), ("overlay", key.Key_3), ("flip", key.Key_4), ("difference", key.Key_5),
            ("single", key.Key_S),
        ):  # fmt: skip
            QTest.keyClick(view.stage.active, pressed)
            self.take(f"compare-{name}", look)
        QTest.keyClick(view.stage.active, key.Key_1)
        QTest.keyClick(view.stage.active, key.Key_S, Qt.KeyboardModifier.ShiftModifier)
        self.take("compare-cycles", look)
        QTest.keyClick(view.cycles, key.Key_Escape)
        QTest.keyClick(view.stage.active, key.Key_N)
        self.take("compare-three", look)
        QTest.keyClick(view.stage.active, key.Key_N, Qt.KeyboardModifier.ShiftModifier)
        for pressed in (key.Key_Plus, key.Key_Plus, key.Key_Plus, key.Key_G, key.Key_M):
            QTest.keyClick(view.stage.active, pressed)
        pane = view.stage.panes["A"]
        QTest.mouseClick(pane, Qt.MouseButton.LeftButton, pos=pane.rect().center() - QPoint(60, 40))
        QTest.mouseMove(pane, pane.rect().center() + QPoint(50, -30))
        self.take("compare-points", look)
        QTest.keyClick(view.stage.active, key.Key_Escape)
        view.open_menu()
        self.settle(200)
        menu = QApplication.activePopupWidget()
        if menu is not None:
            menu.grab().save(str(self.folder / f"compare-menu-{look}.png"))
            menu.close()
        self._drawing(view, look)
        for pressed in (key.Key_G, key.Key_G, key.Key_G, key.Key_0):
            QTest.keyClick(view.stage.active, pressed)
        view.act("forget")
        view.aligner.save()
        self.settle()

    def _drawing(self, view: CompareView, look: str) -> None:
        """A text, an arrow, a hidden region with its panel, the sheets from which they leave; then removed."""
        key, shift, left = Qt.Key, Qt.KeyboardModifier.ShiftModifier, Qt.MouseButton.LeftButton
        QTest.keyClick(view.stage.active, key.Key_0)
        pane = view.stage.panes["B"]

        def spot(x: float, y: float) -> QPoint:
            return pane.place_of((x, y)).toPoint()

        def drag(begin: QPoint, end: QPoint) -> None:
            QTest.mousePress(pane, left, pos=begin)
            QTest.mouseMove(pane, end)
            QTest.mouseRelease(pane, left, pos=end)
            self.settle()

        QTest.keyClick(view.stage.active, key.Key_T)
        self.settle()
        QTest.mouseClick(pane, left, pos=spot(0.12, 0.12))
        self.settle()
        field = pane.findChildren(WordsField)[-1]
        QTest.keyClicks(field, "Lids open again")
        QTest.keyClick(field, key.Key_Return)
        self.settle()
        QTest.keyClick(view.stage.active, key.Key_D, shift)
        drag(spot(0.2, 0.2), spot(0.3, 0.36))
        QTest.keyClick(view.stage.active, key.Key_E)
        view.marker.panel.parts[Part.ANY].click()
        self.settle()
        drag(spot(0.25, 0.55), spot(0.55, 0.68))
        self.take("compare-drawing", look)
        QTest.keyClick(view.stage.active, key.Key_Escape)
        QTest.keyClick(view.stage.active, key.Key_E)
        self._leaving(view, look)
        photo = view.loader.shown["B"]
        assert photo is not None
        self.services.marking.remove(photo.picture_id, [mark.id for mark in photo.marks])
        view.open_case(self.case, view.reading.view if view.reading is not None else None)
        self.settle()

    def _leaving(self, view: CompareView, look: str) -> None:
        """The sheets a comparison is saved and printed from."""
        for name, key in (("save", Qt.Key.Key_E), ("print", Qt.Key.Key_P)):
            QTest.keyClick(view.stage.active, key, Qt.KeyboardModifier.ControlModifier)
            self.settle(200)
            sheet = next(one for one in self.window.findChildren(SaveDialog) if one.isVisible())
            sheet.folder.setText("/home/clinic/Pictures")
            sheet.grab().save(str(self.folder / f"compare-{name}-{look}.png"))
            sheet.reject()
            self.settle()

    def _align(self, view: CompareView) -> None:
        """B over A, by what is known of how they were drawn."""
        corners = []
        for picture_id in view.shown:
            picture = next(
                p for p in self.services.pictures.entries(self.patient) if p.picture.id == picture_id
            ).picture
            planned = next(one for one in self.services.demo._plan or () if one.file_name == picture.file_name)
            small = max(planned.portrait.width, planned.portrait.height) / 1200
            size = (round(planned.portrait.width / small), round(planned.portrait.height / small))
            drawn = draw(replace(planned.portrait, width=size[0], height=size[1]))
            truth = (drawn.truth.inner_corner_right, drawn.truth.inner_corner_left)
            corners.append([picture_units(one, drawn.width, drawn.height) for one in truth if one is not None])
        first, second = view.shown
        assert first is not None
        assert second is not None
        found = alignment_of_points([PointPair(b, a) for a, b in zip(*corners, strict=True)])
        still = FramedAlignment(first, Alignment(IDENTITY, AlignmentMethod.POINTS))
        view.aligner.place({first: still, second: FramedAlignment(first, found)})
        view.aligner.save()
        self.settle()

    def _safety(self, look: str) -> None:
        """Backups, the check, the bin, and the sheets that delete, merge and look back."""
        intents, window, services = self.context.intents, self.window, self.services
        disk = self._place / "Backup disk"
        disk.mkdir(exist_ok=True)
        if not services.backups.places():
            services.backups.set_places([str(disk)])
            services.backups.run(str(disk))
            services.backups.drill(str(disk), None)
            services.bin.delete_patient(services.patients.entries("", 0, 40)[-1].id, "Registered twice")
        window.go_to("backups")
        self.take("backups", look)
        backups = window._backups_room()
        for name, ask in (("backup-place", backups.add.click), ("restore-drill", backups.drill.click)):
            ask()
            self.take(name, look)
            self.close_sheet()
        window.check_data()
        self.settle(200)
        sheet = window.sheet
        if isinstance(sheet, CheckSheet):
            sheet.save()
            self.settle(300)
        self.take("check", look)
        self.close_sheet()
        window.go_to("bin")
        self.take("bin", look)
        patient = services.patients.get(self.patient)
        if not patient.details.notes:
            noted = replace(patient.details, notes="Prefers mornings", village="Nashik")
            services.patients.change(self.patient, noted, patient.version)
        window.open_case(self.patient, self.case)
        for name, ask in (
            ("delete-patient", lambda: intents.delete_patient.emit(self.patient)),
            ("merge", lambda: intents.merge_patient.emit(self.patient)),
            ("versions", lambda: intents.versions.emit(self.patient)),
            ("record-copy", lambda: intents.copy_record.emit(self.patient)),
        ):
            ask()
            self.settle(200)
            sheet = window.sheet
            if isinstance(sheet, MergeSheet):
                other = services.patients.entries("", 0, 40)[3]
                sheet._offer((other,))
                sheet.other.set_code(str(other.id))
                sheet._typed()
                sheet.reason.setFocus()
                self.settle(200)
            if isinstance(sheet, RecordCopySheet):
                sheet.folder.setText(str(self._place / "USB stick" / "record-4127-2026-03-19"))
            self.take(name, look)
            self.close_sheet()

    def access_screens(self, look: str) -> None:
        """Who may sign in, and the locked window."""
        window = self.window
        window.go_to("people")
        self.take("people", look)
        window.set_pin()
        self.take("pin", look)
        self.close_sheet()
        window.go_to("schedule")
        window.locking.lock()
        self.take("locked", look)
        page = window.locking.page
        assert page is not None
        page.form.submit()
        self.settle(300)

    def start_screens(self, look: str) -> None:
        """What is shown before a clinic is open."""
        doors = DoorKeeper(self.tasks, lambda: door(Clock()))
        view = StartView(self.keeper, doors, "Clinic data", "Demo data", self.window)
        self.window.show_start(view)
        view.begin()
        self.take("start", look)
        self._first_steps(view, look)
        view.close_unopened()
        self.window.hide_start()
        self.settle(50)

    def _first_steps(self, view: StartView, look: str) -> None:
        """The pages that make a clinic; it is taken away again."""
        view._folder = str(self._place / f"new-{look}")
        view._language = "en"
        view._show_steps()
        steps = view.steps
        if steps.language is not None:
            self.take("steps-language", look)
            steps.go_on()
        steps.clinic.name.setText("District Hospital, Botulinum toxin clinic")
        self.take("steps-clinic", look)
        steps.go_on()
        steps.person.user.setText("Dr Nisha Thomas")
        steps.person.show_suggestion("lantern orchard velvet thunder basket")
        self.take("steps-person", look)
        steps.go_on()
        self.settle(600)
        self.take("steps-codes", look)
        for line, code in zip(steps.codes.last, steps.codes.codes, strict=True):
            line.setText(code[-9:])
        steps.go_on()
        self.settle(300)
        self.take("steps-rules", look)
        steps.go_on()
        self.take("steps-backups", look)
        steps.skip()
        self.take("steps-ready", look)
        steps._created, steps._dropped = steps._created, True
        view._show_restoring()
        self.take("restore", look)

    def _register(self) -> Path:
        path = self._place / "register.xlsx"
        if not path.exists():
            write_dirty_register(path, "xlsx")
        return path

    def _photos_tab(self, look: str) -> None:
        """The contact sheet and the checklist of views."""
        page = self.window._case_room()
        page.show_tab(1)
        self.take("photos", look)
        page.pictures.show_way(2)
        self.take("photos-checklist", look)
        page.pictures.show_way(0)
        page.show_tab(0)

    def _photos(self) -> Path:
        """A folder as it comes from a telephone: two sittings of one patient, two weeks apart."""
        folder = self._place / "Camera"
        if not folder.exists():
            folder.mkdir()
            kinds = PortraitKind.FACE_FRONT, PortraitKind.EYES, PortraitKind.FACE_EYES_CLOSED
            for day, lids in ((5, 0.25), (19, 0.9)):
                for number, kind in enumerate(kinds):
                    portrait = Portrait(
                        kind, seed=4127, sex="F", age=58, lid_aperture_right=lids, lid_aperture_left=lids,
                        jitter=10 * day + number, width=900, height=1200,
                        taken_text=f"2026:03:{day:02} 09:1{number}:20", camera="Demo telephone",
                    )  # fmt: skip
                    name = f"IMG_202603{day:02}_091{number}20.jpg"
                    (folder / name).write_bytes(draw(portrait).jpeg)
        return folder

    def _take_photos_back(self) -> None:
        """The clinic is as before, so that the next look shows the same."""
        self.window.trail.undo_last()
        self.settle()

    def close(self) -> None:
        """End everything."""
        self.window.close()
        self.tasks.close()


@contextmanager
def named_place() -> Iterator[Path]:
    """A folder for the clinic and its backups, under a name that may stand in a picture."""
    place = Path(tempfile.gettempdir()) / "Clinic PC"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def main(arguments: list[str]) -> int:
    """Take every screen in three looks."""
    if "--cases" in arguments:
        from tests import screenshots_by_size

        return screenshots_by_size.main(arguments)
    folder = Path(arguments[0]) if arguments else ROOT / "docs" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    with named_place() as place:
        services = door(Clock()).create_demo(str(place / "demo"))
        services.demo.fill()
        services.demo.draw_pictures(limit=PHOTOS)
        camera = Camera(application, services, place, folder)
        looks = (
            ("light", Appearance.LIGHT, WIDE),
            ("dark", Appearance.DARK, WIDE),
            ("compact", Appearance.LIGHT, COMPACT),
        )
        for look, appearance, (width, height) in looks:
            camera.keeper.set_appearance(appearance)
            camera.window.setWindowState(Qt.WindowState.WindowNoState)
            camera.window.resize(width, height)
            camera.settle()
            camera.all_screens(look)
            camera.access_screens(look)
            camera.start_screens(look)
        camera.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
