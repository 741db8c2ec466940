"""The vault file: a random vault key, wrapped once for every passphrase and recovery code that opens it.

``vault.json`` and its copy ``vault.json.bak`` hold no patient data and no key in clear. Each slot is one wrapping:
Argon2id of the secret gives a key, AES-256-GCM wraps the vault key under it, and everything else in the slot, the
vault's id, format, generation and demo mark are authenticated with it. Editing any of that makes the slot refuse.
An unkeyed checksum over the file tells damage by accident from a wrong passphrase.

Whatever is changed, the new slot is written first, in one durable step, and the old one dropped in a second: cut at any
point, the old secret or the new one opens, and everybody else's as before. One writer at a time, over all programs on
this computer, each of which reads the file again before it changes it.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from filelock import FileLock, Timeout

from clinic_app.domain.audit import Anchor
from clinic_app.domain.errors import AccessRefused, ClinicError, DamageFound, NotFound, RuleBroken, StorageUnavailable
from clinic_app.domain.people import user_key, user_name
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
LOCK_NAME: Final = "vault.lock"
ASIDE: Final = "vault.json.damaged-"
"""What a damaged key file is kept as, with a moment in UTC, until a slot is dropped: it may hold that slot too."""
LOCK_WAIT_S: Final = 20.0
MOST_SLOTS: Final = 400
MOST_TRIED: Final = 4
"""Passphrase slots of one person that are tried; the program itself never leaves more than two."""
RECOVERY_CODES: Final = 2
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
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class Slot:
    """One wrapping of the vault key; ``user`` is empty for a recovery code. ``created`` is ISO 8601, UTC.

    A reset slot is opened once, by a code as random as a recovery code, so that its user can choose a new passphrase.
    """

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
    ``tries_kept_in`` names the place in which wrong tries have been counted; empty while there was none.
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
    tries_kept_in: str = ""

    @property
    def users(self) -> tuple[str, ...]:
        """Everyone who has a passphrase, in the order of their slots."""
        return tuple(dict.fromkeys(slot.user for slot in self.slots if slot.kind is SlotKind.PASSPHRASE))

    def slots_of(self, user: str, *kinds: SlotKind) -> tuple[Slot, ...]:
        """The slots of one person, however the name is written; all kinds where none is named."""
        key = user_key(user)
        mine = (slot for slot in self.slots if slot.user and user_key(slot.user) == key)
        return tuple(slot for slot in mine if not kinds or slot.kind in kinds)


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
    name = user_name(user)
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
    """Open a clinic's vault with the passphrase of ``user``, or with a whole recovery or reset code.

    ``user`` may be left out while there is only one. Takes about a second: never on the window's thread.
    Raises ``AccessRefused``: ``wrong_passphrase``, ``unknown_user``, ``user_not_named``, ``slot_limits``,
    ``slots_too_many``, ``vault_is_demo``; ``StorageUnavailable("memory_short")``.
    """
    if vault.demo:
        raise AccessRefused("vault_is_demo")
    try:
        return _unlock_by_code(vault, read_recovery_code(secret), user)
    except AccessRefused:
        return _unlock_by_passphrase(vault, secret, user)


def unlock_by_passphrase(vault: Vault, passphrase: str, user: str) -> UnlockedVault:
    """Open a clinic's vault with the passphrase of ``user`` and nothing else; raises as ``unlock``."""
    if vault.demo:
        raise AccessRefused("vault_is_demo")
    return _unlock_by_passphrase(vault, passphrase, user)


def unlock_by_recovery_code(vault: Vault, text: str, user: str | None = None) -> UnlockedVault:
    """Open a clinic's vault with what was typed from a printed recovery code, or from somebody's reset code.

    ``user``: reset codes of others are not tried.
    Raises ``AccessRefused``: a slip of the pen at once (``recovery_code_length``, ``recovery_code_character``,
    ``recovery_code_typo``), ``wrong_recovery_code`` for a well-formed code of another vault, ``vault_is_demo``.
    """
    code = read_recovery_code(text)
    if vault.demo:
        raise AccessRefused("vault_is_demo")
    return _unlock_by_code(vault, code, user)


def unlock_demo(vault: Vault) -> UnlockedVault:
    """Open a demo vault, asking nothing. Raises ``AccessRefused("vault_not_demo")`` for a clinic's vault."""
    if not vault.demo:
        raise AccessRefused("vault_not_demo")
    return _unlock_by_passphrase(vault, DEMO_PASSPHRASE, None)


def add_slot(
    unlocked: UnlockedVault, user: str, passphrase: str, *, clinic_name: str = "", checkout: bool = False
) -> UnlockedVault:
    """Give ``user`` a passphrase (a second one while changing it) and save; the answer's ``slot`` is the new one.

    The file is read again first, so a slot added meanwhile is kept. ``clinic_name`` is only kept out of the passphrase.
    Raises ``RuleBroken``, ``StorageUnavailable``, ``AccessRefused("vault_is_demo")`` and
    ``DamageFound("vault_exchanged")``.
    """
    name = user_name(user)
    check_passphrase(passphrase, user=name, clinic_name=clinic_name)
    if unlocked.vault.demo:
        raise AccessRefused("vault_is_demo")
    cost = new_slot_cost(checkout=checkout, known=unlocked.slot.cost)
    slot = _wrapped_for(unlocked, SlotKind.PASSPHRASE, name, _passphrase_bytes(passphrase), cost)
    return replace(_with_slots_added(unlocked, slot), slot=slot)


def drop_slot(unlocked: UnlockedVault, slot_id: str) -> UnlockedVault:
    """Take a slot away and save, in the file and in its copy.

    Raises ``NotFound("slot_missing")``, or ``RuleBroken("slot", "last_slot")`` for the last passphrase.
    """
    with _changing(unlocked) as vault:
        if all(slot.slot_id != slot_id for slot in vault.slots):
            raise NotFound("slot_missing", slot=slot_id)
        return replace(unlocked, vault=_save_without(vault, lambda slot: slot.slot_id == slot_id))


def set_passphrase(
    unlocked: UnlockedVault, user: str, passphrase: str, *, clinic_name: str = "", checkout: bool = False
) -> UnlockedVault:
    """Make ``passphrase`` the only one of ``user``: its slot is written first, then every other slot of the person
    is dropped, reset codes included. The answer's ``slot`` is the new one. Raises as ``add_slot``.

    A cut between the two leaves the old and the new one; ``finish_change`` ends what was begun.
    """
    added = add_slot(unlocked, user, passphrase, clinic_name=clinic_name, checkout=checkout)
    return drop_others(added)


def change_passphrase(
    unlocked: UnlockedVault, user: str, old: str, new: str, *, clinic_name: str = "", checkout: bool = False
) -> UnlockedVault:
    """Exchange the passphrase of ``user``, who has to know the old one; about two key derivations long.

    What earlier changes left when they were cut is dropped first, but for the slot that ``old`` opens, so that there
    are never more than two. Raises as ``add_slot``; ``AccessRefused("wrong_passphrase")``,
    ``RuleBroken("passphrase", "passphrase_same")``.
    """
    name = user_name(user)
    check_passphrase(new, user=name, clinic_name=clinic_name)
    if normalised(old) == normalised(new):
        raise RuleBroken("passphrase", "passphrase_same")
    known = _unlock_by_passphrase(_read_again(unlocked), old, name)
    drop_others(replace(unlocked, slot=known.slot), SlotKind.PASSPHRASE)
    return set_passphrase(unlocked, known.user, new, clinic_name=clinic_name, checkout=checkout)


def finish_change(unlocked: UnlockedVault) -> UnlockedVault:
    """End a change of passphrase that was cut: whoever opened with the newer of two slots needs the older no more."""
    mine = unlocked.vault.slots_of(unlocked.user, SlotKind.PASSPHRASE)
    if unlocked.slot.kind is not SlotKind.PASSPHRASE or len(mine) < 2 or mine[-1] != unlocked.slot:
        return unlocked
    return drop_others(unlocked, SlotKind.PASSPHRASE)


def drop_others(unlocked: UnlockedVault, *kinds: SlotKind) -> UnlockedVault:
    """Drop every slot of the person whose slot ``unlocked`` holds, of these kinds (all where none is named), but that
    one."""
    kept = unlocked.slot

    def falls(slot: Slot) -> bool:
        return slot.slot_id != kept.slot_id and (not kinds or slot.kind in kinds) and _is_of(slot, kept.user)

    with _changing(unlocked) as vault:
        if all(slot.slot_id != kept.slot_id for slot in vault.slots):
            raise NotFound("slot_missing", slot=kept.slot_id)
        if not any(map(falls, vault.slots)):
            return replace(unlocked, vault=vault)
        return replace(unlocked, vault=_save_without(vault, falls))


def drop_user(unlocked: UnlockedVault, user: str, *kinds: SlotKind) -> UnlockedVault:
    """Take away every slot of ``user``, of these kinds (all where none is named); nothing happens where there is none.

    Raises ``RuleBroken("slot", "last_slot")`` where nobody's passphrase would be left.
    """

    def falls(slot: Slot) -> bool:
        return (not kinds or slot.kind in kinds) and _is_of(slot, user)

    with _changing(unlocked) as vault:
        if not any(map(falls, vault.slots)):
            return replace(unlocked, vault=vault)
        return replace(unlocked, vault=_save_without(vault, falls))


def add_reset_code(unlocked: UnlockedVault, user: str) -> tuple[UnlockedVault, RecoveryCode]:
    """A one-time code that opens for ``user``, in the place of an earlier one; their passphrase stays.

    Raises ``AccessRefused("vault_is_demo")``, ``StorageUnavailable``, ``DamageFound("vault_exchanged")``.
    """
    if unlocked.vault.demo:
        raise AccessRefused("vault_is_demo")
    code = new_recovery_code()
    slot = _wrapped_for(unlocked, SlotKind.RESET, user_name(user), code.secret, LEAST)
    added = _with_slots_added(unlocked, slot)
    dropped = drop_others(replace(added, slot=slot), SlotKind.RESET)
    return replace(dropped, slot=unlocked.slot), code


def replace_recovery_codes(
    unlocked: UnlockedVault, slot_ids: Sequence[str] | None = None
) -> tuple[UnlockedVault, tuple[RecoveryCode, ...]]:
    """New recovery codes for those of ``slot_ids``; for all, and then two, where that is None.

    The new ones are written before the old ones are dropped. Raises as ``add_reset_code``.
    """
    if unlocked.vault.demo:
        raise AccessRefused("vault_is_demo")
    with _changing(unlocked) as vault:
        old = {
            slot.slot_id
            for slot in vault.slots
            if slot.kind is SlotKind.RECOVERY and (slot_ids is None or slot.slot_id in slot_ids)
        }
    codes = tuple(new_recovery_code() for _ in range(RECOVERY_CODES if slot_ids is None else len(old)))
    made = [_wrapped_for(unlocked, SlotKind.RECOVERY, "", code.secret, LEAST) for code in codes]
    added = _with_slots_added(unlocked, *made)
    with _changing(added) as vault:
        placed = replace(vault, slots=_in_their_place(vault.slots, old, made))
        return replace(added, vault=_save_without(placed, lambda slot: slot.slot_id in old)), codes


def _in_their_place(slots: Sequence[Slot], old: Collection[str], made: Sequence[Slot]) -> tuple[Slot, ...]:
    """The new slots right after the old ones: the order of the recovery codes says which of the two each is."""
    fresh, waiting, placed = {slot.slot_id for slot in made}, list(made), list[Slot]()
    for slot in slots:
        if slot.slot_id in fresh:
            continue
        placed.append(slot)
        if slot.slot_id in old and waiting:
            placed.append(waiting.pop(0))
    return (*placed, *waiting)


def anchors_of(vault: Vault) -> tuple[Anchor, ...]:
    """The anchors of a key file; one that cannot be read is left out."""
    found: list[Anchor] = []
    for text_ in vault.anchors:
        with suppress(ValueError):
            found.append(Anchor.parse(text_))
    return tuple(found)


def with_anchors(unlocked: UnlockedVault, anchors: Sequence[Anchor | str]) -> UnlockedVault:
    """Save these marks of the audit as the vault's, in the place of those before; slots added meanwhile are kept.

    Raises ``StorageUnavailable``, ``DamageFound("vault_exchanged")``.
    """
    texts = tuple(anchor.text if isinstance(anchor, Anchor) else anchor for anchor in anchors)
    with _changing(unlocked) as vault:
        if vault.anchors == texts and not vault.notes:
            return replace(unlocked, vault=vault)
        return replace(unlocked, vault=save_vault(replace(vault, anchors=texts)))


def with_tries_kept(unlocked: UnlockedVault, place: str) -> UnlockedVault:
    """Save that wrong tries are counted in ``place`` from now on (see ``storage.throttle``)."""
    with _changing(unlocked) as vault:
        if vault.tries_kept_in == place:
            return replace(unlocked, vault=vault)
        return replace(unlocked, vault=save_vault(replace(vault, tries_kept_in=place)))


def mend(unlocked: UnlockedVault, moment: datetime) -> tuple[UnlockedVault, str]:
    """Write the key file anew from its copy, or the copy from the file, where one was missing, damaged or out of date.

    A damaged key file is kept beside it under the second part of the answer, its name; blank where there was none.
    ``moment`` is in UTC. Raises ``StorageUnavailable``, ``DamageFound("vault_exchanged")``.
    """
    aside = ""
    with _changing(unlocked) as vault:
        if not vault.notes:
            return replace(unlocked, vault=vault), aside
        path = vault.folder / FILE_NAME
        with durable.disk_errors(path):
            if vault.notes == ("vault_copy_used",) and path.exists():
                aside = f"{ASIDE}{moment:%Y%m%dT%H%M%SZ}"
                durable.replace(path, path.with_name(aside))
        return replace(unlocked, vault=save_vault(vault)), aside


def read_again(unlocked: UnlockedVault) -> UnlockedVault:
    """The same keys with the file as it is now. Raises ``DamageFound("vault_exchanged")`` and as ``read_vault``."""
    return replace(unlocked, vault=_read_again(unlocked))


@contextmanager
def one_writer(folder: Path) -> Iterator[None]:
    """Nobody else on this computer writes the vault file, or counts tries, meanwhile.

    Raises ``StorageUnavailable("vault_busy")`` after ``LOCK_WAIT_S``.
    """
    lock = FileLock(folder / LOCK_NAME, timeout=LOCK_WAIT_S)
    with durable.disk_errors(folder / LOCK_NAME):
        try:
            lock.acquire()
        except Timeout as fault:
            raise StorageUnavailable("vault_busy", path=str(folder / FILE_NAME)) from fault
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _changing(unlocked: UnlockedVault) -> Iterator[Vault]:
    """The file as it is now, which nobody else writes meanwhile."""
    with one_writer(unlocked.vault.folder):
        yield _read_again(unlocked)


def _read_again(unlocked: UnlockedVault) -> Vault:
    vault = read_vault(unlocked.vault.folder)
    if (vault.vault_id, vault.generation) != (unlocked.vault.vault_id, unlocked.vault.generation):
        raise DamageFound("vault_exchanged", folder=str(vault.folder))
    return vault


def _is_of(slot: Slot, user: str) -> bool:
    return bool(slot.user) and user_key(slot.user) == user_key(user)


def _save_without(vault: Vault, falls: Callable[[Slot], bool]) -> Vault:
    rest = tuple(slot for slot in vault.slots if not falls(slot))
    if all(slot.kind is not SlotKind.PASSPHRASE for slot in rest):
        raise RuleBroken("slot", "last_slot")
    saved = save_vault(replace(vault, slots=rest))
    with durable.disk_errors(vault.folder):
        for aside in vault.folder.glob(f"{ASIDE}*"):
            aside.unlink(missing_ok=True)
    return saved


def _wrapped_for(unlocked: UnlockedVault, kind: SlotKind, user: str, secret: bytes, cost: Cost) -> Slot:
    vault = unlocked.vault
    return _new_slot(vault, kind, user, secret, cost, unlocked.vault_keys[vault.generation])


def _with_slots_added(unlocked: UnlockedVault, *slots: Slot) -> UnlockedVault:
    with _changing(unlocked) as vault:
        return replace(unlocked, vault=save_vault(replace(vault, slots=(*vault.slots, *slots))))


def _unlock_by_passphrase(vault: Vault, passphrase: str, user: str | None) -> UnlockedVault:
    slots = [slot for slot in vault.slots if slot.kind is SlotKind.PASSPHRASE]
    if user is None:
        if len({user_key(slot.user) for slot in slots}) > 1:
            raise AccessRefused("user_not_named", users=", ".join(vault.users))
    else:
        slots = list(vault.slots_of(user, SlotKind.PASSPHRASE))
        if not slots:
            raise AccessRefused("unknown_user", user=user)
    if len(slots) > MOST_TRIED:
        raise AccessRefused("slots_too_many", have=len(slots), user=slots[0].user)
    if len(normalised(passphrase)) > LONGEST:
        raise AccessRefused("wrong_passphrase")
    return _first_open(vault, slots, _passphrase_bytes(passphrase), "wrong_passphrase")


def _unlock_by_code(vault: Vault, code: RecoveryCode, user: str | None) -> UnlockedVault:
    slots = [slot for slot in vault.slots if slot.kind is SlotKind.RECOVERY]
    slots += [
        slot
        for slot in vault.slots
        if slot.kind is SlotKind.RESET and (not user or user_key(slot.user) == user_key(user))
    ]
    return _first_open(vault, slots, code.secret, "wrong_recovery_code")


def _first_open(vault: Vault, slots: list[Slot], secret: bytes, refusal: str) -> UnlockedVault:
    """The first slot that opens. One outside the limits is never tried; it is named where no other opens."""
    outside = [slot for slot in slots if not slot.cost.within_limits()]
    for slot in slots:
        if slot in outside:
            continue
        try:
            key = AESGCM(stretch(secret, slot.salt, slot.cost)).decrypt(
                slot.nonce, slot.wrapped, _associated(vault, slot)
            )
        except InvalidTag:
            continue
        vault_keys = _all_generations(vault, key)
        return UnlockedVault(vault, slot, keys_of(vault_keys, demo=vault.demo), vault_keys)
    if outside:
        cost = outside[0].cost
        raise AccessRefused(
            "slot_limits", mebibytes=cost.memory_kib // KIB_PER_MIB, passes=cost.passes, lanes=cost.lanes
        )
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
        "tries_kept_in": vault.tries_kept_in,
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
    if not any(slot.kind is SlotKind.PASSPHRASE for slot in slots) or len(slots) > MOST_SLOTS:
        raise ValueError("slots")
    if len({slot.slot_id for slot in slots}) < len(slots):
        raise ValueError("slot_id")
    if any((slot.kind is SlotKind.RECOVERY) != (slot.user == "") for slot in slots):
        raise ValueError("user")
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
        tries_kept_in=_text(body, "tries_kept_in") if "tries_kept_in" in body else "",
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
