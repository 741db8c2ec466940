"""The sheet of one's own keys: every command of the viewer with its keys, each changed by pressing the new one."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QSizePolicy, QStyleOptionViewItem, QTableView, QWidget

from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.key_choices import Command, KeyChoices
from clinic_app.domain.patients import fold
from clinic_app.ui.context import UiContext
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import Button, ChoiceRow, FormField, LinkButton, TextLabel, painting
from clinic_app.ui.widgets.choice_row import FlowLayout
from clinic_app.ui.widgets.key_map import WAITS_FOR_KEY, KeyMap, shown, text_of
from clinic_app.ui.widgets.record_sheet import RecordSheet
from clinic_app.ui.widgets.rows import RowDelegate, RowTable, prepare_table
from clinic_app.ui.widgets.search_field import SearchField
from clinic_app.ui.widgets.themed import Themed
from clinic_app.wording.language import translate
from clinic_app.wording.sentences import sentence_of

Index = QModelIndex | QPersistentModelIndex
WORDS, KEYS = range(2)
LEAST_TABLE = 220
"""Pixels at 100 %; the table takes what the sheet has left."""


class KeysModel(QAbstractTableModel):
    """The commands that fit what is searched, each with its group and its keys under the choices made so far."""

    def __init__(self, keys: KeyMap, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rules, self.choices = keys.rules, keys.choices
        self._groups: dict[str, str] = {}
        group = ""
        for command in keys.rules.commands:
            group = keys.groups.get(command.name, group)
            self._groups[command.name] = group
        self.commands: tuple[Command, ...] = keys.rules.commands

    def show(self, choices: KeyChoices, words: str) -> None:
        """Show the commands that hold every word; by their words, their group and their keys."""
        self.beginResetModel()
        self.choices = choices
        wanted = fold(words).split()
        self.commands = tuple(
            one for one in self._rules.commands if all(word in self._found_by(one) for word in wanted)
        )
        self.endResetModel()

    def _found_by(self, command: Command) -> str:
        return fold(" ".join((translate(command.words), self.group_of(command), self.keys_of(command))))

    def group_of(self, command: Command) -> str:
        """What the group of a command is called."""
        return translate(self._groups[command.name])

    def keys_of(self, command: Command) -> str:
        """The keys of a command, as they are shown."""
        return "   ".join(shown(key) for key in self._rules.keys_of(self.choices, command.name))

    def own(self, command: Command) -> bool:
        """Whether a command has other keys than the usual ones."""
        return command.name in self.choices.keys

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """How many commands."""
        return 0 if parent.isValid() else len(self.commands)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        """What is done, and the keys."""
        return 0 if parent.isValid() else 2

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        """The heads."""
        if role != Qt.ItemDataRole.DisplayRole or orientation is not Qt.Orientation.Horizontal:
            return None
        return (translate("What is done in the photo viewer"), translate("Keys"))[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Words, and what a screen reader says."""
        command = self.commands[index.row()]
        keys = self.keys_of(command) or translate("no key")
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{translate(command.words)}, {keys}"
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return translate(command.words) if index.column() == WORDS else keys
        return None


class KeysDelegate(RowDelegate):
    """What is done with its group under it, and the keys; those one chose stand out."""

    def __init__(self, keeper: ThemeKeeper, view: QTableView, model: KeysModel) -> None:
        super().__init__(keeper, view)
        self._model = model

    def paint_cell(self, painter: QPainter, rect: QRect, index: Index, option: QStyleOptionViewItem) -> None:
        """Paint one cell."""
        command = self._model.commands[index.row()]
        align = painting.RIGHT if option.direction == Qt.LayoutDirection.RightToLeft else painting.LEFT
        if index.column() == WORDS:
            under = self._model.group_of(command)
            painting.two_lines(
                painter, self.keeper, rect, translate(command.words), under, first_style=Style.BODY, align=align
            )
            return
        own = self._model.own(command)
        ink = "text3" if command.fixed else "accent_text" if own else "text"
        words = str(index.data(Qt.ItemDataRole.DisplayRole))
        painting.text(painter, self.keeper, rect, words, Style.BODY, ink, align=align, weight=600 if own else None)


class KeyCatcher(Themed):
    """Waits for one key: ``pressed(key)``, blank for one that cannot be used; ``left`` at Esc or when one goes."""

    pressed = Signal(str)
    left = Signal()

    def __init__(self, keeper: ThemeKeeper, parent: QWidget) -> None:
        super().__init__(keeper, parent)
        self._words = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty(WAITS_FOR_KEY, True)
        self.setFixedHeight(keeper.px(44))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hide()

    def wait(self, words: str) -> None:
        """Ask for a key."""
        self._words = words
        self.setAccessibleName(words)
        self.show()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.update()

    def event(self, event: QEvent) -> bool:
        """Every key is for us, also those that are shortcuts or move the keyboard elsewhere."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            self._press(event)
            return True
        return super().event(event)

    def _press(self, event: QKeyEvent) -> None:
        event.accept()
        modifiers = (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr)
        if event.key() in modifiers or event.isAutoRepeat():
            return
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            self.pressed.emit(text_of(event))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The keyboard went elsewhere: nothing is waited for."""
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason):
            self.left.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the plate, the words and the ring."""
        keeper, painter = self.keeper, QPainter(self)
        painting.box(painter, self.rect(), keeper.px(6), fill=keeper.colour("sunken"), line=keeper.colour("accent"))
        inner = self.rect().adjusted(keeper.px(12), 0, -keeper.px(12), 0)
        painting.text(painter, keeper, inner, self._words, Style.NAME, "text")


class KeysSheet(RecordSheet):
    """One's own keys. Nothing is kept before it is saved; then every open viewer follows."""

    def __init__(self, context: UiContext, host: QWidget, keys: KeyMap) -> None:
        super().__init__(context, host, translate("Keyboard"))
        self._rules = keys.rules
        self.choices = keys.choices
        self._asked = ""
        self._more = False
        keeper = self.keeper
        yes_no = (("yes", translate("Yes")), ("no", translate("No")))
        letters = translate("Letters, digits and signs act by themselves")
        self.letters = ChoiceRow(keeper, yes_no, letters)
        hint = translate("No: they only type, everywhere in the program; keys with Ctrl, F keys and arrows act")
        self.add_field(FormField(keeper, "letters", letters, self.letters, hint=hint))
        wheel = translate("The wheel over photos")
        self.wheel = ChoiceRow(keeper, (("zoom", translate("Zooms")), ("photo", translate("Changes the photo"))), wheel)
        self.add_field(FormField(keeper, "wheel", wheel, self.wheel, hint=translate("With Ctrl it always zooms")))
        self.search = SearchField(keeper, translate("Find a command or a key"), key="", parent=self)
        self.search.edited.connect(lambda _: self._show_rows())
        self.search.accepted.connect(lambda _: self._to_table())
        self.search.stepped.connect(lambda _: self._to_table())
        self.search.left.connect(self.step_out)
        self.add_widget(self.search)
        self.model = KeysModel(keys, self)
        self.table = RowTable(self)
        prepare_table(keeper, self.table, translate("Commands of the photo viewer and their keys"))
        self.table.setModel(self.model)
        self._delegate = KeysDelegate(keeper, self.table, self.model)
        self.table.setItemDelegate(self._delegate)
        self.table.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.horizontalHeader().setSectionsClickable(False)
        self.table.horizontalHeader().setSectionResizeMode(WORDS, QHeaderView.ResizeMode.Fixed)
        self.table.activated.connect(lambda _: self.ask_key(more=False))
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._judge())
        self.add_widget(self.table)
        self.catcher = KeyCatcher(keeper, self)
        self.catcher.pressed.connect(self._pressed)
        self.catcher.left.connect(self._end)
        self.add_widget(self.catcher)
        self.said = TextLabel(keeper, "", Style.BODY, "due.fg", self, wrap=True)
        self.add_widget(self.said)
        self.swap = Button(keeper, translate("Swap"), parent=self)
        self.keep = Button(keeper, translate("Leave it"), parent=self)
        self.swap.clicked.connect(lambda: self._give(take=True))
        self.keep.clicked.connect(self._end)
        row = QHBoxLayout()
        row.setSpacing(keeper.px(8))
        row.addWidget(self.swap)
        row.addWidget(self.keep)
        row.addStretch(1)
        self.body.addLayout(row)
        buttons = self._buttons = QWidget(self)
        flow = FlowLayout(buttons)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        buttons.setSizePolicy(policy)
        self.change = Button(keeper, translate("Another key…"), small=True, parent=buttons)
        self.more = Button(keeper, translate("One key more…"), small=True, parent=buttons)
        self.none = Button(keeper, translate("No key"), small=True, parent=buttons)
        self.usual = Button(keeper, translate("As usual"), small=True, parent=buttons)
        self.change.clicked.connect(partial(self.ask_key, more=False))
        self.more.clicked.connect(partial(self.ask_key, more=True))
        self.none.clicked.connect(lambda: self._take(self._rules.without(self.choices, self._name)))
        self.usual.clicked.connect(lambda: self._take(self._rules.reset(self.choices, (self._name,))))
        for button in (self.change, self.more, self.none, self.usual):
            flow.addWidget(button)
        self.add_widget(buttons)
        self.all_usual = LinkButton(keeper, translate("All keys as usual"), self)
        names = [command.name for command in self._rules.commands]
        self.all_usual.clicked.connect(lambda: self._take(self._rules.reset(self.choices, names)))
        self.add_widget(self.all_usual)
        self._ask_swap(shown=False)

    def begin(self) -> None:
        """Read one's own choices, slide in."""
        self.read_first(lambda services: services.key_choices.mine(), self._show)

    def _show(self, found: tuple[KeyChoices, bool]) -> None:
        self.choices, _ = self._rules.settled(found[0])
        self.letters.choose("yes" if self.choices.letters else "no")
        self.wheel.choose("photo" if self.choices.wheel_steps else "zoom")
        self._show_rows()

    def save(self) -> None:
        """Keep the choices."""
        keys = self.choices.keys
        chosen = KeyChoices(keys, self.letters.code != "no", self.wheel.code == "photo")
        self.write(lambda services: services.key_choices.keep(chosen), translate("Your keys were saved"))

    @property
    def _command(self) -> Command | None:
        row = self.table.currentIndex().row()
        return self.model.commands[row] if 0 <= row < len(self.model.commands) else None

    @property
    def _name(self) -> str:
        command = self._command
        return "" if command is None else command.name

    def ask_key(self, *, more: bool) -> None:
        """Wait for the new key of the chosen command: in place of those it has, or as one more."""
        command = self._command
        if command is None or command.fixed:
            return
        self._more = more
        self._ask_swap(shown=False)
        words = translate("Press the key for “{command}”. Esc: leave it.").format(command=translate(command.words))
        self.catcher.wait(words)
        self._stand_aside(aside=True)

    def _pressed(self, key: str) -> None:
        self._asked = key
        self._give(take=False)

    def _give(self, *, take: bool) -> None:
        try:
            choices = self._rules.given(self.choices, self._name, self._asked, more=self._more, take=take)
        except RuleBroken as refusal:
            self.said.setText(sentence_of(_told(refusal)))
            if refusal.code == "key_taken":
                self.swap.setText(translate("Take it") if self._more else translate("Swap"))
                self.catcher.hide()
                self._ask_swap(shown=True)
                self.swap.setFocus(Qt.FocusReason.OtherFocusReason)
            else:
                self.said.show()
                self._show_end()
            return
        self._take(choices)

    def _ask_swap(self, *, shown: bool) -> None:
        for part in (self.said, self.swap, self.keep):
            part.setVisible(shown)
        self._stand_aside(aside=shown)

    def _stand_aside(self, *, aside: bool) -> None:
        """While a key is asked for, its question stands where the buttons do."""
        for part in (self._buttons, self.all_usual):
            part.setVisible(not aside)
        if aside:
            self._show_end()

    def _show_end(self) -> None:
        bar = self._scroll.verticalScrollBar()
        QTimer.singleShot(0, self, lambda: bar.setValue(bar.maximum()))

    def _end(self) -> None:
        """Nothing is waited for any more; the keyboard goes back to the table where it was with us."""
        held = self.catcher.hasFocus() or self.swap.hasFocus() or self.keep.hasFocus()
        self.catcher.hide()
        self._ask_swap(shown=False)
        if held:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take(self, choices: KeyChoices) -> None:
        self._end()
        if choices != self.choices:
            self.choices = choices
            self.mark_changed()
        self._show_rows()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_rows(self) -> None:
        name = self._name
        self.model.show(self.choices, self.search.words)
        place = next((row for row, one in enumerate(self.model.commands) if one.name == name), 0)
        if self.model.commands:
            self.table.setCurrentIndex(self.model.index(place, 0))
        self._judge()

    def _judge(self) -> None:
        """What can be done with the chosen command."""
        command = self._command
        free = command is not None and not command.fixed
        for button in (self.change, self.more):
            button.setEnabled(free)
        self.none.setEnabled(command is not None and free and bool(self._rules.keys_of(self.choices, command.name)))
        self.usual.setEnabled(command is not None and command.name in self.choices.keys)
        self.all_usual.setEnabled(bool(self.choices.keys))

    def _to_table(self) -> None:
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The table takes what is left of the sheet."""
        super().resizeEvent(event)
        keeper = self.keeper
        width = self.width() - 2 * keeper.px(24)
        self.table.setColumnWidth(WORDS, round(width * 0.62))
        rest = self.height() - keeper.px(470)
        self.table.setFixedHeight(max(keeper.px(LEAST_TABLE), rest))


def _told(refusal: RuleBroken) -> RuleBroken:
    """The same refusal with keys and commands as they are shown here."""
    params = dict(refusal.params)
    if "key" in params:
        params["key"] = shown(str(params["key"]))
    if "command" in params:
        params["command"] = translate(str(params["command"]))
    return RuleBroken(refusal.field, refusal.code, **params)
