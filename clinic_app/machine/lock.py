"""One window a clinic: a second one on the same data folder is refused. The command line takes no lock."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

from filelock import FileLock, Timeout

from clinic_app.domain.errors import StorageUnavailable

FILE = "lock"
WAIT_S = 0.3
"""So long somebody who only looks whether it is held may hold it."""
_held: set[Path] = set()


BACKUP_FILE = "backup.lock"


@contextmanager
def backup_lock(folder: Path) -> Iterator[None]:
    """Held while a backup of the clinic in ``folder`` is made on this computer, by whatever program.

    Raises ``StorageUnavailable("backup_running")``.
    """
    lock = FileLock(folder / BACKUP_FILE, timeout=0, thread_local=False)
    try:
        lock.acquire()
    except Timeout as error:
        raise StorageUnavailable("backup_running") from error
    except OSError as error:
        raise StorageUnavailable("folder_not_writable", path=str(folder)) from error
    try:
        yield
    finally:
        lock.release()


def held_elsewhere(folder: Path) -> bool:
    """Whether a window of another program is open on this folder; nothing is made in it."""
    path = folder / FILE
    if folder.resolve() in _held or not path.exists():
        return False
    lock = FileLock(path, timeout=0, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        return True
    except OSError:
        return False
    lock.release()
    return False


def knock(folder: Path) -> None:
    """Tell the window that is open on this folder that it is looked for: its lock file gets a new date."""
    with suppress(OSError):
        os.utime(folder / FILE)


class WindowLock:
    """Held while a window is open on a data folder.

    The system lets go of it when the process ends in whatever way, so a crash leaves nothing to clear away.
    Keep the object: it lets go when it is forgotten, too.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = FileLock(folder / FILE, timeout=WAIT_S, thread_local=False)

    def take(self) -> None:
        """Raises ``StorageUnavailable("folder_in_use")`` where another window holds it, and
        ``StorageUnavailable("folder_not_writable")`` where the lock file cannot be made.
        """
        try:
            self._lock.acquire()
        except Timeout as error:
            raise StorageUnavailable("folder_in_use", path=str(self._folder)) from error
        except OSError as error:
            raise StorageUnavailable("folder_not_writable", path=str(self._folder)) from error
        _held.add(self._folder.resolve())

    def release(self) -> None:
        """Let another window in; nothing happens where it was not held."""
        _held.discard(self._folder.resolve())
        self._lock.release()

    def __enter__(self) -> WindowLock:
        self.take()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
