"""The catalogues as values: conditions, causes, classes, products with their limits, muscles, picture views.

The facts live in ``database/catalogues/*.toml``, each with its evidence mark and source. ``parse_catalogues`` takes
the files as mappings (who reads them from disk is not this floor's business) and refuses anything doubtful.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import NoReturn, Protocol, TypeVar

from clinic_app.domain.catalogue_names import (
    NameClash,
    NameIndex,
    fold,
    is_side_blank,
    key_of,
    side_of,
    spellings,
    split_side,
)
from clinic_app.domain.catalogue_tables import CatalogueError, Table

__all__ = [
    "CATALOGUE_FILES",
    "AxisValue",
    "CatalogueEntry",
    "CatalogueError",
    "Catalogues",
    "Cause",
    "CauseMatch",
    "ClassMatch",
    "ClassWord",
    "ClassificationAxis",
    "ClassificationScheme",
    "Condition",
    "ConditionMatch",
    "ConditionPattern",
    "DoseLimit",
    "EvidenceSource",
    "Indication",
    "Interval",
    "IntervalUnit",
    "LabelInterval",
    "LabelUse",
    "LimitScope",
    "LimitSeverity",
    "MinimumInterval",
    "Muscle",
    "MuscleGroup",
    "MuscleMatch",
    "NameFork",
    "PatientGroup",
    "PictureView",
    "Product",
    "ProductMatch",
    "Region",
    "ReviewGroup",
    "SideNote",
    "SideRule",
    "Trait",
    "Vial",
    "ViewKind",
    "ViewMatch",
    "ViewSet",
    "content_of",
    "parse_catalogues",
    "version_of",
]

CATALOGUE_FILES = ("sources", "classifications", "views", "conditions", "causes", "products", "muscles")
"""The files of ``database/catalogues`` (without ``.toml``), in the order they refer to each other."""

ANY = "any"
"""In a limit or interval row: every indication, every condition."""

UNKNOWN_PRODUCT_WEEKS = 12
"""Minimum interval after an injection whose product nobody knows, in weeks (proposal; the clinic may only lengthen it)."""


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
        return next(iter(axis for axis in self.axes if axis.code == code), None) or _absent(code)


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
        return next((one for one in self.patterns if one.code == code), None) or _absent(code)


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


class _Coded(Protocol):
    @property
    def code(self) -> str: ...


_C = TypeVar("_C", bound=_Coded)


def _absent(code: str) -> NoReturn:
    raise KeyError(code)


def _by_code(entries: Iterable[_C]) -> Mapping[str, _C]:
    return MappingProxyType({entry.code: entry for entry in entries})


class Catalogues:
    """All catalogues of one version, immutable; the mappings go from code to entry in the files' order."""

    def __init__(
        self,
        *,
        sources: Iterable[EvidenceSource],
        schemes: Iterable[ClassificationScheme],
        regions: Iterable[Region],
        class_words: Iterable[ClassWord],
        views: Iterable[PictureView],
        view_sets: Iterable[ViewSet],
        review_groups: Iterable[ReviewGroup],
        traits: Iterable[Trait],
        conditions: Iterable[Condition],
        forks: Iterable[NameFork],
        causes: Iterable[Cause],
        indications: Iterable[Indication],
        products: Iterable[Product],
        nameless: Iterable[str],
        muscle_groups: Iterable[MuscleGroup],
        muscles: Iterable[Muscle],
    ) -> None:
        self.sources = _by_code(sources)
        self.schemes = _by_code(schemes)
        self.regions = _by_code(regions)
        self.class_words = _by_code(class_words)
        self.views = _by_code(views)
        self.view_sets = _by_code(view_sets)
        self.review_groups = _by_code(review_groups)
        self.traits = _by_code(traits)
        self.conditions = _by_code(conditions)
        self.forks = _by_code(forks)
        self.causes = _by_code(causes)
        self.indications = _by_code(indications)
        self.products = _by_code(products)
        self.muscle_groups = _by_code(muscle_groups)
        self.muscles = _by_code(muscles)
        self.limits = _by_code(limit for product in self.products.values() for limit in product.limits)
        self._nameless = frozenset(key_of(name) for name in nameless)
        self._condition_names = _index_of_conditions(self.conditions.values(), self.forks.values())
        self._cause_names = _index("causes", self.causes.values(), lambda one: (one.name, *one.aliases))
        self._class_names = _index("classifications", self.class_words.values(), lambda one: one.words)
        self._product_names = _index(
            "products", self.products.values(), lambda one: (one.brand, one.generic, *one.aliases)
        )
        self._muscle_names = _index("muscles", self.muscles.values(), lambda one: (one.name, *one.aliases))
        self._view_names = _index("views", self.views.values(), lambda one: (one.name, *one.aliases))
        self.version = _digest({f"{entry.kind}/{entry.code}": entry.version for entry in self.entries()})

    # --- what was typed ---------------------------------------------------------------------------------------

    def find_condition(self, text: str, side_hint: str | None = None) -> ConditionMatch | None:
        """What a diagnosis cell means, with ``side_hint`` the side cell beside it (both as typed), else None.

        Side words inside ``text`` count too; where the two disagree the side cell holds and ``side_note`` says so.
        "Blephrospasm" with right or left is the unilateral kind, otherwise the bilateral one; a bare "torticollis"
        is cervical dystonia without a pattern.
        """
        hinted = side_of(side_hint)
        unreadable = hinted is None and not is_side_blank(side_hint)
        for exactly in (True, False):
            for spelling in spellings(text):
                said, rest = split_side(spelling)
                for name, side_in_name in ((spelling, None), (rest, said)):
                    found = self._condition_names.exact(name) if exactly else self._condition_names.guess(name)
                    if found is not None:
                        return self._condition_match(found, side_in_name or said, hinted, unreadable, not exactly)
        return None

    def _condition_match(
        self, found: str, said: str | None, hinted: str | None, unreadable: bool, guessed: bool
    ) -> ConditionMatch:
        kind, _, rest = found.partition(":")
        pattern = ""
        side = hinted or said
        if kind == "fork":
            fork = self.forks[rest]
            code = fork.right_or_left if side in ("right", "left") else fork.otherwise
            guessed = guessed or fork.unsure
        else:
            code, _, pattern = rest.partition("/")
        condition = self.conditions[code]
        fitted, note = _fit_side(condition, side)
        if unreadable and note in (SideNote.FINE, SideNote.MISSING):
            note = SideNote.UNREADABLE
        if (hinted and said and hinted != said and kind != "fork") or (
            hinted and said and hinted != said and note is SideNote.FINE
        ):
            note = SideNote.CONFLICT
        return ConditionMatch(condition, fitted, pattern, note, guessed)

    def find_cause(self, text: str) -> CauseMatch | None:
        """The cause a text names, else None."""
        code, guessed = _find(self._cause_names, text)
        return CauseMatch(self.causes[code], guessed) if code else None

    def find_class(self, text: str) -> ClassMatch | None:
        """The classification value (or legacy label) a word of the clinic's papers means, else None."""
        code, guessed = _find(self._class_names, text)
        return ClassMatch(self.class_words[code], guessed) if code else None

    def find_product(self, text: str) -> ProductMatch | None:
        """The product a text names ("BOTOX 100 U", "ona"), else None.

        Names of the toxin without a brand ("botulinum toxin A") are no product: units would be guessed with them.
        """
        bare = " ".join(word for word in fold(text).split() if not _is_vial_word(word))
        for name in (text, bare):
            if key_of(name) in self._nameless or not key_of(name):
                return None
            code = self._product_names.exact(name)
            if code:
                return ProductMatch(self.products[code], guessed=False)
        code = self._product_names.guess(bare)
        return ProductMatch(self.products[code], guessed=True) if code else None

    def find_muscle(self, text: str) -> MuscleMatch | None:
        """The muscle or site a text names; a side in the text is taken where the muscle has it ("puborectalis_R")."""
        for exactly in (True, False):
            for spelling in spellings(text):
                said, rest = split_side(spelling)
                for name in (spelling, rest):
                    found = self._muscle_names.exact(name) if exactly else self._muscle_names.guess(name)
                    if found is not None:
                        muscle = self.muscles[found]
                        side = said if said in muscle.sides else None
                        if side is None and len(muscle.sides) == 1:
                            side = muscle.sides[0]
                        return MuscleMatch(muscle, side, guessed=not exactly)
        return None

    def find_view(self, text: str, side_hint: str | None = None) -> ViewMatch | None:
        """The view a code or name means ("F01", "e04 r", "eyes closed gently"), else None."""
        side = side_of(side_hint)
        tries = [text, f"{text} {side}", f"{text}{side[0]}"] if side in ("right", "left") else [text]
        for name in tries:
            code = self._view_names.exact(name)
            if code:
                return ViewMatch(self.views[code], guessed=False)
        code = self._view_names.guess(text)
        return ViewMatch(self.views[code], guessed=True) if code else None

    # --- what holds -------------------------------------------------------------------------------------------

    def minimum_interval(self, product: str | None, condition: str | None) -> Interval:
        """The shipped minimum interval after ``product`` given for ``condition`` (codes; None: not known).

        The row of the pair wins over the product's row for any condition; an unknown product is 12 weeks.
        """
        known = self.products.get(product or "")
        rows = {row.condition: row.interval for row in known.intervals} if known else {}
        return rows.get(condition or ANY) or rows.get(ANY) or Interval(UNKNOWN_PRODUCT_WEEKS, IntervalUnit.WEEKS)

    def indications_of(self, condition: str) -> tuple[Indication, ...]:
        """The label indications that cover a condition; empty where no label names it."""
        return tuple(one for one in self.indications.values() if condition in one.conditions)

    def limits_for(self, product: str, condition: str | None, group: PatientGroup) -> tuple[DoseLimit, ...]:
        """The caps that apply to ``product`` given for ``condition`` to a patient of ``group``.

        An empty answer means *limits unknown*, never *no limit*.
        """
        covering = {ANY, *(one.code for one in self.indications_of(condition or ""))}
        known = self.products.get(product)
        return tuple(
            limit
            for limit in (known.limits if known else ())
            if limit.indication in covering and limit.patient_group in (PatientGroup.ANY, group)
        )

    def is_off_label(self, product: str, condition: str, jurisdiction: str | None = None) -> bool:
        """Whether no label of ``product`` (of one jurisdiction, or of any) names the condition."""
        covering = {one.code for one in self.indications_of(condition)}
        known = self.products.get(product)
        return not any(
            use.indication in covering and jurisdiction in (None, use.jurisdiction)
            for use in (known.label_uses if known else ())
        )

    def view_sets_for(self, condition: str, regions: Iterable[str] = ()) -> tuple[ViewSet, ...]:
        """The view sets of a condition; one that goes by region takes those of ``regions`` (none said: all sets)."""
        known = self.conditions[condition]
        codes = list(known.view_sets)
        if known.by_region:
            wanted = [code for region in regions for code in self.regions[region].view_sets]
            codes.extend(wanted or self.view_sets)
        return tuple(self.view_sets[code] for code in dict.fromkeys(codes))

    def views_for(self, condition: str, regions: Iterable[str] = ()) -> tuple[PictureView, ...]:
        """The views of a condition, the main view first, each once."""
        codes = [code for one in self.view_sets_for(condition, regions) for code in one.views]
        main = self.conditions[condition].main_view
        return tuple(self.views[code] for code in dict.fromkeys([main, *codes] if main else codes))

    def muscles_for(self, condition: str) -> tuple[Muscle, ...]:
        """The muscles and sites offered first for a condition (tables that name it), each once."""
        groups = {one.code for one in self.muscle_groups.values() if condition in one.conditions}
        return tuple(muscle for muscle in self.muscles.values() if groups.intersection(muscle.groups))

    # --- what storage keeps -----------------------------------------------------------------------------------

    def entries(self) -> Iterator[CatalogueEntry]:
        """Every entry with its content and version; storage inserts what is new and retires what is gone."""
        kinds: tuple[tuple[str, Mapping[str, object]], ...] = (
            ("source", self.sources),
            ("scheme", self.schemes),
            ("class_word", self.class_words),
            ("region", self.regions),
            ("view", self.views),
            ("view_set", self.view_sets),
            ("review_group", self.review_groups),
            ("trait", self.traits),
            ("condition", self.conditions),
            ("name_fork", self.forks),
            ("cause", self.causes),
            ("indication", self.indications),
            ("product", self.products),
            ("muscle_group", self.muscle_groups),
            ("muscle", self.muscles),
        )
        for kind, found in kinds:
            for code, entry in found.items():
                content = content_of(entry)
                name = next((str(content[key]) for key in ("full_name", "name", "brand") if content.get(key)), code)
                yield CatalogueEntry(kind, code, name, content, _digest(content), str(content.get("source", "")))


def content_of(entry: object) -> Mapping[str, object]:
    """The fields of one entry as plain JSON values (decimals as text), for storage to keep and compare."""
    plain = _plain(entry)
    if not isinstance(plain, dict):
        raise TypeError(type(entry).__name__)
    return plain


def version_of(entry: object) -> str:
    """A hash of ``content_of(entry)``: equal content, equal version, on every computer."""
    return _digest(content_of(entry))


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


def _digest(content: Mapping[str, object]) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


def _is_vial_word(word: str) -> bool:
    digits = word.rstrip("iu").removesuffix("unit")
    return digits.isdigit() or word in {"u", "iu", "unit", "vial", "inj", "injection", "powder", "new", "r", "tm"}


def _find(index: NameIndex, text: str) -> tuple[str | None, bool]:
    for spelling in spellings(text):
        code = index.exact(spelling)
        if code:
            return code, False
    for spelling in spellings(text):
        code = index.guess(spelling)
        if code:
            return code, True
    return None, False


def _fit_side(condition: Condition, side: str | None) -> tuple[str | None, SideNote]:
    rule = condition.side_rule
    if rule is SideRule.BILATERAL:
        return "bilateral", SideNote.FINE if side in (None, "bilateral") else SideNote.CONFLICT
    if side is None:
        return None, SideNote.MISSING if rule.required else SideNote.FINE
    if side in rule.sides:
        return side, SideNote.FINE
    if rule.required:
        return None, SideNote.CONFLICT
    return None, SideNote.IGNORED


def _index(file: str, entries: Iterable[_C], names: Callable[[_C], Iterable[str]]) -> NameIndex:
    index = NameIndex()
    known = list(entries)
    for entry in known:
        index.add_code(entry.code)
    for entry in known:
        for name in names(entry):
            _add_name(index, file, name, entry.code, entry.code)
    return index


def _add_name(index: NameIndex, file: str, name: str, target: str, entry: str) -> None:
    try:
        index.add_name(name, target)
    except NameClash as clash:
        raise CatalogueError(
            "catalogue_alias_clash", file=f"{file}.toml", entry=entry, field="aliases", value=name, other=clash.first
        ) from clash


def _index_of_conditions(conditions: Iterable[Condition], forks: Iterable[NameFork]) -> NameIndex:
    index = NameIndex()
    known = list(conditions)
    for condition in known:
        index.add_code(condition.code, f"condition:{condition.code}")
    for condition in known:
        target = f"condition:{condition.code}"
        names = [condition.full_name, *condition.aliases]
        if condition.detail:
            names.append(f"{condition.detail} {condition.name}")
        for name in names:
            _add_name(index, "conditions", name, target, condition.code)
        for pattern in condition.patterns:
            for name in (f"{condition.name} {pattern.name}", f"{pattern.name} {condition.name}", *pattern.aliases):
                _add_name(index, "conditions", name, f"{target}/{pattern.code}", condition.code)
    for fork in forks:
        for name in fork.names:
            _add_name(index, "conditions", name, f"fork:{fork.code}", fork.code)
    return index


# --- from mappings to values --------------------------------------------------------------------------------------


def parse_catalogues(mapping_by_file: Mapping[str, Mapping[str, object]]) -> Catalogues:
    """Turn the parsed files (keyed ``conditions`` or ``conditions.toml``) into values.

    Raises CatalogueError, naming file, entry and field, for: a missing or surplus file, an unknown key, a wrong type,
    a duplicate code, a missing or malformed source, a name two entries claim, a reference to nothing.
    """
    files = {name.removesuffix(".toml"): content for name, content in mapping_by_file.items()}
    for name in (*CATALOGUE_FILES, *files):
        if name not in files or name not in CATALOGUE_FILES:
            code = "catalogue_missing_file" if name not in files else "catalogue_unknown_file"
            raise CatalogueError(code, file=f"{name}.toml", entry="", field="")
    return _Parser({name: Table(f"{name}.toml", "", files[name]) for name in CATALOGUE_FILES}).parse()


def _unique(rows: Iterable[tuple[Table, _C]]) -> Mapping[str, _C]:
    found: dict[str, _C] = {}
    for table, entry in rows:
        if entry.code in found:
            raise table.fault("catalogue_duplicate", "code", value=entry.code)
        found[entry.code] = entry
        table.finish()
    return MappingProxyType(found)


class _Parser:
    def __init__(self, files: Mapping[str, Table]) -> None:
        self._files = files
        self._known: Mapping[str, EvidenceSource] = {}

    def _rows(self, file: str, field: str, make: Callable[[Table], _C], *, required: bool = True) -> Mapping[str, _C]:
        tables = self._files[file].tables(field, required=required)
        return _unique((table, make(table)) for table in tables)

    def parse(self) -> Catalogues:
        self._known = self._rows("sources", "sources", self._evidence)
        regions_raw = self._files["classifications"].tables("regions", required=True)
        self._schemes = self._rows("classifications", "schemes", self._scheme)
        self._views = self._rows("views", "views", self._view)
        self._sets = self._rows("views", "view_sets", self._view_set)
        self._regions = _unique((table, self._region(table)) for table in regions_raw)
        words = self._rows("classifications", "words", self._word)
        self._groups = self._rows("conditions", "review_groups", self._review_group)
        traits = self._rows("conditions", "traits", self._trait)
        self._conditions = self._rows("conditions", "conditions", self._condition)
        for condition in self._conditions.values():
            for part in condition.components:
                if part not in self._conditions:
                    raise CatalogueError(
                        "catalogue_dangling",
                        file="conditions.toml",
                        entry=condition.code,
                        field="components",
                        value=part,
                        wanted="conditions.toml",
                    )
        forks = self._rows("conditions", "forks", self._fork)
        causes = self._rows("causes", "causes", self._cause)
        muscle_groups = self._muscle_groups = self._rows("muscles", "groups", self._muscle_group)
        self._muscles = self._rows("muscles", "muscles", self._muscle)
        self._indications = self._rows("products", "indications", self._indication)
        self._limit_codes: set[str] = set()
        products = self._rows("products", "products", self._product)
        nameless = self._files["products"].texts("nameless")
        for table in self._files.values():
            table.finish()
        return Catalogues(
            sources=self._known.values(),
            schemes=self._schemes.values(),
            regions=self._regions.values(),
            class_words=words.values(),
            views=self._views.values(),
            view_sets=self._sets.values(),
            review_groups=self._groups.values(),
            traits=traits.values(),
            conditions=self._conditions.values(),
            forks=forks.values(),
            causes=causes.values(),
            indications=self._indications.values(),
            products=products.values(),
            nameless=nameless,
            muscle_groups=muscle_groups.values(),
            muscles=self._muscles.values(),
        )

    def _sources_of(self, table: Table) -> Mapping[str, str]:
        found = table.text_map("sources")
        for field, marks in found.items():
            table.check_marks(marks, f"sources.{field}", self._known)
            if not table.has(field):
                raise table.fault("catalogue_unknown_key", f"sources.{field}")
        return MappingProxyType(found)

    def _evidence(self, table: Table) -> EvidenceSource:
        return EvidenceSource(table.code(), table.text("text"))

    def _scheme(self, table: Table) -> ClassificationScheme:
        code = table.code()
        axes = _unique((row, self._axis(row, code)) for row in table.tables("axes", required=True))
        return ClassificationScheme(
            code, table.text("name"), table.flag("current"), tuple(axes.values()), table.source(self._known)
        )

    def _axis(self, table: Table, scheme: str) -> ClassificationAxis:
        code = table.code()
        source = table.source(self._known)
        values = _unique((row, self._axis_value(row, source)) for row in table.tables("values"))
        for value in values.values():
            if value.parent and value.parent not in values:
                raise table.fault("catalogue_dangling", "parent", value=value.parent, wanted=code)
        return ClassificationAxis(
            code,
            scheme,
            table.text("axis"),
            table.text("name"),
            table.flag("several", False),
            tuple(values.values()),
            source,
        )

    def _axis_value(self, table: Table, source: str) -> AxisValue:
        return AxisValue(
            code=table.code(),
            name=table.text("name"),
            aliases=table.texts("aliases"),
            parent=table.text("parent", ""),
            min_years=table.maybe_whole("min_years"),
            max_years=table.maybe_whole("max_years"),
            note=table.text("note", ""),
            source=table.source(self._known) if table.has("source") else source,
        )

    def _word(self, table: Table) -> ClassWord:
        word = ClassWord(
            code=table.code(),
            words=table.texts("words", required=True),
            scheme=table.text("scheme", ""),
            axis=table.text("axis", ""),
            value=table.text("value", ""),
            legacy=table.flag("legacy", False),
            source=table.source(self._known),
        )
        if word.legacy != (not word.value):
            raise table.fault("catalogue_missing_field", "value")
        if word.value:
            table.refer("scheme", [word.scheme], self._schemes, "classifications.toml")
            axes = {axis.code: axis for axis in self._schemes[word.scheme].axes}
            table.refer("axis", [word.axis], axes, "classifications.toml")
            table.refer(
                "value", [word.value], {one.code: one for one in axes[word.axis].values}, "classifications.toml"
            )
        return word

    def _region(self, table: Table) -> Region:
        region = Region(
            table.code(), table.text("name"), table.texts("sides"), table.texts("view_sets"), table.source(self._known)
        )
        self._check_sides(table, region.sides)
        table.refer("view_sets", region.view_sets, self._sets, "views.toml")
        return region

    def _check_sides(self, table: Table, sides: Iterable[str]) -> None:
        for side in sides:
            if side not in ("right", "left", "midline"):
                raise table.fault("catalogue_unknown_word", "sides", value=side, wanted="right, left, midline")

    def _view(self, table: Table) -> PictureView:
        view = PictureView(
            code=table.code(),
            name=table.text("name"),
            kind=table.choice("kind", ViewKind, ViewKind.PICTURE),
            side=table.text("side", ""),
            instruction=table.text("instruction"),
            aliases=table.texts("aliases"),
            source=table.source(self._known),
        )
        self._check_sides(table, [view.side] if view.side else [])
        return view

    def _view_set(self, table: Table) -> ViewSet:
        found = ViewSet(
            table.code(),
            table.text("name"),
            table.texts("views", required=True),
            table.texts("keys", required=True),
            table.source(self._known),
        )
        pictures = {code: view for code, view in self._views.items() if view.kind is ViewKind.PICTURE}
        table.refer("views", found.views, pictures, "views.toml")
        if len(found.keys) != len(found.views) or any(len(key) != 1 for key in found.keys):
            raise table.fault("catalogue_wrong_type", "keys", wanted="one character for each view")
        return found

    def _review_group(self, table: Table) -> ReviewGroup:
        group = ReviewGroup(
            table.code(),
            table.text("name"),
            table.whole("peak_day"),
            table.whole("after_photo_from"),
            table.whole("after_photo_to"),
            table.source(self._known),
        )
        if group.after_photo_to < group.after_photo_from:
            raise table.fault("catalogue_wrong_type", "after_photo_to", wanted="a day not before after_photo_from")
        return group

    def _trait(self, table: Table) -> Trait:
        kind = table.text("kind")
        if kind not in ("trigger", "symptom"):
            raise table.fault("catalogue_unknown_word", "kind", value=kind, wanted="trigger, symptom")
        return Trait(table.code(), kind, table.text("name"), table.source(self._known))

    def _pattern(self, table: Table) -> ConditionPattern:
        return ConditionPattern(table.code(), table.text("name"), table.texts("aliases"))

    def _condition(self, table: Table) -> Condition:
        code = table.code()
        group = table.text("review_group")
        table.refer("review_group", [group], self._groups, "conditions.toml")
        review = self._groups[group]
        condition = Condition(
            code=code,
            name=table.text("name"),
            detail=table.text("detail", ""),
            aliases=table.texts("aliases"),
            is_dystonia=table.flag("is_dystonia"),
            debated=table.flag("debated", False),
            distributions=table.texts("distributions"),
            regions=table.texts("regions"),
            side_rule=table.choice("side_rule", SideRule),
            side_meaning=table.text("side_meaning", ""),
            side_replaces_detail=table.flag("side_replaces_detail", False),
            patterns=tuple(_unique((row, self._pattern(row)) for row in table.tables("patterns")).values()),
            components=table.texts("components"),
            task_field=table.text("task_field", ""),
            icd10_who=table.texts("icd10_who"),
            icd10_cm=table.texts("icd10_cm"),
            icd10_cm_by_side=MappingProxyType(table.text_map("icd10_cm_by_side")),
            icd11=table.text("icd11", ""),
            coding_note=table.text("coding_note", ""),
            view_sets=table.texts("view_sets"),
            by_region=table.flag("by_region", False),
            main_view=table.text("main_view", ""),
            recordings=table.texts("recordings"),
            scales=table.texts("scales"),
            review_group=group,
            peak_day=review.peak_day,
            after_photo_from=review.after_photo_from,
            after_photo_to=review.after_photo_to,
            note=table.text("note", ""),
            source=table.source(self._known),
            sources=self._sources_of(table),
        )
        axes = {axis.code: axis for scheme in self._schemes.values() if scheme.current for axis in scheme.axes}
        body = {value.code: value for value in axes["body_distribution"].values}
        table.refer("distributions", condition.distributions, body, "classifications.toml")
        table.refer("regions", condition.regions, self._regions, "classifications.toml")
        table.refer("view_sets", condition.view_sets, self._sets, "views.toml")
        table.refer("recordings", condition.recordings, self._views, "views.toml")
        if condition.main_view:
            sets = self._sets if condition.by_region else condition.view_sets
            shown = {view: name for name in sets for view in self._sets[name].views}
            table.refer("main_view", [condition.main_view], shown, "view_sets of the condition")
        if condition.task_field not in ("", "task", "instrument"):
            raise table.fault(
                "catalogue_unknown_word", "task_field", value=condition.task_field, wanted="task, instrument"
            )
        return condition

    def _fork(self, table: Table) -> NameFork:
        fork = NameFork(
            table.code(),
            table.texts("names", required=True),
            table.text("right_or_left"),
            table.text("otherwise"),
            table.flag("unsure", False),
            table.source(self._known),
        )
        table.refer("right_or_left", [fork.right_or_left], self._conditions, "conditions.toml")
        table.refer("otherwise", [fork.otherwise], self._conditions, "conditions.toml")
        return fork

    def _cause(self, table: Table) -> Cause:
        group = table.text("group")
        cause = Cause(
            code=table.code(),
            name=table.text("name"),
            aliases=table.texts("aliases"),
            group=group,
            subgroup=table.text("subgroup", ""),
            is_dystonia_cause=table.flag("is_dystonia_cause", True),
            icd10_who=table.texts("icd10_who"),
            icd10_cm=table.texts("icd10_cm"),
            icd11=table.text("icd11", ""),
            source=table.source(self._known),
            sources=self._sources_of(table),
        )
        groups = ("acquired", "degenerative", "inherited", "idiopathic", "none")
        if group not in groups:
            raise table.fault("catalogue_unknown_word", "group", value=group, wanted=", ".join(groups))
        return cause

    def _muscle_group(self, table: Table) -> MuscleGroup:
        group = MuscleGroup(table.code(), table.text("name"), table.texts("conditions"), table.source(self._known))
        table.refer("conditions", group.conditions, self._conditions, "conditions.toml")
        return group

    def _muscle(self, table: Table) -> Muscle:
        muscle = Muscle(
            code=table.code(),
            name=table.text("name"),
            aliases=table.texts("aliases"),
            region=table.text("region"),
            groups=table.texts("groups", required=True),
            sides=table.texts("sides", required=True),
            fingers=tuple(range(2, 6)) if table.flag("fingers", False) else (),
            avoid=table.flag("avoid", False),
            reason=table.text("reason", ""),
            caution=table.text("caution", ""),
            source=table.source(self._known),
            sources=self._sources_of(table),
        )
        self._check_sides(table, muscle.sides)
        table.refer("region", [muscle.region], self._regions, "classifications.toml")
        table.refer("groups", muscle.groups, self._muscle_groups, "muscles.toml")
        if muscle.avoid and not muscle.reason:
            raise table.fault("catalogue_missing_field", "reason")
        return muscle

    def _indication(self, table: Table) -> Indication:
        found = Indication(table.code(), table.text("name"), table.texts("conditions"), table.source(self._known))
        table.refer("conditions", found.conditions, self._conditions, "conditions.toml")
        return found

    def _interval(self, table: Table) -> Interval:
        return Interval(table.whole("value"), table.choice("unit", IntervalUnit))

    def _indication_code(self, table: Table) -> str:
        code = table.text("indication")
        if code != ANY:
            table.refer("indication", [code], self._indications, "products.toml")
        return code

    def _vial(self, table: Table) -> Vial:
        vial = Vial(table.number("units"), table.maybe_number("volume_ml"), table.source(self._known))
        table.finish()
        return vial

    def _label_use(self, table: Table) -> LabelUse:
        use = LabelUse(
            self._indication_code(table),
            table.text("jurisdiction"),
            table.maybe_whole("min_age"),
            table.text("note", ""),
            table.source(self._known),
        )
        table.finish()
        return use

    def _label_interval(self, table: Table) -> LabelInterval:
        found = LabelInterval(
            self._interval(table),
            self._indication_code(table),
            table.text("jurisdiction"),
            table.choice("patient_group", PatientGroup, PatientGroup.ANY),
            table.source(self._known),
        )
        table.finish()
        return found

    def _minimum(self, table: Table, product: str) -> MinimumInterval:
        condition = table.text("condition")
        if condition != ANY:
            table.refer("condition", [condition], self._conditions, "conditions.toml")
        found = MinimumInterval(product, condition, self._interval(table), table.source(self._known))
        table.finish()
        return found

    def _limit(self, table: Table, product: str) -> DoseLimit:
        code = table.code()
        window = table.maybe_table("window")
        limit = DoseLimit(
            code=code,
            product=product,
            indication=self._indication_code(table),
            patient_group=table.choice("patient_group", PatientGroup),
            limit_units=table.number("limit_units"),
            limit_units_per_kg=table.maybe_number("limit_units_per_kg"),
            window=self._interval(window) if window else None,
            scope=table.choice("scope", LimitScope),
            severity=table.choice("severity", LimitSeverity),
            muscles=table.texts("muscles"),
            per_side=table.flag("per_side", False),
            reason=table.text("reason", ""),
            source=table.source(self._known),
            label_version_date=table.text("label_version_date", ""),
        )
        if window:
            window.finish()
        if (limit.scope is LimitScope.ROLLING) != (limit.window is not None):
            raise table.fault("catalogue_missing_field", "window")
        table.refer("muscles", limit.muscles, self._muscles, "muscles.toml")
        if code in self._limit_codes:
            raise table.fault("catalogue_duplicate", "code", value=code)
        self._limit_codes.add(code)
        table.finish()
        return limit

    def _product(self, table: Table) -> Product:
        code = table.code()
        product = Product(
            code=code,
            generic=table.text("generic"),
            brand=table.text("brand"),
            aliases=table.texts("aliases"),
            serotype=table.text("serotype"),
            form=table.text("form"),
            vials=tuple(self._vial(row) for row in table.tables("vials", required=True)),
            unit_step=table.number("unit_step"),
            dystonia_indicated=table.flag("dystonia_indicated"),
            label_uses=tuple(self._label_use(row) for row in table.tables("label_uses", required=True)),
            label_intervals=tuple(self._label_interval(row) for row in table.tables("label_intervals")),
            intervals=tuple(self._minimum(row, code) for row in table.tables("intervals", required=True)),
            in_use_hours=table.maybe_whole("in_use_hours"),
            in_use_note=table.text("in_use_note", ""),
            storage=table.text("storage", ""),
            dose_note=table.text("dose_note", ""),
            limits=tuple(self._limit(row, code) for row in table.tables("limits", required=True)),
            source=table.source(self._known),
            sources=self._sources_of(table),
        )
        if product.form not in ("powder", "solution"):
            raise table.fault("catalogue_unknown_word", "form", value=product.form, wanted="powder, solution")
        if ANY not in {row.condition for row in product.intervals}:
            raise table.fault("catalogue_missing_field", "intervals")
        return product
