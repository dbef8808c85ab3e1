from tests.house import House
from tests.restrictions.conftest import Desk


def test_all_of_the_company_are_shown_ticked_or_not(house: House, desk: Desk) -> None:
    desk.apply("PREMIUM")
    lines = house.call("GetUserCallRestrictions", userRef=desk.john)["tickableRestriction"]
    assert {each["code"]: each["applied"] for each in lines} == {
        "HOME_OFFICE": False,
        "LONG_DISTANCE": False,
        "PREMIUM": True,
    }
