"""The tables of the room phone_sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    _phone_sessions()
    _phone_sessions_indexes()
    _session_counts()


def key_text(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def _phone_sessions() -> None:
    op.create_table(
        "phone_sessions",
        sa.Column("provider_id", key_text(26), nullable=False),
        sa.Column("call_id", key_text(128), nullable=False),
        sa.Column("company_id", key_text(26), nullable=False),
        sa.Column("user_id", key_text(26), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["providers.id"], name=op.f("fk_phone_sessions_provider_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_phone_sessions_user_id")),
        sa.PrimaryKeyConstraint("provider_id", "call_id", name=op.f("pk_phone_sessions")),
    )


def _phone_sessions_indexes() -> None:
    op.create_index(
        "ix_phone_sessions_company_id",
        "phone_sessions",
        ["company_id", "started_at", "call_id"],
        unique=False,
    )
    op.create_index(
        "ix_phone_sessions_user_id", "phone_sessions", ["user_id", "started_at", "call_id"], unique=False
    )


def _session_counts() -> None:
    op.create_table(
        "session_counts",
        sa.Column("user_id", key_text(26), nullable=False),
        sa.Column("sessions", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_session_counts_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_session_counts")),
    )
