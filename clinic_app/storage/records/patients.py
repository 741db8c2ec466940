"""Rows of patients and of what they are known and reached by."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from clinic_app.storage.records.declarative import BinaryText, Record


class PatientRecord(Record):
    """A person. ``search`` is what the search reads: folded name, numbers, phones, place."""

    __tablename__ = "patient"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    mrn: Mapped[str] = mapped_column(BinaryText, unique=True)
    full_name: Mapped[str]
    name_folded: Mapped[str] = mapped_column(BinaryText)
    sex: Mapped[str]
    birth_day: Mapped[date | None]
    birth_year: Mapped[int | None]
    age: Mapped[int | None]
    age_on: Mapped[date | None]
    guardian: Mapped[str] = mapped_column(default="")
    village: Mapped[str] = mapped_column(default="", index=True)
    weight_kg: Mapped[float | None]
    language: Mapped[str] = mapped_column(default="", index=True)
    may_be_called: Mapped[bool] = mapped_column(default=True)
    may_be_texted: Mapped[bool] = mapped_column(default=True, server_default=true())
    may_be_written_to: Mapped[bool] = mapped_column(default=True, server_default=true())
    alerts: Mapped[list[str]] = mapped_column(default=list)
    notes: Mapped[str] = mapped_column(default="")
    plan_opens: Mapped[str | None]
    plan_closes: Mapped[str | None]
    deceased_on: Mapped[date | None]
    moved_on: Mapped[date | None]
    search: Mapped[str] = mapped_column(default="")
    import_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)
    written_at: Mapped[datetime] = mapped_column(index=True)
    version: Mapped[int] = mapped_column(default=1)

    identifiers: Mapped[list[IdentifierRecord]] = relationship(
        cascade="all, delete-orphan", order_by="IdentifierRecord.position", lazy="raise"
    )
    phones: Mapped[list[PhoneRecord]] = relationship(
        cascade="all, delete-orphan", order_by="PhoneRecord.position", lazy="raise"
    )

    __table_args__ = (Index("ix_patient_name_folded_id", "name_folded", "id"),)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class IdentifierRecord(Record):
    """A number a patient is known by; position 0 is the mrn."""

    __tablename__ = "patient_identifier"

    id: Mapped[int] = mapped_column(primary_key=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    kind: Mapped[str]
    value: Mapped[str] = mapped_column(BinaryText, index=True)


class PhoneRecord(Record):
    """A telephone number of a patient."""

    __tablename__ = "patient_phone"

    id: Mapped[int] = mapped_column(primary_key=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    number: Mapped[str]
    digits: Mapped[str] = mapped_column(BinaryText, index=True)
    owner: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="")
    preferred: Mapped[bool] = mapped_column(default=False)
