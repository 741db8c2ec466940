"""What is measured in A and B, beside the photographs: buttons for each figure, and a line for each value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from clinic_app.domain.measurements import MeasureKind
from clinic_app.ui.compare.chrome import Pressable, TypedNumber, ViewerButton, millimetres_in
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import painting
from clinic_app.ui.widgets.key_map import KeyMap
from clinic_app.ui.widgets.themed import Plane, TextLabel
from clinic_app.wording.language import translate
from clinic_app.wording.measuring import measure_words, short_words

WIDTH = 280
LOW = 240
"""Under so many pixels at 100 % all of it but its head scrolls."""
ORDER = (
    MeasureKind.LIDS_RIGHT, MeasureKind.LIDS_LEFT, MeasureKind.IRIS, MeasureKind.DISTANCE, MeasureKind.TILT,
    MeasureKind.HORIZONTAL, MeasureKind.SLOPE, MeasureKind.ANGLE, MeasureKind.BETWEEN,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One thing measured, in words; ``ids`` of what is stored.

    ``about``: both in millimetres and the change as a share of A, where known. ``further``: values in further
    photographs, by letter. ``note``: what must be known about the values, under them.
    """

    ids: tuple[int, ...]
    title: str
    a: str
    b: str
    change: str = ""
    about: tuple[str, str, str] = ("", "", "")
    further: tuple[tuple[str, str], ...] = ()
    note: str = ""

    @property
    def shape(self) -> tuple[object, ...]:
        """What a line has to be built anew for."""
        return self.ids, any(self.about), len(self.further), bool(self.note)

    @property
    def spoken(self) -> str:
        """The whole row for a screen reader."""
        values = [f"{letter} {value}" for letter, value in (("A", self.a), ("B", self.b), *self.further)]
        return ", ".join(part for part in (self.title, *values, self.change, self.note) if part)


class ValueRow(Pressable):
    """One line of values: A, B, change. Pressed it is chosen."""

    def __init__(self, keeper: ThemeKeeper, row: Row, parent: QWidget) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self.row = row
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_row(row)

    def show_row(self, row: Row) -> None:
        """Other values of the same thing."""
        self.row = row
        self.setAccessibleName(row.spoken)
        self.setToolTip(row.spoken)
        self.update()

    @property
    def _about(self) -> bool:
        return any(self.row.about)

    def sizeHint(self) -> QSize:
        """A title, the values, and the millimetres where there are some."""
        keeper = self._keeper
        high = keeper.line(Style.SECONDARY) + keeper.line(Style.NAME) + keeper.px(12)
        high += keeper.line(Style.CAPTION) if self._about else 0
        high += keeper.line(Style.CAPTION) if self.row.note else 0
        return QSize(keeper.px(120), high + (keeper.line(Style.NAME) if self.row.further else 0))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint title, values and change."""
        keeper, row = self._keeper, self.row
        painter = QPainter(self)
        lit = self.isChecked() or self.underMouse()
        painting.box(
            painter,
            self.rect(),
            keeper.px(6),
            fill=keeper.colour("viewer.active" if lit else "viewer.group"),
            line=keeper.colour("viewer.accent") if self.isChecked() or self.hasFocus() else None,
            width=2.0 if self.hasFocus() else 1.0,
        )
        pad, top = keeper.px(10), keeper.px(6)
        wide = self.width() - 2 * pad
        line = keeper.line(Style.SECONDARY)
        painting.text(painter, keeper, QRect(pad, top, wide, line), row.title, Style.SECONDARY, "viewer.text2")
        top += line
        line = keeper.line(Style.NAME)
        self._paint_values(painter, (("A", row.a), ("B", row.b)), top)
        painting.text(
            painter, keeper, self._column(2, top, line), row.change, Style.BODY, "viewer.measure", weight=600,
            numbers=True, align=Qt.AlignmentFlag.AlignRight,
        )  # fmt: skip
        if self._about:
            top += line
            line = keeper.line(Style.CAPTION)
            for place, words in enumerate(row.about):
                align = Qt.AlignmentFlag.AlignRight if place == 2 else painting.LEFT
                spot = self._column(place, top, line)
                painting.text(painter, keeper, spot, words, Style.CAPTION, "viewer.text2", align=align)
        if row.further:
            self._paint_values(painter, row.further, top + line)
        if row.note:
            line = keeper.line(Style.CAPTION)
            spot = QRect(pad, self.height() - keeper.px(6) - line, wide, line)
            painting.text(painter, keeper, spot, row.note, Style.CAPTION, "viewer.measure")

    def _paint_values(self, painter: QPainter, values: Sequence[tuple[str, str]], top: int) -> None:
        """Two values beside each other, each after its letter."""
        keeper = self._keeper
        for place, (letter, words) in enumerate(values):
            spot = self._column(place, top, keeper.line(Style.NAME))
            used = painting.text(painter, keeper, spot, letter, Style.CAPTION, "viewer.text2") + keeper.px(5)
            spot.setLeft(spot.left() + used)
            painting.text(painter, keeper, spot, words, Style.BODY, "viewer.text", weight=600, numbers=True)

    def _column(self, place: int, top: int, high: int) -> QRect:
        """A and B, and where there is one the change, narrower, at the end."""
        pad, gap = self._keeper.px(10), self._keeper.px(4)
        wide = self.width() - 2 * pad
        if not self.row.change:
            return QRect(pad + min(place, 1) * (wide + gap) // 2, top, (wide - gap) // 2, high)
        value = round(wide * 0.36)
        return QRect(pad + place * value, top, (value if place < 2 else wide - 2 * value) - gap * (place < 2), high)


class MeasurePanel(Plane):
    """Buttons, values, scale. ``kind_asked(kind)``; ``chosen(ids)``; ``remove_asked``; ``hide_asked``;
    ``iris_asked(mm)``, ``iris_unread``: no number was typed; ``left``: the keyboard goes back to the photographs."""

    kind_asked = Signal(object)
    chosen = Signal(object)
    remove_asked = Signal()
    hide_asked = Signal()
    iris_asked = Signal(float)
    iris_unread = Signal()
    left = Signal()

    def __init__(self, keeper: ThemeKeeper, keys: KeyMap, parent: QWidget | None = None) -> None:
        super().__init__(keeper, "viewer.bar", parent, edge=Qt.Edge.LeftEdge, edge_ink="viewer.line")
        self.setAccessibleName(translate("Measured values"))
        self.rows: list[ValueRow] = []
        self._shown: tuple[Row, ...] | None = None
        self.buttons: dict[MeasureKind, ViewerButton] = {}
        self.close_button = ViewerButton(keeper, translate("Hide the measured values"), icon="x", side=28)
        self.close_button.follow(keys, "measures")
        self.close_button.clicked.connect(self.hide_asked)
        self.remove_button = ViewerButton(keeper, translate("Remove the chosen measurement"), text=translate("Remove"))
        self.remove_button.follow(keys, "remove_measure")
        self.remove_button.clicked.connect(self.remove_asked)
        self.iris = TypedNumber(
            keeper, translate("Width of this patient’s iris in millimetres"),
            translate("Adults have 11.7 mm, children 11.2 mm. Type a number and press Enter"),
            lambda mm: f"{mm:g}", millimetres_in, 64,
        )  # fmt: skip
        self.iris.asked.connect(self.iris_asked)
        self.iris.unread.connect(self.iris_unread)
        self.iris.left.connect(self.left)
        head = QHBoxLayout()
        head.addWidget(TextLabel(keeper, translate("Measure"), Style.SECTION, "viewer.text"), 1)
        head.addWidget(self.close_button)
        grid = QGridLayout()
        grid.setSpacing(keeper.px(3))
        for place, kind in enumerate(ORDER):
            button = ViewerButton(keeper, measure_words(kind), text=short_words(kind), checkable=True)
            button.follow(keys, kind.value)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.clicked.connect(lambda _=False, kind=kind: self.kind_asked.emit(kind))
            grid.addWidget(button, place // 3, place % 3)
            self.buttons[kind] = button
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(keeper.px(4))
        self.hint = TextLabel(keeper, "", Style.SECONDARY, "viewer.text2", wrap=True)
        self.note = TextLabel(keeper, "", Style.CAPTION, "viewer.text2", wrap=True)
        inside = Plane(keeper, "viewer.bar")
        scrolled = QVBoxLayout(inside)
        edge = keeper.px(10)
        scrolled.setContentsMargins(0, 0, edge, 0)
        scrolled.setSpacing(keeper.px(6))
        scrolled.addLayout(grid)
        scrolled.addWidget(self.hint)
        scrolled.addLayout(self._list)
        scrolled.addStretch(1)
        scrolled.addWidget(self.note)
        self._scrolled = scrolled
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        area.setMinimumHeight(keeper.px(40))
        self._foot = Plane(keeper, "viewer.bar")
        foot = QHBoxLayout(self._foot)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.addWidget(TextLabel(keeper, translate("Iris ≈"), Style.SECONDARY, "viewer.text2"))
        foot.addWidget(self.iris)
        foot.addWidget(TextLabel(keeper, translate("mm"), Style.SECONDARY, "viewer.text2"))
        foot.addStretch(1)
        foot.addWidget(self.remove_button)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(keeper.px(8), keeper.px(8), 0, keeper.px(8))
        head.setContentsMargins(0, 0, edge, 0)
        column.setSpacing(keeper.px(6))
        column.addLayout(head)
        column.addWidget(area, 1)
        column.addWidget(self._foot)
        self.setFixedWidth(keeper.px(WIDTH))

    def restyle(self) -> None:
        """Take measures anew."""
        self.setFixedWidth(self.keeper.px(WIDTH))
        super().restyle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is low, the foot scrolls with the rest: the buttons come first."""
        low = self.height() < self.keeper.px(LOW)
        holder, other = (self._scrolled, self._column) if low else (self._column, self._scrolled)
        if holder.indexOf(self._foot) < 0:
            other.removeWidget(self._foot)
            holder.addWidget(self._foot)
        self._foot.setContentsMargins(0, 0, 0 if low else self.keeper.px(10), 0)
        super().resizeEvent(event)

    def show_rows(self, rows: Sequence[Row], chosen: tuple[int, ...]) -> None:
        """The values there are; the chosen one is marked."""
        before, self._shown = self._shown, tuple(rows)
        if before is not None and [one.shape for one in before] == [one.shape for one in rows]:
            for old, row in zip(self.rows, rows, strict=True):
                old.show_row(row)
        elif self._shown != before:
            held = any(one.hasFocus() for one in self.rows)
            for old in self.rows:
                self._list.removeWidget(old)
                old.hide()
                old.deleteLater()
            self.rows = [ValueRow(self.keeper, row, self) for row in rows]
            for place, one in enumerate(self.rows):
                one.clicked.connect(lambda _=False, ids=one.row.ids: self.chosen.emit(ids))
                self._list.insertWidget(place, one)
            if held:
                self.left.emit()
        for one in self.rows:
            one.setChecked(bool(set(one.row.ids) & set(chosen)))
        self.remove_button.setEnabled(any(one.isChecked() for one in self.rows))

    def show_state(self, kind: MeasureKind | None, hint: str, note: str, iris_mm: float, *, may_write: bool) -> None:
        """Which figure is being set, what to do next, where millimetres come from."""
        for one, button in self.buttons.items():
            button.setChecked(one is kind)
            button.setEnabled(may_write)
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
        self.note.setText(note)
        self.note.setVisible(bool(note))
        self.iris.show_number(iris_mm)
        self.iris.setEnabled(may_write)
