from tests.house import House
from tests.packages.conftest import Shop


def test_packages_bring_their_services(house: House, shop: Shop) -> None:
    answer = house.call("AddServicePackages", userRef=shop.user, packageCode=["BASIC", "PRO"])
    assert answer["packageCode"] == ["BASIC", "PRO", "VOICE"]
    assert answer["serviceCode"] == ["FAX", "MAIL", "VOICE_MAIL"]
    again = house.call("AddServicePackages", userRef=shop.user, packageCode=["PRO"])
    assert again["outcome"]["noChange"]


def test_each_package_that_is_not_offered_is_named(house: House, shop: Shop) -> None:
    shop.make("SECRET", [])
    for operation in ("AddServicePackages", "SetServicePackages"):
        fault = house.refused(operation, userRef=shop.user, packageCode=["SECRET", "BASIC", "NONE"])
        assert fault["code"] == "PACKAGE_NOT_OFFERED"
        assert [each["field"] for each in fault["violation"]] == ["packageCode[0]", "packageCode[2]"]
    assert shop.held() == ["VOICE"]


def test_an_inactive_package_stays_and_is_given_to_nobody_else(house: House, shop: Shop) -> None:
    house.call("AddServicePackages", userRef=shop.user, packageCode=["PRO"])
    house.call("UpdateServicePackage", house.provider, code="PRO", active=False)
    other = {"userId": shop.create("other@example.com")["userId"]}
    fault = house.refused("AddServicePackages", userRef=other, packageCode=["PRO"])
    assert fault["code"] == "PACKAGE_NOT_OFFERED"
    assert "PRO" in shop.held()


def test_users_of_others_do_not_exist(house: House, shop: Shop) -> None:
    stranger, _ = house.new_provider("Stranger")
    for operation in ("AddServicePackages", "RemoveServicePackages", "SetServicePackages"):
        assert house.refused(operation, stranger, userRef=shop.user)["code"] == "NOT_FOUND"
