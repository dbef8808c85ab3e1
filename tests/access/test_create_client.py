import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from provisioning.kernel.caller import ALL_RIGHTS, Right
from provisioning.kernel.credentials import NameAndSecret
from tests.access.conftest import Door, new_client
from tests.house import House, Refused


def test_a_client_is_shown_with_its_secret(house: House, door: Door) -> None:
    expiry = door.now(3600)
    new = {
        "name": "shop",
        "companyId": house.company_id,
        "right": ["USERS_WRITE", "NUMBERS_READ", "USERS_WRITE"],
        "network": ["192.0.2.0/24", "2001:db8::1"],
        "expiresAt": expiry,
        "requestsPerMinute": 600,
        "mode": "TEST",
    }
    made = house.call("CreateClient", house.provider, newClient=new)
    client = made["client"]
    assert made["secret"].startswith("rps_")
    assert len(made["secret"]) == 44
    assert not made["outcome"]["noChange"]
    assert {key: client[key] for key in new} == {
        **new,
        "right": ["NUMBERS_READ", "USERS_WRITE"],
        "network": ["192.0.2.0/24", "2001:db8::1/128"],
    }
    assert (client["scope"], client["version"]) == ("COMPANY", 1)
    assert "revokedAt" not in client


def test_least_is_a_name(house: House, door: Door) -> None:
    made = house.call("CreateClient", house.provider, newClient={"name": "shop"})
    assert (made["client"]["scope"], made["client"]["mode"]) == ("PROVIDER", "LIVE")
    assert "right" not in made["client"]
    assert door.enter(NameAndSecret("shop", made["secret"])).rights == frozenset()


def test_a_company_makes_clients_of_its_own(house: House) -> None:
    made = house.call("CreateClient", house.company, newClient={"name": "shop"})
    assert made["client"]["companyId"] == house.company_id
    other = house.new_company(house.provider, "OTHER")
    fault = house.refused("CreateClient", house.company, newClient={"name": "spy", "companyId": other})
    assert (fault["code"], fault["field"]) == ("NOT_FOUND", "newClient.companyId")


def test_another_providers_company_is_not_there(house: House) -> None:
    stranger, _ = house.new_provider("Other")
    new = {"name": "spy", "companyId": house.company_id}
    assert house.refused("CreateClient", stranger, newClient=new)["code"] == "NOT_FOUND"


def test_the_operator_makes_clients_by_the_company_alone(house: House) -> None:
    made = house.operate("CreateClient", newClient={"name": "shop", "companyId": house.company_id})
    assert made["client"]["companyId"] == house.company_id
    with pytest.raises(Exception, match="INVALID_REQUEST"):
        house.operate("CreateClient", newClient={"name": "nobodys"})


def test_a_name_serves_one_client_of_the_installation(house: House) -> None:
    new_client(house)
    stranger, _ = house.new_provider("Other")
    fault = house.refused("CreateClient", stranger, newClient={"name": "billing"})
    assert (fault["code"], fault["field"]) == ("DUPLICATE_CODE", "newClient.name")


def test_of_many_who_want_a_name_one_gets_it(build_house: Callable[[], House]) -> None:
    houses = [build_house(), build_house()]
    ready = threading.Barrier(6)

    def create(number: int) -> str:
        house = houses[number % 2]
        ready.wait()
        try:
            house.call("CreateClient", house.provider, newClient={"name": "wanted"})
        except Refused as refused:
            return str(refused.code)
        return "made"

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(create, range(6))) == ["DUPLICATE_CODE"] * 5 + ["made"]


@pytest.mark.parametrize("name", ["with blank", "colon:", "été", "-first", "x" * 65])
def test_a_name_is_one_that_every_protocol_can_carry(house: House, name: str) -> None:
    fault = house.refused("CreateClient", house.provider, newClient={"name": name})
    assert (fault["code"], fault["field"]) == ("INVALID_REQUEST", "newClient.name")


def test_nobody_grants_what_it_has_not(house: House, door: Door) -> None:
    made = new_client(
        house,
        right=["ACCESS_WRITE", "USERS_READ"],
        network=["192.0.2.0/24", "2001:db8::/32"],
        expiresAt=door.now(3600),
    )
    caller = door.enter(NameAndSecret("billing", made["secret"]))
    fault = house.refused(
        "CreateClient",
        caller,
        newClient={
            "name": "bigger",
            "right": ["USERS_WRITE", "ACCESS_READ"],
            "network": ["192.0.0.0/16"],
            "expiresAt": door.now(7200),
        },
    )
    assert (fault["code"], fault["field"]) == ("NOT_PERMITTED", "newClient")
    assert fault["reason"].endswith("USERS_WRITE, network, expiresAt.")
    heir = house.call("CreateClient", caller, newClient={"name": "heir", "right": ["USERS_READ"]})["client"]
    assert heir["network"] == made["network"]
    assert heir["expiresAt"] == made["expiresAt"]
    smaller = {"name": "smaller", "network": ["192.0.2.128/25"], "expiresAt": door.now(60)}
    assert house.call("CreateClient", caller, newClient=smaller)


def test_every_violation_is_reported(house: House, door: Door) -> None:
    new_client(house)
    caller = house.client_of(house.provider.provider_id, rights=frozenset({Right.ACCESS_WRITE}))
    new = {"name": "billing", "right": ["USERS_READ"], "expiresAt": door.now(-1)}
    fault = house.refused("CreateClient", caller, newClient=new)
    fields = {each["field"] for each in fault["violation"]}
    assert fields == {"newClient", "newClient.expiresAt", "newClient.name"}


def test_without_the_right_nothing_is_made(house: House) -> None:
    caller = house.client_of(house.provider.provider_id, rights=ALL_RIGHTS - {Right.ACCESS_WRITE})
    assert house.refused("CreateClient", caller, newClient={"name": "x"})["code"] == "NOT_PERMITTED"


def test_a_replay_shows_no_secret(house: House, door: Door) -> None:
    new, control = {"name": "shop"}, {"requestId": "c-1"}
    first = house.call("CreateClient", house.provider, newClient=new, control=control)
    again = house.call("CreateClient", house.provider, newClient=new, control=control)
    assert again["client"] == first["client"]
    assert again["outcome"]["replayed"]
    assert "secret" not in again
    assert door.enter(NameAndSecret("shop", first["secret"]))


def test_a_dry_run_makes_no_client(house: House, door: Door) -> None:
    made = house.call("CreateClient", house.provider, newClient={"name": "dry"}, control={"dryRun": True})
    assert door.refused(NameAndSecret("dry", made["secret"])).code == "AUTHENTICATION_FAILED"
