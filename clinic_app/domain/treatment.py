"""Treatment: visits, what each case was given, and botulinum toxin given elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum

from clinic_app.domain.cases import Side
from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.units import Units


class SessionKind(Enum):
    """A full injection, or a touch-up of one."""

    FULL = "full"
    TOUCH_UP = "touch-up"


class SessionState(Enum):
    """What has become of an injection. What is given counts, finalised or not."""

    PLANNED = "planned"
    GIVEN = "given"
    FINAL = "final"
    CORRECTED = "corrected"
    VOID = "void"

    @property
    def counts(self) -> bool:
        """Whether toxin was given."""
        return self in (SessionState.GIVEN, SessionState.FINAL, SessionState.CORRECTED)


class SiteSide(Enum):
    """The patient's side of one site."""

    RIGHT = "right"
    LEFT = "left"
    MIDLINE = "midline"


@dataclass(frozen=True, slots=True)
class InjectionSite:
    """One site: a muscle, its side, and the units of the session's product put there."""

    muscle: str
    side: SiteSide
    units: Decimal
    volume_ml: Decimal | None = None


@dataclass(frozen=True, slots=True)
class SessionDetails:
    """What is entered for one case at a visit. Units come from the sites where there are any."""

    case_id: int
    product: str | None
    units: Decimal | None = None
    sites: tuple[InjectionSite, ...] = ()
    kind: SessionKind = SessionKind.FULL
    restarts_window: bool = False
    dilution_ml: Decimal | None = None
    guidance: str = ""
    come_on: date | None = None

    @property
    def total(self) -> Units:
        """The dose of this session: the sum of its sites, or the units said for the whole.

        Raises:
            RuleBroken: ``units_differ_from_sites`` when both are given and disagree.
        """
        if not self.sites:
            return Units(self.product, self.units)
        amount = sum((site.units for site in self.sites), Decimal(0))
        if self.units is not None and self.units != amount:
            raise RuleBroken("units", "units_differ_from_sites", units=self.units, sites=amount)
        return Units(self.product, amount)


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction of an injection: who said why and when, and the day and dose before it."""

    reason: str
    by: str
    at: datetime
    day: date
    units: Units


@dataclass(frozen=True, slots=True)
class InjectionSession:
    """What a case was given at a visit (on screen: Injection)."""

    id: int
    visit_id: int
    patient_id: int
    day: date
    state: SessionState
    details: SessionDetails
    condition: str
    side: Side | None
    correction_reason: str = ""
    imported: bool = False
    version: int = 1
    corrections: tuple[Correction, ...] = ()
    """All its corrections, oldest first; read with a patient's visits."""

    @property
    def units(self) -> Units:
        """The dose, with its product."""
        return self.details.total

    @property
    def restarts_window(self) -> bool:
        """Whether the next window is counted from this session."""
        return self.details.kind is SessionKind.FULL or self.details.restarts_window


CHECKLIST = ("pregnancy", "infection", "new_medicine", "swallowing", "neuromuscular", "allergy", "toxin_elsewhere")
"""Questions asked at every visit; none is ever pre-answered (design section 5.3)."""


@dataclass(frozen=True, slots=True)
class VisitDetails:
    """What is entered for one sitting."""

    day: date
    sessions: tuple[SessionDetails, ...]
    injector: str = ""
    batch: str = ""
    checklist: tuple[tuple[str, bool], ...] = ()
    reason: str = ""
    decided_by: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """One sitting: a day, an injector, and one injection for each case treated."""

    id: int
    patient_id: int
    day: date
    injector: str
    batch: str
    checklist: tuple[tuple[str, bool], ...]
    reason: str
    decided_by: str
    notes: str
    sessions: tuple[InjectionSession, ...]
    written_at: datetime
    version: int = 1


@dataclass(frozen=True, slots=True)
class ExternalToxinDetails:
    """What is known of botulinum toxin given elsewhere: the day, perhaps the product, about how many units."""

    day: date
    product: str | None = None
    units: Decimal | None = None
    case_id: int | None = None
    where: str = ""


@dataclass(frozen=True, slots=True)
class ExternalToxin:
    """Botulinum toxin given elsewhere; it may name the case it was for."""

    id: int
    patient_id: int
    details: ExternalToxinDetails


@dataclass(frozen=True, slots=True)
class RuleWarning:
    """A rule that something broke, with the figures a doctor needs to judge it."""

    rule: str
    code: str
    params: dict[str, object] = field(default_factory=dict)
    total: Decimal | None = None
    limit: Decimal | None = None
    source: str = ""


def check_session_day(day: date, *, today: date, born: date | None, died: date | None = None) -> None:
    """Refuse an injection, given here or elsewhere, in the future or outside of the patient's life.

    Raises:
        RuleBroken: ``injection_in_future``, ``injection_before_birth`` or ``injection_after_death``.
    """
    if day > today:
        raise RuleBroken("date", "injection_in_future", day=day, today=today)
    if born is not None and day < born:
        raise RuleBroken("date", "injection_before_birth", day=day, born=born)
    if died is not None and day > died:
        raise RuleBroken("date", "injection_after_death", day=day, died=died)
