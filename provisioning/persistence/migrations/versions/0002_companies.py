"""The tables of the room companies."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    _providers()
    _companies()
    _companies_indexes()


def key_text(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def _providers() -> None:
    op.create_table(
        "providers",
        sa.Column("id", key_text(26), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("resting_days", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_providers")),
        sa.UniqueConstraint("name", name=op.f("uq_providers_name")),
    )


def _companies() -> None:
    op.create_table(
        "companies",
        sa.Column("id", key_text(26), nullable=False),
        sa.Column("provider_id", key_text(26), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("code", key_text(40), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("external_id", key_text(128), nullable=True),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("user_number_digits", sa.Integer(), nullable=False),
        sa.Column("extension_first", sa.String(6), nullable=True),
        sa.Column("extension_last", sa.String(6), nullable=True),
        sa.Column("is_public_service", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["provider_id"], ["providers.id"], name=op.f("fk_companies_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_companies")),
    )


def _companies_indexes() -> None:
    op.create_index(
        "uq_companies_code",
        "companies",
        ["provider_id", "code"],
        unique=True,
        sqlite_where=sa.text("state <> 'DELETED'"),
        postgresql_where=sa.text("state <> 'DELETED'"),
    )
    op.create_index(
        "uq_companies_external_id",
        "companies",
        ["provider_id", "external_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'DELETED'"),
        postgresql_where=sa.text("state <> 'DELETED'"),
    )
    op.create_index(
        "uq_companies_public_service",
        "companies",
        ["provider_id"],
        unique=True,
        sqlite_where=sa.text("is_public_service"),
        postgresql_where=sa.text("is_public_service"),
    )
