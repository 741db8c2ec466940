"""Signing in: a name and a passphrase, or a code; and the new passphrase that follows a code."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QWidget

from clinic_app.domain.errors import AccessRefused, ClinicError
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.vault.countdown import Countdown
from clinic_app.ui.vault.forms import AskFolder, FolderRow, StartForm
from clinic_app.ui.widgets import Button, FormField, Level, LinkButton
from clinic_app.wording.language import translate
from clinic_app.wording.sentences import sentence_of


class UnlockForm(StartForm):
    """Passphrase or recovery code. ``unlock_wanted(secret, user, recovery)``; the user is blank for the only one.

    ``named`` asks how long a person has to wait before trying.
    """

    unlock_wanted = Signal(str, str, bool)
    folder_chosen = Signal(str)
    restore_wanted = Signal()
    named = Signal(str)

    def __init__(self, keeper: ThemeKeeper, ask: AskFolder, parent: QWidget | None = None) -> None:
        super().__init__(keeper, translate("Open the clinic"), "", parent)
        self._recovery = False
        self._people: tuple[str, ...] = ()
        self._admins: tuple[str, ...] = ()
        self._kept = ""
        self.users = QComboBox(self)
        self.users.setEditable(True)
        self.users.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        typed = self.users.lineEdit()
        if typed is not None:
            typed.setPlaceholderText(translate("Choose or type your name"))
            typed.editingFinished.connect(self._name_said)
        self.users.activated.connect(lambda _: self._name_said())
        self.users.currentTextChanged.connect(self._name_changed)
        self.user_field = FormField(keeper, "users", translate("Who are you"), self.users, parent=self)
        self.column.addWidget(self.user_field)
        self.secret = self.add_line("secret", translate("Passphrase"), secret=True)
        self.show_letters = QCheckBox(translate("Show what I type"), self)
        self.show_letters.toggled.connect(self._show_letters)
        self.column.addWidget(self.show_letters)
        self.other = LinkButton(keeper, translate("Use a recovery code"), self)
        self.other.clicked.connect(self._switch)
        self.column.addWidget(self.other, 0, Qt.AlignmentFlag.AlignLeft)
        self.folder = FolderRow(keeper, ask, self)
        self.folder.chosen.connect(self.folder_chosen)
        self.column.addWidget(self.folder)
        self.restore = LinkButton(keeper, translate("Restore from a backup…"), self)
        self.restore.clicked.connect(self.restore_wanted)
        self.column.addWidget(self.restore, 0, Qt.AlignmentFlag.AlignLeft)
        self.open_button = self.add_main(translate("Open"), self._open)
        self.countdown = Countdown(self.open_button, self.field("secret"))
        self.countdown.over.connect(lambda: self.secret.setFocus(Qt.FocusReason.OtherFocusReason))

    @property
    def user(self) -> str:
        """Who is chosen or typed; blank where there is only one, or a code says who."""
        if self.user_field.isHidden():
            return ""
        return " ".join(self.users.currentText().split())

    def show_clinic(
        self,
        folder: str,
        users: Sequence[str],
        notes: Sequence[str] = (),
        last: str = "",
        *,
        level: Level = Level.WARNING,
    ) -> None:
        """Ask for the passphrase of a clinic; ``notes`` are sentences to warn with (or of another ``level``), ``last``
        who worked last (blank where that is not to be shown)."""
        self.folder.show_folder(folder)
        self._people, self._kept = tuple(users), last if last in users else ""
        self._admins = ()
        self.countdown.stop()
        self.set_busy(False)
        self.clear_problems()
        self._ask_for(recovery=False)
        if notes:
            self.banner.show_words(" ".join(notes), level=level)
        self.begin()
        only = self._people[0] if len(self._people) == 1 else self._kept
        if only:
            self.named.emit(only)

    def begin(self) -> None:
        """The keyboard to what is typed next."""
        wanted: QWidget = self.secret
        if not self.user_field.isHidden() and not self.user:
            wanted = self.users
        wanted.setFocus(Qt.FocusReason.OtherFocusReason)

    def wait(self, seconds: float, user: str) -> None:
        """That person has to wait so long."""
        if not self._recovery and user in (self.user, *(self._people if len(self._people) == 1 else ())):
            self.countdown.begin(seconds, self._shown(user))

    def _shown(self, user: str) -> str:
        """The name where it was typed or may stand there anyway; else nothing tells who works here."""
        return user if self.user or self._kept else ""

    def refused(self, problem: ClinicError) -> None:
        """A wrong passphrase is said beside it; damage, a newer database or a network path above.

        After a recovery code one may have to say as which admin one goes on.
        """
        if problem.code == "admin_not_named":
            self._name_admin(problem)
            return
        self.refuse(problem, "secret" if isinstance(problem, AccessRefused) else "")
        seconds = problem.params.get("seconds")
        who = self.user or (self._people[0] if self._people else "")
        if problem.code == "wait_before_trying" and isinstance(seconds, (int, float)):
            self.countdown.begin(float(seconds), self._shown(who))
        elif problem.code == "too_many_tries":
            self.countdown.begin(float("inf"), self._shown(who))
        elif problem.code == "wrong_passphrase":
            self.named.emit(who)

    def _name_admin(self, problem: ClinicError) -> None:
        names = problem.params.get("admins")
        self._admins = tuple(str(name) for name in names) if isinstance(names, (list, tuple)) else ()
        self.set_busy(False)
        self.banner.show_words(sentence_of(problem), level=Level.INFO)
        self.user_field.set_label(translate("Go on as"))
        self._fill(self._admins, "")
        self.users.setEditable(False)
        self.user_field.setVisible(True)
        self.users.setFocus(Qt.FocusReason.OtherFocusReason)

    def _open(self) -> None:
        if self.countdown.waiting:
            return
        self.clear_problems()
        secret = self.secret.text()
        if not self.user_field.isHidden() and not self.user:
            self.user_field.show_problem(translate("Choose or type your name."))
            return
        if not secret.strip():
            words = translate("Type the recovery code.") if self._recovery else translate("Type the passphrase.")
            self.field("secret").show_problem(words)
            return
        self.set_busy(True)
        self.unlock_wanted.emit(secret, self.user, self._recovery)

    def _switch(self) -> None:
        self._ask_for(recovery=not self._recovery)
        self.begin()

    def _ask_for(self, *, recovery: bool) -> None:
        self._recovery = recovery
        self._admins = ()
        self.countdown.stop()
        self.clear_problems()
        self.secret.clear()
        self.users.setEditable(True)
        self._fill(self._people, self._kept)
        self.user_field.set_label(translate("Who are you"))
        self.other.setText(translate("Use the passphrase") if recovery else translate("Use a recovery code"))
        self.other.updateGeometry()
        self.field("secret").set_label(translate("Recovery code") if recovery else translate("Passphrase"))
        hint = translate("Seven groups of four, as printed; a one-time code of an administrator goes here too")
        self.field("secret").show_hint(hint if recovery else "")
        self.user_field.setVisible(len(self._people) > 1 and not recovery)
        self.show_letters.setChecked(recovery)

    def _fill(self, names: Sequence[str], chosen: str) -> None:
        self.users.blockSignals(True)
        self.users.clear()
        self.users.addItems(list(names))
        if self.users.isEditable():
            self.users.setCurrentIndex(-1)
            self.users.setEditText(chosen)
        self.users.blockSignals(False)

    def _name_changed(self, _: str) -> None:
        self.countdown.stop()
        if self.user_field.problem:
            self.user_field.clear_problem()

    def _name_said(self) -> None:
        if self.user and not self._recovery:
            self.named.emit(self.user)

    def _show_letters(self, shown: bool) -> None:
        self.secret.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)


class ChooseForm(StartForm):
    """After a code: a new passphrase, typed twice. ``chosen(passphrase)``."""

    chosen = Signal(str)
    suggestion_wanted = Signal()
    left = Signal()

    def __init__(self, keeper: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(keeper, translate("Choose a new passphrase"), "", parent)
        hint = translate("At least 15 characters; five ordinary words do well")
        self.passphrase = self.add_line("passphrase", translate("New passphrase"), secret=True, hint=hint)
        self.again = self.add_line("again", translate("New passphrase once more"), secret=True)
        row = QHBoxLayout()
        self.show_letters = QCheckBox(translate("Show what I type"), self)
        self.show_letters.toggled.connect(self._show_letters)
        self.suggest = LinkButton(keeper, translate("Suggest five words"), self)
        self.suggest.clicked.connect(self.suggestion_wanted)
        row.addWidget(self.show_letters)
        row.addStretch(1)
        row.addWidget(self.suggest)
        self.column.addLayout(row)
        back = Button(keeper, translate("Back"), parent=self)
        back.clicked.connect(self.left)
        self.choose_button = self.add_main(translate("Set passphrase"), self._choose, back)

    def show_user(self, user: str) -> None:
        """Whose passphrase it will be."""
        words = translate("You came in with a code, as {user}. The code opens nothing once a new passphrase is set.")
        self.words.setText(words.format(user=user))
        self.words.show()
        self.forget()
        self.set_busy(False)
        self.clear_problems()
        self.passphrase.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_suggestion(self, words: str) -> None:
        """Five words, in both lines, readable."""
        self.show_letters.setChecked(True)
        self.passphrase.setText(words)
        self.again.setText(words)
        self.field("passphrase").show_hint(translate("Write these words down before you go on"))

    def forget(self) -> None:
        """Nothing typed stays."""
        self.passphrase.clear()
        self.again.clear()
        self.show_letters.setChecked(False)

    def _choose(self) -> None:
        self.clear_problems()
        if not self.passphrase.text().strip():
            self.field("passphrase").show_problem(translate("Type a passphrase, or take the suggested words."))
        elif self.passphrase.text() != self.again.text():
            self.field("again").show_problem(translate("The two passphrases differ. Type the same one twice."))
        else:
            self.set_busy(True)
            self.chosen.emit(self.passphrase.text())

    def _show_letters(self, shown: bool) -> None:
        mode = QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password
        self.passphrase.setEchoMode(mode)
        self.again.setEchoMode(mode)
