"""A database that is busy or gone is BACKEND_UNAVAILABLE: the same request may succeed later."""

import dataclasses
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select, text

from provisioning.application import compose
from provisioning.companies import Company
from provisioning.kernel.credentials import Credentials, NameAndSecret
from provisioning.kernel.dispatch import Call
from provisioning.kernel.plain import read_plain
from provisioning.kernel.secrets import KeyRing
from provisioning.settings import Settings
from tests.house import House
from tests.postgres import free_port


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return dataclasses.replace(settings, lock_wait=1)


def test_a_write_waits_for_its_turn_and_no_longer(houses: tuple[House, House]) -> None:
    house, other = houses
    with other.application.database.writing() as db:
        db.execute(select(Company).where(Company.id == house.company_id).with_for_update())
        begun = time.monotonic()
        fault = house.refused("UpdateCompany", house.provider, companyId=house.company_id, name="Late")
        assert 0.5 < time.monotonic() - begun < 10
        assert (fault["code"], fault["retryable"], fault["retryAfterSeconds"]) == (
            "BACKEND_UNAVAILABLE",
            True,
            2,
        )
        assert house.call("GetCompany")["name"] == "ACME Ltd"
    assert house.call("UpdateCompany", house.provider, companyId=house.company_id, name="Late")


def test_a_server_that_came_back_is_used_again(build_house: Callable[[], House]) -> None:
    """Every connection is cut, as a restart of the server cuts them."""
    house = build_house()
    engine = house.application.database.engine
    assert house.call("GetCompany")
    if engine.dialect.name == "sqlite":
        connection = engine.raw_connection()
        driver = connection.driver_connection
        connection.close()
        driver.close()  # type: ignore[union-attr] # there is one
    else:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as admin:
            admin.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
    codes = set()
    for _ in range(4):
        new = {"companyId": house.company_id, "name": "Back"}
        try:
            house.call("UpdateCompany", house.provider, **new)
        except AssertionError as refused:
            codes.add(str(refused).partition(":")[0])
    assert codes <= {"BACKEND_UNAVAILABLE"}
    assert house.call("GetCompany")["name"] == "Back"


@pytest.mark.parametrize("name", ["Ping", "GetCompany", "CreateCompany"])
def test_a_database_that_is_gone_is_named_without_telling_where(name: str, tmp_path: Path) -> None:
    port = free_port()
    application = compose(
        Settings(
            var=tmp_path,
            database_url=f"postgresql+psycopg://nobody:hidden@127.0.0.1:{port}/gone",
            keys=KeyRing.new_key("test"),
        )
    )
    credentials = Credentials(source="127.0.0.1", secure=True, token=NameAndSecret("billing", "secret"))
    reply = application.dispatcher.run(
        Call(name, credentials, lambda operation: read_plain(operation.request, {}))
    )
    assert reply.fault is not None
    assert (reply.fault.code, reply.fault.retryable) == ("BACKEND_UNAVAILABLE", True)
    assert "127.0.0.1" not in str(reply.fault)
    assert str(port) not in str(reply.fault)
    application.database.engine.dispose()


def test_a_database_that_is_gone_is_named_to_callers_who_are_known(
    settings: Settings, tmp_path: Path
) -> None:
    house = House.__new__(House)
    house.application = compose(
        dataclasses.replace(settings, database_url=f"sqlite:///{tmp_path / 'nowhere' / 'gone.db'}")
    )
    caller = House.client_of("0" * 26)
    house.application = dataclasses.replace(
        house.application,
        dispatcher=dataclasses.replace(house.application.dispatcher, authenticate=lambda _: caller),
    )
    assert house.refused("ListCompanies", caller)["code"] == "BACKEND_UNAVAILABLE"
    house.application.database.engine.dispose()
