"""A relay hears of commits however the database's address is written."""

from collections.abc import Callable
from threading import Event

import pytest
from sqlalchemy import make_url

from provisioning.delivery.wakeup import woken_by
from provisioning.persistence.engine import open_database
from tests.postgres import free_port


def _as_hosts(url: str) -> str:
    """Two hosts, of which the first one does not answer, as SQLAlchemy has them in one URL."""
    server = make_url(url)
    hosts = (f"127.0.0.1:{free_port()}", f"{server.host}:{server.port}")
    query = {"host": hosts, "target_session_attrs": "read-write"}
    return server.set(host=None, port=None, query=query).render_as_string(hide_password=False)


def _as_lists(url: str) -> str:
    """The same as the client library of PostgreSQL has them."""
    server = make_url(url)
    query = {"host": f"127.0.0.1,{server.host}", "port": f"{free_port()},{server.port}"}
    return server.set(host=None, port=None, query=query).render_as_string(hide_password=False)


@pytest.mark.parametrize("written", [str, _as_hosts, _as_lists])
def test_a_relay_hears_of_commits_whichever_host_is_the_database(
    postgres_server: str, written: Callable[[str], str]
) -> None:
    database = open_database(written(f"{postgres_server}/postgres"))
    stirred = Event()
    try:
        with woken_by(database.engine, stirred.set):
            assert stirred.wait(5), "it has never listened"
            stirred.clear()
            database.announce()
            assert stirred.wait(5), "it has not heard"
    finally:
        database.engine.dispose()
