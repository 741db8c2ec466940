"""The catalogues against lists made by hand from the clinical reference, and the names people really type."""

from __future__ import annotations

import copy
import dataclasses
import json
import tomllib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_app.domain.calendar import weeks
from clinic_app.domain.catalogue_names import key_of, side_of
from clinic_app.domain.catalogues import (
    CATALOGUE_FILES,
    CatalogueError,
    Catalogues,
    Interval,
    IntervalUnit,
    LimitScope,
    LimitSeverity,
    PatientGroup,
    SideNote,
    SideRule,
    ViewKind,
    content_of,
    parse_catalogues,
    version_of,
)
from clinic_app.domain.doses import BOTOX_400
from clinic_app.domain.schedule import MinimumIntervals
from clinic_app.wording.catalogues import MESSAGES

FOLDER = Path(__file__).parents[2] / "database" / "catalogues"

CONDITIONS_THERE = """
blepharospasm_bilateral blepharospasm_unilateral hemifacial_spasm cervical_dystonia cd_torticollis
cd_laterocollis cd_retrocollis cd_anterocollis cd_lateral_retro shoulder_dystonia writers_cramp
musicians_dystonia oromandibular spasmodic_dysphonia anismus meige hemidystonia segmental_other
generalised_isolated generalised_acquired multifocal dopa_responsive drug_induced other_non_dystonia
"""
CONDITIONS = CONDITIONS_THERE.split()

CAUSES_THERE = """
hypoxic_injury carbon_monoxide trauma_tbi birth_injury stroke heavy_metals neuroleptics levodopa_induced
medication_other brain_tumour paraneoplastic tuberculosis_cns encephalitis parkinson huntington wilson
inherited_metabolic genetic_dyt idiopathic hydrocephalus_shunt
"""
CAUSES = CAUSES_THERE.split()

MUSCLES_THERE = """
oo_pretarsal_upper_med oo_pretarsal_upper_lat oo_pretarsal_lower_lat oo_pretarsal_lower_med oo_upper_mid
oo_preseptal_upper_med oo_preseptal_upper_lat oo_preseptal_lower_lat oo_orbital_lateral corrugator procerus
frontalis hfs_oo zygomaticus_major zygomaticus_minor levator_labii risorius orbicularis_oris dao mentalis
buccinator platysma scm splenius_capitis semispinalis_capitis longissimus_capitis levator_scapulae
trapezius_upper scalene_ant scalene_med scalene_post splenius_cervicis semispinalis_cervicis
obliquus_capitis_inf longus_colli longus_capitis digastric_sub platysma_neck rhomboids supraspinatus
pectoralis_major deltoid latissimus_dorsi teres_major fcr fcu fds fdp fpl pt pq supinator biceps triceps
brachioradialis ecr ecu edc eip epl apl epb lumbricals interossei opponens fpb adductor_pollicis masseter
submentalis temporalis medial_pterygoid lateral_pterygoid digastric_ant genioglossus thyroarytenoid
posterior_cricoarytenoid interarytenoid lateral_cricoarytenoid puborectalis puborectalis_post eas paraspinals
rectus_abdominis gastrocnemius soleus tibialis_posterior ehl fdl fhl
"""
MUSCLES = MUSCLES_THERE.split()

VIEWS_THERE = """
F01 F02 F03 F04 F05 F06 F07 F08 F09 F10 F11 F12 F13 F14 E01 E02 E03 E04R E04L N01 N01O N02 N03 N04 N05 N06 N07
N08 S01 S02 H01 H02 H03 H04 H05 H06 H07 H08 B01 B02 B03 B04 B05 B06 A01
"""
VIEWS = VIEWS_THERE.split()

SETS = {
    "EYE": "F01 F02 F03 F04 E01 E02 E03 E04R E04L",
    "FACE": "F01 F02 F03 F05 F06 F07 F11 F12 F13 F14",
    "JAW": "F08 F09 F10 F01 F13 F14",
    "NECK": "N01 N01O N02 N03 N04 N05 N06 N07 N08",
    "SHOULDER": "S01 S02 N04 N05 N06",
    "HAND": "H01 H02 H03 H04 H05 H06 H07 H08",
    "BODY": "B01 B02 B03 B04 B05 B06",
}

TWELVE_WEEKS = Interval(12, IntervalUnit.WEEKS)


def files() -> dict[str, dict[str, Any]]:
    return {path.name: tomllib.loads(path.read_text("utf-8")) for path in FOLDER.glob("*.toml")}


@cache
def shipped() -> Catalogues:
    return parse_catalogues(files())


# --- completeness -------------------------------------------------------------------------------------------------


def test_every_entry_of_the_reference_is_there_and_nothing_else() -> None:
    assert list(shipped().conditions) == CONDITIONS
    assert list(shipped().causes) == CAUSES
    assert sorted(shipped().muscles) == sorted(MUSCLES)
    assert list(shipped().views) == VIEWS
    assert list(shipped().products) == ["ona", "abo", "inco", "rima", "daxi", "prabo", "leti"]
    assert {code: " ".join(one.views) for code, one in shipped().view_sets.items()} == SETS


def test_classification_axes_hold_the_2013_values_and_no_2025_values() -> None:
    scheme = shipped().schemes["albanese_2013"]
    assert scheme.current
    values = {axis.code: [value.code for value in axis.values] for axis in scheme.axes}
    assert values["age_at_onset"] == ["infancy", "childhood", "adolescence", "early_adulthood", "late_adulthood"]
    assert values["body_distribution"] == ["focal", "segmental", "multifocal", "generalized", "hemidystonia"]
    assert values["temporal_course"] == ["static", "progressive"]
    assert values["temporal_variability"] == ["persistent", "action_specific", "diurnal", "paroxysmal"]
    assert values["associated_movement"] == ["isolated", "combined"]
    assert values["nervous_system_pathology"] == [
        "degenerative",
        "structural_static_lesion",
        "no_degeneration_or_structural_lesion",
    ]
    parents = {value.code: value.parent for value in scheme.axis("inheritance").values if value.parent}
    assert parents == {
        "autosomal_dominant": "inherited",
        "autosomal_recessive": "inherited",
        "x_linked": "inherited",
        "mitochondrial": "inherited",
        "idiopathic_sporadic": "idiopathic",
        "idiopathic_familial": "idiopathic",
    }
    ages = [(value.min_years, value.max_years) for value in scheme.axis("age_at_onset").values]
    assert ages == [(0, 2), (3, 12), (13, 20), (21, 40), (41, None)]
    revision = shipped().schemes["albanese_2025"]
    assert not revision.current
    assert all(axis.values == () for axis in revision.axes)


@pytest.mark.parametrize(
    ("code", "who", "cm"),
    [
        ("blepharospasm_bilateral", ("G24.5",), ("G24.5",)),
        ("hemifacial_spasm", ("G51.3",), ("G51.31", "G51.32", "G51.33", "G51.39")),
        ("cd_lateral_retro", ("G24.3",), ("G24.3",)),
        ("oromandibular", ("G24.4",), ("G24.4",)),
        ("spasmodic_dysphonia", ("J38.3", "G24.8"), ("J38.3", "G24.8")),
        ("anismus", ("K59.4", "K59.8"), ("K59.02", "K59.4")),
        ("generalised_isolated", ("G24.1", "G24.2"), ("G24.1", "G24.2")),
        ("drug_induced", ("G24.0",), ("G24.02", "G24.09", "G24.01")),
    ],
)
def test_diagnosis_codes(code: str, who: tuple[str, ...], cm: tuple[str, ...]) -> None:
    condition = shipped().conditions[code]
    assert (condition.icd10_who, condition.icd10_cm, condition.icd11) == (who, cm, "")


def test_icd_11_is_blank_everywhere_until_verified() -> None:
    assert {one.icd11 for one in shipped().conditions.values()} == {""}
    assert {one.icd11 for one in shipped().causes.values()} == {""}


def test_hemifacial_spasm_codes_by_side() -> None:
    by_side = shipped().conditions["hemifacial_spasm"].icd10_cm_by_side
    assert by_side == {"right": "G51.31", "left": "G51.32", "bilateral": "G51.33", "unspecified": "G51.39"}


def test_review_days_follow_the_group() -> None:
    eyes_face = {"blepharospasm_bilateral", "blepharospasm_unilateral", "hemifacial_spasm", "meige", "oromandibular"}
    for condition in shipped().conditions.values():
        days = (condition.peak_day, condition.after_photo_from, condition.after_photo_to)
        assert days == ((14, 7, 21) if condition.code in eyes_face else (28, 14, 28)), condition.code


def test_every_condition_shows_a_view_of_its_sets_first_or_none_at_all() -> None:
    for condition in shipped().conditions.values():
        views = shipped().views_for(condition.code)
        if condition.code in ("anismus", "spasmodic_dysphonia"):
            assert views == ()
        else:
            assert views[0].code == condition.main_view
    assert shipped().conditions["spasmodic_dysphonia"].recordings == ("A01",)
    assert shipped().views["A01"].kind is ViewKind.RECORDING


def test_views_of_a_condition_by_region() -> None:
    assert [one.code for one in shipped().view_sets_for("multifocal", ["neck", "hand"])] == ["NECK", "HAND"]
    assert len(shipped().view_sets_for("multifocal")) == len(SETS)


def test_each_view_set_has_one_key_a_view() -> None:
    for one in shipped().view_sets.values():
        assert len(set(one.keys)) == len(one.views)
        assert one.view_of_key("1") == one.views[0]
        assert one.key_of_view(one.views[1]) == "2"
        assert one.view_of_key("q") is None
        assert one.key_of_view("A01") is None


def test_side_rules() -> None:
    rules = {code: one.side_rule for code, one in shipped().conditions.items()}
    assert rules["blepharospasm_bilateral"] is rules["meige"] is SideRule.BILATERAL
    for code in ("blepharospasm_unilateral", "hemidystonia", "writers_cramp"):
        assert rules[code] is SideRule.RIGHT_LEFT
    assert rules["hemifacial_spasm"] is SideRule.RIGHT_LEFT_BILATERAL
    for code in ("cd_retrocollis", "cd_anterocollis", "spasmodic_dysphonia", "anismus", "generalised_isolated"):
        assert rules[code] is SideRule.NONE
        assert rules[code].sides == ()
    assert {code for code, rule in rules.items() if rule is SideRule.PER_REGION} >= {"segmental_other", "multifocal"}


def test_task_fields() -> None:
    fields = {code: one.task_field for code, one in shipped().conditions.items() if one.task_field}
    assert fields == {"writers_cramp": "task", "musicians_dystonia": "instrument"}


# --- the traps of the clinic's papers -----------------------------------------------------------------------------


def test_hemidystonia_is_its_own_class() -> None:
    assert shipped().conditions["hemidystonia"].distributions == ("hemidystonia",)


def test_meigs_is_only_a_search_word_for_meige() -> None:
    meige = shipped().conditions["meige"]
    assert "Meigs syndrome" in meige.aliases
    assert meige.full_name == "Meige syndrome"
    assert meige.distributions == ("segmental",)
    names = [one.full_name for one in shipped().conditions.values()]
    assert not any("Meigs" in name for name in names)


def test_hemifacial_spasm_is_no_dystonia() -> None:
    condition = shipped().conditions["hemifacial_spasm"]
    assert not condition.is_dystonia
    assert condition.distributions == ()
    assert condition.source_of("is_dystonia") == "V:S35,S51"


def test_anismus_is_debated_and_has_no_photographs() -> None:
    condition = shipped().conditions["anismus"]
    assert condition.debated
    assert condition.view_sets == ()
    assert [one.code for one in shipped().conditions.values() if one.debated] == ["anismus"]


def test_levodopa_is_a_cause_of_its_own_and_the_responsive_dystonia_another_thing() -> None:
    found = shipped().find_cause("levodopa")
    assert found is not None
    assert found.cause.code == "levodopa_induced"
    assert "dopa_responsive" in shipped().conditions


def test_no_count_of_genes_is_printed() -> None:
    assert "25 " not in (FOLDER / "causes.toml").read_text("utf-8")
    assert "25 types" not in "".join(path.read_text("utf-8") for path in FOLDER.glob("*.toml"))


def test_hydrocephalus_is_no_cause_of_dystonia() -> None:
    assert [one.code for one in shipped().causes.values() if not one.is_dystonia_cause] == ["hydrocephalus_shunt"]


def test_sites_to_leave_out_say_why() -> None:
    avoided = {one.code: one.reason for one in shipped().muscles.values() if one.avoid}
    assert set(avoided) == {"oo_pretarsal_lower_med", "oo_upper_mid"}
    assert "double vision" in avoided["oo_pretarsal_lower_med"]


# --- sources ------------------------------------------------------------------------------------------------------


def walk(value: object, path: str) -> Iterator[tuple[str, dict[str, object]]]:
    if isinstance(value, dict):
        yield path, value
        for key, item in value.items():
            yield from walk(item, f"{path}.{key}")
    elif isinstance(value, list):
        for item in value:
            yield from walk(item, path)


def test_every_fact_has_a_source() -> None:
    inherits = {"schemes.axes.values", "conditions.patterns", "products.limits.window"}
    for name, content in files().items():
        for path, table in walk(content, ""):
            place = path.removeprefix(".")
            if not place or name == "sources.toml" or place in inherits or place.endswith((".sources", "_by_side")):
                continue
            assert table.get("source"), f"{name} {place} {table}"


def test_diagnosis_code_marks_say_what_was_verified() -> None:
    for condition in shipped().conditions.values():
        if condition.icd10_who:
            assert condition.source_of("icd10_who") in ("V:S51", "GMK"), condition.code
    assert shipped().conditions["writers_cramp"].source_of("icd10_cm") == "GMK"
    assert all(cause.sources["icd10_who"] == "GMK" for cause in shipped().causes.values())


def test_label_dates_are_blank_until_the_clinic_has_read_the_label() -> None:
    assert {limit.label_version_date for limit in shipped().limits.values()} == {""}


# --- products -----------------------------------------------------------------------------------------------------


def test_limit_rows() -> None:
    months, days = Interval(3, IntervalUnit.MONTHS), Interval(30, IntervalUnit.DAYS)
    rows = {
        one.code: (
            one.product,
            one.indication,
            one.patient_group.value,
            int(one.limit_units),
            one.window,
            one.scope.value,
            one.severity.value,
        )
        for one in shipped().limits.values()
    }
    assert rows == {
        "C1": ("ona", "any", "adult", 400, months, "rolling", "hard"),
        "C1_paediatric": ("ona", "any", "paediatric", 340, months, "rolling", "hard"),
        "C2": ("ona", "blepharospasm", "any", 200, days, "rolling", "hard"),
        "C3": ("inco", "any", "any", 400, None, "session", "hard"),
        "C5": ("ona", "cervical_dystonia", "any", 50, None, "site", "warn"),
        "C6": ("ona", "cervical_dystonia", "any", 100, None, "session", "warn"),
        "C7": ("ona", "blepharospasm", "any", 5, None, "site", "warn"),
        "abo_cd_session": ("abo", "cervical_dystonia", "any", 1000, None, "session", "hard"),
        "inco_bleph_session": ("inco", "blepharospasm", "any", 100, None, "session", "hard"),
        "inco_bleph_eye": ("inco", "blepharospasm", "any", 50, None, "session", "hard"),
        "rima_trial_dose": ("rima", "cervical_dystonia", "any", 10000, None, "session", "warn"),
        "daxi_cd_session": ("daxi", "cervical_dystonia", "any", 250, None, "session", "hard"),
        "prabo_glabellar_session": ("prabo", "glabellar_lines", "adult", 20, None, "session", "warn"),
        "leti_glabellar_session": ("leti", "glabellar_lines", "adult", 20, None, "session", "warn"),
    }
    assert shipped().limits["C1_paediatric"].limit_units_per_kg == Decimal(10)
    assert shipped().limits["C6"].muscles == ("scm",)
    assert shipped().limits["inco_bleph_eye"].per_side
    assert shipped().limits["C1"].scope is LimitScope.ROLLING
    assert shipped().limits["C1"].severity is LimitSeverity.HARD
    assert (shipped().limits["C1"].source, shipped().limits["C3"].source) == ("V:S5", "V:S13")


def limit_codes(product: str, condition: str | None, group: PatientGroup = PatientGroup.ADULT) -> list[str]:
    return [limit.code for limit in shipped().limits_for(product, condition, group)]


def test_limits_for_a_session() -> None:
    assert limit_codes("ona", "blepharospasm_bilateral") == ["C1", "C2", "C7"]
    assert limit_codes("ona", "cd_retrocollis") == ["C1", "C5", "C6"]
    assert limit_codes("ona", "writers_cramp") == ["C1"]
    assert limit_codes("ona", "writers_cramp", PatientGroup.PAEDIATRIC) == ["C1_paediatric"]
    assert limit_codes("inco", "blepharospasm_unilateral") == ["C3", "inco_bleph_session", "inco_bleph_eye"]
    assert limit_codes("abo", "writers_cramp") == []
    assert limit_codes("prabo", "cervical_dystonia") == []
    assert limit_codes("unheard_of", None) == []


def test_product_facts() -> None:
    facts = {
        code: (
            [int(vial.units) for vial in one.vials],
            one.form,
            one.unit_step,
            one.dystonia_indicated,
            one.in_use_hours,
        )
        for code, one in shipped().products.items()
    }
    assert facts == {
        "ona": ([50, 100, 200], "powder", Decimal("2.5"), True, 24),
        "abo": ([300, 500], "powder", Decimal(10), True, 24),
        "inco": ([50, 100, 200], "powder", Decimal("2.5"), True, 24),
        "rima": ([2500, 5000, 10000], "solution", Decimal(100), True, 4),
        "daxi": ([50, 100], "powder", Decimal(5), True, 72),
        "prabo": ([100], "powder", Decimal("2.5"), False, 24),
        "leti": ([50, 100], "powder", Decimal("2.5"), False, 24),
    }
    assert [vial.volume_ml for vial in shipped().products["rima"].vials] == [Decimal("0.5"), Decimal(1), Decimal(2)]


@pytest.mark.parametrize("product", [None, "ona", "abo", "inco", "rima", "daxi", "prabo", "leti", "unheard_of"])
@pytest.mark.parametrize("condition", [None, *CONDITIONS])
def test_minimum_interval_is_twelve_weeks_for_every_pair(product: str | None, condition: str | None) -> None:
    assert shipped().minimum_interval(product, condition) == TWELVE_WEEKS


def test_shipped_intervals_are_those_the_schedule_counts_with() -> None:
    pairs = shipped().interval_pairs()
    assert pairs == {(product, None): weeks(12) for product in shipped().products}
    intervals = MinimumIntervals(pairs=pairs)
    assert intervals.of("abo", "meige", date(2026, 1, 5)).after(date(2026, 1, 5)) == date(2026, 3, 30)


def test_the_botox_limit_is_the_one_the_dose_rule_counts_with() -> None:
    c1 = shipped().limits["C1"]
    assert c1.window is not None
    row = (c1.code, c1.product, c1.limit_units, c1.window.span, c1.source)
    assert row == (BOTOX_400.code, BOTOX_400.product, BOTOX_400.limit, BOTOX_400.window, BOTOX_400.source)


def test_label_intervals_are_kept_as_facts() -> None:
    inco = [(one.interval.value, one.jurisdiction, one.source) for one in shipped().products["inco"].label_intervals]
    assert inco == [(12, "US", "V:S13"), (10, "EU", "V:S23")]


def test_off_label_pairs() -> None:
    assert not shipped().is_off_label("ona", "cd_lateral_retro")
    assert shipped().is_off_label("ona", "writers_cramp")
    assert not shipped().is_off_label("inco", "hemifacial_spasm", "UK")
    assert shipped().is_off_label("inco", "hemifacial_spasm", "US")
    assert all(shipped().is_off_label("prabo", code) for code in CONDITIONS)


# --- names people type --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "side", "code", "fitted"),
    [
        ("Bilateral Blepharospasm", None, "blepharospasm_bilateral", "bilateral"),
        ("BILATERAL BLEPHROSPASM", None, "blepharospasm_bilateral", "bilateral"),
        ("Bilateral blepharospasm", "", "blepharospasm_bilateral", "bilateral"),
        ("blepharospasm", None, "blepharospasm_bilateral", "bilateral"),
        ("blepharospasms", None, "blepharospasm_bilateral", "bilateral"),
        ("Blephrospasm", "right", "blepharospasm_unilateral", "right"),
        ("Blephrospasm", "L", "blepharospasm_unilateral", "left"),
        ("Blephrospasm", "B/L", "blepharospasm_bilateral", "bilateral"),
        ("Blepharospasm Rt eye", None, "blepharospasm_unilateral", "right"),
        ("BEB", None, "blepharospasm_bilateral", "bilateral"),
        ("Hemifacial spasm", "left", "hemifacial_spasm", "left"),
        ("HFS", "R", "hemifacial_spasm", "right"),
        ("Lt. HFS", None, "hemifacial_spasm", "left"),
        ("Lateral and Retro torticollis", None, "cd_lateral_retro", None),
        ("Lateral & Retro torticollis, left", None, "cd_lateral_retro", "left"),
        ("Cervical dystonia", None, "cervical_dystonia", None),
        ("torticollis", None, "cervical_dystonia", None),
        ("Spasmodic torticollis", "right", "cervical_dystonia", "right"),
        ("Cervical dystonia - laterocollis", "Lt", "cd_laterocollis", "left"),
        ("CD (retrocollis)", None, "cd_retrocollis", None),
        ("Shoulders Dystonia", "both", "shoulder_dystonia", "bilateral"),
        ("Writers Cramp", "right", "writers_cramp", "right"),
        ("writer’s dystonia", "right", "writers_cramp", "right"),
        ("writer's cramp right hand", None, "writers_cramp", "right"),
        ("musician’s dystonia", None, "musicians_dystonia", None),
        ("oromandibular dystonia", None, "oromandibular", None),
        ("spasmodic dystonia", None, "spasmodic_dysphonia", None),
        ("spasmodic dysphonia", None, "spasmodic_dysphonia", None),
        ("anismus", None, "anismus", None),
        ("Hemidystonia", "left", "hemidystonia", "left"),
        ("Meigs syndrome", None, "meige", "bilateral"),
        ("Meige's syndrome", None, "meige", "bilateral"),
        ("segmental dystonia", None, "segmental_other", None),
        ("levodopa responsive dystonia", None, "dopa_responsive", None),
    ],
)
def test_spellings_of_the_papers_resolve(text: str, side: str | None, code: str, fitted: str | None) -> None:
    found = shipped().find_condition(text, side)
    assert found is not None
    assert (found.condition.code, found.side, found.guessed) == (code, fitted, False)


@pytest.mark.parametrize(
    ("text", "code"),
    [("Generalised", "generalised_isolated"), ("general dystonia", "generalised_isolated"), ("blepharospsm", None)],
)
def test_what_is_not_certain_is_marked_as_guessed(text: str, code: str | None) -> None:
    found = shipped().find_condition(text)
    assert found is not None
    assert found.guessed
    assert found.condition.code == (code or "blepharospasm_bilateral")


@pytest.mark.parametrize(
    ("text", "side", "note", "fitted"),
    [
        ("Writers Cramp", None, SideNote.MISSING, None),
        ("HFS", "north", SideNote.UNREADABLE, None),
        ("Right hemifacial spasm", "left", SideNote.CONFLICT, "left"),
        ("Bilateral blepharospasm", "left", SideNote.CONFLICT, "bilateral"),
        ("retrocollis", "left", SideNote.IGNORED, None),
        ("anismus", "n/a", SideNote.FINE, None),
        ("hemidystonia", "both", SideNote.CONFLICT, None),
    ],
)
def test_odd_sides_are_said(text: str, side: str | None, note: SideNote, fitted: str | None) -> None:
    found = shipped().find_condition(text, side)
    assert found is not None
    assert (found.side_note, found.side) == (note, fitted)


@pytest.mark.parametrize(
    ("text", "code", "pattern"),
    [
        ("jaw opening dystonia", "oromandibular", "jaw_opening"),
        ("Oromandibular dystonia, lingual", "oromandibular", "lingual"),
        ("Adductor spasmodic dysphonia", "spasmodic_dysphonia", "adductor"),
        ("tardive dystonia", "drug_induced", "tardive"),
    ],
)
def test_patterns_are_taken_from_the_text(text: str, code: str, pattern: str) -> None:
    found = shipped().find_condition(text)
    assert found is not None
    assert (found.condition.code, found.pattern) == (code, pattern)
    assert found.condition.pattern(pattern).code == pattern


@pytest.mark.parametrize(
    "text", ["", "  ", "dystonia", "focal dystonia", "Hereditary", "diabetes", "aterocollis", "()", "left", "🙂"]
)
def test_what_names_no_condition_stays_unknown(text: str) -> None:
    assert shipped().find_condition(text) is None


def test_every_code_name_and_alias_leads_to_its_entry() -> None:
    for condition in shipped().conditions.values():
        for name in (condition.code, condition.full_name, *condition.aliases):
            found = shipped().find_condition(name)
            assert found is not None, name
            assert (found.condition.code, found.guessed) == (condition.code, False), name
    for muscle in shipped().muscles.values():
        for name in (muscle.code, muscle.name, *muscle.aliases):
            match = shipped().find_muscle(name)
            assert match is not None, name
            assert (match.muscle.code, match.guessed) == (muscle.code, False), name
    for product in shipped().products.values():
        for name in (product.code, product.brand, product.generic, *product.aliases):
            taken = shipped().find_product(name)
            assert taken is not None, name
            assert (taken.product.code, taken.guessed) == (product.code, False), name
    for view in shipped().views.values():
        for name in (view.code, view.code.lower(), view.name, *view.aliases):
            seen = shipped().find_view(name)
            assert seen is not None, name
            assert seen.view.code == view.code, name
    for cause in shipped().causes.values():
        for name in (cause.code, cause.name, *cause.aliases):
            why = shipped().find_cause(name)
            assert why is not None, name
            assert why.cause.code == cause.code, name


@pytest.mark.parametrize(
    ("text", "code", "guessed"),
    [
        ("BOTOX 100", "ona", False),
        ("Inj. Botox 100 IU", "ona", False),
        ("onabotulinumtoxinA", "ona", False),
        ("Dysport 500 U", "abo", False),
        ("Dysprt", "abo", True),
        ("xeomin", "inco", False),
        ("NeuroBloc", "rima", False),
        ("Daxxify", "daxi", False),
        ("Jeuveau", "prabo", False),
        ("Letybo", "leti", False),
    ],
)
def test_products_as_typed(text: str, code: str, guessed: bool) -> None:
    found = shipped().find_product(text)
    assert found is not None
    assert (found.product.code, found.guessed) == (code, guessed)


@pytest.mark.parametrize(
    "text",
    ["", "Botulinum toxin", "botulinum toxin type A", "BoNT-A", "toxin 100 U", "onobotulinumtoxinA", "100 U", "?"],
)
def test_a_toxin_without_a_brand_is_no_product(text: str) -> None:
    assert shipped().find_product(text) is None


@pytest.mark.parametrize(
    ("text", "code", "side"),
    [
        ("puborectalis_R", "puborectalis", "right"),
        ("eas_L", "eas", "left"),
        ("SCM left", "scm", "left"),
        ("rt splenius capitis", "splenius_capitis", "right"),
        ("procerus", "procerus", "midline"),
        ("trapezius", "trapezius_upper", None),
        ("sternocleidomastiod", "scm", None),
    ],
)
def test_muscles_as_typed(text: str, code: str, side: str | None) -> None:
    found = shipped().find_muscle(text)
    assert found is not None
    assert (found.muscle.code, found.side) == (code, side)


def test_views_as_typed() -> None:
    for text, side, code in [
        ("e04", "R", "E04R"),
        ("E04 l", None, "E04L"),
        ("smile", None, "F06"),
        ("n01o", None, "N01O"),
    ]:
        found = shipped().find_view(text, side)
        assert found is not None
        assert found.view.code == code
    assert shipped().find_view("E04") is None
    assert shipped().find_view("F15") is None


def test_class_words_of_the_papers() -> None:
    def value(text: str) -> tuple[str, str]:
        found = shipped().find_class(text)
        assert found is not None, text
        return found.word.axis, found.word.value

    assert value("Focal") == ("body_distribution", "focal")
    assert value("two or more adjacent parts") == ("body_distribution", "segmental")
    assert value("Generalised") == value("general") == ("body_distribution", "generalized")
    assert value("Hereditary") == ("inheritance", "inherited")
    assert value("Acquired") == ("inheritance", "acquired")
    assert value("levodopa responsive dystonia") == ("etiology_tag", "dopa_responsive")
    assert value("primary") == value("secondary") == ("", "")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("hypoxic injury", "hypoxic_injury"),
        ("Oxygen deprivation", "hypoxic_injury"),
        ("carbon monoxide poisoning", "carbon_monoxide"),
        ("trauma", "trauma_tbi"),
        ("Traumatic brain injury", "trauma_tbi"),
        ("Birth injury", "birth_injury"),
        ("Stroke", "stroke"),
        ("heavy metals poisoning", "heavy_metals"),
        ("neuroleptics", "neuroleptics"),
        ("levodopa", "levodopa_induced"),
        ("Reactions to certain medications", "medication_other"),
        ("Brain tumours", "brain_tumour"),
        ("paraneoplastic syndromes", "paraneoplastic"),
        ("tuberculosis", "tuberculosis_cns"),
        ("encephalitis", "encephalitis"),
        ("Parkinson’s disease", "parkinson"),
        ("Huntington’s disease", "huntington"),
        ("Wilson’s disease", "wilson"),
        ("inherited disorders of metabolism", "inherited_metabolic"),
        ("genetic defects", "genetic_dyt"),
    ],
)
def test_causes_of_the_papers(text: str, code: str) -> None:
    found = shipped().find_cause(text)
    assert found is not None
    assert found.cause.code == code


@given(st.text(max_size=60), st.one_of(st.none(), st.text(max_size=8)))
def test_no_text_breaks_a_lookup(text: str, side: str | None) -> None:
    found = shipped().find_condition(text, side)
    assert found is None or found.side in (None, "right", "left", "bilateral")
    shipped().find_product(text)
    shipped().find_muscle(text)
    shipped().find_view(text, side)


@given(st.text("abcdefghijklmnopqrstuvwxyzéü ", max_size=40))
def test_case_and_punctuation_do_not_matter(text: str) -> None:
    assert key_of(f" {text.upper()}. ") == key_of(text)
    assert " " not in key_of(text)


def test_sides_as_typed() -> None:
    words = {"R": "right", "Rt.": "right", "LEFT": "left", "lt side": "left", "B/L": "bilateral", "R + L": "bilateral"}
    assert {text: side_of(text) for text in words} == words
    assert side_of("midline") == "midline"
    assert side_of(None) is side_of("") is side_of("north") is None


# --- refusals -----------------------------------------------------------------------------------------------------


def broken(file: str, change: Any) -> CatalogueError:
    content = copy.deepcopy(files())
    change(content[f"{file}.toml"])
    with pytest.raises(CatalogueError) as caught:
        parse_catalogues(content)
    assert MESSAGES[caught.value.code].format_map(caught.value.params)
    return caught.value


def where(error: CatalogueError) -> tuple[str, str, str, str]:
    return error.code, error.file, error.entry, error.field


def test_faults_name_file_entry_and_field() -> None:
    assert where(broken("products", lambda c: c["products"][0].update(colour="red"))) == (
        "catalogue_unknown_key",
        "products.toml",
        "ona",
        "colour",
    )
    assert where(broken("muscles", lambda c: c["muscles"][0].pop("source"))) == (
        "catalogue_missing_field",
        "muscles.toml",
        "oo_pretarsal_upper_med",
        "source",
    )
    assert where(broken("causes", lambda c: c["causes"][1].update(code="hypoxic_injury"))) == (
        "catalogue_duplicate",
        "causes.toml",
        "hypoxic_injury",
        "code",
    )
    assert where(broken("conditions", lambda c: c["conditions"][4]["aliases"].append("HFS"))) == (
        "catalogue_alias_clash",
        "conditions.toml",
        "cd_torticollis",
        "aliases",
    )
    assert where(broken("conditions", lambda c: c["conditions"][0].update(regions=["tail"]))) == (
        "catalogue_dangling",
        "conditions.toml",
        "blepharospasm_bilateral",
        "regions",
    )


@pytest.mark.parametrize(
    ("file", "change", "code"),
    [
        ("products", lambda c: c["products"][0].update(source="somebody said so"), "catalogue_bad_source"),
        ("products", lambda c: c["products"][0].update(source="V:S999"), "catalogue_dangling"),
        ("products", lambda c: c["products"][0].update(unit_step=0), "catalogue_wrong_type"),
        ("products", lambda c: c["products"][0].update(unit_step=float("nan")), "catalogue_wrong_type"),
        ("products", lambda c: c["products"][0].update(dystonia_indicated="yes"), "catalogue_wrong_type"),
        ("products", lambda c: c["products"][0].update(intervals=[]), "catalogue_missing_field"),
        ("products", lambda c: c["products"][0]["limits"][0].pop("window"), "catalogue_missing_field"),
        ("products", lambda c: c["products"][0]["limits"][0].update(severity="mild"), "catalogue_unknown_word"),
        ("products", lambda c: c["products"][1]["limits"][0].update(code="C1"), "catalogue_duplicate"),
        ("products", lambda c: c["products"][0]["limits"][4].update(muscles=["tail"]), "catalogue_dangling"),
        ("products", lambda c: c.update(prices=[]), "catalogue_unknown_key"),
        ("views", lambda c: c["view_sets"][0].update(keys=["1"]), "catalogue_wrong_type"),
        ("views", lambda c: c["view_sets"][0]["views"].__setitem__(0, "A01"), "catalogue_dangling"),
        ("views", lambda c: c["views"][0].update(code="F 01"), "catalogue_bad_code"),
        ("views", lambda c: c.pop("views"), "catalogue_missing_field"),
        ("views", lambda c: c.update(views="none"), "catalogue_wrong_type"),
        ("muscles", lambda c: c["muscles"][3].update(reason=""), "catalogue_missing_field"),
        ("muscles", lambda c: c["muscles"][3].update(sides=["up"]), "catalogue_unknown_word"),
        ("conditions", lambda c: c["conditions"][8].update(components=["cd_nothing"]), "catalogue_dangling"),
        ("conditions", lambda c: c["conditions"][0].update(main_view="B01"), "catalogue_dangling"),
        ("conditions", lambda c: c["conditions"][0]["sources"].update(icd_10="GMK"), "catalogue_unknown_key"),
        ("classifications", lambda c: c["words"][0].update(value="everywhere"), "catalogue_dangling"),
        ("classifications", lambda c: c["words"][0].pop("value"), "catalogue_missing_field"),
    ],
)
def test_doubtful_files_are_refused(file: str, change: Any, code: str) -> None:
    assert broken(file, change).code == code


def test_missing_and_surplus_files_are_refused() -> None:
    content = files()
    content.pop("views.toml")
    with pytest.raises(CatalogueError, match="catalogue_missing_file"):
        parse_catalogues(content)
    with pytest.raises(CatalogueError, match="catalogue_unknown_file"):
        parse_catalogues({**files(), "prices.toml": {}})
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(CATALOGUE_FILES)


# --- what storage keeps -------------------------------------------------------------------------------------------


def test_entries_are_plain_json_with_a_version_each() -> None:
    entries = list(shipped().entries())
    assert len({(entry.kind, entry.code) for entry in entries}) == len(entries)
    for entry in entries:
        assert json.loads(json.dumps(entry.content)) == entry.content
    kinds = {entry.kind for entry in entries}
    assert kinds >= {"condition", "cause", "product", "muscle", "view", "view_set", "scheme"}
    names = {(entry.kind, entry.code): entry.name for entry in entries}
    assert names["condition", "blepharospasm_bilateral"] == "Blepharospasm, bilateral"
    assert names["product", "ona"] == "Botox"


def test_version_changes_with_the_content_and_only_with_it() -> None:
    again = parse_catalogues({name.removesuffix(".toml"): content for name, content in files().items()})
    assert again.version == shipped().version
    botox = shipped().products["ona"]
    other = dataclasses.replace(botox, unit_step=Decimal(5))
    assert version_of(botox) == version_of(again.products["ona"]) != version_of(other)
    assert content_of(botox)["unit_step"] == "2.5"
    with pytest.raises(TypeError):
        content_of("ona")


def test_catalogues_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        shipped().conditions["mine"] = shipped().conditions["meige"]  # type: ignore[index]  # the refusal is the test
    with pytest.raises(dataclasses.FrozenInstanceError):
        shipped().conditions["meige"].name = "Meigs"  # type: ignore[misc]  # the refusal is the test
