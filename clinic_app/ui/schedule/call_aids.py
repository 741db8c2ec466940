"""What helps while a number is dialled: the number large, a code for the clinic's phone, what to say, what to try."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinic_app.domain.calls import Advice, CallPage, CodeKind
from clinic_app.domain.papers import PaperKind
from clinic_app.domain.patients import Phone
from clinic_app.domain.schedule import Channel
from clinic_app.ui.context import UiContext
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import ChoiceRow, LinkButton, Remark, SegmentedControl, TextLabel
from clinic_app.ui.widgets.qr_view import QrView
from clinic_app.wording.calls import advice_words, code_words, forbidden_words, missing_text_words
from clinic_app.wording.language import translate
from clinic_app.wording.patient_lines import phone_number
from clinic_app.wording.schedule import no_drug_remark

KINDS = (CodeKind.CALL, CodeKind.TEXT, CodeKind.CALENDAR)


class CallAids(QWidget):
    """Shown above what is logged. Nothing of a patient stays in it once the window is locked or the clinic closed.

    ``number_chosen`` brings the number that is called now.
    """

    number_chosen = Signal(str)

    def __init__(self, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        keeper = self._keeper = context.theme
        self._page: CallPage | None = None
        self.numbers = ChoiceRow(keeper, (), translate("Phones"), self)
        self.number = TextLabel(keeper, "", Style.PAGE_TITLE, "text", self, selectable=True)
        self.owner = TextLabel(keeper, "", Style.SECONDARY, "text2", self, wrap=True)
        names = [code_words(kind) for kind in KINDS]
        self.kinds = SegmentedControl(keeper, names, translate("Code for the phone"), self)
        self.code = QrView(keeper, self)
        self.hint = TextLabel(keeper, "", Style.SECONDARY, "text2", self, wrap=True)
        self.forbidden = Remark(keeper, self)
        self.drug = Remark(keeper, self)
        self.script = TextLabel(keeper, "", Style.BODY, "text", self, wrap=True, selectable=True)
        self.language = Remark(keeper, self)
        self.advice = Remark(keeper, self)
        self.letter = LinkButton(keeper, translate("Letter…"), self)
        self.letter.clicked.connect(self._write_letter)
        self._number_row = QVBoxLayout()
        self._row = QHBoxLayout()
        self._row.addWidget(self.code, 0, Qt.AlignmentFlag.AlignTop)
        self._row.addWidget(self.hint, 1, Qt.AlignmentFlag.AlignTop)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.number)
        self._column.addWidget(self.owner)
        self._column.addLayout(self._number_row)
        self._number_row.addWidget(self.numbers)
        self._column.addWidget(self.forbidden)
        self._column.addWidget(self.drug)
        self._column.addWidget(self.advice)
        self._column.addWidget(self.letter, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addWidget(self.kinds, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addLayout(self._row)
        self._column.addWidget(self.script)
        self._column.addWidget(self.language)
        self.kinds.chosen.connect(lambda _: self._show_code())
        context.concealed.connect(self.clear)
        context.detached.connect(self.clear)
        keeper.changed.connect(self._restyle)
        self._restyle()
        self.clear()

    @property
    def chosen(self) -> str:
        """The number that is called, blank where none is in sight."""
        if self._page is None or not self._page.numbers:
            return ""
        return self.numbers.code or self._page.numbers[0].number

    def clear(self) -> None:
        """Show nothing of anybody."""
        self._page = None
        for label in (self.number, self.owner, self.script, self.hint):
            label.setText("")
        for remark in (self.forbidden, self.drug, self.language, self.advice):
            remark.show_words("")
        self.code.show_code((), "")
        self._put_numbers(())
        self.kinds.hide()
        self.letter.hide()

    def show_page(self, page: CallPage, number: str = "") -> None:
        """Show how a patient is reached; ``number``: the one to begin with."""
        self._page = page
        self._put_numbers(page.numbers)
        known = [one.number for one in page.numbers]
        if known:
            self.numbers.choose(number if number in known else known[0])
        self.forbidden.show_words(forbidden_words(page), "phone-off", "danger")
        self.drug.show_words(no_drug_remark(page.no_drug) if page.no_drug else "", "package-x", "due.fg")
        said = "" if page.advice is None else advice_words(page.advice, page.in_vain)
        self.advice.show_words(said, "mail" if page.advice is Advice.LETTER else "info", "warning")
        self.letter.setVisible(page.advice is Advice.LETTER)
        self._show_number()

    def _write_letter(self) -> None:
        if self._page is not None:
            self._context.intents.print_paper.emit(PaperKind.LETTER, self._page.patient.id)

    def _put_numbers(self, phones: tuple[Phone, ...]) -> None:
        self.numbers.hide()
        self._number_row.removeWidget(self.numbers)
        self.numbers.deleteLater()
        choices = [(one.number, _choice_words(one)) for one in phones]
        self.numbers = ChoiceRow(self._keeper, choices, translate("Phones"), self)
        self.numbers.chosen.connect(self._number_chosen)
        self._number_row.addWidget(self.numbers)
        self.numbers.setVisible(len(phones) > 1)

    def _number_chosen(self, number: str) -> None:
        self._show_number()
        self.number_chosen.emit(number)

    def _show_number(self) -> None:
        page = self._page
        if page is None:
            return
        phone = next((one for one in page.numbers if one.number == self.chosen), None)
        may = phone is not None and Channel.CALL in page.channels
        self.number.setText(phone_number(phone.number) if phone is not None and may else "")
        self.number.setVisible(may)
        self.owner.setText(", ".join(part for part in (phone.owner, phone.language) if part) if phone else "")
        self.owner.setVisible(bool(self.owner.text()))
        text = page.text_of(self.chosen)
        self.script.setText(text.script)
        self.script.setVisible(bool(text.script))
        self.language.show_words(missing_text_words(text), "info")
        there = {kind for kind, number, _ in page.codes if number in ("", self.chosen)}
        for place, kind in enumerate(KINDS):
            self.kinds.segment(place).setEnabled(kind in there)
        self.kinds.setVisible(bool(there))
        if there and KINDS[self.kinds.place] not in there:
            self.kinds.choose(next(place for place, kind in enumerate(KINDS) if kind in there))
        self._show_code()

    def _show_code(self) -> None:
        page = self._page
        wanted = KINDS[self.kinds.place]
        codes = () if page is None else page.codes
        found = next((code for kind, number, code in codes if kind is wanted and number in ("", self.chosen)), ())
        self.code.show_code(found, code_words(wanted))
        self.hint.setText(_HINTS[wanted]() if found else "")
        if found and page is not None and wanted is CodeKind.TEXT:
            self.hint.setText(f"{page.text_of(self.chosen).message}\n\n{self.hint.text()}")

    def _restyle(self) -> None:
        px = self._keeper.px
        self._column.setSpacing(px(8))
        self._row.setSpacing(px(14))


_HINTS = {
    CodeKind.CALL: lambda: translate("Scan it with the clinic’s phone to dial. This computer sends nothing."),
    CodeKind.TEXT: lambda: translate("Scan it with the clinic’s phone: the message is there, ready to be sent."),
    CodeKind.CALENDAR: lambda: translate("Scan it to put the visit into the phone’s calendar, with initials only."),
}


def _choice_words(phone: Phone) -> str:
    """``98400 12345 · daughter``."""
    return " · ".join(part for part in (phone_number(phone.number), phone.owner) if part)
