"""The hand that aligns: what keys and mouse mean for the photograph they are on, while points are set and otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent

from clinic_app.domain.alignment import Similarity
from clinic_app.domain.comparison import CompareMode
from clinic_app.domain.lens import Extent
from clinic_app.ui.compare.aligning import Aligner
from clinic_app.ui.compare.loading import Loader
from clinic_app.ui.compare.pane import PicturePane
from clinic_app.ui.compare.photo import Photo, longer
from clinic_app.ui.compare.reading import Reading
from clinic_app.ui.compare.stage import Stage
from clinic_app.wording.language import translate

WAYS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
FAR = 10
"""Pixels a point is moved by an arrow with Shift (ux.md 2.4)."""


class AlignTool(QObject):
    """Sets points, nudges and turns.

    ``said(words)``: why not; ``mode_asked(mode)``: points are set side by side; ``kept``: what points say was kept.
    """

    said = Signal(str)
    mode_asked = Signal(object)
    kept = Signal()

    def __init__(self, stage: Stage, loader: Loader, aligner: Aligner, parent: QObject) -> None:
        super().__init__(parent)
        self._stage, self._loader, self._aligner = stage, loader, aligner
        self.reading: Reading | None = None
        self.before: CompareMode | None = None
        """The mode points were begun in, while they are set."""
        stage.nudged.connect(self.nudge)
        stage.turned.connect(self._turn_by_hand)
        stage.clicked.connect(self._clicked)
        aligner.told.connect(self._show_points)

    @property
    def may_write(self) -> bool:
        """Whether whoever looks may align, pin and turn."""
        return self.reading is not None and self.reading.answer.may_write

    def _of_view(self, letter: str) -> bool:
        photo = self._loader.shown[letter]
        return self.reading is not None and photo is not None and photo.picture_id in self.reading.of_view()

    def pair(self) -> tuple[Photo, Photo] | None:
        """The photographs of A and B where they may be aligned; otherwise why not is said."""
        a, b = self._loader.shown["A"], self._loader.shown["B"]
        if a is None or b is None:
            self.said.emit(translate("Two photos are needed to align them."))
        elif not self._refused("A", "B"):
            return a, b
        return None

    def _refused(self, *letters: str) -> bool:
        """Say why these photographs may not be aligned, if so."""
        if not self.may_write:
            self.said.emit(translate("Only doctors and nurses align photos."))
        elif not all(map(self._of_view, letters)):
            self.said.emit(translate("Only photos of one view lie over each other."))
        else:
            return False
        return True

    # --- points -----------------------------------------------------------------------------------------------
    def toggle_points(self) -> None:
        """Begin to set points, or keep what they say."""
        if self._aligner.picking is None:
            self.begin_points()
        elif self._aligner.keep_points():
            self.kept.emit()
        else:
            self._aligner.end_points()

    def begin_points(self, why: str = "") -> None:
        """Set points in A and B, side by side; ``why`` they are needed."""
        pair = self.pair()
        if pair is not None:
            self.before = self._stage.mode
            self.mode_asked.emit(CompareMode.SIDE_BY_SIDE)
            self._aligner.begin_points(*pair, why)

    def _show_points(self) -> None:
        picking = self._aligner.picking
        for letter, pane in self._stage.panes.items():
            points = tuple(picking.points.get(letter, ())) if picking is not None else ()
            pane.set_points(points, picking=picking is not None and letter in picking.points)
        if picking is None and self.before is not None:
            before, self.before = self.before, None
            self.mode_asked.emit(before)

    def _clicked(self, letter: str, spot: tuple[float, float]) -> None:
        photo, picking = self._loader.shown[letter], self._aligner.picking
        if photo is None or picking is None or letter not in "AB":
            return
        if letter != picking.wanted:
            self.said.emit(translate("The next point is set in {letter}.").format(letter=picking.wanted))
        else:
            self._aligner.add_point(letter, photo.unit_of(spot))

    def point_act(self, event: QKeyEvent) -> Callable[[], object] | None:
        """What a key does while points are set; None where it means what it always does."""
        picking = self._aligner.picking
        if picking is None:
            return None
        key = Qt.Key(event.key())
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if key in WAYS and modifiers in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier):
            far = FAR if modifiers == Qt.KeyboardModifier.ShiftModifier else 1
            return partial(self._shift_point, WAYS[key][0] * far, WAYS[key][1] * far)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return self.toggle_points if picking.rms is not None else _nothing
        return self._aligner.drop_point if key == Qt.Key.Key_Backspace else None

    def _shift_point(self, dx: int, dy: int) -> None:
        """Move the point set last by pixels of the screen."""
        picking = self._aligner.picking
        photo = self._loader.shown[picking.last] if picking is not None else None
        if picking is None or photo is None:
            return
        pane = self._stage.panes[picking.last]
        at = photo.on(pane.frame_of(photo), self._stage.lens_of(picking.last))
        x, y = Similarity(1 / at.scale, -at.rotation).apply((dx, dy))
        self._aligner.shift_point(x / longer(photo.size), y / longer(photo.size))

    # --- nudging ----------------------------------------------------------------------------------------------
    def nudge(self, letter: str, dx: float, dy: float) -> None:
        """Move a photograph by pixels of its pane."""
        photo = self._loader.shown[letter]
        if photo is None or self._refused(letter) or (partner := self._partner(letter)) is None:
            return
        room, lens = _room_for(photo, partner), self._stage.lens_of(letter)
        frame = replace(self._pane_of(letter).frame_of(photo), picture=room)
        x, y = Similarity(1 / lens.scale(frame), -lens.turn).apply((dx, dy))
        self._aligner.nudge(photo, partner, Similarity(dx=x / longer(room), dy=y / longer(room)))

    def nudge_active(self, dx: int, dy: int) -> None:
        """Move the active photograph by pixels of its pane."""
        self.nudge(self._stage.active_letter, dx, dy)

    def fine_turn(self, degrees: float) -> None:
        """Turn the active photograph a little about the middle of what is seen."""
        self._turn(self._stage.active_letter, degrees)

    def _turn_by_hand(self, letter: str, degrees: float) -> None:
        """Two fingers turned on a photograph; whoever may not align it only zooms."""
        if self.may_write and self._of_view(letter):
            self._turn(letter, degrees)

    def _turn(self, letter: str, degrees: float) -> None:
        photo = self._loader.shown[letter]
        if photo is None or self._refused(letter) or (partner := self._partner(letter)) is None:
            return
        room, lens = _room_for(photo, partner), self._stage.lens_of(letter)
        middle = (lens.x * room.width / longer(room), lens.y * room.height / longer(room))
        self._aligner.nudge(photo, partner, Similarity.about(middle, rotation=degrees), turned=True)

    def forget(self) -> None:
        """The photographs that are shown lie as they were taken."""
        shown = [photo for photo in self._loader.photos if photo.placed is not None]
        if self.may_write and shown:
            self._aligner.forget(*shown)

    def _partner(self, letter: str) -> Photo | None:
        """The photograph whose frame another is aligned in: A's, for A that of B; without one that is said."""
        other = "B" if letter == "A" else "A"
        partner = self._loader.shown[other] if self._of_view(other) else None
        if partner is None:
            self.said.emit(translate("Two photos of one view are needed to align them."))
        return partner

    def _pane_of(self, letter: str) -> PicturePane:
        return self._stage.composed if self._stage.mode.composed else self._stage.panes[letter]


def _room_for(photo: Photo, partner: Photo) -> Extent:
    """What a photograph lies in once it is moved: its frame, or that of its partner."""
    return photo.extent if photo.placed is not None else partner.extent


def _nothing() -> None:
    """Enter while the points say nothing yet."""
