"""Today: who comes, who is to be called, which photographs are wanted, what was missed; also after days off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from clinic_app.domain.calendar import WorkingDays
from clinic_app.domain.schedule import (
    Appointment,
    Attempt,
    ClinicRules,
    DueEntry,
    FollowUpStatus,
    suggested_call_again,
)

RULED = (Attempt.NO_ANSWER, Attempt.SWITCHED_OFF, Attempt.TOLD_FAMILY, Attempt.WILL_COME)
"""Outcomes after which the clinic's rule says when to call again."""


@dataclass(frozen=True, slots=True)
class CallBackDue:
    """A call that is to be made: the last call about the case agreed on ``day``, or the rule says so. A day to come is
    one the clinic is closed on.
    """

    case_id: int
    day: date
    at: time | None = None


@dataclass(frozen=True, slots=True)
class Visitor:
    """A booking with who comes; ``case_id`` is the first of its cases."""

    appointment: Appointment
    mrn: str
    name: str
    person: str = ""

    @property
    def case_id(self) -> int:
        """The case a key on its row means, 0 where it is for none."""
        return next(iter(self.appointment.case_ids), 0)


@dataclass(frozen=True, slots=True)
class PhotoWanted:
    """A photograph after an injection is wanted from ``first`` to ``last``, and there is none in that time."""

    case_id: int
    given_on: date
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class SinceOpened:
    """What happened since whoever works opened the program on an earlier day, ``since``."""

    since: date
    became_overdue: int = 0
    call_backs: int = 0
    no_shows: int = 0
    cancelled: int = 0

    @property
    def anything(self) -> bool:
        """Whether there is anything to tell."""
        return any((self.became_overdue, self.call_backs, self.no_shows, self.cancelled))


@dataclass(frozen=True, slots=True)
class TodayPage:
    """Everything Today shows but the photographs wanted. Lists hold the first ones; counts count all. ``waiting``: who
    is still to come, or is here.

    ``call_backs``: due today or earlier, ``call_backs_earlier`` of them on an earlier day. ``missed``: who did not come
    on an earlier day and was not called, booked, injected, held or stopped since, the latest days first; ``missed_on``
    is the first such day, or the last anybody was booked for; ``open_bookings``: bookings of earlier days nobody said
    anything of.
    """

    today: date
    now: datetime
    visit_count: int
    arrived: int
    waiting: int
    visitors: tuple[Visitor, ...]
    call_back_count: int
    call_backs_earlier: int
    call_backs: tuple[tuple[CallBackDue, DueEntry], ...]
    counts: Mapping[FollowUpStatus, int]
    overdue: tuple[DueEntry, ...]
    due: tuple[DueEntry, ...]
    missed_on: date | None
    missed_count: int
    missed: tuple[Visitor, ...]
    open_count: int
    open_bookings: tuple[Visitor, ...]
    since: SinceOpened | None = None

    @property
    def anything(self) -> bool:
        """Whether anybody comes or is to be called."""
        wanted = self.counts.get(FollowUpStatus.OVERDUE, 0) + self.counts.get(FollowUpStatus.DUE, 0)
        return bool(self.visit_count or self.call_back_count or wanted or self.open_count or self.missed_count)


@dataclass(frozen=True, slots=True)
class Reminders:
    """What a summary says: numbers, never a name. ``timed``: call-backs with a time of today, earliest first."""

    calls: int
    visits: int
    timed: tuple[time, ...] = ()


@dataclass(frozen=True, slots=True)
class QuietHours:
    """When nothing reminds: from ``begins`` to ``ends``, over midnight where it begins later than it ends."""

    begins: time = time(19)
    ends: time = time(8)

    def covers(self, at: time) -> bool:
        """Whether ``at`` lies inside; the end does not. None are quiet where both are the same."""
        if self.begins == self.ends:
            return False
        if self.begins < self.ends:
            return self.begins <= at < self.ends
        return at >= self.begins or at < self.ends


def call_horizon(working: WorkingDays, today: date) -> date:
    """The last day whose calls are made today: a day the clinic is closed is called for on the working day before it,
    so Friday's list includes the weekend.
    """
    return working.next_on_or_after(today + timedelta(days=1)) - timedelta(days=1)


def rule_cutoffs(rules: ClinicRules, today: date) -> dict[Attempt, date]:
    """For each outcome the clinic's rule knows, the last day of a call after which calling again is due by today."""
    found: dict[Attempt, date] = {}
    longest = max(rules.no_answer_working_days * 7 + 7, rules.told_family_days, rules.will_come_days) + _closed(rules)
    for outcome in RULED:
        for back in range(longest + 1):
            again = suggested_call_again(outcome, today - timedelta(days=back), rules)
            if again is not None and again <= today:
                found[outcome] = today - timedelta(days=back)
                break
    return found


def _closed(rules: ClinicRules) -> int:
    working: WorkingDays = rules.working_days
    return len(working.closed)


def due_order(found: Iterable[CallBackDue], today: date) -> tuple[CallBackDue, ...]:
    """Call-backs with a time of today first, by it; then the others, longest due first."""
    return tuple(
        sorted(
            found,
            key=lambda one: (
                one.day != today or one.at is None,
                one.at if one.at is not None and one.day == today else time.max,
                one.day,
                one.case_id,
            ),
        )
    )


def photos_wanted(
    given: Iterable[tuple[int, int, str, date]],
    pictured: Mapping[int, Iterable[tuple[date, str | None]]],
    windows: Mapping[str, tuple[int, int]],
    views: Mapping[str, frozenset[str]],
    today: date,
) -> tuple[PhotoWanted, ...]:
    """The photographs wanted, the window that closes first coming first.

    ``given`` are (case, patient, condition, day) of injections that count for the window, ``pictured`` the days and
    views by patient, ``windows`` and ``views`` those of the conditions; only the last injection of a case counts. The
    rule is that of the flag *after-photo wanted*.
    """
    last: dict[int, tuple[int, str, date]] = {}
    for case_id, patient_id, condition, day in given:
        if day <= today and (case_id not in last or day > last[case_id][2]):
            last[case_id] = (patient_id, condition, day)
    found = []
    for case_id, (patient_id, condition, day) in last.items():
        first, until = windows[condition]
        if not first <= (today - day).days <= until:
            continue
        wanted = views.get(condition, frozenset())
        if not any(
            first <= (taken - day).days <= until and taken <= today and (view is None or not wanted or view in wanted)
            for taken, view in pictured.get(patient_id, ())
        ):
            found.append(PhotoWanted(case_id, day, day + timedelta(days=first), day + timedelta(days=until)))
    return tuple(sorted(found, key=lambda one: (one.last, one.case_id)))


def visit_order(bookings: Iterable[Appointment]) -> tuple[Appointment, ...]:
    """Those who come by their token first, then those with a time, by it."""
    return tuple(sorted(bookings, key=lambda one: (one.at or time.min, one.token, one.id)))
