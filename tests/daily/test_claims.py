from collections.abc import Callable
from datetime import date, timedelta
from threading import Barrier, Thread

from sqlalchemy import select

from provisioning.daily import Claim, DailyRun, is_open, take
from tests.house import House

DAY = date(2031, 3, 12)
LEASE = timedelta(seconds=60)


def claim(house: House, holder: str, day: date = DAY) -> Claim | None:
    return take(house.application.database, house.clock, day, holder, LEASE)


def open_to_all(house: House, day: date = DAY) -> bool:
    with house.application.database.reading() as db:
        return is_open(db, day, house.clock())


def run_of(house: House, day: date = DAY) -> DailyRun:
    with house.application.database.reading() as db:
        return db.scalars(select(DailyRun).where(DailyRun.day == day)).one()


def test_one_of_many_gets_the_day(house: House, build_house: Callable[[], House]) -> None:
    houses = [house, build_house(), build_house()]
    start, claims = Barrier(12), []

    def run(place: int) -> None:
        start.wait()
        claims.append(claim(houses[place % 3], f"relay {place}"))

    threads = [Thread(target=run, args=(place,)) for place in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (mine,) = [each for each in claims if each is not None]
    assert len(claims) == 12
    assert run_of(house).leased_by == mine.holder


def test_what_is_finished_nobody_does_again_and_the_next_day_is_another(house: House) -> None:
    assert open_to_all(house)
    mine = claim(house, "first")
    assert mine is not None
    assert not open_to_all(house)
    mine.finish({"users expired": 3})
    house.clock.pass_time(days=1)
    assert not open_to_all(house)
    assert claim(house, "second") is None
    run = run_of(house)
    assert (run.counts, run.leased_by) == ({"users expired": 3}, "first")
    assert run.finished_at is not None
    assert claim(house, "second", DAY + timedelta(days=1)) is not None


def test_the_run_of_one_who_died_is_taken_over_after_the_lease(house: House) -> None:
    dead = claim(house, "dead")
    assert dead is not None
    house.clock.pass_time(seconds=59)
    assert claim(house, "heir") is None
    house.clock.pass_time(seconds=2)
    assert open_to_all(house)
    heir = claim(house, "heir")
    assert heir is not None
    assert not dead.hold()
    dead.finish({})
    dead.give_up()
    assert run_of(house).finished_at is None
    assert heir.hold()


def test_who_holds_on_keeps_it(house: House) -> None:
    mine = claim(house, "mine")
    assert mine is not None
    for _ in range(10):
        house.clock.pass_time(seconds=40)
        assert mine.hold()
        assert claim(house, "other") is None


def test_what_is_given_up_is_open_at_once_or_after_a_while(house: House) -> None:
    mine = claim(house, "mine")
    assert mine is not None
    mine.give_up()
    other = claim(house, "other")
    assert other is not None
    other.give_up(timedelta(minutes=10))
    assert not open_to_all(house)
    house.clock.pass_time(minutes=10, seconds=1)
    assert claim(house, "mine") is not None
