"""The command line in a folder of its own, on either database."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from provisioning.cli.main import main
from provisioning.kernel.secrets import KeyRing
from tests.postgres import free_port

Command = Callable[..., Result]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {"PROVISIONING_VAR": str(tmp_path / "var"), "PROVISIONING_BIND": f"127.0.0.1:{free_port()}"}


@pytest.fixture
def provisioning(environment: dict[str, str]) -> Command:
    """Run a command as the operator would; what it must not do is end in a trace."""

    def run(*arguments: str, **more: str) -> Result:
        result = CliRunner().invoke(main, arguments, env={**environment, **more})
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


@pytest.fixture
def prepared(environment: dict[str, str], provisioning: Command, empty_database_url: str) -> Command:
    """The same with a key and a migrated database, SQLite and PostgreSQL."""
    environment["PROVISIONING_DATABASE_URL"] = empty_database_url
    environment["PROVISIONING_KEYS"] = KeyRing.new_key("test")
    assert provisioning("migrate").exit_code == 0
    return provisioning


@pytest.fixture
def rows() -> Callable[[Result], list[list[str]]]:
    """The rows of a printed table; columns are two blanks apart."""

    def read(result: Result) -> list[list[str]]:
        assert result.exit_code == 0, result.output
        lines = [line for line in result.stdout.splitlines() if line.strip() and "─" not in line]
        return [[cell.strip() for cell in line.strip().split("  ") if cell.strip()] for line in lines[1:]]

    return read
