"""What every command has in common: help, one line on a mistake, the exit code."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from provisioning.cli.main import GROUPS, main
from tests.cli.conftest import Command


def test_the_command_alone_says_what_there_is(provisioning: Command) -> None:
    result = provisioning("--help")
    assert result.exit_code == 0
    for group in GROUPS:
        assert f"\n  {group} " in result.stdout


@pytest.mark.parametrize("group", GROUPS)
def test_every_group_has_a_help(provisioning: Command, group: str) -> None:
    result = provisioning(group, "--help")
    assert result.exit_code == 0
    assert len(result.stdout) > 150


def test_an_unknown_command_is_wrong_use(provisioning: Command) -> None:
    result = provisioning("sing")
    assert result.exit_code == 2
    assert "No such command 'sing'" in result.stderr


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PROVISIONING_BIND", "nowhere", "PROVISIONING_BIND must be host:port"),
        ("PROVISIONING_WORKERS", "many", "PROVISIONING_WORKERS must be a whole number"),
        ("PROVISIONING_DATABASE_URL", "mysql://host", "PROVISIONING_DATABASE_URL must begin with"),
        ("PROVISIONING_COLOUR", "red", "PROVISIONING_COLOUR is no setting"),
        ("PROVISIONING_KEYS", "nonsense", "PROVISIONING_KEYS"),
    ],
)
@pytest.mark.parametrize("command", [("serve",), ("provider", "list")])
def test_a_wrong_setting_is_one_line_and_exit_code_2(
    provisioning: Command, command: tuple[str, ...], name: str, value: str, said: str
) -> None:
    result = provisioning(*command, **{name: value})
    assert result.exit_code == 2
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert result.stdout == ""


def test_a_database_that_is_not_there_is_one_line(prepared: Command, environment: dict[str, str]) -> None:
    gone = environment["PROVISIONING_DATABASE_URL"].replace("empty", "no/where")
    result = prepared("provider", "list", PROVISIONING_DATABASE_URL=gone)
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: The database does not answer")
    assert "Traceback" not in result.output


def test_a_database_without_tables_is_told_apart(provisioning: Command, tmp_path: Path) -> None:
    provisioning("keys", "new")
    result = provisioning("provider", "list", PROVISIONING_DATABASE_URL=f"sqlite:///{tmp_path / 'new.db'}")
    assert result.exit_code == 1
    assert "provisioning migrate" in result.stderr


def test_a_refusal_says_its_code_and_field(prepared: Command) -> None:
    assert prepared("provider", "create", "Demo").exit_code == 0
    twice = prepared("provider", "create", "Demo")
    assert twice.exit_code == 1
    assert twice.stderr.startswith("Error: DUPLICATE_CODE: ")
    wrong = prepared("company", "create", "A B", "Name")
    assert wrong.stderr.startswith("Error: INVALID_REQUEST: newCompany.code: ")
    assert len(wrong.stderr.splitlines()) == 1


def test_the_installed_command_is_this_one() -> None:
    installed = Path(sys.executable).with_name("provisioning")
    ran = subprocess.run(
        [installed, "--version"], capture_output=True, text=True, check=True, env={**os.environ}
    )
    assert "0.1.0" in ran.stdout
    assert main.name == "main"
