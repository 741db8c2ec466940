"""The words of *Why?*: what a status follows from, and who set what it and the dates follow from."""

from __future__ import annotations

from datetime import date

from clinic_app.domain.cases import StopReason
from clinic_app.domain.schedule import (
    ATTEMPTS_BEFORE_ASKING,
    COMING_DAYS,
    NOT_SEEN_DAYS,
    Attempt,
    Flag,
    FollowUp,
    FollowUpStatus,
    Why,
)
from clinic_app.domain.why import CaseWhy, SetBy, SetWhat
from clinic_app.wording.calendar import days_words
from clinic_app.wording.cases import stop_words
from clinic_app.wording.dates import day
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.schedule import (
    ProductNames,
    attempt_words,
    drug_words,
    flag_words,
    status_name,
    why_sentence,
)


def status_sentence(why: Why) -> str:
    """What a status follows from: ``Due until 5 May 2026; 13 May 2026 is 8 days later``."""
    params, status = why.params, FollowUpStatus(why.code)
    on = _date(params["on"])
    match status:
        case FollowUpStatus.STOPPED:
            words = translate("Stopped since {day}: {reason}")
            return words.format(day=day(_date(params["since"])), reason=stop_words(StopReason(params["reason"])))
        case FollowUpStatus.ON_HOLD:
            words = translate("On hold from {since} until {until}")
            return words.format(since=day(_date(params["since"])), until=day(_date(params["until"])))
        case FollowUpStatus.BOOKED:
            return translate("A booking on {day} that stands").format(day=day(_date(params["day"])))
        case FollowUpStatus.NOT_STARTED:
            return translate("No full injection of this diagnosis yet, and no booking")
    opens, closes = _date(params["opens"]), _date(params["closes"])
    if status is FollowUpStatus.OVERDUE:
        words = translate("Due until {closes}; {on} is {days} later")
        return words.format(closes=day(closes), on=day(on), days=days_words((on - closes).days))
    if status is FollowUpStatus.DUE:
        return translate("Due from {opens} until {closes}").format(opens=day(opens), closes=day(closes))
    words = translate("Due from {opens}, in {days}")
    if status is FollowUpStatus.NOT_DUE:
        words = translate("Due from {opens}, in {days}: more than {coming} ahead")
    return words.format(opens=day(opens), days=days_words((opens - on).days), coming=days_words(COMING_DAYS))


_SET = {
    SetWhat.MINIMUM: "Shortest time between two injections",
    SetWhat.PLAN: "Plan",
    SetWhat.COME_ON: "Come-on date",
    SetWhat.ELSEWHERE: "Toxin elsewhere",
    SetWhat.HOLD: "Hold",
    SetWhat.STOP: "Stop",
    SetWhat.BOOKING: "Booking",
}


def set_sentence(one: SetBy) -> str:
    """Who set it: ``Plan: set by Dr Rao on 3 Mar 2026: longer effect``."""
    what = translate(_SET[one.what])
    if one.at is None:
        shipped = one.what in (SetWhat.MINIMUM, SetWhat.PLAN)
        how = translate("as shipped") if shipped else translate("nobody is on record")
        return translate("{what}: {how}").format(what=what, how=how)
    who = one.by or translate("the program")
    how = translate("{what}: set by {who} on {day}")
    if one.what is SetWhat.ELSEWHERE:
        how = translate("{what}: entered by {who} on {day}")
    words = how.format(what=what, who=who, day=day(one.at.date()))
    return f"{words}: {one.reason}" if one.reason else words


def call_again_sentence(why: Why) -> str:
    """What the day to call again follows from: ``No answer on 17 Mar 2026; the clinic calls again 2 working days later``."""
    params = why.params
    outcome, called = attempt_words(Attempt(params["outcome"])), day(_date(params["day"]))
    if why.code == "agreed":
        words = translate("Agreed in the call of {day}: {outcome}")
        if params.get("by"):
            words = translate("Agreed in the call of {day}, logged by {who}: {outcome}")
        return words.format(day=called, outcome=outcome, who=params.get("by"))
    count = params.get("working_days")
    after = days_words(int(str(params.get("days", 0))))
    if count is not None:
        after = translate_many("{count} working day", "{count} working days", int(str(count)))
    words = translate("{outcome} on {day}; the clinic calls again {time} later")
    return words.format(outcome=outcome, day=called, time=after)


def flag_sentence(flag: Flag, answer: FollowUp) -> str:
    """The rule a flag follows from, with the days of this case."""
    booking, window = answer.appointment, answer.window
    match flag:
        case Flag.TOO_EARLY if booking is not None and window.earliest is not None:
            words = translate("Booked for {day}; not before {earliest}")
            return words.format(day=day(booking.day), earliest=day(window.earliest))
        case Flag.LATE if booking is not None and window.closes is not None:
            words = translate("Booked for {day}; due until {closes}")
            return words.format(day=day(booking.day), closes=day(window.closes))
        case Flag.DRUG_MISSING if booking is not None:
            words = translate("Drug for the booking on {day}: {drug}")
            return words.format(day=day(booking.day), drug=drug_words(booking.drug).lower())
        case Flag.MISSED:
            if window.last is None:
                return translate("Did not come to a booking")
            words = translate("Did not come to a booking after {day}, the last injection")
            return words.format(day=day(window.last.day))
        case Flag.ASK_DOCTOR:
            words = translate(
                "Called on {count} days since due without speaking to the patient, or declined, or a wrong number; "
                "nothing was decided since"
            )
            return words.format(count=ATTEMPTS_BEFORE_ASKING)
        case Flag.NOT_SEEN:
            words = translate("Due until, the last hold and the last decision are more than {days} ago")
            return words.format(days=days_words(NOT_SEEN_DAYS))
        case Flag.AFTER_PHOTO:
            return translate("A photo is wanted in these days after the last injection, and there is none")
        case Flag.NOT_FINALISED:
            return translate("An injection of this diagnosis was recorded and is not finalised")
    return ""


def why_lines(known: CaseWhy, catalogues: ProductNames) -> tuple[tuple[str, str], ...]:
    """Everything *Why?* says of a case: the status and each of its dates with where it comes from, and who set it."""
    window = known.answer.window
    lines = [(status_name(known.answer.status), status_sentence(known.status))]
    for words, value, why in (
        (translate("Not before {day}"), window.earliest, window.why_earliest),
        (translate("Due from {day}"), window.opens, window.why_opens),
        (translate("Due until {day}"), window.closes, window.why_closes),
    ):
        if value is not None:
            lines.append((words.format(day=day(value)), why_sentence(why, catalogues)))
    if known.call_again is not None and known.answer.call_again_on is not None:
        said = translate("Call again on {day}").format(day=day(known.answer.call_again_on))
        lines.append((said, call_again_sentence(known.call_again)))
    flags = [flag for flag in Flag if flag in known.answer.flags]
    lines += [(flag_words(flag), flag_sentence(flag, known.answer)) for flag in flags]
    if known.set_by:
        lines.append((translate("Set by"), "\n".join(set_sentence(one) for one in known.set_by)))
    return tuple(lines)


def _date(value: object) -> date:
    if not isinstance(value, date):
        raise KeyError(value)
    return value
