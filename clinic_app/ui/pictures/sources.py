"""Where photographs come from: files and folders that are dropped or chosen, or the clipboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, QStandardPaths, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import Button, Kind, TextLabel, Themed, painting
from clinic_app.ui.widgets.empty_state import BigIcon
from clinic_app.wording.language import translate

RAW_FORMATS = ("image/jpeg", "image/heic", "image/heif", "image/webp", "image/png")
"""Clipboard formats that are a whole file; they are taken as they are, with the camera's own date."""

AskFiles = Callable[[QWidget, str], list[str]]
AskFolder = Callable[[QWidget, str], str]


def dropped_paths(mime: QMimeData | None) -> tuple[str, ...]:
    """The files and folders of this computer in what is dragged or pasted; an empty clipboard has no data at all."""
    return tuple(url.toLocalFile() for url in mime.urls() if url.isLocalFile()) if mime is not None else ()


def pasted_picture(mime: QMimeData | None) -> bytes | QImage | None:
    """The picture on the clipboard: a whole file where there is one, else its pixels."""
    if mime is None:
        return None
    for name in RAW_FORMATS:
        if mime.hasFormat(name):
            return bytes(mime.data(name).data())
    if mime.hasImage():
        image = mime.imageData()
        if isinstance(image, QImage) and not image.isNull():
            return image
    return None


def as_png(picture: bytes | QImage) -> bytes:
    """The bytes to import; pixels become a PNG. Slow for large pictures: call it in a worker."""
    if isinstance(picture, bytes):
        return picture
    store = QByteArray()
    buffer = QBuffer(store)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG", 80)  # type: ignore[call-overload]  # the stub wants bytes, the binding text
    buffer.close()
    return bytes(store.data())


def ask_files(parent: QWidget, folder: str) -> list[str]:
    """The computer's own dialog for files."""
    kinds = translate("Photos (*.jpg *.jpeg *.png *.webp *.heic *.heif)")
    found, _ = QFileDialog.getOpenFileNames(
        parent, translate("Import photos"), folder, f"{kinds};;{translate('All files (*)')}"
    )
    return list(found)


def ask_folder(parent: QWidget, folder: str) -> str:
    """The computer's own dialog for a folder."""
    return QFileDialog.getExistingDirectory(parent, translate("Import a folder of photos"), folder)


class SourcesPage(Themed):
    """An area to drop photographs on, with buttons for files, a folder and the clipboard."""

    chosen = Signal(object)
    """(tuple of paths)."""
    paste_asked = Signal()

    def __init__(
        self,
        keeper: ThemeKeeper,
        parent: QWidget | None = None,
        *,
        files: AskFiles = ask_files,
        folder: AskFolder = ask_folder,
    ) -> None:
        super().__init__(keeper, parent)
        self._ask_files, self._ask_folder = files, folder
        self._start = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        self._over = False
        self.setAcceptDrops(True)
        self.files_button = Button(
            keeper, translate("Choose photos…"), kind=Kind.PRIMARY, icon="image-plus", parent=self
        )
        self.files_button.clicked.connect(self._choose_files)
        self.folder_button = Button(keeper, translate("Choose a folder…"), icon="folder-open", parent=self)
        self.folder_button.clicked.connect(self._choose_folder)
        self.paste_button = Button(keeper, translate("Paste"), icon="clipboard-paste", key="Ctrl V", parent=self)
        self.paste_button.clicked.connect(self.paste_asked)
        words = TextLabel(keeper, translate("Drop photos or a folder here"), Style.SECTION, "text", self)
        words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        kinds = translate("JPEG, PNG, WebP and HEIC. The files are copied and sealed; yours stay where they are.")
        more = TextLabel(keeper, kinds, Style.SECONDARY, "text2", self, wrap=True)
        more.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        for button in (self.files_button, self.folder_button, self.paste_button):
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        column.addStretch(2)
        column.addWidget(BigIcon(keeper, "images", self))
        column.addWidget(words)
        column.addWidget(more)
        column.addSpacing(6)
        column.addLayout(row)
        column.addStretch(3)
        self.setFocusProxy(self.files_button)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and folders of this computer."""
        if dropped_paths(event.mimeData()):
            self._over = True
            self.update()
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Look as before."""
        self._over = False
        self.update()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take what was dropped."""
        self._over = False
        self.update()
        event.acceptProposedAction()
        self.chosen.emit(dropped_paths(event.mimeData()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the dashed edge."""
        line = self.keeper.colour("accent" if self._over else "border_strong")
        fill = self.keeper.colour("accent_soft" if self._over else "surface")
        area = self.rect().adjusted(1, 1, -1, -1)
        painting.box(QPainter(self), area, self.keeper.px(10), fill=fill, line=line, width=1.5, dashed=True)

    def _choose_files(self) -> None:
        found = self._ask_files(self, self._start)
        if found:
            self._start = str(Path(found[0]).parent)
            self.chosen.emit(tuple(found))

    def _choose_folder(self) -> None:
        found = self._ask_folder(self, self._start)
        if found:
            self._start = found
            self.chosen.emit((found,))
