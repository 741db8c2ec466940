"""Buttons: primary, secondary, ghost, danger; with icon, keycap and a busy state."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import painting


class Kind(Enum):
    """How much a button asks for: one PRIMARY a view; DANGER is solid only inside a confirmation."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    GHOST = "ghost"
    DANGER = "danger"
    DANGER_SOLID = "danger_solid"


class EnterButton(QPushButton):
    """A push button that Enter presses too while it has the keyboard; a key held down presses it once."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses it."""
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or not plain:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            self.click()


class Button(EnterButton):
    """A push button with an optional icon (18 px) before and keycap or chevron after its words.

    ``key`` is what the keycap shows; the shortcut itself belongs to the view. Words may hold a mnemonic (``&``).
    """

    def __init__(
        self,
        keeper: ThemeKeeper,
        words: str,
        *,
        kind: Kind = Kind.SECONDARY,
        icon: str = "",
        key: str = "",
        drop: bool = False,
        small: bool = False,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignHCenter,
        tip: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(words, parent)
        self._keeper = keeper
        self._kind = kind
        self._icon = icon
        self._key = key
        self._drop = drop
        self._small = small
        self._align = align
        self._turn = 0
        self._spin = QTimer(self)
        self._spin.setInterval(80)
        self._spin.timeout.connect(self._step)
        self.setToolTip(tip)
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        keeper.changed.connect(self._restyle)

    @property
    def kind(self) -> Kind:
        """What kind it is."""
        return self._kind

    @property
    def busy(self) -> bool:
        """Whether it spins."""
        return self._spin.isActive()

    def set_kind(self, kind: Kind) -> None:
        """Make it another kind."""
        self._kind = kind
        self.update()

    def set_icon(self, name: str) -> None:
        """Show another icon."""
        self._icon = name
        self._restyle()

    def set_key(self, key: str) -> None:
        """Show another keycap."""
        self._key = key
        self._restyle()

    def set_busy(self, busy: bool) -> None:
        """A spinner instead of the icon; it cannot be pressed meanwhile, and keeps its width."""
        if busy == self.busy:
            return
        if busy:
            self.setMinimumWidth(self.width() if self.isVisible() else self.sizeHint().width())
            self._spin.start()
        else:
            self.setMinimumWidth(0)
            self._spin.stop()
        self.setEnabled(not busy)
        self.update()

    def sizeHint(self) -> QSize:
        """Words and icon with 12 px at either side."""
        keeper = self._keeper
        measures = keeper.measures
        words = keeper.metrics(Style.BUTTON, weight=self._weight()).horizontalAdvance(self.text().replace("&", ""))
        width = words + 2 * keeper.px(12) + 2
        if self._icon:
            width += keeper.px(26 if self.text() else 6)
        if self._key:
            width += painting.keycap_width(keeper, self._key) + keeper.px(8)
        if self._drop:
            width += keeper.px(22)
        height = measures.control_small if self._small else measures.control
        return QSize(max(width, height), height)

    def minimumSizeHint(self) -> QSize:
        """It never cuts its words."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint plate, icon, words, keycap and ring."""
        keeper = self._keeper
        painter = QPainter(self)
        fill, line, ink = self._colours()
        radius = keeper.px(6)
        painting.box(
            painter,
            self.rect(),
            radius,
            fill=None if fill is None else keeper.colour(fill),
            line=None if line is None else keeper.colour(line),
        )
        self._paint_content(painter, ink)
        if self.hasFocus():
            painting.focus_ring(painter, keeper, self.rect(), radius)
            if self._kind in (Kind.PRIMARY, Kind.DANGER_SOLID):
                inner = self.rect().adjusted(2, 2, -2, -2)
                painting.box(painter, inner, radius - 1, line=keeper.colour("surface"), width=1.5)

    def _paint_content(self, painter: QPainter, ink: str) -> None:
        keeper = self._keeper
        words = self.text()
        inner = self.rect().adjusted(keeper.px(12), 0, -keeper.px(12), 0)
        if not words and self._icon:
            inner = self.rect()
        metrics = keeper.metrics(Style.BUTTON, weight=self._weight())
        drawn = self._icon or self.busy
        lead = (keeper.px(26) if words else keeper.px(18)) if drawn else 0
        tail = painting.keycap_width(keeper, self._key) + keeper.px(8) if self._key else 0
        tail += keeper.px(22) if self._drop else 0
        width = min(metrics.horizontalAdvance(words.replace("&", "")) + 1, inner.width() - lead - tail)
        used = lead + width
        left = inner.left()
        if self._align == Qt.AlignmentFlag.AlignHCenter:
            free = inner.width() - (0 if self._key else tail)
            left += max(0, (free - used) // 2)
            if self._key:
                left = min(left, inner.right() - tail - used + 1)
        direction = self.layoutDirection()
        if drawn:
            place = QRect(left, 0, keeper.px(18), self.height())
            place = painting.mirrored(place, self.rect(), direction)
            if self.busy:
                self._paint_spinner(painter, place, ink)
            else:
                painting.icon(painter, keeper, place, self._icon, ink, 18 if not self._small else 16)
        if words:
            place = painting.mirrored(QRect(left + lead, 0, width, self.height()), self.rect(), direction)
            painter.setFont(keeper.font(Style.BUTTON, weight=self._weight()))
            painter.setPen(keeper.colour(ink))
            plain = words.replace("&", "")
            fits = metrics.horizontalAdvance(plain) <= width
            shown = words if fits else metrics.elidedText(plain, Qt.TextElideMode.ElideRight, width)
            painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextHideMnemonic), shown)
        if self._key:
            cap = painting.keycap_width(keeper, self._key)
            high = keeper.px(18)
            place = QRect(self.width() - keeper.px(10) - cap, (self.height() - high) // 2, cap, high)
            place = painting.mirrored(place, self.rect(), direction)
            if self._kind in (Kind.PRIMARY, Kind.DANGER_SOLID):
                painting.keycap(painter, keeper, place, self._key, fill=None, line=ink, ink=ink)
            else:
                painting.keycap(painter, keeper, place, self._key)
        if self._drop:
            place = QRect(left + lead + width + keeper.px(6), 0, keeper.px(16), self.height())
            place = painting.mirrored(place, self.rect(), direction)
            painting.icon(painter, keeper, place, "chevron-down", ink, 16)

    def _paint_spinner(self, painter: QPainter, place: QRect, ink: str) -> None:
        side = self._keeper.px(14)
        area = QRectF(place.center().x() - side / 2, place.center().y() - side / 2, side, side)
        with painting.kept(painter):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            pen = QPen(self._keeper.colour(ink), 2)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawArc(area, -self._turn * 16, 270 * 16)

    def _weight(self) -> int:
        return 600 if self._kind in (Kind.PRIMARY, Kind.DANGER_SOLID) else 500

    def _colours(self) -> tuple[str | None, str | None, str]:
        """Fill, line and ink tokens of the present state."""
        pressed = self.isDown() or self.isChecked()
        over = self.underMouse() and self.isEnabled()
        if not self.isEnabled() and not self.busy:
            return {
                Kind.PRIMARY: ("border", None, "disabled"),
                Kind.DANGER_SOLID: ("border", None, "disabled"),
                Kind.GHOST: (None, None, "disabled"),
            }.get(self._kind, ("surface", "border", "disabled"))
        if self._kind is Kind.PRIMARY:
            return ("accent_press" if pressed else "accent_hover" if over else "accent", None, "on_accent")
        if self._kind is Kind.DANGER_SOLID:
            return ("overdue.solid_bg", None, "overdue.solid_fg")
        fill = "sunken" if pressed else "hover" if over else None
        if self._kind is Kind.GHOST:
            return (fill, None, "text" if over or pressed else "text2")
        ink = "danger" if self._kind is Kind.DANGER else "text"
        return (fill or "surface", "border", ink)

    def _step(self) -> None:
        self._turn = (self._turn + 30) % 360
        self.update()

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()


class IconButton(Button):
    """A square button with an icon only; ``name`` is read out and shown as the tooltip, with the key."""

    def __init__(
        self,
        keeper: ThemeKeeper,
        icon: str,
        name: str,
        *,
        shortcut: str = "",
        kind: Kind = Kind.SECONDARY,
        small: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        tip = f"{name} ({shortcut})" if shortcut else name
        super().__init__(keeper, "", kind=kind, icon=icon, small=small, tip=tip, parent=parent)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """A square of the control height."""
        measures = self._keeper.measures
        side = measures.control_small if self._small else measures.control
        return QSize(side, side)


class LinkButton(EnterButton):
    """Words in the accent's colour that act when pressed."""

    def __init__(
        self, keeper: ThemeKeeper, words: str, parent: QWidget | None = None, *, ink: str = "accent_text"
    ) -> None:
        super().__init__(words, parent)
        self._keeper = keeper
        self._ink = ink
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        keeper.changed.connect(self.updateGeometry)
        keeper.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Its words and 4 px around, at least 24 px high."""
        width = self._keeper.metrics(Style.BUTTON).horizontalAdvance(self.text()) + self._keeper.px(10)
        return QSize(width, self._keeper.px(24))

    def minimumSizeHint(self) -> QSize:
        """It never cuts its words."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the words, underlined under the pointer."""
        painter = QPainter(self)
        ink = self._ink if self.isEnabled() else "disabled"
        painting.text(painter, self._keeper, self.rect(), self.text(), Style.BUTTON, ink, align=painting.CENTRE)
        if self.underMouse() and self.isEnabled():
            line = QRect(self.rect().left() + 5, self.rect().bottom() - 3, self.width() - 10, 1)
            painter.fillRect(line, QColor(self._keeper.colour(ink)))
        if self.hasFocus():
            painting.focus_ring(painter, self._keeper, self.rect(), self._keeper.px(4))
