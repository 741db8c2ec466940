"""From the first painted window to an open clinic: what happens between is decided here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from clinic_app.domain.changes import Changes, Report, Topic
from clinic_app.domain.errors import ClinicError
from clinic_app.ui.context import UiContext
from clinic_app.ui.shell.window import MainWindow
from clinic_app.ui.widgets.empty_state import EmptyState
from clinic_app.wording.language import translate
from clinic_app.wording.sentences import sentence_of

if TYPE_CHECKING:
    from clinic_app.services import Services
    from clinic_app.services.clinic_data import ClinicDoor, ClinicState

SHOW_DRAWN_EVERY_MS = 2500


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the program was started for: the folder chosen, if any, and whether it is for the demo clinic."""

    folder: str = ""
    demo: bool = False


class Program(QObject):
    """Opens the clinic the program was started for; shows how to open or make one where that takes a person.

    ``make_door`` imports everything below the window and is first called after the window has painted.
    """

    def __init__(
        self,
        window: MainWindow,
        context: UiContext,
        make_door: Callable[[], ClinicDoor],
        wanted: Wanted,
        keep_log: Callable[[str], Callable[[], None]],
    ) -> None:
        super().__init__()
        self._window = window
        self._context = context
        self._make_door = make_door
        self._wanted = wanted
        self._door: ClinicDoor | None = None
        self._keep_log = keep_log
        self._end_log: Callable[[], None] | None = None
        self._showing = QTimer(self)
        self._showing.setInterval(SHOW_DRAWN_EVERY_MS)
        self._showing.timeout.connect(lambda: context.tasks.changed.emit(_drawn()))
        window.close_asked.connect(self._closed)

    def begin(self) -> None:
        """Start the slow part; called once, after the first paint."""
        self._context.theme.icons.load_soon()
        tasks = self._context.tasks
        if self._wanted.demo:
            tasks.prepare(self._open_demo, self._opened, owner=self, failed=self._not_opened)
        else:
            self._look()

    def end(self) -> None:
        """Close the log of the clinic that was open."""
        end, self._end_log = self._end_log, None
        if end is not None:
            end()

    def _open_door(self) -> ClinicDoor:
        if self._door is None:
            self._door = self._make_door()
        return self._door

    def _open_demo(self) -> Services:
        door = self._open_door()
        return door.open_demo(self._wanted.folder or door.default_demo_folder())

    def _closed(self) -> None:
        self._wanted = replace(self._wanted, demo=False)
        self._look()

    def _look(self) -> None:
        """See what lies in the folder."""

        def look() -> ClinicState:
            door = self._open_door()
            return door.state(self._wanted.folder or door.default_folder())

        self._context.tasks.prepare(look, self._ask, owner=self, failed=self._not_opened)

    def _ask(self, state: ClinicState) -> None:
        """Show how to open the clinic there, or how to make one."""
        from clinic_app.ui.vault.start_page import StartPage

        page = StartPage(self._context, self._open_door(), state, self._window)
        page.opened.connect(self._opened)
        self._window.show_start(page)

    def _opened(self, services: Services) -> None:
        self.end()
        self._end_log = self._keep_log(services.clinic.folder)
        self._window.attach(services)
        if services.clinic.demo:
            self._draw_demo()

    def _not_opened(self, problem: ClinicError) -> None:
        """Say over the whole window why there is no clinic, and offer to look again."""
        keeper = self._context.theme
        page = EmptyState(keeper, "triangle-alert", sentence_of(problem), translate("Try again"))
        page.setAutoFillBackground(True)
        page.acted.connect(self.begin)
        self._window.show_start(page)

    def _draw_demo(self) -> None:
        """Draw the demo's photographs behind the window."""

        def draw(services: Services, report: Report) -> Changes:
            services.demo.draw_pictures(report)
            return _drawn()

        handle = self._context.tasks.run(draw, translate("Drawing the demo photos"), resumable=True)
        self._showing.start()
        handle.ended.connect(self._showing.stop)


def _drawn() -> Changes:
    return Changes(frozenset({Topic.PICTURES}))
