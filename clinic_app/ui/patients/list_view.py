"""The Patients list: search as you type, and open, compare or create."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QMenu,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from clinic_app.domain.access import Action
from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.errors import ClinicError
from clinic_app.domain.patients import PatientEntry
from clinic_app.ui.context import UiContext
from clinic_app.ui.patients.list_model import DIAGNOSES, LAST, PATIENT, PHONE, PatientsModel
from clinic_app.ui.patients.list_table import PatientsTable
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import (
    Banner,
    Button,
    Card,
    ElidedLabel,
    EmptyState,
    Kind,
    Level,
    Plane,
    SearchField,
    TextLabel,
)
from clinic_app.ui.widgets.role_gate import keep_to_roles
from clinic_app.wording.language import translate
from clinic_app.wording.patient_lines import count_words
from clinic_app.wording.sentences import sentence_of

if TYPE_CHECKING:
    from clinic_app.services import Services

TOPICS = frozenset({Topic.PATIENTS, Topic.CASES, Topic.TREATMENT})


class PatientsView(Plane):
    """Everybody by name, or whoever matches what is typed (``/``).

    Raises intents: ``select_case`` as the row changes, ``open_case`` (Enter, double click), ``compare`` (C),
    ``show_injection`` (Shift+C), ``new_patient``.
    """

    def __init__(self, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, "app", parent)
        self._context = context
        keeper = context.theme
        self.model = PatientsModel(context, self)
        self._wanted: int | None = None
        self._stale = False
        self._sought = 0

        self._title = TextLabel(keeper, translate("Patients"), Style.PAGE_TITLE, parent=self)
        self._count = ElidedLabel(keeper, "", Style.BODY, "text2", self)
        self.search = SearchField(keeper, translate("Name, phone or ID"), key="/", parent=self)
        self.search.edited.connect(self._edited)
        self.search.stepped.connect(self._step)
        self.search.accepted.connect(self._accepted)
        self._new = Button(keeper, translate("New patient"), kind=Kind.PRIMARY, icon="plus", parent=self)
        self._new.clicked.connect(lambda: context.intents.new_patient.emit(""))
        keep_to_roles(context, self._new, Action.REGISTER)
        self._trouble = Banner(keeper, self, can_dismiss=False)
        self._trouble.acted.connect(self.read_again)

        self.table = PatientsTable(keeper, self.model, self.key_in_list, self)
        self.table.menu_asked.connect(self.open_menu)
        self.search.left.connect(lambda: self.table.setFocus(Qt.FocusReason.OtherFocusReason))
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.table.doubleClicked.connect(lambda _: self.open_current())
        self.table.selectionModel().currentRowChanged.connect(self._selected)
        self._empty = EmptyState(keeper, "users", "", "")
        self._empty.acted.connect(lambda: context.intents.new_patient.emit(self.search.words.strip()))
        keep_to_roles(context, self._empty.button, Action.REGISTER)
        self._card = Card(keeper, self)
        self._stack = QStackedWidget(self._card)
        inside = QVBoxLayout(self._card)
        inside.setContentsMargins(1, 5, 1, 5)
        inside.addWidget(self._stack)
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._empty)

        head = QHBoxLayout()
        head.setSpacing(keeper.px(10))
        head.addWidget(self._title)
        head.addWidget(self._count, 1)
        self.search.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.search.setMaximumWidth(keeper.px(320))
        head.addWidget(self.search, 1)
        head.addWidget(self._new)
        self._column = QVBoxLayout(self)
        self._column.addLayout(head)
        self._column.addWidget(self._trouble)
        self._column.addWidget(self._card, 1)
        self.setFocusProxy(self.table)

        slash = QShortcut(QKeySequence("/"), self)
        slash.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        slash.activated.connect(self.focus_search)
        self.model.shown.connect(self._shown)
        self.model.refused.connect(self._refused)
        context.attached.connect(self.read_again)
        context.detached.connect(self._forget)
        context.tasks.changed.connect(self._changed)
        self.restyle()
        if context.open:
            self.read_again()

    def focus_search(self) -> None:
        """The keyboard goes to the search field."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.line.selectAll()

    def show_text(self, words: str) -> None:
        """Search for something."""
        self.search.line.setText(words)

    def read_again(self) -> None:
        """Ask anew, keeping the row."""
        self._wanted = self.current_id()
        self._trouble.clear()
        self.model.search(self.search.words.strip())

    def select_patient(self, patient_id: int, *, anyway: bool = False) -> None:
        """Select a patient and bring the row into sight.

        ``anyway``: a search that hides the patient is given up; without it such a search, and its row, stay.
        """
        hidden = self._stale or self.model.row_of(patient_id) is None
        if anyway and hidden and self.search.words.strip():
            self.search.line.clear()
            self._sought = patient_id
        else:
            self._sought = patient_id
            if not self._stale:
                self._find_sought()

    def shows(self, patient_id: int) -> bool:
        """Whether nothing that was sought hides a patient."""
        return not self.search.words.strip() or (not self._stale and self.model.row_of(patient_id) is not None)

    def current(self) -> PatientEntry | None:
        """The patient of the current row."""
        index = self.table.currentIndex()
        return self.model.entry(index.row()) if index.isValid() else None

    def current_id(self) -> int | None:
        """The id of the current row's patient."""
        entry = self.current()
        return entry.id if entry is not None else None

    def open_current(self) -> None:
        """Show the case page of the current row."""
        entry = self.current()
        if entry is not None:
            self._context.intents.open_case.emit(entry.id, 0)

    def compare_current(self, *, doses: bool = False) -> None:
        """Open the viewer on the first diagnosis of the current row; ``doses``: with those of the injection."""
        entry = self.current()
        if entry is None:
            return
        patient_id = entry.id

        def read(services: Services) -> int:
            cases = services.patients.page(patient_id).cases
            return cases[0].case.id if cases else 0

        def deliver(case_id: int) -> None:
            if self.current_id() != patient_id:
                return
            if case_id and doses:
                self._context.intents.show_injection.emit(case_id, 0)
            elif case_id:
                self._context.intents.compare.emit(case_id)
            else:
                words = translate("{name} has no diagnosis yet: add one to compare photos.").format(name=entry.name)
                self._context.intents.refused.emit(words)

        self._context.tasks.ask(read, deliver, owner=self, key="compare", failed=self._refused)

    def open_menu(self, place: QPoint) -> None:
        """The context menu of the current row."""
        entry = self.current()
        if entry is None:
            return
        intents = self._context.intents
        menu = QMenu(self)
        menu.addAction(translate("Open record") + "\t↵", self.open_current)
        menu.addAction(translate("Compare photos") + "\tC", self.compare_current)
        menu.addAction(translate("Photos and doses") + "\tShift+C", lambda: self.compare_current(doses=True))
        for words, need, act in (
            (translate("Record injection…"), Action.DRAFT_INJECTION, lambda: intents.record_visit.emit(entry.id, 0)),
            (translate("Edit patient…"), Action.REGISTER, lambda: intents.edit_patient.emit(entry.id)),
            (translate("Add diagnosis…"), Action.EDIT_RECORD, lambda: intents.edit_case.emit(entry.id, 0)),
            (translate("Import photos…"), Action.ADD_PHOTOS, lambda: intents.import_pictures.emit(entry.id, ())),
        ):
            keep_to_roles(self._context, menu.addAction(words, act), need)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)

    def key_in_list(self, event: QKeyEvent) -> bool:
        """Keys of the list; answers whether one was meant for it."""
        key = event.key()
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if held == Qt.KeyboardModifier.ShiftModifier and key == Qt.Key.Key_C:
            self.compare_current(doses=True)
            return True
        if held:
            return False
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_current()
        elif key == Qt.Key.Key_C:
            self.compare_current()
        elif key == Qt.Key.Key_Escape and self.search.words:
            self.search.clear()
        else:
            return False
        return True

    def restyle(self) -> None:
        """Take measures anew."""
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
        keeper = self.keeper
        width = self.width() - 2 * keeper.measures.margin_side - 2
        phone = keeper.px(150)
        last = keeper.px(132)
        show_phone = width >= keeper.px(560)
        self.table.setColumnHidden(PHONE, not show_phone)
        rest = max(width - last - (phone if show_phone else 0), keeper.px(240))
        self.table.setColumnWidth(PATIENT, round(rest * 0.46))
        self.table.setColumnWidth(DIAGNOSES, rest - round(rest * 0.46))
        self.table.setColumnWidth(PHONE, phone)
        self.table.setColumnWidth(LAST, last)

    def _edited(self, words: str) -> None:
        self._wanted = None
        self._sought = 0
        if self._context.open:
            self.model.search(words.strip())

    def _shown(self) -> None:
        self._trouble.clear()
        count, words = self.model.count, self.model.words
        self._count.setText("" if not self._context.open else count_words(count))
        if count:
            self._stack.setCurrentWidget(self.table)
            if not self._find_sought():
                row = None if self._wanted is None else self.model.row_of(self._wanted)
                self._select_row(row or 0)
            return
        if words:
            self._empty.show_words(
                translate("Nobody matches “{words}”.").format(words=words),
                translate("Create “{name}”").format(name=words),
                icon="search",
            )
        else:
            self._empty.show_words(translate("No patients yet."), translate("New patient"), icon="users")
        if self._context.open:
            self._stack.setCurrentWidget(self._empty)
            if self.isVisible():
                self._context.intents.select_case.emit(0, 0)

    def _find_sought(self) -> bool:
        """Select the patient who is sought; answers whether there is one in this list."""
        sought = self._sought
        row = self.model.row_of(sought) if sought else None
        if row is not None:
            self._arrive(row)
        elif sought and not self.model.words:
            self._context.tasks.ask(
                lambda s: s.patients.place(sought), self._arrive, owner=self, key="place", failed=self._not_there
            )
        else:
            self._sought = 0
            return False
        return True

    def _arrive(self, row: int) -> None:
        if self._sought and row < self.model.count:
            self._sought = 0
            self._select_row(row)
            self.table.scrollTo(self.model.index(row, 0))

    def _not_there(self, _: ClinicError) -> None:
        self._sought = 0

    def _select_row(self, row: int) -> None:
        index = self.model.index(row, 0)
        flags = QItemSelectionModel.SelectionFlag
        self.table.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)

    def _selected(self, now: QModelIndex, before: QModelIndex) -> None:
        entry = self.model.entry(now.row()) if now.isValid() else None
        if entry is not None and self.isVisible():
            self._context.intents.select_case.emit(entry.id, 0)

    def _step(self, direction: int) -> None:
        if self.model.count:
            row = min(max(self.table.currentIndex().row() + direction, 0), self.model.count - 1)
            self._select_row(row)

    def _accepted(self, modifiers: Qt.KeyboardModifier) -> None:
        if self.model.words != self.search.words.strip():
            return
        if not self.model.count and self.search.words.strip():
            self._context.intents.new_patient.emit(self.search.words.strip())
        elif modifiers & Qt.KeyboardModifier.ControlModifier:
            self.compare_current()
        else:
            self.open_current()

    def _changed(self, changes: Changes) -> None:
        if not changes.topics & TOPICS or not self._context.open:
            return
        if self.isVisible():
            self.read_again()
        else:
            self._stale = True

    def showEvent(self, event: object) -> None:
        """Read what changed meanwhile; say who is selected."""
        if self._stale and self._context.open:
            self._stale = False
            self.read_again()
        elif not self._sought:
            entry = self.current()
            if entry is not None:
                self._context.intents.select_case.emit(entry.id, 0)

    def _refused(self, error: ClinicError) -> None:
        self._trouble.show_words(sentence_of(error), action=translate("Try again"), level=Level.PROBLEM)

    def _forget(self) -> None:
        self.search.line.clear()
        self._trouble.clear()
        self.model.clear()
