"""`provisioning serve` has a relay beside it, whatever happens to that relay."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, cast
from xmlrpc.client import ServerProxy

from tests.cli.conftest import Command

PROGRAM = Path(sys.executable).with_name("provisioning")
PATIENCE = 90


def wait_for(condition: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


def parents() -> dict[int, int]:
    """Every process and its parent. A name may have blanks and brackets: what is behind the last one counts."""
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                said = (folder / "stat").read_text()
            except (FileNotFoundError, ProcessLookupError):
                continue
            state, parent = said.rpartition(")")[2].split()[:2]
            if state != "Z":
                found[int(folder.name)] = int(parent)
    return found


def children(pid: int) -> list[int]:
    return [child for child, parent in parents().items() if parent == pid]


@contextmanager
def serving(environment: dict[str, str], *options: str) -> Iterator["subprocess.Popen[bytes]"]:
    given = {**os.environ, **environment, "PROVISIONING_WORKERS": "1"}
    with (Path(environment["PROVISIONING_VAR"]).parent / "log").open("wb") as log:
        server = subprocess.Popen([PROGRAM, "serve", *options], env=given, stdout=log, stderr=log)
    try:
        yield server
    finally:
        server.kill()
        server.wait()


def relay_of(server: int) -> int | None:
    """The relay is the only grandchild: the keeper's child."""
    return next((each for child in children(server) for each in children(child)), None)


def said(environment: dict[str, str]) -> str:
    return (Path(environment["PROVISIONING_VAR"]).parent / "log").read_text()


def test_a_relay_that_was_killed_is_started_again_and_all_end_with_the_server(
    prepared: Command, environment: dict[str, str]
) -> None:
    with serving(environment) as server:
        wait_for(lambda: len(children(server.pid)) == 2)  # the keeper and a worker: the server is ready
        wait_for(lambda: "relay started" in said(environment))
        first = relay_of(server.pid)
        assert first is not None
        os.kill(first, signal.SIGKILL)
        wait_for(lambda: said(environment).count("relay started") == 2)
        assert '"code": -9' in said(environment)
        family = [server.pid, *children(server.pid), relay_of(server.pid)]
        server.terminate()
        assert server.wait(PATIENCE) == 0
        wait_for(lambda: not parents().keys() & set(family))
    assert "relay stopped" in said(environment)


def test_a_relay_does_not_outlive_a_server_that_was_killed(
    prepared: Command, environment: dict[str, str]
) -> None:
    with serving(environment) as server:
        wait_for(lambda: "relay started" in said(environment))
        family = [*children(server.pid), relay_of(server.pid)]
        server.kill()
        wait_for(lambda: not parents().keys() & set(family))


def test_without_it_nobody_relays(prepared: Command, environment: dict[str, str]) -> None:
    with serving(environment, "--no-relay") as server:
        wait_for(lambda: children(server.pid))
        time.sleep(0.5)
        assert relay_of(server.pid) is None
        assert "relay" not in said(environment)


def test_it_delivers_where_the_demo_has_been_before(
    provisioning: Command, environment: dict[str, str], tmp_path: Path
) -> None:
    """The server looks whether the demo is still good, and then forks: nothing of the database may be open then."""
    environment["PROVISIONING_PLAIN_LOOPBACK"] = "yes"
    assert provisioning("demo").exit_code == 0
    recorded = f"sqlite:///{tmp_path / 'recorded.db'}"
    with serving(environment, "--demo") as server:
        wait_for(lambda: len(children(server.pid)) == 2)
        wait_for(lambda: "relay started" in said(environment))
        added = provisioning("phone-system", "add", "rec", "--kind", "recording", "--url", recorded)
        assert added.exit_code == 0
        demo = json.loads((tmp_path / "var" / "demo.json").read_text("utf-8"))
        account = f"{demo['company']['client']}:{demo['company']['secret']}@"
        with ServerProxy(demo["xmlrpc"].replace("://", f"://{account}")) as service:
            new = {"firstName": "Ann", "lastName": "Lee", "email": "ann@lee.example.com"}
            outcome = cast("dict[str, Any]", service.CreateUser({"newUser": new}))["outcome"]
            assert outcome["provisioning"] == "PENDING"
            wait_for(
                lambda: not cast("dict[str, Any]", service.ListProvisioningTasks({}))["provisioningTask"]
            )
    with closing(sqlite3.connect(tmp_path / "recorded.db")) as phones:
        assert phones.execute("SELECT count(*) FROM recorded WHERE kind = 'user'").fetchone() == (1,)
