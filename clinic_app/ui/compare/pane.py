"""One photograph under the lens: a single painter widget, no scene, no OpenGL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from time import perf_counter

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
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
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from clinic_app.domain.lens import NOTCH, Extent, Frame, Lens, Point
from clinic_app.ui.compare import levels as mip
from clinic_app.ui.compare.chrome import ViewerButton
from clinic_app.ui.compare.labels import Caption
from clinic_app.ui.compare.levels import Levels
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import painting
from clinic_app.ui.widgets.themed import TextLabel, Themed
from clinic_app.wording.language import translate

WAIT_BEFORE_SAYING = 300
"""Milliseconds of waiting that need no words (ux.md 4.6)."""

ENLARGED = 1.02
"""How much a preview may be enlarged before full detail is asked for."""

SMOOTH_BUDGET = 0.005
"""Seconds a pane may take to draw smoothly while it moves; what takes longer is drawn faster until it rests."""

REST = 120
"""Milliseconds after the last movement at which a picture is drawn as sharply as it can be."""


LOW = 340
"""Under so many pixels at 100 % a pane is low: a plate of two lines would lie over the eyes."""


class Manner(Enum):
    """How a picture is drawn, the best first."""

    SHARP = "sharp"
    SOFT = "soft"
    """From a quarter of the pixels: only for turned pictures, where fetching pixels is most of the work."""
    COARSE = "coarse"


Action = tuple[str, Callable[[], object]]


class Notice(Themed):
    """Words in the middle of an empty pane, with what can be done about it."""

    def __init__(self, keeper: ThemeKeeper, parent: QWidget) -> None:
        super().__init__(keeper, parent)
        self._icon = ""
        self._words = TextLabel(keeper, "", Style.BODY, "viewer.text2", wrap=True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(keeper.px(8))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, keeper.px(52), 0, 0)
        column.setSpacing(keeper.px(14))
        column.addWidget(self._words)
        column.addLayout(self._buttons)
        self.hide()

    @property
    def words(self) -> str:
        """What it says now."""
        return self._words.text()

    def say(self, icon: str, words: str, actions: Sequence[Action] = ()) -> None:
        """Show a sentence and its buttons; the same sentence again leaves them alone."""
        self._icon = icon
        self._words.setText(words)
        self.setAccessibleName(words)
        while (item := self._buttons.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        self._buttons.addStretch(1)
        for label, act in actions:
            button = ViewerButton(self.keeper, label, text=label)
            button.clicked.connect(lambda _=False, act=act: act())
            self._buttons.addWidget(button)
        self._buttons.addStretch(1)
        self.show()

    def place(self, room: QRect) -> None:
        """Stand in the middle of ``room``."""
        width = min(self.keeper.px(380), max(room.width() - self.keeper.px(32), 80))
        layout = self.layout()
        height = layout.totalHeightForWidth(width) if layout is not None and layout.hasHeightForWidth() else -1
        height = self.sizeHint().height() if height < 0 else height
        left = room.left() + (room.width() - width) // 2
        self.setGeometry(left, room.top() + max((room.height() - height) // 2, 0), width, height)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the icon above the words."""
        spot = QRect(0, 0, self.width(), self.keeper.px(44))
        painting.icon(QPainter(self), self.keeper, spot, self._icon, "viewer.key_hint", 40)


class PicturePane(QWidget):
    """Shows one photograph as the lens says.

    ``lens_asked(lens, everywhere)``: the user moved it here; ``everywhere`` while Shift is held.
    ``pointed(spot)``: the pointer stands on a spot of the picture (fractions), None when it left.
    ``detail_wanted(bool)``: the zoom needs more pixels than the preview has, or no longer does.
    ``painted``: a preview was painted for the first time. ``activated``: it has the keyboard now.
    """

    lens_asked = Signal(object, bool)
    pointed = Signal(object)
    detail_wanted = Signal(bool)
    painted = Signal()
    activated = Signal()
    toggled = Signal(object)

    def __init__(self, keeper: ThemeKeeper, letter: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self._letter = letter
        self._lens = Lens()
        self._size = Extent(0, 0)
        self._preview: Levels | None = None
        self._detail: Levels | None = None
        self._needs_detail = False
        self._fresh = False
        self._caption: Caption | None = None
        self._labels = True
        self._plate: QPixmap | None = None
        self._corners: QPixmap | None = None
        self._cross: Point | None = None
        self._drag: QPointF | None = None
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
        """``A`` or ``B``."""
        return self._letter

    @property
    def caption(self) -> Caption | None:
        """What the label plate says, None without a picture."""
        return self._caption

    @property
    def notice(self) -> str:
        """What stands in place of a picture, or nothing."""
        return "" if self._notice.isHidden() else self._notice.words

    @property
    def has_picture(self) -> bool:
        """Whether pixels are shown."""
        return self._preview is not None

    @property
    def has_detail(self) -> bool:
        """Whether the full-size pixels are here."""
        return self._detail is not None

    @property
    def needs_detail(self) -> bool:
        """Whether the zoom needs more pixels than the preview has."""
        return self._needs_detail

    @property
    def frame(self) -> Frame:
        """The picture's size and the pane's, in device pixels."""
        ratio = self.devicePixelRatioF()
        return Frame(self._size, Extent(self.width() * ratio, self.height() * ratio))

    @property
    def scale(self) -> float:
        """Screen pixels per pixel of the photograph; 1 is 100 %."""
        return self._lens.scale(self.frame) if self._size.width else 1.0

    def show_waiting(self) -> None:
        """Nothing yet; after a moment it says that it loads."""
        self._clear()
        self._waiting.start()

    def show_picture(self, size: Extent, preview: Levels, caption: Caption) -> None:
        """A photograph of ``size`` pixels by its preview; label and pixels change in the same frame."""
        self._clear()
        self._size = size
        self._preview = preview
        self._caption = caption
        self._fresh = True
        self._name_yourself()
        self._judge_detail()
        self.update()

    def set_caption(self, caption: Caption) -> None:
        """The same photograph, another label (its date was mended, an injection was added)."""
        self._caption = caption
        self._plate = None
        self._name_yourself()
        self.update()

    def set_detail(self, detail: Levels | None) -> Levels | None:
        """Take the full-size pixels, or give them up; answers what was there before, to be freed elsewhere."""
        before, self._detail = self._detail, detail
        self.update()
        return before

    def take_detail(self) -> Levels | None:
        """Give up the full-size pixels."""
        return self.set_detail(None)

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
            self._rest.start()
            self._judge_detail()
            self.update()

    def set_labels(self, shown: bool) -> None:
        """Show or hide label plate and badge."""
        self._labels = shown
        self.update()

    def set_cross(self, spot: Point | None) -> None:
        """Mark a spot of the picture with the linked cross, or none."""
        if spot != self._cross:
            self._update_cross()
            self._cross = spot
            self._update_cross()

    def _clear(self) -> None:
        self._waiting.stop()
        self._rest.stop()
        self._notice.hide()
        self._size = Extent(0, 0)
        self._preview = None
        self._caption = None
        self._plate = None
        self._cross = None
        self._fresh = False
        self._name_yourself()
        self._judge_detail()
        self.update()

    def _say_waiting(self) -> None:
        self._notice.say("image", translate("Opening the photo…"))
        self._notice.place(self.rect())

    def _name_yourself(self) -> None:
        words = translate("Photo {letter}").format(letter=self._letter)
        if self._caption is not None:
            words = f"{words}: {self._caption.title}, {self._caption.second}"
        elif not self._notice.isHidden():
            words = f"{words}: {self._notice.words}"
        self.setAccessibleName(words)

    def _judge_detail(self) -> None:
        needs = False
        if self._preview is not None and self.isVisible() and self._preview.width < self._size.width:
            needs = self.scale * self._size.width > self._preview.width * ENLARGED
        if needs != self._needs_detail:
            self._needs_detail = needs
            self.detail_wanted.emit(needs)

    # --- painting ---------------------------------------------------------------------------------------------
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what is seen of the picture, then marks, label and badge over it."""
        painter = QPainter(self)
        self._paint_picture(painter, event)
        self._paint_cross(painter)
        self._paint_plates(painter)
        self._paint_corners(painter)
        if self.hasFocus():
            painting.box(painter, self.rect(), 6, line=self._keeper.colour("viewer.accent"), width=2.0)
        painter.end()
        if self._fresh:
            self._fresh = False
            QTimer.singleShot(0, self, self.painted.emit)

    def _paint_picture(self, painter: QPainter, event: QPaintEvent) -> None:
        ground = self._keeper.colour("viewer.group")
        shown = self._detail if self._detail is not None and self._needs_detail else self._preview
        if shown is None:
            painter.fillRect(event.rect(), ground)
            return
        frame, lens = self.frame, self._lens
        ratio = self.devicePixelRatioF()
        scale = lens.scale(frame)
        wide, high = frame.picture.width * scale, frame.picture.height * scale
        seen = QRectF(event.rect())
        painter.save()
        manner = self._manner()
        softer = manner is not Manner.SHARP and lens.turn != 0
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, manner is not Manner.COARSE)
        started = perf_counter()
        if lens.turn == 0:
            left, top = lens.place(frame, (0.0, 0.0))
            covered = QRectF(left / ratio, top / ratio, wide / ratio, high / ratio)
            inner = QRect(covered.adjusted(1, 1, -1, -1).toAlignedRect())
            bare = QRegion(event.rect()).subtracted(QRegion(inner))
            if not bare.isEmpty():
                painter.setClipRegion(bare)
                painter.fillRect(event.rect(), ground)
                painter.setClipRegion(event.region())
            painter.scale(1 / ratio, 1 / ratio)
            seen = QRectF(seen.left() * ratio, seen.top() * ratio, seen.width() * ratio, seen.height() * ratio)
            mip.paint(painter, shown, QRectF(left, top, wide, high), seen)
        else:
            painter.fillRect(event.rect(), ground)
            painter.scale(1 / ratio, 1 / ratio)
            painter.translate(frame.pane.width / 2, frame.pane.height / 2)
            painter.rotate(lens.turn)
            place = QRectF(-lens.x * wide, -lens.y * high, wide, high)
            back, known = painter.worldTransform().inverted()
            mip.paint(painter, shown, place, back.mapRect(seen) if known else place, softer=softer)
        painter.restore()
        if event.rect() == self.rect():
            self._costs[manner] = perf_counter() - started

    def _manner(self) -> Manner:
        """Sharp at rest; while it moves, the best that was fast enough the last time."""
        if not self._rest.isActive():
            self._costs.pop(Manner.SOFT, None)
            return Manner.SHARP
        manners = (Manner.SHARP, Manner.SOFT) if self._lens.turn else (Manner.SHARP,)
        return next((one for one in manners if self._costs.get(one, 0.0) <= SMOOTH_BUDGET), Manner.COARSE)

    def _paint_cross(self, painter: QPainter) -> None:
        centre = self._cross_point()
        if centre is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((QColor(0, 0, 0, 153), 3.0), (QColor(Qt.GlobalColor.white), 1.4)):
            painter.setPen(QPen(colour, width))
            painter.drawEllipse(centre, 11.0, 11.0)
            for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                painter.drawLine(centre + QPointF(dx * 5, dy * 5), centre + QPointF(dx * 17, dy * 17))
        painter.restore()

    def _cross_point(self) -> QPointF | None:
        if self._cross is None or self._preview is None:
            return None
        ratio = self.devicePixelRatioF()
        x, y = self._lens.place(self.frame, self._cross)
        return QPointF(x / ratio, y / ratio)

    def _update_cross(self) -> None:
        centre = self._cross_point()
        if centre is not None:
            self.update(QRectF(centre.x() - 20, centre.y() - 20, 40, 40).toAlignedRect())

    def _paint_plates(self, painter: QPainter) -> None:
        if not self._labels:
            return
        keeper = self._keeper
        side, gap = keeper.px(24), keeper.px(12)
        left = gap if self._letter == "A" else self.width() - gap - side
        badge = QRect(left, gap, side, side)
        painting.box(painter, badge, keeper.px(4), fill=keeper.colour("viewer.accent"))
        painting.text(
            painter, keeper, badge, self._letter, Style.NAME, "viewer.on_accent", align=painting.CENTRE, weight=700
        )
        if self._caption is None:
            return
        if self._plate is None:
            self._plate = self._make_plate(self._caption)
        height = round(self._plate.height() / self._plate.devicePixelRatio())
        painter.drawPixmap(gap, self.height() - gap - height, self._plate)

    def _plate_lines(self, caption: Caption, room: int) -> list[tuple[str, Style, str]]:
        """What the plate says, line by line: one line on a low pane, the day on a line of its own on a narrow one."""
        ink = "viewer.measure" if caption.unsure else "viewer.plate_text"
        if self.height() < self._keeper.px(LOW):
            return [(" · ".join(part for part in (caption.title, caption.day) if part), Style.SECONDARY, ink)]
        lines = [(caption.title, Style.PHONE, ink)]
        rest = caption.second.removeprefix(caption.day).removeprefix(" · ")
        fits = self._keeper.metrics(Style.SECONDARY, numbers=False).horizontalAdvance(caption.second) <= room
        parts = [caption.second] if fits or not caption.day else [caption.day, rest]
        return lines + [(part, Style.SECONDARY, "viewer.plate_text2") for part in parts if part]

    def _make_plate(self, caption: Caption) -> QPixmap:
        keeper = self._keeper
        pad = keeper.px(14)
        room = max(self.width() - keeper.px(24) - 2 * pad, keeper.px(60))
        lines = self._plate_lines(caption, room)
        width = min(
            max(keeper.metrics(style, numbers=False).horizontalAdvance(words) for words, style, _ in lines)
            + keeper.px(4),
            room,
        )
        edge = keeper.px(4) if len(lines) == 1 else keeper.px(7)
        size = QSize(width + 2 * pad, sum(keeper.line(style) for _, style, _ in lines) + 2 * edge)
        ratio = self.devicePixelRatioF()
        plate = QPixmap(size * ratio)
        plate.setDevicePixelRatio(ratio)
        plate.fill(Qt.GlobalColor.transparent)
        painter = QPainter(plate)
        painting.box(painter, QRect(0, 0, size.width(), size.height()), 7, fill=keeper.colour("viewer.plate"))
        top = edge
        for words, style, ink in lines:
            spot = QRect(pad, top, width, keeper.line(style))
            painting.text(painter, keeper, spot, words, style, ink, numbers=False)
            top += keeper.line(style)
        painter.end()
        return plate

    def _paint_corners(self, painter: QPainter) -> None:
        if self._corners is None:
            ratio = self.devicePixelRatioF()
            self._corners = QPixmap(QSize(12, 12) * ratio)
            self._corners.setDevicePixelRatio(ratio)
            self._corners.fill(Qt.GlobalColor.transparent)
            outside = QPainterPath()
            outside.addRect(0, 0, 12, 12)
            disc = QPainterPath()
            disc.addEllipse(0, 0, 12, 12)
            inner = QPainter(self._corners)
            inner.setRenderHint(QPainter.RenderHint.Antialiasing)
            inner.fillPath(outside.subtracted(disc), self._keeper.colour("viewer.canvas"))
            inner.end()
        ratio = self._corners.devicePixelRatio()
        right, bottom = self.width() - 6, self.height() - 6
        for x, y, u, v in ((0, 0, 0, 0), (right, 0, 6, 0), (0, bottom, 0, 6), (right, bottom, 6, 6)):
            source = QRectF(u * ratio, v * ratio, 6 * ratio, 6 * ratio)
            painter.drawPixmap(QRectF(x, y, 6, 6), self._corners, source)

    def _restyle(self) -> None:
        self._plate = None
        self._corners = None
        self.update()

    # --- the hand ---------------------------------------------------------------------------------------------
    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the pointer, a quarter more or less a notch; trackpads send parts of a notch."""
        turn = event.angleDelta().y() or event.angleDelta().x()
        event.accept()
        if turn:
            self._zoom(NOTCH ** (turn / 120), event.position(), event.modifiers())

    def event(self, event: QEvent) -> bool:
        """Pinching a trackpad zooms too."""
        if (
            isinstance(event, QNativeGestureEvent)
            and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture
            and self._preview is not None
        ):
            self._zoom(1 + event.value(), event.position(), event.modifiers())
            return True
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._restyle()
            self._judge_detail()
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the picture."""
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton) and self._preview is not None:
            self._drag = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            event.accept()
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the picture, or say where the pointer is."""
        if self._preview is None:
            return
        if self._drag is not None:
            moved = (event.position() - self._drag) * self.devicePixelRatioF()
            self._drag = event.position()
            self._ask(self._lens.panned(self.frame, moved.x(), moved.y()), event.modifiers())
        spot = self._lens.spot(self.frame, self._device(event.position()))
        over = 0 <= spot[0] <= 1 and 0 <= spot[1] <= 1
        if self._drag is None:
            self.setCursor(Qt.CursorShape.OpenHandCursor if over else Qt.CursorShape.ArrowCursor)
        self.pointed.emit(spot if over else None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._drag = None
        self.setCursor(Qt.CursorShape.OpenHandCursor if self._preview is not None else Qt.CursorShape.ArrowCursor)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """100 % here, or the whole picture again."""
        if self._preview is not None:
            self.toggled.emit(self._device(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """The pointer went away."""
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
        if step is None or not event.modifiers() & Qt.KeyboardModifier.ControlModifier or self._preview is None:
            event.ignore()
            return
        far = 0.1 * min(self.frame.pane.width, self.frame.pane.height)
        self._ask(self._lens.panned(self.frame, step[0] * far, step[1] * far), event.modifiers())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Notice and label follow the size."""
        self._plate = None
        if not self._notice.isHidden():
            self._notice.place(self.rect())
        self._judge_detail()

    def showEvent(self, event: QShowEvent) -> None:
        """Full detail may be needed again."""
        self._judge_detail()

    def hideEvent(self, event: QHideEvent) -> None:
        """Full detail is not needed while nobody looks."""
        self._drag = None
        self._judge_detail()

    def _zoom(self, factor: float, position: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        if self._preview is not None:
            self._ask(self._lens.zoomed_at(self.frame, factor, self._device(position)), modifiers)
            self.pointed.emit(self._lens.spot(self.frame, self._device(position)))

    def _ask(self, lens: Lens, modifiers: Qt.KeyboardModifier) -> None:
        self.lens_asked.emit(lens, bool(modifiers & Qt.KeyboardModifier.ShiftModifier))

    def _device(self, position: QPointF) -> Point:
        ratio = self.devicePixelRatioF()
        return (position.x() * ratio, position.y() * ratio)
