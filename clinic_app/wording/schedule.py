"""Words of the call list and of the next injection: chips, flags, outcomes, and where a date comes from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Protocol

from clinic_app.domain.calendar import Span, whole_weeks
from clinic_app.domain.cases import PlanLevel
from clinic_app.domain.schedule import (
    Appointment,
    AppointmentStatus,
    Attempt,
    BotoxDay,
    Channel,
    ContactAttempt,
    DrugSupply,
    Flag,
    FollowUp,
    FollowUpStatus,
    Why,
)
from clinic_app.wording.calendar import days_words, short_day, short_weekday_day, span_words, weeks_words
from clinic_app.wording.cases import level_words, stop_words
from clinic_app.wording.dates import day
from clinic_app.wording.language import translate

MESSAGES: dict[str, str] = {
    "booking_far_ahead": "{day} is more than a year ahead. Look at the year, or say why.",
    "already_booked": "Already booked on {day}, place {token}.",
    "booked_other_day": (
        "Already booked on {day}, place {token}. Move that booking, or say in “{field}” why a second one is needed."
    ),
    "asked_not_to_be_called": (
        "{name} asked not to be called. If there was a call all the same, open “Log a call” (L) and save it there."
    ),
    "booked_since": (
        "This cannot be taken back as it is: booked for {day}, place {token}, since then. Cancel or move that booking "
        "first."
    ),
    "no_place_left": (
        "No more can be booked on {day}: {taken} have a place already, the last one by {by} ({at}). Choose another "
        "day, or put the patient on the waiting list."
    ),
    "not_botox_day": (
        "{day} is a {weekday} and no Botox day, so it has no places. Book all the same with a reason, or choose a "
        "Botox day."
    ),
    "nobody_injects": (
        "No injections are given on {day}: {who} is away until {until}. Book all the same with a reason, or choose "
        "another day."
    ),
    "doctor_away": (
        "{who} is away on {day}, until {until}. Choose another doctor or another day, or book all the same with a "
        "reason."
    ),
    "time_has_passed": "{time} today has passed; it is {now}. Choose a later time, or say why in “{field}”.",
    "outside_hours": (
        "{time} for {minutes} minutes lies outside the hours for injections ({hours}). Choose another time, or book "
        "all the same with a reason."
    ),
    "bad_hours": "“{text}” is no time from … to …. Write the hours as 9:00-13:00, 14:00-17:00.",
    "hours_overlap": "“{text}” meets other hours, or ends before it begins. Change one of them.",
    "appointment_not_found": "This booking is not there any more.",
    "call_again_in_past": "{day} has passed; choose a day to come.",
    "call_not_found": "This call is not there any more: it was taken back or corrected.",
    "call_again_time_past": "{time} has passed today. Type a later time, or a day with it: tomorrow 10.",
    "call_of_departed": "{name} has died or moved away: no call is made.",
    "departed": "{name} has died or moved away: nothing is booked.",
    "clinic_closed": "The clinic is closed on {day}. Book all the same with a reason, or choose another day.",
    "clinic_closed_weekday": (
        "The clinic is closed on {weekday}s, and {day} is one. Book all the same with a reason, or choose another day."
    ),
    "day_is_full": (
        "All {places} places of {day} are taken, the last one by {by} ({at}). Book all the same with a reason, or "
        "choose another day."
    ),
    "time_taken": (
        "{time} on {day} is taken: place {token}, booked by {by} ({at}). Book all the same with a reason, or choose "
        "another time."
    ),
    "no_time_left": "No time is free on {day}. Choose another day, or write a time yourself, with a reason.",
    "day_not_come": "{day} has not come yet.",
    "booking_day_past": (
        "This booking was for {day}. Close it as done, no-show or not injected, or move it to the day they come."
    ),
    "booking_over": "This booking was kept, missed or cancelled and cannot be moved. Make a new booking instead.",
    "booking_in_past": "{day} is in the past; today is {today}. Choose a day from today on in “{field}”.",
    "bad_time": "“{text}” is no time of day. Write it in “{field}” as 10:30, or leave it blank.",
    "no_day_offered": "There is no Botox day with a free place soon. Choose a day in “{field}” yourself.",
    "no_case": "No diagnosis is chosen for this visit. Choose at least one in “{field}”.",
    "case_stopped": "This diagnosis is stopped. Take the stop back before you book.",
    "booking_inside_hold": "{day} lies inside a hold that lasts until {until}. End the hold, or choose a later day.",
    "before_earliest": (
        "{day} is before {earliest}, the earliest day for the next injection. Choose a day from {earliest} on, or "
        "enter the reason and the name of the doctor who decided (“{field}” is missing)."
    ),
}

SINGULARS: dict[str, tuple[str, str]] = {
    "day_is_full": (
        "places",
        "The one place of {day} is taken, by {by} ({at}). Book all the same with a reason, or choose another day.",
    ),
}
"""Code -> what is counted, and the sentence for one of it."""

_DAYS_SAID_BELOW = 14

_STATUSES = {
    FollowUpStatus.OVERDUE: "Overdue",
    FollowUpStatus.DUE: "Due",
    FollowUpStatus.COMING: "Coming",
    FollowUpStatus.BOOKED: "Booked",
    FollowUpStatus.ON_HOLD: "On hold",
    FollowUpStatus.NOT_STARTED: "Not started",
    FollowUpStatus.NOT_DUE: "Not due",
    FollowUpStatus.STOPPED: "Stopped",
}

_FLAGS = {
    Flag.TOO_EARLY: "Too early",
    Flag.LATE: "Late",
    Flag.MISSED: "Missed",
    Flag.ASK_DOCTOR: "Ask doctor",
    Flag.NOT_SEEN: "Not seen over 6 months",
    Flag.NOT_FINALISED: "Not finalised",
    Flag.DRUG_MISSING: "Drug missing",
    Flag.AFTER_PHOTO: "After-photo wanted",
}

_ATTEMPTS = {
    Attempt.NO_ANSWER: "No answer",
    Attempt.SWITCHED_OFF: "Switched off",
    Attempt.TOLD_FAMILY: "Told family",
    Attempt.WILL_COME: "Will come",
    Attempt.CANNOT_COME_MONEY: "Can’t come: money",
    Attempt.CANNOT_COME_TRAVEL: "Can’t come: travel",
    Attempt.CANNOT_COME_DRUG: "Can’t come: no drug",
    Attempt.CANNOT_COME_OTHER: "Can’t come",
    Attempt.WRONG_NUMBER: "Wrong number",
    Attempt.DECLINED: "Declined",
    Attempt.BOOKED: "Booked",
    Attempt.WORN_OFF: "Called us: worn off",
    Attempt.PROBLEM: "Called us: problem",
    Attempt.WANTS_DATE: "Called us: wants a date",
}

_CHANNELS = {
    Channel.CALL: "Phone call",
    Channel.TEXT: "Message",
    Channel.LETTER: "Letter",
}

_DRUGS = {
    DrugSupply.UNKNOWN: "Drug not asked",
    DrugSupply.HOSPITAL_STOCK: "Hospital stock",
    DrugSupply.PATIENT_BRINGS: "Patient brings it",
    DrugSupply.SCHEME_AWAITED: "Scheme awaited",
    DrugSupply.APPROVED: "Approved",
    DrugSupply.NONE: "No drug",
}

_BOOKINGS = {
    AppointmentStatus.BOOKED: "Booked",
    AppointmentStatus.CONFIRMED: "Confirmed",
    AppointmentStatus.ARRIVED: "Arrived",
    AppointmentStatus.IN_ROOM: "In room",
    AppointmentStatus.DONE: "Done",
    AppointmentStatus.NOT_INJECTED: "Seen, not injected",
    AppointmentStatus.CANCELLED_BY_PATIENT: "Cancelled by patient",
    AppointmentStatus.CANCELLED_BY_CLINIC: "Cancelled by clinic",
    AppointmentStatus.NO_SHOW: "Missed",
    AppointmentStatus.WAITLIST: "Waiting list",
}


class NamedProduct(Protocol):
    """A product of the catalogue, as far as its name goes."""

    @property
    def brand(self) -> str:
        """The name on the box."""
        ...


class ProductNames(Protocol):
    """The catalogues, as far as the names of products go."""

    @property
    def products(self) -> Mapping[str, NamedProduct]:
        """Products by code."""
        ...


def product_words(product: object, catalogues: ProductNames) -> str:
    """The brand of a product's code; ``Unknown product`` for None, the code itself where no catalogue knows it."""
    if not isinstance(product, str) or not product:
        return translate("Unknown product")
    known = catalogues.products.get(product)
    return known.brand if known is not None else product


def status_name(status: FollowUpStatus) -> str:
    """The name of a status, as the heading of its group: ``On hold``."""
    return translate(_STATUSES[status])


def flag_words(flag: Flag) -> str:
    """The chip of a flag: ``Ask doctor``."""
    return translate(_FLAGS[flag])


def attempt_words(outcome: Attempt) -> str:
    """What came of a call: ``No answer``."""
    return translate(_ATTEMPTS[outcome])


def channel_words(channel: Channel) -> str:
    """How somebody was reached: ``Message``."""
    return translate(_CHANNELS[channel])


def call_words(call: ContactAttempt) -> str:
    """What came of a call; of what was sent, that it was: ``No answer``, ``Letter sent``, ``Message: will come``."""
    if call.channel is Channel.CALL:
        return attempt_words(call.outcome)
    if call.outcome is Attempt.NO_ANSWER:
        return translate("Message sent") if call.channel is Channel.TEXT else translate("Letter sent")
    return f"{channel_words(call.channel)}: {attempt_words(call.outcome).lower()}"


def drug_words(drug: DrugSupply) -> str:
    """Whether the drug will be there: ``Scheme awaited``."""
    return translate(_DRUGS[drug])


def drug_line(booking: Appointment, catalogues: ProductNames) -> str:
    """The drug for a booking with brand and batch of what the patient brings: ``Patient brings it: Botox, C1234``."""
    brought = [product_words(booking.drug_product, catalogues)] if booking.drug_product else []
    brought += [booking.drug_batch] if booking.drug_batch else []
    words = drug_words(booking.drug)
    return translate("{drug}: {brought}").format(drug=words, brought=", ".join(brought)) if brought else words


def no_drug_words(name: str, drug: DrugSupply) -> str:
    """That nobody should be called without a vial in sight, and how to go on."""
    words = translate("No drug in sight for {name}: {drug}. Nothing was logged; press again to go on all the same.")
    return words.format(name=name, drug=drug_words(drug).lower())


def no_drug_remark(drug: DrugSupply) -> str:
    """The same beside what is logged."""
    return translate("No drug in sight: {drug}. Nobody is called without one here.").format(
        drug=drug_words(drug).lower()
    )


def booking_words(status: AppointmentStatus) -> str:
    """Where a booking stands: ``Arrived``."""
    return translate(_BOOKINGS[status])


def place_words(appointment: Appointment) -> str:
    """The place of a booking on its day: the time where there is one, else the token; who waits has none."""
    if appointment.status is AppointmentStatus.WAITLIST:
        return "–"
    return f"{appointment.at:%H:%M}" if appointment.at is not None else str(appointment.token)


def offer_words(day: BotoxDay, *, times: bool = False) -> str:
    """What a day with a free place offers: ``Place 3 · 18 of 20 free``; where the clinic gives times the places only."""
    words = (
        translate("{free} of {places} places free") if times else translate("Place {place} · {free} of {places} free")
    )
    return words.format(place=day.next_token, free=day.free, places=day.capacity)


def status_words(answer: FollowUp, on: date) -> str:
    """The words on the status chip of a case, read on the day ``on``: ``8 days over``, ``Until 10 Apr``."""
    window = answer.window
    match answer.status:
        case FollowUpStatus.STOPPED:
            return stop_words(answer.stop.reason) if answer.stop is not None else status_name(answer.status)
        case FollowUpStatus.ON_HOLD:
            return _until(answer.hold.until, on) if answer.hold is not None else status_name(answer.status)
        case FollowUpStatus.BOOKED:
            return _booked(answer.appointment, on) if answer.appointment is not None else status_name(answer.status)
        case FollowUpStatus.OVERDUE:
            return translate("{days} over").format(days=days_words(answer.days_overdue))
        case FollowUpStatus.DUE if window.opens == on:
            return translate("From today")
        case FollowUpStatus.DUE if window.closes is not None:
            return _until(window.closes, on)
        case FollowUpStatus.COMING | FollowUpStatus.NOT_DUE if window.come_on and not window.come_on_too_early:
            return translate("Come on {day}").format(day=short_day(window.come_on, on))
        case FollowUpStatus.COMING | FollowUpStatus.NOT_DUE if window.opens is not None:
            return translate("In {time}").format(time=_time_words((window.opens - on).days))
        case FollowUpStatus.NOT_STARTED:
            return translate("No injection yet")
    return status_name(answer.status)


def _until(last: date, on: date) -> str:
    return translate("Until today") if last == on else translate("Until {day}").format(day=short_day(last, on))


def _booked(appointment: Appointment, on: date) -> str:
    if appointment.status in (AppointmentStatus.ARRIVED, AppointmentStatus.IN_ROOM):
        when = booking_words(appointment.status)
    elif appointment.day == on:
        when = translate("Today")
    else:
        when = short_weekday_day(appointment.day, on)
    return f"{when} · {place_words(appointment)}"


def _time_words(count: int) -> str:
    return days_words(count) if count < _DAYS_SAID_BELOW else weeks_words(whole_weeks(count))


def since_words(last: date, on: date) -> str:
    """How long ago the last injection was, in whole weeks: ``18 weeks``; below two weeks in days. A day that has not
    come yet (the clock is wrong) is said to be later.
    """
    elapsed = (on - last).days
    if elapsed < 0:
        return translate("on a later day")
    return translate("today") if elapsed == 0 else _time_words(elapsed)


def why_sentence(why: Why, catalogues: ProductNames) -> str:
    """Where one of the three dates comes from: ``Botox on 5 Jan 2026 + 12 weeks``."""
    params = why.params
    match why.code:
        case "no_toxin_yet":
            return translate("No botulinum toxin so far: no waiting time")
        case "no_last_session":
            return translate("No full injection of this diagnosis yet")
        case "minimum_interval":
            return _interval_sentence(params, catalogues)
        case "plan":
            return _plan_sentence(params)
        case "pushed_to_earliest":
            return translate("{plan} would be {planned}; moved to the earliest day").format(
                plan=_plan_sentence(params), planned=_day_of(params, "planned")
            )
        case "width_kept":
            return translate("{plan} would be {planned}; moved with the opening, width kept").format(
                plan=_plan_sentence(params), planned=_day_of(params, "planned")
            )
        case "come_on":
            return translate("The doctor said: come on {day}").format(day=_day_of(params, "day"))
        case "come_on_too_early":
            return translate("The doctor said {day}, which is too early; opens on the earliest day").format(
                day=_day_of(params, "day")
            )
    raise KeyError(why.code)


def _interval_sentence(params: Mapping[str, object], catalogues: ProductNames) -> str:
    sentence = translate("{product} on {day} + {span}").format(
        product=product_words(params.get("product"), catalogues), day=_day_of(params, "day"), span=_span_of(params)
    )
    if params.get("other_case"):
        sentence = translate("{sentence}, given for another diagnosis").format(sentence=sentence)
    if params.get("elsewhere"):
        sentence = translate("{sentence}, given elsewhere").format(sentence=sentence)
    return sentence


def _plan_sentence(params: Mapping[str, object]) -> str:
    return translate("{span} after {day} ({level})").format(
        span=_span_of(params), day=_day_of(params, "day"), level=level_words(PlanLevel(params.get("level")))
    )


def _day_of(params: Mapping[str, object], name: str) -> str:
    value = params.get(name)
    return day(value) if isinstance(value, date) else str(value)


def _span_of(params: Mapping[str, object]) -> str:
    value = params.get("span")
    return span_words(value) if isinstance(value, Span) else str(value)
