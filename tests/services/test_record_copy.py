"""A copy of a whole record: complete, readable, without what is not the patient's, entered in the audit."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from PIL import Image

from clinic_app.domain.alignment import IDENTITY, Alignment, AlignmentMethod
from clinic_app.domain.audit import AuditFilter, Outcome
from clinic_app.domain.bin import BinKind
from clinic_app.domain.comparison import FramedAlignment
from clinic_app.domain.errors import Cancelled
from clinic_app.domain.marks import Mark, MarkKind, Part
from clinic_app.domain.measurements import MeasureKind
from clinic_app.domain.treatment import InjectionSite, SessionDetails, SiteSide, Visit, VisitDetails
from clinic_app.services import Services
from tests.builders import PASSPHRASE
from tests.services.conftest import day, refusal
from tests.services.test_bin import full_record


def test_a_copy_has_everything_and_says_it_is_not_encrypted(services: Services, tmp_path: Path) -> None:
    patient_id, _, _ = full_record(services, 3, "RC1")
    folder = tmp_path / "copy"
    assert refusal(lambda: services.record_copy.export(patient_id, str(folder), "patient asked")).code == (
        "sign_in_again"
    )
    services.access.confirm(PASSPHRASE)
    assert refusal(lambda: services.record_copy.export(patient_id, str(folder))).code == "reason_needed"
    made = services.record_copy.export(patient_id, str(folder), "patient asked by letter")
    assert (made.photographs, made.files) == (3, 5)
    assert "not encrypted" in made.warning
    record = json.loads((folder / "record.json").read_text(encoding="utf-8"))["record"]
    assert len(record["picture"]) == 3
    assert {"clinical_case", "visit", "injection_session", "injection_site", "contact_attempt"} <= record.keys()
    page = (folder / "record.html").read_text(encoding="utf-8")
    assert "Asha Verma" in page
    assert "not encrypted" in page
    assert "<script" not in page
    assert len(list((folder / "photographs").iterdir())) == 3
    again = refusal(lambda: services.record_copy.export(patient_id, str(folder), "patient asked by letter"))
    assert again.code == "copy_folder_not_empty"
    with services.context.units.read() as unit:
        assert unit.audit.entries(AuditFilter(action="export.ident"), 0, 5)[0].patient_id == patient_id


def test_a_copy_packed_into_one_file_leaves_no_folder(services: Services, tmp_path: Path) -> None:
    patient_id, _, _ = full_record(services, 2, "RC2")
    services.access.confirm(PASSPHRASE)
    folder = tmp_path / "record"
    made = services.record_copy.export(patient_id, str(folder), "patient asked by letter", packed=True)
    assert made.folder == str(tmp_path / "record.zip")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("record")] == ["record.zip"]
    with ZipFile(made.folder) as archive:
        assert archive.testzip() is None
        assert {"record/record.json", "record/record.html"} <= set(archive.namelist())
        assert len(archive.namelist()) == made.files == 4
    again = refusal(lambda: services.record_copy.export(patient_id, str(folder), "asked again", packed=True))
    assert again.code == "copy_exists"


def test_the_page_is_read_by_a_patient_or_another_doctor(services: Services, tmp_path: Path) -> None:
    patient_id, case_id, _ = full_record(services, 1, "RC7")
    muscles = services.catalogues.muscles
    code = next(iter(muscles))
    sites = tuple(InjectionSite(code, side, Decimal("12.5")) for side in (SiteSide.RIGHT, SiteSide.LEFT))
    given = SessionDetails(case_id, "ona", Decimal(25), sites=sites)
    visit = services.treatment.record(patient_id, VisitDetails(day("2026-02-10"), (given,), "Dr Rao"), True).result
    assert isinstance(visit, Visit)
    mended = replace(given, units=Decimal(20), sites=tuple(replace(site, units=Decimal(10)) for site in sites))
    services.treatment.correct(visit.sessions[0].id, mended, visit.day, "the dose was misread")
    services.access.confirm(PASSPHRASE)
    services.record_copy.export(patient_id, str(tmp_path / "copy"), "patient asked")
    page = (tmp_path / "copy" / "record.html").read_text(encoding="utf-8")
    cells = re.findall("<td>(.*?)</td>", page)
    assert not [cell for cell in cells if re.search("[a-z]_[a-z]|T[0-9]{2}:|[0-9]{4}-[0-9]{2}-[0-9]{2}", cell)]
    assert not re.search("[0-9a-f]{32}", page)
    assert {"<h2>Diagnoses</h2>", "<h2>Injections</h2>", "<h2>Corrections</h2>"} <= set(
        re.findall("<h2>.*?</h2>", page)
    )
    muscle = muscles[code].name
    assert "Botox, 20 U" in cells
    assert f"{muscle} right 10 U, {muscle} left 10 U" in cells
    (before,) = [cell for cell in cells if "Units: 25" in cell]
    (after,) = [cell for cell in cells if "Units: 20" in cell]
    assert (f"{muscle} right 12.5 U" in before, f"{muscle} right 10 U" in after) == (True, True)
    assert "the dose was misread" in cells
    assert any(cell.startswith("Blepharospasm") for cell in cells)
    assert "10 Feb 2026" in cells


def left_in(folder: Path) -> list[str]:
    """What lies under a folder that was empty before."""
    return sorted(path.name for path in folder.rglob("*"))


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "one file"])
def test_a_copy_of_a_damaged_photograph_leaves_nothing_on_the_disk(
    services: Services, tmp_path: Path, packed: bool
) -> None:
    patient_id, _, _ = full_record(services, 2, f"RC3{packed:d}")
    with services.context.units.read() as unit:
        row = unit.bin.collect(BinKind.PATIENT, [patient_id]).rows["picture"][-1]
    blob = Path(services.clinic.folder) / "blobs" / row["display"][:2] / row["display"]
    whole = blob.read_bytes()
    spoilt = bytearray(whole)
    spoilt[len(whole) // 2] ^= 1
    blob.chmod(0o600)
    blob.write_bytes(spoilt)
    here = tmp_path / "medium"
    here.mkdir()
    services.access.confirm(PASSPHRASE)
    try:
        export = services.record_copy.export
        refused = refusal(lambda: export(patient_id, str(here / "new" / "copy"), "patient asked", packed=packed))
    finally:
        blob.write_bytes(whole)
    assert refused.code == "stored_picture_damaged"
    assert left_in(here) == []
    with services.context.units.read() as unit:
        entered = unit.audit.entries(AuditFilter(action="export.ident", patient_id=patient_id), 0, 1)[0]
    assert entered.outcome is Outcome.FAILED


def test_a_copy_that_was_stopped_leaves_the_folder_as_it_was(services: Services, tmp_path: Path) -> None:
    patient_id, _, _ = full_record(services, 2, "RC4")
    services.access.confirm(PASSPHRASE)
    with pytest.raises(Cancelled):
        services.record_copy.export(patient_id, str(tmp_path / "copy"), "patient asked", lambda step: step.done < 1)
    (tmp_path / "mine").mkdir()
    with pytest.raises(Cancelled):
        services.record_copy.export(patient_id, str(tmp_path / "mine"), "patient asked", lambda step: step.done < 1)
    assert [name for name in left_in(tmp_path) if name in {"copy", "mine"} or name.endswith("jpg")] == ["mine"]


def test_a_copy_below_a_file_is_refused_with_its_path(services: Services, tmp_path: Path) -> None:
    patient_id, _, _ = full_record(services, 1, "RC5")
    (tmp_path / "file").write_text("", encoding="utf-8")
    services.access.confirm(PASSPHRASE)
    refused = refusal(lambda: services.record_copy.export(patient_id, str(tmp_path / "file" / "copy"), "patient asked"))
    assert refused.code == "file_trouble"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_nobody_else_on_the_computer_reads_a_copy(services: Services, tmp_path: Path) -> None:
    patient_id, _, _ = full_record(services, 1, "RC6")
    services.access.confirm(PASSPHRASE)
    services.record_copy.export(patient_id, str(tmp_path / "plain"), "patient asked")
    services.record_copy.export(patient_id, str(tmp_path / "one"), "patient asked", packed=True)
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "plain").rglob("*") if path.is_file()}
    assert set(modes.values()) == {0o600}
    assert (tmp_path / "one.zip").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "plain" / "photographs").stat().st_mode & 0o777 == 0o700


def test_photographs_stand_as_the_clinic_sees_them_with_what_was_measured_and_drawn(
    services: Services, someone: tuple[int, int], tmp_path: Path
) -> None:
    patient_id, case_id = someone
    drawn = Image.new("RGB", (60, 40), "navy")
    drawn.paste("white", (0, 0, 20, 40))
    paths = [tmp_path / f"IMG-2026030{number}-WA0001.png" for number in (1, 2)]
    drawn.save(paths[0])
    drawn.resize((120, 80)).save(paths[1])
    taken = services.pictures.import_files(patient_id, [str(path) for path in paths], "F01").result
    first, second = [one.picture.id for one in taken.files]  # type: ignore[attr-defined]
    services.comparison.turn(first, 1)
    lies = {one: FramedAlignment(first, Alignment(IDENTITY, AlignmentMethod.POINTS)) for one in (first, second)}
    services.comparison.align(case_id, "F01", lies)
    measure = services.measuring.measure
    measure(case_id, first, MeasureKind.IRIS, ((0.2, 0.4), (0.3, 0.4)))
    measure(case_id, first, MeasureKind.LIDS_RIGHT, ((0.25, 0.4), (0.25, 0.45)))
    measure(case_id, second, MeasureKind.DISTANCE, ((0.1, 0.1), (0.3, 0.1)))
    measure(case_id, second, MeasureKind.LIDS_LEFT, ((0.25, 0.4), (0.25, 0.4)))
    services.marking.draw(second, Mark(0, second, MarkKind.TEXT, ((0.2, 0.2),), "lid <closed>"))
    services.marking.draw(second, Mark(0, second, MarkKind.COVER, ((0.0, 0.0), (0.3, 0.3)), part=Part.NAME))
    services.access.confirm(PASSPHRASE)
    services.record_copy.export(patient_id, str(tmp_path / "copy"), "patient asked")
    files = sorted((tmp_path / "copy" / "photographs").iterdir())
    with Image.open(files[0]) as turned, Image.open(files[1]) as whole:
        assert (turned.size, whole.size) == ((40, 60), (120, 80))
        assert not turned.getexif()
        assert np.asarray(turned)[4, 20].min() > 200
        assert np.asarray(turned)[50, 20, :2].max() < 60
        assert np.asarray(whole)[10, 10].min() > 200
    page = (tmp_path / "copy" / "record.html").read_text(encoding="utf-8")
    assert "turned where it turned them" in page
    assert "nothing is hidden in them" in page
    view = services.catalogues.views["F01"].name
    captions = re.findall("<figcaption>(.*?)</figcaption>", page)
    assert captions == [f"Photo 1 · 1 Mar 2026 · {view} · turned by 90°", f"Photo 2 · 2 Mar 2026 · {view}"]
    rows = [re.findall("<td>(.*?)</td>", row) for row in re.findall("<tr>(.*?)</tr>", page)]
    said = [row for row in rows if row and row[0].startswith("Photo ")]
    assert [row[2:5] for row in said[:4]] == [
        ["Width of the iris", "≈ 11.7 mm", ""],
        ["Lid aperture, right eye", "50 %", "≈ 5.8 mm"],
        ["Distance", "2.00 × iris", "≈ 23.4 mm (by the iris of another photo)"],
        ["Lid aperture, left eye", "closed", ""],
    ]
    assert all(row[-2] == "Dr Rao" and row[-1].startswith("19 Mar 2026 09:") for row in said)
    assert [row[1:3] for row in said[4:]] == [["Text", "lid &lt;closed&gt;"], ["Hidden region: Name tag", ""]]
    record = json.loads((tmp_path / "copy" / "record.json").read_text(encoding="utf-8"))["record"]
    assert {"measurement", "mark", "picture_turn", "picture_alignment"} <= record.keys()
