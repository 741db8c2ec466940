"""The log: what the program did, never about whom.

A line holds our own words, numbers and codes. Text values, file names, the text of an exception and everything that
other people's libraries say are left out, because any of them may hold a patient's name.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from enum import Enum
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from clinic_app.domain.errors import ClinicError

OUR_LOGGER = "clinic_app"
FILE = "clinic.log"
LARGEST_BYTES = 1_000_000
FILES_KEPT = 5
FRAMES_SHOWN = 12


def _frames(trace: TracebackType | None) -> str:
    places = []
    while trace is not None:
        places.append(f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}")
        trace = trace.tb_next
    return " > ".join(places[-FRAMES_SHOWN:])


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)


def describe(error: BaseException) -> str:
    """An error without its words: class, code, and ``module:line`` of the way it took; its causes after it."""
    parts = []
    for one in _chain(error):
        code = f" [{one.code}]" if isinstance(one, ClinicError) else ""
        at = _frames(one.__traceback__)
        parts.append(f"{type(one).__module__}.{type(one).__qualname__}{code}{f' at {at}' if at else ''}")
    return " <- ".join(parts)


def _harmless(value: object) -> object:
    if isinstance(value, BaseException):
        return describe(value)
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return f"<{type(value).__name__}>"


class WithoutPatients(logging.Formatter):
    """Writes one line a record, with every value that could name a person left out."""

    def format(self, record: logging.LogRecord) -> str:
        """``2026-03-19T08:30:00Z WARNING clinic_app.storage.unit: could not ... ValueError at module:line``."""
        stamp = datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        line = f"{stamp} {record.levelname} {record.name}: {self._words(record)}"
        if record.exc_info and record.exc_info[1] is not None:
            line = f"{line} | {describe(record.exc_info[1])}"
        return line

    @staticmethod
    def _words(record: logging.LogRecord) -> str:
        if not (record.name == OUR_LOGGER or record.name.startswith(f"{OUR_LOGGER}.")):
            return f"(a line of {record.module}:{record.lineno})"
        if not isinstance(record.msg, str):
            return str(_harmless(record.msg))
        if not record.args:
            return record.msg
        try:
            if isinstance(record.args, Mapping):
                return record.msg % {name: _harmless(value) for name, value in record.args.items()}
            return record.msg % tuple(_harmless(value) for value in record.args)
        except (TypeError, ValueError, KeyError):
            return f"(a line of {record.module}:{record.lineno})"


def start_log(folder: Path, level: int = logging.INFO) -> logging.Handler:
    """Write the log into ``folder`` (made if need be): five files of 1 MB at most, the newest first.

    Answers the handler for ``stop_log``. Raises ``OSError`` where the folder cannot be made or written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(
        folder / FILE, maxBytes=LARGEST_BYTES, backupCount=FILES_KEPT - 1, encoding="utf-8", delay=False
    )
    handler.setFormatter(WithoutPatients())
    handler.setLevel(level)
    root = logging.getLogger()
    root.addHandler(handler)
    ours = logging.getLogger(OUR_LOGGER)
    ours.setLevel(level)
    return handler


def stop_log(handler: logging.Handler) -> None:
    """Close the file of ``start_log``."""
    logging.getLogger().removeHandler(handler)
    handler.close()
