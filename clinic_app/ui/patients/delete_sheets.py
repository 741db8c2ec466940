"""Deleting into the bin: a patient, a diagnosis, photographs; each with its reason and the verb on the button."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from clinic_app.domain.access import Action
from clinic_app.domain.case_page import CasePage
from clinic_app.domain.changes import Changes
from clinic_app.ui.context import UiContext
from clinic_app.ui.patients.lines import diagnosis_words
from clinic_app.ui.patients.picture_sheets import photos_words
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import TextLabel
from clinic_app.ui.widgets.permission_fields import Needed
from clinic_app.ui.widgets.reason_sheet import ReasonSheet
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.merge import counted_words

if TYPE_CHECKING:
    from clinic_app.services import Services


class DeletePatientSheet(ReasonSheet):
    """A patient goes into the bin with everything that was entered."""

    def __init__(self, context: UiContext, host: QWidget, patient_id: int) -> None:
        super().__init__(
            context,
            host,
            translate("Delete patient"),
            Action.DELETE,
            save=translate("Delete patient"),
            destructive=True,
        )
        self._patient_id = patient_id
        self._name = ""
        self._page: CasePage | None = None
        keeper = context.theme
        self.who = TextLabel(keeper, "", Style.NAME, "text", self, wrap=True)
        self.held = TextLabel(keeper, "", Style.BODY, "text", self, wrap=True)
        said = translate(
            "The whole record goes into the bin and stands in no list any more. It can be put back from there as it "
            "was, until somebody destroys it for good."
        )
        self.add_widget(self.who)
        self.add_widget(self.held)
        self.add_widget(TextLabel(keeper, said, Style.BODY, "text2", self, wrap=True))
        self.add_needs(always=True)

    def read_needs(self, services: Services) -> Needed:
        """Also who it is."""
        self._page = services.patients.page(self._patient_id)
        return super().read_needs(services)

    def show_needs(self, found: Needed) -> None:
        """Also who it is, and how much goes along."""
        page = self._page
        if page is not None:
            self._name = page.patient.name
            self.who.setText(f"{page.patient.name}, {page.patient.mrn}")
            rows = {
                "clinical_case": len(page.cases),
                "visit": len(page.visits),
                "external_toxin": len(page.external),
                "contact_attempt": len(page.calls),
                "appointment": len(page.appointments),
                "picture": len(page.pictures),
            }
            held = counted_words(rows)
            self.held.setText(translate("With {held}.").format(held=held) if held else "")
            self.held.setVisible(bool(held))
        super().show_needs(found)

    def act(self, services: Services, reason: str) -> Changes:
        """Into the bin."""
        return services.bin.delete_patient(self._patient_id, reason)

    def words_of(self, changes: Changes) -> str:
        """That it went."""
        return translate("{name} deleted").format(name=self._name)

    def after(self, changes: Changes) -> None:
        """Nobody stays on the page."""
        self.context.intents.gone.emit(self._patient_id)


class DeleteCaseSheet(ReasonSheet):
    """A diagnosis goes into the bin with its injections, calls and bookings."""

    def __init__(self, context: UiContext, host: QWidget, patient_id: int, case_id: int) -> None:
        super().__init__(
            context,
            host,
            translate("Delete diagnosis"),
            Action.DELETE,
            save=translate("Delete diagnosis"),
            destructive=True,
        )
        self._patient_id, self._case_id = patient_id, case_id
        self._found = ("", 0)
        keeper = context.theme
        self.what = TextLabel(keeper, "", Style.NAME, "text", self, wrap=True)
        self.add_widget(self.what)
        said = translate(
            "The diagnosis goes into the bin with its injections, calls and bookings; photographs stay with the "
            "patient. Stop calling for it instead, if the patient was treated and is not any more."
        )
        self.add_widget(TextLabel(keeper, said, Style.BODY, "text2", self, wrap=True))
        self.add_needs(always=True)

    def read_needs(self, services: Services) -> Needed:
        """Also which one it is."""
        page = services.patients.page(self._patient_id)
        summary = next(one for one in page.cases if one.case.id == self._case_id)
        words = diagnosis_words(services.catalogues, summary.case)
        self._found = (f"{page.patient.name}: {words}", len(summary.injections))
        return super().read_needs(services)

    def show_needs(self, found: Needed) -> None:
        """Also which one it is."""
        self.what.setText(self._found[0])
        super().show_needs(found)

    def act(self, services: Services, reason: str) -> Changes:
        """Into the bin."""
        return services.bin.delete_case(self._case_id, reason)

    def words_of(self, changes: Changes) -> str:
        """That it went."""
        return translate("Diagnosis deleted")

    def after(self, changes: Changes) -> None:
        """The page without it."""
        self.context.intents.open_case.emit(self._patient_id, 0)


class DeletePicturesSheet(ReasonSheet):
    """Photographs go into the bin."""

    def __init__(self, context: UiContext, host: QWidget, ids: tuple[int, ...]) -> None:
        words = translate("Delete {photos}").format(photos=photos_words(len(ids)))
        super().__init__(context, host, words, Action.DELETE, save=words, destructive=True)
        self._ids = ids
        said = translate_many(
            "It goes into the bin and can be put back from there as it was, until somebody destroys it for good.",
            "They go into the bin and can be put back from there as they were, until somebody destroys them for good.",
            len(ids),
        )
        self.add_widget(TextLabel(context.theme, said, Style.BODY, "text2", self, wrap=True))
        self.add_needs(always=True)

    def act(self, services: Services, reason: str) -> Changes:
        """Into the bin."""
        return services.bin.delete_photo(self._ids, reason)

    def words_of(self, changes: Changes) -> str:
        """That they went."""
        return translate("{photos} deleted").format(photos=photos_words(len(self._ids)))
