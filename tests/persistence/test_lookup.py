from datetime import UTC, datetime

import pytest
from sqlalchemy import Column, MetaData, String, Table, bindparam, create_engine, select
from sqlalchemy.exc import DBAPIError

from provisioning.persistence.base import Moment
from provisioning.persistence.lookup import Lookup

WHEN = datetime(2031, 2, 28, 12, 30, tzinfo=UTC)
notes = Table("notes", MetaData(), Column("name", String(20)), Column("at", Moment))
by_name_and_time = (
    select(notes.c.at, notes.c.name)
    .where(notes.c.at >= bindparam("since"), notes.c.name == bindparam("name"))
    .order_by(notes.c.at)
)


def test_values_go_in_and_come_out_as_their_types_say(empty_database_url: str) -> None:
    engine = create_engine(empty_database_url)
    notes.create(engine)
    with engine.begin() as connection:
        connection.execute(notes.insert(), [{"name": "a", "at": WHEN}, {"name": "b", "at": None}])
    find = Lookup(engine, by_name_and_time)
    (row,) = find(name="a", since=WHEN)
    assert (row.at, row.name) == (WHEN, "a")
    assert find(name="b", since=WHEN) == []
    assert Lookup(engine, select(notes.c.at).where(notes.c.name == bindparam("name")))(name="b")[0].at is None
    engine.dispose()


def test_it_sees_what_was_committed_a_moment_ago(empty_database_url: str) -> None:
    """Each look is a transaction of its own: none holds an old picture, or a lock."""
    engine = create_engine(empty_database_url)
    notes.create(engine)
    find = Lookup(engine, by_name_and_time)
    for count in range(1, 4):
        assert len(find(name="a", since=WHEN)) == count - 1
        with engine.begin() as connection:
            connection.execute(notes.insert(), {"name": "a", "at": WHEN})
    notes.drop(engine)
    engine.dispose()


def test_a_connection_that_went_stale_is_replaced(empty_database_url: str) -> None:
    engine = create_engine(empty_database_url, pool_size=1)
    notes.create(engine)
    find = Lookup(engine, by_name_and_time)
    assert find(name="a", since=WHEN) == []
    raw = engine.raw_connection()
    driver = raw.driver_connection
    raw.close()
    driver.close()  # type: ignore[union-attr] # there is one
    assert find(name="a", since=WHEN) == []
    engine.dispose()


def test_an_error_is_sqlalchemys(empty_database_url: str) -> None:
    engine = create_engine(empty_database_url)
    with pytest.raises(DBAPIError):
        Lookup(engine, by_name_and_time)(name="a", since=WHEN)
    engine.dispose()
