"""What a clinic of ``tests/golden`` answers, in the words of the command line."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any, Final

from clinic_app import cli
from clinic_app.services import Services

PLACE: Final = Path(__file__).parent
DAYS: Final = ("2026-01-05", "2026-03-19", "2026-06-01", "2027-01-01")
LISTS: Final = ("patients", "cases", "sessions", "pictures", "appointments")


def expected_answers(schema: str = "0001") -> dict[str, Any]:
    """What the program of a schema answered."""
    answers: dict[str, Any] = json.loads((PLACE / f"{schema}-answers.json").read_text(encoding="utf-8"))
    return answers


def answers_of(services: Services) -> dict[str, Any]:
    """What this program answers."""
    said: dict[str, object] = {
        f"due {day}": [cli._due_answer(entry) for entry in services.schedule.due(date.fromisoformat(day))]
        for day in DAYS
    }
    for name in LISTS:
        said[name] = list(cli._LISTS[name](services, None)[0])
    answers: dict[str, Any] = json.loads(json.dumps(said))
    return answers
