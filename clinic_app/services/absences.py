"""Doctors who are away, and the bookings that cannot be kept because of it or of a closed day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from clinic_app.domain.absences import Absence, AbsenceDetails, absence_of, checked
from clinic_app.domain.access import Action
from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.schedule import Appointment, ClinicRules
from clinic_app.services.context import ClinicContext, changes
from clinic_app.services.needs import needs
from clinic_app.storage.unit import UnitOfWork


class InTheWay(Enum):
    """Why a booking cannot be kept as it stands."""

    CLOSED = "closed"
    NOBODY = "nobody"
    AWAY = "away"
    TOO_MANY = "too_many"
    """More are booked than the absence leaves places; the last ones by token."""


@dataclass(frozen=True, slots=True)
class Displaced:
    """A booking to come that has to be moved; ``absence``: whose, None on a closed day."""

    appointment: Appointment
    mrn: str
    name: str
    why: InTheWay
    absence: Absence | None = None


class AbsencesService:
    """When doctors are away."""

    def __init__(self, context: ClinicContext) -> None:
        self._context = context

    @needs(Action.FIND)
    def to_come(self) -> tuple[Absence, ...]:
        """Every absence that is not over, by its first day."""
        with self._context.units.read() as unit:
            return unit.absences.since(self._context.today())

    @needs(Action.REGISTER)
    def add(self, details: AbsenceDetails) -> Changes:
        """Enter that a doctor is away; ``result`` are the bookings that fall into it (``Displaced``).

        Raises:
            RuleBroken: as ``domain.absences.checked``.
        """
        context = self._context
        wanted = checked(details, context.today())
        with context.units.open() as unit:
            context.check_clock(unit)
            absence_id = unit.absences.add(wanted)
            undo = unit.clinic.add_undo("absence", {"absence_id": absence_id, "was": "missing"})
            unit.commit()
        context.read_absences()
        return changes(Topic.SCHEDULE, undo=undo, result=self._of(absence_id))

    @needs(Action.REGISTER)
    def change(self, absence_id: int, details: AbsenceDetails) -> Changes:
        """Replace what was entered; ``result`` as ``add``. Raises ``NotFound``, ``RuleBroken``."""
        context = self._context
        wanted = checked(details, context.today())
        with context.units.open() as unit:
            context.check_clock(unit)
            before = unit.absences.get(absence_id).details
            unit.absences.change(absence_id, wanted)
            undo = unit.clinic.add_undo("absence", {"absence_id": absence_id, "was": absence_content(before)})
            unit.commit()
        context.read_absences()
        return changes(Topic.SCHEDULE, undo=undo, result=self._of(absence_id))

    @needs(Action.REGISTER)
    def take_back(self, absence_id: int) -> Changes:
        """The doctor is there after all. Raises ``NotFound``."""
        context = self._context
        with context.units.open() as unit:
            context.check_clock(unit)
            unit.absences.take_back(absence_id)
            undo = unit.clinic.add_undo("absence", {"absence_id": absence_id, "was": "there"})
            unit.commit()
        context.read_absences()
        return changes(Topic.SCHEDULE, undo=undo)

    @needs(Action.FIND)
    def displaced(self) -> tuple[Displaced, ...]:
        """Every booking to come that cannot be kept as it stands, by day: until it is moved or cancelled."""
        context, today = self._context, self._context.today()
        with context.units.read() as unit:
            absences = unit.absences.since(today)
            last = max((one.details.last for one in absences), default=None)
            closed = [day for day in context.rules.working_days.closed if day >= today]
            if last is None and not closed:
                return ()
            bookings = unit.schedule.appointments(today, max([*closed, *([last] if last else [])]))
            found = in_the_way(bookings, absences, context.rules)
            patients = unit.patients.by_ids(sorted({one.patient_id for one, _, _ in found}))
        veil = context.access.veil()
        hidden = context.access.hidden()
        return tuple(
            Displaced(
                veil.appointment(one),
                "" if one.patient_id in hidden else patients[one.patient_id].mrn,
                "" if one.patient_id in hidden else patients[one.patient_id].name,
                why,
                absence,
            )
            for one, why, absence in found
        )

    def _of(self, absence_id: int) -> tuple[Displaced, ...]:
        return tuple(one for one in self.displaced() if one.absence is not None and one.absence.id == absence_id)


def in_the_way(
    bookings: Sequence[Appointment], absences: tuple[Absence, ...], rules: ClinicRules
) -> list[tuple[Appointment, InTheWay, Absence | None]]:
    """The bookings that cannot be kept, and because of whose absence. ``bookings``: by day and token."""
    found: list[tuple[Appointment, InTheWay, Absence | None]] = []
    kept: Counter[date] = Counter()
    for one in bookings:
        if not one.status.live:
            continue
        away = absence_of(absences, one.injector, one.day)
        fewest = min(
            (item for item in absences if item.covers(one.day) and item.details.places is not None),
            key=lambda item: item.details.places or 0,
            default=None,
        )
        if one.day in rules.working_days.closed:
            found.append((one, InTheWay.CLOSED, None))
        elif away is not None:
            found.append((one, InTheWay.AWAY, away))
        elif fewest is not None and not fewest.details.places:
            found.append((one, InTheWay.NOBODY, fewest))
        elif fewest is not None and kept[one.day] >= (fewest.details.places or 0):
            found.append((one, InTheWay.TOO_MANY, fewest))
        else:
            kept[one.day] += 1
    return found


def absence_content(details: AbsenceDetails) -> dict[str, object]:
    """An absence as an inverse command keeps it."""
    return {
        "injector": details.injector,
        "first": details.first.isoformat(),
        "last": details.last.isoformat(),
        "places": details.places,
        "reason": details.reason,
    }


def undo_absence(unit: UnitOfWork, absence_id: int, was: object) -> None:
    """Put an absence back as it was: missing, there, or with other days. Raises ``NotFound``."""
    if was == "missing":
        unit.absences.take_back(absence_id)
    elif was == "there":
        unit.absences.stand_again(absence_id)
    elif isinstance(was, dict):
        unit.absences.change(
            absence_id,
            AbsenceDetails(
                str(was["injector"]),
                date.fromisoformat(str(was["first"])),
                date.fromisoformat(str(was["last"])),
                was["places"],
                str(was["reason"]),
            ),
        )
