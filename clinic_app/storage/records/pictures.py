"""Rows of photographs; their bytes are in the picture store."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from clinic_app.storage.records.declarative import Record


class PictureRecord(Record):
    """A photograph: facts, and the store's ids of the original and of what was made from it.

    ``sizes`` are the bytes of the contents of ``original``, ``display``, ``preview`` and ``thumbnail``, in this order;
    None of one that was imported under the first schema.
    """

    __tablename__ = "picture"

    id: Mapped[int] = mapped_column(primary_key=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"), index=True)
    view: Mapped[str | None]
    day: Mapped[date | None]
    clock: Mapped[time | None]
    certainty: Mapped[str]
    known_after: Mapped[bool] = mapped_column(default=False)
    width: Mapped[int]
    height: Mapped[int]
    sha256: Mapped[str]
    original: Mapped[str]
    display: Mapped[str]
    preview: Mapped[str]
    thumbnail: Mapped[str]
    file_name: Mapped[str] = mapped_column(default="")
    camera: Mapped[str] = mapped_column(default="")
    notes: Mapped[list[str]] = mapped_column(default=list)
    sizes: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))
    imported_by: Mapped[str] = mapped_column(default="")
    imported_at: Mapped[datetime]
    taken_back_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    turn: Mapped[PictureTurnRecord | None] = relationship(lazy="joined", viewonly=True)

    __table_args__ = (
        Index("ix_picture_patient_id_sha256", "patient_id", "sha256"),
        Index("ix_picture_sha256", "sha256"),
        Index("ix_picture_day", "day"),
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class PicturePinRecord(Record):
    """The pair a doctor chose for a case and a view."""

    __tablename__ = "picture_pin"

    case_id: Mapped[int] = mapped_column(ForeignKey("clinical_case.id", ondelete="CASCADE"), primary_key=True)
    view: Mapped[str] = mapped_column(primary_key=True)
    a_id: Mapped[int] = mapped_column(ForeignKey("picture.id", ondelete="CASCADE"))
    b_id: Mapped[int] = mapped_column(ForeignKey("picture.id", ondelete="CASCADE"))


class PictureTurnRecord(Record):
    """How many quarter turns clockwise a photograph is shown turned by (1 to 3); upright ones have no row."""

    __tablename__ = "picture_turn"

    picture_id: Mapped[int] = mapped_column(
        ForeignKey("picture.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    quarters: Mapped[int]
    written_by: Mapped[str] = mapped_column(default="")
    written_at: Mapped[datetime]
