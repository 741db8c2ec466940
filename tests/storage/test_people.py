from __future__ import annotations

import pytest

from clinic_app.domain.audit import AuditFilter
from clinic_app.domain.errors import Conflict, NotFound
from clinic_app.domain.people import Role
from clinic_app.storage.unit import UnitsOfWork


def test_people_come_sign_in_and_go(units: UnitsOfWork) -> None:
    with units.open() as unit:
        rao = unit.people.add("Dr Rao", frozenset({Role.ADMIN, Role.DOCTOR}))
        mary = unit.people.add("Sister Mary", frozenset({Role.NURSE}))
        unit.commit()
    with units.open() as unit:
        unit.people.signed_in(rao.id)
        unit.people.set_roles(mary.id, frozenset({Role.DOCTOR, Role.NURSE}))
        unit.people.set_active(mary.id, False)
        unit.commit()
    with units.read() as unit:
        first, second = unit.people.all()
        assert (first.user.name, first.disabled_at) == ("Dr Rao", None)
        assert first.since is not None
        assert first.last_signed_in is not None
        assert first.last_signed_in > first.since
        assert second.user.roles == {Role.DOCTOR, Role.NURSE}
        assert not second.user.active
        assert second.disabled_at is not None
        assert unit.people.get(mary.id) == second
        assert [entry.action for entry in unit.audit.entries(AuditFilter(action="user."))] == [
            "user.disable", "user.create", "user.create"
        ]  # fmt: skip
        assert unit.audit.verify(rows=True).intact


def test_a_sign_in_is_no_change_of_the_person(units: UnitsOfWork) -> None:
    with units.open() as unit:
        user = unit.people.add("Dr Rao", frozenset({Role.ADMIN}))
        unit.commit()
    with units.open() as unit:
        unit.people.signed_in(user.id)
        unit.commit()
    with units.read() as unit:
        assert unit.audit.count(AuditFilter()) == 1
        assert unit.audit.verify(rows=True).intact


def test_names_are_found_however_they_are_written(units: UnitsOfWork) -> None:
    with units.open() as unit:
        unit.people.add("Dr Rao", frozenset({Role.ADMIN}))
        unit.people.add("DR RAO", frozenset({Role.NURSE}))
        unit.commit()
    with units.read() as unit:
        for name, found in (("Dr Rao", "Dr Rao"), ("DR RAO", "DR RAO"), ("dr  rao", "Dr Rao"), ("Ｄｒ Rao", "Dr Rao")):
            known = unit.people.named(name)
            assert known is not None
            assert known.user.name == found
        assert unit.people.named("Dr Rai") is None
        with pytest.raises(NotFound, match="user_missing"):
            unit.people.get(99)
    with pytest.raises(Conflict, match="already_there"), units.open() as unit:
        unit.people.add("Dr Rao", frozenset({Role.NURSE}))
