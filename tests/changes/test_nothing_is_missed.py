"""A follower sees every change once, although transactions end in another order than they began."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import select
from sqlalchemy.orm import Session

from provisioning.kernel.clock import new_id
from provisioning.kernel.journal import Change, write
from tests.changes.test_list_changes import follow, moved
from tests.house import House


@contextmanager
def changing(house: House, name: str) -> Iterator[Session]:
    """A call that has written its change and has not committed it yet."""
    database = house.application.database
    with database.writing() as db:
        write(
            db,
            [moved(house, name)],
            caller=house.provider,
            operation="MoveThing",
            request_id=None,
            transaction_id=new_id(),
            now=house.clock(),
            writer=database.writer_number(db),
        )
        db.flush()
        yield db


def things(house: House) -> list[str]:
    return [each["objectId"] for each in follow(house, kind=["ThingMoved"])]


def test_what_overtakes_a_long_transaction_waits_for_it(build_house: Callable[[], House]) -> None:
    house = build_house()
    if house.application.database.engine.dialect.name == "sqlite":
        with changing(house, "slow"):
            assert things(house) == []
        return
    cursor = house.call("ListChanges", house.provider)["nextCursor"]
    with changing(house, "slow") as slow:
        with changing(house, "fast") as fast:
            fast.commit()
        waiting = house.call("ListChanges", house.provider, cursor=cursor)
        assert "change" not in waiting
        slow.commit()
    page = house.call("ListChanges", house.provider, cursor=waiting["nextCursor"])
    assert [each["objectId"] for each in page["change"]] == ["slow", "fast"]


def test_a_transaction_that_was_rolled_back_holds_nothing_up(build_house: Callable[[], House]) -> None:
    house = build_house()
    with changing(house, "never"):
        pass
    with changing(house, "kept") as db:
        db.commit()
    assert things(house) == ["kept"]


def test_a_follower_among_many_writers_sees_each_change_once(build_house: Callable[[], House]) -> None:
    houses = [build_house(), build_house()]
    cursor = houses[0].call("ListChanges", houses[0].provider)["nextCursor"]
    failures: list[BaseException] = []

    def write_many(number: int) -> None:
        dice = random.Random(number)
        try:
            for count in range(12):
                with changing(houses[number % 2], f"{number}-{count}") as db:
                    time.sleep(dice.choice([0, 0, 0.001, 0.03]))
                    if dice.random() < 0.8:
                        db.commit()
        except BaseException as error:  # noqa: BLE001 - told by the test itself
            failures.append(error)

    writers = [threading.Thread(target=write_many, args=(number,)) for number in range(6)]
    for writer in writers:
        writer.start()
    seen: list[str] = []
    while True:
        last = not any(each.is_alive() for each in writers)
        page = houses[0].call("ListChanges", houses[0].provider, cursor=cursor, pageSize=4)
        seen += [each["objectId"] for each in page.get("change", [])]
        cursor = page["nextCursor"]
        if last and not page["more"]:
            break
    assert not failures
    with houses[0].application.database.reading() as db:
        kept = db.execute(select(Change.object_id).where(Change.kind == "ThingMoved")).scalars().all()
    assert len(seen) == len(set(seen))
    assert set(seen) == set(kept)
    assert len(kept) > 30
