"""Two people at one record: nobody's change is lost, and both versions are shown (T12)."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from clinic_app.domain.cases import CaseDetails
from clinic_app.domain.conflicts import clashes_in
from clinic_app.domain.errors import ClinicError, Conflict, RuleBroken
from clinic_app.domain.patients import PatientDetails
from clinic_app.domain.schedule import Appointment, AppointmentStatus, BookingDetails
from clinic_app.domain.treatment import SessionDetails
from clinic_app.imaging.reader import PictureReader
from clinic_app.machine.places import find_places
from clinic_app.services import Services
from clinic_app.services.clinic_data import ClinicDoor
from clinic_app.wording.conflicts import clash_lines, who_words
from clinic_app.wording.sentences import sentence_of
from tests.builders import PASSPHRASE, TODAY, Clock, add_patient, give, open_test_clinic
from tests.crash.amounts import BOOKED_EACH, BOOKING_TRIES, EDIT_RACES
from tests.services.conftest import day, refusal

WRITERS = 4
RACES = EDIT_RACES // WRITERS
DAYS = [TODAY + timedelta(days=ahead) for ahead in (33, 36, 40, 43)]
"""Botox days of two weeks; a try for each of 60 patients is more than they have places."""


def test_both_versions_of_a_patient_field_by_field(services: Services, someone: tuple[int, int]) -> None:
    patient_id, _ = someone
    read = services.patients.get(patient_id)
    services.patients.change(patient_id, replace(read.details, village="Pune", notes="theirs"), read.version)
    error = refusal(
        lambda: services.patients.change(patient_id, replace(read.details, notes="mine", weight_kg=61.5), read.version)
    )
    assert isinstance(error, Conflict)
    assert {one.field: (one.mine, one.theirs) for one in clashes_in(error)} == {
        "village": ("", "Pune"),
        "notes": ("mine", "theirs"),
        "weight_kg": (61.5, None),
    }
    assert ("Village or area", "–", "Pune") in clash_lines(error)
    assert who_words(error) == "Dr Rao saved this at 09:00, while you were editing."
    assert "in the meantime" in sentence_of(error)
    services.patients.change(patient_id, replace(read.details, notes="mine"), int(str(error.params["version"])))
    assert services.patients.get(patient_id).details.notes == "mine"


def test_both_versions_of_a_case_an_injection_and_a_booking(services: Services, someone: tuple[int, int]) -> None:
    patient_id, case_id = someone
    case = services.cases.get(case_id)
    services.cases.change(case_id, replace(case.details, onset="2019"), case.version)
    error = refusal(lambda: services.cases.change(case_id, replace(case.details, onset="2018"), case.version))
    assert isinstance(error, Conflict)
    assert clash_lines(error) == (("Onset", "2018", "2019"),)
    session = give(services, patient_id, case_id, day("2025-12-01")).sessions[0]
    mine, theirs = (SessionDetails(case_id, "ona", Decimal(units)) for units in (40, 45))
    services.treatment.correct(session.id, theirs, day("2025-12-01"), "mistyped", session.version)
    error = refusal(
        lambda: services.treatment.correct(session.id, mine, day("2025-12-02"), "mistyped", session.version)
    )
    assert isinstance(error, Conflict)
    assert [one[0] for one in clash_lines(error)] == ["Day", "Units"]
    booked = services.schedule.book(BookingDetails(patient_id, TODAY + timedelta(days=33), (case_id,))).result
    assert isinstance(booked, Appointment)
    services.schedule.set_status(booked.id, AppointmentStatus.CONFIRMED, booked.version)
    error = refusal(lambda: services.schedule.move(booked.id, TODAY + timedelta(days=40), version=booked.version))
    assert isinstance(error, Conflict)
    assert [one[0] for one in clash_lines(error)] == ["Day"]


def test_the_loser_of_a_time_sees_who_won(services: Services, someone: tuple[int, int]) -> None:
    from datetime import time as clock_time

    patient_id, case_id = someone
    other, other_case = add_patient(services, "Comes Second", "CS1")
    when = TODAY + timedelta(days=36)
    services.schedule.book(BookingDetails(patient_id, when, (case_id,), clock_time(10, 30)))
    error = refusal(lambda: services.schedule.book(BookingDetails(other, when, (other_case,), clock_time(10, 30))))
    assert isinstance(error, RuleBroken)
    assert (error.code, error.params["by"]) == ("time_taken", "Dr Rao")
    assert "booked by Dr Rao" in sentence_of(error)
    with_reason = BookingDetails(other, when, (other_case,), clock_time(10, 30), reason="two chairs")
    assert services.schedule.book(with_reason).result is not None


def _open(folder: str) -> Services:
    door = ClinicDoor(find_places(), Clock(), PictureReader, today_given=True)
    return door.open(folder, PASSPHRASE, "Dr Rao")


Told = SimpleQueue[list[str]]


def _edit(folder: str, patient_id: int, writer: int, races: int, told: Told, together: Barrier) -> None:
    """Read, change, save, without trying again; tell what was acknowledged."""
    services = _open(folder)
    together.wait()
    kept: list[str] = []
    try:
        for race in range(races):
            mark = f"w{writer}r{race}"
            read = services.patients.get(patient_id)
            changed = replace(read.details, notes=f"{read.details.notes} {mark}".strip())
            try:
                services.patients.change(patient_id, changed, read.version)
                kept.append(mark)
            except Conflict as error:
                if not clashes_in(error):
                    kept.append(f"blind {mark}")
            except ClinicError as error:
                kept.append(f"other {error.code}")
    finally:
        services.close()
    told.put(kept)


def _book(folder: str, people: list[tuple[int, int]], writer: int, tries: int, told: Told, together: Barrier) -> None:
    """Book at random on few days; tell what was refused without saying who won."""
    services, chance = _open(folder), random.Random(writer)  # noqa: S311
    together.wait()
    lost: list[str] = []
    try:
        for _ in range(tries):
            patient_id, case_id = chance.choice(people)
            when = chance.choice(DAYS)
            try:
                services.schedule.book(BookingDetails(patient_id, when, (case_id,)))
            except RuleBroken as error:
                if error.code == "day_is_full" and not error.params["by"]:
                    lost.append("nobody named")
                elif error.code not in ("day_is_full", "already_booked", "booked_other_day"):
                    lost.append(error.code)
            except ClinicError as error:
                lost.append(error.code)
    finally:
        services.close()
    told.put(lost)


def _book_without_a_break(
    folder: str, people: list[tuple[int, int]], writer: int, count: int, told: Told, together: Barrier
) -> None:
    """Book one patient after the other; tell when each booking was acknowledged, or what was refused.

    The first booking of a program takes far longer than those that follow: each makes it before they begin together.
    """
    services = _open(folder)
    said: list[str] = []

    def book(number: int) -> None:
        patient_id, case_id = people[writer * count + number]
        when = TODAY + timedelta(days=30 + number % 28)
        try:
            services.schedule.book(BookingDetails(patient_id, when, (case_id,), reason="room", decided_by="Dr Rao"))
            said.append(f"{writer} {time.monotonic()}")
        except ClinicError as error:
            said.append(f"{writer} {error.code}")

    try:
        book(0)
        together.wait()
        said.clear()
        for number in range(1, count):
            book(number)
    finally:
        services.close()
    told.put(said)


def _run(target: object, *rest: object) -> list[str]:
    """Four processes at once; what each told."""
    make = multiprocessing.get_context("spawn")
    told: Told = make.SimpleQueue()
    together = make.Barrier(WRITERS)
    assert callable(target)
    processes = [
        make.Process(target=target, args=(*rest[:2], writer, rest[2], told, together)) for writer in range(WRITERS)
    ]
    for process in processes:
        process.start()
    found = [mark for _ in processes for mark in told.get()]
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    return found


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_edit_races_lose_nothing(tmp_path: Path) -> None:
    with open_test_clinic(tmp_path) as services:
        patient_id = services.patients.add(PatientDetails("Much Edited")).result
        assert isinstance(patient_id, int)
        first = services.patients.get(patient_id).version
    kept = _run(_edit, str(tmp_path / "clinic"), patient_id, RACES)
    services = _open(str(tmp_path / "clinic"))
    try:
        with services.context.units.read() as unit:
            now = unit.patients.get(patient_id)
            problems = unit.audit.verify(rows=True).problems
    finally:
        services.close()
    assert problems == ()
    assert sorted(now.details.notes.split()) == sorted(kept), "every acknowledged change, and nothing else"
    assert now.version - first == len(kept)
    assert len(kept) >= RACES, "at least one of four writers wins each round"


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_four_writers_never_fill_a_day_over(tmp_path: Path) -> None:
    with open_test_clinic(tmp_path) as services:
        people = [add_patient(services, f"Person {n}", f"B{n}", phone=f"70000 {n:05}") for n in range(60)]
        assert isinstance(services.cases.get(people[0][1]).details, CaseDetails)
    lost = _run(_book, str(tmp_path / "clinic"), people, BOOKING_TRIES // WRITERS)
    assert lost == []
    services = _open(str(tmp_path / "clinic"))
    try:
        for week in range(5):
            for board in services.schedule.week(TODAY - timedelta(days=TODAY.weekday()) + timedelta(weeks=4 + week)):
                tokens = [one.appointment.token for one in board.entries]
                assert len(set(tokens)) == len(tokens)
                if board.day.is_botox_day:
                    assert len(tokens) <= board.day.capacity
    finally:
        services.close()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_of_four_writers_none_starves(tmp_path: Path) -> None:
    """With SQLite's own waiting one of four was through before the slowest had made its first booking."""
    with open_test_clinic(tmp_path) as services:
        people = [
            add_patient(services, f"Person {n}", f"B{n}", phone=f"70000 {n:05}") for n in range(WRITERS * BOOKED_EACH)
        ]
    said = [one.split() for one in _run(_book_without_a_break, str(tmp_path / "clinic"), people, BOOKED_EACH)]
    assert [code for _, code in said if code.isidentifier()] == [], "none was told that the database is busy"
    moments = [(writer, float(moment)) for writer, moment in said]
    through = min(max(moment for one, moment in moments if one == writer) for writer in {one for one, _ in moments})
    done = Counter(writer for writer, moment in moments if moment <= through)
    print("bookings when the first was through:", sorted(done.values()))
    assert len(done) == WRITERS, "each had its turn before the first was through"
