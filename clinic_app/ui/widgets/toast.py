"""The toast: what just happened, and the way back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QPropertyAnimation, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QColor, QEnterEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QWidget

from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import painting
from clinic_app.ui.widgets.themed import Themed
from clinic_app.wording.language import translate

SECONDS = 8.0
SHADOW = 14
WIDEST = 620
"""Longer words take more lines: what stands at the edges of the window stays in sight."""


class ToastAction(QAbstractButton):
    """A word on the toast that acts, with its key."""

    def __init__(self, keeper: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self.key = ""
        self.icon_name = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def fit(self) -> None:
        """Be as large as the words."""
        keeper = self._keeper
        if self.icon_name:
            self.setFixedSize(keeper.px(26), keeper.px(26))
            return
        width = keeper.metrics(Style.NAME).horizontalAdvance(self.text()) + keeper.px(10)
        width += painting.keycap_width(keeper, self.key) + keeper.px(6) if self.key else 0
        self.setFixedSize(width, keeper.px(26))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint words and key, or the icon."""
        keeper = self._keeper
        painter = QPainter(self)
        if self.icon_name:
            painting.icon(painter, keeper, self.rect(), self.icon_name, "toast_text", 16)
        else:
            left = keeper.px(5)
            words = QRect(left, 0, keeper.metrics(Style.NAME).horizontalAdvance(self.text()) + 2, self.height())
            painting.text(painter, keeper, words, self.text(), Style.NAME, "toast_action")
            if self.underMouse():
                painter.fillRect(QRect(left, self.height() - 4, words.width(), 1), keeper.colour("toast_action"))
            if self.key:
                high = keeper.px(18)
                cap = painting.keycap_width(keeper, self.key)
                spot = QRect(words.right() + keeper.px(6), (self.height() - high) // 2, cap, high)
                painting.keycap(painter, keeper, spot, self.key, fill=None, line="toast_action", ink="toast_action")
        if self.hasFocus():
            painting.box(painter, self.rect(), keeper.px(4), line=keeper.colour("toast_action"), width=2)


class Toast(Themed):
    """A message at the bottom of ``host``, with an optional action. It goes after 8 s, not while hovered or focused.

    One at a time: a newer one takes the place of the older. ``closed`` comes when it goes without its action.
    """

    closed = Signal()

    def __init__(self, keeper: ThemeKeeper, host: QWidget) -> None:
        super().__init__(keeper, host)
        self._host = host
        self.lift = 0
        """Pixels kept free below it: the foot of a sheet, say."""
        self._words = ""
        self._icon = "check"
        self._act: Callable[[], object] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._time_over)
        self._action = ToastAction(keeper, self)
        self._action.clicked.connect(self._do)
        self._also = ToastAction(keeper, self)
        self._also.hide()
        self._also_act: Callable[[], object] | None = None
        self._also.clicked.connect(self._do_also)
        self._cross = ToastAction(keeper, self)
        self._cross.icon_name = "x"
        self._cross.setAccessibleName(translate("Close"))
        self._cross.setToolTip(translate("Close"))
        self._cross.clicked.connect(self.close_now)
        self._row = QHBoxLayout(self)
        self._row.addStretch(1)
        self._row.addWidget(self._action)
        self._row.addWidget(self._also)
        self._row.addWidget(self._cross)
        self._slide = QPropertyAnimation(self, b"pos", self)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, on=False)
        host.installEventFilter(self)
        self.restyle()
        self.hide()

    @property
    def words(self) -> str:
        """What it says."""
        return self._words

    @property
    def icon(self) -> str:
        """The drawing before the words: a check where something was done, ``circle-alert`` where it failed."""
        return self._icon

    def show_words(
        self,
        words: str,
        *,
        action: str = "",
        act: Callable[[], object] | None = None,
        key: str = "",
        icon: str = "check",
        seconds: float = SECONDS,
    ) -> None:
        """Say something; ``act`` is what the action (usually "Undo", key "Ctrl Z") does, once."""
        self._words = words
        self._icon = icon
        self._act = act
        self._action.setText(action)
        self._action.setAccessibleName(action)
        self._action.key = key
        self._action.setVisible(bool(action))
        self._also.hide()
        self._also_act = None
        self.setAccessibleName(words)
        self._timer.setInterval(round(seconds * 1000))
        self.restyle()
        self._settle()
        self.show()
        self.raise_()
        self._timer.start()
        duration = self.keeper.motion(120)
        if duration:
            end = self.pos()
            self._slide.stop()
            self._slide.setDuration(duration)
            self._slide.setStartValue(end + QPoint(0, self.keeper.px(12)))
            self._slide.setEndValue(end)
            self._slide.start()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def offer(self, words: str, act: Callable[[], object]) -> None:
        """Offer something more beside what it says now, if it is in sight; it goes when that is done."""
        if not self.isVisible():
            return
        self._also_act = act
        self._also.setText(words)
        self._also.setAccessibleName(words)
        self._also.show()
        self.restyle()

    def act_now(self) -> bool:
        """Do the action as if pressed; answers whether there was one."""
        if self.isVisible() and self._act is not None:
            self._do()
            return True
        return False

    def close_now(self) -> None:
        """Go, without the action."""
        self._timer.stop()
        self._act = None
        self._also_act = None
        if self.isVisible():
            self.hide()
            self.closed.emit()

    def forget(self) -> None:
        """Nothing of what it said last stays in it."""
        self._words = ""
        self.setAccessibleName("")

    def restyle(self) -> None:
        """Take measures anew."""
        px = self.keeper.px
        self._row.setContentsMargins(px(14 + SHADOW), px(SHADOW - 4), px(8 + SHADOW), px(SHADOW + 4))
        self._row.setSpacing(px(6))
        colours = self.palette()
        colours.setColor(QPalette.ColorRole.WindowText, self.keeper.colour("toast_text"))
        self.setPalette(colours)
        self._action.fit()
        self._also.fit()
        self._cross.fit()
        if self.isVisible():
            self._settle()
        super().restyle()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the bottom centre of the host."""
        if watched is self.parent() and event.type() == QEvent.Type.Resize and self.isVisible():
            self._slide.stop()
            self._settle()
        return False

    def enterEvent(self, event: QEnterEvent) -> None:
        """Wait while the pointer is on it."""
        self._timer.stop()

    def leaveEvent(self, event: QEvent) -> None:
        """Count again."""
        if self.isVisible() and not self._holds_focus():
            self._timer.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint shadow, plate, icon and words."""
        keeper = self.keeper
        painter = QPainter(self)
        px = keeper.px
        plate = self.rect().adjusted(px(SHADOW), px(SHADOW - 6), -px(SHADOW), -px(SHADOW + 2))
        shadow = keeper.colour("shadow")
        for step in range(SHADOW, 0, -2):
            colour = QColor(shadow)
            colour.setAlphaF(0.012 + 0.03 * (1 - step / SHADOW))
            area = QRectF(plate).adjusted(-step, -step + 4, step, step + 4)
            painting.box(painter, area, px(8) + step, fill=colour)
        painting.box(painter, plate, px(8), fill=keeper.colour("toast"))
        glyph = QRect(plate.left() + px(14), plate.top(), px(16), plate.height())
        painting.icon(painter, keeper, glyph, self._icon, "toast_action", 16)
        right = min(one.x() for one in (self._action, self._also, self._cross) if one.isVisible())
        words = QRect(glyph.right() + px(10), plate.top(), right - glyph.right() - px(18), plate.height())
        if keeper.metrics(Style.BUTTON).horizontalAdvance(self._words) <= words.width():
            painting.text(painter, keeper, words, self._words, Style.BUTTON, "toast_text")
            return
        painting.wrapped(painter, keeper, words, self._words, Style.BUTTON, "toast_text")

    def _settle(self) -> None:
        px = self.keeper.px
        metrics = self.keeper.metrics(Style.BUTTON)
        words = metrics.horizontalAdvance(self._words)
        around = px(14 + 16 + 10 + 24 + 8 + 26 + 12 + 2 * SHADOW)
        if not self._action.isHidden():
            around += self._action.width() + px(12)
        if not self._also.isHidden():
            around += self._also.width() + px(12)
        width = min(around + words, px(WIDEST + 2 * SHADOW), max(px(200), self._host.width() - px(24)))
        height = px(44 + 2 * SHADOW - 4)
        room = width - around
        if words > room:
            lines = painting.wrapped_height(self.keeper, self._words, Style.BUTTON, room - px(8))
            height += max(lines - metrics.height(), 0)
        left = (self._host.width() - width) // 2
        self.setGeometry(left, self._host.height() - self.lift - height - px(8), width, height)

    def _holds_focus(self) -> bool:
        return any(one.hasFocus() for one in (self._action, self._also, self._cross))

    def _time_over(self) -> None:
        if self._holds_focus() or self.underMouse():
            self._timer.start()
        else:
            self.close_now()

    def _do(self) -> None:
        act = self._act
        self._act = None
        self._timer.stop()
        self.hide()
        if act is not None:
            act()

    def _do_also(self) -> None:
        act, self._also_act = self._also_act, None
        self.close_now()
        if act is not None:
            act()
