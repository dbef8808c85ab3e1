"""The tables of the room extensions."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    _lost_extensions()


def key_text(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def _lost_extensions() -> None:
    op.create_table(
        "lost_extensions",
        sa.Column("user_id", key_text(26), nullable=False),
        sa.Column("extension", key_text(6), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_lost_extensions_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_lost_extensions")),
    )
