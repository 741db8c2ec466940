"""The look and the tasks every window test needs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from clinic_app.ui.tasks import Tasks
from clinic_app.ui.theme import Appearance, Density, ThemeKeeper
from tests.ui.window_room import clinic, filled_clinic

__all__ = ["clinic", "filled_clinic"]

THEMES = Path(__file__).resolve().parents[2] / "resources" / "themes"


@pytest.fixture(scope="session")
def _one_keeper(qapp: QApplication) -> Iterator[ThemeKeeper]:
    keeper = ThemeKeeper(qapp, THEMES)
    keeper.icons.load_now()
    yield keeper
    keeper.close()


@pytest.fixture
def keeper(_one_keeper: ThemeKeeper) -> Iterator[ThemeKeeper]:
    """Light, 100 %, comfortable, wide, without motion; icons loaded. The test may change all of it."""
    _one_keeper.set_reduced_motion(True)
    _one_keeper.set_appearance(Appearance.LIGHT)
    yield _one_keeper
    _one_keeper.set_appearance(Appearance.LIGHT)
    _one_keeper.set_scale(1.0)
    _one_keeper.set_density(Density.COMFORTABLE)
    _one_keeper.set_narrow(False)


@pytest.fixture
def tasks(qapp: QApplication) -> Iterator[Tasks]:
    """The door to slow work; the test attaches the services. ``tasks.pending == 0`` when all is delivered."""
    answer = Tasks()
    yield answer
    assert answer.close()
