"""What a fault of the program may leave behind: the way it took through the program, never what was in its memory.

No core dump, no report of the system with parts of the memory, no text of an exception: each may hold a patient's data.
"""

from __future__ import annotations

import ctypes
import faulthandler
import sys
import threading
from contextlib import suppress
from types import TracebackType

NO_FAULT_BOX = 0x2  # SEM_NOGPFAULTERRORBOX, errhandlingapi.h
NO_HEAP_IN_REPORTS = 0x1  # WER_FAULT_REPORTING_FLAG_NOHEAP, werapi.h


def keep_faults_quiet() -> None:
    """Switch core dumps off, and let an error nobody caught say its kind and its lines alone.

    A fault of a library shows the lines of Python on stderr (``faulthandler``: file, line, function; no values).
    """
    no_core_dumps()
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread
    sys.unraisablehook = _unraisable
    if sys.stderr is not None:
        with suppress(OSError, ValueError):
            faulthandler.enable()


def no_core_dumps() -> None:
    """Ask the system to write nothing of this process's memory when it ends by a fault.

    Linux and macOS: RLIMIT_CORE 0 (setrlimit(2)), inherited by children. Windows: no box, and reports without the heap.
    """
    if sys.platform == "win32":
        kernel = ctypes.WinDLL("kernel32")
        kernel.SetErrorMode(kernel.GetErrorMode() | NO_FAULT_BOX)
        with suppress(AttributeError, OSError):
            kernel.WerSetFlags(NO_HEAP_IN_REPORTS)
    else:
        import resource

        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    _say("not caught", error.with_traceback(trace))


def _uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
        _say("not caught in a thread", args.exc_value)


def _unraisable(args: sys.UnraisableHookArgs) -> None:
    if args.exc_value is not None:
        _say("could not be raised", args.exc_value)


def _say(what: str, error: BaseException) -> None:
    """One line to the log and one to stderr. A reader that has gone (``| head``) is no fault."""
    if isinstance(error, BrokenPipeError):
        return
    import logging

    from clinic_app.machine.log import describe

    words = describe(error)
    logging.getLogger(__name__).error("an error was %s", error)
    if sys.stderr is not None:
        sys.stderr.write(f"An error was {what}: {words}\n")
