"""What a clinic of ``tests/golden`` answers, in the words of the command line."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any, Final

from clinic_app import cli
from clinic_app.services import Services

PLACE: Final = Path(__file__).parent
DAYS: Final = ("2026-01-05", "2026-03-19", "2026-06-01", "2027-01-01")
SCHEDULED: Final = date(2026, 3, 20)
"""The day on which ``scheduled`` answers."""
LISTS: Final = ("patients", "cases", "sessions", "pictures", "appointments")


def expected_answers(schema: str = "0001", what: str = "answers") -> dict[str, Any]:
    """What the program of a schema answered; ``compared``: what it showed of each case."""
    answers: dict[str, Any] = json.loads((PLACE / f"{schema}-{what}.json").read_text(encoding="utf-8"))
    return answers


def compared(services: Services) -> dict[str, Any]:
    """What the viewer shows of each case: pair, alignments, measurements, marks, what it remembers."""
    said: dict[str, object] = {}
    with services.context.units.read() as unit:
        cases = unit.cases.ids()
    for case_id in cases:
        answer = services.pictures.pair(case_id)
        sides = {one.picture.id: max(one.picture.width, one.picture.height) for one in answer.pictures}
        said[f"{answer.patient.mrn} {answer.case.condition}"] = {
            "pair": [one.id if one is not None else None for one in (answer.pair.a, answer.pair.b)],
            "reason": answer.pair.reason.value,
            "peak_day": answer.peak_day,
            "turned": {one.picture.id: one.picture.turned for one in answer.pictures},
            "alignments": {id_: asdict(one) for id_, one in answer.alignments.items()},
            "measured": [[asdict(one), asdict(one.value(sides[one.picture_id]))] for one in answer.measured],
            "marks": [asdict(one) for one in answer.marks],
            "state": answer.state.content,
        }
    shown: dict[str, Any] = json.loads(json.dumps(said, default=str))
    return shown


def scheduled(services: Services) -> dict[str, Any]:
    """What the schedule knows: calls, bookings and who waits of each case, closed days and who is away."""
    said: dict[str, object] = {}
    with services.context.units.read() as unit:
        for case_id in unit.cases.ids():
            case = unit.cases.get(case_id)
            patient = unit.patients.get(case.patient_id)
            told = patient.details
            known = services.context.follow_ups(unit, [case_id], SCHEDULED)[case_id]
            said[f"{patient.mrn} {case.condition}"] = {
                "phones": [asdict(one) for one in told.phones],
                "permission": [told.may_be_called, told.may_be_texted, told.may_be_written_to],
                "calls": [asdict(one) for one in known.facts.calls],
                "bookings": [asdict(one) for one in known.facts.appointments],
                "status": known.answer.status,
                "window": asdict(known.answer.window),
            }
    said["away"] = [asdict(one) for one in services.absences.to_come()]
    rules = services.context.rules
    said["rules"] = [rules.gives_times, rules.places_over, sorted(rules.working_days.closed)]
    shown: dict[str, Any] = json.loads(json.dumps(said, default=str))
    return shown


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
