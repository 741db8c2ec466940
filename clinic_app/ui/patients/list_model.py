"""The rows of the Patients list, fetched a page at a time, so that a hundred thousand patients cost one screenful."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt, Signal

from clinic_app.domain.cases import Side
from clinic_app.domain.errors import ClinicError
from clinic_app.domain.patients import PatientEntry
from clinic_app.ui.context import UiContext
from clinic_app.ui.widgets.rows import Index
from clinic_app.wording.calendar import short_day
from clinic_app.wording.cases import condition_lines
from clinic_app.wording.dates import day as day_words
from clinic_app.wording.language import translate
from clinic_app.wording.patient_lines import do_not_call_words, phone_number
from clinic_app.wording.patients import age_sex_words, person_line
from clinic_app.wording.schedule import since_words

if TYPE_CHECKING:
    from clinic_app.services import Services

PAGE = 40
KEPT_PAGES = 40
PATIENT, DIAGNOSES, PHONE, LAST = range(4)


class PatientsModel(QAbstractTableModel):
    """Patients that match what was typed. ``shown`` comes when the answer to a search is there."""

    shown = Signal()
    refused = Signal(object)

    def __init__(self, context: UiContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._count = 0
        self._pages: dict[int, tuple[PatientEntry, ...]] = {}
        self._asked: set[int] = set()
        self._cells: dict[int, tuple[tuple[str, str], ...]] = {}
        self._words = ""
        self._round = 0

    @property
    def words(self) -> str:
        """What was searched for."""
        return self._words

    @property
    def count(self) -> int:
        """How many match."""
        return self._count

    def search(self, words: str) -> None:
        """Ask for the patients that match; the old rows stay until the answer is there."""
        self._round += 1
        turn = self._round

        def read(services: Services) -> tuple[int, tuple[PatientEntry, ...]]:
            return services.patients.first_page(words, PAGE)

        def deliver(answer: tuple[int, tuple[PatientEntry, ...]]) -> None:
            if turn == self._round:
                self._show(words, *answer)

        self._context.tasks.ask(read, deliver, owner=self, key="search", failed=self._failed)

    def clear(self) -> None:
        """Forget everybody (the clinic was closed)."""
        self._round += 1
        self._show("", 0, ())

    def entry(self, row: int) -> PatientEntry | None:
        """The patient of a row; None while the page is on its way (it is asked for)."""
        page, place = divmod(row, PAGE)
        found = self._pages.get(page)
        if found is None:
            self._fetch(page)
            return None
        return found[place] if place < len(found) else None

    def row_of(self, patient_id: int) -> int | None:
        """The row of a patient among the pages that are here."""
        for page, entries in self._pages.items():
            for place, entry in enumerate(entries):
                if entry.id == patient_id:
                    return page * PAGE + place
        return None

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """How many match."""
        return 0 if parent.isValid() else self._count

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        """Patient, diagnoses, phone, last injection."""
        return 0 if parent.isValid() else 4

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The words of a column head."""
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        return (translate("Patient"), translate("Diagnoses"), translate("Phone"), translate("Last injection"))[section]

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
            return self.sentence(entry)
        first, second = self.lines(entry, index.column())
        return "\n".join(part for part in (first, second) if part)

    def lines(self, entry: PatientEntry, column: int) -> tuple[str, str]:
        """The two lines of a cell."""
        today = self._context.today()
        match column:
            case 0:
                return entry.name, person_line(entry.mrn, entry.birth, entry.sex, today)
            case 1:
                named = self.diagnoses(entry)
                return (named[0] if named else ""), ", ".join(named[1:])
            case 2:
                return phone_number(entry.phone) if entry.may_be_called else do_not_call_words(), entry.matched
            case _:
                return (short_day(entry.last_on, today), _ago(entry.last_on, today)) if entry.last_on else ("", "")

    def cells(self, entry: PatientEntry) -> tuple[tuple[str, str], ...]:
        """The two lines of every cell of a row, remembered while these rows are shown."""
        found = self._cells.get(entry.id)
        if found is None:
            found = self._cells[entry.id] = tuple(self.lines(entry, column) for column in range(4))
        return found

    def diagnoses(self, entry: PatientEntry) -> list[str]:
        """The diagnoses in words, side included."""
        catalogues = self._context.catalogues
        answer = []
        for code, side in entry.cases:
            condition = catalogues.conditions.get(code)
            if condition is None:
                answer.append(code)
                continue
            lines = condition_lines(condition, Side(side) if side else None, "")
            answer.append(", ".join(part for part in lines if part))
        return answer

    def sentence(self, entry: PatientEntry) -> str:
        """The whole row as a screen reader says it."""
        parts = [
            entry.name,
            entry.mrn,
            age_sex_words(entry.birth, entry.sex, self._context.today()),
            *self.diagnoses(entry),
        ]
        if not entry.may_be_called:
            parts.append(do_not_call_words())
        elif entry.phone:
            parts.append(translate("phone {number}").format(number=entry.phone))
        if entry.last_on:
            parts.append(translate("last injection {day}").format(day=day_words(entry.last_on)))
        return ", ".join(part for part in parts if part)

    def _show(self, words: str, count: int, first: tuple[PatientEntry, ...]) -> None:
        self.beginResetModel()
        self._words = words
        self._count = count
        self._pages = {0: first} if count else {}
        self._asked.clear()
        self._cells.clear()
        self.endResetModel()
        self.shown.emit()

    def _fetch(self, page: int) -> None:
        if page in self._asked or not self._context.open:
            return
        self._asked.add(page)
        words, turn = self._words, self._round

        def read(services: Services) -> tuple[PatientEntry, ...]:
            return services.patients.entries(words, page * PAGE, PAGE)

        def deliver(found: tuple[PatientEntry, ...]) -> None:
            self._asked.discard(page)
            if turn != self._round:
                return
            if len(self._pages) >= KEPT_PAGES:
                self._pages.pop(next(iter(self._pages)))
            self._pages[page] = found
            for entry in found:
                self._cells.pop(entry.id, None)
            last = min((page + 1) * PAGE, self._count) - 1
            self.dataChanged.emit(self.index(page * PAGE, 0), self.index(last, 3))

        self._context.tasks.ask(read, deliver, owner=self, failed=self._failed)

    def _failed(self, error: ClinicError) -> None:
        self._asked.clear()
        self.refused.emit(error)


def _ago(last: date, today: date) -> str:
    if last >= today:
        return since_words(last, today)
    return translate("{time} ago").format(time=since_words(last, today))
