"""The walls round the image reader: what the operating system lets the child process do.

POSIX limits are set inside the child, before it imports any decoder; on Windows the parent puts the child into a Job
Object. Where a system lacks a limit the others still hold.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from typing import Protocol

MEMORY = 1_288_490_188
"""Bytes of address space the child may take (1.2 GiB, security.md 6.4)."""

OPEN_FILES = 32
"""Files the child may hold open."""


class Wall(Protocol):
    """Something that must be let go when the child has ended."""

    def close(self) -> None:
        """Let go of the operating system's handle."""


def limit_this_process(memory: int = MEMORY) -> None:
    """Set the limits of this process for good: memory, open files, no core file, no file written, no new rights."""
    if sys.platform == "win32":
        return
    import resource

    limits = [(resource.RLIMIT_CORE, 0), (resource.RLIMIT_NOFILE, OPEN_FILES), (resource.RLIMIT_FSIZE, 0)]
    if sys.platform == "linux":
        limits.append((resource.RLIMIT_AS, memory))
    for which, amount in limits:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(which, (amount, amount))
    if sys.platform == "linux":
        import ctypes

        no_new_privileges = 38
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(no_new_privileges, 1, 0, 0, 0)


def allow_processor_time(seconds: int) -> None:
    """Let this process compute ``seconds`` more from now; the system ends it when they are used up."""
    if sys.platform == "win32":
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + 1 + seconds, hard))


def wall_round(process: subprocess.Popen[bytes], memory: int = MEMORY) -> Wall | None:
    """Put a freshly started child into a Windows Job Object (memory, one process, ends with us); None elsewhere."""
    if sys.platform == "win32":
        return _JobObject(process, memory)
    return None


if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    class _BasicLimits(ctypes.Structure):
        _fields_ = (
            ("PerProcessUserTimeLimit", wintypes.LARGE_INTEGER),
            ("PerJobUserTimeLimit", wintypes.LARGE_INTEGER),
            ("LimitFlags", wintypes.DWORD),
            ("MinimumWorkingSetSize", ctypes.c_size_t),
            ("MaximumWorkingSetSize", ctypes.c_size_t),
            ("ActiveProcessLimit", wintypes.DWORD),
            ("Affinity", ctypes.c_size_t),
            ("PriorityClass", wintypes.DWORD),
            ("SchedulingClass", wintypes.DWORD),
        )

    class _IoCounters(ctypes.Structure):
        _fields_ = tuple(
            (name, ctypes.c_uint64) for name in ("ReadOps", "WriteOps", "OtherOps", "Reads", "Writes", "Others")
        )

    class _ExtendedLimits(ctypes.Structure):
        _fields_ = (
            ("Basic", _BasicLimits),
            ("Io", _IoCounters),
            ("ProcessMemoryLimit", ctypes.c_size_t),
            ("JobMemoryLimit", ctypes.c_size_t),
            ("PeakProcessMemoryUsed", ctypes.c_size_t),
            ("PeakJobMemoryUsed", ctypes.c_size_t),
        )

    class _JobObject:
        """JOBOBJECT_EXTENDED_LIMIT_INFORMATION with active processes 1, memory, kill on close."""

        def __init__(self, process: subprocess.Popen[bytes], memory: int) -> None:
            kernel = ctypes.WinDLL("kernel32", use_last_error=True)
            kernel.CreateJobObjectW.restype = wintypes.HANDLE
            kernel.CreateJobObjectW.argtypes = (ctypes.c_void_p, wintypes.LPCWSTR)
            kernel.SetInformationJobObject.argtypes = (wintypes.HANDLE, ctypes.c_int, ctypes.c_void_p, wintypes.DWORD)
            kernel.AssignProcessToJobObject.argtypes = (wintypes.HANDLE, wintypes.HANDLE)
            kernel.CloseHandle.argtypes = (wintypes.HANDLE,)
            self._kernel = kernel
            self._handle = kernel.CreateJobObjectW(None, None)
            active_process, process_memory, kill_on_close = 0x8, 0x100, 0x2000
            extended_limit_information = 9
            limits = _ExtendedLimits()
            limits.Basic.LimitFlags = active_process | process_memory | kill_on_close
            limits.Basic.ActiveProcessLimit = 1
            limits.ProcessMemoryLimit = memory
            kernel.SetInformationJobObject(
                self._handle, extended_limit_information, ctypes.byref(limits), ctypes.sizeof(limits)
            )
            kernel.AssignProcessToJobObject(self._handle, int(process._handle))  # type: ignore[attr-defined] # noqa: SLF001

        def close(self) -> None:
            """Close the job; whatever still runs in it ends."""
            if self._handle:
                self._kernel.CloseHandle(self._handle)
                self._handle = None
