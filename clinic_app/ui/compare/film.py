"""The filmstrip: sittings as groups of thumbnails, injections standing between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QDrag,
    QFocusEvent,
    QHelpEvent,
    QImage,
    QInputDevice,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QFrame, QToolTip, QWidget

from clinic_app.domain.pictures import Injected, PhaseKind, PictureEntry
from clinic_app.ui.compare.labels import Caption
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import painting
from clinic_app.ui.widgets.jpeg import image_of_jpeg
from clinic_app.wording.dates import day as day_words
from clinic_app.wording.language import translate

PICTURE_MIME = "application/x-dystonia-picture"
"""A photograph of the strip that is dragged into a pane: its id in ASCII digits. It goes to no other program."""

THUMB = QSize(70, 88)
FOLDED = 64
"""Height of the folded strip in pixels at 100 %."""
CARD = 74
PEAK = range(14, 43)
"""Days after an injection in which its effect is at its peak, two to six weeks (ux.md 2.7)."""

LETTERS = "ABCD"
OTHER_VIEW = 0.6
"""How strongly photographs of another view are painted."""


@dataclass(slots=True)
class Thumb:
    """One photograph of the strip and where it stands."""

    entry: PictureEntry
    caption: Caption
    view_name: str
    place: QRect = field(default_factory=QRect)


@dataclass(slots=True)
class Sitting:
    """Photographs of one day, or an injection (``injected``); with its place on the strip."""

    title: str
    day: str
    thumbs: list[Thumb] = field(default_factory=list)
    peak: bool = False
    injected: Injected | None = None
    product: str = ""
    place: QRect = field(default_factory=QRect)


def sittings_of(
    entries: Sequence[PictureEntry],
    injections: Sequence[Injected],
    captions: Mapping[int, Caption],
    views: Mapping[str, str],
    products: Mapping[str, str],
    case_id: int | None = None,
) -> list[Sitting]:
    """Photographs by day, injections between them, in the order of time; those with an unsure date last.

    The injections are those of a case; a sitting is headed by its photographs where there are any.

    On an injection's own day photographs stand before it, unless they are known to be after it.
    """
    placed: list[tuple[date, int, Sitting]] = []
    sure = sorted(
        (entry for entry in entries if entry.picture.taken.known),
        key=lambda entry: _moment(entry, injections),
    )
    for (day, rank), group in groupby(sure, key=lambda entry: _moment(entry, injections)):
        placed.append((day, rank, _sitting(list(group), captions, views, case_id)))
    for injected in injections:
        name = products.get(injected.product, injected.product) if injected.product else ""
        card = Sitting(name or translate("Injection"), day_words(injected.day), injected=injected, product=name)
        placed.append((injected.day, 1, card))
    ordered = [sitting for _, _, sitting in sorted(placed, key=lambda one: one[:2])]
    unsure = [entry for entry in entries if not entry.picture.taken.known]
    if unsure:
        last = _sitting(unsure, captions, views, case_id)
        last.title, last.day, last.peak = translate("Date unsure"), "", False
        ordered.append(last)
    return ordered


def _moment(entry: PictureEntry, injections: Sequence[Injected]) -> tuple[date, int]:
    day = entry.picture.taken.day or date.min
    after = entry.picture.known_after and any(one.day == day for one in injections)
    return day, 2 if after else 0


def _sitting(
    entries: list[PictureEntry], captions: Mapping[int, Caption], views: Mapping[str, str], case_id: int | None
) -> Sitting:
    own = [one for one in entries if one.case_id == case_id]
    head = (own or entries)[0]
    first, phase = captions[head.picture.id], head.phase
    peak = bool(own) and phase.kind is PhaseKind.AFTER and phase.days in PEAK
    thumbs = [
        Thumb(one, captions[one.picture.id], views.get(one.picture.view or "", translate("View not set")))
        for one in entries
    ]
    title = first.short if own else translate("{diagnosis}: {when}").format(diagnosis=first.diagnosis, when=first.short)
    return Sitting(title, first.day, thumbs, peak)


class FilmStrip(QAbstractScrollArea):
    """Shows photographs of a patient in time; ``picked(picture_id, as_a)`` on click and Space, A with Shift;
    ``clicked`` after a click that did.

    ``added(picture_id)``: one pane more for this one (Ctrl+click). ``alone(picture_id)``: only this one (double click,
    Enter).
    ``session_opened(session_id)``: a double click on the card of an injection.
    Photographs are dragged into panes.

    ``thumb_wanted(picture_id)`` asks once for each thumbnail that comes into sight; ``set_thumb`` brings it.
    """

    picked = Signal(int, bool)
    clicked = Signal()
    added = Signal(int)
    alone = Signal(int)
    session_opened = Signal(int)
    thumb_wanted = Signal(int)

    def __init__(self, keeper: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self._sittings: list[Sitting] = []
        self._thumbs: list[Thumb] = []
        self._images: dict[int, QPixmap] = {}
        self._broken: set[int] = set()
        self._asked: set[int] = set()
        self._loading = False
        self._current: tuple[int | None, ...] = (None, None)
        self._view: str | None = None
        self._cursor = 0
        self._hover: int | None = None
        self._press: QPoint | None = None
        self._swiped: int | None = None
        self._folded = False
        self._length = 0
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.horizontalScrollBar().valueChanged.connect(self._scrolled)
        self.horizontalScrollBar().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        keeper.changed.connect(self._restyle)
        self._restyle()

    # --- what it shows ----------------------------------------------------------------------------------------
    @property
    def sittings(self) -> tuple[Sitting, ...]:
        """What stands on the strip, in order."""
        return tuple(self._sittings)

    @property
    def has_peak(self) -> bool:
        """Whether a sitting of the peak weeks is there."""
        return any(sitting.peak for sitting in self._sittings)

    @property
    def folded(self) -> bool:
        """Whether it shows small thumbnails without heads."""
        return self._folded

    def fold(self, *, folded: bool) -> None:
        """Small thumbnails without heads, or all of it."""
        self._folded = folded
        self._restyle()

    def _reveal_current(self) -> None:
        place = self._index_of(self._current[1] if self._current[1] is not None else self._current[0])
        if place is not None:
            self._reveal_group(self._thumbs[place])

    def _reveal_group(self, thumb: Thumb) -> None:
        """Bring a photograph into sight, with the others of its day where there is room."""
        group = next(sitting.place for sitting in self._sittings if thumb in sitting.thumbs)
        if group.width() <= self.viewport().width():
            self._reveal(group, self._keeper.px(10))
        else:
            self._reveal(thumb.place)

    @property
    def _tops(self) -> tuple[int, QSize]:
        """Where thumbnails begin, and how large they are."""
        px = self._keeper.px
        if self._folded:
            return px(7), QSize(px(36), px(44))
        return px(8 + 18 + 5), QSize(px(THUMB.width()), px(THUMB.height()))

    def show_sittings(self, sittings: Sequence[Sitting], view: str | None) -> None:
        """Show these; thumbnails already here are kept. Where there are none, those that come next wait again."""
        before = {thumb.entry.picture.id: thumb.entry.picture.turned for thumb in self._thumbs}
        self._sittings = list(sittings)
        self._loading = self._loading and bool(sittings)
        self._thumbs = [thumb for sitting in self._sittings for thumb in sitting.thumbs]
        known = {thumb.entry.picture.id for thumb in self._thumbs}
        self._images = {key: image for key, image in self._images.items() if key in known}
        as_before = {
            one.entry.picture.id for one in self._thumbs if before.get(one.entry.picture.id) == one.entry.picture.turned
        }
        self._broken &= known
        self._asked &= (known & as_before) - self._broken
        self._view = view
        self._cursor = min(self._cursor, max(len(self._thumbs) - 1, 0))
        self._lay_out()
        self._name_yourself()

    def set_current(self, a: int | None, b: int | None, *further: int | None) -> None:
        """Mark the photographs that stand in the panes, and bring B into sight."""
        self._current = (a, b, *further)
        place = self._index_of(b if b is not None else a)
        if place is not None:
            self._cursor = place
            self._reveal_group(self._thumbs[place])
        self._name_yourself()
        self.viewport().update()

    def start_loading(self) -> None:
        """From now on ask for the thumbnails in sight."""
        self._loading = True
        self._ask_visible()

    def try_again(self) -> None:
        """Ask once more for what could not be read."""
        self._asked -= self._broken
        self._ask_visible()

    def set_thumb(self, picture_id: int, image: QImage | None) -> None:
        """A thumbnail came; None: it cannot be read."""
        if image is None or image.isNull():
            self._broken.add(picture_id)
        else:
            self._broken.discard(picture_id)
            self._images[picture_id] = QPixmap.fromImage(image)
        self.viewport().update()

    def thumb_place(self, picture_id: int) -> QRect:
        """Where a photograph stands in the viewport now (empty: not on the strip)."""
        index = self._index_of(picture_id)
        if index is None:
            return QRect()
        return self._thumbs[index].place.translated(-self.horizontalScrollBar().value(), 0)

    # --- layout -----------------------------------------------------------------------------------------------
    def _lay_out(self) -> None:
        px, keeper = self._keeper.px, self._keeper
        x, pad, gap = px(16), px(8), px(6)
        top, thumb_size = self._tops
        high = top + thumb_size.height() + (px(7) if self._folded else px(8))
        for sitting in self._sittings:
            if sitting.injected is not None:
                words = max(
                    keeper.metrics(Style.SECTION_SMALL).horizontalAdvance(sitting.title),
                    keeper.metrics(Style.SECONDARY).horizontalAdvance(sitting.day),
                    keeper.metrics(Style.SECONDARY).horizontalAdvance(sitting.injected.units_text),
                )
                width = px(30) if self._folded else max(px(CARD), min(words + px(14), px(110)))
            else:
                heads = keeper.metrics(Style.SECTION_SMALL).horizontalAdvance(sitting.title) + px(8)
                heads += keeper.metrics(Style.SECONDARY).horizontalAdvance(sitting.day)
                thumbs = len(sitting.thumbs) * (thumb_size.width() + gap) - gap
                width = (thumbs if self._folded else max(heads + 2, thumbs)) + 2 * pad
            sitting.place = QRect(x, 0, width, high)
            for index, thumb in enumerate(sitting.thumbs):
                left = x + pad + index * (thumb_size.width() + gap)
                thumb.place = QRect(QPoint(left, top), thumb_size)
            x += width + px(10)
        self._length = x + px(6)
        self._set_range()
        self.viewport().update()
        self._ask_visible()

    def _set_range(self) -> None:
        bar = self.horizontalScrollBar()
        bar.setRange(0, max(self._length - self.viewport().width(), 0))
        bar.setPageStep(max(self.viewport().width(), 1))
        bar.setSingleStep(self._keeper.px(76))

    def _reveal(self, place: QRect, margin: int | None = None) -> None:
        bar, room = self.horizontalScrollBar(), self.viewport().width()
        margin = min(self._keeper.px(32) if margin is None else margin, max(room - place.width(), 0) // 2)
        if place.left() - margin < bar.value():
            bar.setValue(place.left() - margin)
        elif place.right() + margin > bar.value() + room:
            bar.setValue(place.right() + margin - room)

    def _index_of(self, picture_id: int | None) -> int | None:
        return next((i for i, one in enumerate(self._thumbs) if one.entry.picture.id == picture_id), None)

    def _ask_visible(self) -> None:
        if not self._loading:
            return
        room = self.viewport().width()
        sight = QRect(self.horizontalScrollBar().value() - room // 2, 0, room * 2, 10_000)
        wanted = [
            thumb.entry.picture.id
            for thumb in self._thumbs
            if thumb.place.intersects(sight) and thumb.entry.picture.id not in self._asked
        ]
        for picture_id in wanted:
            self._asked.add(picture_id)
            self.thumb_wanted.emit(picture_id)

    def _scrolled(self) -> None:
        self.viewport().update()
        QTimer.singleShot(0, self, self._ask_visible)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or fewer come into sight."""
        self._set_range()
        self._ask_visible()

    def _restyle(self) -> None:
        px = self._keeper.px
        self.setFixedHeight(px(FOLDED) if self._folded else px(8 + 18 + 5 + THUMB.height() + 8 + 14))
        self.horizontalScrollBar().setStyleSheet(
            f"QScrollBar::handle {{ background: {self._keeper.theme.viewer.active}; }}"
        )
        self._lay_out()
        self._reveal_current()

    # --- painting ---------------------------------------------------------------------------------------------
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what is in sight."""
        keeper = self._keeper
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), keeper.colour("viewer.bar"))
        shift = self.horizontalScrollBar().value()
        painter.translate(-shift, 0)
        sight = event.rect().translated(shift, 0)
        index = 0
        for sitting in self._sittings:
            if sitting.place.intersects(sight):
                if sitting.injected is not None:
                    self._paint_card(painter, sitting)
                else:
                    self._paint_sitting(painter, sitting, index)
            index += len(sitting.thumbs)

    def _paint_sitting(self, painter: QPainter, sitting: Sitting, first: int) -> None:
        keeper, px = self._keeper, self._keeper.px
        ground = keeper.colour("viewer.group")
        if sitting.peak:
            ground = _mixed(ground, keeper.colour("viewer.accent"), 0.16)
        painting.box(painter, sitting.place, px(6), fill=ground)
        if not self._folded:
            head = QRect(sitting.place.left() + px(8), px(6), sitting.place.width() - px(12), px(20))
            used = painting.text(painter, keeper, head, sitting.title, Style.SECTION_SMALL, "viewer.text")
            beside = head.adjusted(used + px(8), 0, 0, 0)
            painting.text(painter, keeper, beside, sitting.day, Style.SECONDARY, "viewer.text2")
        for offset, thumb in enumerate(sitting.thumbs):
            self._paint_thumb(painter, thumb, first + offset)

    def _paint_thumb(self, painter: QPainter, thumb: Thumb, index: int) -> None:
        keeper, px = self._keeper, self._keeper.px
        picture = thumb.entry.picture
        image = self._images.get(picture.id)
        chosen = picture.id in self._current
        painter.save()
        if self._view is not None and picture.view != self._view and not chosen and self._hover != index:
            painter.setOpacity(OTHER_VIEW)
        if image is None:
            painting.box(painter, thumb.place, px(4), fill=keeper.colour("viewer.active"))
            if picture.id in self._broken:
                painting.icon(painter, keeper, thumb.place, "image-off", "viewer.text2", 18)
        else:
            round_off = QPainterPath()
            round_off.addRoundedRect(QRectF(thumb.place), px(4), px(4))
            painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
            painter.setClipPath(round_off)
            painter.drawPixmap(thumb.place, image)
            painter.setClipping(False)
        painter.restore()
        if thumb.caption.unsure and not self._folded:
            chip = QRect(thumb.place.left() + px(4), thumb.place.bottom() - px(20), thumb.place.width() - px(8), px(17))
            painting.box(painter, chip, px(4), fill=keeper.colour("viewer.plate"))
            painting.text(
                painter, keeper, chip, translate("Unsure"), Style.CAPTION, "viewer.measure", align=painting.CENTRE
            )
        if chosen:
            letter = LETTERS[self._current.index(picture.id)]
            outline = QRectF(thumb.place).adjusted(-1.5, -1.5, 1.5, 1.5)
            painting.box(painter, outline, px(5), line=keeper.colour("viewer.accent"), width=2.5)
            badge = QRect(thumb.place.left() + px(4), thumb.place.top() + px(4), px(18), px(18))
            painting.box(painter, badge, px(4), fill=keeper.colour("viewer.accent"))
            painting.text(
                painter, keeper, badge, letter, Style.COUNT, "viewer.on_accent", align=painting.CENTRE, weight=700
            )
        if self.hasFocus() and index == self._cursor:
            ring = QRectF(thumb.place).adjusted(-4.5, -4.5, 4.5, 4.5)
            painting.box(painter, ring, px(7), line=keeper.colour("viewer.text"), width=2.0)

    def _paint_card(self, painter: QPainter, sitting: Sitting) -> None:
        keeper, px = self._keeper, self._keeper.px
        place = sitting.place.adjusted(1, 1, -1, -1)
        painting.box(painter, place, px(6), line=keeper.colour("viewer.active"), dashed=True)
        if self._folded:
            painting.icon(painter, keeper, place, "syringe", "viewer.accent", 16)
            return
        top = place.top() + px(18)
        painting.icon(painter, keeper, QRect(place.left(), top, place.width(), px(22)), "syringe", "viewer.accent", 18)
        lines = [(sitting.title, Style.SECTION_SMALL, "viewer.text")]
        injected = sitting.injected
        if injected is not None and injected.units_text:
            lines.append((injected.units_text, Style.SECONDARY, "viewer.text2"))
        lines.append((sitting.day, Style.SECONDARY, "viewer.text2"))
        room = QRect(place.left() + px(4), top + px(26), place.width() - px(8), px(19))
        for words, style, token in lines:
            painting.text(painter, keeper, room, words, style, token, align=painting.CENTRE)
            room.translate(0, px(19))

    # --- the hand ---------------------------------------------------------------------------------------------
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click puts the photograph into B, with Shift into A; a finger may swipe."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        index = self._index_at(event.position().toPoint())
        self._cursor = self._cursor if index is None else index
        self._press = event.position().toPoint()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click that dragged nothing puts the photograph into B, with Shift into A, with Ctrl into a further pane."""
        press, self._press, self._swiped = self._press, None, None
        index = self._index_at(press) if press is not None else None
        if index is None or index != self._index_at(event.position().toPoint()):
            return
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.added.emit(self._thumbs[index].entry.picture.id)
        else:
            self._pick(index, as_a=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
            self.clicked.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Only this photograph; or the injection of a card."""
        index = self._index_at(event.position().toPoint())
        if index is not None:
            self.alone.emit(self._thumbs[index].entry.picture.id)
        elif session_id := self._session_at(event.position().toPoint()):
            self.session_opened.emit(session_id)

    def _drag(self, index: int) -> None:
        """Take a photograph along; a pane takes it."""
        picture_id = self._thumbs[index].entry.picture.id
        data = QMimeData()
        data.setData(PICTURE_MIME, str(picture_id).encode("ascii"))
        drag = QDrag(self)
        drag.setMimeData(data)
        if picture_id in self._images:
            drag.setPixmap(self._images[picture_id])
        drag.exec(Qt.DropAction.CopyAction)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show the hand over a photograph, or take it along; a finger that goes sideways moves the strip."""
        if self._swiped is not None:
            bar, at = self.horizontalScrollBar(), event.position().toPoint().x()
            bar.setValue(bar.value() + self._swiped - at)
            self._swiped = at
            return
        if self._press is not None and event.buttons() & Qt.MouseButton.LeftButton:
            far = (event.position().toPoint() - self._press).manhattanLength()
            held = self._index_at(self._press)
            if far >= QApplication.startDragDistance() and self._by_finger(event):
                self._swiped, self._press = self._press.x(), None
                self.mouseMoveEvent(event)
            elif far >= QApplication.startDragDistance() and held is not None:
                self._press = None
                self._drag(held)
            return
        index = self._index_at(event.position().toPoint())
        if index != self._hover:
            self._hover = index
            shape = Qt.CursorShape.ArrowCursor if index is None else Qt.CursorShape.PointingHandCursor
            self.viewport().setCursor(shape)
            self.viewport().update()

    def _by_finger(self, event: QMouseEvent) -> bool:
        """Whether a finger goes more along the strip than up from it."""
        gone = event.position().toPoint() - self._press if self._press is not None else QPoint()
        touched = event.device().type() == QInputDevice.DeviceType.TouchScreen
        return touched and abs(gone.x()) > abs(gone.y())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel moves along the strip."""
        turn = event.angleDelta().x() or event.angleDelta().y()
        bar = self.horizontalScrollBar()
        bar.setValue(bar.value() - round(turn / 120 * bar.singleStep()))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Home and End move along; Enter shows only this one, Space is for B, either with Shift for A."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Home: -len(self._thumbs)}
        steps[Qt.Key.Key_End] = len(self._thumbs)
        key = Qt.Key(event.key())
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if key in steps and self._thumbs and not shift:
            self._cursor = min(max(self._cursor + steps[key], 0), len(self._thumbs) - 1)
            self._reveal(self._thumbs[self._cursor].place)
            self._name_yourself()
            self.viewport().update()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._thumbs and not shift:
            self.alone.emit(self._thumbs[self._cursor].entry.picture.id)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._thumbs:
            self._pick(self._cursor, as_a=shift)
        else:
            event.ignore()

    def viewportEvent(self, event: QEvent) -> bool:
        """The tooltip says what a photograph is; leaving takes the light away."""
        if isinstance(event, QHelpEvent):
            index = self._index_at(event.pos())
            words = "" if index is None else self._words_of(self._thumbs[index])
            if self._session_at(event.pos()):
                words = translate("Double click: its pair, with the doses")
            QToolTip.showText(event.globalPos(), words, self)
            return True
        if event.type() == QEvent.Type.Leave and self._hover is not None:
            self._hover = None
            self.viewport().update()
        return super().viewportEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away."""
        super().focusOutEvent(event)
        self.viewport().update()

    def _index_at(self, point: QPoint) -> int | None:
        spot = point + QPoint(self.horizontalScrollBar().value(), 0)
        return next((i for i, thumb in enumerate(self._thumbs) if thumb.place.contains(spot)), None)

    def _session_at(self, point: QPoint) -> int:
        """The injection whose card stands here; 0 where none does."""
        spot = point + QPoint(self.horizontalScrollBar().value(), 0)
        cards = (one for one in self._sittings if one.injected is not None and one.place.contains(spot))
        return next((one.injected.session_id for one in cards if one.injected is not None), 0)

    def _pick(self, index: int, *, as_a: bool) -> None:
        self.picked.emit(self._thumbs[index].entry.picture.id, as_a)

    def _words_of(self, thumb: Thumb) -> str:
        return "\n".join(
            part
            for part in (thumb.caption.title, thumb.caption.second, thumb.caption.diagnosis, thumb.view_name)
            if part
        )

    def _name_yourself(self) -> None:
        if not self._thumbs:
            self.setAccessibleName(translate("Photos in time"))
            return
        thumb = self._thumbs[self._cursor]
        words = translate("Photos in time, {number} of {count}: {title}, {day}, {view}").format(
            number=self._cursor + 1,
            count=len(self._thumbs),
            title=", ".join(part for part in (thumb.caption.diagnosis, thumb.caption.title) if part),
            day=thumb.caption.day,
            view=thumb.view_name,
        )
        if thumb.entry.picture.id in self._current:
            letter = LETTERS[self._current.index(thumb.entry.picture.id)]
            words += translate(", shown as {letter}").format(letter=letter)
        self.setAccessibleName(words)


def thumb_image(jpeg: bytes, size: QSize) -> QImage | None:
    """Our own thumbnail JPEG, cut to the shape of the strip and scaled to ``size`` pixels; None: it cannot be read.

    Belongs into a worker.
    """
    image = image_of_jpeg(jpeg)
    return None if image.isNull() else thumb_of(image, size)


def thumb_of(image: QImage, size: QSize) -> QImage:
    """A photograph cut to the shape of the strip and scaled to ``size`` pixels. Belongs into a worker."""
    shape = size.scaled(image.size(), Qt.AspectRatioMode.KeepAspectRatio)
    corner = QPointF((image.width() - shape.width()) / 2, (image.height() - shape.height()) / 2).toPoint()
    return image.copy(QRect(corner, shape)).scaled(
        size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    )


def _mixed(ground: QColor, light: QColor, share: float) -> QColor:
    """A little of one colour over another, without transparency."""
    return QColor(
        round(ground.red() + (light.red() - ground.red()) * share),
        round(ground.green() + (light.green() - ground.green()) * share),
        round(ground.blue() + (light.blue() - ground.blue()) * share),
    )
