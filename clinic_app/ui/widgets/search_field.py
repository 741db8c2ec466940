"""The search field with its keycap, and keycaps by themselves."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import painting
from clinic_app.ui.widgets.themed import Themed


class KeyCap(Themed):
    """A key drawn as a plate; never the only place where a shortcut stands."""

    def __init__(self, keeper: ThemeKeeper, words: str, parent: QWidget | None = None) -> None:
        super().__init__(keeper, parent)
        self._words = words
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """18 px high."""
        return QSize(painting.keycap_width(self.keeper, self._words), self.keeper.px(18))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the plate."""
        painting.keycap(QPainter(self), self.keeper, self.rect(), self._words)


class SearchField(Themed):
    """A line to type a search in: ``edited`` for every letter, ``accepted`` for Enter, ``stepped`` for Up and Down.

    Escape clears it; a second Escape brings ``left``. ``accepted`` brings the modifiers, so that Ctrl+Enter can
    mean something else.
    """

    edited = Signal(str)
    accepted = Signal(Qt.KeyboardModifier)
    stepped = Signal(int)
    left = Signal()

    def __init__(
        self,
        keeper: ThemeKeeper,
        placeholder: str,
        *,
        name: str = "",
        key: str = "Ctrl K",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(keeper, parent)
        self.line = QLineEdit(self)
        self.line.setProperty("bare", True)
        self.line.setPlaceholderText(placeholder)
        self.line.setAccessibleName(name or placeholder)
        self.line.textChanged.connect(self._edited)
        self.line.installEventFilter(self)
        self._key = KeyCap(keeper, key, self)
        self._key.setVisible(bool(key))
        self._has_key = bool(key)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.line, 1)
        self._row.addWidget(self._key)
        self.setFocusProxy(self.line)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.restyle()

    @property
    def words(self) -> str:
        """What stands in it."""
        return self.line.text()

    def clear(self) -> None:
        """Empty it."""
        self.line.clear()

    def sizeHint(self) -> QSize:
        """264 px wide, control height."""
        return QSize(self.keeper.px(264), self.keeper.measures.control)

    def restyle(self) -> None:
        """Take measures and colours anew."""
        px = self.keeper.px
        self._row.setContentsMargins(px(34), 0, px(8), 0)
        self._row.setSpacing(px(6))
        self.line.setFont(self.keeper.font(Style.BODY))
        colours = self.line.palette()
        colours.setColor(QPalette.ColorRole.PlaceholderText, self.keeper.colour("text3"))
        self.line.setPalette(colours)
        super().restyle()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Give Up, Down, Enter and Escape to the list beside the field."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key_pressed(event)
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click anywhere in it starts typing; on the cross it clears."""
        if self.words and event.position().x() > self.width() - self.keeper.px(30) and not self._key.isVisible():
            self.line.clear()
        self.line.setFocus(Qt.FocusReason.MouseFocusReason)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint outline, magnifying glass and cross."""
        keeper = self.keeper
        painter = QPainter(self)
        focused = self.line.hasFocus()
        painting.box(
            painter,
            self.rect(),
            keeper.px(6),
            fill=keeper.colour("surface"),
            line=keeper.colour("focus" if focused else "border_strong"),
            width=2.0 if focused else 1.0,
        )
        direction = self.layoutDirection()
        glass = painting.mirrored(QRect(keeper.px(10), 0, keeper.px(16), self.height()), self.rect(), direction)
        painting.icon(painter, keeper, glass, "search", "text2", 16)
        if self.words:
            cross = QRect(self.width() - keeper.px(26), 0, keeper.px(16), self.height())
            painting.icon(painter, keeper, painting.mirrored(cross, self.rect(), direction), "x", "text2", 16)

    def _edited(self, words: str) -> None:
        self._key.setVisible(self._has_key and not words)
        self._row.setContentsMargins(self.keeper.px(34), 0, self.keeper.px(30 if words else 8), 0)
        self.update()
        self.edited.emit(words)

    def _key_pressed(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.stepped.emit(1 if key == Qt.Key.Key_Down else -1)
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accepted.emit(event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier)
            return True
        if key == Qt.Key.Key_Escape:
            if self.words:
                self.line.clear()
            else:
                self.left.emit()
            return True
        return False
