"""The parts of the panel beside the lists: phone, pair, call and day buttons, other diagnoses, what is remembered."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from clinic_app.domain.patients import Phone
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import Button, ElidedLabel, IconButton, Kind, TextLabel, painting
from clinic_app.ui.widgets.copying import COPIED_FOR, clear_copied, copy_for_a_while
from clinic_app.ui.widgets.themed import Themed
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.patient_lines import phone_number


class PhoneStrip(Themed):
    """The number to call, whose it is, and a button that copies it."""

    def __init__(self, keeper: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(keeper, parent)
        self._number = TextLabel(keeper, "", Style.PHONE, "text", self, selectable=True)
        self._owner = ElidedLabel(keeper, "", Style.SECONDARY, "text2", self)
        self._owner.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.copy = IconButton(
            keeper, "copy", translate("Copy number"), shortcut="Ctrl+Shift+C", kind=Kind.GHOST, small=True, parent=self
        )
        self.copy.clicked.connect(self.copy_number)
        self.others = IconButton(
            keeper, "chevron-down", translate("Other numbers"), kind=Kind.GHOST, small=True, parent=self
        )
        self.others.hide()
        self._seconds = COPIED_FOR
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._number)
        self._row.addWidget(self._owner, 1)
        self._row.addWidget(self.others)
        self._row.addWidget(self.copy)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.restyle()

    def show_phone(self, phone: Phone | None, note: str, *, others: bool = False) -> None:
        """Show a number; ``note`` stands there where there is none. ``others``: the patient has more of them."""
        self.others.setVisible(others)
        self._number.setText(phone_number(phone.number) if phone is not None else "")
        self._number.setVisible(phone is not None)
        owner = ", ".join(part for part in (phone.owner, phone.language) if part) if phone is not None else ""
        self._owner.setText(note or owner)
        self._owner.setAlignment(Qt.AlignmentFlag.AlignRight if phone is not None else Qt.AlignmentFlag.AlignLeft)
        self.copy.setVisible(phone is not None)

    def clear_after(self, seconds: int) -> None:
        """How long a number that is copied from now on stays in the clipboard."""
        self._seconds = seconds

    def copy_number(self) -> None:
        """Copy the number; after a while the clipboard is cleared, if it still holds it."""
        words = self._number.text()
        if words:
            copy_for_a_while(words, self._seconds)

    def clear_clipboard(self) -> None:
        """Take the number out of the clipboard again."""
        clear_copied()

    def sizeHint(self) -> QSize:
        """40 px high."""
        return QSize(self.keeper.px(200), self.keeper.px(40))

    def restyle(self) -> None:
        """Take margins anew."""
        px = self.keeper.px
        self._row.setContentsMargins(px(36), 0, px(4), 0)
        self._row.setSpacing(px(6))
        super().restyle()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint plate and icon."""
        painter = QPainter(self)
        painting.box(painter, self.rect(), self.keeper.px(8), fill=self.keeper.colour("sunken"))
        spot = QRect(self.keeper.px(12), 0, self.keeper.px(18), self.height())
        spot = painting.mirrored(spot, self.rect(), self.layoutDirection())
        painting.icon(painter, self.keeper, spot, "phone", "accent_text", 18)


class PairPreview(QAbstractButton):
    """The last pair side by side; pressed it opens the comparison with the doses of the injection beside it."""

    def __init__(self, keeper: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self._images: list[QImage | None] = [None, None]
        self._labels = ("", "")
        self._missing = (False, False)
        self._unsorted = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        keeper.changed.connect(self.updateGeometry)
        keeper.changed.connect(self.update)

    def show_pair(self, labels: tuple[str, str], missing: tuple[bool, bool], without_view: int = 0) -> None:
        """Show labels and empty plates; the pictures follow. ``without_view``: photographs nobody sorted yet."""
        self._labels, self._missing = labels, missing
        self._images = [None, None]
        self._unsorted = ""
        if all(missing) and without_view:
            self._unsorted = translate_many(
                "{count} photo has no view yet", "{count} photos have no view yet", without_view
            )
        said = ", ".join(label for label, gone in zip(labels, missing, strict=True) if not gone) or self._unsorted
        self.setAccessibleName(translate("Photos and doses: {labels}").format(labels=said))
        self.setToolTip(translate("Photos and doses (Shift+C)"))
        self.update()

    def show_image(self, place: int, image: QImage) -> None:
        """A thumbnail is there."""
        self._images[place] = image
        self.update()

    def sizeHint(self) -> QSize:
        """The height of a picture."""
        return QSize(self._keeper.px(300), self._keeper.measures.picture)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint both pictures and the button on the seam."""
        keeper = self._keeper
        px = keeper.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        gap = px(8)
        wide = (self.width() - gap) // 2
        if self._unsorted:
            self._paint_unsorted(painter)
            return
        for place in (0, 1):
            spot = QRect(place * (wide + gap), 0, wide, self.height())
            self._paint_picture(painter, spot, place)
        side = px(30)
        seam = QRect((self.width() - side) // 2, (self.height() - side) // 2, side, side)
        fill = "hover" if self.underMouse() else "surface"
        painting.box(painter, seam, side / 2, fill=keeper.colour(fill), line=keeper.colour("border"))
        painting.icon(painter, keeper, seam, "columns-2", "text", 16)
        if self.hasFocus():
            painting.focus_ring(painter, keeper, self.rect(), px(8))

    def _paint_unsorted(self, painter: QPainter) -> None:
        keeper = self._keeper
        round_ = keeper.px(8)
        fill, line = keeper.colour("sunken"), keeper.colour("border_strong")
        painting.box(painter, self.rect(), round_, fill=fill)
        painting.box(painter, self.rect(), round_, line=line, dashed=True)
        painting.text(painter, keeper, self.rect(), self._unsorted, Style.CAPTION, "text2", align=painting.CENTRE)
        if self.hasFocus():
            painting.focus_ring(painter, keeper, self.rect(), round_)

    def _paint_picture(self, painter: QPainter, spot: QRect, place: int) -> None:
        keeper = self._keeper
        px = keeper.px
        image = self._images[place]
        with painting.kept(painter):
            path = QPainterPath()
            path.addRoundedRect(spot, px(8), px(8))
            painter.setClipPath(path)
            painter.fillRect(spot, keeper.colour("sunken"))
            if image is not None and not image.isNull():
                painter.drawImage(spot, image, _filling(image, spot))
        if self._missing[place]:
            painting.box(painter, spot, px(8), line=keeper.colour("border_strong"), dashed=True)
            words = translate("No photo yet")
            painting.text(painter, keeper, spot, words, Style.CAPTION, "text3", align=painting.CENTRE)
            return
        label = self._labels[place]
        room = spot.width() - px(16) - (px(12) if place == 0 else 0)
        wide = min(keeper.metrics(Style.CAPTION).horizontalAdvance(label) + px(13), room)
        plate = QRect(spot.left() + px(6), spot.bottom() - px(23), wide, px(18))
        painting.box(painter, plate, px(4), fill=keeper.colour("plate"))
        inner = plate.adjusted(px(5), 0, -px(3), 0)
        painting.text(painter, keeper, inner, label, Style.CAPTION, "plate_text")


def _filling(image: QImage, spot: QRect) -> QRect:
    """The middle of an image that fills a rectangle."""
    wanted = spot.width() / max(1, spot.height())
    if image.width() / max(1, image.height()) > wanted:
        width = round(image.height() * wanted)
        return QRect((image.width() - width) // 2, 0, width, image.height())
    height = round(image.width() / wanted)
    return QRect(0, (image.height() - height) // 2, image.width(), height)


class Remembered(Themed):
    """An icon and two lines: a call, an injection."""

    def __init__(self, keeper: ThemeKeeper, icon: str, first: str, second: str, parent: QWidget | None = None) -> None:
        super().__init__(keeper, parent)
        self._icon, self._first, self._second = icon, first, second
        self.setAccessibleName(f"{first}, {second}")
        self.setToolTip(f"{first}\n{second}")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Two lines."""
        return QSize(self.keeper.px(200), self.keeper.line(Style.BODY) + self.keeper.line(Style.SECONDARY) + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint icon and lines."""
        painter = QPainter(self)
        direction = self.layoutDirection()
        spot = QRect(0, self.keeper.px(1), self.keeper.px(16), self.keeper.line(Style.BODY))
        painting.icon(painter, self.keeper, painting.mirrored(spot, self.rect(), direction), self._icon, "text2", 16)
        words = self.rect().adjusted(self.keeper.px(26), 0, 0, 0)
        align = painting.RIGHT if direction == Qt.LayoutDirection.RightToLeft else painting.LEFT
        place = painting.mirrored(words, self.rect(), direction)
        painting.two_lines(painter, self.keeper, place, self._first, self._second, align=align)


class CallButton(Button):
    """A button of the panel with icon, words and key close together, so that nothing is cut in the narrow panel."""

    def __init__(self, keeper: ThemeKeeper, words: str, *, icon: str, key: str, parent: QWidget) -> None:
        super().__init__(keeper, words, icon=icon, key=key, align=Qt.AlignmentFlag.AlignLeft, parent=parent)
        self._drawing = icon
        self._cap = key
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Edge 8, icon 16, 6, words, 4, key, edge 7."""
        keeper = self._keeper
        words = keeper.metrics(Style.BUTTON).horizontalAdvance(self.text())
        width = keeper.px(8 + 16 + 6 + 4 + 7) + words + painting.keycap_width(keeper, self._cap)
        return QSize(width + 1, max(keeper.px(34), keeper.measures.control))

    def _paint_content(self, painter: QPainter, ink: str) -> None:
        keeper = self._keeper
        px = keeper.px
        bounds, direction = self.rect(), self.layoutDirection()

        def put(place: QRect) -> QRect:
            return painting.mirrored(place, bounds, direction)

        painting.icon(painter, keeper, put(QRect(px(8), 0, px(16), self.height())), self._drawing, "text2", 16)
        cap, high = painting.keycap_width(keeper, self._cap), px(18)
        key = QRect(self.width() - px(7) - cap, (self.height() - high) // 2, cap, high)
        painting.keycap(painter, keeper, put(key), self._cap)
        words = QRect(px(30), 0, key.left() - px(30) - px(2), self.height())
        align = painting.RIGHT if direction == Qt.LayoutDirection.RightToLeft else painting.LEFT
        painting.text(painter, keeper, put(words), self.text(), Style.BUTTON, ink, align=align)


class DayButton(Button):
    """A day's place; it fills its row, and the later ones are written in the accent's colour."""

    def __init__(self, keeper: ThemeKeeper, words: str, *, kind: Kind, key: str, parent: QWidget) -> None:
        super().__init__(keeper, words, kind=kind, key=key, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def _colours(self) -> tuple[str | None, str | None, str]:
        fill, line, ink = super()._colours()
        return (fill, line, "accent_text") if self.kind is Kind.SECONDARY and self.isEnabled() else (fill, line, ink)


class OtherCase(QAbstractButton):
    """Another diagnosis of the patient and where it stands; pressed it is shown."""

    def __init__(self, keeper: ThemeKeeper, name: str, state: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self._name, self._state = name, state
        self.setAccessibleName(f"{name}, {state}")
        self.setToolTip(f"{name}\n{state}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """28 px high."""
        return QSize(self._keeper.px(200), self._keeper.px(28))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint name and state."""
        keeper = self._keeper
        painter = QPainter(self)
        if self.underMouse():
            painting.box(painter, self.rect(), keeper.px(6), fill=keeper.colour("hover"))
        state = keeper.metrics(Style.SECONDARY).horizontalAdvance(self._state) + keeper.px(6)
        state = min(state, self.width() // 2)
        right = QRect(self.width() - state, 0, state, self.height())
        painting.text(painter, keeper, right, self._state, Style.SECONDARY, "text2", align=painting.RIGHT)
        left = QRect(0, 0, self.width() - state - keeper.px(8), self.height())
        painting.text(painter, keeper, left, self._name, Style.BUTTON, "accent_text")
        if self.hasFocus():
            painting.focus_ring(painter, keeper, self.rect(), keeper.px(6))
