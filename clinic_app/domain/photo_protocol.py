"""Which views an injection has photographs of, before and after it: what the protocol of a condition still wants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum

from clinic_app.domain.pictures import PAIR_FIRST, Injected, PhaseKind, Picture, phase_of


class CycleSide(Enum):
    """On which side of an injection a photograph stands."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class CyclePlace:
    """Where a photograph stands: the injection that starts its cycle (None: nothing was ever injected), which side."""

    injection: Injected | None
    side: CycleSide


@dataclass(frozen=True, slots=True)
class CycleViews:
    """The photographs around one injection, by view code; ``injection`` None: nothing was ever injected."""

    injection: Injected | None
    before: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    after: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def of(self, side: CycleSide) -> Mapping[str, tuple[int, ...]]:
        """Photographs by view on one side."""
        return self.before if side is CycleSide.BEFORE else self.after

    @property
    def after_from(self) -> date | None:
        """The first day an after-photo is wanted on, a week after the injection."""
        return None if self.injection is None else self.injection.day + timedelta(days=PAIR_FIRST)


def cycle_place(picture: Picture, injections: Sequence[Injected]) -> CyclePlace | None:
    """Where a photograph stands among the injections that start a cycle; None where its date is unsure.

    A photograph before the first injection is *before* it, however long: it shows the untreated state.
    """
    starts = [one for one in injections if one.starts_cycle]
    phase = phase_of(picture.taken, starts, known_after=picture.known_after)
    match phase.kind:
        case PhaseKind.UNSURE:
            return None
        case PhaseKind.AFTER:
            return CyclePlace(phase.injection, CycleSide.AFTER)
        case PhaseKind.BEFORE | PhaseKind.BEFORE_ANY:
            return CyclePlace(phase.injection, CycleSide.BEFORE)


def cycle_views(pictures: Iterable[Picture], injections: Sequence[Injected]) -> tuple[CycleViews, ...]:
    """The photographs around every injection that starts a cycle, oldest first.

    Where nothing was ever injected there is one entry without an injection.
    """
    starts = [one for one in injections if one.starts_cycle]
    found: dict[CyclePlace, dict[str, list[int]]] = {}
    for picture in pictures:
        place = cycle_place(picture, starts)
        if place is not None and picture.view is not None:
            found.setdefault(place, {}).setdefault(picture.view, []).append(picture.id)

    def of(injection: Injected | None, side: CycleSide) -> dict[str, tuple[int, ...]]:
        return {view: tuple(ids) for view, ids in found.get(CyclePlace(injection, side), {}).items()}

    return tuple(CycleViews(one, of(one, CycleSide.BEFORE), of(one, CycleSide.AFTER)) for one in (starts or (None,)))
