"""What a register says while it is being read: people, diagnoses and injections, and what was odd about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from clinic_app.domain.cases import Hold, Side
from clinic_app.domain.catalogue_entries import SideNote
from clinic_app.domain.patients import Birth, Identifier, PatientDetails, Phone, Sex
from clinic_app.domain.register_records import (
    RegisterKind,
    RegisterPlans,
    RegisterStatus,
    RegisterWarning,
    SkippedRow,
)
from clinic_app.domain.treatment import RuleWarning


class Skip(Exception):
    """A row, or one injection of it, is not taken."""

    def __init__(self, code: str, reason: str, **params: object) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason
        self.params = params


@dataclass(slots=True)
class PersonDraft:
    """A person while the file is being read."""

    key: int
    mrn: str | None
    name: str
    first_row: int
    sex: Sex = Sex.UNKNOWN
    birth: Birth = field(default_factory=Birth)
    ages: list[tuple[int, date | None, date | None]] = field(default_factory=list)
    phones: dict[str, Phone] = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)
    first_injection: date | None = None

    def details(self, today: date) -> PatientDetails:
        """All that is known; an age counts from the injection it stood beside, else from the first, else from today."""
        birth = self.birth
        if not birth.known and self.ages:
            age, said_on, beside = min(self.ages, key=lambda one: one[1] or one[2] or date.max)
            birth = Birth(age=age, age_on=said_on or beside or self.first_injection or today)
        identifiers = () if self.mrn is None else (Identifier(self.mrn),)
        return PatientDetails(self.name, self.sex, birth, identifiers, tuple(self.phones.values()))


@dataclass(frozen=True, slots=True)
class CaseDraft:
    """A diagnosis as a row names it; ``text`` is what stood in its cell."""

    condition: str
    side: Side | None
    pattern: str
    guessed: frozenset[str]
    side_note: SideNote
    text: str


@dataclass(slots=True)
class Draft:
    """One injection of a row, or the row itself where it has none."""

    row: int
    number: int
    person: PersonDraft
    case: CaseDraft | None
    day: date | None
    product: str | None
    units: Decimal | None
    next_date: date | None
    status: RegisterStatus | None
    notes: str
    guessed: frozenset[str]
    bare: bool
    come_on: date | None = None
    kind: RegisterKind = RegisterKind.FULL
    plans: RegisterPlans = field(default_factory=RegisterPlans)
    hold: Hold | None = None
    status_on: date | None = None

    @property
    def elsewhere(self) -> bool:
        """Whether it tells of toxin given elsewhere."""
        return self.kind is RegisterKind.ELSEWHERE


class Told:
    """The rows that are not taken, and what was odd about those that are."""

    def __init__(self) -> None:
        self.skipped: list[SkippedRow] = []
        self.warnings: list[RegisterWarning] = []

    def leave(self, row: int, skip: Skip) -> None:
        """A row, or one injection of it, is not taken."""
        self.skipped.append(SkippedRow(row, skip.code, skip.reason, {"row": row, **skip.params}))

    def warn(self, row: int, person: PersonDraft | None, rule: str, **params: object) -> None:
        """Something was odd about a row that is taken; ``name`` is filled in."""
        params = {"row": row, "name": person.name if person else "", **params}
        mrn = person.mrn if person else None
        self.warnings.append(RegisterWarning(row, mrn, RuleWarning(rule, rule, params)))
