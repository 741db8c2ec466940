"""A clinic of an older schema is opened: the same answers afterwards, the old database kept, nothing lost."""

from __future__ import annotations

import hashlib
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from clinic_app.domain.access import Action
from clinic_app.domain.audit import AuditFilter
from clinic_app.domain.backups import BackupKind
from clinic_app.domain.changes import Progress
from clinic_app.domain.errors import Cancelled, DamageFound, StorageUnavailable
from clinic_app.imaging.reader import PictureReader
from clinic_app.machine.lock import WindowLock
from clinic_app.machine.places import Places, find_places
from clinic_app.services import Services
from clinic_app.services.clinic_data import ClinicDoor
from clinic_app.storage import migrations, upgrade
from clinic_app.storage.engine import connect
from clinic_app.storage.migrations import SCHEMA
from clinic_app.storage.vault import read_vault, unlock, unlock_demo
from tests.builders import PASSPHRASE, TODAY, Clock, add_patient, door, give, open_test_clinic
from tests.golden.answers import PLACE, SCHEDULED, answers_of, compared, expected_answers, scheduled
from tests.test_cli import ask

GOLDEN = sorted(folder.name for folder in PLACE.iterdir() if folder.name.isdigit())


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """A copy of the golden clinic of schema 1."""
    shutil.copytree(PLACE / "0001", tmp_path / "clinic")
    return tmp_path / "clinic"


@pytest.fixture(scope="module")
def key() -> str:
    """The golden clinic's database key."""
    return unlock(read_vault(PLACE / "0001"), PASSPHRASE).keys.database_hex


def version_of(path: Path, key: str) -> int:
    connection = connect(path, key, read_only=True)
    try:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])
    finally:
        connection.close()


def files_of(folder: Path) -> dict[str, tuple[int, str]]:
    """Every file of a clinic, when it was written and what is in it; but for the count of wrong tries, which is
    written before any passphrase is looked at.
    """
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {
        name: (path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest())
        for name, path in found.items()
        if name not in {"tries.json", "tries.json.bak"}
    }


def refused(folder: Path) -> StorageUnavailable:
    with pytest.raises(StorageUnavailable) as caught:
        door(Clock(TODAY)).open(str(folder), PASSPHRASE)
    return caught.value


@pytest.mark.parametrize("schema", GOLDEN)
def test_a_clinic_of_every_schema_answers_the_same_and_is_whole(tmp_path: Path, schema: str) -> None:
    folder = tmp_path / "clinic"
    shutil.copytree(PLACE / schema, folder)
    services = door(Clock(TODAY)).open(str(folder), PASSPHRASE, "Dr Rao")
    try:
        assert answers_of(services) == expected_answers(schema)
        assert [finding for finding in services.check(full=True) if not finding.harmless] == []
        with services.context.units.read() as unit:
            report = unit.audit.verify(rows=True)
        assert report.problems == ()
        assert report.entries >= {"0001": 0, "0002": 92, "0003": 100}.get(schema, 80)
    finally:
        services.close()


def kept(told: object, shown: object) -> bool:
    """Whether all that was told is shown; a later program may show more of the same things."""
    if isinstance(told, dict) and isinstance(shown, dict):
        return all(name in shown and kept(value, shown[name]) for name, value in told.items())
    if isinstance(told, list) and isinstance(shown, list):
        return len(told) == len(shown) and all(map(kept, told, shown))
    return told == (pytest.approx(shown) if isinstance(shown, float) else shown)


@pytest.mark.parametrize("schema", ["0003"])
def test_the_viewer_shows_every_comparison_as_the_older_program_did(tmp_path: Path, schema: str) -> None:
    folder = tmp_path / "clinic"
    shutil.copytree(PLACE / schema, folder)
    services = door(Clock(TODAY)).open(str(folder), PASSPHRASE, "Dr Rao")
    try:
        told, shown = expected_answers(schema, "compared"), compared(services)
        assert kept(told, shown)
        first = next(iter(told))
        assert not kept({**told, first: {**told[first], "peak_day": 99}}, shown)
        for entry in sorted(services.bin.entries(), key=lambda one: -one.id):
            services.bin.restore(entry.id)
        (asha,) = [one for name, one in compared(services).items() if name == "4127 blepharospasm_bilateral"]
        assert asha["turned"] == {"1": 0, "2": 1, "3": 0, "4": 0, "5": 0, "6": 2}
        assert len(asha["alignments"]) == len(told["4127 blepharospasm_bilateral"]["alignments"]) + 1
        with services.context.units.read() as unit:
            (moved,) = [undo_id for undo_id, _ in unit.clinic.open_undos("moved")]
        services.undo(moved)
        bela = compared(services)["5001 blepharospasm_bilateral"]
        assert (len(bela["alignments"]), len(bela["measured"])) == (2, 2)
        assert [finding for finding in services.check(full=True) if not finding.harmless] == []
    finally:
        services.close()


@pytest.mark.parametrize("schema", [schema for schema in GOLDEN if schema > "0003"])
def test_the_schedule_knows_calls_bookings_and_absences_as_the_older_program_did(tmp_path: Path, schema: str) -> None:
    shutil.copytree(PLACE / schema, tmp_path / "clinic")
    services = door(Clock(SCHEDULED)).open(str(tmp_path / "clinic"), PASSPHRASE, "Dr Rao")
    try:
        told, shown = expected_answers(schema, "scheduled"), scheduled(services)
        assert kept(told, shown)
        assert not kept({**told, "away": []}, shown)
        assert kept(expected_answers(schema, "compared"), compared(services))
    finally:
        services.close()


def test_every_schema_before_this_one_has_its_clinic() -> None:
    assert set(GOLDEN) >= {f"{number:04}" for number in range(1, SCHEMA)}


def test_what_lay_in_the_bin_of_an_older_clinic_comes_back(tmp_path: Path) -> None:
    folder = tmp_path / "clinic"
    shutil.copytree(PLACE / "0002", folder)
    services = door(Clock(TODAY)).open(str(folder), PASSPHRASE, "Dr Rao")
    try:
        entries = services.bin.entries()
        assert sorted(entry.kind.value for entry in entries) == ["merged", "patient", "photos"]
        for entry in sorted(entries, key=lambda one: one.id):
            services.bin.restore(entry.id)
        assert services.bin.entries() == ()
        assert services.patients.count() == 12
        assert [finding for finding in services.check(full=True) if not finding.harmless] == []
    finally:
        services.close()


def test_it_answers_the_same_afterwards_and_says_what_happened(older: Path, key: str) -> None:
    steps: list[str] = []

    def report(progress: Progress) -> bool:
        steps.append(progress.code)
        return True

    services = door(Clock(TODAY)).open(str(older), PASSPHRASE, report=report)
    try:
        assert answers_of(services) == expected_answers()
        assert not [finding for finding in services.check(full=True) if not finding.harmless]
        with services.context.units.read() as unit:
            first = unit.audit.entries(AuditFilter())[-1]
            assert unit.audit.verify(rows=True).problems == ()
        assert (first.seq, first.action, first.object_id) == (1, "schema.migrate", str(SCHEMA))
    finally:
        services.close()
    assert list(dict.fromkeys(steps)) == [
        "upgrade_copying", "upgrade_checking_copy", "upgrade_changing", "upgrade_checking", "upgrade_windows",
    ]  # fmt: skip
    (kept,) = older.glob(f"{upgrade.KEPT}1-*.db")
    assert version_of(kept, key) == 1
    assert version_of(older / "clinic.db", key) == SCHEMA
    assert not list(older.glob(f"{upgrade.WORK}*"))


def test_what_was_saved_just_before_a_crash_of_the_older_program_is_upgraded_too(older: Path, key: str) -> None:
    """The last save of the older program lies in its write-ahead log alone."""
    (older / "copied").mkdir()
    connection = connect(older / "clinic.db", key)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA wal_autocheckpoint=0")
    connection.execute("UPDATE patient SET notes = 'only in the log' WHERE id = 1")
    for name in ("clinic.db", "clinic.db-wal"):
        shutil.copy(older / name, older / "copied" / name)
    connection.close()
    for name in ("clinic.db", "clinic.db-wal"):
        shutil.move(older / "copied" / name, older / name)
    (older / "copied").rmdir()
    services = door(Clock(TODAY)).open(str(older), PASSPHRASE)
    try:
        assert services.patients.get(1).details.notes == "only in the log"
    finally:
        services.close()


def test_it_is_kept_for_thirty_days(older: Path) -> None:
    clock = Clock(TODAY)
    door(clock).open(str(older), PASSPHRASE).close()
    for days, there in ((29, 1), (31, 0)):
        clock.go_to(TODAY + timedelta(days=days))
        door(clock).open(str(older), PASSPHRASE).close()
        assert len(list(older.glob(f"{upgrade.KEPT}*.db"))) == there


@pytest.mark.parametrize("step", ["upgrade_copying", "upgrade_checking_copy", "upgrade_changing", "upgrade_checking"])
def test_stopped_it_is_as_it_was(older: Path, key: str, step: str) -> None:
    with pytest.raises(Cancelled):
        door(Clock(TODAY)).open(str(older), PASSPHRASE, report=lambda progress: progress.code != step)
    assert version_of(older / "clinic.db", key) == 1
    assert {path.name for path in older.iterdir()} >= {"clinic.db", "vault.json", "blobs"}
    assert not list(older.glob(f"{upgrade.KEPT}*")) + list(older.glob(f"{upgrade.WORK}*"))


def test_while_another_program_has_it_open_it_is_refused(older: Path, key: str) -> None:
    connection = connect(older / "clinic.db", key)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("SELECT count(*) FROM patient").fetchone()
        assert refused(older).code == "database_locked"
    finally:
        connection.close()
    assert version_of(older / "clinic.db", key) == 1
    with WindowLock(older):
        assert refused(older).code == "folder_in_use"
    door(Clock(TODAY)).open(str(older), PASSPHRASE).close()


def test_without_room_it_is_refused_and_says_how_much_is_needed(
    older: Path, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upgrade, "_SPARE", 1 << 60)
    error = refused(older)
    assert error.code == "upgrade_no_room"
    assert error.params["drive"]
    assert int(str(error.params["mebibytes"])) > 0
    assert version_of(older / "clinic.db", key) == 1


def test_a_damaged_database_is_not_upgraded(older: Path) -> None:
    path = older / "clinic.db"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(DamageFound):
        door(Clock(TODAY)).open(str(older), PASSPHRASE)
    assert bytes(content)[4096:] == path.read_bytes()[4096:]


def test_the_demo_of_the_programs_own_folder_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "demo"
    monkeypatch.setattr(Places, "demo_folder", lambda _: own)
    clinics = door(Clock(TODAY))
    clinics.create_demo(str(own)).close()
    key = unlock_demo(read_vault(own)).keys.database_hex
    connection = connect(own / "clinic.db", key)
    connection.execute("UPDATE alembic_version SET version_num = '0001'")
    connection.execute("PRAGMA user_version = 1")
    connection.close()
    before = read_vault(own).vault_id
    services = clinics.open_demo(str(own))
    try:
        assert services.patients.count()
    finally:
        services.close()
    assert read_vault(own).vault_id != before


@pytest.fixture
def next_schema(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ClinicDoor:
    """A program with one more migration than this one."""
    scripts = tmp_path / "database" / "migrations"
    shutil.copytree(find_places().migrations, scripts)
    shutil.copytree(find_places().catalogues, tmp_path / "database" / "catalogues")
    number = f"{SCHEMA + 1:04}"
    (scripts / "versions" / f"{number}_next.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n"
        f"revision = '{number}'\ndown_revision = '{migrations.HEAD}'\nbranch_labels = None\ndepends_on = None\n"
        "def upgrade():\n    op.create_table('novelty', sa.Column('id', sa.Integer(), primary_key=True))\n",
        encoding="utf-8",
    )
    places = find_places()
    from clinic_app.services import upgrade as services_upgrade

    for module in (migrations, upgrade, services_upgrade):
        monkeypatch.setattr(module, "SCHEMA", SCHEMA + 1)
    monkeypatch.setattr(migrations, "HEAD", number)
    later = Places(places.build, tmp_path / "database", places.resources, places.beside)
    return ClinicDoor(later, Clock(TODAY + timedelta(days=1)), PictureReader, today_given=True)


def _backed_up_clinic(tmp_path: Path, place: Path) -> int:
    with open_test_clinic(tmp_path) as services:
        give(services, *add_patient(services), TODAY)
        place.mkdir()
        services.access.confirm(PASSPHRASE, Action.MANAGE)
        services.backups.set_places([str(place)])
        with services.context.units.read() as unit:
            return unit.audit.verify().entries


def test_a_later_program_backs_up_to_the_place_first(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    place = tmp_path / "disk"
    entries = _backed_up_clinic(tmp_path, place)
    later: ClinicDoor = request.getfixturevalue("next_schema")
    services = later.open(str(tmp_path / "clinic"), PASSPHRASE)
    try:
        _upgraded_with_backup(services, place, entries)
    finally:
        services.close()


def _upgraded_with_backup(services: Services, place: Path, entries: int) -> None:
    (run,) = services.backups.history(10, BackupKind.BACKUP)
    (snapshot,) = services.backups.snapshots(str(place))
    assert run.snapshot == snapshot.name
    assert snapshot.head_seq == run.head_seq == entries + 1
    with services.context.units.read() as unit:
        assert unit.audit.verify(rows=True).problems == ()
        assert "schema.migrate" in [entry.action for entry in unit.audit.entries(AuditFilter())]
    assert services.patients.count() == 1


def test_a_backup_disk_that_is_not_there_does_not_keep_the_clinic_closed(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    place = tmp_path / "disk"
    _backed_up_clinic(tmp_path, place)
    place.rmdir()
    later: ClinicDoor = request.getfixturevalue("next_schema")
    services = later.open(str(tmp_path / "clinic"), PASSPHRASE)
    try:
        assert services.backups.history(10, BackupKind.BACKUP) == ()
        assert services.patients.count() == 1
    finally:
        services.close()
    assert list((tmp_path / "clinic").glob(f"{upgrade.KEPT}{SCHEMA}-*.db"))


def test_a_later_database_is_refused_untouched(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    _backed_up_clinic(tmp_path, tmp_path / "disk")
    later: ClinicDoor = request.getfixturevalue("next_schema")
    later.open(str(tmp_path / "clinic"), PASSPHRASE).close()
    request.getfixturevalue("monkeypatch").undo()
    folder = tmp_path / "clinic"
    (folder / "lock").touch()
    before = files_of(folder)
    for one_window in (False, True):
        clinics = ClinicDoor(find_places(), Clock(TODAY), PictureReader, today_given=True, one_window=one_window)
        assert clinics.state(str(folder)).there
        with pytest.raises(StorageUnavailable) as caught:
            clinics.open(str(folder), PASSPHRASE)
        assert caught.value.code == "database_newer"
        assert files_of(folder) == before


def test_the_command_line_says_so_on_stderr(older: Path) -> None:
    for times in (1, 0):
        said = ask("list", "patients", data=older)
        assert said.code == 0
        assert len(said.out.splitlines()) == 1
        assert said.err.count("brought to this version") == times
