"""Words for the clinic's settings: names, why each is as it is, where it applies, and values."""

from __future__ import annotations

from collections.abc import Mapping

from clinic_app.domain.calendar import Span
from clinic_app.domain.cases import ReinjectionPlan
from clinic_app.domain.consulting_hours import Period
from clinic_app.domain.settings import Setting, SettingChange, SettingGroup, SettingKind, SettingValue
from clinic_app.wording.calendar import between_words, span_words
from clinic_app.wording.dates import WEEKDAYS, day
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.patient_texts import written_words

GROUPS: dict[SettingGroup, str] = {
    SettingGroup.CLINIC: "The clinic",
    SettingGroup.BOOKINGS: "Bookings",
    SettingGroup.INJECTION: "When the next injection is due",
    SettingGroup.CALLS: "Calling again",
    SettingGroup.TEXTS: "Texts for patients",
    SettingGroup.PRIVACY: "Lock and privacy",
    SettingGroup.KEEPING: "Keeping records",
}

NAMES: dict[str, str] = {
    "clinic_name": "Name of the clinic",
    "clinic_phone": "Phone number of the clinic",
    "working_days": "Working days",
    "closed_days": "Days the clinic is closed",
    "botox_days": "Botox days and their places",
    "places_over": "Bookings beyond the places of a day",
    "gives_times": "Bookings with a time",
    "hours": "Hours in which injections are given",
    "visit_minutes": "Length of a visit",
    "minutes_by_condition": "Length of a visit, by diagnosis",
    "drug_first": "Nobody is called without a vial in sight",
    "products": "Products used",
    "share_vials": "One vial for several patients",
    "plan": "Next injection",
    "plans_by_condition": "Next injection, by diagnosis",
    "plans_by_product": "Next injection, by product",
    "minimum": "Shortest time between two injections",
    "no_answer_days": "After “no answer”",
    "told_family_days": "After “told family”",
    "will_come_days": "After “will come”",
    "texts_script": "What is said on the phone",
    "texts_message": "Messages",
    "texts_slip": "Appointment slip",
    "texts_next_visit": "Next-visit slip",
    "texts_letter": "Letter",
    "texts_days": "Days and months",
    "lock_minutes": "Lock when nobody works",
    "clipboard_seconds": "Clear the clipboard",
    "show_last_user": "Remember who signed in last",
    "retention_years": "Keep records",
    "backup_places": "Where backups go",
}

WHYS: dict[str, str] = {
    "clinic_name": "Stands in the window, on every sheet that is printed, and on the recovery codes.",
    "clinic_phone": "The number patients call back: it stands on letters, and wherever a text says {phone}. Blank: no number is printed.",
    "working_days": "A call after “no answer” is repeated after working days, and nobody is booked on a day off (clinic’s own week; shipped Monday to Saturday).",
    "closed_days": "Holidays and leave: no Botox day falls on them, and they do not count as working days.",
    "botox_days": "A dissolved vial keeps for hours only (product labels), so injections are gathered on fixed days with so many places each.",
    "places_over": "How many more may be booked on a full day, each with a reason. 0: a full day is full, and only the waiting list is left.",
    "gives_times": "Off: everybody booked on a Botox day gets a place number. On: a time inside the hours below is offered, as long as the visit takes.",
    "hours": "Times outside them are booked only with a reason; they hold on every Botox day.",
    "visit_minutes": "How long a visit takes where nothing is said of its diagnosis (shipped: 20 minutes, as for the face).",
    "minutes_by_condition": "The neck and a hand under EMG take longer (shipped: 30 and 40 minutes).",
    "drug_first": "Whoever calls or books somebody whose drug is still awaited, or is not there, is told so first. Off as shipped.",
    "products": "Only products in use are offered when an injection is recorded; what is on record keeps its name. Units of two products are never interchangeable (product labels).",
    "share_vials": "The product labels say one vial, one patient, one session. Off unless the clinic says otherwise and answers for it.",
    "plan": "Injections are repeated every three to four months (the clinic’s own rule; the product labels ask for at least 12 weeks).",
    "plans_by_condition": "A diagnosis that needs another rhythm than the clinic’s. A plan of one patient or one diagnosis still comes first.",
    "plans_by_product": "A product that lasts longer or shorter than the clinic’s plan. A plan by diagnosis comes first.",
    "minimum": "At least 12 weeks after any toxin: earlier injections raise the risk that antibodies form and it stops working (product labels). Shorter only where the clinic decides it here.",
    "no_answer_days": "Long enough that somebody is likely to be at home again, short enough that the window does not close.",
    "told_family_days": "A week gives the family time to pass the message on.",
    "will_come_days": "Whoever said that they will come and is not booked after two weeks is called again.",
    "texts_script": "Read out by whoever calls, in the language of whose phone it is. It names neither diagnosis nor drug: anybody may pick up.",
    "texts_message": "Sent from the clinic’s phone by the code on the screen. It names nobody: anybody may read it.",
    "texts_slip": "What the slip of a booking says beside day, place and name, in the patient’s language.",
    "texts_next_visit": "What the slip says that a patient takes along after an injection, in their language.",
    "texts_letter": "What a letter says, in the patient’s language. It names neither diagnosis nor drug: letters are opened by others.",
    "texts_days": "How days are written in slips, letters, calls and messages. A language of the clinic’s own needs them before its texts are used.",
    "lock_minutes": "An open record on an unattended computer is the most common leak; automatic log-off is asked for by the HIPAA security rule. At most 15 minutes.",
    "clipboard_seconds": "Phone numbers and text that were copied are taken out of the clipboard again, so that they are not pasted elsewhere by mistake.",
    "show_last_user": "On a shared account the name of the last person tells a stranger whom to imitate; off as shipped.",
    "retention_years": "The program never destroys a record by itself. Where a law sets a time, a record can be destroyed for good only so long after its last entry; the audit stays at least a year longer.",
    "backup_places": "A second disk or a share, so that fire, theft or a broken disk does not take the only copy. Set on the page for backups, for this computer.",
}

WHERES: dict[str, str] = {
    "clinic_name": "Window, printed sheets",
    "clinic_phone": "Letters; slips, calls and messages where their text says so",
    "working_days": "Call list, bookings, Botox days",
    "closed_days": "Call list, bookings, Botox days",
    "botox_days": "Week board, bookings",
    "places_over": "Bookings",
    "gives_times": "Bookings",
    "hours": "Bookings with a time",
    "visit_minutes": "Bookings with a time",
    "minutes_by_condition": "Bookings with a time",
    "drug_first": "Call list, bookings",
    "products": "Recording an injection",
    "share_vials": "The plan of a clinic day: which vials are opened, in which order",
    "plan": "All diagnoses without a plan of their own",
    "plans_by_condition": "Diagnoses of that name",
    "plans_by_product": "Diagnoses last treated with that product",
    "minimum": "“Not before” of every diagnosis, bookings",
    "no_answer_days": "Call list",
    "told_family_days": "Call list",
    "will_come_days": "Call list",
    "texts_script": "Calls",
    "texts_message": "Calls",
    "texts_slip": "Appointment slips",
    "texts_next_visit": "Next-visit slips",
    "texts_letter": "Letters",
    "texts_days": "Slips, letters, calls and messages",
    "lock_minutes": "Every computer of the clinic",
    "clipboard_seconds": "Every computer of the clinic",
    "show_last_user": "Page for signing in",
    "retention_years": "Destroying a record for good",
    "backup_places": "This computer",
}

_WEEKDAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

MESSAGES: dict[str, str] = {
    "setting_unknown": "There is no setting called “{key}”.",
    "setting_elsewhere": "This is set on a page of its own; open that page.",
    "setting_no_shipped": "There is no shipped value for this. Type another one instead.",
    "setting_number": "Enter a whole number from {least} to {most}.",
    "setting_no_name": "Type the name of the clinic.",
    "setting_name_length": "The name may have at most {most} characters. Shorten it.",
    "setting_no_botox_day": "Choose at least one Botox day.",
    "setting_botox_day_closed": "A Botox day must be a working day. Change the working days or the Botox days, so that they agree.",
    "setting_places": "A Botox day has from {least} to {most} places. Enter a number between them.",
    "setting_product_unknown": "The program knows no product “{name}”. Choose one from the list.",
    "setting_condition_unknown": "The program knows no diagnosis “{name}”. Choose one from the list.",
    "setting_span_length": "{span} is no sensible time between two injections. Enter between 1 day and 3 years.",
    "holidays_unknown": "No public holidays of “{country}” are known. Type the days yourself.",
    "setting_twice": "Two lines are about the same. Take one of them away.",
    "code_not_typed": "These are not its last {count} characters. Look at the paper again.",
    "first_name_missing": "Type your name.",
    "first_passphrase_missing": "Type a passphrase, or take the suggested words.",
    "own_passphrase_missing": "Type your passphrase.",
    "first_passphrases_differ": "The two passphrases differ. Type the same one twice.",
    "first_no_backup": "Choose the folder with the backups, then one of them.",
    "first_no_secret": "Type a recovery code or a passphrase.",
    "settings_not_yours": "Only administrators go through the first steps again. Ask one of them.",
    "first_no_place": "Choose a folder, or press Later.",
    "first_not_admin": "The first person must be an administrator: somebody has to look after people and settings.",
}


def setting_name(key: str) -> str:
    """What a setting is called on screen."""
    return translate(NAMES[key])


def setting_why(key: str) -> str:
    """Why it is as it is, with its source."""
    return translate(WHYS[key])


def setting_where(key: str) -> str:
    """Where it applies."""
    return translate(WHERES[key])


def group_name(group: SettingGroup) -> str:
    """The title of a group."""
    return translate(GROUPS[group])


def weekday_name(weekday: int) -> str:
    """``Monday`` for 0."""
    return translate(_WEEKDAY_NAMES[weekday])


def plan_words(plan: ReinjectionPlan) -> str:
    """``3 to 4 months after the last injection``."""
    return translate("{span} after the last injection").format(span=between_words(plan.opens_after, plan.closes_after))


def value_words(kind: SettingKind, value: SettingValue, names: Mapping[str, str]) -> str:
    """A value in words; ``names``: of products and conditions by code."""
    if kind is SettingKind.YES_NO:
        return translate("Yes") if value else translate("No")
    if kind.counted:
        return _count_words(kind, value)
    if kind is SettingKind.WEEKDAYS:
        return weekdays_words(value)
    if kind is SettingKind.PLACES_BY_WEEKDAY:
        one = translate("{weekday} ({places} places)")
        return ", ".join(one.format(weekday=weekday_name(at), places=places) for at, places in sorted(value.items()))
    if kind is SettingKind.HOURS:
        return hours_words(value)
    if kind is SettingKind.LENGTHS_BY_CONDITION:
        words = [_of(names, code, _count_words(SettingKind.LENGTH, minutes)) for code, minutes in value.items()]
        return _listed(words) or translate("None")
    if kind is SettingKind.DATES:
        return _listed([day(one) for one in sorted(value)]) if value else translate("None")
    if kind is SettingKind.PRODUCTS:
        return ", ".join(names.get(code, code) for code in sorted(value)) if value else translate("All products")
    if kind is SettingKind.PLAN:
        return plan_words(value)
    if kind in (SettingKind.PLANS_BY_CONDITION, SettingKind.PLANS_BY_PRODUCT):
        return _listed([_of(names, code, plan_words(plan)) for code, plan in value.items()]) or translate("None")
    if kind is SettingKind.SPANS_BY_PRODUCT:
        found = _listed([_of(names, code, span_words(span)) for code, span in value.items()])
        return found or translate("12 weeks for every product and diagnosis")
    if kind is SettingKind.TEXTS:
        return written_words(value, names) or translate("The program’s own texts")
    if kind is SettingKind.PHONE:
        return str(value) or translate("None")
    if kind is SettingKind.FOLDERS:
        return ", ".join(value) if value else translate("Nowhere yet")
    return str(value) if value else "—"


def hours_words(periods: tuple[Period, ...]) -> str:
    """``09:00 to 13:00, 14:00 to 17:00``."""
    words = translate("{start} to {end}")
    return ", ".join(words.format(start=f"{one.start:%H:%M}", end=f"{one.end:%H:%M}") for one in periods)


def _count_words(kind: SettingKind, value: int) -> str:
    if kind is SettingKind.LENGTH:
        return translate_many("{count} minute", "{count} minutes", value)
    if kind is SettingKind.PLACES:
        return translate_many("{count} place", "{count} places", value) if value else translate("None")
    if kind is SettingKind.DAYS:
        return translate_many("{count} day", "{count} days", value)
    if kind is SettingKind.WORKING_DAYS:
        return translate_many("{count} working day", "{count} working days", value)
    if kind is SettingKind.MINUTES:
        return translate_many("After {count} minute", "After {count} minutes", value)
    if kind is SettingKind.SECONDS:
        return translate_many("After {count} second", "After {count} seconds", value)
    return translate_many("{count} year", "{count} years", value) if value else translate("No set time")


def weekdays_words(days: frozenset[int]) -> str:
    """``Mon to Sat``, or one by one."""
    listed = sorted(days)
    if len(listed) > 2 and listed == list(range(listed[0], listed[-1] + 1)):
        return translate("{first} to {last}").format(first=weekday_name(listed[0]), last=weekday_name(listed[-1]))
    return ", ".join(weekday_name(one) for one in listed)


def short_weekday(weekday: int) -> str:
    """``Mon`` for 0."""
    return translate(WEEKDAYS[weekday])


def change_words(setting: Setting, change: SettingChange, names: Mapping[str, str]) -> str:
    """``Changed by Dr Rao on 3 Mar 2026 to 12 weeks: heat``."""
    who = change.by or translate("the program")
    shipped = change.value is None
    value = value_words(setting.kind, setting.shipped if shipped else change.value, names)
    words = (
        translate("Set back by {who} on {day} to {value}") if shipped else translate("Set by {who} on {day} to {value}")
    ).format(who=who, day=day(change.at.date()), value=value)
    return f"{words}: {change.reason}" if change.reason else words


def changed_words(change: SettingChange) -> str:
    """``Changed by Dr Rao on 3 Mar 2026: heat``."""
    who = change.by or translate("the program")
    words = translate("Changed by {who} on {day}").format(who=who, day=day(change.at.date()))
    return f"{words}: {change.reason}" if change.reason else words


def span_text(span: Span) -> str:
    """A span as it is typed: ``3 m``."""
    return str(span)


def _of(names: Mapping[str, str], code: str, words: str) -> str:
    named = " · ".join(names.get(part, part) for part in code.split("/"))
    return f"{named}: {words}"


def _listed(parts: list[str]) -> str:
    return "; ".join(parts)
