"""Photographs in the database; their bytes are in ``storage.picture_store``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from clinic_app.domain.errors import NotFound
from clinic_app.domain.pictures import Certainty, Picture, TakenAt
from clinic_app.storage.patients import chunks
from clinic_app.storage.records.audit import BinRecord
from clinic_app.storage.records.pictures import PicturePinRecord, PictureRecord


@dataclass(frozen=True, slots=True)
class NewPicture:
    """What a photograph is entered with: facts and the store's ids."""

    patient_id: int
    view: str | None
    taken: TakenAt
    width: int
    height: int
    sha256: str
    original: str
    display: str
    preview: str
    thumbnail: str
    file_name: str = ""
    camera: str = ""
    notes: tuple[str, ...] = ()
    sizes: tuple[int, ...] = ()
    """The bytes of the contents of ``original``, ``display``, ``preview``, ``thumbnail``."""


@dataclass(frozen=True, slots=True)
class KeptPicture:
    """A photograph as the check looks at it: the store's ids, the original first, each with its content's bytes.

    The bytes are None where they were not kept.
    """

    id: int
    patient_id: int
    blobs: tuple[tuple[str, int | None], ...]


class PictureRows:
    """The photographs of the clinic."""

    def __init__(self, session: Session, user: str, now: datetime) -> None:
        self._session = session
        self._user = user
        self._now = now

    def get(self, picture_id: int) -> Picture:
        """One photograph. Raises ``NotFound``."""
        return _picture_of(self._row(picture_id))

    def of_patient(self, patient_id: int) -> tuple[Picture, ...]:
        """A patient's photographs: those without a date first, then oldest first."""
        rows = self._session.scalars(
            select(PictureRecord)
            .where(PictureRecord.patient_id == patient_id, PictureRecord.taken_back_at.is_(None))
            .order_by(PictureRecord.day, PictureRecord.clock, PictureRecord.id)
        )
        found = [_picture_of(row) for row in rows]
        return tuple(sorted(found, key=_when))

    def days_of(self, patient_ids: Sequence[int]) -> dict[int, tuple[tuple[date, str | None], ...]]:
        """The days, with views, on which these patients were photographed."""
        found: dict[int, tuple[tuple[date, str | None], ...]] = {}
        for part in chunks(patient_ids):
            rows = self._session.execute(
                select(PictureRecord.patient_id, PictureRecord.day, PictureRecord.view).where(
                    PictureRecord.patient_id.in_(part),
                    PictureRecord.day.is_not(None),
                    PictureRecord.taken_back_at.is_(None),
                )
            )
            for patient_id, day, view in rows:
                if day is not None:
                    found[patient_id] = (*found.get(patient_id, ()), (day, view))
        return found

    def with_sha256(self, sha256: str) -> tuple[Picture, ...]:
        """The photographs with this content, of any patient, first entered first."""
        rows = self._session.scalars(
            select(PictureRecord)
            .where(PictureRecord.sha256 == sha256, PictureRecord.taken_back_at.is_(None))
            .order_by(PictureRecord.id)
        )
        return tuple(_picture_of(row) for row in rows)

    def add(self, new: NewPicture) -> Picture:
        """Enter a photograph whose blobs are in the store."""
        row = PictureRecord(
            patient_id=new.patient_id,
            view=new.view,
            day=new.taken.day,
            clock=new.taken.clock,
            certainty=new.taken.certainty.value,
            width=new.width,
            height=new.height,
            sha256=new.sha256,
            original=new.original,
            display=new.display,
            preview=new.preview,
            thumbnail=new.thumbnail,
            file_name=new.file_name,
            camera=new.camera,
            notes=list(new.notes),
            sizes=list(new.sizes),
            imported_by=self._user,
            imported_at=self._now,
        )
        self._session.add(row)
        self._session.flush()
        return _picture_of(row)

    def set_view(self, picture_id: int, view: str | None) -> str | None:
        """Change the view; answers the one before."""
        row = self._row(picture_id)
        before, row.view = row.view, view
        return before

    def set_taken(self, picture_id: int, taken: TakenAt, *, known_after: bool) -> tuple[TakenAt, bool]:
        """Change when it was taken; answers what was said before."""
        row = self._row(picture_id)
        before = (_taken_of(row), row.known_after)
        row.day, row.clock, row.certainty = taken.day, taken.clock, taken.certainty.value
        row.known_after = known_after
        return before

    def move(self, picture_id: int, patient_id: int) -> int:
        """Give a photograph to another patient; answers whose it was. What belongs to it: ``PhotoTies.settle``."""
        row = self._row(picture_id)
        before, row.patient_id = row.patient_id, patient_id
        return before

    def take_back(self, picture_ids: Sequence[int]) -> None:
        """Take photographs out of the record (the inverse of an import)."""
        for picture_id in picture_ids:
            self._row(picture_id).taken_back_at = self._now

    def pins(self, case_id: int) -> dict[str, tuple[int, int]]:
        """Every pair pinned for a case, by view."""
        rows = self._session.scalars(select(PicturePinRecord).where(PicturePinRecord.case_id == case_id))
        return {row.view: (row.a_id, row.b_id) for row in rows}

    def set_pin(self, case_id: int, view: str, pair: tuple[int, int] | None) -> None:
        """Pin a pair, or take the pin away."""
        row = self._session.get(PicturePinRecord, (case_id, view))
        if pair is None:
            if row is not None:
                self._session.delete(row)
        elif row is None:
            self._session.add(PicturePinRecord(case_id=case_id, view=view, a_id=pair[0], b_id=pair[1]))
        else:
            row.a_id, row.b_id = pair
        self._session.flush()

    def all(self, patient_id: int | None = None) -> tuple[Picture, ...]:
        """Every photograph, or one patient's, by patient; then those without a date first, then oldest first."""
        statement = select(PictureRecord).where(PictureRecord.taken_back_at.is_(None))
        if patient_id is not None:
            statement = statement.where(PictureRecord.patient_id == patient_id)
        found = [_picture_of(row) for row in self._session.scalars(statement.order_by(PictureRecord.id))]
        return tuple(sorted(found, key=lambda p: (p.patient_id, *_when(p))))

    def kept(self) -> tuple[KeptPicture, ...]:
        """Every photograph with what the store must hold of it, by patient."""
        found: list[KeptPicture] = []
        for id_, patient_id, *blobs, sizes in self._session.execute(
            select(
                PictureRecord.id,
                PictureRecord.patient_id,
                PictureRecord.original,
                PictureRecord.display,
                PictureRecord.preview,
                PictureRecord.thumbnail,
                PictureRecord.sizes,
            )
            .where(PictureRecord.taken_back_at.is_(None))
            .order_by(PictureRecord.patient_id, PictureRecord.id)
        ):
            known = sizes if sizes and len(sizes) == len(blobs) else [None] * len(blobs)
            found.append(KeptPicture(id_, patient_id, tuple(zip(blobs, known, strict=True))))
        return tuple(found)

    def blob_ids(self) -> set[str]:
        """Every id of the picture store a photograph refers to, those taken back and those in the bin included."""
        held = select(BinRecord.pictures).where(BinRecord.restored_at.is_(None), BinRecord.purged_at.is_(None))
        found = {id_ for ids in self._session.scalars(held) for id_ in ids}
        for four in self._session.execute(
            select(PictureRecord.original, PictureRecord.display, PictureRecord.preview, PictureRecord.thumbnail)
        ):
            found.update(four)
        return found

    def _row(self, picture_id: int) -> PictureRecord:
        row = self._session.get(PictureRecord, picture_id)
        if row is None or row.taken_back_at is not None:
            raise NotFound("picture_not_found", id=picture_id)
        return row


def _when(picture: Picture) -> tuple[date, str, int]:
    """Those without a date first, then oldest first."""
    return picture.taken.day or date.min, str(picture.taken.clock or ""), picture.id


def _taken_of(row: PictureRecord) -> TakenAt:
    return TakenAt(row.day, row.clock, Certainty(row.certainty))


def _picture_of(row: PictureRecord) -> Picture:
    return Picture(
        row.id,
        row.patient_id,
        row.view,
        _taken_of(row),
        *((row.height, row.width) if row.turn is not None and row.turn.quarters % 2 else (row.width, row.height)),
        row.sha256,
        row.original,
        row.display,
        row.preview,
        row.thumbnail,
        row.file_name,
        row.known_after,
        tuple(row.notes),
        row.imported_at,
        row.version,
        row.turn.quarters if row.turn is not None else 0,
    )
