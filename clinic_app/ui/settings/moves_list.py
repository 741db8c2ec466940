"""Whose dates a change of a rule would move, before it applies: how many, and who, each before and after."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QVBoxLayout, QWidget

from clinic_app.domain.moved import Moves
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import TextLabel
from clinic_app.ui.widgets.themed import Themed
from clinic_app.wording.language import translate
from clinic_app.wording.moved import ConditionNames, count_words, moved_words

ROWS = 5


class MovesList(Themed):
    """A sentence, and the first of those whose dates would move."""

    def __init__(self, keeper: ThemeKeeper, catalogues: ConditionNames, parent: QWidget | None = None) -> None:
        super().__init__(keeper, parent)
        self._catalogues = catalogues
        self.words = TextLabel(keeper, "", Style.BODY, "text", self, wrap=True, weight=600)
        self.people = QListWidget(self)
        self.people.setAccessibleName(translate("Whose dates would move"))
        self.people.setWordWrap(True)
        self.people.setSpacing(keeper.px(2))
        self.people.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.people.setFixedHeight(ROWS * keeper.measures.control)
        self.people.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(keeper.px(6))
        column.addWidget(self.words)
        column.addWidget(self.people)
        self.hide()

    def show_words(self, words: str) -> None:
        """Say how far it is; nobody is listed. Blank: nothing to say."""
        self.words.setText(words)
        self.people.hide()
        self.setVisible(bool(words))

    def show_moves(self, moves: Moves) -> None:
        """Say who would move."""
        if not moves.cases:
            self.show_words(translate("No patient moves by this."))
            return
        words = count_words(moves.patients, moves.cases)
        if len(moves.first) < moves.cases:
            words = translate("{words}; the first {count} of them:").format(words=words, count=len(moves.first))
        self.show_words(words)
        self.people.clear()
        lines = moved_words(moves.first, self._catalogues)
        self.people.addItems([f"{one.name}, {one.mrn} · {line}" for one, line in zip(moves.first, lines, strict=True)])
        self.people.setVisible(bool(lines))
