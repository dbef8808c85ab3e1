from tests.house import House
from tests.packages.conftest import Shop


def test_the_whole_list_is_set_in_one_call(house: House, shop: Shop) -> None:
    answer = house.call("SetServicePackages", userRef=shop.user, packageCode=["PRO"])
    assert answer["packageCode"] == ["PRO"]
    assert answer["removedServiceCode"] == ["VOICE_MAIL"]
    assert house.call("SetServicePackages", userRef=shop.user, packageCode=["PRO"])["outcome"]["noChange"]
    assert "packageCode" not in house.call("SetServicePackages", userRef=shop.user)
