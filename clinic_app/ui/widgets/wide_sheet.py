"""The wide sheet: work that needs more room than a form, over most of the window."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets.banner import Banner
from clinic_app.ui.widgets.buttons import Button, IconButton, Kind
from clinic_app.ui.widgets.themed import ElidedLabel, Plane, TextLabel
from clinic_app.wording.language import translate

WIDEST = 1200
"""Pixels at 100 %; narrower windows are covered whole."""


class WideSheet(Plane):
    """Title, a strip for problems, pages, and a foot with the way on.

    Ctrl+Enter presses ``main``; Esc asks ``step_out``, which subclasses may override to go back a step. ``closed``
    comes when it is gone and its work is over (``working``); closing deletes nothing. The owner fills ``pages`` and
    ``foot`` (buttons before ``main``).
    """

    closed = Signal()

    def __init__(self, keeper: ThemeKeeper, host: QWidget, title: str) -> None:
        """``host``: the window's central widget."""
        super().__init__(keeper, "app", host, edge=Qt.Edge.LeftEdge, edge_ink="border_strong")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # or all that lies under it is painted with it
        self._host = host
        self._before: QWidget | None = None
        self.hide()
        self.setAccessibleName(title)
        self.title = ElidedLabel(keeper, title, Style.PAGE_TITLE, "text", self)
        self.subtitle = TextLabel(keeper, "", Style.SECONDARY, "text2", self, wrap=True)
        self.subtitle.hide()
        self._cross = IconButton(keeper, "x", translate("Close"), shortcut="Esc", kind=Kind.GHOST, parent=self)
        self._cross.clicked.connect(self.leave)
        self.banner = Banner(keeper, self)
        self.pages = QStackedWidget(self)
        self.main = Button(keeper, "", kind=Kind.PRIMARY, parent=self)
        self.main.setToolTip("Ctrl+Enter")
        self.foot = QHBoxLayout()
        self._build()
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self.press_main)
        out = QShortcut(QKeySequence("Esc"), self)
        out.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        out.activated.connect(self.step_out)
        host.installEventFilter(self)
        self.restyle()

    @property
    def working(self) -> bool:
        """Whether something it began goes on while it is out of sight; ``closed`` then waits for ``rest``."""
        return False

    def set_title(self, title: str, subtitle: str = "") -> None:
        """Show another title."""
        self.title.setText(title)
        self.subtitle.setText(subtitle)
        self.subtitle.setVisible(bool(subtitle))
        self.setAccessibleName(title)

    def press_main(self) -> None:
        """As if the main button was pressed, where it can be."""
        if self.main.isVisible() and self.main.isEnabled():
            self.main.click()

    def step_out(self) -> None:
        """Escape: close."""
        self.leave()

    def appear(self) -> None:
        """Come up over the host, which keeps note of who had the keyboard."""
        if not self.isVisible():
            self._before = QApplication.focusWidget()
        self._settle()
        self.show()
        self.raise_()

    def come_back(self) -> None:
        """Stand over the host again, as it was when it was set aside."""
        self._settle()
        self.show()
        self.raise_()

    def leave(self) -> None:
        """Go; the keyboard returns to where it was."""
        if not self.isVisible():
            return
        before, self._before = self._before, None
        self.hide()
        if before is not None and before.window() is self.window() and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        self.rest()

    def rest(self) -> None:
        """Tell the owner that it is gone, if it is out of sight and nothing goes on."""
        if not self.isVisible() and not self.working:
            self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the keyboard; no key goes through to what lies under the sheet."""
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        holder = self.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain and isinstance(holder, QPushButton):
            holder.click()
            return
        super().keyPressEvent(event)
        event.accept()

    def restyle(self) -> None:
        """Take measures anew."""
        px = self.keeper.px
        side = self.keeper.measures.margin_side
        self._head.setContentsMargins(side, px(14), px(14), px(8))
        self._strip.setContentsMargins(side, 0, side, px(8))
        self._inner.setContentsMargins(side, 0, side, px(10))
        self.foot.setContentsMargins(side, px(10), side, px(12))
        self.foot.setSpacing(px(8))
        if self.isVisible():
            self._settle()
        super().restyle()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay over the host."""
        if watched is self.parent() and event.type() == QEvent.Type.Resize and self.isVisible():
            self._settle()
        return False

    def _build(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.title)
        words.addWidget(self.subtitle)
        self._head = QHBoxLayout()
        self._head.addLayout(words, 1)
        self._head.addWidget(self._cross, 0, Qt.AlignmentFlag.AlignTop)
        self._strip = QVBoxLayout()
        self._strip.addWidget(self.banner)
        self._inner = QVBoxLayout()
        self._inner.addWidget(self.pages)
        self.foot_plate = Plane(self.keeper, "surface", self, edge=Qt.Edge.TopEdge)
        self.foot_plate.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.foot_plate.setLayout(self.foot)
        self.foot.addStretch(1)
        self.foot.addWidget(self.main)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head)
        column.addLayout(self._strip)
        column.addLayout(self._inner, 1)
        column.addWidget(self.foot_plate)

    def _settle(self) -> None:
        room = self._host.width()
        width = min(self.keeper.px(WIDEST), room)
        if room - width < self.keeper.px(64):
            width = room
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        self.setGeometry(QRect(0 if rtl else room - width, 0, width, self._host.height()))
