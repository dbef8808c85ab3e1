"""Who loses a race against another write is tried again, and nobody learns of it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated

from sqlalchemy import select

from provisioning.companies import Company
from provisioning.kernel.caller import Caller, Right, Scope
from provisioning.kernel.facets import ObjectId
from provisioning.kernel.messages import UNDECIDED, Outcome, Request
from provisioning.kernel.operation import writes
from provisioning.kernel.unit_of_work import UnitOfWork
from tests.house import House, Plain
from tests.kernel.conftest import with_operations

both_hold_one = threading.Barrier(2)
runs: list[str] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class PairRequest(Request):
    company_id: Annotated[tuple[ObjectId, ...], "Companies, in the order to take them."]
    suffix: Annotated[str, "What to put behind their names."]


@dataclass(frozen=True, slots=True, kw_only=True)
class Renamed:
    """What a renaming was."""

    outcome: Outcome = UNDECIDED


def meet() -> None:
    """Wait for the other one; on SQLite, which has one writer at a time, it never comes."""
    with suppress(threading.BrokenBarrierError):
        both_hold_one.wait(0.7)


@writes(Right.COMPANIES_WRITE, scope=Scope.PROVIDER)
def rename_locked(request: PairRequest, caller: Caller, unit: UnitOfWork) -> Renamed:
    """Rename companies, each locked in its turn."""
    runs.append(request.suffix)
    for company_id in request.company_id:
        locked = select(Company).where(Company.id == company_id).with_for_update()
        company = unit.db.scalars(locked).one()
        company.name += request.suffix
        unit.db.flush()
        if company_id == request.company_id[0]:
            meet()
    return Renamed()


@writes(Right.COMPANIES_WRITE, scope=Scope.PROVIDER)
def rename_unlocked(request: PairRequest, caller: Caller, unit: UnitOfWork) -> Renamed:
    """Rename a company by its version alone."""
    runs.append(request.suffix)
    company = unit.db.get_one(Company, request.company_id[0])
    meet()
    company.name += request.suffix
    return Renamed()


def run_both(houses: tuple[House, House], name: str, orders: tuple[list[str], list[str]]) -> None:
    both_hold_one.reset()
    runs.clear()

    def run(number: int) -> Plain:
        house = houses[number]
        return house.call(name, house.provider, companyId=orders[number], suffix=" ab"[number + 1])

    with ThreadPoolExecutor(2) as pool:
        for answer in pool.map(run, range(2)):
            assert not answer["outcome"]["replayed"]


def name_of(house: House, company_id: str) -> str:
    name: str = house.call("GetCompany", house.provider, companyId=company_id)["name"]
    return name


def test_a_deadlock_is_tried_again(houses: tuple[House, House]) -> None:
    house = houses[0]
    for each in houses:
        with_operations(each, rename_locked)
    one, two = house.company_id, house.new_company(house.provider, "TWO")
    run_both(houses, "RenameLocked", ([one, two], [two, one]))
    for company_id in (one, two):
        assert sorted(name_of(house, company_id)[-2:]) == ["a", "b"]
    if house.application.database.engine.dialect.name == "postgresql":
        assert len(runs) > 2


def test_an_update_that_came_too_late_is_tried_again(houses: tuple[House, House]) -> None:
    house = houses[0]
    for each in houses:
        with_operations(each, rename_unlocked)
    run_both(houses, "RenameUnlocked", ([house.company_id], [house.company_id]))
    assert sorted(name_of(house, house.company_id)[-2:]) == ["a", "b"]
    assert house.call("GetCompany")["version"] == 3
    if house.application.database.engine.dialect.name == "postgresql":
        assert len(runs) > 2
