"""Rows of calls, bookings and absences."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from clinic_app.storage.records.declarative import BinaryText, DayNumber, Record


class ContactAttemptRecord(Record):
    """A call; one taken back stays, with ``taken_back_at``."""

    __tablename__ = "contact_attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("clinical_case.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(index=True)
    outcome: Mapped[str]
    call_again_on: Mapped[date | None]
    call_again_at: Mapped[time | None]
    channel: Mapped[str] = mapped_column(default="call", server_default="call")
    phone_number: Mapped[str] = mapped_column(default="", server_default=text("''"))
    spoke_to: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    written_by: Mapped[str] = mapped_column(default="")
    taken_back_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_contact_attempt_case_id_at", "case_id", "at"),)


class AppointmentRecord(Record):
    """A booking; one taken back stays, with ``taken_back_at``.

    ``minutes`` is its length where the clinic gives times, ``drug_product`` and ``drug_batch`` what the patient brings,
    ``wait_until`` the last day somebody on the waitlist would take.
    """

    __tablename__ = "appointment"

    id: Mapped[int] = mapped_column(primary_key=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"), index=True)
    day: Mapped[date]
    token: Mapped[int]
    at: Mapped[time | None]
    minutes: Mapped[int | None]
    injector: Mapped[str] = mapped_column(default="", server_default=text("''"))
    status: Mapped[str]
    drug: Mapped[str]
    drug_product: Mapped[str | None]
    drug_batch: Mapped[str] = mapped_column(default="", server_default=text("''"))
    arrived_at: Mapped[datetime | None]
    wait_until: Mapped[date | None] = mapped_column(index=True)
    reason: Mapped[str] = mapped_column(default="")
    decided_by: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    written_by: Mapped[str] = mapped_column(default="")
    written_at: Mapped[datetime] = mapped_column(index=True)
    taken_back_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    cases: Mapped[list[AppointmentCaseRecord]] = relationship(
        cascade="all, delete-orphan", order_by="AppointmentCaseRecord.case_id", lazy="raise"
    )
    __table_args__ = (Index("ix_appointment_day_token", "day", "token"),)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class AppointmentCaseRecord(Record):
    """A case a booking is for."""

    __tablename__ = "appointment_case"

    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointment.id", ondelete="CASCADE"), primary_key=True)
    case_id: Mapped[int] = mapped_column(
        ForeignKey("clinical_case.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class AbsenceRecord(Record):
    """Days on which a doctor is away, first and last included; one taken back stays, with ``taken_back_at``.

    ``places`` is how many places a Botox day among them has; NULL as usual.
    """

    __tablename__ = "absence"

    id: Mapped[int] = mapped_column(primary_key=True)
    injector: Mapped[str]
    first: Mapped[date]
    last: Mapped[date] = mapped_column(index=True)
    places: Mapped[int | None]
    reason: Mapped[str] = mapped_column(default="")
    written_by: Mapped[str] = mapped_column(default="")
    written_at: Mapped[datetime]
    taken_back_at: Mapped[datetime | None]


class KnownWindowRecord(Record):
    """The window of a case as it was known from the day ``since`` until the day before ``until``; computed.

    Written only by ``storage.known_windows``; the record check compares it with a new computation. Those of a case
    follow one another without a gap over all days. Kept by ``until``: any day is answered from one stretch of rows.
    """

    __tablename__ = "known_window"

    until: Mapped[date] = mapped_column(DayNumber, primary_key=True, autoincrement=False)
    case_id: Mapped[int] = mapped_column(
        ForeignKey("clinical_case.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )
    since: Mapped[date] = mapped_column(DayNumber)
    come_on_rank: Mapped[int]
    opens: Mapped[date | None] = mapped_column(DayNumber)
    closes: Mapped[date | None] = mapped_column(DayNumber)
    mrn: Mapped[str] = mapped_column(BinaryText)

    __table_args__ = ({"sqlite_with_rowid": False},)
