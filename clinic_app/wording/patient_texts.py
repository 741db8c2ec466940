"""What a clinic says and writes to a patient, in the patient's language: data files, one folder for each language.

The program's own sentences are in ``wording.language``; these are for whoever is called, whatever the screen speaks.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

ENGLISH = "en"
LANGUAGE_FILE = "language.toml"


class PatientTexts:
    """The texts of a folder with one folder for each language; without a folder there are none."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    def codes(self) -> tuple[str, ...]:
        """The languages there are texts in."""
        if self._folder is None or not self._folder.is_dir():
            return ()
        return tuple(sorted(one.parent.name for one in self._folder.glob(f"*/{LANGUAGE_FILE}")))

    def language_of(self, said: str) -> str | None:
        """The code of a language as somebody wrote it (``Hindi``, ``हिन्दी``, ``hi``); None where there are no texts."""
        wanted = said.strip().casefold()
        return next((code for code in self.codes() if wanted in self._language(code)["names"]), None)

    def text(self, code: str, subject: str, part: str, name: str, values: Mapping[str, str]) -> str:
        """A text of ``<subject>.toml`` with its blanks filled in. Raises ``KeyError``."""
        found = self._read(code, f"{subject}.toml")[part][name]
        return str(found).format_map(dict(values))

    def day(self, code: str, day: date) -> str:
        """A day as the language writes it."""
        said = self._language(code)
        words = {"weekday": said["weekdays"][day.weekday()], "month": said["months"][day.month - 1]}
        return str(said["day"]).format(day=day.day, year=day.year, **words)

    def weekday(self, code: str, day: date) -> str:
        """The name of a day's weekday."""
        return str(self._language(code)["weekdays"][day.weekday()])

    def month(self, code: str, day: date) -> str:
        """Month and year of a day: ``March 2026``."""
        return f"{self._language(code)['months'][day.month - 1]} {day.year}"

    def _language(self, code: str) -> dict[str, Any]:
        return self._read(code, LANGUAGE_FILE)

    def _read(self, code: str, name: str) -> dict[str, Any]:
        if self._folder is None:
            raise KeyError(code)
        return _parsed(self._folder / code / name)


@cache
def _parsed(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))
