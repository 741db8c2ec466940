"""A picture of the comparison leaves the program: copied for a while, saved, or printed, each after one sheet."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QStandardPaths, Signal
from PySide6.QtGui import QImage, QImageWriter
from PySide6.QtWidgets import QWidget

from clinic_app.domain.changes import Changes
from clinic_app.domain.comparison import CompareMode
from clinic_app.domain.errors import ClinicError, FileRefused
from clinic_app.ui.compare.printing import (
    Page,
    Preview,
    pdf_of,
    printed_picture,
    show_preview,
    usual_paper,
)
from clinic_app.ui.compare.second import picture_of
from clinic_app.ui.compare.stage import Stage
from clinic_app.ui.compare.take_out_dialog import (
    ACTION,
    AskFolder,
    PrintDialog,
    SaveDialog,
    TakeOutDialog,
    Told,
    ask_folder,
)
from clinic_app.ui.tasks import Tasks
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.widgets.confirm_dialog import ConfirmDialog
from clinic_app.ui.widgets.copying import copy_picture_for_a_while
from clinic_app.ui.widgets.permission_fields import Granted, Needed, read_needed
from clinic_app.wording.comparison import (
    alone_words,
    copy_warning,
    hidden_in_words,
    print_warning,
    saved_warning,
    through_words,
    unmirrored_words,
)
from clinic_app.wording.dates import day as day_words
from clinic_app.wording.language import translate

if TYPE_CHECKING:
    from clinic_app.services import Services


def usual_folder() -> Path:
    """Where pictures are kept on this computer; the nearest folder that is there."""
    places = QStandardPaths.StandardLocation
    wanted = (places.PicturesLocation, places.DocumentsLocation, places.HomeLocation)
    found = [Path(QStandardPaths.writableLocation(one)) for one in wanted]
    return next((one for one in found if one.is_dir()), found[-1])


def suggested_path(folder: Path, today: date, ending: str) -> Path:
    """A neutral name that is still free there: ``comparison-2026-03-19.png``, then ``comparison-2026-03-19-2.png``."""
    stem = f"comparison-{today.isoformat()}"
    path, number = folder / f"{stem}{ending}", 2
    while path.exists():
        path, number = folder / f"{stem}-{number}{ending}", number + 1
    return path


THROUGH = frozenset({CompareMode.WIPE, CompareMode.BLEND})
"""Modes in which one photograph is seen where the other is hidden."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """What leaves: photographs of a case, drawn as they were seen when it was asked for."""

    case_id: int
    ids: tuple[int, ...]
    image: QImage
    told: Told


class TakingOut(QObject):
    """Draws, asks, and once the clinic agreed lets it go. ``said(words)``: done; ``refused(error)``: nothing is asked.

    ``ask`` chooses a folder, ``preview`` shows a page before it is printed; only what is printed from there is entered.
    """

    said = Signal(str)
    refused = Signal(object)

    def __init__(self, keeper: ThemeKeeper, tasks: Tasks, stage: Stage, owner: QWidget) -> None:
        super().__init__(owner)
        self._keeper, self._tasks, self._stage, self._owner = keeper, tasks, stage, owner
        self.ask: AskFolder = ask_folder
        self.preview: Preview = partial(show_preview, keeper)
        self.folder: Path | None = None
        self.paper = usual_paper()
        self.reason = ""
        """What was said last while this clinic is open; it is proposed again."""

    def copy(self, case_id: int, ids: Collection[int], unchecked: str) -> None:
        """The comparison as a picture on the clipboard, for a while. ``unchecked``: what to say of its regions."""
        leaving = Leaving(case_id, tuple(ids), picture_of(self._keeper, self._stage), self._told(unchecked))

        def show(needed: Needed) -> None:
            title, verb = translate("Copy the comparison"), translate("Copy")
            warning = self._warning(copy_warning())
            told = leaving.told
            sheet = TakeOutDialog(self._keeper, self._window, title, warning, verb, needed, self.reason, told)
            self._open(sheet, agreed)

        def agreed(dialog: TakeOutDialog, granted: Granted) -> None:
            def done(_: Changes) -> None:
                self._close(dialog, granted)
                copy_picture_for_a_while(leaving.image)
                self.said.emit(translate("The comparison was copied; it leaves the clipboard again in a moment."))

            self._let_go(dialog, leaving, granted, b"", "", done)

        self._tasks.ask(lambda s: read_needed(s, ACTION), show, owner=self, key="needed", failed=self.refused.emit)

    def save(self, case_id: int, ids: Collection[int], unchecked: str) -> None:
        """The comparison as a PNG file; ``unchecked`` as in ``copy``."""
        leaving = Leaving(case_id, tuple(ids), picture_of(self._keeper, self._stage), self._told(unchecked))
        folder = self.folder

        def read(services: Services) -> tuple[Needed, Path]:
            path = suggested_path(folder or usual_folder(), services.today(), SaveDialog.ending)
            return read_needed(services, ACTION), path

        def show(found: tuple[Needed, Path]) -> None:
            needed, suggested = found
            warning = self._warning(saved_warning())
            told, window = leaving.told, self._window
            sheet = SaveDialog(self._keeper, window, warning, needed, self.reason, told, suggested, self.ask)
            self._open(sheet, write)

        def write(dialog: TakeOutDialog, granted: Granted) -> None:
            if isinstance(dialog, SaveDialog):
                self._tasks.paint(
                    lambda _: png_of(leaving.image),
                    lambda png: self._write(dialog, leaving, granted, png, overwrite=False),
                    owner=dialog,
                    failed=dialog.refuse,
                )

        self._tasks.ask(read, show, owner=self, key="needed", failed=self.refused.emit)

    def print(self, case_id: int, ids: Collection[int], head: str, unchecked: str) -> None:
        """The comparison on paper or in a PDF file, with a line above it: ``head`` (whose it is), and the day.

        ``unchecked`` as in ``copy``.
        """
        image = printed_picture(self._keeper, self._stage)
        leaving, folder = Leaving(case_id, tuple(ids), image, self._told(unchecked)), self.folder

        def read(services: Services) -> tuple[Needed, Path, Page]:
            today = services.today()
            path = suggested_path(folder or usual_folder(), today, PrintDialog.ending)
            return read_needed(services, ACTION), path, Page(image, head, day_words(today))

        def show(found: tuple[Needed, Path, Page]) -> None:
            needed, suggested, page = found
            warning = self._warning(print_warning())
            told, reason, ask = leaving.told, self.reason, self.ask
            sheet = PrintDialog(self._keeper, self._window, warning, needed, reason, told, suggested, ask, self.paper)
            self._open(sheet, partial(agreed, page))

        def agreed(page: Page, dialog: TakeOutDialog, granted: Granted) -> None:
            if not isinstance(dialog, PrintDialog):
                return
            paper = self.paper = dialog.paper
            if dialog.to_file:
                self._tasks.paint(
                    lambda _: pdf_of(page, paper),
                    lambda pdf: self._write(dialog, leaving, granted, pdf, overwrite=False),
                    owner=dialog,
                    failed=dialog.refuse,
                )
                return

            def check(services: Services) -> None:
                granted(services)
                services.comparison.check_taking_out(case_id, granted.reason)

            def done(_: None) -> None:
                self._close(dialog, granted)
                self.preview(page, paper, self._window, partial(self._enter_printed, leaving, granted.reason))

            self._tasks.ask(check, done, owner=dialog, failed=dialog.refuse)

        self._tasks.ask(read, show, owner=self, key="needed", failed=self.refused.emit)

    def _enter_printed(
        self,
        leaving: Leaving,
        reason: str,
        owner: QObject,
        go_on: Callable[[], object],
        failed: Callable[[], object],
    ) -> None:
        """The audit knows that it is printed before it is; where that cannot be entered, nothing is printed."""

        def refuse(error: ClinicError) -> None:
            failed()
            self.refused.emit(error)

        self._tasks.tell(
            lambda s: s.comparison.take_out(leaving.case_id, leaving.ids, reason=reason, printed=True),
            lambda _: go_on(),
            owner=owner,
            failed=refuse,
        )

    def _write(self, dialog: SaveDialog, leaving: Leaving, granted: Granted, data: bytes, *, overwrite: bool) -> None:
        path = dialog.path

        def done(_: Changes) -> None:
            self.folder = path.parent
            self._close(dialog, granted)
            self.said.emit(translate("Saved as {path}").format(path=path))

        def failed(error: ClinicError) -> None:
            if isinstance(error, FileRefused) and error.code == "table_exists":
                self._replace(dialog, leaving, granted, data)
            else:
                dialog.refuse(error)

        self._let_go(dialog, leaving, granted, data, str(path), done, overwrite=overwrite, failed=failed)

    def _replace(self, dialog: SaveDialog, leaving: Leaving, granted: Granted, data: bytes) -> None:
        """A file stands there: ask, with Cancel first."""
        title = translate("Replace “{name}”?").format(name=dialog.path.name)
        said = translate("What is in that file now is lost. Nothing in the clinic changes.")
        question = ConfirmDialog(self._keeper, title, said, translate("Replace the file"), dialog)
        question.accepted.connect(lambda: self._write(dialog, leaving, granted, data, overwrite=True))
        question.rejected.connect(lambda: dialog.set_busy(busy=False))
        question.finished.connect(question.deleteLater)
        question.open()

    @property
    def _window(self) -> QWidget:
        return self._owner.window()

    def _told(self, unchecked: str) -> Told:
        """In which of the photographs that are seen parts are hidden, and what to beware of; ``unchecked`` too."""
        stage, photos = self._stage, self._stage.photos
        seen = [letter for letter in stage.seen if letter in photos]
        hidden = [letter for letter in seen if any(mark.kind.hides for mark in photos[letter].marks)]
        through = through_words(hidden) if hidden and stage.mode in THROUGH and len(seen) > 1 else ""
        return Told(hidden_in_words(hidden, seen), " ".join(part for part in (through, unchecked) if part))

    def _warning(self, words: str) -> str:
        """A warning; before it which photograph is not in what leaves, after it that it is not mirrored."""
        stage = self._stage
        missing = [] if stage.mode is CompareMode.SINGLE else [*stage.lacking]
        there = [letter for letter in stage.seen if letter in stage.photos]
        alone = alone_words(there, missing) if missing else ""
        mirrored = unmirrored_words() if stage.looks.mirrored else ""
        return "\n\n".join(part for part in (alone, words, mirrored) if part)

    def _open(self, dialog: TakeOutDialog, agreed: Callable[[TakeOutDialog, Granted], object]) -> None:
        if not self._owner.isVisible():
            dialog.deleteLater()
            return
        dialog.agreed.connect(lambda granted: agreed(dialog, granted))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _close(self, dialog: TakeOutDialog, granted: Granted) -> None:
        self.reason = granted.reason
        dialog.accept()

    def _let_go(
        self,
        dialog: TakeOutDialog,
        leaving: Leaving,
        granted: Granted,
        data: bytes,
        path: str,
        done: Callable[[Changes], object],
        *,
        overwrite: bool = False,
        failed: Callable[[ClinicError], object] | None = None,
    ) -> None:
        def write(services: Services) -> Changes:
            granted(services)
            return services.comparison.take_out(
                leaving.case_id,
                leaving.ids,
                data,
                path,
                granted.reason,
                overwrite=overwrite,
                printed=isinstance(dialog, PrintDialog),
            )

        self._tasks.tell(write, done, owner=dialog, failed=failed or dialog.refuse)


def png_of(image: QImage) -> bytes:
    """A picture as PNG, with nothing in it but its pixels. Belongs into a worker."""
    plain = image.copy()
    for key in plain.textKeys():
        plain.setText(key, "")
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(plain)
    return bytes(buffer.data().data())
