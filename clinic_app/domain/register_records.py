"""What a register says, row by row, once it is read: people, records, rows not taken, warnings, questions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum

from clinic_app.domain.cases import Hold, ReinjectionPlan, Side
from clinic_app.domain.errors import FileRefused, RuleBroken
from clinic_app.domain.patients import PatientDetails
from clinic_app.domain.treatment import RuleWarning

DUPLICATE = "duplicate"
CONFLICT = "conflict"
BAD_DATE = "bad_date"
BAD_UNITS = "bad_units"
UNKNOWN_PRODUCT = "unknown_product"
UNKNOWN_CONDITION = "unknown_condition"
MISSING_FIELD = "missing_field"
FUTURE_DATE = "future_date"
SKIP_CODES = (
    DUPLICATE,
    CONFLICT,
    BAD_DATE,
    BAD_UNITS,
    UNKNOWN_PRODUCT,
    UNKNOWN_CONDITION,
    MISSING_FIELD,
    FUTURE_DATE,
)
"""Why a row is not taken (design section 7)."""


class RegisterStatus(Enum):
    """What the status column of a register may say; anything else is "still treated"."""

    STOPPED = "stopped"
    DECEASED = "deceased"
    MOVED = "moved"


class RegisterKind(Enum):
    """What the kind column of a register may say of a row's injection; blank is a full one."""

    FULL = "full"
    TOUCH_UP = "touch-up"
    TOUCH_UP_RESTARTS = "touch-up, new window"
    ELSEWHERE = "given elsewhere"

    @property
    def restarts(self) -> bool:
        """Whether an injection of the diagnosis itself of which the next window is counted."""
        return self in (RegisterKind.FULL, RegisterKind.TOUCH_UP_RESTARTS)


@dataclass(frozen=True, slots=True)
class RegisterPlans:
    """The plan column: a plan of the diagnosis, a plan of the patient, or both."""

    case: ReinjectionPlan | None = None
    patient: ReinjectionPlan | None = None


@dataclass(frozen=True, slots=True)
class RegisterPerson:
    """A patient of the register, put together from all its rows. ``key`` tells people of one file apart.

    ``details.identifiers`` holds the number, if there is one.
    """

    key: int
    mrn: str | None
    details: PatientDetails
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RegisterRecord:
    """What one row brings (in a wide register: one of its injections, ``number`` 1, 2 ...).

    Without ``injection_date`` it brings the patient and the case, without ``condition`` the patient alone.
    ``units`` None: not known. ``come_on``: the ``next_date`` that counts, on the case's last session of this file.
    Toxin given elsewhere (``kind``) may name no condition, ``notes`` says where. ``hold``: from when until when.
    ``status_on``: the day beside the status.
    ``guessed`` names the fields that were not written exactly so (``condition``, ``product``, ``side``).
    """

    row: int
    person: RegisterPerson
    condition: str | None
    side: Side | None = None
    pattern: str = ""
    injection_date: date | None = None
    product: str | None = None
    units: Decimal | None = None
    next_date: date | None = None
    come_on: date | None = None
    status: RegisterStatus | None = None
    notes: str = ""
    guessed: frozenset[str] = frozenset()
    number: int = 0
    kind: RegisterKind = RegisterKind.FULL
    plans: RegisterPlans = field(default_factory=RegisterPlans)
    hold: Hold | None = None
    status_on: date | None = None


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A row (or one injection of a wide row) that is not taken: ``code`` of SKIP_CODES, ``reason`` for the sentence."""

    row: int
    code: str
    reason: str
    params: dict[str, object] = field(default_factory=dict)

    def as_error(self) -> RuleBroken:
        """The same as an error value; ``wording`` makes the sentence of it."""
        return RuleBroken(self.code, self.reason, **self.params)


@dataclass(frozen=True, slots=True)
class RegisterWarning:
    """Something odd about a row that is taken all the same; ``mrn`` as in the register, if it has one."""

    row: int
    mrn: str | None
    warning: RuleWarning


@dataclass(frozen=True, slots=True)
class DatesAmbiguous:
    """A question: what comes first in these columns, day or month? ``examples``: one cell of each."""

    columns: tuple[str, ...]
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RegisterReading:
    """A whole register read; nothing is written yet. ``rows``: lines of the sheet that hold something of ours.

    With ``questions`` the reading is for preview only: rows that wait for the answer stand among ``skipped``.
    ``choices`` are the columns with both orders: rows that stay out may come in once an order is said.
    """

    rows: int
    people: tuple[RegisterPerson, ...]
    records: tuple[RegisterRecord, ...]
    skipped: tuple[SkippedRow, ...]
    warnings: tuple[RegisterWarning, ...]
    questions: tuple[DatesAmbiguous, ...] = ()
    choices: tuple[DatesAmbiguous, ...] = ()

    def answered(self, path: str) -> RegisterReading:
        """The reading itself, where nothing is left to ask.

        Raises:
            FileRefused: ``register_dates_ambiguous``, naming the columns and an example of each.
        """
        if self.questions:
            columns = ", ".join(column for one in self.questions for column in one.columns)
            examples = ", ".join(example for one in self.questions for example in one.examples)
            raise FileRefused("register_dates_ambiguous", path, columns=columns, examples=examples)
        return self

    @property
    def sessions(self) -> int:
        """How many injections of the clinic it brings."""
        return sum(
            record.injection_date is not None and record.kind is not RegisterKind.ELSEWHERE for record in self.records
        )


def already_stored(record: RegisterRecord, stored_units: Decimal | None) -> SkippedRow:
    """Why a record is left out whose session (or case) is stored: a duplicate, or a conflict where the units differ."""
    if record.injection_date is None:
        return SkippedRow(record.row, DUPLICATE, "register_known_case", {"row": record.row})
    params: dict[str, object] = {"row": record.row, "day": record.injection_date}
    if stored_units == record.units:
        return SkippedRow(record.row, DUPLICATE, "register_known", params)
    params |= {"units": units_text(record.units), "other": units_text(stored_units)}
    return SkippedRow(record.row, CONFLICT, "register_known_other_units", params)


def other_name_stored(record: RegisterRecord, stored_name: str) -> SkippedRow:
    """Why a record is left out whose number is stored for somebody with another name."""
    name = record.person.details.full_name
    params: dict[str, object] = {"row": record.row, "mrn": record.person.mrn, "name": name, "other": stored_name}
    return SkippedRow(record.row, CONFLICT, "register_known_other_name", params)


def units_text(units: Decimal | None) -> str:
    """Units as sentences about registers show them; "?" where they are not known."""
    return "?" if units is None else f"{units.normalize():f}"
