"""``dev.py screenshots --cases 100000 [FOLDER]``: Today and the schedule in an empty, a usual and a very large clinic.

Every picture goes into FOLDER, by default ``build/pictures``, as ``VIEW-SIZE-LOOK.png``; the large clinic is made
anew, which takes minutes, or read with ``--clinic FOLDER`` from where one was made before (it is not changed).
``--keep`` puts five views of the empty and the large one side by side into ``docs/pictures/``, small enough to be kept.
"""

from __future__ import annotations

import argparse
import shutil
from datetime import date, timedelta
from pathlib import Path

from PIL import Image
from PySide6.QtWidgets import QApplication

from clinic_app.domain.calendar_board import Scale
from clinic_app.services import Services
from clinic_app.ui.schedule.calendar_view import CalendarView
from clinic_app.ui.schedule.forecast_view import FIGURES, PLAN, WEEKS, ForecastView
from clinic_app.ui.theme import Appearance
from tests.builders import PASSPHRASE, Clock, door
from tests.screenshots import ROOT, WIDE, Camera, named_place

EMPTY, DEMO, LARGE = SIZES = ("empty", "demo", "large")
LOOKS = (("light", Appearance.LIGHT), ("dark", Appearance.DARK))
KEPT = ("today", "call-list", "calendar-month", "forecast-weeks", "board")
"""Views of which an empty and a large clinic are kept side by side."""
KEPT_WIDTH = 960
"""Pixels each of the two pictures of a kept pair is wide."""
COLOURS = 256


class SizedCamera(Camera):
    """The real window on a clinic of any size, and the views that lists of people are shown in."""

    def all_views(self, look: str) -> None:
        """Today, the call list, the calendar by month, week and day, the forecast page by page, the board."""
        window = self.window
        window.go_to("today")
        self.take("today", look)
        window.go_to("schedule")
        room = window.schedule_room
        room.show_view("call_list")
        self.take("call-list", look)
        calendar = room.show_view("calendar")
        if not isinstance(calendar, CalendarView):
            raise TypeError(calendar)
        for scale in (Scale.MONTH, Scale.WEEK, Scale.DAY):
            calendar.show_scale(scale)
            if scale is Scale.DAY:
                self.settle()
                calendar.choose_day(self._full_day())
            self.take(f"calendar-{scale.value}", look)
        forecast = room.show_view("forecast")
        if not isinstance(forecast, ForecastView):
            raise TypeError(forecast)
        for page, name in ((WEEKS, "weeks"), (PLAN, "plan"), (FIGURES, "figures")):
            if page == PLAN:
                forecast.show_plan(self._full_day())
            forecast.show_page(page)
            self.take(f"forecast-{name}", look)
        room.show_view("board")
        self.take("board", look)

    def _full_day(self) -> date:
        """The next day somebody is booked on, today where nobody is."""
        services, today = self.services, self.services.today()
        monday = today - timedelta(days=today.weekday())
        boards = (board for week in range(4) for board in services.schedule.week(monday + timedelta(weeks=week)))
        return next((one.day.day for one in boards if one.entries and one.day.day > today), today)


def _photograph(services: Services, place: Path, folder: Path, size: str) -> None:
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    camera = SizedCamera(application, services, place, folder)
    try:
        for look, appearance in LOOKS:
            camera.keeper.set_appearance(appearance)
            camera.window.resize(*WIDE)
            camera.settle()
            camera.all_views(f"{size}-{look}")
    finally:
        camera.close()


def pair(folder: Path, view: str, look: str) -> Image.Image:
    """The empty clinic and the large one side by side."""
    halves = [Image.open(folder / f"{view}-{size}-{look}.png").convert("RGB") for size in (EMPTY, LARGE)]
    height = KEPT_WIDTH * halves[0].height // halves[0].width
    both = Image.new("RGB", (2 * KEPT_WIDTH, height))
    for place, half in enumerate(halves):
        both.paste(half.resize((KEPT_WIDTH, height), Image.Resampling.LANCZOS), (place * KEPT_WIDTH, 0))
    return both.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)


def main(arguments: list[str]) -> int:
    """Take the views of each size in both looks."""
    parser = argparse.ArgumentParser(prog="dev.py screenshots", description=__doc__)
    parser.add_argument("--cases", type=int, required=True, help="patients of the large clinic")
    parser.add_argument("--clinic", type=Path, help="a demo clinic filled before, instead of a new one")
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=SIZES)
    parser.add_argument("--keep", action="store_true", help="put pairs into docs/pictures")
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / "build" / "pictures")
    given = parser.parse_args(arguments)
    given.folder.mkdir(parents=True, exist_ok=True)
    for size in given.sizes:
        with named_place() as place:
            _photograph(_clinic(size, place, given), place, given.folder, size)
    if given.keep:
        for view in KEPT:
            for look, _ in LOOKS:
                pair(given.folder, view, look).save(
                    ROOT / "docs" / "pictures" / f"sizes-{view}-{look}.png", optimize=True
                )
    return 0


def _clinic(size: str, place: Path, given: argparse.Namespace) -> Services:
    folder = str(place / "clinic")
    if size == EMPTY:
        return door(Clock()).create(folder, "Test clinic", "Dr Rao", PASSPHRASE).services
    if size == LARGE and given.clinic is not None:
        shutil.copytree(given.clinic, folder, ignore=shutil.ignore_patterns("*.lock"))
        return door(Clock()).open(folder, None)
    services = door(Clock()).create_demo(folder)
    services.demo.fill(given.cases) if size == LARGE else services.demo.fill()
    return services
