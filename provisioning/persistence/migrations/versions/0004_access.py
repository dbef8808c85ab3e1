"""The tables of the room access."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    _failed_attempts()
    _failed_attempts_indexes()
    _used_nonces()
    _used_nonces_indexes()
    _clients()
    _clients_indexes()
    _client_secrets()
    _client_secrets_indexes()


def key_text(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def _failed_attempts() -> None:
    op.create_table(
        "failed_attempts",
        sa.Column("key", key_text(64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_failed_attempts")),
    )


def _failed_attempts_indexes() -> None:
    op.create_index(op.f("ix_failed_attempts_last_at"), "failed_attempts", ["last_at"], unique=False)


def _used_nonces() -> None:
    op.create_table(
        "used_nonces",
        sa.Column("key", key_text(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_used_nonces")),
    )


def _used_nonces_indexes() -> None:
    op.create_index(op.f("ix_used_nonces_at"), "used_nonces", ["at"], unique=False)


def _clients() -> None:
    op.create_table(
        "clients",
        sa.Column("id", key_text(26), nullable=False),
        sa.Column("name", key_text(64), nullable=False),
        sa.Column("provider_id", key_text(26), nullable=False),
        sa.Column("company_id", key_text(26), nullable=True),
        sa.Column("rights", sa.Text(), nullable=False),
        sa.Column("networks", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("requests_per_minute", sa.Integer(), nullable=True),
        sa.Column("mode", sa.String(4), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_clients_company_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["providers.id"], name=op.f("fk_clients_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clients")),
    )


def _clients_indexes() -> None:
    op.create_index("ix_clients_company_id", "clients", ["company_id"], unique=False)
    op.create_index("ix_clients_provider_id", "clients", ["provider_id", "name", "id"], unique=False)
    op.create_index(
        "uq_clients_name",
        "clients",
        ["name"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )


def _client_secrets() -> None:
    op.create_table(
        "client_secrets",
        sa.Column("digest", key_text(64), nullable=False),
        sa.Column("client_id", key_text(26), nullable=False),
        sa.Column("sealed", sa.String(300), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_client_secrets_client_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_client_secrets")),
    )


def _client_secrets_indexes() -> None:
    op.create_index(op.f("ix_client_secrets_client_id"), "client_secrets", ["client_id"], unique=False)
