import os
import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import ProgrammingError
from typing import Any

import pytest
from sqlalchemy import Column, MetaData, String, Table, bindparam, insert, select
from sqlalchemy.exc import DBAPIError

from provisioning.persistence.base import Moment
from provisioning.persistence.engine import Database, open_database
from provisioning.persistence.hot import hot

WHEN = datetime(2031, 2, 28, 12, 30, tzinfo=UTC)
notes = Table("notes", MetaData(), Column("name", String(20)), Column("at", Moment))
SINCE = hot(select(notes.c.name, notes.c.at).where(notes.c.at >= bindparam("since")).order_by(notes.c.name))


def _add(database: Database, name: str) -> None:
    with database.writing() as db:
        db.execute(insert(notes), {"name": name, "at": WHEN})
        db.commit()


def _names(database: Database) -> list[str]:
    with database.reading() as db:
        return list(db.scalars(SINCE, {"since": WHEN}))


def test_each_statement_sees_what_was_committed_a_moment_ago(database: Database) -> None:
    """None holds an old picture, or a lock."""
    with database.reading() as db:
        for count in range(3):
            assert len(db.execute(SINCE, {"since": WHEN}).all()) == count
            _add(database, str(count))
        assert db.execute(SINCE, {"since": WHEN}).first().at == WHEN


def test_other_statements_go_to_a_session_beside_the_hot_ones(database: Database) -> None:
    _add(database, "a")
    with database.reading() as db:
        assert db.scalar(select(notes.c.name)) == "a"
        assert db.scalars(SINCE, {"since": WHEN}).all() == ["a"]
        assert db.execute(select(notes.c.name).where(notes.c.at == bindparam("at")), {"at": WHEN}).all()
        assert db.get_bind().dialect is database.engine.dialect


def test_readings_inside_each_other_and_beside_each_other(database: Database) -> None:
    _add(database, "a")
    found: list[list[str]] = []
    with database.reading() as outer:
        assert outer.scalars(SINCE, {"since": WHEN}).all() == ["a"]
        assert _names(database) == ["a"]
        thread = threading.Thread(target=lambda: found.append(_names(database)))
        thread.start()
        thread.join()
        assert outer.scalars(SINCE, {"since": WHEN}).all() == ["a"]
    assert found == [["a"]]


def test_a_thread_that_ends_leaves_no_connection_open(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'notes.db'}")
    notes.metadata.create_all(database.engine)
    drivers: list[Any] = []

    def read() -> None:
        with database.reading() as db:
            db.execute(SINCE, {"since": WHEN})
            drivers.append(db._borrowed.driver)  # type: ignore[attr-defined] # whoever reads has one

    thread = threading.Thread(target=read)
    thread.start()
    thread.join()
    with pytest.raises(ProgrammingError, match="closed"):
        drivers[0].execute("SELECT 1")
    database.engine.dispose()


def test_a_connection_that_went_stale_is_replaced(database: Database) -> None:
    assert _names(database) == []
    with database.reading() as db:
        db.execute(SINCE, {"since": WHEN})
        db._borrowed.driver.close()  # type: ignore[attr-defined] # as when a server is started again
        assert db.execute(SINCE, {"since": WHEN}).all() == []
    assert _names(database) == []


def test_what_is_wrong_with_a_statement_is_said_without_values(database: Database) -> None:
    notes.drop(database.engine)
    with database.reading() as db, pytest.raises(DBAPIError) as caught:
        db.execute(SINCE, {"since": WHEN})
    assert not caught.value.connection_invalidated
    assert "2031" not in str(caught.value)
    notes.create(database.engine)
    assert _names(database) == []


def test_none_is_open_when_the_engine_is_disposed_of(database: Database) -> None:
    """SQLite in a process that is forked then would take its parent's locks for its own."""
    with database.reading() as db:
        db.execute(SINCE, {"since": WHEN})
        kept = db._borrowed.driver  # type: ignore[attr-defined] # whoever reads has one
    database.engine.dispose()
    with pytest.raises(Exception, match="closed"):
        kept.execute("SELECT 1")
    assert _names(database) == []


def test_a_forked_process_has_connections_of_its_own(database: Database) -> None:
    _add(database, "a")
    assert _names(database) == ["a"]
    database.engine.dispose()
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writes, ",".join(_names(database)).encode())
        finally:
            os._exit(0)
    os.close(writes)
    with closing(os.fdopen(reads, "rb")) as told:
        assert told.read() == b"a"
    os.waitpid(child, 0)
    assert _names(database) == ["a"]


def test_it_has_one_connection_of_the_pool_at_most_and_gives_it_back(database: Database) -> None:
    taken = database.engine.pool.checkedout  # type: ignore[attr-defined] # a pool with a queue
    most = 1 if database.engine.dialect.name == "postgresql" else 0
    with database.reading() as db:
        db.execute(SINCE, {"since": WHEN})
        assert taken() == most
        db.scalar(select(notes.c.name))
        db.execute(SINCE, {"since": WHEN})
        assert taken() == 1
    assert taken() == 0
