"""One window a clinic: the second one is refused, the command line is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from clinic_app.domain.errors import AccessRefused, StorageUnavailable
from clinic_app.imaging.reader import PictureReader
from clinic_app.machine.places import find_places
from clinic_app.services.clinic_data import ClinicDoor
from clinic_app.wording.sentences import sentence_of
from tests.builders import PASSPHRASE, Clock, door


def window_door(clock: Clock | None = None) -> ClinicDoor:
    return ClinicDoor(find_places(), clock or Clock(), PictureReader, today_given=True, one_window=True)


def test_a_second_window_is_refused_until_the_first_closed(tmp_path: Path) -> None:
    folder = str(tmp_path / "clinic")
    first = window_door().create(folder, "Test clinic", "Dr Rao", PASSPHRASE).services
    with pytest.raises(StorageUnavailable) as refused:
        window_door().open(folder, PASSPHRASE)
    assert refused.value.code == "folder_in_use"
    assert "already open in another window" in sentence_of(refused.value)
    door(Clock()).open(folder, PASSPHRASE).close()
    first.close()
    window_door().open(folder, PASSPHRASE).close()


def test_a_wrong_passphrase_keeps_nobody_out(tmp_path: Path) -> None:
    folder = str(tmp_path / "clinic")
    window_door().create(folder, "Test clinic", "Dr Rao", PASSPHRASE).services.close()
    with pytest.raises(AccessRefused):
        window_door().open(folder, "not the passphrase of it")
    window_door().open(folder, PASSPHRASE).close()


def test_an_open_demo_is_not_made_anew_under_its_window(tmp_path: Path) -> None:
    folder = str(tmp_path / "demo")
    first = window_door().create_demo(folder)
    with pytest.raises(StorageUnavailable) as refused:
        window_door().open_demo(folder)
    assert refused.value.code == "folder_in_use"
    assert (tmp_path / "demo" / "clinic.db").exists()
    first.close()
