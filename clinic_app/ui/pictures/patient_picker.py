"""Whose photographs these are: a search with its list, by keyboard throughout."""

from __future__ import annotations

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QStyleOptionViewItem, QVBoxLayout, QWidget

from clinic_app.domain.patients import PatientEntry, Sex
from clinic_app.ui.context import UiContext
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import Card, RowDelegate, SearchField, TextLabel, Themed, paint_disc, painting
from clinic_app.wording.language import translate

Index = QModelIndex | QPersistentModelIndex
MOST = 50
"""Patients shown at once; further letters narrow them down."""

_SEXES = {Sex.FEMALE: "F", Sex.MALE: "M"}


class EntriesModel(QAbstractListModel):
    """The patients found."""

    def __init__(self, context: UiContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self.entries: tuple[PatientEntry, ...] = ()

    def show_entries(self, entries: tuple[PatientEntry, ...]) -> None:
        """Show others."""
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """How many."""
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The name, or the whole row as a sentence for a screen reader."""
        entry = self.entries[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(part for part in (entry.name, self.second_line(entry)) if part)
        return None

    def second_line(self, entry: PatientEntry) -> str:
        """Number, age and sex, diagnoses."""
        years = entry.birth.years_on(self._context.today())
        age = f"{years if years is not None else ''} {_SEXES.get(entry.sex, '')}".strip()
        known = self._context.catalogues.conditions
        cases = ", ".join(dict.fromkeys(known[code].name for code, _ in entry.cases if code in known))
        return " · ".join(part for part in (entry.mrn, age, cases) if part)


class EntryDelegate(RowDelegate):
    """Initials, name, and what tells people of one name apart."""

    def paint_cell(self, painter: QPainter, rect: QRect, index: Index, option: QStyleOptionViewItem) -> None:
        """Paint one patient."""
        model = index.model()
        if not isinstance(model, EntriesModel):
            return
        entry = model.entries[index.row()]
        keeper = self.keeper
        direction = Qt.LayoutDirection(option.direction)
        side = keeper.px(28)
        disc = QRect(rect.left(), rect.top() + (rect.height() - side) // 2, side, side)
        paint_disc(painter, keeper, painting.mirrored(disc, rect, direction), entry.name)
        words = painting.mirrored(rect.adjusted(side + keeper.px(10), 0, 0, 0), rect, direction)
        align = painting.RIGHT if direction == Qt.LayoutDirection.RightToLeft else painting.LEFT
        second = model.second_line(entry)
        painting.two_lines(painter, keeper, words, entry.name, second, first_style=Style.NAME, align=align)


class PatientPicker(Themed):
    """A search field over a list; ``picked`` brings (patient_id, name), ``left`` a second Escape."""

    picked = Signal(int, str)
    left = Signal()

    def __init__(self, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, parent)
        keeper: ThemeKeeper = context.theme
        self._context = context
        self._not_this = 0
        self.question = TextLabel(keeper, "", Style.SECTION, "text", self, wrap=True)
        self.search = SearchField(keeper, translate("Name, phone or ID"), key="", parent=self)
        self.search.edited.connect(lambda _: self._read())
        self.search.accepted.connect(lambda _: self._pick(self.found.currentIndex()))
        self.search.stepped.connect(self._step)
        self.search.left.connect(self.left)
        card = Card(keeper, self)
        self.model = EntriesModel(context, self)
        self.found: QListView = QListView(card)
        self.found.setModel(self.model)
        self.found.setItemDelegate(EntryDelegate(keeper, self.found))
        self.found.setAccessibleName(translate("Patients found"))
        self.found.setFrameShape(QFrame.Shape.NoFrame)
        self.found.setUniformItemSizes(True)
        self.found.setMouseTracking(True)
        self.found.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.found.activated.connect(self._pick)
        self.found.clicked.connect(self._pick)
        self.nobody = TextLabel(keeper, translate("No one matches."), Style.BODY, "text2", card)
        self.nobody.setAlignment(Qt.AlignmentFlag.AlignCenter)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 6, 1, 6)
        inside.addWidget(self.found, 1)
        inside.addWidget(self.nobody, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.question)
        column.addWidget(self.search)
        column.addWidget(card, 1)
        self.setFocusProxy(self.search)

    def ask(self, question: str, *, not_this: int = 0) -> None:
        """Start anew; ``not_this`` is a patient who is no answer."""
        self._not_this = not_this
        self.question.setText(question)
        self.search.clear()
        self._read()
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def clear(self) -> None:
        """Nothing of a patient stays."""
        self.search.clear()
        self.model.show_entries(())

    def _read(self) -> None:
        if not self._context.open:
            return
        typed = self.search.words
        self._context.tasks.ask(
            lambda services: services.patients.entries(typed, 0, MOST), self._show, owner=self, key="entries"
        )

    def _show(self, entries: tuple[PatientEntry, ...]) -> None:
        self.model.show_entries(tuple(one for one in entries if one.id != self._not_this))
        some = self.model.rowCount() > 0
        self.found.setVisible(some)
        self.nobody.setVisible(not some)
        if some:
            self.found.setCurrentIndex(self.model.index(0))

    def _step(self, step: int) -> None:
        row = min(max(self.found.currentIndex().row() + step, 0), self.model.rowCount() - 1)
        if row >= 0:
            self.found.setCurrentIndex(self.model.index(row))

    def _pick(self, index: Index) -> None:
        if index.isValid() and index.row() < len(self.model.entries):
            entry = self.model.entries[index.row()]
            self.picked.emit(entry.id, entry.name)
