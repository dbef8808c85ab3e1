"""``python -m bench.latency``: how long after a commit an idle relay has told the phone system."""

import argparse
import http.client
import json
import os
import re
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.calls import envelope, new_user
from bench.service import PROGRAM, add_phone_system
from bench.target import Target, running, wait_for
from tests.postgres import free_port, running_postgres

_PAUSE = 0.03
_LOOKS_EVERY = 0.0005
_PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class Server:
    """A service with its relay beside it, and the file in which the phone system writes down what it is told."""

    target: Target
    phones: Path


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.latency", description=__doc__)
    parser.add_argument("--seconds", type=float, default=4.0, help="how long each database is measured")
    asked = parser.parse_args()
    table = Table(title="From the answer of CreateUser to the phone system, one call at a time: milliseconds")
    for name in ("", "calls", "p50", "p99", "most"):
        table.add_column(name, justify="right" if name else "left")
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        for name, server in (("SQLite", _on_sqlite), ("PostgreSQL", _on_postgres)):
            with server(Path(folder) / name) as started:
                waited = sorted(_measure(started, asked.seconds))
            shares = (0.5, 0.99, 1.0)
            figures = (waited[min(int(len(waited) * share), len(waited) - 1)] for share in shares)
            table.add_row(name, str(len(waited)), *(f"{1000 * each:.1f}" for each in figures))
    Console().print(table)


@contextmanager
def _on_sqlite(var: Path, database: str = "") -> Iterator[Server]:
    port = free_port()
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PROVISIONING_")} | {
        "PROVISIONING_VAR": str(var),
        "PROVISIONING_BIND": f"127.0.0.1:{port}",
        "PROVISIONING_DATABASE_URL": database,
        "PROVISIONING_PLAIN_LOOPBACK": "yes",
    }
    var.mkdir(parents=True)
    with running([PROGRAM, "serve", "--demo"], var / "log", environment) as pid:
        wait_for(f"http://127.0.0.1:{port}/readyz")
        add_phone_system(var, environment)
        company = json.loads((var / "demo.json").read_text("utf-8"))["company"]
        target = Target(
            name="",
            port=port,
            path="/soap",
            processes=(pid,),
            client=company["client"],
            secret=company["secret"],
            company_id=company["companyId"],
            user_numbers=[],
        )
        yield Server(target, var / "phones.db")


@contextmanager
def _on_postgres(var: Path) -> Iterator[Server]:
    """With every commit on the disk before it is acknowledged."""
    with running_postgres("") as address, _on_sqlite(var, f"{address}/postgres") as server:
        yield server


def _measure(server: Server, seconds: float) -> Iterator[float]:
    """Seconds from each answer, which comes a little after the commit, until the phone system knows the user."""
    connection = http.client.HTTPConnection("127.0.0.1", server.target.port, timeout=_PATIENCE)
    with closing(connection), closing(sqlite3.connect(server.phones)) as phones:
        phones.execute("PRAGMA journal_mode=WAL")  # so that looking keeps nobody from writing
        _create_user(connection, server.target)  # the first one opens connections
        time.sleep(1)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            user_id = _create_user(connection, server.target)
            answered = time.monotonic()
            while not _is_known(phones, user_id):
                if time.monotonic() > answered + _PATIENCE:
                    raise TimeoutError(user_id)
                time.sleep(_LOOKS_EVERY)
            yield time.monotonic() - answered
            time.sleep(_PAUSE)


def _create_user(connection: http.client.HTTPConnection, target: Target) -> str:
    connection.request("POST", target.path, envelope("CreateUser", new_user()), target.headers)
    said = connection.getresponse().read().decode()
    return re.findall("<userId>([^<]+)", said)[0]


def _is_known(phones: sqlite3.Connection, user_id: str) -> bool:
    question = "SELECT 1 FROM recorded WHERE kind = 'user' AND name = ?"
    return phones.execute(question, (user_id,)).fetchone() is not None


if __name__ == "__main__":
    main()
