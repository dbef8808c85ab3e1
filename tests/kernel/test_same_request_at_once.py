"""The same requestId twice at once, from two compositions of the service: the work is done once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from sqlalchemy import func, select

from provisioning.companies import Company
from provisioning.kernel.caller import Caller, Right
from provisioning.kernel.messages import UNDECIDED, Outcome, Request
from provisioning.kernel.operation import writes
from provisioning.kernel.unit_of_work import UnitOfWork
from tests.house import House, Plain, Refused
from tests.kernel.conftest import with_operations

KEY = {"requestId": "order-1"}
NEW = {"kind": "PRIVATE", "code": "ONCE", "name": "Once"}


def how_many(house: House, code: str) -> int:
    with house.application.database.reading() as db:
        return db.execute(select(func.count()).select_from(Company).where(Company.code == code)).scalar_one()


def answers(houses: tuple[House, House], times: int) -> list[Plain | str]:
    """What callers get who ask the same at the same moment."""
    ready = threading.Barrier(times)

    def ask(number: int) -> Plain | str:
        house = houses[number % 2]
        ready.wait()
        try:
            return house.call("CreateCompany", house.provider, newCompany=NEW, control=KEY)
        except Refused as refused:
            return str(refused.code)

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(ask, range(times)))


@pytest.mark.parametrize("again", range(3))
def test_of_many_at_once_one_does_the_work(houses: tuple[House, House], again: int) -> None:
    found = answers(houses, 8)
    done = [each for each in found if isinstance(each, dict)]
    assert {each for each in found if isinstance(each, str)} <= {"REQUEST_IN_PROGRESS"}
    assert [each["outcome"]["replayed"] for each in done].count(False) == 1
    assert len({each["company"]["companyId"] for each in done}) == 1
    assert how_many(houses[0], "ONCE") == 1
    later = houses[1].call("CreateCompany", houses[1].provider, newCompany=NEW, control=KEY)
    assert later["outcome"]["replayed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waited:
    """What a wait was."""

    outcome: Outcome = UNDECIDED


begun, seen = threading.Event(), threading.Event()


@writes(Right.COMPANIES_WRITE)
def take_time(request: Request, caller: Caller, unit: UnitOfWork) -> Waited:
    """Work until the test has seen enough."""
    begun.set()
    assert seen.wait(60)
    return Waited()


def test_while_the_first_runs_the_second_is_told_so_at_once(houses: tuple[House, House]) -> None:
    house, other = (with_operations(each, take_time) for each in houses)
    begun.clear()
    seen.clear()

    def run() -> Plain:
        return house.call("TakeTime", control=KEY)

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(run)
        try:
            assert begun.wait(30)
            fault = other.refused("TakeTime", control=KEY)
            status = other.call("GetRequestStatus", requestId="order-1")
        finally:
            seen.set()
        assert not first.result(30)["outcome"]["replayed"]
    assert (fault["code"], fault["retryable"], fault["retryAfterSeconds"]) == ("REQUEST_IN_PROGRESS", True, 1)
    assert status == {"state": "IN_PROGRESS"}
    assert other.call("TakeTime", control=KEY)["outcome"]["replayed"]
    assert other.call("GetRequestStatus", requestId="order-1")["operation"] == "TakeTime"


def test_one_that_was_refused_leaves_the_id_to_the_next(houses: tuple[House, House]) -> None:
    """However they meet, nobody is refused for good because of a first that failed."""
    taken = {**NEW, "code": "ACME"}
    ready = threading.Barrier(4)

    def ask(number: int) -> str:
        house = houses[number % 2]
        ready.wait()
        return str(house.refused("CreateCompany", house.provider, newCompany=taken, control=KEY)["code"])

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(ask, range(4))) <= {"DUPLICATE_CODE", "REQUEST_IN_PROGRESS"}
    assert houses[0].call("CreateCompany", houses[0].provider, newCompany=NEW, control=KEY)
