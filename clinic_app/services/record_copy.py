"""A copy of one patient's whole record, for the patient who asks for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clinic_app.domain.access import Action
from clinic_app.domain.audit import AuditEvent
from clinic_app.domain.bin import BinKind
from clinic_app.domain.changes import Progress, Report, carry_on
from clinic_app.domain.errors import Cancelled, FileRefused
from clinic_app.exchange.record_copy import (
    JSON_NAME,
    PAGE_NAME,
    PICTURES,
    CopiedPicture,
    CopiedTable,
    pack,
    packed_path,
    record_json,
    record_page,
)
from clinic_app.services.access import open_to_all, reason_said
from clinic_app.services.context import ClinicContext
from clinic_app.storage.unit import UnitOfWork
from clinic_app.wording.record_copy import INTERNAL, copy_lines, plain_warning, table_title
from clinic_app.wording.versions import field_words, value_words

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
            FileRefused: ``copy_folder_not_empty``, ``copy_exists``, ``file_trouble``.
            Cancelled: the report said to stop; what was written is removed.
        """
        context = self._context
        with context.access.because(reason.strip() or reason_said()):
            context.access.check(Action.EXPORT_IDENTIFIABLE, patient_id)
            folder = Path(path)
            with context.units.read() as unit:
                patient = unit.patients.get(patient_id)
                taken = unit.bin.collect(BinKind.PATIENT, [patient_id])
            written: list[Path] = []
            try:
                if folder.exists() and any(folder.iterdir()):
                    raise FileRefused("copy_folder_not_empty", str(folder))
                if packed and packed_path(folder).exists():
                    raise FileRefused("copy_exists", str(packed_path(folder)))
                with context.units.open() as unit:
                    self._enter(unit, patient_id)
                (folder / PICTURES).mkdir(parents=True, exist_ok=True)
                pictures = self._pictures(folder, taken.rows.get("picture", ()), written, report)
                content: dict[str, object] = {
                    "format": 1,
                    "made_at": context.now().isoformat(timespec="seconds"),
                    "clinic": context.info.name,
                    "record": {table: [_without_blobs(row) for row in rows] for table, rows in taken.rows.items()},
                }
                lines = copy_lines(context.info.name, context.now(), context.access.user.name)
                page = record_page(
                    f"{patient.name} · {patient.mrn}", lines, plain_warning(), _tables(taken.rows), pictures
                )
                for name, data in ((JSON_NAME, record_json(content)), (PAGE_NAME, page)):
                    _write(folder / name, data, written)
                if packed:
                    target = pack(folder, written)
                    _remove(written)
                    (folder / PICTURES).rmdir()
                    folder.rmdir()
            except OSError as error:
                _remove(written)
                raise FileRefused("file_trouble", str(folder), reason=error.strerror or "") from error
            except Cancelled:
                _remove(written)
                raise
        return RecordCopy(str(target if packed else folder), len(written), len(pictures), plain_warning())

    def _enter(self, unit: UnitOfWork, patient_id: int) -> None:
        """The audit knows before the first byte is written."""
        unit.enter(AuditEvent("export.ident", "patient", str(patient_id), patient_id))
        unit.commit()

    def _pictures(
        self, folder: Path, rows: Sequence[Mapping[str, Any]], written: list[Path], report: Report
    ) -> list[CopiedPicture]:
        found: list[CopiedPicture] = []
        live = [row for row in rows if row["taken_back_at"] is None]
        for position, row in enumerate(live):
            if not report(Progress(position, len(live), "copying_pictures")):
                raise Cancelled
            name = f"{row['day'] or 'undated'}-{row['view'] or 'any'}-{row['id']}.jpg"
            _write(folder / PICTURES / name, self._context.store.get(row["display"]), written)
            found.append(CopiedPicture(f"{PICTURES}/{name}", " · ".join(filter(None, (row["day"], row["view"])))))
        return found


def _tables(rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[CopiedTable]:
    found: list[CopiedTable] = []
    for table, here in rows.items():
        columns = [
            name for name in here[0] if name not in INTERNAL and any(row[name] not in (None, "") for row in here)
        ]
        if columns:
            lines = tuple(tuple(value_words(row[name]) for name in columns) for row in here)
            found.append(CopiedTable(table_title(table), tuple(field_words(name) for name in columns), lines))
    return found


def _without_blobs(row: Mapping[str, Any]) -> dict[str, object]:
    return {name: value for name, value in row.items() if name not in BLOBS}


def _write(path: Path, data: bytes, written: list[Path]) -> None:
    with path.open("xb") as file:
        written.append(path)
        file.write(data)


def _remove(written: Sequence[Path]) -> None:
    for path in written:
        path.unlink(missing_ok=True)
