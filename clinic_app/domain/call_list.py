"""How each person looks at the call list: its columns, its order, its groups, and the views kept under a name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import Enum
from types import MappingProxyType
from typing import Final

from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.schedule import Flag, FollowUpStatus
from clinic_app.domain.schedule_filter import CallListFilter

MOST_VIEWS: Final = 30
LONGEST_NAME: Final = 60
SORT_KEYS: Final = 2
WEEKS_GROUPED: Final = 26
"""Cases that become due later than so many weeks from now stand in one group."""


class Column(Enum):
    """A column of the call list."""

    STATUS = "status"
    PATIENT = "patient"
    DIAGNOSIS = "diagnosis"
    GIVEN = "given"
    SINCE = "since"
    CALL = "call"
    PHONE = "phone"
    DOCTOR = "doctor"
    VILLAGE = "village"
    LANGUAGE = "language"
    CYCLE = "cycle"
    DRUG = "drug"
    NEXT_CALL = "next_call"
    DUE_FROM = "due_from"
    DUE_UNTIL = "due_until"
    WAITS_UNTIL = "waits_until"


SHOWN_AT_FIRST: Final = frozenset(
    {Column.STATUS, Column.PATIENT, Column.DIAGNOSIS, Column.GIVEN, Column.SINCE, Column.CALL}
)
ALWAYS_SHOWN: Final = frozenset({Column.PATIENT})
"""Columns a row cannot be read without."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns in their order, which of them are shown, and the widths that were chosen (pixels at 100 %)."""

    order: tuple[Column, ...] = tuple(Column)
    shown: frozenset[Column] = SHOWN_AT_FIRST
    widths: Mapping[Column, int] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def visible(self) -> tuple[Column, ...]:
        """Those that are shown, in order."""
        return tuple(one for one in self.order if one in self.shown)

    def toggled(self, column: Column) -> Columns:
        """With a column shown, or not shown any more; what a row cannot be read without stays."""
        if column in ALWAYS_SHOWN:
            return self
        return replace(self, shown=self.shown ^ {column})

    def moved(self, column: Column, step: int) -> Columns:
        """With a column further to the front (-1) or the back (1): past the next one, shown or not."""
        order = list(self.order)
        here = order.index(column)
        there = min(max(here + step, 0), len(order) - 1)
        order.insert(there, order.pop(here))
        return replace(self, order=tuple(order))

    def ordered(self, visible: tuple[Column, ...]) -> Columns:
        """With the shown columns in this order; the others keep their places."""
        rest = iter(visible)
        return replace(self, order=tuple(next(rest) if one in self.shown else one for one in self.order))

    def sized(self, column: Column, width: int) -> Columns:
        """With a width chosen for a column."""
        return replace(self, widths=MappingProxyType({**self.widths, column: width}))


class Grouping(Enum):
    """What the rows of the call list stand together by."""

    STATUS = "status"
    WEEK = "week"
    VILLAGE = "village"
    DOCTOR = "doctor"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class SortKey:
    """A column the rows are ordered by; ``falling``: the greatest first. Empty values stand last either way."""

    column: Column
    falling: bool = False


@dataclass(frozen=True, slots=True)
class ListShape:
    """Groups and order of the call list; without sort keys the order is that of urgency."""

    grouping: Grouping = Grouping.STATUS
    sort: tuple[SortKey, ...] = ()

    @property
    def usual(self) -> bool:
        """Whether it is as the list comes: by status and urgency."""
        return self == ListShape()

    @property
    def by_urgency(self) -> bool:
        """Whether status and urgency alone order the rows, in groups by status or in none."""
        keyed = not self.sort or (len(self.sort) == 1 and self.sort[0].column is Column.STATUS)
        return keyed and self.grouping in (Grouping.STATUS, Grouping.NONE)

    def pressed(self, column: Column, *, more: bool = False) -> ListShape:
        """After a press on a column's head: rising, falling, then by urgency again; ``more``: as the second key."""
        known = next((key for key in self.sort if key.column is column), None)
        wanted = SortKey(column) if known is None else SortKey(column, falling=True) if not known.falling else None
        if not more:
            return replace(self, sort=(wanted,) if wanted is not None else ())
        kept = [wanted if key is known and wanted is not None else key for key in self.sort]
        if known is None and wanted is not None:
            kept = [*kept[: SORT_KEYS - 1], wanted]
        return replace(self, sort=tuple(key for key in kept if key is not known))


@dataclass(frozen=True, slots=True)
class SavedView:
    """A filter with groups and order, under a name. ``shipped``: one every clinic has, named by the program."""

    name: str
    narrow: CallListFilter = field(default_factory=CallListFilter)
    shape: ListShape = ListShape()
    shipped: str = ""


def shipped_views() -> tuple[SavedView, ...]:
    """The views every clinic has."""
    return (
        SavedView(
            "",
            CallListFilter(statuses=frozenset({FollowUpStatus.OVERDUE, FollowUpStatus.DUE})),
            shipped="overdue_and_due",
        ),
        SavedView("", CallListFilter(call_back=True), shipped="call_backs"),
        SavedView("", CallListFilter(flag=Flag.DRUG_MISSING), shipped="without_drug"),
        SavedView("", CallListFilter(flag=Flag.ASK_DOCTOR), shipped="ask_doctor"),
        SavedView(
            "",
            CallListFilter(waits=True),
            ListShape(Grouping.NONE, (SortKey(Column.WAITS_UNTIL),)),
            shipped="waiting_list",
        ),
    )


@dataclass(frozen=True, slots=True)
class CallListChoices:
    """What one person chose: columns, shape, and views of their own."""

    columns: Columns = field(default_factory=Columns)
    shape: ListShape = ListShape()
    views: tuple[SavedView, ...] = ()

    def with_view(self, view: SavedView) -> CallListChoices:
        """With a view kept, in the place of one of the same name.

        Raises:
            RuleBroken: ``view_name_missing``, ``view_name_long``, ``too_many_views``.
        """
        name = " ".join(view.name.split())
        if not name:
            raise RuleBroken("name", "view_name_missing")
        if len(name) > LONGEST_NAME:
            raise RuleBroken("name", "view_name_long", most=LONGEST_NAME)
        kept = replace(view, name=name, narrow=replace(view.narrow, words="", visits=None, keep_called=False))
        there = [one.name.casefold() for one in self.views]
        if name.casefold() in there:
            views = list(self.views)
            views[there.index(name.casefold())] = kept
            return replace(self, views=tuple(views))
        if len(self.views) >= MOST_VIEWS:
            raise RuleBroken("name", "too_many_views", most=MOST_VIEWS)
        return replace(self, views=(*self.views, kept))

    def renamed(self, name: str, new: str) -> CallListChoices:
        """With another name for one of the views.

        Raises:
            RuleBroken: as ``with_view``; ``view_name_taken``; ``view_gone``.
        """
        known = self.view(name)
        if known is None:
            raise RuleBroken("name", "view_gone", name=name)
        new = " ".join(new.split())
        others = self.without_view(name)
        if others.view(new) is not None:
            raise RuleBroken("name", "view_name_taken", name=new)
        checked = others.with_view(replace(known, name=new)).views[-1]
        return replace(self, views=tuple(checked if one is known else one for one in self.views))

    def without_view(self, name: str) -> CallListChoices:
        """Without the view of this name."""
        gone = self.view(name)
        return replace(self, views=tuple(one for one in self.views if one is not gone))

    def view(self, name: str) -> SavedView | None:
        """The view of this name, None where there is none."""
        folded = " ".join(name.split()).casefold()
        return next((one for one in self.views if one.name.casefold() == folded), None)

    def content(self, today: date) -> dict[str, object]:
        """As it is kept (JSON)."""
        return {
            "columns": {
                "order": [one.value for one in self.columns.order],
                "shown": [one.value for one in self.columns.order if one in self.columns.shown],
                "widths": {one.value: width for one, width in self.columns.widths.items()},
            },
            "shape": _shape_content(self.shape),
            "views": [
                {"name": one.name, "filter": one.narrow.content(today), "shape": _shape_content(one.shape)}
                for one in self.views
            ],
        }

    @classmethod
    def of(cls, content: Mapping[str, object] | None, today: date) -> tuple[CallListChoices, bool]:
        """What was kept, and whether something of it could not be read; that is as usual then."""
        if content is None:
            return cls(), False
        sound = True
        found = cls()
        try:
            found = replace(found, columns=_columns_of(content.get("columns")))
        except (ValueError, TypeError, AttributeError):
            sound = False
        try:
            found = replace(found, shape=_shape_of(content.get("shape")))
        except (ValueError, TypeError, AttributeError):
            sound = False
        views = content.get("views", [])
        for kept in views if isinstance(views, list) else ():
            try:
                narrow = CallListFilter.of(kept["filter"], today)
                found = found.with_view(SavedView(str(kept["name"]), narrow, _shape_of(kept["shape"])))
            except (ValueError, TypeError, KeyError, AttributeError, RuleBroken):
                sound = False
        return found, not (sound and isinstance(views, list))


def _shape_content(shape: ListShape) -> dict[str, object]:
    return {"grouping": shape.grouping.value, "sort": [[key.column.value, key.falling] for key in shape.sort]}


def _shape_of(content: object) -> ListShape:
    if not isinstance(content, Mapping):
        raise TypeError("not a shape of the call list")
    keys = tuple(SortKey(Column(column), falling is True) for column, falling in content["sort"][:SORT_KEYS])
    return ListShape(Grouping(content["grouping"]), keys)


def _columns_of(content: object) -> Columns:
    if not isinstance(content, Mapping):
        raise TypeError("not columns of the call list")
    known = {one.value: one for one in Column}
    order = [known[name] for name in content["order"] if name in known]
    order += [one for one in Column if one not in order]
    shown = frozenset(known[name] for name in content["shown"] if name in known) | ALWAYS_SHOWN
    widths = {
        known[name]: width
        for name, width in content["widths"].items()
        if name in known and type(width) is int and 0 < width < 2000
    }
    return Columns(tuple(dict.fromkeys(order)), shown, MappingProxyType(widths))


@dataclass(frozen=True, slots=True)
class ListGroup:
    """A group of the call list: what its rows share, and how many there are.

    ``key``: the status; the Monday of the week (``WEEK``); village or doctor; empty where there is none.
    """

    key: FollowUpStatus | date | str
    count: int


DUE_ALREADY, DUE_LATER, NO_WINDOW = "already", "later", "none"
"""Keys of the groups of cases whose window opened before this week, opens after the last week, or is not known."""


def week_starts(today: date) -> tuple[date, ...]:
    """The Mondays of the weeks cases are grouped by, this week first."""
    monday = today - timedelta(days=today.weekday())
    return tuple(monday + timedelta(weeks=number) for number in range(WEEKS_GROUPED))


class Concern(Enum):
    """Why a case is on the list *Safety check*."""

    NO_WINDOW = "no_window"
    INJECTED_SINCE_STOP = "injected_since_stop"
    NOT_STARTED = "not_started"
    PLANNED_OVER = "planned_over"
    NOT_FINALISED = "not_finalised"


UNBOOKED_DAYS: Final = 14
PLANNED_DAYS: Final = 1


@dataclass(frozen=True, slots=True)
class SafetyEntry:
    """One line of the *Safety check*: whom it is about, what is wrong, since when; ``session_id`` 0 for no session."""

    concern: Concern
    patient_id: int
    case_id: int
    mrn: str
    name: str
    condition: str
    since: date | None
    session_id: int = 0


@dataclass(frozen=True, slots=True)
class SafetyCheck:
    """The *Safety check*: how many of each concern, and the first of them."""

    counts: Mapping[Concern, int]
    entries: tuple[SafetyEntry, ...]

    @property
    def total(self) -> int:
        """How many lines there are altogether."""
        return sum(self.counts.values())
