"""The sheet of absences: which doctor is away when, how many places that leaves, and whose booking must be moved."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from clinic_app.domain.absences import MOST_PLACES, Absence, AbsenceDetails
from clinic_app.domain.changes import Changes
from clinic_app.domain.errors import RuleBroken
from clinic_app.ui.context import UiContext
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import ChoiceRow, DateField, FormField, LinkButton, NumberField, TextLabel
from clinic_app.ui.widgets.record_sheet import RecordSheet
from clinic_app.wording.absences import absence_words, displaced_words, in_the_way_words, moved_on_words
from clinic_app.wording.language import translate

if TYPE_CHECKING:
    from clinic_app.services import Services
    from clinic_app.services.absences import Displaced

USUAL, NONE, FEWER = "usual", "none", "fewer"
SHOWN_AT_MOST = 50


@dataclass(frozen=True, slots=True)
class Away:
    """What the sheet shows: absences to come, the bookings in their way, and whom the clinic knows."""

    absences: tuple[Absence, ...]
    displaced: tuple[Displaced, ...]
    doctors: tuple[str, ...]


def read_away(services: Services) -> Away:
    """Read what the sheet shows."""
    return Away(services.absences.to_come(), services.absences.displaced(), services.schedule.injectors())


class AwaySheet(RecordSheet):
    """Enters when a doctor is away. What is in the way stays listed until it is moved."""

    def __init__(self, context: UiContext, host: QWidget) -> None:
        super().__init__(context, host, translate("Doctors away"), save=translate("Enter"))
        keeper = context.theme
        self.displaced = QVBoxLayout()
        self.listed = QVBoxLayout()
        for part in (self.displaced, self.listed):
            part.setSpacing(keeper.px(4))
            self.body.addLayout(part)
        self.add_section(translate("Enter an absence"))
        self.injector = QComboBox()
        self.injector.setEditable(True)
        self.injector.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.add_field(FormField(keeper, "injector", translate("Doctor"), self.injector, required=True))
        self.first = DateField(keeper, context.today, name="first")
        self.last = DateField(keeper, context.today, name="last")
        self.first.edited.connect(self._first_edited)
        self.add_field(FormField(keeper, "first", translate("First day away"), self.first, required=True))
        self.add_field(FormField(keeper, "last", translate("Last day away"), self.last, required=True))
        choices = [
            (NONE, translate("No injections")),
            (FEWER, translate("Fewer places")),
            (USUAL, translate("Places as usual")),
        ]
        self.places = ChoiceRow(keeper, choices, translate("Botox days among them"))
        self.places.chosen.connect(self._places_chosen)
        self.add_field(FormField(keeper, "kind", translate("Botox days among them"), self.places, required=True))
        many, one = translate("places"), translate("place")
        self.left = NumberField(keeper, 1, MOST_PLACES, suffix=many, suffix_of_one=one, name=translate("Places left"))
        self._left_field = self.add_field(FormField(keeper, "places", translate("Places left"), self.left, width=140))
        self._left_field.hide()
        self.reason = QLineEdit()
        self.reason.setMaxLength(200)
        self.add_field(FormField(keeper, "reason", translate("Reason"), self.reason))
        self.body.addStretch(1)

    def begin(self) -> None:
        """Read, slide in."""
        self.read_first(read_away, self._show)

    def save(self) -> None:
        """Check and enter."""
        self.clear_problems()
        kind = self.places.code
        try:
            if not self.injector.currentText().strip():
                raise RuleBroken("injector", "absence_no_doctor")
            first, last = self.first.take(), self.last.take()
            if kind is None:
                raise RuleBroken("kind", "absence_places_missing")
        except RuleBroken as problem:
            self.show_refusal(problem)
            return
        left = {NONE: 0, USUAL: None}.get(kind, self.left.value())
        details = AbsenceDetails(self.injector.currentText(), first, last, left, self.reason.text())
        self.set_busy(True)
        self.context.tasks.tell(
            lambda s: s.absences.add(details),
            lambda made: self._entered(made, details),
            owner=self,
            failed=self.show_refusal,
        )

    def _entered(self, made: Changes, details: AbsenceDetails) -> None:
        """Say it; where bookings are in the way the sheet stays and lists them."""
        found = made.result if isinstance(made.result, tuple) else ()
        words = absence_words(details)
        if not found:
            self.finish()
        else:
            self.set_busy(False)
            self.forget_changes()
            self.context.tasks.ask(read_away, self._show, owner=self)
        self.context.wrote(f"{words} · {moved_on_words(len(found))}" if found else words, made)

    def forget_changes(self) -> None:
        """The fields are blank again."""
        self.first.set_day(None)
        self.last.set_day(None)
        self.places.choose(None)
        self.reason.clear()
        self._left_field.hide()

    def _show(self, away: Away) -> None:
        keeper = self.keeper
        _clear(self.displaced)
        _clear(self.listed)
        if away.displaced:
            self.displaced.addWidget(TextLabel(keeper, moved_on_words(len(away.displaced)), Style.SECTION, parent=self))
        for one in away.displaced[:SHOWN_AT_MOST]:
            who = one.absence.details.injector if one.absence is not None else ""
            words = displaced_words(one.appointment, one.name, in_the_way_words(one.why.value, who))
            self.displaced.addWidget(self._line(words, translate("Move…"), partial(self._move, one)))
        if away.absences:
            self.listed.addWidget(TextLabel(keeper, translate("Away now or later"), Style.SECTION, parent=self))
        for absence in away.absences:
            words = absence_words(absence.details)
            act = partial(self._take_back, absence)
            self.listed.addWidget(self._line(words, translate("Is there after all"), act))
        typed = self.injector.currentText()
        self.injector.clear()
        self.injector.addItems(list(away.doctors))
        self.injector.setCurrentText(typed)

    def _line(self, words: str, action: str, act: partial[None]) -> QWidget:
        keeper = self.keeper
        line = QWidget(self)
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(keeper.px(10))
        row.addWidget(TextLabel(keeper, words, Style.BODY, parent=line, wrap=True), 1)
        link = LinkButton(keeper, action, line)
        link.setAccessibleName(f"{action} {words}")
        link.clicked.connect(act)
        row.addWidget(link)
        return line

    def _move(self, one: Displaced, *_: object) -> None:
        booking = one.appointment
        if booking.case_ids:
            self.context.intents.move_booking.emit(booking.case_ids[0], booking)

    def _take_back(self, absence: Absence, *_: object) -> None:
        def said(made: Changes) -> None:
            self.context.tasks.ask(read_away, self._show, owner=self)
            words = translate("{who} is there after all").format(who=absence.details.injector)
            self.context.wrote(words, made)

        self.context.tasks.tell(lambda s: s.absences.take_back(absence.id), said, owner=self, failed=self.show_refusal)

    def _first_edited(self) -> None:
        if self.first.day is not None and self.last.day is None:
            self.last.set_day(self.first.day)

    def _places_chosen(self, code: str) -> None:
        self._left_field.setVisible(code == FEWER)


def _clear(column: QVBoxLayout) -> None:
    while column.count():
        item = column.takeAt(0)
        widget = None if item is None else item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
