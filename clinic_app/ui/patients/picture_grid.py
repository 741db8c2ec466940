"""All photographs of a patient by sitting, with selection by mouse and keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from clinic_app.domain.photo_protocol import CycleSide
from clinic_app.domain.pictures import Certainty, Injected, PictureEntry
from clinic_app.ui.context import UiContext
from clinic_app.ui.patients.contact_sheet import (
    CELL,
    GAP,
    HEAD,
    PICTURE_HIGH,
    Column,
    Gap,
    Laid,
    Row,
    lay_flow,
    lay_sheet,
    sheet_rows,
    sittings_of,
)
from clinic_app.ui.patients.thumbnails import Thumbnails, paint_thumbnail
from clinic_app.ui.theme import Style, Tone
from clinic_app.ui.widgets import paint_chip, painting
from clinic_app.wording.dates import day as day_words
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.pictures import phase_label
from clinic_app.wording.schedule import product_words

_TOP = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop


class PictureGrid(QAbstractScrollArea):
    """Photographs in rows under the day of their sitting, or as a contact sheet with a column for each view.

    Arrow keys move, with Shift they extend, Space takes in or out, Ctrl+A takes all; Enter or a double click brings
    ``opened``, a double click on the head of a sitting ``session_opened(session_id)``. Keys nobody here knows go on to
    the view around it.
    """

    selection_changed = Signal()
    opened = Signal(int)
    session_opened = Signal(int)
    menu_asked = Signal(object)

    def __init__(self, context: UiContext, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._thumbnails = thumbnails
        self._entries: tuple[PictureEntry, ...] = ()
        self._columns: tuple[Column, ...] = ()
        self._injections: tuple[Injected, ...] = ()
        self._pinned: dict[int, CycleSide] = {}
        self._rows: tuple[Row, ...] = ()
        self._flat: list[PictureEntry] = []
        self._by_id: dict[int, PictureEntry] = {}
        self._laid = Laid()
        self._selected: set[int] = set()
        self._current = -1
        self._anchor = -1
        self.setProperty("kind", "plain")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setCornerWidget(QWidget(self))
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
        return self._by_id.get(picture_id)

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows as they stand."""
        return self._rows

    @property
    def gaps(self) -> tuple[str, ...]:
        """What the contact sheet says is missing, whole sentences, from the top."""
        return tuple(gap.sentence for _, gap in self._laid.gaps)

    def show_entries(self, entries: Sequence[PictureEntry]) -> None:
        """Show these; what was selected stays so where it is still there."""
        self._entries = tuple(sorted(entries, key=lambda entry: entry.picture.id))
        self._sort()

    def show_columns(self, columns: Sequence[Column], injections: Sequence[Injected] = ()) -> None:
        """Be a contact sheet with these columns, gaps told by the injections of a case; none: lines of photographs."""
        if (tuple(columns), tuple(injections)) != (self._columns, self._injections):
            self._columns, self._injections = tuple(columns), tuple(injections)
            self._sort()

    def show_pins(self, pinned: Mapping[int, CycleSide]) -> None:
        """Mark the photographs (by id) of pinned pairs."""
        self._pinned = dict(pinned)
        self.viewport().update()

    def _sort(self) -> None:
        current = self.current
        catalogues = self._context.catalogues
        names: dict[str | None, str] = {code: product.brand for code, product in catalogues.products.items()}
        self._rows = sittings_of(self._entries, names)
        if self._columns and self._entries:
            self._rows = sheet_rows(self._rows, self._columns, self._injections, self._context.today())
        self._flat = [entry for row in self._rows for entry in row.all]
        self._by_id = {entry.picture.id: entry for entry in self._flat}
        ids = list(self._by_id)
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
        """Open the photograph, or the injection of the head under the pointer."""
        place = self._at(event.position().toPoint())
        if place >= 0:
            self.opened.emit(self._flat[place].picture.id)
        elif session_id := self._session_at(event.position().toPoint()):
            self.session_opened.emit(session_id)

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
        shift = -self._offset
        shown = self.viewport().rect()
        for rect, row in self._laid.heads:
            spot = rect.translated(0, shift.y())
            if not spot.intersects(shown):
                continue
            used = painting.text(painter, keeper, spot, row.title, Style.SECTION)
            rest = spot.adjusted(used + keeper.px(10), 0, 0, 0)
            count = len(row.all)
            words = translate_many("{count} photo", "{count} photos", count) if count else ""
            detail = " · ".join(part for part in (row.detail, words) if part)
            painting.text(painter, keeper, rest, detail, Style.SECONDARY, "text2" if count else "due.fg")
        for rect, gap in self._laid.gaps:
            spot = rect.translated(shift)
            if spot.intersects(shown):
                self._paint_gap(painter, spot, gap)
        for place, rect in enumerate(self._laid.cells):
            spot = rect.translated(shift)
            if spot.intersects(shown):
                self._paint_cell(painter, spot, place)
        self._paint_columns(painter, shift.x())

    def viewportSizeHint(self) -> QSize:
        """Four across."""
        return QSize(self._context.theme.px((CELL + GAP) * 4), self._context.theme.px(400))

    def sentence(self, entry: PictureEntry) -> str:
        """A photograph as a screen reader says it."""
        view, phase = self._words(entry)
        taken = entry.picture.taken.day
        pinned = translate("pinned") if entry.picture.id in self._pinned else ""
        chosen = translate("selected") if entry.picture.id in self._selected else ""
        return ", ".join(part for part in (view, phase, day_words(taken) if taken else "", pinned, chosen) if part)

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
        worded = self._laid.worded[place]
        image = QRect(rect.left(), rect.top(), rect.width(), keeper.px(PICTURE_HIGH) if worded else rect.height())
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
        if entry.picture.id in self._pinned:
            self._paint_pin(painter, image, self._pinned[entry.picture.id])
        if place == self._current and self.hasFocus():
            ring = image.adjusted(-keeper.px(3), -keeper.px(3), keeper.px(3), keeper.px(3))
            painting.focus_ring(painter, keeper, ring, radius + keeper.px(2))
        if not worded:
            return
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

    def _paint_pin(self, painter: QPainter, image: QRect, side: CycleSide) -> None:
        keeper = self._context.theme
        words = translate("Before") if side is CycleSide.BEFORE else translate("After")
        inset = keeper.px(5)
        spot = QRect(image.left() + inset, image.bottom() - keeper.px(27), image.width() - 2 * inset, keeper.px(22))
        paint_chip(painter, keeper, spot, Tone.BOOKED, words, icon="pin", solid=True)

    def _paint_gap(self, painter: QPainter, spot: QRect, gap: Gap) -> None:
        keeper = self._context.theme
        painting.box(painter, spot, keeper.px(6), line=keeper.colour("border"), dashed=True)
        inset = keeper.px(6)
        inner = spot.adjusted(inset, inset, -inset, -inset)
        ink = "due.fg" if gap.now else "text2"
        painting.wrapped(painter, keeper, inner, gap.words, Style.CAPTION, ink, align=Qt.AlignmentFlag.AlignCenter)

    def _paint_columns(self, painter: QPainter, shift: int) -> None:
        """The heads of the columns stay above what is scrolled."""
        if not self._laid.columns:
            return
        keeper = self._context.theme
        width = self.viewport().width()
        painter.fillRect(0, 0, width, self._laid.top, keeper.colour("app"))
        for rect, column in self._laid.columns:
            spot = rect.translated(shift, 0)
            cap = QRect(
                spot.left(), spot.top() + keeper.px(3), painting.keycap_width(keeper, column.key), keeper.px(18)
            )
            painting.keycap(painter, keeper, cap, column.key)
            name = spot.adjusted(0, keeper.px(24), 0, 0)
            painting.wrapped(painter, keeper, name, column.name, Style.CAPTION, "text", align=_TOP)
        painting.hairline(painter, keeper, 0, width, self._laid.top - 1)

    def viewportEvent(self, event: QEvent) -> bool:
        """The whole sentence of a gap, or of a photograph, in a tooltip."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            here = event.pos() + self._offset
            words = next((gap.sentence for rect, gap in self._laid.gaps if rect.contains(here)), "")
            place = self._at(event.pos())
            if place >= 0:
                words = self.sentence(self._flat[place])
            elif not words and self._session_at(event.pos()):
                words = translate("Double click: photos and doses (Shift+C)")
            if words:
                QToolTip.showText(event.globalPos(), words, self)
            else:
                QToolTip.hideText()
            return True
        return super().viewportEvent(event)

    @property
    def _offset(self) -> QPoint:
        return QPoint(self.horizontalScrollBar().value(), self.verticalScrollBar().value())

    def _lay(self) -> None:
        keeper = self._context.theme
        width = self.viewport().width()
        if self._columns:
            self._laid = lay_sheet(keeper, self._rows, self._columns, width)
        else:
            self._laid = lay_flow(keeper, self._rows, width)
        across = self.horizontalScrollBar()
        across.setRange(0, max(0, self._laid.width - width))
        across.setPageStep(width)
        across.setSingleStep(keeper.px(48))
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, self._laid.height - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(keeper.px(48))
        self.viewport().update()

    def _at(self, spot: QPoint) -> int:
        if spot.y() < self._laid.top:
            return -1
        here = spot + self._offset
        return next((place for place, rect in enumerate(self._laid.cells) if rect.contains(here)), -1)

    def _session_at(self, spot: QPoint) -> int:
        """The injection of the head at a place; 0 where there is none."""
        here = QPoint(spot.x(), spot.y() + self._offset.y())
        heads = self._laid.heads if spot.y() >= self._laid.top else []
        return next((row.session_id for rect, row in heads if rect.contains(here)), 0)

    def _neighbour(self, key: Qt.Key) -> int:
        step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}.get(key)
        last = len(self._flat) - 1
        if step is not None:
            return min(max(self._current + step, 0), last)
        if key == Qt.Key.Key_Home:
            return 0
        if key == Qt.Key.Key_End:
            return last
        here = self._laid.cells[self._current].center()
        down = key in (Qt.Key.Key_Down, Qt.Key.Key_PageDown)
        beyond = [
            (abs(rect.center().y() - here.y()), abs(rect.center().x() - here.x()), place)
            for place, rect in enumerate(self._laid.cells)
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
        if not 0 <= self._current < len(self._laid.cells):
            return
        rect, bar, across = self._laid.cells[self._current], self.verticalScrollBar(), self.horizontalScrollBar()
        margin = self._context.theme.px(HEAD) + self._laid.top
        if rect.top() - margin < bar.value():
            bar.setValue(rect.top() - margin)
        elif rect.bottom() > bar.value() + self.viewport().height():
            bar.setValue(rect.bottom() - self.viewport().height() + self._context.theme.px(HEAD) // 4)
        if rect.left() < across.value():
            across.setValue(rect.left())
        elif rect.right() > across.value() + self.viewport().width():
            across.setValue(rect.right() - self.viewport().width() + self._context.theme.px(4))

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
