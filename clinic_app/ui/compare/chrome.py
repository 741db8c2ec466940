"""Buttons, lines and fields in the viewer's own neutral colours, the same in both themes."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QSizePolicy, QWidget

from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import painting
from clinic_app.ui.widgets.key_map import KeyMap
from clinic_app.ui.widgets.themed import Themed
from clinic_app.wording.language import translate


class Pressable(QAbstractButton):
    """Something in the viewer that can be pressed: Enter presses it as Space does, all other keys are the viewer's."""

    def enterEvent(self, event: QEnterEvent) -> None:
        """Light up."""
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Go dark."""
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space press it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif event.key() == Qt.Key.Key_Space:
            super().keyPressEvent(event)
        else:
            event.ignore()


class ViewerButton(Pressable):
    """A button of the viewer: an icon 36 px square, or words; ``name`` is read out and, with the key, its tooltip."""

    def __init__(
        self,
        keeper: ThemeKeeper,
        name: str,
        *,
        icon: str = "",
        text: str = "",
        key: str = "",
        checkable: bool = False,
        framed: bool = True,
        side: int = 36,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self._icon = icon
        self._framed = framed and bool(text)
        self._side = side
        self._key = key
        self._keys: KeyMap | None = None
        self._command = ""
        self.setText(text)
        self.setCheckable(checkable)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.rename(name)
        keeper.changed.connect(self.updateGeometry)
        keeper.changed.connect(self.update)

    @property
    def key(self) -> str:
        """The key of its command, blank where it has none."""
        return self._key

    def rename(self, name: str) -> None:
        """Say something else to screen readers and in the tooltip."""
        if name == self.accessibleName():
            return
        self.setAccessibleName(name)
        self._say_name()

    def _say_name(self) -> None:
        name = self.accessibleName()
        if self.text() == name and not self._key:
            self.setToolTip("")
        else:
            self.setToolTip(f"{name} ({self._key})" if self._key else name)

    def follow(self, keys: KeyMap, command: str) -> None:
        """Show the key of a command, now and when somebody chooses another."""
        self._keys, self._command = keys, command
        keys.changed.connect(self._take_key)
        self._take_key()

    def _take_key(self) -> None:
        if self._keys is not None:
            self._key = self._keys.key_of(self._command)
        self._say_name()
        self.updateGeometry()
        self.update()

    def set_icon(self, icon: str) -> None:
        """Show another drawing."""
        self._icon = icon
        self.update()

    def sizeHint(self) -> QSize:
        """Square, or as wide as the words."""
        keeper = self._keeper
        if not self.text():
            return QSize(keeper.px(self._side), keeper.px(self._side))
        width = keeper.metrics(Style.BUTTON).horizontalAdvance(self.text()) + keeper.px(24)
        width += keeper.px(24) if self._icon else 0
        return QSize(max(width, keeper.px(self._side)), keeper.px(min(self._side, 32) if self._framed else self._side))

    def minimumSizeHint(self) -> QSize:
        """It never cuts its words."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint plate, icon, words and ring."""
        keeper = self._keeper
        painter = QPainter(self)
        lit = self.isEnabled() and (self.underMouse() or self.isDown())
        fill = "viewer.active" if self.isChecked() or self.isDown() else "viewer.group" if lit or self._framed else None
        if self._framed and lit:
            fill = "viewer.active"
        painting.box(
            painter,
            self.rect(),
            keeper.px(6),
            fill=None if fill is None else keeper.colour(fill),
            line=keeper.colour("viewer.line") if self._framed else None,
        )
        ink = "viewer.text" if lit or self.isChecked() or self._framed else "viewer.text2"
        if not self.isEnabled():
            ink = "viewer.line"
        words = self.text()
        if self._icon:
            spot = QRect(keeper.px(10), 0, keeper.px(18), self.height()) if words else self.rect()
            painting.icon(painter, keeper, spot, self._icon, ink, 18)
        if words:
            room = self.rect().adjusted(keeper.px(30) if self._icon else 0, 0, 0, 0)
            painting.text(painter, keeper, room, words, Style.BUTTON, ink, align=painting.CENTRE)
        if self.hasFocus():
            painting.box(painter, self.rect(), keeper.px(6), line=keeper.colour("viewer.accent"), width=2.0)


class LinkBadge(ViewerButton):
    """The chain on the gutter: lit while both panes move together, struck through while not."""

    def __init__(self, keeper: ThemeKeeper, parent: QWidget) -> None:
        super().__init__(keeper, translate("Panes move together"), checkable=True, parent=parent)
        self.setChecked(True)

    def sizeHint(self) -> QSize:
        """A pill of 36 by 28."""
        return QSize(self._keeper.px(36), self._keeper.px(28))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint pill and chain."""
        keeper = self._keeper
        painter = QPainter(self)
        line = "viewer.accent" if self.hasFocus() else "viewer.line" if self.underMouse() else "viewer.bar"
        painting.box(
            painter,
            self.rect(),
            self.height() / 2,
            fill=keeper.colour("viewer.bar"),
            line=keeper.colour(line),
            width=2.0 if self.hasFocus() else 1.0,
        )
        name, ink = ("link", "viewer.accent") if self.isChecked() else ("unlink", "viewer.text2")
        painting.icon(painter, keeper, self.rect(), name, ink, 16)


class Separator(Themed):
    """A short line between two groups of buttons of the tool strip."""

    def __init__(self, keeper: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(keeper, parent)
        self.setFixedHeight(keeper.px(9))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it."""
        width = self.keeper.px(24)
        spot = QRect((self.width() - width) // 2, self.height() // 2, width, 1)
        QPainter(self).fillRect(spot, self.keeper.colour("viewer.line"))


class TypedNumber(QLineEdit):
    """A number: Enter takes what was typed (``asked(number)``, ``unread`` where it is none), Esc gives up.

    Both leave the field (``left``). ``said`` is the number in words, ``read`` the way back, None where it is none.
    """

    asked = Signal(float)
    unread = Signal()
    left = Signal()

    def __init__(
        self,
        keeper: ThemeKeeper,
        name: str,
        tip: str,
        said: Callable[[float], str],
        read: Callable[[str], float | None],
        wide: int,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._keeper, self._said, self._read, self._wide = keeper, said, read, wide
        self._shown = ""
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        keeper.changed.connect(self._restyle)
        self._restyle()

    def show_number(self, number: float | None) -> None:
        """Show a number unless another is being typed; None: there is none, and none can be typed."""
        self.setEnabled(number is not None)
        self._shown = "" if number is None else self._said(number)
        if not self.hasFocus() or number is None:
            self.setText(self._shown)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes the number, Esc puts the old one back; both leave the field."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            super().keyPressEvent(event)
            return
        wanted = self._read(self.text())
        self.left.emit()
        self.setText(self._shown)
        if event.key() == Qt.Key.Key_Escape:
            return
        if wanted is None:
            self.unread.emit()
        else:
            self.asked.emit(wanted)

    def _restyle(self) -> None:
        look = self._keeper.theme.viewer
        px = self._keeper.px
        self.setFont(self._keeper.font(Style.BODY, numbers=True))
        self.setFixedWidth(px(self._wide))
        self.setStyleSheet(
            f"QLineEdit {{ background: {look.group}; color: {look.text}; border: 1px solid {look.line};"
            f" border-radius: {px(6)}px; min-height: {px(28)}px; padding: 0 {px(4)}px;"
            f" selection-background-color: {look.accent}; selection-color: {look.on_accent}; }}"
            f"QLineEdit:focus {{ border: 2px solid {look.accent}; }}"
            f"QLineEdit:disabled {{ background: {look.bar}; color: {look.key_hint}; }}"
        )


def percent(scale: float) -> str:
    """``118 %``; below 10 % with one decimal."""
    value = scale * 100
    return f"{value:.1f} %" if value < 9.95 else f"{value:.0f} %"


def scale_in(text: str) -> float | None:
    """The scale somebody typed: "150", "150%", "33,3 %"; None where it is no positive number."""
    value = number_in(text.replace("%", ""))
    return value / 100 if value is not None and 0 < value < 1e6 else None


def millimetres_in(text: str) -> float | None:
    """The millimetres somebody typed: "11.7", "11,2 mm"; None where it is no number."""
    return number_in(text.replace("mm", ""))


def number_in(text: str) -> float | None:
    """A number with a point or a comma; None where it is none."""
    try:
        value = float(text.replace(",", ".").strip())
    except ValueError:
        return None
    return value if math.isfinite(value) else None
