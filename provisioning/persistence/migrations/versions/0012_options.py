"""The tables of the room options."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    _company_options()
    _sip_accounts()
    _sip_accounts_indexes()
    _user_options()


def key_text(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def _company_options() -> None:
    op.create_table(
        "company_options",
        sa.Column("company_id", key_text(26), nullable=False),
        sa.Column("chosen", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("sip_domain", key_text(253), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_company_options_company_id")),
        sa.PrimaryKeyConstraint("company_id", name=op.f("pk_company_options")),
    )


def _sip_accounts() -> None:
    op.create_table(
        "sip_accounts",
        sa.Column("id", key_text(26), nullable=False),
        sa.Column("user_id", key_text(26), nullable=False),
        sa.Column("purpose", sa.String(12), nullable=False),
        sa.Column("domain", key_text(253), nullable=False),
        sa.Column("user_name", key_text(64), nullable=False),
        sa.Column("sealed_secret", sa.String(600), nullable=False),
        sa.Column("freed", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sip_accounts_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sip_accounts")),
    )


def _sip_accounts_indexes() -> None:
    op.create_index("uq_sip_accounts_purpose", "sip_accounts", ["user_id", "purpose"], unique=True)
    op.create_index(
        "uq_sip_accounts_user_name",
        "sip_accounts",
        ["domain", "user_name", "purpose"],
        unique=True,
        sqlite_where=sa.text("freed = 0"),
        postgresql_where=sa.text("NOT freed"),
    )


def _user_options() -> None:
    op.create_table(
        "user_options",
        sa.Column("user_id", key_text(26), nullable=False),
        sa.Column("chosen", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_options_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_user_options")),
    )
