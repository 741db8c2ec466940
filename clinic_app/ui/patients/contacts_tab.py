"""The Contacts tab: calls and bookings of a patient, newest first."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QRect, Qt, Signal
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QStackedWidget,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from clinic_app.domain.access import Action
from clinic_app.domain.case_page import CasePage
from clinic_app.domain.schedule import Appointment, ContactAttempt
from clinic_app.ui.context import UiContext
from clinic_app.ui.patients.lines import call_icon, diagnosis_words
from clinic_app.ui.widgets import Button, Card, EmptyState, RowDelegate, painting, prepare_table
from clinic_app.ui.widgets.role_gate import keep_to_roles
from clinic_app.ui.widgets.rows import Index
from clinic_app.wording.dates import day as day_words
from clinic_app.wording.dates import weekday_day
from clinic_app.wording.language import translate
from clinic_app.wording.patient_lines import phone_number
from clinic_app.wording.schedule import booking_words, call_words, drug_words, place_words

WHAT, WHEN, DIAGNOSIS, NOTES = range(4)


class ContactsModel(QAbstractTableModel):
    """Calls and bookings in one list."""

    def __init__(self, context: UiContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._rows: list[ContactAttempt | Appointment] = []
        self._names: dict[int, str] = {}
        self._today = date.min

    def show_page(self, page: CasePage | None) -> None:
        """Show a patient's."""
        self.beginResetModel()
        self._rows = []
        if page is not None:
            self._today = page.today
            catalogues = self._context.catalogues
            self._names = {one.case.id: diagnosis_words(catalogues, one.case) for one in page.cases}
            rows: list[ContactAttempt | Appointment] = [*page.calls, *page.appointments]
            self._rows = sorted(rows, key=_day_of, reverse=True)
        self.endResetModel()

    def row(self, row: int) -> ContactAttempt | Appointment:
        """The call or booking of a row."""
        return self._rows[row]

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """How many."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        """What, when, diagnosis, notes."""
        return 0 if parent.isValid() else 4

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The words of a column head."""
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        return (translate("Call or booking"), translate("Day"), translate("Diagnosis"), translate("Notes"))[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Both lines of a cell."""
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return "\n".join(part for part in self.lines(index.row(), index.column()) if part)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            cells = [part for column in range(4) for part in self.lines(index.row(), column)]
            return ", ".join(part for part in cells if part)
        return None

    def icon(self, row: int) -> tuple[str, str]:
        """Drawing and ink of a row."""
        found = self._rows[row]
        if isinstance(found, ContactAttempt):
            return call_icon(found.outcome), "text2"
        if found.status.live:
            return "calendar-check", "booked.fg"
        return "calendar-x", "text2"

    def lines(self, row: int, column: int) -> tuple[str, str]:
        """The two lines of a cell."""
        found = self._rows[row]
        if isinstance(found, ContactAttempt):
            match column:
                case 0:
                    again = found.call_again_on
                    told = "" if again is None else translate("call again {day}").format(day=day_words(again))
                    if told and found.call_again_at is not None:
                        told = f"{told}, {found.call_again_at:%H:%M}"
                    return call_words(found), told
                case 1:
                    return day_words(found.at.date()), f"{found.at:%H:%M}"
                case 2:
                    return self._names.get(found.case_id, ""), ""
                case _:
                    number = phone_number(found.phone_number) if found.phone_number else ""
                    who = " · ".join(part for part in (number, found.spoke_to, found.by) if part)
                    return (found.note, who) if found.note else (who, "")
        match column:
            case 0:
                return translate("Booking {place}").format(place=place_words(found)), booking_words(found.status)
            case 1:
                return weekday_day(found.day), ""
            case 2:
                return ", ".join(self._names.get(one, "") for one in found.case_ids), ""
            case _:
                early = " · ".join(part for part in (found.reason, found.decided_by) if part)
                drug = drug_words(found.drug)
                return (found.note or drug), (early or (drug if found.note else ""))


class ContactsDelegate(RowDelegate):
    """Two lines, the first cell with its drawing."""

    def __init__(self, context: UiContext, model: ContactsModel, view: QTableView) -> None:
        super().__init__(context.theme, view)
        self._model = model

    def paint_cell(self, painter: QPainter, rect: QRect, index: Index, option: QStyleOptionViewItem) -> None:
        """Paint a cell."""
        first, second = self._model.lines(index.row(), index.column())
        if index.column() == WHAT:
            name, ink = self._model.icon(index.row())
            spot = QRect(rect.left(), rect.top(), self.keeper.px(16), rect.height())
            painting.icon(painter, self.keeper, spot, name, ink, 16)
            rect = rect.adjusted(self.keeper.px(26), 0, 0, 0)
        painting.two_lines(painter, self.keeper, rect, first, second)


class ContactsTab(QWidget):
    """Calls and bookings with their buttons. ``call_asked`` and ``book_asked`` bring a place for a menu or None."""

    call_asked = Signal()
    book_asked = Signal()
    correct_asked = Signal(object)
    """(ContactAttempt): a logged call is to be set right."""

    def __init__(self, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        keeper = context.theme
        self.model = ContactsModel(context, self)
        self.table = QTableView(self)
        prepare_table(keeper, self.table, translate("Calls and bookings"))
        self.table.setModel(self.model)
        self.table.setItemDelegate(ContactsDelegate(context, self.model, self.table))
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._call = Button(keeper, translate("Log a call"), icon="phone", small=True, parent=self)
        self._call.clicked.connect(self.call_asked)
        self._correct = Button(keeper, translate("Correct call…"), icon="pencil", small=True, parent=self)
        self._correct.setToolTip(translate("The selected call is taken back and written anew; both stay in History"))
        self._correct.clicked.connect(self._ask_correction)
        self._book = Button(keeper, translate("Book a visit"), icon="calendar-plus", small=True, parent=self)
        self._book.clicked.connect(self.book_asked)
        self.table.doubleClicked.connect(lambda _: self._ask_correction())
        for button in (self._call, self._book, self._correct):
            keep_to_roles(context, button, Action.REGISTER)
        bar = QHBoxLayout()
        bar.setSpacing(keeper.px(8))
        bar.addWidget(self._call)
        bar.addWidget(self._book)
        bar.addWidget(self._correct)
        bar.addStretch(1)
        empty = EmptyState(keeper, "phone", translate("No calls and no bookings yet."))
        card = Card(keeper, self)
        self._stack = QStackedWidget(card)
        self._stack.addWidget(self.table)
        self._stack.addWidget(empty)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 5, 1, 5)
        inside.addWidget(self._stack)
        self._column = QVBoxLayout(self)
        self._column.addLayout(bar)
        self._column.addWidget(card, 1)
        self.setFocusProxy(self.table)
        keeper.changed.connect(self._restyle)
        self._restyle()

    def show_page(self, page: CasePage) -> None:
        """Show a patient's calls and bookings."""
        self.model.show_page(page)
        self._stack.setCurrentIndex(0 if self.model.rowCount() else 1)
        able = bool(page.cases) and not page.patient.departed
        self._call.setEnabled(able)
        self._book.setEnabled(able)

    def _ask_correction(self) -> None:
        index = self.table.currentIndex()
        row = self.model.row(index.row()) if index.isValid() else None
        if isinstance(row, ContactAttempt):
            self.correct_asked.emit(row)
        else:
            self._context.intents.refused.emit(translate("Select a call first."))

    def forget(self) -> None:
        """Show nobody's."""
        self.model.show_page(None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width among the columns."""
        super().resizeEvent(event)
        width = self.width() - 2 * self._context.theme.measures.margin_side - 2
        for column, share in ((WHAT, 0.26), (WHEN, 0.17), (DIAGNOSIS, 0.27), (NOTES, 0.30)):
            self.table.setColumnWidth(column, round(width * share))

    def _restyle(self) -> None:
        measures = self._context.theme.measures
        side = measures.margin_side
        self._column.setContentsMargins(side, measures.block_gap, side, measures.margin_bottom)
        self._column.setSpacing(self._context.theme.px(8))


def _day_of(row: ContactAttempt | Appointment) -> tuple[date, int]:
    return (row.at.date(), row.id) if isinstance(row, ContactAttempt) else (row.day, row.id)
