"""What was typed and not saved, offered again: each can be gone on with, or discarded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinic_app.domain.changes import Changes
from clinic_app.domain.drafts import Draft, DraftKind
from clinic_app.domain.errors import ClinicError
from clinic_app.ui.context import UiContext
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import Button, Card, TextLabel
from clinic_app.ui.widgets.record_sheet import RecordSheet
from clinic_app.wording.drafts import draft_words
from clinic_app.wording.language import translate

if TYPE_CHECKING:
    from clinic_app.services import Services


@dataclass(frozen=True, slots=True)
class Unsaved:
    """A draft with whose it is, in words."""

    draft: Draft
    words: str


def read_unsaved(services: Services) -> tuple[Unsaved, ...]:
    """One's own drafts in words, newest first; called in a thread."""
    found = []
    today = services.today()
    for draft in services.drafts.all():
        name = ""
        if draft.patient_id:
            try:
                name = services.patients.get(draft.patient_id).name
            except ClinicError:
                continue
        found.append(Unsaved(draft, draft_words(draft.kind, name, draft.written_at, today)))
    return tuple(found)


def go_on_with(context: UiContext, draft: Draft) -> None:
    """Open the sheet a draft was typed in; it offers the draft by itself."""
    intents, patient_id = context.intents, draft.patient_id
    case_id = draft.content.get("case_id")
    case = case_id if isinstance(case_id, int) else 0
    match draft.kind:
        case DraftKind.PATIENT if patient_id:
            intents.edit_patient.emit(patient_id)
        case DraftKind.PATIENT:
            intents.new_patient.emit("")
        case DraftKind.CASE:
            intents.edit_case.emit(patient_id, case)
        case DraftKind.VISIT:
            intents.record_visit.emit(patient_id, case)
        case DraftKind.CALL:
            intents.log_call.emit(case)
        case DraftKind.BOOKING:
            intents.book.emit(case)


class DraftsSheet(RecordSheet):
    """The list of what was not saved."""

    def __init__(self, context: UiContext, host: QWidget) -> None:
        super().__init__(context, host, translate("Typed and not saved"))
        self.save_button.hide()
        self._cancel.setText(translate("Close"))
        said = translate("What was typed is kept every few seconds. Go on with it, or discard it.")
        self.add_widget(TextLabel(context.theme, said, Style.BODY, "text2", self, wrap=True))
        self._holder = QWidget()
        self._column = QVBoxLayout(self._holder)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(context.theme.px(8))
        self.add_widget(self._holder)
        self.rows: list[tuple[Unsaved, Button, Button]] = []

    @property
    def changed(self) -> bool:
        """There is nothing to lose."""
        return False

    def mark_changed(self, *_: object) -> None:
        """There is nothing to lose."""

    def begin(self) -> None:
        """Read, slide in."""
        self.read_first(read_unsaved, self._show)

    def open(self) -> None:
        """The first button gets the keyboard."""
        super().open()
        if self.rows:
            self.rows[0][1].setFocus(Qt.FocusReason.OtherFocusReason)

    def save(self) -> None:
        """There is nothing to save here."""

    def _show(self, found: tuple[Unsaved, ...]) -> None:
        keeper = self.keeper
        for one in found:
            card = Card(keeper, self._holder, fill="sunken", line=None, radius=8)
            row = QHBoxLayout(card)
            row.setContentsMargins(keeper.px(14), keeper.px(8), keeper.px(8), keeper.px(8))
            row.setSpacing(keeper.px(8))
            row.addWidget(TextLabel(keeper, one.words, Style.BODY, "text", card, wrap=True), 1)
            go_on = Button(keeper, translate("Go on"), small=True, parent=card)
            go_on.setAccessibleName(translate("Go on with: {draft}").format(draft=one.words))
            go_on.clicked.connect(lambda _=False, one=one: self._take_up(one))
            discard = Button(keeper, translate("Discard"), small=True, parent=card)
            discard.setAccessibleName(translate("Discard: {draft}").format(draft=one.words))
            discard.clicked.connect(lambda _=False, one=one, card=card: self._throw_away(one, card))
            row.addWidget(go_on)
            row.addWidget(discard)
            self._column.addWidget(card)
            self.rows.append((one, go_on, discard))

    def _take_up(self, one: Unsaved) -> None:
        self._leave(done=False)
        go_on_with(self.context, one.draft)

    def _throw_away(self, one: Unsaved, card: QWidget) -> None:
        draft = one.draft

        def drop(services: Services) -> Changes:
            services.drafts.drop(draft.kind, draft.patient_id)
            return Changes(frozenset())

        def done(_: Changes) -> None:
            card.hide()
            self.rows = [row for row in self.rows if row[0] is not one]
            if self.rows:
                self.rows[0][1].setFocus(Qt.FocusReason.OtherFocusReason)
            else:
                self._leave(done=True)

        self.context.tasks.tell(drop, done, owner=self, failed=self.show_refusal)
