"""The way in to one clinic: wrong tries, PINs, and a code that was used instead of a passphrase.

Loaded before the database is: it knows the key file and nothing behind it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Lock

from clinic_app.domain.errors import AccessRefused, ClinicError, RuleBroken
from clinic_app.domain.people import PIN_HOURS, PIN_TRIES, User, check_pin, user_key
from clinic_app.storage.recovery import read_recovery_code, slip_in
from clinic_app.storage.throttle import Throttle, Tries, key_of
from clinic_app.storage.vault import (
    Slot,
    SlotKind,
    UnlockedVault,
    Vault,
    read_vault,
    unlock_by_passphrase,
    unlock_by_recovery_code,
)

PIN_S = PIN_HOURS * 3600.0
Verify = Callable[[str, str], None]
"""Checks the passphrase of a user; raises ``AccessRefused``."""


@dataclass(slots=True)
class _Pin:
    user: User
    mark: bytes = field(repr=False)
    wrong: int = 0


class Pins:
    """The PINs of people who signed in with their passphrase since the program was started; in memory only.

    A PIN holds for 12 hours from that sign-in (``steady``: a clock nobody sets, in seconds; a computer that sleeps is
    locked hard anyway). Five wrong tries for one person, and every PIN is gone.
    """

    def __init__(self, steady: Callable[[], float] = time.monotonic) -> None:
        self._steady = steady
        self._lock = Lock()
        self._key = secrets.token_bytes(32)
        self._signed_in: dict[int, float] = {}
        self._pins: dict[int, _Pin] = {}

    def signed_in(self, user: User) -> None:
        """Somebody's passphrase was right just now: their twelve hours begin anew, and so do the tries of their PIN."""
        with self._lock:
            self._signed_in[user.id] = self._steady()
            if user.id in self._pins:
                self._pins[user.id].wrong = 0

    def set(self, user: User, pin: str) -> None:
        """Give somebody who signed in a PIN, or another one.

        Raises:
            RuleBroken: ``pin_digits``, ``pin_simple``.
            AccessRefused: ``pin_expired`` where their passphrase is too long ago.
        """
        digits = check_pin(pin)
        with self._lock:
            self._check_fresh(user)
            self._pins[user.id] = _Pin(user, self._mark(user, digits))

    def check(self, user: User, pin: str) -> None:
        """Whether this is the PIN of somebody.

        Raises:
            AccessRefused: ``pin_not_set``, ``pin_expired``, ``pin_wrong`` (``left`` tries), ``pin_gone``: the clinic
                has to be closed and opened with a passphrase.
        """
        digits = _digits_of(pin)
        with self._lock:
            known = self._pins.get(user.id)
            if known is None:
                raise AccessRefused("pin_not_set", user=user.name)
            self._check_fresh(user)
            if hmac.compare_digest(known.mark, self._mark(user, digits)):
                known.wrong = 0
                return
            known.wrong += 1
            if known.wrong >= PIN_TRIES:
                self._pins.clear()
                self._signed_in.clear()
                raise AccessRefused("pin_gone", tries=PIN_TRIES, user=user.name)
            raise AccessRefused("pin_wrong", left=PIN_TRIES - known.wrong, user=user.name)

    def people(self) -> tuple[User, ...]:
        """Who can come back with a PIN now."""
        with self._lock:
            now = self._steady()
            return tuple(pin.user for pin in self._pins.values() if now - self._signed_in[pin.user.id] < PIN_S)

    def forget(self, user_id: int | None = None) -> None:
        """Take one person's PIN away, or all of them."""
        with self._lock:
            gone = tuple(self._pins) if user_id is None else (user_id,)
            for id_ in gone:
                self._pins.pop(id_, None)
                self._signed_in.pop(id_, None)
            if user_id is None:
                self._signed_in.clear()

    def _check_fresh(self, user: User) -> None:
        since = self._signed_in.get(user.id)
        if since is None or self._steady() - since >= PIN_S:
            self._pins.pop(user.id, None)
            raise AccessRefused("pin_expired", user=user.name, hours=PIN_HOURS)

    def _mark(self, user: User, digits: str) -> bytes:
        return hmac.new(self._key, f"{user.id}:{digits}".encode(), hashlib.sha256).digest()


def _digits_of(pin: str) -> str:
    """What was tried as a PIN, as plain digits; nothing where it can be none."""
    try:
        return check_pin(pin)
    except RuleBroken:
        return ""


@dataclass(slots=True)
class Entrance:
    """How people come in to one open clinic. ``checkout``: the program runs from its sources.

    ``came_by``: the slot of the code whoever works came in by; nothing else may be done until they chose a passphrase.
    """

    throttle: Throttle = field(default_factory=Throttle)
    pins: Pins = field(default_factory=Pins)
    checkout: bool = False
    came_by: Slot | None = field(default=None, repr=False)


def by_passphrase(vault: Vault, passphrase: str, user: str, throttle: Throttle, now: datetime) -> UnlockedVault:
    """Open a vault with a passphrase, counted as a try.

    Raises:
        AccessRefused: ``wait_before_trying``, ``too_many_tries``, and as ``storage.vault.unlock``.
        StorageUnavailable: too little memory.
    """
    throttle.begin(vault, user, moment_of(now))
    try:
        unlocked = unlock_by_passphrase(vault, passphrase, user)
    except ClinicError as refusal:
        if refusal.code != "wrong_passphrase":
            throttle.withdraw(vault, user)
        raise
    throttle.right(vault, user)
    return unlocked


def moment_of(now: datetime) -> str:
    """A moment as it is kept with a try."""
    return now.isoformat(timespec="seconds")


def unlocked_by(
    vault: Vault, secret: str, user: str | None, throttle: Throttle, now: datetime, *, recovery: bool = False
) -> UnlockedVault:
    """Open a vault with a passphrase, counted as a try, or with a code, which nobody guesses.

    ``recovery``: it is a recovery or reset code and nothing else. ``user`` may be left out while there is only one.

    Raises:
        AccessRefused: as ``by_passphrase``; ``user_not_named``, ``unknown_user``, and about codes.
        StorageUnavailable: too little memory.
    """
    if recovery or _is_code(secret):
        try:
            return unlock_by_recovery_code(vault, secret, user)
        except AccessRefused:
            if recovery:
                raise
    try:
        return by_passphrase(vault, secret, _named(vault, user), throttle, now)
    except AccessRefused as refusal:
        slip = slip_in(secret) if refusal.code == "wrong_passphrase" else None
        if slip is None:
            raise
        raise slip from refusal


def passphrase_check(folder: Path, throttle: Throttle, now: Callable[[], datetime], *, demo: bool) -> Verify:
    """Checks that a passphrase opens a user's own slot, as the key file is now, counted as a try; a demo clinic takes
    any. Whoever asks enters in the audit what was refused."""

    def verify(user: str, passphrase: str) -> None:
        if demo:
            return
        vault, moment = read_vault(folder), now()
        try:
            by_passphrase(vault, passphrase, user, throttle, moment)
        except AccessRefused as refusal:
            waiting = refusal.code in {"wait_before_trying", "too_many_tries"}
            done = Tries(refused=1) if waiting else Tries(moments=(moment_of(moment),))
            throttle.entered(vault, {key_of(vault, user): done})
            raise

    return verify


def _is_code(secret: str) -> bool:
    with suppress(AccessRefused):
        return bool(read_recovery_code(secret))
    return False


def _named(vault: Vault, user: str | None) -> str:
    """Whose passphrase it is. Raises ``AccessRefused``: ``user_not_named``, ``unknown_user``."""
    if user is not None:
        mine = vault.slots_of(user, SlotKind.PASSPHRASE)
        if not mine:
            raise AccessRefused("unknown_user", user=user)
        return mine[0].user
    by_key = {user_key(name): name for name in reversed(vault.users)}
    if len(by_key) != 1:
        raise AccessRefused("user_not_named", users=", ".join(vault.users))
    return next(iter(by_key.values()))
