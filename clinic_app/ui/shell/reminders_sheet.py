"""The sheet for reminders on this computer: whether, when not, and whether the program stays in the tray."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import time

from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.preferences import MachinePreferences
from clinic_app.ui.theme import ThemeKeeper
from clinic_app.ui.widgets import FormField, Remark
from clinic_app.ui.widgets.side_sheet import SideSheet
from clinic_app.wording.language import translate


class RemindersSheet(SideSheet):
    """Changes the preferences of this computer; ``keep`` gets the new ones."""

    def __init__(
        self,
        keeper: ThemeKeeper,
        host: QWidget,
        preferences: MachinePreferences,
        keep: Callable[[MachinePreferences], object],
        *,
        tray: bool,
    ) -> None:
        """``tray``: whether the desktop has one."""
        super().__init__(keeper, host, translate("Reminders"))
        self._preferences = preferences
        self._keep_preferences = keep
        self.reminders = QCheckBox(translate("Remind of call-backs and say how many calls and visits there are"))
        self.reminders.setChecked(preferences.reminders)
        self.quiet_from, self.quiet_until = QLineEdit(), QLineEdit()
        for line, at in ((self.quiet_from, preferences.quiet_from), (self.quiet_until, preferences.quiet_until)):
            line.setText(f"{at:%H:%M}")
            line.setMaxLength(5)
        self.in_tray = QCheckBox(translate("Stay in the tray when the window is closed"))
        self.in_tray.setChecked(preferences.in_tray)
        self.in_tray.setEnabled(tray)
        self.watch(self.reminders)
        self.add_widget(self.reminders)
        self.add_row(
            FormField(keeper, "quiet_from", translate("Quiet from"), self.quiet_from, width=110),
            FormField(keeper, "quiet_until", translate("Quiet until"), self.quiet_until, width=110),
        )
        self.watch(self.in_tray)
        self.add_widget(self.in_tray)
        remark = Remark(keeper, self)
        self.add_widget(remark)
        remark.show_words(
            translate("The window is locked while it is closed. No reminder ever holds a name.")
            if tray
            else translate("This desktop has no tray: reminders are in the window only."),
            "info",
        )
        self.body.addStretch(1)
        self.save_asked.connect(self.save)

    def save(self) -> None:
        """Check the times and keep everything."""
        self.clear_problems()
        try:
            first, last = (
                _time(name, line.text())
                for name, line in (("quiet_from", self.quiet_from), ("quiet_until", self.quiet_until))
            )
        except RuleBroken as problem:
            self.show_refusal(problem)
            return
        self._keep_preferences(
            replace(
                self._preferences,
                reminders=self.reminders.isChecked(),
                quiet_from=first,
                quiet_until=last,
                in_tray=self.in_tray.isChecked(),
            )
        )
        self.finish()


def _time(field: str, words: str) -> time:
    try:
        return time.fromisoformat(words.strip().zfill(5))
    except ValueError:
        raise RuleBroken(field, "bad_time", text=words.strip()) from None
