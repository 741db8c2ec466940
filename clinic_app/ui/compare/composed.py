"""Two photographs laid over each other in one pane: slide, overlay, flip, difference."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPainterPath, QPen, QTransform, QWheelEvent, qRgb
from PySide6.QtWidgets import QWidget

from clinic_app.domain.comparison import CompareMode
from clinic_app.domain.lens import Lens
from clinic_app.ui.compare.hiding import EDGE, covered, hidden_in, reach
from clinic_app.ui.compare.looks import Looks
from clinic_app.ui.compare.pane import Manner, PicturePane
from clinic_app.ui.compare.photo import Photo
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.widgets import painting
from clinic_app.wording.language import translate

SLOWEST, USUAL, FASTEST = 0.5, 1.0, 3.0
"""Flips to and fro in a second; never more than three, for whoever is sensitive to flashes (WCAG 2.3.1)."""

GAINS = (1, 2, 4, 8)
GRAB = 22
"""How far from the divider the hand still takes hold of it, in pixels at 100 %."""

LAYER_BUDGET = 0.006
"""Seconds two layers may take at full size while they move; what takes longer is drawn at half size until it rests."""


@dataclass(slots=True)
class Mix:
    """How two photographs lie over each other. ``divider`` and ``blend`` are fractions; ``hertz`` flips a second."""

    mode: CompareMode = CompareMode.WIPE
    divider: float = 0.5
    level: bool = False
    blend: float = 0.5
    hertz: float = USUAL
    gain: int = 1
    coloured: bool = False
    flipping: bool = True


class ComposedPane(PicturePane):
    """Shows A and B over each other; A's lens is its own, B's follows. ``mixed``: by hand, the divider or the share."""

    mixed = Signal()
    turned_over = Signal()
    """Flipping shows the other one now."""

    def __init__(self, keeper: ThemeKeeper, looks: Looks, mix: Mix, parent: QWidget | None = None) -> None:
        self._second: Photo | None = None
        self._given: tuple[Photo | None, Photo | None] = (None, None)
        self._second_lens = Lens()
        self._mix = mix
        self._layers: dict[str, tuple[object, QImage]] = {}
        self._blended: tuple[object, QImage] | None = None
        self._flipped = False
        self._sliding = False
        self._missing: dict[str, str] = {}
        super().__init__(keeper, "A", looks, parent)
        self._flip = QTimer(self)
        self._flip.timeout.connect(self._tick)

    # --- what it shows ----------------------------------------------------------------------------------------
    @property
    def second(self) -> Photo | None:
        """The photograph B."""
        return self._second

    @property
    def flipped(self) -> bool:
        """Whether flipping shows B now."""
        return self._flipped

    @property
    def flips(self) -> bool:
        """Whether it flips by itself."""
        return self._flip.isActive()

    def show_pair(self, first: Photo | None, second: Photo | None, missing: dict[str, str]) -> None:
        """Show these two; of one that is not there, ``missing`` says why, and the other is shown alone."""
        before, self._given = self._given, (first, second)
        if before[0] is not first or before[1] is not second:
            unpainted = self._fresh
            fresh = [letter for letter, old, new in zip("AB", before, self._given, strict=True) if new is not old]
            there = [letter for letter, photo in zip("AB", self._given, strict=True) if photo is not None]
            self._second = None
            self._clear()
            self._photo, self._second = first or second, second if first is not None else None
            self._fresh = "".join(sorted({*unpainted, *fresh} & {*there}))
        self._missing = missing if (first is None) != (second is None) else {}
        self.forget_layers()
        self.look_again()

    def set_lenses(self, first: Lens, second: Lens) -> None:
        """Move both."""
        if (first, second) != (self._lens, self._second_lens):
            self._lens, self._second_lens = first, second
            self.moves()

    def mix_again(self) -> None:
        """The divider, the share of B, the speed or the mode changed."""
        wanted = self._mix.mode is CompareMode.BLINK and self._mix.flipping and self.isVisible() and self._whole
        if wanted:
            interval = round(500 / min(max(self._mix.hertz, SLOWEST), FASTEST))
            if not self._flip.isActive() or self._flip.interval() != interval:
                self._flip.start(interval)
        else:
            self._flip.stop()
        if self._mix.mode is not CompareMode.BLINK:
            self._flipped = False
        if self._mix.mode not in (CompareMode.BLEND, CompareMode.DIFFERENCE):
            self.forget_layers()
        self._blended = None
        self._costs.clear()
        self._name_yourself()
        self.update()

    def flip(self) -> None:
        """Show the other of the two."""
        self.show_flipped(flipped=not self._flipped)
        self.turned_over.emit()

    def show_flipped(self, *, flipped: bool) -> None:
        """Show B, or A."""
        if flipped != self._flipped:
            self._flipped = flipped
            self.update()

    def forget_layers(self) -> None:
        """Give up what was drawn ahead."""
        self._layers.clear()
        self._blended = None

    @property
    def _whole(self) -> bool:
        return self._photo is not None and self._second is not None

    def _tick(self) -> None:
        """The time is up; while the window is not in front nothing flips."""
        if self.window().isActiveWindow():
            self.flip()

    def _pictured(self) -> tuple[Photo, ...]:
        return tuple(photo for photo in (self._photo, self._second) if photo is not None)

    def _name_yourself(self) -> None:
        words = [f"{letter}: {photo.caption.title}" for letter, photo in zip("AB", self._pictured(), strict=False)]
        if self._missing:
            words = [*words, *self._missing.values()]
        if self.notice:
            words = [self.notice]
        names = {
            CompareMode.WIPE: translate("Slide"),
            CompareMode.BLEND: translate("Overlay"),
            CompareMode.BLINK: translate("Flip"),
            CompareMode.DIFFERENCE: translate("Difference"),
        }
        name = names.get(self._mix.mode, translate("Photos A and B"))
        self.setAccessibleName(f"{name}: {', '.join(words)}" if words else name)

    # --- painting ---------------------------------------------------------------------------------------------
    def _manner(self) -> Manner:
        if not self._whole or self._mix.mode not in (CompareMode.BLEND, CompareMode.DIFFERENCE):
            return super()._manner()
        if not self._rest.isActive() or self._costs.get(Manner.SHARP, 0.0) <= LAYER_BUDGET:
            return Manner.SHARP
        return Manner.HALF

    def _paint_photos(self, painter: QPainter, part: QRect, manner: Manner) -> None:
        first, second = self._photo, self._second
        if first is None or second is None:
            super()._paint_photos(painter, part, manner)
        elif self._peek is not None:
            lens = self._second_lens if self._peek is second else self._lens
            self._paint_one(painter, self._peek, lens, part, manner)
        elif self._mix.mode is CompareMode.WIPE:
            for letter, photo, lens, side in (
                ("A", first, self._lens, self._side(0)),
                ("B", second, self._second_lens, self._side(1)),
            ):
                seen = side.intersected(part)
                if not seen.isEmpty():
                    self._paint_one(painter, photo, lens, seen, manner)
                    self._darken(painter, letter, seen)
        elif self._mix.mode is CompareMode.BLINK:
            photo, lens = (second, self._second_lens) if self._flipped else (first, self._lens)
            self._paint_one(painter, photo, lens, part, manner)
            self._darken(painter, "B" if self._flipped else "A", part)
        else:
            self._paint_layers(painter, first, second, manner)

    def _seen(self) -> list[tuple[Photo, Lens, QRect]]:
        first, second, whole = self._photo, self._second, self.rect()
        if first is None or second is None:
            return super()._seen()
        a, b = (first, self._lens, whole), (second, self._second_lens, whole)
        if self._peek is not None:
            return [b if self._peek is second else (self._peek, self._lens, whole)]
        if self._mix.mode is CompareMode.WIPE:
            return [(first, self._lens, self._side(0)), (second, self._second_lens, self._side(1))]
        if self._mix.mode is CompareMode.BLINK:
            return [b if self._flipped else a]
        return [a, b]

    def _side(self, place: int) -> QRect:
        """The part of the pane A (0) or B (1) is seen in."""
        at = self._mix.divider
        if self._mix.level:
            edge = round(self.height() * at)
            whole = QRect(0, 0, self.width(), edge)
            return QRect(0, edge, self.width(), self.height() - edge) if place else whole
        edge = round(self.width() * at)
        return QRect(edge, 0, self.width() - edge, self.height()) if place else QRect(0, 0, edge, self.height())

    def _paint_layers(self, painter: QPainter, first: Photo, second: Photo, manner: Manner) -> None:
        shrink = 0.5 if manner is Manner.HALF else 1.0
        a = self._layer("A", first, self._lens, shrink)
        b = self._layer("B", second, self._second_lens, shrink)
        whole = QRectF(self.rect())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        if self._mix.mode is CompareMode.DIFFERENCE:
            painter.drawImage(whole, self._difference(a, b))
        elif manner is Manner.HALF:
            painter.drawImage(whole, self._overlaid(a, b))
        else:
            painter.drawImage(whole, a)
            painter.setOpacity(self._mix.blend)
            painter.drawImage(whole, b)
        painter.restore()

    def _overlaid(self, a: QImage, b: QImage) -> QImage:
        """B over A before both are enlarged: a quarter of the work."""
        made = a.copy()
        inner = QPainter(made)
        inner.setOpacity(self._mix.blend)
        inner.drawImage(0, 0, b)
        inner.end()
        return made

    def _layer(self, letter: str, photo: Photo, lens: Lens, shrink: float) -> QImage:
        """One photograph as large as the pane (or smaller by ``shrink``), kept until something about it changes."""
        frame, ratio = self.frame_of(photo), self.ratio * shrink
        size = QSize(max(round(self.width() * ratio), 1), max(round(self.height() * ratio), 1))
        darkened = self._difference_light(letter) if self._mix.mode is CompareMode.DIFFERENCE else None
        pixels = photo.levels(detailed=self.needs_detail)
        key = (
            pixels.stamp, photo.on(frame, lens), size, self._looks.mirrored, darkened,
            self._darkened.get(letter), hidden_in(photo.marks, self._looks),
        )  # fmt: skip
        kept = self._layers.get(letter)
        if kept is not None and kept[0] == key:
            return kept[1]
        image = kept[1] if kept is not None and kept[1].size() == size else QImage(size, QImage.Format.Format_RGB32)
        inner = QPainter(image)
        inner.scale(size.width() / self.width(), size.height() / self.height())
        self._paint_one(inner, photo, lens, self.rect(), Manner.SHARP)
        if darkened is None:
            self._darken(inner, letter, self.rect())
        elif darkened > 0:
            inner.fillRect(self.rect(), QColor(0, 0, 0, round(255 * darkened)))
        inner.end()
        self._layers[letter] = (key, image)
        self._blended = None
        return image

    def _difference_light(self, letter: str) -> float:
        """By how much a photograph is darkened so that both are equally bright: the difference is of shape alone."""
        lights = {"A": self._photo.light if self._photo else None, "B": self._second.light if self._second else None}
        return matching(lights).get(letter, 0.0)

    def _difference(self, a: QImage, b: QImage) -> QImage:
        key = (self._mix.gain, self._mix.coloured, self._layers["A"][0], self._layers["B"][0])
        if self._blended is not None and self._blended[0] == key:
            return self._blended[1]
        made = a.copy()
        inner = QPainter(made)
        inner.setCompositionMode(QPainter.CompositionMode.CompositionMode_Difference)
        inner.drawImage(0, 0, b)
        inner.end()
        shrink = made.width() / max(self.width() * self.ratio, 1)
        gain = 1
        while gain < self._mix.gain:
            again = made.copy()
            inner = QPainter(made)
            inner.setCompositionMode(QPainter.CompositionMode.CompositionMode_Plus)
            inner.drawImage(0, 0, again)
            inner.end()
            gain *= 2
        grey = made.convertToFormat(QImage.Format.Format_Grayscale8)
        if self._mix.coloured:
            grey.reinterpretAsFormat(QImage.Format.Format_Indexed8)
            grey.setColorTable(RAMP)
        shown = grey.convertToFormat(QImage.Format.Format_RGB32)
        inner = QPainter(shown)
        inner.fillPath(self._outside(shown.size(), shrink), self._keeper.colour("viewer.group"))
        inner.end()
        self._blended = (key, shown)
        return shown

    def _outside(self, size: QSize, shrink: float) -> QPainterPath:
        """Where not both photographs are, or one is hidden: there is nothing to compare."""
        whole = QPainterPath()
        whole.addRect(QRectF(0, 0, size.width(), size.height()))
        both = whole
        for photo, lens in zip(self._pictured(), (self._lens, self._second_lens), strict=True):
            at = photo.on(self.frame_of(photo), lens)
            wide, high = photo.size.width, photo.size.height
            onto = QTransform()
            if self._looks.mirrored:
                onto.translate(size.width(), 0)
                onto.scale(-1, 1)
            onto.scale(shrink, shrink)
            onto.translate(at.dx, at.dy)
            onto.rotate(at.rotation)
            onto.scale(at.scale, at.scale)
            shape = QPainterPath()
            shape.addRect(QRectF(0, 0, wide, high))
            painted = photo.levels(detailed=self.needs_detail).for_width(wide * at.scale)
            beyond = reach(photo.size, painted, at.scale * shrink) + EDGE / (at.scale * shrink)
            for _, hidden in covered(hidden_in(photo.marks, self._looks), photo.size, beyond):
                shape = shape.subtracted(hidden)
            both = both.intersected(onto.map(shape))
        return whole.subtracted(both)

    def _paint_over(self, painter: QPainter) -> None:
        if self._whole and self._mix.mode is CompareMode.WIPE and self._peek is None:
            self._paint_divider(painter)
        super()._paint_over(painter)

    def _paint_divider(self, painter: QPainter) -> None:
        keeper, level = self._keeper, self._mix.level
        edge = self._side(1).top() if level else self._side(1).left()
        dark, white = QColor(0, 0, 0, 170), QColor(Qt.GlobalColor.white)
        for shift, wide, ink in ((-2, 4, dark), (-1, 2, white)):
            line = QRect(0, edge + shift, self.width(), wide) if level else QRect(edge + shift, 0, wide, self.height())
            painter.fillRect(line, ink)
        if self._looks.ratio:
            return
        side = keeper.px(36)
        middle = QPointF(self.width() / 2, edge) if level else QPointF(edge, self.height() / 2)
        disc = QRectF(middle.x() - side / 2, middle.y() - side / 2, side, side)
        painting.box(painter, disc, side / 2, fill=keeper.colour("viewer.plate_text"), line=dark, width=1.0)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(keeper.colour("viewer.bar"), 2.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.translate(middle)
        painter.rotate(90 if level else 0)
        far, near, half = keeper.px(11), keeper.px(6), keeper.px(5)
        for way in (-1, 1):
            painter.drawLine(QPointF(way * near, -half), QPointF(way * far, 0))
            painter.drawLine(QPointF(way * far, 0), QPointF(way * near, half))
        painter.restore()

    def _paint_plates(self, painter: QPainter) -> None:
        if self._photo is None or self._second is None:
            letter = "B" if "A" in self._missing else "A"
            self._paint_badge(painter, letter, right=letter == "B")
            if self._photo is not None:
                self._paint_plate(painter, self._photo.caption, right=letter == "B")
            return
        peeked, flips = self._peek, self._mix.mode is CompareMode.BLINK
        shown = [("A", self._photo), ("B", self._second)]
        if peeked is not None:
            shown = [one for one in shown if one[1] is peeked]
        elif flips:
            shown = [shown[int(self._flipped)]]
        for letter, photo in shown:
            right = letter == "B"
            self._paint_badge(painter, letter, right=right)
            self._paint_plate(painter, photo.caption, right=right, room=0.5 if len(shown) > 1 else 1.0)

    @property
    def foot(self) -> int:
        """Pixels from below up to the top of the higher label."""
        shown = [one for one in (self._photo, self._second) if one is not None]
        if not self._looks.labels or not shown:
            return 0
        room = 0.5 if len(shown) > 1 and self._mix.mode is not CompareMode.BLINK else 1.0
        high = max(self._plate_of(one.caption, room).deviceIndependentSize().height() for one in shown)
        return round(high) + self._keeper.px(12)

    def _map_place(self) -> QRect | None:
        """Above the label of B."""
        place = super()._map_place()
        return None if place is None else place.translated(0, -self._keeper.px(64) if self._whole else 0)

    # --- the hand ---------------------------------------------------------------------------------------------
    def _at_divider(self, position: QPointF) -> bool:
        if not self._whole or self._mix.mode is not CompareMode.WIPE or self._peek is not None or self._looks.panning:
            return False
        edge = self._side(1).top() if self._mix.level else self._side(1).left()
        return abs((position.y() if self._mix.level else position.x()) - edge) <= self._keeper.px(GRAB)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the divider, or of the picture."""
        if event.button() == Qt.MouseButton.LeftButton and self._at_divider(event.position()):
            self._sliding = True
            event.accept()
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag what was taken hold of."""
        if self._sliding:
            size = self.height() if self._mix.level else self.width()
            at = (event.position().y() if self._mix.level else event.position().x()) / max(size, 1)
            self._mix.divider = min(max(at, 0.0), 1.0)
            self.update()
            self.mixed.emit()
            return
        super().mouseMoveEvent(event)
        if self._drag is None and self._at_divider(event.position()):
            self.setCursor(Qt.CursorShape.SplitVCursor if self._mix.level else Qt.CursorShape.SplitHCursor)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom; laid over each other, with Shift, more or less of B by a twentieth a notch."""
        turn = event.angleDelta().y() or event.angleDelta().x()
        if self._mix.mode is CompareMode.BLEND and event.modifiers() == Qt.KeyboardModifier.ShiftModifier:
            event.accept()
            self._mix.blend = min(max(round(self._mix.blend + 0.05 * turn / 120, 4), 0.0), 1.0)
            self.mix_again()
            self.mixed.emit()
        else:
            super().wheelEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._sliding = False
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The divider back into the middle, or 100 % and back."""
        if self._at_divider(event.position()):
            self._mix.divider = 0.5
            self._sliding = False
            self.update()
            self.mixed.emit()
            return
        super().mouseDoubleClickEvent(event)


def matching(lights: dict[str, float | None]) -> dict[str, float]:
    """By how much (0 to 1) each photograph is darkened so that all are as bright as the darkest.

    None where the brightness of one is not known yet.
    """
    known = {letter: max(light, 1.0) for letter, light in lights.items() if light is not None}
    if len(known) < len(lights) or not known:
        return {}
    least = min(known.values())
    return {letter: min(1 - least / light, 0.65) for letter, light in known.items() if light > least * 1.01}


def _ramp() -> list[int]:
    """Dark blue over grey to yellow: lightness rises evenly, so that it reads without seeing colours (cividis)."""
    stops = ((0, 34, 78), (53, 69, 108), (102, 105, 112), (148, 142, 119), (200, 184, 102), (254, 232, 56))
    colours = []
    for value in range(256):
        place = value / 255 * (len(stops) - 1)
        low = min(int(place), len(stops) - 2)
        share = place - low
        red, green, blue = (
            round(stops[low][part] + (stops[low + 1][part] - stops[low][part]) * share) for part in range(3)
        )
        colours.append(qRgb(red, green, blue))
    return colours


RAMP = _ramp()
