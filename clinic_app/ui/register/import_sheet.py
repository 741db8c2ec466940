"""A clinic's own spreadsheet coming in: columns, check, import, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths, Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from clinic_app.domain.changes import Changes, Progress
from clinic_app.domain.errors import Cancelled, ClinicError
from clinic_app.domain.register import (
    DateOrder,
    DatesAmbiguous,
    RegisterField,
    RegisterMapping,
    RegisterReading,
    interpret,
    propose_mapping,
)
from clinic_app.domain.register_mapping import NEEDED_FIELDS
from clinic_app.domain.spreadsheets import Table
from clinic_app.ui.context import UiContext
from clinic_app.ui.register.column_table import RegisterTable
from clinic_app.ui.register.fates import FATE_LOOKS, Fate, RowFate, fates_of, general_words, key_words, places_of
from clinic_app.ui.register.quiet import without_pauses
from clinic_app.ui.register.reasons import AskTarget, Reason, ReasonsList, ask_target, reasons_of
from clinic_app.ui.tasks import JobHandle
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import (
    Button,
    Card,
    FilterChip,
    Kind,
    Level,
    LinkButton,
    ProgressStrip,
    Remark,
    TextLabel,
    Themed,
    Tile,
)
from clinic_app.ui.widgets.drop_area import DropArea
from clinic_app.ui.widgets.themed import Plane
from clinic_app.ui.widgets.wide_sheet import WideSheet
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.register import note_sentence
from clinic_app.wording.sentences import sentence_of

if TYPE_CHECKING:
    from clinic_app.services.register import RegisterColumns, RegisterReport

REGISTER_ENDINGS = (".xlsx", ".xlsm", ".csv", ".tsv", ".txt")
"""File endings that mean a register when they are dropped on the window."""
READ_AFTER = 150
"""Milliseconds after the last change of a column until the rows are read anew."""
AskFile = Callable[[QWidget, str], str]


def ask_file(parent: QWidget, folder: str) -> str:
    """The computer's own dialog for a file."""
    kinds = translate("Spreadsheets (*.xlsx *.csv *.tsv *.txt)")
    found, _ = QFileDialog.getOpenFileName(
        parent, translate("Import a register"), folder, f"{kinds};;{translate('All files (*)')}"
    )
    return found


@dataclass(frozen=True, slots=True)
class _Read:
    """A reading with the fate of each row, made in a worker."""

    reading: RegisterReading
    fates: dict[int, RowFate]
    places: dict[Fate, list[int]]


class RegisterImportSheet(WideSheet):
    """The room for a register: built for one file, or kept and opened with one. ``imported`` brings the report."""

    imported = Signal(object)

    def __init__(
        self,
        context: UiContext,
        host: QWidget,
        path: str = "",
        *,
        file: AskFile = ask_file,
        target: AskTarget = ask_target,
    ) -> None:
        """``host``: the window's central widget. ``path``: what ``open`` reads; nothing: it asks."""
        super().__init__(context.theme, host, translate("Import a register"))
        self._context = context
        self._first = path
        self._path = ""
        self._table: Table | None = None
        self._mapping = RegisterMapping(())
        self._proposed = RegisterMapping(())
        self._read: _Read | None = None
        self._report: RegisterReport | None = None
        self._undo_id: int | None = None
        self._imported = False
        self._handle: JobHandle | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(READ_AFTER)
        self._timer.timeout.connect(self._interpret)
        self._build_pages(file, target)
        self.main.clicked.connect(self._go_on)
        context.detached.connect(self._forget)

    @property
    def mapping(self) -> RegisterMapping:
        """The mapping as it stands."""
        return self._mapping

    @property
    def working(self) -> bool:
        """Whether a check or an import runs."""
        return self._handle is not None and self._handle.running and self.pages.currentWidget() is self._busy

    @property
    def busy(self) -> bool:
        """Whether it works before the user's eyes: nothing else is opened over it."""
        return self.isVisible() and self.working

    def open(self, path: str | None = None) -> None:
        """Read a file (None: the one it was built for); no path asks for one."""
        path = self._first if path is None else path
        self._drop_work()
        self.banner.clear()
        self._reset()
        self.appear()
        if path:
            self._read_file(path, None)
        else:
            self.set_title(translate("Import a register"))
            self._show_page(self.chooser)

    def step_out(self) -> None:
        """Escape: from the check back to the columns, else close (not while it imports)."""
        page = self.pages.currentWidget()
        if page is self._check and self._undo_id is None and not self._imported:
            self._back()
        elif page is self._busy:
            self._cancel()
        else:
            self.leave()

    def leave(self) -> None:
        """Close. An import under way goes on, with its strip in the status bar."""
        if self.pages.currentWidget() is not self._busy:
            self._drop_work()
        super().leave()

    def _build_pages(self, file: AskFile, target: AskTarget) -> None:
        keeper = self.keeper
        self.chooser = FilePage(keeper, self, file=file)
        self.chooser.chosen.connect(self.open)
        self._busy = _BusyPage(keeper, self)
        self._busy.setMaximumWidth(keeper.px(680))
        self._busy.cancelled.connect(self._cancel)
        self._columns = QWidget(self)
        self._build_columns()
        self._check = QWidget(self)
        self._build_check(target)
        for page in (self.chooser, self._busy, self._columns, self._check):
            self.pages.addWidget(page)
        self.back_button = Button(keeper, translate("Back to the columns"), icon="arrow-left", parent=self)
        self.back_button.clicked.connect(self._back)
        self.undo_button = Button(keeper, translate("Undo import"), icon="undo-2", parent=self)
        self.undo_button.clicked.connect(self._undo)
        self.state = TextLabel(keeper, "", Style.SECONDARY, "text2", self)
        self.foot.insertWidget(0, self.back_button)
        self.foot.insertWidget(1, self.undo_button)
        self.foot.insertWidget(2, self.state)

    def _build_columns(self) -> None:
        keeper = self.keeper
        self.sheets = QComboBox(self._columns)
        self.sheets.setAccessibleName(translate("Sheet"))
        self.sheets.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.sheets.activated.connect(self._sheet_chosen)
        self.kept = FilterChip(
            keeper, translate("Columns as last time"), translate("Propose the columns anew"), self._columns
        )
        self.kept.removed.connect(self._propose_anew)
        self.orders = LinkButton(keeper, "", self._columns)
        self.orders.clicked.connect(self._ask_orders_again)
        self.filters = QComboBox(self._columns)
        self.filters.setAccessibleName(translate("Which rows"))
        self.filters.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.filters.activated.connect(self._filter)
        top = QHBoxLayout()
        top.setSpacing(10)
        top.addWidget(self.filters)
        top.addWidget(self.sheets)
        top.addWidget(self.kept)
        top.addWidget(self.orders)
        top.addStretch(1)
        self.question = _DatesQuestion(keeper, self._columns)
        self.question.answered.connect(self._answer_dates)
        self.notes = Remark(keeper, self._columns)
        card = Card(keeper, self._columns)
        self.table = RegisterTable(self._context, card)
        self.table.heads.chosen.connect(self._field_chosen)
        self.table.selectionModel().currentChanged.connect(lambda *_: self._show_row())
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 1, 1, 6)
        inside.addWidget(self.table)
        self.detail = Remark(keeper, self._columns)
        column = QVBoxLayout(self._columns)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self.notes)
        column.addWidget(self.question)
        column.addWidget(card, 1)
        column.addWidget(self.detail)

    def _build_check(self, target: AskTarget) -> None:
        keeper = self.keeper
        self.tiles = {
            "taken": Tile(keeper, "circle-check", translate("Rows taken"), self._check),
            "patients": Tile(keeper, "users", translate("New patients"), self._check),
            "sessions": Tile(keeper, "syringe", translate("Injections"), self._check),
            "skipped": Tile(keeper, "circle-slash", translate("Left out"), self._check),
            "warnings": Tile(keeper, "triangle-alert", translate("To look at"), self._check),
        }
        row = QHBoxLayout()
        row.setSpacing(10)
        for name, tile in self.tiles.items():
            tile.setCheckable(False)
            if name not in ("skipped", "warnings"):
                tile.setFocusPolicy(Qt.FocusPolicy.NoFocus)
                tile.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            row.addWidget(tile)
        self.reasons = ReasonsList(self._context, self._check, target=target)
        self.tiles["skipped"].clicked.connect(lambda: self.reasons.show_code(""))
        self.tiles["warnings"].clicked.connect(lambda: self.reasons.show_code("warning"))
        column = QVBoxLayout(self._check)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(row)
        column.addWidget(self.reasons, 1)

    def _reset(self) -> None:
        self._table = None
        self._read = None
        self._report = None
        self._undo_id = None
        self._imported = False
        self.table.show_table(None)
        self.detail.show_words("")
        self.notes.show_words("")
        self.question.ask(())
        self.reasons.show_reasons(())

    def _read_file(self, path: str, sheet: str | None) -> None:
        self._path = path
        self.set_title(translate("Import a register"), Path(path).name)
        handle = self._start(translate("Reading {name}").format(name=Path(path).name))

        def read(services: object) -> tuple[RegisterColumns, RegisterMapping]:
            register = services.register  # type: ignore[attr-defined]  # the type lives above this floor
            with without_pauses():
                found: RegisterColumns = register.columns(path, sheet, handle.report)
                if not found.kept:
                    return found, found.mapping
                return found, propose_mapping(found.table.header, found.table.rows, found.mapping.sheet)

        self._context.tasks.ask(
            read,
            lambda answer: self._show_columns(*answer),
            owner=self,
            key="columns",
            failed=self._not_read,
        )

    def _start(self, title: str) -> JobHandle:
        handle = JobHandle(title, self)
        self._handle = handle
        self._busy.show_job(handle)
        self._show_page(self._busy)
        return handle

    def _not_read(self, error: ClinicError) -> None:
        self._show_page(self.chooser)
        if not isinstance(error, Cancelled):
            self.banner.show_words(sentence_of(error), level=Level.PROBLEM)

    def _show_columns(self, found: RegisterColumns, proposed: RegisterMapping) -> None:
        self._table = found.table
        self._mapping = found.mapping
        self._proposed = proposed
        self._read = None
        self.table.show_table(found.table)
        self.table.heads.show_mapping(self._mapping)
        self.sheets.clear()
        self.sheets.addItems(list(found.table.sheets))
        self.sheets.setCurrentText(found.table.sheet)
        self.sheets.setVisible(len(found.table.sheets) > 1)
        self.kept.setVisible(found.kept)
        self.notes.show_words(" ".join(note_sentence(note) for note in found.table.notes), "info")
        self._renew_filters()
        self._show_page(self._columns)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        if self.table.rows.rowCount():
            self.table.setCurrentIndex(self.table.rows.index(0, 0))
        self._interpret()

    def _sheet_chosen(self) -> None:
        self.banner.clear()
        self._read_file(self._path, self.sheets.currentText())

    def _propose_anew(self) -> None:
        self.kept.hide()
        self._set_mapping(self._proposed)

    def _field_chosen(self, header: str, field: RegisterField | None, number: int) -> None:
        self._set_mapping(self._mapping.with_field(header, field, number))

    def _set_mapping(self, mapping: RegisterMapping) -> None:
        self._mapping = mapping
        self.table.heads.show_mapping(mapping)
        self._report = None
        self._timer.start()
        self._renew_main()

    def _answer_dates(self, order: DateOrder) -> None:
        mapping = self._mapping
        for header in self.question.headers:
            mapping = mapping.with_order(header, order)
        self.question.ask(())
        self._set_mapping(mapping)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _ask_orders_again(self) -> None:
        mapping = self._mapping
        for column in mapping.columns:
            mapping = mapping.with_order(column.header, None)
        self._set_mapping(mapping)

    def _interpret(self) -> None:
        self._timer.stop()
        table, mapping = self._table, self._mapping
        if table is None or not self._context.open:
            return
        catalogues, today = self._context.catalogues, self._context.today()
        if self._handle is not None:
            self._handle.cancel()
        handle = JobHandle("", self)
        self._handle = handle

        def read(_: object) -> _Read:
            with without_pauses():
                reading = interpret(table, mapping, catalogues, today, None, handle.report)
                fates = fates_of(reading)
                return _Read(reading, fates, places_of(table, fates))

        self.state.setText(translate("Reading the rows…"))
        self._context.tasks.ask(read, self._show_reading, owner=self, key="reading", failed=self._not_interpreted)

    def _not_interpreted(self, error: ClinicError) -> None:
        if isinstance(error, Cancelled):
            return
        self._read = None
        self.state.setText("")
        self.question.ask(())
        self.table.rows.show_fates(None, {}, self._mapping)
        self._renew_filters()
        words, level = sentence_of(error), Level.PROBLEM
        missing = [key_words(one, 0) for one in NEEDED_FIELDS if self._mapping.column(one) is None]
        if error.code == "register_column_missing" and missing:
            words = translate("Say over the columns which one is: {fields}.").format(fields=", ".join(missing))
            level = Level.WARNING
        self.banner.show_words(words, level=level)
        self._renew_main()

    def _show_reading(self, read: _Read) -> None:
        self.banner.clear()
        self._read = read
        self.table.rows.show_fates(read.fates, read.places, self._mapping)
        notes = [note_sentence(note) for note in self._table.notes] if self._table is not None else []
        general = general_words(read.reading)
        self.notes.show_words(" ".join([*notes, *general]), "info", "warning" if general else "text2")
        asked = read.reading.questions
        self.question.ask(asked or read.reading.choices, both=not asked)
        said = sorted({column.order.value for column in self._mapping.columns if column.order is not None})
        words = {"day-first": translate("Dates: day first"), "month-first": translate("Dates: month first")}
        self.orders.setText(", ".join(words[one] for one in said))
        self.orders.setVisible(bool(said))
        self.orders.setToolTip(translate("Ask again what comes first"))
        self._renew_filters()
        counts = self.table.rows.counts()
        taken = counts[Fate.TAKEN] + counts[Fate.LOOK]
        people = len({record.person.key for record in read.reading.records})
        self.state.setText(
            translate("{rows} rows, {people} patients, {sessions} injections can be taken").format(
                rows=taken, people=people, sessions=read.reading.sessions
            )
        )
        if read.reading.questions:
            self.question.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show_row()
        self._renew_main()

    def _renew_filters(self) -> None:
        counts = self.table.rows.counts()
        chosen = self.filters.currentData()
        self.filters.blockSignals(True)
        self.filters.clear()
        rows = len(self._table.rows) if self._table is not None else 0
        self.filters.addItem(translate("All rows {count}").format(count=rows), "")
        for fate, count in counts.items():
            if count:
                self.filters.addItem(f"{translate(FATE_LOOKS[fate][1])} {count}", fate.value)
        self.filters.setCurrentIndex(max(self.filters.findData(chosen), 0))
        self.filters.blockSignals(False)
        self._filter()

    def _filter(self) -> None:
        chosen = self.filters.currentData()
        self.table.rows.show_only(Fate(chosen) if chosen else None)

    def _show_row(self) -> None:
        index = self.table.currentIndex()
        row, fate = self.table.rows.row_of(index), self.table.rows.fate_of(index)
        if row is None or fate is None:
            self.detail.show_words("")
            return
        icon, words, tone = FATE_LOOKS[fate.fate]
        said = translate("Row {row}").format(row=row.number)
        text = f"{said}: {translate(words)}. {self.table.rows.sentence_of(index)}"
        ink = "text2" if fate.fate in (Fate.TAKEN, Fate.AGAIN, Fate.NOTHING) else f"{tone.value}.fg"
        self.detail.show_words(text, icon, ink)

    def _go_on(self) -> None:
        page = self.pages.currentWidget()
        if page is self._columns:
            self._run_check()
        elif page is self._check and not self._imported:
            self._run_import()
        else:
            self.leave()

    def _run_check(self) -> None:
        reports: list[tuple[RegisterReport, tuple[Reason, ...]]] = []
        path, mapping = self._path, self._mapping

        def job(services: object, report: Callable[[Progress], bool]) -> None:
            register = services.register  # type: ignore[attr-defined]  # the type lives above this floor
            with without_pauses():
                answer = register.dry_run(path, mapping, None, report)
            reports.append((answer, reasons_of(answer.skipped, answer.warnings)))

        title = translate("Checking against what is stored")
        handle = self._context.tasks.run(job, title, alone=True)
        handle.finished.connect(lambda _: self._checked(handle, *reports[0]))
        self._follow(handle)

    def _run_import(self) -> None:
        path, mapping = self._path, self._mapping
        reasons: list[tuple[Reason, ...]] = []

        def job(services: object, report: Callable[[Progress], bool]) -> Changes:
            register = services.register  # type: ignore[attr-defined]  # the type lives above this floor
            with without_pauses():
                answer: Changes = register.commit(path, mapping, None, report)
            made: RegisterReport = answer.result  # type: ignore[assignment]  # Changes.result is whatever was made
            reasons.append(reasons_of(made.skipped, made.warnings))
            return answer

        handle = self._context.tasks.run(job, translate("Importing the register"), alone=True)
        handle.finished.connect(lambda changes: self._done(handle, changes, reasons[0]))
        self._follow(handle)

    def _follow(self, handle: JobHandle) -> None:
        handle.failed.connect(lambda problem: self._failed(handle, problem))
        handle.cancelled.connect(lambda: self._stopped(handle))
        handle.ended.connect(self.rest)
        self.banner.clear()
        self._handle = handle
        self._busy.show_job(handle)
        self._show_page(self._busy)

    def _checked(self, handle: JobHandle, report: RegisterReport, reasons: tuple[Reason, ...]) -> None:
        if self._handle is handle and self._context.open:
            self._report = report
            self._show_report(report, reasons)

    def _done(self, handle: JobHandle, changes: Changes | None, reasons: tuple[Reason, ...]) -> None:
        if changes is None or not self._context.open:
            return
        report: RegisterReport = changes.result  # type: ignore[assignment]  # Changes.result is whatever was made
        words = translate_many(
            "{count} row of the register imported", "{count} rows of the register imported", report.taken
        )
        if report.taken:
            self._context.wrote(words, changes)
        else:
            self._context.intents.toast.emit(words, None)
        self.imported.emit(report)
        if self._handle is handle and self._context.open:
            self._imported = True
            self._undo_id = changes.undo
            self._show_report(report, reasons)

    def _failed(self, handle: JobHandle, problem: BaseException) -> None:
        if self._handle is handle and self._context.open:
            self._back()
            self.banner.show_words(sentence_of(problem), level=Level.PROBLEM)

    def _stopped(self, handle: JobHandle) -> None:
        if self._handle is handle and self._context.open:
            self._back()
            words = translate("Stopped. Nothing of the file was kept.")
            self.banner.show_words(words, level=Level.INFO)

    def _show_report(self, report: RegisterReport, reasons: tuple[Reason, ...]) -> None:
        self.tiles["taken"].show_count(report.taken)
        self.tiles["patients"].show_count(report.patients)
        self.tiles["sessions"].show_count(report.sessions)
        skipped, warnings = len(report.skipped), len(report.warnings)
        self.tiles["skipped"].show_count(skipped, ink="overdue.fg" if skipped else None)
        self.tiles["warnings"].show_count(warnings, ink="due.fg" if warnings else None)
        self.reasons.show_reasons(reasons)
        name = Path(self._path).name
        if self._imported:
            self.set_title(translate("Register imported"), name)
            self.state.setText("" if self._undo_id is None else translate("The columns are kept for next time."))
        else:
            self.set_title(translate("What the import would do"), name)
            self.state.setText(translate("Nothing is stored yet."))
        self._show_page(self._check)
        self.main.setFocus(Qt.FocusReason.OtherFocusReason)

    def _back(self) -> None:
        if self._table is None:
            self._show_page(self.chooser)
            return
        self.set_title(translate("Import a register"), Path(self._path).name)
        self.banner.clear()
        self._show_page(self._columns)
        if self._read is not None:
            self._show_reading(self._read)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _undo(self) -> None:
        undo_id = self._undo_id
        if undo_id is None:
            return
        self.undo_button.set_busy(True)
        self._context.tasks.tell(
            lambda services: services.undo(undo_id), lambda _: self._undone(), owner=self, failed=self._not_undone
        )

    def _undone(self) -> None:
        self.undo_button.set_busy(False)
        self._undo_id = None
        self._imported = False
        self._context.intents.toast.emit(translate("The import of the register was taken back"), None)
        self._back()

    def _not_undone(self, error: ClinicError) -> None:
        self.undo_button.set_busy(False)
        self.banner.show_words(sentence_of(error), level=Level.PROBLEM)

    def _cancel(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._busy.show_stopping()

    def _drop_work(self) -> None:
        self._timer.stop()
        if self._handle is not None and self.pages.currentWidget() is not self._busy:
            self._handle.cancel()
            self._handle = None

    def _show_page(self, page: QWidget) -> None:
        self.pages.setCurrentWidget(page)
        self._renew_main()
        if page is self.chooser:
            self.chooser.setFocus(Qt.FocusReason.OtherFocusReason)
        elif page is self._busy:
            self._busy.setFocus(Qt.FocusReason.OtherFocusReason)

    def _renew_main(self) -> None:
        page = self.pages.currentWidget()
        columns, check = page is self._columns, page is self._check
        self.foot_plate.setVisible(columns or check)
        self.back_button.setVisible(check and not self._imported)
        self.undo_button.setVisible(check and self._undo_id is not None)
        if columns:
            ready = self._read is not None and not self._read.reading.questions and not self._timer.isActive()
            self.main.setText(translate("Check against what is stored"))
            self.main.setEnabled(ready and bool(self._read and self._read.reading.records))
            why = ""
            if self._read is not None and self._read.reading.questions:
                why = translate("Say first whether the day or the month comes first.")
            self.main.setToolTip(why or "Ctrl+Enter")
        elif check and not self._imported:
            count = self._report.taken if self._report is not None else 0
            self.main.setText(translate_many("Import {count} row", "Import {count} rows", count))
            self.main.setEnabled(count > 0)
            self.main.setToolTip("Ctrl+Enter" if count else translate("There is nothing new in this file."))
        else:
            self.main.setText(translate("Done"))
            self.main.setEnabled(True)
            self.main.setToolTip("Ctrl+Enter")
        self.main.updateGeometry()

    def _forget(self) -> None:
        self._drop_work()
        self._handle = None
        self._path = ""
        self._reset()
        if self.isVisible():
            super().leave()
        else:
            self.rest()


class FilePage(DropArea):
    """An area to drop a spreadsheet on, with a button that asks for one."""

    chosen = Signal(str)

    def __init__(self, keeper: ThemeKeeper, parent: QWidget, *, file: AskFile = ask_file) -> None:
        kinds = translate(
            "XLSX or CSV, with your own columns: you say what each one is. Nothing is stored before you have seen what "
            "would be, and the whole import can be undone."
        )
        super().__init__(keeper, "file-spreadsheet", translate("Drop the register here"), kinds, parent)
        self._ask = file
        self._start = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        self.button = Button(
            keeper, translate("Choose a file…"), kind=Kind.PRIMARY, icon="file-spreadsheet", parent=self
        )
        self.button.clicked.connect(self._choose)
        self.set_buttons(self.button)
        self.dropped.connect(lambda paths: self.chosen.emit(paths[0]))

    def _choose(self) -> None:
        found = self._ask(self, self._start)
        if found:
            self._start = str(Path(found).parent)
            self.chosen.emit(found)


class _BusyPage(Themed):
    """How far a reading, a check or an import is."""

    cancelled = Signal()

    def __init__(self, keeper: ThemeKeeper, parent: QWidget) -> None:
        super().__init__(keeper, parent)
        self._strip: ProgressStrip | None = None
        card = Card(keeper, self)
        self._holder = QVBoxLayout(card)
        self._holder.setContentsMargins(16, 14, 16, 14)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(card)
        column.addStretch(1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(translate("Under way"))

    def show_job(self, handle: JobHandle) -> None:
        """Follow another one."""
        if self._strip is not None:
            self._holder.removeWidget(self._strip)
            self._strip.hide()
            self._strip.deleteLater()
        strip = ProgressStrip(self.keeper, handle.title, self)
        strip.cancelled.connect(self.cancelled)
        handle.progressed.connect(strip.show_progress)
        self._strip = strip
        self._holder.addWidget(strip)

    def show_stopping(self) -> None:
        """It was asked to stop."""
        if self._strip is not None:
            self._strip.show_stopping()


class _DatesQuestion(Plane):
    """What comes first in the dates, day or month; asked once for all columns that do not say it themselves."""

    answered = Signal(object)

    def __init__(self, keeper: ThemeKeeper, parent: QWidget) -> None:
        super().__init__(keeper, "warning_soft", parent)
        self.headers: tuple[str, ...] = ()
        self.words = TextLabel(keeper, "", Style.BODY, "text", self, wrap=True, weight=500)
        self.day_first = Button(keeper, translate("Day first"), small=True, parent=self)
        self.month_first = Button(keeper, translate("Month first"), small=True, parent=self)
        self.day_first.clicked.connect(lambda: self.answered.emit(DateOrder.DAY_FIRST))
        self.month_first.clicked.connect(lambda: self.answered.emit(DateOrder.MONTH_FIRST))
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 10, 8)
        row.setSpacing(8)
        row.addWidget(self.words, 1)
        row.addWidget(self.day_first)
        row.addWidget(self.month_first)
        self.setFocusProxy(self.day_first)
        self.hide()

    def ask(self, questions: tuple[DatesAmbiguous, ...], *, both: bool = False) -> None:
        """Ask; no questions: be gone. ``both``: the columns contradict themselves, and nobody has to answer."""
        self.headers = tuple(dict.fromkeys(column for one in questions for column in one.columns))
        examples = ", ".join(dict.fromkeys(example for one in questions for example in one.examples))
        words = translate("What comes first in dates like {examples} ({columns}): the day or the month?")
        if both:
            words = translate(
                "{columns} has dates of both orders; those like {examples} stay out unless you say what comes first."
            )
        self.words.setText(words.format(examples=examples, columns=", ".join(self.headers)))
        self.setVisible(bool(questions))
