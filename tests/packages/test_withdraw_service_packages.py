from tests.house import House
from tests.packages.conftest import Shop


def test_unknown_packages_are_named(house: House, shop: Shop) -> None:
    for operation in ("OfferServicePackages", "WithdrawServicePackages"):
        fault = house.refused(operation, packageCode=["BASIC", "NONE"])
        assert (fault["code"], fault["field"]) == ("NOT_FOUND", "packageCode[1]")


def test_one_in_use_is_withdrawn_only_when_told_how(house: House, shop: Shop) -> None:
    house.call("AddServicePackages", userRef=shop.user, packageCode=["PRO"])
    fault = house.refused("WithdrawServicePackages", packageCode=["PRO"])
    assert (fault["code"], fault["used"]) == ("IN_USE", 1)
    answer = house.call("WithdrawServicePackages", packageCode=["PRO"], removeFromUsers=True)
    assert (answer["offeredCode"], answer["usersChanged"]) == (["BASIC", "VOICE"], 1)
    assert shop.held() == ["VOICE"]


def test_one_that_nobody_has_goes_quietly(house: House, shop: Shop) -> None:
    assert house.call("WithdrawServicePackages", packageCode=["PRO"])["offeredCode"] == ["BASIC", "VOICE"]
    assert house.call("WithdrawServicePackages", packageCode=["PRO"])["outcome"]["noChange"]
