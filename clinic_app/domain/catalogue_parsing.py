"""From the files of ``database/catalogues`` (already mappings) to values; anything doubtful is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TypeVar

from clinic_app.domain.catalogue_entries import (
    ANY,
    AxisValue,
    CatalogueContents,
    Cause,
    ClassificationAxis,
    ClassificationScheme,
    ClassWord,
    Coded,
    Condition,
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
    NameFork,
    PatientGroup,
    PictureView,
    Product,
    Region,
    ReviewGroup,
    SideRule,
    Trait,
    Vial,
    ViewKind,
    ViewSet,
)
from clinic_app.domain.catalogue_tables import CatalogueError, Table

CATALOGUE_FILES = ("sources", "classifications", "views", "conditions", "causes", "products", "muscles")
"""The files of ``database/catalogues`` (without ``.toml``), in the order they refer to each other."""

_C = TypeVar("_C", bound=Coded)


def read_contents(mapping_by_file: Mapping[str, Mapping[str, object]]) -> CatalogueContents:
    """Read the parsed files (keyed ``conditions`` or ``conditions.toml``).

    Raises CatalogueError, naming file, entry and field, for: a missing or surplus file, an unknown key, a wrong type,
    a duplicate code, a missing or malformed source, a reference to nothing.
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

    def parse(self) -> CatalogueContents:
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
        return CatalogueContents(
            sources=self._known,
            schemes=self._schemes,
            regions=self._regions,
            class_words=words,
            views=self._views,
            view_sets=self._sets,
            review_groups=self._groups,
            traits=traits,
            conditions=self._conditions,
            forks=forks,
            causes=causes,
            indications=self._indications,
            products=products,
            nameless=nameless,
            muscle_groups=muscle_groups,
            muscles=self._muscles,
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
