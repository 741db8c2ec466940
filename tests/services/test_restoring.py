"""Bringing a backup back: into a new folder, never over the live one, joined to the audit it replaces; and drills."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from clinic_app.domain.audit import Anchor, AuditFilter
from clinic_app.domain.backups import BackupKind, BackupOutcome, Census
from clinic_app.domain.changes import carry_on
from clinic_app.domain.errors import AccessRefused, Cancelled, ClinicError, DamageFound, RuleBroken
from clinic_app.domain.people import Role
from clinic_app.machine.lock import WindowLock
from clinic_app.services import Services
from clinic_app.storage.backup_store import census_of, live_head
from clinic_app.storage.vault import add_slot, anchors_of, read_vault
from clinic_app.wording.backups import drill_line
from clinic_app.wording.sentences import sentence_of
from tests.backup_room import Room, add_picture, backup_room, flip_bit, stop_at, write_pictures
from tests.builders import PASSPHRASE, add_patient, door, open_test_clinic
from tests.crash.amounts import DRILLED

NURSE = "a nurse's own long passphrase"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with backup_room(tmp_path) as made:
        yield made


def refused(call: object) -> ClinicError:
    assert callable(call)
    with pytest.raises(ClinicError) as caught:
        call()
    assert "refused (" not in sentence_of(caught.value)
    return caught.value


def head_of(services: Services) -> Anchor:
    with services.context.units.read() as unit:
        head = unit.audit.head()
    assert head is not None
    return head


def census(services: Services) -> Census:
    with services.context.units.read() as unit:
        return census_of(unit.session)


def damage_in(services: Services) -> list[str]:
    return [one.code for one in services.check(full=True) if not one.harmless]


def reopened(room: Room, folder: Path) -> Services:
    return door(room.clock).open(str(folder), PASSPHRASE, "Dr Rao")


def test_a_new_computer_gets_everything_with_a_recovery_code_alone(room: Room, tmp_path: Path) -> None:
    before, head = census(room.services), head_of(room.services)
    name = room.backup()
    room.services.close()
    shutil.rmtree(room.folder)
    target = tmp_path / "new pc" / "clinic"
    (found,) = door(room.clock).backups_in(str(room.disk))
    assert (found.name, found.patients, found.pictures, found.checked) == (name, 1, 2, False)
    report = door(room.clock).restore(str(room.disk), "", str(target), room.codes[1])
    assert report.census == before
    assert report.new_head == report.old_head == f"{head.seq}:{head.mac}"
    assert (report.lost_entries, report.lost, report.replaced, report.without_passphrase) == (None, (), "", ())
    room.services = reopened(room, target)
    assert room.services.patients.count() == 1
    assert len(room.services.pictures.all()) == 2
    assert damage_in(room.services) == []
    after = census(room.services)
    changed = {name for name in after.rows if after.rows[name] != before.rows[name]}
    assert changed <= {"audit_entry", "backup_run"}
    with room.services.context.units.read() as unit:
        (entry,) = unit.audit.entries(AuditFilter(action="restore.real"))
        assert unit.audit.count(AuditFilter(action="recovery.used")) == 1
    assert (entry.object_id, entry.seq) == (name, head.seq + 1)
    assert room.services.backups.age().newest is not None


def test_the_live_clinic_is_kept_aside_and_what_would_be_lost_is_said(room: Room) -> None:
    name = room.backup()
    add_patient(room.services, "Later", "88", phone="90000 00088")
    unlocked = room.services.context.unlocked
    room.services.close()
    assert unlocked is not None
    found = live_head(room.folder, unlocked.keys)
    assert found is not None
    live = found[0]
    here = door(room.clock)
    preview = here.preview_restore(str(room.disk), name, str(room.folder), PASSPHRASE)
    assert (preview.live_there, preview.lost_entries) == (True, live.seq - preview.snapshot.head_seq)
    assert preview.live_newest is not None
    report = here.restore(str(room.disk), name, str(room.folder), PASSPHRASE)
    assert report.lost_entries == preview.lost_entries
    assert report.old_head == f"{live.seq}:{live.mac}"
    aside = Path(report.replaced)
    assert aside.parent == room.folder.parent
    assert aside.name.startswith("replaced-2026")
    kept = door(room.clock).open(str(aside), PASSPHRASE)
    assert kept.patients.count() == 2
    kept.close()
    room.services = reopened(room, room.folder)
    assert room.services.patients.count() == 1
    assert damage_in(room.services) == []
    assert [path.name for path in room.folder.parent.iterdir() if path.name.startswith("restoring")] == []


def test_a_restored_chain_is_whole_and_bound_by_its_own_anchors(room: Room) -> None:
    name = room.backup()
    for number in range(5):
        add_patient(room.services, f"Later {number}", f"L{number}", phone=f"90001 {number:05}")
    newer = room.backup()
    room.services.close()
    door(room.clock).restore(str(room.disk), name, str(room.folder), room.codes[0])
    anchors = anchors_of(read_vault(room.folder))
    room.services = reopened(room, room.folder)
    with room.services.context.units.read() as unit:
        assert unit.audit.verify(anchors, rows=True).intact
    newest = max(anchors)
    with room.services.context.units.read() as unit:
        (entry,) = unit.audit.entries(AuditFilter(action="restore.real"))
    assert newest.seq >= entry.seq
    assert damage_in(room.services) == []
    for number in range(8):
        add_patient(room.services, f"After {number}", f"A{number}", phone=f"90002 {number:05}")
    assert {one.name for one in room.services.backups.snapshots(str(room.disk))} == {name, newer}
    assert damage_in(room.services) == []
    room.backup()
    assert damage_in(room.services) == []
    assert room.services.backups.drill(str(room.disk), PASSPHRASE, snapshot=newer).passed


def test_a_database_put_back_by_hand_is_noticed(room: Room, expected_logs: list[str]) -> None:
    expected_logs.append("does not hold its newest anchor")
    room.services.close()
    old = (room.folder / "clinic.db").read_bytes()
    room.services = reopened(room, room.folder)
    add_patient(room.services, "Later", "88", phone="90000 00088")
    name = room.backup()
    room.services.close()
    (room.folder / "clinic.db").write_bytes(old)
    room.services = reopened(room, room.folder)
    assert [one.code for one in room.services.check() if not one.harmless] == ["audit_cut_off"]
    assert all(one.harmless for one in room.services.backups.findings())
    room.services.access.confirm(PASSPHRASE)
    room.services.backups.set_places([str(room.disk)])
    codes = set(damage_in(room.services))
    assert "audit_cut_off" in codes
    assert codes & {"backup_audit_cut_off", "backup_audit_differs"}
    for number in range(9):
        add_patient(room.services, f"After {number}", f"A{number}", phone=f"90002 {number:05}")
    assert set(damage_in(room.services)) == {"audit_anchor_differs", "backup_audit_differs"}
    assert not room.services.backups.drill(str(room.disk), PASSPHRASE, snapshot=name).passed


def test_the_database_of_before_the_restore_put_back_is_noticed(room: Room, expected_logs: list[str]) -> None:
    expected_logs.append("does not hold its newest anchor")
    name = room.backup()
    add_patient(room.services, "Later", "88", phone="90000 00088")
    room.services.close()
    door(room.clock).restore(str(room.disk), name, str(room.folder), PASSPHRASE)
    shutil.copyfile(room.root / "snapshots" / name / "clinic.db", room.folder / "clinic.db")
    room.services = reopened(room, room.folder)
    assert "audit_cut_off" in damage_in(room.services) or "audit_anchor_differs" in damage_in(room.services)


def test_restoring_twice_and_to_an_older_branch(room: Room) -> None:
    first = room.backup()
    add_patient(room.services, "B", "2", phone="90000 00002")
    second = room.backup()
    room.services.close()
    for snapshot, patients in ((first, 1), (second, 2), (first, 1)):
        door(room.clock).restore(str(room.disk), snapshot, str(room.folder), PASSPHRASE)
        room.services = reopened(room, room.folder)
        assert room.services.patients.count() == patients
        assert damage_in(room.services) == []
        add_patient(room.services, "C", f"C{patients}", phone="90000 00003")
        room.clock.moment += timedelta(minutes=31)
        room.backup()
        assert damage_in(room.services) == []
        room.services.close()
    assert len([path for path in room.folder.parent.iterdir() if path.name.startswith("replaced-")]) == 3
    room.services = reopened(room, room.folder)


def test_who_may_restore(room: Room, tmp_path: Path) -> None:
    with room.services.context.units.open() as unit:
        unit.clinic.add_user("Sister Anu", frozenset({Role.NURSE}))
        unit.commit()
    unlocked = room.services.context.unlocked
    assert unlocked is not None
    add_slot(unlocked, "Sister Anu", NURSE, checkout=True)
    room.backup()
    target = str(tmp_path / "new")
    here = door(room.clock)
    assert isinstance(refused(lambda: here.restore(str(room.disk), "", target, NURSE)), AccessRefused)
    assert isinstance(
        refused(lambda: here.restore(str(room.disk), "", target, NURSE, user="Sister Anu")), AccessRefused
    )
    named = refused(lambda: here.restore(str(room.disk), "", target, NURSE, user="Sister Anu"))
    assert (named.code, named.params["admins"]) == ("backup_not_admin", ["Dr Rao"])
    slip = room.codes[0][:-1] + ("0" if room.codes[0][-1] != "0" else "1")
    assert refused(lambda: here.restore(str(room.disk), "", target, slip)).code == "recovery_code_typo"
    assert isinstance(refused(lambda: here.restore(str(room.disk), "", target, "wrong passphrase")), AccessRefused)
    assert refused(lambda: here.restore(str(room.disk), "", target, None)).code == "passphrase_missing"
    assert not Path(target).exists()
    report = here.restore(str(room.disk), "", target, PASSPHRASE)
    assert report.without_passphrase == ("Sister Anu",)
    room.services.close()
    over = here.restore(str(room.disk), "", str(room.folder), PASSPHRASE)
    assert over.without_passphrase == ()
    nurse = here.open(str(room.folder), NURSE, "Sister Anu")
    nurse.close()
    room.services = reopened(room, room.folder)


def test_where_nothing_is_restored_to(room: Room, tmp_path: Path) -> None:
    room.backup()
    here = door(room.clock)
    full = tmp_path / "full"
    full.mkdir()
    (full / "letter.txt").write_text("mine")
    assert refused(lambda: here.restore(str(room.disk), "", str(full), PASSPHRASE)).code == "folder_not_empty"
    assert [path.name for path in full.iterdir()] == ["letter.txt"]
    other = here.create(str(tmp_path / "other"), "Another clinic", "Dr Sen", PASSPHRASE)
    other.services.close()
    assert (
        refused(lambda: here.restore(str(room.disk), "", str(tmp_path / "other"), PASSPHRASE)).code
        == "restore_other_clinic"
    )
    for inside in (room.root, room.disk / "new", room.disk):
        error = refused(partial(here.restore, str(room.disk), "", str(inside), PASSPHRASE))
        assert error.code in {"restore_into_backup", "folder_not_empty"}, inside
    assert not (room.disk / "new").exists()
    assert refused(lambda: here.restore(str(full), "", str(tmp_path / "n"), PASSPHRASE)).code == "backups_none"
    assert (
        refused(lambda: here.restore(str(room.disk), "x", str(tmp_path / "n"), PASSPHRASE)).code == "backup_not_found"
    )
    assert (
        refused(lambda: here.restore(str(tmp_path / "away"), "", str(tmp_path / "n"), PASSPHRASE)).code
        == "backup_place_missing"
    )
    with WindowLock(room.folder):
        error = refused(lambda: here.restore(str(room.disk), "", str(room.folder), PASSPHRASE))
    assert error.code == "folder_in_use"
    assert room.services.patients.count() == 1


@pytest.mark.parametrize("step", ["restore_copying_database", "restore_checking", "restore_copying"])
def test_a_cancelled_restore_changes_nothing(room: Room, step: str) -> None:
    room.backup()
    room.services.close()
    before = sorted(path.name for path in room.folder.parent.iterdir())
    with pytest.raises(Cancelled):
        door(room.clock).restore(str(room.disk), "", str(room.folder), PASSPHRASE, stop_at(step))
    assert sorted(path.name for path in room.folder.parent.iterdir()) == before
    room.services = reopened(room, room.folder)
    assert damage_in(room.services) == []


def test_a_disk_pulled_out_while_restoring_changes_nothing(room: Room) -> None:
    room.backup()
    room.services.close()
    before = sorted(path.name for path in room.folder.parent.iterdir())
    pocket = room.disk.with_name("pocket")
    report = stop_at("restore_copying", lambda: room.disk.rename(pocket))
    error = refused(lambda: door(room.clock).restore(str(room.disk), "", str(room.folder), PASSPHRASE, report))
    assert error.code == "backup_place_gone"
    pocket.rename(room.disk)
    assert sorted(path.name for path in room.folder.parent.iterdir()) == before
    room.services = reopened(room, room.folder)


@pytest.mark.parametrize("name", ["clinic.db", "manifest.json", "vault.json"])
def test_a_damaged_backup_is_refused_and_nothing_changes(room: Room, tmp_path: Path, name: str) -> None:
    snapshot = room.backup()
    flip_bit(room.root / "snapshots" / snapshot / name)
    if name == "vault.json":
        flip_bit(room.root / "snapshots" / snapshot / "vault.json.bak")
    error = refused(lambda: door(room.clock).restore(str(room.disk), snapshot, str(tmp_path / "new"), PASSPHRASE))
    assert isinstance(error, (DamageFound, AccessRefused)) or error.code in {"backup_not_found", "backups_none"}
    assert not (tmp_path / "new").exists()


def test_a_photograph_damaged_in_the_backup_is_named_and_the_rest_restored(room: Room, tmp_path: Path) -> None:
    room.backup()
    copy = next(path for path in (room.root / "objects").rglob("*") if path.is_file())
    flip_bit(copy)
    report = door(room.clock).restore(str(room.disk), "", str(tmp_path / "new"), PASSPHRASE)
    assert report.lost == (copy.name,)
    services = reopened(room, tmp_path / "new")
    assert damage_in(services) == ["picture_file_missing", "backup_objects_bad"]
    services.close()


def test_a_backup_of_another_clinic_in_the_same_place(room: Room, tmp_path: Path) -> None:
    room.backup()
    with open_test_clinic(tmp_path / "second") as second:
        second.backups.run(str(room.disk))
        error = refused(lambda: door().restore(str(room.disk), "", str(tmp_path / "new"), PASSPHRASE))
        assert (type(error), error.code) == (RuleBroken, "backup_several_clinics")
        assert f"{room.root}: Clinic {room.root.name[:8]} · Dr Rao · newest 19 Mar 2026" in sentence_of(error)
        own = f"{room.root.name}/"
        door(room.clock).restore(str(room.disk), own, str(tmp_path / "new"), room.codes[0])
        door(room.clock).restore(str(room.root), "", str(tmp_path / "newer"), room.codes[0])
        assert len(room.services.backups.snapshots(str(room.disk))) == 1


def test_a_drill_has_a_dated_line_and_leaves_nothing(room: Room) -> None:
    name = room.backup()
    assert room.services.backups.drill_due()
    before = sorted(path.name for path in room.folder.iterdir())
    report = room.services.backups.drill(str(room.disk), room.codes[0])
    assert (report.passed, report.snapshot, report.opened, report.patients, report.pictures) == (True, name, 8, 1, 2)
    assert drill_line(report).startswith("19 Mar 2026: passed.")
    assert sorted(path.name for path in room.folder.iterdir()) == before
    (run,) = room.services.backups.history(1)
    assert (run.kind, run.outcome) == (BackupKind.DRILL, BackupOutcome.OK)
    assert not room.services.backups.drill_due()
    room.clock.moment += timedelta(days=90)
    assert room.services.backups.drill_due()


def test_a_drill_of_a_damaged_backup_fails(room: Room) -> None:
    room.backup()
    for path in (room.root / "objects").rglob("*"):
        if path.is_file():
            flip_bit(path)
    report = room.services.backups.drill(str(room.disk), PASSPHRASE)
    assert [code for code, _ in report.problems] == ["drill_objects_missing"]
    assert "FAILED" in drill_line(report)
    assert room.services.backups.history(1)[0].outcome is BackupOutcome.FAILED
    assert room.services.backups.drill_due()
    assert [path.name for path in room.folder.iterdir() if path.name.startswith("drill")] == []


def test_a_drill_with_a_wrong_secret_is_refused_and_a_cancelled_one_leaves_nothing(room: Room) -> None:
    room.backup()
    assert isinstance(refused(lambda: room.services.backups.drill(str(room.disk), "wrong passphrase")), AccessRefused)
    with pytest.raises(Cancelled):
        room.services.backups.drill(str(room.disk), PASSPHRASE, stop_at("restore_copying"))
    assert [path.name for path in room.folder.iterdir() if path.name.startswith("drill")] == []
    assert room.services.backups.history(1)[0].kind is BackupKind.BACKUP


def test_the_restored_folder_holds_nothing_in_clear(room: Room, tmp_path: Path) -> None:
    room.backup()
    door(room.clock).restore(str(room.disk), "", str(tmp_path / "new"), room.codes[0])
    for path in (tmp_path / "new").rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert b"Asha" not in content
            assert b"SQLite format" not in content
            assert b"ORIGINAL" not in content
    vault = json.loads((tmp_path / "new" / "vault.json").read_text("ascii"))
    assert {slot["kind"] for slot in vault["slots"]} == {"passphrase", "recovery"}


def fill(room: Room, patients: int, pictures: int) -> None:
    ids = [
        add_patient(room.services, f"Person {number}", f"N{number}", phone=f"80{number:03} {number:05}")[0]
        for number in range(patients)
    ]
    write_pictures(room.services, ids, pictures)
    for number in range(2):
        add_picture(room.services, ids[0], 900 + number)


def drill_to_an_empty_computer(room: Room, tmp_path: Path) -> tuple[float, float]:
    """T5: back up, wipe, restore with a recovery code only; seconds of both."""
    before, head = census(room.services), head_of(room.services)
    began = time.monotonic()
    run = room.services.backups.run(str(room.disk))
    backed_up = time.monotonic() - began
    assert (run.outcome, run.head_seq) == (BackupOutcome.OK, head.seq)
    room.services.close()
    shutil.rmtree(room.folder)
    began = time.monotonic()
    report = door(room.clock).restore(str(room.disk), "", str(room.folder), room.codes[0], carry_on)
    restored = time.monotonic() - began
    assert report.census == before
    assert (report.new_head, report.lost) == (f"{head.seq}:{head.mac}", ())
    room.services = reopened(room, room.folder)
    with room.services.context.units.read() as unit:
        assert len(set(room.services.context.store.ids()) ^ unit.pictures.blob_ids()) == 0
    assert damage_in(room.services) == []
    return backed_up, restored


def test_a_small_clinic_comes_back_to_an_empty_computer(room: Room, tmp_path: Path) -> None:
    fill(room, 5, 60)
    drill_to_an_empty_computer(room, tmp_path)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_whole_clinic_comes_back_within_15_minutes(room: Room, tmp_path: Path) -> None:
    fill(room, *DRILLED)
    backed_up, restored = drill_to_an_empty_computer(room, tmp_path)
    print(f"backup {backed_up:.1f} s, restore {restored:.1f} s")
    assert backed_up + restored <= 15 * 60
