"""The tables of the room reconciliations; numbers of outbox rows are not given out again."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

_NOT_OVER = sa.text("ended_at IS NULL")


def upgrade() -> None:
    _reconciliations()
    _differences()
    _outbox_numbers()


def key_text(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def _reconciliations() -> None:
    op.create_table(
        "reconciliations",
        sa.Column("id", key_text(26), nullable=False),
        sa.Column("provider_id", key_text(26), nullable=False),
        sa.Column("phone_system_id", key_text(26), nullable=False),
        sa.Column("phone_system", sa.String(100), nullable=False),
        sa.Column("mode", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("transaction_id", key_text(26), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checkpoint", key_text(26), nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("checked", "missing", "extra", "different", "foreign", "repaired", "attempts")
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_by", sa.String(80), nullable=True),
        sa.Column("last_error", sa.String(500), nullable=True),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["providers.id"], name=op.f("fk_reconciliations_provider_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliations")),
    )
    op.create_index(
        "uq_reconciliations_not_over",
        "reconciliations",
        ["phone_system_id"],
        unique=True,
        sqlite_where=_NOT_OVER,
        postgresql_where=_NOT_OVER,
    )


def _differences() -> None:
    op.create_table(
        "reconciliation_differences",
        sa.Column("reconciliation_id", key_text(26), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("user_id", key_text(26), nullable=False),
        sa.Column("drift", sa.String(10), nullable=False),
        sa.Column("table_name", sa.String(40), nullable=False),
        sa.Column("row_name", sa.String(200), nullable=False),
        sa.Column("columns", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["reconciliation_id"],
            ["reconciliations.id"],
            name=op.f("fk_reconciliation_differences_reconciliation_id"),
        ),
        sa.PrimaryKeyConstraint("reconciliation_id", "number", name=op.f("pk_reconciliation_differences")),
    )


def _outbox_numbers() -> None:
    """SQLite gives the number of a last row that is gone to the next one, unless told otherwise."""
    if op.get_context().dialect.name == "sqlite":
        kept = {"sqlite_autoincrement": True}
        with op.batch_alter_table("outbox", recreate="always", table_kwargs=kept):
            pass
