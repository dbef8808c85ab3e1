"""Bring a database to the newest schema, whoever else tries at the same moment."""

from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, event, text

from provisioning.persistence.base import Base
from provisioning.persistence.engine import open_database

FOLDER = Path(__file__).with_name("migrations")
_MIGRATORS = text("SELECT pg_advisory_xact_lock(7310868735423361)")
_PATIENCE = 300


def migrate(database_url: str) -> bool:
    """Upgrade to the newest revision, in one transaction; says whether there was anything to do.

    Of several at once one migrates and the others wait: on SQLite for their turn to write, on PostgreSQL
    for a lock of their own.
    """
    database = open_database(database_url, threads=1, lock_wait=_PATIENCE)
    if database.engine.dialect.name == "sqlite":
        event.listen(database.engine, "connect", _loosen)
    try:
        with database.writing() as db:
            connection = db.connection()
            _wait_for_others(connection)
            (newest,) = _newest()
            if _heads(connection) == {newest}:
                return False
            command.upgrade(_config(connection), newest)
            _check_keys(connection)
            db.commit()
            return True
    finally:
        database.engine.dispose()


def is_current(engine: Engine) -> bool:
    """Whether the database has the schema that this version of the service works on."""
    with engine.connect() as connection:
        return _heads(connection) == _newest()


def draft(database_url: str, name: str) -> list[str]:
    """Write a revision with the differences between a current database and the declared tables."""
    database = open_database(database_url, threads=1)
    with database.engine.connect() as connection:
        made = command.revision(_config(connection), name, autogenerate=True, rev_id=_next_id())
    database.engine.dispose()
    return [str(each.path) for each in (made if isinstance(made, list) else [made]) if each is not None]


def _loosen(connection: Any, _: Any) -> None:
    """SQLite changes a table by making it anew, which foreign keys would forbid; _check_keys looks afterwards."""
    connection.execute("PRAGMA foreign_keys=OFF")


def _wait_for_others(connection: Connection) -> None:
    """On SQLite being the writer is enough."""
    if connection.dialect.name == "postgresql":
        connection.execute(_MIGRATORS)
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.exec_driver_sql("SET LOCAL lock_timeout = '10s'")


def _check_keys(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise RuntimeError(f"The migration would leave {len(broken)} rows without what they refer to.")


def _heads(connection: Connection) -> set[str]:
    return set(MigrationContext.configure(connection).get_current_heads())


@cache
def _newest() -> set[str]:
    """What this process takes for the newest, whatever is put beside it while it runs."""
    return set(ScriptDirectory(str(FOLDER)).get_heads())


def _next_id() -> str:
    return f"{len(list((FOLDER / 'versions').glob('[0-9]*.py'))) + 1:04d}"


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    config.attributes["metadata"] = Base.metadata
    return config
