"""The checklist of views: what the protocol of each diagnosis wants, what is there, and what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from clinic_app.domain.case_page import CasePage
from clinic_app.domain.catalogues import Catalogues
from clinic_app.domain.photo_protocol import CycleSide, CycleViews, cycle_views
from clinic_app.ui.context import UiContext
from clinic_app.ui.patients.lines import diagnosis_words
from clinic_app.ui.theme import Style, Tone
from clinic_app.ui.widgets import paint_chip, painting
from clinic_app.wording.dates import day as day_words
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.pictures import missing_words, protocol_words

HEAD_HIGH, LINE_HIGH, SIDE_WIDE = 54, 44, 150


@dataclass(frozen=True, slots=True)
class Line:
    """One view of a diagnosis: its words and the photographs around the last injection."""

    code: str
    name: str
    instruction: str
    cycle: CycleViews

    def ids(self) -> tuple[int, ...]:
        """The photographs of this view, before and after."""
        return tuple(one for side in CycleSide for one in self.cycle.of(side).get(self.code, ()))


@dataclass(frozen=True, slots=True)
class Section:
    """One diagnosis with its views, and how far they are there."""

    title: str
    detail: str
    lines: tuple[Line, ...]


def sections_of(page: CasePage, catalogues: Catalogues) -> tuple[Section, ...]:
    """Every diagnosis of a patient with the views its condition wants, around its last injection."""
    answer: list[Section] = []
    for summary in page.cases:
        if summary.case.condition not in catalogues.conditions:
            continue
        cycle = cycle_views([entry.picture for entry in page.pictures], summary.injections)[-1]
        views = catalogues.views_for(summary.case.condition)
        lines = tuple(Line(one.code, one.name, one.instruction, cycle) for one in views)
        detail = translate("No photos are wanted for this diagnosis")
        if lines:
            detail = protocol_words(cycle, [line.code for line in lines])
        answer.append(Section(diagnosis_words(catalogues, summary.case), detail, lines))
    return tuple(answer)


class ViewChecklist(QAbstractScrollArea):
    """A line for each view a diagnosis wants. Arrow keys move; Enter or a double click brings ``opened`` (its ids)."""

    opened = Signal(object)

    def __init__(self, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._today = date.min
        self._sections: tuple[Section, ...] = ()
        self._lines: list[tuple[QRect, Line]] = []
        self._heads: list[tuple[QRect, Section]] = []
        self._current = 0
        self.setProperty("kind", "plain")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setAutoFillBackground(False)
        self.setAccessibleName(translate("Checklist of views"))
        context.theme.changed.connect(self._lay)

    @property
    def sections(self) -> tuple[Section, ...]:
        """What is shown."""
        return self._sections

    def show_sections(self, sections: Sequence[Section], today: date) -> None:
        """Show these."""
        self._sections, self._today = tuple(sections), today
        self._lay()

    def sentence(self, line: Line) -> str:
        """A line as a screen reader says it."""
        return ", ".join((line.name, *(self._side_words(line, side) for side in CycleSide)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move, open."""
        step = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_Home: -len(self._lines),
            Qt.Key.Key_End: len(self._lines),
        }.get(Qt.Key(event.key()))
        if self._lines and step is not None:
            self._go(self._current + step)
        elif self._lines and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(self._lines[self._current][1].ids())
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the line."""
        place = self._at(event.position().toPoint().y())
        if place >= 0:
            self._go(place)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the line."""
        place = self._at(event.position().toPoint().y())
        if place >= 0:
            self.opened.emit(self._lines[place][1].ids())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay anew."""
        super().resizeEvent(event)
        self._lay()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away."""
        super().focusOutEvent(event)
        self.viewport().update()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Paint what came into sight."""
        self.viewport().update()

    def changeEvent(self, event: QEvent) -> None:
        """The font or the direction changed."""
        super().changeEvent(event)
        self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        """The whole instruction in a tooltip, where the line is too short for it."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            place = self._at(event.pos().y())
            if place >= 0:
                QToolTip.showText(event.globalPos(), self._lines[place][1].instruction, self)
            else:
                QToolTip.hideText()
            return True
        return super().viewportEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the heads and lines in sight."""
        painter = QPainter(self.viewport())
        keeper = self._context.theme
        down = -self.verticalScrollBar().value()
        shown = self.viewport().rect()
        for rect, section in self._heads:
            spot = rect.translated(0, down)
            if spot.intersects(shown):
                upper = QRect(spot.left(), spot.top() + keeper.px(8), spot.width(), keeper.px(20))
                painting.text(painter, keeper, upper, section.title, Style.SECTION)
                lower = upper.translated(0, keeper.px(20))
                painting.text(painter, keeper, lower, section.detail, Style.SECONDARY, "text2")
        for place, (rect, line) in enumerate(self._lines):
            spot = rect.translated(0, down)
            if spot.intersects(shown):
                self._paint_line(painter, spot, line, current=place == self._current and self.hasFocus())

    def _paint_line(self, painter: QPainter, spot: QRect, line: Line, *, current: bool) -> None:
        keeper = self._context.theme
        inset, wide = keeper.px(8), keeper.px(SIDE_WIDE)
        words = QRect(spot.left() + inset, spot.top(), spot.width() - 2 * (wide + inset), spot.height())
        painting.two_lines(painter, keeper, words, line.name, line.instruction)
        for number, side in enumerate(CycleSide):
            place = QRect(spot.right() - (2 - number) * wide, spot.top(), wide - inset, spot.height())
            words_of_side = self._side_words(line, side)
            if self._missing(line, side):
                paint_chip(painter, keeper, place, Tone.DUE, words_of_side, icon="circle-dashed")
            elif line.cycle.of(side).get(line.code):
                paint_chip(painter, keeper, place, Tone.TREATED, words_of_side, icon="check")
            else:
                painting.text(painter, keeper, place, words_of_side, Style.SECONDARY, "text2")
        painting.hairline(painter, keeper, spot.left(), spot.right(), spot.bottom())
        if current:
            painting.focus_ring(painter, keeper, spot)

    def _missing(self, line: Line, side: CycleSide) -> bool:
        if line.cycle.of(side).get(line.code):
            return False
        first = line.cycle.after_from
        return side is CycleSide.BEFORE or (first is not None and self._today >= first)

    def _side_words(self, line: Line, side: CycleSide) -> str:
        count = len(line.cycle.of(side).get(line.code, ()))
        if count:
            if side is CycleSide.BEFORE:
                return translate_many("{count} before", "{count} before", count)
            return translate_many("{count} after", "{count} after", count)
        if self._missing(line, side):
            return missing_words(side)
        first = line.cycle.after_from
        return translate("No injection yet") if first is None else translate("From {day}").format(day=day_words(first))

    def _lay(self) -> None:
        keeper = self._context.theme
        width = self.viewport().width()
        self._heads, self._lines = [], []
        y = 0
        for section in self._sections:
            self._heads.append((QRect(0, y, width, keeper.px(HEAD_HIGH)), section))
            y += keeper.px(HEAD_HIGH)
            for line in section.lines:
                self._lines.append((QRect(0, y, width, keeper.px(LINE_HIGH)), line))
                y += keeper.px(LINE_HIGH)
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, y - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(keeper.px(LINE_HIGH))
        self._go(min(self._current, max(len(self._lines) - 1, 0)))

    def _at(self, y: int) -> int:
        y += self.verticalScrollBar().value()
        return next((n for n, (rect, _) in enumerate(self._lines) if rect.top() <= y <= rect.bottom()), -1)

    def _go(self, place: int) -> None:
        self._current = min(max(place, 0), max(len(self._lines) - 1, 0))
        if self._lines:
            rect, line = self._lines[self._current]
            bar = self.verticalScrollBar()
            if rect.top() < bar.value():
                bar.setValue(0 if self._current == 0 else rect.top())
            elif rect.bottom() > bar.value() + self.viewport().height():
                bar.setValue(rect.bottom() - self.viewport().height())
            self.setAccessibleDescription(self.sentence(line))
        self.viewport().update()
