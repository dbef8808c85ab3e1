"""Letters are kept as deliveries; an outbox row names what it delivers instead of carrying it."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_PRESENT = sa.text("object_id IS NOT NULL")


def upgrade() -> None:
    op.execute("DELETE FROM outbox WHERE topic = 'MAIL'")  # nobody could send them, and they name no delivery
    with op.batch_alter_table("outbox") as outbox:
        outbox.drop_column("payload")
        outbox.add_column(sa.Column("object_id", key_text(26), nullable=True))
    op.create_index(
        "ix_outbox_object_id", "outbox", ["object_id"], sqlite_where=_PRESENT, postgresql_where=_PRESENT
    )
    _deliveries()


def key_text(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", key_text(26), nullable=False),
        sa.Column("provider_id", key_text(26), nullable=False),
        sa.Column("company_id", key_text(26), nullable=False),
        sa.Column("user_id", key_text(26), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("detail", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("transaction_id", key_text(26), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_deliveries_company_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["providers.id"], name=op.f("fk_deliveries_provider_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_deliveries_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
    )
    for column in ("provider_id", "company_id", "user_id"):
        op.create_index(f"ix_deliveries_{column}", "deliveries", [column, "id"])
