"""The schedule: how and on which number a patient was reached, drug and length of a visit, absence of doctors."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, and the table of absences."""
    for column in ("may_be_texted", "may_be_written_to"):
        op.add_column("patient", sa.Column(column, sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("contact_attempt", sa.Column("channel", sa.String(), nullable=False, server_default="call"))
    op.add_column("contact_attempt", _text("phone_number"))
    op.add_column("contact_attempt", sa.Column("call_again_at", sa.Time(), nullable=True))
    op.add_column("appointment", _text("injector"))
    op.add_column("appointment", sa.Column("minutes", sa.Integer(), nullable=True))
    op.add_column("appointment", sa.Column("drug_product", sa.String(), nullable=True))
    op.add_column("appointment", _text("drug_batch"))
    op.add_column("appointment", sa.Column("arrived_at", sa.DateTime(), nullable=True))
    op.add_column("appointment", sa.Column("wait_until", _day(), nullable=True))
    for column in ("village", "language"):
        op.create_index(f"ix_patient_{column}", "patient", [column], unique=False)
    op.create_index("ix_picture_day", "picture", ["day"], unique=False)
    op.drop_index("ix_contact_attempt_case_id", "contact_attempt")
    op.create_index("ix_contact_attempt_case_id_at", "contact_attempt", ["case_id", "at"], unique=False)
    op.create_index("ix_appointment_wait_until", "appointment", ["wait_until"], unique=False)
    op.create_table(
        "absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("injector", sa.String(), nullable=False),
        sa.Column("first", _day(), nullable=False),
        sa.Column("last", _day(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    op.create_index(op.f("ix_absence_last"), "absence", ["last"], unique=False)


def _day() -> sa.types.TypeEngine[Any]:
    """A calendar day: ISO text on SQLite, a date elsewhere."""
    return sa.Date().with_variant(sa.String(10), "sqlite")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False, server_default=sa.text("''"))
