"""The tables of the room services."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    _services()
    _services_indexes()
    _user_services()


def key_text(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def _services() -> None:
    op.create_table(
        "services",
        sa.Column("id", key_text(26), nullable=False),
        sa.Column("provider_id", key_text(26), nullable=False),
        sa.Column("code", key_text(40), nullable=False),
        sa.Column("en", sa.String(100), nullable=False),
        sa.Column("fr", sa.String(100), nullable=False),
        sa.Column("parameters", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(["provider_id"], ["providers.id"], name=op.f("fk_services_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_services")),
    )


def _services_indexes() -> None:
    op.create_index("uq_services_code", "services", ["provider_id", "code"], unique=True)


def _user_services() -> None:
    op.create_table(
        "user_services",
        sa.Column("user_id", key_text(26), nullable=False),
        sa.Column("code", key_text(40), nullable=False),
        sa.Column("settings", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("secrets", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_services_user_id")),
        sa.PrimaryKeyConstraint("user_id", "code", name=op.f("pk_user_services")),
    )
