import pytest

from tests.dids.desk import Desk
from tests.house import Plain


def _change(desk: Desk, user: str, **how: object) -> Plain:
    return desk.house.call("ChangeDid", userRef={"userId": user}, **how)


def test_the_new_number_takes_the_old_ones_place(desk: Desk) -> None:
    user = desk.user()
    desk.assign(user, desk.own[5], use="VOICE")
    desk.assign(user, desk.own[6])
    answer = _change(desk, user, fromNumber=desk.own[5], toNumber=desk.own[9])
    assert (answer["did"]["number"], answer["did"]["primary"], answer["did"]["use"]) == (
        desk.own[9],
        True,
        "VOICE",
    )
    assert (answer["freed"]["number"], answer["freed"]["state"]) == (desk.own[5], "AVAILABLE")
    assert desk.held(user) == [desk.own[9], desk.own[6]]


def test_another_than_the_primary_number_stays_another(desk: Desk) -> None:
    user = desk.user()
    desk.assign(user, desk.own[0])
    desk.assign(user, desk.own[1], use="FAX")
    answer = _change(desk, user, fromNumber=desk.own[1], prefix="+1 650 555 001", use="VOICE")
    assert (answer["did"]["number"], answer["did"]["primary"], answer["did"]["use"]) == (
        desk.own[10],
        False,
        "VOICE",
    )
    assert desk.held(user) == [desk.own[0], desk.own[10]]


def test_without_a_from_it_is_the_primary_number_that_changes(desk: Desk) -> None:
    user = desk.user()
    desk.assign(user, desk.own[1])
    desk.assign(user, desk.own[2])
    reserved = desk.house.call("ReserveDid", number=desk.own[0])
    _change(desk, user, reservationId=reserved["reservationId"])
    assert desk.held(user) == [desk.own[0], desk.own[2]]


@pytest.mark.parametrize("named", [True, False])
def test_done_already_is_no_change(desk: Desk, *, named: bool) -> None:
    user = desk.user()
    desk.assign(user, desk.own[0])
    how = {"toNumber": desk.own[1], **({"fromNumber": desk.own[0]} if named else {})}
    first = _change(desk, user, **how)
    again = _change(desk, user, **how)
    assert again["outcome"]["noChange"]
    assert again["did"] == first["did"]
    assert "freed" not in again
    assert desk.held(user) == [desk.own[1]]


def test_from_one_to_another_that_the_user_has_as_well_leaves_the_other(desk: Desk) -> None:
    user = desk.user()
    desk.assign(user, desk.own[0])
    desk.assign(user, desk.own[1])
    answer = _change(desk, user, fromNumber=desk.own[0], toNumber=desk.own[1])
    assert answer["did"]["primary"]
    assert desk.held(user) == [desk.own[1]]
    desk.assign(user, desk.own[0])
    _change(desk, user, fromNumber=desk.own[0], toNumber=desk.own[1])
    assert desk.held(user) == [desk.own[1]]


def test_when_the_new_number_is_not_to_be_had_the_old_one_stays(desk: Desk) -> None:
    user = desk.user()
    desk.assign(user, desk.own[0])
    desk.assign(desk.user(), desk.own[1])
    for number, code in ((desk.own[1], "DID_NOT_AVAILABLE"), (desk.other_companys, "NOT_FOUND")):
        fault = desk.house.refused(
            "ChangeDid", userRef={"userId": user}, fromNumber=desk.own[0], toNumber=number
        )
        assert (fault["code"], fault["field"]) == (code, "toNumber")
    assert desk.held(user) == [desk.own[0]]


def test_a_number_that_the_user_does_not_hold_cannot_be_changed(desk: Desk) -> None:
    house, user = desk.house, desk.user()
    ref = {"userId": user}
    fault = house.refused("ChangeDid", userRef=ref, toNumber=desk.own[0])
    assert (fault["code"], fault["field"]) == ("INVALID_STATE", "userRef")
    desk.assign(desk.user(), desk.own[1])
    for number in (desk.own[1], desk.own[2]):
        fault = house.refused("ChangeDid", userRef=ref, fromNumber=number, toNumber=desk.own[0])
        assert (fault["code"], fault["field"]) == ("INVALID_STATE", "fromNumber")
    fault = house.refused("ChangeDid", userRef=ref, fromNumber=desk.nobodys, toNumber=desk.own[0])
    assert (fault["code"], fault["field"]) == ("NOT_FOUND", "fromNumber")
    fault = house.refused("ChangeDid", userRef=ref, fromNumber=desk.own[0])
    assert (fault["code"], fault["field"]) == ("INVALID_REQUEST", "toNumber")


def test_the_version_expected_is_the_old_numbers(desk: Desk) -> None:
    user = desk.user()
    desk.assign(user, desk.own[0])
    how = {"userRef": {"userId": user}, "toNumber": desk.own[1]}
    fault = desk.house.refused("ChangeDid", **how, control={"expectedVersion": 1})
    assert (fault["code"], fault["currentVersion"]) == ("VERSION_CONFLICT", 2)
    assert desk.house.call("ChangeDid", **how, control={"expectedVersion": 2})["freed"]["version"] == 3


def test_a_dry_run_keeps_nothing(desk: Desk) -> None:
    user = desk.user()
    desk.assign(user, desk.own[0])
    answer = _change(desk, user, toNumber=desk.own[1], control={"dryRun": True})
    assert answer["did"]["userId"] == user
    assert desk.held(user) == [desk.own[0]]


def test_the_freed_number_can_be_had_by_others_at_once(desk: Desk) -> None:
    user, other = desk.user(), desk.user()
    desk.assign(user, desk.own[0])
    _change(desk, user, toNumber=desk.own[1])
    desk.assign(other, desk.own[0])
    assert desk.held(other) == [desk.own[0]]
