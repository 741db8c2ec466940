"""Opening a closed record in an emergency, looking at such openings afterwards, and restricting a record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from clinic_app.domain.access import Action, EmergencyOpening, Protection
from clinic_app.domain.audit import MINIMUM_REASON
from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.errors import AccessRefused, ClinicError, RuleBroken
from clinic_app.ui.context import UiContext
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import Banner, Button, Card, FlowLayout, FormField, Level, TextLabel
from clinic_app.ui.widgets.buttons import Kind
from clinic_app.ui.widgets.reason_sheet import ReasonSheet
from clinic_app.ui.widgets.record_sheet import RecordSheet
from clinic_app.ui.widgets.side_sheet import SideSheet
from clinic_app.wording.dates import moment_words
from clinic_app.wording.language import translate

if TYPE_CHECKING:
    from clinic_app.services import Services

COMMON = (
    "Treating the patient who is here now",
    "Side effect or complication reported",
    "Covering for a colleague who is away",
    "Question of another hospital about treatment",
)


class EmergencySheet(RecordSheet):
    """Opens one record for 30 minutes: a reason and one's own passphrase."""

    def __init__(self, context: UiContext, host: QWidget, patient_id: int) -> None:
        super().__init__(context, host, translate("Open in an emergency"), save=translate("Open for 30 minutes"))
        keeper = self.keeper
        self._patient_id = patient_id
        self.save_button.set_kind(Kind.DANGER_SOLID)
        said = translate(
            "This record is closed to you. It opens for 30 minutes, this patient only. It is entered in the audit, "
            "and doctors and administrators are told until one of them has looked at it."
        )
        self.add_widget(TextLabel(keeper, said, Style.BODY, "text2", self, wrap=True))
        self.reason = QPlainTextEdit()
        self.reason.setTabChangesFocus(True)
        self.reason.textChanged.connect(self.mark_changed)
        hint = translate("At least {count} characters").format(count=MINIMUM_REASON)
        self.add_field(FormField(keeper, "reason", translate("Why"), self.reason, required=True, hint=hint))
        holder = QWidget()
        flow = FlowLayout(holder)
        self.common: list[Button] = []
        for words in COMMON:
            button = Button(keeper, translate(words), small=True, parent=holder)
            button.clicked.connect(lambda _=False, words=words: self.reason.setPlainText(translate(words)))
            flow.addWidget(button)
            self.common.append(button)
        self.add_widget(holder)
        self.secret = QLineEdit()
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.secret.returnPressed.connect(self.ask_save)
        self.add_field(FormField(keeper, "secret", translate("Your passphrase"), self.secret, required=True))
        self.body.addStretch(1)

    def begin(self) -> None:
        """Slide in."""
        self.open()

    def save(self) -> None:
        """Open the record."""
        self.clear_problems()
        patient_id, reason, secret = self._patient_id, self.reason.toPlainText(), self.secret.text()
        if not secret:
            self.show_problem("secret", translate("Type your passphrase."))
        have = len(" ".join(reason.split()))
        if have < MINIMUM_REASON:
            self.show_refusal(RuleBroken("reason", "emergency_reason_short", have=have, need=MINIMUM_REASON))
        if not secret or have < MINIMUM_REASON:
            return

        def write(services: Services) -> Changes:
            services.access.open_emergency(patient_id, secret, reason)
            return Changes(frozenset({Topic.PATIENTS, Topic.SCHEDULE, Topic.CASES, Topic.PICTURES}))

        def after(_: Changes) -> None:
            self.context.intents.open_case.emit(patient_id, 0)

        self.write(write, translate("Open in an emergency for 30 minutes"), after)

    def show_refusal(self, error: ClinicError) -> None:
        """A wrong passphrase is said beside it."""
        if isinstance(error, AccessRefused) and error.code != "not_allowed":
            self.secret.clear()
            error = RuleBroken("secret", error.code, **error.params)
        super().show_refusal(error)


@dataclass(frozen=True, slots=True)
class _Found:
    protection: Protection
    name: str
    treating: tuple[str, ...]
    user: str


class ProtectionSheet(ReasonSheet):
    """Restricts a record, or forbids that it is destroyed."""

    def __init__(self, context: UiContext, host: QWidget, patient_id: int) -> None:
        super().__init__(context, host, translate("Protect this record"), Action.MANAGE, save=translate("Save"))
        self._patient_id = patient_id
        keeper = self.keeper
        self.restricted = QCheckBox(translate("Restricted: only who treats the patient sees the record"))
        self.legal_hold = QCheckBox(translate("Legal hold: nothing of it may be destroyed"))
        for box in (self.restricted, self.legal_hold):
            box.toggled.connect(self.mark_changed)
            self.add_widget(box)
        said = translate(
            "Everybody else finds “Restricted patient” in lists, and may open the record in an emergency, with a "
            "reason."
        )
        self.add_widget(TextLabel(keeper, said, Style.SECONDARY, "text2", self, wrap=True))
        self.seen_by = TextLabel(keeper, "", Style.SECONDARY, "text", self, wrap=True)
        self.add_widget(self.seen_by)
        self.warning = Banner(keeper, self, can_dismiss=False)
        self.add_widget(self.warning)
        self._treating: tuple[str, ...] = ()
        self._user, self._was_restricted = "", False
        self.restricted.toggled.connect(self._show_who)
        self.add_needs(always=True)
        self.body.addStretch(1)

    def begin(self) -> None:
        """Read what protects it now, slide in."""
        patient_id = self._patient_id

        def read(services: Services) -> _Found:
            access = services.access
            listed = services.patients.listed((patient_id,))
            name = f"{listed[0].name}, {listed[0].mrn}" if listed else ""
            user = access.user.name
            return _Found(access.protection(patient_id), name, access.treating(patient_id), user)

        def show(found: _Found) -> None:
            self._user, self._treating = found.user, found.treating
            self.set_title(translate("Protect this record"), found.name)
            self.restricted.setChecked(found.protection.restricted)
            self.legal_hold.setChecked(found.protection.legal_hold)
            self._was_restricted = found.protection.restricted
            self._show_who()
            super(ProtectionSheet, self).begin()

        self.context.tasks.ask(read, show, owner=self, failed=self._unreadable)

    def open(self) -> None:
        """Slide in, the keyboard on the first box."""
        super().open()
        self.restricted.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_who(self) -> None:
        """Who sees the record where it is restricted, and whether whoever works is among them."""
        names = ", ".join(self._treating)
        self.seen_by.setText(
            translate("Treated by and open to: {names}").format(names=names)
            if names
            else translate("Nobody here has recorded a visit of this patient: the record would be closed to everybody.")
        )
        if not self.restricted.isChecked() or self._was_restricted or self._user in self._treating:
            self.warning.clear()
            return
        self.warning.show_words(
            translate(
                "It will be closed to you too: you have recorded no visit of this patient (imported ones do not "
                "count). The restriction is taken back in the menu Patient, with the patient selected in a list."
            ),
            level=Level.WARNING,
        )

    def act(self, services: Services, reason: str) -> Changes:
        """Write it."""
        return services.access.set_protection(
            self._patient_id, self.restricted.isChecked(), self.legal_hold.isChecked(), reason
        )

    def words_of(self, changes: Changes) -> str:
        """What holds now."""
        if self.restricted.isChecked():
            return translate("The record is restricted")
        return translate("The protection of the record was changed")


class ReviewSheet(SideSheet):
    """The emergency openings nobody has looked at, each with its reason and a button."""

    def __init__(self, context: UiContext, host: QWidget) -> None:
        super().__init__(context.theme, host, translate("Emergency openings"), save=translate("Done"))
        self._context = context
        self.openings: dict[int, Button] = {}
        self._holder = QWidget()
        self._list = QVBoxLayout(self._holder)
        self._list.setContentsMargins(0, 0, 0, 0)
        self.add_widget(self._holder)
        self.body.addStretch(1)
        self._cancel.hide()
        self.save_asked.connect(self.finish)
        context.detached.connect(self.cancel)

    def begin(self) -> None:
        """Read them, slide in."""
        self._read(first=True)

    def _read(self, *, first: bool = False) -> None:
        def show(found: tuple[EmergencyOpening, ...]) -> None:
            self._show(found)
            if first:
                self.open()

        self._context.tasks.ask(lambda s: s.access.emergencies(), show, owner=self, failed=self.show_refusal)

    def _show(self, found: tuple[EmergencyOpening, ...]) -> None:
        keeper = self.keeper
        self.openings = {}
        while self._list.count():
            item = self._list.takeAt(0)
            widget = None if item is None else item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        if not found:
            self._list.addWidget(TextLabel(keeper, translate("All of them were looked at."), Style.BODY, "text2"))
        for one in found:
            card = Card(keeper, self._holder, fill="sunken")
            column = QVBoxLayout(card)
            said = translate("{user} opened the record of patient {mrn} on {when}")
            words = said.format(user=one.user_name, mrn=one.mrn or one.patient_id, when=moment_words(one.opened_at))
            column.addWidget(TextLabel(keeper, words, Style.NAME, "text", card, wrap=True))
            column.addWidget(TextLabel(keeper, one.reason, Style.BODY, "text2", card, wrap=True))
            button = Button(keeper, translate("I have looked at it"), small=True, parent=card)
            button.clicked.connect(lambda _=False, id_=one.id: self._acknowledge(id_))
            row = QHBoxLayout()
            row.addStretch(1)
            row.addWidget(button)
            column.addLayout(row)
            self._list.addWidget(card)
            self.openings[one.id] = button

    def _acknowledge(self, opening_id: int) -> None:
        self.banner.clear()
        self._context.tasks.tell(
            lambda s: s.access.acknowledge(opening_id), lambda _: self._read(), owner=self, failed=self.show_refusal
        )
