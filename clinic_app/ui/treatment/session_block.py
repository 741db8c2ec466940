"""What one diagnosis is given at a visit: product, dilution, sites or a total, kind, and the day to come on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout

from clinic_app.domain.case_page import CaseSummary
from clinic_app.domain.catalogues import Product, Vial
from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.treatment import InjectionSession, SessionDetails, SessionKind
from clinic_app.domain.units import Units, plain
from clinic_app.ui.context import UiContext
from clinic_app.ui.theme import Style
from clinic_app.ui.treatment.sites import SitesField
from clinic_app.ui.widgets import Button, Card, ChoiceRow, DateField, FormField, SideSheet, TextLabel, UnitsField
from clinic_app.ui.widgets.form_field import Remark
from clinic_app.wording.cases import condition_lines
from clinic_app.wording.dates import day as day_words
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.schedule import product_words
from clinic_app.wording.units import dose_words

BY_SITE, TOTAL_ONLY = "sites", "total"
LABEL_ONLY = frozenset({"daxi"})
"""Products whose volume is taken from the label's table, not from the formula (clinical.md 2.2)."""


def millilitres_per_unit(product: Product, vial: Vial, diluent: Decimal | None) -> Decimal | None:
    """Millilitres of one unit: diluent / vial units (clinical.md 2.2); a solution counts with its own volume.

    None where it is not known, or the label's own table holds.
    """
    if product.code in LABEL_ONLY:
        return None
    own = vial.volume_ml or Decimal(0)
    volume = own + (diluent or Decimal(0))
    return volume / vial.units if volume > 0 else None


def case_name(context: UiContext, summary: CaseSummary) -> str:
    """A diagnosis on one line."""
    known = context.catalogues.conditions.get(summary.case.condition)
    if known is None:
        return summary.case.condition
    details = summary.case.details
    return ", ".join(part for part in condition_lines(known, details.side, details.pattern) if part)


class SessionBlock(Card):
    """The inputs of one session. ``changed`` comes with every edit.

    Units always stand with the product's name; another product than last time is said, and its doses start blank.
    """

    changed = Signal()

    def __init__(self, context: UiContext, sheet: SideSheet, summary: CaseSummary, *, repeats: bool = True) -> None:
        super().__init__(context.theme, fill="surface")
        self._context = context
        self._sheet = sheet
        self.summary = summary
        self.case_id = summary.case.id
        self._last = summary.last_session
        self._product_before = ""
        keeper, case_id = context.theme, self.case_id
        self.name = case_name(context, summary)
        self._title = TextLabel(keeper, self.name, Style.SECTION, "text", self)
        self.total_label = TextLabel(keeper, "", Style.TILE_NUMBER_SMALL, "text", self)
        self.total_label.setAccessibleName(translate("Total"))
        self._last_label = TextLabel(keeper, self._last_words(), Style.SECONDARY, "text2", self, wrap=True)
        self.repeat = Button(
            keeper, translate("Repeat last"), icon="repeat", key="Ctrl R", small=True, tip="Ctrl+R", parent=self
        )
        self.repeat.setVisible(repeats and self._last is not None)
        self._last_label.setVisible(repeats)
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self.total_label)
        under = QHBoxLayout()
        under.addWidget(self._last_label, 1)
        under.addWidget(self.repeat, 0, Qt.AlignmentFlag.AlignTop)

        self.product = QComboBox()
        self.product.addItem(translate("Choose"), "")
        for product in context.catalogues.products.values():
            if context.clinic.choices.offers(product.code):
                self.product.addItem(f"{product.brand} ({product.generic})", product.code)
        self.product.activated.connect(lambda _: self._product_changed())
        self._product_field = FormField(keeper, f"product_{case_id}", translate("Product"), self.product, required=True)
        self.vial = QComboBox()
        self.vial.activated.connect(lambda _: self._numbers_changed())
        self._vial_field = FormField(keeper, f"vial_{case_id}", translate("Vial"), self.vial)
        self.dilution = QLineEdit()
        self.dilution.setPlaceholderText("2")
        self.dilution.textEdited.connect(lambda _: self._numbers_changed())
        self._dilution_field = FormField(keeper, f"dilution_ml_{case_id}", translate("Diluted in, mL"), self.dilution)
        self._warning = Remark(keeper, self)
        products = QHBoxLayout()
        products.setSpacing(keeper.px(10))
        products.addWidget(self._product_field, 5)
        products.addWidget(self._vial_field, 3)
        products.addWidget(self._dilution_field, 3)

        self.mode = ChoiceRow(
            keeper, [(BY_SITE, translate("By site")), (TOTAL_ONLY, translate("Total only"))], translate("Dose entered")
        )
        self.mode.choose(BY_SITE)
        self.mode.chosen.connect(lambda _: self._mode_changed())
        self.sites = SitesField(keeper, context.catalogues, summary.case.condition, summary.case.side)
        self.sites.valueChanged.connect(self._numbers_changed)
        self._sites_field = FormField(keeper, f"sites_{case_id}", translate("Sites"), self.sites)
        self.units = UnitsField(keeper, "", name=f"units_{case_id}", label=translate("Units in all"))
        self.units.edited.connect(self._numbers_changed)
        self._units_field = FormField(keeper, f"units_{case_id}", translate("Units in all"), self.units, width=190)

        self.kind = ChoiceRow(
            keeper,
            [
                (SessionKind.FULL.value, translate("Full injection")),
                (SessionKind.TOUCH_UP.value, translate("Touch-up")),
            ],
            translate("Kind"),
        )
        self.kind.choose(SessionKind.FULL.value)
        self.kind.chosen.connect(lambda _: self._kind_changed())
        self.restarts = ChoiceRow(
            keeper,
            [("no", translate("No, keep the old dates")), ("yes", translate("Yes, count from today"))],
            translate("Restarts the window?"),
        )
        self.restarts.chosen.connect(self._emit)
        self._restarts_field = FormField(
            keeper,
            f"restarts_{case_id}",
            translate("Does the touch-up restart the window?"),
            self.restarts,
            required=True,
        )
        self.come_on = DateField(keeper, context.today, name=f"come_on_{case_id}", base=context.today())
        self.come_on.edited.connect(self._emit)
        self._come_on_field = FormField(
            keeper,
            f"come_on_{case_id}",
            translate("Come on"),
            self.come_on,
            hint=translate("Only where the doctor says a day: +12w, 12 Jun. Otherwise the plan counts."),
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(keeper.px(14), keeper.px(10), keeper.px(14), keeper.px(12))
        column.setSpacing(keeper.px(10))
        column.addLayout(head)
        column.addLayout(under)
        column.addLayout(products)
        column.addWidget(self._warning)
        column.addWidget(self.mode)
        column.addWidget(self._sites_field)
        column.addWidget(self._units_field)
        column.addWidget(self.kind)
        column.addWidget(self._restarts_field)
        column.addWidget(self._come_on_field)
        for field in self.fields:
            sheet.know_field(field)
        sheet.watch(self.mode)
        sheet.watch(self.kind)
        if self._last is not None and self._last.details.product:
            self.choose_product(self._last.details.product)
        self._mode_changed()
        self._kind_changed()
        self._product_changed()

    @property
    def fields(self) -> tuple[FormField[Any], ...]:
        """The fields of this block, as the sheet knows them."""
        return (
            self._product_field,
            self._vial_field,
            self._dilution_field,
            self._sites_field,
            self._units_field,
            self._restarts_field,
            self._come_on_field,
        )

    @property
    def product_code(self) -> str:
        """The product chosen, or blank."""
        return str(self.product.currentData() or "")

    def choose_product(self, code: str) -> None:
        """Choose a product."""
        known = self._context.catalogues.products.get(code)
        if known is not None and self.product.findData(code) < 0:
            self.product.addItem(f"{known.brand} ({known.generic})", code)
        self.product.setCurrentIndex(max(0, self.product.findData(code)))
        self._product_changed()

    def show_session(self, session: InjectionSession, *, everything: bool = False) -> None:
        """Show the product, dilution, sites and units of a session (never batch or checklist).

        ``everything``: kind and come-on day too, for a correction.
        """
        details = session.details
        self.choose_product(details.product or "")
        self.dilution.setText("" if details.dilution_ml is None else plain(details.dilution_ml))
        self._choose_vial(details)
        self.mode.choose(BY_SITE if details.sites else TOTAL_ONLY)
        self.sites.set_sites(details.sites)
        self.units.set_units(None if details.sites else details.units)
        if everything:
            self.kind.choose(details.kind.value)
            self.restarts.choose("yes" if details.restarts_window else "no")
            self.come_on.set_base(session.day, translate("the injection"))
            self.come_on.set_day(details.come_on)
            self._kind_changed()
        self._mode_changed()
        self._numbers_changed()

    def set_day(self, day: date) -> None:
        """``+12w`` counts from the day of the visit."""
        self.come_on.set_base(day, translate("this injection"))

    def details(self) -> SessionDetails:
        """What was entered. Raises ``RuleBroken`` beside its field."""
        case_id = self.case_id
        code = self.product_code
        if not code:
            raise RuleBroken(f"product_{case_id}", "product_missing", name=self.name)
        diluent = self._diluent()
        if self.mode.code == BY_SITE:
            sites = self.sites.sites(f"sites_{case_id}", self._per_unit())
            if not sites:
                raise RuleBroken(f"sites_{case_id}", "units_missing", name=self.name)
            units = None
        else:
            sites = ()
            units = self.units.units
            if units is None:
                raise RuleBroken(f"units_{case_id}", "units_missing", name=self.name)
        kind = SessionKind(self.kind.code or SessionKind.FULL.value)
        if kind is SessionKind.TOUCH_UP and self.restarts.code is None:
            raise RuleBroken(f"restarts_{case_id}", "restart_not_answered", name=self.name)
        come_on = self.come_on.take() if self.come_on.line.text().strip() else None
        return SessionDetails(
            case_id,
            code,
            units,
            sites,
            kind,
            kind is SessionKind.TOUCH_UP and self.restarts.code == "yes",
            diluent,
            come_on=come_on,
        )

    def draft(self) -> dict[str, object]:
        """What was typed so far, as it stands in the fields."""
        return {
            "product": self.product_code,
            "vial": self.vial.currentData(),
            "dilution": self.dilution.text(),
            "mode": self.mode.code,
            "sites": self.sites.draft(),
            "units": self.units.line.text(),
            "kind": self.kind.code,
            "restarts": self.restarts.code,
            "come_on": self.come_on.line.text(),
        }

    def take_draft(self, content: Mapping[str, Any]) -> None:
        """Show what was typed before."""
        self.choose_product(str(content["product"]))
        self.vial.setCurrentIndex(max(0, self.vial.findData(content["vial"])))
        self.dilution.setText(str(content["dilution"]))
        self.mode.choose(content["mode"])
        self.sites.take_draft(content["sites"])
        self.units.line.setText(str(content["units"]))
        self.kind.choose(content["kind"])
        self.restarts.choose(content["restarts"])
        self.come_on.set_words(str(content["come_on"]))
        self._mode_changed()
        self._kind_changed()

    def readable(self) -> SessionDetails | None:
        """What can be understood already, for warnings while typing; None while there is no dose."""
        code = self.product_code
        if not code:
            return None
        kind = SessionKind(self.kind.code or SessionKind.FULL.value)
        if self.mode.code == BY_SITE:
            sites = self.sites.readable()
            return SessionDetails(self.case_id, code, None, sites, kind) if sites else None
        try:
            units = self.units.units
        except RuleBroken:
            return None
        return SessionDetails(self.case_id, code, units, (), kind) if units is not None else None

    def total(self) -> Units:
        """The dose entered so far."""
        if self.mode.code == BY_SITE:
            return Units(self.product_code or None, self.sites.total())
        try:
            return Units(self.product_code or None, self.units.units or Decimal(0))
        except RuleBroken:
            return Units(self.product_code or None, Decimal(0))

    def _choose_vial(self, details: SessionDetails) -> None:
        """Choose the vial that the volumes of a session were computed with, where they say so."""
        product = self._context.catalogues.products.get(details.product or "")
        site = next((one for one in details.sites if one.volume_ml), None)
        if product is None or site is None or site.volume_ml is None:
            return
        for place, vial in enumerate(product.vials):
            per_unit = millilitres_per_unit(product, vial, details.dilution_ml)
            if per_unit is not None and abs(site.units * per_unit - site.volume_ml) < Decimal("0.0006"):
                self.vial.setCurrentIndex(max(0, self.vial.findData(place)))
                return

    def _diluent(self) -> Decimal | None:
        words = self.dilution.text().strip().replace(",", ".")
        if not words:
            return None
        try:
            found = Decimal(words)
        except InvalidOperation:
            found = Decimal(0)
        if not found.is_finite() or not Decimal(0) < found <= Decimal(50):
            raise RuleBroken(f"dilution_ml_{self.case_id}", "bad_dilution_entry", text=words)
        return found

    def _per_unit(self) -> Decimal | None:
        product = self._context.catalogues.products.get(self.product_code)
        place = self.vial.currentData()
        if product is None or not isinstance(place, int) or place < 0:
            return None
        try:
            return millilitres_per_unit(product, product.vials[place], self._diluent())
        except RuleBroken:
            return None

    def _product_changed(self) -> None:
        code = self.product_code
        product = self._context.catalogues.products.get(code)
        if code != self._product_before:
            self._product_before = code
            self.sites.set_product(product)
            self.units.set_product(product.brand if product else "", product.unit_step if product else Decimal(1))
            self.vial.clear()
            vials = product.vials if product is not None else ()
            if len(vials) != 1:
                self.vial.addItem("–", -1)
            for place, vial in enumerate(vials):
                self.vial.addItem(translate("{units} U").format(units=plain(vial.units)), place)
        last = self._last.details.product if self._last is not None else None
        if last and code and last != code:
            name = product_words(last, self._context.catalogues)
            words = translate(
                "Last time it was {last}. Units of {last} are not units of {now} and cannot be converted: "
                "the doses start blank."
            )
            self._warning.show_words(
                words.format(last=name, now=product.brand if product else code), "triangle-alert", "warning"
            )
        elif product is not None and not product.dystonia_indicated:
            words = translate("{product}: its label names no dystonia.").format(product=product.brand)
            self._warning.show_words(words, "triangle-alert", "warning")
        else:
            self._warning.show_words("")
        self._numbers_changed()

    def _numbers_changed(self) -> None:
        per_unit = self._per_unit()
        self.sites.show_volumes(per_unit)
        product = self._context.catalogues.products.get(self.product_code)
        if product is not None and product.code in LABEL_ONLY:
            self._dilution_field.show_hint(translate("volume: see the label"))
        elif per_unit is None or per_unit == 0:
            self._dilution_field.show_hint("")
        else:
            strength = plain((Decimal("0.1") / per_unit).quantize(Decimal("0.01")))
            self._dilution_field.show_hint(translate("{units} U per 0.1 mL").format(units=strength))
        total = self.total()
        amount = total.amount or Decimal(0)
        brand = product.brand if product is not None else ""
        words = translate("{units} U {product}").format(units=plain(amount), product=brand) if amount else ""
        if amount and per_unit is not None and self.mode.code == TOTAL_ONLY:
            words += translate(" = {volume} mL").format(volume=f"{amount * per_unit:.2f}")
        self.total_label.setText(words.strip())
        self.total_label.setAccessibleName(translate("Total {words}").format(words=words))
        self._emit()

    def _mode_changed(self) -> None:
        by_site = self.mode.code == BY_SITE
        self._sites_field.setVisible(by_site)
        self._units_field.setVisible(not by_site)
        self._numbers_changed()

    def _kind_changed(self) -> None:
        self._restarts_field.setVisible(self.kind.code == SessionKind.TOUCH_UP.value)
        self._emit()

    def _emit(self, *_: object) -> None:
        self.changed.emit()

    def _last_words(self) -> str:
        last = self._last
        if last is None:
            return translate("No injection of this diagnosis yet")
        name = product_words(last.details.product, self._context.catalogues) if last.details.product else ""
        parts = [day_words(last.day), dose_words(last.units, name)]
        if last.details.sites:
            parts.append(translate_many("{count} site", "{count} sites", len(last.details.sites)))
        return translate("Last: {words}").format(words=" · ".join(parts))
