"""A question before something that cannot be taken back; the verb stands on the button."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets.buttons import Button, Kind
from clinic_app.ui.widgets.themed import TextLabel
from clinic_app.wording.language import translate


class ConfirmDialog(QDialog):
    """Title, explanation, the verb and Cancel. Enter never does the destructive thing: Cancel has the keyboard.

    ``alternative`` is a third way ("Keep and close"); ``answer`` is then ``"alternative"``.
    """

    def __init__(
        self,
        keeper: ThemeKeeper,
        title: str,
        explanation: str,
        verb: str,
        parent: QWidget | None = None,
        *,
        destructive: bool = True,
        cancel: str = "",
        alternative: str = "",
    ) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self.answer = "cancel"
        self.setWindowTitle(title)
        self.setModal(True)
        column = QVBoxLayout(self)
        edge = keeper.px(24)
        column.setContentsMargins(edge, edge, edge, keeper.px(20))
        column.setSpacing(keeper.px(8))
        column.addWidget(TextLabel(keeper, title, Style.PANEL_TITLE, "text", self, wrap=True))
        self._words = TextLabel(keeper, explanation, Style.BODY, "text2", self, wrap=True)
        self._words.setVisible(bool(explanation))
        column.addWidget(self._words)
        column.addSpacing(keeper.px(12))
        row = QHBoxLayout()
        row.setSpacing(keeper.px(8))
        row.addStretch(1)
        self.cancel_button = Button(keeper, cancel or translate("Cancel"), parent=self)
        self.cancel_button.clicked.connect(self.reject)
        row.addWidget(self.cancel_button)
        if alternative:
            other = Button(keeper, alternative, parent=self)
            other.clicked.connect(lambda: self._end("alternative"))
            row.addWidget(other)
        kind = Kind.DANGER_SOLID if destructive else Kind.PRIMARY
        self.verb_button = Button(keeper, verb, kind=kind, parent=self)
        self.verb_button.clicked.connect(lambda: self._end("verb"))
        row.addWidget(self.verb_button)
        column.addLayout(row)
        first = self.cancel_button if destructive else self.verb_button
        first.setDefault(True)
        first.setFocus(Qt.FocusReason.OtherFocusReason)
        self.setMinimumWidth(keeper.px(400))
        self.setMaximumWidth(keeper.px(560))

    @classmethod
    def ask(
        cls,
        keeper: ThemeKeeper,
        parent: QWidget,
        title: str,
        explanation: str,
        verb: str,
        *,
        destructive: bool = True,
    ) -> bool:
        """Ask and wait; answers whether the verb was pressed."""
        dialog = cls(keeper, title, explanation, verb, parent, destructive=destructive)
        try:
            return dialog.exec() == QDialog.DialogCode.Accepted
        finally:
            dialog.deleteLater()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the plate."""
        QPainter(self).fillRect(self.rect(), self._keeper.colour("surface"))

    def _end(self, answer: str) -> None:
        self.answer = answer
        self.accept()
