"""Words of the call list: its columns, groups, orders, filters and views, and of the safety check."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from clinic_app.domain.call_list import (
    DUE_ALREADY,
    DUE_LATER,
    NO_WINDOW,
    Column,
    Concern,
    Grouping,
    ListShape,
    SavedView,
)
from clinic_app.domain.schedule import FollowUpStatus
from clinic_app.wording.calendar import short_day
from clinic_app.wording.language import translate, translate_many
from clinic_app.wording.numbers import number_words
from clinic_app.wording.schedule import status_name

MESSAGES: dict[str, str] = {
    "view_name_missing": "Give the view a name.",
    "view_name_long": "The name of a view has at most {most} letters. Shorten it.",
    "view_name_taken": "There is already a view “{name}”. Choose another name.",
    "view_gone": "There is no view “{name}” any more.",
    "too_many_views": "There are {most} views of your own already. Delete one before you keep another.",
}

_COLUMNS = {
    Column.STATUS: "Status",
    Column.PATIENT: "Patient",
    Column.DIAGNOSIS: "Diagnosis",
    Column.GIVEN: "Last injection",
    Column.SINCE: "Since",
    Column.CALL: "Last call",
    Column.PHONE: "Phone",
    Column.DOCTOR: "Doctor",
    Column.VILLAGE: "Village",
    Column.LANGUAGE: "Language",
    Column.CYCLE: "Injections",
    Column.DRUG: "Drug",
    Column.NEXT_CALL: "Call again on",
    Column.DUE_FROM: "Due from",
    Column.DUE_UNTIL: "Due until",
    Column.WAITS_UNTIL: "Waits until",
}

_GROUPINGS = {
    Grouping.STATUS: "Status",
    Grouping.WEEK: "Week due",
    Grouping.VILLAGE: "Village",
    Grouping.DOCTOR: "Doctor",
    Grouping.NONE: "No groups",
}

_VIEWS = {
    "overdue_and_due": "Overdue and due",
    "call_backs": "Call-backs",
    "without_drug": "Without drug",
    "ask_doctor": "Ask the doctor",
    "waiting_list": "Waiting list",
}

_CONCERNS = {
    Concern.NO_WINDOW: "Treated, but no date for the next injection",
    Concern.INJECTED_SINCE_STOP: "Injected since it was stopped",
    Concern.NOT_STARTED: "Not started, and not booked for 14 days",
    Concern.PLANNED_OVER: "Planned injection whose day has passed",
    Concern.NOT_FINALISED: "Given, but not finalised",
}

_TO_DO = {
    Concern.NO_WINDOW: "Look at the injections: one of them should count for the next date, or stop the diagnosis.",
    Concern.INJECTED_SINCE_STOP: "Take it up again, or look whether that injection was of this diagnosis.",
    Concern.NOT_STARTED: "Book a first visit, put it on hold, or stop it.",
    Concern.PLANNED_OVER: "Say what was given, or take the plan back.",
    Concern.NOT_FINALISED: "The doctor looks through it and finalises it.",
}


def column_name(column: Column) -> str:
    """The head of a column."""
    return translate(_COLUMNS[column])


def grouping_name(grouping: Grouping) -> str:
    """What rows stand together by: ``Week due``."""
    return translate(_GROUPINGS[grouping])


def view_name(view: SavedView) -> str:
    """The name of a view."""
    return translate(_VIEWS[view.shipped]) if view.shipped else view.name


def concern_name(concern: Concern) -> str:
    """What is wrong, as the heading of its lines."""
    return translate(_CONCERNS[concern])


def concern_advice(concern: Concern) -> str:
    """What is to be done about it."""
    return translate(_TO_DO[concern])


def group_name(key: FollowUpStatus | date | str, grouping: Grouping, today: date) -> str:
    """The head of a group: ``Overdue``, ``Due from the week of 16 Mar``, ``No village``."""
    if isinstance(key, FollowUpStatus):
        return status_name(key)
    if isinstance(key, date):
        if key == today - timedelta(days=today.weekday()):
            return translate("Due from this week on")
        return translate("Due from the week of {day}").format(day=short_day(key, today))
    if grouping is Grouping.WEEK:
        return {
            DUE_ALREADY: translate("Due since before this week"),
            DUE_LATER: translate("Due later"),
            NO_WINDOW: translate("No date yet"),
        }[key]
    if grouping is Grouping.NONE:
        return translate("All diagnoses")
    if key:
        return key
    return translate("No village") if grouping is Grouping.VILLAGE else translate("No doctor")


def sort_words(shape: ListShape) -> str:
    """How the rows are ordered: ``Sorted by Village, then Patient (falling)``; nothing by urgency."""
    if not shape.sort:
        return ""
    named = [
        translate("{column} (falling)").format(column=column_name(key.column))
        if key.falling
        else column_name(key.column)
        for key in shape.sort
    ]
    joined = (
        named[0] if len(named) == 1 else translate("{first}, then {second}").format(first=named[0], second=named[1])
    )
    return translate("Sorted by {keys}").format(keys=joined)


def counts_words(counts: Mapping[FollowUpStatus, int], binned: int, merged: int) -> str:
    """``412 diagnoses: 31 overdue · 52 due · …``; what is in the bin, and merged records, counted apart."""
    total = sum(counts.values())
    parts = [f"{number_words(counts[one])} {status_name(one).lower()}" for one in FollowUpStatus if counts.get(one)]
    apart = [translate("{count} in the bin").format(count=number_words(binned))] if binned else []
    if merged:
        apart.append(translate_many("{count} record merged", "{count} records merged", merged))
    words = translate_many("{total} diagnosis", "{total} diagnoses", total, total=number_words(total))
    words = f"{words}: {' · '.join(parts)}" if parts else words
    return f"{words}   +   {' · '.join(apart)}" if apart else words
