"""Rows of visits, injections, sites, and of toxin given elsewhere."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from clinic_app.storage.records.declarative import Record


class VisitRecord(Record):
    """One sitting."""

    __tablename__ = "visit"

    id: Mapped[int] = mapped_column(primary_key=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"), index=True)
    day: Mapped[date] = mapped_column(index=True)
    injector: Mapped[str] = mapped_column(default="")
    batch: Mapped[str] = mapped_column(default="")
    checklist: Mapped[dict[str, object]] = mapped_column(default=dict)
    reason: Mapped[str] = mapped_column(default="")
    decided_by: Mapped[str] = mapped_column(default="")
    notes: Mapped[str] = mapped_column(default="")
    written_by: Mapped[str] = mapped_column(default="")
    written_at: Mapped[datetime] = mapped_column(index=True)
    import_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)

    sessions: Mapped[list[SessionRecord]] = relationship(
        cascade="all, delete-orphan", order_by="SessionRecord.id", lazy="raise"
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class SessionRecord(Record):
    """What one case was given at a visit; ``day`` and ``patient_id`` repeat those of the visit."""

    __tablename__ = "injection_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id", ondelete="CASCADE"), index=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("clinical_case.id"))
    day: Mapped[date]
    state: Mapped[str]
    kind: Mapped[str]
    product: Mapped[str | None]
    units: Mapped[Decimal | None]
    restarts_window: Mapped[bool] = mapped_column(default=False)
    dilution_ml: Mapped[Decimal | None]
    guidance: Mapped[str] = mapped_column(default="")
    come_on: Mapped[date | None]
    correction_reason: Mapped[str] = mapped_column(default="")
    imported: Mapped[bool] = mapped_column(default=False)
    import_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)

    sites: Mapped[list[SiteRecord]] = relationship(
        cascade="all, delete-orphan", order_by="SiteRecord.position", lazy="raise"
    )
    __table_args__ = (
        Index("ix_injection_session_patient_id_day", "patient_id", "day"),
        Index("ix_injection_session_case_id_day", "case_id", "day"),
        Index("ix_injection_session_given", "day", "case_id", sqlite_where=text("state = 'given'")),
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class SiteRecord(Record):
    """One site of an injection."""

    __tablename__ = "injection_site"

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("injection_session.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    muscle: Mapped[str]
    side: Mapped[str]
    units: Mapped[Decimal]
    volume_ml: Mapped[Decimal | None]


class SessionVersionRecord(Record):
    """An injection as it was before a correction, whole, as JSON."""

    __tablename__ = "injection_session_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("injection_session.id", ondelete="CASCADE"), index=True)
    content: Mapped[dict[str, object]]
    reason: Mapped[str]
    written_by: Mapped[str] = mapped_column(default="")
    written_at: Mapped[datetime]


class ExternalToxinRecord(Record):
    """Botulinum toxin given elsewhere; removed ones are kept with the reason."""

    __tablename__ = "external_toxin"

    id: Mapped[int] = mapped_column(primary_key=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"), index=True)
    day: Mapped[date]
    product: Mapped[str | None]
    units: Mapped[Decimal | None]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("clinical_case.id"))
    place: Mapped[str] = mapped_column(default="")
    removed_reason: Mapped[str | None]
    written_by: Mapped[str] = mapped_column(default="")
    written_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
