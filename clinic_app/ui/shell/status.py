"""The line at the foot of the window: how old the newest backup is; quiet while it is fine."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from clinic_app.ui.context import UiContext
from clinic_app.ui.widgets.progress_strip import StatusBit
from clinic_app.ui.widgets.themed import Plane
from clinic_app.wording.language import translate

AFTER_LIST_MS = 1500
"""The watch over the backups is loaded so long after a clinic was opened: the first list comes first."""
INKS = {"ok": "text3", "yellow": "due.fg", "red": "overdue.fg"}
ICONS = {"ok": "database", "yellow": "triangle-alert", "red": "circle-alert"}
"""By the word of an ``AgeState``."""


class StatusLine(Plane):
    """Keeps the backups of the open clinic and says how old the newest is. ``backups_wanted`` when it is pressed."""

    backups_wanted = Signal()

    def __init__(self, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, "rail", parent, edge=Qt.Edge.TopEdge)
        self._context = context
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(AFTER_LIST_MS)
        self._wait.timeout.connect(self.load)
        self._loaded = False
        self.age = StatusBit(context.theme, "database", "", self, acts=True)
        self.age.setToolTip(translate("Backups"))
        self.age.clicked.connect(self.backups_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 1, 8, 0)
        row.addStretch(1)
        row.addWidget(self.age)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(translate("Status"))
        self.hide()
        context.attached.connect(self._begin)
        context.detached.connect(self._wait.stop)

    def load(self) -> None:
        """Begin to watch over the backups, once."""
        if self._loaded:
            return
        from clinic_app.ui.backups.keeping import Keeping

        self._loaded = True
        self.keeping = Keeping(self._context, self)
        self.keeping.aged.connect(self.show_age)
        self.keeping.failed.connect(self._context.intents.refused)
        self.keeping.read_age()

    def show_age(self, aged: object) -> None:
        """Say how old the newest backup is; None: nothing is to be said."""
        from clinic_app.ui.backups.keeping import Aged

        if not isinstance(aged, Aged):
            self.age.show_words("")
            self.hide()
            return
        from clinic_app.domain.backups import AgeState
        from clinic_app.wording.backups import age_words, drill_due_words, failed_words, failing_words

        age, state = aged.age, aged.age.state
        words, tip = age_words(age, aged.now), translate("Open the backups")
        if aged.failed:
            words = f"{words} · {failing_words(aged.failed)}"
            tip = "\n".join(failed_words(run, aged.now) for run in aged.failed)
            state = AgeState.YELLOW if state is AgeState.OK else state
        elif aged.drill_due and state is AgeState.OK:
            words, tip = f"{words} · {translate('a restore should be tried')}", drill_due_words()
        self.age.show_words(words, ink=INKS[state.value], icon=ICONS[state.value], tip=tip)
        self.show()

    def _begin(self) -> None:
        if not self._loaded:
            self._wait.start()
