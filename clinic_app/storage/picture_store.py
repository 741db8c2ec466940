"""Where photographs are kept: one encrypted blob per picture file, in a folder or in PostgreSQL rows.

``id = HMAC-SHA256(id key, kind || plaintext)``: the same content of the same kind has one id and is kept once, and
nobody without the key can tell whether a known file is here. A blob is
``"BXB1" | generation (1) | kind (1) | flags (2) | nonce (12) | AES-256-GCM``, with the first 8 bytes and the id
authenticated and a key of its own.

What survives a cut: ``put`` returns after fsync of the file, rename and fsync of the folder, so a database row may
point at the id at once. A cut before that leaves a file in ``blobs/tmp`` (``sweep_temporary``) or an unreferenced
blob (``sweep_unreferenced``), never half a picture under its name.
"""

from __future__ import annotations

import errno
import hashlib
import hmac
import os
import re
import secrets
import stat
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from enum import IntEnum
from pathlib import Path
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import BigInteger, Column, LargeBinary, MetaData, String, Table, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from clinic_app.domain.errors import DamageFound, NotFound, StorageUnavailable
from clinic_app.storage import durable
from clinic_app.storage.engine import Engines
from clinic_app.storage.keys import VaultKeys, picture_key

MAGIC: Final = b"BXB1"
HEAD_BYTES: Final = 8
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
ORPHAN_AGE: Final = timedelta(hours=24)
TRASH_AGE: Final = timedelta(days=30)
_ID = re.compile(r"[0-9a-f]{64}")


class PictureKind(IntEnum):
    """What a blob holds; part of its id and of what is authenticated."""

    ORIGINAL = 1
    DISPLAY = 2
    PREVIEW = 3
    THUMBNAIL = 4


class PictureStore(Protocol):
    """Content in, id out. Safe to call from several threads. All methods may raise ``StorageUnavailable``."""

    def put(self, kind: PictureKind, content: bytes) -> str:
        """Keep ``content`` and return its id (64 hex digits); durable on return. Kept once however often put."""
        ...

    def get(self, picture: str) -> bytes:
        """The content of ``picture``.

        Raises ``NotFound("picture_missing")``, ``DamageFound("stored_picture_damaged")``.
        """
        ...

    def verify(self, picture: str) -> PictureKind:
        """As ``get``, and that the id is the keyed hash of the content."""
        ...

    def has(self, picture: str) -> bool:
        """Whether a blob of that id is there (it is not read)."""
        ...

    def size(self, picture: str) -> int:
        """The bytes of the blob as it lies in the store (it is not read); ``blob_size`` says how many there must be.

        Raises ``NotFound("picture_missing")``.
        """
        ...

    def delete(self, picture: str) -> None:
        """Remove the blob for good; nothing happens when it is not there. Only after the database forgot it."""
        ...

    def ids(self) -> Iterator[str]:
        """The ids of all blobs, in order."""
        ...

    def temporary(self) -> int:
        """How many files of a ``put`` that was cut, or is under way, are there."""
        ...

    def strangers(self) -> int:
        """How many files lie among the blobs that the store did not put there."""
        ...

    def sweep_temporary(self, *, older_s: float = 0.0) -> int:
        """Remove what a ``put`` cut at least ``older_s`` seconds ago left; with 0 before any ``put``. How many."""
        ...

    def sweep_unreferenced(self, referenced: Collection[str], now: datetime, *, import_running: bool) -> list[str]:
        """Move to the trash what no row names, if stored over 24 h ago and no import runs; returns the ids."""
        ...

    def trashed(self) -> int:
        """How many blobs lie in the trash."""
        ...

    def empty_trash(self, now: datetime) -> int:
        """Remove for good what has been in the trash for over 30 days. Returns how many."""
        ...


def blob_size(content: int) -> int:
    """The bytes of a blob that holds ``content`` bytes."""
    return HEAD_BYTES + _NONCE_BYTES + content + _TAG_BYTES


def picture_id_of(keys: VaultKeys, kind: PictureKind, content: bytes) -> str:
    """The id ``content`` has in this vault, whether kept or not: 64 hex digits."""
    mac = hmac.new(keys.picture_id, bytes((kind,)), hashlib.sha256)
    mac.update(content)
    return mac.hexdigest()


def seal(keys: VaultKeys, picture: str, kind: PictureKind, content: bytes) -> bytes:
    """The blob of ``content``, under the newest generation and a fresh nonce."""
    identity = bytes.fromhex(picture)
    head = MAGIC + bytes((keys.generation, kind, 0, 0))
    nonce = secrets.token_bytes(_NONCE_BYTES)
    cipher = AESGCM(picture_key(keys, keys.generation, identity))
    return head + nonce + cipher.encrypt(nonce, content, head + identity)


def unseal(keys: VaultKeys, picture: str, blob: bytes) -> tuple[PictureKind, bytes]:
    """The kind and content of a blob.

    Raises ``DamageFound("stored_picture_damaged")`` if a single bit is not as written.
    """
    head, nonce = blob[:HEAD_BYTES], blob[HEAD_BYTES : HEAD_BYTES + _NONCE_BYTES]
    try:
        if len(blob) < HEAD_BYTES + _NONCE_BYTES + _TAG_BYTES or head[:4] != MAGIC:
            raise DamageFound("stored_picture_damaged", picture=picture)
        identity = bytes.fromhex(picture)
        cipher = AESGCM(picture_key(keys, head[4], identity))
        content = cipher.decrypt(nonce, memoryview(blob)[HEAD_BYTES + _NONCE_BYTES :], head + identity)
        return PictureKind(head[5]), content
    except (InvalidTag, KeyError, ValueError) as fault:
        raise DamageFound("stored_picture_damaged", picture=picture) from fault


def _verified(keys: VaultKeys, picture: str, blob: bytes) -> PictureKind:
    kind, content = unseal(keys, picture, blob)
    if not hmac.compare_digest(picture_id_of(keys, kind, content), picture):
        raise DamageFound("stored_picture_damaged", picture=picture)
    return kind


def _checked(picture: str) -> str:
    """Only an id becomes part of a path."""
    if _ID.fullmatch(picture) is None:
        raise NotFound("picture_missing", picture=picture)
    return picture


class FilePictureStore:
    """Blobs as files beside the database: ``<folder>/blobs/<xx>/<id>``, read-only, ``blobs/tmp``, ``trash``."""

    def __init__(self, folder: Path, keys: VaultKeys) -> None:
        self._blobs = folder / "blobs"
        self._temporary = self._blobs / "tmp"
        self._trash = folder / "trash"
        self._keys = keys

    def put(self, kind: PictureKind, content: bytes) -> str:
        """See ``PictureStore.put``. A blob that is there and whole is reused, a damaged one written anew."""
        picture = picture_id_of(self._keys, kind, content)
        path = self._path(picture)
        with durable.disk_errors(path):
            if self._reusable(picture, path):
                return picture
            durable.make_folder(self._temporary)
            durable.make_folder(path.parent)
            temporary = durable.write_temporary(self._temporary, seal(self._keys, picture, kind, content))
            try:
                if path.exists():
                    path.chmod(stat.S_IRUSR | stat.S_IWUSR)
                durable.replace(temporary, path)
            except BaseException as fault:
                with suppress(OSError):
                    temporary.unlink()
                if isinstance(fault, OSError) and self._reusable(picture, path):
                    return picture
                raise
            path.chmod(stat.S_IRUSR)
            durable.sync_folder(path.parent)
        return picture

    def get(self, picture: str) -> bytes:
        """See ``PictureStore.get``."""
        return unseal(self._keys, picture, self._blob(picture))[1]

    def verify(self, picture: str) -> PictureKind:
        """See ``PictureStore.verify``."""
        return _verified(self._keys, picture, self._blob(picture))

    def has(self, picture: str) -> bool:
        """See ``PictureStore.has``."""
        path = self._path(_checked(picture))
        with durable.disk_errors(path):
            return path.is_file()

    def size(self, picture: str) -> int:
        """See ``PictureStore.size``."""
        path = self._path(_checked(picture))
        with _reading(picture):
            status = path.stat()
            if stat.S_ISDIR(status.st_mode):
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
            return status.st_size

    def delete(self, picture: str) -> None:
        """See ``PictureStore.delete``."""
        path = self._path(_checked(picture))
        with durable.disk_errors(path):
            if path.exists():
                _remove(path)
                durable.sync_folder(path.parent)

    def ids(self) -> Iterator[str]:
        """See ``PictureStore.ids``."""
        with durable.disk_errors(self._blobs):
            if not self._blobs.is_dir():
                return
            for folder in sorted(self._blobs.iterdir()):
                if len(folder.name) == 2 and folder.is_dir():
                    yield from sorted(path.name for path in folder.iterdir() if _ID.fullmatch(path.name))

    def temporary(self) -> int:
        """See ``PictureStore.temporary``."""
        with durable.disk_errors(self._temporary):
            return sum(path.is_file() for path in self._temporary.iterdir()) if self._temporary.is_dir() else 0

    def strangers(self) -> int:
        """See ``PictureStore.strangers``."""
        with durable.disk_errors(self._blobs):
            if not self._blobs.is_dir():
                return 0
            files = (path for path in self._blobs.rglob("*") if path.is_file() and path.parent != self._temporary)
            return sum(_ID.fullmatch(path.name) is None or path != self._path(path.name) for path in files)

    def sweep_temporary(self, *, older_s: float = 0.0) -> int:
        """See ``PictureStore.sweep_temporary``."""
        with durable.disk_errors(self._temporary):
            if not self._temporary.is_dir():
                return 0
            left = [path for path in self._temporary.iterdir() if path.is_file() and durable.is_older(path, older_s)]
            for path in left:
                _remove(path)
            return len(left)

    def sweep_unreferenced(self, referenced: Collection[str], now: datetime, *, import_running: bool) -> list[str]:
        """See ``PictureStore.sweep_unreferenced``."""
        if import_running:
            return []
        swept: list[str] = []
        for picture in list(self.ids()):
            path = self._path(picture)
            with durable.disk_errors(path):
                if picture in referenced or path.stat().st_mtime > (now - ORPHAN_AGE).timestamp():
                    continue
                durable.make_folder(self._trash)
                target = self._trash / picture
                if target.exists():
                    _remove(target)
                durable.replace(path, target)
                os.utime(target, (now.timestamp(), now.timestamp()))
                durable.sync_folder(self._trash)
                durable.sync_folder(path.parent)
            swept.append(picture)
        return swept

    def trashed(self) -> int:
        """See ``PictureStore.trashed``."""
        with durable.disk_errors(self._trash):
            if not self._trash.is_dir():
                return 0
            return sum(_ID.fullmatch(path.name) is not None for path in self._trash.iterdir())

    def empty_trash(self, now: datetime) -> int:
        """See ``PictureStore.empty_trash``."""
        with durable.disk_errors(self._trash):
            if not self._trash.is_dir():
                return 0
            limit = (now - TRASH_AGE).timestamp()
            old = [path for path in self._trash.iterdir() if _ID.fullmatch(path.name) and path.stat().st_mtime < limit]
            for path in old:
                _remove(path)
            return len(old)

    def _path(self, picture: str) -> Path:
        return self._blobs / picture[:2] / picture

    def _blob(self, picture: str) -> bytes:
        path = self._path(_checked(picture))
        with _reading(picture), path.open("rb") as file:
            return file.read()

    def _reusable(self, picture: str, path: Path) -> bool:
        """Whole already: its name is made durable, its age new: no sweep takes it before its row is there."""
        if not path.exists():
            return False
        try:
            unseal(self._keys, picture, self._blob(picture))
        except (DamageFound, NotFound):
            return False
        os.utime(path)
        durable.sync_folder(path.parent)
        return True


@contextmanager
def _reading(picture: str) -> Iterator[None]:
    """What the operating system says of a blob it does not hand out.

    Raises ``NotFound("picture_missing")``, ``StorageUnavailable("stored_picture_unreadable")``.
    """
    try:
        yield
    except FileNotFoundError as fault:
        raise NotFound("picture_missing", picture=picture) from fault
    except OSError as fault:
        reason = fault.strerror or type(fault).__name__
        raise StorageUnavailable("stored_picture_unreadable", picture=picture, reason=reason) from fault


def _remove(path: Path) -> None:
    """Unlink, also where Windows minds the read-only mark."""
    path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    path.unlink()


PICTURE_METADATA: Final = MetaData()

PICTURE_BLOB: Final = Table(
    "picture_blob",
    PICTURE_METADATA,
    Column("id", String(64), primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("stored_at", BigInteger, nullable=False),
    Column("trashed_at", BigInteger, nullable=True),
)
"""The rows of ``RowPictureStore``; times in seconds since 1970, UTC. ``PICTURE_BLOB.to_metadata(theirs)`` copies it."""


class RowPictureStore:
    """The same blobs as rows of a database, for PostgreSQL: one dump holds records and photographs."""

    def __init__(self, engines: Engines, keys: VaultKeys) -> None:
        self._engines = engines
        self._keys = keys

    def put(self, kind: PictureKind, content: bytes) -> str:
        """See ``PictureStore.put``. Commits for itself, before the row that will name the id."""
        picture = picture_id_of(self._keys, kind, content)
        now = int(datetime.now().astimezone().timestamp())
        if self._renew(picture, now):
            return picture
        row = {"id": picture, "content": seal(self._keys, picture, kind, content), "stored_at": now}
        try:
            with self._engines.writer.begin() as connection:
                connection.execute(delete(PICTURE_BLOB).where(PICTURE_BLOB.c.id == picture))
                connection.execute(insert(PICTURE_BLOB), row)
        except IntegrityError:
            if not self._renew(picture, now):
                raise
        return picture

    def get(self, picture: str) -> bytes:
        """See ``PictureStore.get``."""
        return unseal(self._keys, picture, self._blob(picture))[1]

    def verify(self, picture: str) -> PictureKind:
        """See ``PictureStore.verify``."""
        return _verified(self._keys, picture, self._blob(picture))

    def has(self, picture: str) -> bool:
        """See ``PictureStore.has``."""
        wanted = select(PICTURE_BLOB.c.id).where(
            PICTURE_BLOB.c.id == _checked(picture), PICTURE_BLOB.c.trashed_at.is_(None)
        )
        with self._engines.reader.connect() as connection:
            return connection.execute(wanted).first() is not None

    def size(self, picture: str) -> int:
        """See ``PictureStore.size``."""
        wanted = select(func.length(PICTURE_BLOB.c.content)).where(
            PICTURE_BLOB.c.id == _checked(picture), PICTURE_BLOB.c.trashed_at.is_(None)
        )
        with self._engines.reader.connect() as connection:
            size: int | None = connection.execute(wanted).scalar()
        if size is None:
            raise NotFound("picture_missing", picture=picture)
        return size

    def delete(self, picture: str) -> None:
        """See ``PictureStore.delete``."""
        with self._engines.writer.begin() as connection:
            connection.execute(delete(PICTURE_BLOB).where(PICTURE_BLOB.c.id == _checked(picture)))

    def ids(self) -> Iterator[str]:
        """See ``PictureStore.ids``."""
        wanted = select(PICTURE_BLOB.c.id).where(PICTURE_BLOB.c.trashed_at.is_(None)).order_by(PICTURE_BLOB.c.id)
        with self._engines.reader.connect() as connection:
            names = list(connection.execute(wanted).scalars())
        yield from names

    def temporary(self) -> int:
        """None: a transaction that was cut leaves no row."""
        return 0

    def strangers(self) -> int:
        """None: a table holds nothing else."""
        return 0

    def sweep_temporary(self, *, older_s: float = 0.0) -> int:  # noqa: ARG002
        """Nothing to do: a transaction that was cut leaves no row."""
        return 0

    def sweep_unreferenced(self, referenced: Collection[str], now: datetime, *, import_running: bool) -> list[str]:
        """See ``PictureStore.sweep_unreferenced``."""
        if import_running:
            return []
        limit = int((now - ORPHAN_AGE).timestamp())
        old = select(PICTURE_BLOB.c.id).where(PICTURE_BLOB.c.trashed_at.is_(None), PICTURE_BLOB.c.stored_at < limit)
        swept: list[str] = []
        with self._engines.writer.begin() as connection:
            for picture in sorted(connection.execute(old).scalars()):
                if picture not in referenced:
                    mark = update(PICTURE_BLOB).where(PICTURE_BLOB.c.id == picture)
                    connection.execute(mark.values(trashed_at=int(now.timestamp())))
                    swept.append(picture)
        return swept

    def trashed(self) -> int:
        """See ``PictureStore.trashed``."""
        counted = select(func.count()).select_from(PICTURE_BLOB).where(PICTURE_BLOB.c.trashed_at.is_not(None))
        with self._engines.reader.connect() as connection:
            return connection.execute(counted).scalar_one()

    def empty_trash(self, now: datetime) -> int:
        """See ``PictureStore.empty_trash``."""
        limit = int((now - TRASH_AGE).timestamp())
        with self._engines.writer.begin() as connection:
            return connection.execute(delete(PICTURE_BLOB).where(PICTURE_BLOB.c.trashed_at < limit)).rowcount

    def _blob(self, picture: str) -> bytes:
        wanted = select(PICTURE_BLOB.c.content).where(
            PICTURE_BLOB.c.id == _checked(picture), PICTURE_BLOB.c.trashed_at.is_(None)
        )
        with self._engines.reader.connect() as connection:
            content = connection.execute(wanted).scalar()
        if content is None:
            raise NotFound("picture_missing", picture=picture)
        return bytes(content)

    def _renew(self, picture: str, now: int) -> bool:
        """Whether a whole blob of that id is there; its age becomes new and it leaves the trash."""
        with self._engines.writer.begin() as connection:
            content = connection.execute(select(PICTURE_BLOB.c.content).where(PICTURE_BLOB.c.id == picture)).scalar()
            if content is None:
                return False
            try:
                unseal(self._keys, picture, bytes(content))
            except DamageFound:
                return False
            mark = update(PICTURE_BLOB).where(PICTURE_BLOB.c.id == picture)
            connection.execute(mark.values(stored_at=now, trashed_at=None))
        return True
