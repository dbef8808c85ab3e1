from tests.house import House
from tests.packages.conftest import Shop


def test_removing_one_takes_only_the_services_that_no_other_brings(house: House, shop: Shop) -> None:
    house.call("SetServicePackages", userRef=shop.user, packageCode=["BASIC", "PRO"])
    fax = [{"name": "deliverTo", "value": "fax@example.com"}]
    house.call("ConfigureService", userRef=shop.user, code="FAX", serviceSetting=fax)
    answer = house.call("RemoveServicePackages", userRef=shop.user, packageCode=["PRO"])
    assert answer["packageCode"] == ["BASIC"]
    assert answer["removedServiceCode"] == ["FAX"]
    shown = house.call("GetServiceConfiguration", userRef=shop.user, code="FAX")["userService"][0]
    assert (shown["status"], shown["included"]) == ("NOT_CONFIGURED", False)
    assert house.call("RemoveServicePackages", userRef=shop.user, packageCode=["PRO"])["outcome"]["noChange"]
