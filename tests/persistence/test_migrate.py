"""Migrations give exactly the declared tables, on both databases, whoever else migrates at the same time."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError

from provisioning import application  # noqa: F401 - all mapped classes are known
from provisioning.persistence import migrate as migrations
from provisioning.persistence.base import Base
from provisioning.persistence.migrate import draft, is_current, migrate

TABLES = "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' AND name <> 'alembic_version'"
COLUMNS = """
SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default, collation_name
FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version'
"""
INDEXES = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
CONSTRAINTS = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = 'public'::regnamespace AND conrelid <> 'alembic_version'::regclass
"""

_BETWEEN_COLUMNS = r",(?![^()]*\))|\(\s*\n|\n\s*\)"


@pytest.fixture
def engine(empty_database_url: str) -> Iterator[Engine]:
    engine = create_engine(empty_database_url)
    yield engine
    engine.dispose()


def _schema(connection: Connection) -> set[Any]:
    """All that the database itself says of its tables: also what Alembic does not compare.

    SQLite keeps the statement that made a table: quoted when the table was made anew, and a column that was added
    later stands on the line of the one before.
    """
    if connection.dialect.name == "sqlite":
        return {
            (name, tuple(sorted(part.strip() for part in re.split(_BETWEEN_COLUMNS, sql.replace('"', "")))))
            for name, sql in connection.execute(text(TABLES))
        }
    return {
        tuple(row)
        for question in (COLUMNS, INDEXES, CONSTRAINTS)
        for row in connection.execute(text(question))
    }


def test_an_empty_database_gets_the_declared_tables(empty_database_url: str, engine: Engine) -> None:
    assert migrate(empty_database_url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_the_database_itself_sees_no_difference(empty_database_url: str, engine: Engine) -> None:
    migrate(empty_database_url)
    with engine.begin() as connection:
        migrated = _schema(connection)
        Base.metadata.drop_all(connection)
        Base.metadata.create_all(connection)
        declared = _schema(connection)
    assert len(declared) > 10
    assert migrated == declared


def test_a_second_time_there_is_nothing_to_do(empty_database_url: str, engine: Engine) -> None:
    assert not is_current(engine)
    assert migrate(empty_database_url)
    assert is_current(engine)
    assert not migrate(empty_database_url)


def test_a_database_of_another_version_is_not_current(empty_database_url: str, engine: Engine) -> None:
    migrate(empty_database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    assert not is_current(engine)


def test_of_many_processes_at_once_one_migrates(empty_database_url: str, engine: Engine) -> None:
    program = f"from provisioning.persistence.migrate import migrate; print(migrate({empty_database_url!r}))"
    started = [
        subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    said = sorted(process.communicate(timeout=120)[0].strip() for process in started)
    assert said == ["False", "False", "False", "True"]
    assert is_current(engine)


def test_a_migration_that_breaks_references_leaves_nothing(tmp_path: Path) -> None:
    """SQLite's own check is off while tables are made anew, so it is made up for before the commit."""
    url = f"sqlite:///{tmp_path / 'broken.db'}"
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE a (id INTEGER PRIMARY KEY)"))
        connection.execute(text("CREATE TABLE b (a INTEGER REFERENCES a)"))
        connection.execute(text("INSERT INTO b VALUES (1)"))
    with pytest.raises(RuntimeError, match="1 rows"):
        migrate(url)
    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == ["a", "b"]
    engine.dispose()


def test_a_failing_migration_leaves_nothing(empty_database_url: str, engine: Engine) -> None:
    """Both databases take back what was done before the step that fails."""
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE requests (id INTEGER)"))
    with pytest.raises(DBAPIError, match="requests"):
        migrate(empty_database_url)
    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == ["requests"]


def test_a_draft_says_what_the_tables_lack(
    empty_database_url: str, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate(empty_database_url)
    with engine.begin() as connection:
        connection.execute(text("DROP INDEX ix_outbox_due"))
    copied = tmp_path / "migrations"
    shutil.copytree(migrations.FOLDER, copied)
    monkeypatch.setattr(migrations, "FOLDER", copied)
    (drafted,) = draft(empty_database_url, "outbox index")
    assert Path(drafted).name == f"{len(list((copied / 'versions').glob('[0-9]*.py'))):04d}_outbox_index.py"
    assert "batch_op.create_index('ix_outbox_due', ['state', 'due_at']" in Path(drafted).read_text("utf-8")
