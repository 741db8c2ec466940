"""What stands in a view of the clinic while nobody has a diagnosis yet."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from clinic_app.domain.access import Action
from clinic_app.ui.context import UiContext
from clinic_app.ui.widgets import EmptyState
from clinic_app.ui.widgets.role_gate import keep_to_roles
from clinic_app.wording.language import translate


class NobodyYet(EmptyState):
    """Says how the first ones come in; its button imports a register."""

    def __init__(self, context: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(
            context.theme,
            "users",
            translate("Nobody has a diagnosis yet."),
            translate("Import a register…"),
            parent,
            detail=translate("Add the first one with “New patient”, or drop a spreadsheet onto this window."),
        )
        self.acted.connect(lambda: context.intents.import_register.emit(""))
        keep_to_roles(context, self.button, Action.IMPORT)
