from tests.house import House
from tests.restrictions.conftest import Desk


def test_the_list_is_made_exactly_so(desk: Desk) -> None:
    assert desk.apply("PREMIUM", "LONG_DISTANCE", "PREMIUM")["restrictionCode"] == [
        "LONG_DISTANCE",
        "PREMIUM",
    ]
    assert desk.apply("LONG_DISTANCE", "PREMIUM")["outcome"]["noChange"]
    assert desk.apply("HOME_OFFICE")["restrictionCode"] == ["HOME_OFFICE"]
    assert "restrictionCode" not in desk.apply()


def test_what_the_company_has_not_defined_is_named(house: House, desk: Desk) -> None:
    fault = house.refused(
        "SetUserCallRestrictions", userRef=desk.john, restrictionCode=["NONE", "PREMIUM", "NOTHING"]
    )
    assert fault["code"] == "RESTRICTION_NOT_DEFINED"
    assert [each["field"] for each in fault["violation"]] == ["restrictionCode[0]", "restrictionCode[2]"]
    assert desk.dial("19005551212")["allowed"]
