"""The tables of the room users."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    _users()
    _users_indexes()
    _users_more_indexes()
    _users_further_indexes()
    _users_last_indexes()


def key_text(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def _users() -> None:
    op.create_table(
        "users",
        sa.Column("id", key_text(26), nullable=False),
        sa.Column("provider_id", key_text(26), nullable=False),
        sa.Column("company_id", key_text(26), nullable=False),
        sa.Column("user_number", key_text(8), nullable=False),
        sa.Column("number_held", sa.Boolean(), nullable=False),
        sa.Column("external_id", key_text(128), nullable=True),
        sa.Column("first_name", sa.String(100), nullable=False),
        sa.Column("last_name", sa.String(100), nullable=False),
        sa.Column("first_key", key_text(100), nullable=False),
        sa.Column("last_key", key_text(100), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("email_key", key_text(400), nullable=False),
        sa.Column("email_exclusive", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("mobile_phone", sa.String(16), nullable=True),
        sa.Column("home_phone", sa.String(16), nullable=True),
        sa.Column("business_phone", sa.String(16), nullable=True),
        sa.Column("is_administrator", sa.Boolean(), nullable=False),
        sa.Column("sealed_pin", sa.String(200), nullable=False),
        sa.Column("extension", key_text(6), nullable=False),
        sa.Column("primary_did", key_text(16), nullable=False),
        sa.Column("dids", sa.String(4000), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("state", key_text(10), nullable=False),
        sa.Column("living", sa.Boolean(), nullable=False),
        sa.Column("suspension_reason", sa.String(200), nullable=True),
        sa.Column("state_before_deletion", sa.String(10), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("restorable_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_users_company_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["providers.id"], name=op.f("fk_users_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
    )


def _users_indexes() -> None:
    op.create_index(
        "ix_users_administrators",
        "users",
        ["company_id"],
        unique=False,
        sqlite_where=sa.text("is_administrator = 1 AND living = 1"),
        postgresql_where=sa.text("is_administrator AND living"),
    )
    op.create_index("ix_users_by_created", "users", ["company_id", "state", "id"], unique=False)
    op.create_index("ix_users_by_did", "users", ["company_id", "state", "primary_did", "id"], unique=False)
    op.create_index("ix_users_by_email", "users", ["company_id", "state", "email_key", "id"], unique=False)
    op.create_index(
        "ix_users_by_extension", "users", ["company_id", "state", "extension", "id"], unique=False
    )


def _users_more_indexes() -> None:
    op.create_index(
        "ix_users_by_first_name",
        "users",
        ["company_id", "state", "first_key", "last_key", "id"],
        unique=False,
    )
    op.create_index(
        "ix_users_by_last_name", "users", ["company_id", "state", "last_key", "first_key", "id"], unique=False
    )
    op.create_index("ix_users_by_number", "users", ["company_id", "state", "user_number", "id"], unique=False)
    op.create_index("ix_users_email", "users", ["provider_id", "email_key"], unique=False)
    op.create_index(
        "ix_users_expires_on",
        "users",
        ["company_id", "state", "expires_on", "id"],
        unique=False,
        sqlite_where=sa.text("expires_on IS NOT NULL"),
        postgresql_where=sa.text("expires_on IS NOT NULL"),
    )


def _users_further_indexes() -> None:
    op.create_index(
        "ix_users_former",
        "users",
        ["company_id", "external_id"],
        unique=False,
        sqlite_where=sa.text("external_id IS NOT NULL AND living = 0"),
        postgresql_where=sa.text("external_id IS NOT NULL AND NOT living"),
    )
    op.create_index(
        "ix_users_resting",
        "users",
        ["company_id", "restorable_until"],
        unique=False,
        sqlite_where=sa.text("number_held = 1 AND living = 0"),
        postgresql_where=sa.text("number_held AND NOT living"),
    )
    op.create_index(
        "uq_users_email",
        "users",
        ["provider_id", "email_key"],
        unique=True,
        sqlite_where=sa.text("email_exclusive = 1 AND living = 1"),
        postgresql_where=sa.text("email_exclusive AND living"),
    )
    op.create_index(
        "uq_users_extension",
        "users",
        ["company_id", "extension"],
        unique=True,
        sqlite_where=sa.text("extension <> ''"),
        postgresql_where=sa.text("extension <> ''"),
    )
    op.create_index(
        "uq_users_external_id",
        "users",
        ["company_id", "external_id"],
        unique=True,
        sqlite_where=sa.text("external_id IS NOT NULL AND living = 1"),
        postgresql_where=sa.text("external_id IS NOT NULL AND living"),
    )


def _users_last_indexes() -> None:
    op.create_index(
        "uq_users_user_number",
        "users",
        ["company_id", "user_number"],
        unique=True,
        sqlite_where=sa.text("number_held = 1"),
        postgresql_where=sa.text("number_held"),
    )
