"""The tables of the room daily; warnings of expiry, and an index over users who can be restored."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

_RESTORABLE = sa.text("restorable_until IS NOT NULL")


def upgrade() -> None:
    _daily_runs()
    _expiry_warnings()
    op.create_index(
        "ix_users_restorable",
        "users",
        ["provider_id", "restorable_until"],
        sqlite_where=_RESTORABLE,
        postgresql_where=_RESTORABLE,
    )


def key_text(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def _daily_runs() -> None:
    op.create_table(
        "daily_runs",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("leased_by", sa.String(80), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counts", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_daily_runs")),
    )


def _expiry_warnings() -> None:
    op.create_table(
        "expiry_warnings",
        sa.Column("user_id", key_text(26), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_expiry_warnings_user_id")),
        sa.PrimaryKeyConstraint("user_id", "expires_on", "days", name=op.f("pk_expiry_warnings")),
    )
