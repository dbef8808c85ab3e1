from tests.house import House, Plain


def test_defaults_reach_users_and_can_be_cleared(house: House, john: Plain) -> None:
    answer = house.call("SetCompanyOptionDefaults", optionValues={"maxFaxes": 5}, sipDomain="SIP.example.com")
    assert answer["options"]["maxFaxes"] == {"value": 5, "origin": "COMPANY"}
    assert answer["options"]["sipDomain"] == "sip.example.com"
    again = house.call("SetCompanyOptionDefaults", optionValues={"maxFaxes": 5}, sipDomain="sip.example.com")
    assert again["outcome"]["noChange"]
    assert house.call("GetUserOptions", userRef=john)["maxFaxes"] == {"value": 5, "origin": "COMPANY"}
    house.call("SetCompanyOptionDefaults", clearField=["MAX_FAXES"])
    assert house.call("GetUserOptions", userRef=john)["maxFaxes"] == {"value": 100, "origin": "SYSTEM"}


def test_an_expiry_date_is_given_to_users_created_later(house: House, john: Plain) -> None:
    house.call("SetCompanyOptionDefaults", optionValues={"expiresOn": "2031-12-31"})
    assert house.call("GetCompanyOptionDefaults")["expiresOn"] == {"value": "2031-12-31", "origin": "COMPANY"}
    assert "expiresOn" not in house.call("GetUser", userRef=john)
    for given, expected in ((None, "2031-12-31"), ("2030-01-01", "2030-01-01")):
        new = {"firstName": "A", "lastName": "B", "email": f"{expected}@example.com", "expiresOn": given}
        assert house.call("CreateUser", newUser=new)["user"]["expiresOn"] == expected
