from tests.house import House
from tests.restrictions.conftest import Desk


def test_a_change_reaches_those_who_have_it(house: House, desk: Desk) -> None:
    desk.apply("PREMIUM")
    assert desk.dial("18005551212")["allowed"]
    changed = house.call("UpdateCallRestriction", code="PREMIUM", pattern=["1800*"])
    assert (changed["usersChanged"], changed["callRestriction"]["pattern"]) == (1, ["1800*"])
    assert not desk.dial("18005551212")["allowed"]
    renamed = house.call("UpdateCallRestriction", code="PREMIUM", nameFr="Surtaxe")
    assert (renamed["usersChanged"], renamed["callRestriction"]["version"]) == (0, 3)
    assert house.call("UpdateCallRestriction", code="PREMIUM", nameFr="Surtaxe")["outcome"]["noChange"]


def test_versions_and_strangers(house: House, desk: Desk) -> None:
    fault = house.refused("UpdateCallRestriction", code="PREMIUM", nameEn="X", control={"expectedVersion": 9})
    assert (fault["code"], fault["currentVersion"]) == ("VERSION_CONFLICT", 1)
    stranger, _ = house.new_provider("Stranger")
    for operation in ("UpdateCallRestriction", "DeleteCallRestriction"):
        assert house.refused(operation, code="NONE")["code"] == "NOT_FOUND"
        fault = house.refused(operation, stranger, companyId=house.company_id, code="PREMIUM")
        assert fault["code"] == "NOT_FOUND"
