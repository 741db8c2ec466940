"""The sites of an injection: muscle, side and units, line by line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from clinic_app.domain.cases import Side
from clinic_app.domain.catalogues import Catalogues, Product
from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.treatment import InjectionSite, SiteSide
from clinic_app.ui.theme import Style, ThemeKeeper
from clinic_app.ui.widgets import IconButton, Kind, LinkButton, TextLabel, UnitsField
from clinic_app.ui.widgets.picker import Choice, PickerField
from clinic_app.wording.language import translate

SIDES = {SiteSide.RIGHT: "Right", SiteSide.LEFT: "Left", SiteSide.MIDLINE: "Midline"}
_OTHER = {SiteSide.RIGHT: SiteSide.LEFT, SiteSide.LEFT: SiteSide.RIGHT}


def muscle_choices(catalogues: Catalogues, condition: str) -> list[Choice]:
    """The muscles, those of the condition first; a site to avoid says so."""
    first = {muscle.code: muscle for muscle in catalogues.muscles_for(condition)}
    others = [muscle for code, muscle in catalogues.muscles.items() if code not in first]
    answer = []
    for muscle in (*first.values(), *others):
        detail = translate("avoid: {reason}").format(reason=muscle.reason) if muscle.avoid else ""
        answer.append(Choice(muscle.code, muscle.name, detail, muscle.aliases))
    return answer


class SiteRow(QWidget):
    """One site. Enter in the units goes to a new line."""

    changed = Signal()
    wants_next = Signal()
    wants_other_side = Signal()
    removed = Signal()

    def __init__(self, keeper: ThemeKeeper, catalogues: Catalogues, choices: list[Choice], parent: QWidget) -> None:
        super().__init__(parent)
        self._catalogues = catalogues
        self._usual: SiteSide | None = None
        self.muscle = PickerField(
            keeper,
            translate("Muscle"),
            translate("Muscle or site"),
            rescue=lambda text: match.muscle.code if (match := catalogues.find_muscle(text)) else None,
            parent=self,
        )
        self.muscle.set_choices(choices)
        self.muscle.valueChanged.connect(self._muscle_changed)
        self.side = QComboBox(self)
        self.side.setAccessibleName(translate("The patient’s side"))
        self.side.setFixedWidth(keeper.px(104))
        self.side.activated.connect(self.changed)
        self.units = UnitsField(keeper, "", label=translate("Units"), parent=self)
        self.units.setFixedWidth(keeper.px(128))
        self.units.edited.connect(self.changed)
        self.units.line.installEventFilter(self)
        self.volume = TextLabel(keeper, "", Style.SECONDARY, "text2", self)
        self.volume.setMinimumWidth(keeper.px(52))
        self.other = IconButton(
            keeper,
            "arrow-left-right",
            translate("Copy to the other side"),
            shortcut="Ctrl+D",
            kind=Kind.GHOST,
            small=True,
            parent=self,
        )
        self.other.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.other.clicked.connect(self.wants_other_side)
        cross = IconButton(keeper, "x", translate("Remove this site"), kind=Kind.GHOST, small=True, parent=self)
        cross.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        cross.clicked.connect(self.removed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(keeper.px(4))
        row.addWidget(self.muscle, 1)
        row.addWidget(self.side)
        row.addWidget(self.units)
        row.addWidget(self.volume)
        row.addWidget(self.other)
        row.addWidget(cross)
        self._show_sides(())

    @property
    def blank(self) -> bool:
        """Whether nothing was entered."""
        return not self.muscle.words and not self.units.line.text().strip()

    def site(self, field: str) -> InjectionSite:
        """The site. Raises ``RuleBroken`` (``field``) where something is missing."""
        code = self.muscle.code
        if code is None:
            raise RuleBroken(field, "site_without_muscle")
        name = self._catalogues.muscles[code].name
        side = str(self.side.currentData() or "")
        if not side:
            raise RuleBroken(field, "site_without_side", muscle=name)
        try:
            units = self.units.units
        except RuleBroken as error:
            raise RuleBroken(field, error.code, **error.params) from None
        if units is None:
            raise RuleBroken(field, "site_without_units", muscle=name)
        return InjectionSite(code, SiteSide(side), units)

    def amount(self) -> Decimal | None:
        """The units as far as they can be read."""
        try:
            return self.units.units
        except RuleBroken:
            return None

    def set_usual(self, side: SiteSide | None) -> None:
        """The side that is chosen by itself once a muscle has both."""
        self._usual = side

    def show_site(self, site: InjectionSite, *, units: bool = True) -> None:
        """Show a site, with its units or without."""
        self.muscle.set_code(site.muscle)
        self._muscle_changed()
        self.side.setCurrentIndex(max(0, self.side.findData(site.side.value)))
        self.units.set_units(site.units if units else None)

    def show_words(self, code: str, words: str, side: str, units: str) -> None:
        """Show a line as it stood, unfinished or not."""
        self.muscle.set_code(code or None, "" if code else words)
        self._muscle_changed()
        self.side.setCurrentIndex(max(0, self.side.findData(side)))
        self.units.line.setText(units)

    def show_volume(self, per_unit: Decimal | None) -> None:
        """Show the millilitres of this site; ``per_unit``: millilitres of one unit."""
        amount = self.amount()
        if per_unit is None or amount is None:
            self.volume.setText("")
        else:
            self.volume.setText(translate("{volume} mL").format(volume=f"{amount * per_unit:.2f}"))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter goes on; Ctrl+D copies to the other side."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not control:
                self.wants_next.emit()
                return True
            if event.key() == Qt.Key.Key_D and control:
                self.wants_other_side.emit()
                return True
        return False

    def _muscle_changed(self) -> None:
        muscle = self._catalogues.muscles.get(self.muscle.code or "")
        self._show_sides(muscle.sides if muscle is not None else ())
        self.changed.emit()

    def _show_sides(self, sides: Iterable[str]) -> None:
        before = self.side.currentData()
        self.side.clear()
        found = [SiteSide(side) for side in sides if side in {one.value for one in SiteSide}]
        if len(found) != 1:
            self.side.addItem(translate("Side"), "")
        for side in found:
            self.side.addItem(translate(SIDES[side]), side.value)
        wanted = before or (self._usual.value if self._usual is not None else "")
        place = self.side.findData(wanted) if wanted else -1
        self.side.setCurrentIndex(max(0, place))
        self.side.setEnabled(bool(found))
        self.other.setEnabled(SiteSide.RIGHT in found and SiteSide.LEFT in found)


class SitesField(QWidget):
    """The lines of a session; there is always a blank one at the end."""

    valueChanged = Signal()  # noqa: N815 - the name side sheets watch

    def __init__(
        self,
        keeper: ThemeKeeper,
        catalogues: Catalogues,
        condition: str,
        side: Side | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self._catalogues = catalogues
        self._choices = muscle_choices(catalogues, condition)
        self._usual = {Side.RIGHT: SiteSide.RIGHT, Side.LEFT: SiteSide.LEFT}.get(side) if side is not None else None
        self._product: Product | None = None
        self._per_unit: Decimal | None = None
        self.rows: list[SiteRow] = []
        self._box = QVBoxLayout()
        self._box.setSpacing(keeper.px(5))
        self._more = LinkButton(keeper, translate("+ Add site"), self)
        self._more.clicked.connect(self._go_on)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(keeper.px(3))
        column.addLayout(self._box)
        column.addWidget(self._more)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._add()

    def sites(self, field: str, per_unit: Decimal | None = None) -> tuple[InjectionSite, ...]:
        """All sites; blank lines are left out. Raises ``RuleBroken`` beside ``field``."""
        answer = []
        for row in self.rows:
            if row.blank:
                continue
            site = row.site(field)
            volume = None if per_unit is None else (site.units * per_unit).quantize(Decimal("0.001"))
            answer.append(InjectionSite(site.muscle, site.side, site.units, volume))
        return tuple(answer)

    def total(self) -> Decimal:
        """The units entered so far."""
        return sum((row.amount() or Decimal(0) for row in self.rows), Decimal(0))

    def readable(self) -> tuple[InjectionSite, ...]:
        """The sites that are complete already (for the warnings shown while typing)."""
        answer = []
        for row in self.rows:
            try:
                if not row.blank:
                    answer.append(row.site("sites"))
            except RuleBroken:
                continue
        return tuple(answer)

    def set_product(self, product: Product | None) -> None:
        """Units are of another product: the numbers are cleared."""
        self._product = product
        for row in self.rows:
            self._name_product(row)

    def set_sites(self, sites: Iterable[InjectionSite], *, units: bool = True) -> None:
        """Show these."""
        for row in self.rows:
            row.hide()
            row.deleteLater()
        self.rows = []
        for site in sites:
            self._add().show_site(site, units=units)
        if not self.rows:
            self._add()
        self._changed()

    def draft(self) -> list[list[str]]:
        """Every line as it stands: muscle, what was typed of it, side, units."""
        return [
            [row.muscle.code or "", row.muscle.words, str(row.side.currentData() or ""), row.units.line.text()]
            for row in self.rows
            if not row.blank
        ]

    def take_draft(self, lines: Iterable[Sequence[str]]) -> None:
        """Show lines as they stood."""
        self.set_sites(())
        for position, (code, words, side, units) in enumerate(lines):
            row = self.rows[0] if position == 0 else self._add()
            row.show_words(code, words, side, units)
        self._changed()

    def show_volumes(self, per_unit: Decimal | None) -> None:
        """Show millilitres beside the units; None: not known."""
        self._per_unit = per_unit
        for row in self.rows:
            row.show_volume(per_unit)

    def _add(self) -> SiteRow:
        row = SiteRow(self._keeper, self._catalogues, self._choices, self)
        row.set_usual(self._usual)
        self._name_product(row)
        row.changed.connect(self._changed)
        row.wants_next.connect(self._go_on)
        row.wants_other_side.connect(lambda: self._copy(row))
        row.removed.connect(lambda: self._remove(row))
        self.rows.append(row)
        self._box.addWidget(row)
        self.setFocusProxy(self.rows[0].muscle.line)
        if len(self.rows) > 1:
            QWidget.setTabOrder(self.rows[-2].units.line, row.muscle.line)
        QWidget.setTabOrder(row.muscle.line, row.side)
        QWidget.setTabOrder(row.side, row.units.line)
        QWidget.setTabOrder(row.units.line, self._more)
        return row

    def _name_product(self, row: SiteRow) -> None:
        if self._product is None:
            row.units.set_product("", Decimal(1))
        else:
            row.units.set_product(self._product.brand, self._product.unit_step)

    def _changed(self) -> None:
        for row in self.rows:
            row.show_volume(self._per_unit)
        self.valueChanged.emit()

    def _go_on(self) -> None:
        last = self.rows[-1]
        row = last if last.blank else self._add()
        row.muscle.line.setFocus(Qt.FocusReason.TabFocusReason)

    def _copy(self, row: SiteRow) -> None:
        """The same muscle and units on the other side, in a line under it."""
        try:
            site = row.site("sites")
        except RuleBroken:
            return
        other = _OTHER.get(site.side)
        if other is None:
            return
        last = self.rows[-1]
        target = last if last.blank else self._add()
        target.show_site(InjectionSite(site.muscle, other, site.units))
        target.units.line.setFocus(Qt.FocusReason.TabFocusReason)
        target.units.line.selectAll()
        self._changed()

    def _remove(self, row: SiteRow) -> None:
        self.rows.remove(row)
        self._box.removeWidget(row)
        row.hide()
        row.deleteLater()
        if not self.rows:
            self._add()
        self.setFocusProxy(self.rows[0].muscle.line)
        self.rows[-1].muscle.line.setFocus(Qt.FocusReason.TabFocusReason)
        self._changed()
