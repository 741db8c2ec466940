"""What a row of the call list says: its words, its chip, its bar, each made once and painted often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from clinic_app.domain.call_list import Column
from clinic_app.domain.schedule import (
    Appointment,
    AppointmentStatus,
    Attempt,
    ContactAttempt,
    DueEntry,
    Flag,
    FollowUp,
    FollowUpStatus,
    ReinjectionWindow,
)
from clinic_app.domain.units import Units
from clinic_app.ui.theme import Tone
from clinic_app.ui.widgets import Interval
from clinic_app.wording.calendar import days_words, short_day, short_weekday_day
from clinic_app.wording.cases import condition_lines
from clinic_app.wording.language import translate
from clinic_app.wording.patient_lines import do_not_call_words, phone_number
from clinic_app.wording.patients import person_line
from clinic_app.wording.schedule import (
    call_words,
    drug_words,
    flag_words,
    product_words,
    since_words,
    status_name,
    status_words,
)
from clinic_app.wording.units import dose_words
from clinic_app.wording.waiting import waits_words

if TYPE_CHECKING:
    from clinic_app.domain.cases import Side
    from clinic_app.domain.catalogues import Catalogues

SOLID_FROM_DAYS = 7
"""From so many days over, the chip is solid (ux.md 3.2)."""
TRACK_FROM, TRACK_TO = timedelta(weeks=8), timedelta(weeks=20)
"""What the bar of a row shows of the time since the last injection (ux.md 3.3)."""

_TONES = {
    FollowUpStatus.OVERDUE: Tone.OVERDUE,
    FollowUpStatus.DUE: Tone.DUE,
    FollowUpStatus.COMING: Tone.NOT_DUE,
    FollowUpStatus.BOOKED: Tone.BOOKED,
    FollowUpStatus.ON_HOLD: Tone.STOPPED,
    FollowUpStatus.NOT_STARTED: Tone.NOT_DUE,
    FollowUpStatus.NOT_DUE: Tone.NOT_DUE,
    FollowUpStatus.STOPPED: Tone.STOPPED,
}

_STATUS_ICONS = {
    FollowUpStatus.COMING: "calendar-clock",
    FollowUpStatus.NOT_STARTED: "syringe",
    FollowUpStatus.STOPPED: "phone-off",
}

FLAG_LOOKS = {
    Flag.MISSED: ("user-x", "no_show.fg"),
    Flag.ASK_DOCTOR: ("stethoscope", "contacting.fg"),
    Flag.DRUG_MISSING: ("package-x", "due.fg"),
    Flag.TOO_EARLY: ("calendar-x", "overdue.fg"),
    Flag.LATE: ("calendar-clock", "overdue.fg"),
    Flag.NOT_FINALISED: ("file-pen-line", "due.fg"),
    Flag.AFTER_PHOTO: ("camera", "accent_text"),
    Flag.NOT_SEEN: ("user-search", "text2"),
}
"""Icon and ink of each flag, in the order they stand in a row."""

CALL_ICONS = {
    Attempt.NO_ANSWER: "phone-missed",
    Attempt.SWITCHED_OFF: "phone-off",
    Attempt.TOLD_FAMILY: "phone-forwarded",
    Attempt.WILL_COME: "phone-outgoing",
    Attempt.WRONG_NUMBER: "phone-off",
    Attempt.DECLINED: "phone-off",
    Attempt.BOOKED: "calendar-check",
}


def call_icon(outcome: Attempt) -> str:
    """The drawing for what came of a call."""
    return "phone-incoming" if outcome.incoming else CALL_ICONS.get(outcome, "phone-off")


@dataclass(frozen=True, slots=True)
class Chip:
    """A status chip: tone, words, drawing, and whether it is solid."""

    tone: Tone
    words: str
    icon: str | None
    solid: bool


def chip_of(answer: FollowUp, on: date) -> Chip:
    """The chip of a follow-up."""
    tone = _TONES[answer.status]
    icon = _STATUS_ICONS.get(answer.status)
    solid = answer.status is FollowUpStatus.OVERDUE and answer.days_overdue >= SOLID_FROM_DAYS
    booking = answer.appointment
    if (
        answer.status is FollowUpStatus.BOOKED
        and booking is not None
        and booking.status in (AppointmentStatus.ARRIVED, AppointmentStatus.IN_ROOM)
    ):
        icon, solid = "user-check", True
    return Chip(tone, status_words(answer, on), icon, solid)


def mark_of(answer: FollowUp) -> str:
    """The token of the marker on the interval bar."""
    return f"{_TONES[answer.status].value}.mark"


def interval_of(answer: FollowUp, on: date, start: timedelta, end: timedelta) -> Interval:
    """The bar between two times after the last injection; an empty track while there is none."""
    window = answer.window
    if window.last is None:
        return Interval()
    first, span = window.last.day + start, (end - start).days

    def place(day: date) -> float:
        return (day - first).days / span

    return Interval(
        None if window.opens is None else place(window.opens),
        None if window.closes is None else place(window.closes),
        place(on),
        mark_of(answer),
        start_dot=start == timedelta(0),
    )


def diagnosis_lines(catalogues: Catalogues, condition: str, side: Side | None, pattern: str) -> tuple[str, str]:
    """The two lines of a diagnosis; the code itself where the catalogue does not know it."""
    known = catalogues.conditions.get(condition)
    return (condition, pattern) if known is None else condition_lines(known, side, pattern)


def ago_words(at: datetime, on: date) -> str:
    """When a call was: ``today, 09:40``, ``yesterday``, ``3 days ago``, ``12 Jan``."""
    days = (on - at.date()).days
    if days <= 0:
        return translate("today, {clock}").format(clock=f"{at:%H:%M}")
    if days == 1:
        return translate("yesterday")
    if days < 14:
        return translate("{days} ago").format(days=days_words(days))
    return short_day(at.date(), on)


def try_words(attempts: int) -> str:
    """``2nd try``."""
    endings = {1: "st", 2: "nd", 3: "rd"}
    ending = "th" if 10 <= attempts % 100 <= 20 else endings.get(attempts % 10, "th")
    return translate("{number} try").format(number=f"{attempts}{ending}")


def _call_lines(entry: DueEntry, on: date) -> tuple[str, str, str]:
    """Drawing and both lines of the last call."""
    answer, call = entry.answer, entry.last_call
    if call is None and Flag.DRUG_MISSING in answer.flags and answer.appointment is not None:
        return "package", translate("Not called yet"), drug_words(answer.appointment.drug).lower()
    if call is None:
        if not entry.may_be_called:
            return "phone-off", do_not_call_words(), ""
        return "minus", translate("Not called yet"), ""
    when = ago_words(call.at, on)
    if answer.attempts > 1 and call.outcome.not_spoken:
        when = f"{when}, {try_words(answer.attempts)}"
    if answer.call_again_on is not None and answer.call_again_on > on and not call.outcome.not_spoken:
        when = translate("call again {day}").format(day=short_day(answer.call_again_on, on))
    if answer.call_again_on is not None and answer.call_again_at is not None and answer.call_again_on >= on:
        day = translate("today") if answer.call_again_on == on else short_day(answer.call_again_on, on)
        when = translate("call again {day}").format(day=f"{day}, {answer.call_again_at:%H:%M}")
    return call_icon(call.outcome), call_words(call), when


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the call list in words."""

    case_id: int
    patient_id: int
    status: FollowUpStatus
    chip: Chip
    name: str
    person: str
    diagnosis: tuple[str, str]
    given: tuple[str, str]
    since: str
    interval: Interval
    call_icon: str
    call: tuple[str, str]
    called_today: bool
    flags: tuple[Flag, ...]
    tip: str
    sentence: str
    more: Mapping[Column, tuple[str, ...]] = field(default_factory=dict)
    booking: Appointment | None = None
    waits: bool = False
    offers_call: bool = True


def line_of(entry: DueEntry, catalogues: Catalogues, on: date) -> Line:
    """The words of a row on a day; ``sentence`` is what a screen reader says."""
    answer = entry.answer
    window = answer.window
    chip = chip_of(answer, on)
    diagnosis = diagnosis_lines(catalogues, entry.condition, entry.side, entry.pattern)
    given = ("—", "")
    since = ""
    if window.last is not None:
        product = product_words(window.last.product, catalogues) if window.last.product else ""
        dose = dose_words(Units(window.last.product, entry.last_units), product)
        place = translate("{day}, elsewhere") if window.last.external else "{day}"
        given = (dose, place.format(day=short_day(window.last.day, on)))
        since = since_words(window.last.day, on)
    icon, outcome, when = _call_lines(entry, on)
    flags = tuple(flag for flag in FLAG_LOOKS if flag in answer.flags)
    said = [
        f"{status_name(answer.status)}: {chip.words}",
        entry.name,
        " ".join(part for part in diagnosis if part),
        translate("last injection {dose}, {day}").format(dose=given[0], day=given[1]) if given[1] else "",
        f"{outcome}, {when}" if when else outcome,
        translate("called today") if answer.called_today else "",
        *(flag_words(flag) for flag in flags),
        waits_words(entry.waits_until, on) if entry.waits_until is not None else "",
    ]
    return Line(
        entry.case_id,
        entry.patient_id,
        answer.status,
        chip,
        entry.name,
        person_line(entry.mrn, entry.birth, entry.sex, on),
        diagnosis,
        given,
        since,
        interval_of(answer, on, TRACK_FROM, TRACK_TO),
        icon,
        (outcome, when),
        answer.called_today,
        flags,
        window_words(window, on),
        ". ".join(part for part in said if part) + ".",
        _more_cells(entry, on),
        answer.appointment,
        entry.waits_until is not None,
        answer.offers_call,
    )


def _more_cells(entry: DueEntry, on: date) -> dict[Column, tuple[str, ...]]:
    """The cells of the columns that are hidden at first, two lines each at most."""
    answer, window, booking = entry.answer, entry.answer.window, entry.answer.appointment
    phone = entry.phone
    number = (phone_number(phone.number), phone.owner) if phone is not None else ("—",)
    if not entry.may_be_called:
        number = (do_not_call_words(),)
    again = answer.call_again_on

    def day(value: date | None) -> tuple[str, ...]:
        return (short_weekday_day(value, on),) if value is not None else ("—",)

    return {
        Column.PHONE: number,
        Column.DOCTOR: (entry.injector or "—",),
        Column.VILLAGE: (entry.village or "—",),
        Column.LANGUAGE: (entry.language or "—",),
        Column.CYCLE: (str(entry.cycle) if entry.cycle else "—",),
        Column.DRUG: (drug_words(booking.drug),) if booking is not None else ("—",),
        Column.NEXT_CALL: (*day(again), translate("to be called now") if again is not None and again <= on else ""),
        Column.DUE_FROM: day(window.opens),
        Column.DUE_UNTIL: day(window.closes),
        Column.WAITS_UNTIL: day(entry.waits_until),
    }


def window_words(window: ReinjectionWindow, on: date) -> str:
    """The three dates in one line; nothing while there is no window."""
    parts = []
    if window.earliest is not None:
        parts.append(translate("Not before {day}").format(day=short_day(window.earliest, on)))
    if window.opens is not None and window.closes is not None:
        parts.append(translate("due from {day}").format(day=short_day(window.opens, on)))
        parts.append(translate("due until {day}").format(day=short_day(window.closes, on)))
    return ", ".join(parts)


def call_line(call: ContactAttempt, on: date) -> tuple[str, str]:
    """A call in the list of recent ones: ``("No answer", "18 Mar, 11:42 · nurse")``."""
    when = f"{short_day(call.at.date(), on)}, {call.at:%H:%M}"
    return call_words(call), " · ".join(part for part in (when, call.spoke_to, call.by) if part)
