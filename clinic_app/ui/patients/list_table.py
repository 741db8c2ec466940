"""The table of the Patients list. It paints all rows in one go, since a keystroke changes every one of them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QHoverEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QTableView, QWidget

from clinic_app.domain.patients import fold
from clinic_app.ui.patients.list_model import DIAGNOSES, PATIENT, PatientsModel
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import RowDelegate, RowTable, painting, prepare_table
from clinic_app.wording.language import translate

CUTS = 2048
"""Lines whose cut is remembered."""
Words = dict[tuple[Style, str], list[tuple[int, int, int, str]]]
"""Lines of text by style and ink: left, baseline, the pixels they may take, the words."""


class PatientsTable(RowTable):
    """The table; its keys go to the view around it first (``key_taken``), ``menu_asked`` brings where on the screen.

    Qt asks a delegate for each cell: with two lines in each of 60 cells that takes several times as long as the
    strokes themselves. Here rows are painted together: grounds, plates behind what was searched for, then the words,
    each style and ink at once. Tooltips and heights are the delegate's.
    """

    menu_asked = Signal(QPoint)

    def __init__(
        self, keeper: ThemeKeeper, model: PatientsModel, key_taken: Callable[[QKeyEvent], bool], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._key_taken = key_taken
        self._keeper = keeper
        self._entries = model
        self._hovered = -1
        self._widest: dict[Style, int] = {}
        self._cuts: dict[tuple[str, int, Style], str] = {}
        keeper.changed.connect(self._measure)
        prepare_table(keeper, self, translate("Patients"))
        self.setModel(model)
        self.setItemDelegate(RowDelegate(keeper, self))
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def _measure(self) -> None:
        self._widest.clear()
        self._cuts.clear()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, C compares, letters are not a search of their own."""
        if not self._key_taken(event):
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """The search field does that."""

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with a patient, the most used first."""
        index = self.indexAt(event.pos())
        if index.isValid():
            self.setCurrentIndex(index)
            self.menu_asked.emit(event.globalPos())

    def viewportEvent(self, event: QEvent) -> bool:
        """Remember the row under the pointer; Qt has it painted anew."""
        kind = event.type()
        if kind in (QEvent.Type.HoverEnter, QEvent.Type.HoverMove) and isinstance(event, QHoverEvent):
            self._hovered = self.rowAt(event.position().toPoint().y())
        elif kind == QEvent.Type.HoverLeave:
            self._hovered = -1
        return super().viewportEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows that are seen; where a page is on its way, pale bars."""
        painter = QPainter(self.viewport())
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        area = event.rect()
        first, last = self.rowAt(area.top()), self.rowAt(area.bottom())
        if first < 0:
            return
        count = self._entries.count
        last = count - 1 if last < 0 else last
        height = self.rowHeight(first)
        top = self.rowViewportPosition(first)
        rows = [(row, top + (row - first) * height) for row in range(first, last + 1)]
        columns = [
            (column, self.columnViewportPosition(column), self.columnWidth(column))
            for column in range(self._entries.columnCount())
            if not self.isColumnHidden(column)
        ]
        self._paint_grounds(painter, rows, height, columns)
        self._paint_words(painter, rows, height, columns)
        current = self.currentIndex().row()
        if self.hasFocus() and first <= current <= last:
            ring = QRect(0, top + (current - first) * height, self.viewport().width(), height)
            painting.focus_ring(painter, self._keeper, ring.adjusted(1, 1, -1, -1), self._keeper.px(4))

    def _paint_grounds(
        self, painter: QPainter, rows: list[tuple[int, int]], height: int, columns: list[tuple[int, int, int]]
    ) -> None:
        keeper = self._keeper
        left = min(place for _, place, _ in columns)
        width = max(place + wide for _, place, wide in columns) - left
        painter.fillRect(left, rows[0][1], width, height * len(rows), keeper.colour("surface"))
        hair = keeper.colour("hair")
        chosen = self.selectionModel()
        top_index = self.rootIndex()
        for row, top in rows:
            if chosen.isRowSelected(row, top_index):
                painter.fillRect(left, top, width, height, keeper.colour("selected"))
                lead = next((QRect(at, top, wide, height) for column, at, wide in columns if column == PATIENT), None)
                if lead is not None:
                    painting.accent_bar(painter, keeper, lead, self.layoutDirection())
                continue
            if row == self._hovered:
                painter.fillRect(left, top, width, height, keeper.colour("hover"))
            painter.fillRect(left, top + height - 1, width, 1, hair)

    def _paint_words(
        self, painter: QPainter, rows: list[tuple[int, int]], height: int, columns: list[tuple[int, int, int]]
    ) -> None:
        keeper, model = self._keeper, self._entries
        metrics = {style: keeper.metrics(style) for style in (Style.NAME, Style.BODY, Style.SECONDARY)}
        # As far below the top of a line's room as its letters stand.
        rises = {style: (keeper.line(style) - one.height()) // 2 + one.ascent() for style, one in metrics.items()}
        alone = {style: (height - one.height()) // 2 + one.ascent() for style, one in metrics.items()}
        under = keeper.line(Style.SECONDARY)
        inset, bar = keeper.px(RowDelegate.LEFT_INSET), keeper.px(8)
        words: Words = {}
        plates: list[QRectF] = []
        typed = fold(model.words).split()
        for row, top in rows:
            entry = model.entry(row)
            cells = None if entry is None else model.cells(entry)
            for column, place, wide in columns:
                left, room = place + inset, wide - inset - keeper.px(RowDelegate.RIGHT_INSET)
                if cells is None or entry is None:
                    rest = QRect(left, top + (height - 1) // 2 - keeper.px(4), min(room, keeper.px(90)), bar)
                    painting.box(painter, rest, keeper.px(4), fill=keeper.colour("track"))
                    continue
                upper, lower = cells[column]
                style = Style.NAME if column == PATIENT else Style.BODY
                if not upper and column != PATIENT:
                    none = column == DIAGNOSES and not entry.veiled
                    upper = translate("no diagnosis yet") if none else "–"
                    words.setdefault((Style.SECONDARY, "text3"), []).append(
                        (left, top + alone[Style.SECONDARY], room, upper)
                    )
                    continue
                if not lower:
                    words.setdefault((style, "text"), []).append((left, top + alone[style], room, upper))
                    line = top + (height - keeper.line(style)) // 2
                else:
                    line = top + (height - keeper.line(style) - under) // 2
                    words.setdefault((style, "text"), []).append((left, line + rises[style], room, upper))
                    second = line + keeper.line(style) + rises[Style.SECONDARY]
                    words.setdefault((Style.SECONDARY, "text2"), []).append((left, second, room, lower))
                if typed and column == PATIENT:
                    plates += self._plates(typed, upper, QRect(left, line, room, keeper.line(style)))
        self._paint_plates(painter, plates)
        for (style, ink), lines in words.items():
            painter.setFont(keeper.font(style))
            painter.setPen(keeper.colour(ink))
            for left, base, room, said in lines:
                painter.drawText(left, base, self._cut(said, room, style))

    def _cut(self, words: str, room: int, style: Style) -> str:
        """The words, with an ellipsis where they are wider than ``room``; most are seen to fit without measuring."""
        widest = self._widest.get(style)
        if widest is None:
            widest = self._widest[style] = self._keeper.metrics(style).horizontalAdvance("@") + 1
        if len(words) * widest <= room and words.isascii():
            return words
        key = (words, room, style)
        found = self._cuts.get(key)
        if found is None:
            metrics = self._keeper.metrics(style)
            fits = metrics.horizontalAdvance(words) <= room
            if len(self._cuts) >= CUTS:
                self._cuts.clear()
            found = self._cuts[key] = words if fits else metrics.elidedText(words, Qt.TextElideMode.ElideRight, room)
        return found

    def _plates(self, typed: list[str], name: str, line: QRect) -> list[QRectF]:
        """Where soft plates stand behind the letters of a name that were typed; ``line``: the room of the name."""
        metrics = self._keeper.metrics(Style.NAME)
        found = []
        for part in typed:
            place = 0
            for word in name.split():
                start = name.index(word, place)
                place = start + len(word)
                if fold(word).startswith(part):
                    left = line.left() + (metrics.horizontalAdvance(name[:start]) if start else 0)
                    width = metrics.horizontalAdvance(name[start : start + len(part)])
                    spot = QRect(left - 1, line.top() + 1, width + 2, line.height() - 2)
                    if spot.right() <= line.right():
                        found.append(QRectF(spot))
                    break
        return found

    def _paint_plates(self, painter: QPainter, plates: list[QRectF]) -> None:
        if not plates:
            return
        keeper = self._keeper
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(keeper.colour("warning_soft"))
        radius = keeper.px(3)
        for plate in plates:
            painter.drawRoundedRect(plate, radius, radius)
        painter.restore()
