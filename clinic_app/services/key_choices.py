"""The keys each person chose for the viewer; they go along to every computer of the clinic."""

from __future__ import annotations

from clinic_app.domain.access import Action
from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.key_choices import KeyChoices
from clinic_app.services.access import needs
from clinic_app.services.context import ClinicContext, changes


class KeyChoicesService:
    """The keys of who works now."""

    def __init__(self, context: ClinicContext) -> None:
        self._context = context

    @needs(Action.FIND)
    def mine(self) -> tuple[KeyChoices, bool]:
        """One's own choices, and whether something of what was kept could not be read."""
        with self._context.units.read() as unit:
            return KeyChoices.of(unit.clinic.setting(self._row))

    @needs(Action.FIND)
    def keep(self, choices: KeyChoices) -> Changes:
        """Keep one's own choices, in the place of those before."""
        with self._context.units.open() as unit:
            if unit.clinic.setting(self._row) != choices.content:
                unit.clinic.set_setting(self._row, choices.content)
                unit.commit()
        return changes(Topic.PREFERENCES)

    @property
    def _row(self) -> str:
        return f"keys_{self._context.access.user.id}"
