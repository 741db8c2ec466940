"""Rows of cases, their holds, stops and decisions."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, false, text
from sqlalchemy.orm import Mapped, mapped_column

from clinic_app.storage.records.declarative import BinaryText, Record

PLAIN = "stopped_since IS NULL AND held_until IS NULL AND booked_on IS NULL"
"""Cases that nothing but their dates decides about: nearly all, so they have indexes of their own."""


def _where(name: str, column: str, condition: str) -> Index:
    """An index over some of the rows.

    On PostgreSQL the migration says the same. Said here, it would load that dialect at every start (50 ms): SQLAlchemy
    checks such an argument by importing the dialect it is for.
    """
    return Index(name, column, sqlite_where=text(condition))


class CaseRecord(Record):
    """One condition of one patient.

    From ``mrn`` on the columns are a cache for the call list, written only by ``storage.schedule.refresh``; the
    record check compares them with a new computation. ``come_on_rank`` is 0 where a come-on date is in force.

    ``phone``: the digits of the number called first. ``cycles``: injections given here that count for the window,
    ``given_on`` the last of them. Of the calls since ``last_on``: ``tried``, how many in which nobody spoke to the
    patient; ``asks_doctor``, whether what came of one asks, and nobody was spoken to and nothing decided since;
    ``call_outcome`` and ``call_again_on``, what the last one (on ``called_on``) came to.
    """

    __tablename__ = "clinical_case"

    id: Mapped[int] = mapped_column(primary_key=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"), index=True)
    condition: Mapped[str] = mapped_column(index=True)
    side: Mapped[str | None]
    pattern: Mapped[str] = mapped_column(default="")
    onset: Mapped[str] = mapped_column(default="")
    causes: Mapped[list[str]] = mapped_column(default=list)
    classification: Mapped[dict[str, object]] = mapped_column(default=dict)
    plan_opens: Mapped[str | None]
    plan_closes: Mapped[str | None]
    notes: Mapped[str] = mapped_column(default="")
    import_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)
    written_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    mrn: Mapped[str] = mapped_column(BinaryText, default="")
    last_on: Mapped[date | None]
    last_product: Mapped[str | None]
    last_units: Mapped[Decimal | None]
    last_injector: Mapped[str] = mapped_column(default="", index=True)
    earliest: Mapped[date | None]
    opens: Mapped[date | None]
    closes: Mapped[date | None]
    come_on: Mapped[date | None]
    come_on_rank: Mapped[int] = mapped_column(default=1)
    stopped_since: Mapped[date | None]
    held_from: Mapped[date | None]
    held_until: Mapped[date | None]
    booked_on: Mapped[date | None]
    called_on: Mapped[date | None]
    phone: Mapped[str] = mapped_column(BinaryText, default="", server_default=text("''"))
    cycles: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    tried: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    asks_doctor: Mapped[bool] = mapped_column(default=False, server_default=false())
    call_outcome: Mapped[str | None]
    call_again_on: Mapped[date | None]
    given_on: Mapped[date | None]

    __table_args__ = (
        Index("ix_clinical_case_closes", "come_on_rank", "closes", "mrn", "id"),
        Index("ix_clinical_case_opens", "come_on_rank", "opens", "mrn", "id"),
        Index("ix_clinical_case_mrn", "come_on_rank", "mrn", "id"),
        _where("ix_clinical_case_booked_on", "booked_on", "booked_on IS NOT NULL"),
        _where("ix_clinical_case_held_until", "held_until", "held_until IS NOT NULL"),
        _where("ix_clinical_case_stopped_since", "stopped_since", "stopped_since IS NOT NULL"),
        Index(
            "ix_clinical_case_call_again",
            "call_again_on",
            "called_on",
            sqlite_where=text("call_outcome IS NOT NULL"),
        ),
        _where("ix_clinical_case_plain_closes", "closes", PLAIN),
        _where("ix_clinical_case_plain_opens", "opens", PLAIN),
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class IndependenceRecord(Record):
    """Two cases of one patient whose toxin does not hold each other up; symmetric, the smaller id first."""

    __tablename__ = "case_independence"

    case_id: Mapped[int] = mapped_column(ForeignKey("clinical_case.id", ondelete="CASCADE"), primary_key=True)
    other_id: Mapped[int] = mapped_column(
        ForeignKey("clinical_case.id", ondelete="CASCADE"), primary_key=True, index=True
    )

    __table_args__ = (CheckConstraint("case_id < other_id", name="ordered"),)


class HoldRecord(Record):
    """A hold of a case."""

    __tablename__ = "case_hold"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("clinical_case.id", ondelete="CASCADE"), index=True)
    since: Mapped[date]
    until: Mapped[date]
    reason: Mapped[str] = mapped_column(default="")
    ended_on: Mapped[date | None]
    written_by: Mapped[str] = mapped_column(default="")
    written_at: Mapped[datetime]


class StopRecord(Record):
    """A stop of a case; ``of_patient`` where it was said of the patient and stopped all of them."""

    __tablename__ = "case_stop"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("clinical_case.id", ondelete="CASCADE"), index=True)
    since: Mapped[date]
    reason: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    ended_on: Mapped[date | None]
    of_patient: Mapped[bool] = mapped_column(default=False)
    written_by: Mapped[str] = mapped_column(default="")
    written_at: Mapped[datetime]


class DecisionRecord(Record):
    """What was decided about a case the doctor was asked about."""

    __tablename__ = "case_decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("clinical_case.id", ondelete="CASCADE"), index=True)
    day: Mapped[date]
    kind: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    written_by: Mapped[str] = mapped_column(default="")
