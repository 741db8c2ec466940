"""The comparison once more: in a window of its own for the patient, or drawn into a picture that is saved."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QImage, QKeyEvent, QPainter
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from clinic_app.domain.comparison import CompareMode
from clinic_app.domain.lens import Lens
from clinic_app.ui.compare.looks import Looks
from clinic_app.ui.compare.stage import Stage
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.widgets.key_map import KeyMap
from clinic_app.wording.language import translate

SAVED_SIDE = 1600
"""Longer side of a saved picture in pixels at 100 %; it is drawn twice as fine."""
FINENESS = 2.0
OWN = frozenset({"ratio", "lifted", "sealed"})
"""Looks a copy of the comparison does not take over: regions that are hidden are hidden in every copy."""


def follow(copy: Stage, original: Stage) -> None:
    """Let one stage show what another shows, and never what is hidden in what leaves."""
    copy.looks.sealed = True
    for name in Looks.__slots__:
        if name not in OWN:
            setattr(copy.looks, name, getattr(original.looks, name))
    for name in type(original.mix).__slots__:
        setattr(copy.mix, name, getattr(original.mix, name))
    copy.mix.flipping = False
    if copy.mode is not original.mode or len(copy.letters) != len(original.letters):
        copy.set_count(len(original.letters))
        copy.set_mode(original.mode)
    if original.mode is CompareMode.SINGLE and copy.active_letter != original.active_letter:
        copy.activate(original.active_letter)
    photos = original.photos
    for letter in copy.letters:
        if letter in photos:
            copy.show_photo(letter, photos[letter])
        elif letter in copy.photos or not copy.panes[letter].notice:
            words = original.panes[letter].notice or translate("No photo")
            copy.show_instead(letter, "image", words)
    copy.put_lens(original.lens, original.links, linked=original.linked, stacked=original.stacked)
    for letter in copy.letters:
        copy.set_figures(letter, tuple(replace(one, held=None) for one in original.panes[letter].figures))
    copy.set_chips(original.chips)
    copy.composed.mix_again()
    copy.composed.show_flipped(flipped=original.composed.flipped)


class SecondWindow(QWidget):
    """The photographs and their labels alone, with no name of the patient; what is done in either window both show.

    ``closed``: somebody closed it.
    """

    closed = Signal()

    def __init__(self, keeper: ThemeKeeper, original: Stage, keys: KeyMap) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self._original, self._keys = original, keys
        self.stage = Stage(keeper)
        for pane in self.stage.panes.values():
            pane.grips = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.stage)
        self.setWindowTitle(translate("Compare photos"))
        self.stage.badge.hide()
        for pane in (*self.stage.panes.values(), self.stage.composed):
            pane.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for letter, pane in self.stage.panes.items():
            pane.lens_asked.connect(lambda lens, every, letter=letter: self._move(letter, lens, every=every))
        self.stage.stepped.connect(original.stepped)
        self.stage.composed.lens_asked.connect(lambda lens, every: self._move("A", lens, every=every))
        original.changed.connect(self._follow)
        self.resize(1280, 800)
        self._follow()

    def _follow(self) -> None:
        follow(self.stage, self._original)
        self.stage.badge.hide()

    def _move(self, letter: str, lens: Lens, *, every: bool) -> None:
        self._original.move_lens(letter, lens, everywhere=every)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes it, the key of the full screen fills the screen; all other keys are those of the viewer."""
        name = self._keys.name_of(event)
        if name == "leave":
            self.close()
        elif name == "full":
            self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)
        else:
            QApplication.sendEvent(self._original.active, event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """The viewer's too."""
        QApplication.sendEvent(self._original.active, event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Follow no more."""
        self._original.changed.disconnect(self._follow)
        self.closed.emit()
        super().closeEvent(event)
        self.deleteLater()


def picture_of(keeper: ThemeKeeper, original: Stage, room: QSize | None = None, fineness: float = FINENESS) -> QImage:
    """What the stage shows, as a picture with its labels: drawn anew from pixels, with nothing else in the file.

    ``room``: how large it may be in pixels at 100 % (None: as large as a file is); it is drawn ``fineness`` times as
    fine.

    Seen as in a mirror it is drawn as taken: sides in what leaves the program are the patient's own. What is drawn on
    the photographs is in it and what is hidden is not, whether that is shown on the screen or not.
    """
    copy = Stage(keeper)
    copy.looks.ratio = fineness
    room = room or QSize(SAVED_SIDE, SAVED_SIDE)
    shape = original.size().scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
    copy.resize(shape)
    follow(copy, original)
    copy.looks.labels, copy.looks.loupe, copy.looks.mirrored, copy.looks.marks = True, False, False, True
    image = QImage(shape * fineness, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(fineness)
    painter = QPainter(image)
    painter.fillRect(QRect(0, 0, shape.width(), shape.height()), keeper.colour("viewer.canvas"))
    for pane in copy.visible_panes:
        pane.set_cross(None)
        painter.save()
        painter.translate(pane.pos())
        pane.draw(painter)
        painter.restore()
    painter.end()
    image.setDevicePixelRatio(1.0)
    copy.deleteLater()
    return image
