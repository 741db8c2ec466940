"""Two records of one person become one, and two again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import text

from clinic_app.domain.audit import AuditFilter
from clinic_app.domain.bin import BinKind
from clinic_app.domain.cases import CaseDetails
from clinic_app.domain.errors import RuleBroken
from clinic_app.domain.merge import KeptBooking
from clinic_app.domain.patients import Birth, Identifier, PatientDetails, Phone, Sex
from clinic_app.domain.schedule import Appointment, AppointmentStatus, Attempt, BookingDetails
from clinic_app.services import Services
from clinic_app.storage.bin import reached_from_patient
from tests.builders import TODAY, add_patient, give
from tests.services.conftest import day, refusal
from tests.services.test_bin import add_photos, full_record

WHY = "same person, registered twice"


def rows_without_counters(services: Services) -> dict[str, list[Any]]:
    """Every row but for counters of changes, moments of writing, and the ids of rows that are written anew."""
    drop = {"version", "written_at"}
    renewed = {"patient_identifier", "patient_phone"}
    found: dict[str, list[Any]] = {}
    with services.context.units.read() as unit:
        for table in sorted(reached_from_patient()):
            rows = unit.session.execute(text(f"SELECT * FROM {table}")).mappings()  # noqa: S608
            leave = drop | ({"id"} if table in renewed else set())
            found[table] = sorted(
                (tuple((key, value) for key, value in row.items() if key not in leave) for row in rows), key=repr
            )
    return found


def two(services: Services, mark: str) -> tuple[int, int, int, int]:
    """The same person twice: (kept, other, case of the kept one, case of the other)."""
    kept, kept_case, _ = full_record(services, 2, f"{mark}A")
    other, other_case, _ = full_record(services, 2, f"{mark}B")
    return kept, other, kept_case, other_case


def test_the_preview_tells_what_moves_differs_and_clashes(services: Services) -> None:
    kept, other, kept_case, other_case = two(services, "PV")
    preview = services.merge.preview(kept, other)
    assert preview.moves["picture"] == 2
    assert preview.moves["visit"] == 4
    assert {(one.kept_case, one.other_case) for one in preview.same_cases} >= {(kept_case, other_case)}
    assert {one.day for one in preview.same_days} == {day("2025-11-03"), day("2025-11-20"), day("2025-05-02")}
    assert preview.blocked == ""
    assert services.merge.preview(kept, kept).blocked == "merge_same_patient"


def test_same_day_injections_must_be_decided(services: Services) -> None:
    kept, other, _, _ = two(services, "SD")
    error = refusal(lambda: services.merge.merge(kept, other, WHY))
    assert isinstance(error, RuleBroken)
    assert error.code == "merge_same_day"


def test_merge_and_back_leaves_every_row_as_it_was(services: Services) -> None:
    kept, other, kept_case, _ = two(services, "MB")
    before = rows_without_counters(services)
    preview = services.merge.preview(kept, other)
    merged = services.merge.merge(kept, other, WHY, [one.other_session for one in preview.same_days])
    assert refusal(lambda: services.patients.get(other)).code == "patient_not_found"
    page = services.patients.page(kept)
    assert len(page.cases) == 2
    assert len(page.pictures) == 4
    assert len(page.calls) >= 4
    patient = services.patients.get(kept)
    assert [one.value for one in patient.details.identifiers] == ["MBA", "MBB"]
    assert services.patients.by_mrn("MBB") is not None
    (entry,) = [one for one in services.bin.entries() if one.patient_id == other]
    assert (entry.kind, entry.merged_into) == (BinKind.MERGED, kept)
    with services.context.units.read() as unit:
        assert unit.audit.verify(rows=True).problems == ()
        assert unit.audit.count(AuditFilter(action="patient.merge")) >= 2
    assert kept_case in [one.case.id for one in page.cases]
    assert merged.undo is not None
    services.undo(merged.undo)
    after = rows_without_counters(services)
    assert {table for table in before if before[table] != after[table]} == set()
    with services.context.units.read() as unit:
        assert unit.audit.verify(rows=True).problems == ()


def test_days_later_with_new_work_it_is_still_undone(services: Services, clock: Any) -> None:
    kept, kept_case = add_patient(services, "Lata Rao", "LA1")
    other, other_case = add_patient(services, "Lata Rau", "LA2", "cervical_dystonia", None, "98111 00001")
    give(services, other, other_case, day("2025-12-01"), "100")
    photos = add_photos(services, other, 2)
    entry = services.merge.merge(kept, other, WHY).result
    assert isinstance(entry, int)
    clock.go_to(TODAY + timedelta(days=5))
    now = services.patients.get(kept)
    assert [one.number for one in now.details.phones] == ["98400 12207", "98111 00001"]
    changed = PatientDetails(
        now.name, Sex.FEMALE, Birth(year=1968), now.details.identifiers, now.details.phones, village="Nashik"
    )
    services.patients.change(kept, changed, now.version)
    services.schedule.log_call(kept_case, Attempt.WILL_COME)
    services.bin.restore(entry)
    assert services.patients.get(kept).details.village == "Nashik"
    assert [one.value for one in services.patients.get(kept).details.identifiers] == ["LA1"]
    assert [one.number for one in services.patients.get(kept).details.phones] == ["98400 12207"]
    assert services.patients.get(other).mrn == "LA2"
    assert {one.picture.id for one in services.pictures.entries(other)} == set(photos)
    assert [one.day for one in services.patients.page(other).visits] == [day("2025-12-01")]


def test_what_contradicts_is_refused(services: Services) -> None:
    kept, _ = add_patient(services, "Uma Devi", "UD1")
    other, other_case = add_patient(services, "Uma Debi", "UD2", "cervical_dystonia", None)
    entry = services.merge.merge(kept, other, WHY).result
    assert isinstance(entry, int)
    services.bin.delete_case(other_case, "was never so")
    assert refusal(lambda: services.bin.restore(entry)).code == "cannot_undo_any_more"


def test_an_automatic_number_becomes_an_identifier_and_bookings_come_along(services: Services) -> None:
    kept, _ = add_patient(services, "Gita Shah", "GS1")
    other = services.patients.add(PatientDetails("Gita Sha", phones=(Phone("98400 12207"),))).result
    assert isinstance(other, int)
    number = services.patients.get(other).mrn
    case = services.cases.add(other, _cervical()).result
    assert isinstance(case, int)
    services.schedule.book(BookingDetails(other, TODAY + timedelta(days=40), (case,)))
    services.merge.merge(kept, other, WHY)
    page = services.patients.page(kept)
    assert Identifier(number).value in [one.value for one in page.patient.details.identifiers]
    assert len(page.patient.details.phones) == 1
    assert [one.case_ids for one in page.appointments] == [(case,)]
    assert page.patient.mrn == "GS1"


def test_one_case_has_one_booking_afterwards_and_none_that_is_too_early(services: Services) -> None:
    kept, kept_case = add_patient(services, "Ira Bose", "IB1", "cervical_dystonia", None)
    other, other_case = add_patient(services, "Ira Bosu", "IB2", "cervical_dystonia", None)
    second = services.cases.add(other, CaseDetails("blepharospasm_bilateral", None)).result
    assert isinstance(second, int)
    soon, later = TODAY + timedelta(days=8), TODAY + timedelta(days=40)
    mine = services.schedule.book(BookingDetails(kept, later, (kept_case,))).result
    twin = services.schedule.book(BookingDetails(other, later, (other_case,))).result
    apart = services.schedule.book(BookingDetails(other, soon, (second,))).result
    assert isinstance(mine, Appointment)
    assert isinstance(twin, Appointment)
    assert isinstance(apart, Appointment)

    def said(stay: tuple[int, ...] = ()) -> dict[int, AppointmentStatus]:
        undo = services.merge.merge(kept, other, WHY, (), stay).undo
        found = {one.id: one.status for one in services.patients.page(kept).appointments}
        assert undo is not None
        services.undo(undo)
        with services.context.units.read() as unit:
            assert all(unit.schedule.appointment(one.id).status.live for one in (mine, twin, apart))
        return found

    booked, cancelled = AppointmentStatus.BOOKED, AppointmentStatus.CANCELLED_BY_CLINIC
    why = {one.appointment.id: one.why_not for one in services.merge.preview(kept, other).bookings}
    assert why == {mine.id: "", twin.id: "same_case", apart.id: ""}
    assert said() == {mine.id: booked, twin.id: cancelled, apart.id: booked}
    assert said((twin.id,)) == {mine.id: cancelled, twin.id: booked, apart.id: booked}
    give(services, kept, kept_case, TODAY - timedelta(days=50))
    why = {one.appointment.id: one.why_not for one in services.merge.preview(kept, other).bookings}
    assert why == {mine.id: "", twin.id: "same_case", apart.id: "before_earliest"}
    assert said() == {mine.id: booked, twin.id: cancelled, apart.id: cancelled}
    before = services.patients.page(kept), services.patients.page(other)
    for keep, field, code in (
        ({apart.id: KeptBooking(" ", "Dr Rao")}, f"keep_reason_{apart.id}", "before_earliest"),
        ({apart.id: KeptBooking("flies home")}, f"keep_decided_by_{apart.id}", "before_earliest"),
        ({twin.id: KeptBooking("both")}, f"keep_reason_{twin.id}", "already_booked"),
    ):
        refused = refusal(lambda keep=keep: services.merge.merge(kept, other, WHY, keep=keep))
        assert isinstance(refused, RuleBroken)
        assert (refused.field, refused.code) == (field, code)
        assert (services.patients.page(kept), services.patients.page(other)) == before
    services.schedule.move(twin.id, later + timedelta(days=7))
    keep = {apart.id: KeptBooking("flies home", "Dr Rao"), twin.id: KeptBooking("both arms")}
    told = services.merge.preview(kept, other).moved
    merged = services.merge.merge(kept, other, WHY, keep=keep)
    assert merged.moved == told
    assert {one.case_id for one in told} == {second}
    stand = {one.id: (one.status, one.reason, one.decided_by) for one in services.patients.page(kept).appointments}
    assert stand == {
        mine.id: (booked, "", ""),
        twin.id: (booked, "both arms", ""),
        apart.id: (booked, "flies home", "Dr Rao"),
    }


def test_diagnoses_that_are_independent_stay_so_when_a_booking_is_looked_at(services: Services) -> None:
    """Face and neck of the other record do not wait for each other, nor do they afterwards, whoever gave which."""
    kept, kept_neck = add_patient(services, "Mina Roy", "MR1", "cervical_dystonia", None)
    other, other_neck = add_patient(services, "Mina Roi", "MR2", "cervical_dystonia", None)
    face = services.cases.add(other, CaseDetails("blepharospasm_bilateral", None), independent_of=(other_neck,)).result
    assert isinstance(face, int)
    give(services, kept, kept_neck, TODAY - timedelta(days=10))
    soon = services.schedule.book(BookingDetails(other, TODAY + timedelta(days=8), (face,))).result
    assert isinstance(soon, Appointment)
    (found,) = services.merge.preview(kept, other).bookings
    assert (found.earliest, found.why_not) == (None, "")
    services.merge.merge(kept, other, WHY)
    (booking,) = services.patients.page(kept).appointments
    assert booking.status is AppointmentStatus.BOOKED


def _cervical() -> Any:
    return CaseDetails("cervical_dystonia", None)


def test_one_dead_and_one_alive_are_not_merged(services: Services) -> None:
    kept, _ = add_patient(services, "Alive", "AL1")
    other, _ = add_patient(services, "Dead", "AL2", "cervical_dystonia", None)
    services.patients.record_death(other, TODAY)
    assert refusal(lambda: services.merge.merge(kept, other, WHY)).code == "merge_departed_differs"
