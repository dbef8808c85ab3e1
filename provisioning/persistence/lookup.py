"""A read for the hottest path: the statement is compiled once, and a call costs what the driver costs."""

from collections import namedtuple
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Engine, Select


class Lookup:
    """One select, outside of any transaction. SQLAlchemy's own way to run it costs ten times as much."""

    def __init__(self, engine: Engine, statement: Select[*tuple[Any, ...]]) -> None:
        dialect = engine.dialect
        compiled = statement.compile(dialect=dialect)
        self._engine = engine
        self._statement = statement
        self._sql = str(compiled)
        self._order: list[str] | None = compiled.positiontup
        names = statement.selected_columns.keys()
        self._row: Callable[[Iterable[Any]], Any] = namedtuple("Found", names)._make  # type: ignore[attr-defined] # noqa: PYI024 - the names are known at run time only
        kinds = [column.type.dialect_impl(dialect) for column in statement.selected_columns]
        readers = [(number, kind.result_processor(dialect, None)) for number, kind in enumerate(kinds)]
        self._readers = [(number, read) for number, read in readers if read is not None]
        self._driver_error: type[Exception] = dialect.loaded_dbapi.Error
        self._has_transactions = dialect.name == "postgresql"

    def __call__(self, **values: Any) -> list[Any]:
        """The rows, as named tuples."""
        try:
            rows = self._fetch(values)
        except self._driver_error:
            # A connection that went stale, perhaps. SQLAlchemy makes a new one, or names the error.
            with self._engine.connect() as again:
                return [self._row(row) for row in again.execute(self._statement, values)]
        return [self._made(list(row)) for row in rows]

    def _fetch(self, values: dict[str, Any]) -> list[Any]:
        bound = values if self._order is None else [values[name] for name in self._order]
        connection = self._engine.raw_connection()
        try:
            return self._run(connection, bound)
        except self._driver_error:
            connection.invalidate()
            raise
        finally:
            connection.close()

    def _run(self, connection: Any, bound: Any) -> list[Any]:
        if self._has_transactions:
            connection.driver_connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(self._sql, bound)
        rows: list[Any] = cursor.fetchall()
        cursor.close()
        if self._has_transactions:
            connection.driver_connection.autocommit = False
        return rows

    def _made(self, row: list[Any]) -> Any:
        for number, read in self._readers:
            row[number] = read(row[number])
        return self._row(row)
