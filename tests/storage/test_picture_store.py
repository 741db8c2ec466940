from __future__ import annotations

import os
import secrets
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from clinic_app.domain.errors import ClinicError, DamageFound, NotFound, StorageUnavailable
from clinic_app.storage import durable
from clinic_app.storage.engine import Engines, open_engines, open_postgres
from clinic_app.storage.keys import VaultKeys, keys_of
from clinic_app.storage.picture_store import (
    PICTURE_BLOB,
    PICTURE_METADATA,
    FilePictureStore,
    PictureKind,
    PictureStore,
    RowPictureStore,
    blob_size,
    picture_id_of,
    seal,
    unseal,
)

CANARY = b"Canary of the photograph, Heron Lane 14"
CONTENT = CANARY * 50
NOW = datetime.now(UTC)


@pytest.fixture
def keys() -> VaultKeys:
    return keys_of({1: secrets.token_bytes(32)}, demo=False)


@pytest.fixture
def files(tmp_path: Path, keys: VaultKeys) -> FilePictureStore:
    return FilePictureStore(tmp_path, keys)


@pytest.fixture(params=["sqlite", "postgresql"])
def engines(request: pytest.FixtureRequest, tmp_path: Path, keys: VaultKeys) -> Iterator[Engines]:
    if request.param == "sqlite":
        opened = open_engines(tmp_path / "clinic.db", keys.database_hex, schema=1, create=True)
    else:
        opened = open_postgres(request.getfixturevalue("postgres_url"))
    PICTURE_METADATA.create_all(opened.writer)
    yield opened
    opened.close()


@pytest.fixture(params=["files", "rows in sqlite", "rows in postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path, keys: VaultKeys) -> Iterator[PictureStore]:
    if request.param == "files":
        yield FilePictureStore(tmp_path, keys)
        return
    if request.param == "rows in sqlite":
        opened = open_engines(tmp_path / "clinic.db", keys.database_hex, schema=1, create=True)
    else:
        opened = open_postgres(request.getfixturevalue("postgres_url"))
    PICTURE_METADATA.create_all(opened.writer)
    yield RowPictureStore(opened, keys)
    opened.close()


def path_of(folder: Path, picture: str) -> Path:
    return folder / "blobs" / picture[:2] / picture


def refusal(call: Callable[[], object], kind: type[ClinicError] = DamageFound) -> ClinicError:
    with pytest.raises(kind) as caught:
        call()
    return caught.value


def test_content_comes_back_and_is_kept_once(store: PictureStore, keys: VaultKeys) -> None:
    picture = store.put(PictureKind.ORIGINAL, CONTENT)
    assert picture == picture_id_of(keys, PictureKind.ORIGINAL, CONTENT)
    assert store.put(PictureKind.ORIGINAL, CONTENT) == picture
    preview = store.put(PictureKind.PREVIEW, CONTENT)
    assert preview != picture
    assert store.get(picture) == store.get(preview) == CONTENT
    assert store.verify(preview) is PictureKind.PREVIEW
    assert list(store.ids()) == sorted([picture, preview])
    assert store.has(picture)
    empty = store.put(PictureKind.THUMBNAIL, b"")
    assert store.get(empty) == b""
    assert store.size(picture) == blob_size(len(CONTENT)) == len(CONTENT) + 36
    assert refusal(lambda: store.size("0" * 64), NotFound).code == "picture_missing"


def test_what_is_not_there(store: PictureStore) -> None:
    for picture in ("0" * 64, "../../etc/passwd", "", "A" * 64, "0" * 63 + "\n"):
        assert not picture or "/" in picture or not store.has("0" * 64)
        fault = refusal(lambda picture=picture: store.get(picture), NotFound)  # type: ignore[misc]
        assert (fault.code, fault.params["picture"]) == ("picture_missing", picture)
    assert list(store.ids()) == []
    store.delete("0" * 64)
    assert store.sweep_temporary() == 0
    assert store.empty_trash(NOW) == 0


def test_deleting(store: PictureStore) -> None:
    picture = store.put(PictureKind.DISPLAY, CONTENT)
    store.delete(picture)
    assert not store.has(picture)
    refusal(lambda: store.get(picture), NotFound)
    assert store.put(PictureKind.DISPLAY, CONTENT) == picture


def test_the_sweep_takes_only_old_unreferenced_pictures_while_no_import_runs(store: PictureStore) -> None:
    kept, orphan = store.put(PictureKind.ORIGINAL, b"kept"), store.put(PictureKind.ORIGINAL, b"orphan")
    later = datetime.now(UTC) + timedelta(hours=25)
    assert store.sweep_unreferenced({kept}, later, import_running=True) == []
    assert store.sweep_unreferenced({kept}, later - timedelta(hours=2), import_running=False) == []
    assert store.sweep_unreferenced({kept}, later, import_running=False) == [orphan]
    assert list(store.ids()) == [kept]
    refusal(lambda: store.get(orphan), NotFound)
    assert store.empty_trash(later + timedelta(days=29)) == 0
    assert store.empty_trash(later + timedelta(days=31)) == 1
    assert store.get(kept) == b"kept"


def test_a_swept_picture_put_again_is_there_again(store: PictureStore) -> None:
    orphan = store.put(PictureKind.ORIGINAL, CONTENT)
    later = datetime.now(UTC) + timedelta(hours=25)
    assert store.sweep_unreferenced((), later, import_running=False) == [orphan]
    assert store.put(PictureKind.ORIGINAL, CONTENT) == orphan
    assert store.get(orphan) == CONTENT
    assert store.sweep_unreferenced((), later - timedelta(hours=2), import_running=False) == []


def test_several_threads_may_put_the_same(store: PictureStore) -> None:
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(store.put(PictureKind.ORIGINAL, CONTENT))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert list(store.ids()) == sorted(set(found))
    assert store.get(found[0]) == CONTENT


def test_a_blob_is_what_the_format_says(keys: VaultKeys) -> None:
    picture = picture_id_of(keys, PictureKind.DISPLAY, CONTENT)
    blob = seal(keys, picture, PictureKind.DISPLAY, CONTENT)
    assert blob[:8] == b"BXB1\x01\x02\x00\x00"
    assert len(blob) == 8 + 12 + len(CONTENT) + 16
    assert unseal(keys, picture, blob) == (PictureKind.DISPLAY, CONTENT)
    assert seal(keys, picture, PictureKind.DISPLAY, CONTENT) != blob


def test_every_flipped_bit_and_every_cut_of_a_blob_is_damage(keys: VaultKeys) -> None:
    content = b"a small photograph"
    picture = picture_id_of(keys, PictureKind.ORIGINAL, content)
    blob = seal(keys, picture, PictureKind.ORIGINAL, content)
    for bit in range(len(blob) * 8):
        flipped = bytearray(blob)
        flipped[bit // 8] ^= 1 << bit % 8
        fault = refusal(lambda flipped=flipped: unseal(keys, picture, bytes(flipped)))  # type: ignore[misc]
        assert (fault.code, fault.params["picture"]) == ("stored_picture_damaged", picture)
    for length in range(len(blob)):
        refusal(lambda length=length: unseal(keys, picture, blob[:length]))  # type: ignore[misc]
    refusal(lambda: unseal(keys, picture, blob + b"\x00"))


def test_one_photograph_under_the_name_of_another_is_damage(files: FilePictureStore, tmp_path: Path) -> None:
    first, second = files.put(PictureKind.ORIGINAL, b"first"), files.put(PictureKind.ORIGINAL, b"second")
    durable.replace(path_of(tmp_path, first), path_of(tmp_path, second))
    assert refusal(lambda: files.get(second)).params["picture"] == second


def test_verify_finds_a_blob_that_was_sealed_under_a_wrong_name(files: FilePictureStore, tmp_path: Path) -> None:
    keys = files._keys
    name = "ab" * 32
    path_of(tmp_path, name).parent.mkdir(parents=True)
    path_of(tmp_path, name).write_bytes(seal(keys, name, PictureKind.ORIGINAL, CONTENT))
    assert files.get(name) == CONTENT
    assert refusal(lambda: files.verify(name)).params["picture"] == name


def test_another_vault_s_keys_and_a_later_generation(files: FilePictureStore) -> None:
    picture = files.put(PictureKind.ORIGINAL, CONTENT)
    other = keys_of({1: secrets.token_bytes(32)}, demo=False)
    assert picture_id_of(other, PictureKind.ORIGINAL, CONTENT) != picture
    refusal(lambda: FilePictureStore(files._blobs.parent, other).get(picture))


def test_a_new_generation_still_reads_the_old_pictures(tmp_path: Path) -> None:
    old, new = secrets.token_bytes(32), secrets.token_bytes(32)
    picture = FilePictureStore(tmp_path, keys_of({1: old}, demo=False)).put(PictureKind.ORIGINAL, CONTENT)
    later = FilePictureStore(tmp_path, keys_of({1: old, 2: new}, demo=False))
    assert later.get(picture) == CONTENT
    assert later.put(PictureKind.ORIGINAL, CONTENT) == picture
    second = later.put(PictureKind.ORIGINAL, b"taken later")
    assert path_of(tmp_path, second).read_bytes()[4] == 2
    with pytest.raises(DamageFound):
        FilePictureStore(tmp_path, keys_of({1: old}, demo=False)).get(second)


def test_nothing_is_plain_on_disk_and_files_are_for_reading_only(files: FilePictureStore, tmp_path: Path) -> None:
    picture = files.put(PictureKind.ORIGINAL, CONTENT)
    found = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert found == [path_of(tmp_path, picture)]
    assert CANARY not in found[0].read_bytes()
    assert not found[0].stat().st_mode & 0o222
    assert "." not in found[0].name


def test_rows_hold_no_plain_content(engines: Engines, keys: VaultKeys) -> None:
    store = RowPictureStore(engines, keys)
    picture = store.put(PictureKind.ORIGINAL, CONTENT)
    with engines.reader.connect() as connection:
        blob = bytes(connection.execute(select(PICTURE_BLOB.c.content)).scalar_one())
    assert unseal(keys, picture, blob) == (PictureKind.ORIGINAL, CONTENT)
    assert CANARY not in blob


def test_a_damaged_row_is_named_and_written_anew(engines: Engines, keys: VaultKeys) -> None:
    store = RowPictureStore(engines, keys)
    picture = store.put(PictureKind.ORIGINAL, CONTENT)
    with engines.writer.begin() as connection:
        connection.execute(update(PICTURE_BLOB).values(content=b"BXB1 nonsense"))
    assert refusal(lambda: store.get(picture)).params["picture"] == picture
    assert store.put(PictureKind.ORIGINAL, CONTENT) == picture
    assert store.get(picture) == CONTENT


def test_a_damaged_file_is_written_anew(files: FilePictureStore, tmp_path: Path) -> None:
    picture = files.put(PictureKind.ORIGINAL, CONTENT)
    path = path_of(tmp_path, picture)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:40])
    refusal(lambda: files.verify(picture))
    assert files.put(PictureKind.ORIGINAL, CONTENT) == picture
    assert files.get(picture) == CONTENT


def test_a_folder_under_the_name_of_a_picture_is_told_by_name(files: FilePictureStore, tmp_path: Path) -> None:
    picture = files.put(PictureKind.ORIGINAL, CONTENT)
    path_of(tmp_path, picture).unlink()
    path_of(tmp_path, picture).mkdir()
    for look in (files.get, files.verify, files.size):
        fault = refusal(lambda look=look: look(picture), StorageUnavailable)  # type: ignore[misc]
        assert (fault.code, fault.params["picture"]) == ("stored_picture_unreadable", picture)


def test_a_reused_picture_becomes_young_again(files: FilePictureStore, tmp_path: Path) -> None:
    picture = files.put(PictureKind.ORIGINAL, CONTENT)
    old = time.time() - 90_000
    os.utime(path_of(tmp_path, picture), (old, old))
    files.put(PictureKind.ORIGINAL, CONTENT)
    assert files.sweep_unreferenced((), datetime.now(UTC), import_running=False) == []


def test_temporary_files_are_swept_and_never_listed(files: FilePictureStore, tmp_path: Path) -> None:
    picture = files.put(PictureKind.ORIGINAL, CONTENT)
    (tmp_path / "blobs" / "tmp" / "left.tmp").write_bytes(b"half")
    assert list(files.ids()) == [picture]
    assert files.sweep_temporary() == 1
    assert files.sweep_temporary() == 0
    assert files.get(picture) == CONTENT


@pytest.mark.skipif(sys.platform == "win32", reason="limits on file size are set with POSIX setrlimit")
def test_a_full_disk_leaves_no_half_picture(tmp_path: Path) -> None:
    script = textwrap.dedent(
        """
        import resource, signal, sys
        from pathlib import Path
        from clinic_app.domain.errors import StorageUnavailable
        from clinic_app.storage.durable import write_file
        from clinic_app.storage.keys import keys_of
        from clinic_app.storage.picture_store import FilePictureStore, PictureKind

        folder = Path(sys.argv[1])
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        store = FilePictureStore(folder, keys_of({1: bytes(32)}, demo=True))
        store.put(PictureKind.ORIGINAL, b"small")
        write_file(folder / "vault.json", b"old")
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        for attempt in (lambda: store.put(PictureKind.ORIGINAL, bytes(300_000)),
                        lambda: write_file(folder / "vault.json", bytes(300_000))):
            try:
                attempt()
            except StorageUnavailable as fault:
                print(fault.code, bool(fault.params["drive"]))
        store.put(PictureKind.ORIGINAL, b"still works")
        print(len(list(store.ids())), len(list((folder / "blobs" / "tmp").iterdir())))
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == ["disk_full", "True", "disk_full", "True", "2", "0"]
    assert (tmp_path / "vault.json").read_bytes() == b"old"


@pytest.mark.skipif(sys.platform == "win32", reason="kills with POSIX SIGKILL")
def test_killed_while_saving_every_acknowledged_picture_is_whole(tmp_path: Path) -> None:
    script = textwrap.dedent(
        """
        import os, sys
        from pathlib import Path
        from clinic_app.storage.keys import keys_of
        from clinic_app.storage.picture_store import FilePictureStore, PictureKind

        store = FilePictureStore(Path(sys.argv[1]), keys_of({1: bytes(32)}, demo=True))
        for _ in range(10_000):
            print(store.put(PictureKind.ORIGINAL, os.urandom(200_000)), flush=True)
        """
    )
    store = FilePictureStore(tmp_path, keys_of({1: bytes(32)}, demo=True))
    acknowledged: set[str] = set()
    for wait in (0.01, 0.05, 0.11):
        with subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True
        ) as saver:
            assert saver.stdout is not None
            acknowledged.add(saver.stdout.readline().strip())
            time.sleep(wait)
            saver.kill()
            acknowledged |= {line for line in saver.stdout.read().split() if len(line) == 64}
    store.sweep_temporary()
    found = set(store.ids())
    assert acknowledged <= found
    assert {store.verify(picture) for picture in found} == {PictureKind.ORIGINAL}
    assert len(found - acknowledged) <= 3


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write where nobody may")
def test_a_read_only_folder_is_named(files: FilePictureStore, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        fault = refusal(lambda: files.put(PictureKind.ORIGINAL, CONTENT), ClinicError)
    finally:
        tmp_path.chmod(0o700)
    assert fault.code == "read_only"


def test_what_the_disk_says_is_named(tmp_path: Path) -> None:
    for number, code in (
        (28, "disk_full"),
        (30, "read_only"),
        (13, "read_only"),
        (2, "folder_missing"),
        (5, "disk_io"),
    ):
        fault = durable.unavailable(OSError(number, "text"), tmp_path / "not" / "there")
        assert fault.code == code
    assert durable.drive_of(tmp_path / "not" / "there")
