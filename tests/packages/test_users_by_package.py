"""ListUsers and CountUsers by a package that users have."""

from tests.house import House
from tests.packages.conftest import Shop


def test_users_are_listed_and_counted_by_package(house: House, shop: Shop) -> None:
    other = {"userId": shop.create("other@example.com")["userId"]}
    shop.create("third@example.com")
    house.call("AddServicePackages", userRef=shop.user, packageCode=["PRO"])
    house.call("AddServicePackages", userRef=other, packageCode=["PRO"])
    wanted = {"packageCode": "PRO"}
    page = house.call("ListUsers", userFilter=wanted, pageSize=1, withTotal=True)
    assert page["total"] == 2
    rest = house.call("ListUsers", userFilter=wanted, pageSize=1, cursor=page["nextCursor"])
    listed = {page["user"][0]["userId"], rest["user"][0]["userId"]}
    assert listed == {shop.user["userId"], other["userId"]}
    assert house.call("CountUsers", userFilter={"packageCode": "VOICE"})["active"] == 3
    assert "user" not in house.call("ListUsers", userFilter={"packageCode": "NONE"})


def test_a_strangers_package_finds_nobody(house: House, shop: Shop) -> None:
    stranger, public = house.new_provider("Stranger")
    assert "user" not in house.call(
        "ListUsers", stranger, companyId=public, userFilter={"packageCode": "VOICE"}
    )
