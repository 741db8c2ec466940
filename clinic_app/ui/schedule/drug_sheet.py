"""The sheet of the drug for a booking: whether it will be there, and brand and batch of what the patient brings."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from clinic_app.domain.schedule import Appointment, DrugSupply
from clinic_app.ui.context import UiContext
from clinic_app.ui.widgets import ChoiceRow, FormField
from clinic_app.ui.widgets.record_sheet import RecordSheet
from clinic_app.wording.calendar import short_weekday_day
from clinic_app.wording.language import translate
from clinic_app.wording.schedule import drug_words, product_words

LONGEST_BATCH = 40


class DrugSheet(RecordSheet):
    """Says whether the drug for a booking will be there, and what the patient brings."""

    def __init__(self, context: UiContext, host: QWidget, booking: Appointment, name: str) -> None:
        super().__init__(context, host, translate("Drug for the visit"))
        keeper = context.theme
        self._booking = booking
        self._name = name
        self.set_title(translate("Drug for the visit"), f"{name} · {short_weekday_day(booking.day, context.today())}")
        self.drug = ChoiceRow(keeper, [(one.value, drug_words(one)) for one in DrugSupply], translate("Drug"))
        self.drug.choose(booking.drug.value)
        self.drug.chosen.connect(self._chosen)
        self.add_field(FormField(keeper, "drug", translate("Drug"), self.drug))
        self.product = QComboBox()
        self.product.addItem(translate("Not said"), "")
        for code in context.catalogues.products:
            self.product.addItem(product_words(code, context.catalogues), code)
        self.product.setCurrentIndex(max(0, self.product.findData(booking.drug_product or "")))
        self.batch = QLineEdit(booking.drug_batch)
        self.batch.setMaxLength(LONGEST_BATCH)
        self.fields = (
            self.add_field(FormField(keeper, "drug_product", translate("Brand"), self.product)),
            self.add_field(FormField(keeper, "drug_batch", translate("Batch no."), self.batch, width=200)),
        )
        self.body.addStretch(1)
        self._chosen(booking.drug.value)

    def begin(self) -> None:
        """Slide in."""
        self.open()

    def save(self) -> None:
        """Write it."""
        self.clear_problems()
        drug, booking = DrugSupply(self.drug.code or self._booking.drug.value), self._booking
        product, batch = str(self.product.currentData() or "") or None, self.batch.text().strip()
        words = translate("{name}: drug: {drug}").format(name=self._name, drug=drug_words(drug).lower())
        self.write(lambda s: s.schedule.set_drug(booking.id, drug, product, batch), words)

    def _chosen(self, code: str) -> None:
        for field in self.fields:
            field.setVisible(code == DrugSupply.PATIENT_BRINGS.value)
