"""A line for a name, under the button that asks for it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from clinic_app.domain.call_list import LONGEST_NAME
from clinic_app.domain.errors import ClinicError
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import Button, Kind, TextLabel
from clinic_app.wording.language import translate
from clinic_app.wording.sentences import sentence_of


class NamePanel(QFrame):
    """Enter keeps the name; a refusal is said below it, and it stays open."""

    def __init__(
        self, keeper: ThemeKeeper, title: str, before: str, keep: Callable[[str], object], parent: QWidget
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAccessibleName(title)
        self._keep = keep
        self.line = QLineEdit(before, self)
        self.line.setMaxLength(LONGEST_NAME)
        self.line.setAccessibleName(translate("Name"))
        self.line.setMinimumWidth(keeper.px(220))
        self.line.selectAll()
        self.line.returnPressed.connect(self._entered)
        self.said = TextLabel(keeper, "", Style.SECONDARY, "danger", self, wrap=True)
        self.said.hide()
        button = Button(keeper, translate("Keep"), kind=Kind.PRIMARY, parent=self)
        button.clicked.connect(self._entered)
        row = QHBoxLayout()
        row.setSpacing(keeper.px(8))
        row.addWidget(self.line, 1)
        row.addWidget(button)
        column = QVBoxLayout(self)
        edge = keeper.px(12)
        column.setContentsMargins(edge, edge, edge, edge)
        column.setSpacing(keeper.px(8))
        column.addWidget(TextLabel(keeper, title, Style.NAME, "text", self))
        column.addLayout(row)
        column.addWidget(self.said)

    def pop_under(self, button: QWidget) -> None:
        """Open under a button."""
        self.adjustSize()
        self.move(button.mapToGlobal(QPoint(0, button.height())))
        self.show()
        self.line.setFocus(Qt.FocusReason.PopupFocusReason)

    def _entered(self) -> None:
        try:
            self._keep(self.line.text())
        except ClinicError as problem:
            self.said.setText(sentence_of(problem))
            self.said.show()
            self.adjustSize()
            return
        self.close()
