"""Which view each photograph of a sitting probably shows: the order of the set, as it was last taken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, time

from clinic_app.domain.pictures import Picture


def last_order(earlier: Iterable[Picture], views: Sequence[str]) -> tuple[str, ...]:
    """The views in the order of the patient's newest sitting that shows at least two of them, the others behind.

    ``views`` is the set's own order and what is answered where there was no such sitting.
    """
    by_day: dict[date, list[Picture]] = {}
    for picture in earlier:
        if picture.taken.day is not None and picture.taken.known and picture.view in views:
            by_day.setdefault(picture.taken.day, []).append(picture)
    for day in sorted(by_day, reverse=True):
        taken = sorted(by_day[day], key=lambda one: (one.taken.clock or time.min, one.id))
        seen = tuple(dict.fromkeys(one.view for one in taken if one.view is not None))
        if len(seen) > 1:
            return (*seen, *(view for view in views if view not in seen))
    return tuple(views)


def proposed_views(order: Sequence[str], known: Sequence[str | None]) -> list[str | None]:
    """A view for each photograph of one sitting that has none; None where it has one or the order is used up.

    ``known`` are the views said so far, in the order of the photographs. What was said moves the rest along: after
    a photograph of view n comes n + 1, so a photograph taken twice shifts the ones behind it by itself.
    """
    place = 0
    answer: list[str | None] = []
    for view in known:
        if view is not None:
            answer.append(None)
            place = order.index(view) + 1 if view in order else place
        else:
            answer.append(order[place] if place < len(order) else None)
            place += 1
    return answer
