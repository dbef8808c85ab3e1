from collections.abc import Callable

from sqlalchemy import select

from provisioning.dids.model import Did
from provisioning.kernel.journal import Change
from tests.days import operate_all
from tests.dids.desk import Desk, race
from tests.house import House


def end(house: House) -> int:
    return operate_all(house, "EndDidReservations")


def stored(desk: Desk, number: str) -> Did:
    with desk.house.application.database.reading() as db:
        return db.scalars(select(Did).where(Did.number == number)).one()


def released(desk: Desk) -> list[str]:
    """Of which numbers the feed says that their reservation is over."""
    with desk.house.application.database.reading() as db:
        kind = Change.kind == "DidReservationReleased"
        return list(db.scalars(select(Change.object_id).where(kind).order_by(Change.object_id)))


def test_what_is_over_is_forgotten_and_nothing_else(desk: Desk) -> None:
    house = desk.house
    ended, lasting, assigned, free = desk.own[:4]
    first = house.call("ReserveDid", number=ended, email="person@example.com")
    house.call("ReserveDid", number=lasting, minutes=600)
    house.call("ReserveDid", number=assigned)
    desk.assign(desk.user(), assigned)
    house.clock.pass_time(minutes=16)
    before = stored(desk, ended)
    assert house.operate("EndDidReservations", desk.other_provider.provider_id)["count"] == 0
    assert end(house) == 1
    assert end(house) == 0
    after = stored(desk, ended)
    assert (after.state, after.reserved_for, after.reserved_by) == ("AVAILABLE", None, None)
    assert after.free_from == before.free_from
    assert [stored(desk, each).state for each in (lasting, assigned, free)] == [
        "RESERVED",
        "ASSIGNED",
        "AVAILABLE",
    ]
    assert released(desk) == [ended]
    again = house.call("ReleaseDidReservation", reservationId=first["reservationId"])
    assert again["outcome"]["noChange"]


def test_the_number_is_anybodys(desk: Desk) -> None:
    house = desk.house
    house.call("ReserveDid", number=desk.own[0], email="person@example.com")
    house.clock.pass_time(minutes=16)
    end(house)
    person = desk.user(email="person@example.com")
    assert desk.held(person) == []
    other = desk.user()
    desk.assign(other, desk.own[0])
    assert desk.held(other) == [desk.own[0]]


def test_whoever_takes_such_a_number_meanwhile_has_it(desk: Desk, build_house: Callable[[], House]) -> None:
    for number in desk.own:
        desk.house.call("ReserveDid", number=number)
    desk.house.clock.pass_time(minutes=16)
    users = [desk.user() for _ in desk.own]

    def step(house: House, place: int) -> dict[str, object]:
        if place % 2:
            return {"count": end(house)}
        return house.call("AssignDid", userRef={"userId": users[place]}, number=desk.own[place])

    race([desk.house, build_house(), build_house()], 12, step)
    assert all(desk.held(users[place]) == [desk.own[place]] for place in range(0, 12, 2))
    assert set(released(desk)) >= set(desk.own[1::2])
    assert len(released(desk)) == len(set(released(desk)))
