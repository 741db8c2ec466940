"""The commands backup, restore and drill, and what check says of backups: fields and exit codes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from clinic_app.domain.backups import BackupKind
from clinic_app.wording.backups import detail_words
from tests.backup_room import Room, add_picture, backup_room, flip_bit
from tests.builders import PASSPHRASE, add_patient, door
from tests.test_cli import ask


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with backup_room(tmp_path) as made:
        yield made


def test_backup_makes_its_folder_and_answers_one_object(room: Room, tmp_path: Path) -> None:
    place = tmp_path / "usb" / "backups"
    refused = ask("backup", "--to", str(place), data=room.folder)
    assert (refused.code, refused.out) == (1, "")
    assert str(place) in refused.err
    assert not place.parent.exists()
    place.parent.mkdir()
    answer = ask("backup", "--to", str(place), data=room.folder)
    assert answer.code == 0, answer.err
    assert isinstance(answer.json, dict)
    assert (answer.json["outcome"], answer.json["objects"], answer.json["copied"]) == ("ok", 8, 8)
    assert (answer.json["place"], answer.json["lost"]) == (str(place), [])
    again = ask("backup", "--to", str(place), data=room.folder)
    assert isinstance(again.json, dict)
    assert (again.code, again.json["copied"]) == (0, 0)


def test_backup_into_the_data_is_refused(room: Room) -> None:
    answer = ask("backup", "--to", str(room.folder / "backup"), data=room.folder)
    assert (answer.code, answer.out) == (1, "")
    assert "inside the clinic's own folder" in answer.err
    assert not (room.folder / "backup").exists()


def test_backup_of_a_clinic_that_lost_a_photograph_exits_2(room: Room) -> None:
    ids = add_picture(room.services, 1, 9)
    flip_bit(room.folder / "blobs" / ids[0][:2] / ids[0])
    answer = ask("backup", "--to", str(room.disk), data=room.folder)
    assert isinstance(answer.json, dict)
    assert (answer.code, answer.json["outcome"], answer.json["lost"]) == (2, "incomplete", [ids[0]])


@pytest.mark.parametrize("with_code", [True, False])
def test_restore_on_a_new_computer(room: Room, tmp_path: Path, with_code: bool) -> None:
    ask("backup", "--to", str(room.disk), data=room.folder)
    room.services.close()
    shutil.rmtree(room.folder)
    secret = room.codes[0] if with_code else PASSPHRASE
    target = tmp_path / "new"
    answer = ask("restore", "--from", str(room.disk), "--into", str(target), passphrase=secret)
    assert answer.code == 0, answer.err
    assert isinstance(answer.json, dict)
    assert (answer.json["folder"], answer.json["replaced"], answer.json["lost"]) == (str(target), None, [])
    assert (answer.json["patients"], answer.json["pictures"]) == (1, 2)
    listed = ask("list", "patients", data=target)
    assert isinstance(listed.json, list)
    assert [one["mrn"] for one in listed.json] == ["4127"]
    check = ask("check", "--full", data=target)
    assert check.code == 0, check.out
    room.services = door(room.clock).open(str(target), PASSPHRASE)


def test_restore_refuses_a_wrong_secret_and_says_what_would_be_lost(room: Room, tmp_path: Path) -> None:
    ask("backup", "--to", str(room.disk), data=room.folder)
    wrong = ask("restore", "--from", str(room.disk), "--into", str(tmp_path / "n"), passphrase="not the passphrase")
    assert (wrong.code, wrong.out) == (1, "")
    assert "passphrase" in wrong.err
    nothing = ask("restore", "--from", str(tmp_path), "--into", str(tmp_path / "n"), passphrase=PASSPHRASE)
    assert (nothing.code, nothing.out) == (1, "")
    add_patient(room.services, "Later", "5", phone="90000 00005")
    room.services.close()
    answer = ask("restore", "--from", str(room.disk), "--into", str(room.folder))
    assert isinstance(answer.json, dict)
    assert answer.code == 0
    assert isinstance(answer.json["lost_entries"], int)
    assert answer.json["lost_entries"] >= 2
    assert Path(str(answer.json["replaced"])).is_dir()
    room.services = door(room.clock).open(str(room.folder), PASSPHRASE)


def test_restore_of_a_damaged_backup_exits_2(room: Room, tmp_path: Path) -> None:
    ask("backup", "--to", str(room.disk), data=room.folder)
    (snapshot,) = (room.root / "snapshots").iterdir()
    flip_bit(snapshot / "clinic.db")
    answer = ask("restore", "--from", str(room.disk), "--into", str(tmp_path / "new"))
    assert (answer.code, answer.out) == (2, "")
    assert snapshot.name in answer.err
    assert not (tmp_path / "new").exists()


def test_drill_passes_and_fails(room: Room) -> None:
    ask("backup", "--to", str(room.disk), data=room.folder)
    answer = ask("drill", "--from", str(room.disk), data=room.folder)
    assert isinstance(answer.json, dict)
    assert (answer.code, answer.json["passed"], answer.json["opened"], answer.json["problems"]) == (0, True, 8, [])
    assert "passed" in str(answer.json["line"])
    for path in (room.root / "objects").rglob("*"):
        if path.is_file():
            flip_bit(path)
    failed = ask("drill", "--from", str(room.disk), data=room.folder)
    assert isinstance(failed.json, dict)
    assert (failed.code, failed.json["passed"]) == (2, False)


def test_a_recovery_code_tries_a_backup_out(room: Room) -> None:
    ask("backup", "--to", str(room.disk), data=room.folder)
    answer = ask("drill", "--from", str(room.disk), data=room.folder, passphrase=room.codes[0])
    assert answer.code == 0, answer.err
    refused = ask("list", "patients", data=room.folder, passphrase=room.codes[0])
    assert (refused.code, refused.out) == (1, ""), "and does nothing else"


def test_a_mistyped_recovery_code_is_told_as_one(room: Room) -> None:
    refused = ask("due", data=room.folder, passphrase=room.codes[0][:-2])
    assert (refused.code, refused.out) == (1, "")
    assert "28 characters" in refused.err


def test_a_place_that_cannot_be_made_is_a_sentence(room: Room, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine", encoding="utf-8")
    for place, said in ((tmp_path / "letter.txt", "is a file"), (tmp_path / "letter.txt" / "new", "letter.txt")):
        refused = ask("backup", "--to", str(place), data=room.folder)
        assert (refused.code, refused.out) == (1, ""), place
        assert said in refused.err
    refused = ask("backup", "--to", "/proc/backups", data=room.folder)
    assert (refused.code, refused.out) == (1, "")
    assert "/proc/backups" in refused.err


def test_a_restored_clinic_knows_what_its_own_backup_held(room: Room, tmp_path: Path) -> None:
    ask("backup", "--to", str(room.disk), data=room.folder)
    ask("restore", "--from", str(room.disk), "--into", str(tmp_path / "new"), data=room.folder)
    services = door(room.clock).open(str(tmp_path / "new"), PASSPHRASE)
    try:
        run = services.backups.history(1, BackupKind.BACKUP)[0]
    finally:
        services.close()
    assert detail_words(run) == "8 files of photographs, all of them opened"


def test_check_names_a_damaged_backup(room: Room) -> None:
    ask("backup", "--to", str(room.disk), data=room.folder)
    clean = ask("check", "--full", data=room.folder)
    assert isinstance(clean.json, dict)
    assert (clean.code, [one["kind"] for one in clean.json["findings"]]) == (0, ["note"])
    assert "newest backup is of 19 Mar 2026" in clean.json["findings"][0]["message"]
    copy = next(path for path in (room.root / "objects").rglob("*") if path.is_file())
    flip_bit(copy)
    damaged = ask("check", "--full", data=room.folder)
    assert isinstance(damaged.json, dict)
    assert damaged.code == 2
    assert any(str(room.disk) in one["message"] for one in damaged.json["findings"])


def test_a_demo_comes_back_without_a_passphrase(tmp_path: Path) -> None:
    demo, usb, new = tmp_path / "demo", tmp_path / "usb", tmp_path / "new"
    ask("demo", "--into", str(demo), "--patients", "3", "--no-pictures", passphrase=None)
    assert ask("backup", "--to", str(usb), data=demo, passphrase=None).code == 0
    assert ask("drill", "--from", str(usb), data=demo, passphrase=None).code == 0
    answer = ask("restore", "--from", str(usb), "--into", str(new), passphrase=None)
    assert isinstance(answer.json, dict)
    assert (answer.code, answer.json["patients"]) == (0, 3)
