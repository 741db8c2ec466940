"""Settings: each in one place, with a reason and a history; what they move is moved, or nothing is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from clinic_app.domain.access import Action
from clinic_app.domain.calendar import months, weeks
from clinic_app.domain.cases import CLINIC_PLAN, ReinjectionPlan
from clinic_app.domain.changes import Progress
from clinic_app.domain.errors import AccessRefused, Cancelled, NotFound, RuleBroken
from clinic_app.domain.people import Role
from clinic_app.domain.schedule import Attempt
from clinic_app.domain.settings import SETTINGS, SettingKind
from clinic_app.services import Services
from clinic_app.wording.moved import count_words, moved_words
from clinic_app.wording.settings import NAMES, WHERES, WHYS
from tests.builders import PASSPHRASE, Clock, add_patient, door, give, open_copied_clinic

LONGER = ReinjectionPlan(months(4), months(6))


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    with open_copied_clinic(tmp_path) as opened:
        opened.access.confirm(PASSPHRASE, Action.MANAGE)
        yield opened


def dates_of(services: Services, case_id: int) -> tuple[date | None, date | None, date | None]:
    entry = services.schedule.entry(case_id)
    assert entry is not None
    window = entry.answer.window
    return window.earliest, window.opens, window.closes


def cached_of(services: Services, case_id: int) -> tuple[date | None, date | None, date | None]:
    with services.context.units.read() as unit:
        found = unit.schedule.cached([case_id])[case_id]
    return found.earliest, found.opens, found.closes


def test_every_setting_has_its_words() -> None:
    keys = {fact.key for fact in SETTINGS}
    assert set(NAMES) == set(WHYS) == set(WHERES) == keys


def test_a_new_clinic_is_as_shipped(services: Services) -> None:
    for setting in services.settings.all():
        if setting.key == "clinic_name":
            assert setting.value == "Test clinic"
            continue
        assert setting.value == setting.shipped, setting.key
        assert not setting.chosen
        assert setting.changed is None


def test_the_plan_moves_the_dates_of_every_case_and_says_who_and_why(services: Services) -> None:
    patient, case = add_patient(services)
    give(services, patient, case, date(2026, 1, 5))
    assert dates_of(services, case)[1:] == (date(2026, 4, 5), date(2026, 5, 5))
    moves = services.settings.would_move("plan", LONGER)
    assert (moves.cases, moves.patients, moves.total) == (1, 1, sum(services.schedule.counts().values()))
    assert count_words(moves.patients, moves.cases) == "1 patient moves (1 diagnosis)"
    assert [(one.case_id, one.name) for one in moves.first] == [(case, "Asha Verma")]
    assert moved_words(moves.first, services.catalogues) == (
        "Blepharospasm: due from 5 Apr 2026 → 5 May 2026, due until 5 May 2026 → 5 Jul 2026",
    )
    assert dates_of(services, case)[1:] == (date(2026, 4, 5), date(2026, 5, 5)), "nothing was changed"
    with pytest.raises(Cancelled):
        services.settings.would_move("plan", LONGER, lambda _: False)
    seen: list[Progress] = []

    def note(one: Progress) -> bool:
        seen.append(one)
        return True

    answer = services.settings.set("plan", LONGER, "As agreed on 18 March", note)
    assert answer.result == 1
    assert seen[-1].done == seen[-1].total == 1
    assert dates_of(services, case)[1:] == (date(2026, 5, 5), date(2026, 7, 5))
    assert cached_of(services, case)[1:] == (date(2026, 5, 5), date(2026, 7, 5))
    assert services.check() == () or all(one.code != "dates_differ" for one in services.check())
    setting = services.settings.get("plan")
    assert setting.chosen
    assert setting.changed is not None
    assert (setting.changed.by, setting.changed.reason, setting.changed.value) == (
        "Dr Rao", "As agreed on 18 March", LONGER,
    )  # fmt: skip


def test_a_cancelled_change_leaves_everything(services: Services) -> None:
    patient, case = add_patient(services)
    give(services, patient, case, date(2026, 1, 5))
    before = cached_of(services, case)
    with pytest.raises(Cancelled):
        services.settings.set("plan", LONGER, "for a test", lambda _: False)
    assert cached_of(services, case) == before
    assert services.settings.value("plan") == CLINIC_PLAN
    assert services.clinic.rules.plan == CLINIC_PLAN
    assert services.settings.history("plan") == ()


def test_a_shorter_minimum_lets_an_earlier_day_be_booked(services: Services) -> None:
    patient, case = add_patient(services)
    give(services, patient, case, date(2026, 1, 5))
    assert dates_of(services, case)[0] == date(2026, 3, 30)
    services.settings.set("minimum", {"ona": weeks(10), "abo/cervical_dystonia": weeks(14)}, "trial of 10 weeks")
    assert dates_of(services, case)[0] == date(2026, 3, 16)
    assert cached_of(services, case)[0] == date(2026, 3, 16)


def test_plans_by_diagnosis_come_before_the_clinics(services: Services) -> None:
    patient, case = add_patient(services)
    give(services, patient, case, date(2026, 1, 5))
    services.settings.set("plans_by_condition", {"blepharospasm_bilateral": LONGER}, "lids last longer here")
    assert cached_of(services, case)[1] == date(2026, 5, 5)
    services.settings.reset("plans_by_condition", "no longer")
    assert cached_of(services, case)[1] == date(2026, 4, 5)
    newest, before = services.settings.history("plans_by_condition")
    assert newest.value is None
    assert newest.reason == "no longer"
    assert before.value == {"blepharospasm_bilateral": LONGER}
    assert not services.settings.get("plans_by_condition").chosen


def test_history_is_newest_first_with_each_value(services: Services) -> None:
    for days in (3, 4, 2):
        services.settings.set("no_answer_days", days, f"{days} are enough")
    assert [(one.value, one.reason) for one in services.settings.history("no_answer_days")] == [
        (2, "2 are enough"), (4, "4 are enough"), (3, "3 are enough"),
    ]  # fmt: skip


def test_setting_it_to_what_it_is_enters_nothing(services: Services) -> None:
    services.settings.set("lock_minutes", 3, "busy room")
    services.settings.set("lock_minutes", 3, "again")
    assert len(services.settings.history("lock_minutes")) == 1
    services.settings.reset("no_answer_days", "it is already")
    assert services.settings.history("no_answer_days") == ()


def test_calls_follow_the_settings(services: Services) -> None:
    patient, case = add_patient(services)
    give(services, patient, case, date(2025, 11, 11))
    services.settings.set_many({"no_answer_days": 5, "told_family_days": 3}, "short staffed")
    services.schedule.log_call(case, Attempt.TOLD_FAMILY)
    entry = services.schedule.entry(case)
    assert entry is not None
    assert entry.answer.call_again_on == date(2026, 3, 22)


def test_botox_days_have_their_own_places(services: Services) -> None:
    services.settings.set("botox_days", {2: 3, 4: 8}, "new room")
    rules = services.clinic.rules
    assert rules.places_on(date(2026, 3, 25)) == 3
    assert rules.places_on(date(2026, 3, 27)) == 8
    assert rules.places_on(date(2026, 3, 24)) == 0
    services.settings.set("closed_days", frozenset({date(2026, 3, 25)}), "Holi")
    assert services.clinic.rules.places_on(date(2026, 3, 25)) == 0


def test_settings_last(tmp_path: Path) -> None:
    with open_copied_clinic(tmp_path) as opened:
        opened.access.confirm(PASSPHRASE, Action.MANAGE)
        opened.settings.set_many(
            {"plan": LONGER, "products": {"ona", "abo"}, "share_vials": True, "clinic_name": "  District   Hospital ",
             "working_days": frozenset(range(5)), "lock_minutes": 2, "retention_years": 12},
            "first steps",
        )  # fmt: skip
    again = door(Clock()).open(str(tmp_path / "clinic"), PASSPHRASE)
    try:
        assert again.clinic.name == "District Hospital"
        assert again.clinic.rules.plan == LONGER
        assert again.clinic.plans.clinic == LONGER
        assert again.clinic.choices.products == {"ona", "abo"}
        assert again.clinic.choices.offers("ona")
        assert not again.clinic.choices.offers("inco")
        assert again.clinic.choices.share_vials
        assert again.clinic.choices.lock_minutes == 2
        assert again.clinic.choices.retention_years == 12
        assert again.clinic.rules.working_days.weekdays == set(range(5))
    finally:
        again.close()


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("lock_minutes", 0, "setting_number"),
        ("lock_minutes", 16, "setting_number"),
        ("lock_minutes", True, "setting_number"),
        ("no_answer_days", 31, "setting_number"),
        ("clinic_name", "   ", "setting_no_name"),
        ("clinic_name", "x" * 101, "setting_name_length"),
        ("working_days", frozenset(), "no_working_day"),
        ("working_days", frozenset({0, 2, 3}), "setting_botox_day_closed"),
        ("botox_days", {}, "setting_no_botox_day"),
        ("botox_days", {6: 4}, "setting_botox_day_closed"),
        ("botox_days", {1: 0}, "setting_places"),
        ("products", {"soap"}, "setting_product_unknown"),
        ("plans_by_condition", {"hiccup": LONGER}, "setting_condition_unknown"),
        ("plan", ReinjectionPlan(months(4), months(3)), "plan_closes_before_it_opens"),
        ("plan", ReinjectionPlan(months(4), months(400)), "setting_span_length"),
        ("minimum", {"soap": weeks(12)}, "setting_product_unknown"),
        ("minimum", {"ona": weeks(0)}, "setting_span_length"),
        ("backup_places", ("/x",), "setting_elsewhere"),
        ("places_over", 201, "setting_number"),
        ("hours", (), "bad_hours"),
        ("minutes_by_condition", {"hiccup": 30}, "setting_condition_unknown"),
        ("minutes_by_condition", {"meige": 4}, "setting_number"),
    ],
)
def test_what_is_no_value_is_refused_at_its_field(services: Services, key: str, value: object, code: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        services.settings.set(key, value, "for a test")
    assert (refused.value.field, refused.value.code) == (key, code)
    assert services.settings.history(key) == () or key == "clinic_name"


def test_a_reason_is_needed_and_unknown_names_are_refused(services: Services) -> None:
    with pytest.raises(RuleBroken) as refused:
        services.settings.set("lock_minutes", 3, "  ")
    assert refused.value.field == "reason"
    with pytest.raises(NotFound):
        services.settings.set("colour", 3, "why not")
    with pytest.raises(RuleBroken):
        services.settings.reset("clinic_name", "why not")


def test_only_an_administrator_who_signed_in_again_changes_settings(tmp_path: Path) -> None:
    with open_copied_clinic(tmp_path) as services:
        with pytest.raises(AccessRefused) as refused:
            services.settings.set("lock_minutes", 3, "busy room")
        assert refused.value.code == "sign_in_again"
        services.access.confirm(PASSPHRASE, Action.MANAGE)
        services.people.add("Nisha Thomas", {Role.NURSE}, "lantern orchard velvet thunder basket")
        the_door = door(Clock())
        the_door.switch(services, "Nisha Thomas", "lantern orchard velvet thunder basket")
        assert services.settings.value("lock_minutes") == 5
        with pytest.raises(AccessRefused) as refused:
            services.settings.set("lock_minutes", 3, "busy room")
        assert refused.value.code == "not_allowed"


def test_what_cannot_be_read_counts_as_shipped(services: Services) -> None:
    with services.context.units.open() as unit:
        unit.clinic.set_setting("plan", {"value": {"opens": "soon"}})
        unit.clinic.set_setting("lock_minutes", {"value": "five"})
        unit.commit()
    assert services.settings.value("plan") == CLINIC_PLAN
    assert services.settings.value("lock_minutes") == 5


BOUNDED = (SettingKind.PLACES_BY_WEEKDAY, SettingKind.LENGTHS_BY_CONDITION)


def test_kinds_that_are_counted_have_bounds() -> None:
    for fact in SETTINGS:
        assert (fact.most > 0) == (fact.kind.counted or fact.kind in BOUNDED), fact.key
        if fact.kind.counted:
            assert fact.least <= fact.shipped <= fact.most


def test_a_clinic_whose_codes_were_not_typed_back_can_be_taken_away(tmp_path: Path) -> None:
    the_door = door(Clock())
    folder = tmp_path / "made" / "clinic"
    roles = frozenset({Role.ADMIN, Role.NURSE})
    created = the_door.create(str(folder), "Test clinic", "Nisha", PASSPHRASE, roles=roles, codes_kept=False)
    assert not created.services.settings.first_steps().codes_kept
    assert created.services.clinic.user.roles == roles
    assert the_door.unmake(created)
    assert not folder.exists()
    created = the_door.create(str(folder), "Test clinic", "Nisha", PASSPHRASE, codes_kept=False)
    created.services.settings.took_step(codes_kept=True)
    assert not the_door.unmake(created)
    assert the_door.state(str(folder)).there
    with pytest.raises(RuleBroken):
        the_door.create(str(tmp_path / "x"), "Test clinic", "N", PASSPHRASE, roles=frozenset({Role.NURSE}))


def test_a_long_interval_of_an_older_injection_still_decides_the_earliest_day(services: Services) -> None:
    """A rule is reckoned from the newest injections, and from older ones whose interval may last longer."""
    patient, case = add_patient(services)
    give(services, patient, case, date(2025, 11, 3), product="rima")
    give(services, patient, case, date(2026, 3, 2), product="ona")
    services.settings.set("minimum", {"rima": months(6), "ona": weeks(4)}, "as agreed")
    assert services.clinic.rules.minimum.spread == 6 * 31 - 4 * 7
    found = cached_of(services, case)
    assert found == dates_of(services, case)
    assert found[0] == date(2026, 5, 3)
