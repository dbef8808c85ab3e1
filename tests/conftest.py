"""Fixtures: every test that takes ``house`` or ``database_url`` runs on SQLite and on PostgreSQL."""

import dataclasses
import logging
import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from sqlalchemy import create_engine, text

from provisioning import catalogue  # noqa: F401 - all mapped classes are known
from provisioning.application import compose
from provisioning.kernel.secrets import KeyRing
from provisioning.persistence.base import Base
from provisioning.settings import Settings
from tests.house import House, SteppingClock
from tests.postgres import running_postgres

# How long an example takes says more about the machine than about the code.
hypothesis_settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("any machine")


def missing(part: str) -> None:
    """A real part that is not here: a skip by name, but in CI a failure."""
    if os.environ.get("CI"):
        pytest.fail(f"{part} is missing", pytrace=False)
    pytest.skip(f"{part} is missing")


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    """A command run inside a test sends the logs of this process to its own output: not so the next test's."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    try:
        with running_postgres() as url:
            yield url
    except LookupError:
        missing("PostgreSQL")


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> str:
    """A database with the schema, of which each test gets a copy."""
    name = f"template_{uuid.uuid4().hex[:8]}"
    _administer(postgres_server, f"CREATE DATABASE {name}")
    engine = create_engine(f"{postgres_server}/{name}")
    Base.metadata.create_all(engine)
    engine.dispose()
    return name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    engine = create_engine(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    engine.dispose()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database of the test's own, schema in place."""
    if request.param == "sqlite":
        path = tmp_path / "test.db"
        path.write_bytes(request.getfixturevalue("sqlite_template").read_bytes())
        yield f"sqlite:///{path}"
        return
    server = request.getfixturevalue("postgres_server")
    template = request.getfixturevalue("postgres_template")
    name = f"test_{uuid.uuid4().hex[:12]}"
    _administer(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield f"{server}/{name}"
    _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database of the test's own without any table: migrations begin there."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server = request.getfixturevalue("postgres_server")
    name = f"empty_{uuid.uuid4().hex[:12]}"
    _administer(server, f"CREATE DATABASE {name}")
    yield f"{server}/{name}"
    _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


def _administer(server: str, statement: str) -> None:
    engine = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        var=tmp_path,
        database_url=database_url,
        plain_loopback=True,
        keys=KeyRing.new_key("test"),
        bind="127.0.0.1:0",
    )


@pytest.fixture
def build_house(settings: Settings) -> Iterator[Callable[[], House]]:
    """Composes a service; called twice it gives two on one database, as two processes are."""
    built: list[House] = []

    def build() -> House:
        clock = built[0].clock if built else SteppingClock()
        application = compose(settings, clock)
        # Tests of the rooms say who calls; how a caller proves it is the access room's own test.
        application = dataclasses.replace(
            application,
            dispatcher=dataclasses.replace(application.dispatcher, authenticate=lambda caller: caller),
        )
        house = built[0].in_another_process(application) if built else House(application, clock)
        built.append(house)
        return house

    yield build
    for house in built:
        house.application.database.engine.dispose()


@pytest.fixture
def house(build_house: Callable[[], House]) -> House:
    return build_house()
