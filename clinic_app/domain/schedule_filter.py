"""What the call list is narrowed to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from clinic_app.domain.schedule import DrugSupply, Flag, FollowUpStatus

TRIED_OFTEN = 3
"""So many calls without speaking to the patient are *tried often* (ux.md 3.3)."""
NOT_CALLED_DAYS = 7
LONGEST_WORDS = 120


@dataclass(frozen=True, slots=True)
class VisitSpan:
    """Cases by their next visit, as the forecast of the day ``on`` counts them (``domain.forecast``).

    ``first`` to ``last``: the days of the week meant. ``waiting``: overdue or due, without a booking. ``booked``: the
    next booking lies in the week. ``opening``: unbooked, and the day of opening (after a hold, the day after it) lies
    in this range; None for none of them.
    """

    on: date
    first: date
    last: date
    waiting: bool = False
    booked: bool = False
    opening: tuple[date, date] | None = None


@dataclass(frozen=True, slots=True)
class CallListFilter:
    """Empty fields do not narrow. ``not_called_since``: no call logged on or after that day.

    ``tried``: at least so many calls since the last injection in which nobody spoke to the patient. ``drug``: that of
    the next booking. ``call_back``: the day agreed or usual for the next call has come. ``waits``: on the waiting list.
    ``statuses``: any of these; empty: all. ``words``: what the search of patients finds by them. ``keep_called``: what
    is asked of calls is asked of those before today too, so that a row stays in sight on the day it was called; it
    narrows nothing by itself.
    """

    condition: str = ""
    injector: str = ""
    product: str = ""
    not_called_since: date | None = None
    closes_by: date | None = None
    village: str = ""
    language: str = ""
    tried: int = 0
    drug: DrugSupply | None = None
    flag: Flag | None = None
    call_back: bool = False
    statuses: frozenset[FollowUpStatus] = frozenset()
    words: str = ""
    visits: VisitSpan | None = None
    keep_called: bool = False
    waits: bool = False

    @property
    def narrows(self) -> bool:
        """Whether anything is left out."""
        return replace(self, keep_called=False) != CallListFilter()

    def content(self, today: date) -> dict[str, object]:
        """As a view of it is kept (JSON): without ``words`` and ``visits``, *not called since* as a number of days."""
        since = self.not_called_since
        kept: dict[str, object] = {
            "condition": self.condition,
            "injector": self.injector,
            "product": self.product,
            "not_called_days": (today - since).days + 1 if since is not None else 0,
            "closes_by": self.closes_by.isoformat() if self.closes_by is not None else "",
            "village": self.village,
            "language": self.language,
            "tried": self.tried,
            "drug": self.drug.value if self.drug is not None else "",
            "flag": self.flag.value if self.flag is not None else "",
            "call_back": self.call_back,
            "waits": self.waits,
            "statuses": [one.value for one in FollowUpStatus if one in self.statuses],
        }
        return {name: value for name, value in kept.items() if value}

    @classmethod
    def of(cls, content: Mapping[str, object], today: date) -> CallListFilter:
        """What was kept, for this day.

        Raises:
            ValueError: it cannot be read.
        """
        names = ("condition", "injector", "product", "village", "language")
        words: dict[str, Any] = {name: content.get(name, "") for name in names}
        days, tried = content.get("not_called_days", 0), content.get("tried", 0)
        statuses, closes_by = content.get("statuses", []), content.get("closes_by", "")
        texts = all(isinstance(value, str) for value in (*words.values(), closes_by))
        if not texts or type(days) is not int or type(tried) is not int or not isinstance(statuses, list):
            raise ValueError("not a filter of the call list")
        if not 0 <= days <= 36500 or not 0 <= tried <= 1000:
            raise ValueError("not a filter of the call list")
        drug, flag = content.get("drug", ""), content.get("flag", "")
        return cls(
            **words,
            not_called_since=today - timedelta(days=days - 1) if days else None,
            closes_by=date.fromisoformat(str(closes_by)) if closes_by else None,
            tried=tried,
            drug=DrugSupply(drug) if drug else None,
            flag=Flag(flag) if flag else None,
            call_back=content.get("call_back") is True,
            statuses=frozenset(FollowUpStatus(one) for one in statuses),
            waits=content.get("waits") is True,
        )
