from tests.house import House
from tests.packages.conftest import Shop


def test_absent_fields_stay_and_the_version_grows(house: House, shop: Shop) -> None:
    changed = house.call("UpdateServicePackage", house.provider, code="PRO", nameEn="Professional")
    package = changed["servicePackage"]
    assert (package["nameEn"], package["nameFr"], package["version"]) == ("Professional", "PRO", 2)
    again = house.call("UpdateServicePackage", house.provider, code="PRO", nameEn="Professional")
    assert again["outcome"]["noChange"]
    fault = house.refused(
        "UpdateServicePackage", house.provider, code="PRO", nameEn="X", control={"expectedVersion": 1}
    )
    assert fault["code"] == "VERSION_CONFLICT"


def test_only_the_provider_makes_packages_and_others_see_none_of_them(house: House, shop: Shop) -> None:
    new = {"code": "MINE", "nameEn": "M", "nameFr": "M"}
    assert house.refused("CreateServicePackage", newServicePackage=new)["code"] == "NOT_PERMITTED"
    assert house.refused("UpdateServicePackage", code="PRO")["code"] == "NOT_PERMITTED"
    stranger, _ = house.new_provider("Stranger")
    assert house.refused("UpdateServicePackage", stranger, code="PRO")["code"] == "NOT_FOUND"
    assert house.call("ListServicePackages", stranger) == {"more": False}
