"""A model of a disk that loses what was not synced when the power goes.

``record`` notes everything a process writes into a clinic's folder: SQLite's writes, truncations and syncs, file by
file, through its own virtual file system (three methods of every file it opens are replaced by ones that note the call
and then do it), and the files and renames of ``storage.durable``. ``Disk`` plays the notes back up to any point and
says what the disk might hold if the power went there:

- of a file of the database all that was written before its last sync, and of what was written since any part, in
  pieces of 512 bytes;
- of a file that was synced before it was renamed all of it; of one that was not nothing, zeros, or its beginning;
- of renames all those before the last sync of a folder, and of the later ones the first few, in their order.

It takes for granted what the security page names: sectors of 512 bytes are written whole or not at all, fsync is honest
and makes a file's creation last, metadata are written in order (true of ext4, roughly of NTFS, not of every USB stick).
"""

from __future__ import annotations

import ctypes
import os
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import sqlcipher3._sqlite3

from clinic_app.storage import durable

SECTOR: Final = 512
_KEPT_KINDS: Final = 0x100 | 0x800 | 0x80000
"""SQLITE_OPEN_MAIN_DB, SQLITE_OPEN_MAIN_JOURNAL, SQLITE_OPEN_WAL (sqlite3.h)."""

Note = tuple[Any, ...]


class _Vfs(ctypes.Structure):
    """``sqlite3_vfs`` up to ``xOpen`` (sqlite3.h)."""


_OPEN = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
"""The name is handed on as an address: SQLite keeps it for as long as the file is open."""
_WRITE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_int64)
_TRUNCATE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int64)
_SYNC = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int)

_Vfs._fields_ = [
    ("iVersion", ctypes.c_int),
    ("szOsFile", ctypes.c_int),
    ("mxPathname", ctypes.c_int),
    ("pNext", ctypes.c_void_p),
    ("zName", ctypes.c_char_p),
    ("pAppData", ctypes.c_void_p),
    ("xOpen", _OPEN),
]


class _Methods(ctypes.Structure):
    """``sqlite3_io_methods`` version 3 (sqlite3.h)."""

    _fields_ = (
        ("iVersion", ctypes.c_int),
        ("xClose", ctypes.c_void_p),
        ("xRead", ctypes.c_void_p),
        ("xWrite", _WRITE),
        ("xTruncate", _TRUNCATE),
        ("xSync", _SYNC),
        ("rest", ctypes.c_void_p * 13),
    )


def record(folder: Path, *, syncs_files: bool = True) -> list[Note]:
    """Note what this process writes into ``folder`` from now on, for as long as it lives.

    ``syncs_files``: False makes ``storage.durable`` leave out every fsync, which a program must not do.
    """
    notes: list[Note] = []
    _watch_sqlite(folder, notes.append)
    _watch_files(folder, notes.append, syncs=syncs_files)
    return notes


def _watch_sqlite(folder: Path, note: Callable[[Note], None]) -> None:
    library = ctypes.CDLL(sqlcipher3._sqlite3.__file__)
    library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
    vfs = library.sqlite3_vfs_find(None).contents
    plain_open = ctypes.cast(vfs.xOpen, ctypes.c_void_p).value
    assert plain_open is not None
    really_open = _OPEN(plain_open)
    names: dict[int, str] = {}
    changed: dict[int, _Methods] = {}
    kept: list[object] = []

    def methods_of(address: int) -> _Methods:
        """The methods of a kind of file with three of them replaced."""
        plain = _Methods.from_address(address)
        write, truncate, sync = (
            kind(ctypes.cast(getattr(plain, name), ctypes.c_void_p).value or 0)
            for name, kind in (("xWrite", _WRITE), ("xTruncate", _TRUNCATE), ("xSync", _SYNC))
        )
        ours = _Methods()
        ctypes.pointer(ours)[0] = plain

        def on_write(file: int, data: int, amount: int, offset: int) -> int:
            if file in names:
                note(("write", names[file], offset, ctypes.string_at(data, amount)))
            return int(write(file, data, amount, offset))

        def on_truncate(file: int, size: int) -> int:
            if file in names:
                note(("truncate", names[file], size))
            return int(truncate(file, size))

        def on_sync(file: int, flags: int) -> int:
            done = int(sync(file, flags))
            if file in names:
                note(("sync", names[file]))
            return done

        ours.xWrite, ours.xTruncate, ours.xSync = _WRITE(on_write), _TRUNCATE(on_truncate), _SYNC(on_sync)
        kept.extend((write, truncate, sync, ours))
        return ours

    def on_open(vfs_: int, name: int | None, file: int, flags: int, answer: int) -> int:
        names.pop(file, None)
        done = int(really_open(vfs_, name, file, flags, answer))
        path = Path(os.fsdecode(ctypes.string_at(name))) if name is not None else Path()
        if done == 0 and flags & _KEPT_KINDS and path.parent == folder:
            address = ctypes.c_void_p.from_address(file)
            assert address.value is not None
            plain = address.value
            if plain not in changed:
                changed[plain] = methods_of(plain)
            names[file] = path.name
            address.value = ctypes.addressof(changed[plain])
        return done

    replaced = _OPEN(on_open)
    kept.extend((replaced, really_open))
    vfs.xOpen = replaced
    _ALIVE.append(kept)


_ALIVE: list[object] = []
"""What C calls back must not be collected."""


def _watch_files(folder: Path, note: Callable[[Note], None], *, syncs: bool) -> None:
    write_temporary, replace, sync_file, sync_folder = (
        durable.write_temporary, durable.replace, durable.sync_file, durable.sync_folder,
    )  # fmt: skip

    def on_write(place: Path, content: bytes) -> Path:
        path = write_temporary(place, content)
        note(("file", str(path.relative_to(folder)), content, syncs))
        return path

    def on_replace(source: Path, target: Path) -> None:
        replace(source, target)
        note(("rename", str(source.relative_to(folder)), str(target.relative_to(folder))))

    def on_sync_file(descriptor: int) -> None:
        if syncs:
            sync_file(descriptor)

    def on_sync_folder(place: Path) -> None:
        if syncs:
            sync_folder(place)
            note(("folder",))

    for name, function in (
        ("write_temporary", on_write), ("replace", on_replace), ("sync_file", on_sync_file),
        ("sync_folder", on_sync_folder),
    ):  # fmt: skip
        setattr(durable, name, function)


@dataclass(slots=True)
class Disk:
    """The files of a clinic as a disk has them; fed with notes, it can be asked at any point what a cut leaves."""

    lasting: dict[str, bytearray]
    pending: dict[str, list[Note]] = field(default_factory=dict)
    renames: list[Note] = field(default_factory=list)
    written: dict[str, tuple[bytes, bool]] = field(default_factory=dict)
    said: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, folder: Path) -> Disk:
        """A disk on which a folder lies, all of it synced."""
        files = (path for path in folder.rglob("*") if path.is_file())
        return cls({str(path.relative_to(folder)): bytearray(path.read_bytes()) for path in files})

    def feed(self, notes: Iterable[Note]) -> None:
        """Go on by some notes."""
        for note in notes:
            kind = note[0]
            if kind in ("write", "truncate"):
                self.pending.setdefault(note[1], []).append(note)
            elif kind == "sync":
                file = self.lasting.setdefault(note[1], bytearray())
                for waiting in self.pending.pop(note[1], []):
                    _apply(file, waiting)
            elif kind == "file":
                self.written[note[1]] = note[2:]
            elif kind == "rename":
                self.renames.append(note)
            elif kind == "folder":
                self._rename(self.lasting, self.renames)
                self.renames = []
            elif kind == "said":
                self.said.append(note[1])

    def cut(self, chance: random.Random) -> dict[str, bytes]:
        """What may be on the disk if the power goes now."""
        left = {name: bytearray(content) for name, content in self.lasting.items()}
        for name, waiting in self.pending.items():
            file = left.setdefault(name, bytearray())
            for note in waiting:
                for piece in _pieces(note):
                    if chance.random() < 0.5:
                        _apply(file, piece)
        self._rename(left, self.renames[: chance.randint(0, len(self.renames))], chance)
        return {name: bytes(content) for name, content in left.items()}

    def _rename(
        self, files: dict[str, bytearray], renames: Iterable[Note], chance: random.Random | None = None
    ) -> None:
        for _, source, target in renames:
            content, synced = self.written.get(source, (b"", True))
            if not synced:
                content = (chance or random.Random(0)).choice((b"", bytes(len(content)), content[: len(content) // 2]))  # noqa: S311
            files[target] = bytearray(content)


def _apply(file: bytearray, note: Note) -> None:
    if note[0] == "truncate":
        size = note[2]
        del file[size:]
        file.extend(bytes(size - len(file)))
        return
    _, _, offset, data = note
    if len(file) < offset:
        file.extend(bytes(offset - len(file)))
    file[offset : offset + len(data)] = data


def _pieces(note: Note) -> Iterable[Note]:
    """A write in sectors, each of which reaches the disk or does not; anything else whole."""
    if note[0] != "write":
        return (note,)
    _, name, offset, data = note
    edges = range(SECTOR - offset % SECTOR, len(data), SECTOR)
    starts = [0, *edges]
    return [
        ("write", name, offset + start, data[start:end]) for start, end in zip(starts, [*edges, len(data)], strict=True)
    ]
