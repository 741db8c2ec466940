"""What is asked of every booking before it is written, whichever way it comes: cases, place, time and doctor."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time

from clinic_app.domain.absences import Absence, absence_of, places_left
from clinic_app.domain.consulting_hours import TakenTime, hours_text, inside
from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.schedule import (
    Appointment,
    AppointmentStatus,
    BookingDetails,
    BotoxDay,
    ClinicRules,
    check_booking,
    earliest_day,
)
from clinic_app.services.context import ClinicContext
from clinic_app.storage.unit import UnitOfWork
from clinic_app.wording.dates import weekday_name

AT_ITS_MINUTE = 1
"""How long a booking takes whose length nobody said: it is in the way only of one at the same time."""
GAVE_UP_THEIR_PLACE = frozenset(
    {
        AppointmentStatus.CANCELLED_BY_PATIENT,
        AppointmentStatus.CANCELLED_BY_CLINIC,
        AppointmentStatus.WAITLIST,
    }
)
"""Statuses of bookings that take no place."""


def details_of(appointment: Appointment) -> BookingDetails:
    """A booking that stands, as it would be entered."""
    return BookingDetails(
        appointment.patient_id,
        appointment.day,
        appointment.case_ids,
        appointment.at,
        appointment.drug,
        appointment.reason,
        appointment.decided_by,
        appointment.note,
        minutes=appointment.minutes,
        injector=appointment.injector,
        drug_product=appointment.drug_product,
        drug_batch=appointment.drug_batch,
    )


def check_patient(unit: UnitOfWork, patient_id: int) -> None:
    """Refuse to book anybody who died or moved away. Raises ``RuleBroken``: ``departed``."""
    patient = unit.patients.get(patient_id)
    if patient.departed:
        raise RuleBroken("patient", "departed", name=patient.name)


def check_cases(
    context: ClinicContext, unit: UnitOfWork, details: BookingDetails, own: int | None = None, *, adds: bool = True
) -> None:
    """Refuse cases that may not be booked on the day. ``own``: the booking itself, where there is one already.
    ``adds``: there is one booking more afterwards.

    Raises:
        RuleBroken: as ``check_booking``; ``case_of_another_patient``; ``already_booked`` (the same day);
            ``booked_other_day`` (another booking after today, without a reason).
    """
    today = context.today()
    ids = list(dict.fromkeys(details.case_ids))
    known = unit.schedule.facts(ids, context.known, dates_only=True)
    if len(known) < len(ids) or any(case.patient_id != details.patient_id for case, _ in known.values()):
        raise RuleBroken("cases", "case_of_another_patient")
    if not known:
        check_booking(details, today=today, earliest=None, stopped=False, hold=None)
    bookings = unit.schedule.appointments_of_cases(ids)
    for id_, (_, facts) in known.items():
        earliest, _ = earliest_day(facts, context.rules.minimum, details.day)
        hold = next((one for one in facts.holds if one.holds_on(details.day)), None)
        check_booking(
            details,
            today=today,
            earliest=earliest,
            stopped=any(stop.holds_on(details.day) for stop in facts.stops),
            hold=hold,
        )
        others = [one for one in bookings.get(id_, ()) if one.status.live and one.id != own]
        for other in others:
            if other.day == details.day:
                raise RuleBroken("day", "already_booked", day=details.day, token=other.token)
        for other in others:
            if adds and other.day > today and not details.reason.strip():
                raise RuleBroken("reason", "booked_other_day", day=other.day, token=other.token)


def botox_day(context: ClinicContext, unit: UnitOfWork, day: date) -> BotoxDay:
    """A day with its places as they are now, whoever entered an absence last."""
    taken = unit.schedule.taken_places(day, day).get(day, 0)
    return with_places(context.rules, unit.absences.since(day), day, taken, unit.schedule.next_token(day))


def with_places(
    rules: ClinicRules, absences: Iterable[Absence], day: date, taken: int, next_token: int = 1
) -> BotoxDay:
    """A day of which so many places are taken, with those that who is away leaves it."""
    places = places_left(absences, day, rules.usual_places_on(day))
    return BotoxDay(day, places, taken, places > 0, next_token)


def check_place(context: ClinicContext, unit: UnitOfWork, day: date, reason: str) -> None:
    """Refuse a day on which the clinic is closed, that is no Botox day, on which nobody injects or all places are
    taken, unless a reason is given.

    Today is open to walk-ins: on a day the clinic works that is no Botox day, who stands there is written in without
    a reason; a booking made for any other such day needs one.

    Raises:
        RuleBroken: ``clinic_closed``, ``clinic_closed_weekday``, ``not_botox_day``, ``nobody_injects``,
            ``day_is_full``; with a reason too: ``no_place_left`` beyond what the clinic allows over its places.
    """
    rules, said = context.rules, bool(reason.strip())
    working = rules.working_days
    if not working.is_working(day) and not said:
        if day.weekday() in working.weekdays:
            raise RuleBroken("reason", "clinic_closed", day=day)
        raise RuleBroken("reason", "clinic_closed_weekday", day=day, weekday=weekday_name(day))
    if not rules.usual_places_on(day):
        if working.is_working(day) and day != context.today() and not said:
            raise RuleBroken("reason", "not_botox_day", day=day, weekday=weekday_name(day))
        return
    place = botox_day(context, unit, day)
    if not place.capacity and not said:
        away = next(one for one in unit.absences.since(day) if one.covers(day) and one.details.places == 0)
        raise RuleBroken("reason", "nobody_injects", day=day, who=away.details.injector, until=away.details.last)
    if place.free or not place.capacity:
        return
    by, at = unit.schedule.last_booked(day)
    if place.taken >= place.capacity + rules.places_over:
        raise RuleBroken("day", "no_place_left", day=day, taken=place.taken, places=place.capacity, by=by, at=at)
    if not said:
        raise RuleBroken("reason", "day_is_full", day=day, places=place.capacity, by=by, at=at)


def check_doctor(unit: UnitOfWork, details: BookingDetails) -> None:
    """Refuse a day on which the doctor named is away, without a reason. Raises ``RuleBroken``: ``doctor_away``."""
    if details.reason.strip() or not details.injector.strip():
        return
    away = absence_of(unit.absences.since(details.day), details.injector, details.day)
    if away is not None:
        raise RuleBroken("reason", "doctor_away", day=details.day, who=away.details.injector, until=away.details.last)


def check_time(context: ClinicContext, unit: UnitOfWork, details: BookingDetails, moving: int = 0) -> None:
    """Refuse a time that has passed, lies outside the hours, or somebody else has, without a reason.

    Raises:
        RuleBroken: ``time_has_passed``, ``outside_hours``, ``time_taken``.
    """
    day, at = details.day, details.at
    if at is None or details.reason.strip():
        return
    now = context.now().replace(tzinfo=None)
    if datetime.combine(day, at) < now.replace(second=0, microsecond=0):
        raise RuleBroken("reason", "time_has_passed", day=day, time=f"{at:%H:%M}", now=f"{now:%H:%M}")
    rules = context.rules
    length = details.minutes or AT_ITS_MINUTE
    if rules.gives_times and not inside(rules.hours, at, length):
        raise RuleBroken("reason", "outside_hours", time=f"{at:%H:%M}", minutes=length, hours=hours_text(rules.hours))
    for other in unit.schedule.appointments(day, day):
        if not other.status.live or other.id == moving:
            continue
        taken = taken_time(other)
        if taken is not None and taken.meets(at, length, details.injector):
            by, when = unit.schedule.booked_by(other.id)
            raise RuleBroken("at", "time_taken", day=day, time=f"{taken.at:%H:%M}", token=other.token, by=by, at=when)


def taken_time(booking: Appointment) -> TakenTime | None:
    """The time a booking takes, None where it has none."""
    if booking.at is None:
        return None
    return TakenTime(booking.at, booking.minutes or AT_ITS_MINUTE, booking.injector)


def with_length(context: ClinicContext, unit: UnitOfWork, details: BookingDetails) -> BookingDetails:
    """The booking with the length the clinic gives its diagnoses, where it gives times and nobody said another."""
    if not context.rules.gives_times or details.at is None or details.minutes is not None:
        return details
    cases = unit.cases.by_ids(list(dict.fromkeys(details.case_ids)))
    return replace(details, minutes=context.rules.minutes_of(one.condition for one in cases.values()))


def check_stands_again(context: ClinicContext, unit: UnitOfWork, booking: Appointment) -> None:
    """A booking that was over stands again: what is asked of a new one is asked of it. Raises as ``book``."""
    check_patient(unit, booking.patient_id)
    details = details_of(booking)
    gave_up = unit.schedule.appointment(booking.id).status in GAVE_UP_THEIR_PLACE
    check_cases(context, unit, details, booking.id, adds=gave_up)
    if gave_up:
        check_place(context, unit, booking.day, booking.reason)
        check_time(context, unit, replace(details, at=_time_to_come(context, booking)), booking.id)


def _time_to_come(context: ClinicContext, booking: Appointment) -> time | None:
    """A time of today that has passed is not asked about again."""
    return booking.at if booking.day > context.today() else None
