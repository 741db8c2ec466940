"""Signing in: a passphrase or a code opens the vault, a row of the people says who that is, the audit says when.

Tries that fail before the clinic is open are kept beside the vault and entered in the audit when somebody comes in.
"""

from __future__ import annotations

import hashlib
import logging
import platform
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC

from clinic_app.domain.audit import SYSTEM, Actor, AuditEvent, Outcome
from clinic_app.domain.checks import Finding, FindingKind
from clinic_app.domain.errors import AccessRefused, ClinicError, DamageFound, NotFound, StorageUnavailable
from clinic_app.domain.people import Role, User, user_key
from clinic_app.services.context import ClinicContext
from clinic_app.services.entrance import Entrance, unlocked_by
from clinic_app.storage.throttle import Throttle, Tries, key_of, place_of
from clinic_app.storage.unit import UnitOfWork, UnitsOfWork
from clinic_app.storage.vault import SlotKind, UnlockedVault, Vault, finish_change, mend, read_again, with_tries_kept

FIRST_ROLES = frozenset({Role.ADMIN, Role.DOCTOR})
MUST_CHOOSE = "must_choose_passphrase"
log = logging.getLogger(__name__)


def actor_of(user: User) -> Actor:
    """A user who begins to work on this computer: a sign-in of its own."""
    computer = hashlib.sha256(b"bxpc1" + platform.node().encode("utf-8", "replace")).hexdigest()[:12]
    return Actor(user.id, user.name, tuple(sorted(role.value for role in user.roles)), secrets.token_hex(8), computer)


def admitted(unit: UnitOfWork, unlocked: UnlockedVault, wanted: str | None) -> User | None:
    """Who it is that opened the vault; None in a clinic where nobody is entered yet.

    After a recovery code ``wanted`` says as which active admin one goes on; it may be left out where there is only one.

    Raises:
        AccessRefused: ``user_disabled``; after a recovery code ``admin_not_named`` and ``not_an_admin`` (both with
            ``admins``, their names), ``no_admin_here``.
    """
    people = [known.user for known in unit.people.all()]
    if not people:
        return None
    if unlocked.slot.kind is not SlotKind.RECOVERY:
        known = unit.people.named(unlocked.user)
        if known is None or not known.user.active:
            raise AccessRefused("user_disabled", user=unlocked.user)
        return known.user
    admins = [user for user in people if user.active and Role.ADMIN in user.roles]
    names = [user.name for user in admins]
    if wanted:
        found = next((user for user in admins if user_key(user.name) == user_key(wanted)), None)
        if found is None:
            raise AccessRefused("not_an_admin", user=wanted, admins=names)
        return found
    if not admins:
        raise AccessRefused("no_admin_here")
    if len(admins) > 1:
        raise AccessRefused("admin_not_named", admins=names)
    return admins[0]


def first_user(units: UnitsOfWork, unlocked: UnlockedVault, wanted: str | None) -> User:
    """Who it is that opened the vault; where nobody is entered yet (a clinic cut while it was made), the first user.

    Raises:
        AccessRefused: as ``admitted``.
    """
    with units.read() as unit:
        found = admitted(unit, unlocked, wanted)
    if found is not None:
        return found
    name = unlocked.user or next(iter(unlocked.vault.users))
    if unlocked.vault.demo:
        return User(SYSTEM, name, FIRST_ROLES)
    with units.open() as unit:
        user = unit.people.add(name, FIRST_ROLES)
        unit.commit()
    return user


def come_in(context: ClinicContext, unlocked: UnlockedVault, user: User, *, back: bool = False) -> None:
    """Let somebody whose passphrase or code opened the vault work from now on, and enter that they came.

    ``back``: the same person returns to a clinic that was locked. What the disk does not take now does not keep anybody
    out: reading goes on while it is full.
    """
    entrance, code = context.entrance, unlocked.slot.kind is not SlotKind.PASSPHRASE
    unlocked, mended = _mended(context, unlocked)
    context.unlocked = unlocked
    take_over(context, user, unlocked if code else None)
    if context.info.demo:
        return
    if code:
        entrance.throttle.forgive(unlocked.vault, user.name)
    else:
        entrance.pins.signed_in(user)
    how = unlocked.slot.kind.value
    events = [*mended, AuditEvent("auth.unlock" if back else "auth.login", "user", str(user.id), reason=how)]
    if unlocked.slot.kind is SlotKind.RECOVERY:
        events.insert(len(mended), AuditEvent("recovery.used", "user", str(user.id)))
    enter_refused(context.units, unlocked.vault, entrance.throttle)
    try:
        with context.units.open() as unit:
            unit.people.signed_in(user.id)
            for event in events:
                unit.enter(event)
            unit.commit()
        context.unlocked = _tidied(unlocked, entrance)
    except StorageUnavailable as fault:
        log.info("a sign-in could not be entered: %s", fault.code)


def take_over(context: ClinicContext, user: User, by_code: UnlockedVault | None = None) -> None:
    """Whoever works from now on; nothing that was granted to the person before stands for them."""
    context.access.leave()
    context.entrance.came_by = by_code.slot if by_code is not None else None
    context.info = replace(context.info, user=user)
    context.units.actor = actor_of(user)
    context.access.read_again()
    context.access.refuse_all(MUST_CHOOSE if by_code is not None else "")


def switch(context: ClinicContext, user: str, secret: str, *, recovery: bool = False) -> None:
    """Let another person work in an open clinic, or the same one after a lock.

    Raises:
        AccessRefused: as ``unlocked_by`` and ``admitted``; ``vault_is_demo``.
        DamageFound: ``vault_exchanged``.
        NotFound: ``vault_missing``.
    """
    now = context.unlocked
    if now is None:
        raise NotFound("vault_missing", folder=context.info.folder)
    vault, throttle = read_again(now).vault, context.entrance.throttle
    if vault.demo:
        raise AccessRefused("vault_is_demo")
    try:
        unlocked = unlocked_by(vault, secret, user or None, throttle, context.now(), recovery=recovery)
    except AccessRefused:
        enter_refused(context.units, vault, throttle)
        raise
    if unlocked.keys.database_hex != now.keys.database_hex:
        raise DamageFound("vault_exchanged", folder=str(vault.folder))
    with context.units.read() as unit:
        found = admitted(unit, unlocked, user or None)
    if found is None:
        raise AccessRefused("user_disabled", user=unlocked.user)
    back = found.id == context.info.user.id
    if not back:
        go(context)
    come_in(context, unlocked, found, back=back)


def go(context: ClinicContext) -> None:
    """Enter that whoever works leaves: another takes over, or the clinic is closed."""
    context.access.leave()
    if context.info.demo:
        return
    try:
        with context.units.open() as unit:
            unit.enter(AuditEvent("auth.logout", "user", str(context.info.user.id)))
            unit.commit()
    except ClinicError as fault:
        log.info("leaving could not be entered: %s", fault.code)


def enter_refused(units: UnitsOfWork, vault: Vault, throttle: Throttle) -> None:
    """Enter in the audit what was tried and refused since somebody came in the last time.

    What the disk does not take now is kept for the next time.
    """
    done = throttle.unentered(vault)
    if not done:
        return
    try:
        with units.open() as unit:
            unit.audit.actor = Actor(SYSTEM, "", (), "", units.actor.computer)
            for event in _refused(unit, vault, done):
                unit.enter(event)
            unit.commit()
        throttle.entered(vault, done)
    except StorageUnavailable as fault:
        log.info("refused tries could not be entered: %s", fault.code)


def _refused(unit: UnitOfWork, vault: Vault, done: Mapping[str, Tries]) -> list[AuditEvent]:
    by_key = {key_of(vault, known.user.name): str(known.user.id) for known in unit.people.all()}
    events: list[AuditEvent] = []
    for key, tries in done.items():
        user = by_key.get(key, "")
        events += [AuditEvent("auth.fail", "user", user, None, Outcome.FAILED, moment) for moment in tries.moments]
        if tries.refused:
            events.append(AuditEvent("auth.throttle", "user", user, None, Outcome.DENIED, str(tries.refused)))
    return events


def _mended(context: ClinicContext, unlocked: UnlockedVault) -> tuple[UnlockedVault, list[AuditEvent]]:
    """A key file that is damaged, or whose copy is, is written anew; answers what to enter of it, and keeps for
    whoever works what to say. Where the disk does not take it now, it is tried again at the next sign-in.
    """
    if not unlocked.vault.notes:
        return unlocked, []
    note, folder = unlocked.vault.notes[0], str(unlocked.vault.folder)
    try:
        done, aside = mend(unlocked, context.now().astimezone(UTC))
    except ClinicError as fault:
        log.info("the key file could not be written anew: %s", fault.code)
        return unlocked, []
    if note == "vault_copy_used":
        code, kind = "vault_mended" if aside else "vault_rewritten", FindingKind.DAMAGED
    else:
        code, kind = "vault_copy_rewritten", FindingKind.NOTE
    context.at_start = (*context.at_start, Finding(kind, None, "", code, {"path": folder, "aside": aside}))
    return done, [AuditEvent("key_file.mended", "key_file", aside)]


def _tidied(unlocked: UnlockedVault, entrance: Entrance) -> UnlockedVault:
    """A change of passphrase that was cut is ended, and a missing count of tries is noticed from now on."""
    vault = unlocked.vault
    if vault.notes:
        return unlocked
    done = finish_change(unlocked)
    place = place_of(vault)
    if vault.tries_kept_in != place:
        entrance.throttle.start(vault)
        done = with_tries_kept(done, place)
    return done
