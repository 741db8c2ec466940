"""The patients worked on last, in the rail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from clinic_app.ui.context import UiContext
from clinic_app.ui.widgets.rail import Rail
from clinic_app.wording.language import translate

if TYPE_CHECKING:
    from clinic_app.domain.patients import PatientEntry
    from clinic_app.services import Services

SHOWN = 3


class RecentPatients(QObject):
    """Keeps their ids, and shows their names as they are now; a click on one opens the patient's page."""

    def __init__(self, context: UiContext, rail: Rail, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._rail = rail
        self._shown: list[tuple[int, str]] = []
        rail.recent_chosen.connect(self._chosen)

    def note(self, patient_id: int) -> None:
        """A patient was opened."""
        if patient_id:
            self.read((patient_id, *(one for one in self._ids() if one != patient_id)))

    def read(self, wanted: tuple[int, ...] = ()) -> None:
        """Read the names anew: they change, and records are closed to who works or come into the bin."""
        ids = wanted or self._ids()
        if not ids or not self._context.open:
            return

        def read(services: Services) -> tuple[PatientEntry, ...]:
            return services.patients.listed(ids)

        def show(found: tuple[PatientEntry, ...]) -> None:
            if not self._context.open:
                return
            known = found[:SHOWN]
            names = [one.name for one in known]
            words = [one.name if names.count(one.name) == 1 else f"{one.name}, {one.mrn}" for one in known]
            self._show(list(zip((one.id for one in known), words, strict=True)))

        self._context.tasks.ask(read, show, owner=self, key="recent", failed=lambda _: None)

    def drop(self, patient_id: int) -> None:
        """A patient's record went into the bin."""
        self._show([one for one in self._shown if one[0] != patient_id])

    def hide(self) -> None:
        """No name is seen; who was worked on stays known."""
        self._rail.show_recent("", ())

    def forget(self) -> None:
        """Nobody was worked on."""
        self._show([])

    @property
    def names(self) -> list[str]:
        """What the rail says, the newest first."""
        return [words for _, words in self._shown]

    def _ids(self) -> tuple[int, ...]:
        return tuple(patient_id for patient_id, _ in self._shown)

    def _show(self, shown: list[tuple[int, str]]) -> None:
        self._shown = shown
        self._rail.show_recent(translate("Recent") if shown else "", self.names)

    def _chosen(self, place: int) -> None:
        if place < len(self._shown):
            self._context.intents.open_case.emit(self._shown[place][0], 0)
