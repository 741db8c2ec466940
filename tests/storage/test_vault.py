from __future__ import annotations

import hashlib
import json
import pickle
import secrets
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from clinic_app.domain.errors import AccessRefused, ClinicError, DamageFound, NotFound, RuleBroken, StorageUnavailable
from clinic_app.storage import keys, vault
from clinic_app.storage.keys import FLOOR, KIB_PER_MIB, LEAST, MOST, START, Cost, calibrated_cost
from clinic_app.storage.passphrases import COMMON, check_passphrase, suggest_passphrase
from clinic_app.storage.recovery import LETTERS, RecoveryCode, new_recovery_code, read_recovery_code
from clinic_app.storage.vault import CreatedVault, SlotKind

PASSPHRASE = "heron walks over quiet water"
OTHER = "seven brass kettles on a shelf"
WORDS = Path(__file__).parents[2] / "resources" / "words.txt"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> CreatedVault:
    return vault.create_vault(tmp_path_factory.mktemp("vault") / "clinic", "Dr Rao", PASSPHRASE, checkout=True)


@pytest.fixture
def created(template: CreatedVault, tmp_path: Path) -> CreatedVault:
    unlocked = template.unlocked
    shutil.copytree(unlocked.vault.folder, tmp_path / "clinic")
    return replace(template, unlocked=replace(unlocked, vault=replace(unlocked.vault, folder=tmp_path / "clinic")))


def folder_of(created: CreatedVault) -> Path:
    return created.unlocked.vault.folder


def edit(folder: Path, change: Callable[[dict[str, Any]], object], *, mend_checksum: bool = True) -> None:
    """Change both files as somebody would who knows the format."""
    body = json.loads((folder / vault.FILE_NAME).read_text("ascii"))
    change(body)
    if mend_checksum:
        del body["checksum"]
        body["checksum"] = hashlib.sha256(vault._canonical(body)).hexdigest()
    for name in (vault.FILE_NAME, vault.COPY_NAME):
        (folder / name).write_text(json.dumps(body), "ascii")


def refusal(call: Callable[[], object], kind: type[ClinicError] = AccessRefused) -> str:
    with pytest.raises(kind) as caught:
        call()
    return caught.value.code


def test_the_passphrase_and_both_recovery_codes_open_the_same_keys(created: CreatedVault) -> None:
    read = vault.read_vault(folder_of(created))
    assert read == created.unlocked.vault
    assert read.users == ("Dr Rao",)
    assert vault.unlock(read, PASSPHRASE).keys == created.unlocked.keys
    assert vault.unlock(read, PASSPHRASE, "dr rao").keys == created.unlocked.keys
    for code in created.recovery_codes:
        assert vault.unlock_by_recovery_code(read, code.text.lower()).keys == created.unlocked.keys
        assert vault.unlock(read, code.text).user == ""


def test_another_keyboard_s_bytes_of_the_same_letters_open(tmp_path: Path) -> None:
    composed, split = "\u00e9t\u00e9 \u00e0 la plage sans fin", "e\u0301te\u0301 a\u0300 la plage sans fin"
    vault.create_vault(tmp_path, "Rao", composed, checkout=True)
    assert vault.unlock(vault.read_vault(tmp_path), split).user == "Rao"


def test_every_derived_key_is_different(created: CreatedVault) -> None:
    found = created.unlocked.keys
    derived = [
        bytes.fromhex(found.database_hex), found.picture_id, found.picture_keys[1], found.audit, found.backup,
        created.unlocked.vault_keys[1],
    ]  # fmt: skip
    assert len(set(derived)) == 6
    assert {len(key) for key in derived} == {32}


def test_wrong_passphrase_unknown_user_and_nobody_named(created: CreatedVault) -> None:
    read = vault.read_vault(folder_of(created))
    assert refusal(lambda: vault.unlock(read, "not the passphrase at all")) == "wrong_passphrase"
    assert refusal(lambda: vault.unlock(read, "x" * 2000)) == "wrong_passphrase"
    assert refusal(lambda: vault.unlock(read, "")) == "wrong_passphrase"
    assert refusal(lambda: vault.unlock(read, PASSPHRASE, "Dr Who")) == "unknown_user"
    two = vault.add_slot(created.unlocked, "Sister Mary", OTHER, checkout=True).vault
    assert refusal(lambda: vault.unlock(two, OTHER)) == "user_not_named"
    assert vault.unlock(two, OTHER, "sister mary").keys == created.unlocked.keys
    assert refusal(lambda: vault.unlock(two, OTHER, "Dr Rao")) == "wrong_passphrase"


def test_a_slip_in_a_recovery_code_is_told_before_any_key_is_derived(
    created: CreatedVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[tuple[object, ...]] = []
    monkeypatch.setattr(vault, "stretch", lambda *given: runs.append(given))
    text = created.recovery_codes[0].text
    slipped = ("1" if text[0] != "1" else "2") + text[1:]
    read = vault.read_vault(folder_of(created))
    assert refusal(lambda: vault.unlock_by_recovery_code(read, slipped)) == "recovery_code_typo"
    assert refusal(lambda: vault.unlock_by_recovery_code(read, text[:-1])) == "recovery_code_length"
    assert refusal(lambda: vault.unlock_by_recovery_code(read, "U" + text[1:])) == "recovery_code_character"
    assert not runs


def test_a_good_code_of_another_clinic_is_refused(created: CreatedVault) -> None:
    read = vault.read_vault(folder_of(created))
    assert refusal(lambda: vault.unlock_by_recovery_code(read, new_recovery_code().text)) == "wrong_recovery_code"
    assert refusal(lambda: vault.unlock(read, new_recovery_code().text)) == "wrong_passphrase"


@given(secret=st.binary(min_size=16, max_size=16), at=st.integers(0, 27), letter=st.sampled_from(LETTERS))
def test_every_single_wrong_character_is_noticed(secret: bytes, at: int, letter: str) -> None:
    letters = RecoveryCode(secret).text.replace("-", "")
    assert len(letters) == 28
    assert read_recovery_code(letters).secret == secret
    wrong = letters[:at] + letter + letters[at + 1 :]
    if wrong != letters:
        assert refusal(lambda: read_recovery_code(wrong)) == "recovery_code_typo"


@given(secret=st.binary(min_size=16, max_size=16), at=st.integers(0, 26))
def test_two_neighbours_changed_about_are_noticed(secret: bytes, at: int) -> None:
    letters = RecoveryCode(secret).text.replace("-", "")
    swapped = letters[:at] + letters[at + 1] + letters[at] + letters[at + 2 :]
    if swapped != letters:
        assert refusal(lambda: read_recovery_code(swapped)) == "recovery_code_typo"


def test_reading_a_code_forgives_how_it_is_written() -> None:
    code = RecoveryCode(bytes(16))
    loose = code.text.lower().replace("0", "o").replace("1", "l").replace("-", " \u2013 ")
    assert read_recovery_code(f" {loose}\n") == code
    assert code.text.count("-") == 6


def test_no_secret_in_the_files_in_repr_or_in_a_pickle(created: CreatedVault) -> None:
    unlocked = created.unlocked
    secret_texts = [PASSPHRASE, unlocked.keys.database_hex, unlocked.vault_keys[1].hex()]
    secret_texts += [code.text for code in created.recovery_codes]
    secret_texts += [code.secret.hex() for code in created.recovery_codes]
    shown = repr(created) + repr(unlocked) + repr(unlocked.keys) + repr(created.recovery_codes)
    raw = [unlocked.vault_keys[1], unlocked.keys.picture_id, unlocked.keys.audit, unlocked.keys.backup]
    for path in folder_of(created).iterdir():
        content = path.read_bytes()
        assert not [text for text in secret_texts if text.encode() in content]
        assert not [key for key in raw if key in content]
    assert not [text for text in secret_texts if text in shown]
    assert not [key for key in raw if repr(key) in shown]
    for value in (unlocked, unlocked.keys):
        with pytest.raises(TypeError):
            pickle.dumps(value)


def test_the_clinic_s_name_is_not_in_the_files(tmp_path: Path) -> None:
    vault.create_vault(tmp_path, "Rao", PASSPHRASE, clinic_name="Zanzibar Dystonia Centre", checkout=True)
    assert b"Zanzibar" not in (tmp_path / vault.FILE_NAME).read_bytes()


@pytest.mark.parametrize(
    "change",
    [
        lambda slot: slot.update(m=slot["m"] + 1024),
        lambda slot: slot.update(t=3),
        lambda slot: slot.update(user="Somebody else"),
        lambda slot: slot.update(created="2001-01-01T00:00:00+00:00"),
        lambda slot: slot.update(slot_id="0" * 16),
        lambda slot: slot.update(salt="00" * 16),
        lambda slot: slot.update(wrapped="00" * 48),
    ],
)
def test_an_edited_slot_opens_no_more(created: CreatedVault, change: Callable[[dict[str, Any]], None]) -> None:
    folder = folder_of(created)
    edit(folder, lambda body: change(body["slots"][0]))
    assert refusal(lambda: vault.unlock(vault.read_vault(folder), PASSPHRASE)) == "wrong_passphrase"


@pytest.mark.parametrize("field", ["vault_id", "generation"])
def test_a_slot_belongs_to_its_vault_and_generation(created: CreatedVault, field: str) -> None:
    folder = folder_of(created)
    edit(folder, lambda body: body.update({field: 2 if field == "generation" else "0" * 32}))
    assert refusal(lambda: vault.unlock(vault.read_vault(folder), PASSPHRASE)) == "wrong_passphrase"


def test_slots_swapped_between_users_open_no_more(created: CreatedVault) -> None:
    vault.add_slot(created.unlocked, "Sister Mary", OTHER, checkout=True)

    def swap(body: dict[str, Any]) -> None:
        first, second = body["slots"][0], body["slots"][-1]
        first["user"], second["user"] = second["user"], first["user"]

    edit(folder_of(created), swap)
    read = vault.read_vault(folder_of(created))
    assert refusal(lambda: vault.unlock(read, OTHER, "Dr Rao")) == "wrong_passphrase"


@pytest.mark.parametrize(
    "limits",
    [{"m": 8}, {"m": LEAST.memory_kib - 1}, {"m": MOST.memory_kib + 1}, {"t": 1}, {"t": 10**6}, {"p": 0}, {"p": 200}],
)
def test_costs_outside_the_limits_are_refused_before_they_run(created: CreatedVault, limits: dict[str, int]) -> None:
    folder = folder_of(created)
    edit(folder, lambda body: body["slots"][0].update(limits))
    assert refusal(lambda: vault.unlock(vault.read_vault(folder), PASSPHRASE)) == "slot_limits"


def test_every_flipped_bit_is_damage_and_the_copy_is_used(created: CreatedVault) -> None:
    path = folder_of(created) / vault.FILE_NAME
    whole = path.read_bytes()
    for at in range(0, len(whole), 7):
        flipped = bytearray(whole)
        flipped[at] ^= 1 << at % 8
        path.write_bytes(bytes(flipped))
        read = vault.read_vault(path.parent)
        assert read.notes in {("vault_copy_used",), ("vault_copy_differs",)}
        assert replace(read, notes=()) == created.unlocked.vault
    path.write_bytes(whole[: len(whole) // 2])
    read = vault.read_vault(path.parent)
    assert read.notes == ("vault_copy_used",)
    assert vault.unlock(read, PASSPHRASE).keys == created.unlocked.keys
    assert vault.save_vault(read).notes == ()
    assert vault.read_vault(path.parent) == created.unlocked.vault


def test_missing_files(created: CreatedVault) -> None:
    folder = folder_of(created)
    (folder / vault.COPY_NAME).unlink()
    assert vault.read_vault(folder).notes == ("vault_copy_differs",)
    (folder / vault.FILE_NAME).replace(folder / vault.COPY_NAME)
    assert vault.read_vault(folder).notes == ("vault_copy_used",)
    (folder / vault.COPY_NAME).unlink()
    assert refusal(lambda: vault.read_vault(folder), NotFound) == "vault_missing"
    assert refusal(lambda: vault.read_vault(folder / "nowhere"), NotFound) == "vault_missing"


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b"x" * (1 << 21), b'{"checksum": "", "format": "1"}'],
)
def test_both_files_damaged(created: CreatedVault, content: bytes) -> None:
    for name in (vault.FILE_NAME, vault.COPY_NAME):
        (folder_of(created) / name).write_bytes(content)
    assert refusal(lambda: vault.read_vault(folder_of(created)), DamageFound) == "vault_damaged"


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body.update(slots=[]),
        lambda body: body.update(slots={}),
        lambda body: body.update(slots=[1]),
        lambda body: body.update(demo=0),
        lambda body: body.update(format=0),
        lambda body: body.update(generation=True),
        lambda body: body.update(generation=256),
        lambda body: body.update(vault_id=None),
        lambda body: body.update(anchors=[1]),
        lambda body: body.pop("anchors"),
        lambda body: body["slots"][0].update(kdf="pbkdf2"),
        lambda body: body["slots"][0].update(kind="master"),
        lambda body: body["slots"][0].update(nonce="00"),
        lambda body: body["slots"][0].update(salt="zz" * 16),
        lambda body: body.update(old_generations=[{"generation": 1, "nonce": "00" * 12, "wrapped": "00" * 48}]),
    ],
)
def test_well_formed_nonsense_is_damage(created: CreatedVault, change: Callable[[dict[str, Any]], None]) -> None:
    edit(folder_of(created), change)
    assert refusal(lambda: vault.read_vault(folder_of(created)), DamageFound) == "vault_damaged"


def test_a_newer_format_is_told_apart_and_left_alone(created: CreatedVault) -> None:
    folder = folder_of(created)
    edit(folder, lambda body: body.update(format=2, something="new"))
    before = (folder / vault.FILE_NAME).read_bytes()
    assert refusal(lambda: vault.read_vault(folder), StorageUnavailable) == "vault_newer"
    assert (folder / vault.FILE_NAME).read_bytes() == before


def test_a_demo_vault_opens_without_asking_and_never_becomes_a_clinic(tmp_path: Path) -> None:
    made = vault.create_vault(tmp_path, vault.DEMO_USER, vault.DEMO_PASSPHRASE, demo=True)
    assert made.recovery_codes == ()
    read = vault.read_vault(tmp_path)
    assert read.demo
    assert vault.unlock_demo(read).keys == made.unlocked.keys
    assert refusal(lambda: vault.unlock(read, vault.DEMO_PASSPHRASE)) == "vault_is_demo"
    assert refusal(lambda: vault.add_slot(made.unlocked, "Rao", PASSPHRASE, checkout=True)) == "vault_is_demo"
    edit(tmp_path, lambda body: body.update(demo=False))
    flipped = vault.read_vault(tmp_path)
    assert refusal(lambda: vault.unlock(flipped, vault.DEMO_PASSPHRASE)) == "wrong_passphrase"
    assert refusal(lambda: vault.unlock_demo(flipped)) == "vault_not_demo"
    as_real = keys.keys_of(made.unlocked.vault_keys, demo=False)
    assert as_real.database_hex != made.unlocked.keys.database_hex
    assert as_real.picture_id != made.unlocked.keys.picture_id


def test_a_clinic_never_becomes_a_demo(created: CreatedVault, tmp_path: Path) -> None:
    folder = folder_of(created)
    edit(folder, lambda body: body.update(demo=True))
    assert refusal(lambda: vault.unlock_demo(vault.read_vault(folder))) == "wrong_passphrase"
    refused = refusal(lambda: vault.create_vault(tmp_path / "d", "demo", PASSPHRASE, demo=True), RuleBroken)
    assert refused == "demo_passphrase"


def test_a_vault_is_never_made_over_another(created: CreatedVault, tmp_path: Path) -> None:
    folder = folder_of(created)
    before = (folder / vault.FILE_NAME).read_bytes()

    def make(where: Path) -> Callable[[], object]:
        return lambda: vault.create_vault(where, "Rao", PASSPHRASE, checkout=True)

    assert refusal(make(folder), RuleBroken) == "vault_exists"
    assert (folder / vault.FILE_NAME).read_bytes() == before
    (tmp_path / "clinic.db").write_bytes(b"")
    assert refusal(make(tmp_path), RuleBroken) == "vault_exists"
    (tmp_path / "a file").write_bytes(b"")
    assert refusal(make(tmp_path / "a file" / "clinic"), StorageUnavailable) in {"folder_missing", "disk_io"}


def test_changing_a_passphrase_keeps_a_valid_slot_at_every_moment(created: CreatedVault) -> None:
    folder = folder_of(created)
    old = created.unlocked.slot
    added = vault.add_slot(created.unlocked, "Dr Rao", OTHER, checkout=True)
    both = vault.read_vault(folder)
    assert vault.unlock(both, PASSPHRASE).keys == vault.unlock(both, OTHER).keys
    dropped = vault.drop_slot(added, old.slot_id)
    assert refusal(lambda: vault.unlock(vault.read_vault(folder), PASSPHRASE)) == "wrong_passphrase"
    assert vault.unlock(vault.read_vault(folder), OTHER).keys == created.unlocked.keys
    for name in (vault.FILE_NAME, vault.COPY_NAME):
        assert old.wrapped.hex().encode() not in (folder / name).read_bytes()
    assert refusal(lambda: vault.drop_slot(dropped, added.slot.slot_id), RuleBroken) == "last_slot"
    assert refusal(lambda: vault.drop_slot(dropped, old.slot_id), NotFound) == "slot_missing"


def test_what_a_cut_left_is_removed_with_the_next_save(created: CreatedVault) -> None:
    folder = folder_of(created)
    (folder / ("0" * 32 + ".tmp")).write_bytes(b"half")
    (folder / "notes.tmp").write_bytes(b"somebody's own")
    vault.save_vault(vault.read_vault(folder))
    assert {path.name for path in folder.iterdir()} == {vault.FILE_NAME, vault.COPY_NAME, "notes.tmp"}


def test_a_slot_is_not_added_to_a_vault_that_was_exchanged(created: CreatedVault, tmp_path: Path) -> None:
    vault.create_vault(tmp_path / "other", "Rao", OTHER, checkout=True)
    for name in (vault.FILE_NAME, vault.COPY_NAME):
        (tmp_path / "other" / name).replace(folder_of(created) / name)
    add = lambda: vault.add_slot(created.unlocked, "Rao", OTHER, checkout=True)  # noqa: E731
    assert refusal(add, DamageFound) == "vault_exchanged"


def test_old_generations_come_out_with_the_key_and_photos_keep_their_names(created: CreatedVault) -> None:
    old_key, new_key = created.unlocked.vault_keys[1], secrets.token_bytes(32)
    empty = replace(created.unlocked.vault, generation=2, slots=())
    slot = vault._new_slot(empty, SlotKind.PASSPHRASE, "Rao", OTHER.encode(), LEAST, new_key)
    nonce = secrets.token_bytes(12)
    wrapping = AESGCM(keys.derive(new_key, vault._OLD_GENERATION, demo=False))
    bound = vault._canonical({"vault_id": empty.vault_id, "generation": 1})
    old = vault.OldGeneration(1, nonce, wrapping.encrypt(nonce, old_key, bound))
    vault.save_vault(replace(empty, slots=(slot,), old_generations=(old,)))
    found = vault.unlock(vault.read_vault(empty.folder), OTHER).keys
    before = created.unlocked.keys
    assert found.generation == 2
    assert found.picture_id == before.picture_id
    assert found.picture_keys[1] == before.picture_keys[1]
    assert found.database_hex != before.database_hex


@pytest.mark.parametrize(
    ("passphrase", "code"),
    [
        ("fourteen chars", "passphrase_short"),
        ("x" * 1025, "passphrase_long"),
        ("aaaaaaaaaaaaaaaaaaaa", "passphrase_common"),
        ("abcdabcdabcdabcd", "passphrase_common"),
        ("1234567890123456", "passphrase_common"),
        ("St. Anna Clinic, St. Anna Clinic 2026", "passphrase_named"),
        ("Dr Raghavan St Anna 1", "passphrase_named"),
    ],
)
def test_passphrases_that_are_refused(passphrase: str, code: str) -> None:
    check = lambda: check_passphrase(passphrase, user="Dr Raghavan", clinic_name="St. Anna Clinic")  # noqa: E731
    assert refusal(check, RuleBroken) == code


@pytest.mark.parametrize(
    "passphrase",
    [PASSPHRASE, OTHER, "naïve café owls sing", "पाँच साधारण शब्द यहाँ", "{'); drop table--", "x9$K" + "q" * 900 + "zmPl"],
)
def test_passphrases_that_are_taken(passphrase: str) -> None:
    check_passphrase(passphrase, user="Dr Raghavan", clinic_name="St. Anna Clinic")


def test_blocked_passphrases_are_as_they_are_compared() -> None:
    assert all(word.isalnum() and word == word.casefold() for word in COMMON)


def test_suggested_passphrases_pass_the_rules() -> None:
    words = WORDS.read_text("ascii").split()
    assert len(set(words)) == len(words) >= 1024
    assert all(word.isalpha() and word.islower() and 3 <= len(word) <= 9 for word in words)
    suggestions = {suggest_passphrase(words) for _ in range(50)}
    assert len(suggestions) == 50
    for suggestion in suggestions:
        assert len(suggestion.split()) == 5
        check_passphrase(suggestion)
    with pytest.raises(ValueError, match="too short"):
        suggest_passphrase(words[:1000] * 2)


def test_the_cost_is_calibrated_within_its_bounds() -> None:
    big, small = 64 << 30, 1 << 30

    def slow(cost: Cost) -> float:
        return 30.0 + cost.passes

    def fast(cost: Cost) -> float:
        return 0.01 * cost.passes

    assert calibrated_cost(big, lambda cost: 0.2 * cost.passes) == START
    assert calibrated_cost(big, slow) == FLOOR
    assert calibrated_cost(big, fast) == Cost(512 * KIB_PER_MIB, START.passes, START.lanes)
    assert calibrated_cost(small, fast).memory_kib == 256 * KIB_PER_MIB
    assert calibrated_cost(small // 2, fast).memory_kib == 128 * KIB_PER_MIB
    assert calibrated_cost(128 << 20, fast) == FLOOR
    assert calibrated_cost(big, lambda cost: cost.memory_kib / START.memory_kib * 1.5).memory_kib == 128 * KIB_PER_MIB
    assert all(cost.within_limits() for cost in (LEAST, MOST, FLOOR, START))
    assert keys.installed_memory() > 256 << 20


def test_fast_slots_are_at_the_owasp_floor_and_refused_in_an_installed_program(
    created: CreatedVault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert {slot.cost for slot in created.unlocked.vault.slots} == {LEAST}
    installed = lambda: vault.create_vault(tmp_path / "x", "Rao", PASSPHRASE)  # noqa: E731
    assert refusal(installed) == "kdf_fast_refused"
    assert not (tmp_path / "x" / vault.FILE_NAME).exists()
    monkeypatch.delenv("CLINIC_KDF_FAST")
    assert keys.new_slot_cost(checkout=False).memory_kib >= FLOOR.memory_kib
