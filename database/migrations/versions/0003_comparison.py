"""Comparing photographs: alignments, turns, what the viewer remembers, measurements, marks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "picture_turn",
        sa.Column("picture_id", sa.Integer(), nullable=False),
        sa.Column("quarters", sa.Integer(), nullable=False),
        _written_by(),
        _written_at(),
        _to("picture_turn", "picture_id", "picture"),
        sa.PrimaryKeyConstraint("picture_id", name=op.f("pk_picture_turn")),
    )
    op.create_table(
        "picture_alignment",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("view", sa.String(), nullable=False),
        sa.Column("picture_id", sa.Integer(), nullable=False),
        sa.Column("frame", sa.Integer(), nullable=False),
        sa.Column("scale", sa.Double(), nullable=False),
        sa.Column("turn", sa.Double(), nullable=False),
        sa.Column("x", sa.Double(), nullable=False),
        sa.Column("y", sa.Double(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        _written_by(),
        _written_at(),
        _to("picture_alignment", "case_id", "clinical_case"),
        _to("picture_alignment", "picture_id", "picture"),
        sa.PrimaryKeyConstraint("case_id", "view", "picture_id", name=op.f("pk_picture_alignment")),
    )
    op.create_index(op.f("ix_picture_alignment_picture_id"), "picture_alignment", ["picture_id"], unique=False)
    op.create_table(
        "compare_state",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("peak_day", sa.Integer(), nullable=True),
        sa.Column("content", sa.JSON(), nullable=False),
        _written_by(),
        _written_at(),
        _to("compare_state", "case_id", "clinical_case"),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_compare_state")),
    )
    op.create_table(
        "measurement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("picture_id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=True),
        sa.Column("partner_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        _written_by(),
        _written_at(),
        sa.Column("version", sa.Integer(), nullable=False),
        _to("measurement", "case_id", "clinical_case", ondelete="SET NULL"),
        _to("measurement", "picture_id", "picture"),
        _to("measurement", "visit_id", "visit", ondelete="SET NULL"),
        _to("measurement", "partner_id", "measurement", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measurement")),
        sqlite_autoincrement=True,
    )
    for column in ("case_id", "picture_id", "visit_id", "partner_id"):
        op.create_index(op.f(f"ix_measurement_{column}"), "measurement", [column], unique=False)
    op.create_table(
        "mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("picture_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        _written_by(),
        _written_at(),
        sa.Column("version", sa.Integer(), nullable=False),
        _to("mark", "picture_id", "picture"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mark")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_mark_picture_id"), "mark", ["picture_id"], unique=False)


def _written_by() -> sa.Column[str]:
    return sa.Column("written_by", sa.String(), nullable=False)


def _written_at() -> sa.Column[object]:
    return sa.Column("written_at", sa.DateTime(), nullable=False)


def _to(table: str, column: str, owner: str, *, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{owner}")
    return sa.ForeignKeyConstraint([column], [f"{owner}.id"], name=name, ondelete=ondelete)
