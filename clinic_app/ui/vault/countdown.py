"""Keeps somebody waiting who typed a wrong passphrase too often, and says how long."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QAbstractButton, QLineEdit

from clinic_app.domain.people import MOST_TRIES
from clinic_app.ui.widgets import FormField
from clinic_app.wording.sentences import sentence


class Countdown(QObject):
    """Shuts a button for some seconds and counts them beside a field. ``over`` when one may try again.

    The clinic's own door counts too: this only spares people from trying in vain.
    """

    over = Signal()

    def __init__(
        self, button: QAbstractButton, field: FormField[QLineEdit], steady: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(button)
        self._button, self._field, self._steady = button, field, steady
        self._until = 0.0
        self._user = ""
        self._timer = QTimer(self)
        self._timer.setInterval(250)
        self._timer.timeout.connect(self._tick)

    @property
    def waiting(self) -> bool:
        """Whether somebody has to wait."""
        return self._until > 0

    def begin(self, seconds: float, user: str) -> None:
        """Count so many seconds down; none: nobody waits (any more)."""
        if seconds <= 0:
            self.stop()
            return
        self._user = user
        self._until = self._steady() + seconds if math.isfinite(seconds) else math.inf
        self._button.setEnabled(False)
        if math.isinf(self._until):
            self._say("too_many_tries" if user else "too_many_tries_here", {"user": user, "most": MOST_TRIES})
        else:
            self._timer.start()
            self._tick()

    def stop(self) -> None:
        """Somebody else is meant now, or the time is over."""
        if self._until:
            self._until = 0.0
            self._timer.stop()
            self._field.clear_problem()
            self._button.setEnabled(True)

    def _tick(self) -> None:
        left = self._until - self._steady()
        if left <= 0:
            self.stop()
            self.over.emit()
        else:
            code = "wait_before_trying" if self._user else "wait_here"
            self._say(code, {"user": self._user, "seconds": math.ceil(left)})

    def _say(self, code: str, params: dict[str, object]) -> None:
        self._field.show_problem(sentence(code, params), focus=False)
