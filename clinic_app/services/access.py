"""Who works in an open clinic, and what they may do now; what is refused is entered in the audit.

The rules are data (``domain.access``). While no patient is restricted and somebody may do a thing anyway, nothing is
asked of the database.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from threading import RLock
from typing import Final, ParamSpec, TypeVar

from clinic_app.domain.access import (
    EMERGENCY_S,
    OPENED_IN_EMERGENCY,
    OTHERWISE,
    OWN,
    SIGNED_IN_AGAIN_S,
    Action,
    AuditScope,
    EmergencyOpening,
    Need,
    Own,
    Protection,
    need_of,
    who_may,
)
from clinic_app.domain.audit import MINIMUM_REASON, SYSTEM, AuditEvent, Outcome
from clinic_app.domain.changes import Changes, Topic
from clinic_app.domain.errors import AccessRefused, RuleBroken
from clinic_app.domain.people import Role, User
from clinic_app.services.needs import Rule, numbers_in
from clinic_app.services.needs import needs as needs
from clinic_app.services.needs import open_to_all as open_to_all
from clinic_app.services.veil import Veil
from clinic_app.storage.unit import UnitOfWork, UnitsOfWork
from clinic_app.wording.access import action_words, roles_words

P = ParamSpec("P")
R = TypeVar("R")
Verify = Callable[[str, str], None]
"""Checks the passphrase of a user; raises ``AccessRefused``."""

LOOKED_UP_S: Final = 15.0
"""How old (seconds) what is known of restricted patients may be: another computer may have restricted one."""
ONE_DENIAL_S: Final = 60.0
"""So long (seconds) the same refusal of the same person is entered once."""
_WITH_REASON = frozenset({Need.REASON, Need.SIGN_IN_AGAIN_AND_REASON, Need.SECOND_PERSON})
_WITH_SIGNING_IN = frozenset({Need.SIGN_IN_AGAIN, Need.SIGN_IN_AGAIN_AND_REASON, Need.SECOND_PERSON})

_said: ContextVar[str] = ContextVar("reason_said", default="")


def reason_said() -> str:
    """The reason in force in this thread (``Access.because``), or nothing."""
    return _said.get()


@cache
def _need(action: Action, roles: frozenset[Role]) -> Need:
    return need_of(action, roles)


@dataclass(slots=True)
class _Held:
    """What one user has shown in this sitting; moments are of the monotonic clock."""

    unbound: float = 0.0
    again: dict[Action, float] = field(default_factory=dict)
    second: tuple[User, float] | None = None
    second_for: dict[Action, tuple[User, float]] = field(default_factory=dict)
    reasons: dict[tuple[Action, int | None], tuple[str, float]] = field(default_factory=dict)
    emergencies: dict[int, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Restricted:
    """Which patients are restricted, and which of them the user treats; as read at a moment."""

    user: str
    everybody: frozenset[int]
    own: frozenset[int]
    read_at: float


class Access:
    """Who works in an open clinic, and what they may do now. May be asked from several threads.

    ``user`` answers who works; ``verify`` checks a user's passphrase. In a demo clinic nobody signs in again and no
    second person is asked for: there is one user, and the passphrase is published. ``ticks``: a monotonic clock.
    """

    def __init__(
        self,
        units: UnitsOfWork,
        user: Callable[[], User],
        verify: Verify,
        *,
        demo: bool = False,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._units = units
        self._user = user
        self._verify = verify
        self._demo = demo
        self._ticks = ticks
        self._lock = RLock()
        self._held: dict[int, _Held] = {}
        self._known: _Restricted | None = None
        self._refusing = ""
        self._denied: dict[tuple[int, Action, int | None, str], float] = {}
        units.why = reason_said

    @property
    def user(self) -> User:
        """Who works."""
        return self._user()

    @open_to_all
    def refuse_all(self, code: str) -> None:
        """Refuse everything with this code, until it is called with nothing: a new passphrase must be chosen first."""
        self._refusing = code

    @open_to_all
    def need(self, action: Action) -> Need:
        """What an action needs of who works; for the window, to ask before it tries."""
        user = self.user
        return _need(action, user.roles) if user.active else Need.NO

    @open_to_all
    def may(self, action: Action, patient_id: int | None = None) -> bool:
        """Whether an action is open now, with what was said and signed so far; never entered in the audit."""
        if self._refusing:
            return False
        patients = frozenset() if patient_id is None else frozenset({patient_id})
        return self._missing(action, patients, Rule(action), (), binding=False) is None

    @open_to_all
    def check(self, action: Action, patient_id: int | None = None) -> None:
        """Refuse an action that is not open now, and enter the refusal in the audit.

        Raises:
            AccessRefused: ``not_allowed``, ``reason_needed``, ``sign_in_again``, ``second_person_needed``,
                ``emergency_needed``.
        """
        self.check_all(action, patient=() if patient_id is None else (patient_id,))

    @open_to_all
    def check_all(self, action: Action, **nouns: Iterable[int]) -> None:
        """``check`` for the patients to whom cases, calls, pictures, sessions, visits ... of these ids belong."""
        self.require(Rule(action, tuple((noun, noun) for noun in nouns)), nouns.get)

    @open_to_all
    @contextmanager
    def because(self, reason: str) -> Iterator[None]:
        """Give the reason of what is done inside, in this thread; the audit keeps it with what is written."""
        token = _said.set(reason.strip())
        try:
            yield
        finally:
            _said.reset(token)

    @open_to_all
    def explain(self, action: Action, patient_id: int | None, reason: str) -> None:
        """Give a reason that stands for half an hour in every thread: for looking at the photographs of a patient.

        Raises:
            RuleBroken: ``access_reason_missing``.
        """
        said = reason.strip()
        if not said:
            raise RuleBroken("reason", "access_reason_missing")
        number = "" if patient_id is None else str(patient_id)
        self._enter(AuditEvent("reason.given", action.value, number, patient_id, reason=said))
        with self._lock:
            self._mine().reasons[(action, patient_id)] = (said, self._ticks() + EMERGENCY_S)

    @open_to_all
    def confirm(self, passphrase: str, action: Action | None = None) -> None:
        """Sign in again. It holds five minutes for one class of action: ``action``, or the first that needs it.

        Raises:
            AccessRefused: ``wrong_passphrase`` and the like.
        """
        self._check_passphrase(self.user, passphrase)
        until = self._ticks() + SIGNED_IN_AGAIN_S
        with self._lock:
            held = self._mine()
            if action is None:
                held.unbound = until
            else:
                held.again[action] = until

    @open_to_all
    def second_person(self, user: str, passphrase: str) -> None:
        """Somebody else who may do it agrees, with their own passphrase; for five minutes and one class of action.

        Raises:
            AccessRefused: ``second_person_same``, ``second_person_unknown``, ``wrong_passphrase``.
        """
        with self._units.read() as unit:
            other = unit.clinic.user(user)
        if other is None or not other.active:
            raise AccessRefused("second_person_unknown", user=user)
        if other.id == self.user.id:
            raise AccessRefused("second_person_same", user=self.user.name)
        self._check_passphrase(other, passphrase)
        with self._lock:
            self._mine().second = (other, self._ticks() + SIGNED_IN_AGAIN_S)

    @open_to_all
    def second_for(self, action: Action) -> User | None:
        """Who agreed to this class of action of who works, as the second person it needed; None where nobody did."""
        now = self._ticks()
        with self._lock:
            held = self._mine().second_for.get(action)
        return None if held is None or held[1] <= now else held[0]

    @open_to_all
    def open_emergency(self, patient_id: int, passphrase: str, reason: str) -> datetime:
        """Open a closed record for 30 minutes, this patient's only; answers until when.

        Raises:
            AccessRefused: ``not_allowed`` where no emergency opens it to this user, ``wrong_passphrase``.
            RuleBroken: ``emergency_reason_short``, ``emergency_not_needed``.
            NotFound: no such patient.
        """
        said = " ".join(reason.split())
        if len(said) < MINIMUM_REASON:
            raise RuleBroken("reason", "emergency_reason_short", have=len(said), need=MINIMUM_REASON)
        self._check_emergency(patient_id)
        user = self.user
        self._check_passphrase(user, passphrase)
        with self._units.open() as unit:
            until = unit.now + timedelta(seconds=EMERGENCY_S)
            unit.access.add_emergency(patient_id, user.id, said, until)
            unit.enter(AuditEvent("breakglass.start", "patient", str(patient_id), patient_id, reason=said))
            unit.commit()
        with self._lock:
            self._mine().emergencies[patient_id] = self._ticks() + EMERGENCY_S
        return until

    @open_to_all
    def close_emergency(self, patient_id: int) -> None:
        """End an emergency opening before its time."""
        with self._lock:
            ended = self._mine().emergencies.pop(patient_id, None)
        if ended is not None:
            self._expect_denials((patient_id,))
            self._enter(AuditEvent("breakglass.stop", "patient", str(patient_id), patient_id))

    @open_to_all
    def opened_in_emergency(self) -> Mapping[int, float]:
        """The patients whose records are open in emergency now, with the seconds that are left."""
        self._end_emergencies()
        with self._lock:
            now = self._ticks()
            return {id_: until - now for id_, until in self._mine().emergencies.items()}

    @open_to_all
    def leave(self) -> None:
        """Whoever works leaves (lock, switch, close): nothing of what they showed stands any more."""
        with self._lock:
            gone = tuple(self._mine().emergencies)
            self._held.pop(self.user.id, None)
            self._known = None
        for patient_id in gone:
            self._enter(AuditEvent("breakglass.stop", "patient", str(patient_id), patient_id))

    @open_to_all
    def emergencies(self, unacknowledged: bool = True) -> tuple[EmergencyOpening, ...]:
        """The emergency openings nobody has acknowledged, or all; newest first."""
        self.check(Action.REVIEW_EMERGENCIES)
        with self._units.read() as unit:
            return unit.access.emergencies(unacknowledged=unacknowledged)

    @open_to_all
    def acknowledge(self, opening_id: int) -> Changes:
        """Say that an emergency opening was looked at; one's own only where nobody else could.

        Raises:
            NotFound: ``emergency_missing``.
            Conflict: ``emergency_acknowledged``.
            RuleBroken: ``own_emergency``.
        """
        self.check(Action.REVIEW_EMERGENCIES)
        with self._units.open() as unit:
            opening = unit.access.acknowledge(opening_id)
            if opening.user_id == self.user.id and self._other_reviewers(unit):
                raise RuleBroken("acknowledged_by", "own_emergency")
            unit.enter(AuditEvent("breakglass.ack", "patient", str(opening.patient_id), opening.patient_id))
            unit.commit()
        return Changes(frozenset({Topic.PATIENTS}))

    @open_to_all
    def protection(self, patient_id: int) -> Protection:
        """What protects one patient's record."""
        self.check(Action.FIND)
        with self._units.read() as unit:
            return unit.access.protection(patient_id)

    @open_to_all
    def treating(self, patient_id: int) -> tuple[str, ...]:
        """Who would still see this patient's record where it is restricted: they treated the patient themselves."""
        self.check(Action.FIND)
        with self._units.read() as unit:
            return tuple(
                one.name
                for one in unit.access.users()
                if one.active
                and _need(Action.SEE_RESTRICTED, one.roles) is Need.OWN
                and unit.access.treated_by(one.name, (patient_id,))
            )

    @open_to_all
    def set_protection(
        self, patient_id: int, restricted: bool | None = None, legal_hold: bool | None = None, reason: str = ""
    ) -> Changes:
        """Restrict a record or forbid that it is destroyed, or take that back; None leaves it as it is.

        Raises:
            AccessRefused: not an administrator, or not signed in again.
            RuleBroken: ``access_reason_missing``.
        """
        self.check(Action.MANAGE)
        said = reason.strip() or reason_said()
        if not said:
            raise RuleBroken("reason", "access_reason_missing")
        with self._units.open() as unit:
            unit.reason = said
            before = unit.access.protection(patient_id)
            after = replace(
                before,
                restricted=before.restricted if restricted is None else restricted,
                legal_hold=before.legal_hold if legal_hold is None else legal_hold,
                reason=said,
            )
            unit.access.set_protection(after)
            if after.restricted != before.restricted:
                unit.enter(AuditEvent("restricted.set", "patient", str(patient_id), patient_id, reason=said))
            unit.commit()
        self.read_again()
        return Changes(frozenset({Topic.PATIENTS, Topic.SCHEDULE, Topic.CASES, Topic.PICTURES}))

    @open_to_all
    def audit_scope(self) -> AuditScope:
        """What of the audit who works may see. Raises ``AccessRefused``."""
        self.check(Action.SEE_AUDIT)
        user = self.user
        if self.need(Action.SEE_AUDIT) is Need.YES:
            return AuditScope(everything=True)
        means = self._own_means(Action.SEE_AUDIT)
        patients: frozenset[int] = frozenset()
        if Own.PATIENTS in means:
            with self._units.read() as unit:
                patients = unit.access.treated_by(user.name)
        return AuditScope(False, user.id if Own.ENTRIES in means else None, patients - self.hidden())

    @open_to_all
    def read_again(self) -> None:
        """Who is restricted is looked up anew: something about it was changed."""
        with self._lock:
            self._known = None

    @open_to_all
    def hidden(self) -> frozenset[int]:
        """The restricted patients whose records are closed to who works now."""
        known = self._restricted()
        if not known.everybody:
            return frozenset()
        self._end_emergencies()
        with self._lock:
            opened = frozenset(self._mine().emergencies)
        own = known.own if Own.PATIENTS in self._own_means(Action.SEE_RESTRICTED) else frozenset()
        if self.need(Action.SEE_RESTRICTED) is Need.YES:
            return frozenset()
        return known.everybody - own - (opened if self._emergency_opens(Action.SEE_RESTRICTED) else frozenset())

    @open_to_all
    def veil(self) -> Veil:
        """What hides in lists what who works may not see."""
        record = self.need(Action.SEE_RECORD) is Need.YES
        opened = frozenset() if record else frozenset(self.opened_in_emergency())
        return Veil(self.hidden(), record, opened)

    @open_to_all
    def require(self, rule: Rule, arguments: Callable[[str], object]) -> None:
        """What ``needs`` asks before a method: ``arguments`` answers the value of one by its path."""
        if self._refusing:
            raise AccessRefused(self._refusing)
        if rule.when and not arguments(rule.when):
            return
        plain = self.need(rule.action) is Need.YES and (rule.signed is None or self.need(rule.signed) is Need.YES)
        if plain and (not rule.nouns or not self._restricted().everybody):
            return
        found = tuple((noun, numbers_in(arguments(path))) for noun, path in rule.nouns)
        self._settle(rule.action, self._owners(found), rule, found)

    def _settle(
        self, action: Action, patients: frozenset[int], rule: Rule, found: tuple[tuple[str, tuple[int, ...]], ...]
    ) -> None:
        missing = self._missing(action, patients, rule, found, binding=True)
        if missing is None:
            return
        code, asked, patient_id = missing
        if self._first_denial(asked, patient_id, code):
            event = AuditEvent("authz.denied", "action", asked.value, patient_id, Outcome.DENIED, reason=code)
            self._enter(event)
        raise AccessRefused(
            code,
            action=asked.value,
            patient_id=patient_id,
            user=self.user.name,
            what=action_words(asked),
            who=roles_words(who_may(asked)),
        )

    def _first_denial(self, action: Action, patient_id: int | None, code: str) -> bool:
        """Whether a refusal is entered: one for each person, action and patient in a minute. A page that is opened
        once asks for its parts one by one, and reads itself anew when something changes.
        """
        now, key = self._ticks(), (self.user.id, action, patient_id, code)
        with self._lock:
            self._denied = {one: at for one, at in self._denied.items() if now - at < ONE_DENIAL_S}
            first = key not in self._denied
            self._denied.setdefault(key, now)
        return first

    def _expect_denials(self, patients: Iterable[int]) -> None:
        """A record is closed again: the page that shows it reads itself anew, and nobody tried anything."""
        now, user = self._ticks(), self.user.id
        with self._lock:
            for patient_id in patients:
                for action in OPENED_IN_EMERGENCY:
                    self._denied[(user, action, patient_id, "emergency_needed")] = now

    def _missing(
        self,
        action: Action,
        patients: frozenset[int],
        rule: Rule,
        found: tuple[tuple[str, tuple[int, ...]], ...],
        *,
        binding: bool,
    ) -> tuple[str, Action, int | None] | None:
        """What stands in the way: a code, the action that is refused, and the patient; None where nothing does."""
        closed = patients & self.hidden() if patients else frozenset()
        if closed:
            opens = self._emergency_opens(Action.SEE_RESTRICTED)
            return ("emergency_needed" if opens else "not_allowed"), Action.SEE_RESTRICTED, min(closed)
        need = self.need(action)
        entered = None
        sessions = tuple(id_ for noun, ids in found if noun in {"session", "visit"} for id_ in ids)
        if sessions and (rule.signed is not None or need is Need.OWN_TODAY):
            with self._units.read() as unit:
                entered = unit.access.entered("visit" if found[0][0] == "visit" else "session", sessions)
            if rule.signed is not None and any(one.signed for one in entered):
                action, need = rule.signed, self.need(rule.signed)
        patient_id = min(patients) if len(patients) == 1 else None
        if need is Need.YES:
            return None
        if need is Need.OWN_TODAY:
            with self._units.read() as unit:
                today = unit.now.date()
            name = self.user.name
            own = bool(entered) and all(one.by == name and one.at.date() == today for one in entered or ())
            return None if own else ("not_allowed", action, patient_id)
        if need is Need.OWN:
            return self._missing_of_own(action, patients)
        if need is Need.EMERGENCY:
            shut = patients - self.opened_in_emergency().keys()
            if patients and not shut:
                return None
            return ("emergency_needed" if patients else "not_allowed"), action, min(shut) if shut else None
        if need is Need.NO:
            return "not_allowed", action, patient_id
        code = self._unsaid(action, need, patients, binding=binding)
        return None if code is None else (code, action, patient_id)

    def _missing_of_own(self, action: Action, patients: frozenset[int]) -> tuple[str, Action, int | None] | None:
        """``OWN``: where no patient is named, or only one's own entries are meant, the answer is narrowed instead."""
        if not patients or Own.ENTRIES in self._own_means(action):
            return None
        with self._units.read() as unit:
            others = patients - unit.access.treated_by(self.user.name, patients)
        opens = OTHERWISE.get(action) is Need.EMERGENCY
        if opens:
            others -= self.opened_in_emergency().keys()
        if not others:
            return None
        return ("emergency_needed" if opens else "not_allowed"), action, min(others)

    def _unsaid(self, action: Action, need: Need, patients: frozenset[int], *, binding: bool) -> str | None:
        """The first of reason, signing in again and second person that a need asks for and that is not there."""
        if need in _WITH_REASON and not self._reason_for(action, patients):
            return "reason_needed"
        if self._demo or need not in _WITH_SIGNING_IN:
            return None
        now = self._ticks()
        with self._lock:
            held = self._mine()
            if held.again.get(action, 0.0) <= now:
                if held.unbound <= now:
                    return "sign_in_again"
                if binding:
                    held.again[action], held.unbound = held.unbound, 0.0
            if need is not Need.SECOND_PERSON:
                return None
            second = held.second_for.get(action) or held.second
            if second is None or second[1] <= now or _need(action, second[0].roles) is Need.NO:
                return "second_person_needed"
            if binding:
                held.second_for[action], held.second = second, None
        return None

    def _reason_for(self, action: Action, patients: frozenset[int]) -> bool:
        if reason_said():
            return True
        now = self._ticks()
        with self._lock:
            reasons = self._mine().reasons
            keys: list[tuple[Action, int | None]] = [(action, id_) for id_ in patients] or [(action, None)]
            return all(reasons.get(key, ("", 0.0))[1] > now for key in keys)

    def _check_emergency(self, patient_id: int) -> None:
        """Whether an emergency opening helps. Raises ``AccessRefused``, ``RuleBroken``."""
        actions = OPENED_IN_EMERGENCY if patient_id in self._restricted().everybody else OPENED_IN_EMERGENCY[:2]
        patients = frozenset({patient_id})
        missing = [self._missing(action, patients, Rule(action), (), binding=False) for action in actions]
        codes = {found[0]: found[1] for found in missing if found is not None}
        if "emergency_needed" in codes:
            return
        if "not_allowed" in codes:
            self.check(codes["not_allowed"], patient_id)
        raise RuleBroken("patient", "emergency_not_needed")

    def _emergency_opens(self, action: Action) -> bool:
        need = self.need(action)
        return need is Need.EMERGENCY or (need is Need.OWN and OTHERWISE.get(action) is Need.EMERGENCY)

    def _own_means(self, action: Action) -> frozenset[Own]:
        if self.need(action) is not Need.OWN:
            return frozenset()
        return frozenset(OWN[(action, role)] for role in self.user.roles if (action, role) in OWN)

    def _owners(self, found: tuple[tuple[str, tuple[int, ...]], ...]) -> frozenset[int]:
        patients = {id_ for noun, ids in found if noun == "patient" for id_ in ids}
        others = [(noun, ids) for noun, ids in found if noun != "patient" and ids]
        if others:
            with self._units.read() as unit:
                for noun, ids in others:
                    patients |= unit.access.owners(noun, ids)
        return frozenset(patients)

    def _restricted(self) -> _Restricted:
        name = self.user.name
        known = self._known
        if known is not None and known.user == name and self._ticks() - known.read_at < LOOKED_UP_S:
            return known
        with self._units.read() as unit:
            everybody = unit.access.restricted()
            own = unit.access.treated_by(name, everybody) if everybody else frozenset()
        known = self._known = _Restricted(name, everybody, own, self._ticks())
        return known

    def _end_emergencies(self) -> None:
        """Emergency openings whose time is over are closed."""
        now = self._ticks()
        with self._lock:
            held = self._mine().emergencies
            over = [id_ for id_, until in held.items() if until <= now]
            for id_ in over:
                del held[id_]
        self._expect_denials(over)
        for id_ in over:
            self._enter(AuditEvent("breakglass.stop", "patient", str(id_), id_))

    def _check_passphrase(self, user: User, passphrase: str) -> None:
        """Whether it is this person's passphrase; a wrong one is entered as theirs, whoever works."""
        try:
            self._verify(user.name, passphrase)
        except AccessRefused as refusal:
            self._enter(AuditEvent("auth.fail", "user", user_number(user), None, Outcome.FAILED, refusal.code))
            raise

    def _other_reviewers(self, unit: UnitOfWork) -> bool:
        everybody = unit.access.users()
        return any(
            one.active and one.id != self.user.id and _need(Action.REVIEW_EMERGENCIES, one.roles) is Need.YES
            for one in everybody
        )

    def _enter(self, event: AuditEvent) -> None:
        """Enter something in the audit in a transaction of its own.

        A refusal stands even where the disk does not take its entry now: it is entered with the next save.
        """
        self._units.note(event)

    def _mine(self) -> _Held:
        return self._held.setdefault(self.user.id, _Held())


def user_number(user: User) -> str:
    """A user as the audit names an object."""
    return str(user.id) if user.id != SYSTEM else ""
