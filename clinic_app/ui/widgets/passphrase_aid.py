"""Under the lines of a new passphrase: show what is typed, and five words to take."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QWidget

from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.widgets.buttons import LinkButton
from clinic_app.ui.widgets.form_field import FormField
from clinic_app.wording.language import translate


class PassphraseAid(QWidget):
    """A box that shows what is typed, and a link that asks for words (``wanted``); ``show_words`` fills them in."""

    wanted = Signal()

    def __init__(self, keeper: ThemeKeeper, lines: Sequence[QLineEdit], field: FormField[QLineEdit]) -> None:
        """``lines``: the passphrase and once more; ``field``: that of the first, which is told to write it down."""
        super().__init__()
        self._lines, self._field = tuple(lines), field
        self.show_letters = QCheckBox(translate("Show what I type"))
        self.show_letters.toggled.connect(self._show_letters)
        self.suggest = LinkButton(keeper, translate("Suggest five words"), self)
        self.suggest.clicked.connect(self.wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.show_letters)
        row.addStretch(1)
        row.addWidget(self.suggest)

    def show_words(self, words: str) -> None:
        """Five words, in both lines, readable."""
        self.show_letters.setChecked(True)
        for line in self._lines:
            line.setText(words)
            line.textEdited.emit(words)
        self._field.show_hint(translate("Write these words down before you go on"))

    def _show_letters(self, shown: bool) -> None:
        mode = QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password
        for line in self._lines:
            line.setEchoMode(mode)
