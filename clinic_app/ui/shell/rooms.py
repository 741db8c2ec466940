"""Where the rooms and sheets of the window are; each is loaded when it is first opened."""

from __future__ import annotations

from datetime import date
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from clinic_app.domain.errors import ClinicError
from clinic_app.domain.schedule import Appointment
from clinic_app.ui.context import UiContext
from clinic_app.ui.widgets.themed import Plane

if TYPE_CHECKING:
    from clinic_app.ui.compare.view import CompareView
    from clinic_app.ui.patients.case_view import CaseView
    from clinic_app.ui.patients.list_view import PatientsView
    from clinic_app.ui.pictures.import_sheet import PictureImportSheet
    from clinic_app.ui.register.import_sheet import RegisterImportSheet

SHEETS = {
    "patient": ("clinic_app.ui.patients.patient_sheet", "PatientSheet"),
    "case": ("clinic_app.ui.patients.case_sheet", "CaseSheet"),
    "external": ("clinic_app.ui.patients.external_sheet", "ExternalToxinSheet"),
    "hold": ("clinic_app.ui.patients.follow_up_sheets", "HoldSheet"),
    "stop": ("clinic_app.ui.patients.follow_up_sheets", "StopSheet"),
    "departure": ("clinic_app.ui.patients.follow_up_sheets", "DepartureSheet"),
    "move_pictures": ("clinic_app.ui.patients.picture_sheets", "MovePicturesSheet"),
    "visit": ("clinic_app.ui.treatment.visit_sheet", "VisitSheet"),
    "correction": ("clinic_app.ui.treatment.correction_sheet", "CorrectionSheet"),
    "export": ("clinic_app.ui.register.export_sheet", "RegisterExportSheet"),
    "picture_import": ("clinic_app.ui.pictures.import_sheet", "PictureImportSheet"),
    "register_import": ("clinic_app.ui.register.import_sheet", "RegisterImportSheet"),
}
"""Module and class of every sheet: ``Class(context, host, ids...)`` is built for one use, ``begin()`` opens it and
``closed`` says that it is gone. The two imports are kept as long as the clinic is open."""


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

    def patients(self) -> PatientsView:
        """The Patients list."""
        from clinic_app.ui.patients.list_view import PatientsView

        return PatientsView(self._context)

    def case(self) -> CaseView:
        """The page of a patient."""
        from clinic_app.ui.patients.case_view import CaseView

        return CaseView(self._context)

    def compare(self) -> CompareView:
        """The viewer."""
        from clinic_app.ui.compare.view import CompareView

        return CompareView(self._context.theme, self._context.tasks)

    def picture_import(self) -> PictureImportSheet:
        """The room for new photographs."""
        from clinic_app.ui.pictures.import_sheet import PictureImportSheet

        return PictureImportSheet(self._context, self._host)

    def register_import(self) -> RegisterImportSheet:
        """The room for a register."""
        from clinic_app.ui.register.import_sheet import RegisterImportSheet

        return RegisterImportSheet(self._context, self._host)

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
