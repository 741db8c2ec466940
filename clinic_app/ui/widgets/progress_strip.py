"""A running job as a strip with bar, count and Cancel; and the quiet bits of the status bar."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from clinic_app.domain.changes import Progress
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import painting
from clinic_app.ui.widgets.buttons import Button, Kind
from clinic_app.ui.widgets.themed import ElidedLabel, TextLabel, Themed
from clinic_app.wording.language import translate


class Bar(Themed):
    """A bar of 6 px; it runs to and fro while the total is unknown."""

    def __init__(self, keeper: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(keeper, parent)
        self._fraction: float | None = None
        self._turn = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(50)
        self._timer.timeout.connect(self._step)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_fraction(self, fraction: float | None) -> None:
        """0 to 1, or None while unknown."""
        self._fraction = fraction
        if fraction is None and not self.keeper.reduced_motion:
            self._timer.start()
        else:
            self._timer.stop()
        self.update()

    def sizeHint(self) -> QSize:
        """160 px wide."""
        return QSize(self.keeper.px(160), self.keeper.px(6))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint track and bar."""
        painter = QPainter(self)
        high = self.keeper.px(6)
        area = QRectF(0, (self.height() - high) / 2, self.width(), high)
        painting.box(painter, area, high / 2, fill=self.keeper.colour("track"))
        if self._fraction is None:
            wide = self.width() * 0.3
            spot = QRectF(min(self._turn, 2.0 - self._turn) * (self.width() - wide), area.top(), wide, high)
        else:
            wide = max(0.0, min(1.0, self._fraction)) * self.width()
            rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
            spot = QRectF(self.width() - wide if rtl else 0, area.top(), wide, high)
        if wide >= 1:
            painting.box(painter, spot, high / 2, fill=self.keeper.colour("accent"))

    def hideEvent(self, event: QHideEvent) -> None:
        """Do not run unseen."""
        self._timer.stop()

    def _step(self) -> None:
        self._turn = (self._turn + 0.05) % 2.0
        self.update()


class ProgressStrip(Themed):
    """Title, bar, "214 of 600" and Cancel; ``cancelled`` when it is pressed."""

    cancelled = Signal()

    def __init__(self, keeper: ThemeKeeper, title: str, parent: QWidget | None = None) -> None:
        super().__init__(keeper, parent)
        self._title = title
        self._name = ElidedLabel(keeper, title, Style.SECONDARY, "text", self, weight=500)
        self._bar = Bar(keeper, self)
        self._count = TextLabel(keeper, "", Style.SECONDARY, "text2", self)
        self._stop = Button(keeper, translate("Cancel"), kind=Kind.GHOST, small=True, parent=self)
        self._stop.clicked.connect(self._cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 4, 0)
        row.setSpacing(10)
        row.addWidget(self._name, 1)
        row.addWidget(self._bar)
        row.addWidget(self._count)
        row.addWidget(self._stop)
        self.setAccessibleName(title)
        self._bar.show_fraction(None)

    def show_progress(self, progress: Progress, words: str = "") -> None:
        """Show how far it is; ``words`` stand beside the title."""
        self._name.setText(f"{self._title}: {words}" if words else self._title)
        if progress.total:
            self._bar.show_fraction(progress.done / progress.total)
            counted = translate("{done} of {total}").format(done=progress.done, total=progress.total)
            self._count.setText(counted)
            self.setAccessibleName(f"{self._title}, {counted}")
        else:
            self._bar.show_fraction(None)
            self._count.setText(str(progress.done) if progress.done else "")

    def show_stopping(self) -> None:
        """It was asked to stop and will, after its step."""
        self._stop.setEnabled(False)
        self._stop.setText(translate("Stopping…"))

    def _cancel(self) -> None:
        self.show_stopping()
        self.cancelled.emit()


class StatusBit(QAbstractButton):
    """A fact in the status bar (backup age, user), with an icon; it may be pressed where it leads somewhere."""

    def __init__(
        self, keeper: ThemeKeeper, icon: str = "", words: str = "", parent: QWidget | None = None, *, acts: bool = False
    ) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self._icon = icon
        self._ink = "text2"
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if acts else Qt.FocusPolicy.NoFocus)
        self._acts = acts
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_words(words)
        keeper.changed.connect(self.updateGeometry)
        keeper.changed.connect(self.update)

    def show_words(self, words: str, *, ink: str = "text2", tip: str = "", icon: str = "") -> None:
        """Say something; an empty text hides it. ``icon``: another drawing."""
        self._ink = ink
        self._icon = icon or self._icon
        self.setText(words)
        self.setAccessibleName(words)
        self.setToolTip(tip)
        self.setVisible(bool(words) and self.parent() is not None)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """24 px high."""
        width = self._keeper.metrics(Style.SECONDARY).horizontalAdvance(self.text()) + self._keeper.px(16)
        return QSize(width + (self._keeper.px(19) if self._icon else 0), self._keeper.px(24))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint icon and words."""
        keeper = self._keeper
        painter = QPainter(self)
        if self._acts and self.underMouse():
            painting.box(painter, self.rect(), keeper.px(4), fill=keeper.colour("selected"))
        left = keeper.px(8)
        bounds, direction = self.rect(), self.layoutDirection()
        if self._icon:
            spot = QRect(left, 0, keeper.px(14), self.height())
            painting.icon(painter, keeper, painting.mirrored(spot, bounds, direction), self._icon, self._ink, 14)
            left += keeper.px(19)
        words = painting.mirrored(QRect(left, 0, self.width() - left - 4, self.height()), bounds, direction)
        align = painting.RIGHT if direction == Qt.LayoutDirection.RightToLeft else painting.LEFT
        painting.text(painter, keeper, words, self.text(), Style.SECONDARY, self._ink, align=align)
        if self.hasFocus():
            painting.focus_ring(painter, keeper, bounds, keeper.px(4))
