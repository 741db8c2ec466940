"""The rows of the audit, fetched a page at a time, so that a hundred thousand entries cost one screenful."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QRect, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from clinic_app.domain.audit import AuditEntry, AuditFilter, Outcome
from clinic_app.domain.errors import ClinicError
from clinic_app.ui.context import UiContext
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import RowDelegate, painting
from clinic_app.ui.widgets.rows import Index
from clinic_app.wording.audit import detail_words, entry_sentence, patient_words, roles_words, second_words, who_words
from clinic_app.wording.language import translate

if TYPE_CHECKING:
    from clinic_app.services import Services
    from clinic_app.services.audit import AuditPage

PAGE = 60
KEPT_PAGES = 40
WHEN, WHO, WHAT, PATIENT = range(4)


class AuditModel(QAbstractTableModel):
    """The entries a filter finds. ``shown`` comes when the answer to a new filter is there.

    The list stands still while it is read: entries made since are there after the next ``narrow``.
    """

    shown = Signal()
    refused = Signal(object)

    def __init__(self, context: UiContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.filter = AuditFilter()
        self._count = 0
        self._pages: dict[int, tuple[AuditEntry, ...]] = {}
        self._asked: set[int] = set()
        self._round = 0

    @property
    def count(self) -> int:
        """How many entries there are."""
        return self._count

    def narrow(self, wanted: AuditFilter) -> None:
        """Ask for the entries of a filter; the old rows stay until the answer is there."""
        self._round += 1
        turn = self._round

        def read(services: Services) -> AuditPage:
            return services.audit.page(wanted, PAGE)

        def deliver(page: AuditPage) -> None:
            if turn == self._round:
                self._show(wanted, page.count, page.up_to, page.entries)

        self._context.tasks.ask(read, deliver, owner=self, key="narrow", failed=self._failed)

    def clear(self) -> None:
        """Forget everything (the clinic was closed)."""
        self._round += 1
        self._show(AuditFilter(), 0, 0, ())

    def entry(self, row: int) -> AuditEntry | None:
        """The entry of a row; None while its page is on its way (it is asked for)."""
        page, place = divmod(row, PAGE)
        found = self._pages.get(page)
        if found is None:
            self._fetch(page)
            return None
        return found[place] if place < len(found) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """How many entries there are."""
        return 0 if parent.isValid() else self._count

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        """When, who, what, patient."""
        return 0 if parent.isValid() else 4

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The words of a column head."""
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        return (translate("When"), translate("Who"), translate("What"), translate("Patient"))[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Both lines of a cell; a row reads as one sentence."""
        if role not in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.ToolTipRole,
            Qt.ItemDataRole.AccessibleTextRole,
        ):
            return None
        entry = self.entry(index.row())
        if entry is None:
            return None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            parts = (second_words(entry.at), entry_sentence(entry), patient_words(entry), detail_words(entry))
            return ", ".join(part for part in parts if part)
        first, second = self.lines(entry, index.column())
        return "\n".join(part for part in (first, second) if part)

    @staticmethod
    def lines(entry: AuditEntry, column: int) -> tuple[str, str]:
        """The two lines of a cell."""
        match column:
            case 0:
                moment = second_words(entry.at)
                return moment[:-9], moment[-8:]
            case 1:
                return who_words(entry), roles_words(entry)
            case 2:
                return entry_sentence(entry), detail_words(entry)
            case _:
                if entry.patient_name:
                    return entry.patient_name, entry.mrn
                return patient_words(entry), ""

    def _show(self, wanted: AuditFilter, count: int, up_to: int, first: tuple[AuditEntry, ...]) -> None:
        from dataclasses import replace

        self.beginResetModel()
        self.filter = replace(wanted, up_to=up_to)
        self._count = count
        self._pages = {0: first} if count else {}
        self._asked.clear()
        self.endResetModel()
        self.shown.emit()

    def _fetch(self, page: int) -> None:
        if page in self._asked or not self._context.open:
            return
        self._asked.add(page)
        wanted, turn = self.filter, self._round

        def read(services: Services) -> tuple[AuditEntry, ...]:
            return services.audit.entries(wanted, page * PAGE, PAGE)

        def deliver(found: tuple[AuditEntry, ...]) -> None:
            self._asked.discard(page)
            if turn != self._round:
                return
            if len(self._pages) >= KEPT_PAGES:
                self._pages.pop(next(iter(self._pages)))
            self._pages[page] = found
            last = min((page + 1) * PAGE, self._count) - 1
            self.dataChanged.emit(self.index(page * PAGE, 0), self.index(last, 3))

        self._context.tasks.ask(read, deliver, owner=self, failed=self._failed)

    def _failed(self, error: ClinicError) -> None:
        self._asked.clear()
        self.refused.emit(error)


class EntryDelegate(RowDelegate):
    """Two lines a cell; what was refused or failed is marked by its drawing and its words."""

    def __init__(self, context: UiContext, view: object, model: AuditModel) -> None:
        super().__init__(context.theme, view)  # type: ignore[arg-type]  # the table it is for
        self._model = model

    def paint_cell(self, painter: QPainter, rect: QRect, index: Index, option: QStyleOptionViewItem) -> None:
        """Paint both lines; a pale bar while the page is on its way."""
        keeper = self.keeper
        entry = self._model.entry(index.row())
        if entry is None:
            bar = QRect(rect.left(), rect.center().y() - keeper.px(4), min(rect.width(), keeper.px(90)), keeper.px(8))
            painting.box(painter, bar, keeper.px(4), fill=keeper.colour("track"))
            return
        first, second = self._model.lines(entry, index.column())
        ink = "text"
        if index.column() == WHAT and entry.outcome is not Outcome.DONE:
            ink = "overdue.fg"
            spot = QRect(rect.left(), rect.top(), keeper.px(16), rect.height())
            place = painting.mirrored(spot, rect, option.direction)
            painting.icon(painter, keeper, place, "circle-alert", ink, 16)
            rtl = option.direction == Qt.LayoutDirection.RightToLeft
            rect = rect.adjusted(0 if rtl else keeper.px(24), 0, -keeper.px(24) if rtl else 0, 0)
        style = Style.NAME if index.column() == WHAT else Style.BODY
        align = painting.RIGHT if option.direction == Qt.LayoutDirection.RightToLeft else painting.LEFT
        painting.two_lines(painter, keeper, rect, first, second, first_style=style, first_ink=ink, align=align)
