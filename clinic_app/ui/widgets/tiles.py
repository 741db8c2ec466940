"""Tiles: a number with its name, pressed to filter."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import painting
from clinic_app.wording.numbers import number_words


class Tile(QAbstractButton):
    """A toggle showing icon, name, number and a remark (ux.md 6.4); ``toggled`` says when it filters."""

    def __init__(self, keeper: ThemeKeeper, icon: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self._icon = icon
        self._icon_ink = "text2"
        self._name = name
        self._number = "–"
        self._remark = ""
        self._remark_ink = "text2"
        self._slim = False
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)
        keeper.changed.connect(self._restyle)

    def show_count(self, number: int | str, remark: str = "", *, ink: str | None = None, scope: str = "") -> None:
        """Show a number and a remark; ``ink`` (such as ``overdue.fg``) where the remark asks for action.

        ``scope``: a sentence of what is counted, in the tooltip and to a screen reader.
        """
        self._number = number_words(number) if isinstance(number, int) else number
        self._remark = remark
        self._remark_ink = ink or "text2"
        self._icon_ink = ink or "text2"
        self.setAccessibleName(f"{self._name}: {self._number}. {remark}" if remark else f"{self._name}: {self._number}")
        self.setAccessibleDescription(scope)
        self.setToolTip(f"{remark}. {scope}" if remark and scope else remark or scope)
        self.update()

    @property
    def slim(self) -> bool:
        """Whether name and number stand on one line, without icon and remark."""
        return self._slim

    def set_slim(self, slim: bool) -> None:
        """One line where there is little room, or all of it again; the remark stays in the tooltip."""
        if slim != self._slim:
            self._slim = slim
            self._restyle()

    def width_of(self, *, slim: bool) -> int:
        """The pixels it needs to say everything, or name and number only."""
        keeper = self._keeper
        name = keeper.metrics(Style.CHIP).horizontalAdvance(self._name)
        if slim:
            return name + keeper.metrics(Style.NAME).horizontalAdvance(self._number) + keeper.px(26) + 2
        narrow = keeper.measures.narrow
        style = Style.TILE_NUMBER_SMALL if narrow else Style.TILE_NUMBER
        line = keeper.metrics(style).horizontalAdvance(self._number)
        if self._remark:
            remark = Style.CHIP if self._urgent else Style.SECONDARY
            line += keeper.metrics(remark).horizontalAdvance(self._remark) + keeper.px(7) + 4
        return max(name + keeper.px(22), line) + keeper.px(20 if narrow else 24) + 1

    def sizeHint(self) -> QSize:
        """Tile height; as wide as the layout gives."""
        keeper = self._keeper
        return QSize(keeper.px(150), keeper.px(32) if self._slim else keeper.measures.tile)

    def minimumSizeHint(self) -> QSize:
        """It shrinks to its name."""
        name = self._keeper.metrics(Style.CHIP).horizontalAdvance(self._name)
        return QSize(name + self._keeper.px(20), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the tile."""
        keeper = self._keeper
        painter = QPainter(self)
        on = self.isChecked()
        fill = "selected" if on else "hover" if self.underMouse() else "surface"
        line = "accent" if on else "border"
        radius = keeper.px(8)
        width = 1.5 if on else 1.0
        painting.box(painter, self.rect(), radius, fill=keeper.colour(fill), line=keeper.colour(line), width=width)
        if self._slim:
            self._paint_slim(painter)
        else:
            self._paint_full(painter)
        if self.hasFocus():
            painting.focus_ring(painter, keeper, self.rect(), radius)

    @property
    def _urgent(self) -> bool:
        return self._remark_ink != "text2"

    def _paint_slim(self, painter: QPainter) -> None:
        keeper = self._keeper
        number = keeper.metrics(Style.NAME).horizontalAdvance(self._number) + 2
        name = keeper.metrics(Style.CHIP).horizontalAdvance(self._name)
        name = min(name, self.width() - number - keeper.px(14))
        left = max(keeper.px(4), (self.width() - name - number - keeper.px(6)) // 2)
        spot = painting.mirrored(QRect(left, 0, name, self.height()), self.rect(), self.layoutDirection())
        painting.text(painter, keeper, spot, self._name, Style.CHIP, "text2", align=painting.CENTRE)
        spot = QRect(left + name + keeper.px(6), 0, number, self.height())
        spot = painting.mirrored(spot, self.rect(), self.layoutDirection())
        ink = self._remark_ink if self._urgent else "text"
        painting.text(painter, keeper, spot, self._number, Style.NAME, ink, align=painting.CENTRE)

    def _paint_full(self, painter: QPainter) -> None:
        keeper = self._keeper
        narrow = keeper.measures.narrow
        left = keeper.px(12 if narrow else 16)
        top = keeper.px(9 if narrow else 12)
        high = keeper.px(18)
        rect, direction = self.rect(), self.layoutDirection()
        side = painting.RIGHT if direction == Qt.LayoutDirection.RightToLeft else painting.LEFT

        def put(place: QRect) -> QRect:
            return painting.mirrored(place, rect, direction)

        painting.icon(painter, keeper, put(QRect(left, top, keeper.px(16), high)), self._icon, self._icon_ink, 16)
        name_left = left + keeper.px(22)
        room = self.width() - name_left - keeper.px(8)
        spot = put(QRect(name_left, top, room, high))
        painting.text(painter, keeper, spot, self._name, Style.CHIP, "text2", align=side)
        style = Style.TILE_NUMBER_SMALL if narrow else Style.TILE_NUMBER
        line_top = keeper.px(28 if narrow else 32)
        line_high = keeper.line(style)
        number_width = keeper.metrics(style).horizontalAdvance(self._number) + 2
        spot = put(QRect(left, line_top, number_width, line_high))
        painting.text(painter, keeper, spot, self._number, style, "text", align=side)
        remark_left = left + number_width + keeper.px(7)
        drop = (keeper.metrics(style).ascent() - keeper.metrics(Style.CHIP).ascent()) // 2
        spot = put(QRect(remark_left, line_top + drop // 2, self.width() - remark_left - keeper.px(8), line_high))
        remark_style = Style.CHIP if self._urgent else Style.SECONDARY
        painting.text(painter, keeper, spot, self._remark, remark_style, self._remark_ink, align=side)

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()


def fit_tiles(row: QHBoxLayout, tiles: Sequence[Tile], room: int, *, low: bool) -> int:
    """Give the tiles of a row equal widths, or each what its words need; one line where that is too much, or where it
    is ``low``. Answers their height.
    """
    room -= row.spacing() * (len(tiles) - 1)
    slim = low or sum(tile.width_of(slim=False) for tile in tiles) > room
    widths = [tile.width_of(slim=slim) for tile in tiles]
    equal = max(widths) * len(tiles) <= room
    for place, (tile, width) in enumerate(zip(tiles, widths, strict=True)):
        tile.set_slim(slim)
        row.setStretch(place, 1 if equal else width)
    return max(tile.sizeHint().height() for tile in tiles)
