from tests.house import House, Plain


def test_one_goes_and_the_others_stay(house: House, john: Plain) -> None:
    for purpose in ("DEFAULT", "REGISTRATION"):
        house.call("SetSipCredentials", userRef=john, purpose=purpose)
    answer = house.call("RemoveSipCredentials", userRef=john, purpose="DEFAULT")
    assert [each["purpose"] for each in answer["sipAccount"]] == ["REGISTRATION"]
    again = house.call("RemoveSipCredentials", userRef=john, purpose="DEFAULT")
    assert again["outcome"]["noChange"]


def test_who_leaves_the_company_leaves_its_accounts(house: House, john: Plain) -> None:
    house.call("SetSipCredentials", userRef=john, purpose="REGISTRATION")
    house.call("SetUserOptions", userRef=john, optionValues={"maxFaxes": 3})
    left = house.call("RemoveUserFromCompany", userRef=john)
    assert left["freedResources"]["sipAccount"] == ["2206.acme@localhost"]
    options = house.call("GetUserOptions", house.provider, userRef=john)
    assert "sipAccount" not in options
    assert options["maxFaxes"]["origin"] == "SYSTEM"
