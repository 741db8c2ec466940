"""A copy of one patient's whole record, for the patient who asks for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clinic_app.domain.access import Action
from clinic_app.domain.audit import AuditEvent
from clinic_app.domain.bin import BinKind
from clinic_app.domain.cases import Side
from clinic_app.domain.changes import Progress, Report, carry_on
from clinic_app.domain.errors import Cancelled, FileRefused
from clinic_app.exchange.record_copy import (
    JSON_NAME,
    PAGE_NAME,
    PICTURES,
    CopiedPicture,
    CopiedTable,
    CopyFolder,
    packed_path,
    record_json,
    record_page,
)
from clinic_app.imaging.decode import turned_jpeg
from clinic_app.services.access import open_to_all, reason_said
from clinic_app.services.context import ClinicContext
from clinic_app.wording.record_copy import copy_lines, plain_warning
from clinic_app.wording.record_page import live_photos, photo_caption, photos_title, record_tables
from clinic_app.wording.version_lines import VersionNames, case_words

BLOBS = ("original", "display", "preview", "thumbnail")


@dataclass(frozen=True, slots=True)
class RecordCopy:
    """What was written: the folder (or the packed file), how many files and photographs, and the warning to show."""

    folder: str
    files: int
    photographs: int
    warning: str


class RecordCopyService:
    """Copies of whole records."""

    def __init__(self, context: ClinicContext) -> None:
        self._context = context

    @open_to_all
    def export(
        self, patient_id: int, path: str, reason: str = "", report: Report = carry_on, *, packed: bool = False
    ) -> RecordCopy:
        """Write a patient's record into a new folder: JSON, a page to read, photographs rebuilt from their pixels.

        ``packed``: as one ZIP file beside where the folder would be; the folder itself does not stay.

        The files are **not** encrypted: the program has no library for encrypted archives; the warning says so.

        Raises:
            AccessRefused: ``EXPORT_IDENTIFIABLE``: a reason, and signed in again.
            FileRefused: ``copy_folder_not_empty``, ``copy_exists``, ``file_trouble``; ``copy_left_behind`` where what
                was written could not be removed.
            DamageFound: a photograph of the record is damaged.
            Cancelled: the report said to stop. In every case what was written is removed.
        """
        context = self._context
        with context.access.because(reason.strip() or reason_said()):
            context.access.check(Action.EXPORT_IDENTIFIABLE, patient_id)
            with context.units.read() as unit:
                patient = unit.patients.get(patient_id)
                taken = unit.bin.collect(BinKind.PATIENT, [patient_id])
            copy = CopyFolder(Path(path))
            _refuse_taken(copy.folder, packed=packed)
            with context.entered(AuditEvent("export.ident", "patient", str(patient_id), patient_id)), _whole(copy):
                copy.begin()
                names = _names(context, taken.rows)
                pictures = self._pictures(copy, taken.rows, names, report)
                content: dict[str, object] = {
                    "format": 1,
                    "made_at": context.now().isoformat(timespec="seconds"),
                    "clinic": context.info.name,
                    "record": {table: [_without_blobs(row) for row in rows] for table, rows in taken.rows.items()},
                }
                lines = copy_lines(context.info.name, context.now(), context.access.user.name)
                tables = [CopiedTable(*table) for table in record_tables(taken.rows, names)]
                page = record_page(
                    f"{patient.name} · {patient.mrn}", lines, plain_warning(), tables, pictures, photos_title()
                )
                copy.write(JSON_NAME, record_json(content))
                copy.write(PAGE_NAME, page)
                written = copy.packed() if packed else copy.folder
                if packed and not copy.remove():
                    written.unlink(missing_ok=True)
                    raise FileRefused("copy_left_behind", str(copy.folder))
        return RecordCopy(str(written), len(copy.files), len(pictures), plain_warning())

    def _pictures(
        self, copy: CopyFolder, rows: Mapping[str, Sequence[Mapping[str, Any]]], names: VersionNames, report: Report
    ) -> list[CopiedPicture]:
        """The photographs, turned as the clinic sees them; nothing is hidden in them or drawn on them."""
        found: list[CopiedPicture] = []
        live = live_photos(rows)
        turns = {row["picture_id"]: row["quarters"] for row in rows.get("picture_turn", ())}
        for position, row in enumerate(live):
            if not report(Progress(position, len(live), "copying_pictures")):
                raise Cancelled
            name = f"{PICTURES}/{row['day'] or 'undated'}-{row['view'] or 'any'}-{row['id']}.jpg"
            quarters = turns.get(row["id"], 0)
            copy.write(name, turned_jpeg(self._context.store.get(row["display"]), quarters))
            found.append(CopiedPicture(name, photo_caption(position + 1, row, names, quarters)))
        return found


def _refuse_taken(folder: Path, *, packed: bool) -> None:
    """Raises ``FileRefused`` where something lies in the way, or where the disk does not let one look."""
    try:
        if folder.exists() and any(folder.iterdir()):
            raise FileRefused("copy_folder_not_empty", str(folder))
        if packed and packed_path(folder).exists():
            raise FileRefused("copy_exists", str(packed_path(folder)))
    except OSError as error:
        raise FileRefused("file_trouble", str(folder), reason=error.strerror or "") from error


@contextmanager
def _whole(copy: CopyFolder) -> Iterator[None]:
    """What was written goes again where the inside fails, whatever the reason.

    Raises:
        FileRefused: ``file_trouble``, ``copy_left_behind`` where it does not go.
    """
    try:
        yield
    except BaseException as error:
        if not copy.remove():
            raise FileRefused("copy_left_behind", str(copy.folder)) from error
        if isinstance(error, OSError):
            raise FileRefused("file_trouble", str(copy.folder), reason=error.strerror or "") from error
        raise


def _names(context: ClinicContext, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> VersionNames:
    """What codes and the numbers of diagnoses are called."""
    names = VersionNames(context.catalogues)
    cases = {
        row["id"]: case_words(row["condition"], Side(row["side"]) if row["side"] else None, names)
        for row in rows.get("clinical_case", ())
    }
    return VersionNames(context.catalogues, cases)


def _without_blobs(row: Mapping[str, Any]) -> dict[str, object]:
    return {name: value for name, value in row.items() if name not in BLOBS}
