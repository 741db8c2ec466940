"""The chapters of Help, as they lie in the resources: one Markdown file each, in the language of the window."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from clinic_app.wording.language import ENGLISH, current_language

ORDER = ("first-steps", "schedule", "compare", "security")
"""Chapters in the order of the contents; others follow by their titles."""
HEADING = "# "


@dataclass(frozen=True, slots=True)
class Chapter:
    """One chapter: its name in code, its title, and its text as Markdown."""

    name: str
    title: str
    text: str


def read_chapters(folder: Path) -> tuple[Chapter, ...]:
    """Every chapter, in the window's language where it was translated, else in English.

    What cannot be read is left out.
    """
    found: dict[str, Chapter] = {}
    language = current_language()
    for code in dict.fromkeys((ENGLISH, language.split("_")[0], language)):
        for path in sorted((folder / code).glob("*.md")):
            try:
                text = path.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError):
                continue
            first = text.partition("\n")[0]
            title = first.removeprefix(HEADING).strip() if first.startswith(HEADING) else path.stem
            found[path.stem] = Chapter(path.stem, title, text)
    places = {name: place for place, name in enumerate(ORDER)}
    return tuple(sorted(found.values(), key=lambda one: (places.get(one.name, len(ORDER)), one.title)))
