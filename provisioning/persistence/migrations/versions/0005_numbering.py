"""The tables of the room numbering."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    _number_ranges()
    _number_spaces()


def key_text(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def _number_ranges() -> None:
    op.create_table(
        "number_ranges",
        sa.Column("company_id", key_text(26), nullable=False),
        sa.Column("kind", key_text(10), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.CheckConstraint("first <= last", name=op.f("ck_number_ranges_order")),
        sa.PrimaryKeyConstraint("company_id", "kind", "last", name=op.f("pk_number_ranges")),
        sqlite_with_rowid=False,
    )


def _number_spaces() -> None:
    op.create_table(
        "number_spaces",
        sa.Column("company_id", key_text(26), nullable=False),
        sa.Column("kind", key_text(10), nullable=False),
        sa.Column("lowest", sa.Integer(), nullable=False),
        sa.Column("highest", sa.Integer(), nullable=False),
        sa.Column("preferred", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_number_spaces_company_id")),
        sa.PrimaryKeyConstraint("company_id", "kind", name=op.f("pk_number_spaces")),
        sqlite_with_rowid=False,
    )
