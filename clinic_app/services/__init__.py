"""Third floor: what the clinic does. One use case, one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from clinic_app.domain.catalogues import Catalogues
from clinic_app.domain.changes import Changes, Report, carry_on
from clinic_app.domain.checks import Finding
from clinic_app.domain.errors import RuleBroken
from clinic_app.services.cases import CasesService
from clinic_app.services.context import ClinicContext, ClinicInfo
from clinic_app.services.demo import DemoService
from clinic_app.services.patients import PatientsService
from clinic_app.services.pictures import OpenReader, PicturesService
from clinic_app.services.record_check import check_record
from clinic_app.services.register import RegisterService
from clinic_app.services.schedule import ScheduleService
from clinic_app.services.treatment import TreatmentService
from clinic_app.services.undo import undo


@dataclass(frozen=True, slots=True)
class Services:
    """Everything the window and the command line ask of one open clinic."""

    context: ClinicContext
    patients: PatientsService
    cases: CasesService
    treatment: TreatmentService
    schedule: ScheduleService
    pictures: PicturesService
    register: RegisterService
    demo: DemoService
    shut: Callable[[], None]

    @property
    def catalogues(self) -> Catalogues:
        """The catalogues in force."""
        return self.context.catalogues

    @property
    def clinic(self) -> ClinicInfo:
        """Name, user, folder and rules."""
        return self.context.info

    def today(self) -> date:
        """The day it is for the clinic."""
        return self.context.today()

    def clock_doubt(self) -> RuleBroken | None:
        """Why the computer's date cannot be right, to be asked about before anything is written."""
        with self.context.units.read() as unit:
            return self.context.clock_doubt(unit)

    def accept_clock(self) -> None:
        """The user said that the computer's date is right: writes go on."""
        self.context.accept_clock()

    def check(self, full: bool = False, report: Report = carry_on) -> tuple[Finding, ...]:
        """Look for damage and for dates that do not follow from the record; changes nothing."""
        return check_record(self.context, full=full, report=report)

    def undo(self, undo_id: int) -> Changes:
        """Take a write back."""
        return undo(self.context, undo_id)

    def close(self) -> None:
        """Close the clinic: nothing may be asked of it afterwards."""
        self.shut()


def services_of(context: ClinicContext, open_reader: OpenReader, shut: Callable[[], None]) -> Services:
    """The services of one open clinic, built by hand."""
    return Services(
        context,
        PatientsService(context),
        CasesService(context),
        TreatmentService(context),
        ScheduleService(context),
        PicturesService(context, open_reader),
        RegisterService(context),
        DemoService(context),
        shut,
    )
