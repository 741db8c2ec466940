from __future__ import annotations

import hashlib
import stat
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import event

from clinic_app.domain.audit import AuditFilter
from clinic_app.domain.case_page import PictureImport, PictureImportReport
from clinic_app.domain.cases import CaseDetails, Side
from clinic_app.domain.changes import Changes, Progress
from clinic_app.domain.comparison import CompareState
from clinic_app.domain.pictures import Certainty, PhaseKind
from clinic_app.services import Services
from clinic_app.wording.sentences import sentence_of
from tests.builders import TODAY, add_patient, give
from tests.imaging import samples
from tests.services.conftest import day, refusal


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A card as it comes: camera and messenger files, phones' HEIC, copies, and everything that is no photo."""
    place = tmp_path_factory.mktemp("card")
    samples.write_folder(place / "bad")
    good = {
        "DCIM/IMG_0001.JPG": samples.jpeg(),
        "DCIM/IMG_0002.jpeg": samples.jpeg(orientation=6),
        "DCIM/IMG_0003.HEIC": samples.heic(),
        "DCIM/IMG_0004.heic": samples.heic("turned"),
        "WhatsApp/IMG-20260112-WA0003.jpg": samples.plain_jpeg(),
        "WhatsApp/IMG-20260230-WA0001.jpg": samples.plain_jpeg(quality=80),
        "scan.png": samples.png(),
        "scan.webp": samples.webp(),
        "print.jpg": samples.cmyk_jpeg(),
        "copy of IMG_0001.jpg": samples.jpeg(),
        "notes.txt": b"no photo",
        ".hidden.jpg": samples.plain_jpeg(quality=70),
    }
    for name, content in good.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return place


@pytest.fixture(scope="module")
def taken(clinic: Services, folder: Path) -> tuple[int, PictureImportReport, Changes]:
    """The folder imported for one patient."""
    patient_id, case_id = add_patient(clinic, "Photo Person", "PH-1")
    give(clinic, patient_id, case_id, day("2026-01-05"))
    written = clinic.pictures.import_files(patient_id, [str(folder)])
    assert isinstance(written.result, PictureImportReport)
    return patient_id, written.result, written


def by_name(report: PictureImportReport) -> dict[str, PictureImport]:
    return {Path(one.path).name: one for one in report.files}


def test_every_file_is_imported_a_duplicate_or_refused_with_its_reason(
    taken: tuple[int, PictureImportReport, Changes],
) -> None:
    found = {name: (one.result, one.reason) for name, one in by_name(taken[1]).items()}
    assert found == {
        "IMG_0001.JPG": ("imported", ""), "IMG_0002.jpeg": ("imported", ""), "IMG_0003.HEIC": ("imported", ""),
        "IMG_0004.heic": ("imported", ""), "IMG-20260112-WA0003.jpg": ("imported", ""),
        "IMG-20260230-WA0001.jpg": ("imported", ""), "scan.png": ("imported", ""), "scan.webp": ("imported", ""),
        "print.jpg": ("imported", ""), "copy of IMG_0001.jpg": ("duplicate", ""),
        "cut.jpg": ("refused", "picture_truncated"), "letter.jpg": ("refused", "picture_renamed"),
        "empty.jpg": ("refused", "picture_empty"), "huge.jpg": ("refused", "picture_too_many_pixels"),
        "layers.jpg": ("refused", "picture_too_many_scans"), "photos.jpg": ("refused", "picture_renamed"),
    }  # fmt: skip
    assert not taken[1].cancelled
    assert taken[1].others == ((".txt", 1),)


def test_originals_are_kept_byte_for_byte(
    clinic: Services, folder: Path, taken: tuple[int, PictureImportReport, Changes]
) -> None:
    for one in taken[1].files:
        if one.result == "imported":
            assert one.picture is not None
            content = Path(one.path).read_bytes()
            assert clinic.context.store.get(one.picture.original) == content
            assert one.sha256 == one.picture.sha256 == hashlib.sha256(content).hexdigest()


def test_dates_come_with_their_certainty(taken: tuple[int, PictureImportReport, Changes]) -> None:
    found = by_name(taken[1])
    for name, certainty, when in (
        ("IMG_0001.JPG", Certainty.CAMERA, day("2026-01-12")),
        ("IMG_0004.heic", Certainty.CAMERA, day("2026-01-12")),
        ("IMG-20260112-WA0003.jpg", Certainty.RECEIVED, day("2026-01-12")),
        ("IMG-20260230-WA0001.jpg", Certainty.UNSURE, None),
    ):
        picture = found[name].picture
        assert picture is not None
        assert (picture.taken.certainty, picture.taken.day) == (certainty, when), name


def test_orientation_is_used_and_previews_are_small(
    clinic: Services, taken: tuple[int, PictureImportReport, Changes]
) -> None:
    upright, turned = by_name(taken[1])["IMG_0001.JPG"].picture, by_name(taken[1])["IMG_0002.jpeg"].picture
    assert upright is not None
    assert turned is not None
    assert (upright.width, upright.height) == (96, 64)
    assert (turned.width, turned.height) == (64, 96)
    pixels = clinic.pictures.preview(upright.id)
    assert (pixels.width, pixels.height) == (96, 64)
    assert clinic.pictures.full(turned.id).width == 64
    half = clinic.pictures.half(turned.id)
    assert (half.width, half.height) == (32, 48)
    assert clinic.pictures.thumbnail(upright.id).startswith(b"\xff\xd8")
    notes = by_name(taken[1])["print.jpg"].picture
    assert notes is not None
    assert "cmyk_converted" in notes.notes


def test_no_place_is_kept_anywhere_but_in_the_sealed_original(
    clinic: Services, taken: tuple[int, PictureImportReport, Changes]
) -> None:
    for one in taken[1].files:
        if one.picture is not None and one.result == "imported":
            assert samples.PLACE not in repr(one.picture)
            for blob in (one.picture.display, one.picture.preview, one.picture.thumbnail):
                assert samples.PLACE.encode() not in clinic.context.store.get(blob)


def test_photographs_stand_between_the_injections(
    clinic: Services, taken: tuple[int, PictureImportReport, Changes]
) -> None:
    patient_id, report, _ = taken
    entries = {entry.picture.id: entry for entry in clinic.pictures.entries(patient_id)}
    camera, unsure = by_name(report)["IMG_0001.JPG"].picture, by_name(report)["IMG-20260230-WA0001.jpg"].picture
    assert camera is not None
    assert unsure is not None
    assert (entries[camera.id].phase.kind, entries[camera.id].phase.days) == (PhaseKind.AFTER, 7)
    assert entries[unsure.id].phase.kind is PhaseKind.UNSURE
    assert [mrn for mrn, _ in clinic.pictures.all(patient_id)] == ["PH-1"] * len(entries)
    assert sum(len(group) for group in report.sessions) == len(entries)


def test_a_second_import_is_all_duplicates_and_another_patient_has_copies_of_their_own(
    services: Services, someone: tuple[int, int], tmp_path: Path
) -> None:
    patient_id, _ = someone
    mrn = services.patients.get(patient_id).mrn
    paths = [str(path) for path in write_photos(tmp_path / "card", 93, 94)]
    first = services.pictures.import_files(patient_id, paths).result
    assert isinstance(first, PictureImportReport)
    assert [(one.result, one.kept_for) for one in first.files] == [("imported", "")] * 2
    again = services.pictures.import_files(patient_id, paths)
    assert isinstance(again.result, PictureImportReport)
    assert [one.result for one in again.result.files] == ["duplicate", "duplicate"]
    assert again.undo is None
    assert set(again.result.deletable) == set(paths)
    other, _ = add_patient(services, "Other Photo", f"OTHER-{patient_id}")
    same = services.pictures.import_files(other, paths)
    assert isinstance(same.result, PictureImportReport)
    assert [(one.result, one.kept_for) for one in same.result.files] == [("imported", mrn)] * 2
    mine = first.files[0].picture
    assert mine is not None
    assert refusal(lambda: services.pictures.move([mine.id], other)).code == "picture_already_there"


def test_the_list_of_all_photographs_asks_no_more_for_more_patients(clinic: Services, tmp_path: Path) -> None:
    def statements() -> int:
        seen: list[str] = []

        def note(*asked: object) -> None:
            seen.append(str(asked[2]))

        with clinic.context.units.read() as unit:
            engine = unit.session.get_bind().engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            listed = clinic.pictures.all()
        finally:
            event.remove(engine, "before_cursor_execute", note)
        entries = {patient: clinic.pictures.entries(patient) for patient in {e.picture.patient_id for _, e in listed}}
        assert [e for _, e in listed] == sorted(
            (entry for own in entries.values() for entry in own),
            key=lambda e: (mrns[e.picture.patient_id], entries[e.picture.patient_id].index(e)),
        )
        return len(seen)

    mrns = {one.id: one.mrn for one in clinic.patients.everybody()}
    asked = []
    for number in range(4):
        patient_id, case_id = add_patient(clinic, f"Listed {number}", f"L-{number}", phone=f"71000 {number:05}")
        give(clinic, patient_id, case_id, day("2026-01-05"))
        mrns[patient_id] = f"L-{number}"
        one_picture(clinic, patient_id, tmp_path)
        asked.append(statements())
    assert asked[-1] == asked[0]


def one_picture(services: Services, patient_id: int, tmp_path: Path, name: str = "one.jpg", quality: int = 60) -> int:
    path = tmp_path / name
    path.write_bytes(samples.plain_jpeg(quality=quality))
    result = services.pictures.import_files(patient_id, [str(path)]).result
    assert isinstance(result, PictureImportReport)
    picture = result.files[0].picture
    assert picture is not None
    return picture.id


def test_tags_days_and_moves_are_taken_back(services: Services, someone: tuple[int, int], tmp_path: Path) -> None:
    patient_id, _ = someone
    other, _ = add_patient(services, "Right Person", f"RP-{patient_id}")
    ids = [one_picture(services, patient_id, tmp_path, f"{number}.jpg", 50 + number) for number in range(2)]

    def seen() -> object:
        return [
            (one.picture.id, one.picture.view, one.picture.taken, one.picture.known_after)
            for who in (patient_id, other)
            for one in services.pictures.entries(who)
        ]

    before = seen()
    writes: tuple[Callable[[], Changes], ...] = (
        lambda: services.pictures.set_view(ids, "F01"),
        lambda: services.pictures.set_views({ids[0]: "F01", ids[1]: None}),
        lambda: services.pictures.set_taken(ids, day("2026-02-02"), known_after=True),
        lambda: services.pictures.move(ids[:1], other),
    )
    for write in writes:
        written = write()
        assert seen() != before
        assert written.undo is not None
        services.undo(written.undo)
        assert seen() == before
        assert refusal(lambda written=written: services.undo(written.undo or 0)).code == "already_undone"


def test_what_cannot_be_said_of_a_photograph_is_refused(
    services: Services, someone: tuple[int, int], tmp_path: Path
) -> None:
    patient_id, case_id = someone
    picture = one_picture(services, patient_id, tmp_path)
    tomorrow = TODAY + timedelta(days=1)
    calls = {
        "unknown_view": lambda: services.pictures.set_view([picture], "Z99"),
        "picture_in_future": lambda: services.pictures.set_taken([picture], tomorrow),
        "picture_before_birth": lambda: services.pictures.set_taken([picture], day("1960-01-01")),
        "patient_not_found": lambda: services.pictures.move([picture], 999_999),
        "picture_not_found": lambda: services.pictures.move([999_999], patient_id),
    }
    for code, call in calls.items():
        assert refusal(call).code == code
    nothing = tmp_path / "empty folder"
    nothing.mkdir()
    assert refusal(lambda: services.pictures.import_files(patient_id, [str(nothing)])).code == "no_pictures_here"
    assert (
        refusal(lambda: services.pictures.import_files(999_999, [str(nothing / "a.jpg")])).code == "patient_not_found"
    )
    assert refusal(lambda: services.pictures.import_files(patient_id, [str(tmp_path)], "Z99")).code == "unknown_view"
    gone = services.pictures.import_files(patient_id, [str(tmp_path / "gone.jpg")]).result
    assert isinstance(gone, PictureImportReport)
    assert gone.files[0].reason == "picture_file_gone"
    other, its_case = add_patient(services, "Pin Person", f"PIN-{patient_id}")
    foreign = one_picture(services, other, tmp_path, "two.jpg", 61)
    error = refusal(lambda: services.pictures.pin(case_id, "F01", picture, foreign))
    assert error.code == "picture_of_another_patient"
    assert its_case


def test_a_path_nobody_may_look_at_is_refused_not_a_crash(
    services: Services, someone: tuple[int, int], tmp_path: Path
) -> None:
    result = services.pictures.import_files(someone[0], [str(tmp_path / ("x" * 300 + ".jpg"))]).result
    assert isinstance(result, PictureImportReport)
    assert [one.result for one in result.files] == ["refused"]


def test_an_import_is_taken_back_whole(services: Services, someone: tuple[int, int], tmp_path: Path) -> None:
    patient_id, _ = someone
    for number in range(3):
        (tmp_path / f"{number}.jpg").write_bytes(samples.plain_jpeg(quality=40 + number))
    written = services.pictures.import_files(patient_id, [str(tmp_path)])
    assert len(services.pictures.entries(patient_id)) == 3
    services.undo(written.undo or 0)
    assert services.pictures.entries(patient_id) == ()
    assert refusal(lambda: services.undo(written.undo or 0)).code == "already_undone"
    again = services.pictures.import_files(patient_id, [str(tmp_path)]).result
    assert isinstance(again, PictureImportReport)
    assert {one.result for one in again.files} == {"imported"}


def test_a_cancelled_import_keeps_whole_photographs_only(
    services: Services, someone: tuple[int, int], tmp_path: Path
) -> None:
    patient_id, _ = someone
    for number in range(4):
        (tmp_path / f"{number}.jpg").write_bytes(samples.plain_jpeg(quality=30 + number))
    told: list[str] = []

    def report(progress: Progress) -> bool:
        return progress.done < 2

    written = services.pictures.import_files(
        patient_id, [str(tmp_path)], report=report, each=lambda one: told.append(one.path)
    )
    assert isinstance(written.result, PictureImportReport)
    assert (written.result.cancelled, len(written.result.files), len(told)) == (True, 2, 2)
    assert len(services.pictures.entries(patient_id)) == 2
    assert [one for one in services.check(full=True) if not one.harmless] == []
    services.undo(written.undo or 0)
    assert services.pictures.entries(patient_id) == ()


def test_sources_are_deleted_only_when_the_copy_reads_back_whole(
    services: Services, someone: tuple[int, int], tmp_path: Path
) -> None:
    patient_id, _ = someone
    paths = []
    for number in range(3):
        path = tmp_path / f"{number}.jpg"
        path.write_bytes(samples.plain_jpeg(quality=20 + number))
        paths.append(str(path))
    result = services.pictures.import_files(patient_id, paths).result
    assert isinstance(result, PictureImportReport)
    assert result.deletable == tuple(paths)
    (tmp_path / "0.jpg").write_bytes(b"changed since")
    damaged = result.files[1].picture
    assert damaged is not None
    blob = Path(services.clinic.folder) / "blobs" / damaged.original[:2] / damaged.original
    sealed = blob.read_bytes()
    blob.chmod(stat.S_IRUSR | stat.S_IWUSR)
    blob.write_bytes(sealed[:-1] + bytes([sealed[-1] ^ 1]))
    stranger = tmp_path / "never imported.jpg"
    stranger.write_bytes(samples.plain_jpeg(quality=25))
    try:
        assert services.pictures.delete_sources([*paths, str(stranger), str(tmp_path / "gone.jpg")]) == (paths[2],)
        assert [Path(path).exists() for path in paths] == [True, True, False]
        assert stranger.exists()
        again = services.pictures.import_files(patient_id, [paths[1]]).result
        assert isinstance(again, PictureImportReport)
        assert (again.files[0].result, again.deletable) == ("duplicate", ())
        kinds = {(one.kind.value, one.id) for one in services.check(full=True) if not one.harmless}
        assert kinds == {("damaged", damaged.id)}
    finally:
        blob.write_bytes(sealed)


def test_a_missing_file_is_found_and_a_stray_one_is_a_note(
    services: Services, someone: tuple[int, int], tmp_path: Path
) -> None:
    patient_id, _ = someone
    picture_id = one_picture(services, patient_id, tmp_path, quality=77)
    original = next(one.picture.original for one in services.pictures.entries(patient_id))
    blob = Path(services.clinic.folder) / "blobs" / original[:2] / original
    away = blob.rename(tmp_path / "away")
    found = [(one.kind.value, one.id) for one in services.check() if not one.harmless]
    away.rename(blob)
    assert found == [("missing", picture_id)]
    stray = blob.parent / (original[:2] + "0" * 62)
    stray.write_bytes(b"x")
    notes = {one.code for one in services.check()}
    stray.unlink()
    assert "pictures_unreferenced" in notes
    assert all(one.harmless for one in services.check())


def test_the_right_pair_of_a_case(services: Services, someone: tuple[int, int], tmp_path: Path) -> None:
    patient_id, case_id = someone
    give(services, patient_id, case_id, day("2026-01-05"))
    before = one_picture(services, patient_id, tmp_path, "IMG-20260104-WA0001.jpg", 11)
    after = one_picture(services, patient_id, tmp_path, "IMG-20260120-WA0001.jpg", 12)
    late = one_picture(services, patient_id, tmp_path, "IMG-20260318-WA0001.jpg", 13)
    view = services.catalogues.conditions["blepharospasm_bilateral"].main_view
    services.pictures.set_view([before, after, late], view)
    answer = services.pictures.pair(case_id)
    assert answer.pair.a is not None
    assert answer.pair.b is not None
    assert (answer.pair.a.id, answer.pair.b.id, answer.views) == (before, after, (view,))
    kept = services.pictures.pin(case_id, view, before, late)
    assert services.pictures.pair(case_id).pins == {view: (before, late)}
    pinned = services.pictures.pair(case_id).pair.b
    assert pinned is not None
    assert pinned.id == late
    let_go = services.pictures.unpin(case_id, view)
    assert services.pictures.pair(case_id).pins == {}
    services.undo(let_go.undo or 0)
    assert services.pictures.pair(case_id).pins == {view: (before, late)}
    services.undo(kept.undo or 0)
    assert services.pictures.pair(case_id).pins == {}
    with services.context.units.read() as unit:
        entered = [one.action for one in unit.audit.entries(AuditFilter(action="pin", patient_id=patient_id), 0, 9)]
        assert unit.audit.verify(rows=True).problems == ()
    assert sorted(entered) == ["pin.delete", "pin.delete", "pin.restore", "pin.set"]
    unpinned = services.pictures.pair(case_id).pair.b
    assert unpinned is not None
    assert unpinned.id == after
    inspector = services.schedule.inspector(case_id)
    assert inspector.pair is not None
    assert inspector.pair.b is not None
    assert inspector.pair.b.id == after


def test_a_pasted_photograph_is_taken(services: Services, someone: tuple[int, int]) -> None:
    patient_id, _ = someone
    result = services.pictures.import_bytes(patient_id, samples.png(), view="F01").result
    assert isinstance(result, PictureImportReport)
    assert (result.files[0].result, result.deletable) == ("imported", ())
    (entry,) = services.pictures.entries(patient_id)
    assert (entry.picture.view, entry.picture.file_name) == ("F01", "pasted.png")


def write_photos(folder: Path, *seeds: int) -> list[Path]:
    """Photographs of their own content each."""
    folder.mkdir(parents=True)
    paths = [folder / f"IMG_{seed:04}.jpg" for seed in seeds]
    for path, seed in zip(paths, seeds, strict=True):
        path.write_bytes(samples.plain_jpeg(quality=seed))
    return paths


def test_an_import_is_not_taken_back_once_its_sources_were_deleted(
    services: Services, someone: tuple[int, int], tmp_path: Path
) -> None:
    patient_id, _ = someone
    paths = write_photos(tmp_path / "card", 31, 32)
    written = services.pictures.import_files(patient_id, [str(tmp_path / "card")])
    assert written.undo is not None
    assert services.pictures.delete_sources([str(paths[0])]) == (str(paths[0]),)
    undo_id = written.undo
    refused = refusal(lambda: services.undo(undo_id))
    assert refused.code == "sources_deleted"
    assert sentence_of(refused).startswith("The source files of these photographs were deleted")
    assert len(services.pictures.entries(patient_id)) == 2


def test_an_import_whose_sources_could_not_be_deleted_is_still_taken_back(
    services: Services, someone: tuple[int, int], tmp_path: Path
) -> None:
    patient_id, _ = someone
    paths = write_photos(tmp_path / "card", 41)
    written = services.pictures.import_files(patient_id, [str(tmp_path / "card")])
    paths[0].write_bytes(b"changed since")
    assert services.pictures.delete_sources([str(paths[0])]) == ()
    assert written.undo is not None
    services.undo(written.undo)
    assert services.pictures.entries(patient_id) == ()


def test_the_older_import_stays_when_a_duplicate_of_it_was_deleted_at_the_source(
    services: Services, someone: tuple[int, int], tmp_path: Path
) -> None:
    patient_id, _ = someone
    first = services.pictures.import_files(patient_id, [str(write_photos(tmp_path / "a", 51)[0])])
    again = write_photos(tmp_path / "b", 51)
    assert services.pictures.import_files(patient_id, [str(again[0])]).undo is None
    assert services.pictures.delete_sources([str(again[0])]) == (str(again[0]),)
    assert first.undo is not None
    undo_id = first.undo
    assert refusal(lambda: services.undo(undo_id)).code == "sources_deleted"


def test_an_import_is_not_taken_back_from_the_patient_a_photo_was_moved_to(
    services: Services, someone: tuple[int, int], tmp_path: Path
) -> None:
    patient_id, _ = someone
    other, _ = add_patient(services, "Moved To", f"MV-{patient_id}")
    written = services.pictures.import_files(patient_id, [str(p) for p in write_photos(tmp_path / "card", 61, 62)])
    moved = services.pictures.entries(patient_id)[0].picture.id
    back = services.pictures.move([moved], other).undo
    assert written.undo is not None
    undo_id = written.undo
    refused = refusal(lambda: services.undo(undo_id))
    assert refused.code == "picture_moved_since"
    assert f"MV-{patient_id}" in sentence_of(refused)
    assert len(services.pictures.entries(other)) == 1
    assert back is not None
    services.undo(back)
    services.undo(undo_id)
    assert services.pictures.entries(patient_id) == ()


def test_a_folder_that_is_called_like_a_photo_is_a_folder(
    services: Services, someone: tuple[int, int], tmp_path: Path
) -> None:
    for place in ("inside", "outside"):
        folder = tmp_path / place / "a.jpg"
        write_photos(folder, 71 if place == "inside" else 72)
        given = folder if place == "outside" else folder.parent
        report = services.pictures.import_files(someone[0], [str(given)]).result
        assert isinstance(report, PictureImportReport)
        assert [one.result for one in report.files] == ["imported"]


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "heic"])
def test_what_is_pasted_is_named_by_what_it_is(services: Services, someone: tuple[int, int], kind: str) -> None:
    made: dict[str, Callable[[], bytes]] = {
        "jpeg": samples.jpeg,
        "png": samples.png,
        "webp": samples.webp,
        "heic": samples.heic,
    }
    data = made[kind]()
    report = services.pictures.import_bytes(someone[0], data).result
    assert isinstance(report, PictureImportReport)
    assert [(one.path, one.result) for one in report.files] == [
        (f"pasted.{'jpg' if kind == 'jpeg' else kind}", "imported")
    ]


@dataclass(frozen=True)
class TwoDiagnoses:
    """Somebody with blepharospasm and cervical dystonia, each with an injection, and photographs by their views."""

    patient: int
    eyes: int
    neck: int
    photos: dict[str, list[int]]


@pytest.fixture
def two_diagnoses(services: Services, someone: tuple[int, int], tmp_path: Path) -> TwoDiagnoses:
    patient, eyes = someone
    neck = services.cases.add(patient, CaseDetails("cervical_dystonia", Side.LEFT)).result
    assert isinstance(neck, int)
    give(services, patient, eyes, day("2026-01-14"), "35")
    give(services, patient, neck, day("2026-02-06"), "150")
    photos: dict[str, list[int]] = {}
    for number, (view, when) in enumerate(
        (("F01", "20260114"), ("F01", "20260204"), ("N01", "20260206"), ("N01", "20260308"), ("S01", "20260206"))
    ):
        path = tmp_path / f"IMG-{when}-WA{number:04}.jpg"
        Image.new("RGB", (80 + patient % 40, 60 + number), (number * 40, patient * 7 % 256, eyes % 256)).save(path)
        report = services.pictures.import_files(patient, [str(path)], view).result
        assert isinstance(report, PictureImportReport)
        assert report.files[0].picture is not None
        photos.setdefault(view, []).append(report.files[0].picture.id)
    return TwoDiagnoses(patient, eyes, neck, photos)


def test_photographs_of_another_diagnosis_stand_between_its_own_injections(
    services: Services, two_diagnoses: TwoDiagnoses
) -> None:
    two = two_diagnoses
    answer = services.pictures.pair(two.eyes)
    assert answer.views == ("F01", "S01")
    assert [(one.case.id, one.views) for one in answer.others] == [(two.neck, ("N01",))]
    entries = {entry.picture.id: entry for entry in answer.pictures}
    before, after = (entries[id_] for id_ in two.photos["N01"])
    for entry, kind in ((before, PhaseKind.BEFORE), (after, PhaseKind.AFTER)):
        assert entry.case_id == two.neck
        assert (entry.phase.kind, entry.phase.injection and entry.phase.injection.units_text) == (kind, "150 U")
    assert {entries[id_].case_id for id_ in (*two.photos["F01"], *two.photos["S01"])} == {two.eyes}
    listed = {entry.picture.id: entry for entry in services.pictures.entries(two.patient)}
    assert [entries[id_].phase.kind for id_ in two.photos["N01"]] == [
        listed[id_].phase.kind for id_ in two.photos["N01"]
    ]


def test_a_view_of_another_diagnosis_is_never_paired_by_the_injections_of_the_opened_one(
    services: Services, two_diagnoses: TwoDiagnoses
) -> None:
    two = two_diagnoses
    asked = services.pictures.pair(two.eyes, "N01")
    assert asked.pair.view == "F01"
    services.comparison.remember(two.eyes, CompareState("N01"))
    assert services.pictures.pair(two.eyes).pair.view == "F01"
    own = services.pictures.pair(two.neck)
    assert own.pair.view == "N01"
    assert own.pair.a is not None
    assert own.pair.b is not None
    assert [own.pair.a.id, own.pair.b.id] == two.photos["N01"]
    assert [(one.case.id, one.views) for one in own.others] == [(two.eyes, ("F01",))]


def test_a_view_both_diagnoses_want_is_placed_by_the_one_that_is_opened(
    services: Services, two_diagnoses: TwoDiagnoses
) -> None:
    two = two_diagnoses
    jaw = services.cases.add(two.patient, CaseDetails("meige")).result
    assert isinstance(jaw, int)
    give(services, two.patient, jaw, day("2026-01-20"), "20")
    for case_id, units in ((two.eyes, "35 U"), (jaw, "20 U")):
        answer = services.pictures.pair(case_id, "F01")
        assert answer.pair.view == "F01"
        entry = next(one for one in answer.pictures if one.picture.id == two.photos["F01"][1])
        assert entry.case_id == case_id
        assert entry.phase.injection is not None
        assert entry.phase.injection.units_text == units
        assert {one.case.id for one in answer.others} == {two.eyes, two.neck, jaw} - {case_id}


def test_an_injection_that_is_asked_for_finds_the_view_with_photographs_around_it(
    services: Services, someone: tuple[int, int]
) -> None:
    patient_id, case_id = someone
    sessions = [give(services, patient_id, case_id, day(text)).sessions[0].id for text in ("2025-05-05", "2025-08-05")]
    alone = give(services, patient_id, case_id, day("2025-12-20")).sessions[0].id
    qualities = iter(range(31, 60))

    def photo(text: str, view: str) -> None:
        data = samples.plain_jpeg(quality=next(qualities))
        report = services.pictures.import_bytes(patient_id, data, f"IMG-{text}-WA0001.jpg").result
        assert isinstance(report, PictureImportReport)
        assert report.files[0].picture is not None
        services.pictures.set_view([report.files[0].picture.id], view)

    for text, view in (
        ("20250504", "F02"), ("20250519", "F02"), ("20250520", "F01"), ("20250804", "F01"), ("20250815", "F01"),
    ):  # fmt: skip
        photo(text, view)
    assert services.pictures.pair(case_id).pair.view == "F01"
    assert services.pictures.pair(case_id, None, sessions[0]).pair.view == "F02"
    assert services.pictures.pair(case_id, None, sessions[1]).pair.view == "F01"
    assert services.pictures.pair(case_id, "F01", sessions[0]).pair.view == "F01"
    assert services.pictures.pair(case_id, None, alone).pair.view == "F01"
    services.comparison.remember(case_id, CompareState("F02"))
    assert services.pictures.pair(case_id, None, alone).pair.view == "F02"
    assert services.pictures.pair(case_id, None, sessions[1]).pair.view == "F01"
