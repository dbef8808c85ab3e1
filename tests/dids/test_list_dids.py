import pytest

from tests.dids.desk import Desk


def _numbers(page: dict[str, list[dict[str, str]]]) -> list[str]:
    return [did["number"] for did in page.get("did", [])]


def test_a_company_sees_its_own_numbers_and_a_provider_its_inventory(desk: Desk) -> None:
    house = desk.house
    assert _numbers(house.call("ListDids")) == list(desk.own)
    assert _numbers(house.call("ListDids", house.provider)) == [
        *desk.own,
        desk.pool,
        desk.other_companys,
    ]
    assert _numbers(house.call("ListDids", desk.other_provider)) == [desk.other_providers]


def test_pages_go_on_where_the_last_one_ended_while_numbers_come_and_go(desk: Desk) -> None:
    house = desk.house
    first = house.call("ListDids", pageSize=15, withTotal=True)
    assert (len(first["did"]), first["total"]) == (15, 20)
    house.call("WithdrawDids", house.provider, number=[desk.own[0], desk.own[14]])
    second = house.call("ListDids", pageSize=15, cursor=first["nextCursor"])
    assert _numbers(second) == list(desk.own[15:])
    assert "nextCursor" not in second
    assert house.refused("ListDids", cursor="nonsense")["code"] == "INVALID_CURSOR"


def test_filters_of_place_state_prefix_and_use(desk: Desk) -> None:
    house, provider = desk.house, desk.house.provider
    desk.assign(desk.user(), desk.own[0], use="FAX")
    house.call("ReserveDid", number=desk.own[1])
    assert _numbers(house.call("ListDids", provider, companyId=desk.other_company_id)) == [
        desk.other_companys
    ]
    assert _numbers(house.call("ListDids", provider, inPool=True)) == [desk.pool]
    assert _numbers(house.call("ListDids", state="ASSIGNED")) == [desk.own[0]]
    assert _numbers(house.call("ListDids", state="RESERVED")) == [desk.own[1]]
    assert _numbers(house.call("ListDids", state="AVAILABLE")) == list(desk.own[2:])
    assert _numbers(house.call("ListDids", state="RESTING")) == []
    assert _numbers(house.call("ListDids", use="FAX")) == [desk.own[0]]
    assert _numbers(house.call("ListDids", use="VOICE")) == []
    assert _numbers(house.call("ListDids", prefix="+1 (650) 555-001")) == list(desk.own[10:20])
    assert _numbers(house.call("ListDids", prefix="+", pageSize=2)) == list(desk.own[:2])
    fault = house.refused("ListDids", prefix="1650")
    assert (fault["code"], fault["field"]) == ("INVALID_REQUEST", "prefix")


def test_the_numbers_of_a_user(desk: Desk) -> None:
    house, user = desk.house, desk.user()
    desk.assign(user, desk.own[4])
    desk.assign(user, desk.own[2])
    assert _numbers(house.call("ListDids", userRef={"userId": user})) == [desk.own[2], desk.own[4]]
    fault = house.refused("ListDids", desk.other_company, userRef={"userId": user})
    assert (fault["code"], fault["field"]) == ("NOT_FOUND", "userRef")


def test_a_foreign_company_is_not_found(desk: Desk) -> None:
    fault = desk.house.refused("ListDids", companyId=desk.other_company_id)
    assert (fault["code"], fault["field"]) == ("NOT_FOUND", "companyId")


def test_available_for_me_is_what_is_free_or_reserved_by_myself(desk: Desk) -> None:
    house = desk.house
    desk.assign(desk.user(), desk.own[0])
    house.call("ReserveDid", number=desk.own[1])
    house.call("ReserveDid", desk.client("rival"), number=desk.own[2])
    assert _numbers(house.call("ListDids", availableForMe=True)) == [desk.own[1], *desk.own[3:]]
    assert _numbers(house.call("ListDids", desk.client("rival"), availableForMe=True)) == list(desk.own[2:])


def test_what_has_ended_counts_as_available_without_any_cleaning(desk: Desk) -> None:
    house = desk.house
    house.call("ReserveDid", desk.client("rival"), number=desk.own[2], minutes=5)
    house.clock.pass_time(minutes=6)
    assert desk.did(desk.own[2])["state"] == "AVAILABLE"
    assert _numbers(house.call("ListDids", state="RESERVED")) == []
    assert desk.own[2] in _numbers(house.call("ListDids", state="AVAILABLE"))
    assert desk.own[2] in _numbers(house.call("ListDids", availableForMe=True))


@pytest.mark.parametrize("mine", [True, False])
def test_only_its_client_sees_the_identifier_of_a_reservation(desk: Desk, *, mine: bool) -> None:
    house = desk.house
    reserved = house.call("ReserveDid", number=desk.own[0])
    did = desk.did(desk.own[0], house.company if mine else desk.client("rival"))
    assert did.get("reservationId") == (reserved["reservationId"] if mine else None)
    assert did["reservedUntil"] == reserved["expiresAt"]
