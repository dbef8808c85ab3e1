"""`provisioning relay`, started before its database server is."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioning.kernel.secrets import KeyRing
from tests.cli.conftest import Command
from tests.cli.test_relay_beside import PROGRAM
from tests.conftest import missing
from tests.postgres import PostgresServer, own_postgres


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    try:
        with own_postgres() as made:
            yield made
    except LookupError:
        missing("PostgreSQL")


def test_a_relay_waits_for_its_database_server(
    provisioning: Command, environment: dict[str, str], server: PostgresServer, tmp_path: Path
) -> None:
    environment["PROVISIONING_DATABASE_URL"] = f"{server.url}/postgres"
    environment["PROVISIONING_KEYS"] = KeyRing.new_key("test")
    assert provisioning("migrate").exit_code == 0
    server.stop()
    log = tmp_path / "relay.log"
    with log.open("wb") as file:
        relay = subprocess.Popen([PROGRAM, "relay"], env={**os.environ, **environment}, stderr=file)
    try:
        _wait_for(log, "the database does not answer")
        server.start()
        _wait_for(log, "relay started")
    finally:
        relay.send_signal(signal.SIGTERM)
        code = relay.wait(30)
    assert code == 0


def _wait_for(log: Path, words: str) -> None:
    until = time.monotonic() + 30
    while words not in log.read_text("utf-8"):
        assert time.monotonic() < until, log.read_text("utf-8")
        time.sleep(0.05)
