import pytest

from provisioning.kernel.caller import Caller, Right
from provisioning.kernel.credentials import NameAndSecret
from tests.access.conftest import Door, new_client
from tests.house import House


def test_fields_are_changed_and_the_rest_stays(house: House, door: Door) -> None:
    client = new_client(house, network=["192.0.2.0/24"], requestsPerMinute=5)
    changed = house.call(
        "UpdateClient",
        house.provider,
        clientId=client["clientId"],
        name="invoices",
        right=["NUMBERS_READ"],
        expiresAt=door.now(3600),
        mode="TEST",
    )["client"]
    assert changed["version"] == 2
    assert (changed["name"], changed["right"], changed["mode"]) == ("invoices", ["NUMBERS_READ"], "TEST")
    assert (changed["network"], changed["requestsPerMinute"]) == (["192.0.2.0/24"], 5)
    assert door.enter(NameAndSecret("invoices", client["secret"])).test
    assert door.refused(NameAndSecret("billing", client["secret"]))


def test_fields_are_cleared(house: House, door: Door) -> None:
    client = new_client(house, network=["192.0.2.0/24"], requestsPerMinute=5, expiresAt=door.now(60))
    changed = house.call(
        "UpdateClient",
        house.provider,
        clientId=client["clientId"],
        clearField=["RIGHTS", "NETWORKS", "EXPIRES_AT", "REQUESTS_PER_MINUTE"],
    )["client"]
    assert not {"right", "network", "expiresAt", "requestsPerMinute"} & changed.keys()


def test_the_same_again_changes_nothing(house: House) -> None:
    client = new_client(house)
    again = house.call(
        "UpdateClient",
        house.provider,
        clientId=client["clientId"],
        name="billing",
        right=["COMPANIES_WRITE", "USERS_READ"],
        clearField=["NETWORKS"],
    )
    assert again["outcome"]["noChange"]
    assert again["client"]["version"] == 1


def test_an_expected_version_is_compared(house: House) -> None:
    client = new_client(house)
    fault = house.refused(
        "UpdateClient",
        house.provider,
        clientId=client["clientId"],
        mode="TEST",
        control={"expectedVersion": 7},
    )
    assert (fault["code"], fault["currentVersion"]) == ("VERSION_CONFLICT", 1)


def test_a_name_in_use_and_a_past_expiry_are_both_reported(house: House, door: Door) -> None:
    client = new_client(house)
    new_client(house, "taken")
    fault = house.refused(
        "UpdateClient", house.provider, clientId=client["clientId"], name="taken", expiresAt=door.now(-5)
    )
    assert {each["field"] for each in fault["violation"]} == {"name", "expiresAt"}
    assert door.enter(NameAndSecret("billing", client["secret"]))


def test_what_is_not_the_callers_is_not_there(house: House) -> None:
    client = new_client(house)
    stranger, _ = house.new_provider("Other")
    faults = [
        house.refused("UpdateClient", caller, clientId=client_id, mode="TEST")
        for caller, client_id in (
            (stranger, client["clientId"]),
            (house.company, client["clientId"]),
            (house.provider, "0" * 26),
        )
    ]
    assert {fault["code"] for fault in faults} == {"NOT_FOUND"}
    assert len({fault["reason"] for fault in faults}) == 1


def test_a_revoked_client_is_changed_no_more(house: House) -> None:
    client = new_client(house)
    house.call("RevokeClient", house.provider, clientId=client["clientId"])
    fault = house.refused("UpdateClient", house.provider, clientId=client["clientId"], mode="TEST")
    assert (fault["code"], fault["field"]) == ("INVALID_STATE", "clientId")


@pytest.fixture
def warden(house: House, door: Door) -> Caller:
    """A client that looks after others and is bound to a network itself."""
    made = new_client(house, "warden", right=["ACCESS_WRITE", "USERS_READ"], network=["192.0.2.0/24"])
    return door.enter(NameAndSecret("warden", made["secret"]))


@pytest.mark.parametrize(
    "change",
    [
        {"right": ["USERS_WRITE"]},
        {"network": ["0.0.0.0/0"]},
        {"clearField": ["NETWORKS"]},
        {"right": [Right.ACCESS_WRITE, Right.COMPANIES_READ]},
    ],
)
def test_nobody_widens_itself(house: House, warden: Caller, change: dict[str, list[str]]) -> None:
    fault = house.refused("UpdateClient", warden, clientId=warden.client_id, **change)
    assert (fault["code"], fault["field"]) == ("NOT_PERMITTED", "clientId")


def test_nobody_touches_one_that_may_do_more(house: House, warden: Caller) -> None:
    strong = new_client(house, "strong", right=["USERS_WRITE"], network=["192.0.2.0/24"])
    anywhere = new_client(house, "anywhere", right=["USERS_READ"])
    for client in (strong, anywhere):
        for name in ("UpdateClient", "RotateClientSecret"):
            fault = house.refused(name, warden, clientId=client["clientId"])
            assert fault["code"] == "NOT_PERMITTED"


def test_a_weaker_one_may_be_made_weaker_still(house: House, warden: Caller) -> None:
    weak = new_client(house, "weak", right=["USERS_READ"], network=["192.0.2.0/25"])
    changed = house.call("UpdateClient", warden, clientId=weak["clientId"], network=["192.0.2.7"])
    assert changed["client"]["network"] == ["192.0.2.7/32"]
    assert house.call("UpdateClient", warden, clientId=warden.client_id, clearField=["RIGHTS"])
