"""The empty folders image readers work in, and taking away those whose program was killed.

A folder's name says which process it belongs to. One is taken away only if that process is gone, the folder is this
user's and it was made an hour ago or longer: the same temporary folder may be shared with processes whose numbers
mean nothing here (containers).
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

LEFT_BEHIND_S: Final = 3600.0
_NAME: Final = re.compile(r"clinic-reader-([1-9][0-9]{0,9})-[a-z0-9_]{8}", re.ASCII)
_QUERY_LIMITED_INFORMATION: Final = 0x1000
_STILL_ACTIVE: Final = 259
_INVALID_PARAMETER: Final = 87


def make_folder() -> Path:
    """A new empty folder of this process in the system's temporary folder. Raises ``OSError``."""
    return Path(tempfile.mkdtemp(prefix=f"clinic-reader-{os.getpid()}-"))


def owner_of(name: str) -> int | None:
    """The number of the process a folder of this name belongs to; None where no reader made it."""
    match = _NAME.fullmatch(name)
    return None if match is None else int(match[1])


def sweep_folders() -> int:
    """Take away what readers of processes that were killed left in the temporary folder; answers how many folders."""
    gone = 0
    with suppress(OSError), os.scandir(tempfile.gettempdir()) as found:
        for entry in found:
            owner = owner_of(entry.name)
            if owner is None or is_running(owner):
                continue
            with suppress(OSError):
                if _left_behind(entry):
                    shutil.rmtree(entry.path)
                    gone += 1
    return gone


def is_running(process: int) -> bool:
    """Whether a process of this number runs; True where the system does not tell."""
    return _runs(process)


def _left_behind(entry: os.DirEntry[str]) -> bool:
    """Whether it is a folder, no link to one, of this user, and an hour old."""
    status = entry.stat(follow_symlinks=False)
    if not stat.S_ISDIR(status.st_mode) or (sys.platform != "win32" and status.st_uid != os.getuid()):
        return False
    return status.st_mtime <= time.time() - LEFT_BEHIND_S


if sys.platform == "win32":

    def _runs(process: int) -> bool:
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.OpenProcess.restype = wintypes.HANDLE
        kernel.OpenProcess.argtypes = (wintypes.DWORD, wintypes.BOOL, wintypes.DWORD)
        kernel.GetExitCodeProcess.argtypes = (wintypes.HANDLE, ctypes.POINTER(wintypes.DWORD))
        kernel.CloseHandle.argtypes = (wintypes.HANDLE,)
        handle = kernel.OpenProcess(_QUERY_LIMITED_INFORMATION, False, process)
        if not handle:
            return ctypes.get_last_error() != _INVALID_PARAMETER
        try:
            code = wintypes.DWORD()
            return not kernel.GetExitCodeProcess(handle, ctypes.byref(code)) or code.value == _STILL_ACTIVE
        finally:
            kernel.CloseHandle(handle)

else:

    def _runs(process: int) -> bool:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
        except (OSError, OverflowError):
            return True
        return True
