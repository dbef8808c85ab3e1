"""`provisioning phone-system` and `provisioning relay`."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from tests.cli.conftest import Command
from tests.delivery.phone_databases import sqlite_phone_database

Rows = Callable[[Result], list[list[str]]]


@pytest.fixture
def phones(tmp_path: Path) -> Path:
    """Kamailio's database."""
    return Path(sqlite_phone_database("kamailio", tmp_path).removeprefix("sqlite:///"))


@pytest.fixture
def added(prepared: Command, phones: Path) -> Command:
    """The command line of a provider with a phone system."""
    assert prepared("provider", "create", "Provider").exit_code == 0
    arguments = ("--kind", "kamailio", "--url", f"sqlite:///{phones}", "--set", "domain=sip.example.com")
    result = prepared("phone-system", "add", "main", *arguments)
    assert result.output == "main serves the provider; it will be told of 0 users.\n"
    return prepared


def add_ghost(provider_id: str, phones: Path) -> None:
    """A user that the phone system has of us and the database has not."""
    domain, user = "sip.example.com", "ghost"
    with contextlib.closing(sqlite3.connect(phones)) as connection:
        connection.execute("INSERT INTO subscriber (id, username, domain) VALUES (7, ?, ?)", (user, domain))
        connection.execute("INSERT INTO provisioning_users VALUES (?, ?, 1)", (user, provider_id))
        entry = ("subscriber", f"{user} {domain}", "7", user)
        connection.execute("INSERT INTO provisioning_rows VALUES (?, ?, ?, ?)", entry)
        connection.commit()


def test_it_is_listed_tested_disabled_enabled_and_removed(added: Command, rows: Rows) -> None:
    assert rows(added("phone-system", "list")) == [
        ["main", "KAMAILIO", "yes", "domain=sip.example.com", "0", "0"]
    ]
    assert added("phone-system", "test", "main").output == "main answers.\n"
    assert added("phone-system", "disable", "main").exit_code == 0
    assert rows(added("phone-system", "list"))[0][2] == "no"
    assert added("phone-system", "enable", "main").exit_code == 0
    assert rows(added("phone-system", "list"))[0][2] == "yes"
    assert added("phone-system", "remove", "main").exit_code == 0
    assert rows(added("phone-system", "list")) == []
    assert added("phone-system", "test", "main").exit_code == 1


def test_one_that_lacks_its_tables_is_not_added(prepared: Command, tmp_path: Path, rows: Rows) -> None:
    prepared("provider", "create", "Provider")
    (tmp_path / "empty.db").touch()
    arguments = ("--kind", "asterisk", "--url", f"sqlite:///{tmp_path}/empty.db")
    result = prepared("phone-system", "add", "main", *arguments)
    assert result.exit_code == 1
    assert "was not added: OperationalError: no such table" in result.output
    assert rows(prepared("phone-system", "list")) == []


def test_one_that_cannot_be_prepared_is_not_added(prepared: Command, tmp_path: Path, rows: Rows) -> None:
    prepared("provider", "create", "Provider")
    arguments = ("--kind", "recording", "--url", f"sqlite:///{tmp_path}/nowhere/phones.db")
    result = prepared("phone-system", "add", "main", *arguments)
    assert result.exit_code == 1
    assert "main was not added: " in result.output
    assert rows(prepared("phone-system", "list")) == []


def test_the_url_is_asked_for_and_settings_need_values(prepared: Command, phones: Path) -> None:
    prepared("provider", "create", "Provider")
    wrong = prepared("phone-system", "add", "main", "--kind", "kamailio", "--url", "x", "--set", "domain")
    assert (wrong.exit_code, "write NAME=VALUE" in wrong.output) == (2, True)


def test_a_phone_system_that_does_not_answer_is_said(added: Command, phones: Path) -> None:
    phones.unlink()
    for command in (("test", "main"), ("reconcile", "main")):
        result = added("phone-system", *command)
        assert result.exit_code == 1
        assert "unable to open database file" in result.output


def test_its_database_is_followed_to_another_place(added: Command, phones: Path, rows: Rows) -> None:
    moved = phones.rename(phones.with_name("moved.db"))
    missing = added("phone-system", "change", "main", "--set", "suspended_group=closed")
    assert missing.exit_code == 1
    assert "main was changed, but" in missing.output
    assert "unable to open database file" in missing.output
    changed = added("phone-system", "change", "main", "--url", f"sqlite:///{moved}")
    assert changed.output == "main was changed; it will be told of 0 users.\n"
    assert rows(added("phone-system", "list"))[0][3] == "domain=sip.example.com suspended_group=closed"
    assert added("phone-system", "test", "main").output == "main answers.\n"
    refused = added("phone-system", "change", "main", "--set", "colour=x")
    assert (refused.exit_code, "is no setting" in refused.output) == (1, True)


def test_drift_is_shown_and_mended(added: Command, phones: Path, rows: Rows) -> None:
    assert added("phone-system", "reconcile", "main").output == "No differences.\n"
    add_ghost(rows(added("provider", "list"))[0][0], phones)
    found = added("phone-system", "reconcile", "main")
    assert found.exit_code == 1
    assert "EXTRA" in found.output
    assert "ghost sip.example.com" in found.output
    assert added("phone-system", "reconcile", "main", "--repair").exit_code == 0
    assert added("phone-system", "reconcile", "main").output == "No differences.\n"


def test_a_relay_runs_until_it_is_told_to_stop(
    added: Command, environment: dict[str, str], phones: Path, rows: Rows
) -> None:
    add_ghost(rows(added("provider", "list"))[0][0], phones)
    added("phone-system", "reconcile", "main", "--repair")
    program = Path(sys.executable).with_name("provisioning")
    relay = subprocess.Popen([program, "relay"], env={**os.environ, **environment}, stderr=subprocess.PIPE)
    try:
        until = time.monotonic() + 30
        while names(phones):
            assert time.monotonic() < until
            time.sleep(0.05)
    finally:
        relay.send_signal(signal.SIGTERM)
        _, said = relay.communicate(timeout=30)
    assert relay.returncode == 0
    assert b"relay stopped" in said


def names(phones: Path) -> list[tuple[str]]:
    with contextlib.closing(sqlite3.connect(phones)) as connection:
        return connection.execute("SELECT username FROM subscriber").fetchall()


def test_a_relay_needs_this_versions_tables(prepared: Command, tmp_path: Path) -> None:
    result = prepared("relay", PROVISIONING_DATABASE_URL=f"sqlite:///{tmp_path}/new.db")
    assert result.exit_code == 1
    assert "run `provisioning migrate`" in result.output
