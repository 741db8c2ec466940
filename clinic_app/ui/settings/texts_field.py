"""The texts of one kind: a language, a field for every text, and under each how it reads to an invented patient."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.patient_texts import (
    TEXTS,
    TextKind,
    TextLanguage,
    TextPage,
    Written,
    checked_text,
    checked_texts,
    filled,
)
from clinic_app.ui.context import UiContext
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import FormField, LinkButton, TextLabel
from clinic_app.ui.widgets.themed import Themed
from clinic_app.wording.language import translate
from clinic_app.wording.patient_texts import blanks_words, text_name
from clinic_app.wording.sentences import sentence_of

OTHER = "+"
SAME = Qt.MatchFlag.MatchFixedString
"""The whole name, capitals or not."""
SHORT, LONG = 46, 62
"""Heights of a field for a line, and for some sentences."""


class OneText(QWidget):
    """One text: its field, how it reads, and the way back to the program's. ``edited`` after each change."""

    edited = Signal()

    def __init__(self, context: UiContext, kind: TextKind, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        keeper = context.theme
        self.kind, self.name = kind, name
        self._shipped, self._english, self._sample = "", "", dict[str, str]()
        self.edit = QPlainTextEdit()
        self.edit.setTabChangesFocus(True)
        self.field = FormField(
            keeper, name, text_name(kind, name), self.edit, height=SHORT if TEXTS[kind][name].most <= 130 else LONG
        )
        self._blanks = TextLabel(keeper, blanks_words(kind, name), Style.CAPTION, "text3", self, wrap=True)
        self._blanks.setVisible(bool(blanks_words(kind, name)))
        self.back = LinkButton(keeper, translate("Back to the text that came with the program"), self)
        self.back.clicked.connect(self._take_back)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(keeper.px(2))
        column.addWidget(self.field)
        column.addWidget(self._blanks)
        column.addWidget(self.back)
        self.edit.textChanged.connect(self._changed)

    @property
    def words(self) -> str:
        """What stands in the field; blank where it is the program's own text."""
        written = self.edit.toPlainText()
        return "" if " ".join(written.split()) == self._shipped else written

    def show_words(self, written: str, shipped: str, english: TextLanguage | None, sample: Mapping[str, str]) -> None:
        """Show what the clinic wrote, else the program's text; ``sample``: what stands in its blanks. ``english``
        helps where the program has no text.
        """
        self._shipped, self._sample = shipped, dict(sample)
        self._english = english.shipped[self.name] if english is not None else ""
        self.edit.blockSignals(True)
        self.edit.setPlainText(written or shipped)
        self.edit.blockSignals(False)
        self.judge()

    def judge(self) -> None:
        """Say how it reads, or what is wrong."""
        words = self.edit.toPlainText()
        self.back.setVisible(bool(self._shipped) and (bool(self.words) or not words.strip()))
        try:
            kept = checked_text(self.kind, self.name, words) if words.strip() else ""
        except RuleBroken as problem:
            self.field.show_problem(sentence_of(named_text(problem)), focus=False)
            return
        self.field.clear_problem()
        if kept:
            reads = filled(kept, self._sample)
            self.field.show_hint(translate("Reads: {text}").format(text=reads) if reads != kept else "")
        elif self._shipped:
            self.field.show_hint(translate("Left empty, it stays as it came: {text}").format(text=self._shipped))
        else:
            self.field.show_hint(translate("In English: {text}").format(text=self._english))

    def _changed(self) -> None:
        self.judge()
        self.edited.emit()

    def _take_back(self) -> None:
        self.edit.setPlainText(self._shipped)
        self.edit.setFocus()


class TextsField(Themed):
    """All texts of a kind in one language at a time; what was typed in another stays. ``edited`` after each change."""

    edited = Signal()

    def __init__(self, context: UiContext, kind: TextKind, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, parent)
        keeper = context.theme
        self._kind = kind
        self._page = TextPage(kind, (), ())
        self._written: dict[str, dict[str, str]] = {}
        self._shown = ""
        self.language = QComboBox()
        self.other = QLineEdit()
        self.other.setPlaceholderText(translate("Name of the language, as it stands with the patients"))
        self._languages = FormField(keeper, "language", translate("Language"), self.language, width=260)
        self._others = FormField(keeper, "other_language", translate("Another language"), self.other)
        self._whole = TextLabel(keeper, "", Style.SECONDARY, "text2", self, wrap=True)
        self.texts = {name: OneText(context, kind, name, self) for name in TEXTS[kind]}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(keeper.px(10))
        parts: tuple[QWidget, ...] = (self._languages, self._others, self._whole, *self.texts.values())
        for part in parts:
            column.addWidget(part)
        self._others.hide()
        self._whole.hide()
        self.setFocusProxy(self.language)
        self.language.activated.connect(lambda _: self._choose())
        self.other.textEdited.connect(lambda _: self.edited.emit())
        for one in self.texts.values():
            one.edited.connect(self.edited)
        context.tasks.ask(lambda services: services.settings.text_page(kind), self._take_page, owner=self, key="texts")

    @property
    def value(self) -> Written:
        """What the clinic has in place of the program's texts, or in a language of its own.

        Raises:
            RuleBroken: ``text_language_known``; as ``checked_texts``, and the text it is about has the keyboard next.
        """
        self._keep()
        if any(self._written.get(OTHER, {}).values()) and self.language.findText(self._named(OTHER), SAME) >= 0:
            raise RuleBroken("language", "text_language_known", language=self._named(OTHER))
        written = {self._named(language): texts for language, texts in self._written.items()}
        self.setFocusProxy(self.other if self._shown == OTHER else self.language)
        try:
            return checked_texts(self._kind, written, self._names())
        except RuleBroken as problem:
            if problem.field in self.texts:
                self.setFocusProxy(self.texts[problem.field].edit)
            raise named_text(problem) from problem

    def show_value(self, written: Written) -> None:
        """Show what is kept."""
        self._written = {language: dict(texts) for language, texts in written.items()}
        if self._page.languages:
            self._offer()

    def show_language(self, language: str) -> None:
        """Show the texts of a language: a code of the program's, or a name."""
        self._keep()
        self._shown = language
        self.language.setCurrentIndex(max(self.language.findData(language), 0))
        known = next((one for one in self._page.languages if one.code == language), None)
        english = next(iter(self._page.languages), None)
        shown_with = known or english
        sample = shown_with.sample if shown_with is not None else {}
        written = self._written.get(language, {})
        for name, one in self.texts.items():
            one.show_words(written.get(name, ""), known.shipped[name] if known is not None else "", english, sample)
        self._others.setVisible(language == OTHER)
        words = translate(
            "The program has no texts in this language. Write all of them, and its days and months; until then"
            " English is used, and papers and calls say so."
        )
        self._whole.setText(words)
        self._whole.setVisible(known is None)

    def _take_page(self, page: TextPage) -> None:
        self._page = page
        self._offer()

    def _offer(self) -> None:
        """The languages to choose from: the program's, the clinic's own, those patients speak, and any other."""
        self.language.clear()
        for one in self._page.languages:
            self.language.addItem(one.name, one.code)
        known = {one.code for one in self._page.languages}
        own = {language.casefold(): language for language in (*self._page.spoken, *self._written)}
        for language in sorted(own.values(), key=str.casefold):
            if language not in known and language != OTHER:
                self.language.addItem(language, language)
        self.language.addItem(translate("Another language…"), OTHER)
        shown, self._shown = self._shown, ""
        self.show_language(shown if self.language.findData(shown) >= 0 else self._page.languages[0].code)

    def _choose(self) -> None:
        self.show_language(str(self.language.currentData()))
        if self._shown == OTHER:
            self.other.setFocus()

    def _keep(self) -> None:
        """What stands in the fields belongs to the language that is shown."""
        if self._shown:
            self._written[self._shown] = {name: one.words for name, one in self.texts.items()}

    def _named(self, language: str) -> str:
        return " ".join(self.other.text().split()) if language == OTHER else language

    def _names(self) -> dict[str, str]:
        codes = {one.code: one.code for one in self._page.languages}
        return codes | {name: one.code for one in self._page.languages for name in one.names}


def named_text(problem: RuleBroken) -> RuleBroken:
    """The same refusal with the text called as it is on screen."""
    params = dict(problem.params)
    kind = params.pop("kind", None)
    if isinstance(kind, TextKind):
        params["text"] = text_name(kind, str(params["text"]))
    return RuleBroken(problem.field, problem.code, **params)
