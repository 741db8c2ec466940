"""A line to type in that finds one entry of a catalogue: a list under it follows every letter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from clinic_app.domain.patients import fold
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import painting
from clinic_app.ui.widgets.rows import Index, RowDelegate
from clinic_app.ui.widgets.themed import TextLabel, Themed
from clinic_app.wording.language import translate

ALIKE = 0.74
"""How like the beginning of a word must be to what was typed, where nothing begins with it (0 to 1)."""
SHOWN_AT_ONCE = 7
MOST_FOUND = 60


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry: its code, its words, a second line, the other names it is found by, and the group it stands in."""

    code: str
    words: str
    detail: str = ""
    aliases: tuple[str, ...] = ()
    group: str = ""


def ranked(typed: str, choices: Sequence[Choice], rescue: str | None = None) -> list[Choice]:
    """The choices that match what was typed, best first; all, in their order, for nothing typed.

    Beginnings of names come first, then beginnings of words, then aliases, then words spelled alike. ``rescue`` is
    the code the catalogue itself reads in the text ("blephrospasm"): it is never missing from the answer.
    """
    wanted = fold(typed)
    if not wanted:
        return list(choices)
    found: list[tuple[float, int, Choice]] = []
    for place, choice in enumerate(choices):
        rank = _rank(wanted, choice)
        if rank is None and choice.code == rescue:
            rank = 4.5
        if rank is not None:
            found.append((rank, place, choice))
    return [choice for _, _, choice in sorted(found, key=lambda item: item[:2])][:MOST_FOUND]


def _rank(wanted: str, choice: Choice) -> float | None:
    names = [fold(choice.words), fold(f"{choice.words} {choice.detail}"), *(fold(alias) for alias in choice.aliases)]
    words = wanted.split()
    if names[0].startswith(wanted):
        return 0.0
    if _all_begin(words, names[1]):
        return 1.0
    if any(name.startswith(wanted) for name in names[2:]):
        return 2.0
    if any(_all_begin(words, name) for name in names[2:]):
        return 3.0
    if any(wanted in name for name in names):
        return 4.0
    if len(wanted) < 4:
        return None
    best = max((_likeness(wanted, name) for name in names), default=0.0)
    return 6.0 - best if best >= ALIKE else None


def _all_begin(words: list[str], name: str) -> bool:
    there = name.split()
    return all(any(other.startswith(word) for other in there) for word in words)


def _likeness(wanted: str, name: str) -> float:
    beginnings = [name[: len(wanted) + 1], *(word[: len(wanted) + 1] for word in name.split())]
    return max((SequenceMatcher(None, wanted, part).ratio() for part in beginnings if part), default=0.0)


class ChoicesModel(QAbstractListModel):
    """The choices that match."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.found: list[Choice] = []

    def show(self, found: list[Choice]) -> None:
        """Show others."""
        self.beginResetModel()
        self.found = found
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """How many."""
        return 0 if parent.isValid() else len(self.found)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The words of a choice."""
        choice = self.found[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return ", ".join(part for part in (choice.words, choice.detail) if part)
        return None


class ChoiceDelegate(RowDelegate):
    """One line: words, and the detail behind them."""

    def __init__(self, keeper: ThemeKeeper, view: QAbstractItemView, model: ChoicesModel) -> None:
        super().__init__(keeper, view)
        self._model = model

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """30 px high."""
        return QSize(0, self.keeper.px(30))

    def paint_cell(self, painter: QPainter, rect: QRect, index: Index, option: QStyleOptionViewItem) -> None:
        """Paint words and detail."""
        choice = self._model.found[index.row()]
        used = painting.text(painter, self.keeper, rect, choice.words, Style.BODY)
        rest = rect.adjusted(used + self.keeper.px(8), 0, 0, 0)
        if choice.detail and rest.width() > self.keeper.px(30):
            painting.text(painter, self.keeper, rest, choice.detail, Style.SECONDARY, "text2")


class PickerField(Themed):
    """One entry of a catalogue, found by typing; ``picked`` brings its code, ``valueChanged`` every edit.

    Down opens the list, Up and Down move in it, Enter and Tab take the marked entry, Esc closes it. Text that is no
    entry leaves ``code`` None. With ``free`` the text itself may stand (``words``).
    """

    picked = Signal(str)
    valueChanged = Signal()  # noqa: N815 - the name side sheets watch

    def __init__(
        self,
        keeper: ThemeKeeper,
        placeholder: str,
        name: str,
        *,
        free: bool = False,
        clear_after: bool = False,
        rescue: Callable[[str], str | None] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """``clear_after``: empty the line after each pick (it collects several). ``rescue``: see ``ranked``."""
        super().__init__(keeper, parent)
        self._choices: tuple[Choice, ...] = ()
        self._code: str | None = None
        self._free = free
        self._clear_after = clear_after
        self._rescue = rescue
        self.line = QLineEdit(self)
        self.line.setPlaceholderText(placeholder)
        self.line.setAccessibleName(name)
        self.line.textEdited.connect(self._typed)
        self.line.installEventFilter(self)
        self.setAccessibleName(name)
        self.setFocusProxy(self.line)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.line)
        self._name = name
        self._list: ChoiceList | None = None

    @property
    def code(self) -> str | None:
        """The entry, or None."""
        return self._code

    @property
    def words(self) -> str:
        """What stands in the line."""
        return self.line.text().strip()

    @property
    def open(self) -> bool:
        """Whether the list shows."""
        return self._list is not None and self._list.isVisible()

    @property
    def found(self) -> list[Choice]:
        """The choices in the list, best first."""
        return [] if self._list is None else list(self._list.model.found)

    def set_choices(self, choices: Sequence[Choice]) -> None:
        """What may be picked; a code that is no longer there is dropped."""
        self._choices = tuple(choices)
        if self._code is not None and self._code not in {choice.code for choice in choices}:
            self.set_code(None)

    def offer(self, choices: Sequence[Choice]) -> None:
        """Show choices somebody else found for what stands in the line."""
        self._choices = tuple(choices)
        if self.line.hasFocus():
            self._show(list(choices))

    def set_code(self, code: str | None, words: str = "") -> None:
        """Show an entry, or an empty line (or ``words`` that are no entry); without signals."""
        self._code = None
        self.line.setText(words)
        for choice in self._choices:
            if choice.code == code:
                self._code = code
                self.line.setText(_whole(choice))
        self.line.setCursorPosition(0)
        self.line.setToolTip(self.line.text())

    def set_rescue(self, rescue: Callable[[str], str | None]) -> None:
        """Who reads what nothing begins with."""
        self._rescue = rescue

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move in the list by keys; close it when the keyboard leaves."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if self.open and event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
                if not control:
                    event.accept()
                    return True
            return False
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key_pressed(event)
        if event.type() == QEvent.Type.FocusOut and isinstance(event, QFocusEvent):
            if event.reason() != Qt.FocusReason.PopupFocusReason:
                self._leave()
        elif event.type() == QEvent.Type.MouseButtonPress and not self.open:
            self._show(list(self._choices) if self._code is not None or not self.words else self._matching())
        return False

    def hideEvent(self, event: object) -> None:
        """The list goes with the field."""
        self._close()

    def _key_pressed(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            if not self.open:
                self._show(list(self._choices) if self._code is not None or not self.words else self._matching())
            elif self._list is not None:
                self._list.step(1 if key == Qt.Key.Key_Down else -1)
            return True
        if not self.open:
            return False
        if key == Qt.Key.Key_Escape:
            self._close()
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._take_marked()
            return True
        if key == Qt.Key.Key_Tab and self.words and not self._free:
            self._take_marked()
        return False

    def _matching(self) -> list[Choice]:
        words = self.words
        rescue = self._rescue(words) if self._rescue is not None and len(words) >= 4 else None
        return ranked(words, self._choices, rescue)

    def _typed(self, words: str) -> None:
        self._code = None
        self._show(self._matching())
        self.valueChanged.emit()

    def _show(self, found: list[Choice]) -> None:
        if self._list is None:
            self._list = ChoiceList(self.keeper, self._name, self.window())
            self._list.taken.connect(self._take)
            self.destroyed.connect(self._list.deleteLater)
        if not found and (self._free or not self.words):
            self._close()
            return
        self._list.open_under(self, found)

    def _close(self) -> None:
        if self._list is not None:
            self._list.hide()

    def _leave(self) -> None:
        if not self._free and self._code is None and self.words:
            wanted = fold(self.words)
            exact = [one for one in self._choices if wanted in (fold(one.words), fold(_whole(one)))]
            if len(exact) == 1:
                self._take(exact[0].code)
        self._close()

    def _take_marked(self) -> None:
        choice = self._list.marked if self._list is not None else None
        if choice is not None:
            self._take(choice.code)
        self._close()

    def _take(self, code: str) -> None:
        self._close()
        if self._clear_after:
            self.line.clear()
            self._code = None
        else:
            self.set_code(code)
        self.valueChanged.emit()
        self.picked.emit(code)


class ChoiceList(QFrame):
    """The list under a picker: a child of the window, above everything, never with the keyboard."""

    taken = Signal(str)

    def __init__(self, keeper: ThemeKeeper, name: str, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._keeper = keeper
        self.model = ChoicesModel(self)
        self._view = QListView(self)
        self._view.setAccessibleName(translate("{name}: matches").format(name=name))
        self._view.setModel(self.model)
        self._view.setItemDelegate(ChoiceDelegate(keeper, self._view, self.model))
        self._view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._view.setUniformItemSizes(True)
        self._view.setMouseTracking(True)
        self._view.setFrameShape(QFrame.Shape.NoFrame)
        self._view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._view.clicked.connect(self._clicked)
        self.empty = TextLabel(keeper, translate("Nothing matches"), Style.BODY, "text2", self)
        self.empty.setContentsMargins(keeper.px(10), 0, keeper.px(10), 0)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(2, 2, 2, 2)
        column.addWidget(self._view)
        column.addWidget(self.empty)
        self.hide()

    @property
    def marked(self) -> Choice | None:
        """The choice that Enter takes."""
        row = self._view.currentIndex().row()
        return self.model.found[row] if 0 <= row < len(self.model.found) else None

    def open_under(self, field: QWidget, found: list[Choice]) -> None:
        """Show the choices under a field, the first one marked; above it where there is more room."""
        self.model.show(found)
        self._view.setVisible(bool(found))
        self.empty.setVisible(not found)
        self._view.setCurrentIndex(self.model.index(0, 0) if found else QModelIndex())
        window = self._window
        rows = min(max(len(found), 1), SHOWN_AT_ONCE)
        high = rows * self._keeper.px(30) + 4
        below = field.mapTo(window, QPoint(0, field.height() + 2))
        above = field.mapTo(window, QPoint(0, -2))
        top = below.y()
        if below.y() + high > window.height() and above.y() > window.height() - below.y():
            high = min(high, above.y())
            top = above.y() - high
        metrics = self._keeper.metrics(Style.BODY)
        widest = max((metrics.horizontalAdvance(_whole(choice)) for choice in found), default=0)
        width = min(max(field.width(), widest + self._keeper.px(56)), max(field.width(), self._keeper.px(440)))
        left = min(below.x(), max(0, window.width() - width - 4))
        self.setGeometry(left, top, width, min(high, max(window.height() - top, self._keeper.px(34))))
        self.show()
        self.raise_()

    def step(self, direction: int) -> None:
        """Mark the next or the previous choice."""
        count = len(self.model.found)
        if count:
            row = min(max(self._view.currentIndex().row() + direction, 0), count - 1)
            self._view.setCurrentIndex(self.model.index(row, 0))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the plate."""
        painter = QPainter(self)
        keeper = self._keeper
        line = keeper.colour("border_strong")
        painting.box(painter, self.rect(), keeper.px(6), fill=keeper.colour("raised"), line=line)

    def _clicked(self, index: QModelIndex) -> None:
        self.taken.emit(self.model.found[index.row()].code)


def _whole(choice: Choice) -> str:
    return ", ".join(part for part in (choice.words, choice.detail) if part)
