"""The service as an operator starts it, with its relay beside it, called by SOAP over HTTP."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import create_engine, text

from provisioning.settings import PREFIX
from tests.clients.journey import Plain, Refused
from tests.clients.zeep_client import ZeepClient
from tests.postgres import free_port

PROGRAM = str(Path(sys.executable).with_name("provisioning"))
PATIENCE = 60.0


def wait_for(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come about in time"
        time.sleep(0.02)


@dataclass
class LiveService:
    """A running service, the clients of its demo, and the operator's command line."""

    environment: dict[str, str]
    demo: Plain
    clients: dict[str, ZeepClient] = field(default_factory=dict)

    @property
    def company_id(self) -> str:
        return str(self.demo["company"]["companyId"])

    def call(self, operation: str, user_id: str | None = None, **fields: object) -> Plain:
        """As the company's client; Refused on a fault."""
        if user_id is not None:
            fields["userRef"] = {"userId": user_id}
        return self._client("company").call(operation, fields)

    def as_provider(self, operation: str, **fields: object) -> Plain:
        return self._client("provider").call(operation, fields)

    def refused(self, operation: str, **fields: object) -> str:
        """The code with which a call is refused."""
        try:
            answer = self.call(operation, **fields)
        except Refused as refusal:
            return refusal.code
        raise AssertionError(f"{operation} was not refused: {answer}")

    def command(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """What the operator types, and what is answered."""
        command = [PROGRAM, *arguments]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)

    def add_phone_system(self, name: str, kind: str, url: str, settings: dict[str, str]) -> None:
        sets = [part for key, value in settings.items() for part in ("--set", f"{key}={value}")]
        added = self.command("phone-system", "add", name, "--kind", kind, "--url", url, *sets)
        assert added.returncode == 0, added.stderr

    def agrees(self, name: str) -> bool:
        """Whether the operator sees no difference between the phone system and the database."""
        seen = self.command("phone-system", "reconcile", name)
        assert (seen.returncode == 0) == ("No differences" in seen.stdout), seen
        return seen.returncode == 0

    def waiting(self) -> list[str | None]:
        """What phone systems have still to be told: of each row why it was not delivered yet, if it was tried."""
        engine = create_engine(self.environment[f"{PREFIX}DATABASE_URL"])
        with engine.connect() as connection:
            rows = connection.execute(text("SELECT last_error FROM outbox WHERE topic = 'PHONE'"))
            errors = list(rows.scalars())
        engine.dispose()
        return errors

    def settle(self) -> None:
        """Until phone systems have been told of everything."""
        wait_for(lambda: not self.waiting())

    def _client(self, whose: str) -> ZeepClient:
        if whose not in self.clients:
            account = self.demo[whose]
            made = ZeepClient(self.demo["wsdl"], "1.1", account["client"], account["secret"])
            self.clients[whose] = made
        return self.clients[whose]


@contextmanager
def live_service(var: Path, database_url: str) -> Iterator[LiveService]:
    """`provisioning serve --demo` on an empty database."""
    given = {
        "VAR": str(var),
        "BIND": f"127.0.0.1:{free_port()}",
        "DATABASE_URL": database_url,
        "PLAIN_LOOPBACK": "yes",
        "WORKERS": "1",
    }
    environment = {**os.environ, **{PREFIX + name: value for name, value in given.items()}}
    var.mkdir(parents=True)
    with (var / "log").open("wb") as log:
        process = subprocess.Popen([PROGRAM, "serve", "--demo"], env=environment, stdout=log, stderr=log)
    try:
        wait_for(lambda: _answers(f"http://{given['BIND']}/readyz"))
        service = LiveService(environment, json.loads((var / "demo.json").read_text("utf-8")))
        yield service
        for client in service.clients.values():
            client.close()
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5):
            return True
    except (urllib.error.URLError, ConnectionError):
        return False
