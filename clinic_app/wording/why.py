"""The words of *Why?*: what a status follows from, and who set what it and the dates follow from."""

from __future__ import annotations

from datetime import date

from clinic_app.domain.cases import StopReason
from clinic_app.domain.schedule import COMING_DAYS, FollowUpStatus, Why
from clinic_app.domain.why import CaseWhy, SetBy, SetWhat
from clinic_app.wording.calendar import days_words
from clinic_app.wording.cases import stop_words
from clinic_app.wording.dates import day
from clinic_app.wording.language import translate
from clinic_app.wording.schedule import ProductNames, status_name, why_sentence


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
    words = translate("{what}: set by {who} on {day}").format(what=what, who=who, day=day(one.at.date()))
    return f"{words}: {one.reason}" if one.reason else words


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
    if known.set_by:
        lines.append((translate("Set by"), "\n".join(set_sentence(one) for one in known.set_by)))
    return tuple(lines)


def _date(value: object) -> date:
    if not isinstance(value, date):
        raise KeyError(value)
    return value
