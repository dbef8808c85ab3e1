"""Fixtures of the delivery tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine

from provisioning.delivery.connectors import open_connector
from provisioning.delivery.connectors.base import Connector
from provisioning.kernel.clock import new_id, utc_now
from provisioning.kernel.secrets import KeyRing
from provisioning.phone_systems import PhoneSystem, PhoneSystemKind
from tests.delivery.phone_databases import postgres_phone_database, sqlite_phone_database
from tests.delivery.site import Site
from tests.house import House

KEYS = KeyRing.parse(KeyRing.new_key("test"))
DOMAIN = "pbx.test"


def new_connector(kind: str, url: str, provider_id: str) -> Connector:
    """A connector as the relay opens it: from the row that says how the phone system is reached."""
    system = PhoneSystem(
        id=new_id(),
        provider_id=provider_id,
        name=kind,
        kind=PhoneSystemKind[kind.upper()],
        settings={"domain": DOMAIN} if kind == "kamailio" else {},
        created_at=utc_now(),
    )
    system.seal_url(url, KEYS)
    return open_connector(system, KEYS)


@pytest.fixture(
    params=[
        f"{kind} on {database}"
        for kind in ("kamailio", "asterisk", "recording")
        for database in ("sqlite", "postgresql")
    ]
)
def phone_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The kind of a phone system and the URL of its database, new and with its own tables only."""
    kind, _, database = request.param.partition(" on ")
    if database == "sqlite":
        yield kind, sqlite_phone_database(kind, tmp_path)
        return
    with postgres_phone_database(kind, request.getfixturevalue("postgres_server")) as url:
        yield kind, url


@pytest.fixture
def provider_id() -> str:
    return new_id()


@pytest.fixture
def connector(phone_url: tuple[str, str], provider_id: str) -> Iterator[Connector]:
    opened = new_connector(*phone_url, provider_id)
    opened.prepare()
    yield opened
    opened.close()


@pytest.fixture
def phone_engine(phone_url: tuple[str, str]) -> Iterator[Engine]:
    """The phone system's database as its own administrator has it."""
    engine = create_engine(phone_url[1])
    yield engine
    engine.dispose()


@pytest.fixture
def site(house: House, tmp_path: Path) -> Site:
    return Site(house, tmp_path)
