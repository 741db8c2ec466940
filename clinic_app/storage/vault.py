"""The vault file: a random vault key, wrapped once for every passphrase and recovery code that opens it.

``vault.json`` and its copy ``vault.json.bak`` hold no patient data and no key in clear. Each slot is one wrapping:
Argon2id of the secret gives a key, AES-256-GCM wraps the vault key under it, and everything else in the slot, the
vault's id, format, generation and demo mark are authenticated with it. Editing any of that makes the slot refuse.
An unkeyed checksum over the file tells damage by accident from a wrong passphrase.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from clinic_app.domain.errors import AccessRefused, ClinicError, DamageFound, NotFound, RuleBroken, StorageUnavailable
from clinic_app.storage import durable
from clinic_app.storage.keys import (
    KEY_BYTES,
    KIB_PER_MIB,
    LEAST,
    SALT_BYTES,
    Cost,
    VaultKeys,
    derive,
    keys_of,
    new_slot_cost,
    stretch,
)
from clinic_app.storage.passphrases import LONGEST, check_passphrase, normalised
from clinic_app.storage.recovery import RecoveryCode, new_recovery_code, read_recovery_code

FORMAT: Final = 1
FILE_NAME: Final = "vault.json"
COPY_NAME: Final = "vault.json.bak"
DEMO_USER: Final = "demo"
DEMO_PASSPHRASE: Final = "this clinic is invented and everybody may see it"  # noqa: S105
"""Published: a demo vault keeps nothing secret and opens without asking."""
_NONCE_BYTES: Final = 12
_WRAPPED_BYTES: Final = KEY_BYTES + 16
_LARGEST_FILE: Final = 1 << 20
_OLD_GENERATION = b"bx/old-generation/v1"


class SlotKind(Enum):
    """What opens a slot."""

    PASSPHRASE = "passphrase"  # noqa: S105
    RECOVERY = "recovery"


@dataclass(frozen=True, slots=True)
class Slot:
    """One wrapping of the vault key; ``user`` is empty for a recovery code. ``created`` is ISO 8601, UTC."""

    slot_id: str
    user: str
    kind: SlotKind
    cost: Cost
    salt: bytes
    created: str
    nonce: bytes
    wrapped: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class OldGeneration:
    """The vault key of an earlier generation, wrapped under the current one: old photos still open."""

    generation: int
    nonce: bytes
    wrapped: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Vault:
    """What ``vault.json`` says; the clinic's name is not in it.

    ``anchors`` are outside marks of the audit chain. ``notes`` are codes of what was odd on reading, for the user:
    ``vault_copy_used`` (the file was missing or damaged, its copy was read) and ``vault_copy_differs``.
    """

    folder: Path
    vault_id: str
    format: int
    generation: int
    demo: bool
    created: str
    slots: tuple[Slot, ...]
    old_generations: tuple[OldGeneration, ...] = ()
    anchors: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def users(self) -> tuple[str, ...]:
        """Everyone who has a passphrase, in the order of their slots."""
        return tuple(dict.fromkeys(slot.user for slot in self.slots if slot.kind is SlotKind.PASSPHRASE))


@dataclass(frozen=True, slots=True)
class UnlockedVault:
    """A vault whose key is known: the derived keys, and the slot that opened it. No secret shows in ``repr``."""

    vault: Vault
    slot: Slot
    keys: VaultKeys
    vault_keys: Mapping[int, bytes] = field(repr=False)

    @property
    def user(self) -> str:
        """Who opened it; empty after a recovery code."""
        return self.slot.user

    def __reduce__(self) -> str | tuple[object, ...]:
        """Keys never leave the process by pickling."""
        raise TypeError("UnlockedVault cannot be pickled")


@dataclass(frozen=True, slots=True)
class CreatedVault:
    """A new vault, open, and its recovery codes: shown once, never stored. A demo vault has none."""

    unlocked: UnlockedVault
    recovery_codes: tuple[RecoveryCode, ...] = field(repr=False)


def create_vault(
    folder: Path, user: str, passphrase: str, *, clinic_name: str = "", demo: bool = False, checkout: bool = False
) -> CreatedVault:
    """Make the vault of a new clinic in ``folder``: one passphrase slot for ``user`` and two recovery codes.

    ``clinic_name`` is only kept out of the passphrase. ``demo`` makes a marked vault whose passphrase must be the
    published ``DEMO_PASSPHRASE``. ``checkout``: the program runs from its sources (see ``new_slot_cost``).
    Raises ``RuleBroken`` (passphrase, user name, ``vault_exists``), ``StorageUnavailable``, ``AccessRefused``.
    """
    name = _user_name(user)
    if not demo:
        check_passphrase(passphrase, user=name, clinic_name=clinic_name)
    elif passphrase != DEMO_PASSPHRASE:
        raise RuleBroken("passphrase", "demo_passphrase")
    with durable.disk_errors(folder):
        durable.make_folder(folder)
        if any((folder / taken).exists() for taken in (FILE_NAME, COPY_NAME, "clinic.db")):
            raise RuleBroken("folder", "vault_exists", folder=str(folder))
    key = secrets.token_bytes(KEY_BYTES)
    vault = Vault(folder, uuid.uuid4().hex, FORMAT, 1, demo, _now(), ())
    cost = LEAST if demo else new_slot_cost(checkout=checkout)
    slot = _new_slot(vault, SlotKind.PASSPHRASE, name, _passphrase_bytes(passphrase), cost, key)
    codes = () if demo else (new_recovery_code(), new_recovery_code())
    vault = replace(
        vault,
        slots=(slot, *(_new_slot(vault, SlotKind.RECOVERY, "", code.secret, LEAST, key) for code in codes)),
    )
    save_vault(vault)
    return CreatedVault(UnlockedVault(vault, slot, keys_of({1: key}, demo=demo), {1: key}), codes)


def read_vault(folder: Path) -> Vault:
    """What ``vault.json`` in ``folder`` says, or its copy when that is missing or damaged (``notes`` say so).

    Raises ``NotFound("vault_missing")``, ``DamageFound("vault_damaged")``, ``StorageUnavailable("vault_newer")``
    or what the disk says.
    """
    faults: list[ClinicError] = []
    found: list[tuple[str, Vault, bytes]] = []
    for name in (FILE_NAME, COPY_NAME):
        path = folder / name
        try:
            content = _content_of(path)
            found.append((name, _parsed(content, path), content))
        except (NotFound, DamageFound, StorageUnavailable) as fault:
            if fault.code == "vault_newer":
                raise
            faults.append(fault)
    if not found:
        raise next((fault for fault in faults if isinstance(fault, DamageFound)), faults[0])
    name, vault, content = found[0]
    if name == COPY_NAME:
        return replace(vault, notes=("vault_copy_used",))
    if len(found) < 2 or found[1][2] != content:
        return replace(vault, notes=("vault_copy_differs",))
    return vault


def save_vault(vault: Vault) -> Vault:
    """Write ``vault.json``, then its copy, each in one durable step; also mends whichever of them was damaged.

    A half-written file of an earlier cut is removed first: it may hold a slot that was dropped since.

    Raises ``StorageUnavailable``; the old file then still holds.
    """
    content = _written(vault)
    durable.sweep_temporary(vault.folder)
    for name in (FILE_NAME, COPY_NAME):
        durable.write_file(vault.folder / name, content)
    return replace(vault, notes=())


def unlock(vault: Vault, secret: str, user: str | None = None) -> UnlockedVault:
    """Open a clinic's vault with the passphrase of ``user``, or with a whole recovery code.

    ``user`` may be left out while there is only one. Takes about a second: never on the window's thread.
    Raises ``AccessRefused``: ``wrong_passphrase``, ``unknown_user``, ``user_not_named``, ``slot_limits``,
    ``vault_is_demo``; ``StorageUnavailable("memory_short")``.
    """
    if vault.demo:
        raise AccessRefused("vault_is_demo")
    try:
        return _unlock_by_code(vault, read_recovery_code(secret))
    except AccessRefused:
        return _unlock_by_passphrase(vault, secret, user)


def unlock_by_recovery_code(vault: Vault, text: str) -> UnlockedVault:
    """Open a clinic's vault with what was typed from a printed recovery code.

    Raises ``AccessRefused``: a slip of the pen at once (``recovery_code_length``, ``recovery_code_character``,
    ``recovery_code_typo``), ``wrong_recovery_code`` for a well-formed code of another vault, ``vault_is_demo``.
    """
    code = read_recovery_code(text)
    if vault.demo:
        raise AccessRefused("vault_is_demo")
    return _unlock_by_code(vault, code)


def unlock_demo(vault: Vault) -> UnlockedVault:
    """Open a demo vault, asking nothing. Raises ``AccessRefused("vault_not_demo")`` for a clinic's vault."""
    if not vault.demo:
        raise AccessRefused("vault_not_demo")
    return _unlock_by_passphrase(vault, DEMO_PASSPHRASE, None)


def add_slot(unlocked: UnlockedVault, user: str, passphrase: str, *, checkout: bool = False) -> UnlockedVault:
    """Give ``user`` a passphrase (a second one while changing it) and save; the answer's ``slot`` is the new one.

    The file is read again first, so a slot added meanwhile is kept. Raises ``RuleBroken``, ``StorageUnavailable``,
    ``AccessRefused("vault_is_demo")``, ``DamageFound("vault_exchanged")``.
    """
    vault = _read_again(unlocked)
    name = _user_name(user)
    check_passphrase(passphrase, user=name)
    if vault.demo:
        raise AccessRefused("vault_is_demo")
    key = unlocked.vault_keys[vault.generation]
    cost = new_slot_cost(checkout=checkout)
    slot = _new_slot(vault, SlotKind.PASSPHRASE, name, _passphrase_bytes(passphrase), cost, key)
    return replace(unlocked, vault=save_vault(replace(vault, slots=(*vault.slots, slot))), slot=slot)


def drop_slot(unlocked: UnlockedVault, slot_id: str) -> UnlockedVault:
    """Take a slot away and save, in the file and in its copy.

    Raises ``NotFound("slot_missing")``, or ``RuleBroken("slot", "last_slot")`` for the last passphrase.
    """
    vault = _read_again(unlocked)
    rest = tuple(slot for slot in vault.slots if slot.slot_id != slot_id)
    if len(rest) == len(vault.slots):
        raise NotFound("slot_missing", slot=slot_id)
    if all(slot.kind is not SlotKind.PASSPHRASE for slot in rest):
        raise RuleBroken("slot", "last_slot")
    return replace(unlocked, vault=save_vault(replace(vault, slots=rest)))


def _read_again(unlocked: UnlockedVault) -> Vault:
    vault = read_vault(unlocked.vault.folder)
    if (vault.vault_id, vault.generation) != (unlocked.vault.vault_id, unlocked.vault.generation):
        raise DamageFound("vault_exchanged", folder=str(vault.folder))
    return vault


def _unlock_by_passphrase(vault: Vault, passphrase: str, user: str | None) -> UnlockedVault:
    slots = [slot for slot in vault.slots if slot.kind is SlotKind.PASSPHRASE]
    if user is None:
        if len(vault.users) > 1:
            raise AccessRefused("user_not_named", users=", ".join(vault.users))
    else:
        wanted = normalised(user).strip().casefold()
        slots = [slot for slot in slots if slot.user.casefold() == wanted]
        if not slots:
            raise AccessRefused("unknown_user", user=user)
    if len(normalised(passphrase)) > LONGEST:
        raise AccessRefused("wrong_passphrase")
    return _first_open(vault, slots, _passphrase_bytes(passphrase), "wrong_passphrase")


def _unlock_by_code(vault: Vault, code: RecoveryCode) -> UnlockedVault:
    slots = [slot for slot in vault.slots if slot.kind is SlotKind.RECOVERY]
    return _first_open(vault, slots, code.secret, "wrong_recovery_code")


def _first_open(vault: Vault, slots: list[Slot], secret: bytes, refusal: str) -> UnlockedVault:
    for slot in slots:
        if not slot.cost.within_limits():
            raise AccessRefused(
                "slot_limits",
                mebibytes=slot.cost.memory_kib // KIB_PER_MIB,
                passes=slot.cost.passes,
                lanes=slot.cost.lanes,
            )
    for slot in slots:
        try:
            key = AESGCM(stretch(secret, slot.salt, slot.cost)).decrypt(
                slot.nonce, slot.wrapped, _associated(vault, slot)
            )
        except InvalidTag:
            continue
        vault_keys = _all_generations(vault, key)
        return UnlockedVault(vault, slot, keys_of(vault_keys, demo=vault.demo), vault_keys)
    raise AccessRefused(refusal)


def _all_generations(vault: Vault, key: bytes) -> dict[int, bytes]:
    keys = {vault.generation: key}
    wrapping = AESGCM(derive(key, _OLD_GENERATION, demo=vault.demo))
    for old in vault.old_generations:
        try:
            keys[old.generation] = wrapping.decrypt(
                old.nonce, old.wrapped, _canonical({"vault_id": vault.vault_id, "generation": old.generation})
            )
        except InvalidTag as fault:
            raise DamageFound("vault_damaged", path=str(vault.folder / FILE_NAME)) from fault
    return keys


def _new_slot(vault: Vault, kind: SlotKind, user: str, secret: bytes, cost: Cost, key: bytes) -> Slot:
    """Recovery codes get the least cost: 128 random bits need no stretching, and two of them may have to be tried."""
    slot = Slot(
        slot_id=secrets.token_hex(8),
        user=user,
        kind=kind,
        cost=cost,
        salt=secrets.token_bytes(SALT_BYTES),
        created=_now(),
        nonce=secrets.token_bytes(_NONCE_BYTES),
        wrapped=b"",
    )
    kek = stretch(secret, slot.salt, cost)
    return replace(slot, wrapped=AESGCM(kek).encrypt(slot.nonce, key, _associated(vault, slot)))


def _user_name(user: str) -> str:
    name = " ".join(normalised(user).split())
    if not 1 <= len(name) <= 100:
        raise RuleBroken("user", "user_name_length", have=len(name), most=100)
    return name


def _passphrase_bytes(passphrase: str) -> bytes:
    return normalised(passphrase).encode("utf-8", "surrogatepass")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _canonical(value: Mapping[str, object]) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")


def _slot_head(slot: Slot) -> dict[str, object]:
    return {
        "slot_id": slot.slot_id,
        "user": slot.user,
        "kind": slot.kind.value,
        "kdf": "argon2id",
        "m": slot.cost.memory_kib,
        "t": slot.cost.passes,
        "p": slot.cost.lanes,
        "salt": slot.salt.hex(),
        "created": slot.created,
    }


def _associated(vault: Vault, slot: Slot) -> bytes:
    return _canonical(
        {
            **_slot_head(slot),
            "vault_id": vault.vault_id,
            "format": vault.format,
            "generation": vault.generation,
            "demo": vault.demo,
        }
    )


def _written(vault: Vault) -> bytes:
    body: dict[str, object] = {
        "vault_id": vault.vault_id,
        "format": vault.format,
        "generation": vault.generation,
        "demo": vault.demo,
        "created": vault.created,
        "slots": [
            {**_slot_head(slot), "nonce": slot.nonce.hex(), "wrapped": slot.wrapped.hex()} for slot in vault.slots
        ],
        "old_generations": [
            {"generation": old.generation, "nonce": old.nonce.hex(), "wrapped": old.wrapped.hex()}
            for old in vault.old_generations
        ],
        "anchors": list(vault.anchors),
    }
    body["checksum"] = hashlib.sha256(_canonical(body)).hexdigest()
    return json.dumps(body, indent=1, ensure_ascii=True).encode("ascii") + b"\n"


def _content_of(path: Path) -> bytes:
    try:
        with durable.disk_errors(path), path.open("rb") as file:
            return file.read(_LARGEST_FILE + 1)
    except StorageUnavailable as fault:
        if fault.code == "folder_missing":
            raise NotFound("vault_missing", folder=str(path.parent)) from fault
        raise


def _parsed(content: bytes, path: Path) -> Vault:
    damaged = DamageFound("vault_damaged", path=str(path))
    if len(content) > _LARGEST_FILE:
        raise damaged
    try:
        body = json.loads(content.decode("ascii"))
        if not isinstance(body, dict):
            raise damaged
        checksum = body.pop("checksum")
        if checksum != hashlib.sha256(_canonical(body)).hexdigest():
            raise damaged
        if body["format"] < 1:
            raise damaged
        if body["format"] > FORMAT:
            raise StorageUnavailable("vault_newer", path=str(path), needs=body["format"], knows=FORMAT)
        return _vault_of(body, path.parent)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        raise damaged from fault


def _vault_of(body: dict[str, object], folder: Path) -> Vault:
    """Raises ``ValueError``, ``KeyError`` or ``TypeError`` for anything that is not a vault of this format."""
    demo = body["demo"]
    if not isinstance(demo, bool):
        raise TypeError("demo")
    generation = _number(body, "generation")
    old_generations = tuple(
        OldGeneration(
            _number(old, "generation"), _bytes(old, "nonce", _NONCE_BYTES), _bytes(old, "wrapped", _WRAPPED_BYTES)
        )
        for old in _entries(body, "old_generations")
    )
    if not all(1 <= old.generation < generation for old in old_generations) or not 1 <= generation <= 255:
        raise ValueError("generation")
    anchors = body["anchors"]
    if not isinstance(anchors, list) or not all(isinstance(anchor, str) for anchor in anchors):
        raise TypeError("anchors")
    slots = tuple(_slot_of(slot) for slot in _entries(body, "slots"))
    if not any(slot.kind is SlotKind.PASSPHRASE for slot in slots):
        raise ValueError("slots")
    return Vault(
        folder=folder,
        vault_id=_text(body, "vault_id"),
        format=_number(body, "format"),
        generation=generation,
        demo=demo,
        created=_text(body, "created"),
        slots=slots,
        old_generations=old_generations,
        anchors=tuple(anchors),
    )


def _slot_of(entry: Mapping[str, object]) -> Slot:
    if entry["kdf"] != "argon2id":
        raise ValueError("kdf")
    return Slot(
        slot_id=_text(entry, "slot_id"),
        user=_text(entry, "user"),
        kind=SlotKind(entry["kind"]),
        cost=Cost(_number(entry, "m"), _number(entry, "t"), _number(entry, "p")),
        salt=_bytes(entry, "salt", SALT_BYTES),
        created=_text(entry, "created"),
        nonce=_bytes(entry, "nonce", _NONCE_BYTES),
        wrapped=_bytes(entry, "wrapped", _WRAPPED_BYTES),
    )


def _entries(body: Mapping[str, object], name: str) -> list[dict[str, object]]:
    entries = body[name]
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise TypeError(name)
    return entries


def _text(body: Mapping[str, object], name: str) -> str:
    value = body[name]
    if not isinstance(value, str):
        raise TypeError(name)
    return value


def _number(body: Mapping[str, object], name: str) -> int:
    value = body[name]
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(name)
    return value


def _bytes(body: Mapping[str, object], name: str, length: int) -> bytes:
    value = bytes.fromhex(_text(body, name))
    if len(value) != length:
        raise ValueError(name)
    return value
