"""The schedule as a file: the list that is shown or a day as a spreadsheet, the bookings as a calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QComboBox, QFileDialog, QWidget

from clinic_app.domain.access import Action
from clinic_app.domain.changes import Changes
from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.papers import PaperRequest
from clinic_app.ui.context import UiContext
from clinic_app.ui.schedule.papers_dialog import OpenFolder, free_path, open_folder
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import ChoiceRow, ConfirmDialog, FormField, TextLabel, Toast
from clinic_app.ui.widgets.permission_fields import Needed
from clinic_app.ui.widgets.reason_sheet import ReasonSheet
from clinic_app.wording.dates import weekday_day
from clinic_app.wording.language import translate, translate_many

if TYPE_CHECKING:
    from clinic_app.services import Services

LIST, DAY, CALENDAR = "call-list", "day-list", "bookings"
ENDINGS = {".xlsx": "Excel (*.xlsx)", ".csv": "CSV (*.csv)", ".ics": "iCalendar (*.ics)"}
AskPath = Callable[[QWidget, str], str]


def ask_path(parent: QWidget, suggested: str) -> str:
    """The computer's own dialog for a file to write; replacing one is asked by us afterwards, with the verb."""
    option = QFileDialog.Option.DontConfirmOverwrite
    kind = ENDINGS[Path(suggested).suffix]
    found, _ = QFileDialog.getSaveFileName(parent, translate("Save as a file"), suggested, kind, options=option)
    return found


class ScheduleExportSheet(ReasonSheet):
    """Asks what, as what, why and where, and writes it; names leave only after signing in again."""

    last_folder = ""

    def __init__(
        self,
        context: UiContext,
        host: QWidget,
        request: PaperRequest,
        *,
        ask: AskPath = ask_path,
        show_folder: OpenFolder = open_folder,
    ) -> None:
        """``request``: the call list as it is shown."""
        title, action = translate("Save the schedule as a file"), Action.EXPORT_IDENTIFIABLE
        super().__init__(context, host, title, action, save=translate("Choose where…"))
        self._request, self._ask, self._show_folder, self._ground = request, ask, show_folder, host
        self._path = Path()
        self._overwrite = False
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        self.folder = Path(ScheduleExportSheet.last_folder or documents)
        keeper = context.theme
        calendar = translate("Calendar (ICS)")
        whats = ((LIST, translate("The list that is shown")), (DAY, translate("A day")), (CALENDAR, calendar))
        self.what = ChoiceRow(keeper, whats, translate("What"))
        self.what.choose(LIST)
        self.what.chosen.connect(lambda _: self._show_fields())
        self.add_field(FormField(keeper, "what", translate("What"), self.what))
        self.day = QComboBox()
        self.day_field = self.add_field(FormField(keeper, "day", translate("Day"), self.day))
        self.form = ChoiceRow(keeper, ((".xlsx", "Excel"), (".csv", "CSV")), translate("Write it as"))
        self.form.choose(".xlsx")
        self.form_field = self.add_field(FormField(keeper, "form", translate("Write it as"), self.form))
        self.said = TextLabel(keeper, "", Style.BODY, "text2", self, wrap=True)
        self.add_widget(self.said)
        self.add_needs(always=True)
        self._show_fields()

    def read_needs(self, services: Services) -> Needed:
        """Also the days there are."""
        self._days = services.papers.botox_days()
        return super().read_needs(services)

    def show_needs(self, found: Needed) -> None:
        """Also the days there are; the one after today is proposed."""
        days = sorted({*self._days, *([self._request.day] if self._request.day else [])})
        for day in days:
            self.day.addItem(weekday_day(day), day)
        today = self.context.today()
        wanted = self._request.day or next((day for day in self._days if day > today), None)
        self.day.setCurrentIndex(days.index(wanted) if wanted in days else 0)
        super().show_needs(found)

    def open(self) -> None:
        """The reason gets the keyboard: all else has an answer."""
        super().open()
        self.reason.setFocus()

    def save(self) -> None:
        """Ask for what is missing, then for the place, then write."""
        self.clear_problems()
        try:
            self.granted()
        except RuleBroken as missing:
            self.show_refusal(missing)
            return
        ending = ".ics" if self.what.code == CALENDAR else self.form.code or ".xlsx"
        day: date = self.day.currentData() if self.what.code == DAY else self.context.today()
        found = self._ask(self, str(free_path(self.folder, f"{self.what.code}-{day.isoformat()}", ending)))
        if not found:
            return
        self._path = Path(found)
        if self._path.suffix.lower() != ending:
            self._path = self._path.with_name(self._path.name + ending)
        self._overwrite = self._path.exists()
        if self._overwrite:
            title = translate("Replace “{name}”?").format(name=self._path.name)
            said = translate("What is in that file now is lost. Nothing in the clinic changes.")
            if not ConfirmDialog.ask(self.keeper, self, title, said, translate("Replace the file")):
                return
        self.folder = self._path.parent
        ScheduleExportSheet.last_folder = str(self.folder)
        super().save()

    def act(self, services: Services, reason: str) -> Changes:
        """Write the file."""
        files, path = services.schedule_files, str(self._path)
        if self.what.code == CALENDAR:
            rows = files.calendar(path, self._overwrite)
        elif self.what.code == DAY:
            rows = files.day_list(self.day.currentData(), path, self._overwrite)
        else:
            rows = files.call_list(self._request, path, self._overwrite)
        return Changes(frozenset(), None, rows)

    def words_of(self, changes: Changes) -> str:
        """How much was written where."""
        rows = changes.result if isinstance(changes.result, int) else 0
        one, many = "{count} row written to {name}", "{count} rows written to {name}"
        return translate_many(one, many, rows, name=self._path.name)

    def _done(self, changes: Changes) -> None:
        self._permission.forget()
        self.finish()
        path, show = self._path, self._show_folder
        toast = Toast(self.keeper, self._ground)
        toast.closed.connect(toast.deleteLater)
        words = self.words_of(changes)
        toast.show_words(words, action=translate("Show in folder"), act=lambda: show(path), icon="file-spreadsheet")

    def _show_fields(self) -> None:
        what = self.what.code
        self.day_field.setVisible(what == DAY)
        self.form_field.setVisible(what != CALENDAR)
        if what == CALENDAR:
            words = translate(
                "The bookings of the last month and of those to come, with initials and place: no name, no phone "
                "number, no diagnosis. A calendar that read an older file changes its entries, it gets none twice."
            )
        else:
            words = translate(
                "The file holds names, phone numbers, diagnoses and doses. It is not encrypted: whoever gets it can "
                "read it. Keep it on a drive you can lock away."
            )
        self.said.setText(words)
