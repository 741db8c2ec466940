"""The people who work with the program, as the database knows them; their key slots are in the vault."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from clinic_app.domain.errors import NotFound
from clinic_app.domain.people import Role, User, user_key
from clinic_app.storage.records.clinic import UserRecord


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A row of the people: who, and when they began, stopped and were last here (local time)."""

    user: User
    since: datetime | None
    disabled_at: datetime | None
    last_signed_in: datetime | None


class PeopleRows:
    """The people of the clinic. ``now`` is local time."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session = session
        self._now = now

    def all(self) -> tuple[KnownPerson, ...]:
        """Everybody, those who left too, in the order they came."""
        return tuple(_known_of(row) for row in self._session.scalars(select(UserRecord).order_by(UserRecord.id)))

    def get(self, user_id: int) -> KnownPerson:
        """One person.

        Raises:
            NotFound: ``user_missing``.
        """
        return _known_of(self._row(user_id))

    def named(self, name: str) -> KnownPerson | None:
        """The person of this name, however it is written; the very spelling first."""
        key = user_key(name)
        found = [known for known in self.all() if user_key(known.user.name) == key]
        return next((known for known in found if known.user.name == name), found[0] if found else None)

    def add(self, name: str, roles: frozenset[Role]) -> User:
        """Add a person, active from now on."""
        row = UserRecord(name=name, roles=_codes(roles), since=self._now)
        self._session.add(row)
        self._session.flush()
        return _user_of(row)

    def set_roles(self, user_id: int, roles: frozenset[Role]) -> User:
        """What a person may do from now on. Raises ``NotFound("user_missing")``."""
        row = self._row(user_id)
        row.roles = _codes(roles)
        self._session.flush()
        return _user_of(row)

    def set_active(self, user_id: int, active: bool) -> User:
        """Let a person sign in, or no more. Raises ``NotFound("user_missing")``."""
        row = self._row(user_id)
        row.active = active
        row.disabled_at = None if active else self._now
        self._session.flush()
        return _user_of(row)

    def signed_in(self, user_id: int) -> None:
        """A person signed in just now. Raises ``NotFound("user_missing")``."""
        self._row(user_id).last_signed_in = self._now
        self._session.flush()

    def _row(self, user_id: int) -> UserRecord:
        row = self._session.get(UserRecord, user_id)
        if row is None:
            raise NotFound("user_missing")
        return row


def _codes(roles: frozenset[Role]) -> list[str]:
    return sorted(role.value for role in roles)


def _user_of(row: UserRecord) -> User:
    return User(row.id, row.name, frozenset(Role(role) for role in row.roles), row.active)


def _known_of(row: UserRecord) -> KnownPerson:
    return KnownPerson(_user_of(row), row.since, row.disabled_at, row.last_signed_in)
