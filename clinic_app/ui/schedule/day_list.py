"""One day of the calendar as a list: who comes, for what, the last dose, the status, the drug, what else to know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QSizePolicy,
    QStackedLayout,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from clinic_app.domain.calendar_board import CalendarDay, DayLine
from clinic_app.domain.case_page import DayEntry
from clinic_app.domain.schedule import Flag
from clinic_app.ui.schedule.call_table import short_dose
from clinic_app.ui.schedule.carrying import DropLook, Passenger, paint_drop, passenger_of
from clinic_app.ui.schedule.day_marks import paint_hatch, paint_number, paint_places, reasons
from clinic_app.ui.schedule.lines import FLAG_LOOKS, Line, line_of
from clinic_app.ui.schedule.week_board import LOOKS
from clinic_app.ui.schedule.week_grid import booking_sentence
from clinic_app.ui.theme import Style, ThemeKeeper, Tone
from clinic_app.ui.widgets import EmptyState, RowDelegate, painting, prepare_table
from clinic_app.ui.widgets.chips import chip_size, paint_chip
from clinic_app.ui.widgets.rows import Index
from clinic_app.ui.widgets.themed import Themed
from clinic_app.wording.calendar_board import day_sentence
from clinic_app.wording.dates import weekday_day
from clinic_app.wording.language import translate
from clinic_app.wording.schedule import booking_words, drug_words, flag_words, place_words

if TYPE_CHECKING:
    from clinic_app.domain.catalogues import Catalogues

ROW_ROLE = Qt.ItemDataRole.UserRole + 1
PLACE, PATIENT, DIAGNOSIS, GIVEN, STATUS, DRUG = range(6)
LEAST = {PLACE: 46, PATIENT: 116, DIAGNOSIS: 100, GIVEN: 108, STATUS: 100, DRUG: 76}
MOST = {PLACE: 84, PATIENT: 220, DIAGNOSIS: 220, GIVEN: 170, STATUS: 180, DRUG: 190}
"""Widths of columns in pixels at 100 %; between them a column is as wide as what stands in it."""
MEASURED = 200
"""So many rows of a day are measured."""
FLAG = 18
"""Pixels at 100 % a flag takes."""


@dataclass(frozen=True, slots=True)
class DayRow:
    """A row in words: the booking, and a line of the call list for each of its diagnoses that is there."""

    booking: DayEntry
    lines: tuple[Line, ...]

    @property
    def diagnoses(self) -> tuple[str, str]:
        """The diagnosis in two lines, or the first two of several."""
        if len(self.lines) == 1:
            return self.lines[0].diagnosis
        names = [line.diagnosis[0] for line in self.lines]
        return (names[0] if names else "", ", ".join(names[1:]))

    @property
    def person(self) -> str:
        """Number, age and sex; the number alone where no diagnosis is there."""
        return self.lines[0].person if self.lines else self.booking.mrn

    @property
    def flags(self) -> tuple[Flag, ...]:
        """The first three flags of its diagnoses."""
        return tuple(dict.fromkeys(flag for line in self.lines for flag in line.flags))[:3]

    @property
    def drug_missing(self) -> bool:
        """Whether it is said that the drug will not be there."""
        item = self.booking.appointment
        return item.drug.missing and item.status.live

    @property
    def given(self) -> tuple[str, str]:
        """The last dose in two lines: dose and day; of several diagnoses one line each."""
        if len(self.lines) == 1:
            return self.lines[0].given
        doses = [", ".join(part for part in line.given if part) for line in self.lines]
        return (doses[0] if doses else "", "; ".join(doses[1:]))


def row_of(line: DayLine, catalogues: Catalogues, on: date) -> DayRow:
    """The words of a row on a day."""
    return DayRow(line.booking, tuple(line_of(entry, catalogues, on) for entry in line.cases))


class DayModel(QAbstractTableModel):
    """Who comes on a day."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[DayRow, ...] = ()

    def show(self, rows: Sequence[DayRow]) -> None:
        """Show these."""
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """How many come."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        """Place, patient, diagnosis, last dose, status, drug."""
        return 0 if parent.isValid() else DRUG + 1

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        """The column heads."""
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return (
            translate("Place"),
            translate("Patient"),
            translate("Diagnosis"),
            translate("Last injection"),
            translate("Status"),
            translate("Drug"),
        )[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The row, its words for copying, its sentence."""
        row = self.rows[index.row()] if 0 <= index.row() < len(self.rows) else None
        if row is None:
            return None
        if role == ROW_ROLE:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._words(row, index.column())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            flags = [flag_words(flag) for line in row.lines for flag in line.flags]
            parts = [booking_sentence(row.booking), *row.diagnoses, *row.given, *flags]
            return ", ".join(part for part in parts if part)
        return None

    @staticmethod
    def _words(row: DayRow, column: int) -> str:
        item = row.booking.appointment
        flags = [flag_words(flag) for line in row.lines for flag in line.flags]
        cells = {
            PLACE: (place_words(item), row.booking.appointment.injector),
            PATIENT: (row.booking.name, row.person, *flags),
            DIAGNOSIS: row.diagnoses,
            GIVEN: row.given,
            STATUS: (booking_words(item.status), item.reason, item.decided_by),
            DRUG: (drug_words(item.drug),),
        }
        return ", ".join(part for part in cells[column] if part)


class DayDelegate(RowDelegate):
    """Paints the rows of a day."""

    def paint_cell(self, painter: QPainter, rect: QRect, index: Index, option: QStyleOptionViewItem) -> None:
        """One cell."""
        keeper, px = self.keeper, self.keeper.px
        row = index.data(ROW_ROLE)
        if not isinstance(row, DayRow):
            return
        item = row.booking.appointment
        single = keeper.measures.row < px(40)
        side = painting.RIGHT if option.direction == Qt.LayoutDirection.RightToLeft else painting.LEFT
        match index.column():
            case 0:
                second = "" if single else row.booking.appointment.injector
                painting.two_lines(painter, keeper, rect, place_words(item), second, first_style=Style.NAME, align=side)
            case 1:
                flags = row.flags
                painting.two_lines(
                    painter, keeper, rect, row.booking.name, "" if single else row.person,
                    first_style=Style.NAME, align=side, kept=len(flags) * px(FLAG),
                )  # fmt: skip
                for place, flag in enumerate(flags):
                    icon, ink = FLAG_LOOKS[flag]
                    spot = QRect(rect.right() + px(4) - (place + 1) * px(FLAG), rect.bottom() - px(21), px(14), px(14))
                    painting.icon(painter, keeper, painting.mirrored(spot, rect, option.direction), icon, ink, 14)
            case 2:
                painting.two_lines(
                    painter, keeper, rect, row.diagnoses[0], "" if single else row.diagnoses[1], align=side
                )
            case 3:
                first, second = row.given
                if len(row.lines) == 1:
                    first = short_dose(keeper.metrics(Style.BODY), first, rect.width())
                painting.two_lines(painter, keeper, rect, first, "" if single else second, align=side)
            case 4:
                tone, icon = LOOKS[item.status]
                room = rect.adjusted(0, 0, px(10), 0)
                paint_chip(
                    painter, keeper, room, Tone(tone), booking_words(item.status), icon=icon, direction=option.direction
                )
            case _:
                self._paint_drug(painter, rect, row, option.direction, single=single)

    def _paint_drug(
        self, painter: QPainter, rect: QRect, row: DayRow, direction: Qt.LayoutDirection, *, single: bool
    ) -> None:
        """The drug on one line, or on two where the column is narrow."""
        keeper, px = self.keeper, self.keeper.px
        if row.drug_missing:
            spot = painting.mirrored(QRect(rect.left(), rect.top(), px(16), rect.height()), rect, direction)
            painting.icon(painter, keeper, spot, "package-x", "due.fg", 14)
        room = painting.mirrored(rect.adjusted(px(20) if row.drug_missing else 0, 0, 0, 0), rect, direction)
        words, ink = drug_words(row.booking.appointment.drug), "due.fg" if row.drug_missing else "text2"
        side = painting.RIGHT if direction == Qt.LayoutDirection.RightToLeft else painting.LEFT
        if single or keeper.metrics(Style.BODY).horizontalAdvance(words) <= room.width():
            painting.text(painter, keeper, room, words, Style.BODY, ink, align=side)
            return
        first, second = halves(keeper.metrics(Style.SECONDARY), words)
        painting.two_lines(
            painter, keeper, room, first, second, first_style=Style.SECONDARY, first_ink=ink, second_ink=ink, align=side
        )


def halves(metrics: QFontMetrics, words: str) -> tuple[str, str]:
    """Words on two lines, broken where the longer one is shortest; one word stays one."""
    parts = words.split()
    breaks = ((" ".join(parts[:place]), " ".join(parts[place:])) for place in range(1, len(parts)))
    return min(breaks, key=lambda two: max(map(metrics.horizontalAdvance, two)), default=(words, ""))


class DayTable(QTableView):
    """The rows of a day; ``walked`` when another booking is chosen, ``opened`` by Enter or a double click."""

    walked = Signal()
    opened = Signal()
    menu = Signal(QPoint)

    def __init__(self, keeper: ThemeKeeper, model: DayModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self._rows = model
        self._quiet = False
        self.setModel(model)
        prepare_table(keeper, self, translate("Bookings of the day"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setItemDelegate(DayDelegate(keeper, self))
        head = self.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setSectionsClickable(False)
        head.setAccessibleName(translate("Columns of the day"))
        self.selectionModel().currentRowChanged.connect(self._changed)
        keeper.changed.connect(self._columns_anew)
        model.modelReset.connect(self._columns_anew)
        self._measure()

    @property
    def booking(self) -> DayEntry | None:
        """The chosen booking."""
        row = self.currentIndex().row()
        return self._rows.rows[row].booking if 0 <= row < len(self._rows.rows) else None

    def booking_in(self, where: QPoint) -> DayEntry | None:
        """The booking at a place of the rows."""
        row = self.rowAt(where.y())
        return self._rows.rows[row].booking if 0 <= row < len(self._rows.rows) else None

    def choose(self, appointment_id: int) -> None:
        """Choose a booking without a word; another than those shown: none."""
        self._quiet = True
        for row, one in enumerate(self._rows.rows):
            if one.booking.appointment.id == appointment_id:
                self.setCurrentIndex(self._rows.index(row, 0))
                break
        else:
            self.selectionModel().clear()
        self._quiet = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down walk, Enter opens, the menu key is the menu; all others are the view's."""
        key = event.key()
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            if not self.currentIndex().isValid() and self._rows.rows:
                self.setCurrentIndex(self._rows.index(0, 0))
            else:
                super().keyPressEvent(event)
        elif plain and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.booking is not None:
            self.opened.emit()
        elif key == Qt.Key.Key_Menu and self.booking is not None:
            self.menu.emit(self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).bottomLeft()))
        else:
            event.ignore()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the record."""
        if self.booking_in(event.position().toPoint()) is not None:
            self.opened.emit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu of the booking under the pointer."""
        row = self.rowAt(event.pos().y())
        if row >= 0:
            self.setCurrentIndex(self._rows.index(row, 0))
            self.menu.emit(event.globalPos())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Columns share the width."""
        super().resizeEvent(event)
        self._columns()

    def _measure(self) -> None:
        """How wide each column has to be so that nothing in it is cut, and how narrow the drug may be on two lines."""
        keeper, px = self._keeper, self._keeper.px
        styles = (Style.NAME, Style.BODY, Style.SECONDARY, Style.CHIP)
        name, body, small, head = (keeper.metrics(one).horizontalAdvance for one in styles)
        heads = {one: head(self._rows.headerData(one, Qt.Orientation.Horizontal) or "") for one in MOST}
        needs, drug = dict(heads), heads[DRUG]
        for row in self._rows.rows[:MEASURED]:
            item, words = row.booking.appointment, drug_words(row.booking.appointment.drug)
            icon = px(20) if row.drug_missing else 0
            cells = {
                PLACE: name(place_words(item)),
                PATIENT: max(name(row.booking.name), small(row.person) + len(row.flags) * px(FLAG)),
                DIAGNOSIS: max(body(row.diagnoses[0]), small(row.diagnoses[1])),
                GIVEN: max(body(row.given[0]), small(row.given[1])),
                STATUS: chip_size(keeper, booking_words(item.status), icon=True).width() - px(10),
                DRUG: body(words) + icon,
            }
            needs = {one: max(needs[one], cells[one]) for one in needs}
            lines = (words,) if keeper.measures.row < px(40) else halves(keeper.metrics(Style.SECONDARY), words)
            drug = max(drug, icon + max(map(small, lines)))
        edges = px(RowDelegate.LEFT_INSET) + px(RowDelegate.RIGHT_INSET) + 1
        self._needs = {one: min(max(needs[one] + edges, px(LEAST[one])), px(MOST[one])) for one in needs}
        self._narrow_drug = min(max(drug + edges, px(LEAST[DRUG])), self._needs[DRUG])

    def _columns_anew(self) -> None:
        self._measure()
        self._columns()

    def _columns(self) -> None:
        """Each as wide as it needs: the drug gives way first, on two lines, then the diagnosis; the name never."""
        px = self._keeper.px
        widths = dict(self._needs)
        short = sum(widths.values()) - self.viewport().width()
        for column, least in ((DRUG, self._narrow_drug), (DIAGNOSIS, px(LEAST[DIAGNOSIS])), (GIVEN, px(LEAST[GIVEN]))):
            give = min(max(short, 0), max(0, widths[column] - least))
            widths[column] -= give
            short -= give
        if short < 0:
            for column, share in ((PATIENT, 0.4), (DIAGNOSIS, 0.4), (GIVEN, 0.2)):
                widths[column] += int(-short * share)
        for column, width in widths.items():
            self.setColumnWidth(column, width)

    def _changed(self, _: QModelIndex, __: QModelIndex) -> None:
        if not self._quiet and self.booking is not None:
            self.walked.emit()


class DayHead(Themed):
    """Which day it is, its places, and why it is closed."""

    def __init__(self, keeper: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(keeper, parent)
        self.day: date | None = None
        self.board: CalendarDay | None = None
        self.today: date | None = None
        self.look: DropLook | None = None
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.restyle()

    def restyle(self) -> None:
        """Take the height anew."""
        self.setFixedHeight(self.keeper.px(46))
        super().restyle()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it."""
        keeper, px = self.keeper, self.keeper.px
        painter = QPainter(self)
        board, day = self.board, self.day
        if day is None:
            return
        if board is not None and (not board.working or board.away):
            paint_hatch(painter, keeper, self.rect())
        if self.look is not None:
            paint_drop(painter, keeper, self.rect().adjusted(2, 2, -2, -2), px(6), self.look, day)
        spot = QRect(px(12), px(6), px(26), px(22))
        paint_number(painter, keeper, spot, day, self.today, dim=False)
        words = QRect(px(42), px(6), self.width() - px(150), px(22))
        said = [weekday_day(day), *(reasons(board) if board is not None else ())]
        painting.text(painter, keeper, words, " · ".join(said), Style.NAME)
        if board is not None and self.today is not None:
            room = QRect(self.width() - px(100), px(6), px(88), px(22))
            paint_places(painter, keeper, room, QRect(px(12), px(34), self.width() - px(24), px(4)), board, self.today)


class DayList(Themed):
    """A day: its head and its rows."""

    def __init__(self, keeper: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(keeper, parent)
        self.head = DayHead(keeper, self)
        self.model = DayModel(self)
        self.table = DayTable(keeper, self.model, self)
        self.empty = EmptyState(keeper, "calendar", translate("Nobody is booked on this day."), "", self)
        self.stack = QStackedLayout()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addLayout(self.stack, 1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setAccessibleName(translate("Day"))

    def minimumSizeHint(self) -> QSize:
        """Room for a few rows."""
        return QSize(self.keeper.px(300), self.keeper.px(160))

    def show_day(self, day: date, today: date) -> None:
        """Show another day; its rows come by ``show_rows``."""
        if day != self.head.day:
            self.model.show(())
            self.stack.setCurrentWidget(self.table)
        self.head.day, self.head.today = day, today
        self.head.update()

    def show_board(self, board: CalendarDay | None) -> None:
        """Show places and reasons."""
        self.head.board = board
        if board is not None and self.head.today is not None:
            self.setAccessibleName(f"{translate('Day')}: {day_sentence(board, self.head.today)}")
        self.head.update()

    def show_rows(self, rows: Sequence[DayRow]) -> None:
        """Show who comes; the chosen booking stays chosen."""
        chosen = self.table.booking
        had = self.table.hasFocus() or self.hasFocus()
        self.model.show(rows)
        if chosen is not None:
            self.table.choose(chosen.appointment.id)
        self.stack.setCurrentWidget(self.table if rows else self.empty)
        if had and rows:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        elif had:
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def forget(self) -> None:
        """Show nothing of anybody."""
        self.model.show(())
        self.head.day, self.head.board = None, None
        self.setAccessibleName(translate("Day"))
        self.head.update()

    def show_drop(self, look: DropLook | None) -> None:
        """Mark the day."""
        self.head.look = look
        self.head.update()

    def day_at(self, where: QPoint) -> date | None:
        """The day, where the place of the screen lies in it."""
        return self.head.day if self.isVisible() and self.rect().contains(self.mapFromGlobal(where)) else None

    def passenger_at(self, where: QPoint) -> Passenger | None:
        """Whose booking stands at a place of the rows, if it can be moved."""
        return passenger_of(self.table.booking_in(where))
