"""What is put right of photographs: their date, and whose they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QCheckBox, QWidget

from clinic_app.domain.changes import Changes
from clinic_app.domain.date_entry import Toward
from clinic_app.domain.errors import ClinicError, RuleBroken
from clinic_app.domain.patients import PatientEntry
from clinic_app.ui.context import UiContext
from clinic_app.ui.theme import Style
from clinic_app.ui.widgets import DateField, FormField, TextLabel
from clinic_app.ui.widgets.picker import Choice, PickerField
from clinic_app.ui.widgets.record_sheet import RecordSheet
from clinic_app.wording.dates import day as day_words
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.patients import person_line

if TYPE_CHECKING:
    from datetime import date

    from clinic_app.services import Services

WAIT_MS = 80


def photos_words(count: int) -> str:
    """``3 photos``."""
    return translate_many("{count} photo", "{count} photos", count)


class PictureDateSheet(RecordSheet):
    """The day photographs were taken, and whether one of an injection's own day came after it."""

    def __init__(self, context: UiContext, host: QWidget, ids: tuple[int, ...], day: date | None = None) -> None:
        super().__init__(context, host, translate("Date of {photos}").format(photos=photos_words(len(ids))))
        keeper = context.theme
        self._ids = ids
        self._day = day
        self.day = DateField(keeper, context.today, name="day", toward=Toward.PAST, latest=context.today())
        self.add_field(FormField(keeper, "day", translate("Taken on"), self.day, required=True))
        self.after = QCheckBox(translate("Taken after the injection of that day"))
        self.watch(self.after)
        self.add_widget(self.after)
        self.add_widget(
            TextLabel(
                keeper,
                translate("A photo of an injection’s own day stands before it unless you say otherwise."),
                Style.SECONDARY,
                "text2",
                wrap=True,
            )
        )

    def begin(self) -> None:
        """Slide in."""
        self.day.set_day(self._day)
        self.open()

    def save(self) -> None:
        """Check and write."""
        self.clear_problems()
        try:
            day = self.day.take()
        except ClinicError as error:
            self.show_refusal(error)
            return
        ids, after = self._ids, self.after.isChecked()

        def write(services: Services) -> Changes:
            return services.pictures.set_taken(ids, day, after)

        words = translate("{photos} dated {day}").format(photos=photos_words(len(ids)), day=day_words(day))
        self.write(write, words)


class MovePicturesSheet(RecordSheet):
    """Photographs on the wrong patient are given to the right one."""

    def __init__(self, context: UiContext, host: QWidget, ids: tuple[int, ...]) -> None:
        title = translate("Move {photos} to another patient").format(photos=photos_words(len(ids)))
        super().__init__(context, host, title, save=translate("Move"))
        keeper = context.theme
        self._ids = ids
        self._names: dict[str, str] = {}
        self.patient = PickerField(keeper, translate("Name, phone or ID"), translate("To whom"))
        self.patient.valueChanged.connect(self._typed)
        self.add_field(FormField(keeper, "patient", translate("To whom"), self.patient, required=True))
        self.add_widget(
            TextLabel(
                keeper,
                translate(
                    "The photos leave this record and stand in the other one, with what was measured in them and drawn "
                    "on them. It is noted, and can be undone."
                ),
                Style.SECONDARY,
                "text2",
                wrap=True,
            )
        )
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(WAIT_MS)
        self._wait.timeout.connect(self._search)

    def begin(self) -> None:
        """Slide in."""
        self.open()

    def save(self) -> None:
        """Check and write."""
        self.clear_problems()
        code = self.patient.code
        if code is None:
            self.show_refusal(RuleBroken("patient", "patient_not_chosen"))
            return
        ids, to = self._ids, int(code)

        def write(services: Services) -> Changes:
            return services.pictures.move(ids, to)

        words = translate("{photos} moved to {name}")
        self.write(write, words.format(photos=photos_words(len(ids)), name=self._names.get(code, "")))

    def _typed(self) -> None:
        if self.patient.code is None:
            self._wait.start()

    def _search(self) -> None:
        words = self.patient.words
        if not words or not self.context.open:
            return

        def read(services: Services) -> tuple[PatientEntry, ...]:
            return services.patients.entries(words, 0, 20)

        self.context.tasks.ask(read, self._show, owner=self, key="search", failed=self.show_refusal)

    def _show(self, entries: tuple[PatientEntry, ...]) -> None:
        if self.patient.code is not None:
            return
        today = self.context.today()
        self._names = {str(entry.id): entry.name for entry in entries}
        self.patient.offer(
            [
                Choice(str(entry.id), entry.name, person_line(entry.mrn, entry.birth, entry.sex, today))
                for entry in entries
            ]
        )
