"""The tables of the room packages."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    _service_packages()
    _service_packages_indexes()
    _offered_packages()
    _offered_packages_indexes()
    _user_packages()
    _user_packages_indexes()


def key_text(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def _service_packages() -> None:
    op.create_table(
        "service_packages",
        sa.Column("id", key_text(26), nullable=False),
        sa.Column("provider_id", key_text(26), nullable=False),
        sa.Column("code", key_text(40), nullable=False),
        sa.Column("name_en", sa.String(100), nullable=False),
        sa.Column("name_fr", sa.String(100), nullable=False),
        sa.Column("services", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("base_price", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("included_minutes", sa.Integer(), nullable=False),
        sa.Column("price_per_minute", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["providers.id"], name=op.f("fk_service_packages_provider_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_packages")),
    )


def _service_packages_indexes() -> None:
    op.create_index("uq_service_packages_code", "service_packages", ["provider_id", "code"], unique=True)


def _offered_packages() -> None:
    op.create_table(
        "offered_packages",
        sa.Column("company_id", key_text(26), nullable=False),
        sa.Column("package_id", key_text(26), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_offered_packages_company_id")
        ),
        sa.ForeignKeyConstraint(
            ["package_id"], ["service_packages.id"], name=op.f("fk_offered_packages_package_id")
        ),
        sa.PrimaryKeyConstraint("company_id", "package_id", name=op.f("pk_offered_packages")),
    )


def _offered_packages_indexes() -> None:
    op.create_index(op.f("ix_offered_packages_package_id"), "offered_packages", ["package_id"], unique=False)


def _user_packages() -> None:
    op.create_table(
        "user_packages",
        sa.Column("user_id", key_text(26), nullable=False),
        sa.Column("package_id", key_text(26), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["package_id"], ["service_packages.id"], name=op.f("fk_user_packages_package_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_packages_user_id")),
        sa.PrimaryKeyConstraint("user_id", "package_id", name=op.f("pk_user_packages")),
    )


def _user_packages_indexes() -> None:
    op.create_index(op.f("ix_user_packages_package_id"), "user_packages", ["package_id"], unique=False)
