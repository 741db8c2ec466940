"""One window a clinic: a second one on the same data folder is refused. The command line takes no lock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from filelock import FileLock, Timeout

from clinic_app.domain.errors import StorageUnavailable

FILE = "lock"


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


class WindowLock:
    """Held while a window is open on a data folder.

    The system lets go of it when the process ends in whatever way, so a crash leaves nothing to clear away.
    Keep the object: it lets go when it is forgotten, too.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = FileLock(folder / FILE, timeout=0, thread_local=False)

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

    def release(self) -> None:
        """Let another window in; nothing happens where it was not held."""
        self._lock.release()

    def __enter__(self) -> WindowLock:
        self.take()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
