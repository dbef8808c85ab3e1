from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.exc import (
    DBAPIError,
    IntegrityError,
    MultipleResultsFound,
    NoResultFound,
    PendingRollbackError,
)
from sqlalchemy.orm import DeclarativeBase

from provisioning.persistence.base import Json, Moment
from provisioning.persistence.engine import Database, violated
from provisioning.persistence.hot import hot

WHEN = datetime(2031, 2, 28, 12, 30, tzinfo=UTC)
notes = Table(
    "notes",
    MetaData(naming_convention={"pk": "pk_%(table_name)s"}),
    Column("name", String(20), primary_key=True),
    Column("at", Moment),
    Column("day", Date),
    Column("is_kept", Boolean),
    Column("state", String(10), default="NEW"),
    Column("words", Json),
)
numbered = Table(
    "numbered", notes.metadata, Column("id", Integer, primary_key=True), Column("text", String(20))
)
ADD = hot(insert(notes))
FIND = hot(
    select(notes.c.name, notes.c.at, notes.c.day, notes.c.is_kept, notes.c.state, notes.c.words)
    .where(notes.c.name == bindparam("wanted"), notes.c.is_kept)
    .limit(bindparam("most"))
)
ALL = hot(select(notes.c.name).order_by(notes.c.name))
RENAME = hot(update(notes).where(notes.c.name == bindparam("old")).values(name=bindparam("new")))
CHANGE = hot(update(notes).where(notes.c.name == bindparam("old")).returning(notes.c.name, notes.c.at))
REMOVE = hot(delete(notes).where(notes.c.name == bindparam("old")))


class Base(DeclarativeBase):
    metadata = notes.metadata


class Note(Base):
    __table__ = notes


def _note(name: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "at": WHEN,
        "day": date(2031, 3, 1),
        "is_kept": True,
        "words": {"a": [1, None]},
    } | more


def _names(database: Database) -> list[str]:
    with database.reading() as db:
        return list(db.scalars(ALL))


def test_values_go_in_and_come_out_as_their_types_say(database: Database) -> None:
    with database.writing() as db:
        db.execute(ADD, _note("a"))
        db.execute(ADD, [_note("b", at=None, words=None, is_kept=False), _note("c", words=None)])
        db.commit()
    with database.reading() as db:
        row = db.execute(FIND, {"wanted": "a", "most": 5}).one()
        assert tuple(row) == ("a", WHEN, date(2031, 3, 1), True, "NEW", {"a": [1, None]})
        assert (row.name, row.words) == ("a", {"a": [1, None]})
        assert db.execute(FIND, {"wanted": "b", "most": 5}).one_or_none() is None
        assert db.execute(FIND, {"wanted": "c", "most": 5}).one().words is None
        assert db.scalars(ALL).all() == ["a", "b", "c"]


def test_an_insert_needs_no_key_that_the_database_makes(database: Database) -> None:
    add = hot(insert(numbered))
    with database.writing() as db:
        db.execute(add, {"text": "a"})
        db.execute(add, [{"text": "b"}, {"text": "c"}])
        assert db.execute(select(numbered.c.id, numbered.c.text).order_by("id")).all() == [
            (1, "a"),
            (2, "b"),
            (3, "c"),
        ]


def test_rows_change_and_go(database: Database) -> None:
    with database.writing() as db:
        db.execute(ADD, [_note("a"), _note("b")])
        db.execute(RENAME, {"old": "a", "new": "z"})
        assert db.execute(CHANGE, {"old": "z", "at": None}).all() == [("z", None)]
        db.execute(REMOVE, {"old": "b"})
        db.commit()
    assert _names(database) == ["z"]


def test_nothing_is_kept_without_a_commit(database: Database) -> None:
    with database.writing() as db:
        db.execute(ADD, _note("a"))
    assert _names(database) == []


def test_a_statement_made_of_a_hot_one_is_another(database: Database) -> None:
    with database.writing() as db:
        db.execute(ADD, [_note("a"), _note("b")])
        assert db.scalars(ALL).all() == ["a", "b"]
        assert db.scalars(ALL.where(notes.c.name > "a")).all() == ["b"]
        assert db.scalars(hot(ALL.where(notes.c.name < "b"))).all() == ["a"]
        assert db.scalars(ALL).all() == ["a", "b"]


def test_it_may_compare_with_a_list_that_stands_in_it(database: Database) -> None:
    listed = hot(select(notes.c.name).where(notes.c.name.in_(["a", "c"]), notes.c.name != bindparam("but")))
    with database.writing() as db:
        db.execute(ADD, [_note("a"), _note("b"), _note("c")])
        assert db.scalars(listed, {"but": "a"}).all() == ["c"]


def test_what_the_session_has_to_write_is_written_before(database: Database) -> None:
    with database.writing() as db:
        db.add(Note(**_note("a")))
        assert db.scalars(ALL).all() == ["a"]


def test_a_savepoint_undoes_it(database: Database) -> None:
    with database.writing() as db:
        db.execute(ADD, _note("a"))
        with pytest.raises(IntegrityError), db.begin_nested():
            db.execute(ADD, [_note("b"), _note("a")])
        db.execute(ADD, _note("c"))
        db.commit()
    assert _names(database) == ["a", "c"]


def test_a_session_that_has_failed_runs_nothing_more(database: Database) -> None:
    """Its transaction is over: a statement would stand for itself, and stay."""
    with database.writing() as db:
        db.execute(ADD, _note("a"))
        db.add(Note(**_note("a")))
        with pytest.raises(IntegrityError):
            db.flush()
        with pytest.raises(PendingRollbackError):
            db.execute(ADD, _note("b"))
        db.rollback()
        db.execute(ADD, _note("c"))
        db.commit()
    assert _names(database) == ["c"]


def test_a_violated_constraint_has_its_name_and_tells_no_values(database: Database) -> None:
    with pytest.raises(IntegrityError) as caught, database.writing() as db:
        db.execute(ADD, [_note("secret"), _note("secret")])
    if database.engine.dialect.name == "postgresql":
        assert violated(caught.value) == "pk_notes"
    assert "secret" not in str(caught.value).partition("DETAIL")[0]


def test_a_lost_connection_is_told_and_replaced(database: Database) -> None:
    with database.writing() as db:
        assert db.scalars(ALL).all() == []
        db.connection().connection.driver_connection.close()  # type: ignore[union-attr] # it is there
        with pytest.raises(DBAPIError) as caught:
            db.scalars(ALL)
        assert caught.value.connection_invalidated
    with database.writing() as db:
        assert db.scalars(ALL).all() == []


def test_of_what_is_found_one_is_asked_for_as_of_other_results(database: Database) -> None:
    with database.writing() as db:
        db.execute(ADD, [_note("a"), _note("b")])
        db.commit()
    with database.reading() as db:
        names = db.scalars(ALL)
        assert (list(names), names.first(), names.all()) == (["a", "b"], "a", ["a", "b"])
        assert db.execute(ALL).scalar() == "a"
        assert db.execute(FIND, {"wanted": "a", "most": 5}).scalar_one() == "a"
        assert db.execute(FIND, {"wanted": "z", "most": 5}).scalar_one_or_none() is None
        assert db.execute(FIND, {"wanted": "z", "most": 5}).first() is None
        with pytest.raises(MultipleResultsFound):
            db.execute(ALL).one_or_none()
        with pytest.raises(MultipleResultsFound):
            db.execute(ALL).one()
        with pytest.raises(NoResultFound):
            db.execute(FIND, {"wanted": "z", "most": 5}).one()
