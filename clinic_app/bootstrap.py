"""The one place that knows everybody: puts window, services, storage and machine together, by hand.

Nothing heavy is imported before it is needed: the window paints first.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from threading import Event, Thread
from time import sleep
from typing import TYPE_CHECKING

from clinic_app import __version__
from clinic_app.domain.calendar import iso_day
from clinic_app.domain.errors import ClinicError, RuleBroken
from clinic_app.machine.places import Places, find_places
from clinic_app.wording.language import available_languages, set_language, system_language
from clinic_app.wording.sentences import sentence_of

if TYPE_CHECKING:
    from clinic_app.imaging.reader import PictureReader
    from clinic_app.services.clinic_data import ClinicDoor
    from clinic_app.ui.shell.quick_start import CollectionPause

OK, REFUSED = 0, 1
AHEAD = (
    "clinic_app.services.clinic_data",
    "clinic_app.storage.unit",
    "clinic_app.services.schedule",
    "clinic_app.services.today",
)
"""The door first: with it a key can be derived while the database libraries load."""
LATER = (
    "clinic_app.services.patients",
    "clinic_app.services.treatment",
    "clinic_app.services.undo",
    "clinic_app.ui.schedule.booking_sheet",
    "clinic_app.ui.schedule.call_sheet",
    "clinic_app.ui.schedule.calendar_view",
    "clinic_app.ui.schedule.board_view",
    "clinic_app.ui.schedule.forecast_view",
    "clinic_app.services.today",
    "clinic_app.services.calendar_board",
    "clinic_app.services.board",
    "clinic_app.services.forecast",
    "clinic_app.ui.patients.list_view",
    "clinic_app.ui.patients.case_view",
    "clinic_app.ui.patients.patient_sheet",
    "clinic_app.ui.patients.case_sheet",
    "clinic_app.ui.patients.follow_up_sheets",
    "clinic_app.ui.patients.external_sheet",
    "clinic_app.ui.treatment.visit_sheet",
    "clinic_app.ui.treatment.correction_sheet",
    "clinic_app.services.pictures",
    "clinic_app.ui.compare.view",
    "clinic_app.ui.pictures.import_sheet",
    "clinic_app.services.backups",
    "clinic_app.ui.backups.view",
    "clinic_app.services.register",
    "clinic_app.ui.register.import_sheet",
)
"""What rooms and sheets need, in the order in which they are likely to be opened."""
BETWEEN_S = 0.05
"""Seconds the window has for itself between two modules of ``LATER``."""


def run(arguments: Sequence[str]) -> int:
    """Start the window, or carry out a command of the command line; answers the exit code."""
    if arguments and not arguments[0].startswith("-"):
        return run_command(arguments)
    return run_window(arguments)


def run_command(arguments: Sequence[str]) -> int:
    """Carry out one command without a screen."""
    from clinic_app import cli

    places = find_places()
    _speak(places, "")
    try:
        door = clinic_door(places)
    except RuleBroken as error:
        sys.stderr.write(sentence_of(error) + "\n")
        return REFUSED
    return cli.run(arguments, door)


def run_window(arguments: Sequence[str]) -> int:
    """Open the window and stay until it is closed."""
    asked = _parser().parse_args(arguments)
    from clinic_app.ui.shell.quick_start import CollectionPause, leave_sources_alone

    pause = CollectionPause()
    pause.begin()
    leave_sources_alone()
    try:
        return _stay(asked, pause)
    finally:
        pause.end()


def _stay(asked: argparse.Namespace, pause: CollectionPause) -> int:
    """The window, from the first paint on; ``pause`` ends once all that the first list needs is there."""
    loading = Loading()

    def loaded() -> None:
        pause.end()
        loading.go_on()

    places = find_places()
    try:
        day_given()
    except ClinicError as error:
        sys.stderr.write(sentence_of(error) + "\n")
        return REFUSED
    from clinic_app.machine.preferences import PreferenceFile
    from clinic_app.ui.shell.front import show_front

    file = PreferenceFile(places.preference_file(portable=asked.portable))
    preferences, _ = file.read()
    window_file = file.path.with_name("window.ini")
    if asked.reset_window:
        window_file.unlink(missing_ok=True)
    front = show_front(window_file, preferences.theme.value, smoke=asked.smoke)
    loading.begin()
    from clinic_app.ui.shell.start import Start, show_window

    _speak(places, asked.lang or preferences.language)
    folder = asked.data or (str(preferences.data_folder) if preferences.data_folder and not asked.demo else "")
    if not folder and asked.portable and not asked.demo:
        folder = str(places.data_folder(portable=True))
    start = Start(
        folder=folder or str(places.data_folder()),
        demo_folder=asked.data if asked.demo and asked.data else str(places.demo_folder()),
        themes=places.resources / "themes",
        window_file=window_file,
        preferences=preferences,
        keep=file.write,
        make_door=lambda: clinic_door(places, one_window=True),
        demo=asked.demo,
        keep_log=_log_keeper(),
        loaded=loaded,
        smoke=asked.smoke,
        languages=available_languages(places.translations),
        speak=lambda code: _speak(places, code),
    )
    return show_window(start, front)


def clinic_door(places: Places | None = None, *, one_window: bool = False) -> ClinicDoor:
    """The door to clinics on this computer. ``CLINIC_TODAY`` sets the day, for tests; it changes no security rule."""
    from clinic_app.services.clinic_data import ClinicDoor

    given = day_given()
    return ClinicDoor(
        places or find_places(), clock_of(given), _open_reader, today_given=given is not None, one_window=one_window
    )


def _open_reader() -> PictureReader:
    from clinic_app.imaging.reader import PictureReader

    return PictureReader()


class Loading:
    """Loads modules in a thread of its own: first what opening a clinic and its first list need, while the window is
    built and a key is derived; once that list can be used, one by one, what rooms and sheets need. What was loaded then
    is not looked through for garbage any more.
    """

    def __init__(self) -> None:
        self._listed = Event()
        self.thread = Thread(target=self._load, name="load", daemon=True)

    def begin(self) -> None:
        """Load what comes first."""
        self.thread.start()

    def go_on(self) -> None:
        """The first list is there: load the rest after a while, with room for the window between two modules."""
        self._listed.set()

    def _load(self) -> None:
        from clinic_app.ui.shell.quick_start import keep_loaded

        for name in AHEAD:
            import_module(name)
        self._listed.wait()
        for name in LATER:
            sleep(BETWEEN_S)
            import_module(name)
        keep_loaded()


def day_given() -> date | None:
    """The day set from outside by ``CLINIC_TODAY``.

    Raises:
        RuleBroken: ``bad_clinic_today``.
    """
    text = os.environ.get("CLINIC_TODAY", "").strip()
    if not text:
        return None
    try:
        return iso_day(text)
    except ValueError as error:
        raise RuleBroken("CLINIC_TODAY", "bad_clinic_today", text=text) from error


def clock_of(given: date | None) -> Callable[[], datetime]:
    """The clinic's clock, in local time without a zone: the computer's, or the given day with its time of day."""

    def now() -> datetime:
        moment = datetime.now()  # noqa: DTZ005
        return moment if given is None else datetime.combine(given, moment.time())

    return now


def _speak(places: Places, language: str) -> None:
    chosen = language if language and language != "system" else system_language()
    set_language(chosen, places.translations)


def _log_keeper() -> Callable[[str], Callable[[], None]]:
    """Opens the log of a clinic's folder and answers how to close it."""

    def begin(folder: str) -> Callable[[], None]:
        from clinic_app.machine.log import start_log, stop_log

        handler = start_log(Path(folder) / "logs")
        return lambda: stop_log(handler)

    return begin


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="main.py",
        description="Dystonia Case Tracker. Without a command the window opens.",
        epilog="Commands: init due list import record book export backup restore drill check audit demo; each "
        "says more with --help.",
    )
    parser.add_argument("--demo", action="store_true", help="open the demo clinic of invented patients")
    parser.add_argument("--data", metavar="DIR", default="", help="the folder of the clinic's data")
    parser.add_argument("--lang", metavar="xx", default="", help="the language of the window")
    parser.add_argument("--portable", action="store_true", help="keep data and settings beside the program")
    parser.add_argument("--reset-window", action="store_true", help="forget where the window was")
    parser.add_argument("--smoke", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    return parser
