from tests.house import House


def test_the_systems_defaults_hold_until_the_company_says_otherwise(house: House) -> None:
    options = house.call("GetCompanyOptionDefaults")
    assert {each["origin"] for each in options.values() if isinstance(each, dict)} == {"SYSTEM"}
    assert "sipAccount" not in options
