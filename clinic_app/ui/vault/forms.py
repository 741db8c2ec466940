"""The forms of the start page: welcome, unlock, create, and the recovery codes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from clinic_app.domain.errors import AccessRefused, ClinicError, RuleBroken
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import Banner, Button, FormField, Kind, Level, LinkButton, TextLabel, painting
from clinic_app.ui.widgets.themed import Themed
from clinic_app.wording.language import translate
from clinic_app.wording.sentences import sentence_of

AskFolder = Callable[[QWidget, str], str]
AskTarget = Callable[[QWidget, str], str]


def ask_folder(parent: QWidget, start: str) -> str:
    """Let the user choose a folder; blank where they did not."""
    return QFileDialog.getExistingDirectory(parent, translate("Choose a folder"), start)


def ask_target(parent: QWidget, name: str) -> str:
    """Let the user choose where to save a file; blank where they did not."""
    chosen, _ = QFileDialog.getSaveFileName(parent, translate("Save recovery codes"), name, translate("Text (*.txt)"))
    return chosen


class StartForm(QWidget):
    """One page of the start card: title, words, fields, buttons."""

    def __init__(self, keeper: ThemeKeeper, title: str, words: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.keeper = keeper
        self.setAccessibleName(title)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(keeper.px(14))
        self.title = TextLabel(keeper, title, Style.PAGE_TITLE, "text", self, wrap=True)
        self.words = TextLabel(keeper, words, Style.BODY, "text2", self, wrap=True)
        self.words.setVisible(bool(words))
        self.column.addWidget(self.title)
        self.column.addWidget(self.words)
        self.banner = Banner(keeper, self)
        self.column.addWidget(self.banner)
        self._fields: dict[str, FormField[QLineEdit]] = {}
        self._busy_button: Button | None = None

    def add_line(self, name: str, label: str, *, secret: bool = False, hint: str = "") -> QLineEdit:
        """A line to type in; ``secret`` shows dots."""
        line = QLineEdit(self)
        if secret:
            line.setEchoMode(QLineEdit.EchoMode.Password)
        field = FormField(self.keeper, name, label, line, hint=hint, parent=self)
        self._fields[name] = field
        line.textEdited.connect(lambda _: field.clear_problem() if field.problem else None)
        self.column.addWidget(field)
        return line

    def field(self, name: str) -> FormField[QLineEdit]:
        """The field of a name. Raises ``KeyError``."""
        return self._fields[name]

    def add_main(self, words: str, act: Callable[[], object], *others: QWidget) -> Button:
        """The primary button at the right, others at the left."""
        row = QHBoxLayout()
        row.setSpacing(self.keeper.px(8))
        for other in others:
            row.addWidget(other)
        row.addStretch(1)
        main = Button(self.keeper, words, kind=Kind.PRIMARY, parent=self)
        main.setAutoDefault(True)
        main.setDefault(True)
        main.clicked.connect(act)
        row.addWidget(main)
        self.column.addSpacing(self.keeper.px(4))
        self.column.addLayout(row)
        self._busy_button = main
        for field in self._fields.values():
            field.control.returnPressed.connect(main.click)
        return main

    def set_busy(self, busy: bool) -> None:
        """Keys are being derived: nothing can be edited."""
        for field in self._fields.values():
            field.control.setEnabled(not busy)
        if self._busy_button is not None:
            self._busy_button.set_busy(busy)

    def clear_problems(self) -> None:
        """All is well again."""
        self.banner.clear()
        for field in self._fields.values():
            field.clear_problem()

    def refuse(self, problem: ClinicError, field: str = "") -> None:
        """Show why not, beside its field where there is one."""
        self.set_busy(False)
        name = problem.field if isinstance(problem, RuleBroken) else field
        found = self._fields.get(name) or self._fields.get({"user": "user_name"}.get(name, ""))
        if found is not None:
            found.show_problem(sentence_of(problem))
            found.control.selectAll()
        else:
            self.banner.show_words(sentence_of(problem), level=Level.PROBLEM)


class FolderRow(Themed):
    """Where the data lie, with a button to choose another place."""

    chosen = Signal(str)

    def __init__(self, keeper: ThemeKeeper, ask: AskFolder, parent: QWidget | None = None) -> None:
        super().__init__(keeper, parent)
        self._ask = ask
        self._folder = ""
        self._label = TextLabel(keeper, "", Style.SECONDARY, "text2", self, wrap=True)
        self._button = LinkButton(keeper, translate("Choose folder…"), self)
        self._button.clicked.connect(self._choose)
        row = QHBoxLayout(self)
        row.setContentsMargins(keeper.px(30), keeper.px(8), keeper.px(8), keeper.px(8))
        row.addWidget(self._label, 1)
        row.addWidget(self._button)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    @property
    def folder(self) -> str:
        """The folder shown."""
        return self._folder

    def show_folder(self, folder: str) -> None:
        """Show a folder."""
        self._folder = folder
        self._label.setText(_breakable(folder))
        self._button.setAccessibleName(translate("Choose another folder; now {folder}").format(folder=folder))

    def sizeHint(self) -> QSize:
        """At least a control high."""
        return QSize(self.keeper.px(300), max(self.keeper.px(40), super().sizeHint().height()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint plate and icon."""
        painter = QPainter(self)
        painting.box(painter, self.rect(), self.keeper.px(8), fill=self.keeper.colour("sunken"))
        spot = self.rect()
        spot.setWidth(self.keeper.px(36))
        painting.icon(painter, self.keeper, spot, "folder", "text2", 16)

    def _choose(self) -> None:
        found = self._ask(self, self._folder)
        if found:
            self.show_folder(found)
            self.chosen.emit(found)


def _breakable(path: str) -> str:
    """The path with places where a line may break."""
    return path.replace("/", "/\u200b").replace("\\", "\\\u200b")


class WelcomeForm(StartForm):
    """Nothing is here yet: create a clinic, open another folder, or look at the demo."""

    create_wanted = Signal()
    demo_wanted = Signal()
    folder_chosen = Signal(str)

    def __init__(self, keeper: ThemeKeeper, ask: AskFolder, *, demo: bool, parent: QWidget | None = None) -> None:
        super().__init__(
            keeper,
            translate("Welcome"),
            translate(
                "Everything stays on this computer, encrypted. Create your clinic, or look around in a demo clinic "
                "with invented patients first."
            ),
            parent,
        )
        self.folder = FolderRow(keeper, ask, self)
        self.folder.chosen.connect(self.folder_chosen)
        self.column.addWidget(self.folder)
        self.demo = Button(keeper, translate("Open demo clinic"), icon="flask-conical", parent=self)
        self.demo.clicked.connect(self.demo_wanted)
        self.demo.setVisible(demo)
        self.create_button = self.add_main(translate("Create a clinic…"), self.create_wanted.emit, self.demo)


class TroubleForm(StartForm):
    """The folder cannot be used: what happened, and the ways out."""

    again = Signal()
    folder_chosen = Signal(str)
    demo_wanted = Signal()

    def __init__(self, keeper: ThemeKeeper, ask: AskFolder, *, demo: bool, parent: QWidget | None = None) -> None:
        super().__init__(keeper, translate("The clinic cannot be opened"), "", parent)
        self.folder = FolderRow(keeper, ask, self)
        self.folder.chosen.connect(self.folder_chosen)
        self.column.addWidget(self.folder)
        self.demo = Button(keeper, translate("Open demo clinic"), parent=self)
        self.demo.clicked.connect(self.demo_wanted)
        self.demo.setVisible(demo)
        self.add_main(translate("Try again"), self.again.emit, self.demo)

    def show_trouble(self, problem: ClinicError, folder: str) -> None:
        """Say what happened."""
        self.folder.show_folder(folder)
        self.set_busy(False)
        self.banner.show_words(sentence_of(problem), level=Level.PROBLEM)


class UnlockForm(StartForm):
    """Passphrase or recovery code. ``unlock_wanted(secret, user, recovery)``; the user is blank for the only one."""

    unlock_wanted = Signal(str, str, bool)
    folder_chosen = Signal(str)

    def __init__(self, keeper: ThemeKeeper, ask: AskFolder, parent: QWidget | None = None) -> None:
        super().__init__(keeper, translate("Open the clinic"), "", parent)
        self._recovery = False
        self.users = QComboBox(self)
        self._user_field = FormField(keeper, "users", translate("Who are you"), self.users, parent=self)
        self.column.addWidget(self._user_field)
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
        self.open_button = self.add_main(translate("Open"), self._open)

    def show_clinic(self, folder: str, users: Sequence[str], notes: Sequence[str] = ()) -> None:
        """Ask for the passphrase of a clinic; ``notes`` are sentences to warn with."""
        self.folder.show_folder(folder)
        self.users.clear()
        self.users.addItems(list(users))
        self._user_field.setVisible(len(users) > 1)
        self.set_busy(False)
        self.clear_problems()
        self.secret.clear()
        if self._recovery:
            self._switch()
        if notes:
            self.banner.show_words(" ".join(notes))
        self.secret.setFocus(Qt.FocusReason.OtherFocusReason)

    def refused(self, problem: ClinicError) -> None:
        """A wrong passphrase is said beside it; damage, a newer database or a network path above."""
        self.refuse(problem, "secret" if isinstance(problem, AccessRefused) else "")

    def _open(self) -> None:
        self.clear_problems()
        secret = self.secret.text()
        if not secret.strip():
            word = translate("recovery code") if self._recovery else translate("passphrase")
            self.field("secret").show_problem(translate("Type the {word}.").format(word=word))
            return
        self.set_busy(True)
        user = self.users.currentText() if self._user_field.isVisible() else ""
        self.unlock_wanted.emit(secret, user, self._recovery)

    def _switch(self) -> None:
        self._recovery = not self._recovery
        self.clear_problems()
        self.secret.clear()
        self.other.setText(translate("Use the passphrase") if self._recovery else translate("Use a recovery code"))
        self.other.updateGeometry()
        words = translate("Recovery code") if self._recovery else translate("Passphrase")
        self.secret.setAccessibleName(words)
        hint = translate("Seven groups of four, as printed; capital letters do not matter") if self._recovery else ""
        self.field("secret").show_hint(hint)
        self._user_field.setVisible(self.users.count() > 1 and not self._recovery)
        self.show_letters.setChecked(self._recovery)
        self.secret.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_letters(self, shown: bool) -> None:
        self.secret.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)


class CreateForm(StartForm):
    """Name of the clinic, who works there, a passphrase typed twice. ``create_wanted(folder, clinic, user, words)``."""

    create_wanted = Signal(str, str, str, str)
    back_wanted = Signal()
    suggestion_wanted = Signal()

    def __init__(self, keeper: ThemeKeeper, ask: AskFolder, parent: QWidget | None = None) -> None:
        super().__init__(keeper, translate("Create a clinic"), "", parent)
        self.clinic = self.add_line("clinic_name", translate("Name of the clinic"))
        self.user = self.add_line("user_name", translate("Your name"), hint=translate("You sign in with it"))
        self.passphrase = self.add_line(
            "passphrase",
            translate("Passphrase"),
            secret=True,
            hint=translate("At least 15 characters; five ordinary words do well"),
        )
        self.again = self.add_line("again", translate("Passphrase once more"), secret=True)
        row = QHBoxLayout()
        self.show_letters = QCheckBox(translate("Show what I type"), self)
        self.show_letters.toggled.connect(self._show_letters)
        self.suggest = LinkButton(keeper, translate("Suggest five words"), self)
        self.suggest.clicked.connect(self.suggestion_wanted)
        row.addWidget(self.show_letters)
        row.addStretch(1)
        row.addWidget(self.suggest)
        self.column.addLayout(row)
        self.folder = FolderRow(keeper, ask, self)
        self.column.addWidget(self.folder)
        back = Button(keeper, translate("Back"), parent=self)
        back.clicked.connect(self.back_wanted)
        self.create_button = self.add_main(translate("Create clinic"), self._create, back)

    def show_suggestion(self, words: str) -> None:
        """Five words, in both fields, readable."""
        self.show_letters.setChecked(True)
        self.passphrase.setText(words)
        self.again.setText(words)
        self.field("passphrase").show_hint(translate("Write these words down before you go on"))

    def _create(self) -> None:
        self.clear_problems()
        for name, line, words in (
            ("clinic_name", self.clinic, translate("Type the name of the clinic.")),
            ("user_name", self.user, translate("Type your name.")),
            ("passphrase", self.passphrase, translate("Type a passphrase, or take the suggested words.")),
        ):
            if not line.text().strip():
                self.field(name).show_problem(words)
                return
        if self.passphrase.text() != self.again.text():
            self.field("again").show_problem(translate("The two passphrases differ. Type the same one twice."))
            return
        self.set_busy(True)
        self.create_wanted.emit(
            self.folder.folder, self.clinic.text().strip(), self.user.text().strip(), self.passphrase.text()
        )

    def forget(self) -> None:
        """Nothing typed stays."""
        for line in (self.clinic, self.user, self.passphrase, self.again):
            line.clear()

    def _show_letters(self, shown: bool) -> None:
        mode = QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password
        self.passphrase.setEchoMode(mode)
        self.again.setEchoMode(mode)


class CodesForm(StartForm):
    """The recovery codes, shown this once; the last group of each is typed back before the clinic opens."""

    kept = Signal()

    def __init__(self, keeper: ThemeKeeper, ask: AskTarget = ask_target, parent: QWidget | None = None) -> None:
        super().__init__(
            keeper,
            translate("Recovery codes"),
            translate(
                "If the passphrase is lost, only one of these codes opens the clinic again. They are shown this once. "
                "Print them or write them down, and keep them away from this computer."
            ),
            parent,
        )
        self._ask = ask
        self._codes: tuple[str, ...] = ()
        self._clinic = ""
        self._labels = QVBoxLayout()
        self._labels.setSpacing(keeper.px(6))
        self.column.addLayout(self._labels)
        row = QHBoxLayout()
        self.print_button = Button(keeper, translate("Print…"), icon="printer", parent=self)
        self.print_button.clicked.connect(self._print)
        self.save_button = Button(keeper, translate("Save…"), icon="download", parent=self)
        self.save_button.clicked.connect(self._save)
        row.addWidget(self.print_button)
        row.addWidget(self.save_button)
        row.addStretch(1)
        self.column.addLayout(row)
        self.last = [
            self.add_line("first", translate("Last four characters of code 1")),
            self.add_line("second", translate("Last four characters of code 2")),
        ]
        self.go_on = self.add_main(translate("I have kept them: open the clinic"), self._check)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes shown."""
        return self._codes

    def show_codes(self, clinic: str, codes: tuple[str, ...]) -> None:
        """Show the codes of a new clinic."""
        self._clinic, self._codes = clinic, codes
        for place, code in enumerate(codes, 1):
            label = TextLabel(self.keeper, f"{place}   {code}", Style.PHONE, "text", self, selectable=True)
            label.setAccessibleName(translate("Recovery code {number}: {code}").format(number=place, code=code))
            self._labels.addWidget(label)
        self.last[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def forget(self) -> None:
        """The codes are gone from the screen and from memory here."""
        self._codes = ()
        while self._labels.count():
            item = self._labels.takeAt(0)
            widget = None if item is None else item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def sheet_words(self) -> str:
        """What is printed or saved."""
        lines = [translate("Recovery codes of {clinic}").format(clinic=self._clinic), ""]
        lines += [f"{place}   {code}" for place, code in enumerate(self._codes, 1)]
        lines += ["", translate("Either code opens the clinic without the passphrase. Keep this sheet locked away.")]
        return "\n".join(lines) + "\n"

    def _check(self) -> None:
        self.clear_problems()
        for name, line, code in zip(("first", "second"), self.last, self._codes, strict=False):
            if _plain(line.text())[-4:] != _plain(code)[-4:]:
                self.field(name).show_problem(translate("These are not its last four characters. Look again."))
                return
        self.forget()
        self.kept.emit()

    def _save(self) -> None:
        target = self._ask(self, "recovery-codes.txt")
        if not target:
            return
        try:
            Path(target).write_text(self.sheet_words(), encoding="utf-8")
        except OSError as problem:
            self.banner.show_words(sentence_of(problem), level=Level.PROBLEM)
        else:
            self.banner.show_words(
                translate("Saved. Move the file to a stick or print it, then delete it here."), level=Level.WARNING
            )

    def _print(self) -> None:
        from PySide6.QtGui import QTextDocument
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        dialog = QPrintDialog(printer, self)
        dialog.setWindowTitle(translate("Print recovery codes"))
        try:
            if dialog.exec() == QPrintDialog.DialogCode.Accepted:
                document = QTextDocument()
                document.setDefaultFont(self.keeper.font(Style.PHONE))
                document.setPlainText(self.sheet_words())
                document.print_(printer)
        finally:
            dialog.deleteLater()


def _plain(text: str) -> str:
    """A code as it is compared: capital letters, no spaces or dashes, O read as 0, I and L as 1."""
    kept = "".join(one for one in text.upper() if one.isalnum())
    return kept.replace("O", "0").replace("I", "1").replace("L", "1")
