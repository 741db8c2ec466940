"""The window over a clinic in which not everybody may see everything: closed rows are shown and nothing falls over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLabel
from pytestqt.qtbot import QtBot

from clinic_app.domain.access import Action
from clinic_app.domain.people import Role
from clinic_app.domain.schedule import BookingDetails
from clinic_app.ui.schedule.lines import line_of
from clinic_app.ui.theme import ThemeKeeper
from tests.builders import PASSPHRASE, door
from tests.ui.window_room import DAY, Filled, Room, room

WORDS = "four wet umbrellas inside"


@pytest.fixture(params=[Role.NURSE, Role.ADMIN, Role.READ_ONLY])
def closed(
    request: pytest.FixtureRequest, qtbot: QtBot, keeper: ThemeKeeper, tmp_path: Path, filled_clinic: Filled
) -> Iterator[Room]:
    """A window in which somebody works to whom Asha Verma is closed."""
    with room(qtbot, keeper, tmp_path, filled_clinic.folder) as one:
        one.people = filled_clinic.people
        services = one.services
        patient, case = one.people["Asha Verma"]
        services.access.confirm(PASSPHRASE, Action.MANAGE)
        services.people.add("Somebody", {request.param}, WORDS)
        services.access.set_protection(patient, restricted=True, reason="A colleague of ours")
        services.schedule.book(BookingDetails(patient, date(2026, 3, 20), (case,)))
        door().switch(services, "Somebody", WORDS)
        one.attach()
        yield one


def shown(one: Room) -> str:
    """What the labels and the week board of the window say, to the eye and to a screen reader."""
    labels = [label for label in one.window.findChildren(QLabel) if label.isVisible()]
    said = [text for label in labels for text in (label.text(), label.accessibleName(), label.toolTip())]
    said += [text for day in one.window.schedule.week.columns for text in (day.toolTip(), day.accessibleName())]
    return "\n".join(said)


def read_rows(view: QAbstractItemView) -> str:
    """Every word a list gives of its rows."""
    model = view.model()
    roles = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole)
    return "\n".join(str(model.index(row, 0).data(role)) for row in range(model.rowCount()) for role in roles)


def test_the_call_list_stands_with_closed_rows(closed: Room) -> None:
    lines = [line_of(entry, closed.services.catalogues, DAY) for entry in closed.services.schedule.due()]
    assert "Restricted patient" in {line.name for line in lines}
    assert all(line.sentence for line in lines)
    schedule = closed.window.schedule
    for row in range(schedule.model.rowCount()):
        schedule.table.setCurrentIndex(schedule.model.index(row, 0))
        closed.settle()
        closed.window.grab()
    assert "Restricted patient" in closed.names
    assert "Asha" not in shown(closed) + read_rows(schedule.table)


def test_the_patients_list_and_what_opens_from_it_stand(closed: Room) -> None:
    patient, case = closed.people["Asha Verma"]
    closed.press(Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    closed.settle()
    closed.window.grab()
    views = [view for view in closed.window.findChildren(QAbstractItemView) if view.isVisible()]
    assert views
    assert "Asha" not in shown(closed) + "\n".join(map(read_rows, views))
    for intent in (closed.context.intents.open_case, closed.context.intents.select_case):
        intent.emit(patient, case)
        closed.settle()
        closed.window.grab()
    closed.context.intents.compare.emit(case)
    closed.settle()
    closed.window.grab()
    QApplication.processEvents()
    assert "Asha" not in shown(closed)
