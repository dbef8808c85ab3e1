from provisioning.kernel.credentials import NameAndSecret
from tests.access.conftest import Door, new_client
from tests.house import House, Plain


def names(page: Plain) -> list[str]:
    return [each["name"] for each in page.get("client", [])]


def test_a_provider_sees_all_of_its_clients_by_name(house: House) -> None:
    new_client(house, "b")
    new_client(house, "a", companyId=house.company_id)
    new_client(house, "c", companyId=house.public_id)
    page = house.call("ListClients", house.provider, withTotal=True)
    assert names(page) == ["a", "b", "c"]
    assert page["total"] == 3
    assert names(house.call("ListClients", house.provider, companyId=house.company_id)) == ["a"]


def test_a_company_sees_its_own(house: House) -> None:
    new_client(house, "mine", companyId=house.company_id)
    new_client(house, "providers")
    new_client(house, "others", companyId=house.public_id)
    assert names(house.call("ListClients", house.company)) == ["mine"]
    assert names(house.call("ListClients", house.company, companyId=house.public_id)) == []


def test_the_operator_sees_those_of_every_provider(house: House) -> None:
    new_client(house, "ours")
    stranger, _ = house.new_provider("Other")
    house.call("CreateClient", stranger, newClient={"name": "theirs"})
    assert names(house.operate("ListClients")) == ["ours", "theirs"]
    assert names(house.operate("ListClients", stranger.provider_id)) == ["theirs"]


def test_another_provider_sees_nothing(house: House) -> None:
    new_client(house)
    stranger, _ = house.new_provider("Other")
    assert names(house.call("ListClients", stranger)) == []


def test_pages_follow_each_other(house: House) -> None:
    for name in "edcba":
        new_client(house, name)
    seen: list[str] = []
    cursor = None
    while True:
        page = house.call("ListClients", house.provider, pageSize=2, cursor=cursor)
        seen += names(page)
        cursor = page.get("nextCursor")
        if cursor is None:
            break
    assert seen == list("abcde")


def test_revoked_ones_are_shown_when_asked_for(house: House) -> None:
    client = new_client(house)
    house.call("RevokeClient", house.provider, clientId=client["clientId"])
    assert names(house.call("ListClients", house.provider)) == []
    (shown,) = house.call("ListClients", house.provider, withRevoked=True)["client"]
    assert shown["revokedAt"]


def test_the_end_of_an_old_secret_is_shown(house: House, door: Door) -> None:
    client = new_client(house)
    house.call("RotateClientSecret", house.provider, clientId=client["clientId"], overlapMinutes=5)
    (shown,) = house.call("ListClients", house.provider)["client"]
    assert shown["oldSecretUntil"]
    assert "secret" not in shown
    house.clock.pass_time(minutes=6)
    (shown,) = house.call("ListClients", house.provider)["client"]
    assert "oldSecretUntil" not in shown
    assert door.refused(NameAndSecret("billing", client["secret"]))
