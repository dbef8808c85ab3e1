"""SIP user names that differ in capitals alone are one. Those that are there already stay as they are."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

_FILL = """
UPDATE sip_accounts SET name_key = CASE
    WHEN EXISTS (
        SELECT 1 FROM sip_accounts AS before
        WHERE before.domain = sip_accounts.domain AND before.purpose = sip_accounts.purpose
            AND lower(before.user_name) = lower(sip_accounts.user_name) AND before.id < sip_accounts.id
    ) THEN user_name || ' ' || id
    ELSE lower(user_name)
END
"""


def upgrade() -> None:
    wide = sa.String(91)  # a name, a blank and an identifier
    wide = wide.with_variant(sa.String(91, collation="C"), "postgresql")
    op.add_column("sip_accounts", sa.Column("name_key", wide, nullable=False, server_default=""))
    op.execute(_FILL)
    op.drop_index("uq_sip_accounts_user_name", "sip_accounts")
    op.create_index(
        "uq_sip_accounts_user_name",
        "sip_accounts",
        ["domain", "name_key", "purpose"],
        unique=True,
        sqlite_where=sa.text("freed = 0"),
        postgresql_where=sa.text("NOT freed"),
    )
