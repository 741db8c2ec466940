"""The catalogues: conditions, causes, classes, products with their limits, muscles, picture views, and their lookups.

The facts live in ``database/catalogues/*.toml``, each with its evidence mark and source. ``parse_catalogues`` takes
the files as mappings (who reads them from disk is not this floor's business).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TypeVar

from clinic_app.domain.calendar import Span
from clinic_app.domain.catalogue_entries import (
    ANY,
    AxisValue,
    CatalogueContents,
    CatalogueEntry,
    Cause,
    CauseMatch,
    ClassificationAxis,
    ClassificationScheme,
    ClassMatch,
    ClassWord,
    Coded,
    Condition,
    ConditionMatch,
    ConditionPattern,
    DoseLimit,
    EvidenceSource,
    Indication,
    Interval,
    IntervalUnit,
    LabelInterval,
    LabelUse,
    LimitScope,
    LimitSeverity,
    MinimumInterval,
    Muscle,
    MuscleGroup,
    MuscleMatch,
    NameFork,
    PatientGroup,
    PictureView,
    Product,
    ProductMatch,
    Region,
    ReviewGroup,
    SideNote,
    SideRule,
    Trait,
    Vial,
    ViewKind,
    ViewMatch,
    ViewSet,
    content_of,
    digest,
    version_of,
)
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
from clinic_app.domain.catalogue_parsing import CATALOGUE_FILES, read_contents
from clinic_app.domain.catalogue_tables import CatalogueError

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

UNKNOWN_PRODUCT_WEEKS = 12
"""Minimum interval after an injection of unknown product, in weeks (proposal; a clinic may lengthen it)."""

REMEMBERED = 5_000
"""How many typed diagnoses are remembered with their answer: a register repeats a few spellings many times."""

_C = TypeVar("_C", bound=Coded)


class Catalogues:
    """All catalogues of one version, immutable; the mappings go from code to entry in the files' order."""

    def __init__(self, contents: CatalogueContents) -> None:
        self.sources = contents.sources
        self.schemes = contents.schemes
        self.regions = contents.regions
        self.class_words = contents.class_words
        self.views = contents.views
        self.view_sets = contents.view_sets
        self.review_groups = contents.review_groups
        self.traits = contents.traits
        self.conditions = contents.conditions
        self.forks = contents.forks
        self.causes = contents.causes
        self.indications = contents.indications
        self.products = contents.products
        self.muscle_groups = contents.muscle_groups
        self.muscles = contents.muscles
        limits = {limit.code: limit for product in self.products.values() for limit in product.limits}
        self.limits: Mapping[str, DoseLimit] = MappingProxyType(limits)
        self._asked: dict[tuple[str, str | None], ConditionMatch | None] = {}
        self._nameless = frozenset(key_of(name) for name in contents.nameless)
        self._condition_names = _index_of_conditions(self.conditions.values(), self.forks.values())
        self._cause_names = _index("causes", self.causes.values(), lambda one: (one.name, *one.aliases))
        self._class_names = _index("classifications", self.class_words.values(), lambda one: one.words)
        self._product_names = _index(
            "products", self.products.values(), lambda one: (one.brand, one.generic, *one.aliases)
        )
        self._muscle_names = _index("muscles", self.muscles.values(), lambda one: (one.name, *one.aliases))
        self._view_names = _index("views", self.views.values(), lambda one: (one.name, *one.aliases))

    # --- what was typed ---------------------------------------------------------------------------------------

    def find_condition(self, text: str, side_hint: str | None = None) -> ConditionMatch | None:
        """What a diagnosis cell means, with ``side_hint`` the side cell beside it (both as typed), else None.

        Side words inside ``text`` count too; where the two disagree the side cell holds and ``side_note`` says so.
        "Blephrospasm" with right or left is the unilateral kind, otherwise the bilateral one; a bare "torticollis"
        is cervical dystonia without a pattern.
        """
        asked = (text, side_hint)
        if asked not in self._asked:
            if len(self._asked) >= REMEMBERED:
                self._asked.clear()
            self._asked[asked] = self._search_condition(text, side_hint)
        return self._asked[asked]

    def _search_condition(self, text: str, side_hint: str | None) -> ConditionMatch | None:
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

        Names of the toxin without a brand ("botulinum toxin A") are no product, and a misspelt generic name is never
        guessed: two of them differ by two letters, and units would be guessed with it.
        """
        bare = " ".join(word for word in fold(text).split() if not _is_vial_word(word))
        for name in (text, bare):
            if key_of(name) in self._nameless or not key_of(name):
                return None
            code = self._product_names.exact(name)
            if code:
                return ProductMatch(self.products[code], guessed=False)
        code = None if "botulinum" in key_of(bare) else self._product_names.guess(bare)
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

    def interval_pairs(self) -> Mapping[tuple[str, str | None], Span]:
        """All shipped minimum intervals by (product, condition; None: any), as ``schedule.MinimumIntervals`` wants."""
        return {
            (row.product, None if row.condition == ANY else row.condition): row.interval.span
            for product in self.products.values()
            for row in product.intervals
        }

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

    @property
    def version(self) -> str:
        """A hash of all entries: equal content, equal version, on every computer."""
        return digest({f"{entry.kind}/{entry.code}": entry.version for entry in self.entries()})

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
                yield CatalogueEntry(kind, code, name, content, digest(content), str(content.get("source", "")))


def parse_catalogues(mapping_by_file: Mapping[str, Mapping[str, object]]) -> Catalogues:
    """Turn the parsed files (keyed ``conditions`` or ``conditions.toml``) into the catalogues.

    Raises CatalogueError, naming file, entry and field, for: a missing or surplus file, an unknown key, a wrong type,
    a duplicate code, a missing or malformed source, a name two entries claim, a reference to nothing.
    """
    return Catalogues(read_contents(mapping_by_file))


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
