from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select

from clinic_app.domain.audit import AuditFilter
from clinic_app.domain.calendar import weeks
from clinic_app.domain.cases import CaseDetails, ReinjectionPlan, Side, StopReason
from clinic_app.domain.changes import Changes, Progress
from clinic_app.domain.errors import Cancelled
from clinic_app.domain.patients import PatientDetails
from clinic_app.domain.pictures import Certainty, TakenAt
from clinic_app.domain.register import DateOrder, MappedColumn, RegisterField, RegisterGaps, RegisterMapping
from clinic_app.domain.schedule import (
    AppointmentStatus,
    Attempt,
    BookingDetails,
    DecisionKind,
    DueEntry,
    FollowUpStatus,
)
from clinic_app.domain.treatment import ExternalToxinDetails, SessionDetails, SessionKind, VisitDetails
from clinic_app.services import Services
from clinic_app.services.register import RegisterReport
from clinic_app.storage.pictures import NewPicture
from clinic_app.storage.records import Record
from clinic_app.wording.register import gap_sentences
from tests.builders import TODAY, add_patient, export_register, give, open_test_clinic
from tests.exchange.registers import Expected, Taken, write_dirty_register
from tests.services.conftest import day, refusal

HEADER = (
    "mrn", "name", "sex", "birth_date", "age", "phone", "condition", "side", "injection_date", "product", "units",
    "next_date", "status", "notes",
)  # fmt: skip
KEPT = {"import_batch", "undo_command", "register_mapping", "clinic_setting", "audit_entry", "row_version"}


def write(path: Path, *rows: dict[str, str]) -> str:
    """A register in our own columns."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEADER, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return str(path)


def row(mrn: str, name: str = "", given: str = "2026-01-05", **more: str) -> dict[str, str]:
    return {
        "mrn": mrn, "name": name or f"Person {mrn}", "condition": "hemifacial_spasm", "side": "left",
        "injection_date": given, "product": "Botox", "units": "25", **more,
    }  # fmt: skip


def report_of(written: Changes) -> RegisterReport:
    assert isinstance(written.result, RegisterReport)
    return written.result


def taken_into(services: Services, path: str, dates: DateOrder | None = None) -> RegisterReport:
    return report_of(services.register.commit(path, None, dates))


def exported(services: Services, folder: Path, name: str = "out.csv") -> bytes:
    path = folder / name
    export_register(services, path, overwrite=True)
    return path.read_bytes()


def rows_kept(services: Services) -> dict[str, int]:
    """How many rows each table holds that tells of patients."""
    with services.context.units.read() as unit:
        return {
            table.name: unit.session.scalar(select(func.count()).select_from(table)) or 0
            for table in Record.metadata.sorted_tables
            if table.name not in KEPT
        }


@pytest.fixture(params=["csv", "xlsx"], scope="module")
def dirty(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Services, Expected, RegisterReport, RegisterReport, Changes]]:
    """A clinic into which the dirty register went: dry run, then import, then the same file again."""
    folder = tmp_path_factory.mktemp(str(request.param))
    expected = write_dirty_register(folder / f"register.{request.param}", request.param)
    with open_test_clinic(folder) as services:
        before = rows_kept(services)
        dry = services.register.dry_run(str(expected.path))
        assert rows_kept(services) == before
        written = services.register.commit(str(expected.path))
        again = taken_into(services, str(expected.path))
        yield services, expected, dry, again, written


def test_the_dirty_register_brings_what_was_written_beside_it(
    dirty: tuple[Services, Expected, RegisterReport, RegisterReport, Changes],
) -> None:
    services, expected, dry, _, written = dirty
    report = report_of(written)
    assert report == dry, "the dry run answers what the import does"
    assert {one.row: one.code for one in report.skipped} == expected.skipped
    assert (report.taken, report.patients, report.sessions) == (
        len(expected.taken), expected.patients, expected.sessions,
    )  # fmt: skip
    names = {patient.mrn: patient.name for patient in services.patients.everybody()}
    found = Counter(
        (names[mrn], one.condition, one.side and one.side.value, one.day, one.details.product, one.units.amount)
        for one, mrn in services.treatment.sessions()
    )
    wanted = Counter(
        (one.name, one.condition, one.side, one.day, one.product, one.units)
        for one in expected.taken.values()
        if one.day is not None
    )
    assert found == wanted
    assert sum(services.schedule.counts().values()) == expected.cases
    assert [one for one in services.check() if not one.harmless] == []
    entered = services.audit.entries(AuditFilter(action="injection.import"), limit=1000)
    assert {one.mrn for one in entered} == {mrn for _, mrn in services.treatment.sessions()}
    assert len({one.patient_id for one in entered}) == len(entered), "once for each patient"


def test_the_dirty_register_again_is_all_duplicates(
    dirty: tuple[Services, Expected, RegisterReport, RegisterReport, Changes],
) -> None:
    _, expected, _, again, _ = dirty
    assert (again.taken, again.patients, again.sessions) == (0, 0, 0)
    codes = {one.row: one.code for one in again.skipped}
    assert {line for line, code in codes.items() if code == "duplicate"} >= set(expected.taken)
    assert {line: codes[line] for line in expected.skipped} == expected.skipped


DAYS = ("2024-06-01", "2025-01-15", "2025-05-21", "2025-09-01", "2026-01-01", "2026-03-19")


@pytest.mark.parametrize("text", DAYS)
def test_who_is_due_equals_the_rows_of_the_register(
    dirty: tuple[Services, Expected, RegisterReport, RegisterReport, Changes], text: str
) -> None:
    """The dates by the rule of design section 5.1, from the expectation's own rows: 12 weeks, then 3 to 4 months."""
    services, expected, _, _, _ = dirty
    on = day(text)
    rows = {number: one for number, one in expected.taken.items() if one.day is not None and one.condition}
    whole = {
        (entry.name, entry.condition, entry.side.value if entry.side else None): entry
        for entry in services.schedule.due(on)
    }
    assert len(whole) == expected.cases
    for key, entry in whole.items():
        own = [(one.day, number, one) for number, one in rows.items() if (one.name, one.condition, one.side) == key]
        everything = [one.day for one in rows.values() if one.name == key[0] and one.day and one.day <= on]
        given = [(when, number, one) for when, number, one in own if when and when <= on]
        last = max(given, key=lambda item: item[0], default=None)
        if last is None:
            assert entry.answer.status is FollowUpStatus.NOT_STARTED, key
            continue
        assert last[0] is not None
        earliest = max(everything) + timedelta(days=84)
        opens = max(earliest, months_after(last[0], 3))
        closes = opens + (months_after(last[0], 4) - months_after(last[0], 3))
        come_on = expected.come_on.get(last[1])
        if come_on is not None:
            opens, closes = max(earliest, min(opens, come_on)), max(closes, come_on)
        window = entry.answer.window
        assert (window.last and window.last.day, window.earliest, window.opens, window.closes, window.come_on) == (
            last[0], earliest, opens, closes, come_on,
        ), key  # fmt: skip
        status = (
            "overdue" if on > closes else "due" if opens <= on
            else "coming" if opens - timedelta(days=21) <= on else "not_due"
        )  # fmt: skip
        if entry.name == "Trouble Twice":
            status = "stopped"  # "expired" in the register: each case from its last injection on
        assert entry.answer.status.value == status, key
        assert entry.answer.days_overdue == (max((on - closes).days, 0) if status == "overdue" else 0)


def months_after(start: date, count: int) -> date:
    """The same day of a later month, an impossible one moved to the first of the next: written down anew here."""
    month = start.month + count
    year, month = start.year + (month - 1) // 12, (month - 1) % 12 + 1
    try:
        return date(year, month, start.day)
    except ValueError:
        return date(year + (month == 12), month % 12 + 1, 1)


def test_an_export_taken_into_another_clinic_comes_out_the_same(
    dirty: tuple[Services, Expected, RegisterReport, RegisterReport, Changes], tmp_path: Path
) -> None:
    services, expected, _, _, _ = dirty
    for name in ("out.csv", "out.xlsx"):
        first = exported(services, tmp_path)
        export_register(services, tmp_path / name, overwrite=True)
        with open_test_clinic(tmp_path / name.partition(".")[2]) as other:
            report = taken_into(other, str(tmp_path / name))
            assert report.skipped == ()
            assert (report.patients, report.sessions) == (expected.patients, expected.sessions)
            assert exported(other, tmp_path, "again.csv") == first
            assert standing(other) == standing(services)


def standing(services: Services) -> list[object]:
    """Where everybody stands, without ids."""
    return [
        (
            (one.mrn, one.name, one.condition, one.side, one.last_units, one.answer.status, one.answer.flags),
            (one.answer.window.earliest, one.answer.window.opens, one.answer.window.closes, one.answer.window.come_on),
        )
        for one in services.schedule.due()
    ]


def test_the_dirty_register_is_undone_whole(tmp_path: Path) -> None:
    expected = write_dirty_register(tmp_path / "register.csv", "csv")
    with open_test_clinic(tmp_path) as services:
        written = services.register.commit(str(expected.path))
        assert services.patients.count() == expected.patients
        services.undo(written.undo or 0)
        assert services.patients.count() == 0
        kept = rows_kept(services)
        assert {name for name, count in kept.items() if count} == {"clinic_user", "catalogue_entry"}
        assert refusal(lambda: services.undo(written.undo or 0)).code == "already_undone"
        assert [one for one in services.check() if not one.harmless] == []


def test_undo_leaves_the_clinic_as_it_was_before(services: Services, someone: tuple[int, int], tmp_path: Path) -> None:
    patient_id, case_id = someone
    give(services, patient_id, case_id, day("2025-10-01"))
    services.schedule.book(BookingDetails(patient_id, TODAY + timedelta(days=12), (case_id,)))
    patient = services.patients.get(patient_id)
    before, kept, stands = exported(services, tmp_path), rows_kept(services), services.schedule.due()
    path = write(
        tmp_path / "in.csv",
        row(patient.mrn, patient.name, condition="blepharospasm_bilateral", side="", given="2026-02-02"),
        row(patient.mrn, patient.name, condition="cervical_dystonia", side="", status="deceased"),
        row("U-1"),
    )
    written = services.register.commit(path)
    assert report_of(written).taken == 3
    page = services.patients.page(patient_id)
    assert page.patient.deceased_on == day("2026-02-02")
    assert page.appointments[0].status is AppointmentStatus.CANCELLED_BY_CLINIC
    services.undo(written.undo or 0)
    assert exported(services, tmp_path) == before
    assert rows_kept(services) == kept
    assert [(one.case_id, one.answer.status, one.answer.window) for one in services.schedule.due()] == [
        (one.case_id, one.answer.status, one.answer.window) for one in stands
    ]


def _note(services: Services, patient_id: int, case_id: int, what: str) -> Changes | None:
    match what:
        case "call":
            return services.schedule.log_call(case_id, Attempt.NO_ANSWER)
        case "booking":
            return services.schedule.book(BookingDetails(patient_id, TODAY + timedelta(days=61), (case_id,)))
        case "case":
            services.cases.add(patient_id, CaseDetails("cervical_dystonia"))
        case "session":
            give(services, patient_id, case_id, day("2026-03-01"))
        case "correction":
            session = services.patients.page(patient_id).visits[0].sessions[0]
            services.treatment.correct(session.id, SessionDetails(case_id, "ona", Decimal(30)), session.day, "typo")
        case "external":
            services.treatment.add_external(patient_id, ExternalToxinDetails(day("2026-02-01"), None, None, case_id))
        case "hold":
            services.cases.hold(case_id, TODAY + timedelta(days=9), "", cancel_bookings=False)
        case "stop":
            services.cases.stop(case_id, StopReason.REMISSION, TODAY)
        case "decision":
            services.cases.decide(case_id, DecisionKind.GO_ON)
        case "death":
            services.patients.record_death(patient_id, TODAY)
        case "picture":
            with services.context.units.open() as unit:
                taken = TakenAt(None, None, Certainty.UNSURE)
                picture = unit.pictures.add(NewPicture(patient_id, None, taken, 1, 1, "s", "o", "d", "p", "t"))
                undo = unit.clinic.add_undo("pictures", {"pictures": [picture.id]})
                unit.commit()
            return Changes(frozenset(), undo)
    return None


@pytest.mark.parametrize(
    "what",
    ["call", "booking", "case", "session", "correction", "external", "hold", "stop", "decision", "death", "picture"],
)
def test_an_import_in_use_is_not_undone(services: Services, tmp_path: Path, what: str) -> None:
    written = services.register.commit(write(tmp_path / "in.csv", row(f"IN-{what}")))
    patient = services.patients.by_mrn(f"IN-{what}")
    assert patient is not None
    case_id = services.patients.page(patient.id).cases[0].case.id
    noted = _note(services, patient.id, case_id, what)
    error = refusal(lambda: services.undo(written.undo or 0))
    assert (error.code, error.params["name"]) == ("import_in_use", f"Person IN-{what}")
    assert services.patients.by_mrn(f"IN-{what}") is not None
    if noted is not None and noted.undo is not None:
        services.undo(noted.undo)
        services.undo(written.undo or 0)
        assert services.patients.by_mrn(f"IN-{what}") is None
    elif what == "picture":
        with services.context.units.open() as unit:
            unit.pictures.take_back([one.id for one in unit.pictures.all(patient.id)])
            unit.commit()


def test_other_units_and_another_name_are_conflicts(services: Services, tmp_path: Path) -> None:
    taken_into(services, write(tmp_path / "a.csv", row("C-1", "Asha Verma"), row("C-2", "Ravi")))
    report = taken_into(
        services,
        write(
            tmp_path / "b.csv",
            row("C-1", "VERMA, Asha", units="30"),
            row("C-2", "Somebody Else", given="2026-02-02"),
            row("C-3", "New One"),
        ),
    )
    assert [(one.row, one.code) for one in report.skipped] == [(2, "conflict"), (3, "conflict")]
    assert (report.taken, report.patients, report.sessions) == (1, 1, 1)
    again = taken_into(services, write(tmp_path / "c.csv", row("c-1", "asha verma", units="25 U")))
    assert [(one.row, one.code) for one in again.skipped] == [(2, "duplicate")]
    assert services.patients.by_mrn("c-1") is None


def test_people_without_a_number_are_matched_by_name_phone_and_age(services: Services, tmp_path: Path) -> None:
    one = row("", "Zubeida Begum", phone="91234 50000", age="61 on 2025-06-01")
    first = taken_into(services, write(tmp_path / "a.csv", one))
    assert (first.taken, first.patients) == (1, 1)
    later = {**one, "injection_date": "2026-03-01"}
    other = row("", "Zubeida Begum", phone="70000 99999", age="23 on 2025-06-01")
    second = taken_into(services, write(tmp_path / "b.csv", one, later, other))
    assert (second.taken, second.patients, second.sessions) == (2, 1, 2)
    assert [item.code for item in second.skipped] == ["duplicate"]


def test_a_status_is_taken_for_the_case_or_the_patient(services: Services, tmp_path: Path) -> None:
    path = write(
        tmp_path / "in.csv",
        row("S-1", status="stopped"),
        row("S-1", condition="cervical_dystonia", side=""),
        row("S-2", status="deceased", given="2025-01-10"),
        row("S-2", condition="cervical_dystonia", side="", given="2025-11-10"),
        row("S-3", status="moved"),
    )
    taken_into(services, path)
    standing = {
        (entry.mrn, entry.condition): (entry.answer.status.value, entry.answer.stop and entry.answer.stop.since)
        for entry in services.schedule.due()
        if entry.mrn.startswith("S-")
    }
    assert standing == {
        ("S-1", "hemifacial_spasm"): ("stopped", day("2026-01-05")),
        ("S-1", "cervical_dystonia"): ("coming", None),
        ("S-2", "hemifacial_spasm"): ("stopped", day("2025-01-10")),
        ("S-2", "cervical_dystonia"): ("stopped", day("2025-11-10")),
        ("S-3", "hemifacial_spasm"): ("stopped", day("2026-01-05")),
    }
    died, moved = services.patients.by_mrn("S-2"), services.patients.by_mrn("S-3")
    assert died is not None
    assert moved is not None
    assert (died.deceased_on, moved.moved_on) == (day("2025-11-10"), day("2026-01-05"))


def test_a_register_with_nothing_new_but_a_status_brings_the_status(services: Services, tmp_path: Path) -> None:
    taken_into(services, write(tmp_path / "a.csv", row("N-1"), row("N-2")))
    dead = write(tmp_path / "b.csv", row("N-1", status="deceased"), row("N-2", status="stopped"))
    dry = services.register.dry_run(dead)
    written = services.register.commit(dead)
    assert report_of(written) == dry
    assert report_of(written).taken == 0
    standing = {one.mrn: one.answer.status.value for one in services.schedule.due() if one.mrn in ("N-1", "N-2")}
    assert standing == {"N-1": "stopped", "N-2": "stopped"}
    services.undo(written.undo or 0)
    standing = {one.mrn: one.answer.status.value for one in services.schedule.due() if one.mrn in ("N-1", "N-2")}
    assert standing == {"N-1": "coming", "N-2": "coming"}


def test_a_case_that_goes_on_by_decision_is_not_stopped_by_the_old_register(services: Services, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", row("G-1", status="stopped"))
    taken_into(services, path)
    patient = services.patients.by_mrn("G-1")
    assert patient is not None
    (summary,) = services.patients.page(patient.id).cases
    services.cases.take_back_stop(summary.case.id)
    assert taken_into(services, path).taken == 0
    assert services.patients.page(patient.id).cases[0].answer.status is FollowUpStatus.COMING


def test_notes_of_two_diagnoses_of_one_day_are_both_kept(services: Services, tmp_path: Path) -> None:
    taken_into(
        services,
        write(
            tmp_path / "a.csv",
            row("NO-1", notes="lids heavy"),
            row("NO-1", condition="cervical_dystonia", side="", notes="neck fine"),
        ),
    )
    patient = services.patients.by_mrn("NO-1")
    assert patient is not None
    (visit,) = services.patients.page(patient.id).visits
    assert visit.notes == "lids heavy\nneck fine"


def test_days_that_can_be_read_two_ways_are_asked_about(services: Services, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", row("D-1", given="05/03/2026"))
    error = refusal(lambda: services.register.commit(path))
    assert (error.code, error.params["path"]) == ("register_dates_ambiguous", path)
    assert services.patients.by_mrn("D-1") is None
    report = taken_into(services, path, DateOrder.DAY_FIRST)
    assert report.taken == 1
    patient = services.patients.by_mrn("D-1")
    assert patient is not None
    assert services.treatment.sessions(patient.id)[0][0].day == day("2026-03-05")


def test_the_mapping_is_kept_for_the_next_file_of_that_kind(services: Services, tmp_path: Path) -> None:
    first, second = tmp_path / "odd.csv", tmp_path / "odd again.csv"
    first.write_text("Nr;Wer;Was;Wann;Womit\n77;Frau Odd;HFS left;2026-01-05;Botox\n", encoding="utf-8")
    second.write_text("Nr;Wer;Was;Wann;Womit\n78;Herr Odd;HFS left;2026-01-05;Botox\n", encoding="utf-8")
    assert refusal(lambda: services.register.commit(str(first))).code == "register_column_missing"
    fields = ("mrn", "name", "condition", "injection_date", "product")
    headers = ("Nr", "Wer", "Was", "Wann", "Womit")
    mapping = RegisterMapping(
        tuple(MappedColumn(header, RegisterField(field)) for header, field in zip(headers, fields, strict=True))
    )
    assert not services.register.columns(str(first)).kept
    assert services.register.dry_run(str(first), mapping).taken == 1
    assert not services.register.columns(str(first)).kept
    services.register.commit(str(first), mapping)
    again = services.register.columns(str(second))
    assert (again.kept, again.mapping) == (True, mapping)
    assert taken_into(services, str(second)).taken == 1


@pytest.mark.parametrize("stop_at", ["", "importing_register", "computing_dates"])
def test_a_cancelled_import_keeps_nothing(services: Services, tmp_path: Path, stop_at: str) -> None:
    path = write(tmp_path / "a.csv", *(row(f"X-{number}") for number in range(220)))
    before, kept = services.patients.count(), rows_kept(services)
    seen: list[str] = []

    def report(progress: Progress) -> bool:
        seen.append(progress.code)
        return bool(stop_at) and not (progress.code == stop_at and progress.done > 0)

    with pytest.raises(Cancelled):
        services.register.commit(path, report=report)
    assert not stop_at or seen[-1] == stop_at
    assert services.patients.count() == before
    assert rows_kept(services) == kept


def test_rules_that_were_broken_are_told_with_their_figures(services: Services, tmp_path: Path) -> None:
    report = taken_into(
        services,
        write(tmp_path / "a.csv", row("R-1", units="300"), row("R-1", given="2026-02-05", units="200")),
    )
    assert report.taken == 2
    told: Sequence[tuple[int, str, Decimal | None, Decimal | None]] = [
        (one.row, one.warning.rule, one.warning.total, one.warning.limit) for one in report.warnings
    ]
    assert (3, "C4", None, None) in told
    assert (3, "C1", Decimal(500), Decimal(400)) in told


def test_taken_rows_know_their_patient(services: Services, tmp_path: Path) -> None:
    wanted = Taken("T-9", "Person T-9", "hemifacial_spasm", "left", day("2026-01-05"), "ona", Decimal(25))
    taken_into(services, write(tmp_path / "a.csv", row("T-9")))
    patient = services.patients.by_mrn("T-9")
    assert patient is not None
    ((session, mrn),) = services.treatment.sessions(patient.id)
    assert (mrn, patient.name, session.condition, session.day) == ("T-9", wanted.name, wanted.condition, wanted.day)
    assert (session.state.value, session.imported) == ("final", True)


def test_an_export_never_overwrites_unasked(services: Services, tmp_path: Path) -> None:
    add_patient(services, "Export Person", "EX-1")
    path = tmp_path / "out.csv"
    export_register(services, path)
    before = path.read_bytes()
    error = refusal(lambda: export_register(services, path))
    assert error.params["path"] == str(path)
    assert path.read_bytes() == before


def test_a_patient_without_a_diagnosis_goes_out_and_is_known_again(tmp_path: Path) -> None:
    with open_test_clinic(tmp_path) as services:
        add_patient(services)
        services.patients.add(PatientDetails("Ram Lal"))
        path = tmp_path / "register.csv"
        assert export_register(services, path) == 2
        report = services.register.dry_run(str(path))
    assert (report.taken, [one.code for one in report.skipped]) == (0, ["duplicate", "duplicate"])


def test_what_an_export_has_no_column_for_is_counted(tmp_path: Path) -> None:
    with open_test_clinic(tmp_path) as services:
        patient_id, case_id = add_patient(services, "Gap Person", "GAP-1")
        assert services.register.gaps() == RegisterGaps()
        give(services, patient_id, case_id, date(2025, 9, 1))
        touch_up = SessionDetails(case_id, "ona", Decimal(5), kind=SessionKind.TOUCH_UP)
        for given in (date(2025, 9, 20), date(2025, 9, 27)):
            services.treatment.record(patient_id, VisitDetails(given, (touch_up,), "Dr Rao"), True)
        services.treatment.add_external(patient_id, ExternalToxinDetails(date(2025, 10, 1)))
        plan = ReinjectionPlan(weeks(14), weeks(18))
        services.cases.set_patient_plan(patient_id, plan)
        case = services.cases.get(case_id)
        services.cases.change(case_id, replace(case.details, plan=plan), case.version)
        services.schedule.log_call(case_id, Attempt.NO_ANSWER)
        undone = services.schedule.log_call(case_id, Attempt.NO_ANSWER).undo
        assert undone is not None
        services.undo(undone)
        services.schedule.book(BookingDetails(patient_id, TODAY + timedelta(days=12), (case_id,)))
        assert services.register.gaps() == RegisterGaps(bookings=1, calls=2)
        second = services.cases.add(patient_id, CaseDetails("writers_cramp", Side.RIGHT)).result
        assert isinstance(second, int)
        services.cases.set_independent(case_id, second, True)
        services.cases.decide(case_id, DecisionKind.GO_ON)
        services.cases.hold(case_id, TODAY + timedelta(days=30), "travel", True)
        gaps = services.register.gaps()
        assert gaps == RegisterGaps(separate=1, calls=2, decisions=2)
        assert gap_sentences(gaps) == (
            "Not in this file: 1 pair of separate diagnoses, 2 calls, 2 decisions of the doctor.",
        )
        path = tmp_path / "gaps.csv"
        assert export_register(services, path) == 5
        assert gap_sentences(RegisterGaps()) == ()


def full_clinic(services: Services) -> None:
    """Three patients with everything that moves a date: touch-ups, toxin elsewhere, plans and holds."""
    first, neck = add_patient(services, "Round Trip", "RT-1", "cervical_dystonia", None)
    plan = ReinjectionPlan(weeks(14), weeks(18))
    cramp = services.cases.add(first, CaseDetails("writers_cramp", Side.RIGHT, plan=plan)).result
    assert isinstance(cramp, int)
    give(services, first, neck, day("2025-09-01"), "200")
    session = SessionDetails(neck, "ona", Decimal(200), come_on=day("2026-05-20"))
    services.treatment.record(first, VisitDetails(day("2025-12-10"), (session,), "Dr Rao"), True)
    touch_up = SessionDetails(neck, "ona", Decimal(20), kind=SessionKind.TOUCH_UP)
    services.treatment.record(first, VisitDetails(day("2026-01-05"), (touch_up,), "Dr Rao"), True)
    give(services, first, cramp, day("2025-12-10"), "40")
    elsewhere = ExternalToxinDetails(day("2026-02-01"), "abo", Decimal(300), None, "City Hospital")
    services.treatment.add_external(first, elsewhere)
    second, spasm = add_patient(services, "Held Person", "RT-2", "hemifacial_spasm", Side.LEFT)
    services.treatment.add_external(second, ExternalToxinDetails(day("2025-06-01"), None, None, spasm))
    give(services, second, spasm, day("2025-09-01"), "25")
    restart = SessionDetails(spasm, "ona", Decimal(5), kind=SessionKind.TOUCH_UP, restarts_window=True)
    services.treatment.record(second, VisitDetails(day("2025-10-01"), (restart,), "Dr Rao"), True)
    services.cases.set_patient_plan(second, ReinjectionPlan(weeks(13), weeks(16)))
    services.cases.hold(spasm, TODAY + timedelta(days=30), "travel: abroad", False)
    third, eyes = add_patient(services, "Only Elsewhere", "RT-3")
    services.treatment.add_external(third, ExternalToxinDetails(day("2026-03-01"), "ona", Decimal(50), eyes))


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx"])
def test_dates_are_the_same_in_a_clinic_that_takes_an_export(tmp_path: Path, name: str) -> None:
    with open_test_clinic(tmp_path / "one") as services, open_test_clinic(tmp_path / "two") as other:
        full_clinic(services)
        export_register(services, tmp_path / name)
        written = other.register.commit(str(tmp_path / name))
        report = report_of(written)
        assert report.skipped == ()
        codes = {one.warning.code for one in report.warnings}
        assert codes == {"register_without_the_rest", "given_before_earliest"}
        for on in (TODAY, TODAY + timedelta(days=45), day("2025-11-15"), day("2026-02-02")):
            assert [where(one) for one in other.schedule.due(on)] == [where(one) for one in services.schedule.due(on)]
        assert exported(other, tmp_path, "again.csv") == exported(services, tmp_path, "first.csv")
        assert [one for one in other.check() if not one.harmless] == []
        again = taken_into(services, str(tmp_path / name))
        assert (again.taken, {one.code for one in again.skipped}) == (0, {"duplicate"})
        assert {one.warning.code for one in again.warnings} == {"register_without_the_rest"}
        other.undo(written.undo or 0)
        assert {table for table, count in rows_kept(other).items() if count} <= {"clinic_user", "catalogue_entry"}


def where(one: DueEntry) -> tuple[object, ...]:
    """Where a case stands, without ids."""
    window = one.answer.window
    return (
        one.mrn, one.condition, one.side, one.last_units, one.answer.status, window.earliest, window.opens,
        window.closes, window.come_on,
    )  # fmt: skip


def test_an_import_whose_toxin_elsewhere_was_changed_is_in_use(tmp_path: Path) -> None:
    with open_test_clinic(tmp_path / "one") as services, open_test_clinic(tmp_path / "two") as other:
        full_clinic(services)
        export_register(services, tmp_path / "out.csv")
        written = other.register.commit(str(tmp_path / "out.csv"))
        patient = other.patients.by_mrn("RT-3")
        assert patient is not None
        [toxin] = other.patients.page(patient.id).external
        other.treatment.change_external(toxin.id, replace(toxin.details, units=Decimal(60)))
        assert refusal(lambda: other.undo(written.undo or 0)).code == "import_in_use"


def test_a_plan_or_hold_in_the_file_does_not_change_a_known_diagnosis(services: Services, tmp_path: Path) -> None:
    add_patient(services, "Known Person", "KP-1", "hemifacial_spasm", Side.LEFT)
    path = tmp_path / "in.csv"
    path.write_text(
        "mrn,name,condition,side,injection_date,reinjection_plan,on_hold,kind\n"
        "KP-1,Known Person,hemifacial_spasm,left,2026-01-05,14 w to 18 w,2026-02-01 to 2026-05-01,booster shot\n"
        "KP-2,New Person,hemifacial_spasm,left,2026-01-05,soon; patient 3 m to 2 m,next week,\n",
        encoding="utf-8",
    )
    codes = Counter(one.warning.code for one in taken_into(services, str(path)).warnings)
    assert codes == {
        "register_hold_kept": 1, "register_plan_kept": 1, "register_kind_unread": 1, "register_plan_unread": 2,
        "register_hold_unread": 1,
    }  # fmt: skip
