"""How photographs are compared: the modes, what they have in common, and what is remembered of a case."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import asdict, dataclass, field, replace
from enum import Enum
from typing import Any, Final, TypeVar

from clinic_app.domain.alignment import Alignment
from clinic_app.domain.lens import Lens, Link, Sizing

MOST_PANES: Final = 4
QUARTERS: Final = 4
PEAK_DAYS: Final = range(1, 366)
"""Days after an injection that may be called the day of its strongest effect."""


class CompareMode(Enum):
    """How the photographs are laid against each other (on screen: side by side, slide, overlay, flip, difference)."""

    SIDE_BY_SIDE = "side_by_side"
    WIPE = "wipe"
    BLEND = "blend"
    BLINK = "blink"
    DIFFERENCE = "difference"
    SINGLE = "single"

    @property
    def composed(self) -> bool:
        """Whether both photographs are painted over each other."""
        return self not in (CompareMode.SIDE_BY_SIDE, CompareMode.SINGLE)


@dataclass(frozen=True, slots=True)
class FramedAlignment:
    """An alignment and its frame: the id of the photograph whose own coordinates the frame has.

    Only photographs of one frame lie over each other.
    """

    frame: int
    alignment: Alignment


@dataclass(frozen=True, slots=True)
class Remembered:
    """How the photographs of one view were compared last.

    ``pictures``: of A, B and further panes; ``automatic``: the pair the rule gave then. ``links``: how the lenses of B
    and further panes stood to that of A. ``stacked`` None: as fits best. ``divider`` and ``blend`` are fractions.
    """

    pictures: tuple[int | None, ...] = ()
    automatic: tuple[int | None, int | None] = (None, None)
    lens: Lens = field(default_factory=Lens)
    links: tuple[Link, ...] = ()
    linked: bool = True
    mode: CompareMode = CompareMode.SIDE_BY_SIDE
    stacked: bool | None = None
    sizing: Sizing = Sizing.BOX
    divider: float = 0.5
    level: bool = False
    blend: float = 0.5
    grid: int = 0
    match_exposure: bool = False

    @property
    def shown(self) -> frozenset[int]:
        """The photographs it names."""
        return frozenset(id_ for id_ in (*self.pictures, *self.automatic) if id_ is not None)

    @property
    def content(self) -> dict[str, Any]:
        """All of it as one JSON object."""
        return {
            **{name: getattr(self, name) for name in _PLAIN},
            "pictures": list(self.pictures),
            "automatic": list(self.automatic),
            "lens": asdict(self.lens),
            "links": [asdict(link) for link in self.links],
            "mode": self.mode.value,
            "sizing": self.sizing.value,
        }

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Remembered:
        """Read ``content`` back. Raises ``ValueError``, ``TypeError``, ``KeyError`` where it is none."""
        first, second = (_id(one) for one in content["automatic"])
        return cls(
            tuple(_id(one) for one in content["pictures"])[:MOST_PANES],
            (first, second),
            _of(Lens, content["lens"]),
            tuple(_of(Link, one) for one in content["links"])[: MOST_PANES - 1],
            bool(content["linked"]),
            CompareMode(content["mode"]),
            None if content["stacked"] is None else bool(content["stacked"]),
            Sizing(content["sizing"]),
            min(max(float(content["divider"]), 0.0), 1.0),
            bool(content["level"]),
            min(max(float(content["blend"]), 0.0), 1.0),
            int(content["grid"]),
            bool(content["match_exposure"]),
        )


_PLAIN = ("linked", "stacked", "divider", "level", "blend", "grid", "match_exposure")
_S = TypeVar("_S", Lens, Link)


@dataclass(frozen=True, slots=True)
class CompareState:
    """What the viewer remembers of a case: the view shown last, and each view as it was compared last.

    ``injection``: whether the injection and its doses are shown beside the photographs.
    """

    view: str | None = None
    views: Mapping[str, Remembered] = field(default_factory=dict)
    injection: bool = False

    @property
    def content(self) -> dict[str, Any]:
        """All of it as one JSON object."""
        views = {view: one.content for view, one in self.views.items()}
        return {"view": self.view, "views": views, "injection": self.injection}

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> CompareState:
        """Read ``content`` back; what cannot be read is left out, for it is only a convenience."""
        views: dict[str, Remembered] = {}
        kept = content.get("views")
        for view, one in kept.items() if isinstance(kept, dict) else ():
            try:
                views[str(view)] = Remembered.of(one)
            except (ValueError, TypeError, KeyError):
                continue
        view = content.get("view")
        return cls(view if isinstance(view, str) else None, views, content.get("injection") is True)

    @property
    def pictures(self) -> frozenset[int]:
        """The photographs any view is remembered with."""
        return frozenset(id_ for one in self.views.values() for id_ in one.shown)

    def without(self, pictures: Set[int]) -> CompareState:
        """The same, but that a view remembered with any of these photographs is remembered with none."""
        return replace(
            self,
            views={
                view: replace(one, pictures=(), automatic=(None, None)) if one.shown & pictures else one
                for view, one in self.views.items()
            },
        )


def _id(value: object) -> int | None:
    if value is None or isinstance(value, int):
        return value
    raise TypeError(value)


def _of(kind: type[_S], content: Mapping[str, Any]) -> _S:
    numbers = {name: float(value) for name, value in content.items()}
    if not 0 < numbers["zoom"] < 1e6 or not all(abs(one) < 1e6 for one in numbers.values()):
        raise ValueError("a lens that shows nothing")
    return kind(**numbers)
