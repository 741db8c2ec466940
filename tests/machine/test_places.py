from __future__ import annotations

import sys
from pathlib import Path

import pytest

from clinic_app.machine.places import Build, find_places

ROOT = Path(__file__).resolve().parents[2]


def test_a_checkout_keeps_both_folders_beside_the_package() -> None:
    places = find_places()
    assert places.build is Build.CHECKOUT
    assert not places.installed
    assert places.database == ROOT / "database"
    assert places.migrations.is_dir()
    assert places.data_folder(portable=True) == ROOT / "clinic-data"
    assert places.preference_file(portable=True).is_relative_to(ROOT / "clinic-data")


def test_a_wheel_carries_them_inside(tmp_path: Path) -> None:
    package = tmp_path / "site-packages" / "clinic_app"
    (package / "database" / "migrations").mkdir(parents=True)
    places = find_places(package)
    assert places.build is Build.WHEEL
    assert places.installed
    assert places.catalogues == package / "database" / "catalogues"
    assert places.translations == package / "resources" / "translations"


def test_a_frozen_program_is_portable_beside_its_executable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "program" / "_internal" / "clinic_app"
    (package / "database" / "migrations").mkdir(parents=True)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "program" / "tracker"))
    places = find_places(package)
    assert places.build is Build.FROZEN
    assert places.installed
    assert places.data_folder(portable=True) == tmp_path / "program" / "clinic-data"


def test_the_usual_folders_are_this_users_own() -> None:
    places = find_places()
    assert places.data_folder().is_absolute()
    assert places.preference_file().name == "preferences.toml"
    assert not places.data_folder().is_relative_to(ROOT)
