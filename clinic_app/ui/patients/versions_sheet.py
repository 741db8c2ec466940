"""Earlier versions of a record: who changed what and when, before and after; one can be made the newest again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from clinic_app.domain.access import Action
from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.errors import ClinicError, NotFound
from clinic_app.domain.versions import Version
from clinic_app.ui.context import UiContext
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import Button, Card, Level, LinkButton, TextLabel
from clinic_app.ui.widgets.record_sheet import RecordSheet
from clinic_app.ui.widgets.role_gate import keep_to_roles
from clinic_app.wording.dates import moment_words
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.sentences import sentence_of
from clinic_app.wording.version_lines import VersionNames, case_words, version_lines, version_title
from clinic_app.wording.versions import thing_words

if TYPE_CHECKING:
    from clinic_app.services import Services

RESTORING = MappingProxyType(
    {
        "patient": Action.REGISTER,
        "clinical_case": Action.EDIT_RECORD,
        "external_toxin": Action.EDIT_RECORD,
        "injection_session": Action.EDIT_UNSIGNED,
    }
)
"""What making an earlier version the newest again needs, by the table it is of: as changing such a thing."""
AT_ONCE = 40
"""So many saves are shown before one asks for more."""
SHOWS = frozenset({Topic.PATIENTS, Topic.CASES, Topic.TREATMENT, Topic.SCHEDULE, Topic.PICTURES})
LONGEST_WORD = 32
"""A longer word (a file name, a code) may be broken anywhere: the sheet never gets wider than it is."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """Whose versions they are, and what their codes mean."""

    name: str
    versions: tuple[Version, ...]
    names: VersionNames


class VersionsSheet(RecordSheet):
    """Every change of a patient's record, newest first; changes of one save stand together."""

    def __init__(self, context: UiContext, host: QWidget, patient_id: int) -> None:
        super().__init__(context, host, translate("Earlier versions"))
        self._patient_id = patient_id
        self._name = ""
        self._saves: list[tuple[Version, ...]] = []
        self._names: VersionNames | None = None
        self._shown = 0
        self.cards: list[SaveCard] = []
        self.save_button.hide()
        self._cancel.setText(translate("Close"))
        keeper = context.theme
        self.none = TextLabel(
            keeper, translate("Nothing of this record was changed since it was entered."), Style.BODY, "text2", self
        )
        self.none.setWordWrap(True)
        self.add_widget(self.none)
        self._holder = QWidget()
        self._column = QVBoxLayout(self._holder)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(keeper.px(10))
        self.add_widget(self._holder)
        self.more = LinkButton(keeper, "", self)
        self.more.clicked.connect(self._show_more)
        self.more.hide()
        self.add_widget(self.more)
        context.tasks.changed.connect(self._changed_elsewhere)

    @property
    def changed(self) -> bool:
        """There is nothing to lose."""
        return False

    def mark_changed(self, *_: object) -> None:
        """There is nothing to lose."""

    def begin(self) -> None:
        """Read, slide in."""
        self.read_first(self._read, self._fill)

    def open(self) -> None:
        """The first button gets the keyboard."""
        super().open()
        self._first.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def _first(self) -> Button:
        return next((button for card in self.cards for button in card.buttons if button.isEnabled()), self._cancel)

    def save(self) -> None:
        """There is nothing to save here."""

    def restore(self, version: Version) -> None:
        """Make a version the newest again."""

        def write(services: Services) -> Changes:
            return services.versions.restore(version.id)

        def done(changes: Changes) -> None:
            self.context.wrote(
                translate("{thing}: earlier version restored").format(thing=thing_words(version)), changes
            )

        self.context.tasks.tell(write, done, owner=self, failed=self._refused)

    def _read(self, services: Services) -> Earlier:
        versions = services.versions.of_patient(self._patient_id)
        catalogues = services.catalogues
        ids = {
            value
            for version in versions
            for field in version.fields
            for value in (field.before, field.after)
            if field.field == "case_id" and isinstance(value, int)
        }
        cases: dict[int, str] = {}
        for case_id in ids:
            with suppress(NotFound):
                details = services.cases.get(case_id).details
                cases[case_id] = case_words(details.condition, details.side, VersionNames(catalogues))
        return Earlier(services.patients.get(self._patient_id).name, versions, VersionNames(catalogues, cases))

    def _read_again(self) -> None:
        self.banner.clear()
        self.context.tasks.ask(self._read, self._fill, owner=self, key="versions", failed=self._refused)

    def _changed_elsewhere(self, changes: object) -> None:
        """A restore, its Undo, or somebody else's save: the list is read again."""
        if isinstance(changes, Changes) and changes.topics & SHOWS and self.isVisible():
            self._read_again()

    def _fill(self, found: Earlier) -> None:
        self._names = found.names
        holder = QApplication.focusWidget()
        inside = holder is not None and self._holder.isAncestorOf(holder)
        self.set_title(translate("Earlier versions"), found.name)
        for card in self.cards:
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.cards = []
        self._saves = [tuple(group) for _, group in groupby(found.versions, key=lambda one: one.save)]
        self._shown = 0
        self.none.setVisible(not self._saves)
        self._show_more()
        if inside:
            self._first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_more(self) -> None:
        if self._names is None:
            return
        for save in self._saves[self._shown : self._shown + AT_ONCE]:
            card = SaveCard(self.context, save, self._names, self._holder)
            for version, button in zip(card.restorable, card.buttons, strict=True):
                button.clicked.connect(lambda _=False, version=version: self.restore(version))
            self._column.addWidget(card)
            self.cards.append(card)
        self._shown = min(self._shown + AT_ONCE, len(self._saves))
        left = len(self._saves) - self._shown
        self.more.setText(translate_many("Show {count} older change", "Show {count} older changes", left))
        self.more.setVisible(left > 0)

    def _refused(self, problem: ClinicError) -> None:
        self.banner.show_words(sentence_of(problem), level=Level.PROBLEM)


class SaveCard(Card):
    """One save: when, who, and each thing with what was changed of it."""

    def __init__(self, context: UiContext, versions: Sequence[Version], names: VersionNames, parent: QWidget) -> None:
        keeper = context.theme
        super().__init__(keeper, parent, fill="sunken", line=None, radius=8)
        self.restorable: list[Version] = []
        self.buttons: list[Button] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(keeper.px(14), keeper.px(10), keeper.px(10), keeper.px(10))
        column.setSpacing(keeper.px(4))
        first = versions[0]
        when = " · ".join(part for part in (moment_words(first.at), first.by) if part)
        column.addWidget(TextLabel(keeper, when, Style.NAME, "text", self, wrap=True))
        for version in versions:
            row = QHBoxLayout()
            row.setSpacing(keeper.px(8))
            lines = QVBoxLayout()
            lines.setSpacing(keeper.px(2))
            lines.addWidget(
                TextLabel(keeper, version_title(version), Style.SECONDARY, "text2", self, weight=600, wrap=True)
            )
            for words in version_lines(version, names):
                lines.addWidget(
                    TextLabel(keeper, _breakable(words), Style.BODY, "text", self, wrap=True, selectable=True)
                )
            row.addLayout(lines, 1)
            if version.restorable:
                button = Button(keeper, translate("Restore"), small=True, parent=self)
                button.setAccessibleName(
                    translate("Restore the {thing} as it was before {moment}").format(
                        thing=thing_words(version), moment=moment_words(version.at)
                    )
                )
                button.setToolTip(translate("As it was before this change"))
                row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
                need = RESTORING.get(version.table)
                if need is not None:
                    keep_to_roles(context, button, need)
                self.restorable.append(version)
                self.buttons.append(button)
            column.addLayout(row)


def _breakable(words: str) -> str:
    """The words, where one of them is too long with places at which a line may break."""
    return " ".join(
        word if len(word) <= LONGEST_WORD else "\u200b".join(re.findall(f".{{1,{LONGEST_WORD}}}", word))
        for word in words.split(" ")
    )
