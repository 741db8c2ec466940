"""Files of the schedule: calendars another reader understands, spreadsheets that run nothing, who may write them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from clinic_app.domain.access import Action
from clinic_app.domain.audit import AuditFilter
from clinic_app.domain.calls import CodeKind
from clinic_app.domain.errors import AccessRefused
from clinic_app.domain.papers import PaperKind, PaperRequest, PaperSize, SlipPart
from clinic_app.domain.people import Role
from clinic_app.domain.schedule import Appointment, AppointmentStatus, BookingDetails
from clinic_app.exchange.spreadsheets import read_table
from clinic_app.services import Services
from tests.builders import PASSPHRASE, TODAY, add_patient, give
from tests.exchange.calendars import Properties, read_calendar
from tests.exchange.codes import decoded
from tests.services.conftest import refusal

WHY = "For the calendar of the doctor"


@contextmanager
def allowed(services: Services) -> Iterator[None]:
    services.access.confirm(PASSPHRASE, Action.EXPORT_IDENTIFIABLE)
    with services.access.because(WHY):
        yield


def booked(services: Services, someone: tuple[int, int], day: date, at: time | None = None) -> Appointment:
    made = services.schedule.book(BookingDetails(someone[0], day, (someone[1],), at, reason="agreed")).result
    assert isinstance(made, Appointment)
    return made


def calendar(services: Services, folder: Path, name: str) -> tuple[Properties, list[Properties]]:
    path = folder / name
    with allowed(services):
        services.schedule_files.calendar(str(path))
    return read_calendar(path.read_bytes())


def event_of(events: list[Properties], uids: set[str]) -> Properties:
    [found] = [one for one in events if one["UID"][1] not in uids]
    return found


def test_a_calendar_has_initials_and_places_and_nothing_else_of_a_patient(services: Services, tmp_path: Path) -> None:
    someone = add_patient(services, "Kiran, Zacharias; of the Hill", "CAL-1", phone="91234 56789")
    _, before = calendar(services, tmp_path, "before.ics")
    known = {one["UID"][1] for one in before}
    made = booked(services, someone, TODAY + timedelta(days=8))
    whole, events = calendar(services, tmp_path, "after.ics")
    event = event_of(events, known)
    assert whole["VERSION"][1] == "2.0"
    assert whole["METHOD"][1] == "PUBLISH"
    assert event["SUMMARY"][1] == f"KH, place {made.token}"
    assert event["DTSTART"] == ({"VALUE": "DATE"}, f"{made.day:%Y%m%d}")
    assert event["DTEND"] == ({"VALUE": "DATE"}, f"{made.day + timedelta(days=1):%Y%m%d}")
    assert event["STATUS"][1] == "CONFIRMED"
    assert event["TRANSP"][1] == "TRANSPARENT"
    assert re.fullmatch(r"\d{8}T\d{6}Z", event["DTSTAMP"][1])
    assert re.fullmatch(r"[0-9a-f]{32}@dystonia-case-tracker", event["UID"][1])
    said = (tmp_path / "after.ics").read_text("utf-8")
    for secret in ("Kiran", "Zacharias", "91234", "CAL-1", "dystonia,", "blepharo", "otox"):
        assert secret not in said.replace("otox Case", "")


def test_an_entry_keeps_its_uid_through_every_change_and_its_sequence_grows(
    services: Services, someone: tuple[int, int], tmp_path: Path
) -> None:
    _, before = calendar(services, tmp_path, "0.ics")
    known = {one["UID"][1] for one in before}
    made = booked(services, someone, TODAY + timedelta(days=8), time(9, 30))
    seen = [event_of(calendar(services, tmp_path, "1.ics")[1], known)]
    services.schedule.move(made.id, TODAY + timedelta(days=12), time(10, 15), "asked for it")
    seen.append(event_of(calendar(services, tmp_path, "2.ics")[1], known))
    services.schedule.set_status(made.id, AppointmentStatus.CANCELLED_BY_PATIENT)
    seen.append(event_of(calendar(services, tmp_path, "3.ics")[1], known))
    assert len({one["UID"][1] for one in seen}) == 1
    numbers = [int(one["SEQUENCE"][1]) for one in seen]
    assert numbers == sorted(set(numbers))
    assert [one["STATUS"][1] for one in seen] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    day = TODAY + timedelta(days=12)
    assert seen[1]["DTSTART"] == ({}, f"{day:%Y%m%d}T101500")  # the clinic's wall clock, without a zone
    assert seen[1]["DTEND"][1].startswith(f"{day:%Y%m%d}T")


def test_a_booking_that_was_taken_back_is_cancelled_in_the_calendar(
    services: Services, someone: tuple[int, int], tmp_path: Path
) -> None:
    _, before = calendar(services, tmp_path, "0.ics")
    undo = services.schedule.book(BookingDetails(someone[0], TODAY + timedelta(days=8), (someone[1],))).undo
    assert undo is not None
    services.undo(undo)
    event = event_of(calendar(services, tmp_path, "1.ics")[1], {one["UID"][1] for one in before})
    assert event["STATUS"][1] == "CANCELLED"
    assert int(event["SEQUENCE"][1]) > 0


def test_a_booking_in_the_bin_is_cancelled_in_the_calendar_until_it_comes_back(
    services: Services, tmp_path: Path
) -> None:
    someone = add_patient(services, "Ravi Binned", "CAL-BIN")
    booked(services, someone, TODAY + timedelta(days=9), time(9, 30))
    known = {one["UID"][1]: one for one in calendar(services, tmp_path, "1.ics")[1]}
    [uid] = [uid for uid, one in known.items() if one["SUMMARY"][1] == "RB"]
    entry = services.bin.delete_patient(someone[0], "entered by mistake").result
    assert isinstance(entry, int)
    after = {one["UID"][1]: one for one in calendar(services, tmp_path, "2.ics")[1]}
    assert set(after) == set(known)
    assert after[uid]["STATUS"][1] == "CANCELLED"
    assert after[uid]["DTSTART"] == known[uid]["DTSTART"]
    services.bin.restore(entry)
    again = {one["UID"][1]: one for one in calendar(services, tmp_path, "3.ics")[1]}
    assert (again[uid]["STATUS"][1], again[uid]["SUMMARY"][1]) == ("CONFIRMED", "RB")
    numbers = [int(read[uid]["SEQUENCE"][1]) for read in (known, after, again)]
    assert numbers == sorted(set(numbers)), "each is newer than the one before"


def test_a_merged_patients_booking_keeps_its_entry(services: Services, tmp_path: Path) -> None:
    kept, other = (add_patient(services, name, number) for name, number in (("Uma Kept", "M-1"), ("Om Merged", "M-2")))
    booked(services, other, TODAY + timedelta(days=10), time(10, 40))
    known = {one["UID"][1]: one["SUMMARY"][1] for one in calendar(services, tmp_path, "1.ics")[1]}
    [uid] = [uid for uid, words in known.items() if words == "OM"]
    services.merge.merge(kept[0], other[0], "one person")
    after = {one["UID"][1]: one for one in calendar(services, tmp_path, "2.ics")[1]}
    assert set(after) == set(known)
    assert (after[uid]["STATUS"][1], after[uid]["SUMMARY"][1]) == ("CONFIRMED", "UK")


def test_a_code_read_by_a_phone_is_the_same_entry_as_in_the_calendar(services: Services, tmp_path: Path) -> None:
    someone = add_patient(services, "Quentin Read", "CAL-QR")
    _, before = calendar(services, tmp_path, "0.ics")
    made = booked(services, someone, TODAY + timedelta(days=8), time(9, 30))
    services.schedule.move(made.id, TODAY + timedelta(days=12), time(10, 15), "asked for it")
    event = event_of(calendar(services, tmp_path, "1.ics")[1], {one["UID"][1] for one in before})
    page = services.calls.page(someone[1])
    shown = next(code for kind, _, code in page.codes if kind is CodeKind.CALENDAR)
    asked = PaperRequest(PaperKind.SLIP, PaperSize.A4, appointment_ids=(made.id,))
    part = services.papers.make(asked).parts[0]
    assert isinstance(part, SlipPart)
    printed = next(one.code for one in part.slips if one.code)
    for code in (shown, printed):
        _, [read] = read_calendar(decoded(code).encode() + b"\r\n")
        assert {name: read[name] for name in ("UID", "SEQUENCE", "DTSTART", "DTEND")} == {
            name: event[name] for name in ("UID", "SEQUENCE", "DTSTART", "DTEND")
        }


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_a_call_list_runs_no_formula_and_keeps_dates_and_units(services: Services, tmp_path: Path, ending: str) -> None:
    number = f"X{ending}"
    someone = add_patient(services, "=HYPERLINK(evil) Name", number, phone="+91 98400 12207")
    give(services, *someone, TODAY - timedelta(days=150), "37.5")
    path = tmp_path / f"list{ending}"
    ask = PaperRequest(PaperKind.CALL_LIST, PaperSize.A4, case_ids=(someone[1],))
    with allowed(services):
        assert services.schedule_files.call_list(ask, str(path)) == 1
    table = read_table(path)
    cells = dict(zip(table.header, table.rows[0].cells, strict=False))
    assert cells["Name"].value == "=HYPERLINK(evil) Name"
    assert cells["Units"].text == "37.5"
    assert cells["Last injection"].text == (TODAY - timedelta(days=150)).isoformat()
    assert cells["Phone"].text == "+91 98400 12207"
    if ending == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            raw = list(csv.reader(file))[1]
        assert "'=HYPERLINK(evil) Name" in raw
        assert "'+91 98400 12207" in raw
    else:
        assert isinstance(cells["Last injection"].value, date)
        assert cells["Units"].value == Decimal("37.5")
    assert refusal(lambda: _again(services, ask, path)).code == "table_exists"


def _again(services: Services, ask: PaperRequest, path: Path) -> None:
    with allowed(services):
        services.schedule_files.call_list(ask, str(path))


def test_a_day_list_has_a_row_for_each_diagnosis_and_is_entered(
    services: Services, someone: tuple[int, int], tmp_path: Path
) -> None:
    from clinic_app.domain.cases import CaseDetails

    other = services.cases.add(someone[0], CaseDetails("cervical_dystonia")).result
    assert isinstance(other, int)
    day = TODAY + timedelta(days=15)
    services.schedule.book(BookingDetails(someone[0], day, (someone[1], other), note="+1 relative"))
    path = tmp_path / "day.xlsx"
    entered = len(services.audit.entries(AuditFilter(action="export.ident")))
    with allowed(services):
        assert services.schedule_files.day_list(day, str(path)) == 2
    table = read_table(path)
    place = {name: column for column, name in enumerate(table.header)}
    assert [row.cell(place["Day"]).value for row in table.rows] == [day, day]
    assert len({row.cell(place["Diagnosis"]).text for row in table.rows}) == 2
    assert {row.cell(place["Note"]).text for row in table.rows} == {"+1 relative"}
    found = services.audit.entries(AuditFilter(action="export.ident"))
    assert len(found) == entered + 1
    assert found[0].object_type == "day_list"


def test_files_need_a_reason_and_the_passphrase_and_a_doctor(services: Services, tmp_path: Path) -> None:
    path = str(tmp_path / "a.ics")
    with pytest.raises(AccessRefused):
        services.schedule_files.calendar(path)
    context = services.context
    info = context.info
    context.info = replace(info, user=replace(info.user, roles=frozenset({Role.NURSE})))
    try:
        with services.access.because(WHY), pytest.raises(AccessRefused, match="not_allowed"):
            services.schedule_files.calendar(path)
    finally:
        context.info = info
    assert not Path(path).exists()
