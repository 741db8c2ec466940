"""The audit's room: the list, what it is narrowed to, verifying, and the ways out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QStackedWidget, QTableView, QVBoxLayout, QWidget

from clinic_app.domain.access import Action
from clinic_app.domain.audit import AuditReport
from clinic_app.domain.errors import ClinicError
from clinic_app.ui.audit.entry_model import PATIENT, WHAT, WHEN, WHO, AuditModel, EntryDelegate
from clinic_app.ui.audit.filter_bar import AuditFilters, Narrowed
from clinic_app.ui.context import UiContext
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import Banner, Button, Card, EmptyState, Level, RoomPlane, RowTable, TextLabel, prepare_table
from clinic_app.ui.widgets.role_gate import keep_to_roles
from clinic_app.wording.audit import count_words, report_words
from clinic_app.wording.language import translate
from clinic_app.wording.sentences import sentence_of

if TYPE_CHECKING:
    from clinic_app.domain.changes import Changes, Report
    from clinic_app.services import Services
    from clinic_app.ui.tasks import JobHandle


class AuditTable(RowTable):
    """The entries; Enter opens the record of an entry's patient, Escape takes the filters off (``left``)."""

    opened = Signal(int)
    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Escape; letters are no search."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(self.currentIndex().row())
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """The filters do that."""


class AuditView(RoomPlane):
    """Who did what, newest first. ``take_out_wanted`` brings what is listed, how many, and whether on paper."""

    take_out_wanted = Signal(object, int, bool)

    def __init__(self, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, parent)
        self._context = context
        keeper = context.theme
        self.setAccessibleName(translate("Audit"))
        self._job: JobHandle | None = None
        self._patient = 0
        title = TextLabel(keeper, translate("Audit"), Style.PAGE_TITLE, parent=self)
        self.verify = Button(keeper, translate("Verify"), icon="circle-check", parent=self)
        self.verify.setToolTip(translate("Check that every entry is there and unchanged"))
        self.verify.clicked.connect(self.start_verifying)
        self.export = Button(keeper, translate("Export…"), icon="download", parent=self)
        self.export.clicked.connect(lambda: self._take_out(paper=False))
        self.print = Button(keeper, translate("Print…"), icon="printer", parent=self)
        self.print.clicked.connect(lambda: self._take_out(paper=True))
        for button, action in (
            (self.verify, Action.SEE_AUDIT),
            (self.export, Action.EXPORT_AUDIT),
            (self.print, Action.EXPORT_AUDIT),
        ):
            keep_to_roles(context, button, action)
        self.result = Banner(keeper, self)
        self.trouble = Banner(keeper, self, can_dismiss=False)
        self.trouble.acted.connect(self.read_again)
        self.filters = AuditFilters(context, self)
        self.filters.changed.connect(self._narrow)
        self.model = AuditModel(context, self)
        self.table = AuditTable(self)
        prepare_table(keeper, self.table, translate("Audit"))
        self.table.setModel(self.model)
        self.table.setItemDelegate(EntryDelegate(context, self.table, self.model))
        self.table.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.table.horizontalHeader().setSectionsClickable(False)
        self.table.opened.connect(self._open)
        self.table.doubleClicked.connect(lambda index: self._open(index.row()))
        self.empty = EmptyState(keeper, "logs", "")
        self.empty.acted.connect(self.filters.clear)
        card = Card(keeper, self)
        self._stack = QStackedWidget(card)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 5, 1, 5)
        inside.addWidget(self._stack)
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.empty)
        head = QHBoxLayout()
        head.setSpacing(keeper.px(8))
        head.addWidget(title)
        head.addStretch(1)
        for button in (self.verify, self.export, self.print):
            head.addWidget(button)
        self._column.addLayout(head)
        self._column.addWidget(self.result)
        self._column.addWidget(self.trouble)
        self._column.addWidget(self.filters)
        self._column.addWidget(card, 1)
        self.setFocusProxy(self.table)
        slash = QShortcut(QKeySequence("/"), self)
        slash.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        slash.activated.connect(self.filters.patient.setFocus)
        again = QShortcut(QKeySequence("F5"), self)
        again.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        again.activated.connect(self.read_again)
        self.table.left.connect(self.filters.clear)
        self.model.shown.connect(self._shown)
        self.model.refused.connect(self._refused)
        context.detached.connect(self._forget)
        self.restyle()

    def showEvent(self, event: QShowEvent) -> None:
        """Read what was entered meanwhile."""
        super().showEvent(event)
        if self._context.open:
            self.read_again()

    def read_again(self) -> None:
        """Ask anew, with the filters as they are."""
        if not self._context.open:
            return
        self.trouble.clear()
        self.model.narrow(self.filters.narrowed.filter)
        self._context.tasks.ask(
            lambda s: [(user.id, user.name) for user in s.audit.people()],
            self.filters.show_people,
            owner=self,
            key="people",
            failed=lambda _: None,
        )

    def show_patient(self, patient_id: int) -> None:
        """Who looked at this patient."""
        self._patient = patient_id

        def read(services: Services) -> str:
            return services.audit.name_of(patient_id)

        def deliver(name: str) -> None:
            if self._patient == patient_id:
                self.filters.show_patient(patient_id, name)

        self._context.tasks.ask(read, deliver, owner=self, key="patient", failed=self._refused)

    def start_verifying(self) -> None:
        """Verify the whole chain as a job; the window shows how far it is, and stops it."""
        if self._job is not None:
            return
        found: list[AuditReport] = []

        def job(services: Services, report: Report) -> Changes | None:
            found.append(services.audit.verify(report=report))
            return None

        self.result.clear()
        self.verify.set_busy(True)
        self._job = self._context.tasks.run(job, translate("Verifying the audit"))
        self._job.finished.connect(lambda _: self._verified(found[0]))
        self._job.failed.connect(self._refused)
        self._job.cancelled.connect(
            lambda: self.result.show_words(translate("Verifying was stopped; nothing is known."), level=Level.WARNING)
        )
        self._job.ended.connect(self._verifying_ended)

    def _lay_columns(self) -> None:
        px = self.keeper.px
        width = self.width() - 2 * self.keeper.measures.margin_side - 2
        when, who, patient = px(112), px(150), px(190)
        self.table.setColumnHidden(PATIENT, width < px(620))
        rest = width - when - who - (0 if width < px(620) else patient)
        for column, wide in ((WHEN, when), (WHO, who), (WHAT, max(rest, px(200))), (PATIENT, patient)):
            self.table.setColumnWidth(column, wide)

    def _narrow(self, wanted: Narrowed) -> None:
        if self._context.open:
            self.trouble.clear()
            self.model.narrow(wanted.filter)

    def _shown(self) -> None:
        count = self.model.count
        self.filters.show_total(count_words(count) if self._context.open else "")
        self.export.setEnabled(count > 0)
        self.print.setEnabled(count > 0)
        if count:
            self._stack.setCurrentWidget(self.table)
            self.table.scrollToTop()
            self.table.setCurrentIndex(self.model.index(0, 0))
            return
        if self.filters.narrowed != Narrowed():
            self.empty.show_words(translate("No entry matches."), translate("Clear filters"), icon="search")
        else:
            self.empty.show_words(translate("There is nothing of the audit you may see yet."), icon="logs")
        self._stack.setCurrentWidget(self.empty)

    def _open(self, row: int) -> None:
        entry = self.model.entry(row) if row >= 0 else None
        if entry is not None and entry.patient_id is not None and entry.mrn:
            self._context.intents.open_case.emit(entry.patient_id, 0)

    def _take_out(self, *, paper: bool) -> None:
        self.take_out_wanted.emit(self.filters.narrowed, self.model.count, paper)

    def _verified(self, report: AuditReport) -> None:
        level = Level.INFO if report.intact else Level.PROBLEM
        self.result.show_words(report_words(report), level=level)

    def _verifying_ended(self) -> None:
        self._job = None
        self.verify.set_busy(False)

    def _refused(self, error: ClinicError) -> None:
        self.trouble.show_words(sentence_of(error), action=translate("Try again"), level=Level.PROBLEM)

    def _forget(self) -> None:
        self.result.clear()
        self.trouble.clear()
        self.filters.clear()
        self.filters.show_people(())
        self.model.clear()
