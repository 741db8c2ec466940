"""The settings of this computer in one small TOML file."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime, time
from pathlib import Path
from types import MappingProxyType

from clinic_app.domain.preferences import LARGEST_TEXT, SMALLEST_TEXT, MachinePreferences, Theme
from clinic_app.machine.notes import Note

BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def _theme(value: object) -> Theme:
    return Theme(value)


def _folder(value: object) -> Path | None:
    if not isinstance(value, str):
        raise TypeError("data_folder")
    return Path(value) if value else None


def _language(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z]{2,8}([_-][A-Za-z0-9]+)*", value):
        raise ValueError("language")
    return value


def _text_scale(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not SMALLEST_TEXT <= value <= LARGEST_TEXT:
        raise ValueError("text_scale")
    return float(value)


def _yes_no(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError("yes or no")
    return value


def _time(value: object) -> time:
    if not isinstance(value, time):
        raise TypeError("time")
    return value


def _last_user(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("last_user")
    return value


READERS = {
    "theme": _theme,
    "data_folder": _folder,
    "language": _language,
    "text_scale": _text_scale,
    "compact": _yes_no,
    "last_user": _last_user,
    "reminders": _yes_no,
    "quiet_from": _time,
    "quiet_until": _time,
    "in_tray": _yes_no,
}


def _toml(value: object) -> str:
    """One value as TOML, everything on one line (tables inline)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(str(k))} = {_toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_toml(v) for v in value) + "]"
    return repr(value)


def _key(name: str) -> str:
    return name if BARE_KEY.fullmatch(name) else _toml(name)


class PreferenceFile:
    """Reads and writes the settings; a file that cannot be understood never stops the program."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> tuple[MachinePreferences, tuple[Note, ...]]:
        """The settings, and what was wrong with the file.

        No file: the usual settings and no note. A file that is not TOML is put aside as ``preferences.broken``;
        a single unknown value is replaced by the usual one; unknown entries are kept in ``others``.
        """
        try:
            entries = tomllib.loads(self.path.read_text("utf-8"))
        except FileNotFoundError:
            return MachinePreferences(), ()
        except (OSError, ValueError):
            kept = self.path.with_suffix(".broken")
            with suppress(OSError):
                self.path.replace(kept)
            return MachinePreferences(), (Note("preferences_unreadable", {"kept": str(kept)}),)
        known: dict[str, object] = {}
        notes = []
        for name, reader in READERS.items():
            if name in entries:
                try:
                    known[name] = reader(entries.pop(name))
                except (ValueError, TypeError):
                    notes.append(Note("preferences_value", {"name": name}))
        settings = MachinePreferences(**known, others=MappingProxyType(entries))  # type: ignore[arg-type]  # each reader answers its field's type
        return settings, tuple(notes)

    def write(self, settings: MachinePreferences) -> None:
        """Replace the file in one step: a power cut leaves the old one or the new one. Raises ``OSError``."""
        entries: dict[str, object] = {
            "theme": settings.theme.value,
            "data_folder": str(settings.data_folder) if settings.data_folder else "",
            "language": settings.language,
            "text_scale": settings.text_scale,
            "compact": settings.compact,
            **({"last_user": settings.last_user} if settings.last_user else {}),
            "reminders": settings.reminders,
            "quiet_from": settings.quiet_from,
            "quiet_until": settings.quiet_until,
            "in_tray": settings.in_tray,
            **settings.others,
        }
        text = "".join(f"{_key(name)} = {_toml(value)}\n" for name, value in entries.items())
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_suffix(f".{os.getpid()}.new")
        try:
            with fresh.open("w", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            fresh.replace(self.path)
        finally:
            fresh.unlink(missing_ok=True)
