from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from clinic_app.domain.audit import Actor, Anchor, AuditEvent, AuditFilter, AuditProblem, AuditReport, Outcome
from clinic_app.domain.patients import Birth, Identifier, PatientDetails, Phone, Sex
from clinic_app.domain.people import Role
from clinic_app.services import Services
from clinic_app.storage import audit
from clinic_app.storage.engine import Engines
from clinic_app.storage.records import Record
from clinic_app.storage.row_watch import LEFT_OUT, WATCHED
from clinic_app.storage.unit import UnitsOfWork
from tests.builders import ACTOR, AUDIT_KEY, TODAY, Clock, add_patient, give


def asha(phone: str = "98400 12207") -> PatientDetails:
    return PatientDetails("Asha Verma", Sex.FEMALE, Birth(year=1968), (Identifier("4127"),), (Phone(phone),))


def actions(units: UnitsOfWork, wanted: AuditFilter = AuditFilter()) -> list[str]:  # noqa: B008
    with units.read() as unit:
        return [entry.action for entry in reversed(unit.audit.entries(wanted))]


def verified(units: UnitsOfWork, anchors: tuple[Anchor, ...] = (), *, rows: bool = True) -> AuditReport:
    with units.read() as unit:
        return unit.audit.verify(anchors, rows=rows)


def head(units: UnitsOfWork) -> Anchor:
    with units.read() as unit:
        found = unit.audit.head()
    assert found is not None
    return found


def tamper(engines: Engines, *statements: str) -> None:
    """What somebody with the database's key could do: the triggers are taken away first."""
    with engines.writer.begin() as connection:
        if engines.dialect == "sqlite":
            for verb in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER IF EXISTS audit_entry_no_{verb}"))
        else:
            connection.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER ALL"))
        for statement in statements:
            connection.execute(text(statement))


@pytest.fixture
def tampered(engines_of_clinic: Engines) -> Iterator[Engines]:
    """The database, with its triggers put back afterwards."""
    made = []
    if engines_of_clinic.dialect == "sqlite":
        with engines_of_clinic.reader.connect() as connection:
            made = list(
                connection.execute(text("SELECT sql FROM sqlite_master WHERE name LIKE 'audit_entry_no_%'")).scalars()
            )
    yield engines_of_clinic
    with engines_of_clinic.writer.begin() as connection:
        if engines_of_clinic.dialect == "sqlite":
            for verb in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER IF EXISTS audit_entry_no_{verb}"))
            for statement in made:
                connection.exec_driver_sql(statement)
        else:
            connection.execute(text("ALTER TABLE audit_entry ENABLE TRIGGER ALL"))


def test_every_table_is_watched_or_left_out_by_name() -> None:
    assert set(Record.metadata.tables) == set(WATCHED) | LEFT_OUT
    assert not set(WATCHED) & LEFT_OUT


def test_a_save_and_its_entry_are_one(units: UnitsOfWork) -> None:
    with units.open() as unit:
        patient = unit.patients.add(asha())
        unit.commit()
    with units.open() as unit:
        unit.patients.change(patient.id, asha("98400 99999"), patient.version)
    assert actions(units) == ["patient.create"]
    with units.open() as unit:
        unit.patients.change(patient.id, asha("98400 99999"), patient.version)
        unit.reason = "she called with her new number"
        unit.commit()
    with units.read() as unit:
        edit = unit.audit.entries(AuditFilter(patient_id=patient.id))[0]
    assert (edit.action, edit.object_id, edit.actor_name) == ("patient.edit", str(patient.id), "")
    assert (edit.actor_id, edit.computer, edit.reason) == (ACTOR.id, ACTOR.computer, "she called with her new number")
    assert verified(units).intact


def test_an_entry_names_no_patient(units: UnitsOfWork, engines_of_clinic: Engines) -> None:
    with units.open() as unit:
        unit.patients.add(asha())
        unit.commit()
    with engines_of_clinic.reader.connect() as connection:
        body = connection.execute(text("SELECT body FROM audit_entry")).scalar_one()
    for told in ("Asha", "Verma", "4127", "98400"):
        assert told not in body


def test_what_services_do_is_entered_by_name(services: Services) -> None:
    patient_id, case_id = add_patient(services)
    give(services, patient_id, case_id, TODAY - timedelta(days=90), finalise=False)
    session = services.treatment.last_session(case_id)
    assert session is not None
    services.treatment.finalise((session.id,))
    services.treatment.void(session.id, "wrong patient")
    told = actions(services.context.units, AuditFilter(patient_id=patient_id))
    assert told == [
        "patient.create",
        "case.create",
        "visit.create",
        "injection.create",
        "injection.sign",
        "injection.void",
    ]
    assert verified(services.context.units).intact


def test_earlier_versions_of_a_row_are_kept(units: UnitsOfWork, engines_of_clinic: Engines) -> None:
    with units.open() as unit:
        patient = unit.patients.add(asha())
        unit.commit()
    with units.open() as unit:
        unit.patients.change(patient.id, asha("98400 99999"), patient.version)
        unit.commit()
    with engines_of_clinic.reader.connect() as connection:
        kept = connection.execute(
            text("SELECT of_table, verb, before FROM row_version WHERE patient_id = :id"), {"id": patient.id}
        ).all()
    phones = [str(before) for table, verb, before in kept if table == "patient_phone" and verb == "delete"]
    assert len(phones) == 1
    assert "98400 12207" in phones[0]


def test_the_computed_dates_of_a_case_need_no_entry(services: Services) -> None:
    patient_id, case_id = add_patient(services)
    before = len(actions(services.context.units))
    with services.context.units.open() as unit:
        services.context.refresh(unit, (patient_id,))
        unit.commit()
    assert len(actions(services.context.units)) == before
    assert case_id


def test_events_without_rows_and_refusals_are_entered(units: UnitsOfWork) -> None:
    with units.open() as unit:
        unit.enter(AuditEvent("authz.denied", "action", "purge", outcome=Outcome.DENIED, reason="nurse"))
        unit.commit()
    with units.read() as unit:
        (entry,) = unit.audit.entries(AuditFilter(outcome=Outcome.DENIED))
    assert (entry.action, entry.outcome, entry.reason) == ("authz.denied", Outcome.DENIED, "nurse")


def test_filters(units: UnitsOfWork, clock: Clock) -> None:
    with units.open() as unit:
        unit.clinic.add_user("Dr Rao", frozenset({Role.ADMIN}))
        unit.commit()
    clock.go_to(date(2026, 4, 1))
    units.actor = Actor(2, "Sister Mary", ("nurse",))
    with units.open() as unit:
        unit.patients.add(asha())
        unit.commit()
    assert actions(units, AuditFilter(action="user.")) == ["user.create"]
    assert actions(units, AuditFilter(actor_id=2)) == ["patient.create"]
    assert actions(units, AuditFilter(until=clock.moment - timedelta(days=1))) == ["user.create"]
    with units.read() as unit:
        assert unit.audit.count(AuditFilter()) == 2
        assert [entry.actor_name for entry in unit.audit.entries(AuditFilter())] == ["", "Dr Rao"]
    units.actor = ACTOR


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_entry SET body = 'x'", "DELETE FROM audit_entry"],
)
def test_the_database_itself_refuses_to_change_the_audit(
    units: UnitsOfWork, engines_of_clinic: Engines, statement: str
) -> None:
    with units.open() as unit:
        unit.patients.add(asha())
        unit.commit()
    with pytest.raises(DatabaseError), engines_of_clinic.writer.begin() as connection:
        connection.execute(text(statement))


def fill(units: UnitsOfWork, count: int = 6) -> None:
    for number in range(count):
        with units.open() as unit:
            unit.enter(AuditEvent("print", "page", str(number)))
            unit.commit()


@pytest.mark.parametrize(
    ("statements", "problem"),
    [
        (("UPDATE audit_entry SET body = replace(body, '\"2\"', '\"9\"') WHERE seq = 3",), (3, "audit_entry_changed")),
        (("UPDATE audit_entry SET actor_id = 9 WHERE seq = 4",), (4, "audit_entry_changed")),
        (("UPDATE audit_entry SET outcome = 'denied' WHERE seq = 4",), (4, "audit_entry_changed")),
        (("DELETE FROM audit_entry WHERE seq = 2",), (2, "audit_entry_missing")),
        (
            ("DELETE FROM audit_entry WHERE seq = 2", "UPDATE audit_entry SET seq = 2 WHERE seq = 6"),
            (2, "audit_entry_changed"),
        ),
        (("DELETE FROM audit_entry WHERE seq > 4",), (5, "audit_cut_off")),
        (("DELETE FROM audit_entry",), (1, "audit_cut_off")),
    ],
)
def test_tampering_is_found_and_the_first_bad_entry_named(
    units: UnitsOfWork, tampered: Engines, statements: tuple[str, ...], problem: tuple[int, str]
) -> None:
    fill(units)
    anchor = head(units)
    assert verified(units, (anchor,)).intact
    tamper(tampered, *statements)
    (found,) = verified(units, (anchor,)).problems
    assert (found.seq, found.code) == problem
    assert found.remembered == (anchor.seq if found.code == "audit_cut_off" else 0)


def test_a_cut_off_tail_shows_only_against_an_anchor(units: UnitsOfWork, tampered: Engines) -> None:
    fill(units)
    anchor = head(units)
    tamper(tampered, "DELETE FROM audit_entry WHERE seq > 4")
    assert verified(units).intact
    assert not verified(units, (anchor,)).intact


def test_another_key_seals_nothing(units: UnitsOfWork, engines_of_clinic: Engines, clock: Clock) -> None:
    fill(units, 2)
    other = UnitsOfWork(engines_of_clinic, ACTOR, clock, bytes(32))
    assert verified(other).problems[0] == AuditProblem(1, "audit_entry_changed")
    assert bytes(32) != AUDIT_KEY


def test_a_row_changed_past_the_program_is_named(services: Services, engines_of_clinic: Engines) -> None:
    patient_id, case_id = add_patient(services)
    give(services, patient_id, case_id, TODAY - timedelta(days=90))
    assert verified(services.context.units).intact
    with engines_of_clinic.writer.begin() as connection:
        connection.execute(text("UPDATE injection_session SET units = 4000"))
    (problem,) = verified(services.context.units).problems
    assert (problem.code, problem.object_type) == ("audit_row_differs", "injection_session")
    with engines_of_clinic.writer.begin() as connection:
        connection.execute(text("DELETE FROM patient_phone"))
    codes = {(found.code, found.object_type) for found in verified(services.context.units).problems}
    assert ("audit_row_gone", "patient_phone") in codes


def test_ids_are_never_given_twice(units: UnitsOfWork) -> None:
    with units.open() as unit:
        first = unit.patients.add(asha()).id
        unit.commit()
    with units.open() as unit:
        unit.patients.delete([first])
        unit.commit()
    with units.open() as unit:
        second = unit.patients.add(asha()).id
        unit.commit()
    assert second > first


def test_a_clock_set_back_shows(units: UnitsOfWork, clock: Clock) -> None:
    fill(units, 1)
    clock.go_to(date(2025, 1, 1))
    fill(units, 1)
    with units.read() as unit:
        newest, jump, first = unit.audit.entries(AuditFilter())
    assert (first.clock.value, jump.clock.value, newest.clock.value) == ("ok", "back", "back")
    assert (jump.action, jump.object_id[:10]) == ("clock.back", "2026-03-19")
    assert newest.seq == first.seq + 2


def test_an_anchor_reads_back(tmp_path: Path) -> None:
    anchor = Anchor(7, "ab" * 32, "2026-03-19T09:00:00+00:00")
    assert Anchor.parse(anchor.text) == anchor
    with pytest.raises(ValueError, match="0:"):
        Anchor.parse("0:" + "ab" * 32 + ":")
    assert tmp_path.exists()


def test_no_statement_goes_past_the_watch() -> None:
    """Core updates and deletes are unseen: only those that write what follows from other rows may stand."""
    allowed = {
        ("audit.py", "insert"),
        ("bulk.py", "insert"),
        ("bulk.py", "update"),
        ("known_windows.py", "delete"),
        ("picture_store.py", "insert"),
        ("picture_store.py", "update"),
        ("picture_store.py", "delete"),
        ("schedule.py", "update"),
    }
    found = {
        (path.name, node.func.id)
        for path in Path(audit.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"insert", "update", "delete"}
    }
    assert ("schedule.py", "update") in found
    assert found <= allowed, found - allowed
