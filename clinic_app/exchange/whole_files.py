"""Files to the outside: written whole or not at all, beside their place first, so that no half a file is ever there."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NoReturn

from clinic_app.domain.errors import FileRefused, StorageUnavailable


@contextmanager
def whole_file(path: Path, *, overwrite: bool = False) -> Iterator[IO[bytes]]:
    """A file to write to; it stands at ``path`` once the inside has ended well, and on the disk.

    Raises:
        FileRefused: ``table_exists`` unless ``overwrite``, ``table_is_folder``.
        StorageUnavailable: the disk is full, the folder missing or not to be written.
    """
    try:
        folder = path.is_dir()
    except OSError as error:
        _not_written(path, error)
    if folder:
        raise FileRefused("table_is_folder", str(path))
    reserved = False
    try:
        if not overwrite:
            path.touch(exist_ok=False)
            reserved = True
        with _temporary_beside(path) as temporary:
            with temporary.open("wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
            reserved = False
    except FileExistsError as error:
        raise FileRefused("table_exists", str(path)) from error
    except OSError as error:
        _not_written(path, error)
    finally:
        if reserved:
            path.unlink(missing_ok=True)


def keep_present(path: Path) -> None:
    """Refuse a path where a file stands already, before anything is done for it.

    Raises:
        FileRefused: ``table_exists``.
        StorageUnavailable: as ``whole_file``.
    """
    try:
        present = path.is_file()
    except OSError as error:
        _not_written(path, error)
    if present:
        raise FileRefused("table_exists", str(path))


@contextmanager
def _temporary_beside(path: Path) -> Iterator[Path]:
    descriptor, found = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=".part", dir=path.parent)
    os.close(descriptor)
    temporary = Path(found)
    try:
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def _not_written(path: Path, error: OSError) -> NoReturn:
    if error.errno == errno.ENOSPC:
        raise StorageUnavailable("table_disk_full", path=str(path)) from error
    if isinstance(error, FileNotFoundError):
        raise StorageUnavailable("table_folder_missing", path=str(path)) from error
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        raise StorageUnavailable("table_not_allowed", path=str(path)) from error
    reason = error.strerror or type(error).__name__
    raise StorageUnavailable("table_not_written", path=str(path), reason=reason) from error
