"""Two exchanges that have nothing in common but the configuration that is shipped."""

import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, text

from tests.delivery.live.exchange import Exchange, locked, new_exchange, stopped
from tests.delivery.live.kamailio import Arrangement, new_kamailio
from tests.delivery.phone_databases import postgres_phone_database
from tests.postgres import own_postgres

USUAL = Arrangement()
OTHER = Arrangement(
    domain="sip.other.example",
    algorithm="SHA-256",
    suspended_group="closed",
    barred_prefix="no-",
    in_memory=True,
)


@pytest.fixture(scope="package", params=["all on PostgreSQL", "all on SQLite, otherwise"])
def exchange(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exchange]:
    folder = tmp_path_factory.mktemp("live")
    if "SQLite" in request.param:
        with (
            new_kamailio(None, OTHER) as kamailio,
            new_exchange(
                folder,
                f"sqlite:///{folder / 'service.db'}",
                kamailio,
                lambda: locked(kamailio.url),
            ) as made,
        ):
            yield made
        return
    ours: str = request.getfixturevalue("postgres_server")
    with on_postgres(folder, ours) as made:
        yield made


@contextmanager
def on_postgres(folder: Path, ours: str) -> Iterator[Exchange]:
    """Kamailio's database is on a server of its own, which can be stopped."""
    with ExitStack() as stack:
        theirs = stack.enter_context(own_postgres())
        url = stack.enter_context(postgres_phone_database("kamailio", theirs.url))
        kamailio = stack.enter_context(new_kamailio(url, USUAL))
        database = stack.enter_context(new_database(ours))
        yield stack.enter_context(new_exchange(folder, database, kamailio, lambda: stopped(theirs)))


@contextmanager
def new_database(server: str) -> Iterator[str]:
    """The URL of an empty database."""
    name = f"live_{uuid.uuid4().hex[:12]}"
    administer = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with administer.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield f"{server}/{name}"
    with administer.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
