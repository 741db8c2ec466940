"""The call list: what its orders and filters ask of each case stands on the case, kept as its dates are.

And the windows of every case as they were known, so that any other day is counted from rows alone.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, empty: ``storage.migrations`` fills them. The windows are computed when the clinic is opened."""
    day = sa.Date().with_variant(sa.String(10), "sqlite")
    text = sa.String().with_variant(sa.String(collation="C"), "postgresql")
    op.add_column("clinical_case", sa.Column("phone", text, nullable=False, server_default=sa.text("''")))
    for column in ("cycles", "tried"):
        op.add_column("clinical_case", sa.Column(column, sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.add_column("clinical_case", sa.Column("asks_doctor", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("clinical_case", sa.Column("call_outcome", sa.String(), nullable=True))
    for column in ("call_again_on", "given_on"):
        op.add_column("clinical_case", sa.Column(column, day, nullable=True))
    for name, table, columns, where in (
        ("ix_clinical_case_call_again", "clinical_case", ["call_again_on", "called_on"], "call_outcome IS NOT NULL"),
        ("ix_injection_session_given", "injection_session", ["day", "case_id"], "state = 'given'"),
    ):
        op.create_index(
            name, table, columns, unique=False, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
        )
    op.create_table(
        "known_window",
        sa.Column("until", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("come_on_rank", sa.Integer(), nullable=False),
        sa.Column("opens", sa.Integer(), nullable=True),
        sa.Column("closes", sa.Integer(), nullable=True),
        sa.Column("mrn", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["clinical_case.id"],
            name=op.f("fk_known_window_case_id_clinical_case"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("until", "case_id", name=op.f("pk_known_window")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_known_window_case_id"), "known_window", ["case_id"], unique=False)
