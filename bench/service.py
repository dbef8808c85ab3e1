"""The service as an operator starts it, with a phone system, and a company of 10,000 users."""

import dataclasses
import json
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

from bench.calls import create_users, envelope
from bench.cpu import parent_of
from bench.target import Missing, Target, running, wait_for
from tests.postgres import binaries, free_port, running_postgres

USERS = 10_000
_AT_ONCE = 500
_NEW_COMPANY = (
    "<newCompany><kind>PRIVATE</kind><code>BENCH</code><name>Bench</name>"
    "<userNumberDigits>6</userNumberDigits></newCompany>"
)
PROGRAM = Path(sys.executable).with_name("provisioning")


@contextmanager
def on_sqlite(var: Path) -> Iterator[Target]:
    with _service("service on SQLite", var, "") as target:
        yield target


@contextmanager
def on_postgres(var: Path) -> Iterator[Target]:
    """On a throw-away PostgreSQL that forgets nothing it has acknowledged. Its own time counts as well."""
    if "TEST_POSTGRES_URL" in os.environ:
        raise Missing("a PostgreSQL of its own: TEST_POSTGRES_URL names another, whose time cannot be read")
    if binaries() is None:
        raise Missing("PostgreSQL's server programs")
    with running_postgres("") as address:
        url = f"{address}/postgres"
        with _service("service on PostgreSQL", var, url, _postmaster(url)) as target:
            yield target


def _postmaster(url: str) -> int:
    engine = create_engine(url)
    with engine.connect() as connection:
        postmaster = parent_of(connection.scalar(text("SELECT pg_backend_pid()")) or 0)
    engine.dispose()
    return postmaster


@contextmanager
def _service(name: str, var: Path, database: str, *others: int) -> Iterator[Target]:
    port = free_port()
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PROVISIONING_")} | {
        "PROVISIONING_VAR": str(var),
        "PROVISIONING_BIND": f"127.0.0.1:{port}",
        "PROVISIONING_DATABASE_URL": database,
        "PROVISIONING_PLAIN_LOOPBACK": "yes",
    }
    var.mkdir(parents=True)
    with running([PROGRAM, "serve", "--demo", "--no-relay"], var / "log", environment) as pid:
        wait_for(f"http://127.0.0.1:{port}/readyz")
        add_phone_system(var, environment)
        demo = json.loads((var / "demo.json").read_text("utf-8"))
        target = Target(
            name=name,
            port=port,
            path="/soap",
            processes=(pid, *others),
            client=demo["provider"]["client"],
            secret=demo["provider"]["secret"],
            company_id="",
            user_numbers=[],
        )
        yield _filled(target)


def add_phone_system(var: Path, environment: dict[str, str]) -> None:
    """So that every new user has a row in the outbox. Nothing delivers them here."""
    options = ["--kind", "recording", "--url", f"sqlite:///{var / 'phones.db'}"]
    command = [str(PROGRAM), "phone-system", "add", "bench", *options]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)


def _filled(target: Target) -> Target:
    made = _call(target, envelope("CreateCompany", _NEW_COMPANY))
    company_id = re.findall("<companyId>([^<]+)", made)[0]
    numbers: list[str] = []
    for _ in range(USERS // _AT_ONCE):
        numbers += re.findall("<userNumber>([0-9]+)", _call(target, create_users(company_id, _AT_ONCE)))
    return dataclasses.replace(target, company_id=company_id, user_numbers=numbers)


def _call(target: Target, body: bytes) -> str:
    request = urllib.request.Request(f"http://127.0.0.1:{target.port}{target.path}", body, target.headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return str(answer.read().decode())
