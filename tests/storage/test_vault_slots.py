"""Passphrases, reset and recovery codes exchanged in the key file, and what a hostile key file is told."""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clinic_app.domain.audit import Anchor
from clinic_app.domain.errors import AccessRefused, ClinicError, DamageFound, NotFound, RuleBroken, StorageUnavailable
from clinic_app.domain.people import user_key, user_name
from clinic_app.storage import keys
from clinic_app.storage import vault as vaults
from clinic_app.storage.recovery import new_recovery_code
from clinic_app.storage.vault import COPY_NAME, FILE_NAME, CreatedVault, SlotKind, UnlockedVault
from clinic_app.wording.sentences import sentence_of

RAO, MARY, LEE = "Dr Rao", "Sister Mary", "Dr Lee"
WORDS = {
    RAO: "heron walks over quiet water",
    MARY: "seven brass kettles on a shelf",
    LEE: "lantern under the walnut tree",
}
NEW = "a basket of unripe mangoes here"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> CreatedVault:
    made = vaults.create_vault(tmp_path_factory.mktemp("vault") / "clinic", RAO, WORDS[RAO], checkout=True)
    unlocked = made.unlocked
    for name in (MARY, LEE):
        unlocked = replace(vaults.add_slot(unlocked, name, WORDS[name], checkout=True), slot=unlocked.slot)
    return replace(made, unlocked=unlocked)


@pytest.fixture
def created(template: CreatedVault, tmp_path: Path) -> CreatedVault:
    shutil.copytree(template.unlocked.vault.folder, tmp_path / "clinic")
    vault = replace(template.unlocked.vault, folder=tmp_path / "clinic")
    return replace(template, unlocked=replace(template.unlocked, vault=vault))


@pytest.fixture
def unlocked(created: CreatedVault) -> UnlockedVault:
    return created.unlocked


def refusal(call: Callable[[], object], kind: type[ClinicError] = AccessRefused) -> str:
    with pytest.raises(kind) as caught:
        call()
    assert "{" not in sentence_of(caught.value)
    return caught.value.code


def opens(folder: Path, secret: str, user: str | None = None) -> UnlockedVault:
    return vaults.unlock(vaults.read_vault(folder), secret, user)


def others_open(unlocked: UnlockedVault, created: CreatedVault | None = None) -> None:
    for name in (MARY, LEE):
        assert opens(unlocked.vault.folder, WORDS[name], name).keys == unlocked.keys
    for code in created.recovery_codes if created else ():
        assert opens(unlocked.vault.folder, code.text).keys == unlocked.keys


def edit(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    body = json.loads((folder / FILE_NAME).read_text("ascii"))
    change(body)
    del body["checksum"]
    body["checksum"] = hashlib.sha256(vaults._canonical(body)).hexdigest()
    for name in (FILE_NAME, COPY_NAME):
        (folder / name).write_text(json.dumps(body), "ascii")


def test_a_changed_passphrase_opens_and_the_old_one_does_not(created: CreatedVault) -> None:
    unlocked, folder = created.unlocked, created.unlocked.vault.folder
    changed = vaults.change_passphrase(unlocked, "dr rao", WORDS[RAO], NEW, checkout=True)
    assert changed.slot.user == RAO
    assert opens(folder, NEW, RAO).keys == unlocked.keys
    assert refusal(lambda: opens(folder, WORDS[RAO], RAO)) == "wrong_passphrase"
    assert len(vaults.read_vault(folder).slots_of(RAO)) == 1
    others_open(unlocked, created)


def test_the_old_passphrase_has_to_be_known_and_the_new_one_to_be_good(unlocked: UnlockedVault) -> None:
    before = (unlocked.vault.folder / FILE_NAME).read_bytes()

    def change(old: str, new: str) -> Callable[[], object]:
        return lambda: vaults.change_passphrase(unlocked, RAO, old, new, clinic_name="St. Anna", checkout=True)

    assert refusal(change(WORDS[MARY], NEW)) == "wrong_passphrase"
    assert refusal(change(WORDS[RAO], "short"), RuleBroken) == "passphrase_short"
    assert refusal(change(WORDS[RAO], "St. Anna Dr Rao 12"), RuleBroken) == "passphrase_named"
    assert refusal(change(WORDS[RAO], WORDS[RAO]), RuleBroken) == "passphrase_same"
    assert (unlocked.vault.folder / FILE_NAME).read_bytes() == before


def test_a_change_that_was_cut_is_ended_by_whoever_uses_the_new_one(unlocked: UnlockedVault) -> None:
    folder = unlocked.vault.folder
    vaults.add_slot(unlocked, RAO, NEW, checkout=True)  # and then the power went
    with_old, with_new = opens(folder, WORDS[RAO], RAO), opens(folder, NEW, RAO)
    assert vaults.finish_change(with_old).vault == with_old.vault
    done = vaults.finish_change(with_new)
    assert [slot.slot_id for slot in done.vault.slots_of(RAO)] == [with_new.slot.slot_id]
    assert refusal(lambda: opens(folder, WORDS[RAO], RAO)) == "wrong_passphrase"
    others_open(unlocked)


def test_changes_that_are_cut_again_and_again_leave_two_at_most(unlocked: UnlockedVault) -> None:
    folder = unlocked.vault.folder
    for number in range(3):
        vaults.add_slot(unlocked, RAO, f"{NEW} {number}", checkout=True)
    vaults.change_passphrase(unlocked, RAO, f"{NEW} 1", "willow bark and three old bricks", checkout=True)
    assert len(vaults.read_vault(folder).slots_of(RAO)) == 1
    others_open(unlocked)


def test_a_person_goes_with_all_their_slots_but_never_the_last_passphrase(unlocked: UnlockedVault) -> None:
    with_code, code = vaults.add_reset_code(unlocked, MARY)
    gone = vaults.drop_user(with_code, "sister  mary")
    assert gone.vault.slots_of(MARY) == ()
    assert refusal(lambda: opens(gone.vault.folder, WORDS[MARY], MARY)) == "unknown_user"
    assert refusal(lambda: opens(gone.vault.folder, code.text, RAO)) == "wrong_passphrase"
    assert vaults.drop_user(gone, MARY).vault == gone.vault
    alone = vaults.drop_user(gone, LEE)
    assert refusal(lambda: vaults.drop_user(alone, RAO), RuleBroken) == "last_slot"
    assert opens(alone.vault.folder, WORDS[RAO]).keys == unlocked.keys


def test_a_reset_code_opens_for_its_user_and_goes_with_the_new_passphrase(created: CreatedVault) -> None:
    unlocked, folder = created.unlocked, created.unlocked.vault.folder
    with_first, first = vaults.add_reset_code(unlocked, MARY)
    with_second, second = vaults.add_reset_code(with_first, MARY)
    assert with_second.slot == unlocked.slot
    assert refusal(lambda: vaults.unlock_by_recovery_code(vaults.read_vault(folder), first.text)) == (
        "wrong_recovery_code"
    )
    came = vaults.unlock_by_recovery_code(vaults.read_vault(folder), second.text.lower(), MARY)
    assert (came.user, came.slot.kind, came.keys) == (MARY, SlotKind.RESET, unlocked.keys)
    assert refusal(lambda: vaults.unlock_by_recovery_code(vaults.read_vault(folder), second.text, LEE)) == (
        "wrong_recovery_code"
    )
    assert opens(folder, WORDS[MARY], MARY).slot.kind is SlotKind.PASSPHRASE
    vaults.set_passphrase(came, MARY, NEW, checkout=True)
    assert [slot.kind for slot in vaults.read_vault(folder).slots_of(MARY)] == [SlotKind.PASSPHRASE]
    assert opens(folder, NEW, MARY).keys == unlocked.keys
    assert opens(folder, WORDS[LEE], LEE).keys == unlocked.keys
    for code in created.recovery_codes:
        assert opens(folder, code.text).keys == unlocked.keys


def test_new_recovery_codes_replace_the_old_ones_all_or_the_one_that_was_used(created: CreatedVault) -> None:
    folder = created.unlocked.vault.folder
    first, second = created.recovery_codes
    used = opens(folder, first.text)
    one, codes = vaults.replace_recovery_codes(used, [used.slot.slot_id])
    assert len(codes) == 1
    assert opens(folder, second.text).keys == opens(folder, codes[0].text).keys
    assert refusal(lambda: vaults.unlock_by_recovery_code(vaults.read_vault(folder), first.text)) == (
        "wrong_recovery_code"
    )
    _, both = vaults.replace_recovery_codes(one)
    assert len(both) == 2
    for gone in (second, *codes):
        with pytest.raises(AccessRefused, match="wrong_recovery_code"):
            vaults.unlock_by_recovery_code(vaults.read_vault(folder), gone.text)
    assert all(opens(folder, code.text).keys == used.keys for code in both)
    others_open(created.unlocked)


def test_anchors_are_saved_and_slots_added_meanwhile_kept(unlocked: UnlockedVault) -> None:
    anchors: list[Anchor | str] = [Anchor(500, "ab" * 32, "2026-03-19T09:00:00+00:00"), "1000:" + "cd" * 32 + ":"]
    vaults.add_slot(unlocked, "Nurse Ann", NEW, checkout=True)
    vaults.with_anchors(unlocked, anchors)
    read = vaults.read_vault(unlocked.vault.folder)
    assert [Anchor.parse(text).seq for text in read.anchors] == [500, 1000]
    assert opens(unlocked.vault.folder, NEW, "Nurse Ann").keys == unlocked.keys
    before = (unlocked.vault.folder / FILE_NAME).stat().st_mtime_ns
    vaults.with_anchors(unlocked, anchors)
    assert (unlocked.vault.folder / FILE_NAME).stat().st_mtime_ns == before


def test_many_writers_at_once_lose_nobody_s_slot(unlocked: UnlockedVault) -> None:
    def add(number: int) -> None:
        vaults.add_reset_code(unlocked, f"Person {number}")
        vaults.with_anchors(unlocked, [f"{number + 1}:{'00' * 32}:"])

    threads = [threading.Thread(target=add, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    read = vaults.read_vault(unlocked.vault.folder)
    assert all(read.slots_of(f"Person {number}") for number in range(8))
    assert read.notes == ()


def test_a_key_file_somebody_holds_is_said_to_be_busy(unlocked: UnlockedVault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vaults, "LOCK_WAIT_S", 0.1)
    with vaults.one_writer(unlocked.vault.folder):
        add = lambda: vaults.add_reset_code(unlocked, MARY)  # noqa: E731
        assert refusal(add, StorageUnavailable) == "vault_busy"


@pytest.mark.parametrize("place", [FILE_NAME, COPY_NAME])
def test_a_damaged_file_is_mended_by_the_next_change(created: CreatedVault, place: str) -> None:
    unlocked, folder = created.unlocked, created.unlocked.vault.folder
    content = bytearray((folder / place).read_bytes())
    content[len(content) // 3] ^= 4
    (folder / place).write_bytes(bytes(content))
    assert vaults.read_vault(folder).notes == ("vault_copy_used" if place == FILE_NAME else "vault_copy_differs",)
    vaults.change_passphrase(unlocked, RAO, WORDS[RAO], NEW, checkout=True)
    assert vaults.read_vault(folder).notes == ()
    assert (folder / FILE_NAME).read_bytes() == (folder / COPY_NAME).read_bytes()
    others_open(unlocked, created)


def test_with_both_damaged_nothing_is_written(unlocked: UnlockedVault) -> None:
    folder = unlocked.vault.folder
    for name in (FILE_NAME, COPY_NAME):
        (folder / name).write_bytes(b"{}")
    change = lambda: vaults.change_passphrase(unlocked, RAO, WORDS[RAO], NEW, checkout=True)  # noqa: E731
    assert refusal(change, DamageFound) == "vault_damaged"
    assert refusal(lambda: vaults.with_anchors(unlocked, []), DamageFound) == "vault_damaged"
    assert (folder / FILE_NAME).read_bytes() == b"{}"


def test_a_vault_of_before_opens_and_a_newer_word_in_it_is_kept_from_harm(unlocked: UnlockedVault) -> None:
    edit(unlocked.vault.folder, lambda body: body.pop("tries_kept_in"))
    assert vaults.read_vault(unlocked.vault.folder).tries_kept_in == ""
    others_open(unlocked)


@pytest.mark.parametrize(
    "limits", [{"m": 8}, {"m": 1 << 40}, {"t": 1 << 31}, {"p": 255}, {"m": 8, "t": 1, "p": 1}, {"t": 0}]
)
def test_giant_and_tiny_parameters_never_run(
    unlocked: UnlockedVault, limits: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(unlocked.vault.folder, lambda body: body["slots"][0].update(limits))
    monkeypatch.setattr(vaults, "stretch", lambda *_: pytest.fail("a key was derived"))
    assert refusal(lambda: opens(unlocked.vault.folder, WORDS[RAO], RAO)) == "slot_limits"


def test_parameters_of_one_person_keep_nobody_else_out(created: CreatedVault) -> None:
    unlocked, folder = created.unlocked, created.unlocked.vault.folder
    edit(folder, lambda body: body["slots"][0].update(m=1 << 40))
    others_open(unlocked, created)
    edit(folder, lambda body: body["slots"][1].update(m=1 << 40))  # the first recovery code
    assert opens(folder, created.recovery_codes[1].text).keys == unlocked.keys
    first = created.recovery_codes[0].text
    assert refusal(lambda: vaults.unlock_by_recovery_code(vaults.read_vault(folder), first)) == "slot_limits"


def _clone(body: dict[str, Any], user: str, times: int = 1) -> None:
    for number in range(times):
        body["slots"].append({**body["slots"][0], "user": user, "slot_id": f"{number:016x}"})


@pytest.mark.parametrize("name", ["dr rao", "DR RAO", "Dr\u00a0Rao", "Ｄｒ Ｒａｏ", "Dr  Rao", "Dr Ra\u200bo"])
def test_a_second_slot_under_another_spelling_opens_for_nobody_new(unlocked: UnlockedVault, name: str) -> None:
    folder = unlocked.vault.folder
    edit(folder, lambda body: _clone(body, name))
    assert opens(folder, WORDS[RAO], name).user == RAO
    assert opens(folder, WORDS[RAO], RAO).user == RAO
    assert refusal(lambda: opens(folder, WORDS[MARY], name)) == "wrong_passphrase"


def test_a_slot_copied_under_another_name_opens_nothing(unlocked: UnlockedVault) -> None:
    folder = unlocked.vault.folder
    edit(folder, lambda body: _clone(body, "Mallory"))
    assert refusal(lambda: opens(folder, WORDS[RAO], "Mallory")) == "wrong_passphrase"


def test_a_flood_of_slots_is_not_tried(unlocked: UnlockedVault, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = unlocked.vault.folder
    edit(folder, lambda body: _clone(body, RAO, 100))
    monkeypatch.setattr(vaults, "stretch", lambda *_: pytest.fail("a key was derived"))
    assert refusal(lambda: opens(folder, WORDS[RAO], RAO)) == "slots_too_many"
    edit(folder, lambda body: _clone(body, "x", vaults.MOST_SLOTS))
    assert refusal(lambda: vaults.read_vault(folder), DamageFound) == "vault_damaged"


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body["slots"].append(dict(body["slots"][0])),
        lambda body: body["slots"][0].update(user=""),
        lambda body: body["slots"][1].update(user=RAO),
        lambda body: body["slots"][0].update(user=["Dr Rao"]),
        lambda body: body["slots"][0].update(m="19456"),
        lambda body: body["slots"][0].update(m=19456.0),
        lambda body: body["slots"][0].update(kind="reset", user=""),
        lambda body: body.update(tries_kept_in=7),
        lambda body: body["slots"][0].update(wrapped=None),
    ],
)
def test_slots_that_no_program_wrote_are_damage(
    unlocked: UnlockedVault, change: Callable[[dict[str, Any]], object]
) -> None:
    edit(unlocked.vault.folder, change)
    assert refusal(lambda: vaults.read_vault(unlocked.vault.folder), DamageFound) == "vault_damaged"


@pytest.mark.parametrize("kind", ["passphrase", "reset"])
def test_a_slot_of_another_kind_is_another_slot(created: CreatedVault, kind: str) -> None:
    folder = created.unlocked.vault.folder

    def change(body: dict[str, Any]) -> None:
        body["slots"][1].update(kind=kind, user=RAO)

    edit(folder, change)
    code = created.recovery_codes[0].text
    assert refusal(lambda: vaults.unlock_by_recovery_code(vaults.read_vault(folder), code)) == "wrong_recovery_code"


def test_an_exchanged_vault_and_a_slot_that_is_gone(unlocked: UnlockedVault, tmp_path: Path) -> None:
    mary = vaults.unlock(vaults.read_vault(unlocked.vault.folder), WORDS[MARY], MARY)
    vaults.drop_user(unlocked, MARY)
    assert refusal(lambda: vaults.drop_others(mary), NotFound) == "slot_missing"
    vaults.create_vault(tmp_path / "other", RAO, WORDS[RAO], checkout=True)
    for name in (FILE_NAME, COPY_NAME):
        (tmp_path / "other" / name).replace(unlocked.vault.folder / name)
    for call in (
        lambda: vaults.with_anchors(unlocked, []),
        lambda: vaults.replace_recovery_codes(unlocked),
        lambda: vaults.add_reset_code(unlocked, MARY),
        lambda: vaults.change_passphrase(unlocked, RAO, WORDS[RAO], NEW, checkout=True),
    ):
        assert refusal(call, DamageFound) == "vault_exchanged"


def test_names_that_are_one_and_names_that_are_none() -> None:
    assert user_key("DR\u00a0 Ra\u200bo") == user_key("dr rao") != user_key("dr rai")
    assert user_key("Straße") == user_key("STRASSE")
    assert user_key("José") != user_key("Jose")
    assert user_name("  Ｄｒ   Rao ") == "Dr Rao"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "user_name_length"),
        (" \t", "user_name_length"),
        ("x" * 101, "user_name_length"),
        ("a\x00b", "user_name_characters"),
        ("\u200b\u200d", "user_name_characters"),
        ("\ud800", "user_name_characters"),
    ],
)
def test_what_is_no_name_is_refused(name: str, code: str) -> None:
    assert refusal(lambda: user_name(name), RuleBroken) == code


def test_a_code_of_another_clinic_says_so(unlocked: UnlockedVault) -> None:
    vaults.add_reset_code(unlocked, MARY)
    read = vaults.read_vault(unlocked.vault.folder)
    assert refusal(lambda: vaults.unlock_by_recovery_code(read, new_recovery_code().text)) == "wrong_recovery_code"


def test_a_new_slot_costs_what_the_slot_that_opened_costs_and_is_not_measured_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("CLINIC_KDF_FAST")
    measured = keys.Cost(64 * keys.KIB_PER_MIB, 3, 4)
    monkeypatch.setattr(keys, "calibrated_cost", lambda: measured)
    for known in (keys.START, keys.FLOOR, keys.Cost(512 * keys.KIB_PER_MIB, 3, 2)):
        assert keys.new_slot_cost(checkout=True, known=known) == known
    for weak_or_giant in (keys.LEAST, keys.MOST, keys.Cost(keys.START.memory_kib, 2, 1), None):
        assert keys.new_slot_cost(checkout=True, known=weak_or_giant) == measured
