"""A copy of a whole record: complete, readable, without what is not the patient's, entered in the audit."""

from __future__ import annotations

import json
from pathlib import Path
from zipfile import ZipFile

from clinic_app.domain.audit import AuditFilter
from clinic_app.services import Services
from tests.builders import PASSPHRASE
from tests.services.conftest import refusal
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
