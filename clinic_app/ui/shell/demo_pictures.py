"""The photographs of a demo clinic: drawn behind the window, and shown as they come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QObject

from clinic_app.domain.changes import Changes, Report, Topic
from clinic_app.ui.tasks import Tasks
from clinic_app.wording.language import translate

if TYPE_CHECKING:
    from clinic_app.services import Services

SHOWN_EVERY = 4000
"""Milliseconds between two looks at what came."""


def draw_demo_pictures(tasks: Tasks, owner: QObject) -> None:
    """Draw what the open clinic lacks, as a job that goes on at the next start; nothing where it is no demo."""

    def wanted(services: Services) -> int:
        return services.demo.pictures_wanted() if services.clinic.demo else 0

    def begin(count: int) -> None:
        if not count:
            return

        def draw(services: Services, report: Report) -> Changes:
            services.demo.draw_pictures(report)
            return Changes(frozenset({Topic.PICTURES, Topic.SCHEDULE}))

        shown = QElapsedTimer()
        shown.start()

        def progressed(_: object) -> None:
            if shown.hasExpired(SHOWN_EVERY):
                shown.restart()
                tasks.changed.emit(Changes(frozenset({Topic.PICTURES})))

        tasks.run(draw, translate("Demo clinic"), resumable=True).progressed.connect(progressed)

    tasks.ask(wanted, begin, owner=owner, failed=lambda _: None)
