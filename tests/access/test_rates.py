import pytest
from limits.storage import MemoryStorage

from provisioning.access.rates import RequestRates
from provisioning.access.refusals import RateLimited
from provisioning.kernel.credentials import NameAndSecret
from provisioning.settings import WrongSetting
from tests.access.conftest import Door, new_client
from tests.house import House


def test_a_client_gets_no_more_requests_a_minute_than_it_may(house: House, door: Door) -> None:
    token = NameAndSecret("billing", new_client(house, requestsPerMinute=3)["secret"])
    for _ in range(3):
        assert door.enter(token)
    refusal = door.refused(token)
    assert refusal.code == "RATE_LIMITED"
    assert refusal.retry_after is not None
    assert 1 <= refusal.retry_after <= 60


def test_rates_are_counted_per_client(house: House, door: Door) -> None:
    for name in ("one", "two"):
        assert door.enter(NameAndSecret(name, new_client(house, name, requestsPerMinute=1)["secret"]))


def test_a_wrong_secret_uses_nothing_of_the_rate_up(house: House, door: Door) -> None:
    secret = new_client(house, requestsPerMinute=1)["secret"]
    door.refused(NameAndSecret("billing", "wrong"))
    assert door.enter(NameAndSecret("billing", secret))


@pytest.mark.parametrize("storage", ["elsewhere://host", "async+memory://"])
def test_a_storage_that_cannot_be_is_a_wrong_setting(storage: str) -> None:
    with pytest.raises(WrongSetting, match="PROVISIONING_RATE_STORAGE"):
        RequestRates(storage)


class Silent(MemoryStorage):
    """A storage whose server is gone."""

    STORAGE_SCHEME = ["silent"]  # noqa: RUF012 - the library's own declaration

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:  # noqa: ARG002 - the signature of limits
        raise ValueError(key)


def test_while_the_storage_is_silent_clients_get_in() -> None:
    rates = RequestRates("silent://")
    for _ in range(3):
        rates.count("client", 1)


def test_a_minute_is_a_moving_one() -> None:
    rates = RequestRates("memory://")
    for _ in range(5):
        rates.count("client", 5)
    with pytest.raises(RateLimited) as caught:
        rates.count("client", 5)
    assert caught.value.retry_after == 60
