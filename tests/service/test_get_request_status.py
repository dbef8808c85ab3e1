from collections.abc import Callable

import pytest

from provisioning.kernel.idempotency import lock_key
from provisioning.persistence.engine import KeyHeld
from tests.house import House

NEW = {"kind": "PRIVATE", "code": "NEW", "name": "New"}
KEY = {"requestId": "order-1"}


def state(house: House, request_id: str = "order-1") -> str:
    found: str = house.call("GetRequestStatus", house.provider, requestId=request_id)["state"]
    return found


def test_a_request_nobody_made_is_unknown(house: House) -> None:
    assert house.call("GetRequestStatus", requestId="order-1") == {"state": "UNKNOWN"}


def test_a_request_that_was_done_says_when_and_what(house: House) -> None:
    made = house.call("CreateCompany", house.provider, newCompany=NEW, control=KEY)
    status = house.call("GetRequestStatus", house.provider, requestId="order-1")
    assert (status["state"], status["operation"]) == ("DONE", "CreateCompany")
    assert status["transactionId"] == made["outcome"]["transactionId"]
    assert status["at"] == made["company"]["createdAt"]


def test_refused_requests_and_dry_runs_are_unknown(house: House) -> None:
    house.refused("CreateCompany", house.provider, newCompany={**NEW, "code": "PUBLIC"}, control=KEY)
    assert state(house) == "UNKNOWN"
    house.call("CreateCompany", house.provider, newCompany=NEW, control={**KEY, "dryRun": True})
    assert state(house) == "UNKNOWN"


def test_a_request_is_its_clients_alone(house: House) -> None:
    house.call("CreateCompany", house.provider, newCompany=NEW, control=KEY)
    assert house.call("GetRequestStatus", house.company, requestId="order-1")["state"] == "UNKNOWN"


@pytest.mark.parametrize("same_process", [True, False])
def test_a_request_that_runs_is_in_progress(build_house: Callable[[], House], same_process: bool) -> None:
    house = build_house()
    other = house if same_process else build_house()
    key = lock_key(house.provider.client_id, "order-1")
    with house.application.database.writing(key):
        assert state(other) == "IN_PROGRESS"
        assert state(other, "order-2") == "UNKNOWN"
        with pytest.raises(KeyHeld), other.application.database.writing(key):
            pass
        fault = other.refused("CreateCompany", other.provider, newCompany=NEW, control=KEY)
        assert (fault["code"], fault["retryable"]) == ("REQUEST_IN_PROGRESS", True)
    assert state(other) == "UNKNOWN"
    assert house.call("CreateCompany", house.provider, newCompany=NEW, control=KEY)
    assert state(other) == "DONE"


def test_looking_takes_nothing_from_a_request_that_is_about_to_run(build_house: Callable[[], House]) -> None:
    house, other = build_house(), build_house()
    for _ in range(3):
        assert state(other) == "UNKNOWN"
    assert house.call("CreateCompany", house.provider, newCompany=NEW, control=KEY)


@pytest.mark.parametrize("request_id", ["", "with blank", "é", "x" * 129])
def test_what_is_no_request_id_is_refused(house: House, request_id: str) -> None:
    assert house.refused("GetRequestStatus", requestId=request_id)["code"] == "INVALID_REQUEST"
