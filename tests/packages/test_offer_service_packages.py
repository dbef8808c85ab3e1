from tests.house import House
from tests.packages.conftest import Shop


def test_offering_twice_is_no_change_and_the_default_can_be_turned(house: House, shop: Shop) -> None:
    assert house.call("OfferServicePackages", packageCode=["BASIC"])["outcome"]["noChange"]
    answer = house.call("OfferServicePackages", packageCode=["BASIC"], byDefault=True)
    assert answer["offeredCode"] == ["BASIC", "PRO", "VOICE"]
    assert answer["defaultCode"] == ["BASIC", "VOICE"]
    answer = house.call("OfferServicePackages", packageCode=["VOICE"], byDefault=False)
    assert answer["defaultCode"] == ["BASIC"]


def test_a_strangers_package_cannot_be_offered(house: House, shop: Shop) -> None:
    stranger, public = house.new_provider("Stranger")
    fault = house.refused("OfferServicePackages", stranger, companyId=public, packageCode=["BASIC"])
    assert fault["code"] == "NOT_FOUND"
