import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import Column, Engine, Integer, MetaData, String, Table, create_engine, delete, select
from sqlalchemy.orm import Session

from provisioning.kernel.paging import (
    InvalidCursor,
    Keyset,
    PagedRequest,
    count_all,
    read_cursor,
    take_page,
    write_cursor,
)
from provisioning.persistence.base import Moment, key_text

items = Table(
    "items",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("name", key_text(20)),
    Column("at", Moment),
    Column("note", String(20)),
)
START = datetime(2031, 1, 1, tzinfo=UTC)
ORDERS = {
    "name": (items.c.name, items.c.id),
    "at": (items.c.at, items.c.id),
    "id": (items.c.id,),
}
on_a_shared_database = hypothesis_settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
keys = st.text("aAbé~ ", max_size=3)


@pytest.fixture
def engine(empty_database_url: str) -> Iterator[Engine]:
    engine = create_engine(empty_database_url)
    items.create(engine)
    yield engine
    engine.dispose()


def fill(db: Session, names: list[str]) -> None:
    db.execute(delete(items))
    rows = [
        {"id": number, "name": name, "at": START + timedelta(milliseconds=len(name)), "note": "first"}
        for number, name in enumerate(names)
    ]
    if rows:
        db.execute(items.insert(), rows)


def pages(db: Session, keyset: Keyset, size: int) -> Iterator[list[int]]:
    cursor: str | None = None
    while True:
        request = PagedRequest(page_size=size, cursor=cursor)
        rows, cursor = take_page(db, select(items.c.id), keyset, request)
        assert len(rows) <= size
        yield [row[0] for row in rows]
        if cursor is None:
            return


@given(st.lists(keys, max_size=12), st.sampled_from(sorted(ORDERS)), st.booleans(), st.integers(1, 5))
@on_a_shared_database
def test_pages_hold_every_row_once_and_in_order(
    engine: Engine, names: list[str], order: str, descending: bool, size: int
) -> None:
    with Session(engine) as db:
        fill(db, names)
        keyset = Keyset("items", ORDERS[order], descending)
        seen = [number for page in pages(db, keyset, size) for number in page]
    key = {"name": lambda n: (names[n], n), "at": lambda n: (len(names[n]), n), "id": lambda n: n}[order]
    assert seen == sorted(range(len(names)), key=key, reverse=descending)


@given(st.lists(keys, min_size=4, max_size=12), st.data())
@on_a_shared_database
def test_rows_that_stay_are_seen_once_while_others_come_and_go(
    engine: Engine, names: list[str], data: st.DataObject
) -> None:
    with Session(engine) as db:
        fill(db, names)
        gone: set[int] = set()
        seen: list[int] = []
        for late, page in enumerate(pages(db, Keyset("items", ORDERS["name"]), 2), 1000):
            seen += page
            doomed = data.draw(st.sampled_from(range(len(names))))
            gone.add(doomed)
            db.execute(delete(items).where(items.c.id == doomed))
            row = {"id": late, "name": data.draw(keys), "at": START, "note": "late"}
            db.execute(items.insert(), row)
    old = [number for number in seen if number < 1000]
    assert len(old) == len(set(old))
    assert set(range(len(names))) - gone <= set(old)


def test_a_total_is_counted_when_asked_for(engine: Engine) -> None:
    with Session(engine) as db:
        fill(db, ["a", "b", "c"])
        statement = select(items.c.id).order_by(items.c.id)
        assert count_all(db, statement, PagedRequest()) is None
        assert count_all(db, statement, PagedRequest(with_total=True, page_size=1)) == 3


moments = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the zone comes beside


@given(
    st.integers(-(1 << 63), (1 << 63) - 1),
    st.text(st.characters(codec="utf-8", exclude_characters="\0")),
    moments,
)
def test_a_cursor_comes_back_as_it_went(number: int, text: str, moment: datetime) -> None:
    cursor = write_cursor("list", (number, text, moment))
    assert read_cursor("list", (int, str, datetime), cursor) == (number, text, moment)


@given(st.text() | st.binary().map(lambda each: base64.urlsafe_b64encode(each).decode()))
def test_what_is_no_cursor_is_named(cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        read_cursor("list", (int,), cursor)


@pytest.mark.parametrize(
    "plain",
    [
        ["other", [1, "a", {"at": "2031-01-01T00:00:00Z"}]],
        ["list", []],
        ["list", [1, "a"]],
        ["list", [1, "a", {"at": "2031-01-01T00:00:00Z"}, 1]],
        ["list", ["1", "a", {"at": "2031-01-01T00:00:00Z"}]],
        ["list", [True, "a", {"at": "2031-01-01T00:00:00Z"}]],
        ["list", [1.5, "a", {"at": "2031-01-01T00:00:00Z"}]],
        ["list", [1 << 63, "a", {"at": "2031-01-01T00:00:00Z"}]],
        ["list", [1, 2, {"at": "2031-01-01T00:00:00Z"}]],
        ["list", [1, None, {"at": "2031-01-01T00:00:00Z"}]],
        ["list", [1, "nul\0", {"at": "2031-01-01T00:00:00Z"}]],
        ["list", [1, "\ud800", {"at": "2031-01-01T00:00:00Z"}]],
        ["list", [1, "a", "2031-01-01T00:00:00Z"]],
        ["list", [1, "a", {"at": "soon"}]],
        ["list", [1, "a", {"at": 5}]],
        ["list", [1, "a", {"at": "0001-01-01T00:00:00+14:00"}]],
        ["list", [1, "a", {}]],
        ["list", 7],
        "list",
        7,
        None,
    ],
)
def test_a_forged_cursor_is_named(plain: Any) -> None:
    cursor = base64.urlsafe_b64encode(json.dumps(plain).encode()).decode()
    with pytest.raises(InvalidCursor):
        read_cursor("list", (int, str, datetime), cursor)


def test_a_cursor_nested_without_end_is_named() -> None:
    cursor = base64.urlsafe_b64encode(b"[" * 100_000).decode()
    with pytest.raises(InvalidCursor):
        read_cursor("list", (int,), cursor)
