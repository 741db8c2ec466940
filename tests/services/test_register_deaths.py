"""What a register says of deaths: the day beside the word, and injections that are dated after it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from clinic_app.domain.register_dates import DateOrder
from clinic_app.services import Services
from clinic_app.services.register import RegisterReport
from clinic_app.wording.register import warning_sentence
from tests.builders import add_patient
from tests.services.conftest import day
from tests.services.test_register import HEADER, row, taken_into

AFTER_DEATH = "register_given_after_death"
UNREAD = "register_status_day_unread"


def write(path: Path, *rows: dict[str, str]) -> str:
    """A register with a column for the kind of each injection."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, (*HEADER, "kind"), restval="")
        writer.writeheader()
        writer.writerows(rows)
    return str(path)


def told(report: RegisterReport, *codes: str) -> list[tuple[int, str]]:
    """The rows with warnings of these codes."""
    return [(one.row, one.warning.code) for one in report.warnings if one.warning.code in codes]


@pytest.mark.parametrize(
    ("status", "died"),
    [
        ("deceased 2026-02-10", "2026-02-10"),
        ("Died on 10 Feb 2026", "2026-02-10"),
        ("expired (13/02/2026)", "2026-02-13"),
        ("Dead: 10.02.2026", None),
        ("died 2027-01-01", None),
        ("died 31/02/2026", None),
        ("deceased", None),
    ],
)
def test_the_day_beside_the_status_counts_where_it_can_be_read(
    services: Services, tmp_path: Path, status: str, died: str | None
) -> None:
    mrn = "D-" + "".join(letter for letter in status if letter.isalnum())
    path = write(tmp_path / "in.csv", row(mrn, status=status))
    report = taken_into(services, path)
    patient = services.patients.by_mrn(mrn)
    assert patient is not None
    assert patient.deceased_on == day(died or "2026-01-05"), (
        "without a day that can be read: that of the last injection"
    )
    assert told(report, AFTER_DEATH) == []
    assert told(report, UNREAD) == ([(2, UNREAD)] if died is None and status != "deceased" else [])


def test_the_order_said_for_the_file_reads_the_day_of_the_status_too(services: Services, tmp_path: Path) -> None:
    path = write(tmp_path / "in.csv", row("D-order", status="died 10/02/2026"))
    assert told(taken_into(services, path, DateOrder.DAY_FIRST), UNREAD) == []
    patient = services.patients.by_mrn("D-order")
    assert patient is not None
    assert patient.deceased_on == day("2026-02-10")


def test_injections_after_the_death_are_told_in_the_dry_run_and_nothing_is_lost(
    services: Services, tmp_path: Path
) -> None:
    path = write(
        tmp_path / "in.csv",
        row("D-1", given="2025-05-01", status="deceased 2025-06-01"),
        row("D-1", given="2025-06-01"),
        row("D-1", given="2025-09-01"),
        row("D-1", given="2025-12-01", kind="given elsewhere"),
        row("D-2", given="2025-09-01"),
    )
    dry = services.register.dry_run(path)
    assert told(dry, AFTER_DEATH) == [(4, AFTER_DEATH), (5, AFTER_DEATH)]
    words = [warning_sentence(one) for one in dry.warnings if one.warning.code == AFTER_DEATH]
    assert words[0].startswith("Row 4: ")
    assert "1 Jun 2025" in words[0]
    assert "1 Sep 2025" in words[0]
    written = services.register.commit(path)
    assert written.result == dry
    assert (dry.taken, dry.sessions) == (5, 4)
    patient = services.patients.by_mrn("D-1")
    assert patient is not None
    assert patient.deceased_on == day("2025-06-01")
    given = sorted(session.day.isoformat() for session, mrn in services.treatment.sessions() if mrn == "D-1")
    assert given == ["2025-05-01", "2025-06-01", "2025-09-01"]
    assert written.undo is not None
    services.undo(written.undo)
    assert services.patients.by_mrn("D-1") is None


def test_a_death_on_record_is_held_against_a_register_and_a_register_against_the_record(
    services: Services, tmp_path: Path
) -> None:
    patient_id, _ = add_patient(services, "Person D-3", "D-3")
    services.patients.record_death(patient_id, day("2025-06-01"))
    later = write(tmp_path / "a.csv", row("D-3", given="2025-09-01"))
    assert told(services.register.dry_run(later), AFTER_DEATH) == [(2, AFTER_DEATH)]
    taken_into(services, write(tmp_path / "b.csv", row("D-4", given="2025-09-01")))
    died = write(tmp_path / "c.csv", row("D-4", given="2025-09-01", status="died 2025-06-01"))
    report = taken_into(services, died)
    assert report.taken == 0
    assert told(report, AFTER_DEATH) == [(2, AFTER_DEATH)]
    patient = services.patients.by_mrn("D-4")
    assert patient is not None
    assert patient.deceased_on == day("2025-06-01")


def test_a_death_without_a_day_is_never_earlier_than_what_was_given(services: Services, tmp_path: Path) -> None:
    path = write(
        tmp_path / "in.csv",
        row("D-5", given="2025-05-01", status="deceased"),
        row("D-5", given="2025-12-01", kind="given elsewhere"),
    )
    assert told(taken_into(services, path), AFTER_DEATH) == []
    patient = services.patients.by_mrn("D-5")
    assert patient is not None
    assert patient.deceased_on == day("2025-12-01")
