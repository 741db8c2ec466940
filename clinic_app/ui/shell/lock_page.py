"""The page over a locked window: who comes back, with a PIN or a passphrase. Nothing of a patient stands on it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QVBoxLayout, QWidget

from clinic_app.domain.errors import AccessRefused, ClinicError
from clinic_app.domain.people import PIN_DIGITS, user_key
from clinic_app.ui.tasks import JobHandle
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.vault.countdown import Countdown
from clinic_app.ui.vault.forms import StartForm
from clinic_app.ui.widgets import Button, Card, FormField, Level, LinkButton, ProgressStrip
from clinic_app.ui.widgets.themed import Plane, stand_in_the_middle
from clinic_app.wording.language import translate
from clinic_app.wording.sentences import sentence_of


class LockForm(StartForm):
    """Asks who is there. ``pin_typed`` and ``passphrase_typed`` bring the name and what was typed."""

    pin_typed = Signal(str, str)
    passphrase_typed = Signal(str, str)
    opened = Signal()
    closing_wanted = Signal()
    named = Signal(str)
    """Another name was chosen or typed: does that person have to wait?"""

    def __init__(self, keeper: ThemeKeeper, *, demo: bool, parent: QWidget | None = None) -> None:
        words = (
            translate("Nothing of a patient is shown. Open it again whenever you like: the demo has no passphrase.")
            if demo
            else translate("Nothing of a patient is shown. What you typed is kept.")
        )
        super().__init__(keeper, translate("Locked"), words, parent)
        self._with_pin: dict[str, str] = {}
        self._by_pin = False
        self._demo = demo
        self.users = QComboBox(self)
        self.users.setEditable(True)
        self.users.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        line = self.users.lineEdit()
        if line is not None:
            line.setPlaceholderText(translate("Choose or type your name"))
        self._user_field = FormField(keeper, "user", translate("Who are you"), self.users, parent=self)
        self.column.addWidget(self._user_field)
        self.secret = self.add_line("secret", translate("Passphrase"), secret=True)
        self.secret.textEdited.connect(self._typed)
        self.other = LinkButton(keeper, "", self)
        self.other.clicked.connect(self._switch)
        self.column.addWidget(self.other, 0, Qt.AlignmentFlag.AlignLeft)
        self.close_button = Button(keeper, translate("Close the clinic"), parent=self)
        self.close_button.setToolTip(translate("Drops the keys from memory: the passphrase is needed then"))
        self.close_button.clicked.connect(self.closing_wanted)
        self.open_button = self.add_main(translate("Open again"), self.submit, self.close_button)
        self.countdown = Countdown(self.open_button, self.field("secret"))
        self.countdown.over.connect(lambda: self.secret.setFocus(Qt.FocusReason.OtherFocusReason))
        self.users.currentTextChanged.connect(self._name_changed)
        for part in (self._user_field, self.field("secret"), self.other):
            part.setVisible(not demo)

    @property
    def user(self) -> str:
        """Who is chosen or typed."""
        return " ".join(self.users.currentText().split())

    @property
    def by_pin(self) -> bool:
        """Whether a PIN is asked for."""
        return self._by_pin

    def show_people(self, user: str, with_pin: Sequence[str]) -> None:
        """Who worked last stands first; then all who have a PIN; others type their names."""
        self._with_pin = {user_key(name): name for name in with_pin}
        self.users.blockSignals(True)
        self.users.clear()
        self.users.addItems([user, *(name for name in with_pin if name != user)])
        self.users.setCurrentIndex(0)
        self.users.blockSignals(False)
        self._name_changed()

    def submit(self) -> None:
        """Try what was typed."""
        if self._demo:
            self.opened.emit()
            return
        if self.countdown.waiting:
            return
        secret = self.secret.text()
        if self.user and not secret.strip() and self.field("secret").problem:
            return
        self.clear_problems()
        if not self.user:
            self._user_field.show_problem(translate("Type your name."))
        elif not secret.strip():
            words = translate("Type the PIN.") if self._by_pin else translate("Type the passphrase.")
            self.field("secret").show_problem(words)
        else:
            self.set_busy(True)
            (self.pin_typed if self._by_pin else self.passphrase_typed).emit(self.user, secret)

    def refused(self, problem: ClinicError) -> None:
        """Say what was wrong; a wait is counted down."""
        self.secret.clear()
        if problem.code in ("pin_expired", "pin_not_set"):
            self._with_pin.pop(user_key(self.user), None)
            self._ask_for(pin=False)
        self.refuse(problem, "secret" if isinstance(problem, AccessRefused) else "")
        seconds = problem.params.get("seconds")
        if problem.code == "wait_before_trying" and isinstance(seconds, (int, float)):
            self.countdown.begin(float(seconds), self.user)
        elif problem.code == "too_many_tries":
            self.countdown.begin(float("inf"), self.user)
        elif problem.code == "wrong_passphrase":
            self.named.emit(self.user)

    def begin(self) -> None:
        """The keyboard to what is typed next."""
        first: QWidget = self.open_button if self._demo else self.secret
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _typed(self, text: str) -> None:
        if self._by_pin and len(text.strip()) == PIN_DIGITS:
            self.submit()

    def _name_changed(self) -> None:
        self.countdown.stop()
        self.clear_problems()
        self._ask_for(pin=user_key(self.user) in self._with_pin)
        if not self._by_pin and self.user:
            self.named.emit(self.user)

    def _switch(self) -> None:
        self._ask_for(pin=not self._by_pin)
        if not self._by_pin:
            self.named.emit(self.user)
        self.secret.setFocus(Qt.FocusReason.OtherFocusReason)

    def _ask_for(self, *, pin: bool) -> None:
        self._by_pin = pin
        self.secret.clear()
        self.clear_problems()
        self.countdown.stop()
        self.field("secret").set_label(translate("PIN") if pin else translate("Passphrase"))
        self.field("secret").show_hint(translate("Six digits") if pin else "")
        self.secret.setInputMethodHints(
            Qt.InputMethodHint.ImhDigitsOnly if pin else Qt.InputMethodHint.ImhSensitiveData
        )
        can = user_key(self.user) in self._with_pin
        self.other.setText(translate("Use the passphrase") if pin else translate("Use the PIN"))
        self.other.updateGeometry()
        self.other.setVisible(can and not self._demo)


class LockPage(Plane):
    """The form in the middle of an empty window, and below it how far the work under way is, without names."""

    def __init__(self, keeper: ThemeKeeper, clinic: str, *, demo: bool, parent: QWidget | None = None) -> None:
        super().__init__(keeper, "app", parent)
        self.setAccessibleName(translate("Locked"))
        self.card = Card(keeper, self)
        self.form = LockForm(keeper, demo=demo)
        inside = QVBoxLayout(self.card)
        edge = keeper.px(28)
        inside.setContentsMargins(edge, edge, edge, edge)
        inside.addWidget(self.form)
        self.card.setFixedWidth(keeper.px(460))
        self._strips: dict[JobHandle, ProgressStrip] = {}
        self._jobs = QVBoxLayout()
        self.form.title.setText(
            translate("{clinic} is locked").format(clinic=clinic) if clinic else translate("Locked")
        )
        stand_in_the_middle(self, self.card, self._jobs)

    @property
    def jobs(self) -> int:
        """How many jobs are shown."""
        return len(self._strips)

    def show_job(self, handle: JobHandle) -> None:
        """Show a job that goes on: its title and how far it is."""
        if handle in self._strips or not handle.running:
            return
        strip = ProgressStrip(self.keeper, handle.title, self.card)
        strip.cancelled.connect(handle.cancel)
        strip.show_progress(handle.progress)
        self._strips[handle] = strip
        self._jobs.addWidget(strip)
        handle.progressed.connect(strip.show_progress)
        handle.ended.connect(lambda: self._job_ended(handle))

    def say(self, words: str) -> None:
        """Say something at the top of the form."""
        self.form.set_busy(False)
        self.form.banner.show_words(words, level=Level.INFO)

    def refused(self, problem: ClinicError) -> None:
        """What was typed is not right."""
        self.form.refused(problem)

    def complain(self, problem: ClinicError) -> None:
        """Something else is in the way."""
        self.form.set_busy(False)
        self.form.banner.show_words(sentence_of(problem), level=Level.PROBLEM)

    def _job_ended(self, handle: JobHandle) -> None:
        strip = self._strips.pop(handle, None)
        if strip is not None:
            self._jobs.removeWidget(strip)
            strip.hide()
            strip.deleteLater()


def pin_line(parent: QWidget) -> QLineEdit:
    """A line for a PIN: dots, six digits."""
    line = QLineEdit(parent)
    line.setEchoMode(QLineEdit.EchoMode.Password)
    line.setMaxLength(PIN_DIGITS)
    line.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly | Qt.InputMethodHint.ImhSensitiveData)
    return line
