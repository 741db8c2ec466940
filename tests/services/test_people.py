"""People sign in, change, leave and come back: slots, rows, audit, waits, codes and PINs together."""

from __future__ import annotations

import math
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from clinic_app.domain.audit import AuditFilter, Outcome
from clinic_app.domain.errors import AccessRefused, ClinicError, DamageFound, NotFound, RuleBroken
from clinic_app.domain.people import Person, Role, User, check_pin
from clinic_app.imaging.reader import PictureReader
from clinic_app.machine.places import find_places
from clinic_app.services import Services
from clinic_app.services.clinic_data import ClinicDoor, CreatedClinic
from clinic_app.storage import vault as vaults
from clinic_app.storage.row_watch import WATCHED
from clinic_app.storage.vault import SlotKind
from clinic_app.wording.sentences import sentence_of
from tests.builders import PASSPHRASE, Clock, add_patient

RAO, MARY, LEE = "Dr Rao", "Sister Mary", "Dr Lee"
MARYS = "seven brass kettles on a shelf"
LEES = "lantern under the walnut tree"
NEW = "a basket of unripe mangoes here"
PIN = "482915"


class Steady:
    """The clock of a computer that was started ``up`` seconds ago."""

    def __init__(self) -> None:
        self.up = 5000.0

    def __call__(self) -> float:
        return self.up


class House:
    """One clinic of a test's own, and the door to it; ``again`` is the program started anew."""

    def __init__(self, folder: Path, template: CreatedClinic) -> None:
        self.folder, self.recovery_codes = str(folder), template.recovery_codes
        self.clock, self.steady = Clock(), Steady()
        self.door = self._door()
        self._open: list[Services] = []

    def _door(self) -> ClinicDoor:
        return ClinicDoor(find_places(), self.clock, PictureReader, today_given=True, steady=self.steady)

    def again(self) -> None:
        self.door = self._door()

    def open(self, secret: str = PASSPHRASE, user: str | None = RAO, *, recovery: bool = False) -> Services:
        services = self.door.open(self.folder, secret, user, recovery=recovery)
        self._open.append(services)
        return services

    def admin(self) -> Services:
        services = self.open()
        services.access.confirm(PASSPHRASE)
        return services

    def close(self) -> None:
        for services in self._open:
            services.close()
        self._open = []


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> CreatedClinic:
    door = ClinicDoor(find_places(), Clock(), PictureReader, today_given=True)
    created = door.create(str(tmp_path_factory.mktemp("data") / "clinic"), "Test clinic", RAO, PASSPHRASE)
    created.services.access.confirm(PASSPHRASE)
    created.services.people.add(MARY, {Role.NURSE}, MARYS)
    created.services.people.add(LEE, {Role.ADMIN, Role.DOCTOR}, LEES)
    created.services.close()
    return created


@pytest.fixture
def house(template: CreatedClinic, tmp_path: Path) -> Iterator[House]:
    """A clinic with an admin, a nurse and a second admin."""
    shutil.copytree(template.services.clinic.folder, tmp_path / "clinic")
    house = House(tmp_path / "clinic", template)
    yield house
    house.close()


def refused(call: Callable[[], object]) -> ClinicError:
    with pytest.raises(ClinicError) as caught:
        call()
    assert "{" not in sentence_of(caught.value)
    return caught.value


def named(services: Services, name: str) -> Person:
    return next(person for person in services.people.all() if person.name == name)


def events(services: Services, action: str = "") -> list[tuple[str, str, str]]:
    with services.context.units.read() as unit:
        found = unit.audit.entries(AuditFilter(action=action), limit=1000)
    return [(entry.action, entry.object_id, entry.actor_name) for entry in reversed(found)]


def actions(services: Services, action: str = "") -> list[str]:
    return [event for event, _, _ in events(services, action)]


def must_choose(services: Services) -> bool:
    return services.must_choose_passphrase


def tables_intact(services: Services) -> bool:
    with services.context.units.read() as unit:
        return unit.audit.verify(rows=True).intact


def test_everybody_is_listed_with_what_they_may_and_when_they_came(house: House) -> None:
    services = house.open()
    rao, mary, lee = services.people.all()
    assert rao.roles == {Role.ADMIN, Role.DOCTOR}
    assert mary.roles == {Role.NURSE}
    assert [rao.name, mary.name, lee.name] == [RAO, MARY, LEE]
    assert all(person.active and person.has_passphrase and person.since for person in (rao, mary, lee))
    assert rao.last_signed_in is not None
    assert mary.last_signed_in is None
    assert "user" in {watched.object_type for watched in WATCHED.values()}
    assert tables_intact(services)


def test_somebody_new_comes_in_within_three_seconds_and_may_what_a_nurse_may(house: House) -> None:
    services = house.admin()
    begun = time.process_time()
    user = services.people.add("  nurse   Ann ", [Role.NURSE], NEW).result
    assert time.process_time() - begun < 3
    assert isinstance(user, User)
    assert user.name == "nurse Ann"
    assert events(services)[-2:] == [("slot.add", str(user.id), RAO), ("user.create", str(user.id), RAO)]
    services.close()
    services = house.open(NEW, "NURSE ANN")
    assert services.clinic.user == user
    assert services.people.all()
    add = lambda: services.people.add("x", [Role.ADMIN], LEES)  # noqa: E731
    assert refused(add).code == "not_allowed"
    assert refused(lambda: services.people.set_roles(user.id, [Role.ADMIN])).code == "not_allowed"
    assert refused(lambda: services.people.start_reset(1)).code == "not_allowed"
    assert refused(services.people.new_recovery_codes).code == "not_allowed"


@pytest.mark.parametrize(
    ("name", "roles", "passphrase", "code"),
    [
        ("", [Role.NURSE], NEW, "user_name_length"),
        ("sister  MARY", [Role.NURSE], NEW, "user_name_taken"),
        ("Ｓister Mary", [Role.NURSE], NEW, "user_name_taken"),
        ("Sister\u200b Mary", [Role.NURSE], NEW, "user_name_taken"),
        ("Ann", [], NEW, "roles_missing"),
        ("Ann", [Role.NURSE], "short", "passphrase_short"),
        ("Ann", [Role.NURSE], "Test clinic Ann 2026", "passphrase_named"),
        ("A\x00nn", [Role.NURSE], NEW, "user_name_characters"),
    ],
)
def test_who_is_not_taken(house: House, name: str, roles: list[Role], passphrase: str, code: str) -> None:
    services = house.admin()
    assert refused(lambda: services.people.add(name, roles, passphrase)).code == code
    assert len(services.people.all()) == 3
    assert len(vaults.read_vault(Path(house.folder)).users) == 3


def test_looking_after_people_asks_an_admin_to_sign_in_again(house: House) -> None:
    services = house.open()
    assert refused(lambda: services.people.disable(2)).code == "sign_in_again"


def test_roles_hold_at_once_and_one_admin_stays(house: House) -> None:
    services = house.admin()
    mary, lee = named(services, MARY), named(services, LEE)
    services.people.set_roles(mary.id, [Role.NURSE, Role.DOCTOR])
    assert named(services, MARY).roles == {Role.NURSE, Role.DOCTOR}
    services.people.set_roles(lee.id, [Role.DOCTOR])
    me = services.clinic.user.id
    assert refused(lambda: services.people.set_roles(me, [Role.DOCTOR])).code == "last_admin"
    assert refused(lambda: services.people.set_roles(me, [])).code == "roles_missing"
    assert refused(lambda: services.people.set_roles(99, [Role.NURSE])).code == "user_missing"
    assert refused(lambda: services.people.disable(me)).code == "disable_yourself"
    services.people.set_roles(lee.id, [Role.ADMIN])
    services.people.set_roles(me, [Role.READ_ONLY])
    assert services.clinic.user.roles == {Role.READ_ONLY}
    assert refused(lambda: services.people.set_roles(me, [Role.ADMIN])).code == "not_allowed"
    assert actions(services, "user.role") == ["user.role"] * 4


def test_an_admin_without_a_passphrase_is_none(house: House) -> None:
    services = house.admin()
    unlocked = services.context.unlocked
    assert unlocked is not None
    services.context.unlocked = vaults.drop_user(unlocked, LEE)
    assert not named(services, LEE).has_passphrase
    me = services.clinic.user.id
    assert refused(lambda: services.people.set_roles(me, [Role.DOCTOR])).code == "last_admin"


def test_who_left_does_not_come_in_and_comes_back_with_a_passphrase_of_their_own(house: House) -> None:
    services = house.admin()
    mary = named(services, MARY)
    begun = time.process_time()
    services.people.disable(mary.id)
    assert time.process_time() - begun < 3
    assert {"user.disable", "slot.drop"} <= set(actions(services)[-2:])
    gone = named(services, MARY)
    assert (gone.active, gone.has_passphrase, gone.disabled_at is not None) == (False, False, True)
    assert refused(lambda: house.open(MARYS, MARY)).code == "unknown_user"
    assert refused(lambda: services.people.add(MARY, [Role.NURSE], NEW)).code == "user_name_taken"
    assert refused(lambda: services.people.start_reset(mary.id)).code == "user_disabled"
    services.people.enable(mary.id, NEW)
    assert named(services, MARY).disabled_at is None
    assert refused(lambda: services.people.enable(mary.id, LEES)).code == "user_active"
    assert house.open(NEW, MARY).clinic.user.id == mary.id
    assert actions(services)[-3:] == ["slot.add", "user.enable", "auth.login"]


def test_the_key_stays_the_same_and_a_copy_opens_as_help_says(house: House, tmp_path: Path) -> None:
    """What the page on security tells: a copy and an old backup keep the passphrases and codes of their day."""
    services = house.admin()
    assert services.context.unlocked is not None
    before = services.context.unlocked.keys.database_hex
    lee = named(services, LEE)
    services.people.set_roles(lee.id, [Role.ADMIN, Role.DOCTOR])
    (tmp_path / "disk").mkdir()
    services.backups.set_places([str(tmp_path / "disk")])
    services.backups.run(str(tmp_path / "disk"))
    house.close()
    shutil.copytree(house.folder, tmp_path / "copy")
    services = house.admin()
    services.people.disable(lee.id)
    services.people.change_passphrase(PASSPHRASE, NEW)
    services.access.confirm(NEW)
    services.people.new_recovery_codes()
    assert services.context.unlocked is not None
    assert services.context.unlocked.keys.database_hex == before
    assert refused(lambda: house.open(LEES, LEE)).code == "unknown_user"
    door = ClinicDoor(find_places(), house.clock, PictureReader, today_given=True)
    door.open(str(tmp_path / "copy"), LEES, LEE).close()
    door.open(str(tmp_path / "copy"), house.recovery_codes[0], RAO, recovery=True).close()
    door.restore(str(tmp_path / "disk"), "", str(tmp_path / "back"), LEES, user=LEE)
    back = door.open(str(tmp_path / "back"), LEES, LEE)
    try:
        assert named(back, LEE).active
    finally:
        back.close()


def test_a_slot_without_an_active_row_signs_nobody_in(house: House) -> None:
    services = house.admin()
    unlocked = services.context.unlocked
    assert unlocked is not None
    services.context.unlocked = replace(
        vaults.add_slot(unlocked, "Nobody", NEW, checkout=True), slot=unlocked.slot
    )  # cut before the row was written
    assert refused(lambda: house.open(NEW, "Nobody")).code == "user_disabled"
    assert refused(lambda: house.door.switch(services, "Nobody", NEW)).code == "user_disabled"
    services.people.add("Nobody", [Role.NURSE], LEES)
    assert refused(lambda: house.open(NEW, "Nobody")).code == "wrong_passphrase"
    assert house.open(LEES, "Nobody").clinic.user.name == "Nobody"
    with services.context.units.open() as unit:  # cut before the slots were taken away
        unit.people.set_active(named(services, MARY).id, False)
        unit.commit()
    assert refused(lambda: house.open(MARYS, MARY)).code == "user_disabled"
    services.people.disable(named(services, MARY).id)
    assert vaults.read_vault(Path(house.folder)).slots_of(MARY) == ()


def test_a_passphrase_is_changed_within_three_seconds_by_who_knows_the_old_one(house: House) -> None:
    services = house.open(MARYS, MARY)
    begun = time.process_time()
    services.people.change_passphrase(MARYS, NEW)
    assert time.process_time() - begun < 3
    assert actions(services)[-2:] == ["slot.add", "slot.drop"]
    assert refused(lambda: services.people.change_passphrase(MARYS, LEES)).code == "wrong_passphrase"
    assert actions(services)[-1] == "auth.fail"
    assert refused(lambda: services.people.change_passphrase(NEW, "short")).code == "passphrase_short"
    services.close()
    assert refused(lambda: house.open(MARYS, MARY)).code == "wrong_passphrase"
    assert house.open(NEW, MARY).clinic.user.name == MARY
    assert house.open().clinic.user.name == RAO


def test_an_admin_starts_a_reset_and_the_user_chooses(house: House) -> None:
    admin = house.admin()
    mary = named(admin, MARY)
    assert refused(lambda: admin.people.start_reset(admin.clinic.user.id)).code == "reset_yourself"
    code = admin.people.start_reset(mary.id)
    assert named(admin, MARY).reset_open
    assert set(actions(admin)[-2:]) == {"user.reset", "slot.add"}
    admin.close()
    services = house.open(code.lower(), MARY)
    assert services.must_choose_passphrase
    assert services.clinic.user.name == MARY
    for call in (
        services.people.all,
        lambda: services.patients.count(),
        lambda: add_patient(services),
        lambda: services.people.change_passphrase(MARYS, NEW),
        lambda: services.people.set_pin(PIN),
        lambda: services.schedule.due(),
    ):
        assert refused(call).code == "must_choose_passphrase"
    assert refused(lambda: services.people.finish_reset("short")).code == "passphrase_short"
    assert services.people.finish_reset(NEW) == ()
    assert not must_choose(services)
    assert services.patients.count() == 0
    assert not named(services, MARY).reset_open
    services.close()
    assert refused(lambda: house.open(code, MARY, recovery=True)).code == "wrong_recovery_code"
    assert refused(lambda: house.open(MARYS, MARY)).code == "wrong_passphrase"
    assert house.open(NEW, MARY).clinic.user.id == mary.id


def test_a_reset_can_be_withdrawn_and_the_passphrase_opens_until_it_is_used(house: House) -> None:
    admin = house.admin()
    mary = named(admin, MARY)
    code = admin.people.start_reset(mary.id)
    assert house.open(MARYS, MARY).clinic.user.id == mary.id
    admin.people.withdraw_reset(mary.id)
    assert refused(lambda: house.open(code, MARY, recovery=True)).code == "wrong_recovery_code"
    with pytest.raises(NotFound, match="user_missing"):
        admin.people.start_reset(99)


def test_a_recovery_code_asks_which_admin_and_for_a_new_passphrase(house: House) -> None:
    code, other = house.recovery_codes
    said = refused(lambda: house.open(code, None, recovery=True))
    assert (said.code, said.params["admins"]) == ("admin_not_named", [RAO, LEE])
    assert refused(lambda: house.open(code, MARY, recovery=True)).code == "not_an_admin"
    services = house.open(code, "dr lee", recovery=True)
    assert services.must_choose_passphrase
    assert services.clinic.user.name == LEE
    assert refused(lambda: services.people.new_recovery_codes()).code == "must_choose_passphrase"
    (printed,) = services.people.finish_reset(NEW)
    assert refused(lambda: services.people.finish_reset(NEW)).code == "nothing_to_choose"
    assert actions(services, "recovery.used") == ["recovery.used"]
    services.close()
    assert refused(lambda: house.open(code, LEE, recovery=True)).code == "wrong_recovery_code"
    assert refused(lambda: house.open(LEES, LEE)).code == "wrong_passphrase"
    assert house.open(NEW, LEE).clinic.user.name == LEE
    for good in (printed, other):
        assert house.open(good, RAO, recovery=True).clinic.user.name == RAO
    assert house.open().clinic.user.name == RAO


def test_the_only_admin_need_not_be_named(house: House) -> None:
    admin = house.admin()
    admin.people.set_roles(named(admin, LEE).id, [Role.DOCTOR])
    admin.close()
    assert house.open(house.recovery_codes[0], None, recovery=True).clinic.user.name == RAO


def test_new_recovery_codes_make_the_old_ones_worthless(house: House) -> None:
    admin = house.admin()
    admin.people.set_roles(named(admin, MARY).id, [Role.NURSE])
    assert refused(admin.people.new_recovery_codes).code == "sign_in_again"  # another class of action
    admin.access.confirm(PASSPHRASE)
    first, second = admin.people.new_recovery_codes()
    for old in house.recovery_codes:
        with pytest.raises(AccessRefused, match="wrong_recovery_code"):
            house.open(old, RAO, recovery=True)
    for new in (first, second):
        assert house.open(new, RAO, recovery=True).must_choose_passphrase


def test_twenty_wrong_tries_wait_as_they_should_over_restarts_and_clocks(house: House) -> None:
    delays = [0, 0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 512, *([900] * 8)]
    for number, delay in enumerate(delays):
        house.again()
        house.clock.moment = house.clock.moment.replace(year=2025 + 2 * (number % 2))  # a year back, a year on
        assert refused(lambda: house.open("not the passphrase at all")).code == "wrong_passphrase"
        assert house.door.waiting(house.folder, RAO) == delay
        house.again()
        if delay:
            said = refused(house.open)
            assert (said.code, said.params["seconds"]) == ("wait_before_trying", delay)
        house.steady.up += delay
    assert house.door.waiting(house.folder, MARY) == 0
    house.clock.moment = house.clock.moment.replace(year=2026)
    services = house.open()
    assert house.door.waiting(house.folder, RAO) == 0
    mine = str(services.clinic.user.id)
    entered = events(services, "auth.")
    assert entered.count(("auth.fail", mine, "")) == 20
    assert ("auth.throttle", mine, "") in entered
    assert entered[-1] == ("auth.login", mine, RAO)
    with services.context.units.read() as unit:
        assert unit.audit.entries(AuditFilter(action="auth.throttle"))[0].reason == "17"
        assert unit.audit.entries(AuditFilter(action="auth.fail"))[0].outcome is Outcome.FAILED
    services.close()
    assert actions(house.open(), "auth.fail") == ["auth.fail"] * 20


def test_after_a_hundred_wrong_tries_an_admin_or_a_code_helps(house: House) -> None:
    unlocked = vaults.read_vault(Path(house.folder))
    counter = house.door._throttle
    for _ in range(100):
        counter.begin(unlocked, MARY, "2026-03-19T09:00:00")
        house.steady.up += 900
    assert house.door.waiting(house.folder, MARY) == math.inf
    assert refused(lambda: house.open(MARYS, MARY)).code == "too_many_tries"
    admin = house.admin()
    code = admin.people.start_reset(named(admin, MARY).id)
    services = house.open(code, MARY)
    services.people.finish_reset(NEW)
    assert house.door.waiting(house.folder, MARY) == 0
    assert house.open(NEW, MARY).clinic.user.name == MARY


def test_a_weakened_slot_is_refused_in_a_sentence_and_does_not_count_as_a_try(house: House) -> None:
    import hashlib
    import json

    folder = Path(house.folder)
    body = json.loads((folder / vaults.FILE_NAME).read_text("ascii"))
    body["slots"][0]["m"] = 8
    del body["checksum"]
    body["checksum"] = hashlib.sha256(vaults._canonical(body)).hexdigest()
    for name in (vaults.FILE_NAME, vaults.COPY_NAME):
        (folder / name).write_text(json.dumps(body), "ascii")
    for _ in range(5):
        said = refused(house.open)
        assert said.code == "slot_limits"
        assert "changed from outside" in sentence_of(said)
    assert house.door.waiting(house.folder, RAO) == 0


def test_signing_in_again_counts_its_tries_too(house: House) -> None:
    services = house.open()
    for _ in range(4):
        assert refused(lambda: services.access.confirm("not the passphrase at all")).code == "wrong_passphrase"
    assert refused(lambda: services.access.confirm(PASSPHRASE)).code == "wait_before_trying"
    house.steady.up += 2
    services.access.confirm(PASSPHRASE)
    assert len(actions(services, "auth.fail")) == 5
    services.close()
    assert len(actions(house.open(), "auth.fail")) == 5


def test_another_person_takes_over_without_closing(house: House) -> None:
    services = house.admin()
    pid, _ = add_patient(services)
    services.people.set_roles(named(services, LEE).id, [Role.DOCTOR])
    house.door.switch(services, "sister mary", MARYS)
    assert services.clinic.user.name == MARY
    assert services.patients.page(pid).patient.id == pid
    assert events(services, "auth.")[-2:] == [("auth.logout", "1", RAO), ("auth.login", "2", MARY)]
    assert refused(lambda: services.people.disable(3)).code == "not_allowed"
    add_patient(services, "Ravi", "4128", phone="70000 00001")
    assert {actor for action, _, actor in events(services, "patient.create")} == {RAO, MARY}
    house.door.switch(services, RAO, PASSPHRASE)
    assert refused(lambda: services.people.disable(3)).code == "sign_in_again"  # what was granted has gone
    house.door.switch(services, RAO, PASSPHRASE)
    assert actions(services)[-1] == "auth.unlock"
    assert tables_intact(services)


def test_a_wrong_switch_leaves_who_works_and_is_entered_at_once(house: House) -> None:
    services = house.open()
    assert refused(lambda: house.door.switch(services, MARY, LEES)).code == "wrong_passphrase"
    assert refused(lambda: house.door.switch(services, "Nobody", LEES)).code == "unknown_user"
    assert services.clinic.user.name == RAO
    assert events(services)[-1] == ("auth.fail", str(named(services, MARY).id), "")
    for _ in range(3):
        refused(lambda: house.door.switch(services, MARY, LEES))
    assert refused(lambda: house.door.switch(services, MARY, MARYS)).code == "wait_before_trying"
    assert actions(services)[-1] == "auth.throttle"


def test_a_switch_by_reset_code_asks_for_a_passphrase_first(house: House) -> None:
    services = house.admin()
    code = services.people.start_reset(named(services, MARY).id)
    house.door.switch(services, MARY, code)
    assert services.must_choose_passphrase
    assert refused(services.people.all).code == "must_choose_passphrase"
    services.people.finish_reset(NEW)
    assert services.people.all()


def test_a_key_file_of_another_clinic_is_no_way_in(house: House, tmp_path: Path) -> None:
    services = house.open()
    vaults.create_vault(tmp_path / "other", RAO, NEW, checkout=True)
    for name in (vaults.FILE_NAME, vaults.COPY_NAME):
        (tmp_path / "other" / name).replace(Path(house.folder) / name)
    with pytest.raises(DamageFound, match="vault_exchanged"):
        house.door.switch(services, RAO, NEW)
    assert services.clinic.user.name == RAO


def test_pins_bring_back_and_switch_for_twelve_hours(house: House) -> None:
    services = house.open()
    services.people.set_pin(PIN)
    house.door.switch(services, MARY, MARYS)
    assert refused(lambda: services.people.unlock_with_pin(MARY, PIN)).code == "pin_not_set"
    services.people.set_pin("७२०३१४")
    assert [user.name for user in services.people.with_pin()] == [RAO, MARY]
    assert services.people.unlock_with_pin("dr rao", PIN).name == RAO
    assert services.clinic.user.name == RAO
    assert services.people.unlock_with_pin(MARY, "720314").name == MARY
    services.people.unlock_with_pin(MARY, "720314")
    assert actions(services)[-3:] == ["auth.logout", "auth.login", "auth.unlock"]
    house.steady.up += 12 * 3600 - 1
    services.people.unlock_with_pin(RAO, PIN)
    services.people.set_pin("739482")
    house.steady.up += 1
    assert refused(lambda: services.people.unlock_with_pin(RAO, "739482")).code == "pin_expired"
    assert refused(lambda: services.people.set_pin(PIN)).code == "pin_expired"
    assert services.people.with_pin() == ()
    house.door.switch(services, RAO, PASSPHRASE)
    services.people.set_pin(PIN)
    assert services.people.unlock_with_pin(RAO, PIN).name == RAO


def test_five_wrong_pins_and_all_are_gone(house: House) -> None:
    services = house.open()
    services.people.set_pin(PIN)
    house.door.switch(services, MARY, MARYS)
    services.people.set_pin("720314")
    for left in (4, 3, 2, 1):
        said = refused(lambda: services.people.unlock_with_pin(RAO, "111112"))
        assert (said.code, said.params["left"]) == ("pin_wrong", left)
    assert services.people.unlock_with_pin(MARY, "720314").name == MARY  # helps nobody else's tries
    assert refused(lambda: services.people.unlock_with_pin(RAO, "1")).code == "pin_gone"
    assert services.people.with_pin() == ()
    assert refused(lambda: services.patients.count()).code == "pin_gone"
    assert refused(lambda: services.people.unlock_with_pin(MARY, "720314")).code == "pin_not_set"
    assert actions(services, "auth.fail") == ["auth.fail"] * 6
    house.door.switch(services, MARY, MARYS)
    assert services.patients.count() == 0


def test_a_pin_goes_with_its_user_and_with_the_clinic(house: House) -> None:
    services = house.open(MARYS, MARY)
    services.people.set_pin(PIN)
    house.door.switch(services, RAO, PASSPHRASE)
    services.access.confirm(PASSPHRASE)
    services.people.disable(named(services, MARY).id)
    assert refused(lambda: services.people.unlock_with_pin(MARY, PIN)).code == "pin_not_set"
    services.people.set_pin(PIN)
    services.people.forget_pins()
    assert refused(lambda: services.people.unlock_with_pin(RAO, PIN)).code == "pin_not_set"
    services.close()
    assert refused(lambda: house.open().people.unlock_with_pin(RAO, PIN)).code == "pin_not_set"
    for path in Path(house.folder).iterdir():
        assert not path.is_file() or PIN.encode() not in path.read_bytes()


@pytest.mark.parametrize("pin", ["", "12345", "1234567", "12a456", "111111", "123456", "987654", "890123"])
def test_what_is_no_pin(pin: str) -> None:
    with pytest.raises(RuleBroken, match="pin_"):
        check_pin(pin)


def test_leaving_is_entered_once(house: House) -> None:
    services = house.open()
    services.close()
    services.close()
    assert actions(house.open(), "auth.")[-3:] == ["auth.login", "auth.logout", "auth.login"]


def test_a_clinic_cut_before_anybody_was_entered_takes_its_first_user(house: House) -> None:
    services = house.open()
    with services.context.units.open() as unit:
        from sqlalchemy import select

        from clinic_app.storage.records.clinic import UserRecord
        from clinic_app.storage.row_watch import remove_rows

        remove_rows(unit.session, select(UserRecord))
        unit.commit()
    services.close()
    services = house.open()
    assert services.clinic.user.roles == {Role.ADMIN, Role.DOCTOR}


def test_the_key_file_is_mended_when_somebody_comes_in_and_not_by_looking(house: House) -> None:
    path = Path(house.folder) / vaults.FILE_NAME
    path.write_bytes(path.read_bytes()[:-40])
    assert [code for code, _ in house.door.state(house.folder).notes if code.startswith("vault")] == ["vault_copy_used"]
    with pytest.raises(AccessRefused):
        house.open("not the passphrase of anybody", MARY)
    assert vaults.read_vault(Path(house.folder)).notes == ("vault_copy_used",)
    services = house.open(MARYS, MARY)
    assert vaults.read_vault(Path(house.folder)).notes == ()
    assert [one.code for one in services.found_at_start()] == ["vault_mended"]
    assert len(list(path.parent.glob(f"{vaults.ASIDE}*"))) == 1
    services.people.change_passphrase(MARYS, NEW)
    assert list(path.parent.glob(f"{vaults.ASIDE}*")) == [], "it would still open with the passphrase of before"
    path.write_bytes(b"")
    path.with_name(vaults.COPY_NAME).write_bytes(b"")
    with pytest.raises(DamageFound, match="vault_damaged"):
        house.open(NEW, MARY)
    with pytest.raises(DamageFound, match="vault_damaged"):
        services.people.change_passphrase(NEW, MARYS)


def test_a_demo_has_no_people_of_its_own(tmp_path: Path) -> None:
    door = ClinicDoor(find_places(), Clock(), PictureReader, today_given=True)
    services = door.create_demo(str(tmp_path / "demo"))
    try:
        assert [person.has_passphrase for person in services.people.all()] == [True]
        for call in (
            lambda: services.people.add("Ann", [Role.NURSE], NEW),
            lambda: services.people.change_passphrase(vaults.DEMO_PASSPHRASE, NEW),
            services.people.new_recovery_codes,
            lambda: door.switch(services, vaults.DEMO_USER, vaults.DEMO_PASSPHRASE),
        ):
            with pytest.raises(AccessRefused, match="vault_is_demo"):
                call()
        assert door.waiting(str(tmp_path / "demo"), vaults.DEMO_USER) == 0
        assert [slot.kind for slot in vaults.read_vault(tmp_path / "demo").slots] == [SlotKind.PASSPHRASE]
        assert "auth.login" not in actions(services)
    finally:
        services.close()
