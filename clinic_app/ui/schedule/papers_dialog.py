"""One dialog for all papers of the schedule: which, of what, how it will look, and onto paper or into a file.

Enter prints at once on the printer that is chosen; what is printed is entered in the audit before it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QImage, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QDialog, QFileDialog, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from clinic_app.domain.changes import Changes
from clinic_app.domain.errors import ClinicError, FileRefused
from clinic_app.domain.papers import LabelSheet, PageWriter, PaperKind, PaperRequest, PaperSize, PrintedPaper
from clinic_app.ui.context import UiContext
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import (
    Button,
    ChoiceRow,
    ConfirmDialog,
    FormField,
    Kind,
    NumberField,
    Remark,
    TextLabel,
    Toast,
)
from clinic_app.ui.widgets.printing import AskPrinter, PagePreview, ask_printer, printer_names, usual_paper
from clinic_app.wording.dates import weekday_day
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.papers import missing_letters_words, paper_name
from clinic_app.wording.sentences import sentence_of

if TYPE_CHECKING:
    from clinic_app.services import Services

PREVIEW_DPI = 90.0
FIELDS_WIDTH = 300
NAMES, INITIALS = "names", "initials"
ALONE, CUT = "alone", "cut"
PATIENT, LIST, DAY = "patient", "list", "day"
OTHER_PRINTER = ""
AskPath = Callable[[QWidget, str], str]
OpenFolder = Callable[[Path], object]


@dataclass(frozen=True, slots=True)
class PaperOffer:
    """What can be printed now: what is proposed, and the patient who is selected (0 for nobody)."""

    request: PaperRequest
    patient_id: int = 0


def ask_path(parent: QWidget, suggested: str) -> str:
    """The computer's own dialog for a file to write; replacing one is asked by us afterwards, with the verb."""
    kind = "PDF (*.pdf)"
    option = QFileDialog.Option.DontConfirmOverwrite
    found, _ = QFileDialog.getSaveFileName(parent, translate("Save as PDF"), suggested, kind, options=option)
    return found


def open_folder(path: Path) -> None:
    """Show the folder of a file in the computer's file manager."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))


def free_path(folder: Path, stem: str, ending: str) -> Path:
    """A name that is still free there: ``call-list-2026-03-19.pdf``, then ``call-list-2026-03-19-2.pdf``."""
    path, number = folder / f"{stem}{ending}", 2
    while path.exists():
        path, number = folder / f"{stem}-{number}{ending}", number + 1
    return path


class PapersDialog(QDialog):
    """Chooses a paper, shows its pages, prints them or keeps them as a PDF file.

    ``printed`` and ``saved`` (the path) come when it is done. ``ask`` lets somebody choose a printer, ``ask_path`` a
    file.
    """

    asks_itself = True
    printed = Signal()
    saved = Signal(str)
    REMEMBERED = ("folder", "size", "printer")
    last_folder = ""
    last_size: PaperSize | None = None
    last_printer = ""

    @classmethod
    def recall(cls, kept: Mapping[str, str]) -> None:
        """What this computer remembers of the last time; nothing takes the place of what is known already."""
        cls.last_folder = cls.last_folder or kept["folder"]
        if cls.last_size is None and kept["size"] in PaperSize.__members__:
            cls.last_size = PaperSize[kept["size"]]
        cls.last_printer = cls.last_printer or kept["printer"]

    @classmethod
    def remembered(cls) -> dict[str, str]:
        """What is worth remembering."""
        size = cls.last_size.name if cls.last_size is not None else ""
        return {"folder": cls.last_folder, "size": size, "printer": cls.last_printer}

    def __init__(self, context: UiContext, parent: QWidget, offer: PaperOffer) -> None:
        super().__init__(parent)
        self._context, self._host, self._offer = context, parent, offer
        self._eager = False
        """Enter was pressed before the paper was there: it is printed then, unless something is to be said first."""
        self._writer: PageWriter | None = None
        self._days: tuple[date, ...] = ()
        self._sheets: tuple[LabelSheet, ...] = ()
        self.paper: PrintedPaper | None = None
        self.pages = 0
        self.ask: AskPrinter = ask_printer
        self.ask_path: AskPath = ask_path
        self.show_folder: OpenFolder = open_folder
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        self.folder = Path(PapersDialog.last_folder or documents)
        self.setModal(True)
        self.setWindowTitle(translate("Print"))
        self._build(context.theme)
        context.detached.connect(self.reject)
        context.concealed.connect(self.reject)
        self.resize(parent.size() * 0.86)

    # --- building ----------------------------------------------------------------------------------------------

    def _build(self, keeper: ThemeKeeper) -> None:
        self.kind = _drop()
        for kind in PaperKind:
            if kind is not PaperKind.NEXT_VISIT or self._offer.patient_id:
                self.kind.addItem(paper_name(kind), kind)
        self.kind.setCurrentIndex(max(self.kind.findData(self._offer.request.kind), 0))
        self.day = _drop()
        self.whom = self._row(self._whom(), translate("Of whom"))
        self.names = self._row(((NAMES, translate("Names")), (INITIALS, translate("Initials"))), translate("Patients"))
        cut = ((ALONE, translate("A6 each")), (CUT, translate("Four on a sheet")))
        self.cut = self._row(cut, translate("Slips"))
        self.labels = _drop()
        self.used = NumberField(keeper, 0, 60, name=translate("Labels used already"))
        self.size_row = self._row(
            tuple((size.name, size.words) for size in (PaperSize.A4, PaperSize.LETTER)), translate("Sheet")
        )
        self.size_row.choose((PapersDialog.last_size or self._offer.request.size).name)
        self.printer = _drop()
        for name in printer_names():
            self.printer.addItem(name, name)
        self.printer.addItem(translate("Choose when printing…"), OTHER_PRINTER)
        self.printer.setCurrentIndex(max(self.printer.findData(PapersDialog.last_printer), 0))
        fields: tuple[tuple[str, str, QWidget], ...] = (
            ("kind", translate("Paper"), self.kind), ("day", translate("Day"), self.day),
            ("whom", translate("Of whom"), self.whom), ("names", translate("Patients"), self.names),
            ("cut", translate("Slips"), self.cut), ("labels", translate("Sheet of labels"), self.labels),
            ("used", translate("Labels used already"), self.used), ("size", translate("Sheet"), self.size_row),
            ("printer", translate("Printer"), self.printer),
        )  # fmt: skip
        self._fields = {name: FormField(keeper, name, words, control) for name, words, control in fields}
        left = QVBoxLayout()
        left.setSpacing(keeper.px(10))
        left.addWidget(TextLabel(keeper, translate("Print"), Style.PANEL_TITLE, "text", self))
        for field in self._fields.values():
            field.setFixedWidth(keeper.px(FIELDS_WIDTH))
            left.addWidget(field)
        self.remark = Remark(keeper, self)
        self.remark.setFixedWidth(keeper.px(FIELDS_WIDTH))
        left.addWidget(self.remark)
        left.addStretch(1)
        self.preview = PagePreview(keeper, self)
        self.preview.wanted.connect(self._draw_page)
        across = QHBoxLayout()
        across.setSpacing(keeper.px(20))
        across.addLayout(left)
        across.addWidget(self.preview, 1)
        self.cancel_button = Button(keeper, translate("Cancel"), parent=self)
        self.pdf_button = Button(keeper, translate("Save as PDF…"), icon="download", parent=self)
        self.print_button = Button(keeper, translate("Print"), icon="printer", kind=Kind.PRIMARY, parent=self)
        for button in (self.cancel_button, self.pdf_button):
            button.setAutoDefault(False)
        self.print_button.setDefault(True)
        self.cancel_button.clicked.connect(self.reject)
        self.pdf_button.clicked.connect(self.save_pdf)
        self.print_button.clicked.connect(self.print_paper)
        foot = QHBoxLayout()
        foot.setSpacing(keeper.px(8))
        foot.addStretch(1)
        for button in (self.cancel_button, self.pdf_button, self.print_button):
            foot.addWidget(button)
        column = QVBoxLayout(self)
        edge = keeper.px(20)
        column.setContentsMargins(edge, edge, edge, edge)
        column.setSpacing(keeper.px(14))
        column.addLayout(across, 1)
        column.addLayout(foot)
        self._let_go(on=False)
        self.kind.currentIndexChanged.connect(self._again)
        self.day.activated.connect(self._again)
        self.labels.activated.connect(self._again)
        self.used.valueChanged.connect(self._again)
        for row in (self.whom, self.names, self.cut, self.size_row):
            row.chosen.connect(self._again)
        self._show_fields()

    def _row(self, choices: Sequence[tuple[str, str]], name: str) -> ChoiceRow:
        row = ChoiceRow(self._context.theme, tuple(choices), name)
        row.choose(choices[0][0])
        return row

    def _whom(self) -> tuple[tuple[str, str], ...]:
        first = ((PATIENT, translate("Selected patient")),) if self._offer.patient_id else ()
        return (*first, (LIST, translate("All of the list")), (DAY, translate("All of a day")))

    def open(self) -> None:
        """Show it; Enter prints."""
        super().open()
        self.setFocus()

        def read(services: Services) -> tuple[tuple[date, ...], tuple[LabelSheet, ...], PageWriter]:
            return services.papers.botox_days(), services.papers.label_sheets(), services.papers.writer()

        self._context.tasks.ask(read, self._take, owner=self, key="days", failed=self._failed)

    def _take(self, found: tuple[tuple[date, ...], tuple[LabelSheet, ...], PageWriter]) -> None:
        days, self._sheets, self._writer = found
        wanted = self._offer.request.day
        today = self._context.today()
        following = next((day for day in days if day > today), None)
        self._days = tuple(sorted({*days, *([wanted] if wanted else [])}))
        for day in self._days:
            self.day.addItem(weekday_day(day), day)
        shown = wanted or following
        self.day.setCurrentIndex(self._days.index(shown) if shown in self._days else 0)
        for sheet in self._sheets:
            self.labels.addItem(sheet.name, sheet.code)
        self._again()

    # --- what is wanted ----------------------------------------------------------------------------------------

    @property
    def request(self) -> PaperRequest:
        """The paper that is chosen."""
        kind, offered = self.kind.currentData(), self._offer
        wanted = replace(
            offered.request,
            kind=kind,
            size=PaperSize[self.size_row.code or PaperSize.A4.name],
            day=None,
            private=self.names.code == INITIALS,
            cut=self.cut.code == CUT,
            label_sheet=self.labels.currentData() or "",
            labels_used=self.used.value(),
        )
        if kind in (PaperKind.DAY_LIST, PaperKind.DAY_PLAN):
            return replace(wanted, day=self.day.currentData())
        if kind is PaperKind.SLIP and self.whom.code == DAY:
            return replace(wanted, day=self.day.currentData(), patient_ids=(), appointment_ids=())
        own = bool(offered.patient_id) and (kind is PaperKind.NEXT_VISIT or self.whom.code == PATIENT)
        if own and kind in (PaperKind.SLIP, PaperKind.NEXT_VISIT, PaperKind.LETTER, PaperKind.LABELS):
            return replace(wanted, patient_ids=() if wanted.appointment_ids else (offered.patient_id,))
        return wanted

    def _show_fields(self) -> None:
        kind = self.kind.currentData()
        of_people = kind in (PaperKind.SLIP, PaperKind.LETTER, PaperKind.LABELS)
        self.whom.pill(LIST).setVisible(kind is not PaperKind.SLIP)
        self.whom.pill(DAY).setVisible(kind is PaperKind.SLIP)
        if not self.whom.pill(self.whom.code or DAY).isVisibleTo(self.whom):
            self.whom.choose(PATIENT if self._offer.patient_id else DAY if kind is PaperKind.SLIP else LIST)
        of_a_day = kind in (PaperKind.DAY_LIST, PaperKind.DAY_PLAN) or (
            kind is PaperKind.SLIP and self.whom.code == DAY
        )
        shown = {
            "day": of_a_day,
            "whom": of_people and (kind is not PaperKind.SLIP or bool(self._offer.patient_id)),
            "names": kind is PaperKind.CALL_LIST,
            "cut": kind is PaperKind.SLIP,
            "labels": kind is PaperKind.LABELS,
            "used": kind is PaperKind.LABELS,
            "size": kind not in (PaperKind.NEXT_VISIT, PaperKind.LABELS)
            and not (kind is PaperKind.SLIP and self.cut.code == ALONE),
        }
        for name, on in shown.items():
            self._fields[name].setVisible(on)

    def _again(self, *_: object) -> None:
        """Something else is wanted: made and shown anew."""
        self._show_fields()
        request = self.request
        self._let_go(on=False)

        def read(services: Services) -> tuple[PrintedPaper, int, str]:
            paper, writer = services.papers.make(request), services.papers.writer()
            return paper, writer.pages(paper), writer.missing_letters(paper)

        self._context.tasks.ask(read, self._show, owner=self, key="paper", failed=self._failed)

    def _show(self, found: tuple[PrintedPaper, int, str]) -> None:
        paper, self.pages, letters = found
        self.paper = paper
        left = translate_many("{count} is left out: ", "{count} are left out: ", len(paper.left_out))
        said = [missing_letters_words(letters)] if letters else []
        words = " ".join((*said, *paper.notes, *([left + " ".join(paper.left_out)] if paper.left_out else [])))
        self.remark.show_words(words, "triangle-alert" if words else "", "warning")
        self.preview.show_pages(self.pages)
        self._let_go(on=True)
        if self.focusWidget() in (None, self, self.cancel_button):
            self.print_button.setFocus()
        eager, self._eager = self._eager, False
        if eager and not words:
            self.print_paper()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter before the paper is there prints it once it is."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self.print_button.isEnabled():
            self._eager = not self.remark.isVisible()
            return
        super().keyPressEvent(event)

    def _failed(self, problem: ClinicError) -> None:
        self.paper, self._eager = None, False
        self.preview.show_pages(0)
        self.remark.show_words(sentence_of(problem), "circle-alert", "danger")
        self._let_go(on=False)

    def _draw_page(self, page: int) -> None:
        paper, writer = self.paper, self._writer
        if paper is None or writer is None:
            return

        def show(image: object) -> None:
            if isinstance(image, QImage) and self.paper is paper and self.preview.page == page:
                self.preview.picture.show_image(image)

        self._context.tasks.paint(lambda _: writer.image(paper, page, PREVIEW_DPI), show, owner=self, key="page")

    def _let_go(self, *, on: bool) -> None:
        for button in (self.print_button, self.pdf_button):
            button.setEnabled(on)

    # --- leaving -----------------------------------------------------------------------------------------------

    def print_paper(self) -> None:
        """Print on the chosen printer; the audit knows of it first."""
        from PySide6.QtPrintSupport import QPrinter

        paper, writer = self.paper, self._writer
        self._eager = False
        if paper is None or writer is None:
            return
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName(paper.stem)
        if self.printer.currentData() != OTHER_PRINTER:
            printer.setPrinterName(self.printer.currentData())
        elif not self.ask(printer, self):
            return
        self._busy(on=True)

        def draw(_: Changes) -> None:
            self._context.tasks.paint(lambda _: writer.draw(paper, printer), done, owner=self, failed=self._refused)

        def done(_: object) -> None:
            self._remember()
            one, many = "{paper}: {count} page printed", "{paper}: {count} pages printed"
            words = translate_many(one, many, count, paper=paper.title)
            self._context.intents.toast.emit(words, None)
            self.printed.emit()
            self.accept()

        count = self.pages
        self._context.tasks.tell(lambda s: s.papers.enter_printed(paper), draw, owner=self, failed=self._refused)

    def save_pdf(self) -> None:
        """Keep it as a PDF file; a file that stands there is replaced only when somebody says so."""
        paper = self.paper
        if paper is None:
            return
        found = self.ask_path(self, str(free_path(self.folder, paper.stem, ".pdf")))
        if not found:
            return
        path = Path(found)
        if path.suffix.lower() != ".pdf":
            path = path.with_name(path.name + ".pdf")
        self._write(paper, path, overwrite=False)

    def _write(self, paper: PrintedPaper, path: Path, *, overwrite: bool) -> None:
        self._busy(on=True)

        def done(_: Changes) -> None:
            self.folder = path.parent
            self._remember()
            self._say_saved(path)
            self.saved.emit(str(path))
            self.accept()

        def failed(problem: ClinicError) -> None:
            if isinstance(problem, FileRefused) and problem.code == "table_exists":
                self._busy(on=False)
                self._ask_replace(paper, path)
            else:
                self._refused(problem)

        self._context.tasks.tell(
            lambda s: s.papers.save_pdf(paper, str(path), overwrite), done, owner=self, failed=failed
        )

    def _ask_replace(self, paper: PrintedPaper, path: Path) -> None:
        title = translate("Replace “{name}”?").format(name=path.name)
        said = translate("What is in that file now is lost. Nothing in the clinic changes.")
        question = ConfirmDialog(self._context.theme, title, said, translate("Replace the file"), self)
        question.accepted.connect(lambda: self._write(paper, path, overwrite=True))
        question.finished.connect(question.deleteLater)
        question.open()

    def _say_saved(self, path: Path) -> None:
        show = self.show_folder
        toast = Toast(self._context.theme, self._host)
        toast.closed.connect(toast.deleteLater)
        words = translate("Saved as {name}").format(name=path.name)
        toast.show_words(words, action=translate("Show in folder"), act=lambda: show(path), icon="download")

    def _remember(self) -> None:
        PapersDialog.last_folder = str(self.folder)
        PapersDialog.last_size = self.request.size
        PapersDialog.last_printer = self.printer.currentData()

    def _refused(self, problem: ClinicError) -> None:
        self._busy(on=False)
        self.remark.show_words(sentence_of(problem), "circle-alert", "danger")

    def _busy(self, *, on: bool) -> None:
        self.print_button.set_busy(on)
        self.pdf_button.setEnabled(not on)
        self.cancel_button.setEnabled(not on)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the plate."""
        QPainter(self).fillRect(self.rect(), self._context.theme.colour("surface"))


def _drop() -> QComboBox:
    box = QComboBox()
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(18)
    box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return box


def usual_request() -> PaperRequest:
    """The call list on the paper of this computer."""
    return PaperRequest(PaperKind.CALL_LIST, PapersDialog.last_size or usual_paper())
