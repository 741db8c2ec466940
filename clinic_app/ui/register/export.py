"""The register on its way out: where to, that it is not encrypted, how far, and where it lies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from clinic_app.domain.changes import Progress
from clinic_app.ui.context import UiContext
from clinic_app.ui.tasks import JobHandle
from clinic_app.ui.widgets import ConfirmDialog, Toast
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.sentences import sentence_of

KINDS = {".xlsx": "Excel (*.xlsx)", ".csv": "CSV (*.csv)"}
AskPath = Callable[[QWidget, str], str]
OpenFolder = Callable[[Path], object]


def suggested_name(day: date, folder: Path) -> str:
    """A neutral name that is still free there: ``register-2026-03-19.xlsx``, then ``register-2026-03-19-2.xlsx``."""
    name, number = f"register-{day.isoformat()}.xlsx", 2
    while (folder / name).exists():
        name = f"register-{day.isoformat()}-{number}.xlsx"
        number += 1
    return name


def ask_path(parent: QWidget, suggested: str) -> str:
    """The computer's own dialog for a file to write; replacing one is asked here afterwards, with the verb."""
    found, kind = QFileDialog.getSaveFileName(
        parent,
        translate("Export the register"),
        suggested,
        ";;".join(KINDS.values()),
        options=QFileDialog.Option.DontConfirmOverwrite,
    )
    if found and Path(found).suffix.lower() not in KINDS:
        found += ".csv" if kind == KINDS[".csv"] else ".xlsx"
    return found


def open_folder(path: Path) -> None:
    """Show the folder of a file in the computer's file manager."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))


class RegisterExport(QObject):
    """Asks and writes; ``exported`` brings (path, rows), ``refused`` the sentence of what went wrong."""

    exported = Signal(str, int)
    refused = Signal(str)

    def __init__(
        self,
        context: UiContext,
        parent: QObject | None = None,
        *,
        ask: AskPath = ask_path,
        show_folder: OpenFolder = open_folder,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._ask = ask
        self._show_folder = show_folder
        self._toast: Toast | None = None
        self.folder = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
        """Where the next one is proposed: the last folder used."""
        self.job: JobHandle | None = None

    def run(self, parent: QWidget) -> None:
        """Say that the file will not be encrypted, ask where it shall lie, write it as a job."""
        said = translate(
            "The file holds names, phone numbers, diagnoses and injections of every patient, and it is not encrypted: "
            "whoever gets it can read it. Keep it on a drive you can lock away, and delete it when it has served."
        )
        title = translate("Export the register")
        if not self._confirm(parent, title, said, translate("Choose where…"), destructive=False):
            return
        while True:
            found = self._ask(parent, str(self.folder / suggested_name(self._context.today(), self.folder)))
            if not found:
                return
            path = Path(found)
            if not path.exists():
                break
            title = translate("Replace “{name}”?").format(name=path.name)
            said = translate("What is in that file now is lost. Nothing in the clinic changes.")
            if self._confirm(parent, title, said, translate("Replace the file"), destructive=True):
                break
        self.folder = path.parent
        self._write(parent, path)

    def _confirm(self, parent: QWidget, title: str, said: str, verb: str, *, destructive: bool) -> bool:
        return ConfirmDialog.ask(self._context.theme, parent, title, said, verb, destructive=destructive)

    def _write(self, parent: QWidget, path: Path) -> None:
        overwrite = path.exists()
        rows: list[int] = []

        def job(services: object, report: Callable[[Progress], bool]) -> None:
            register = services.register  # type: ignore[attr-defined]  # the type lives above this floor
            rows.append(register.export(str(path), overwrite, report))

        self.job = self._context.tasks.run(job, translate("Exporting the register"))
        self.job.finished.connect(lambda _: self._written(parent, path, rows[0] if rows else 0))
        self.job.failed.connect(lambda problem: self._failed(sentence_of(problem)))
        self.job.cancelled.connect(lambda: self._failed(translate("The export was stopped; no file was written.")))

    def _written(self, parent: QWidget, path: Path, rows: int) -> None:
        counted = translate_many("{count} row written to", "{count} rows written to", rows)
        words = f"{counted} {path.name}"
        if self._toast is None:
            self._toast = Toast(self._context.theme, parent)
        self._toast.show_words(
            words, action=translate("Show in folder"), act=lambda: self._show_folder(path), icon="file-spreadsheet"
        )
        self.exported.emit(str(path), rows)

    def _failed(self, sentence: str) -> None:
        self._context.intents.toast.emit(sentence, None)
        self.refused.emit(sentence)
