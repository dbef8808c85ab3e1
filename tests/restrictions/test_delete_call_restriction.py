from tests.house import House
from tests.restrictions.conftest import Desk


def test_one_in_use_goes_only_when_told_to_lift_it(house: House, desk: Desk) -> None:
    desk.apply("PREMIUM", "LONG_DISTANCE")
    fault = house.refused("DeleteCallRestriction", code="PREMIUM")
    assert (fault["code"], fault["used"]) == ("IN_USE", 1)
    deleted = house.call("DeleteCallRestriction", code="PREMIUM", liftFromUsers=True)
    assert deleted["usersChanged"] == 1
    assert desk.apply("LONG_DISTANCE")["outcome"]["noChange"]
    assert house.refused("DeleteCallRestriction", code="PREMIUM")["code"] == "NOT_FOUND"


def test_one_that_nobody_has_goes_and_its_code_is_free(house: House, desk: Desk) -> None:
    assert house.call("DeleteCallRestriction", code="PREMIUM")["usersChanged"] == 0
    assert desk.define("PREMIUM", ["1900*"])["callRestriction"]["version"] == 1
