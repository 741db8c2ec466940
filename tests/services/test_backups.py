"""Backups of a real encrypted clinic: what they hold, what cuts them, what they notice, what is thinned out."""

from __future__ import annotations

import errno
import json
import os
import random
import shutil
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from clinic_app.domain.audit import AuditFilter, Outcome
from clinic_app.domain.backups import LEAST_OPENED, AgeState, BackupKind, BackupOutcome, Held
from clinic_app.domain.changes import Progress
from clinic_app.domain.errors import Cancelled, ClinicError, DamageFound, RuleBroken, StorageUnavailable
from clinic_app.domain.people import Role
from clinic_app.machine.lock import backup_lock
from clinic_app.storage.engine import connect
from clinic_app.storage.vault import SlotKind, add_slot, read_vault
from clinic_app.wording.backups import detail_words, made_words, run_lines
from clinic_app.wording.sentences import sentence_of
from tests.backup_room import Room, add_picture, backup_room, flip_bit, make_old, manifest_of, stop_at, write_pictures
from tests.builders import PASSPHRASE, TODAY, add_patient, door

NURSE = "a nurse's own long passphrase"
STEPS = ("backup_copying_database", "backup_checking", "backup_copying", "backup_opening")


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with backup_room(tmp_path) as made:
        yield made


def add_nurse(room: Room) -> None:
    with room.services.context.units.open() as unit:
        unit.clinic.add_user("Sister Anu", frozenset({Role.NURSE}))
        unit.commit()
    unlocked = room.services.context.unlocked
    assert unlocked is not None
    add_slot(unlocked, "Sister Anu", NURSE, checkout=True)


def refused(call: object) -> ClinicError:
    assert callable(call)
    with pytest.raises(ClinicError) as caught:
        call()
    assert "not known here" not in sentence_of(caught.value)
    assert "refused (" not in sentence_of(caught.value)
    return caught.value


def whole(room: Room) -> list[str]:
    """The names of the snapshots that hold, each looked at whole."""
    found = room.services.backups.findings(full=True)
    assert [one for one in found if not one.harmless] == []
    return [one.name for one in room.services.backups.snapshots(str(room.disk))]


def test_a_backup_has_the_layout_said_and_is_checked(room: Room) -> None:
    add_nurse(room)
    run = room.services.backups.run(str(room.disk))
    assert (run.outcome, run.facts["objects"], run.facts["copied"], run.facts["opened"]) == (BackupOutcome.OK, 8, 8, 8)
    snapshot = room.root / "snapshots" / run.snapshot
    assert run.snapshot == f"20260319T{run.started_at.astimezone().strftime('%H%M%S')}Z-{run.head_seq}"
    assert sorted(path.name for path in snapshot.iterdir()) == [
        "clinic.db", "manifest.json", "objects.txt", "vault.json", "vault.json.bak",
    ]  # fmt: skip
    objects = [path for path in (room.root / "objects").rglob("*") if path.is_file()]
    assert len(objects) == 8
    for path in (*objects, *snapshot.iterdir()):
        assert not path.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)
    assert b"SQLite" not in (snapshot / "clinic.db").read_bytes()
    assert not any(b"Asha" in path.read_bytes() for path in room.disk.rglob("*") if path.is_file())
    vault = read_vault(snapshot)
    assert {(slot.kind, slot.user) for slot in vault.slots} == {
        (SlotKind.PASSPHRASE, "Dr Rao"), (SlotKind.RECOVERY, ""),
    }  # fmt: skip
    assert len(vault.slots) == 3
    said = manifest_of(room, run.snapshot)
    assert isinstance(said["rows"], dict)
    assert (said["rows"]["patient"], said["rows"]["picture"]) == (1, 2)
    assert str(said["head"]).startswith(f"{run.head_seq}:")
    assert vault.anchors[-1] == said["head"]


def test_only_new_photographs_are_copied(room: Room) -> None:
    room.backup()
    patient_id, _ = add_patient(room.services, "Second", "2", phone="90000 00002")
    add_picture(room.services, patient_id, 7)
    run = room.services.backups.run(str(room.disk))
    assert (run.facts["objects"], run.facts["copied"]) == (12, 4)
    assert len(whole(room)) == 2


def test_a_backup_by_hand_goes_to_every_place_and_says_how_each_went(room: Room, tmp_path: Path) -> None:
    third = tmp_path / "third"
    third.mkdir()
    room.services.access.confirm(PASSPHRASE)
    room.services.backups.set_places([str(tmp_path / "pulled out"), str(room.disk), str(third)])
    run = room.services.backups.run()
    assert (run.place, run.outcome) == (str(room.disk), BackupOutcome.OK)
    assert len(room.services.backups.snapshots(str(third))) == 1
    words = made_words(run, elsewhere=False)
    assert f"also in “{third}”" in words
    assert f"“{tmp_path / 'pulled out'}” is not there" in words
    history = {one.place: one.outcome for one in room.services.backups.history()}
    assert history[str(tmp_path / "pulled out")] is BackupOutcome.FAILED
    room.services.access.confirm(PASSPHRASE)
    room.services.backups.set_places([str(tmp_path / "one"), str(tmp_path / "two")])
    with pytest.raises(StorageUnavailable, match="backup_nowhere") as caught:
        room.services.backups.run()
    assert all(str(tmp_path / name) in sentence_of(caught.value) for name in ("one", "two"))


def test_how_it_ended_is_entered(room: Room) -> None:
    name = room.backup()
    (run,) = room.services.backups.history()
    assert (run.kind, run.snapshot, run.outcome, run.by) == (BackupKind.BACKUP, name, BackupOutcome.OK, "Dr Rao")
    with room.services.context.units.read() as unit:
        (entry,) = unit.audit.entries(AuditFilter(action="backup.ok"))
    assert entry.object_id == name


@pytest.mark.parametrize("step", STEPS)
def test_others_write_meanwhile(room: Room, step: str) -> None:
    def write() -> None:
        add_patient(room.services, "Meanwhile", "77", phone="90000 00077")

    run = room.services.backups.run(str(room.disk), stop_at(step, write))
    assert run.outcome is BackupOutcome.OK
    assert room.services.patients.count() == 2
    assert len(whole(room)) == 1
    said = manifest_of(room, run.snapshot)["rows"]
    assert isinstance(said, dict)
    assert said["patient"] == (2 if step == STEPS[0] else 1)


def test_writers_in_another_thread_are_not_held_up(room: Room) -> None:
    stop = threading.Event()
    faults: list[Exception] = []
    written = 0

    def write() -> None:
        nonlocal written
        while not stop.is_set():
            try:
                add_patient(room.services, f"T {written}", f"T{written}", phone=f"91000 {written:05}")
                written += 1
            except Exception as fault:  # noqa: BLE001
                faults.append(fault)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        for _ in range(2):
            room.backup()
    finally:
        stop.set()
        thread.join()
    assert faults == []
    assert written > 0
    assert len(whole(room)) == 2


@pytest.mark.parametrize("step", STEPS)
def test_a_cancelled_backup_leaves_those_before(room: Room, step: str) -> None:
    before = room.backup()
    patient_id, _ = add_patient(room.services, "Second", "2", phone="90000 00002")
    add_picture(room.services, patient_id, 7)
    with pytest.raises(Cancelled):
        room.services.backups.run(str(room.disk), stop_at(step))
    assert whole(room) == [before]
    assert [path.name for path in (room.root / "snapshots").iterdir()] == [before]
    assert room.services.backups.history(1)[0].outcome is BackupOutcome.CANCELLED
    room.backup()
    assert len(whole(room)) == 2


@pytest.mark.parametrize("leaves_a_folder", [False, True])
@pytest.mark.parametrize("step", STEPS)
def test_a_disk_pulled_out_leaves_those_before_and_says_so(room: Room, step: str, leaves_a_folder: bool) -> None:
    before = room.backup()
    patient_id, _ = add_patient(room.services, "Second", "2", phone="90000 00002")
    for number in range(3, 12):
        add_picture(room.services, patient_id, number)
    pocket = room.disk.with_name("pocket")

    def pull() -> None:
        room.disk.rename(pocket)
        if leaves_a_folder:
            room.disk.mkdir()

    error = refused(lambda: room.services.backups.run(str(room.disk), stop_at(step, pull)))
    assert (type(error), error.code) == (StorageUnavailable, "backup_place_gone")
    assert str(room.disk) in sentence_of(error)
    assert "made before are whole" in sentence_of(error)
    if leaves_a_folder:
        assert list(room.disk.rglob("*")) == []
        room.disk.rmdir()
    assert not room.disk.exists()
    pocket.rename(room.disk)
    assert whole(room) == [before]
    assert room.services.backups.history(1)[0].facts["error"] == "backup_place_gone"
    room.backup()
    assert len(whole(room)) == 2


def test_a_disk_that_fills_up_leaves_those_before(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    before = room.backup()
    patient_id, _ = add_patient(room.services, "Second", "2", phone="90000 00002")
    for number in range(3, 8):
        add_picture(room.services, patient_id, number)
    left = [600]
    write = os.write

    def short(descriptor: int, content: bytes | memoryview) -> int:
        if left[0] < len(content):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        left[0] -= len(content)
        return write(descriptor, content)

    monkeypatch.setattr(os, "write", short)
    error = refused(lambda: room.services.backups.run(str(room.disk)))
    monkeypatch.undo()
    assert error.code == "backup_disk_full"
    assert "full" in sentence_of(error)
    assert whole(room) == [before]


SMALL_DISK = """
set -e
mount -t tmpfs -o size="$1" none "$2"
shift 2
set +e
"$@" < "$SECRET" > "$ANSWER.out" 2> "$ANSWER.err"
echo "$?" > "$ANSWER.code"
test -z "$MORE" || { mount -o remount,size=64m none "$PLACE"; }
test -z "$READ_ONLY" || { mount -o remount,ro none "$PLACE"; }
"$@" < "$SECRET" > "$ANSWER.out2" 2> "$ANSWER.err2"
echo "$?" > "$ANSWER.code2"
ls -R "$PLACE" > "$ANSWER.listing"
"""


def can_mount(tmp_path: Path) -> bool:
    if not sys.platform.startswith("linux") or shutil.which("unshare") is None:
        return False
    probe = tmp_path / "probe"
    probe.mkdir()
    command = ["unshare", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "none", str(probe)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize(
    ("size", "more", "read_only", "first", "second"),
    [("300k", "1", "", (1, "full"), (0, "")), ("32m", "", "1", (0, ""), (1, "cannot be written"))],
)
def test_a_real_small_disk_and_a_read_only_one(
    room: Room, tmp_path: Path, size: str, more: str, read_only: str, first: tuple[int, str], second: tuple[int, str]
) -> None:
    if not can_mount(tmp_path):
        pytest.skip("a small file system cannot be mounted here")
    room.services.close()
    place, answer, secret = tmp_path / "small", tmp_path / "answer", tmp_path / "secret"
    place.mkdir()
    secret.write_text(PASSPHRASE + "\n", encoding="utf-8")
    root = Path(__file__).parents[2]
    command = [
        sys.executable, str(root / "main.py"), "backup", "--to", str(place), "--data", str(room.folder),
        "--json", "--passphrase-fd", "0",
    ]  # fmt: skip
    environment = {
        **os.environ, "CLINIC_TODAY": TODAY.isoformat(), "SECRET": str(secret), "ANSWER": str(answer),
        "PLACE": str(place), "MORE": more, "READ_ONLY": read_only,
    }  # fmt: skip
    subprocess.run(
        ["unshare", "--map-root-user", "--mount", "sh", "-c", SMALL_DISK, "sh", size, str(place), *command],
        env=environment,
        check=True,
    )
    for end, (code, said) in (("", first), ("2", second)):
        told = {name: Path(f"{answer}.{name}{end}").read_text("utf-8") for name in ("code", "out", "err")}
        assert int(told["code"]) == code, told
        assert said in told["err"]
        if code == 0:
            assert json.loads(told["out"])["outcome"] == "ok"
        else:
            assert str(place) in told["err"]
    assert Path(f"{answer}.listing").read_text("utf-8").count("manifest.json") == 1
    room.services = door(room.clock).open(str(room.folder), PASSPHRASE)
    assert {run.outcome for run in room.services.backups.history()} == {BackupOutcome.OK, BackupOutcome.FAILED}


def test_places(room: Room, tmp_path: Path) -> None:
    backups = room.services.backups
    assert backups.places() == ()
    assert refused(lambda: backups.run()).code == "backup_no_place"
    room.services.access.confirm(PASSPHRASE)
    away = tmp_path / "not plugged in"
    first, second = backups.set_places([str(room.disk), str(away)])
    assert (first.there, second.there) == (True, False)
    assert [code for code, _ in first.notes] == ["backup_same_disk"]
    assert [code for code, _ in second.notes] == ["backup_place_missing"]
    assert backups.places() == (first, second)
    assert refused(lambda: backups.set_places(["not/absolute"])).code == "backup_place_relative"
    assert refused(lambda: backups.set_places([str(room.folder / "in it")])).code == "backup_place_in_data"
    assert refused(lambda: backups.set_places([str(away), str(away)])).code == "backup_place_twice"
    inside = refused(lambda: backups.run(str(room.folder)))
    assert (type(inside), inside.code) == (RuleBroken, "backup_place_in_data")
    assert refused(lambda: backups.run(str(away))).code == "backup_place_missing"
    assert not away.exists()


def test_what_is_due_runs_and_one_failure_keeps_no_other_back(room: Room, tmp_path: Path) -> None:
    backups = room.services.backups
    room.services.access.confirm(PASSPHRASE)
    second = tmp_path / "share"
    second.mkdir()
    backups.set_places([str(tmp_path / "away"), str(second)])
    assert backups.due()
    failed, done = backups.run_due()
    assert (failed.outcome, failed.facts["error"]) == (BackupOutcome.FAILED, "backup_place_missing")
    assert (done.outcome, done.place) == (BackupOutcome.OK, str(second))
    assert not backups.due()
    room.clock.moment += timedelta(minutes=15)
    assert [place.number for place in backups.due_places()] == [0]


def test_when_a_backup_is_due(room: Room) -> None:
    backups = room.services.backups
    room.services.access.confirm(PASSPHRASE)
    backups.set_places([str(room.disk)])
    (run,) = backups.run_due()
    assert run.outcome is BackupOutcome.OK
    room.clock.moment += timedelta(minutes=45)
    assert not backups.due()
    assert not backups.due(at_lock=True)
    add_patient(room.services, "Second", "2", phone="90000 00002")
    assert backups.due()
    backups.run_due()
    add_patient(room.services, "Third", "3", phone="90000 00003")
    assert not backups.due()
    assert backups.due(at_lock=True)
    room.again()
    assert room.services.backups.due(at_lock=True)


def test_age_goes_yellow_and_red(room: Room) -> None:
    backups = room.services.backups
    assert backups.age().state is AgeState.RED
    room.backup()
    assert backups.age().state is AgeState.OK
    room.clock.moment += timedelta(hours=25)
    assert backups.age().state is AgeState.YELLOW
    room.clock.moment += timedelta(days=7)
    assert backups.age().state is AgeState.RED


def test_another_disk_is_not_begun_by_itself(room: Room) -> None:
    backups = room.services.backups
    room.services.access.confirm(PASSPHRASE)
    backups.set_places([str(room.disk)])
    backups.run_due()
    room.disk.rename(room.disk.with_name("pocket"))
    room.disk.mkdir()
    room.clock.moment += timedelta(days=2)
    (failed,) = backups.run_due()
    assert failed.facts["error"] == "backup_place_other_disk"
    assert list(room.disk.iterdir()) == []
    assert backups.run().outcome is BackupOutcome.OK


def test_only_one_runs_at_a_time(room: Room) -> None:
    with backup_lock(room.folder):
        assert refused(lambda: room.services.backups.run(str(room.disk))).code == "backup_running"
    room.backup()


def test_a_photograph_lost_in_the_clinic_makes_it_incomplete_and_keeps_the_copy_made_before(room: Room) -> None:
    room.backup()
    ids = add_picture(room.services, 1, 50)
    blobs = room.folder / "blobs"
    known = next(path for path in blobs.rglob("*") if len(path.name) == 64 and path.name not in ids)
    flip_bit(known)
    flip_bit(blobs / ids[0][:2] / ids[0])
    run = room.services.backups.run(str(room.disk))
    assert (run.outcome, run.facts["lost"]) == (BackupOutcome.INCOMPLETE, [ids[0]])
    assert run.facts["held"] == "newest_failed"
    copy = room.root / "objects" / known.name[:2] / known.name
    assert copy.read_bytes() != known.read_bytes()
    assert not (room.root / "objects" / ids[0][:2] / ids[0]).exists()
    assert len(room.services.backups.snapshots(str(room.disk))) == 2


@pytest.mark.parametrize("new_ones", [0, 6])
def test_somebody_encrypting_photographs_stops_thinning(room: Room, new_ones: int) -> None:
    for number in range(20, 26):
        add_picture(room.services, 1, number)
    for _ in range(5):
        room.clock.moment += timedelta(minutes=31)
        room.backup()
    for number in range(30, 30 + new_ones):
        add_picture(room.services, 1, number)
    make_old(room.root / "objects")
    room.clock.moment += timedelta(days=4)
    for path in (room.folder / "blobs").rglob("*"):
        if path.is_file():
            flip_bit(path)
    run = room.services.backups.run(str(room.disk))
    assert run.outcome is (BackupOutcome.INCOMPLETE if new_ones else BackupOutcome.OK)
    assert (run.facts["removed"], run.facts["held"]) == ([], Held.MANY_FAIL.value)
    assert len(room.services.backups.snapshots(str(room.disk))) == 6


def test_a_damaged_copy_is_mended_from_the_clinic(room: Room) -> None:
    room.backup()
    copy = next(path for path in (room.root / "objects").rglob("*") if path.is_file())
    flip_bit(copy)
    found = [one.code for one in room.services.backups.findings(full=True) if not one.harmless]
    assert found == ["backup_objects_bad"]
    run = room.services.backups.run(str(room.disk))
    assert run.outcome is BackupOutcome.OK
    assert run.facts["mended"] == 1
    assert "had gone bad and was copied anew" in detail_words(run)
    assert len(whole(room)) == 2
    assert room.services.backups.run(str(room.disk)).facts["mended"] == 0


def test_once_one_file_of_a_backup_is_rotten_all_are_opened_and_mended(room: Room) -> None:
    patient_id, _ = add_patient(room.services, "Many Photos", "MP", phone="90000 00003")
    for number in range(10, 40):
        add_picture(room.services, patient_id, number)
    room.backup()
    copies = [path for path in (room.root / "objects").rglob("*") if path.is_file()]
    assert len(copies) > 5 * LEAST_OPENED
    for copy in copies[:-4]:
        flip_bit(copy)
    for copy in copies[-4:-2]:
        copy.chmod(0o600)
        copy.write_bytes(copy.read_bytes()[:-3])
    run = room.services.backups.run(str(room.disk))
    assert run.outcome is BackupOutcome.OK
    assert run.facts["mended"] == len(copies) - 2
    assert run.facts["all_opened"]
    assert run.facts["opened"] == len(copies)
    assert any("that disk loses data" in line for line in run_lines(run))
    assert "that disk loses data" in made_words(run, elsewhere=True)
    assert room.services.backups.drill(str(room.disk), PASSPHRASE).passed
    assert len(whole(room)) == 2


@pytest.mark.parametrize("name", ["clinic.db", "manifest.json", "vault.json", "objects.txt"])
def test_one_bit_of_a_backup_is_noticed(room: Room, name: str) -> None:
    before = room.backup()
    add_patient(room.services, "Second", "2", phone="90000 00002")
    after = room.backup()
    path = room.root / "snapshots" / after / name
    for position in range(40, path.stat().st_size, max(path.stat().st_size // 7, 1)):
        content = path.read_bytes()
        flip_bit(path, position)
        found = [one for one in room.services.backups.findings(full=True) if not one.harmless]
        assert [(one.code, one.params["snapshot"]) for one in found] == [("backup_damaged", after)], position
        path.write_bytes(content)
    assert whole(room) == [after, before]


def test_thinning_takes_snapshots_and_what_only_they_needed(room: Room) -> None:
    names = [room.backup()]
    with room.services.context.units.open() as unit:
        picture = unit.pictures.all()[0]
        unit.session.connection().exec_driver_sql("DELETE FROM picture WHERE id = ?", (picture.id,))
        unit.commit()
    for _ in range(4):
        room.clock.moment += timedelta(minutes=31)
        names.append(room.backup())
    make_old(room.root / "objects")
    assert len([path for path in (room.root / "objects").rglob("*") if path.is_file()]) == 8
    room.clock.moment += timedelta(days=4)
    run = room.services.backups.run(str(room.disk))
    assert run.facts["removed"] == names[:3]
    assert run.facts["removed_objects"] == 4
    assert whole(room) == [run.snapshot, names[4], names[3]]
    assert sorted(path.name for path in (room.root / "snapshots").iterdir()) == sorted(
        [run.snapshot, names[4], names[3]]
    )


def test_no_object_goes_while_a_snapshot_cannot_be_read(room: Room) -> None:
    names = [room.backup()]
    with room.services.context.units.open() as unit:
        unit.session.connection().exec_driver_sql("DELETE FROM picture WHERE id = 1")
        unit.commit()
    for _ in range(5):
        room.clock.moment += timedelta(minutes=31)
        names.append(room.backup())
    make_old(room.root / "objects")
    flip_bit(room.root / "snapshots" / names[0] / "manifest.json", 60)
    room.clock.moment += timedelta(days=4)
    run = room.services.backups.run(str(room.disk))
    assert run.facts["removed"] == names[1:4]
    assert run.facts["removed_objects"] == 0


def test_a_clock_set_back_removes_nothing(room: Room) -> None:
    for _ in range(6):
        room.clock.moment += timedelta(minutes=31)
        room.backup()
    room.clock.moment -= timedelta(days=365)
    run = room.services.backups.run(str(room.disk))
    assert (run.facts["removed"], run.facts["held"]) == ([], "clock_back")
    assert len(whole(room)) == 7


def test_a_folder_without_a_manifest_does_not_exist(room: Room) -> None:
    before = room.backup()
    room.clock.moment += timedelta(minutes=31)
    after = room.backup()
    (room.root / "snapshots" / after / "manifest.json").unlink()
    assert whole(room) == [before]


def test_a_damaged_clinic_is_not_backed_up(room: Room) -> None:
    before = room.backup()
    room.services.close()
    database = room.folder / "clinic.db"
    content = bytearray(database.read_bytes())
    for position in range(8 * 4096, len(content), 4096):
        content[position + 100] ^= 1
    database.write_bytes(content)
    try:
        room.services = door(room.clock).open(str(room.folder), PASSPHRASE)
    except DamageFound:
        return
    error = refused(lambda: room.services.backups.run(str(room.disk)))
    assert isinstance(error, DamageFound)
    assert [one.name for one in room.services.backups.snapshots(str(room.disk))] == [before]


def test_the_copy_of_the_database_opens_with_the_clinics_key_alone(room: Room) -> None:
    name = room.backup()
    unlocked = room.services.context.unlocked
    assert unlocked is not None
    copy = room.root / "snapshots" / name / "clinic.db"
    connection = connect(copy, unlocked.keys.database_hex, read_only=True)
    assert connection.execute("SELECT count(*) FROM patient").fetchone() == (1,)
    connection.close()
    wrong = connect(copy, "ab" * 32, read_only=True)
    with pytest.raises(Exception, match="not a database"):
        wrong.execute("SELECT count(*) FROM patient")
    wrong.close()


def test_verifying_looks_at_every_byte_and_is_entered(room: Room) -> None:
    room.backup()
    assert room.services.backups.verify(str(room.disk)) == ()
    flip_bit(next(path for path in (room.root / "objects").rglob("*") if path.is_file()))
    ((code, params),) = room.services.backups.verify(str(room.disk))
    assert (code, params["count"]) == ("backup_objects_bad", 1)
    with room.services.context.units.read() as unit:
        entries = unit.audit.entries(AuditFilter(action="backup.verify"))
    assert [entry.outcome for entry in entries] == [Outcome.FAILED, Outcome.DONE]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_backup_killed_anywhere_leaves_those_before(room: Room) -> None:
    before = room.backup()
    patient_id, _ = add_patient(room.services, "Second", "2", phone="90000 00002")
    write_pictures(room.services, [patient_id], 400)
    room.services.close()
    script = (
        "import sys; from pathlib import Path; from tests.builders import PASSPHRASE, door\n"
        "services = door().open(sys.argv[1], PASSPHRASE); print('open', flush=True)\n"
        "services.backups.run(sys.argv[2]); print('done', flush=True)"
    )
    chance = random.Random(5)  # noqa: S311
    killed = 0
    for _ in range(12):
        worker = subprocess.Popen(
            [sys.executable, "-c", script, str(room.folder), str(room.disk)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        assert worker.stdout is not None
        assert worker.stdout.readline() == "open\n"
        time.sleep(chance.uniform(0, 1.2))
        worker.kill()
        killed += "done" not in worker.stdout.read()
        worker.wait()
        worker.stdout.close()
        room.services = door(room.clock).open(str(room.folder), PASSPHRASE)
        assert before in whole(room)
        room.services.close()
    assert killed > 0
    room.services = door(room.clock).open(str(room.folder), PASSPHRASE)
    assert room.services.backups.run(str(room.disk)).outcome is BackupOutcome.OK
    assert before in whole(room)


def test_progress_is_told(room: Room) -> None:
    codes: list[str] = []

    def report(progress: Progress) -> bool:
        codes.append(progress.code)
        return True

    room.services.backups.run(str(room.disk), report)
    assert [code for code in STEPS if code in codes] == list(STEPS)
