"""What the start of the program says about the data: whether the database is the newest, and whether it is whole."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from clinic_app.domain.checks import Finding, FindingKind
from clinic_app.domain.errors import Cancelled, DamageFound
from clinic_app.services import Services
from tests.builders import PASSPHRASE, Clock, add_patient, door, open_test_clinic
from tests.services.test_bin import add_photos


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a clinic with a few patients and photographs, closed."""
    with open_test_clinic(tmp_path, Clock()) as services:
        patient_id, _ = add_patient(services)
        add_photos(services, patient_id, 3)
        for number in range(40):
            add_patient(services, f"Person {number}", f"N{number}", phone=f"90000 {number:05}")
    return tmp_path / "clinic"


def opened(folder: Path) -> Services:
    """The clinic of a folder, open."""
    return door(Clock()).open(str(folder), PASSPHRASE)


def codes(found: tuple[Finding, ...]) -> set[str]:
    """The codes of findings, all of them harmful."""
    assert all(one.kind is not FindingKind.NOTE for one in found)
    return {one.code for one in found}


def test_a_whole_clinic_has_nothing_to_say(folder: Path) -> None:
    services = opened(folder)
    try:
        assert services.found_at_start() == ()
        assert services.look_over() == ()
    finally:
        services.close()


def test_a_flipped_bit_in_the_database_refuses_the_clinic_or_is_found_behind_the_window(
    folder: Path, expected_logs: list[str]
) -> None:
    expected_logs.append("looking over the data found")
    path = folder / "clinic.db"
    whole, found = path.read_bytes(), 0
    for place in (0.25, 0.35, 0.5, 0.6, 0.7):
        content = bytearray(whole)
        content[int(len(content) * place)] ^= 4
        path.write_bytes(bytes(content))
        try:
            services = opened(folder)
        except DamageFound:
            continue
        try:
            assert codes(services.look_over()) == {"database_damaged"}, place
            assert codes(services.look_over()) == {"database_damaged"}, "asking again says the same"
        finally:
            services.close()
        found += 1
    assert found


def test_a_photograph_whose_file_is_gone_or_cut_is_named(folder: Path, expected_logs: list[str]) -> None:
    expected_logs.append("looking over the data found")
    services = opened(folder)
    try:
        one, two, *_ = sorted(services.context.store.ids())
        services.context.store.delete(one)
        cut = folder / "blobs" / two[:2] / two
        cut.chmod(0o600)
        cut.write_bytes(cut.read_bytes()[:-1])
        found = services.look_over()
        assert codes(found) <= {"picture_file_missing", "picture_file_cut"}
        assert {one.mrn for one in found} == {"4127"}
    finally:
        services.close()


def test_an_older_database_under_a_newer_key_file_is_said_and_its_number_does_not_move(
    folder: Path, expected_logs: list[str]
) -> None:
    expected_logs.append("the audit does not hold its newest anchor")
    older = (folder / "clinic.db").read_bytes()
    services = opened(folder)
    for number in range(8):
        add_patient(services, f"Later {number}", f"L{number}", phone=f"90001 {number:05}")
    services.close()
    (folder / "clinic.db").write_bytes(older)
    said = []
    for _ in range(5):
        services = opened(folder)
        try:
            (found,) = services.found_at_start()
            assert (found.kind, found.code) == (FindingKind.DAMAGED, "database_behind")
            (problem, *_) = services.audit.verify().problems
            said.append((found.params["seq"], problem.remembered or problem.seq))
        finally:
            services.close()
    assert len(set(said)) == 1
    assert said[0][0] == said[0][1]


def test_it_stops_when_it_is_told_to(folder: Path) -> None:
    services = opened(folder)
    try:
        with pytest.raises(Cancelled):
            services.look_over(lambda _: False)
        assert services.look_over() == ()
    finally:
        services.close()


def test_writing_meanwhile_raises_no_false_alarm(folder: Path) -> None:
    services, over, failed = opened(folder), threading.Event(), []

    def write() -> None:
        number = 0
        try:
            while not over.is_set():
                number += 1
                add_patient(services, f"Busy {number}", f"B{number}", phone=f"90002 {number:05}")
                if number % 7 == 0:
                    services.context.units.checkpoint()
        except BaseException as error:  # noqa: BLE001 - it is shown below
            failed.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        found = [services.look_over() for _ in range(60)]
    finally:
        over.set()
        writer.join()
        services.close()
    assert failed == []
    assert set(found) == {()}
