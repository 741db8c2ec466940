"""The forms of the start page: welcome, unlock, create, and the recovery codes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from clinic_app.domain.errors import ClinicError, RuleBroken
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
    kinds = f"{translate('PDF (*.pdf)')};;{translate('Text (*.txt)')}"
    chosen, _ = QFileDialog.getSaveFileName(parent, translate("Save recovery codes"), name, kinds)
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

    def show_empty(self, words: str) -> None:
        """No folder is chosen: say so."""
        self._folder = ""
        self._label.setText(words)
        self._button.setAccessibleName(translate("Choose folder…"))

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
    restore_wanted = Signal()
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
        self.restore = LinkButton(keeper, translate("Bring a clinic back from a backup (new computer)…"), self)
        self.restore.clicked.connect(self.restore_wanted)
        self.column.addWidget(self.restore, 0, Qt.AlignmentFlag.AlignLeft)
        self.create_button = self.add_main(translate("Create a clinic…"), self.create_wanted.emit, self.demo)


class TroubleForm(StartForm):
    """The folder cannot be used: what happened, and the ways out."""

    again = Signal()
    folder_chosen = Signal(str)
    demo_wanted = Signal()
    restore_wanted = Signal()

    def __init__(self, keeper: ThemeKeeper, ask: AskFolder, *, demo: bool, parent: QWidget | None = None) -> None:
        super().__init__(keeper, translate("The clinic cannot be opened"), "", parent)
        self.folder = FolderRow(keeper, ask, self)
        self.folder.chosen.connect(self.folder_chosen)
        self.column.addWidget(self.folder)
        self.demo = Button(keeper, translate("Open demo clinic"), parent=self)
        self.demo.clicked.connect(self.demo_wanted)
        self.demo.setVisible(demo)
        self.restore = LinkButton(keeper, translate("Restore from a backup…"), self)
        self.restore.clicked.connect(self.restore_wanted)
        self.column.addWidget(self.restore, 0, Qt.AlignmentFlag.AlignLeft)
        self.add_main(translate("Try again"), self.again.emit, self.demo)

    def show_trouble(self, problem: ClinicError, folder: str) -> None:
        """Say what happened."""
        self.folder.show_folder(folder)
        self.set_busy(False)
        self.banner.show_words(sentence_of(problem), level=Level.PROBLEM)
