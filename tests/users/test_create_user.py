from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.house import House, Plain, Refused
from tests.users.staff import Staff, fields_of, race

JOHN = {
    "firstName": "John",
    "lastName": "Smith",
    "email": "john.smith@example.com",
    "language": "en",
    "userNumber": "2206",
    "mobilePhone": "+1 (650) 555 1212",
    "homePhone": "+1 (650) 555 1213",
    "businessPhone": "+1 (650) 555 1214",
}
SYLVIE = {
    "firstName": "Sylvie",
    "lastName": "Tremblay",
    "email": "sylvie.tremblay@example.com",
    "language": "fr",
    "userNumber": "-1",
}


def test_the_two_users_of_the_manual(house: House) -> None:
    john = house.call("CreateUser", newUser=JOHN)
    assert not john["outcome"]["noChange"]
    assert john["user"] == house.call("GetUser", userRef={"userNumber": "2206"})
    assert john["user"]["mobilePhone"] == "+16505551212"
    assert (john["user"]["state"], john["user"]["administrator"]) == ("ACTIVE", False)
    sylvie = house.call("CreateUser", newUser=SYLVIE)["user"]
    assert len(sylvie["userNumber"]) == 4
    assert sylvie["userNumber"] not in {"2206", "-1"}
    assert sylvie["language"] == "fr"


def test_what_is_not_said_comes_from_the_company(house: House, staff: Staff) -> None:
    french = house.new_company(house.provider, "FR", language="fr", userNumberDigits=6)
    user = staff.hire(french)
    assert user["language"] == "fr"
    assert user["userNumber"] == "100000"


def test_a_pin_is_made_when_none_is_given_and_never_shown(house: House, staff: Staff) -> None:
    made = staff.hire()
    assert staff.pin(made).isdigit()
    chosen = staff.hire(pin="2580")
    assert staff.pin(chosen) == "2580"
    row = staff.stored(chosen)
    assert "2580" not in row.sealed_pin
    assert "pin" not in {name.lower() for name in chosen}
    assert all("2580" not in str(change.detail) for change in staff.changes(chosen))


@pytest.mark.parametrize("pin", ["1111", "000000", "1234", "987654", "8901", "3210", "2206"])
def test_a_trivial_pin_is_refused(house: House, pin: str) -> None:
    fault = house.refused("CreateUser", newUser=JOHN | {"pin": pin})
    assert (fault["code"], fault["violation"][0]["code"]) == ("INVALID_REQUEST", "TRIVIAL_PIN")
    assert fields_of(fault) == {"newUser.pin"}


def test_a_generated_number_is_never_the_pin(house: House, staff: Staff) -> None:
    free = staff.hire()["userNumber"]
    next_one = f"{int(free) + 1:04}"
    assert staff.hire(pin=next_one)["userNumber"] == f"{int(free) + 2:04}"
    assert staff.hire()["userNumber"] == next_one


def test_every_violation_of_every_room_at_once(house: House, staff: Staff) -> None:
    staff.add_dids("+16505550001")
    staff.hire(**JOHN, externalId="x", extension="101", did=["+16505550001"])
    fault = house.refused(
        "CreateUser",
        newUser=JOHN
        | {
            "externalId": "x",
            "pin": "4444",
            "expiresOn": "2001-01-01",
            "extension": "101",
            "did": ["+16505550001", "+16505559999"],
        },
    )
    assert fields_of(fault) == {
        "newUser.email",
        "newUser.externalId",
        "newUser.expiresOn",
        "newUser.pin",
        "newUser.userNumber",
        "newUser.extension",
        "newUser.did[0]",
        "newUser.did[1]",
    }
    assert house.call("CountUsers")["total"] == 1


def test_a_refused_user_takes_no_number(house: House, staff: Staff) -> None:
    staff.hire(email="taken@example.com")
    house.refused("CreateUser", newUser=staff.person(email="taken@example.com", userNumber="4711"))
    assert staff.hire(userNumber="4711")["userNumber"] == "4711"


def test_extension_and_dids_are_given_in_the_same_call(house: House, staff: Staff) -> None:
    staff.add_dids("+16505550001", "+16505550002")
    user = staff.hire(extension="101", did=["+16505550002", "+16505550001"])
    assert user["extension"] == "101"
    assert user["did"] == ["+16505550002", "+16505550001"]
    assert staff.get(user) == user


def test_an_address_is_one_whatever_its_case(house: House, staff: Staff) -> None:
    staff.hire(email="Andrée@Example.com")
    fault = house.refused("CreateUser", newUser=staff.person(email=" andre\u0301e@example.COM"))
    assert fault["code"] == "DUPLICATE_EMAIL"


def test_an_address_is_exclusive_in_all_companies_of_the_provider_and_in_no_other(
    house: House, staff: Staff
) -> None:
    staff.hire(staff.other_id, email="one@example.com")
    assert house.refused("CreateUser", newUser=staff.person(email="one@example.com"))["code"] == (
        "DUPLICATE_EMAIL"
    )
    theirs = house.new_company(staff.stranger, "THEIRS")
    house.call("CreateUser", staff.stranger, companyId=theirs, newUser=staff.person(email="one@example.com"))


def test_the_managers_tick_lets_two_have_one_address(house: House, staff: Staff) -> None:
    first = staff.hire(email="shared@example.com")
    staff.hire(email="shared@example.com", allowDuplicateEmail=True)
    staff.call("DeleteUser", first)
    fault = house.refused("CreateUser", newUser=staff.person(email="shared@example.com"))
    assert fault["code"] == "DUPLICATE_EMAIL"


@pytest.mark.parametrize(
    ("number", "code"), [("220", "INVALID_REQUEST"), ("22066", "INVALID_REQUEST"), ("-2", "INVALID_REQUEST")]
)
def test_a_number_of_another_length_is_refused(house: House, staff: Staff, number: str, code: str) -> None:
    fault = house.refused("CreateUser", newUser=staff.person(userNumber=number))
    assert (fault["code"], fault["field"]) == (code, "newUser.userNumber")


def test_a_suspended_company_takes_nobody(house: House, staff: Staff) -> None:
    house.call("SuspendCompany", house.provider, companyId=house.company_id)
    fault = house.refused("CreateUser", newUser=staff.person())
    assert (fault["code"], fault["field"]) == ("INVALID_STATE", "companyId")


def test_today_is_no_day_of_the_past(house: House, staff: Staff) -> None:
    today = house.clock().date()
    assert staff.hire(expiresOn=today.isoformat())["state"] == "ACTIVE"
    yesterday = (today - timedelta(days=1)).isoformat()
    assert fields_of(house.refused("CreateUser", newUser=staff.person(expiresOn=yesterday))) == {
        "newUser.expiresOn"
    }


def test_access_codes_are_sent_when_asked_for(house: House, staff: Staff) -> None:
    assert staff.letters(staff.hire()) == []
    assert staff.letters(staff.hire(notify=True)) == ["ACCESS_CODES"]


def test_a_dry_run_shows_the_user_and_keeps_nothing(house: House, staff: Staff) -> None:
    answer = house.call("CreateUser", newUser=staff.person(notify=True), control={"dryRun": True})
    assert answer["outcome"]["dryRun"]
    assert staff.letters(answer["user"]) == []
    assert staff.refused("GetUser", answer["user"])["code"] == "NOT_FOUND"
    assert staff.hire()["userNumber"] == answer["user"]["userNumber"]


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"userNumber": "2206"}, "USER_NUMBER_TAKEN"),
        ({"email": "one@example.com"}, "DUPLICATE_EMAIL"),
        ({"externalId": "one"}, "DUPLICATE_EXTERNAL_ID"),
        ({"extension": "101"}, "EXTENSION_TAKEN"),
    ],
)
def test_of_sixteen_at_once_one_gets_what_they_all_want(
    build_house: Callable[[], House], wish: Plain, code: str
) -> None:
    house = build_house()
    staff = Staff(house)
    again = house.in_another_process(build_house().application)
    outcomes = race([house, again], 16, lambda each, _: each.call("CreateUser", newUser=staff.person(**wish)))
    refused = [each.code for each in outcomes if isinstance(each, Refused)]
    assert refused == [code] * 15
    assert house.call("CountUsers")["total"] == 1


def test_one_address_in_two_companies_at_once_goes_to_one(build_house: Callable[[], House]) -> None:
    house = build_house()
    staff = Staff(house)
    callers = [house.company, staff.other]
    outcomes = race(
        [house],
        16,
        lambda each, place: each.call(
            "CreateUser", callers[place % 2], newUser=staff.person(email="one@example.com")
        ),
    )
    assert [each.code for each in outcomes if isinstance(each, Refused)] == ["DUPLICATE_EMAIL"] * 15


def test_generated_numbers_of_a_race_are_all_different(build_house: Callable[[], House]) -> None:
    house = build_house()
    staff = Staff(house)
    outcomes = race([house], 16, lambda each, _: each.call("CreateUser", newUser=staff.person()))
    numbers = {each["user"]["userNumber"] for each in outcomes if not isinstance(each, Refused)}
    assert len(numbers) == 16
