"""All photographs of a patient by sitting, with selection by mouse and keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from clinic_app.domain.pictures import Certainty, PictureEntry, picture_sessions
from clinic_app.ui.context import UiContext
from clinic_app.ui.patients.thumbnails import Thumbnails, paint_thumbnail
from clinic_app.ui.theme import Style, Tone
from clinic_app.ui.widgets import paint_chip, painting
from clinic_app.wording.dates import day as day_words
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.pictures import phase_label
from clinic_app.wording.schedule import product_words

CELL = 168
PICTURE_HIGH = 150
WORDS_HIGH = 38
HEAD = 40
GAP = 12


@dataclass(frozen=True, slots=True)
class Sitting:
    """Photographs taken together, and the words above them."""

    title: str
    detail: str
    entries: tuple[PictureEntry, ...]


def sittings_of(entries: Sequence[PictureEntry], names: dict[str | None, str]) -> tuple[Sitting, ...]:
    """The sittings, newest first, those without a sure date before all; ``names`` are products by code."""
    groups = picture_sessions([entry.picture.taken for entry in entries])
    answer: list[Sitting] = []
    for group in groups:
        found = tuple(entries[place] for place in group)
        first = found[0]
        if not first.picture.taken.known or first.picture.taken.day is None:
            title = translate("Date unsure")
            answer.append(Sitting(title, translate("Set the date to place them between the injections"), found))
            continue
        product = first.phase.injection.product if first.phase.injection is not None else None
        words = phase_label(first.phase, names.get(product, ""))
        answer.append(Sitting(day_words(first.picture.taken.day), words[0], found))
    unsure = [one for one in answer if not one.entries[0].picture.taken.known]
    dated = [one for one in answer if one.entries[0].picture.taken.known]
    return (*unsure, *reversed(dated))


class PictureGrid(QAbstractScrollArea):
    """Photographs in rows under the day of their sitting.

    Arrow keys move, with Shift they extend, Space takes in or out, Ctrl+A takes all; Enter or a double click brings
    ``opened``. Keys nobody here knows go on to the view around it.
    """

    selection_changed = Signal()
    opened = Signal(int)
    menu_asked = Signal(object)

    def __init__(self, context: UiContext, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._thumbnails = thumbnails
        self._sittings: tuple[Sitting, ...] = ()
        self._flat: list[PictureEntry] = []
        self._cells: list[QRect] = []
        self._heads: list[tuple[QRect, Sitting]] = []
        self._selected: set[int] = set()
        self._current = -1
        self._anchor = -1
        self.setProperty("kind", "plain")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setAutoFillBackground(False)
        self.viewport().setMouseTracking(True)
        self.setAccessibleName(translate("Photos"))
        thumbnails.arrived.connect(lambda _: self.viewport().update())
        context.theme.changed.connect(self._lay)

    @property
    def selected(self) -> tuple[int, ...]:
        """The ids of the selected photographs, in the order they stand."""
        return tuple(entry.picture.id for entry in self._flat if entry.picture.id in self._selected)

    @property
    def current(self) -> int:
        """The id of the photograph that has the ring; 0 for none."""
        return self._flat[self._current].picture.id if 0 <= self._current < len(self._flat) else 0

    def entry(self, picture_id: int) -> PictureEntry | None:
        """One photograph of the grid."""
        return next((entry for entry in self._flat if entry.picture.id == picture_id), None)

    def show_entries(self, entries: Sequence[PictureEntry]) -> None:
        """Show these; what was selected stays so where it is still there."""
        current = self.current
        catalogues = self._context.catalogues
        names: dict[str | None, str] = {code: product.brand for code, product in catalogues.products.items()}
        self._sittings = sittings_of(sorted(entries, key=lambda entry: entry.picture.id), names)
        self._flat = [entry for sitting in self._sittings for entry in sitting.entries]
        ids = [entry.picture.id for entry in self._flat]
        self._selected &= set(ids)
        self._current = ids.index(current) if current in ids else (0 if ids else -1)
        self._anchor = self._current
        self._lay()
        self._tell()

    def select(self, ids: Sequence[int]) -> None:
        """Select these, the first one current and in sight."""
        self._selected = set(ids)
        for place, entry in enumerate(self._flat):
            if ids and entry.picture.id == ids[0]:
                self._current = self._anchor = place
                self._show_current()
        self._tell()

    def event(self, event: QEvent) -> bool:
        """Escape is the grid's own while something is selected."""
        asked = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride
        if asked and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape and self._selected:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move, select, open."""
        key = event.key()
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if not self._flat:
            super().keyPressEvent(event)
            return
        if key == Qt.Key.Key_A and control:
            self._selected = {entry.picture.id for entry in self._flat}
            self._tell()
        elif key == Qt.Key.Key_Space:
            self._selected ^= {self.current}
            self._anchor = self._current
            self._tell()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not control:
            self.opened.emit(self.current)
        elif key == Qt.Key.Key_Escape and self._selected:
            self._selected.clear()
            self._tell()
        elif key in _MOVES:
            self._go(self._neighbour(Qt.Key(key)), extend=shift, keep=control)
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select; Ctrl adds, Shift extends."""
        place = self._at(event.position().toPoint())
        modifiers = event.modifiers()
        if place < 0:
            if not modifiers:
                self._selected.clear()
                self._tell()
            return
        if event.button() == Qt.MouseButton.RightButton:
            if self._flat[place].picture.id not in self._selected:
                self._go(place, extend=False, keep=False)
            self.menu_asked.emit(event.globalPosition().toPoint())
        elif modifiers & Qt.KeyboardModifier.ControlModifier:
            self._current = self._anchor = place
            self._selected ^= {self._flat[place].picture.id}
            self._tell()
        else:
            self._go(place, extend=bool(modifiers & Qt.KeyboardModifier.ShiftModifier), keep=False)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the photograph."""
        place = self._at(event.position().toPoint())
        if place >= 0:
            self.opened.emit(self._flat[place].picture.id)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break into rows anew."""
        super().resizeEvent(event)
        self._lay()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Paint what came into sight."""
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the heads and photographs in sight."""
        painter = QPainter(self.viewport())
        keeper = self._context.theme
        shift = QPoint(0, -self.verticalScrollBar().value())
        for rect, sitting in self._heads:
            spot = rect.translated(shift)
            if spot.bottom() < 0 or spot.top() > self.viewport().height():
                continue
            used = painting.text(painter, keeper, spot, sitting.title, Style.SECTION)
            rest = spot.adjusted(used + keeper.px(10), 0, 0, 0)
            count = translate_many("{count} photo", "{count} photos", len(sitting.entries))
            painting.text(painter, keeper, rest, f"{sitting.detail} · {count}", Style.SECONDARY, "text2")
        for place, rect in enumerate(self._cells):
            spot = rect.translated(shift)
            if spot.bottom() >= 0 and spot.top() <= self.viewport().height():
                self._paint_cell(painter, spot, place)

    def viewportSizeHint(self) -> QSize:
        """Four across."""
        return QSize(self._context.theme.px((CELL + GAP) * 4), self._context.theme.px(400))

    def sentence(self, entry: PictureEntry) -> str:
        """A photograph as a screen reader says it."""
        view, phase = self._words(entry)
        taken = entry.picture.taken.day
        chosen = translate("selected") if entry.picture.id in self._selected else ""
        return ", ".join(part for part in (view, phase, day_words(taken) if taken else "", chosen) if part)

    def _words(self, entry: PictureEntry) -> tuple[str, str]:
        catalogues = self._context.catalogues
        view = catalogues.views.get(entry.picture.view or "")
        product = entry.phase.injection.product if entry.phase.injection is not None else None
        words = phase_label(entry.phase, product_words(product, catalogues) if product else "")
        return (view.name if view is not None else translate("No view yet")), words[0]

    def _paint_cell(self, painter: QPainter, rect: QRect, place: int) -> None:
        keeper = self._context.theme
        entry = self._flat[place]
        chosen = entry.picture.id in self._selected
        image = QRect(rect.left(), rect.top(), rect.width(), keeper.px(PICTURE_HIGH))
        radius = keeper.px(6)
        paint_thumbnail(painter, self._context, self._thumbnails, image, entry.picture.id, radius)
        if chosen:
            painting.box(painter, image, radius, line=keeper.colour("accent"), width=3.0)
            side = keeper.px(20)
            tick = QRect(image.right() - side - keeper.px(5), image.top() + keeper.px(6), side, side)
            painting.box(painter, tick, side / 2, fill=keeper.colour("accent"))
            painting.icon(painter, keeper, tick, "check", "on_accent", 14)
        if entry.picture.taken.certainty is not Certainty.CAMERA:
            self._paint_certainty(painter, image, entry)
        if place == self._current and self.hasFocus():
            ring = image.adjusted(-keeper.px(3), -keeper.px(3), keeper.px(3), keeper.px(3))
            painting.focus_ring(painter, keeper, ring, radius + keeper.px(2))
        view, phase = self._words(entry)
        line = QRect(rect.left(), image.bottom() + keeper.px(5), rect.width(), keeper.px(17))
        missing = entry.picture.view is None
        painting.text(painter, keeper, line, view, Style.CHIP, "due.fg" if missing else "text")
        line.translate(0, keeper.px(16))
        painting.text(painter, keeper, line, phase, Style.CAPTION, "text2")

    def _paint_certainty(self, painter: QPainter, image: QRect, entry: PictureEntry) -> None:
        keeper = self._context.theme
        if entry.picture.taken.certainty is Certainty.UNSURE:
            spot = QRect(image.left() + keeper.px(6), image.top() + keeper.px(5), image.width(), keeper.px(22))
            paint_chip(painter, keeper, spot, Tone.DUE, translate("Date unsure"), icon="calendar-x")

    def _lay(self) -> None:
        keeper = self._context.theme
        width, gap = self.viewport().width(), keeper.px(GAP)
        margin = keeper.px(4)
        columns = max(1, (width - 2 * margin + gap) // (keeper.px(CELL) + gap))
        across = (width - 2 * margin - gap * (columns - 1)) // columns
        cell = min(across, keeper.px(CELL + 40))
        high = keeper.px(PICTURE_HIGH + WORDS_HIGH)
        self._cells, self._heads = [], []
        y = 0
        for sitting in self._sittings:
            self._heads.append((QRect(margin, y, width - 2 * margin, keeper.px(HEAD)), sitting))
            y += keeper.px(HEAD)
            for place in range(len(sitting.entries)):
                row, column = divmod(place, columns)
                self._cells.append(QRect(margin + column * (cell + gap), y + row * (high + gap), cell, high))
            y += -(-len(sitting.entries) // columns) * (high + gap)
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, y - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(keeper.px(48))
        self.viewport().update()

    def _at(self, spot: QPoint) -> int:
        here = spot + QPoint(0, self.verticalScrollBar().value())
        return next((place for place, rect in enumerate(self._cells) if rect.contains(here)), -1)

    def _neighbour(self, key: Qt.Key) -> int:
        step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}.get(key)
        last = len(self._flat) - 1
        if step is not None:
            return min(max(self._current + step, 0), last)
        if key == Qt.Key.Key_Home:
            return 0
        if key == Qt.Key.Key_End:
            return last
        here = self._cells[self._current].center()
        down = key in (Qt.Key.Key_Down, Qt.Key.Key_PageDown)
        beyond = [
            (abs(rect.center().y() - here.y()), abs(rect.center().x() - here.x()), place)
            for place, rect in enumerate(self._cells)
            if (rect.top() > here.y() if down else rect.bottom() < here.y())
        ]
        return min(beyond)[2] if beyond else self._current

    def _go(self, place: int, *, extend: bool, keep: bool) -> None:
        self._current = place
        if extend and self._anchor >= 0:
            low, high = sorted((self._anchor, place))
            self._selected = {entry.picture.id for entry in self._flat[low : high + 1]}
        else:
            self._anchor = place
            if not keep:
                self._selected = {self._flat[place].picture.id}
        self._show_current()
        self._tell()

    def _show_current(self) -> None:
        if not 0 <= self._current < len(self._cells):
            return
        rect, bar = self._cells[self._current], self.verticalScrollBar()
        margin = self._context.theme.px(HEAD)
        if rect.top() - margin < bar.value():
            bar.setValue(rect.top() - margin)
        elif rect.bottom() > bar.value() + self.viewport().height():
            bar.setValue(rect.bottom() - self.viewport().height() + margin // 4)

    def _tell(self) -> None:
        entry = self.entry(self.current)
        self.setAccessibleDescription("" if entry is None else self.sentence(entry))
        self.viewport().update()
        self.selection_changed.emit()


_MOVES = frozenset(
    {
        Qt.Key.Key_Left,
        Qt.Key.Key_Right,
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
        Qt.Key.Key_PageDown,
        Qt.Key.Key_PageUp,
    }
)
