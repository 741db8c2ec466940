"""The call list: what its orders and filters ask of each case stands on the case, kept as its dates are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, empty: ``storage.migrations`` fills them."""
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
