"""What the catalogues hold: frozen values, one class for each kind of entry, and how an entry is kept and compared."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from enum import Enum
from typing import NoReturn, Protocol

from clinic_app.domain.calendar import Span, SpanUnit

ANY = "any"
"""In a limit or interval row: every indication, every condition."""


class IntervalUnit(Enum):
    """What an interval counts in."""

    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"


class SideRule(Enum):
    """Which sides a case of the condition can have."""

    NONE = "none"
    BILATERAL = "bilateral"
    RIGHT_LEFT = "right_left"
    RIGHT_LEFT_BILATERAL = "right_left_bilateral"
    OPTIONAL_RIGHT_LEFT = "optional_right_left"
    PER_REGION = "per_region"

    @property
    def sides(self) -> tuple[str, ...]:
        """The sides a case may carry, in the order of a picker; empty where it carries none."""
        match self:
            case SideRule.NONE:
                return ()
            case SideRule.BILATERAL:
                return ("bilateral",)
            case SideRule.RIGHT_LEFT | SideRule.OPTIONAL_RIGHT_LEFT:
                return ("right", "left")
            case SideRule.RIGHT_LEFT_BILATERAL | SideRule.PER_REGION:
                return ("right", "left", "bilateral")

    @property
    def required(self) -> bool:
        """Whether the form insists on a side."""
        return self in (SideRule.RIGHT_LEFT, SideRule.RIGHT_LEFT_BILATERAL)


class SideNote(Enum):
    """What was odd about the side a condition was typed with."""

    FINE = "fine"
    MISSING = "missing"
    IGNORED = "ignored"
    CONFLICT = "conflict"
    UNREADABLE = "unreadable"


class LimitScope(Enum):
    """What a dose limit sums: one session, every session of a rolling window, or a single site."""

    SESSION = "session"
    ROLLING = "rolling"
    SITE = "site"


class LimitSeverity(Enum):
    """A hard limit needs a doctor's reason, a warn one is shown."""

    HARD = "hard"
    WARN = "warn"


class PatientGroup(Enum):
    """Whom a dose limit is for; adult from the 18th birthday."""

    ANY = "any"
    ADULT = "adult"
    PAEDIATRIC = "paediatric"


class ViewKind(Enum):
    """A view is a picture; the voice is a recording."""

    PICTURE = "picture"
    RECORDING = "recording"


@dataclass(frozen=True, slots=True)
class Interval:
    """A length of time as a label says it: ``value`` days, weeks or calendar months."""

    value: int
    unit: IntervalUnit

    @property
    def span(self) -> Span:
        """The same length for calendar arithmetic."""
        return Span(self.value, SpanUnit(self.unit.value[0]))


@dataclass(frozen=True, slots=True)
class AxisValue:
    """One value of a classification axis; ``parent`` groups values; years bound an age band (inclusive)."""

    code: str
    name: str
    aliases: tuple[str, ...]
    parent: str
    min_years: int | None
    max_years: int | None
    note: str
    source: str


@dataclass(frozen=True, slots=True)
class ClassificationAxis:
    """One dimension of a scheme, e.g. body distribution on axis I; an axis may have no values yet."""

    code: str
    scheme: str
    axis: str
    name: str
    several: bool
    values: tuple[AxisValue, ...]
    source: str


@dataclass(frozen=True, slots=True)
class ClassificationScheme:
    """A published classification; records keep its code beside the values they chose."""

    code: str
    name: str
    current: bool
    axes: tuple[ClassificationAxis, ...]
    source: str

    def axis(self, code: str) -> ClassificationAxis:
        """The axis ``code`` of this scheme; raises KeyError."""
        return next(iter(axis for axis in self.axes if axis.code == code), None) or absent(code)


@dataclass(frozen=True, slots=True)
class ClassWord:
    """A class word of the clinic's own papers: an axis value, or (``legacy``) a label kept only as an alias."""

    code: str
    words: tuple[str, ...]
    scheme: str
    axis: str
    value: str
    legacy: bool
    source: str


@dataclass(frozen=True, slots=True)
class Region:
    """A body region with the sides it has and the view sets that show it."""

    code: str
    name: str
    sides: tuple[str, ...]
    view_sets: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class PictureView:
    """One standard view (or recording): how it is taken, in our own words."""

    code: str
    name: str
    kind: ViewKind
    side: str
    instruction: str
    aliases: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class ViewSet:
    """Views taken together, in their order, each with the one key that tags a photograph."""

    code: str
    name: str
    views: tuple[str, ...]
    keys: tuple[str, ...]
    source: str

    def view_of_key(self, key: str) -> str | None:
        """The view code that ``key`` tags in this set, else None."""
        return self.views[self.keys.index(key)] if key in self.keys else None

    def key_of_view(self, view: str) -> str | None:
        """The key that tags ``view`` in this set, else None."""
        return self.keys[self.views.index(view)] if view in self.views else None


@dataclass(frozen=True, slots=True)
class ReviewGroup:
    """When the effect is looked at: ``peak_day`` for the right pair, the days an after-photo is wanted (inclusive)."""

    code: str
    name: str
    peak_day: int
    after_photo_from: int
    after_photo_to: int
    source: str


@dataclass(frozen=True, slots=True)
class Trait:
    """A tick-box of the history: something that makes it worse (``trigger``) or that is felt (``symptom``)."""

    code: str
    kind: str
    name: str
    source: str


@dataclass(frozen=True, slots=True)
class ConditionPattern:
    """A sub-type of one condition, e.g. jaw opening."""

    code: str
    name: str
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """A diagnosis a case can have. ``name`` is the first line of a list, ``detail`` the second (may be blank).

    ``review_group`` fixes ``peak_day`` and the after-photo days. ``task_field`` is ``task``, ``instrument`` or blank.
    ``side_meaning`` says what right and left are of: affected, turn, tilt, deviation, writing_hand, body_half.
    ``side_replaces_detail``: the second line shows the side instead of ``detail`` once it is known.
    ``by_region``: the views (and scales) are those of the regions chosen for the case.
    ``sources`` overrides ``source`` for single fields.
    """

    code: str
    name: str
    detail: str
    aliases: tuple[str, ...]
    is_dystonia: bool
    debated: bool
    distributions: tuple[str, ...]
    regions: tuple[str, ...]
    side_rule: SideRule
    side_meaning: str
    side_replaces_detail: bool
    patterns: tuple[ConditionPattern, ...]
    components: tuple[str, ...]
    task_field: str
    icd10_who: tuple[str, ...]
    icd10_cm: tuple[str, ...]
    icd10_cm_by_side: Mapping[str, str]
    icd11: str
    coding_note: str
    view_sets: tuple[str, ...]
    by_region: bool
    main_view: str
    recordings: tuple[str, ...]
    scales: tuple[str, ...]
    review_group: str
    peak_day: int
    after_photo_from: int
    after_photo_to: int
    note: str
    source: str
    sources: Mapping[str, str]

    @property
    def full_name(self) -> str:
        """Name and detail on one line, e.g. "Blepharospasm, bilateral"."""
        return f"{self.name}, {self.detail}" if self.detail else self.name

    def source_of(self, field: str) -> str:
        """The evidence marks of one field (``icd10_who``, ``scales`` ...)."""
        return self.sources.get(field, self.source)

    def pattern(self, code: str) -> ConditionPattern:
        """The sub-type ``code``; raises KeyError."""
        return next((one for one in self.patterns if one.code == code), None) or absent(code)


@dataclass(frozen=True, slots=True)
class NameFork:
    """A name that means one condition with a right or left beside it and another without."""

    code: str
    names: tuple[str, ...]
    right_or_left: str
    otherwise: str
    unsure: bool
    source: str


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause of dystonia (axis II); ``is_dystonia_cause`` is False for what only stands in a teaching case."""

    code: str
    name: str
    aliases: tuple[str, ...]
    group: str
    subgroup: str
    is_dystonia_cause: bool
    icd10_who: tuple[str, ...]
    icd10_cm: tuple[str, ...]
    icd11: str
    source: str
    sources: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Vial:
    """A vial size: units of its product, and millilitres where it comes as a solution."""

    units: Decimal
    volume_ml: Decimal | None
    source: str


@dataclass(frozen=True, slots=True)
class Indication:
    """What a label allows a product for, and the conditions of ours that it covers."""

    code: str
    name: str
    conditions: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class LabelUse:
    """One product's label naming one indication somewhere; ``min_age`` in years where stated."""

    indication: str
    jurisdiction: str
    min_age: int | None
    note: str
    source: str


@dataclass(frozen=True, slots=True)
class LabelInterval:
    """The shortest interval a label states; shown as a fact, never used instead of the clinic's minimum."""

    interval: Interval
    indication: str
    jurisdiction: str
    patient_group: PatientGroup
    source: str


@dataclass(frozen=True, slots=True)
class MinimumInterval:
    """The interval before which no toxin is given again: product and condition (or ``any``)."""

    product: str
    condition: str
    interval: Interval
    source: str


@dataclass(frozen=True, slots=True)
class DoseLimit:
    """One cap on the units of one product (units are never compared across products).

    ``limit_units`` is the cap in the product's own units; with ``limit_units_per_kg`` the lower of the two holds.
    ``window`` is set for rolling limits. ``muscles`` narrows the sum to those muscles, ``per_side`` to one side.
    """

    code: str
    product: str
    indication: str
    patient_group: PatientGroup
    limit_units: Decimal
    limit_units_per_kg: Decimal | None
    window: Interval | None
    scope: LimitScope
    severity: LimitSeverity
    muscles: tuple[str, ...]
    per_side: bool
    reason: str
    source: str
    label_version_date: str


@dataclass(frozen=True, slots=True)
class Product:
    """A botulinum toxin product; its units are its own and never converted.

    ``unit_step``: how far one press of an arrow key moves a dose. ``in_use_hours``: after opening or dilution.
    """

    code: str
    generic: str
    brand: str
    aliases: tuple[str, ...]
    serotype: str
    form: str
    vials: tuple[Vial, ...]
    unit_step: Decimal
    dystonia_indicated: bool
    label_uses: tuple[LabelUse, ...]
    label_intervals: tuple[LabelInterval, ...]
    intervals: tuple[MinimumInterval, ...]
    in_use_hours: int | None
    in_use_note: str
    storage: str
    dose_note: str
    limits: tuple[DoseLimit, ...]
    source: str
    sources: Mapping[str, str]

    def source_of(self, field: str) -> str:
        """The evidence marks of one field."""
        return self.sources.get(field, self.source)


@dataclass(frozen=True, slots=True)
class Muscle:
    """A muscle or injection site. ``groups``: the tables it belongs to. ``avoid``: a site not to inject, and why.

    The code is also the id of its shape on the body maps. No doses here.
    """

    code: str
    name: str
    aliases: tuple[str, ...]
    region: str
    groups: tuple[str, ...]
    sides: tuple[str, ...]
    fingers: tuple[int, ...]
    avoid: bool
    reason: str
    caution: str
    source: str
    sources: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class MuscleGroup:
    """A table of muscles for one kind of treatment, in the order of a picker."""

    code: str
    name: str
    conditions: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class EvidenceSource:
    """Where a fact was read."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class ConditionMatch:
    """What a typed diagnosis means. ``guessed``: not written exactly so, the import warns.

    ``side`` is right, left, bilateral or None, already fitted to the condition's side rule; ``side_note`` says what
    had to be dropped or is missing. ``pattern`` is a sub-type named in the text, or blank.
    """

    condition: Condition
    side: str | None
    pattern: str
    side_note: SideNote
    guessed: bool


@dataclass(frozen=True, slots=True)
class CauseMatch:
    """What a typed cause means; ``guessed``: not written exactly so."""

    cause: Cause
    guessed: bool


@dataclass(frozen=True, slots=True)
class ClassMatch:
    """What a class word means: a value of an axis; ``value`` is blank for a legacy label."""

    word: ClassWord
    guessed: bool


@dataclass(frozen=True, slots=True)
class ProductMatch:
    """What a typed product means; ``guessed``: not written exactly so."""

    product: Product
    guessed: bool


@dataclass(frozen=True, slots=True)
class MuscleMatch:
    """What a typed muscle means, with a side where the text named one the muscle has."""

    muscle: Muscle
    side: str | None
    guessed: bool


@dataclass(frozen=True, slots=True)
class ViewMatch:
    """What a typed view means; ``guessed``: not written exactly so."""

    view: PictureView
    guessed: bool


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One entry as storage keeps it: JSON-able content and its version (a hash of the content)."""

    kind: str
    code: str
    name: str
    content: Mapping[str, object]
    version: str
    source: str


@dataclass(frozen=True, slots=True)
class CatalogueContents:
    """Everything the files hold, each catalogue from code to entry in the file's order."""

    sources: Mapping[str, EvidenceSource]
    schemes: Mapping[str, ClassificationScheme]
    regions: Mapping[str, Region]
    class_words: Mapping[str, ClassWord]
    views: Mapping[str, PictureView]
    view_sets: Mapping[str, ViewSet]
    review_groups: Mapping[str, ReviewGroup]
    traits: Mapping[str, Trait]
    conditions: Mapping[str, Condition]
    forks: Mapping[str, NameFork]
    causes: Mapping[str, Cause]
    indications: Mapping[str, Indication]
    products: Mapping[str, Product]
    nameless: tuple[str, ...]
    muscle_groups: Mapping[str, MuscleGroup]
    muscles: Mapping[str, Muscle]


class Coded(Protocol):
    """Any entry: it has a stable code."""

    @property
    def code(self) -> str:
        """The stable code, unique in its catalogue."""


def content_of(entry: object) -> Mapping[str, object]:
    """The fields of one entry as plain JSON values (decimals as text), for storage to keep and compare."""
    plain = _plain(entry)
    if not isinstance(plain, dict):
        raise TypeError(type(entry).__name__)
    return plain


def version_of(entry: object) -> str:
    """A hash of ``content_of(entry)``: equal content, equal version, on every computer."""
    return digest(content_of(entry))


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        plain = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        if isinstance(value, Condition):
            plain["full_name"] = value.full_name
        return plain
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def digest(content: Mapping[str, object]) -> str:
    """A short hash of plain JSON values, the same on every computer."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


def absent(code: str) -> NoReturn:
    """Raise KeyError for a code that is not there."""
    raise KeyError(code)
