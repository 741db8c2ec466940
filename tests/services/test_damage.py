"""What a check of the record says of a folder in which something was spoiled from outside."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import text

from clinic_app.domain.access import Action
from clinic_app.domain.audit import AuditFilter
from clinic_app.domain.checks import FindingKind
from clinic_app.domain.errors import DamageFound
from clinic_app.services.clinic_data import ClinicDoor
from clinic_app.storage.engine import connect
from clinic_app.storage.vault import read_vault, unlock
from clinic_app.wording.sentences import sentence
from clinic_app.wording.versions import table_words
from tests.builders import PASSPHRASE, add_patient, door, open_copied_clinic, open_test_clinic
from tests.services.test_bin import full_record


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a clinic, closed."""
    with open_test_clinic(tmp_path):
        pass
    return tmp_path / "clinic"


def found_in(folder: Path) -> list[tuple[FindingKind, str]]:
    """What a check of the folder finds."""
    services = door().open(str(folder), PASSPHRASE)
    try:
        return [(one.kind, one.code) for one in services.check()]
    finally:
        services.close()


def spoil(path: Path) -> None:
    """Turn one bit in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x10
    path.write_bytes(content)


def entered(folder: Path, action: str) -> int:
    """How many entries of an action the audit has."""
    services = door().open(str(folder), PASSPHRASE)
    try:
        return services.audit.count(AuditFilter(action=action))
    finally:
        services.close()


def test_a_spoilt_key_file_is_written_anew_from_its_copy_and_said_once(folder: Path) -> None:
    assert found_in(folder) == []
    spoil(folder / "vault.json")
    spoilt = (folder / "vault.json").read_bytes()
    assert found_in(folder) == [(FindingKind.DAMAGED, "vault_mended")]
    assert [path.read_bytes() for path in folder.glob("vault.json.damaged-*")] == [spoilt]
    assert (folder / "vault.json").read_bytes() == (folder / "vault.json.bak").read_bytes()
    assert found_in(folder) == []
    (folder / "vault.json").unlink()
    assert found_in(folder) == [(FindingKind.DAMAGED, "vault_rewritten")]
    assert found_in(folder) == []
    assert entered(folder, "key_file.mended") == 2


def test_a_spoilt_copy_of_the_key_file_is_written_anew_and_noted_once(folder: Path) -> None:
    spoil(folder / "vault.json.bak")
    assert found_in(folder) == [(FindingKind.NOTE, "vault_copy_rewritten")]
    assert found_in(folder) == []


def test_entries_cut_off_after_the_key_file_was_spoilt_are_missed_all_the_same(
    folder: Path, expected_logs: list[str]
) -> None:
    expected_logs.append("the audit does not hold its newest anchor")
    spoil(folder / "vault.json")
    services = door().open(str(folder), PASSPHRASE)
    add_patient(services)
    services.close()
    before = (folder / "clinic.db").read_bytes()
    services = door().open(str(folder), PASSPHRASE)
    add_patient(services, "Ravi Nair", "4128")
    services.close()
    (folder / "clinic.db").write_bytes(before)
    assert "audit_cut_off" in {code for _, code in found_in(folder)}


def test_what_a_cut_import_left_is_a_note(folder: Path) -> None:
    (folder / "blobs" / "tmp").mkdir(parents=True)
    (folder / "blobs" / "tmp" / f"{'a' * 32}.tmp").write_bytes(b"half")
    assert found_in(folder) == [(FindingKind.NOTE, "temporary_files")]


def test_strangers_among_the_photographs_are_a_note(folder: Path) -> None:
    (folder / "blobs" / "zz").mkdir(parents=True)
    (folder / "blobs" / "readme.txt").write_text("mine", encoding="utf-8")
    (folder / "blobs" / "zz" / "foo").write_bytes(b"foo")
    assert found_in(folder) == [(FindingKind.NOTE, "store_strangers")]


def test_a_clinic_with_patients_and_no_backup_is_a_note(folder: Path) -> None:
    assert found_in(folder) == []
    services = door().open(str(folder), PASSPHRASE)
    add_patient(services)
    services.close()
    assert found_in(folder) == [(FindingKind.NOTE, "backup_never")]


@pytest.mark.parametrize(("user", "passphrase"), [("", PASSPHRASE), ("Dr Rao", "short")])
def test_a_clinic_that_is_refused_leaves_no_folder_behind(tmp_path: Path, user: str, passphrase: str) -> None:
    with pytest.raises(Exception, match=r"user|passphrase"):
        door().create(str(tmp_path / "new" / "clinic"), "Klinik", user, passphrase)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("call", [ClinicDoor.create, ClinicDoor.create_demo])
def test_a_file_is_no_folder_for_a_clinic(tmp_path: Path, call: object) -> None:
    (tmp_path / "letter.txt").write_text("x", encoding="utf-8")
    words = ("Klinik", "Dr Rao", PASSPHRASE) if call is ClinicDoor.create else ()
    assert callable(call)
    with pytest.raises(Exception, match="folder_is_a_file"):
        call(door(), str(tmp_path / "letter.txt"), *words)


def test_a_key_file_that_is_gone_with_its_copy_is_missing(folder: Path) -> None:
    services = door().open(str(folder), PASSPHRASE)
    try:
        for name in ("vault.json", "vault.json.bak"):
            (folder / name).unlink()
        assert [(one.kind, one.code) for one in services.check()] == [(FindingKind.MISSING, "vault_missing")]
    finally:
        services.close()


def test_a_key_file_damaged_with_its_copy_comes_back_from_a_backup_as_the_sentence_says(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    with open_test_clinic(tmp_path) as services:
        services.access.confirm(PASSPHRASE, Action.MANAGE)
        services.backups.set_places([str(tmp_path / "disk")])
        services.backups.run(str(tmp_path / "disk"))
        add_patient(services)
    folder = tmp_path / "clinic"
    for name in ("vault.json", "vault.json.bak"):
        (folder / name).write_bytes(b"{}")
    with pytest.raises(DamageFound, match="vault_damaged"):
        door().open(str(folder), PASSPHRASE)
    (kept,) = (tmp_path / "disk").glob("*/snapshots/*/vault.json")
    shutil.copy(kept, folder / "vault.json")
    services = door().open(str(folder), PASSPHRASE)
    try:
        assert services.patients.count() == 1
        assert [one for one in services.check(full=True) if not one.harmless] == []
    finally:
        services.close()


PIN, TURN, LIES, FIGURE, DRAWN = (
    "Pinned pair", "Turn of a photo", "Alignment of a photo", "Measurement", "Drawing on a photo",
)  # fmt: skip


def test_what_belongs_to_a_photograph_is_of_it_and_can_be_read(tmp_path: Path) -> None:
    with open_copied_clinic(tmp_path) as services:
        full_record(services, 2, "PH1")
        add_patient(services, "Somebody Else", "PH2", phone="98111 00002")
        assert [one.code for one in services.check()] == ["backup_never"]
        spoilt = {
            "UPDATE picture SET patient_id = 2 WHERE id = 2": ("of_other", {PIN, LIES, FIGURE}),
            "UPDATE measurement SET kind = 'guess'": ("unreadable", {FIGURE}),
            "UPDATE measurement SET content = '{\"points\": [[0.1, 0.2]]}'": ("unreadable", {FIGURE}),
            "UPDATE measurement SET content = '{\"points\": [[0.1, 0.2], [0.3, 0.9]]}'": ("outside", {FIGURE}),
            "UPDATE mark SET content = '{\"points\": [[-0.1, 0.2], [0.3, 0.2]]}'": ("outside", {DRAWN}),
            "UPDATE mark SET content = '{}'": ("unreadable", {DRAWN}),
            "UPDATE picture_alignment SET scale = 0": ("unreadable", {LIES}),
        }
        for statement, (code, things) in spoilt.items():
            with services.context.units.open() as unit:
                unit.session.execute(text(statement.replace(":", "\\:")))
                found = list(unit.photo_ties.strays())
            assert {(one.code, one.picture_id) for one in found} == {(f"photo_tie_{code}", 2)}, statement
            assert {table_words(one.table) for one in found} == things
            assert {one.harmless for one in found} == {code == "outside"}


def test_the_check_names_what_belonged_to_a_photograph_that_is_gone(tmp_path: Path) -> None:
    with open_copied_clinic(tmp_path) as services:
        full_record(services, 2, "PH1")
    raw = connect(
        tmp_path / "clinic" / "clinic.db", unlock(read_vault(tmp_path / "clinic"), PASSPHRASE).keys.database_hex
    )
    raw.execute("PRAGMA foreign_keys = OFF")
    raw.execute("DELETE FROM picture WHERE id = 2")
    raw.commit()
    raw.close()
    services = door().open(str(tmp_path / "clinic"), PASSPHRASE)
    try:
        found = [one for one in services.check() if one.code == "photo_tie_gone"]
    finally:
        services.close()
    assert {str(one.params["thing"]) for one in found} == {PIN, TURN, LIES, FIGURE, DRAWN}
    assert not any(one.harmless for one in found)
    assert "photograph 2" in sentence(found[0].code, found[0].params)
