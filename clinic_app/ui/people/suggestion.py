"""Five words suggested where a passphrase is chosen in a side sheet."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QLineEdit

from clinic_app.ui.widgets import FormField
from clinic_app.ui.widgets.passphrase_aid import PassphraseAid
from clinic_app.ui.widgets.record_sheet import RecordSheet


def add_passphrase_aid(sheet: RecordSheet, lines: Sequence[QLineEdit], field: FormField[QLineEdit]) -> PassphraseAid:
    """Under the fields of ``sheet``: show what is typed, and words from the services; see ``PassphraseAid``."""
    aid = PassphraseAid(sheet.keeper, lines, field)
    aid.wanted.connect(
        lambda: sheet.context.tasks.ask(
            lambda services: services.people.suggest_passphrase(),
            aid.show_words,
            owner=sheet,
            key="suggested",
            failed=sheet.show_refusal,
        )
    )
    sheet.add_widget(aid)
    return aid
