"""A picture of the comparison leaves the program: copied for a while, or saved, each after a plain warning."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QDate, QIODevice, QObject, QStandardPaths, Qt, Signal
from PySide6.QtGui import QImage, QImageWriter
from PySide6.QtWidgets import QFileDialog, QWidget

from clinic_app.domain.changes import Changes
from clinic_app.ui.compare.second import picture_of
from clinic_app.ui.compare.stage import Stage
from clinic_app.ui.tasks import Tasks
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.widgets.confirm_dialog import ConfirmDialog
from clinic_app.ui.widgets.copying import copy_picture_for_a_while
from clinic_app.wording.comparison import copy_warning, saved_warning, unmirrored_words
from clinic_app.wording.language import translate

AskFile = Callable[[QWidget, str], str]


def ask_file(parent: QWidget, name: str) -> str:
    """The computer's own dialog for a new file; blank where it was left."""
    return QFileDialog.getSaveFileName(parent, translate("Save the comparison as"), name, "PNG (*.png)")[0]


def suggested_path(folder: Path) -> Path:
    """A neutral name that is still free there: ``comparison-2026-03-19.png``, then ``comparison-2026-03-19-2.png``."""
    stem = f"comparison-{QDate.currentDate().toString(Qt.DateFormat.ISODate)}"
    path, number = folder / f"{stem}.png", 2
    while path.exists():
        path, number = folder / f"{stem}-{number}.png", number + 1
    return path


class TakingOut(QObject):
    """Warns, draws, asks the clinic, and only then lets it go. ``said(words)``: done; ``refused(error)``: not."""

    said = Signal(str)
    refused = Signal(object)

    def __init__(self, keeper: ThemeKeeper, tasks: Tasks, stage: Stage, owner: QWidget, ask: AskFile) -> None:
        super().__init__(owner)
        self._keeper, self._tasks, self._stage, self._owner, self.ask = keeper, tasks, stage, owner, ask
        self.folder = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation))

    def copy(self, case_id: int, ids: Collection[int]) -> None:
        """The comparison as a picture on the clipboard, for a while."""
        image = picture_of(self._keeper, self._stage)

        def done(_: Changes) -> None:
            copy_picture_for_a_while(image)
            self.said.emit(translate("The comparison was copied; it leaves the clipboard again in a moment."))

        def agreed() -> None:
            self._let_go(case_id, ids, b"", "", done)

        self._warn(translate("Copy the comparison?"), self._with_mirror(copy_warning()), translate("Copy"), agreed)

    def save(self, case_id: int, ids: Collection[int]) -> None:
        """The comparison as a new PNG file."""
        image = picture_of(self._keeper, self._stage)

        def agreed() -> None:
            path = self.ask(self._owner, str(suggested_path(self.folder)))
            if not path:
                return
            path = path if path.lower().endswith(".png") else f"{path}.png"
            self.folder = Path(path).parent

            def done(_: Changes) -> None:
                self.said.emit(translate("Saved as {path}").format(path=path))

            self._tasks.paint(
                lambda _: png_of(image), lambda data: self._let_go(case_id, ids, data, path, done), owner=self
            )

        title = translate("Save a picture of the comparison?")
        self._warn(title, self._with_mirror(saved_warning()), translate("Save…"), agreed)

    def _with_mirror(self, words: str) -> str:
        """A warning, and that what leaves is not mirrored where it is seen so."""
        return f"{words}\n\n{unmirrored_words()}" if self._stage.looks.mirrored else words

    def _warn(self, title: str, words: str, verb: str, then: Callable[[], object]) -> None:
        dialog = ConfirmDialog(self._keeper, title, words, verb, self._owner.window(), destructive=False)
        dialog.accepted.connect(lambda: then())
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _let_go(
        self, case_id: int, ids: Collection[int], png: bytes, path: str, done: Callable[[Changes], object]
    ) -> None:
        self._tasks.tell(
            lambda services: services.comparison.take_out(case_id, ids, png, path),
            done,
            owner=self,
            failed=self.refused.emit,
        )


def png_of(image: QImage) -> bytes:
    """A picture as PNG, with nothing in it but its pixels. Belongs into a worker."""
    plain = image.copy()
    for key in plain.textKeys():
        plain.setText(key, "")
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(plain)
    return bytes(buffer.data().data())
