"""A number of units, always with the name of the product beside it."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.units import parse_amount, plain
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import painting
from clinic_app.ui.widgets.themed import TextLabel, Themed
from clinic_app.wording.language import translate


class UnitsField(Themed):
    """A line for units with "U" and the product's name after it; Up and Down step by the product's step.

    It starts empty: a dose is never pre-filled by the program. ``edited`` comes with every change.
    """

    edited = Signal()

    def __init__(
        self,
        keeper: ThemeKeeper,
        product: str,
        *,
        step: Decimal = Decimal("2.5"),
        name: str = "units",
        label: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(keeper, parent)
        self._product = product
        self._step = step
        self._name = name
        self.line = QLineEdit(self)
        self.line.setProperty("bare", True)
        self.line.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.line.textEdited.connect(self.edited)
        self.line.installEventFilter(self)
        self._after = TextLabel(keeper, "", Style.SECONDARY, "text2", self)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.line, 1)
        self._row.addWidget(self._after)
        self.setFocusProxy(self.line)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._label = label
        self.set_product(product, step)
        self.restyle()

    @property
    def units(self) -> Decimal | None:
        """The units, or None for an empty field. Raises ``RuleBroken`` where it is no number."""
        words = self.line.text().strip()
        return parse_amount(words, self._name) if words else None

    def set_units(self, units: Decimal | None) -> None:
        """Show a number, or an empty field; without ``edited``."""
        self.line.setText("" if units is None else plain(units))

    def set_product(self, product: str, step: Decimal) -> None:
        """Show another product; the number is cleared, because units of one product are not those of another."""
        if product != self._product:
            self.line.clear()
        self._product = product
        self._step = step
        self._after.setText(f"U {product}".strip())
        label = self._label or translate("Units")
        said = f"{label}, {product}" if product else label
        self.setAccessibleName(said)
        self.line.setAccessibleName(said)

    def restyle(self) -> None:
        """Take measures and fonts anew."""
        px = self.keeper.px
        self.setFixedHeight(self.keeper.measures.control)
        self._row.setContentsMargins(px(9), 0, px(10), 0)
        self._row.setSpacing(px(6))
        self.line.setFont(self.keeper.font(Style.BODY, weight=600, numbers=True))
        self.line.setMinimumWidth(px(44))
        super().restyle()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and Down step; the ring follows the keyboard."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        direction = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()))
        if direction is None:
            return False
        try:
            now = self.units or Decimal(0)
        except RuleBroken:
            return True
        self.set_units(max(self._step, now + direction * self._step))
        self.edited.emit()
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the outline."""
        keeper = self.keeper
        focused = self.line.hasFocus()
        wrong = bool(self.property("problem"))
        line = "danger" if wrong else "focus" if focused else "border_strong"
        fill = keeper.colour("surface" if self.isEnabled() else "sunken")
        area = QRect(self.rect())
        width = 2.0 if focused or wrong else 1.0
        painting.box(QPainter(self), area, keeper.px(6), fill=fill, line=keeper.colour(line), width=width)
