"""Many callers at the same instant, over several services on one database."""

from collections.abc import Callable

import pytest

from tests.dids.desk import Desk, race
from tests.house import House, Plain, Refused


@pytest.fixture
def houses(house: House, build_house: Callable[[], House]) -> list[House]:
    return [house, build_house(), build_house()]


def _winners(answers: list[Plain | Refused], code: str = "DID_NOT_AVAILABLE") -> list[Plain]:
    """Those that won; all others were refused by this code."""
    assert {each.code for each in answers if isinstance(each, Refused)} <= {code}
    return [each for each in answers if not isinstance(each, Refused)]


def test_one_of_fifty_gets_the_number(desk: Desk, houses: list[House]) -> None:
    users = [desk.user() for _ in range(50)]

    def step(house: House, place: int) -> Plain:
        return house.call("AssignDid", userRef={"userId": users[place]}, number=desk.own[0])

    (winner,) = _winners(race(houses, 50, step))
    assert desk.did(desk.own[0])["userId"] == winner["did"]["userId"]
    assert sorted(len(desk.held(user)) for user in users) == [0] * 49 + [1]


def test_one_of_fifty_reserves_the_number(desk: Desk, houses: list[House]) -> None:
    answers = race(houses, 50, lambda house, _: house.call("ReserveDid", number=desk.own[0]))
    (winner,) = _winners(answers)
    assert desk.did(desk.own[0], desk.house.company)["reservationId"] == winner["reservationId"]


def test_one_of_twenty_new_users_gets_the_number_and_the_others_are_not_created(
    desk: Desk, houses: list[House]
) -> None:
    def step(house: House, place: int) -> Plain:
        new = {"firstName": "A", "lastName": "B", "email": f"new{place}@example.com", "did": [desk.own[0]]}
        return house.call("CreateUser", newUser=new)

    (winner,) = _winners(race(houses, 20, step))
    assert desk.held(winner["user"]["userId"]) == [desk.own[0]]
    assert desk.house.call("GetCompany")["counts"]["activeUsers"] == 1


def test_twenty_callers_for_any_number_of_twenty_get_one_each(desk: Desk, houses: list[House]) -> None:
    users = [desk.user() for _ in range(25)]

    def step(house: House, place: int) -> Plain:
        return house.call("AssignDid", userRef={"userId": users[place]}, prefix="+")

    won = _winners(race(houses, 25, step))
    assert sorted(each["did"]["number"] for each in won) == list(desk.own)


def test_twenty_numbers_for_one_user_leave_it_one_primary_number(desk: Desk, houses: list[House]) -> None:
    user = desk.user()

    def step(house: House, place: int) -> Plain:
        return house.call(
            "AssignDid", userRef={"userId": user}, number=desk.own[place], primary=place % 2 == 0
        )

    assert len(_winners(race(houses, 20, step))) == 20
    assert sorted(desk.held(user)) == list(desk.own)


def test_a_number_changed_and_taken_at_once_has_one_holder(desk: Desk, houses: list[House]) -> None:
    holder, *others = [desk.user() for _ in range(12)]
    desk.assign(holder, desk.own[0])

    def step(house: House, place: int) -> Plain:
        if place == 0:
            return house.call("ChangeDid", userRef={"userId": holder}, toNumber=desk.own[1])
        return house.call("AssignDid", userRef={"userId": others[place - 1]}, number=desk.own[place % 2])

    race(houses, 12, step)
    held = [number for user in (holder, *others) for number in desk.held(user)]
    assert len(held) == len(set(held))
    assert len(desk.held(holder)) == 1


def test_a_number_taken_away_while_it_changes_hands_is_lost_once(desk: Desk, houses: list[House]) -> None:
    giver, taker = desk.user(), desk.user()
    desk.assign(giver, desk.own[0])

    def step(house: House, place: int) -> Plain:
        if place % 2:
            return house.call("UnassignDid", number=desk.own[0])
        return house.call(
            "TransferDid", number=desk.own[0], fromUserRef={"userId": giver}, toUserRef={"userId": taker}
        )

    _winners(race(houses, 8, step), "INVALID_STATE")
    assert desk.held(giver) == []
    assert desk.did(desk.own[0]).get("userId") in {None, taker}
