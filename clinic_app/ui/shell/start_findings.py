"""What is wrong with the clinic's data, said across the window from its start on until somebody waves it away."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from clinic_app.domain.checks import Finding
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.widgets.banner import Banner, Level
from clinic_app.wording.checks import found_words
from clinic_app.wording.language import translate


class StartFindings(Banner):
    """A red strip with the way to the check of the data. ``acted`` when that is wanted."""

    def __init__(self, keeper: ThemeKeeper, parent: QWidget) -> None:
        super().__init__(keeper, parent)
        self._found: tuple[Finding, ...] = ()
        self.dismissed.connect(self.clear)

    def tell(self, findings: Sequence[Finding]) -> None:
        """Say what was found besides what was said before; notes do no harm and are left to the check."""
        new = [one for one in findings if not one.harmless and one not in self._found]
        if new:
            self._found = (*self._found, *new)
            self.show_words(found_words(self._found), action=translate("Check the data…"), level=Level.PROBLEM)

    def come_back(self) -> None:
        """The window is uncovered: what was not waved away is said again."""
        self.setVisible(bool(self.words))

    def forget(self) -> None:
        """The clinic is closed."""
        self._found = ()
        self.clear()
