from tests.house import House
from tests.packages.conftest import Shop


def test_the_list_says_what_a_company_offers(house: House, shop: Shop) -> None:
    shop.make("HIDDEN", [])
    page = house.call("ListServicePackages", house.company)
    offers = {each["code"]: (each["offered"], each["offeredByDefault"]) for each in page["servicePackage"]}
    assert offers == {
        "BASIC": (True, False),
        "HIDDEN": (False, False),
        "PRO": (True, False),
        "VOICE": (True, True),
    }
    page = house.call("ListServicePackages", house.company, offeredOnly=True, pageSize=2, withTotal=True)
    assert ([each["code"] for each in page["servicePackage"]], page["total"]) == (["BASIC", "PRO"], 3)
    page = house.call("ListServicePackages", house.company, offeredOnly=True, cursor=page["nextCursor"])
    assert [each["code"] for each in page["servicePackage"]] == ["VOICE"]
    house.call("UpdateServicePackage", house.provider, code="HIDDEN", active=False)
    page = house.call("ListServicePackages", house.provider, activeOnly=True)
    assert [each["code"] for each in page["servicePackage"]] == ["BASIC", "PRO", "VOICE"]
    assert "offered" not in page["servicePackage"][0]
