"""Botulinum toxin given elsewhere: it counts for the waiting time and for the limits."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from clinic_app.domain.case_page import CasePage
from clinic_app.domain.changes import Changes
from clinic_app.domain.date_entry import Toward
from clinic_app.domain.errors import ClinicError
from clinic_app.domain.treatment import ExternalToxinDetails
from clinic_app.ui.context import UiContext
from clinic_app.ui.patients.lines import diagnosis_words
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import Button, DateField, FormField, Kind, TextLabel, UnitsField
from clinic_app.ui.widgets.record_sheet import RecordSheet
from clinic_app.wording.language import translate

if TYPE_CHECKING:
    from clinic_app.services import Services


class ExternalToxinSheet(RecordSheet):
    """When, which product if known, about how many units, where, and for which diagnosis."""

    def __init__(self, context: UiContext, host: QWidget, patient_id: int, external_id: int = 0) -> None:
        super().__init__(context, host, translate("Botulinum toxin given elsewhere"))
        keeper = context.theme
        self._patient_id, self._external_id = patient_id, external_id
        self._removing = False
        self.day = DateField(
            keeper, context.today, name="date", toward=Toward.PAST, latest=context.today(), partial=True, ends=True
        )
        self.add_field(
            FormField(
                keeper,
                "date",
                translate("Day"),
                self.day,
                required=True,
                hint=translate("About is enough: a month (03/2026) counts as its last day, the safe one"),
            )
        )
        self.product = _narrow_choice()
        self.product.addItem(translate("Not known"), "")
        for product in context.catalogues.products.values():
            self.product.addItem(f"{product.brand} ({product.generic})", product.code)
        self.product.activated.connect(lambda _: self._product_changed())
        self.units = UnitsField(keeper, translate("units"), label=translate("About how many units"))
        self.add_row(
            FormField(keeper, "product", translate("Product"), self.product),
            FormField(keeper, "units", translate("About how many units"), self.units),
        )
        self.where = QLineEdit()
        self.add_field(FormField(keeper, "where", translate("Where"), self.where))
        self.case = _narrow_choice()
        self.add_field(
            FormField(
                keeper,
                "case",
                translate("For which diagnosis"),
                self.case,
                hint=translate("If it names one, the next window is counted from it"),
            )
        )
        self.reason = QLineEdit()
        self.reason_field = FormField(
            keeper, "reason", translate("Why is this entry wrong?"), self.reason, required=True
        )
        self.add_field(self.reason_field)
        self.reason_field.hide()
        self.remove = Button(keeper, translate("Remove this entry…"), kind=Kind.DANGER, small=True)
        self.remove.clicked.connect(self._ask_reason)
        self.remove.setVisible(bool(external_id))
        self.body.addWidget(self.remove, 0, Qt.AlignmentFlag.AlignLeft)
        self.add_widget(
            TextLabel(
                keeper,
                translate("It counts for “not before” of every diagnosis and, for Botox, under the 400 U limit."),
                Style.SECONDARY,
                "text2",
                wrap=True,
            )
        )

    def begin(self) -> None:
        """Read the patient, fill, slide in."""
        patient_id = self._patient_id

        def read(services: Services) -> CasePage:
            return services.patients.page(patient_id)

        self.read_first(read, self._show)

    def save(self) -> None:
        """Check and write; or remove, with the reason."""
        self.clear_problems()
        external_id, patient_id = self._external_id, self._patient_id
        if self._removing:
            reason = self.reason.text().strip()

            def remove(services: Services) -> Changes:
                return services.treatment.remove_external(external_id, reason)

            self.write(remove, translate("Entry removed"))
            return
        try:
            details = ExternalToxinDetails(
                self.day.take(),
                str(self.product.currentData()) or None,
                self.units.units,
                int(self.case.currentData()) or None,
                self.where.text().strip(),
            )
        except ClinicError as error:
            self.show_refusal(error)
            return

        def write(services: Services) -> Changes:
            if external_id:
                return services.treatment.change_external(external_id, details)
            return services.treatment.add_external(patient_id, details)

        self.write(write, translate("Toxin given elsewhere saved"))

    def _show(self, page: CasePage) -> None:
        self.set_title(translate("Botulinum toxin given elsewhere"), page.patient.name)
        self.case.addItem(translate("Not known"), 0)
        for summary in page.cases:
            self.case.addItem(diagnosis_words(self.context.catalogues, summary.case), summary.case.id)
        found = next((one for one in page.external if one.id == self._external_id), None)
        if found is None:
            self._product_changed()
            return
        details = found.details
        self.day.set_day(details.day)
        self.product.setCurrentIndex(max(0, self.product.findData(details.product or "")))
        self._product_changed()
        self.units.set_units(details.units)
        self.where.setText(details.where)
        self.case.setCurrentIndex(max(0, self.case.findData(details.case_id or 0)))

    def _product_changed(self) -> None:
        product = self.context.catalogues.products.get(str(self.product.currentData()))
        if product is None:
            self.units.set_product(translate("of an unknown product"), Decimal(10))
        else:
            self.units.set_product(product.brand, product.unit_step)

    def _ask_reason(self) -> None:
        self._removing = True
        self.reason_field.show()
        self.remove.hide()
        self.save_button.setText(translate("Remove"))
        self.reason.setFocus()
        self.mark_changed()


def _narrow_choice() -> QComboBox:
    """A drop-down that takes the width it is given, however long its entries are."""
    choice = QComboBox()
    choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    choice.setMinimumContentsLength(12)
    return choice
