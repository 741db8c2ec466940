"""One of a few answers as pills in a row; nothing is chosen unless said."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QLayout, QLayoutItem, QSizePolicy, QWidget

from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import painting
from clinic_app.ui.widgets.themed import Member, Themed


class FlowLayout(QLayout):
    """Puts its items in a row and breaks into further rows where the width ends."""

    def __init__(self, parent: QWidget | None = None, gap: int = 6) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._gap = gap
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        """Take an item."""
        self._items.append(item)

    def count(self) -> int:
        """How many items."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """The item at a place, None beyond the end."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def insert(self, index: int, widget: QWidget) -> None:
        """Put a widget before the item at a place."""
        self.addWidget(widget)
        self._items.insert(index, self._items.pop())
        self.invalidate()

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Give an item away."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """It asks for no more than it needs."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """Its height depends on its width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height at a width."""
        return self._place(QRect(0, 0, width, 0), move=False)

    def sizeHint(self) -> QSize:
        """All in one row."""
        sizes = [item.sizeHint() for item in self._items]
        width = sum(size.width() for size in sizes) + self._gap * max(0, len(sizes) - 1)
        return QSize(width, max((size.height() for size in sizes), default=0))

    def minimumSize(self) -> QSize:
        """The widest single item."""
        sizes = [item.minimumSize() for item in self._items]
        return QSize(
            max((size.width() for size in sizes), default=0), max((size.height() for size in sizes), default=0)
        )

    def setGeometry(self, rect: QRect) -> None:
        """Put the items into a rectangle."""
        super().setGeometry(rect)
        self._place(rect, move=True)

    def _place(self, rect: QRect, *, move: bool) -> int:
        x, y, high = rect.left(), rect.top(), 0
        parent = self.parentWidget()
        direction = parent.layoutDirection() if parent is not None else Qt.LayoutDirection.LeftToRight
        for item in self._items:
            widget = item.widget()
            if widget is not None and widget.isHidden():
                continue
            size = item.sizeHint()
            if x + size.width() > rect.right() + 1 and x > rect.left():
                x, y, high = rect.left(), y + high + self._gap, 0
            if move:
                item.setGeometry(painting.mirrored(QRect(QPoint(x, y), size), rect, direction))
            x += size.width() + self._gap
            high = max(high, size.height())
        return y + high - rect.top()


class Pill(Member):
    """One answer."""

    def __init__(self, keeper: ThemeKeeper, words: str, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self._key = key
        self.setText(words)
        self.setAccessibleName(words)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        keeper.changed.connect(self.updateGeometry)
        keeper.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Words, with room for the check whether it is there or not: neighbours stay where they are."""
        keeper = self._keeper
        width = keeper.metrics(Style.BUTTON).horizontalAdvance(self.text()) + keeper.px(38) + 1
        width += painting.keycap_width(keeper, self._key) + keeper.px(6) if self._key else 0
        return QSize(width, keeper.px(30))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the pill; the chosen one is filled and ticked."""
        keeper = self._keeper
        painter = QPainter(self)
        radius = self.height() / 2
        on = self.isChecked()
        ink = ("accent_text" if on else "text") if self.isEnabled() else "disabled"
        fill = "accent_soft" if on else "hover" if self.underMouse() else "surface"
        line = "accent" if on else "border_strong"
        width = 1.5 if on else 1.0
        painting.box(painter, self.rect(), radius, fill=keeper.colour(fill), line=keeper.colour(line), width=width)
        left = keeper.px(27 if on else 18)
        bounds, direction = self.rect(), self.layoutDirection()
        if on:
            tick = QRect(keeper.px(9), 0, keeper.px(14), self.height())
            painting.icon(painter, keeper, painting.mirrored(tick, bounds, direction), "check", ink, 14)
        tail = painting.keycap_width(keeper, self._key) + keeper.px(6) if self._key else 0
        words = QRect(left, 0, self.width() - left - keeper.px(8) - tail, self.height())
        align = painting.RIGHT if direction == Qt.LayoutDirection.RightToLeft else painting.LEFT
        spot = painting.mirrored(words, bounds, direction)
        painting.text(painter, keeper, spot, self.text(), Style.BUTTON, ink, align=align)
        if self._key:
            high = keeper.px(18)
            cap = QRect(self.width() - keeper.px(8) - tail + keeper.px(6), (self.height() - high) // 2, 0, high)
            cap.setWidth(painting.keycap_width(keeper, self._key))
            painting.keycap(painter, keeper, painting.mirrored(cap, bounds, direction), self._key)
        if self.hasFocus():
            painting.focus_ring(painter, keeper, bounds, radius)


class ChoiceRow(Themed):
    """Radio buttons as pills. ``chosen`` brings the code. Arrow keys move, a pill's key is the view's to bind."""

    chosen = Signal(str)

    def __init__(
        self,
        keeper: ThemeKeeper,
        choices: Sequence[tuple[str, str] | tuple[str, str, str]],
        name: str,
        parent: QWidget | None = None,
        *,
        optional: bool = False,
    ) -> None:
        """``choices``: (code, words) or (code, words, key). ``optional``: pressing the chosen one takes it back."""
        super().__init__(keeper, parent)
        self._optional = optional
        self.setAccessibleName(name)
        self._flow = FlowLayout(self)
        self._group = QButtonGroup(self)
        self._group.setExclusive(not optional)
        self._pills: dict[str, Pill] = {}
        for choice in choices:
            code, words = choice[0], choice[1]
            pill = Pill(keeper, words, choice[2] if len(choice) == 3 else "", self)
            pill.clicked.connect(lambda _=False, code=code: self._pressed(code))
            self._pills[code] = pill
            self._group.addButton(pill)
            self._flow.addWidget(pill)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        if self._pills:
            self.setFocusProxy(next(iter(self._pills.values())))

    @property
    def code(self) -> str | None:
        """What is chosen, or None."""
        return next((code for code, pill in self._pills.items() if pill.isChecked()), None)

    def choose(self, code: str | None) -> None:
        """Choose one or none, without ``chosen``."""
        self._group.setExclusive(False)
        for other, pill in self._pills.items():
            pill.setChecked(other == code)
        self._group.setExclusive(not self._optional)

    def pill(self, code: str) -> Pill:
        """The button of a choice (to disable it, say)."""
        return self._pills[code]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys move from pill to pill and choose."""
        step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1}.get(
            Qt.Key(event.key())
        )
        pills = list(self._pills.values())
        here = self.focusWidget()
        if step is None or not isinstance(here, Pill) or here not in pills:
            super().keyPressEvent(event)
            return
        target = pills[(pills.index(here) + step) % len(pills)]
        target.setFocus(Qt.FocusReason.TabFocusReason)
        if not self._optional:
            target.click()

    def _pressed(self, code: str) -> None:
        if self._optional:
            for other, pill in self._pills.items():
                if other != code:
                    pill.setChecked(False)
        self.chosen.emit(self.code or "")
