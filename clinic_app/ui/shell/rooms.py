"""Where the rooms and sheets of the window are; each is loaded when it is first opened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from importlib import import_module
from importlib.util import find_spec

from PySide6.QtWidgets import QWidget

from clinic_app.domain.errors import ClinicError
from clinic_app.domain.schedule import Appointment
from clinic_app.ui.context import UiContext
from clinic_app.ui.widgets.themed import Plane

Open = Callable[..., QWidget]

SHEETS = {
    "patient": ("clinic_app.ui.patients.patient_sheet", "PatientSheet"),
    "case": ("clinic_app.ui.patients.case_sheet", "CaseSheet"),
    "external": ("clinic_app.ui.patients.external_sheet", "ExternalSheet"),
    "hold": ("clinic_app.ui.patients.hold_sheet", "HoldSheet"),
    "stop": ("clinic_app.ui.patients.stop_sheet", "StopSheet"),
    "departure": ("clinic_app.ui.patients.departure_sheet", "DepartureSheet"),
    "visit": ("clinic_app.ui.treatment.visit_sheet", "VisitSheet"),
    "correction": ("clinic_app.ui.treatment.correction_sheet", "CorrectionSheet"),
    "picture_import": ("clinic_app.ui.pictures.import_sheet", "PictureImportSheet"),
    "move_pictures": ("clinic_app.ui.pictures.move_sheet", "MovePicturesSheet"),
    "register_import": ("clinic_app.ui.register.import_sheet", "RegisterImportSheet"),
    "register_export": ("clinic_app.ui.register.export_sheet", "RegisterExportSheet"),
}
"""Module and class of every sheet: built as ``Class(context, host, ...)``, with ``open()`` and ``closed``."""


class Rooms:
    """Builds rooms and sheets for the shell; what a room needs is handed to it here and nowhere else."""

    def __init__(self, context: UiContext, host: QWidget) -> None:
        self._context = context
        self._host = host

    @staticmethod
    def has(name: str) -> bool:
        """Whether a sheet is part of this program."""
        try:
            return find_spec(SHEETS[name][0]) is not None
        except ModuleNotFoundError:
            return False

    @staticmethod
    def has_patients() -> bool:
        """Whether the Patients area is there."""
        return find_spec("clinic_app.ui.patients.view") is not None

    def patients(self) -> QWidget:
        """The Patients area."""
        found: QWidget = import_module("clinic_app.ui.patients.view").PatientsView(self._context)
        return found

    def compare(self) -> QWidget:
        """The viewer."""
        from clinic_app.ui.compare.view import CompareView

        return CompareView(self._context.theme, self._context.tasks)

    def sheet(self, name: str, *arguments: object) -> Plane:
        """A sheet over the right side of the window, not yet open. Raises ``ModuleNotFoundError``."""
        module, kind = SHEETS[name]
        found: Plane = getattr(import_module(module), kind)(self._context, self._host, *arguments)
        return found

    def call(self, case_id: int) -> Plane:
        """The call sheet."""
        from clinic_app.ui.schedule.call_sheet import CallSheet

        return CallSheet(self._context, self._host, case_id)

    def booking(
        self,
        case_id: int,
        *,
        day: date | None = None,
        booking: Appointment | None = None,
        refusal: ClinicError | None = None,
    ) -> Plane:
        """The booking sheet."""
        from clinic_app.ui.schedule.booking_sheet import BookingSheet

        return BookingSheet(self._context, self._host, case_id, day=day, booking=booking, refusal=refusal)
