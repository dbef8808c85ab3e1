from tests.house import House
from tests.restrictions.conftest import Desk


def test_a_companys_restrictions_by_code(house: House, desk: Desk) -> None:
    page = house.call("ListCallRestrictions", pageSize=2, withTotal=True)
    assert ([each["code"] for each in page["callRestriction"]], page["total"]) == (
        ["HOME_OFFICE", "LONG_DISTANCE"],
        3,
    )
    rest = house.call("ListCallRestrictions", cursor=page["nextCursor"])
    assert [each["code"] for each in rest["callRestriction"]] == ["PREMIUM"]
    assert "nextCursor" not in rest
    other = house.new_company(house.provider, "OTHER")
    assert house.call("ListCallRestrictions", house.provider, companyId=other) == {"more": False}
