"""What in a phone system's database is ours: two tables of our own there.

They are written in the transactions that write the phone system's rows, so neither is ever ahead.
"""

from collections.abc import Collection, Iterable, Mapping
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
    bindparam,
    delete,
    insert,
    select,
    text,
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
# A row is made, or locked and raised to the newer version, or neither: then it is another's, or newer.
_RAISE = text(
    "INSERT INTO provisioning_users (user_id, provider_id, version) VALUES (:user_id, :provider_id, :version)"
    " ON CONFLICT (user_id) DO UPDATE SET version = excluded.version"
    " WHERE provisioning_users.provider_id = excluded.provider_id"
    " AND provisioning_users.version <= excluded.version RETURNING user_id"
)
_WHOSE = select(USERS.c.provider_id).where(USERS.c.user_id == bindparam("user_id"))
_NAMED = (ROWS.c.table_name == bindparam("table")) & (ROWS.c.row_name == bindparam("name"))
_HOLDERS = select(ROWS.c.row_name, ROWS.c.user_id).where(
    ROWS.c.table_name == bindparam("table"), ROWS.c.row_name.in_(bindparam("names", expanding=True))
)
_STRIKE = delete(ROWS).where(_NAMED)
_ENTER = insert(ROWS)
_OF_USERS = (
    select(ROWS)
    .join(USERS, USERS.c.user_id == ROWS.c.user_id)
    .where(
        ROWS.c.user_id.in_(bindparam("user_ids", expanding=True)),
        USERS.c.provider_id == bindparam("provider_id"),
    )
)
_HAVE_ROWS = (
    select(USERS.c.user_id)
    .where(
        USERS.c.provider_id == bindparam("provider_id"),
        USERS.c.user_id > bindparam("after"),
        select(ROWS.c.user_id).where(ROWS.c.user_id == USERS.c.user_id).exists(),
    )
    .order_by(USERS.c.user_id)
    .limit(bindparam("most"))
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

    def lock(self, states: Iterable[PhoneState]) -> None:
        """Keep others from these users, and refuse states older than what was applied already."""
        for state in sorted(states, key=lambda each: each.user_id):
            user = {"user_id": state.user_id}
            mark = {**user, "provider_id": self.provider_id, "version": state.version}
            if self.connection.execute(_RAISE, mark).first() is None:
                if self.connection.execute(_WHOSE, user).scalar_one() != self.provider_id:
                    raise Taken("the user", state.user_id)
                raise Stale(f"a newer state of user {state.user_id} was applied")

    def of_users(self, user_ids: Iterable[str]) -> dict[Name, Entry]:
        """What these users have."""
        wanted = {"user_ids": tuple(user_ids), "provider_id": self.provider_id}
        return {
            (row.table_name, row.row_name): Entry(row.user_id, row.row_id)
            for row in self.connection.execute(_OF_USERS, wanted)
        }

    def holders_of(self, names: Collection[Name]) -> dict[Name, str]:
        """Which users, of any provider, have the rows of these names."""
        tables: dict[str, list[str]] = {}
        for table, row in names:
            tables.setdefault(table, []).append(row)
        return {
            (table, row.row_name): row.user_id
            for table, wanted in tables.items()
            for row in self.connection.execute(_HOLDERS, {"table": table, "names": wanted})
        }

    def enter(self, entries: Mapping[Name, Entry]) -> None:
        values = [
            {"table_name": table, "row_name": row, "row_id": entry.row_id, "user_id": entry.user_id}
            for (table, row), entry in entries.items()
        ]
        if values:
            self.connection.execute(_ENTER, values)

    def strike(self, name: Name) -> None:
        self.connection.execute(_STRIKE, _named(name))

    def users_after(self, after: str, most: int) -> list[str]:
        """Users who have any row, in order, beginning behind one."""
        wanted = {"provider_id": self.provider_id, "after": after, "most": most}
        return list(self.connection.execute(_HAVE_ROWS, wanted).scalars())


def _named(name: Name) -> dict[str, str]:
    return {"table": name[0], "name": name[1]}
