from datetime import UTC, datetime, timedelta

from provisioning.kernel.caller import Right
from provisioning.kernel.lexical import read_moment
from tests.house import House


def test_a_ping_is_answered_with_time_and_versions(house: House) -> None:
    pong = house.call("Ping")
    assert abs(read_moment(pong["time"]) - datetime.now(UTC)) < timedelta(minutes=1)
    assert pong["contractVersion"] == "1.0"
    assert pong["serviceVersion"].count(".") == 2


def test_a_ping_takes_no_right(house: House) -> None:
    caller = house.client_of(house.provider.provider_id, rights=frozenset[Right]())
    assert house.call("Ping", caller)


def test_a_ping_takes_no_field(house: House) -> None:
    assert house.refused("Ping", text="hello")["violation"][0]["code"] == "UNKNOWN_FIELD"
