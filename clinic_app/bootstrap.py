"""The one place that knows everybody: builds the door to the clinic's data, and the window's preferences, by hand."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime

from clinic_app.cli import REFUSED, run
from clinic_app.domain.errors import RuleBroken
from clinic_app.imaging.reader import PictureReader
from clinic_app.machine.places import Places, find_places
from clinic_app.services.clinic_data import ClinicDoor
from clinic_app.wording.language import set_language, system_language
from clinic_app.wording.sentences import sentence_of


def clinic_door(places: Places | None = None) -> ClinicDoor:
    """The door to clinics on this computer. ``CLINIC_TODAY`` sets the day, for tests; it changes no security rule."""
    given = day_given()
    return ClinicDoor(places or find_places(), clock_of(given), PictureReader, today_given=given is not None)


def day_given() -> date | None:
    """The day set from outside by ``CLINIC_TODAY``.

    Raises:
        RuleBroken: ``bad_clinic_today``.
    """
    text = os.environ.get("CLINIC_TODAY", "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise RuleBroken("CLINIC_TODAY", "bad_clinic_today", text=text) from error


def clock_of(given: date | None) -> Callable[[], datetime]:
    """The clinic's clock, in local time without a zone: the computer's, or the given day with its time of day."""

    def now() -> datetime:
        moment = datetime.now()  # noqa: DTZ005
        return moment if given is None else datetime.combine(given, moment.time())

    return now


def run_command(arguments: Sequence[str]) -> int:
    """Carry out one command of the command line and return its exit code."""
    places = find_places()
    set_language(os.environ.get("CLINIC_LANG") or system_language(), places.translations)
    try:
        door = clinic_door(places)
    except RuleBroken as error:
        sys.stderr.write(sentence_of(error) + "\n")
        return REFUSED
    return run(arguments, door)
