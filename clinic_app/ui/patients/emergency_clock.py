"""How long a record that was opened in an emergency stays open, counted down over its page."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinic_app.domain.changes import Changes, Topic
from clinic_app.ui.context import UiContext
from clinic_app.ui.widgets import Banner, Level
from clinic_app.wording.language import translate

if TYPE_CHECKING:
    from clinic_app.services import Services


class EmergencyClock(QWidget):
    """A red strip with the minutes that are left and a way to end it. ``over`` when the time is up."""

    over = Signal()
    running_changed = Signal(bool)

    def __init__(self, context: UiContext, parent: QWidget, steady: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent)
        self._context, self._steady = context, steady
        self._patient_id = 0
        self._until = 0.0
        self.banner = Banner(context.theme, self, can_dismiss=False)
        self.banner.acted.connect(self.end_now)
        column = QVBoxLayout(self)
        edge = context.theme.px(8)
        column.setContentsMargins(edge, edge, edge, 0)
        column.addWidget(self.banner)
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self.tick)
        self.hide()

    @property
    def running(self) -> bool:
        """Whether the record shown is open in an emergency."""
        return self._until > 0

    def look(self, patient_id: int) -> None:
        """See whether the record of this patient is open in an emergency, and how long."""

        def show(left: float) -> None:
            if left > 0:
                self._patient_id, self._until = patient_id, self._steady() + left
                self._timer.start()
                self.tick()
                self.show()
                self.running_changed.emit(True)
            else:
                self.stop()

        self._context.tasks.ask(
            lambda services: services.access.opened_in_emergency().get(patient_id, 0.0),
            show,
            owner=self,
            key="emergency",
            failed=lambda _: None,
        )

    def stop(self) -> None:
        """No emergency (any more)."""
        was, self._until = self.running, 0.0
        self._timer.stop()
        self.hide()
        if was:
            self.running_changed.emit(False)

    def tick(self) -> None:
        """Count down."""
        left = self._until - self._steady()
        if left <= 0:
            self.stop()
            self.over.emit()
            return
        seconds = math.ceil(left)
        words = translate("Open in an emergency for {minutes}:{seconds} more. This is entered in the audit.")
        said = words.format(minutes=seconds // 60, seconds=f"{seconds % 60:02}")
        self.banner.show_words(said, action=translate("End it now"), level=Level.PROBLEM)

    def end_now(self) -> None:
        """End it before its time."""
        patient_id = self._patient_id

        def write(services: Services) -> Changes:
            services.access.close_emergency(patient_id)
            return Changes(frozenset({Topic.PATIENTS, Topic.SCHEDULE, Topic.CASES, Topic.PICTURES}))

        def done(_: Changes) -> None:
            self.stop()
            self.over.emit()

        self._context.tasks.tell(write, done, owner=self)
