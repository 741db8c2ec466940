"""People: who may sign in and what they may do; their passphrases, codes and PINs.

Slots and rows are written in an order that locks nobody out: a slot comes before the row that lets its user in, and
goes after it. A slot without an active row signs nobody in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from clinic_app.domain.access import Action
from clinic_app.domain.audit import AuditEvent, Outcome
from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.errors import AccessRefused, ClinicError, NotFound, RuleBroken
from clinic_app.domain.people import Person, Role, User, check_admin_left, user_name
from clinic_app.services.access import needs, open_to_all
from clinic_app.services.context import ClinicContext, changes
from clinic_app.services.entrance import moment_of
from clinic_app.services.settings import FIRST_STEPS
from clinic_app.services.sign_in import MUST_CHOOSE, enter_refused, go, switch, take_over
from clinic_app.storage import vault as vaults
from clinic_app.storage.people import KnownPerson
from clinic_app.storage.unit import UnitOfWork
from clinic_app.storage.vault import SlotKind, UnlockedVault, Vault, read_vault


class PeopleService:
    """The people of one clinic. An admin looks after them, everybody after their own passphrase and PIN."""

    def __init__(self, context: ClinicContext) -> None:
        self._context = context

    @needs(Action.FIND)
    def all(self) -> tuple[Person, ...]:
        """Everybody, those who left too, in the order they came."""
        vault = self._vault()
        with self._context.units.read() as unit:
            return _people(unit, vault)

    @needs(Action.MANAGE)
    def add(self, name: str, roles: Iterable[Role], passphrase: str) -> Changes:
        """Let somebody new sign in, with a passphrase they typed themselves; the result is the ``User``.

        Raises:
            RuleBroken: ``user_name_length``, ``user_name_characters``, ``user_name_taken`` (case and width do not tell
                names apart), ``roles_missing``, the passphrase.
            AccessRefused: ``vault_is_demo``.
            StorageUnavailable: the key file or the database cannot be written.
        """
        known, wanted = user_name(name), _some_roles(roles)
        with self._context.units.read() as unit:
            _check_free(unit, known)
        self._give_passphrase(known, passphrase)
        with self._context.units.open() as unit:
            _check_free(unit, known)
            user = unit.people.add(known, wanted)
            unit.enter(_event("slot.add", user.id))
            unit.commit()
        return changes(Topic.PEOPLE, result=user)

    @needs(Action.MANAGE)
    def set_roles(self, user_id: int, roles: Iterable[Role]) -> Changes:
        """What somebody may do, from now on; one active admin stays.

        Raises:
            RuleBroken: ``roles_missing``, ``last_admin``.
            NotFound: ``user_missing``.
        """
        wanted, vault = _some_roles(roles), self._vault()
        with self._context.units.open() as unit:
            user = unit.people.set_roles(user_id, wanted)
            check_admin_left(_people(unit, vault))
            unit.commit()
        context = self._context
        if user.id == context.info.user.id:
            context.info = replace(context.info, user=user)
            context.units.actor = replace(context.units.actor, roles=tuple(sorted(role.value for role in user.roles)))
        return changes(Topic.PEOPLE, result=user)

    @needs(Action.MANAGE)
    def disable(self, user_id: int) -> Changes:
        """Let somebody sign in no more: their row first, then their slots. Asked again it takes slots away that a cut
        left.

        Whoever may have copied files and keys can still open the copies: the vault key has to be rotated for that.

        Raises:
            RuleBroken: ``disable_yourself``, ``last_admin``.
            NotFound: ``user_missing``.
        """
        context = self._context
        if user_id == context.info.user.id:
            raise RuleBroken("user", "disable_yourself")
        vault = self._vault()
        with context.units.open() as unit:
            known = unit.people.get(user_id)
            if known.user.active:
                unit.people.set_active(user_id, False)
            check_admin_left(_people(unit, vault))
            if vault.slots_of(known.user.name):
                unit.enter(_event("slot.drop", user_id))
            unit.commit()
        context.entrance.pins.forget(user_id)
        self._change(lambda unlocked: vaults.drop_user(unlocked, known.user.name))
        return changes(Topic.PEOPLE)

    @needs(Action.MANAGE)
    def enable(self, user_id: int, passphrase: str) -> Changes:
        """Let somebody who left sign in again, with a passphrase they typed themselves.

        Raises:
            RuleBroken: ``user_active``, the passphrase.
            NotFound: ``user_missing``.
        """
        user = self._user(user_id)
        if user.active:
            raise RuleBroken("user", "user_active", user=user.name)
        self._give_passphrase(user.name, passphrase)
        with self._context.units.open() as unit:
            back = unit.people.set_active(user_id, True)
            unit.enter(_event("slot.add", user_id))
            unit.commit()
        self._context.entrance.throttle.forgive(self._vault(), user.name)
        return changes(Topic.PEOPLE, result=back)

    @needs(Action.MANAGE)
    def start_reset(self, user_id: int) -> str:
        """A one-time code for somebody who forgot their passphrase, shown once: with it they choose a new one.

        The passphrase they have goes on opening until then; an earlier code of theirs does not.

        Raises:
            RuleBroken: ``reset_yourself``.
            AccessRefused: ``user_disabled``, ``vault_is_demo``.
            NotFound: ``user_missing``.
        """
        user = self._user(user_id)
        if not user.active:
            raise AccessRefused("user_disabled", user=user.name)
        if user.id == self._context.info.user.id:
            raise RuleBroken("user", "reset_yourself")
        unlocked, code = vaults.add_reset_code(self._unlocked(), user.name)
        self._keep(unlocked)
        self._enter(_event("user.reset", user_id), _event("slot.add", user_id, SlotKind.RESET.value))
        return code.text

    @needs(Action.MANAGE)
    def withdraw_reset(self, user_id: int) -> Changes:
        """Make a one-time code that was given out worthless. Raises ``NotFound("user_missing")``."""
        user = self._user(user_id)
        self._change(lambda unlocked: vaults.drop_user(unlocked, user.name, SlotKind.RESET))
        self._enter(_event("slot.drop", user_id, SlotKind.RESET.value))
        return changes(Topic.PEOPLE)

    @open_to_all
    def change_passphrase(self, old: str, new: str) -> Changes:
        """Choose another passphrase: the new slot is written before the old one goes. A wrong old one counts as a try.

        Raises:
            AccessRefused: ``wrong_passphrase``, ``wait_before_trying``, ``too_many_tries``, ``vault_is_demo``.
            RuleBroken: ``passphrase_same`` and what else is wrong with the new one.
        """
        context, user = self._context, self._context.info.user
        self._refuse_after_code()
        unlocked = self._unlocked()
        vault, throttle = unlocked.vault, context.entrance.throttle
        if vault.demo:
            raise AccessRefused("vault_is_demo")
        throttle.begin(vault, user.name, moment_of(context.now()))
        try:
            changed = vaults.change_passphrase(
                unlocked, user.name, old, new, clinic_name=context.info.name, checkout=context.entrance.checkout
            )
        except ClinicError as fault:
            if fault.code == "wrong_passphrase":
                enter_refused(context.units, vault, throttle)
            else:
                throttle.withdraw(vault, user.name)
            raise
        throttle.right(vault, user.name)
        self._keep(changed)
        self._enter(_event("slot.add", user.id), _event("slot.drop", user.id))
        return changes(Topic.PEOPLE)

    @open_to_all
    def suggest_passphrase(self) -> str:
        """Five words nobody chose."""
        return self._context.suggest()

    @property
    @open_to_all
    def must_choose_passphrase(self) -> bool:
        """Whoever works came in by a code: ``finish_reset`` first, nothing else before."""
        return self._context.entrance.came_by is not None

    @open_to_all
    def finish_reset(self, new: str) -> tuple[str, ...]:
        """Choose a passphrase after coming in by a code. The answer are recovery codes to print: one in the place of
        the recovery code that was used, none after a reset code. Until ``settings.took_step`` says that it was typed
        back, it counts as not kept: a new one is made at the next sign-in of an administrator.

        Raises:
            RuleBroken: ``nothing_to_choose``, what is wrong with the passphrase.
        """
        context, user = self._context, self._context.info.user
        code = context.entrance.came_by
        if code is None:
            raise RuleBroken("passphrase", "nothing_to_choose")
        unlocked = self._give_passphrase(user.name, new)
        printed: tuple[str, ...] = ()
        if code.kind is SlotKind.RECOVERY:
            self._note_unkept(_recovery_slots(unlocked).index(code.slot_id))
            unlocked, codes = vaults.replace_recovery_codes(unlocked, [code.slot_id])
            self._keep(unlocked)
            printed = tuple(one.text for one in codes)
        context.entrance.throttle.forgive(unlocked.vault, user.name)
        context.entrance.came_by = None
        context.access.refuse_all("")
        context.entrance.pins.signed_in(user)
        self._enter(_event("slot.add", user.id), _event("slot.drop", user.id, code.kind.value))
        return printed

    def _note_unkept(self, place: int | None) -> None:
        """A code takes the place of another, or both do (None), and nobody has them on paper yet."""
        with self._context.units.open() as unit:
            stored = unit.clinic.setting(FIRST_STEPS) or {}
            lost = stored.get("code") if not stored.get("codes_kept", True) else place
            wanted = {**stored, "codes_kept": False, "code": place if lost == place else None}
            if wanted != stored:
                unit.clinic.set_setting(FIRST_STEPS, wanted)
                unit.commit()

    @needs(Action.ROTATE_KEYS)
    def new_recovery_codes(self, place: int | None = None) -> tuple[str, ...]:
        """Two new recovery codes, shown once; every earlier one opens nothing any more. ``place``: a new one for the
        first (0) or the second (1) alone; the other holds.

        Raises:
            AccessRefused: ``vault_is_demo``.
            StorageUnavailable: the key file cannot be written; then the earlier ones hold.
        """
        slots = _recovery_slots(self._unlocked())
        alone = place is not None and place < len(slots)
        wanted = [slots[place]] if place is not None and alone else None
        self._note_unkept(place if alone else None)
        unlocked, codes = vaults.replace_recovery_codes(self._unlocked(), wanted)
        self._keep(unlocked)
        kind = SlotKind.RECOVERY.value
        self._enter(
            AuditEvent("slot.add", "vault", unlocked.vault.vault_id, reason=kind),
            AuditEvent("slot.drop", "vault", unlocked.vault.vault_id, reason=kind),
        )
        return tuple(code.text for code in codes)

    @open_to_all
    def set_pin(self, pin: str) -> None:
        """Choose a PIN to come back with, until the program ends, 12 hours from one's passphrase at most.

        Raises:
            RuleBroken: ``pin_digits``, ``pin_simple``.
            AccessRefused: ``pin_expired``.
        """
        self._refuse_after_code()
        self._context.entrance.pins.set(self._context.info.user, pin)

    @open_to_all
    def with_pin(self) -> tuple[User, ...]:
        """Who can come back with a PIN now."""
        return self._context.entrance.pins.people()

    @open_to_all
    def forget_pins(self) -> None:
        """Hard lock: from now on a passphrase is needed."""
        self._context.entrance.pins.forget()

    @open_to_all
    def unlock_with_pin(self, user: str, pin: str) -> User:
        """Let somebody who has a PIN work: the same person after a lock, or another who signed in since the start.

        Raises:
            AccessRefused: ``pin_not_set``, ``pin_expired``, ``pin_wrong``, ``user_disabled``; ``pin_gone`` after five
                wrong ones: the clinic has to be closed now and opened with a passphrase.
        """
        context = self._context
        with context.units.read() as unit:
            known = unit.people.named(user)
        if known is None:
            raise AccessRefused("pin_not_set", user=user)
        try:
            context.entrance.pins.check(known.user, pin)
        except AccessRefused as refusal:
            self._enter(AuditEvent("auth.fail", "user", str(known.user.id), None, Outcome.FAILED, refusal.code))
            if refusal.code == "pin_gone":
                context.access.refuse_all("pin_gone")
            raise
        if not known.user.active:
            raise AccessRefused("user_disabled", user=known.user.name)
        same = known.user.id == context.info.user.id
        if not same:
            go(context)
        take_over(context, known.user)
        context.units.note(_event("auth.unlock" if same else "auth.login", known.user.id, "pin"))
        return known.user

    @open_to_all
    def unlock_with_passphrase(self, user: str, passphrase: str) -> User:
        """Let somebody work with their passphrase: the same person after a lock, or another in their place.

        Raises:
            AccessRefused: ``wrong_passphrase``, ``unknown_user``, ``wait_before_trying``, ``too_many_tries``,
                ``user_disabled``, ``vault_is_demo``.
            DamageFound: ``vault_exchanged``.
        """
        switch(self._context, user, passphrase)
        return self._context.info.user

    @open_to_all
    def waiting(self, user: str) -> float:
        """Seconds somebody has to wait before their passphrase is tried again; infinite where only an admin helps."""
        return self._context.entrance.throttle.waiting(self._vault(), user)

    def _user(self, user_id: int) -> User:
        with self._context.units.read() as unit:
            return unit.people.get(user_id).user

    def _vault(self) -> Vault:
        return read_vault(self._unlocked().vault.folder)

    def _unlocked(self) -> UnlockedVault:
        unlocked = self._context.unlocked
        if unlocked is None:
            raise NotFound("vault_missing", folder=self._context.info.folder)
        return unlocked

    def _keep(self, unlocked: UnlockedVault) -> None:
        self._context.unlocked = unlocked

    def _change(self, change: Callable[[UnlockedVault], UnlockedVault]) -> None:
        self._keep(change(self._unlocked()))

    def _give_passphrase(self, name: str, passphrase: str) -> UnlockedVault:
        context, unlocked = self._context, self._unlocked()
        given = vaults.set_passphrase(
            unlocked, name, passphrase, clinic_name=context.info.name, checkout=context.entrance.checkout
        )
        own = name == context.info.user.name
        self._keep(given if own else replace(given, slot=unlocked.slot))
        return given

    def _refuse_after_code(self) -> None:
        if self._context.entrance.came_by is not None:
            raise AccessRefused(MUST_CHOOSE)

    def _enter(self, *events: AuditEvent) -> None:
        with self._context.units.open() as unit:
            for event in events:
                unit.enter(event)
            unit.commit()


def _event(action: str, user_id: int, reason: str = "") -> AuditEvent:
    return AuditEvent(action, "user", str(user_id), reason=reason)


def _recovery_slots(unlocked: UnlockedVault) -> list[str]:
    """The numbers of the recovery slots: first the clinic's, then that of the sealed envelope."""
    return [slot.slot_id for slot in unlocked.vault.slots if slot.kind is SlotKind.RECOVERY]


def _some_roles(roles: Iterable[Role]) -> frozenset[Role]:
    wanted = frozenset(roles)
    if not wanted:
        raise RuleBroken("roles", "roles_missing")
    return wanted


def _check_free(unit: UnitOfWork, name: str) -> None:
    taken = unit.people.named(name)
    if taken is not None:
        raise RuleBroken("name", "user_name_taken", name=taken.user.name)


def _people(unit: UnitOfWork, vault: Vault) -> tuple[Person, ...]:
    return tuple(_person(known, vault) for known in unit.people.all())


def _person(known: KnownPerson, vault: Vault) -> Person:
    user = known.user
    return Person(
        user.id,
        user.name,
        user.roles,
        user.active,
        known.since,
        known.last_signed_in,
        vault.demo or bool(vault.slots_of(user.name, SlotKind.PASSPHRASE)),
        bool(vault.slots_of(user.name, SlotKind.RESET)),
        known.disabled_at,
    )
