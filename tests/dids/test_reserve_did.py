from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from tests.dids.desk import Desk, numbers, race
from tests.house import House


def test_a_certain_number_is_kept_for_fifteen_minutes(desk: Desk) -> None:
    house = desk.house
    before = house.clock()
    reserved = house.call("ReserveDid", number="+1 (650) 555 0003")
    expires = datetime.fromisoformat(reserved["expiresAt"])
    assert timedelta(minutes=15) <= expires - before < timedelta(minutes=16)
    did = desk.did(desk.own[3], house.company)
    assert (did["state"], did["reservedUntil"]) == ("RESERVED", reserved["expiresAt"])
    assert did["reservationId"] == reserved["reservationId"]


def test_the_caller_says_for_how_long(desk: Desk) -> None:
    house = desk.house
    house.call("ReserveDid", number=desk.own[0], minutes=60)
    house.clock.pass_time(minutes=59)
    assert desk.did(desk.own[0])["state"] == "RESERVED"
    house.clock.pass_time(minutes=1)
    assert desk.did(desk.own[0])["state"] == "AVAILABLE"
    assert house.refused("ReserveDid", number=desk.own[0], minutes=0)["field"] == "minutes"


def test_any_number_or_any_that_begins_so(desk: Desk) -> None:
    house = desk.house
    assert house.call("ReserveDid")["did"]["number"] == desk.own[0]
    assert house.call("ReserveDid", prefix="+1 650 555 001")["did"]["number"] == desk.own[10]
    assert house.call("ReserveDid", prefix="+")["did"]["number"] == desk.own[1]
    fault = house.refused("ReserveDid", prefix="+33")
    assert (fault["code"], fault["field"]) == ("DID_NOT_AVAILABLE", "prefix")
    fault = house.refused("ReserveDid", prefix="+1", number=desk.own[5])
    assert (fault["code"], fault["field"]) == ("INVALID_REQUEST", "prefix")


def test_a_provider_reserves_in_the_pool_or_for_a_company(desk: Desk) -> None:
    house = desk.house
    assert house.call("ReserveDid", house.provider)["did"]["number"] == desk.pool
    reserved = house.call("ReserveDid", house.provider, companyId=house.company_id)
    assert reserved["did"]["number"] == desk.own[0]
    assert house.refused("ReserveDid", house.provider)["code"] == "DID_NOT_AVAILABLE"
    house.call("ReserveDid", house.provider, number=desk.own[1])
    fault = house.refused("ReserveDid", house.provider, number=desk.own[2], companyId=desk.other_company_id)
    assert (fault["code"], fault["field"]) == ("DID_NOT_AVAILABLE", "number")


def test_a_number_that_is_not_the_callers_is_as_unknown_as_one_that_is_not(desk: Desk) -> None:
    faults = []
    for number in (desk.pool, desk.other_companys, desk.other_providers, desk.nobodys):
        fault = desk.house.refused("ReserveDid", number=number)
        assert fault.pop("object") == number
        del fault["transactionId"]
        faults.append(fault)
    assert faults[0]["code"] == "NOT_FOUND"
    assert faults == faults[:1] * 4
    fault = desk.house.refused("ReserveDid", companyId=desk.other_company_id)
    assert (fault["code"], fault["field"]) == ("NOT_FOUND", "companyId")


def test_a_repeat_for_the_same_person_is_no_change(desk: Desk) -> None:
    house = desk.house
    first = house.call("ReserveDid", number=desk.own[0], email="Ann.Lee@Example.com")
    again = house.call("ReserveDid", number=desk.own[0], email="ann.lee@example.com")
    assert again["reservationId"] == first["reservationId"]
    assert again["outcome"]["noChange"]


@pytest.mark.parametrize("email", [None, "bob@example.com"])
def test_another_visitor_of_the_same_site_does_not_get_it(desk: Desk, email: str | None) -> None:
    house = desk.house
    house.call("ReserveDid", number=desk.own[0], email="ann@example.com")
    fault = house.refused("ReserveDid", number=desk.own[0], **({"email": email} if email else {}))
    assert (fault["code"], fault["field"]) == ("DID_NOT_AVAILABLE", "number")


def test_a_repeat_with_the_same_request_id_gets_the_first_answer(desk: Desk) -> None:
    house = desk.house
    first = house.call("ReserveDid", control={"requestId": "r-1"})
    again = house.call("ReserveDid", control={"requestId": "r-1"})
    assert again["reservationId"] == first["reservationId"]
    assert again["outcome"]["replayed"]


def test_taken_and_resting_numbers_are_not_to_be_had(desk: Desk) -> None:
    house = desk.house
    desk.assign(desk.user(), desk.own[0])
    fault = house.refused("ReserveDid", number=desk.own[0])
    assert (fault["code"], fault["object"]) == ("DID_NOT_AVAILABLE", desk.own[0])


def test_a_reservation_that_has_ended_makes_room(desk: Desk) -> None:
    house = desk.house
    first = house.call("ReserveDid", desk.client("rival"), number=desk.own[0], minutes=1)
    house.clock.pass_time(minutes=2)
    second = house.call("ReserveDid", number=desk.own[0])
    assert second["reservationId"] != first["reservationId"]


def test_reservations_that_have_ended_count_among_any(house: House) -> None:
    house.call("AddDids", house.provider, number=numbers(0, 3), companyId=house.company_id)
    for _ in range(3):
        house.call("ReserveDid", minutes=1)
    assert house.refused("ReserveDid")["code"] == "DID_NOT_AVAILABLE"
    house.clock.pass_time(minutes=2)
    assert {house.call("ReserveDid")["did"]["number"] for _ in range(3)} == set(numbers(0, 3))


def test_a_suspended_company_gets_none(desk: Desk) -> None:
    house = desk.house
    house.call("SuspendCompany", house.provider, companyId=house.company_id)
    for fields in ({}, {"number": desk.own[0]}):
        fault = house.refused("ReserveDid", **fields)
        assert (fault["code"], fault["field"]) == ("INVALID_STATE", "companyId")
    fault = house.refused("ReserveDid", house.provider, number=desk.own[0])
    assert fault["code"] == "INVALID_STATE"


def test_a_dry_run_keeps_nothing(desk: Desk) -> None:
    house = desk.house
    answer = house.call("ReserveDid", number=desk.own[0], control={"dryRun": True})
    assert answer["outcome"]["dryRun"]
    assert desk.did(desk.own[0])["state"] == "AVAILABLE"


def test_the_version_expected_is_the_numbers(desk: Desk) -> None:
    house = desk.house
    fault = house.refused("ReserveDid", number=desk.own[0], control={"expectedVersion": 2})
    assert (fault["code"], fault["currentVersion"]) == ("VERSION_CONFLICT", 1)
    answer = house.call("ReserveDid", number=desk.own[0], control={"expectedVersion": 1})
    assert answer["did"]["version"] == 2


def test_fifty_callers_for_any_number_get_one_each(house: House, build_house: Callable[[], House]) -> None:
    house.call("AddDids", house.provider, number=numbers(0, 40), companyId=house.company_id)
    houses = [house, build_house(), build_house()]
    answers = race(houses, 50, lambda each, _: each.call("ReserveDid"))
    won = [answer["did"]["number"] for answer in answers if isinstance(answer, dict)]
    lost = [answer.code for answer in answers if not isinstance(answer, dict)]
    assert sorted(won) == numbers(0, 40)
    assert lost == ["DID_NOT_AVAILABLE"] * 10
