"""The tables of the room subscriptions."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

_SERVED = sa.text("deleted_at IS NULL AND disabled_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "subscriptions",
        *_what_is_wanted(),
        *_how_it_goes(),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_subscriptions_client_id")),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_subscriptions_company_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["providers.id"], name=op.f("fk_subscriptions_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
    )
    op.create_index("ix_subscriptions_client_id", "subscriptions", ["client_id", "id"])
    op.create_index(
        "ix_subscriptions_due_at", "subscriptions", ["due_at"], sqlite_where=_SERVED, postgresql_where=_SERVED
    )


def key_text(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def _what_is_wanted() -> list[sa.Column[object]]:
    return [
        sa.Column("id", key_text(26), nullable=False),
        sa.Column("provider_id", key_text(26), nullable=False),
        sa.Column("company_id", key_text(26), nullable=True),
        sa.Column("client_id", key_text(26), nullable=False),
        sa.Column("url", sa.String(1000), nullable=False),
        sa.Column("kinds", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("object_type", sa.String(40), nullable=True),
        sa.Column("only_company_id", key_text(26), nullable=True),
        sa.Column("description", sa.String(200), nullable=True),
        sa.Column("sealed_secret", sa.String(300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    ]


def _how_it_goes() -> list[sa.Column[object]]:
    return [
        sa.Column("place_writer", sa.BigInteger(), nullable=False),
        sa.Column("place_number", sa.BigInteger(), nullable=False),
        sa.Column("place_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_by", sa.String(80), nullable=True),
        sa.Column("delivered_change_id", sa.String(20), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_status", sa.Integer(), nullable=True),
        sa.Column("last_error", sa.String(40), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_reason", sa.String(20), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
    ]
