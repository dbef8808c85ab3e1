"""What in a phone system's database is ours: two tables of our own there.

They are written in the transactions that write the phone system's rows, so neither is ever ahead.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    delete,
    insert,
    select,
    text,
    update,
)

from provisioning.delivery.connectors.base import Stale, Taken
from provisioning.kernel.phone_state import PhoneState

METADATA = MetaData()
USERS = Table(
    "provisioning_users",
    METADATA,
    Column("user_id", String(26), primary_key=True),
    Column("provider_id", String(26), nullable=False),
    Column("version", BigInteger, nullable=False),
    Index("provisioning_users_provider", "provider_id", "user_id"),
)
ROWS = Table(
    "provisioning_rows",
    METADATA,
    Column("table_name", String(40), nullable=False),
    Column("row_name", String(200), nullable=False),
    Column("row_id", String(255), nullable=False),
    Column("user_id", String(26), nullable=False),
    PrimaryKeyConstraint("table_name", "row_name"),
    Index("provisioning_rows_user", "user_id"),
)
_MAKE_KNOWN = text(
    "INSERT INTO provisioning_users (user_id, provider_id, version) VALUES (:user_id, :provider_id, 0)"
    " ON CONFLICT DO NOTHING"
)

Name = tuple[str, str]
"""A row by its table and, within that, by the words of its key."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A row that is ours: for which user, and the identifier that the phone system's database gave it."""

    user_id: str
    row_id: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """The two tables, for one provider and within one transaction."""

    connection: Connection
    provider_id: str

    def lock(self, states: Collection[PhoneState]) -> None:
        """Keep others from these users, and refuse states older than what was applied already."""
        versions = {each.user_id: each.version for each in states}
        known = [{"user_id": each, "provider_id": self.provider_id} for each in sorted(versions)]
        self.connection.execute(_MAKE_KNOWN, known)
        locked = (
            select(USERS.c.user_id, USERS.c.provider_id, USERS.c.version)
            .where(USERS.c.user_id.in_(versions))
            .order_by(USERS.c.user_id)
            .with_for_update()
        )
        for user_id, provider_id, version in self.connection.execute(locked):
            if provider_id != self.provider_id:
                raise Taken("the user", user_id)
            if version > versions[user_id]:
                raise Stale(f"a newer state of user {user_id} was applied")
        for user_id, version in versions.items():
            mark = update(USERS).where(USERS.c.user_id == user_id).values(version=version)
            self.connection.execute(mark)

    def of_users(self, user_ids: Iterable[str]) -> dict[Name, Entry]:
        """What these users have."""
        mine = select(ROWS).join(USERS, USERS.c.user_id == ROWS.c.user_id)
        mine = mine.where(ROWS.c.user_id.in_(tuple(user_ids)), USERS.c.provider_id == self.provider_id)
        return {
            (row.table_name, row.row_name): Entry(row.user_id, row.row_id)
            for row in self.connection.execute(mine)
        }

    def holder_of(self, name: Name) -> str | None:
        """Which user of any provider has the row of that name."""
        holder: str | None = self.connection.execute(
            select(ROWS.c.user_id).where(ROWS.c.table_name == name[0], ROWS.c.row_name == name[1])
        ).scalar_one_or_none()
        return holder

    def enter(self, name: Name, entry: Entry) -> None:
        table_name, row_name = name
        self.connection.execute(
            insert(ROWS).values(
                table_name=table_name, row_name=row_name, user_id=entry.user_id, row_id=entry.row_id
            )
        )

    def strike(self, name: Name) -> None:
        self.connection.execute(delete(ROWS).where(ROWS.c.table_name == name[0], ROWS.c.row_name == name[1]))

    def users_after(self, after: str, most: int) -> list[str]:
        """Users who have any row, in order, beginning behind one."""
        has_rows = select(ROWS.c.user_id).where(ROWS.c.user_id == USERS.c.user_id).exists()
        found = (
            select(USERS.c.user_id)
            .where(USERS.c.provider_id == self.provider_id, USERS.c.user_id > after, has_rows)
            .order_by(USERS.c.user_id)
            .limit(most)
        )
        return list(self.connection.execute(found).scalars())
