"""What holds in a clinic after every step, whatever was done: no case is lost, and every count is of the same rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import chain
from typing import Final

from sqlalchemy import select

from clinic_app.domain.board import BoardColumn
from clinic_app.domain.call_list import Grouping, ListShape
from clinic_app.domain.schedule import (
    Appointment,
    DrugSupply,
    DueEntry,
    Flag,
    FollowUpStatus,
)
from clinic_app.domain.schedule_filter import CallListFilter
from clinic_app.services import Services
from clinic_app.services.booking_rules import GAVE_UP_THEIR_PLACE
from clinic_app.storage.records import Record

Row = tuple[object, ...]
Rows = dict[str, dict[Row, Row]]

KEPT: Final = (
    "patient", "patient_identifier", "patient_phone", "clinical_case", "case_independence", "case_hold", "case_stop",
    "case_decision", "contact_attempt", "appointment", "appointment_case", "visit", "injection_session",
    "injection_site", "external_toxin", "absence",
)  # fmt: skip
"""The tables of what the schedule follows from."""
TRACES: Final = frozenset({"version", "written_at", "written_by", "correction_reason"})
"""Columns in which a write and what took it back may be seen afterwards: who wrote a row last, and how often."""
PARTS: Final = {
    "appointment_case": ("appointment", "appointment_id"),
    "injection_site": ("injection_session", "session_id"),
}
"""Rows that go with the row they are a part of: its table, and the column that names it."""
CALLED: Final = frozenset({FollowUpStatus.OVERDUE, FollowUpStatus.DUE})


def rows_of(services: Services) -> Rows:
    """Every row the schedule follows from, by table and key, without those that were taken back and without traces."""
    found: Rows = {}
    with services.context.units.read() as unit:
        for name in KEPT:
            table = Record.metadata.tables[name]
            columns = [column for column in table.columns if column.name not in TRACES]
            rows = unit.session.execute(select(*columns)).mappings()
            keys = [column.name for column in table.primary_key]
            found[name] = {
                tuple(row[key] for key in keys): tuple(str(value) for value in row.values())
                for row in rows
                if row.get("taken_back_at") is None and row.get("removed_reason") is None and row.get("state") != "void"
            }
            if name == "injection_session":
                visits = {int(str(row[1])) for row in found[name].values()}
                found["visit"] = {key: row for key, row in found["visit"].items() if key[0] in visits}
    for name, (owner, column) in PARTS.items():
        place = [one.name for one in Record.metadata.tables[name].columns if one.name not in TRACES].index(column)
        owners = {str(key[0]) for key in found[owner]}
        found[name] = {key: row for key, row in found[name].items() if row[place] in owners}
    return found


def differences(before: Rows, after: Rows) -> list[tuple[str, Row, Row | None, Row | None]]:
    """The rows that are not the same: table, key, as they were, as they are."""
    return [
        (name, key, before[name].get(key), after[name].get(key))
        for name in before
        for key in before[name].keys() | after[name].keys()
        if before[name].get(key) != after[name].get(key)
    ]


def check_counts(services: Services, cases: set[int]) -> tuple[DueEntry, ...]:
    """Every case stands once, in one status, on the list as in the counts; its window is in order."""
    whole = services.schedule.due()
    assert sorted(entry.case_id for entry in whole) == sorted(cases)
    found = Counter(entry.answer.status for entry in whole)
    assert services.schedule.counts() == {status: found[status] for status in FollowUpStatus}
    for entry in whole:
        window = entry.answer.window
        if window.opens is not None:
            assert window.earliest is not None
            assert window.closes is not None
            assert window.earliest <= window.opens <= window.closes
    return whole


def check_dates(services: Services) -> None:
    """The dates that are kept with every case are those a new computation gives."""
    context = services.context
    with context.units.read() as unit:
        ids = unit.cases.ids()
        kept, facts = unit.schedule.cached(ids), unit.schedule.facts(ids, context.known)
        assert {id_: kept[id_] for id_ in facts} == {
            id_: unit.schedule.dates(fact, context.rules) for id_, (_, fact) in facts.items()
        }


def check_bookings(services: Services, whole: tuple[DueEntry, ...], today: date) -> tuple[Appointment, ...]:
    """No case is expected twice on a day, no place of a day is given twice, places taken are bookings that stand, and
    nobody who is stopped is expected.
    """
    with services.context.units.read() as unit:
        bookings = unit.schedule.appointments()
    live = [one for one in bookings if one.status.live]
    twice = Counter((case, one.day) for one in live for case in one.case_ids)
    assert not twice or max(twice.values()) == 1, f"booked twice: {twice.most_common(1)}"
    placed = [one for one in bookings if one.status not in GAVE_UP_THEIR_PLACE]
    tokens = Counter((one.day, one.token) for one in placed)
    assert not tokens or max(tokens.values()) == 1, f"a place given twice: {tokens.most_common(1)}"
    taken = Counter(one.day for one in placed)
    if placed:
        first, last = min(taken), min(max(taken), min(taken) + timedelta(days=60))
        for day in services.calendar_board.days(first, last):
            assert day.place.taken == taken[day.day]
    expected = {case for one in live if one.day >= today for case in one.case_ids}
    stopped = {entry.case_id for entry in whole if entry.answer.status is FollowUpStatus.STOPPED}
    assert not expected & stopped, f"stopped and expected: {expected & stopped}"
    booked = {entry.case_id for entry in whole if entry.answer.appointment is not None}
    assert booked == expected & {entry.case_id for entry in whole}
    return bookings


def check_today(
    services: Services, whole: tuple[DueEntry, ...], bookings: tuple[Appointment, ...], today: date
) -> None:
    """Today shows every open thing of the days before: bookings nobody closed, and calls that are to be made."""
    page = services.today_page.page()
    left = {one.id for one in bookings if one.status.live and one.day < today}
    assert page.open_count == len(left)
    assert {one.appointment.id for one in page.open_bookings} == left
    assert page.waiting == sum(one.status.live and one.day == today for one in bookings)
    assert page.counts == services.schedule.counts()
    assert page.call_back_count == len(page.call_backs)
    assert {one.case_id for one, _ in page.call_backs if one.day <= today} == called_back(whole, today)


def called_back(whole: tuple[DueEntry, ...], today: date) -> set[int]:
    """The cases that are to be called again today, or were to be on an earlier day."""
    again = ((entry.case_id, entry.answer.call_again_on) for entry in whole)
    return {case_id for case_id, day in again if day is not None and day <= today}


def whole_of(services: Services, narrow: CallListFilter) -> tuple[DueEntry, ...]:
    """Every row of a filter, by the pages of its statuses."""
    wanted = [(status, 0) for status in FollowUpStatus]
    return tuple(chain.from_iterable(services.schedule.pages(wanted, 500, narrow)))


def check_board(services: Services, whole: tuple[DueEntry, ...]) -> None:
    """A case stands in one column of the board at most, and whoever has to be called stands in one."""
    columns = services.board.columns()
    shown = Counter(entry.case_id for cards in columns.values() for entry in cards.entries)
    assert not shown or max(shown.values()) == 1, f"on the board twice: {shown.most_common(1)}"
    assert all(len(cards.entries) == cards.count for cards in columns.values())
    called = {entry.case_id for entry in whole if entry.answer.status in CALLED}
    assert called <= shown.keys(), f"not on the board: {called - shown.keys()}"
    booked = {entry.case_id for entry in columns[BoardColumn.BOOKED].entries}
    assert booked <= {entry.case_id for entry in whole if entry.answer.appointment is not None}


def filters(whole: tuple[DueEntry, ...], today: date) -> list[tuple[CallListFilter, set[int] | None]]:
    """Filters, and the cases each of them means where the rows themselves say so."""

    def of(narrow: CallListFilter, *said: bool) -> tuple[CallListFilter, set[int]]:
        return narrow, {entry.case_id for entry, one in zip(whole, said, strict=True) if one}

    found: list[tuple[CallListFilter, set[int] | None]] = [
        of(CallListFilter(flag=flag), *(flag in one.answer.flags for one in whole)) for flag in Flag
    ]
    found += [
        of(CallListFilter(statuses=CALLED), *(one.answer.status in CALLED for one in whole)),
        of(CallListFilter(waits=True), *(one.waits_until is not None for one in whole)),
        of(CallListFilter(condition="meige"), *(one.condition == "meige" for one in whole)),
        of(CallListFilter(injector="Dr Rao"), *(one.injector == "Dr Rao" for one in whole)),
        of(
            CallListFilter(closes_by=today),
            *(one.answer.window.closes is not None and one.answer.window.closes <= today for one in whole),
        ),
        (CallListFilter(call_back=True), called_back(whole, today)),
        (CallListFilter(tried=1), None),
        (CallListFilter(not_called_since=today - timedelta(days=7)), None),
        (CallListFilter(product="ona"), None),
        (CallListFilter(words="Person"), None),
    ]
    found += [
        of(
            CallListFilter(drug=drug),
            *(one.answer.appointment is not None and one.answer.appointment.drug is drug for one in whole),
        )
        for drug in (DrugSupply.NONE, DrugSupply.PATIENT_BRINGS)
    ]
    return found


def check_filter(
    services: Services,
    narrow: CallListFilter,
    meant: set[int] | None,
    groupings: Iterable[Grouping] = Grouping,
) -> None:
    """The rows of a filter, its counts and its groups of these kinds are of the same cases."""
    rows = [entry.case_id for entry in whole_of(services, narrow)]
    assert len(rows) == len(set(rows))
    assert meant is None or set(rows) == meant, f"{narrow}: {set(rows) ^ (meant or set())}"
    assert sum(services.schedule.counts(narrow).values()) == len(rows)
    for grouping in groupings:
        groups = services.call_list.groups(narrow, grouping)
        assert sum(group.count for group in groups) == len(rows)
        if not groups:
            continue
        listed = services.call_list.whole_groups([group.key for group in groups], narrow, ListShape(grouping))
        assert {key: len(entries) for key, entries in listed.items()} == {one.key: one.count for one in groups}
        assert sorted(entry.case_id for entries in listed.values() for entry in entries) == sorted(rows)
