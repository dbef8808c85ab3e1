"""Rows in somebody else's tables: as they should be, as they are, and how to write them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    TableClause,
    bindparam,
    column,
    delete,
    insert,
    literal,
    select,
    table,
    tuple_,
    update,
)
from sqlalchemy.sql.dml import ReturningInsert
from sqlalchemy.types import NULLTYPE, TupleType

from provisioning.delivery.connectors.ledger import Name

Key = tuple[Any, ...]
Stored = Mapping[str, Any]
_CHUNK = 200


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it is to be. What is ``initial`` is set when the row is made and is others' affair afterwards.

    No word of a key has a blank in it: a row's name is its words with blanks between.
    """

    table: str
    key: Key
    values: Mapping[str, Any] = field(default_factory=dict)
    initial: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> Name:
        return self.table, spelled(self.key)

    def differing(self, there: Stored) -> list[str]:
        """The columns in which a stored row is not as this one says."""
        return [name for name, value in self.values.items() if there[name] != value]


def spelled(key: Iterable[Any]) -> str:
    return " ".join(str(word) for word in key)


@dataclass(frozen=True, slots=True)
class Found:
    """The rows of one name: ours, if it is there, and how many others."""

    ours: Stored | None = None
    others: int = 0


@dataclass(frozen=True, slots=True)
class Keyed:
    """A table: what identifies a row to people (key), and what identifies it to the database (row_id)."""

    name: str
    key: tuple[str, ...]
    row_id: str = "id"

    def read(
        self, connection: Connection, keys: Collection[Key], row_ids: Collection[str], more: Iterable[str]
    ) -> list[Stored]:
        """The rows with one of these keys or identifiers."""
        by_key, by_id = self._readers(tuple(sorted(more)))
        found: dict[Any, Stored] = {}
        for statement, wanted in ((by_key, list(keys)), (by_id, list(row_ids))):
            for start in range(0, len(wanted), _CHUNK):
                some = {"wanted": wanted[start : start + _CHUNK]}
                for row in connection.execute(statement, some).mappings():
                    found[row[self.row_id]] = dict(row)
        return list(found.values())

    def make(self, connection: Connection, row: Row) -> str:
        """Insert a row; its identifier."""
        values = dict(zip(self.key, row.key, strict=True)) | dict(row.initial) | dict(row.values)
        return str(connection.execute(self._maker(tuple(values)), values).scalar_one())

    def change(self, connection: Connection, there: Stored, values: Mapping[str, Any]) -> None:
        target = self._columns(values)
        connection.execute(update(target).where(self._is(target, there)).values(dict(values)))

    def delete(self, connection: Connection, there: Stored) -> None:
        target = self._columns(())
        connection.execute(delete(target).where(self._is(target, there)))

    def name_of(self, stored: Stored) -> Name:
        return self.name, spelled(stored[word] for word in self.key)

    def _is(self, target: TableClause, there: Stored) -> ColumnElement[bool]:
        return target.c[self.row_id] == _plain(there[self.row_id])

    @cache  # noqa: B019 - the few tables that there are live as long as the process
    def _readers(self, more: tuple[str, ...]) -> tuple[Select[Any], Select[Any]]:
        target = self._columns(more)
        words = [target.c[each] for each in self.key]
        wanted = bindparam("wanted", expanding=True, type_=TupleType(*[NULLTYPE] * len(words)))
        row_ids = bindparam("wanted", expanding=True, type_=NULLTYPE)
        return (
            select(target).where(tuple_(*words).in_(wanted)),
            select(target).where(target.c[self.row_id].in_(row_ids)),
        )

    @cache  # noqa: B019 - likewise
    def _maker(self, names: tuple[str, ...]) -> ReturningInsert[Any]:
        target = self._columns(names)
        values = {each: bindparam(each, type_=NULLTYPE) for each in names}
        return insert(target).values(values).returning(target.c[self.row_id])

    def _columns(self, more: Iterable[str]) -> TableClause:
        names = dict.fromkeys((self.row_id, *self.key, *more))
        return table(self.name, *(column(each) for each in names))


def delete_where(connection: Connection, name: str, keys: Sequence[Mapping[str, Any]]) -> None:
    """Delete the rows that have one of these combinations of values."""
    if keys:
        target = table(name, *(column(each) for each in keys[0]))
        for key in keys:
            same = [target.c[each] == _plain(value) for each, value in key.items()]
            connection.execute(delete(target).where(*same))


def _plain(value: Any) -> BindParameter[Any]:
    """A value without a type of ours: PostgreSQL takes it for what the column is, an enumeration for instance."""
    return literal(value, NULLTYPE)
