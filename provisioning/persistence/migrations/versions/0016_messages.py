"""The tables of the room messages, and how a company's users learn their access codes."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

_UNSENT = sa.text("sent_at IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("companies") as companies:
        companies.add_column(
            sa.Column("send_access_codes_as", sa.String(4), nullable=False, server_default="LINK")
        )
    _deliveries()
    _own_words()
    _pin_links()
    _company_templates()


def key_text(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def _deliveries() -> None:
    with op.batch_alter_table("deliveries") as deliveries:
        deliveries.add_column(sa.Column("sealed_link", sa.String(200), nullable=True))
    op.create_index("ix_deliveries_transaction_id", "deliveries", ["transaction_id", "id"])
    op.create_index(op.f("ix_deliveries_created_at"), "deliveries", ["created_at"])
    op.create_index(
        "ix_deliveries_unsent",
        "deliveries",
        ["provider_id", "id"],
        sqlite_where=_UNSENT,
        postgresql_where=_UNSENT,
    )


def _own_words() -> None:
    op.create_table(
        "own_words",
        sa.Column("id", key_text(26), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_words")),
    )
    op.create_index(op.f("ix_own_words_created_at"), "own_words", ["created_at"])


def _pin_links() -> None:
    op.create_table(
        "pin_links",
        sa.Column("digest", key_text(64), nullable=False),
        sa.Column("user_id", key_text(26), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_pin_links_user_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_pin_links")),
    )
    op.create_index(op.f("ix_pin_links_expires_at"), "pin_links", ["expires_at"])
    op.create_index(op.f("ix_pin_links_user_id"), "pin_links", ["user_id"])


def _company_templates() -> None:
    op.create_table(
        "company_templates",
        sa.Column("company_id", key_text(26), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("subject", sa.String(200), nullable=True),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("html", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_company_templates_company_id")
        ),
        sa.PrimaryKeyConstraint("company_id", "kind", "language", name=op.f("pk_company_templates")),
    )
