"""The demo clinic: invented patients with drawn photographs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from clinic_app.domain.changes import Progress, Report, carry_on
from clinic_app.domain.demo import CAST_SIZE, MOST_PATIENTS, DemoReport, InventedPatient
from clinic_app.domain.errors import Cancelled, RuleBroken
from clinic_app.services.context import ClinicContext
from clinic_app.services.demo_cast import cast
from clinic_app.services.demo_rows import InventedRows

STEP = 1000
SETTING = "demo"


class DemoService:
    """Fills a demo clinic; a real one is refused."""

    def __init__(self, context: ClinicContext) -> None:
        self._context = context

    def fill(self, patients: int = CAST_SIZE, seed: int = 1, report: Report = carry_on) -> DemoReport:
        """Fill an empty demo clinic: the forty of the cast first, then others as they come.

        The same day, seed and number give the same clinic. Written in steps of 1 000 patients; pictures are drawn
        afterwards, by ``draw_pictures``.

        Raises:
            RuleBroken: ``not_a_demo``, ``demo_not_empty``, ``bad_demo_size``.
            Cancelled: ``report`` answered False; the steps written so far stay.
        """
        context = self._context
        self._refuse_real()
        if not 1 <= patients <= MOST_PATIENTS:
            raise RuleBroken("patients", "bad_demo_size", patients=patients, most=MOST_PATIENTS)
        with context.units.read() as unit:
            if unit.patients.count():
                raise RuleBroken("folder", "demo_not_empty", folder=context.info.folder)
        people = self._people(patients, seed)
        rows = InventedRows(context)
        while rows.patients < patients:
            if not report(Progress(rows.patients, patients, "filling_demo")):
                raise Cancelled
            with context.units.open() as unit:
                if not rows.patients:
                    told = {"seed": seed, "day": context.today().isoformat(), "patients": patients, "drawn": 0}
                    unit.clinic.set_setting(SETTING, dict(told))
                for person in islice(people, STEP):
                    rows.add(unit, person)
                rows.write(unit)
                rows.settle(unit)
                unit.commit()
        report(Progress(patients, patients, "filling_demo"))
        return DemoReport(rows.patients, rows.cases, rows.sessions, 0, seed)

    def _people(self, patients: int, seed: int) -> Iterator[InventedPatient]:
        yield from cast(self._context.today(), self._context.rules, seed)[:patients]

    def _refuse_real(self) -> None:
        if not self._context.info.demo:
            raise RuleBroken("folder", "not_a_demo", folder=self._context.info.folder)
