"""The ground all painted widgets stand on, and labels that follow the theme."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import painting


class Themed(QWidget):
    """A widget that keeps the keeper and is laid out and painted anew when the look changes."""

    def __init__(self, keeper: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.keeper = keeper
        keeper.changed.connect(self.restyle)

    def restyle(self) -> None:
        """The look changed; parts with icons or fonts of their own extend this."""
        self.updateGeometry()
        self.update()


class Member(QAbstractButton):
    """A button of a composite (rail, segments, pills): arrow keys go to the composite, which knows the order."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave arrows, Home and End to the parent."""
        if event.key() in (
            Qt.Key.Key_Left,
            Qt.Key.Key_Right,
            Qt.Key.Key_Up,
            Qt.Key.Key_Down,
            Qt.Key.Key_Home,
            Qt.Key.Key_End,
        ):
            event.ignore()
        else:
            super().keyPressEvent(event)


class TextLabel(QLabel):
    """A label in a type style and a token's colour; text may be selected where ``selectable``."""

    def __init__(
        self,
        keeper: ThemeKeeper,
        words: str = "",
        style: Style = Style.BODY,
        ink: str = "text",
        parent: QWidget | None = None,
        *,
        wrap: bool = False,
        selectable: bool = False,
        weight: int | None = None,
    ) -> None:
        super().__init__(words, parent)
        self._keeper = keeper
        self._style = style
        self._ink = ink
        self._weight = weight
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        if selectable:
            self.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            self.setAccessibleName(words)
        keeper.changed.connect(self.restyle)
        self.restyle()

    def setText(self, words: str) -> None:
        """Show other words; a selectable label is read out by them."""
        super().setText(words)
        if self.focusPolicy() != Qt.FocusPolicy.NoFocus:
            self.setAccessibleName(words)

    def set_ink(self, ink: str) -> None:
        """Show it in another token's colour."""
        if ink != self._ink:
            self._ink = ink
            self.restyle()

    def restyle(self) -> None:
        """Take font and colour anew."""
        self.setFont(self._keeper.font(self._style, weight=self._weight))
        colours = self.palette()
        colours.setColor(QPalette.ColorRole.WindowText, self._keeper.colour(self._ink))
        self.setPalette(colours)


class ElidedLabel(TextLabel):
    """One line, cut with an ellipsis where there is no room; the tooltip then has the whole."""

    def __init__(
        self,
        keeper: ThemeKeeper,
        words: str = "",
        style: Style = Style.BODY,
        ink: str = "text",
        parent: QWidget | None = None,
        *,
        elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        weight: int | None = None,
    ) -> None:
        super().__init__(keeper, words, style, ink, parent, weight=weight)
        self._elide = elide
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        """It may become as narrow as four letters."""
        return QSize(self._keeper.px(32), super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what fits."""
        painter = QPainter(self)
        painting.text(
            painter,
            self._keeper,
            self.contentsRect(),
            self.text(),
            self._style,
            self._ink if self.isEnabled() else "disabled",
            align=self.alignment() | Qt.AlignmentFlag.AlignVCenter,
            weight=self._weight,
            elide=self._elide,
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the whole text as a tooltip only where it is cut."""
        super().resizeEvent(event)
        self._tell_whole()

    def setText(self, words: str) -> None:
        """Show other words."""
        super().setText(words)
        self._tell_whole()

    def _tell_whole(self) -> None:
        cut = self._keeper.metrics(self._style, weight=self._weight).horizontalAdvance(self.text()) > self.width()
        self.setToolTip(self.text() if cut else "")


class Card(QFrame):
    """A surface with a border and round corners (10 px), for tables and panels."""

    def __init__(
        self,
        keeper: ThemeKeeper,
        parent: QWidget | None = None,
        *,
        radius: int = 10,
        fill: str = "surface",
        line: str | None = "border",
    ) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self._radius = radius
        self._fill = fill
        self._line = line
        keeper.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the plate."""
        line = None if self._line is None else self._keeper.colour(self._line)
        radius = self._keeper.px(self._radius)
        painting.box(QPainter(self), self.rect(), radius, fill=self._keeper.colour(self._fill), line=line)


class Rule(Themed):
    """A hairline between parts."""

    def __init__(self, keeper: ThemeKeeper, parent: QWidget | None = None, *, upright: bool = False) -> None:
        super().__init__(keeper, parent)
        self._upright = upright
        if upright:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line."""
        QPainter(self).fillRect(self.rect(), self.keeper.colour("border"))


class Plane(Themed):
    """A plain area in one token's colour (rail, inspector, viewer bar), with an optional line at an edge."""

    def __init__(
        self,
        keeper: ThemeKeeper,
        ink: str,
        parent: QWidget | None = None,
        *,
        edge: Qt.Edge | None = None,
        edge_ink: str = "border",
    ) -> None:
        super().__init__(keeper, parent)
        self._ink = ink
        self._edge = edge
        self._edge_ink = edge_ink

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill the area."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), self.keeper.colour(self._ink))
        area = self.rect()
        lines = {
            Qt.Edge.LeftEdge: QRect(0, 0, 1, area.height()),
            Qt.Edge.RightEdge: QRect(area.right(), 0, 1, area.height()),
            Qt.Edge.TopEdge: QRect(0, 0, area.width(), 1),
            Qt.Edge.BottomEdge: QRect(0, area.bottom(), area.width(), 1),
        }
        if self._edge is not None:
            painter.fillRect(lines[self._edge], self.keeper.colour(self._edge_ink))


class RoomPlane(Plane):
    """A room that is one column with the window's margins; ``_lay_columns`` shares the width in a table."""

    def __init__(self, keeper: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(keeper, "app", parent)
        self._column = QVBoxLayout(self)

    def restyle(self) -> None:
        """Take margins and columns anew."""
        measures = self.keeper.measures
        side = measures.margin_side
        self._column.setContentsMargins(side, measures.margin_top, side, measures.margin_bottom)
        self._column.setSpacing(measures.block_gap)
        self._lay_columns()
        super().restyle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width among the columns."""
        super().resizeEvent(event)
        self._lay_columns()

    def _lay_columns(self) -> None:
        """Nothing to share, unless a room has a table."""


class Scrolled(QWidget):
    """What a scroll area holds: as high as its words are at its width, without the air a narrower one would need."""

    def minimumSizeHint(self) -> QSize:
        """As wide as its parts ask; its height follows from its width."""
        return QSize(super().minimumSizeHint().width(), 0)


def stand_in_the_middle(host: QWidget, card: QWidget, under: QLayout | None = None) -> None:
    """Lay a card out a little above the middle of ``host``, ``under`` below it; scrolled where there is little room."""
    holder = QWidget()
    outer = QVBoxLayout(holder)
    outer.addStretch(2)
    row = QHBoxLayout()
    row.addStretch(1)
    middle = QVBoxLayout()
    middle.addWidget(card)
    if under is not None:
        middle.addLayout(under)
    row.addLayout(middle)
    row.addStretch(1)
    outer.addLayout(row)
    outer.addStretch(3)
    area = QScrollArea(host)
    area.setProperty("kind", "plain")
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(holder)
    holder.setAutoFillBackground(False)
    area.viewport().setAutoFillBackground(False)
    column = QVBoxLayout(host)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(area)
