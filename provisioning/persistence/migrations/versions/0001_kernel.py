"""The tables of the kernel."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _audit()
    _audit_indexes()
    _changes()
    _changes_indexes()
    _changes_more_indexes()
    _outbox()
    _outbox_indexes()
    _requests()
    _requests_indexes()


def key_text(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("transaction_id", key_text(26), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("provider_id", key_text(26), nullable=False),
        sa.Column("company_id", key_text(26), nullable=True),
        sa.Column("client_id", key_text(26), nullable=False),
        sa.Column("client_name", sa.String(100), nullable=False),
        sa.Column("source", sa.String(60), nullable=False),
        sa.Column("operation", sa.String(60), nullable=False),
        sa.Column("request_id", sa.String(128), nullable=True),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("transaction_id", name=op.f("pk_audit")),
    )


def _audit_indexes() -> None:
    op.create_index(op.f("ix_audit_at"), "audit", ["at"], unique=False)
    op.create_index(op.f("ix_audit_provider_id"), "audit", ["provider_id"], unique=False)


def _changes() -> None:
    op.create_table(
        "changes",
        sa.Column("id", COUNTER, autoincrement=True, nullable=False),
        sa.Column("writer", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("provider_id", key_text(26), nullable=False),
        sa.Column("company_id", key_text(26), nullable=True),
        sa.Column("user_id", key_text(26), nullable=True),
        sa.Column("other_user_id", key_text(26), nullable=True),
        sa.Column("kind", sa.String(60), nullable=False),
        sa.Column("object_type", sa.String(40), nullable=False),
        sa.Column("object_id", sa.String(64), nullable=False),
        sa.Column("detail", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("client_name", sa.String(100), nullable=False),
        sa.Column("operation", sa.String(60), nullable=False),
        sa.Column("request_id", sa.String(128), nullable=True),
        sa.Column("transaction_id", key_text(26), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changes")),
        sqlite_autoincrement=True,
    )


def _changes_indexes() -> None:
    op.create_index(op.f("ix_changes_at"), "changes", ["at"], unique=False)
    op.create_index("ix_changes_company_id", "changes", ["company_id", "writer", "id"], unique=False)
    op.create_index(
        "ix_changes_other_user_id",
        "changes",
        ["other_user_id", "writer", "id"],
        unique=False,
        sqlite_where=sa.text("other_user_id IS NOT NULL"),
        postgresql_where=sa.text("other_user_id IS NOT NULL"),
    )
    op.create_index("ix_changes_provider_id", "changes", ["provider_id", "writer", "id"], unique=False)
    op.create_index(op.f("ix_changes_transaction_id"), "changes", ["transaction_id"], unique=False)


def _changes_more_indexes() -> None:
    op.create_index("ix_changes_user_id", "changes", ["user_id", "writer", "id"], unique=False)


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", COUNTER, autoincrement=True, nullable=False),
        sa.Column("topic", sa.String(10), nullable=False),
        sa.Column("subject_id", key_text(26), nullable=False),
        sa.Column("target_id", key_text(26), nullable=False),
        sa.Column("provider_id", key_text(26), nullable=False),
        sa.Column("company_id", key_text(26), nullable=True),
        sa.Column("transaction_id", key_text(26), nullable=False),
        sa.Column("payload", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_by", sa.String(80), nullable=True),
        sa.Column("last_error", sa.String(500), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )


def _outbox_indexes() -> None:
    op.create_index("ix_outbox_due", "outbox", ["state", "due_at"], unique=False)
    op.create_index("ix_outbox_subject_id", "outbox", ["subject_id", "id"], unique=False)


def _requests() -> None:
    op.create_table(
        "requests",
        sa.Column("client_id", key_text(26), nullable=False),
        sa.Column("request_id", sa.String(128), nullable=False),
        sa.Column("operation", sa.String(60), nullable=False),
        sa.Column("fingerprint", sa.String(100), nullable=False),
        sa.Column("answer", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("transaction_id", key_text(26), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("client_id", "request_id", name=op.f("pk_requests")),
    )


def _requests_indexes() -> None:
    op.create_index(op.f("ix_requests_at"), "requests", ["at"], unique=False)
