"""Rows of what belongs to comparing photographs: alignments, what the viewer remembers, measurements, marks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Double, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from clinic_app.storage.records.declarative import Record


class AlignmentRecord(Record):
    """Where a photograph lies in a case's frame of its view, in picture units (pixels / longer side).

    ``frame`` is the photograph whose own coordinates the frame has; only photographs of one frame lie over each other.
    ``turn`` is in degrees clockwise.
    """

    __tablename__ = "picture_alignment"

    case_id: Mapped[int] = mapped_column(
        ForeignKey("clinical_case.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    view: Mapped[str] = mapped_column(primary_key=True)
    picture_id: Mapped[int] = mapped_column(
        ForeignKey("picture.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )
    frame: Mapped[int]
    scale: Mapped[float] = mapped_column(Double)
    turn: Mapped[float] = mapped_column(Double)
    x: Mapped[float] = mapped_column(Double)
    y: Mapped[float] = mapped_column(Double)
    source: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    written_by: Mapped[str] = mapped_column(default="")
    written_at: Mapped[datetime]


class CompareStateRecord(Record):
    """What the viewer remembers of a case. ``peak_day`` is the doctor's choice, None where the condition's holds."""

    __tablename__ = "compare_state"

    case_id: Mapped[int] = mapped_column(
        ForeignKey("clinical_case.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    peak_day: Mapped[int | None]
    content: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    written_by: Mapped[str] = mapped_column(default="")
    written_at: Mapped[datetime]


class MeasurementRecord(Record):
    """Something measured in a photograph. ``partner_id`` is the same measurement in the other photograph.

    ``case_id`` is None once the photograph went to another patient, or its case went: then it is of every case there.

    ``content`` holds the points in picture units of the photograph before it is turned, and what the value was computed
    with: width of the iris (picture units, millimetres, whether borrowed), the line taken as horizontal.
    """

    __tablename__ = "measurement"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("clinical_case.id", ondelete="SET NULL"), index=True)
    picture_id: Mapped[int] = mapped_column(ForeignKey("picture.id", ondelete="CASCADE"), index=True)
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id", ondelete="SET NULL"), index=True)
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("measurement.id", ondelete="SET NULL"), index=True)
    kind: Mapped[str]
    content: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    value: Mapped[float | None] = mapped_column(Double)
    unit: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    written_by: Mapped[str] = mapped_column(default="")
    written_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class MarkRecord(Record):
    """Something drawn on a photograph: text, arrow, ellipse, freehand, or a region to be hidden in what leaves.

    ``content`` holds its points in picture units of the photograph before it is turned, and its words and colour, or
    what its region hides and how.
    """

    __tablename__ = "mark"

    id: Mapped[int] = mapped_column(primary_key=True)
    picture_id: Mapped[int] = mapped_column(ForeignKey("picture.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    content: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    written_by: Mapped[str] = mapped_column(default="")
    written_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
