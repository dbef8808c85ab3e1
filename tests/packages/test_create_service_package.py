from tests.house import House
from tests.packages.conftest import Shop


def test_a_package_has_prices_and_services(house: House, shop: Shop) -> None:
    made = shop.make(
        "GOLD", ["MAIL"], basePrice="12.50", currency="CAD", includedMinutes=100, pricePerMinute="0.0125"
    )
    assert (made["basePrice"], made["pricePerMinute"], made["currency"]) == ("12.50", "0.0125", "CAD")
    assert (made["includedMinutes"], made["active"], made["serviceCode"]) == (100, True, ["MAIL"])


def test_its_code_is_unique_and_its_services_are_known(house: House, shop: Shop) -> None:
    new = {"code": "BASIC", "nameEn": "B", "nameFr": "B", "serviceCode": ["MAIL", "NONSENSE"]}
    fault = house.refused("CreateServicePackage", house.provider, newServicePackage=new)
    assert [each["field"] for each in fault["violation"]] == [
        "newServicePackage.code",
        "newServicePackage.serviceCode[1]",
    ]
