"""The tables of the room signups."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    _sign_ups()
    _sign_ups_indexes()


def key_text(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def _sign_ups() -> None:
    op.create_table(
        "sign_ups",
        sa.Column("user_id", key_text(26), nullable=False),
        sa.Column("provider_id", key_text(26), nullable=False),
        sa.Column("wished_numbers", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("payment_reference", key_text(128), nullable=True),
        sa.Column("amount", sa.Numeric(precision=14, scale=4), nullable=True),
        sa.Column("currency", sa.String(3), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rejection_reason", sa.String(200), nullable=True),
        sa.ForeignKeyConstraint(["provider_id"], ["providers.id"], name=op.f("fk_sign_ups_provider_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sign_ups_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_sign_ups")),
    )


def _sign_ups_indexes() -> None:
    op.create_index(op.f("ix_sign_ups_expires_at"), "sign_ups", ["expires_at"], unique=False)
    op.create_index(
        "uq_sign_ups_payment_reference", "sign_ups", ["provider_id", "payment_reference"], unique=True
    )
