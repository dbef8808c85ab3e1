from tests.house import House, Plain


def test_each_value_says_where_it_comes_from(house: House, john: Plain) -> None:
    house.call("SetCompanyOptionDefaults", optionValues={"maxFaxes": 7, "publicContacts": False})
    house.call("SetUserOptions", userRef=john, optionValues={"maxFaxes": 9})
    options = house.call("GetUserOptions", userRef=john)
    assert options["maxFaxes"] == {"value": 9, "origin": "USER"}
    assert options["publicContacts"] == {"value": False, "origin": "COMPANY"}
    assert options["maxVoiceMessages"] == {"value": 100, "origin": "SYSTEM"}
    assert options["expiresOn"] == {"origin": "SYSTEM"}
    assert options["sipDomain"] == "localhost"


def test_zero_and_false_are_values(house: House, john: Plain) -> None:
    house.call("SetUserOptions", userRef=john, optionValues={"maxFaxes": 0, "publicContacts": False})
    options = house.call("GetUserOptions", userRef=john)
    assert options["maxFaxes"] == {"value": 0, "origin": "USER"}
    assert options["publicContacts"] == {"value": False, "origin": "USER"}


def test_users_of_others_do_not_exist(house: House, john: Plain) -> None:
    stranger, _ = house.new_provider("Stranger")
    for operation, more in (
        ("GetUserOptions", {}),
        ("SetUserOptions", {}),
        ("SetSipCredentials", {"purpose": "DEFAULT"}),
        ("RemoveSipCredentials", {"purpose": "DEFAULT"}),
    ):
        assert house.refused(operation, stranger, userRef=john, **more)["code"] == "NOT_FOUND"
