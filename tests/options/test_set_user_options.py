import dataclasses

from tests.house import House, Plain


def test_absent_stays_and_clearing_returns_to_the_default(house: House, john: Plain) -> None:
    house.call("SetUserOptions", userRef=john, optionValues={"maxFaxes": 9, "staysOnPlacedCalls": True})
    answer = house.call("SetUserOptions", userRef=john, optionValues={"maxFaxes": 10})
    assert answer["options"]["staysOnPlacedCalls"] == {"value": True, "origin": "USER"}
    assert house.call("SetUserOptions", userRef=john, optionValues={"maxFaxes": 10})["outcome"]["noChange"]
    cleared = house.call("SetUserOptions", userRef=john, clearField=["STAYS_ON_PLACED_CALLS"])
    assert cleared["options"]["staysOnPlacedCalls"] == {"value": False, "origin": "SYSTEM"}


def test_a_new_day_of_expiry_opens_an_expired_account(house: House, john: Plain) -> None:
    tomorrow = house.clock().date().isoformat()
    house.call("SetUserOptions", userRef=john, optionValues={"expiresOn": tomorrow})
    house.clock.pass_time(days=2)
    assert house.call("GetUser", userRef=john)["state"] == "EXPIRED"
    house.call("SetUserOptions", userRef=john, clearField=["EXPIRES_ON"])
    assert house.call("GetUser", userRef=john)["state"] == "ACTIVE"


def test_a_managed_account_is_not_changed_by_its_own_user(house: House, john: Plain) -> None:
    own = dataclasses.replace(house.company, user_id=john["userId"])
    assert house.call("SetUserOptions", own, userRef=john, optionValues={"maxFaxes": 3})
    house.call("SetUserOptions", userRef=john, optionValues={"managedByAdministrator": True})
    for operation, more in (
        ("SetUserOptions", {"optionValues": {"maxFaxes": 4}}),
        ("ConfigureService", {"code": "FAX"}),
        ("SetSipCredentials", {"purpose": "DEFAULT"}),
        ("UpdateUser", {"firstName": "Johnny"}),
    ):
        assert house.refused(operation, own, userRef=john, **more)["code"] == "MANAGED_BY_ADMINISTRATOR"
    assert house.call("SetUserOptions", userRef=john, optionValues={"maxFaxes": 4})


def test_a_user_sees_and_changes_only_itself(house: House, john: Plain) -> None:
    new = {"firstName": "Sylvie", "lastName": "Tremblay", "email": "sylvie.tremblay@example.com"}
    sylvie = {"userId": house.call("CreateUser", newUser=new)["user"]["userId"]}
    own = dataclasses.replace(house.company, user_id=john["userId"])
    assert house.refused("SetUserOptions", own, userRef=sylvie)["code"] == "NOT_FOUND"
    assert house.refused("GetUser", own, userRef=sylvie)["code"] == "NOT_FOUND"
    assert house.call("GetUser", own, userRef=john)["firstName"] == "John"


def test_numbers_have_bounds(house: House, john: Plain) -> None:
    wrong = {"maxFaxes": -1, "maxPhoneContacts": 100_001, "expiresOn": "2026-02-30"}
    fault = house.refused("SetUserOptions", userRef=john, optionValues=wrong)
    assert [each["field"] for each in fault["violation"]] == [
        "optionValues.maxPhoneContacts",
        "optionValues.maxFaxes",
        "optionValues.expiresOn",
    ]
