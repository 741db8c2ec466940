"""What somebody chose for the call list, as the list has it now; kept in the clinic a moment after each change."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from clinic_app.domain.call_list import CallListChoices, Columns, ListShape
from clinic_app.ui.context import UiContext

KEPT_AFTER = 400
"""Milliseconds: a column that is drawn wider is kept once, when it is let go."""


class ListChoices(QObject):
    """``changed``: columns or views; ``shape_changed``: groups or order, other rows are wanted."""

    changed = Signal()
    shape_changed = Signal()

    def __init__(self, context: UiContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.choices = CallListChoices()
        self.known = False
        """Whether those of whoever works have been read."""
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(KEPT_AFTER)
        self._soon.timeout.connect(self._keep)

    @property
    def columns(self) -> Columns:
        """The columns."""
        return self.choices.columns

    @property
    def shape(self) -> ListShape:
        """Groups and order."""
        return self.choices.shape

    def take(self, choices: CallListChoices) -> None:
        """What was kept has been read."""
        self.choices, self.known = choices, True
        self.changed.emit()

    def forget(self) -> None:
        """The clinic is closed: the next one to work has others."""
        self._soon.stop()
        self.choices, self.known = CallListChoices(), False
        self.changed.emit()

    def set_columns(self, columns: Columns) -> None:
        """Other columns are wanted."""
        if columns != self.columns:
            self._change(CallListChoices(columns, self.shape, self.choices.views))

    def set_shape(self, shape: ListShape) -> None:
        """Other groups, or another order, is wanted."""
        if shape != self.shape:
            self._change(CallListChoices(self.columns, shape, self.choices.views))
            self.shape_changed.emit()

    def set_views(self, choices: CallListChoices) -> None:
        """Other views are kept."""
        self._change(CallListChoices(self.columns, self.shape, choices.views))

    def _change(self, choices: CallListChoices) -> None:
        self.choices = choices
        self._soon.start()
        self.changed.emit()

    def _keep(self) -> None:
        if self._context.open and self.known:
            wanted = self.choices
            self._context.tasks.tell(lambda s: s.call_list.keep(wanted), lambda _: None, owner=self)
