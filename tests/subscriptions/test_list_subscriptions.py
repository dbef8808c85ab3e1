from provisioning.kernel.caller import Right
from tests.house import House
from tests.subscriptions.desk import client_of, listed, subscribe


def test_a_client_sees_its_own_only(house: House) -> None:
    mine, other = client_of(house), client_of(house, "other")
    acme = client_of(house, "acme", house.company_id)
    for client in (mine, other, acme):
        made = subscribe(house, client)
        made.pop("secret")
        assert listed(house, client) == [made]
    assert len(house.operate("ListSubscriptions", house.provider.provider_id)["subscription"]) == 3
    assert len(house.operate("ListSubscriptions")["subscription"]) == 3
    rival, _ = house.new_provider("Rival")
    assert "subscription" not in house.operate("ListSubscriptions", rival.provider_id)


def test_a_companys_client_has_its_company_shown(house: House) -> None:
    acme = client_of(house, "acme", house.company_id)
    subscribe(house, acme)
    assert [each["companyId"] for each in listed(house, acme)] == [house.company_id]


def test_pages_follow_each_other(house: House) -> None:
    client = client_of(house)
    made = [subscribe(house, client)["subscriptionId"] for _ in range(5)]
    seen, cursor = [], None
    while True:
        page = house.call("ListSubscriptions", client, pageSize=2, cursor=cursor, withTotal=True)
        assert page["total"] == 5
        seen += [each["subscriptionId"] for each in page["subscription"]]
        cursor = page.get("nextCursor")
        if cursor is None:
            break
    assert seen == made
    assert house.refused("ListSubscriptions", client, cursor="nonsense")["code"] == "INVALID_CURSOR"


def test_reading_takes_the_right_to_read(house: House) -> None:
    blind = house.client_of(house.provider.provider_id, rights=frozenset({Right.USERS_READ}))
    assert house.refused("ListSubscriptions", blind)["code"] == "NOT_PERMITTED"
