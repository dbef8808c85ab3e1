"""Installations to be disturbed: on SQLite, and on a PostgreSQL that may be killed as well."""

import json
import os
import random
import secrets
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from provisioning.settings import PREFIX
from tests.chaos.caller import Account
from tests.chaos.fleet import Fleet
from tests.clients.journey import Plain
from tests.conftest import missing
from tests.delivery.live.kamailio import Arrangement
from tests.delivery.live.service import PROGRAM
from tests.delivery.phone_databases import postgres_phone_database, sqlite_phone_database
from tests.postgres import free_port, own_postgres

# What was acknowledged must outlive a killed process, but not a machine that loses its power.
TUNING = "-c fsync=off -c full_page_writes=off"
LEASE = 5
_DUE_AGAIN = text("UPDATE subscriptions SET due_at = created_at WHERE leased_by LIKE :holder")


@dataclass
class Installation:
    """``strike`` takes the database away for a moment, where it is a server."""

    environment: dict[str, str]
    demo: Plain
    phones: Path
    kamailio_url: str
    strike: Callable[[], None]
    seed: int

    @property
    def database_url(self) -> str:
        return self.environment[f"{PREFIX}DATABASE_URL"]

    @property
    def var(self) -> Path:
        return Path(self.environment[f"{PREFIX}VAR"])

    def account(self, whose: str) -> Account:
        return Account(
            self.environment[f"{PREFIX}BIND"], self.demo[whose]["client"], self.demo[whose]["secret"]
        )

    def command(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [PROGRAM, *arguments]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)

    def fleet(self) -> Fleet:
        return Fleet(self.environment, self.var / "log", random.Random(self.seed))

    def rows(self, question: str, url: str | None = None) -> list[tuple[object, ...]]:
        """What a database says: the service's own, or a phone system's."""
        engine = create_engine(url or self.database_url)
        with engine.connect() as connection:
            found = [tuple(row) for row in connection.execute(text(question))]
        engine.dispose()
        return found

    def end_leases_of(self, dead: Iterable[int]) -> None:
        """A minute later, in which nobody has to wait: what killed relays had taken is due again."""
        engine = create_engine(self.database_url)
        with engine.begin() as connection:
            for pid in dead:
                connection.execute(_DUE_AGAIN, {"holder": f"%:{pid}:%"})
        engine.dispose()


@pytest.fixture
def seed() -> int:
    """CHAOS_SEED repeats what clients ask for and what is killed, though not the very moments."""
    chosen = int(os.environ.get("CHAOS_SEED") or secrets.randbelow(10**6))
    print(f"CHAOS_SEED={chosen}")  # noqa: T201 - pytest shows it when a test fails
    return chosen


@pytest.fixture
def on_sqlite(tmp_path: Path, seed: int) -> Installation:
    kamailio = sqlite_phone_database("kamailio", tmp_path)
    return _installed(tmp_path, f"sqlite:///{tmp_path / 'service.db'}", kamailio, lambda: None, seed)


@pytest.fixture
def on_postgres(tmp_path: Path, seed: int) -> Iterator[Installation]:
    """Kamailio's database is on the same server: when that is killed, both are gone."""
    try:
        with _own_postgres(tmp_path, seed) as made:
            yield made
    except LookupError:
        missing("PostgreSQL")


@contextmanager
def _own_postgres(folder: Path, seed: int) -> Iterator[Installation]:
    with own_postgres(TUNING) as server, postgres_phone_database("kamailio", server.url) as kamailio:

        def strike() -> None:
            server.kill()
            server.start_again()

        yield _installed(folder, f"{server.url}/postgres", kamailio, strike, seed)


def _installed(
    folder: Path, database_url: str, kamailio_url: str, strike: Callable[[], None], seed: int
) -> Installation:
    var = folder / "var"
    given = {
        "VAR": str(var),
        "BIND": f"127.0.0.1:{free_port()}",
        "DATABASE_URL": database_url,
        "PLAIN_LOOPBACK": "yes",
        "WORKERS": "2",
        "RELAY_LEASE": str(LEASE),
        "RELAY_THREADS": "4",
        "WEBHOOK_PLAIN": "yes",
        "WEBHOOK_NETWORKS": "127.0.0.0/8",
    }
    environment = {**os.environ, **{PREFIX + name: value for name, value in given.items()}}
    subprocess.run([PROGRAM, "demo"], env=environment, check=True, stdout=subprocess.DEVNULL)
    demo = json.loads((var / "demo.json").read_text("utf-8"))
    phones = folder / "phones.db"
    made = Installation(environment, demo, phones, kamailio_url, strike, seed)
    sets = ("--set", f"domain={Arrangement().domain}")
    for name, kind, url, more in (
        ("phones", "recording", f"sqlite:///{phones}", ()),
        ("kamailio", "kamailio", kamailio_url, sets),
    ):
        added = made.command("phone-system", "add", name, "--kind", kind, "--url", url, *more)
        assert added.returncode == 0, added.stderr
    return made
