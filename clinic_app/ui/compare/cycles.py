"""One view in all cycles: before and after of every injection, side by side under one lens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from clinic_app.domain.lens import Extent, Frame, Lens
from clinic_app.domain.pictures import PicturePair
from clinic_app.ui.compare.labels import Caption
from clinic_app.ui.compare.looks import Looks
from clinic_app.ui.compare.photo import Photo, paint
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import painting
from clinic_app.wording.dates import day as day_words
from clinic_app.wording.language import translate, translate_many

LEAST_WIDTH = 150
"""Pixels at 100 % a column has at least; more cycles than fit are stepped through."""

SEALED = Looks(sealed=True)
"""Hidden regions stay hidden in all cycles at once."""


class CycleStrip(QWidget):
    """A column for each injection, its before over its after. ``chosen(cycle)``: this pair is to be compared.

    ``wanted(picture_id)`` asks once for each photograph that comes into sight.
    """

    chosen = Signal(int)
    wanted = Signal(int)

    def __init__(self, keeper: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self._cycles: tuple[PicturePair, ...] = ()
        self._names: tuple[str, ...] = ()
        self.left_out = ""
        """Which injections have no photographs here, in words; blank where all have."""
        self._captions: dict[int, Caption] = {}
        self._photos: dict[int, Photo] = {}
        self._broken: dict[int, str] = {}
        self._asked: set[int] = set()
        self._lens = Lens()
        self._current = 0
        self._first = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        keeper.changed.connect(self.update)

    @property
    def cycles(self) -> tuple[PicturePair, ...]:
        """The pairs it shows, oldest first."""
        return self._cycles

    @property
    def loaded(self) -> frozenset[int]:
        """The photographs that are here."""
        return frozenset(self._photos)

    def show_cycles(
        self,
        cycles: Sequence[PicturePair],
        names: Sequence[str],
        captions: dict[int, Caption],
        current: int,
        left_out: str = "",
    ) -> None:
        """Show these; ``names`` head the columns, ``current`` is the pair compared, ``left_out`` is said below."""
        self.left_out = left_out
        self._cycles, self._names, self._captions = tuple(cycles), tuple(names), captions
        self._photos, self._broken, self._asked = {}, {}, set()
        self._current = min(max(current, 0), max(len(cycles) - 1, 0))
        self._first = 0
        self._bring_into_sight()

    def set_lens(self, lens: Lens) -> None:
        """Look at all of them through this lens."""
        self._lens = lens
        self.update()

    def set_photo(self, photo: Photo) -> None:
        """A photograph came."""
        self._photos[photo.picture_id] = photo
        self.update()

    def set_broken(self, picture_id: int, words: str) -> None:
        """A photograph cannot be read, for this reason."""
        self._broken[picture_id] = words
        self.update()

    def clear(self) -> None:
        """Let go of everything."""
        self.show_cycles((), (), {}, 0)

    # --- layout -----------------------------------------------------------------------------------------------
    @property
    def _columns(self) -> int:
        room = max(self.width() - self._keeper.px(16), 1)
        return max(min(room // self._keeper.px(LEAST_WIDTH), len(self._cycles), 8), 1)

    def _cells(self, place: int) -> tuple[QRect, QRect, QRect]:
        """The head, the before and the after of the column at a place."""
        px, gap = self._keeper.px, self._keeper.px(8)
        wide = (self.width() - gap * (self._columns + 1)) // self._columns
        head = px(24)
        foot = self._keeper.line(Style.SECONDARY) + gap // 2 if self.left_out else 0
        high = (self.height() - head - foot - 3 * gap) // 2
        left = gap + place * (wide + gap)
        top = QRect(left, head + gap, wide, high)
        return QRect(left, gap // 2, wide, head), top, top.translated(0, high + gap)

    def _bring_into_sight(self) -> None:
        columns = self._columns
        self._first = min(max(self._first, self._current - columns + 1), self._current)
        self._first = max(min(self._first, len(self._cycles) - columns), 0)
        self._name_yourself()
        self.update()
        for pair in self._cycles[self._first : self._first + columns]:
            for picture in (pair.a, pair.b):
                if picture is not None and picture.id not in self._asked and self.isVisible():
                    self._asked.add(picture.id)
                    self.wanted.emit(picture.id)

    def _name_yourself(self) -> None:
        words = translate("All cycles")
        if self._names:
            words = translate("All cycles, {number} of {count}: {name}").format(
                number=self._current + 1, count=len(self._names), name=self._names[self._current]
            )
        self.setAccessibleName(f"{words}. {self.left_out}" if self.left_out else words)

    # --- painting ---------------------------------------------------------------------------------------------
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the columns in sight."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), self._keeper.colour("viewer.canvas"))
        for place in range(self._columns):
            cycle = self._first + place
            if cycle >= len(self._cycles):
                break
            head, top, bottom = self._cells(place)
            current = cycle == self._current
            ink = "viewer.accent" if current else "viewer.text"
            painting.text(painter, self._keeper, head, self._names[cycle], Style.SECTION_SMALL, ink)
            pair = self._cycles[cycle]
            for cell, picture in ((top, pair.a), (bottom, pair.b)):
                self._paint_cell(painter, cell, picture.id if picture is not None else None)
            if current:
                both = QRectF(top.united(bottom)).adjusted(-3, -3, 3, 3)
                width = 2.5 if self.hasFocus() else 1.5
                painting.box(painter, both, 6, line=self._keeper.colour("viewer.accent"), width=width)
        if self.left_out:
            high, gap = self._keeper.line(Style.SECONDARY), self._keeper.px(8)
            spot = QRect(gap, self.height() - high - gap // 2, self.width() - 2 * gap, high)
            painting.text(painter, self._keeper, spot, self.left_out, Style.SECONDARY, "viewer.text2")

    def _paint_cell(self, painter: QPainter, cell: QRect, picture_id: int | None) -> None:
        keeper = self._keeper
        painter.fillRect(cell, keeper.colour("viewer.group"))
        photo = self._photos.get(picture_id) if picture_id is not None else None
        if photo is not None:
            ratio = self.devicePixelRatioF()
            frame = Frame(photo.extent, Extent(cell.width() * ratio, cell.height() * ratio))
            painter.save()
            painter.setClipRect(cell)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.translate(cell.topLeft())
            painter.scale(1 / ratio, 1 / ratio)
            seen = QRectF(0, 0, frame.pane.width, frame.pane.height)
            paint(painter, photo, photo.on(frame, self._lens), seen, SEALED)
            painter.restore()
        else:
            words = translate("No photo") if picture_id is None else self._broken.get(picture_id, "")
            inner = cell.adjusted(keeper.px(8), 0, -keeper.px(8), 0)
            painting.text(painter, keeper, inner, words, Style.SECONDARY, "viewer.text2", align=painting.CENTRE)
        if picture_id is not None and (caption := self._captions.get(picture_id)) is not None:
            room, high = cell.width() - keeper.px(16), keeper.px(20)
            whole = " · ".join(part for part in (caption.short, caption.day) if part)
            fits = keeper.metrics(Style.SECONDARY).horizontalAdvance(whole) <= room
            lines = [whole] if fits else [part for part in (caption.short, caption.day) if part]
            tall = high * len(lines) + keeper.px(4)
            plate = QRect(cell.left(), cell.bottom() - tall + 1, cell.width(), tall)
            painter.fillRect(plate, keeper.colour("viewer.plate"))
            for number, words in enumerate(lines):
                spot = QRect(plate.left() + keeper.px(8), plate.top() + keeper.px(2) + number * high, room, high)
                painting.text(painter, keeper, spot, words, Style.SECONDARY, "viewer.plate_text")

    # --- the hand ---------------------------------------------------------------------------------------------
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click compares this pair."""
        for place in range(self._columns):
            _, top, bottom = self._cells(place)
            if top.united(bottom).contains(event.position().toPoint()) and self._first + place < len(self._cycles):
                self._current = self._first + place
                self.chosen.emit(self._current)
                return

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows step, Enter compares."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Home: -999, Qt.Key.Key_End: 999}
        key = Qt.Key(event.key())
        if key in steps and self._cycles and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self._current = min(max(self._current + steps[key], 0), len(self._cycles) - 1)
            self._bring_into_sight()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._cycles:
            self.chosen.emit(self._current)
        else:
            event.ignore()

    def resizeEvent(self, event: object) -> None:
        """More or fewer columns."""
        self._bring_into_sight()

    def showEvent(self, event: object) -> None:
        """Photographs come into sight."""
        self._bring_into_sight()

    def focusInEvent(self, event: object) -> None:
        """Show the ring."""
        self.update()

    def focusOutEvent(self, event: object) -> None:
        """Take the ring away."""
        self.update()


def own_cycles(cycles: Sequence[PicturePair]) -> tuple[PicturePair, ...]:
    """The pairs of which a photograph is of the cycle itself.

    A first photograph that stands in for a missing one before is not repeated from cycle to cycle.
    """
    found: list[PicturePair] = []
    seen: set[int] = set()
    for pair in cycles:
        a = pair.a if pair.a is not None and pair.a.id not in seen else None
        if a is not None or pair.b is not None:
            found.append(replace(pair, a=a))
        seen |= {picture.id for picture in (pair.a, pair.b) if picture is not None}
    return tuple(found)


def cycle_names(cycles: Sequence[PicturePair]) -> tuple[str, ...]:
    """``Injection 4 · 11 Nov 2025`` for each."""
    return tuple(
        translate("Injection {number} · {day}").format(number=pair.injection.number, day=day_words(pair.injection.day))
        if pair.injection is not None
        else ""
        for pair in cycles
    )


def left_out_words(cycles: Sequence[PicturePair]) -> str:
    """Which injections have no photograph of their own: *Injections 2–5: no photos of this view*; blank where none."""
    there = {pair.injection for pair in own_cycles(cycles)}
    numbers = [pair.injection.number for pair in cycles if pair.injection is not None and pair.injection not in there]
    if not numbers:
        return ""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    said = ", ".join(str(part[0]) if len(part) == 1 else f"{part[0]}–{part[-1]}" for part in parts)
    return translate_many(
        "Injection {numbers}: no photos of this view",
        "Injections {numbers}: no photos of this view",
        len(numbers),
        numbers=said,
    )


def small(image: QImage, side: int) -> QImage:
    """A preview as small as a column needs, so that many cycles need little memory. Belongs into a worker."""
    if max(image.width(), image.height()) <= side:
        return image.copy()
    size = image.size().scaled(QSize(side, side), Qt.AspectRatioMode.KeepAspectRatio)
    return image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
