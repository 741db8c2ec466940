"""Deleting, putting back and destroying: nothing of a record is changed by a stay in the bin (T18)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import simplejpeg

from clinic_app.domain.alignment import Alignment, AlignmentMethod, Similarity
from clinic_app.domain.audit import AuditFilter
from clinic_app.domain.audit_actions import ACTIONS
from clinic_app.domain.bin import BinKind
from clinic_app.domain.cases import CaseDetails, Side, StopReason
from clinic_app.domain.comparison import FramedAlignment
from clinic_app.domain.errors import AccessRefused, Conflict, NotFound, RuleBroken
from clinic_app.domain.marks import Mark, MarkKind
from clinic_app.domain.measurements import MeasureKind
from clinic_app.domain.patients import Identifier, PatientDetails
from clinic_app.domain.people import Role
from clinic_app.domain.pictures import Certainty, TakenAt
from clinic_app.domain.schedule import Attempt, BookingDetails
from clinic_app.domain.treatment import ExternalToxinDetails, InjectionSite, SessionDetails, SiteSide, VisitDetails
from clinic_app.services import Services
from clinic_app.storage.picture_store import PictureKind
from clinic_app.storage.pictures import NewPicture
from clinic_app.wording.audit import entry_sentence
from tests.builders import PASSPHRASE, TODAY, Clock, add_patient, door, give, open_test_clinic
from tests.services.conftest import day, refusal

WHY = "entered twice by mistake"
GREY = simplejpeg.encode_jpeg(np.full((30, 40, 3), 127, np.uint8))
"""A grey photograph of 40 by 30 pixels; what follows it in a file is not looked at."""


def add_photos(services: Services, patient_id: int, count: int, mark: str = "") -> list[int]:
    """Photographs as an import leaves them: four sealed files each."""
    store, ids = services.context.store, []
    with services.context.units.open() as unit:
        for number in range(count):
            said = f"{mark or patient_id}-{number}"
            contents = [GREY + f"{kind.name} {said}".encode() for kind in PictureKind]
            blobs = [store.put(kind, content) for kind, content in zip(PictureKind, contents, strict=True)]
            taken = TakenAt(TODAY - timedelta(days=number), None, Certainty.TYPED)
            one, two, three, four = blobs
            sizes = tuple(map(len, contents))
            new = NewPicture(patient_id, "F01", taken, 40, 30, f"{said:0>64}", one, two, three, four, sizes=sizes)
            ids.append(unit.pictures.add(new).id)
        services.context.refresh(unit, [patient_id])
        unit.commit()
    return ids


def full_record(services: Services, photos: int = 50, mrn: str = "4127") -> tuple[int, int, list[int]]:
    """A patient with something in every table: (patient, case, photographs)."""
    patient_id, case_id = add_patient(services, "Asha Verma", mrn)
    other = services.cases.add(patient_id, CaseDetails("cervical_dystonia", None)).result
    assert isinstance(other, int)
    services.cases.set_independent(case_id, other, True)
    visit = give(services, patient_id, case_id, day("2025-11-03"))
    give(services, patient_id, other, day("2025-11-20"), "120")
    session = visit.sessions[0]
    services.treatment.void(give(services, patient_id, case_id, day("2025-08-04")).sessions[0].id, "typed twice")
    services.treatment.correct(session.id, session.details, day("2025-11-03"), "dose was mistyped")
    services.treatment.add_external(patient_id, ExternalToxinDetails(day("2025-06-01"), "abo", None, case_id, "Pune"))
    services.schedule.log_call(case_id, Attempt.TOLD_FAMILY)
    services.schedule.book(BookingDetails(patient_id, TODAY + timedelta(days=33), (case_id, other)))
    site = InjectionSite("orbicularis_oris", SiteSide.RIGHT, Decimal("2.5"), Decimal("0.05"))
    details = SessionDetails(case_id, "ona", None, (site,))
    services.treatment.record(patient_id, VisitDetails(day("2025-05-02"), (details,), "Dr Rao"), True)
    services.cases.stop(other, StopReason.PATIENT_CHOICE, day("2025-12-01"), "later perhaps")
    services.cases.take_back_stop(other)
    services.cases.hold(other, TODAY + timedelta(days=90), "travels", False)
    pictures = add_photos(services, patient_id, photos)
    if photos > 1:
        services.pictures.pin(case_id, "F01", pictures[1], pictures[0])
    if pictures:
        compare(services, case_id, pictures[-1])
    with services.context.units.open() as unit:
        from clinic_app.domain.access import Protection

        unit.access.set_protection(Protection(patient_id, False, False, "looked at"))
        unit.commit()
    return patient_id, case_id, pictures


def compare(services: Services, case_id: int, picture: int) -> None:
    """One row in each table of what belongs to comparing photographs."""
    services.comparison.turn(picture, 1)
    aligned = FramedAlignment(picture, Alignment(Similarity(1.1, 2.0), AlignmentMethod.POINTS))
    services.comparison.align(case_id, "F01", {picture: aligned})
    services.comparison.set_peak_day(case_id, 21)
    points = ((0.1, 0.2), (0.3, 0.2))
    services.measuring.measure(case_id, picture, MeasureKind.DISTANCE, points)
    services.marking.draw(picture, Mark(0, picture, MarkKind.ARROW, points))


def rows_of(services: Services) -> dict[str, list[Any]]:
    """Every row of every table a patient's things are in, as the engine keeps it."""
    from sqlalchemy import text

    from clinic_app.storage.bin import reached_from_patient

    with services.context.units.read() as unit:
        return {
            table: [tuple(row) for row in unit.session.execute(text(f"SELECT * FROM {table} ORDER BY 1, 2"))]  # noqa: S608
            for table in sorted(reached_from_patient())
        }


def blobs_of(services: Services) -> dict[str, bytes]:
    """Every file of the picture store."""
    store = services.context.store
    return {id_: store.get(id_) for id_ in store.ids()}


def test_every_table_is_taken_along_or_named() -> None:
    from clinic_app.storage.bin import OF_NO_PATIENT, reached_from_patient
    from clinic_app.storage.records import Record
    from clinic_app.storage.row_watch import COMPUTED

    tables = set(Record.metadata.tables)
    assert reached_from_patient() | OF_NO_PATIENT == tables - COMPUTED
    assert not reached_from_patient() & OF_NO_PATIENT
    for table in reached_from_patient():
        keys = [column.name for column in Record.metadata.tables[table].primary_key]
        assert keys in (["id"], ["patient_id"], ["case_id"], ["picture_id"]) or len(keys) > 1


def test_ids_are_never_given_twice(services: Services) -> None:
    from sqlalchemy import text

    from clinic_app.storage.bin import reached_from_patient
    from clinic_app.storage.records import Record

    with services.context.units.read() as unit:
        found = unit.session.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
        made = {str(row[0]): str(row[1]) for row in found}
    for table in reached_from_patient():
        if [column.name for column in Record.metadata.tables[table].primary_key] == ["id"]:
            assert "AUTOINCREMENT" in made[table].upper(), table


def test_delete_undo_delete_restart_restore_is_byte_identical(tmp_path: Path) -> None:
    clock = Clock()
    with open_test_clinic(tmp_path, clock) as services:
        patient_id, _, pictures = full_record(services)
        add_patient(services, "Somebody Else", "77")
        rows, blobs = rows_of(services), blobs_of(services)
        assert all(rows.values()), [table for table, found in rows.items() if not found]
        assert len(blobs) == 200
        deleted = services.bin.delete_patient(patient_id, WHY)
        assert refusal(lambda: services.patients.get(patient_id)).code == "patient_not_found"
        assert sum(services.schedule.counts().values()) == 1
        assert services.bin.counts().patients == 1
        assert services.bin.counts().photographs == 50
        assert deleted.undo is not None
        services.undo(deleted.undo)
        assert rows_of(services) == rows
        entry = services.bin.delete_patient(patient_id, WHY).result
        assert isinstance(entry, int)
    with_again = door(clock).open(str(tmp_path / "clinic"), PASSPHRASE, "Dr Rao")
    try:
        (found,) = with_again.bin.entries()
        assert (found.name, found.mrn, found.reason, found.deleted_by) == ("Asha Verma", "4127", WHY, "Dr Rao")
        assert not [one for one in with_again.check(full=True) if not one.harmless]
        referenced = with_again.context
        with referenced.units.read() as unit:
            kept = unit.pictures.blob_ids()
        assert kept == set(blobs)
        with_again.bin.restore(found.id)
        assert rows_of(with_again) == rows
        assert blobs_of(with_again) == blobs
        assert with_again.bin.entries() == ()
        assert refusal(lambda: with_again.bin.restore(found.id)).code == "already_restored"
        with referenced.units.read() as unit:
            assert unit.audit.verify(rows=True).problems == ()
            actions = {one.action for one in unit.audit.entries(_everything(), 0, 2000)}
        assert {"patient.delete", "patient.restore", "photo.delete", "photo.restore", "bin.put"} <= actions
        assert len(with_again.pictures.entries(patient_id)) == len(pictures)
    finally:
        with_again.close()


def _everything() -> AuditFilter:
    return AuditFilter()


def test_undo_of_a_restore_bins_again(services: Services) -> None:
    patient_id, _, _ = full_record(services, 2, "R1")
    entry = services.bin.delete_patient(patient_id, WHY).result
    assert isinstance(entry, int)
    undo = services.bin.restore(entry).undo
    assert undo is not None
    services.undo(undo)
    assert refusal(lambda: services.patients.get(patient_id)).code == "patient_not_found"
    assert services.bin.entries()[0].patient_id == patient_id


def test_a_number_taken_meanwhile_names_who_has_it(services: Services) -> None:
    patient_id, _ = add_patient(services, "Ravi Nair", "T100")
    entry = services.bin.delete_patient(patient_id, WHY).result
    assert isinstance(entry, int)
    add_patient(services, "Meena Pillai", "T100")
    error = refusal(lambda: services.bin.restore(entry))
    assert isinstance(error, Conflict)
    assert (error.code, error.params["holder"], error.params["mrn"]) == ("restore_mrn_taken", "Meena Pillai", "T100")


def test_the_clinic_number_of_a_binned_patient_is_never_given_again(services: Services) -> None:
    last = services.patients.add(PatientDetails("Newest One")).result
    assert isinstance(last, int)
    number = services.patients.get(last).number
    services.bin.delete_patient(last, WHY)
    after = services.patients.add(PatientDetails("Next One")).result
    assert isinstance(after, int)
    assert services.patients.get(after).number == number + 1


def test_photographs_and_cases_go_and_come_back(services: Services) -> None:
    patient_id, case_id, pictures = full_record(services, 3, "P3")
    rows = rows_of(services)
    photos = services.bin.delete_photo(pictures[:2], "blurred")
    assert len(services.pictures.entries(patient_id)) == 1
    assert services.bin.entries()[0].photographs == 2
    case = services.bin.delete_case(case_id, "wrong diagnosis")
    assert case_id not in [one.case.id for one in services.patients.page(patient_id).cases]
    assert photos.undo is not None
    assert case.undo is not None
    services.undo(case.undo)
    services.undo(photos.undo)
    after = rows_of(services)
    changed = {table for table in rows if rows[table] != after[table]}
    assert changed <= {"external_toxin", "measurement"}, "only the counter of changes of a loosened row moves on"


def test_a_photograph_cannot_come_back_before_its_patient(services: Services) -> None:
    patient_id, _, pictures = full_record(services, 2, "P4")
    photos = services.bin.delete_photo(pictures[:1], "blurred").result
    person = services.bin.delete_patient(patient_id, WHY).result
    assert isinstance(photos, int)
    assert isinstance(person, int)
    assert refusal(lambda: services.bin.restore(photos)).code == "restore_owner_gone"
    services.bin.restore(person)
    services.bin.restore(photos)
    assert len(services.pictures.entries(patient_id)) == 2


def test_deleting_needs_a_reason_and_the_patient(services: Services) -> None:
    patient_id, _ = add_patient(services, "Needs Reason", "N1")
    assert refusal(lambda: services.bin.delete_patient(patient_id, "  ")).code == "reason_needed"
    assert isinstance(refusal(lambda: services.bin.delete_patient(99_999, WHY)), NotFound)


def second_person(services: Services) -> None:
    """Everything destroying asks for: signed in again, and an administrator besides."""
    names = [one.name for one in services.people.all()]
    if "Dr Bose" not in names:
        services.access.confirm(PASSPHRASE)
        services.people.add("Dr Bose", frozenset({Role.ADMIN}), PASSPHRASE + " two")
    services.access.confirm(PASSPHRASE)
    services.access.second_person("Dr Bose", PASSPHRASE + " two")


def traces(services: Services, *words: str) -> list[str]:
    """Tables in which any of these words stands."""
    from sqlalchemy import text

    from clinic_app.storage.records import Record

    found = []
    with services.context.units.read() as unit:
        for table in Record.metadata.tables:
            for row in unit.session.execute(text(f"SELECT * FROM {table}")):  # noqa: S608
                if any(word in str(value) for word in words for value in row):
                    found.append(table)
                    break
    return found


def test_destroying_leaves_a_stub_and_no_trace(tmp_path: Path) -> None:
    with open_test_clinic(tmp_path) as services:
        patient_id, _, pictures = full_record(services, 3)
        same = add_photos(services, add_patient(services, "Kept One", "K1")[0], 1, f"{patient_id}")
        services.patients.change(
            patient_id, PatientDetails("Asha Zebra", identifiers=(Identifier("4127"),), notes="zebra notes"), 1
        )
        once = services.bin.delete_patient(patient_id, "zebra, for a moment").undo
        assert once is not None
        services.undo(once)
        services.bin.delete_photo(pictures[2:], "zebra blurred")
        entry = services.bin.delete_patient(patient_id, WHY).result
        assert isinstance(entry, int)
        assert isinstance(refusal(lambda: services.bin.purge(entry, "asked for by letter")), AccessRefused)
        assert traces(services, "Zebra", "zebra")
        second_person(services)
        gone = services.bin.purge(entry, "asked for by letter of 3 March").result
        assert gone == date(2026, 12, 19)
        assert traces(services, "Asha Zebra", "zebra notes", "Asha Verma") == []
        assert set(traces(services, "zebra")) <= {"audit_entry"}, "reasons stay in the audit, nothing else does"
        assert services.bin.entries() == ()
        stub = services.bin.entries(everything=True)[-1]
        assert (stub.name, stub.mrn, stub.reason, stub.kind) == ("", "", "", BinKind.PATIENT)
        assert refusal(lambda: services.bin.restore(entry)).code == "already_purged"
        assert len(blobs_of(services)) == 4, "those the other patient's photograph shares stay"
        assert b"THUMBNAIL" in services.pictures.thumbnail(same[0])
        assert not [one for one in services.check(full=True) if not one.harmless]
        with services.context.units.read() as unit:
            assert unit.audit.verify(rows=True).problems == ()
            entries = unit.audit.entries(_everything(), 0, 50)
        assert [one.reason for one in entries if one.action == "patient.purge"]
        assert {one.action for one in entries} <= set(ACTIONS), "each has a sentence"
        (agreed,) = services.audit.entries(AuditFilter(action="second_person.agreed"))
        assert (agreed.actor_name, agreed.object_name, agreed.patient_id) == ("Dr Rao", "Dr Bose", patient_id)
        assert entry_sentence(agreed) == "Dr Bose agreed, as the second person, to what Dr Rao did"


def test_a_legal_hold_and_the_retention_date_forbid_destroying(tmp_path: Path) -> None:
    with open_test_clinic(tmp_path) as services:
        held, _ = add_patient(services, "Under Hold", "H1")
        services.access.confirm(PASSPHRASE)
        services.access.set_protection(held, legal_hold=True, reason="court case 12/2026")
        entry = services.bin.delete_patient(held, WHY).result
        (gone,) = services.audit.entries(AuditFilter(action="protection.delete"))
        assert entry_sentence(gone) == "What protects a record went with it when Dr Rao deleted or merged the record"
        assert isinstance(entry, int)
        second_person(services)
        assert refusal(lambda: services.bin.purge(entry, "asked for")).code == "legal_hold"
        kept, case_id = add_patient(services, "Must Be Kept", "H2")
        give(services, kept, case_id, day("2025-11-03"))
        services.settings.set("retention_years", 3, "Kept three years here")
        error = refusal(lambda: services.bin.erase(kept, "asked for"))
        assert isinstance(error, RuleBroken)
        assert (error.code, error.params["until"]) == ("retention_not_over", date(2028, 11, 3))
        assert services.patients.get(kept).name == "Must Be Kept"


def test_erasing_a_live_patient_is_one_act(tmp_path: Path) -> None:
    with open_test_clinic(tmp_path) as services:
        patient_id, _, _ = full_record(services, 2)
        assert isinstance(refusal(lambda: services.bin.erase(patient_id, "asked for")), AccessRefused)
        second_person(services)
        services.bin.erase(patient_id, "asked for by letter")
        assert traces(services, "Asha Verma") == []
        assert blobs_of(services) == {}
        assert not [one for one in services.check() if not one.harmless]


def test_damage_of_a_photograph_in_the_bin_is_found(tmp_path: Path) -> None:
    with open_test_clinic(tmp_path) as services:
        patient_id, _ = add_patient(services, "Damaged One", "DM1")
        (photo,) = add_photos(services, patient_id, 1)
        services.bin.delete_patient(patient_id, WHY)
        with services.context.units.read() as unit:
            ((kept, _),) = unit.bin.kept_pictures()
        services.context.store.delete(kept.blobs[0][0])
        (found,) = [one for one in services.check() if not one.harmless]
        assert (found.code, found.params["id"], found.params["mrn"]) == ("picture_file_missing", photo, "DM1")


def test_a_nurse_may_not_delete(tmp_path: Path) -> None:
    with open_test_clinic(tmp_path) as services:
        patient_id, _ = add_patient(services, "Safe One", "S1", side=Side.BILATERAL)
        services.access.confirm(PASSPHRASE)
        services.people.add("Nurse Anita", frozenset({Role.NURSE}), PASSPHRASE + " n")
        door().switch(services, "Nurse Anita", PASSPHRASE + " n")
        with pytest.raises(AccessRefused, match="not_allowed"):
            services.bin.delete_patient(patient_id, WHY)
