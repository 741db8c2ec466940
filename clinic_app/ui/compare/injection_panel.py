"""The injection beside its photographs: doses by muscle and side, totals, what else was given, places for scores."""

from __future__ import annotations

import re

from PySide6.QtCore import QRect, QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from clinic_app.domain.treatment import SiteSide
from clinic_app.ui.compare.chrome import ViewerButton
from clinic_app.ui.compare.injection_sheet import Cell, InjectionSheet, Line
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import painting
from clinic_app.ui.widgets.key_map import KeyMap
from clinic_app.ui.widgets.themed import Plane, Scrolled, TextLabel, Themed
from clinic_app.wording.dose_map import SIDES, no_scores_words
from clinic_app.wording.language import translate

WIDTH = 320
SIDE = 56
"""Width of the column of one side in pixels at 100 %."""
OPENS = "Opens this injection in the record"


def _unbroken(words: str) -> str:
    """A number and its unit stay on one line."""
    return re.sub(r"(?<=\d) (?=(U|mL|%)\b)", "\u00a0", words)


def _side_columns(keeper: ThemeKeeper, width: int, top: int, high: int) -> dict[SiteSide, QRect]:
    """The columns of the patient's right, left, and both of them for the midline, at the end of a row."""
    wide = keeper.px(SIDE)
    left = width - 2 * wide
    right_side = QRect(left, top, wide, high)
    return {
        SiteSide.RIGHT: right_side,
        SiteSide.LEFT: right_side.translated(wide, 0),
        SiteSide.MIDLINE: QRect(left, top, 2 * wide, high),
    }


class SideHeads(Themed):
    """The heads of both columns: R and L, the patient's."""

    def __init__(self, keeper: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(keeper, parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        words = translate("R and L are the patient’s right and left")
        self.setAccessibleName(words)
        self.setToolTip(words)

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(self.keeper.px(120), self.keeper.px(22))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the letters."""
        painter, keeper = QPainter(self), self.keeper
        columns = _side_columns(keeper, self.width(), 0, self.height())
        room = QRect(0, 0, columns[SiteSide.RIGHT].left() - keeper.px(4), self.height())
        painting.text(painter, keeper, room, translate("Patient’s side"), Style.CAPTION, "viewer.text2")
        for side, letter in ((SiteSide.RIGHT, translate("R")), (SiteSide.LEFT, translate("L"))):
            spot = columns[side]
            painting.text(
                painter, keeper, spot, letter, Style.SECTION_SMALL, "viewer.text", align=painting.CENTRE, weight=700
            )
        painting.hairline(painter, keeper, 0, self.width(), self.height() - 1, "viewer.line")


class DoseRow(ViewerButton):
    """One muscle with its units right and left; pressed it opens the injection these are of."""

    def __init__(self, keeper: ThemeKeeper, line: Line, parent: QWidget | None = None) -> None:
        opens = translate(OPENS)
        super().__init__(keeper, f"{line.spoken}. {opens}", parent=parent)
        self.setToolTip("\n".join((*line.spoken.split(". "), opens)))
        self.line = line
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def _room(self, width: int) -> int:
        return width - 2 * self._keeper.px(SIDE) - self._keeper.px(8)

    def hasHeightForWidth(self) -> bool:
        """A long name breaks into lines."""
        return True

    def heightForWidth(self, width: int) -> int:
        """As high as the name, or as a number with its change under it."""
        keeper = self._keeper
        name = painting.wrapped_height(keeper, self.line.name, Style.SECONDARY, self._room(width))
        changed = any(cell.change for _, cell in self.line.cells)
        figures = keeper.line(Style.NAME) + (keeper.line(Style.CAPTION) if changed else 0)
        return max(name, figures) + keeper.px(8)

    def sizeHint(self) -> QSize:
        """As wide as the panel."""
        width = self.width() or self._keeper.px(WIDTH)
        return QSize(self._keeper.px(160), self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """It may be as narrow as the panel makes it."""
        return self.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The name breaks anew."""
        super().resizeEvent(event)
        if event.oldSize().width() != self.width():
            self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint name, numbers and changes."""
        painter, keeper = QPainter(self), self._keeper
        if self.underMouse() or self.isDown():
            painting.box(painter, self.rect(), keeper.px(4), fill=keeper.colour("viewer.group"))
        room = QRect(0, 0, self._room(self.width()), self.height())
        ink = "viewer.text2" if all(cell.gone for _, cell in self.line.cells) else "viewer.text"
        painting.wrapped(painter, keeper, room, self.line.name, Style.SECONDARY, ink)
        for side, spot in _side_columns(keeper, self.width(), 0, self.height()).items():
            cell = self.line.cell(side)
            if cell is not None:
                self._paint_cell(painter, spot, cell)
        if self.hasFocus():
            painting.box(painter, self.rect(), keeper.px(4), line=keeper.colour("viewer.accent"), width=2.0)
        else:
            painting.hairline(painter, keeper, 0, self.width(), self.height() - 1, "viewer.line")

    def _paint_cell(self, painter: QPainter, spot: QRect, cell: Cell) -> None:
        keeper = self._keeper
        number, under = keeper.line(Style.NAME), keeper.line(Style.CAPTION) if cell.change else 0
        top = spot.top() + (spot.height() - number - under) // 2
        line = QRect(spot.left(), top, spot.width(), number)
        ink = "viewer.text2" if cell.gone else "viewer.text"
        painting.text(
            painter, keeper, line, cell.units, Style.BODY, ink, align=painting.CENTRE, weight=600, numbers=True
        )
        if cell.change:
            line = QRect(spot.left(), top + number, spot.width(), under)
            ink = "viewer.text2" if cell.change == "=" else "viewer.measure"
            painting.text(painter, keeper, line, cell.change, Style.CAPTION, ink, align=painting.CENTRE, numbers=True)


class SumRow(Themed):
    """The units of each side together."""

    def __init__(self, keeper: ThemeKeeper, sides: tuple[tuple[SiteSide, str], ...], parent: QWidget) -> None:
        super().__init__(keeper, parent)
        self._sides = dict(sides)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        said = ", ".join(f"{translate(SIDES[side])} {units} U" for side, units in sides)
        self.setAccessibleName(translate("Sum by side: {sides}").format(sides=said))
        self.setToolTip(said)

    def sizeHint(self) -> QSize:
        """One line, a second where there is a midline."""
        high = self.keeper.px(24)
        return QSize(self.keeper.px(120), 2 * high if SiteSide.MIDLINE in self._sides else high)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the sums."""
        painter, keeper = QPainter(self), self.keeper
        high = keeper.px(24)
        columns = _side_columns(keeper, self.width(), 0, high)
        room = QRect(0, 0, columns[SiteSide.RIGHT].left() - keeper.px(4), high)
        painting.text(painter, keeper, room, translate("Sum by side"), Style.SECONDARY, "viewer.text2")
        if SiteSide.MIDLINE in self._sides:
            room.translate(0, high)
            painting.text(painter, keeper, room, translate("Sum in the midline"), Style.SECONDARY, "viewer.text2")
        for side, units in self._sides.items():
            spot = columns[side].translated(0, high if side is SiteSide.MIDLINE else 0)
            painting.text(
                painter, keeper, spot, units, Style.BODY, "viewer.text", align=painting.CENTRE, weight=600, numbers=True
            )


class LinkRow(ViewerButton):
    """Words that lead to an injection; ``leads`` says where."""

    def __init__(self, keeper: ThemeKeeper, words: str, detail: str, leads: str) -> None:
        super().__init__(keeper, ", ".join(part for part in (words, detail, leads) if part))
        self.setToolTip(leads)
        self.words, self.detail = words, detail
        self._lines = _unbroken(words)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def _heights(self, width: int) -> tuple[int, int]:
        keeper = self._keeper
        detail = painting.wrapped_height(keeper, self.detail, Style.CAPTION, width) if self.detail else 0
        return painting.wrapped_height(keeper, self._lines, Style.SECONDARY, width), detail

    def hasHeightForWidth(self) -> bool:
        """Long words break into lines."""
        return True

    def heightForWidth(self, width: int) -> int:
        """All lines."""
        return sum(self._heights(width)) + self._keeper.px(6)

    def sizeHint(self) -> QSize:
        """As wide as the panel."""
        return QSize(self._keeper.px(160), self.heightForWidth(self.width() or self._keeper.px(WIDTH)))

    def minimumSizeHint(self) -> QSize:
        """It may be as narrow as the panel makes it."""
        return self.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The words break anew."""
        super().resizeEvent(event)
        if event.oldSize().width() != self.width():
            self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint words and detail."""
        painter, keeper = QPainter(self), self._keeper
        first, second = self._heights(self.width())
        spot = QRect(0, keeper.px(3), self.width(), first)
        ink = "viewer.text" if self.underMouse() else "viewer.accent"
        painting.wrapped(painter, keeper, spot, self._lines, Style.SECONDARY, ink)
        if self.detail:
            spot = QRect(0, keeper.px(3) + first, self.width(), second)
            painting.wrapped(painter, keeper, spot, self.detail, Style.CAPTION, "viewer.text2")
        if self.hasFocus():
            painting.box(painter, self.rect(), keeper.px(4), line=keeper.colour("viewer.accent"), width=2.0)


class ScoreRow(Themed):
    """The place of a score: A, B and the change, empty until it can be recorded."""

    def __init__(self, keeper: ThemeKeeper, name: str, places: tuple[str, ...], parent: QWidget) -> None:
        super().__init__(keeper, parent)
        self._name, self._places = name, places
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(translate("{name}: nothing recorded").format(name=name))

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(self.keeper.px(120), self.keeper.px(24))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the name and the empty places."""
        painter, keeper = QPainter(self), self.keeper
        wide = keeper.px(46)
        left = self.width() - wide * len(self._places)
        painting.text(
            painter, keeper, QRect(0, 0, left - keeper.px(4), self.height()), self._name, Style.SECONDARY, "viewer.text"
        )
        for number, words in enumerate(self._places):
            spot = QRect(left + number * wide, 0, wide, self.height())
            painting.text(painter, keeper, spot, words, Style.SECONDARY, "viewer.text2", align=painting.CENTRE)


class InjectionPanel(Plane):
    """Says an ``InjectionSheet``. ``session_asked(session_id)``: it is to be opened in the record;
    ``here_asked(session_id)``: shown here; ``hide_asked``; ``again_asked``: what could not be read is to be read once
    more; ``left``: the keyboard goes back to the photographs."""

    session_asked = Signal(int)
    here_asked = Signal(int)
    hide_asked = Signal()
    again_asked = Signal()
    left = Signal()

    def __init__(self, keeper: ThemeKeeper, keys: KeyMap, parent: QWidget | None = None) -> None:
        super().__init__(keeper, "viewer.bar", parent, edge=Qt.Edge.LeftEdge, edge_ink="viewer.line")
        self.setAccessibleName(translate("Injection and doses"))
        self.sheet: InjectionSheet | None = None
        self._shown: tuple[InjectionSheet, bool] | None = None
        self.rows: list[DoseRow] = []
        self.links: list[LinkRow] = []
        self.said: list[str] = []
        """Every sentence of the panel outside of its table, in order."""
        self.close_button = ViewerButton(keeper, translate("Hide the injection"), icon="x", side=28)
        self.close_button.follow(keys, "injection")
        self.close_button.clicked.connect(self.hide_asked)
        head = QHBoxLayout()
        head.addWidget(TextLabel(keeper, translate("Injection and doses"), Style.SECTION, "viewer.text"), 1)
        head.addWidget(self.close_button)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QScrollArea.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.viewport().setAutoFillBackground(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(keeper.px(14), keeper.px(8), keeper.px(4), keeper.px(4))
        column.setSpacing(keeper.px(6))
        column.addLayout(head)
        column.addWidget(self.area, 1)
        self._size_yourself()
        self.show_words("")

    def restyle(self) -> None:
        """Take measures anew."""
        self._size_yourself()
        super().restyle()

    def _size_yourself(self) -> None:
        self.setFixedWidth(self.keeper.px(WIDTH))
        handle = f"QScrollBar::handle {{ background: {self.keeper.theme.viewer.active}; }}"
        self.area.verticalScrollBar().setStyleSheet(handle)

    def show_words(self, words: str, *, again: bool = False) -> None:
        """Nothing but a sentence: what is under way, or why there is nothing."""
        self.sheet = self._shown = None
        column = self._begin()
        self._say(column, words, Style.SECONDARY, "viewer.text2")
        if again:
            button = ViewerButton(self.keeper, translate("Try again"), text=translate("Try again"))
            button.clicked.connect(self.again_asked)
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        self._end(column)

    def show_sheet(self, sheet: InjectionSheet, *, names: bool) -> None:
        """Say everything; ``names``: batches and people too."""
        if self._shown == (sheet, names):
            return
        place = self.area.verticalScrollBar().value() if self.sheet is not None else 0
        same = self.sheet is not None and self.sheet.session_id == sheet.session_id
        self.sheet, self._shown = sheet, (sheet, names)
        column = self._begin()
        self._fill_head(column, sheet)
        self._fill_doses(column, sheet)
        for words in sheet.about if names else ():
            self._say(column, words, Style.SECONDARY, "viewer.text2")
        self._fill_meanwhile(column, sheet)
        self._fill_scores(column)
        if sheet.session_id:
            self._link(column, translate("Open this injection in the record"), "", sheet.session_id)
        self._end(column)
        if same:
            self.area.verticalScrollBar().setValue(place)

    def _begin(self) -> QVBoxLayout:
        self.rows, self.links, self.said = [], [], []
        self._inside = Scrolled()
        column = QVBoxLayout(self._inside)
        column.setContentsMargins(0, 0, self.keeper.px(10), self.keeper.px(8))
        column.setSpacing(self.keeper.px(4))
        return column

    def _end(self, column: QVBoxLayout) -> None:
        column.addStretch(1)
        focus: QWidget | None = QApplication.focusWidget()
        old: QWidget | None = self.area.takeWidget()
        held = old is not None and focus is not None and old.isAncestorOf(focus)
        if old is not None:
            old.deleteLater()
        self.area.setWidget(self._inside)
        self._inside.setAutoFillBackground(False)
        if held:
            self.left.emit()

    def _say(self, column: QVBoxLayout, words: str, style: Style, ink: str) -> None:
        if words:
            self.said.append(words)
            column.addWidget(TextLabel(self.keeper, _unbroken(words), style, ink, wrap=True))

    def _link(self, column: QVBoxLayout, words: str, detail: str, session_id: int) -> None:
        self._add_link(column, LinkRow(self.keeper, words, detail, translate(OPENS)), session_id, self.session_asked)

    def _add_link(self, column: QVBoxLayout, row: LinkRow, session_id: int, asked: SignalInstance) -> None:
        row.clicked.connect(lambda: asked.emit(session_id))
        self.links.append(row)
        column.addWidget(row)

    def _fill_head(self, column: QVBoxLayout, sheet: InjectionSheet) -> None:
        self._say(column, sheet.title, Style.NAME, "viewer.text")
        self._say(column, sheet.places, Style.SECONDARY, "viewer.text2")
        self._say(column, sheet.note, Style.SECONDARY, "viewer.measure")
        self._say(column, " · ".join(sheet.marks), Style.SECONDARY, "viewer.measure")
        if sheet.newest_id:
            row = LinkRow(self.keeper, sheet.newest, "", translate("Shows it here, with its photos"))
            self._add_link(column, row, sheet.newest_id, self.here_asked)

    def _fill_doses(self, column: QVBoxLayout, sheet: InjectionSheet) -> None:
        if not sheet.session_id:
            return
        keeper = self.keeper
        column.addSpacing(keeper.px(6))
        total = QHBoxLayout()
        total.setSpacing(keeper.px(10))
        total.addWidget(TextLabel(keeper, sheet.total, Style.PANEL_TITLE, "viewer.text", wrap=True), 1)
        self.said.append(sheet.total)
        if sheet.total_change:
            self.said.append(sheet.total_change)
            ink = "viewer.text2" if sheet.total_change == "=" else "viewer.measure"
            total.addWidget(TextLabel(keeper, sheet.total_change, Style.NAME, ink))
        column.addLayout(total)
        self._say(column, sheet.measure, Style.SECONDARY, "viewer.text2")
        if sheet.groups:
            column.addWidget(SideHeads(keeper))
        for name, lines in sheet.groups:
            if name and len(sheet.groups) > 1:
                self._say(column, name, Style.CAPTION, "viewer.text2")
            for line in lines:
                row = DoseRow(keeper, line)
                row.clicked.connect(lambda _=False, session_id=line.session_id: self.session_asked.emit(session_id))
                self.rows.append(row)
                column.addWidget(row)
        if sheet.sides:
            column.addWidget(SumRow(keeper, sheet.sides, self))
        self._say(column, sheet.no_sites, Style.SECONDARY, "viewer.text2")
        if sheet.compared_id:
            self._link(column, sheet.compared, "", sheet.compared_id)
        else:
            self._say(column, sheet.compared, Style.SECONDARY, "viewer.text2")

    def _fill_meanwhile(self, column: QVBoxLayout, sheet: InjectionSheet) -> None:
        if not sheet.meanwhile:
            return
        column.addSpacing(self.keeper.px(8))
        self._say(column, translate("Also given meanwhile"), Style.SECTION_SMALL, "viewer.text")
        for one in sheet.meanwhile:
            if one.session_id:
                self._link(column, one.words, one.detail, one.session_id)
            else:
                self._say(column, one.words, Style.SECONDARY, "viewer.text")
                self._say(column, one.detail, Style.CAPTION, "viewer.text2")
        self._say(column, sheet.together, Style.SECONDARY, "viewer.text2")

    def _fill_scores(self, column: QVBoxLayout) -> None:
        column.addSpacing(self.keeper.px(8))
        self._say(column, translate("Scores"), Style.SECTION_SMALL, "viewer.text")
        rows = (
            (translate("Scale"), ("A –", "B –", "±")),
            (translate("Patient’s own rating"), ("– %",)),
        )
        for name, places in rows:
            column.addWidget(ScoreRow(self.keeper, name, places, self))
        self._say(column, no_scores_words(), Style.CAPTION, "viewer.text2")
        column.addSpacing(self.keeper.px(6))
