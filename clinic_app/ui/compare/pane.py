"""One photograph under the lens: a single painter widget, no scene, no OpenGL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum
from functools import partial
from time import perf_counter
from typing import cast

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QDragEnterEvent,
    QDropEvent,
    QFocusEvent,
    QHelpEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QRegion,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QSizePolicy, QToolTip, QWidget

from clinic_app.domain.lens import NOTCH, Extent, Frame, Lens, Point
from clinic_app.domain.marks import Mark, room_of
from clinic_app.ui.compare import figures, mark_figures, plates
from clinic_app.ui.compare.figures import Figure
from clinic_app.ui.compare.film import PICTURE_MIME
from clinic_app.ui.compare.hiding import hidden_in
from clinic_app.ui.compare.labels import Caption
from clinic_app.ui.compare.levels import Levels
from clinic_app.ui.compare.looks import Grid, Looks
from clinic_app.ui.compare.notice import Action, Notice
from clinic_app.ui.compare.photo import Detail, Photo, paint
from clinic_app.ui.compare.touching import Touching
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.widgets import painting
from clinic_app.wording.language import translate

WAIT_BEFORE_SAYING = 300
"""Milliseconds of waiting that need no words (ux.md 4.6)."""

SMOOTH_BUDGET = 0.005
"""Seconds a pane may take to draw smoothly while it moves; what takes longer is drawn faster until it rests."""

REST = 120
"""Milliseconds after the last movement at which a picture is drawn as sharply as it can be."""

NONE = Photo(0, Extent(0, 0), Levels([]), Caption())
"""No photograph."""


class Manner(Enum):
    """How a picture is drawn, the best first."""

    SHARP = "sharp"
    SOFT = "soft"
    """From a quarter of the pixels: only for turned pictures, where fetching pixels is most of the work."""
    COARSE = "coarse"
    HALF = "half"
    """At half the size, smoothly, and enlarged: for two pictures laid over each other."""


class PicturePane(QWidget):
    """Shows one photograph as the lens says.

    ``lens_asked(lens, everywhere)``: the user moved it here; ``everywhere`` while Shift is held.
    ``nudged(dx, dy)``: with Ctrl only the photograph was dragged, by pixels of the pane. ``clicked(spot)``: a point was
    set there, while points are set. ``pointed(spot)``: the pointer stands on a spot of what the lens looks at
    (fractions), None when it left. ``needs_changed``: the zoom needs more pixels than the preview has, or no longer
    does. ``stroked(phase, spot)``: while it draws, the button went down (*press*), the pointer moved with it (*move*),
    it went up (*release*), or it was a double click (*double*). ``painted(letters)``: previews were painted for the
    first time. ``activated``: it has the keyboard now. ``dropped(picture_id)``: a photograph of the strip was dropped
    here. ``held(id, number)``: a point of a stored figure was clicked; ``point_moved(id, number, unit)``: it is dragged
    to a place of the photograph; ``let_go``.
    """

    lens_asked = Signal(object, bool)
    nudged = Signal(float, float)
    clicked = Signal(object)
    pointed = Signal(object)
    needs_changed = Signal()
    painted = Signal(str)
    activated = Signal()
    toggled = Signal(object)
    stroked = Signal(str, object)
    dropped = Signal(int)
    held = Signal(int, int)
    point_moved = Signal(int, int, object)
    let_go = Signal()
    stepped = Signal(int)
    turned = Signal(float)
    menu_asked = Signal(QPoint)

    def __init__(self, keeper: ThemeKeeper, letter: str, looks: Looks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self._letter = letter
        self._looks = looks
        self._lens = Lens()
        self._photo: Photo | None = None
        self._peek: Photo | None = None
        self._needs: tuple[Detail, ...] = ()
        self._fresh = ""
        self._plates: dict[tuple[Caption, int], QPixmap] = {}
        self._corners: QPixmap | None = None
        self._tips: list[tuple[QRect, str]] = []
        self._map: tuple[int, QPixmap] | None = None
        self._shows_map = False
        self._cross: Point | None = None
        self.ring_centre: Point | None = None
        """What rings lie about (fractions of what the lens looks at); None: the middle of it."""
        self._chips: tuple[str, ...] = ()
        self._darkened: dict[str, float] = {}
        self._points: tuple[Point, ...] = ()
        self._figures: tuple[Figure, ...] = ()
        self._picking = False
        self._turned = 0
        self._touching = Touching(self)
        self._touching.pinched.connect(self._pinch)
        self._touching.turned.connect(lambda degrees: self.turned.emit(-degrees if looks.mirrored else degrees))
        self._drawing = self._stroke = False
        self._sketches: tuple[Mark, ...] = ()
        self._in_hand: Mark | None = None
        self._loupe_at: Point | None = None
        self._press: QPointF | None = None
        self._drag: QPointF | None = None
        self._grip: tuple[int, int] | None = None
        self._gripped = False
        self.grips = True
        """Whether points of stored figures can be dragged here."""
        self._costs: dict[Manner, float] = {}
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST)
        self._rest.timeout.connect(self.update)
        self._waiting = QTimer(self)
        self._waiting.setSingleShot(True)
        self._waiting.setInterval(WAIT_BEFORE_SAYING)
        self._waiting.timeout.connect(self._say_waiting)
        self._notice = Notice(keeper, self)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(80, 80)
        self._name_yourself()
        keeper.changed.connect(self._restyle)

    # --- what it shows ----------------------------------------------------------------------------------------
    @property
    def lens(self) -> Lens:
        """The lens it shows the picture under."""
        return self._lens

    @property
    def letter(self) -> str:
        """``A`` to ``D``."""
        return self._letter

    @property
    def photo(self) -> Photo | None:
        """The photograph it shows."""
        return self._photo

    @property
    def caption(self) -> Caption | None:
        """What the label plate says, None without a picture."""
        return self._photo.caption if self._photo is not None else None

    @property
    def chips(self) -> tuple[str, ...]:
        """The short plates at the top."""
        return self._chips

    @property
    def notice(self) -> str:
        """What stands in place of a picture, or nothing."""
        return "" if self._notice.isHidden() else self._notice.words

    @property
    def buttons(self) -> QWidget:
        """What holds the buttons of the notice."""
        return self._notice

    @property
    def has_picture(self) -> bool:
        """Whether pixels are shown."""
        return self._photo is not None

    @property
    def has_detail(self) -> bool:
        """Whether more pixels than the preview has are here."""
        return self._photo is not None and bool(self._photo.finer)

    @property
    def needs_detail(self) -> bool:
        """Whether the zoom needs more pixels than the preview has."""
        return any(self._needs)

    @property
    def ratio(self) -> float:
        """Device pixels per pixel."""
        return self._looks.ratio or self.devicePixelRatioF()

    @property
    def frame(self) -> Frame:
        """What the lens looks at and the pane, in device pixels."""
        return self.frame_of(self._photo or NONE)

    def frame_of(self, photo: Photo) -> Frame:
        """The frame a photograph would have in this pane."""
        pane = Extent(self.width() * self.ratio, self.height() * self.ratio)
        sizing = self._looks.sizing
        return Frame(photo.extent, pane, sizing, self._looks.common * photo.measure(sizing))

    @property
    def scale(self) -> float:
        """Screen pixels per pixel of the photograph; 1 is 100 %."""
        photo = self._photo
        return self._lens.scale(self.frame) * photo.inner.scale if photo is not None else 1.0

    def at_scale(self, scale: float, point: Point | None = None) -> Lens:
        """The lens under which the photograph has so many screen pixels per pixel of its own."""
        inner = self._photo.inner.scale if self._photo is not None else 1.0
        return self._lens.at_scale(self.frame, scale / inner, point)

    def show_waiting(self) -> None:
        """Nothing yet; after a moment it says that it loads."""
        self._clear()
        self._waiting.start()

    def show_photo(self, photo: Photo) -> None:
        """Another photograph, or the same with other pixels; label and pixels change in the same frame."""
        fresh = self._photo is not photo
        if fresh:
            self._clear()
            self._photo = photo
            self._fresh = self._letter
        self.look_again()

    def look_again(self) -> None:
        """The photograph has another label, lies elsewhere, or has more or fewer pixels."""
        self._name_yourself()
        self._judge_detail()
        self.update()

    def show_notice(self, icon: str, words: str, actions: Sequence[Action] = ()) -> None:
        """Words and buttons instead of a photograph (none there, or damaged)."""
        self._clear()
        self._notice.say(icon, words, actions)
        self._notice.place(self.rect())
        self._name_yourself()
        self.update()

    def set_lens(self, lens: Lens) -> None:
        """Show the picture under another lens."""
        if lens != self._lens:
            self._lens = lens
            self.moves()

    def moves(self) -> None:
        """What is shown moves: fast until it rests."""
        self._rest.start()
        self._judge_detail()
        self.update()

    def set_peek(self, photo: Photo | None) -> None:
        """Show another photograph in this pane for a moment, under the same lens."""
        if photo is not self._peek:
            self._peek = photo
            self.update()

    def set_cross(self, spot: Point | None) -> None:
        """Mark a spot of what the lens looks at with the linked cross, or none."""
        if spot != self._cross:
            self._update_cross()
            self._cross = spot
            self._update_cross()

    def set_ring_centre(self, spot: Point | None) -> None:
        """Draw rings about a spot of what the lens looks at."""
        if spot != self.ring_centre:
            self.ring_centre = spot
            self.update()

    def set_chips(self, chips: tuple[str, ...]) -> None:
        """Short plates at the top."""
        if chips != self._chips:
            self._chips = chips
            self.update()

    def set_darkened(self, darkened: dict[str, float]) -> None:
        """By how much (0 to 1) photographs, by letter, are darkened to match the exposure."""
        if darkened != self._darkened:
            self._darkened = darkened
            self.update()

    def set_map(self, *, shown: bool) -> None:
        """Whether this pane shows where one is while only a part is seen."""
        if shown != self._shows_map:
            self._shows_map = shown
            self.update()

    def set_points(self, points: tuple[Point, ...], *, picking: bool) -> None:
        """The points that were set (picture units of the photograph); ``picking``: a click sets one more."""
        self._points, self._picking = points, picking
        self.setCursor(Qt.CursorShape.CrossCursor if picking else Qt.CursorShape.ArrowCursor)
        self.update()

    @property
    def picking(self) -> bool:
        """Whether a click sets a point."""
        return self._picking

    @property
    def figures(self) -> tuple[Figure, ...]:
        """What was measured in the photograph."""
        return self._figures

    def set_figures(self, shown: tuple[Figure, ...]) -> bool:
        """Draw what was measured in the photograph; answers whether that is something else."""
        if shown == self._figures:
            return False
        self._figures = shown
        self.update()
        return True

    def place_of(self, unit: Point) -> QPointF:
        """Where a point of the photograph (picture units) stands in the pane."""
        return self._screen(self._photo.spot_of(unit)) if self._photo is not None else QPointF()

    def _place_under(self, photo: Photo, lens: Lens, unit: Point) -> QPointF:
        """Where a point of a photograph stands in the pane under a lens."""
        x, y = lens.place(self.frame_of(photo), photo.spot_of(unit))
        x /= self.ratio
        return QPointF(self.width() - x if self._looks.mirrored else x, y / self.ratio)

    def set_drawing(self, *, drawing: bool) -> None:
        """Whether the left button draws (``stroked``) instead of moving the picture."""
        if drawing != self._drawing:
            self._drawing, self._stroke = drawing, False
            self.setCursor(Qt.CursorShape.CrossCursor if drawing else Qt.CursorShape.ArrowCursor)
            self.update()

    def set_sketches(self, sketches: tuple[Mark, ...], in_hand: Mark | None) -> None:
        """Marks that are not kept yet, and the one that is in hand."""
        if (sketches, in_hand) != (self._sketches, self._in_hand):
            self._sketches, self._in_hand = sketches, in_hand
            self.update()

    @property
    def pointer(self) -> QPointF | None:
        """Where the pointer stands while points are set."""
        return self._screen(self._loupe_at) if self._picking and self._loupe_at is not None else None

    @property
    def foot(self) -> int:
        """Pixels from below up to the top of the label, 0 where there is none."""
        if not self._looks.labels or self._photo is None:
            return 0
        return round(self._plate_of(self._photo.caption).deviceIndependentSize().height()) + self._keeper.px(12)

    def words_at(self, point: QPoint) -> str:
        """All words of the plate at a point of the pane, nothing where there is none."""
        return next((words for place, words in self._tips if place.contains(point)), "")

    def _clear(self) -> None:
        self._waiting.stop()
        self._rest.stop()
        self._notice.hide()
        self._photo = None
        self._peek = None
        self._plates.clear()
        self._cross = None
        self._points = ()
        self._sketches, self._in_hand, self._stroke = (), None, False
        self._loupe_at = None
        self._fresh = ""
        self._name_yourself()
        self._judge_detail()
        self.update()

    def _say_waiting(self) -> None:
        self._notice.say("image", translate("Opening the photo…"))
        self._notice.place(self.rect())

    def _name_yourself(self) -> None:
        words = translate("Photo {letter}").format(letter=self._letter)
        if self._photo is not None:
            words = f"{words}: {self._photo.caption.words}"
        elif not self._notice.isHidden():
            words = f"{words}: {self._notice.words}"
        self.setAccessibleName(words)

    def _judge_detail(self) -> None:
        needs = tuple(map(self.need_of, self._pictured()))
        if needs != self._needs:
            self._needs = needs
            self.needs_changed.emit()

    def need_of(self, photo: Photo | None) -> Detail:
        """Which size of a photograph is needed to show it as it is seen in this pane now."""
        if photo is None or photo not in self._pictured() or not self.isVisible():
            return Detail.NONE
        return photo.need(self._lens.scale(self.frame_of(photo)) * photo.inner.scale)

    def _pictured(self) -> tuple[Photo, ...]:
        """The photographs whose pixels are shown."""
        return (self._photo,) if self._photo is not None else ()

    # --- painting ---------------------------------------------------------------------------------------------
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what is seen of the picture, then lines, marks, label and badge over it."""
        painter = QPainter(self)
        started = perf_counter()
        manner = self._manner()
        self._paint_photos(painter, event.rect(), manner)
        if event.rect() == self.rect():
            self._costs[manner] = perf_counter() - started
        self._paint_over(painter)
        if self.hasFocus() and not self._looks.ratio:
            painting.box(painter, self.rect(), 6, line=self._keeper.colour("viewer.accent"), width=2.0)
        painter.end()
        if self._fresh:
            QTimer.singleShot(0, self, lambda letters=self._fresh: self.painted.emit(letters))
            self._fresh = ""

    def draw(self, painter: QPainter) -> None:
        """Paint all of it as sharply as it can be, for a picture that is saved."""
        self._paint_photos(painter, self.rect(), Manner.SHARP)
        self._paint_over(painter)

    def _paint_photos(self, painter: QPainter, part: QRect, manner: Manner) -> None:
        photo = self._peek or self._photo
        if photo is None:
            painter.fillRect(part, self._keeper.colour("viewer.group"))
            return
        self._paint_one(painter, photo, self._lens, part, manner)
        self._darken(painter, self._letter, part)

    def _paint_one(self, painter: QPainter, photo: Photo, lens: Lens, part: QRect, manner: Manner) -> None:
        """One photograph inside ``part`` of the pane, and the ground where it does not reach."""
        ground, ratio = self._keeper.colour("viewer.group"), self.ratio
        at = photo.on(self.frame_of(photo), lens)
        painter.save()
        painter.setClipRect(part)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, manner is not Manner.COARSE)
        if self._looks.mirrored:
            painter.translate(self.width(), 0)
            painter.scale(-1, 1)
            part = QRect(self.width() - part.right() - 1, part.top(), part.width(), part.height())
        if at.rotation == 0:
            covered = QRectF(
                at.dx / ratio, at.dy / ratio, photo.size.width * at.scale / ratio, photo.size.height * at.scale / ratio
            )
            bare = QRegion(part).subtracted(QRegion(QRect(covered.adjusted(1, 1, -1, -1).toAlignedRect())))
            for rect in cast("Iterable[QRect]", bare):
                painter.fillRect(rect, ground)
        else:
            painter.fillRect(part, ground)
        painter.scale(1 / ratio, 1 / ratio)
        seen = QRectF(part.left() * ratio, part.top() * ratio, part.width() * ratio, part.height() * ratio)
        softer = manner in (Manner.SOFT, Manner.COARSE)
        paint(painter, photo, at, seen, self._looks, detailed=self.needs_detail, softer=softer)
        painter.restore()

    def _darken(self, painter: QPainter, letter: str, part: QRect) -> None:
        by = self._darkened.get(letter, 0.0)
        if by > 0:
            painter.fillRect(part, QColor(0, 0, 0, round(255 * by)))

    def _manner(self) -> Manner:
        """Sharp at rest; while it moves, the best that was fast enough the last time."""
        if not self._rest.isActive():
            self._costs.pop(Manner.SOFT, None)
            return Manner.SHARP
        turned = any(photo.on(self.frame_of(photo), self._lens).rotation for photo in self._pictured())
        manners = (Manner.SHARP, Manner.SOFT) if turned else (Manner.SHARP,)
        return next((one for one in manners if self._costs.get(one, 0.0) <= SMOOTH_BUDGET), Manner.COARSE)

    def _paint_over(self, painter: QPainter) -> None:
        self._tips = []
        self._paint_grid(painter)
        centre = self._cross_point()
        if centre is not None:
            plates.cross(painter, centre)
        self._paint_points(painter)
        self._paint_marks(painter)
        if self._figures and self._photo is not None and self._peek is None:
            figures.draw(painter, self._keeper, self, self._figures)
        if self._looks.labels:
            self._paint_plates(painter)
        chips = plates.chips(self._keeper, self.rect(), self._chips, mirrored=self._looks.mirrored)
        plates.paint_chips(painter, self._keeper, chips)
        self._tips += [(one.place, one.whole) for one in chips]
        self._paint_map(painter)
        self._paint_loupe(painter)
        self._paint_corners(painter)

    def _paint_grid(self, painter: QPainter) -> None:
        if self._looks.grid and self._photo is not None:
            frame = self.frame
            scale, ratio = self._lens.scale(frame), self.ratio
            rings = self._looks.grid is Grid.RINGS
            middle = self._screen(self.ring_centre if rings and self.ring_centre is not None else (0.5, 0.5))
            size = (frame.picture.width * scale / ratio, frame.picture.height * scale / ratio)
            turn = -self._lens.turn if self._looks.mirrored else self._lens.turn
            plates.grid(painter, self._looks.grid, middle, size, turn, self.rect())

    def _cross_point(self) -> QPointF | None:
        if self._cross is None or self._photo is None:
            return None
        return self._screen(self._cross)

    def _update_cross(self) -> None:
        centre = self._cross_point()
        if centre is not None:
            self.update(QRectF(centre.x() - 20, centre.y() - 20, 40, 40).toAlignedRect())
            if self._looks.loupe or self._picking:
                self.update()

    def _paint_points(self, painter: QPainter) -> None:
        if self._photo is not None:
            for number, unit in enumerate(self._points, 1):
                plates.point_mark(painter, self._keeper, self._screen(self._photo.spot_of(unit)), number)

    def _paint_marks(self, painter: QPainter) -> None:
        """What is drawn on the photographs, each where it is seen."""
        for photo, lens, part in self._seen():
            if self._looks.marks and photo.marks:
                painter.save()
                painter.setClipRect(part)
                drawn = [mark for mark in photo.marks if mark.id != self._looks.lifted]
                place = partial(self._place_under, photo, lens)
                mark_figures.draw(painter, self._keeper, drawn, place, self.rect())
                if self._drawing:
                    mark_figures.draw_regions(painter, self._keeper, [mark for mark in drawn if mark.kind.hides], place)
                painter.restore()
        if self._photo is not None and self._peek is None:
            mark_figures.draw(painter, self._keeper, self._sketches, self.place_of, self.rect())
            mark_figures.draw_regions(
                painter, self._keeper, [mark for mark in self._sketches if mark.kind.hides], self.place_of
            )
            if self._in_hand is not None:
                room = room_of(self._photo.size.width, self._photo.size.height)
                mark_figures.draw_chosen(painter, self._keeper, self._in_hand, self.place_of, room, self.rect())

    def _seen(self) -> list[tuple[Photo, Lens, QRect]]:
        """The photographs that are seen, each with its lens and the part of the pane it is seen in."""
        photo = self._peek or self._photo
        return [] if photo is None else [(photo, self._lens, self.rect())]

    def _paint_plates(self, painter: QPainter) -> None:
        self._paint_badge(painter, self._letter, right=self._letter != "A")
        shown = self._peek or self._photo
        if shown is not None:
            self._paint_plate(painter, shown.caption, right=False)

    def _paint_badge(self, painter: QPainter, letter: str, *, right: bool) -> None:
        side, gap = self._keeper.px(24), self._keeper.px(12)
        left = self.width() - gap - side if right else gap
        plates.badge(painter, self._keeper, QRect(left, gap, side, side), letter)

    def _paint_plate(self, painter: QPainter, caption: Caption, *, right: bool, room: float = 1.0) -> None:
        plate, gap = self._plate_of(caption, room), self._keeper.px(12)
        size = plate.deviceIndependentSize().toSize()
        left = self.width() - gap - size.width() if right else gap
        corner = QPoint(left, self.height() - gap - size.height())
        painter.drawPixmap(corner, plate)
        self._tips.append((QRect(corner, size), caption.words))

    def _plate_of(self, caption: Caption, room: float = 1.0) -> QPixmap:
        """The label of a photograph in a share of the pane's width."""
        key = caption, round(self.width() * room)
        if key not in self._plates:
            self._plates[key] = plates.label_plate(self._keeper, caption, QSize(key[1], self.height()), self.ratio)
        return self._plates[key]

    def _map_place(self) -> QRect | None:
        """Where the map of the whole stands, while only a part is seen."""
        photo = self._photo
        if photo is None or not self._shows_map or self._lens.zoom <= 1.001 or min(self.width(), self.height()) < 240:
            return None
        side = self._keeper.px(plates.MAP_SIDE)
        room = photo.extent
        shrink = side / max(room.width, room.height)
        size = QSize(max(round(room.width * shrink), 24), max(round(room.height * shrink), 24))
        gap = self._keeper.px(12)
        corner = QPoint(self.width() - gap - size.width(), self.height() - gap - size.height())
        plate = self._plate_of(photo.caption) if self._looks.labels else None
        if plate is not None and plate.deviceIndependentSize().width() + 3 * gap + size.width() > self.width():
            corner -= QPoint(0, round(plate.deviceIndependentSize().height()) + gap)
        return QRect(corner, size)

    def _paint_map(self, painter: QPainter) -> None:
        place, photo = self._map_place(), self._photo
        if place is None or photo is None:
            return
        key = hash((id(photo), photo.placed, place.width(), place.height(), hidden_in(photo.marks, self._looks)))
        if self._map is None or self._map[0] != key:
            self._map = (key, self._make_map(photo, place.size()))
        painter.drawPixmap(place.topLeft(), self._map[1])
        frame = self.frame
        corners = [self._lens.spot(frame, (x, y)) for x in (0, frame.pane.width) for y in (0, frame.pane.height)]
        left, right = min(x for x, _ in corners), max(x for x, _ in corners)
        top, bottom = min(y for _, y in corners), max(y for _, y in corners)
        if self._looks.mirrored:
            left, right = 1 - right, 1 - left
        seen = QRectF(
            place.left() + left * place.width(), place.top() + top * place.height(),
            (right - left) * place.width(), (bottom - top) * place.height(),
        ).intersected(QRectF(place))  # fmt: skip
        painting.box(painter, seen, 2, line=self._keeper.colour("viewer.accent"), width=2.0)

    def _make_map(self, photo: Photo, size: QSize) -> QPixmap:
        made = plates.blank(size, self.ratio)
        inner = QPainter(made)
        inner.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        inner.fillRect(made.rect(), self._keeper.colour("viewer.group"))
        if self._looks.mirrored:
            inner.translate(size.width(), 0)
            inner.scale(-1, 1)
        frame = Frame(photo.extent, Extent(size.width(), size.height()))
        paint(inner, photo, photo.on(frame, Lens()), QRectF(0, 0, size.width(), size.height()), self._looks)
        inner.end()
        line = QPainter(made)
        painting.box(line, QRectF(0.5, 0.5, size.width() - 1, size.height() - 1), 2, line=_PALE, width=1.0)
        line.end()
        return made

    def _paint_loupe(self, painter: QPainter) -> None:
        """Four times as large: what is under the pointer here, or under the cross from another pane."""
        close = self._picking or self._gripped
        spot = self._loupe_at if close else (self._cross or self._loupe_at) if self._looks.loupe else None
        photo = self._photo
        if spot is None or photo is None:
            return
        side = self._keeper.px(plates.LOUPE_SIDE)
        at, gap = self._screen(spot), self._keeper.px(20)
        left = at.x() + gap if at.x() + gap + side < self.width() else at.x() - gap - side
        top = at.y() - gap - side if at.y() - gap - side > 0 else at.y() + gap
        disc = QRectF(max(left, 0), max(min(top, self.height() - side), 0), side, side)
        painter.save()
        shape = QPainterPath()
        shape.addEllipse(disc)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.setClipPath(shape)
        painter.fillRect(disc, self._keeper.colour("viewer.group"))
        painter.translate(disc.topLeft())
        frame, ratio = self.frame_of(photo), self.ratio
        there = Lens(spot[0], spot[1], self._lens.zoom * 4, self._lens.turn)
        small = Frame(frame.picture, Extent(side * ratio, side * ratio), frame.sizing, frame.common)
        scale = self._lens.scale(frame) * 4
        there = Lens(spot[0], spot[1], scale / small.fit_scale(there.turn), there.turn)
        if self._looks.mirrored:
            painter.translate(side, 0)
            painter.scale(-1, 1)
        painter.scale(1 / ratio, 1 / ratio)
        seen = QRectF(0, 0, side * ratio, side * ratio)
        paint(painter, photo, photo.on(small, there), seen, self._looks, detailed=True)
        painter.restore()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for ink, width in ((QColor(0, 0, 0, 153), 4.0), (QColor(Qt.GlobalColor.white), 2.0)):
            painter.setPen(QPen(ink, width))
            painter.drawEllipse(disc)
        painter.setPen(QPen(QColor(Qt.GlobalColor.white), 1.0))
        middle = disc.center()
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            painter.drawLine(middle + QPointF(dx * 4, dy * 4), middle + QPointF(dx * 14, dy * 14))
        painter.restore()

    def _paint_corners(self, painter: QPainter) -> None:
        if self._corners is None:
            self._corners = plates.corner_mask(self._keeper, self.ratio)
        ratio, side = self._corners.devicePixelRatio(), plates.ROUND
        right, bottom = self.width() - side, self.height() - side
        for x, y, u, v in ((0, 0, 0, 0), (right, 0, side, 0), (0, bottom, 0, side), (right, bottom, side, side)):
            source = QRectF(u * ratio, v * ratio, side * ratio, side * ratio)
            painter.drawPixmap(QRectF(x, y, side, side), self._corners, source)

    def _restyle(self) -> None:
        self._plates.clear()
        self._corners = None
        self._map = None
        self.update()

    # --- the hand ---------------------------------------------------------------------------------------------
    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the pointer, a quarter more or less a notch; trackpads send parts of a notch.

        Where the wheel changes the photograph it zooms with Ctrl only.
        """
        turn = event.angleDelta().y() or event.angleDelta().x()
        event.accept()
        if self._looks.wheel_steps and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._turned += turn
            notches = int(self._turned / 120)
            self._turned -= notches * 120
            if notches:
                self.stepped.emit(-notches)
        elif turn:
            self._zoom(NOTCH ** (turn / 120), event.position(), event.modifiers())

    def hold_pan(self) -> None:
        """Space was pressed or let go."""
        free = Qt.CursorShape.OpenHandCursor if self._looks.panning else self._still_cursor
        self.setCursor(Qt.CursorShape.ClosedHandCursor if self._looks.panning and self._drag is not None else free)

    @property
    def _picks(self) -> bool:
        """Whether a click sets a point."""
        return self._picking and not self._looks.panning

    @property
    def _still_cursor(self) -> Qt.CursorShape:
        if self._picking or self._drawing:
            return Qt.CursorShape.CrossCursor
        return Qt.CursorShape.OpenHandCursor if self._photo is not None else Qt.CursorShape.ArrowCursor

    def event(self, event: QEvent) -> bool:
        """Fingers and trackpads zoom too; over a plate that may be cut all its words are told."""
        if isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.words_at(event.pos()), self)
            return True
        if self._photo is not None and self._touching.handle(event):
            return True
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._restyle()
            self._judge_detail()
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the picture, or begin to draw."""
        left = event.button() == Qt.MouseButton.LeftButton
        if left and self._drawing and not self._looks.panning and self._photo is not None:
            self._draws("press", event)
            return
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton) and self._photo is not None:
            self._press = self._drag = event.position()
            place = self._map_place()
            if place is not None and place.contains(event.position().toPoint()) and not self._picks:
                self._jump(place, event)
                return
            self._grip, self._gripped = self._grip_at(event), False
            if not self._picks:
                self.setCursor(Qt.CursorShape.ClosedHandCursor)
            event.accept()
            return
        super().mousePressEvent(event)

    def _grip_at(self, event: QMouseEvent) -> tuple[int, int] | None:
        """The point of a stored figure under the pointer, where it can be dragged."""
        if (
            not self.grips
            or self._peek is not None
            or self._looks.panning
            or event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            return None
        return figures.point_at(self, self._figures, event.position(), self._keeper.px(round(figures.REACH)))

    def _drag_point(self, position: QPointF) -> None:
        """Take the point of a figure along, once it was dragged far enough to be no click."""
        photo, press = self._photo, self._press
        if self._grip is None or photo is None or press is None:
            return
        far = (position - press).manhattanLength() >= QApplication.startDragDistance()
        self._gripped = self._gripped or far
        if self._gripped:
            spot = self._lens.spot(self.frame, self._device(position))
            self._put_loupe(spot)
            self.point_moved.emit(*self._grip, photo.unit_of(spot))

    def _jump(self, place: QRect, event: QMouseEvent) -> None:
        """A click on the map brings that place into the middle."""
        self._drag = None
        x = (event.position().x() - place.left()) / place.width()
        y = (event.position().y() - place.top()) / place.height()
        x = 1 - x if self._looks.mirrored else x
        self._ask(Lens(x, y, self._lens.zoom, self._lens.turn), event.modifiers())
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the picture, or say where the pointer is."""
        if self._photo is None:
            return
        if self._stroke:
            self._draws("move", event)
        if self._grip is not None:
            self._drag_point(event.position())
            return
        if self._drag is not None:
            moved = (event.position() - self._drag) * self.ratio
            dx = -moved.x() if self._looks.mirrored else moved.x()
            self._drag = event.position()
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier and not self._looks.panning:
                self.nudged.emit(dx, moved.y())
            else:
                self._ask(self._lens.panned(self.frame, dx, moved.y()), event.modifiers())
        spot = self._lens.spot(self.frame, self._device(event.position()))
        over = self._photo.covers(spot)
        if self._drag is None and not self._picking and not self._drawing and not self._looks.panning:
            hand = Qt.CursorShape.OpenHandCursor if over else Qt.CursorShape.ArrowCursor
            self.setCursor(Qt.CursorShape.SizeAllCursor if self._grip_at(event) else hand)
        self._put_loupe(spot if over else None)
        self.pointed.emit(spot if over else None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go; where nothing was dragged while points are set, set one."""
        if self._stroke and event.button() == Qt.MouseButton.LeftButton:
            self._draws("release", event)
            return
        press, self._press, self._drag = self._press, None, None
        grip, self._grip = self._grip, None
        if self._drawing:
            self.hold_pan()
            return
        if grip is not None and (self._gripped or not self._picking):
            if self._gripped:
                self._gripped = False
                self.update()
                self.let_go.emit()
            else:
                self.held.emit(*grip)
            return
        if self._looks.panning:
            self.hold_pan()
            return
        if self._picking:
            still = (
                press is not None and (event.position() - press).manhattanLength() < QApplication.startDragDistance()
            )
            if still and self._photo is not None:
                spot = self._lens.spot(self.frame, self._device(event.position()))
                if self._photo.covers(spot):
                    self.clicked.emit(spot)
            return
        self.setCursor(Qt.CursorShape.OpenHandCursor if self._photo is not None else Qt.CursorShape.ArrowCursor)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """100 % here, or the whole picture again."""
        if self._drawing and not self._looks.panning and self._photo is not None:
            self._draws("double", event)
        elif self._picking or self._looks.panning:
            self.mousePressEvent(event)
        elif self._photo is not None:
            self.toggled.emit(self._device(event.position()))

    def _draws(self, phase: str, event: QMouseEvent) -> None:
        """Tell what the button does while it draws."""
        self._stroke = phase in ("press", "move")
        spot = self._lens.spot(self.frame, self._device(event.position()))
        self._put_loupe(spot if self._photo is not None and self._photo.covers(spot) else None)
        self.stroked.emit(phase, spot)
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        """The pointer went away."""
        self._put_loupe(None)
        self.pointed.emit(None)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """It is the active pane now."""
        self.activated.emit()
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away."""
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl and the arrows move the picture; all other keys belong to the viewer."""
        steps = {Qt.Key.Key_Left: (1, 0), Qt.Key.Key_Right: (-1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1)}
        step = steps.get(Qt.Key(event.key()))
        control = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.ControlModifier
        if step is None or not control or self._photo is None:
            event.ignore()
            return
        far = 0.1 * min(self.frame.pane.width, self.frame.pane.height)
        across = -step[0] if self._looks.mirrored else step[0]
        self._ask(self._lens.panned(self.frame, across * far, step[1] * far), event.modifiers())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A photograph of the strip may be dropped here."""
        if event.mimeData().hasFormat(PICTURE_MIME):
            event.acceptProposedAction()
        else:
            event.ignore()

    def dropEvent(self, event: QDropEvent) -> None:
        """Show what was dropped."""
        self.dropped.emit(int(bytes(event.mimeData().data(PICTURE_MIME).data()).decode("ascii")))
        event.acceptProposedAction()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Notice and label follow the size."""
        self._plates.clear()
        if not self._notice.isHidden():
            self._notice.place(self.rect())
        self._judge_detail()

    def showEvent(self, event: QShowEvent) -> None:
        """Full detail may be needed again."""
        self._judge_detail()

    def hideEvent(self, event: QHideEvent) -> None:
        """Full detail is not needed while nobody looks."""
        self._drag = self._press = self._grip = None
        self._gripped = self._stroke = False
        self._judge_detail()

    def _put_loupe(self, spot: Point | None) -> None:
        if spot != self._loupe_at:
            self._loupe_at = spot
            if self._looks.loupe or self._picking or self._gripped:
                self.update()

    def _zoom(self, factor: float, position: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        if self._photo is not None:
            self._ask(self._lens.zoomed_at(self.frame, factor, self._device(position)), modifiers)
            self.pointed.emit(self._lens.spot(self.frame, self._device(position)))

    def _pinch(self, factor: float, middle: QPointF, moved: QPointF) -> None:
        """Two fingers: what was under them stays under them."""
        if self._photo is not None and factor > 0:
            across = -moved.x() if self._looks.mirrored else moved.x()
            lens = self._lens.panned(self.frame, across * self.ratio, moved.y() * self.ratio)
            self._ask(lens.zoomed_at(self.frame, factor, self._device(middle)), Qt.KeyboardModifier.NoModifier)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Right click, or a finger held still."""
        if self._photo is not None:
            self.menu_asked.emit(event.globalPos())

    def _ask(self, lens: Lens, modifiers: Qt.KeyboardModifier) -> None:
        self.lens_asked.emit(lens, bool(modifiers & Qt.KeyboardModifier.ShiftModifier))

    def _device(self, position: QPointF) -> Point:
        """A place of the pane in device pixels, seen through the mirror where there is one."""
        x = self.width() - position.x() if self._looks.mirrored else position.x()
        return (x * self.ratio, position.y() * self.ratio)

    def _screen(self, spot: Point) -> QPointF:
        """Where a spot of what the lens looks at stands in the pane."""
        x, y = self._lens.place(self.frame, spot)
        x /= self.ratio
        return QPointF(self.width() - x if self._looks.mirrored else x, y / self.ratio)


_PALE = QColor(255, 255, 255, 150)
