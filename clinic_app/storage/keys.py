"""The keys that come out of a vault key, and how a passphrase or recovery code becomes the key of a slot."""

from __future__ import annotations

import ctypes
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

from clinic_app.domain.errors import AccessRefused, StorageUnavailable

KIB_PER_MIB = 1024
SALT_BYTES = 16
KEY_BYTES = 32
_DEMO_SALT = b"bx/demo/v1"
_SLOWEST_S, _FASTEST_S = 1.0, 0.5


@dataclass(frozen=True, slots=True)
class Cost:
    """What one Argon2id run costs: memory in KiB, passes over it, lanes."""

    memory_kib: int
    passes: int
    lanes: int

    def within_limits(self) -> bool:
        """At least OWASP's floor (19 MiB, t=2, p=1) and not a memory bomb (1 GiB, 64 passes, 16 lanes)."""
        return (
            LEAST.memory_kib <= self.memory_kib <= MOST.memory_kib
            and LEAST.passes <= self.passes <= MOST.passes
            and LEAST.lanes <= self.lanes <= MOST.lanes
        )


LEAST = Cost(19 * KIB_PER_MIB, 2, 1)
"""OWASP Password Storage Cheat Sheet, Argon2id minimum."""
MOST = Cost(1024 * KIB_PER_MIB, 64, 16)
FLOOR = Cost(64 * KIB_PER_MIB, 3, 4)
"""RFC 9106 section 4, second recommended option: the weakest slot the calibration makes."""
START = Cost(256 * KIB_PER_MIB, 3, 2)
_MOST_MADE_KIB = 512 * KIB_PER_MIB


def stretch(secret: bytes, salt: bytes, cost: Cost) -> bytes:
    """The 32-byte key of a slot: Argon2id over ``secret``. Raises ``StorageUnavailable`` if memory is short."""
    try:
        return Argon2id(
            salt=salt, length=KEY_BYTES, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory_kib
        ).derive(secret)
    except MemoryError as fault:
        raise StorageUnavailable("memory_short", mebibytes=cost.memory_kib // KIB_PER_MIB) from fault


def time_of(cost: Cost) -> float:
    """Seconds one run at ``cost`` takes on this computer now."""
    start = time.perf_counter()
    stretch(b"calibration", bytes(SALT_BYTES), cost)
    return time.perf_counter() - start


def installed_memory() -> int:
    """Bytes of memory in this computer; 2 GiB where it cannot be asked."""
    if sys.platform == "win32":

        class _Status(ctypes.Structure):
            _fields_ = (
                ("length", ctypes.c_ulong),
                ("load", ctypes.c_ulong),
                ("total", ctypes.c_ulonglong),
                ("rest", ctypes.c_ulonglong * 6),
            )

        status = _Status(length=ctypes.sizeof(_Status))
        if ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):
            return int(status.total)
        return 2 << 30
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):
        return 2 << 30


def calibrated_cost(memory: int | None = None, measure: Callable[[Cost], float] = time_of) -> Cost:
    """The cost of a new passphrase slot, aimed at 0.5 to 1.0 s on this computer.

    Starts at 256 MiB, t=3, p=2; at most min(512 MiB, a quarter of ``memory`` bytes); never below ``FLOOR``.
    """
    ceiling = min(512 << 20, (installed_memory() if memory is None else memory) // 4) >> 10
    cost = Cost(min(START.memory_kib, max(ceiling, FLOOR.memory_kib)), START.passes, START.lanes)
    seconds = measure(cost)
    if seconds < _FASTEST_S and cost.memory_kib * 2 <= ceiling:
        return Cost(cost.memory_kib * 2, cost.passes, cost.lanes)
    while seconds > _SLOWEST_S and cost.memory_kib > FLOOR.memory_kib:
        cost = Cost(max(cost.memory_kib // 2, FLOOR.memory_kib), cost.passes, cost.lanes)
        seconds /= 2
    return FLOOR if cost.memory_kib <= FLOOR.memory_kib else cost


def new_slot_cost(*, checkout: bool, known: Cost | None = None) -> Cost:
    """The cost for a slot made now; ``CLINIC_KDF_FAST=1`` gives the least one, in a source checkout only.

    ``known`` is the cost of a slot that opened just now: where it is one that calibration gives, nothing is measured.

    Raises ``AccessRefused`` when an installed program is started with that switch.
    """
    if os.environ.get("CLINIC_KDF_FAST") == "1":
        if not checkout:
            raise AccessRefused("kdf_fast_refused")
        return LEAST
    if known is not None and known.passes == START.passes and FLOOR.memory_kib <= known.memory_kib <= _MOST_MADE_KIB:
        return known
    return calibrated_cost()


@dataclass(frozen=True, slots=True)
class VaultKeys:
    """Everything derived from the vault key; no part of it shows in ``repr``.

    ``database_hex`` is SQLCipher's raw key (64 hex digits). ``picture_keys`` maps a generation to the key from
    which each photo's own key is made. ``picture_id`` names photos and outlives a change of the vault key.
    """

    generation: int
    database_hex: str = field(repr=False)
    picture_id: bytes = field(repr=False)
    picture_keys: Mapping[int, bytes] = field(repr=False)
    audit: bytes = field(repr=False)
    backup: bytes = field(repr=False)

    def __reduce__(self) -> str | tuple[object, ...]:
        """Keys never leave the process by pickling."""
        raise TypeError("VaultKeys cannot be pickled")


def derive(key: bytes, info: bytes, *, demo: bool) -> bytes:
    """HKDF-SHA256 of a vault key; a demo vault has its own salt, so its key opens nothing as a real one."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=_DEMO_SALT if demo else None, info=info).derive(key)


def keys_of(vault_keys: Mapping[int, bytes], *, demo: bool) -> VaultKeys:
    """The keys of a vault whose key is, per generation, ``vault_keys``; the highest generation is the current one."""
    newest, oldest = max(vault_keys), min(vault_keys)
    key = vault_keys[newest]
    return VaultKeys(
        generation=newest,
        database_hex=derive(key, b"bx/db/v1", demo=demo).hex(),
        picture_id=derive(vault_keys[oldest], b"bx/blob-id/v1", demo=demo),
        picture_keys=MappingProxyType(
            {generation: derive(old, b"bx/blob-enc/v1", demo=demo) for generation, old in vault_keys.items()}
        ),
        audit=derive(key, b"bx/audit/v1", demo=demo),
        backup=derive(key, b"bx/backup/v1", demo=demo),
    )


def picture_key(keys: VaultKeys, generation: int, picture_id: bytes) -> bytes:
    """One photo's own key. Raises ``KeyError`` for a generation this vault never had."""
    return HKDFExpand(algorithm=SHA256(), length=KEY_BYTES, info=b"bx/blob/v1" + picture_id).derive(
        keys.picture_keys[generation]
    )
