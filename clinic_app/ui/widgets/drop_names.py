"""What drop-downs of a filter bar are called: *Kind: all* where there is room, else *Kind*."""

from __future__ import annotations

from collections.abc import Sequence

from clinic_app.ui.widgets.buttons import Button
from clinic_app.wording.language import translate


def name_drops(drops: Sequence[tuple[Button, str]], room: int) -> None:
    """Name the drop-downs as fully as ``room`` pixels allow for all of them side by side, gaps left out."""
    for words in (translate("{name}: all"), "{name}"):
        for button, name in drops:
            button.setText(words.format(name=name))
        if sum(button.sizeHint().width() for button, _ in drops) <= room:
            return
