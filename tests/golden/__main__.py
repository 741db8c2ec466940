"""Makes the golden clinic of this schema: ``python -m tests.golden``. Once, when a schema is released."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

from PIL import Image, ImageDraw

from clinic_app.domain.alignment import IDENTITY, Alignment, AlignmentMethod, PointPair, Similarity
from clinic_app.domain.cases import CaseDetails
from clinic_app.domain.comparison import CompareMode, CompareState, FramedAlignment, Remembered
from clinic_app.domain.lens import Lens, Link
from clinic_app.domain.marks import Hiding, Ink, Mark, MarkKind, Part
from clinic_app.domain.measurements import MeasureKind
from clinic_app.services import Services
from clinic_app.storage.migrations import SCHEMA
from tests.builders import PASSPHRASE, TODAY, add_patient, door, give
from tests.golden.answers import PLACE, answers_of, compared

EYES, NECK = "E01", "N01"
IRIS, LIDS, LINE = ((0.30, 0.4), (0.35, 0.4)), ((0.325, 0.39), (0.325, 0.41)), ((0.2, 0.2), (0.5, 0.3))
SHOULDERS = ((0.5, 0.1), (0.52, 0.5), (0.2, 0.8), (0.8, 0.78))


def photographs(services: Services, patient: int, folder: Path, view: str, *days: date) -> list[int]:
    """One drawn photograph of 120 by 90 pixels for each day."""
    paths = []
    for number, day in enumerate(days):
        image = Image.new("RGB", (120, 90), (patient * 40 % 256, number * 50, ord(view[0])))
        ImageDraw.Draw(image).ellipse((40, 20, 80, 70), fill=(230, 190 - number * 20, 160))
        paths.append(folder / f"IMG-{day:%Y%m%d}-WA{patient:02}{view[0]}{number}.jpg")
        image.save(paths[-1])
    report = services.pictures.import_files(patient, [str(path) for path in paths], view).result
    return [one.picture.id for one in report.files if one.picture is not None]  # type: ignore[attr-defined]


def placed(
    frame: int, method: AlignmentMethod, by: Similarity = IDENTITY, sure: float | None = None
) -> FramedAlignment:
    """How a photograph lies in a frame."""
    clicked = method in (AlignmentMethod.POINTS, AlignmentMethod.REFINED)
    points = (PointPair((0.3, 0.4), (0.31, 0.4)), PointPair((0.6, 0.4), (0.61, 0.41))) if clicked else ()
    return FramedAlignment(frame, Alignment(by, method, 0.002 if clicked else None, sure, points))


def fill(services: Services, folder: Path) -> None:
    """Something in every table of what belongs to photographs, and what is left of it in bin, merge and undo."""
    asha, eyes = add_patient(services, "Asha Verma", "4127")
    neck = services.cases.add(asha, CaseDetails("cervical_dystonia", None)).result
    assert isinstance(neck, int)
    for case, units in ((eyes, "35"), (neck, "180")):
        give(services, asha, case, TODAY - timedelta(days=120), units)
        give(services, asha, case, TODAY - timedelta(days=28), units)
    days = [TODAY - timedelta(days=back) for back in (120, 106, 28, 14)]
    a, b, c, d = photographs(services, asha, folder, EYES, *days)
    before, after = photographs(services, asha, folder, NECK, days[2], days[3])
    services.comparison.turn(b, 1)
    services.comparison.turn(after, 2)
    services.comparison.align(eyes, EYES, {
        a: placed(a, AlignmentMethod.REFERENCE),
        b: placed(a, AlignmentMethod.POINTS, Similarity(1.12, -91.5, 0.04, 0.71)),
        c: placed(a, AlignmentMethod.REFINED, Similarity(0.94, 1.25, 0.01, -0.02), 0.91),
        d: placed(a, AlignmentMethod.AUTOMATIC, Similarity(1.03, -2.0, 0.02, 0.01), 0.88),
    })  # fmt: skip
    services.comparison.turn(c, 1)
    services.comparison.align(eyes, EYES, {c: placed(a, AlignmentMethod.POINTS, Similarity(0.94, -88.75, 0.1, 0.7))})
    services.comparison.turn(c, -1)
    measure = services.measuring.measure
    measure(eyes, a, MeasureKind.IRIS, IRIS, iris_mm=11.5)
    measure(eyes, b, MeasureKind.HORIZONTAL, LINE)
    for kind, points in ((MeasureKind.LIDS_RIGHT, LIDS), (MeasureKind.DISTANCE, LINE), (MeasureKind.SLOPE, LINE)):
        first = measure(eyes, a, kind, points).result
        assert isinstance(first, int)
        measure(eyes, d, kind, points, partner_id=first)
    measure(eyes, b, MeasureKind.SLOPE, LINE)
    for picture in (before, after):
        measure(neck, picture, MeasureKind.TILT, SHOULDERS)
        measure(neck, picture, MeasureKind.ANGLE, SHOULDERS[:3])
    corners = ((0.2, 0.2), (0.6, 0.35))
    for mark in (
        Mark(0, a, MarkKind.TEXT, ((0.2, 0.3),), "spasm – here", Ink.CYAN),
        Mark(0, a, MarkKind.ARROW, corners, ink=Ink.RED),
        Mark(0, b, MarkKind.ELLIPSE, corners, ink=Ink.WHITE),
        Mark(0, b, MarkKind.FREEHAND, ((0.1, 0.1), (0.15, 0.2), (0.3, 0.22))),
        Mark(0, c, MarkKind.COVER, corners, part=Part.NAME, hiding=Hiding.PIXELS),
        Mark(0, d, MarkKind.KEEP, corners, part=Part.REGION),
    ):
        services.marking.draw(mark.picture_id, mark)
    services.comparison.set_peak_day(eyes, 21)
    services.pictures.pin(eyes, EYES, a, d)
    shown = Remembered((a, d, c), (c, d), Lens(0.4, 0.45, 2.5, -1.5), (Link(0.02, 0.0, 1.1, 3.0),), False,
                       CompareMode.WIPE, divider=0.3, grid=2, match_exposure=True)  # fmt: skip
    services.comparison.remember(eyes, CompareState(EYES, {EYES: shown, NECK: Remembered((before, after))}))
    services.bin.delete_photo([b], "blurred")
    _others(services, folder)


def _others(services: Services, folder: Path) -> None:
    """A photograph that was moved with what was measured in it, a merged record, a patient and a case in the bin."""
    wrong, wrong_case = add_patient(services, "Bela Shah", "5001", phone="98400 00001")
    right, _ = add_patient(services, "Chitra Nair", "5002", "cervical_dystonia", None, "98400 00002")
    give(services, wrong, wrong_case, TODAY - timedelta(days=30))
    e, f = photographs(services, wrong, folder, EYES, TODAY - timedelta(days=30), TODAY - timedelta(days=16))
    services.comparison.align(wrong_case, EYES, {e: placed(e, AlignmentMethod.REFERENCE),
                                                 f: placed(e, AlignmentMethod.POINTS, Similarity(1.1))})  # fmt: skip
    services.measuring.measure(wrong_case, e, MeasureKind.IRIS, IRIS)
    services.measuring.measure(wrong_case, f, MeasureKind.DISTANCE, LINE)
    services.marking.draw(e, Mark(0, e, MarkKind.ARROW, LINE))
    services.pictures.move([e], right)
    twice, twice_case = add_patient(services, "Bela Sha", "5003", phone="98400 00003")
    (g,) = photographs(services, twice, folder, EYES, TODAY - timedelta(days=9))
    services.comparison.align(twice_case, EYES, {g: placed(g, AlignmentMethod.REFERENCE)})
    services.measuring.measure(twice_case, g, MeasureKind.DISTANCE, LINE)
    services.merge.merge(wrong, twice, "the same person, entered twice")
    gone, gone_case = add_patient(services, "Devi Menon", "5004", phone="98400 00004")
    (h,) = photographs(services, gone, folder, EYES, TODAY - timedelta(days=3))
    services.measuring.measure(gone_case, h, MeasureKind.DISTANCE, LINE)
    services.marking.draw(h, Mark(0, h, MarkKind.TEXT, ((0.2, 0.3),), "for the file"))
    services.bin.delete_case(gone_case, "entered for the wrong person")
    services.bin.delete_patient(gone, "entered by mistake")


def main() -> None:
    """Make the clinic and write down what it answers."""
    os.environ["CLINIC_KDF_FAST"] = "1"
    schema = f"{SCHEMA:04}"
    if (PLACE / schema).exists():
        sys.exit(f"{PLACE / schema} is there already; a released clinic stays as it is")
    created = door().create(str(PLACE / schema), "Golden clinic", "Dr Rao", PASSPHRASE)
    with tempfile.TemporaryDirectory() as folder:
        fill(created.services, Path(folder))
    answers, shown = answers_of(created.services), compared(created.services)
    created.services.close()
    for name, said in (("answers", answers), ("compared", shown)):
        path = PLACE / f"{schema}-{name}.json"
        path.write_text(json.dumps(said, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    for name in ("tries.json", "tries.json.bak", "lock", "vault.lock"):
        (PLACE / schema / name).unlink(missing_ok=True)
    print(*created.recovery_codes, sep="\n")


if __name__ == "__main__":
    main()
