"""What the machine is spared while tests run, none of which a test asks about: the disk's wait and locked memory."""

from __future__ import annotations

import ctypes
import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

MEMORY_DISK = Path("/dev/shm")  # noqa: S108  (Linux's own memory disk, wherever it is mounted)
ROOMY = 8 * 2**30
"""Bytes that must be free in memory and on the memory disk: the whole suite keeps less than half of it there."""

_CAPABILITIES_3 = 0x20080522
_LOCK_MEMORY = 14
_DROP_FROM_BOUNDS = 24
"""CAP_IPC_LOCK of capability.h, PR_CAPBSET_DROP of prctl.h."""


def keep_files_in_memory() -> None:
    """Make temporary files on the memory disk where it is large enough: a flush to a real disk takes milliseconds.

    What a crash leaves of a file is shown by ``tests/crash`` with a model of a disk and with killed processes, which
    see the same there as anywhere.
    """
    if sys.platform != "linux" or "TMPDIR" in os.environ or not os.access(MEMORY_DISK, os.W_OK):
        return
    of_disk = os.statvfs(MEMORY_DISK)
    kib = {line.split(":")[0]: line.split()[1] for line in Path("/proc/meminfo").read_text("utf-8").splitlines()}
    if min(of_disk.f_bavail * of_disk.f_frsize, int(kib.get("MemAvailable", "0")) * 1024) >= ROOMY:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY_DISK)


def lock_no_memory() -> None:
    """Have the kernel refuse to lock memory (as it does for a person's processes beyond a few MB), on Linux.

    SQLCipher asks for it at each allocation and goes on without; the setting stays as the program makes it. Every
    lock granted splits a piece of the process's memory in two, which takes a quarter of a test's time.
    """
    if sys.platform != "linux":
        return
    import resource

    class Header(ctypes.Structure):
        _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))

    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_DROP_FROM_BOUNDS, _LOCK_MEMORY, 0, 0, 0)  # for the processes started from here
    header, sets = Header(_CAPABILITIES_3, 0), (ctypes.c_uint32 * 6)()
    if libc.capget(ctypes.byref(header), sets) == 0:
        sets[0] &= ~(1 << _LOCK_MEMORY)  # the effective ones
        libc.capset(ctypes.byref(header), sets)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_MEMLOCK, (0, resource.getrlimit(resource.RLIMIT_MEMLOCK)[1]))
