"""First schema: patients, cases, treatment, schedule, photographs, and the clinic's own settings."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def binary_text() -> sa.types.TypeEngine[str]:
    """Text that sorts by its bytes on both engines."""
    return sa.String().with_variant(sa.String(collation="C"), "postgresql")


def day() -> sa.types.TypeEngine[Any]:
    """A calendar day: ISO text on SQLite, a date elsewhere."""
    return sa.Date().with_variant(sa.String(10), "sqlite")


def upgrade() -> None:
    """Create every table, and the search index of the engine at hand."""
    op.create_table(
        "catalogue_entry",
        sa.Column("catalogue", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("retired_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("catalogue", "code", name=op.f("pk_catalogue_entry")),
    )
    op.create_table(
        "clinic_setting",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_clinic_setting")),
    )
    op.create_table(
        "clinic_user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clinic_user")),
        sa.UniqueConstraint("name", name=op.f("uq_clinic_user_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "import_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.Column("undone_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "register_mapping",
        sa.Column("header", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("header", name=op.f("pk_register_mapping")),
    )
    op.create_table(
        "undo_command",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_undo_command")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "patient",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("mrn", binary_text(), nullable=False),
        sa.Column("full_name", sa.String(), nullable=False),
        sa.Column("name_folded", binary_text(), nullable=False),
        sa.Column("sex", sa.String(), nullable=False),
        sa.Column("birth_day", day(), nullable=True),
        sa.Column("birth_year", sa.Integer(), nullable=True),
        sa.Column("age", sa.Integer(), nullable=True),
        sa.Column("age_on", day(), nullable=True),
        sa.Column("guardian", sa.String(), nullable=False),
        sa.Column("village", sa.String(), nullable=False),
        sa.Column("weight_kg", sa.Double(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("may_be_called", sa.Boolean(), nullable=False),
        sa.Column("alerts", sa.JSON(), nullable=False),
        sa.Column("notes", sa.String(), nullable=False),
        sa.Column("plan_opens", sa.String(), nullable=True),
        sa.Column("plan_closes", sa.String(), nullable=True),
        sa.Column("deceased_on", day(), nullable=True),
        sa.Column("moved_on", day(), nullable=True),
        sa.Column("search", sa.String(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["import_batch.id"], name=op.f("fk_patient_import_id_import_batch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient")),
        sa.UniqueConstraint("mrn", name=op.f("uq_patient_mrn")),
        sa.UniqueConstraint("number", name=op.f("uq_patient_number")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_patient_import_id"), "patient", ["import_id"], unique=False)
    op.create_index("ix_patient_name_folded_id", "patient", ["name_folded", "id"], unique=False)
    op.create_index(op.f("ix_patient_written_at"), "patient", ["written_at"], unique=False)
    op.create_table(
        "appointment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("day", day(), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("at", sa.Time(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("drug", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_appointment_patient_id_patient")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_appointment_day_token", "appointment", ["day", "token"], unique=False)
    op.create_index(op.f("ix_appointment_patient_id"), "appointment", ["patient_id"], unique=False)
    op.create_index(op.f("ix_appointment_written_at"), "appointment", ["written_at"], unique=False)
    op.create_table(
        "clinical_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("condition", sa.String(), nullable=False),
        sa.Column("side", sa.String(), nullable=True),
        sa.Column("pattern", sa.String(), nullable=False),
        sa.Column("onset", sa.String(), nullable=False),
        sa.Column("causes", sa.JSON(), nullable=False),
        sa.Column("classification", sa.JSON(), nullable=False),
        sa.Column("plan_opens", sa.String(), nullable=True),
        sa.Column("plan_closes", sa.String(), nullable=True),
        sa.Column("notes", sa.String(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("mrn", binary_text(), nullable=False),
        sa.Column("last_on", day(), nullable=True),
        sa.Column("last_product", sa.String(), nullable=True),
        sa.Column("last_units", sa.Integer(), nullable=True),
        sa.Column("last_injector", sa.String(), nullable=False),
        sa.Column("earliest", day(), nullable=True),
        sa.Column("opens", day(), nullable=True),
        sa.Column("closes", day(), nullable=True),
        sa.Column("come_on", day(), nullable=True),
        sa.Column("come_on_rank", sa.Integer(), nullable=False),
        sa.Column("stopped_since", day(), nullable=True),
        sa.Column("held_from", day(), nullable=True),
        sa.Column("held_until", day(), nullable=True),
        sa.Column("booked_on", day(), nullable=True),
        sa.Column("called_on", day(), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"], ["import_batch.id"], name=op.f("fk_clinical_case_import_id_import_batch")
        ),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_clinical_case_patient_id_patient")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clinical_case")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_clinical_case_booked_on",
        "clinical_case",
        ["booked_on"],
        unique=False,
        sqlite_where=sa.text("booked_on IS NOT NULL"),
        postgresql_where=sa.text("booked_on IS NOT NULL"),
    )
    op.create_index("ix_clinical_case_closes", "clinical_case", ["come_on_rank", "closes", "mrn", "id"], unique=False)
    op.create_index(op.f("ix_clinical_case_condition"), "clinical_case", ["condition"], unique=False)
    op.create_index(
        "ix_clinical_case_held_until",
        "clinical_case",
        ["held_until"],
        unique=False,
        sqlite_where=sa.text("held_until IS NOT NULL"),
        postgresql_where=sa.text("held_until IS NOT NULL"),
    )
    op.create_index(op.f("ix_clinical_case_import_id"), "clinical_case", ["import_id"], unique=False)
    op.create_index(op.f("ix_clinical_case_last_injector"), "clinical_case", ["last_injector"], unique=False)
    op.create_index("ix_clinical_case_mrn", "clinical_case", ["come_on_rank", "mrn", "id"], unique=False)
    op.create_index("ix_clinical_case_opens", "clinical_case", ["come_on_rank", "opens", "mrn", "id"], unique=False)
    op.create_index(op.f("ix_clinical_case_patient_id"), "clinical_case", ["patient_id"], unique=False)
    op.create_index(
        "ix_clinical_case_plain_closes",
        "clinical_case",
        ["closes"],
        unique=False,
        sqlite_where=sa.text("stopped_since IS NULL AND held_until IS NULL AND booked_on IS NULL"),
        postgresql_where=sa.text("stopped_since IS NULL AND held_until IS NULL AND booked_on IS NULL"),
    )
    op.create_index(
        "ix_clinical_case_plain_opens",
        "clinical_case",
        ["opens"],
        unique=False,
        sqlite_where=sa.text("stopped_since IS NULL AND held_until IS NULL AND booked_on IS NULL"),
        postgresql_where=sa.text("stopped_since IS NULL AND held_until IS NULL AND booked_on IS NULL"),
    )
    op.create_index(
        "ix_clinical_case_stopped_since",
        "clinical_case",
        ["stopped_since"],
        unique=False,
        sqlite_where=sa.text("stopped_since IS NOT NULL"),
        postgresql_where=sa.text("stopped_since IS NOT NULL"),
    )
    op.create_table(
        "patient_identifier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", binary_text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_patient_identifier_patient_id_patient"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient_identifier")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_patient_identifier_patient_id"), "patient_identifier", ["patient_id"], unique=False)
    op.create_index(op.f("ix_patient_identifier_value"), "patient_identifier", ["value"], unique=False)
    op.create_table(
        "patient_phone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("digits", binary_text(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("preferred", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_patient_phone_patient_id_patient"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient_phone")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_patient_phone_digits"), "patient_phone", ["digits"], unique=False)
    op.create_index(op.f("ix_patient_phone_patient_id"), "patient_phone", ["patient_id"], unique=False)
    op.create_table(
        "picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("view", sa.String(), nullable=True),
        sa.Column("day", day(), nullable=True),
        sa.Column("clock", sa.Time(), nullable=True),
        sa.Column("certainty", sa.String(), nullable=False),
        sa.Column("known_after", sa.Boolean(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("original", sa.String(), nullable=False),
        sa.Column("display", sa.String(), nullable=False),
        sa.Column("preview", sa.String(), nullable=False),
        sa.Column("thumbnail", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("camera", sa.String(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("imported_by", sa.String(), nullable=False),
        sa.Column("imported_at", sa.DateTime(), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_picture_patient_id_patient")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_picture")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_picture_patient_id"), "picture", ["patient_id"], unique=False)
    op.create_index("ix_picture_patient_id_sha256", "picture", ["patient_id", "sha256"], unique=False)
    op.create_index("ix_picture_sha256", "picture", ["sha256"], unique=False)
    op.create_table(
        "visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("day", day(), nullable=False),
        sa.Column("injector", sa.String(), nullable=False),
        sa.Column("batch", sa.String(), nullable=False),
        sa.Column("checklist", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("notes", sa.String(), nullable=False),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["import_batch.id"], name=op.f("fk_visit_import_id_import_batch")),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_visit_patient_id_patient")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_visit_day"), "visit", ["day"], unique=False)
    op.create_index(op.f("ix_visit_import_id"), "visit", ["import_id"], unique=False)
    op.create_index(op.f("ix_visit_patient_id"), "visit", ["patient_id"], unique=False)
    op.create_index(op.f("ix_visit_written_at"), "visit", ["written_at"], unique=False)
    op.create_table(
        "appointment_case",
        sa.Column("appointment_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointment.id"],
            name=op.f("fk_appointment_case_appointment_id_appointment"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["clinical_case.id"],
            name=op.f("fk_appointment_case_case_id_clinical_case"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("appointment_id", "case_id", name=op.f("pk_appointment_case")),
    )
    op.create_index(op.f("ix_appointment_case_case_id"), "appointment_case", ["case_id"], unique=False)
    op.create_table(
        "case_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("day", day(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["clinical_case.id"], name=op.f("fk_case_decision_case_id_clinical_case"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_decision")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_case_decision_case_id"), "case_decision", ["case_id"], unique=False)
    op.create_table(
        "case_hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("since", day(), nullable=False),
        sa.Column("until", day(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("ended_on", day(), nullable=True),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["clinical_case.id"], name=op.f("fk_case_hold_case_id_clinical_case"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_hold")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_case_hold_case_id"), "case_hold", ["case_id"], unique=False)
    op.create_table(
        "case_independence",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("case_id < other_id", name=op.f("ck_case_independence_ordered")),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["clinical_case.id"],
            name=op.f("fk_case_independence_case_id_clinical_case"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["other_id"],
            ["clinical_case.id"],
            name=op.f("fk_case_independence_other_id_clinical_case"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("case_id", "other_id", name=op.f("pk_case_independence")),
    )
    op.create_index(op.f("ix_case_independence_other_id"), "case_independence", ["other_id"], unique=False)
    op.create_table(
        "case_stop",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("since", day(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("ended_on", day(), nullable=True),
        sa.Column("of_patient", sa.Boolean(), nullable=False),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["clinical_case.id"], name=op.f("fk_case_stop_case_id_clinical_case"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_stop")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_case_stop_case_id"), "case_stop", ["case_id"], unique=False)
    op.create_table(
        "contact_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("call_again_on", day(), nullable=True),
        sa.Column("spoke_to", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["clinical_case.id"], name=op.f("fk_contact_attempt_case_id_clinical_case"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_attempt")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_contact_attempt_at"), "contact_attempt", ["at"], unique=False)
    op.create_index(op.f("ix_contact_attempt_case_id"), "contact_attempt", ["case_id"], unique=False)
    op.create_table(
        "external_toxin",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("day", day(), nullable=False),
        sa.Column("product", sa.String(), nullable=True),
        sa.Column("units", sa.Integer(), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("removed_reason", sa.String(), nullable=True),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["clinical_case.id"], name=op.f("fk_external_toxin_case_id_clinical_case")
        ),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_external_toxin_patient_id_patient")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_toxin")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_external_toxin_patient_id"), "external_toxin", ["patient_id"], unique=False)
    op.create_table(
        "injection_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("day", day(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("product", sa.String(), nullable=True),
        sa.Column("units", sa.Integer(), nullable=True),
        sa.Column("restarts_window", sa.Boolean(), nullable=False),
        sa.Column("dilution_ml", sa.Integer(), nullable=True),
        sa.Column("guidance", sa.String(), nullable=False),
        sa.Column("come_on", day(), nullable=True),
        sa.Column("correction_reason", sa.String(), nullable=False),
        sa.Column("imported", sa.Boolean(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["clinical_case.id"], name=op.f("fk_injection_session_case_id_clinical_case")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["import_batch.id"], name=op.f("fk_injection_session_import_id_import_batch")
        ),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_injection_session_patient_id_patient")),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_injection_session_visit_id_visit"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_injection_session")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_injection_session_case_id_day", "injection_session", ["case_id", "day"], unique=False)
    op.create_index(op.f("ix_injection_session_import_id"), "injection_session", ["import_id"], unique=False)
    op.create_index("ix_injection_session_patient_id_day", "injection_session", ["patient_id", "day"], unique=False)
    op.create_index(op.f("ix_injection_session_visit_id"), "injection_session", ["visit_id"], unique=False)
    op.create_table(
        "picture_pin",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("view", sa.String(), nullable=False),
        sa.Column("a_id", sa.Integer(), nullable=False),
        sa.Column("b_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["a_id"], ["picture.id"], name=op.f("fk_picture_pin_a_id_picture"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["b_id"], ["picture.id"], name=op.f("fk_picture_pin_b_id_picture"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["case_id"], ["clinical_case.id"], name=op.f("fk_picture_pin_case_id_clinical_case"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("case_id", "view", name=op.f("pk_picture_pin")),
    )
    op.create_table(
        "injection_session_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["injection_session.id"],
            name=op.f("fk_injection_session_version_session_id_injection_session"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_injection_session_version")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_injection_session_version_session_id"), "injection_session_version", ["session_id"], unique=False
    )
    op.create_table(
        "injection_site",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("muscle", sa.String(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("volume_ml", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["injection_session.id"],
            name=op.f("fk_injection_site_session_id_injection_session"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_injection_site")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_injection_site_session_id"), "injection_site", ["session_id"], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        _search_on_sqlite()
    else:
        _search_on_postgresql()


def _search_on_sqlite() -> None:
    for name, tokenizer in (("patient_words", "unicode61 remove_diacritics 2"), ("patient_letters", "trigram")):
        prefix = ", prefix='1 2 3'" if name == "patient_words" else ""
        op.execute(
            f"CREATE VIRTUAL TABLE {name} USING fts5(search, content='patient', content_rowid='id',"
            f" tokenize='{tokenizer}'{prefix})"
        )
        op.execute(
            f"CREATE TRIGGER {name}_insert AFTER INSERT ON patient BEGIN"
            f" INSERT INTO {name}(rowid, search) VALUES (new.id, new.search); END"
        )
        op.execute(
            f"CREATE TRIGGER {name}_delete AFTER DELETE ON patient BEGIN"
            f" INSERT INTO {name}({name}, rowid, search) VALUES ('delete', old.id, old.search); END"
        )
        op.execute(
            f"CREATE TRIGGER {name}_update AFTER UPDATE OF search ON patient WHEN old.search <> new.search BEGIN"
            f" INSERT INTO {name}({name}, rowid, search) VALUES ('delete', old.id, old.search);"
            f" INSERT INTO {name}(rowid, search) VALUES (new.id, new.search); END"
        )


def _search_on_postgresql() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.execute("CREATE INDEX ix_patient_search ON patient USING gin (search gin_trgm_ops)")
    op.create_table(
        "picture_blob",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("stored_at", sa.BigInteger(), nullable=False),
        sa.Column("trashed_at", sa.BigInteger(), nullable=True),
    )
