"""T11: every role and every action, called on the services; what is refused is entered; nothing is left unguarded."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import partial
from types import SimpleNamespace

import pytest
from sqlalchemy import event

from clinic_app.domain.access import MATRIX, SIGNED_IN_AGAIN_S, Action, Need
from clinic_app.domain.audit import AuditFilter, Outcome
from clinic_app.domain.errors import AccessRefused, ClinicError, Conflict, RuleBroken
from clinic_app.domain.people import Role, User
from clinic_app.domain.schedule import Attempt, BookingDetails, DecisionKind, FollowUpStatus
from clinic_app.domain.schedule_filter import CallListFilter
from clinic_app.domain.treatment import SessionDetails, Visit, VisitDetails
from clinic_app.services import Services
from clinic_app.services.access import ONE_DENIAL_S
from clinic_app.services.needs import Rule, _arguments_of
from clinic_app.wording.access import restricted_name
from clinic_app.wording.sentences import sentence_of
from tests.builders import PASSPHRASE, TODAY, Clock, add_patient, door, give, open_test_clinic

OWNER = "Dr Rao"
USERS = {
    Role.NURSE: "Nurse Joy",
    Role.DOCTOR: "Dr Iyer",
    Role.ADMIN: "Anita Office",
    Role.READ_ONLY: "Rita Reader",
}
WORDS = "four wet umbrellas in {}"
REASON = "The patient asked for it"
CELLS = [(action, role) for action in Action for role in Role]


@dataclass
class World:
    """One clinic, its users, an open patient and a restricted one; a clock for what must pass."""

    services: Services
    patient: int
    case: int
    secret: int
    secret_case: int
    ticks: float = 0.0

    def work(self, name: str) -> Services:
        """Let somebody work."""
        words = PASSPHRASE if name == OWNER else WORDS.format(name)
        door().switch(self.services, name, words)
        return self.services

    @property
    def words(self) -> str:
        """The passphrase of who works."""
        name = self.services.access.user.name
        return PASSPHRASE if name == OWNER else WORDS.format(name)

    def denials(self) -> int:
        """How many refusals were entered."""
        with self.services.context.units.read() as unit:
            return unit.audit.count(AuditFilter(action="authz.denied", outcome=Outcome.DENIED))

    def events(self, action: str, patient_id: int | None = None) -> int:
        """How many entries of an action there are."""
        with self.services.context.units.read() as unit:
            return unit.audit.count(AuditFilter(action=action, patient_id=patient_id))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A clinic with one user of each role."""
    with open_test_clinic(tmp_path_factory.mktemp("access"), Clock()) as services:
        patient, case = add_patient(services, "Asha Verma", "4127")
        secret, secret_case = add_patient(services, "Secret Person", "9001", phone="98765 43210")
        give(services, secret, secret_case, TODAY - timedelta(days=200))
        services.access.confirm(PASSPHRASE, Action.MANAGE)
        for role, name in USERS.items():
            services.people.add(name, {role}, WORDS.format(name))
        services.access.set_protection(secret, restricted=True, reason="A colleague of ours")
        world = World(services, patient, case, secret, secret_case)
        services.access._ticks = lambda: world.ticks  # the one clock nobody hands in from the door
        yield world


@pytest.fixture
def world(made: World) -> World:
    """The clinic with nothing shown by anybody."""
    made.ticks += 10_000
    made.services.access.read_again()
    return made


def code_of(call: Callable[[], object]) -> str:
    """The code a call is refused with; empty where it is not."""
    refused: AccessRefused | None = None
    try:
        call()
    except AccessRefused as caught:
        refused = caught
    assert refused is None or "{" not in sentence_of(refused)
    return "" if refused is None else refused.code


def draft(services: Services, patient: int, case: int, by: str, day: int = 0) -> int:
    """An injection that is not finalised; answers its session."""
    session = SessionDetails(case, "ona", Decimal(35))
    details = VisitDetails(TODAY - timedelta(days=100 + day), (session,), by)
    visit = services.treatment.record(patient, details, finalise=False).result
    assert isinstance(visit, Visit)
    return visit.sessions[0].id


CALLS: dict[Action, Callable[[World], object]] = {
    Action.FIND: lambda w: w.services.patients.entries(),
    Action.SEE_RECORD: lambda w: w.services.patients.page(w.patient),
    Action.SEE_PHOTOS: lambda w: w.services.pictures.entries(w.patient),
    Action.SEE_RESTRICTED: lambda w: w.services.patients.get(w.secret),
    Action.REGISTER: lambda w: w.services.schedule.log_call(w.case, Attempt.NO_ANSWER),
    Action.EDIT_RECORD: lambda w: w.services.cases.decide(w.case, DecisionKind.GO_ON),
    Action.ADD_PHOTOS: lambda w: w.services.pictures.set_views({}),
    Action.DRAFT_INJECTION: lambda w: w.services.treatment.preview(w.patient, VisitDetails(TODAY, ())),
    Action.SIGN_INJECTION: lambda w: w.services.treatment.finalise(()),
    Action.IMPORT: lambda w: w.services.register.saved_mapping(["mrn", "name"]),
    Action.MANAGE: lambda w: w.services.access.set_protection(w.patient, legal_hold=False, reason=REASON),
    Action.REVIEW_EMERGENCIES: lambda w: w.services.access.emergencies(),
    Action.SEE_AUDIT: lambda w: w.services.access.audit_scope(),
}
"""What stands for an action; the others are asked of ``access`` itself."""

REFUSED = {
    Need.OWN: "emergency_needed",
    Need.REASON: "reason_needed",
    Need.EMERGENCY: "emergency_needed",
    Need.SIGN_IN_AGAIN: "sign_in_again",
    Need.SIGN_IN_AGAIN_AND_REASON: "reason_needed",
    Need.SECOND_PERSON: "reason_needed",
    Need.NO: "not_allowed",
}


def call_of(world: World, action: Action) -> Callable[[], object]:
    """The call that stands for an action."""
    if action in CALLS:
        return lambda: CALLS[action](world)
    return lambda: world.services.access.check(action, world.patient)


@pytest.mark.parametrize(("action", "role"), [cell for cell in CELLS if cell[0] is not Action.EDIT_UNSIGNED])
def test_every_cell_of_the_matrix(world: World, action: Action, role: Role) -> None:
    services = world.work(USERS[role])
    access, need, call = services.access, MATRIX[action][role], call_of(world, action)
    before = world.denials()
    code = code_of(call)
    if need is Need.YES or (action, need) == (Action.SEE_AUDIT, Need.OWN):
        assert code == ""
        assert world.denials() == before
        return
    assert code == REFUSED[need]
    assert world.denials() == before + 1
    assert not access.may(action, world.secret if action is Action.SEE_RESTRICTED else world.patient)
    if need is Need.NO:
        with access.because(REASON):
            access.confirm(world.words)
            assert code_of(call) == "not_allowed"
        return
    if need in {Need.OWN, Need.EMERGENCY}:
        patient = world.secret if action is Action.SEE_RESTRICTED else world.patient
        access.open_emergency(patient, world.words, REASON)
        assert code_of(call) == ""
        return
    with access.because(REASON if need is not Need.SIGN_IN_AGAIN else ""):
        if need is not Need.REASON:
            assert code_of(call) == "sign_in_again"
            access.confirm(world.words)
        if need is Need.SECOND_PERSON:
            assert code_of(call) == "second_person_needed"
            access.second_person(OWNER, PASSPHRASE)
        assert code_of(call) == ""


@pytest.mark.parametrize("role", Role)
def test_what_is_not_finalised_is_corrected_by_its_writer_on_the_day(world: World, role: Role) -> None:
    services = world.work(OWNER)
    number = list(Role).index(role)
    patient, case = add_patient(services, f"Patient {number}", f"U{number}", phone=f"70000 0000{number}")
    others = draft(services, patient, case, OWNER, 10 * number)
    services = world.work(USERS[role])
    expected = "" if MATRIX[Action.EDIT_UNSIGNED][role] is Need.YES else "not_allowed"
    assert code_of(lambda: services.treatment.void(others, REASON)) == expected
    if role is Role.NURSE:
        own = draft(services, patient, case, OWNER, 200)
        details = SessionDetails(case, "ona", Decimal(40))
        day = TODAY - timedelta(days=300)
        services.treatment.correct(own, details, day, REASON)
        assert services.treatment.session(own).state.value == "given"
        world.work(OWNER).treatment.finalise((own,))
        services = world.work(USERS[role])
        assert code_of(lambda: services.treatment.correct(own, details, day, REASON)) == "not_allowed"
        assert code_of(lambda: services.treatment.record(patient, VisitDetails(TODAY, ()), finalise=True)) == (
            "not_allowed"
        )


def test_a_nurse_corrects_no_entry_of_yesterday(world: World) -> None:
    services = world.work(USERS[Role.NURSE])
    clock = services.context.now
    assert isinstance(clock, Clock)
    patient, case = add_patient(services, "Of yesterday", "Y1", phone="70000 00099")
    session = draft(services, patient, case, "")
    clock.go_to(TODAY + timedelta(days=1))
    try:
        assert code_of(lambda: services.treatment.void(session, REASON)) == "not_allowed"
    finally:
        clock.go_to(TODAY)


def guarded_methods(services: Services) -> Iterator[tuple[object, str, Callable[..., object]]]:
    """Every public method of every service, and of the services together, with its owner."""
    owners: list[object] = [services]
    for name, found in inspect.getmembers(type(services)):
        if isinstance(found, property) and name not in {"catalogues", "clinic"}:
            owners.append(getattr(services, name))
    assert len(owners) >= 8
    for owner in owners:
        for name, found in inspect.getmembers(type(owner)):
            if name.startswith("_"):
                continue
            if isinstance(found, property) and owner is not services and owner is not services.access:
                assert found.fget is not None
                yield owner, name, found.fget
            elif inspect.isfunction(found):
                yield owner, name, found


def test_no_method_of_a_service_is_without_a_need(world: World) -> None:
    bare = [
        f"{type(owner).__name__}.{name}"
        for owner, name, method in guarded_methods(world.services)
        if not hasattr(method, "__needs__")
    ]
    assert bare == []


def test_the_arguments_a_need_looks_at_are_those_of_the_method(world: World) -> None:
    guarded = [method for _, _, method in guarded_methods(world.services) if method.__needs__]  # type: ignore[attr-defined]
    assert len(guarded) > 50
    for method in guarded:
        names, defaults = _arguments_of(inspect.unwrap(method))
        parameters = inspect.signature(method).parameters
        assert names == tuple(parameters)
        assert defaults == {n: one.default for n, one in parameters.items() if one.default is not one.empty}


@pytest.mark.parametrize("role", Role)
def test_every_method_refuses_whom_the_matrix_refuses(world: World, role: Role) -> None:
    """With arguments that mean nothing: the refusal comes before anything else is looked at."""
    services = world.work(USERS[role])
    asked = SimpleNamespace(patient_id=world.patient)
    tried = 0
    for owner, name, method in guarded_methods(services):
        rules: tuple[Rule, ...] = method.__needs__  # type: ignore[attr-defined]
        if not any(MATRIX[rule.action][role] is Need.NO and not rule.when for rule in rules):
            continue
        parameters = list(inspect.signature(method).parameters.values())[1:]
        given = {one.name: asked if one.name == "details" else 0 for one in parameters if one.default is one.empty}
        before = world.denials()
        world.ticks += ONE_DENIAL_S
        with pytest.raises(AccessRefused) as refused:
            method(owner, **given)
        assert refused.value.code == "not_allowed", name
        assert world.denials() == before + 1
        tried += 1
    assert tried > 10 or role is not Role.READ_ONLY


def test_signing_in_again_holds_for_five_minutes_and_one_class_of_action(world: World) -> None:
    access = world.work(USERS[Role.ADMIN]).access
    access.confirm(world.words)
    access.check(Action.MANAGE)
    assert code_of(lambda: access.check(Action.ROTATE_KEYS)) == "sign_in_again"
    world.ticks += SIGNED_IN_AGAIN_S - 1
    access.check(Action.MANAGE)
    world.ticks += 2
    assert code_of(lambda: access.check(Action.MANAGE)) == "sign_in_again"


def test_asking_whether_something_may_be_done_binds_and_enters_nothing(world: World) -> None:
    access = world.work(USERS[Role.ADMIN]).access
    before = world.denials()
    assert not access.may(Action.MANAGE)
    access.confirm(world.words)
    assert access.may(Action.MANAGE)
    assert access.may(Action.ROTATE_KEYS)
    assert world.denials() == before


def test_a_wrong_passphrase_signs_nobody_in_again(world: World) -> None:
    access = world.work(USERS[Role.ADMIN]).access
    before = world.events("auth.fail")
    assert code_of(lambda: access.confirm("something else entirely here")) == "wrong_passphrase"
    assert world.events("auth.fail") == before + 1
    assert not access.may(Action.MANAGE)


def test_the_second_person_is_somebody_else_who_may_do_it(world: World) -> None:
    access = world.work(USERS[Role.ADMIN]).access
    assert code_of(lambda: access.second_person(USERS[Role.ADMIN], world.words)) == "second_person_same"
    assert code_of(lambda: access.second_person("Nobody", "x")) == "second_person_unknown"
    access.confirm(world.words)
    access.second_person(USERS[Role.DOCTOR], WORDS.format(USERS[Role.DOCTOR]))
    with access.because(REASON):
        assert code_of(lambda: access.check(Action.PURGE)) == "second_person_needed"


def test_a_wrong_passphrase_of_the_second_person_is_entered_as_theirs(world: World) -> None:
    access = world.work(USERS[Role.ADMIN]).access
    assert code_of(lambda: access.second_person(USERS[Role.DOCTOR], "not the words of anybody")) == "wrong_passphrase"
    with world.services.context.units.read() as unit:
        (entry,) = unit.audit.entries(AuditFilter(action="auth.fail"), 0, 1)
        doctor = unit.clinic.user(USERS[Role.DOCTOR])
    assert doctor is not None
    assert entry.object_id == str(doctor.id)


def test_what_somebody_showed_goes_when_they_leave(world: World) -> None:
    access = world.work(USERS[Role.ADMIN]).access
    access.confirm(world.words)
    world.work(USERS[Role.NURSE])
    world.work(USERS[Role.ADMIN])
    assert code_of(lambda: access.check(Action.MANAGE)) == "sign_in_again"


def test_a_reason_is_kept_with_what_is_written(world: World) -> None:
    services = world.work(OWNER)
    with services.access.because(REASON):
        services.schedule.log_call(world.case, Attempt.NO_ANSWER)
    with services.context.units.read() as unit:
        newest = unit.audit.entries(AuditFilter(patient_id=world.patient, action="call"), 0, 1)
    assert newest[0].reason == REASON


def test_a_reason_once_given_stands_for_the_photographs_of_one_patient(world: World) -> None:
    access = world.work(USERS[Role.READ_ONLY]).access
    access.explain(Action.SEE_PHOTOS, world.patient, REASON)
    assert world.services.pictures.entries(world.patient) == ()
    other, _ = add_patient(world.work(OWNER), "Other", "O1", phone="70000 00077")
    world.work(USERS[Role.READ_ONLY])
    assert code_of(lambda: world.services.pictures.entries(other)) == "reason_needed"


def test_nobody_is_asked_anything_of_the_database_while_nothing_is_restricted(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with open_test_clinic(tmp_path_factory.mktemp("plain"), Clock()) as services:
        _, case = add_patient(services)
        services.cases.get(case)
        asked: list[str] = []
        engine = services.context.units._engines.reader  # to count what is asked
        event.listen(engine, "before_cursor_execute", lambda *found: asked.append(found[2]))
        services.cases.get(case)
        plain = len(asked)
        with services.context.units.read() as unit:
            unit.cases.get(case)
        assert plain == len(asked) - plain


def test_a_restricted_patient_is_a_number_in_every_list(world: World) -> None:
    services = world.work(OWNER)
    services.schedule.book(BookingDetails(world.secret, TODAY + timedelta(days=8), (world.secret_case,), note="shy"))
    services = world.work(USERS[Role.NURSE])
    told: list[object] = []
    entries = services.patients.entries()
    told += entries
    assert entries[-1].id == world.secret
    assert entries[services.patients.place(world.secret)].id == world.secret
    count, first = services.patients.first_page("")
    assert (count, len(first)) == (len(entries), len(entries))
    assert services.patients.count("") == count
    assert services.patients.entries("Secret") == ()
    assert services.patients.first_page("98765")[0] == services.patients.count("98765") == 0
    found = services.patients.entries("9001")
    assert [(one.mrn, one.name) for one in found] == [("9001", "Restricted patient")]
    told += found
    for status in FollowUpStatus:
        told += services.schedule.rows(status, 0, 50)
    told += services.schedule.due()
    told.append(services.schedule.entry(world.secret_case))
    for week in range(3):
        told += services.schedule.week(TODAY + timedelta(days=7 * week - TODAY.weekday()))
    told += services.schedule.booked_cases()
    told += services.patients.everybody()
    told += services.treatment.sessions()
    told += services.pictures.all()
    text = repr(told)
    assert "9001" in text
    for secret in ("Secret Person", "98765", "shy"):
        assert secret not in text
    masked = services.schedule.entry(world.secret_case)
    assert masked is not None
    assert (masked.name, masked.condition, masked.last_units) == ("Restricted patient", "", None)
    narrowed = CallListFilter(condition="blepharospasm_bilateral")
    assert all(
        one.patient_id != world.secret for s in FollowUpStatus for one in services.schedule.rows(s, 0, 50, narrowed)
    )
    assert sum(services.schedule.counts(narrowed).values()) == sum(
        len(services.schedule.rows(status, 0, 500, narrowed)) for status in FollowUpStatus
    )


def test_what_is_of_a_restricted_patient_is_closed_by_whatever_it_is_found(world: World) -> None:
    services = world.work(OWNER)
    session = services.treatment.sessions(world.secret)[0][0].id
    booked = services.schedule.booked_cases(world.secret)
    undo = services.schedule.log_call(world.secret_case, Attempt.NO_ANSWER).undo
    assert undo is not None
    services = world.work(USERS[Role.NURSE])
    for call in (
        lambda: services.patients.get(world.secret),
        lambda: services.patients.by_mrn("9001"),
        lambda: services.patients.page(world.secret),
        lambda: services.cases.get(world.secret_case),
        lambda: services.schedule.inspector(world.secret_case),
        lambda: services.schedule.log_call(world.secret_case, Attempt.NO_ANSWER),
        lambda: services.treatment.session(session),
        lambda: services.pictures.pair(world.secret_case),
        lambda: services.undo(undo),
        *([lambda: services.schedule.set_drug(booked[0][0].id, booked[0][0].drug)] if booked else []),
    ):
        assert code_of(call) == "emergency_needed"
    assert services.whose(undo) == {world.secret: restricted_name()}
    services.access.open_emergency(world.secret, world.words, REASON)
    assert services.patients.page(world.secret).patient.name == "Secret Person"
    services.undo(undo)
    assert services.patients.entries("Secret")[0].name == "Secret Person"


def test_a_doctor_sees_the_restricted_patients_he_treats(world: World) -> None:
    services = world.work(USERS[Role.DOCTOR])
    assert code_of(lambda: services.patients.get(world.secret)) == "emergency_needed"
    services = world.work(OWNER)
    patient, case = add_patient(services, "Own Patient", "OWN1", phone="70000 00055")
    session = SessionDetails(case, "ona", Decimal(35))
    services.treatment.record(patient, VisitDetails(TODAY - timedelta(days=3), (session,), "dr iyer"), finalise=True)
    services.access.confirm(PASSPHRASE)
    services.access.set_protection(patient, restricted=True, reason=REASON)
    services = world.work(USERS[Role.DOCTOR])
    assert services.patients.get(patient).name == "Own Patient"
    scope = services.access.audit_scope()
    assert (scope.everything, scope.actor_id) == (False, None)
    assert patient in scope.patient_ids
    assert world.secret not in scope.patient_ids
    services = world.work(USERS[Role.NURSE])
    assert services.access.audit_scope().actor_id == services.access.user.id
    services = world.work(OWNER)
    services.access.confirm(PASSPHRASE)
    services.access.set_protection(patient, restricted=False, reason=REASON)


def test_an_administrator_sees_lists_without_diagnosis_and_dose(world: World) -> None:
    services = world.work(OWNER)
    patient, case = add_patient(services, "With Dose", "D1", phone="70000 00044")
    give(services, patient, case, TODAY - timedelta(days=100), "37.5")
    services = world.work(USERS[Role.ADMIN])
    entry = services.schedule.entry(case)
    assert entry is not None
    assert (entry.name, entry.condition, entry.last_units) == ("With Dose", "", None)
    assert entry.answer.window.opens is not None
    found = next(one for one in services.patients.entries() if one.id == patient)
    assert (found.name, found.phone, found.cases, found.last_on) == ("With Dose", "70000 00044", (), None)
    assert "37.5" not in repr((entry, services.schedule.due()))
    assert code_of(lambda: services.schedule.inspector(case)) == "emergency_needed"
    assert code_of(lambda: services.treatment.sessions()) == "not_allowed"
    services.access.open_emergency(patient, world.words, REASON)
    again = services.schedule.entry(case)
    assert again is not None
    assert again.last_units == Decimal("37.5")


def test_an_emergency_opening_ends_and_is_reviewed(world: World) -> None:
    services = world.work(USERS[Role.NURSE])
    access, counted = (
        services.access,
        [world.events(f"breakglass.{word}", world.secret) for word in ("start", "stop", "ack")],
    )
    with pytest.raises(RuleBroken) as short:
        access.open_emergency(world.secret, world.words, "too short")
    assert short.value.code == "emergency_reason_short"
    assert code_of(lambda: access.open_emergency(world.secret, "not the passphrase", REASON)) == "wrong_passphrase"
    with pytest.raises(RuleBroken) as needless:
        access.open_emergency(world.patient, world.words, REASON)
    assert needless.value.code == "emergency_not_needed"
    until = access.open_emergency(world.secret, world.words, REASON)
    assert until > services.context.now()
    assert list(access.opened_in_emergency()) == [world.secret]
    services.patients.get(world.secret)
    world.ticks += 1801
    assert code_of(lambda: services.patients.get(world.secret)) == "emergency_needed"
    assert code_of(lambda: access.emergencies()) == "not_allowed"
    access = world.work(USERS[Role.DOCTOR]).access
    opening = access.emergencies()[0]
    assert (opening.mrn, opening.user_name, opening.reason) == ("9001", USERS[Role.NURSE], REASON)
    access.acknowledge(opening.id)
    assert opening.id not in {one.id for one in access.emergencies()}
    assert opening.id in {one.id for one in access.emergencies(unacknowledged=False)}
    with pytest.raises(Conflict):
        access.acknowledge(opening.id)
    own = access.open_emergency(world.secret, world.words, REASON)
    assert own > until
    with pytest.raises(RuleBroken) as refused:
        access.acknowledge(access.emergencies()[0].id)
    assert refused.value.code == "own_emergency"
    now = [world.events(f"breakglass.{word}", world.secret) for word in ("start", "stop", "ack")]
    assert [after - before for before, after in zip(counted, now, strict=True)] == [2, 1, 1]


def test_one_denial_a_minute_and_none_for_a_page_that_reads_itself_anew(world: World) -> None:
    services = world.work(USERS[Role.NURSE])
    before = world.denials()
    for _ in range(2):
        assert code_of(lambda: services.patients.page(world.secret)) == "emergency_needed"
        assert code_of(lambda: services.pictures.entries(world.secret)) == "emergency_needed"
        assert code_of(lambda: services.drafts.of(world.secret)) in ("emergency_needed", "")
    assert world.denials() == before + 1
    world.ticks += ONE_DENIAL_S
    assert code_of(lambda: services.patients.page(world.secret)) == "emergency_needed"
    assert world.denials() == before + 2
    world.ticks += ONE_DENIAL_S
    for ended in (True, False):
        services.access.open_emergency(world.secret, world.words, REASON)
        if ended:
            services.access.close_emergency(world.secret)
        else:
            world.ticks += 1801
        assert code_of(lambda: services.patients.page(world.secret)) == "emergency_needed"
        assert world.denials() == before + 2
        world.ticks += ONE_DENIAL_S
    assert code_of(lambda: services.patients.page(world.secret)) == "emergency_needed"
    assert world.denials() == before + 3


def test_no_emergency_opens_a_restricted_patient_to_administrators_and_readers(world: World) -> None:
    for role in (Role.ADMIN, Role.READ_ONLY):
        access = world.work(USERS[role]).access
        assert code_of(partial(access.open_emergency, world.secret, world.words, REASON)) == "not_allowed"


def test_protection_needs_a_reason_and_is_entered(world: World) -> None:
    services = world.work(OWNER)
    services.access.confirm(PASSPHRASE)
    with pytest.raises(RuleBroken) as refused:
        services.access.set_protection(world.patient, legal_hold=True)
    assert refused.value.code == "access_reason_missing"
    before = world.events("restricted.set", world.patient)
    services.access.set_protection(world.patient, legal_hold=True, reason=REASON)
    found = services.access.protection(world.patient)
    assert (found.restricted, found.legal_hold, found.reason) == (False, True, REASON)
    services.access.set_protection(world.patient, restricted=True, legal_hold=False, reason=REASON)
    services.access.set_protection(world.patient, restricted=False, reason=REASON)
    assert world.events("restricted.set", world.patient) == before + 2


def test_what_was_shown_is_told(world: World) -> None:
    services = world.work(OWNER)
    told: list[tuple[str, tuple[int, ...]]] = []
    services.context.viewed = lambda view, ids: told.append((view, ids))
    try:
        services.patients.page(world.patient)
        services.schedule.inspector(world.case)
        services.patients.by_mrn("4127")
        with pytest.raises(ClinicError):
            services.pictures.thumbnail(4711)
    finally:
        services.context.viewed = lambda _, __: None
    assert told == [("patient", (world.patient,))] * 3


def test_whoever_is_not_active_may_nothing(world: World) -> None:
    services = world.work(OWNER)
    services.access.confirm(PASSPHRASE)
    added = services.people.add("Gone Soon", {Role.DOCTOR}, WORDS.format("Gone Soon")).result
    services.access.confirm(PASSPHRASE)
    assert isinstance(added, User)
    services.people.disable(added.id)
    assert code_of(lambda: services.access.second_person("Gone Soon", "x")) == "second_person_unknown"
