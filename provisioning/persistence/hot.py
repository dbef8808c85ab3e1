"""Statements that are compiled once: running one again costs what the driver costs.

SQLAlchemy looks every statement up in a cache by its structure and prepares its run anew, which takes ten times as
long as the database does. A statement that is built once, when its module is imported, needs none of that.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Dialect, Executable, Insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, SessionTransaction

from provisioning.persistence.rows import Rows, row_maker

S = TypeVar("S", bound=Executable)
Values = Mapping[str, Any]
Convert = Callable[[Any], Any]

_MARK = "_provisioning_hot"


def hot(statement: S) -> S:
    """Mark a statement on tables, not on mapped classes, that is built once and run for ever. One with IN runs as others do."""
    statement.__dict__[_MARK] = (statement, {})
    return statement


class HotSession(Session):
    """A session that runs hot statements on its connection directly, in its transaction like all others."""

    _known: tuple[SessionTransaction | None, Connection] | None = None

    def execute(self, statement: Any, params: Any = None, **more: Any) -> Any:
        prepared = prepared_for(statement, self.get_bind().dialect, params) if not more else None
        if prepared is None:
            return super().execute(statement, params, **more)
        if self.autoflush:
            self.flush()
        return prepared.run(self._connection(), params)

    def scalars(self, statement: Any, params: Any = None, **more: Any) -> Any:
        if _MARK in statement.__dict__ and not more:
            return self.execute(statement, params).scalars()
        return super().scalars(statement, params, **more)

    def _connection(self) -> Connection:
        """The connection, asked for once in each transaction or savepoint, which begins by that.

        A session that has failed says so each time.
        """
        if self._known is None or self._known[0] is not self._innermost() or not self.is_active:
            connection = self.connection()
            self._known = (self._innermost(), connection)
        return self._known[1]

    def _innermost(self) -> SessionTransaction | None:
        return self.get_nested_transaction() or self.get_transaction()


def prepared_for(statement: Any, dialect: Dialect, params: Any) -> "Prepared | None":
    """How a hot statement runs with parameters of these names; None for any other statement."""
    marked, forms = getattr(statement, "__dict__", {}).get(_MARK, (None, None))
    if marked is not statement:  # none, or a statement that was made of a hot one
        return None
    first = params if isinstance(params, Mapping) or not params else params[0]
    form = (dialect.name, *(first or ()))
    if form not in forms:
        prepared = Prepared(statement, dialect, list(first or ()))
        forms[form] = None if prepared.has_lists else prepared
    return forms[form]  # type: ignore[no-any-return] # the mark is untyped


class Prepared:
    """A statement in a dialect's words, with what turns values into the driver's and back."""

    def __init__(self, statement: Any, dialect: Dialect, names: list[str]) -> None:
        if isinstance(statement, Insert):
            statement = statement.inline()  # nobody asks for the keys that the database makes
        compiled = statement.compile(dialect=dialect, column_keys=names)
        self.sql = str(compiled)
        self.has_lists = bool(compiled.post_compile_params)  # whose words depend on the values
        self._dialect = dialect
        self._order: list[str] | None = compiled.positiontup
        self._fixed = {
            **{name: value for name, value in compiled.params.items() if name not in names},
            **{each.key: each.default.arg for each in getattr(compiled, "insert_prefetch", ())},
        }
        kinds = {name: bind.type.dialect_impl(dialect) for name, bind in compiled.binds.items()}
        self._writers = _converters({name: kind.bind_processor(dialect) for name, kind in kinds.items()})
        columns = getattr(statement, "exported_columns", None) or ()
        kinds = {number: each.type.dialect_impl(dialect) for number, each in enumerate(columns)}
        self._readers = _converters({at: kind.result_processor(dialect, None) for at, kind in kinds.items()})
        self.names: list[str] = [each.key for each in columns]
        self._make = row_maker(self.names)
        self.driver_error: type[Exception] = dialect.loaded_dbapi.Error

    def run(self, connection: Connection, params: Values | Sequence[Values] | None) -> Rows:
        """Run it in the connection's transaction."""
        proxied = connection.connection
        try:
            return self.fetch(proxied.driver_connection, params)
        except self.driver_error as error:
            named = self.named(error, proxied.driver_connection)
            if named.connection_invalidated:
                connection.invalidate(error)
            raise named from error

    def fetch(self, driver: Any, params: Values | Sequence[Values] | None) -> Rows:
        """What a connection of the driver finds; its errors as they are."""
        cursor = driver.cursor()
        try:
            given = [params or {}] if params is None or isinstance(params, Mapping) else params
            if len(given) == 1:  # several would begin a pipeline on PostgreSQL: dear for one
                cursor.execute(self.sql, self.bound(given[0]))
            else:
                cursor.executemany(self.sql, [self.bound(each) for each in given])
            return Rows([self._row(each) for each in cursor.fetchall()] if self.names else [])
        finally:
            cursor.close()

    def named(self, error: Exception, driver: Any) -> DBAPIError:
        """The driver's error as SQLAlchemy's, which tells whether the connection is lost."""
        named: DBAPIError = DBAPIError.instance(  # type: ignore[assignment] # of a driver's error it makes one of these
            self.sql,
            None,
            error,
            self.driver_error,
            hide_parameters=True,
            connection_invalidated=self._dialect.is_disconnect(error, driver, None),  # type: ignore[arg-type] # the driver's own
            dialect=self._dialect,
        )
        return named

    def bound(self, values: Values) -> Any:
        """The values as the driver takes them."""
        given = {**self._fixed, **values}
        for name, write in self._writers:
            given[name] = write(given[name])
        return given if self._order is None else [given[name] for name in self._order]

    def _row(self, values: Sequence[Any]) -> Any:
        """The driver's values as the columns' types say."""
        if not self._readers:
            return self._make(values)
        row = list(values)
        for number, read in self._readers:
            if row[number] is not None:
                row[number] = read(row[number])
        return self._make(row)


def _converters(by_place: Mapping[Any, Convert | None]) -> list[tuple[Any, Convert]]:
    return [(place, convert) for place, convert in by_place.items() if convert is not None]
