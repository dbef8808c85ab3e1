"""The tables of the room dids."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    _dids()
    _dids_indexes()
    _dids_more_indexes()
    _lost_dids()


def key_text(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def _dids() -> None:
    op.create_table(
        "dids",
        sa.Column("number", key_text(16), nullable=False),
        sa.Column("provider_id", key_text(26), nullable=False),
        sa.Column("company_id", key_text(26), nullable=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("free_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("user_id", key_text(26), nullable=True),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("use", sa.String(5), nullable=True),
        sa.Column("reservation_id", key_text(26), nullable=True),
        sa.Column("reserved_by", key_text(26), nullable=True),
        sa.Column("reserved_for", key_text(400), nullable=True),
        sa.Column("last_user_id", key_text(26), nullable=True),
        sa.Column("held_by_phone", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'ASSIGNED') = (user_id IS NOT NULL)", name=op.f("ck_dids_holder")),
        sa.CheckConstraint("(user_id IS NULL) = (free_from IS NOT NULL)", name=op.f("ck_dids_free_from")),
        sa.CheckConstraint("user_id IS NOT NULL OR NOT is_primary", name=op.f("ck_dids_primary")),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_dids_company_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["providers.id"], name=op.f("fk_dids_provider_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_dids_user_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_dids")),
    )


def _dids_indexes() -> None:
    op.create_index("ix_dids_company_id", "dids", ["company_id", "number"], unique=False)
    op.create_index(
        "ix_dids_free",
        "dids",
        ["provider_id", "company_id", "free_from", "number"],
        unique=False,
        sqlite_where=sa.text("free_from IS NOT NULL"),
        postgresql_where=sa.text("free_from IS NOT NULL"),
    )
    op.create_index(
        "ix_dids_held_by_phone",
        "dids",
        ["last_user_id"],
        unique=False,
        sqlite_where=sa.text("held_by_phone = 1"),
        postgresql_where=sa.text("held_by_phone"),
    )
    op.create_index("ix_dids_provider_id", "dids", ["provider_id", "number"], unique=False)
    op.create_index(
        "ix_dids_reserved_for",
        "dids",
        ["reserved_for", "provider_id"],
        unique=False,
        sqlite_where=sa.text("reserved_for IS NOT NULL"),
        postgresql_where=sa.text("reserved_for IS NOT NULL"),
    )


def _dids_more_indexes() -> None:
    op.create_index(
        "ix_dids_user_id",
        "dids",
        ["user_id"],
        unique=False,
        sqlite_where=sa.text("user_id IS NOT NULL"),
        postgresql_where=sa.text("user_id IS NOT NULL"),
    )
    op.create_index(
        "uq_dids_primary",
        "dids",
        ["user_id"],
        unique=True,
        sqlite_where=sa.text("is_primary"),
        postgresql_where=sa.text("is_primary"),
    )
    op.create_index(
        "uq_dids_reservation_id",
        "dids",
        ["reservation_id"],
        unique=True,
        sqlite_where=sa.text("reservation_id IS NOT NULL"),
        postgresql_where=sa.text("reservation_id IS NOT NULL"),
    )


def _lost_dids() -> None:
    op.create_table(
        "lost_dids",
        sa.Column("user_id", key_text(26), nullable=False),
        sa.Column("number", key_text(16), nullable=False),
        sa.Column("use", sa.String(5), nullable=False),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_lost_dids_user_id")),
        sa.PrimaryKeyConstraint("user_id", "number", name=op.f("pk_lost_dids")),
    )
