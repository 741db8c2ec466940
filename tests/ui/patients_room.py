"""A real clinic behind real tasks, and everything the rooms ask for written down."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path

import shiboken6
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from clinic_app.domain.case_page import PictureImportReport
from clinic_app.domain.treatment import CHECKLIST, InjectionSite, SessionDetails, SiteSide, Visit, VisitDetails
from clinic_app.services import Services
from clinic_app.ui.context import UiContext
from clinic_app.ui.intents import Intents
from clinic_app.ui.tasks import Tasks
from clinic_app.ui.theme import ThemeKeeper
from tests.builders import open_copied_clinic


class Room:
    """What a test of a room needs: the context, the services, and the intents that were raised."""

    def __init__(self, keeper: ThemeKeeper, tasks: Tasks, services: Services, qtbot: QtBot) -> None:
        self.services = services
        self.tasks = tasks
        self.qtbot = qtbot
        self.intents = Intents()
        self.context = UiContext(tasks, keeper, self.intents)
        self.heard: list[tuple[object, ...]] = []
        self.crashes: list[object] = []
        tasks.crashed.connect(self.crashes.append)
        for name in (
            "open_case",
            "select_case",
            "compare",
            "new_patient",
            "record_visit",
            "external",
            "correct",
            "import_pictures",
            "hold",
            "stop",
            "toast",
            "edit_case",
        ):
            getattr(self.intents, name).connect(lambda *said, name=name: self.heard.append((name, *said)))
        self.context.attach(services)

    def settle(self) -> None:
        """Wait until everything asked is delivered."""
        for _ in range(3):
            self.qtbot.waitUntil(lambda: self.tasks.pending == 0, timeout=60_000)
            QTest.qWait(1)
        assert not self.crashes

    def show(self, widget: QWidget, width: int = 1180, height: int = 800) -> None:
        """Show a room and wait for what it reads."""
        self.qtbot.addWidget(widget)
        widget.resize(width, height)
        with self.qtbot.waitExposed(widget):
            widget.show()
        widget.activateWindow()
        self.settle()

    def said(self, name: str) -> list[tuple[object, ...]]:
        """What was raised under a name."""
        return [entry[1:] for entry in self.heard if entry[0] == name]

    def toasts(self) -> list[str]:
        """The words of all toasts."""
        return [str(entry[0]) for entry in self.said("toast")]


@contextmanager
def open_room(keeper: ThemeKeeper, tasks: Tasks, qtbot: QtBot, folder: Path) -> Iterator[Room]:
    """A room over a new encrypted clinic; tasks end before the clinic is closed."""
    with open_copied_clinic(folder) as services:
        room = Room(keeper, tasks, services, qtbot)
        try:
            yield room
        finally:
            room.context.detach()
            assert tasks.close()
            shiboken6.delete(room.intents)


def give_sites(
    services: Services, patient_id: int, case_id: int, day: date, units: str = "5", *, finalise: bool = True
) -> Visit:
    """An injection by site, both sides of two muscles, with a batch and a full checklist."""
    muscles = [muscle.code for muscle in services.catalogues.muscles_for("blepharospasm_bilateral")][:2]
    sites = tuple(
        InjectionSite(muscle, side, Decimal(units)) for muscle in muscles for side in (SiteSide.RIGHT, SiteSide.LEFT)
    )
    session = SessionDetails(case_id, "ona", sites=sites, dilution_ml=Decimal(2))
    details = VisitDetails(day, (session,), "Dr Rao", "C7218", tuple((code, False) for code in CHECKLIST))
    visit = services.treatment.record(patient_id, details, finalise).result
    assert isinstance(visit, Visit)
    return visit


def add_photo(services: Services, patient_id: int, name: str, shade: int = 120) -> int:
    """A small photograph; its date is read from ``name``."""
    data = io.BytesIO()
    Image.new("RGB", (120 + shade % 30, 160), (shade, 180, 170)).save(data, "JPEG")
    report = services.pictures.import_bytes(patient_id, data.getvalue(), name).result
    assert isinstance(report, PictureImportReport)
    picture = report.files[0].picture
    assert picture is not None
    return picture.id


def press(widget: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key in a widget."""
    QTest.keyClick(widget, key, modifiers)
