from typing import Any

import pytest

from provisioning.kernel.secrets import KeyRing
from tests.house import House, Plain

PIN = "730915"


@pytest.fixture
def john(house: House) -> Plain:
    new = {
        "firstName": "John",
        "lastName": "Smith",
        "email": "john.smith@example.com",
        "pin": PIN,
        "language": "fr",
    }
    user: Plain = house.call("CreateUser", newUser=new)["user"]
    return user


def check(house: House, pin: str, **more: Any) -> Plain:
    return house.call("CheckAccess", pin=pin, **more)


def test_number_or_address_and_the_pin_open_the_account(house: House, john: Plain) -> None:
    for name in ({"userNumber": john["userNumber"]}, {"email": "JOHN.smith@example.com"}):
        verdict = check(house, PIN, **name)
        assert verdict["allowed"]
        assert (verdict["userId"], verdict["firstName"], verdict["language"]) == (
            john["userId"],
            "John",
            "fr",
        )
        assert "accessFlag" not in verdict


def test_a_wrong_pin_and_an_unknown_number_are_answered_alike(house: House, john: Plain) -> None:
    wrong = check(house, "111222", userNumber=john["userNumber"])
    unknown = check(house, "111222", userNumber="0001")
    for verdict in (wrong, unknown):
        verdict.pop("outcome")
        assert verdict == {"allowed": False, "accessFlag": ["WRONG_CODES"]}


def test_failures_lock_for_growing_times_also_for_unknown_numbers(house: House, john: Plain) -> None:
    for number in (john["userNumber"], "0001"):
        waits = []
        for _ in range(12):
            verdict = check(house, "111222", userNumber=number)
            if verdict["accessFlag"] == ["LOCKED"]:
                waits.append(verdict["retryAfterSeconds"])
                house.clock.pass_time(seconds=verdict["retryAfterSeconds"])
        assert waits
        assert waits == sorted(waits)
        assert waits[-1] > waits[0]


def test_unknown_numbers_are_answered_under_whatever_keys(house: House) -> None:
    """What is opened for nobody was remembered by the address of the keys, where other keys may come to lie."""
    for count in range(20):
        house.application.dispatcher.keys = KeyRing.parse(KeyRing.new_key(f"k{count}"))
        assert check(house, "111222", userNumber=f"{count:04}")["accessFlag"] == ["WRONG_CODES"]


def test_a_locked_account_does_not_open_with_the_right_pin_until_the_time_is_over(
    house: House, john: Plain
) -> None:
    for _ in range(8):
        check(house, "111222", userNumber=john["userNumber"])
    locked = check(house, PIN, email=john["email"])
    assert locked["accessFlag"] == ["LOCKED"]
    house.clock.pass_time(seconds=locked["retryAfterSeconds"])
    assert check(house, PIN, email=john["email"])["allowed"]
    assert check(house, "111222", email=john["email"])["accessFlag"] == ["WRONG_CODES"]


def test_a_source_that_tries_many_numbers_is_locked_and_others_are_not(house: House, john: Plain) -> None:
    for number in range(8):
        check(house, "111222", userNumber=f"{number:04}", source="+15145550000")
    assert check(house, PIN, userNumber=john["userNumber"], source="+15145550000")["accessFlag"] == ["LOCKED"]
    assert check(house, PIN, userNumber=john["userNumber"], source="+15145550001")["allowed"]


def test_the_last_days_are_announced_and_then_the_account_is_closed(house: House, john: Plain) -> None:
    day = house.clock().date()
    ref = {"userId": john["userId"]}
    house.call("SetUserOptions", userRef=ref, optionValues={"expiresOn": day.isoformat()})
    verdict = check(house, PIN, userNumber=john["userNumber"])
    assert (verdict["allowed"], verdict["accessFlag"], verdict["daysLeft"]) == (True, ["EXPIRES_SOON"], 0)
    house.clock.pass_time(days=1)
    verdict = check(house, PIN, userNumber=john["userNumber"])
    assert (verdict["allowed"], verdict["accessFlag"], verdict["expiresOn"]) == (
        False,
        ["EXPIRED"],
        day.isoformat(),
    )


def test_suspended_users_companies_and_deleted_users_do_not_get_in(house: House, john: Plain) -> None:
    ref = {"userId": john["userId"]}
    house.call("SuspendUser", userRef=ref)
    assert check(house, PIN, userNumber=john["userNumber"])["accessFlag"] == ["SUSPENDED"]
    house.call("ResumeUser", userRef=ref)
    house.call("SuspendCompany", house.provider, companyId=house.company_id)
    assert check(house, PIN, userNumber=john["userNumber"])["accessFlag"] == ["SUSPENDED"]
    house.call("DeleteUser", userRef=ref)
    assert check(house, PIN, userNumber=john["userNumber"])["accessFlag"] == ["WRONG_CODES"]


def test_one_name_is_required_and_strangers_see_nothing(house: House, john: Plain) -> None:
    both = house.refused("CheckAccess", pin=PIN, userNumber=john["userNumber"], email=john["email"])
    none = house.refused("CheckAccess", pin=PIN)
    assert both["violation"][0]["code"] == none["violation"][0]["code"] == "ONE_OF"
    stranger, _ = house.new_provider("Stranger")
    fault = house.refused(
        "CheckAccess", stranger, companyId=house.company_id, pin=PIN, userNumber=john["userNumber"]
    )
    assert fault["code"] == "NOT_FOUND"
