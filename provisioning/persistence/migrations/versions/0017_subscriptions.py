"""The tables of the room subscriptions."""

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    pass
