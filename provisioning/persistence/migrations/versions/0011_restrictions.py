"""The tables of the room restrictions."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    _call_restrictions()
    _call_restrictions_indexes()
    _user_restrictions()
    _user_restrictions_indexes()


def key_text(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def _call_restrictions() -> None:
    op.create_table(
        "call_restrictions",
        sa.Column("id", key_text(26), nullable=False),
        sa.Column("provider_id", key_text(26), nullable=False),
        sa.Column("company_id", key_text(26), nullable=False),
        sa.Column("code", key_text(40), nullable=False),
        sa.Column("name_en", sa.String(100), nullable=False),
        sa.Column("name_fr", sa.String(100), nullable=False),
        sa.Column("rule", sa.String(5), nullable=False),
        sa.Column("patterns", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_call_restrictions_company_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_restrictions")),
    )


def _call_restrictions_indexes() -> None:
    op.create_index("uq_call_restrictions_code", "call_restrictions", ["company_id", "code"], unique=True)


def _user_restrictions() -> None:
    op.create_table(
        "user_restrictions",
        sa.Column("user_id", key_text(26), nullable=False),
        sa.Column("restriction_id", key_text(26), nullable=False),
        sa.ForeignKeyConstraint(
            ["restriction_id"], ["call_restrictions.id"], name=op.f("fk_user_restrictions_restriction_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_restrictions_user_id")),
        sa.PrimaryKeyConstraint("user_id", "restriction_id", name=op.f("pk_user_restrictions")),
    )


def _user_restrictions_indexes() -> None:
    op.create_index(
        op.f("ix_user_restrictions_restriction_id"), "user_restrictions", ["restriction_id"], unique=False
    )
