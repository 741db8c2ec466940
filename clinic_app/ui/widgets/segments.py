"""A segmented control: one of a few views."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import painting
from clinic_app.ui.widgets.themed import Member, Themed


class Segment(Member):
    """One choice of a segmented control."""

    def __init__(
        self, keeper: ThemeKeeper, words: str, icon: str, key: str, parent: QWidget | None, *, viewer: bool
    ) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self._icon = icon
        self._key = key
        self._viewer = viewer
        self.setText(words)
        self.setAccessibleName(words)
        self.setToolTip(f"{words} ({key})" if key else "")
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Words with 13 px at either side."""
        keeper = self._keeper
        width = keeper.metrics(Style.NAME).horizontalAdvance(self.text()) + keeper.px(26)
        width += keeper.px(24) if self._icon else 0
        width += keeper.px(20) if self._key else 0
        return QSize(width, keeper.measures.control - keeper.px(6))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the plate where it is chosen, and the words."""
        keeper = self._keeper
        painter = QPainter(self)
        on = self.isChecked()
        radius = keeper.px(5)
        if self._viewer:
            ink = "viewer.text" if on else "viewer.text2"
            if on:
                painting.box(painter, self.rect(), radius, fill=keeper.colour("viewer.active"))
        else:
            ink = "text" if on else "text2"
            if on:
                fill = keeper.colour("raised")
                painting.box(painter, self.rect(), radius, fill=fill, line=keeper.colour("border"))
        if not self.isEnabled():
            ink = "disabled"
        left = keeper.px(13)
        if self._icon:
            painting.icon(painter, keeper, QRect(left, 0, keeper.px(16), self.height()), self._icon, ink, 16)
            left += keeper.px(24)
        right = keeper.px(13) + (keeper.px(20) if self._key else 0)
        spot = QRect(left, 0, self.width() - left - right + 2, self.height())
        weight = 600 if on else 500
        painting.text(painter, keeper, spot, self.text(), Style.BUTTON, ink, weight=weight)
        if self._key:
            spot = QRect(self.width() - keeper.px(26), 0, keeper.px(16), self.height())
            hint = "viewer.key_hint" if self._viewer else "text3"
            painting.text(painter, keeper, spot, self._key, Style.CAPTION, hint, align=painting.CENTRE)
        if self.hasFocus():
            if self._viewer:
                painting.box(painter, self.rect(), radius, line=keeper.colour("viewer.accent"), width=2)
            else:
                painting.focus_ring(painter, keeper, self.rect(), radius)


class SegmentedControl(Themed):
    """One of a few views; ``chosen`` brings its place. Arrow keys move, Home and End jump."""

    chosen = Signal(int)

    def __init__(
        self,
        keeper: ThemeKeeper,
        choices: Sequence[str | tuple[str, str] | tuple[str, str, str]],
        name: str,
        parent: QWidget | None = None,
        *,
        viewer: bool = False,
    ) -> None:
        """``choices``: words, or (words, icon), or (words, icon, key). ``viewer`` uses the dark viewer's colours."""
        super().__init__(keeper, parent)
        self._viewer = viewer
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._group = QButtonGroup(self)
        self._row = QHBoxLayout(self)
        self._row.setSpacing(2)
        self._parts: list[Segment] = []
        for place, choice in enumerate(choices):
            words, icon, key = ((choice,) if isinstance(choice, str) else choice) + ("",) * (
                2 if isinstance(choice, str) else 3 - len(choice)
            )
            part = Segment(keeper, words, icon, key, self, viewer=viewer)
            self._parts.append(part)
            self._group.addButton(part, place)
            self._row.addWidget(part)
        self._group.idClicked.connect(self.chosen)
        self.restyle()
        self.choose(0)

    @property
    def place(self) -> int:
        """Which one is chosen."""
        return self._group.checkedId()

    def choose(self, place: int) -> None:
        """Choose one, without ``chosen``."""
        self._parts[place].setChecked(True)
        for number, part in enumerate(self._parts):
            strong = Qt.FocusPolicy.StrongFocus
            part.setFocusPolicy(strong if number == place else Qt.FocusPolicy.ClickFocus)

    def segment(self, place: int) -> Segment:
        """The button of one choice (to disable it, say)."""
        return self._parts[place]

    def restyle(self) -> None:
        """Take measures anew."""
        inset = self.keeper.px(3)
        self._row.setContentsMargins(inset, inset, inset, inset)
        super().restyle()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move along the choices."""
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        last = len(self._parts) - 1
        at = self.place
        target = {
            Qt.Key.Key_Right: at + (-1 if rtl else 1),
            Qt.Key.Key_Left: at + (1 if rtl else -1),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }.get(Qt.Key(event.key()))
        if target is None:
            super().keyPressEvent(event)
            return
        target = min(max(target, 0), last)
        if target != at and self._parts[target].isEnabled():
            self.choose(target)
            self._parts[target].setFocus(Qt.FocusReason.TabFocusReason)
            self.chosen.emit(target)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the track."""
        keeper = self.keeper
        fill, line = ("viewer.group", "viewer.line") if self._viewer else ("sunken", "border")
        if not self._viewer and not keeper.theme.dark:
            fill = "rail"
        radius = keeper.px(7)
        painting.box(QPainter(self), self.rect(), radius, fill=keeper.colour(fill), line=keeper.colour(line))
