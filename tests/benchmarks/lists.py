"""How fast a large clinic answers: unlock to the call list, a keystroke in the search, the rows of the call list."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QTimer, SignalInstance
from PySide6.QtWidgets import QApplication
from sqlalchemy import text

from clinic_app.domain.schedule import FollowUpStatus
from clinic_app.domain.schedule_filter import CallListFilter
from clinic_app.services import Services
from clinic_app.storage.keys import stretch
from clinic_app.storage.records.cases import PLAIN
from clinic_app.storage.vault import read_vault
from clinic_app.ui.context import UiContext
from clinic_app.ui.intents import Intents
from clinic_app.ui.patients.list_view import PatientsView
from clinic_app.ui.shell.quick_start import CollectionPause
from clinic_app.ui.tasks import Tasks
from clinic_app.ui.theme import ThemeKeeper
from tests.benchmarks.stepping import from_the_list
from tests.benchmarks.table import Row, row, share
from tests.builders import Clock, door

ROOT = Path(__file__).resolve().parents[2]
ROWS = 50
SMALL = 10
"""The small clinic is this many times smaller: the call list has to grow slower than linearly."""


def large_clinic(patients: int) -> list[Row]:
    """Every row that needs a clinic of ``patients``; filling it takes minutes for 100 000."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        small = _fill(place / "small", max(patients // SMALL, 100))
        times_small = _call_list(small)
        small.close()
        services = _fill(place / "large", patients)
        try:
            rows = [
                *_first_rows(services, times_small, patients),
                *_keystroke(services),
                *_forecast(services, patients),
            ]
            rows += from_the_list(services, place)
        finally:
            services.close()
        return [*rows, _opening(place / "large")]


def _fill(folder: Path, patients: int) -> Services:
    services = door(Clock()).create_demo(str(folder))
    services.demo.fill(patients)
    return services


def _timed(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return (time.perf_counter() - begin) * 1000


def _call_list(services: Services, rounds: int = 15) -> list[float]:
    """The first rows of every group that is open when the list is first shown."""
    groups = (FollowUpStatus.OVERDUE, FollowUpStatus.DUE, FollowUpStatus.COMING)
    values: list[float] = []
    for turn in range(rounds):
        for status in groups:
            begin = time.perf_counter()
            services.schedule.rows(status, 0, ROWS)
            if turn:
                values.append((time.perf_counter() - begin) * 1000)
    return values


def _first_rows(services: Services, small: list[float], patients: int) -> list[Row]:
    values = _call_list(services)
    floors: list[float] = []
    today = services.today()
    for _ in range(30):
        with services.context.units.read() as unit:
            begin = time.perf_counter()
            unit.schedule.case_ids(FollowUpStatus.OVERDUE, today, 0, ROWS, CallListFilter())
            floors.append((time.perf_counter() - begin) * 1000)
    counted = [_timed(services.schedule.counts) for _ in range(7)]
    page = [_timed(services.today_page.page) for _ in range(7)]
    photos = [_timed(services.today_page.photos) for _ in range(7)]
    growth = share(values, 0.95) / share(small, 0.95)
    return [
        row(f"call list, first {ROWS} rows, {patients:,} cases", values, floors, "p95 ≤ 100 ms", at=0.95, most=100),
        row(f"call list grows, {SMALL} times the cases", values, small, f"< {SMALL}×", at=0.95, over=SMALL * 0.99)
        | {"ratio": round(growth, 2), "holds": growth < SMALL},
        row("call list, counts of all groups", counted, floors, "told, no goal"),
        row("Today, counts and first rows", page, counted, "≤ 300 ms", most=300),
        row("Today, photographs wanted", photos, counted, "told, no goal"),
    ]


def _forecast(services: Services, patients: int) -> list[Row]:
    """26 weeks and the year's figures; floor: the days of opening of all plain cases, read through their index."""
    opening = text(f"SELECT opens FROM clinical_case WHERE {PLAIN} ORDER BY opens")  # noqa: S608 - our own words
    weeks, year, floors = [], [], []
    for _ in range(7):
        weeks.append(_timed(services.forecast.weeks))
        with services.context.units.read() as unit:
            floors.append(_timed(unit.session.execute(opening).all))
    for _ in range(3):
        year.append(_timed(services.forecast.figures))
    return [
        row(f"forecast, 26 weeks, {patients:,} cases", weeks, floors, "≤ 300 ms", most=300),
        row("figures of twelve months", year, floors, "told, no goal"),
    ]


@contextmanager
def _patients_view(services: Services) -> Iterator[PatientsView]:
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    pause = CollectionPause()
    pause.begin()
    keeper, tasks = ThemeKeeper(application, ROOT / "resources" / "themes"), Tasks()
    keeper.icons.load_now()
    context = UiContext(tasks, keeper, Intents())
    view = PatientsView(context)
    view.resize(1180, 800)
    view.show()
    context.attach(services)
    _wait_for(view.model.shown)
    pause.end()
    try:
        yield view
    finally:
        view.close()
        context.detach()
        tasks.close()
        keeper.close()


def _keystroke(services: Services) -> list[Row]:
    """From a letter typed to the rows painted; floor: the full-text query of the same letters."""
    names = [entry.name for entry in services.patients.entries("", 500, 200)]
    chosen = names[:: len(names) // 12]
    typed = [name[:length] for name in chosen for length in range(1, min(len(name), 7))]
    values: list[float] = []
    floors: list[float] = []
    with _patients_view(services) as view:
        for words in typed:
            begin = time.perf_counter()
            view.search.line.setText(words)
            _wait_for(view.model.shown)
            view.table.viewport().repaint()
            values.append((time.perf_counter() - begin) * 1000)
    statement = text("SELECT rowid FROM patient_words WHERE patient_words MATCH :query LIMIT 200")
    with services.context.units.read() as unit:
        for words in typed:
            query = " AND ".join(f'"{part}"*' for part in words.lower().split())
            begin = time.perf_counter()
            unit.session.execute(statement, {"query": query}).all()
            floors.append((time.perf_counter() - begin) * 1000)
    return [row("keystroke to rows painted", values, floors, "p95 ≤ 16 ms", at=0.95, most=16)]


def _opening(folder: Path) -> Row:
    """From the passphrase to the first rows of the call list; floor: the key derivation alone."""
    vault = read_vault(folder)
    slot = vault.slots[0]
    values: list[float] = []
    floors: list[float] = []
    for _ in range(5):
        floors.append(_timed(lambda: stretch(b"a passphrase of somebody", slot.salt, slot.cost)))
        begin = time.perf_counter()
        services = door(Clock()).open(str(folder), None)
        services.schedule.rows(FollowUpStatus.OVERDUE, 0, ROWS)
        services.schedule.week(services.today() - timedelta(days=services.today().weekday()))
        values.append((time.perf_counter() - begin) * 1000)
        services.close()
    return row("unlock to usable call list", values, floors, "key derivation + ≤ 300 ms", added=300)


def _wait_for(signal: SignalInstance, seconds: float = 20.0) -> None:
    loop = QEventLoop()
    signal.connect(loop.quit)
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    loop.exec()
    signal.disconnect(loop.quit)
