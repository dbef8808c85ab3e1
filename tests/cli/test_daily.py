"""The command as a process of its own: it sends the logs of its whole process to standard error."""

import os
import subprocess
from collections.abc import Callable

import pytest
from sqlalchemy import create_engine, text

from tests.cli.conftest import Command
from tests.cli.test_relay_beside import PROGRAM

Said = subprocess.CompletedProcess[str]
Daily = Callable[..., Said]


@pytest.fixture
def daily(prepared: Command, environment: dict[str, str]) -> Daily:
    def run(**more: str) -> Said:
        given = {**os.environ, **environment, **more}
        return subprocess.run([PROGRAM, "daily"], env=given, capture_output=True, text=True, check=False)

    return run


def counts(said: Said) -> dict[str, str]:
    """The printed table, below its head."""
    lines = [line for line in said.stdout.splitlines() if line.strip() and "─" not in line]
    pairs = (line.rsplit(maxsplit=1) for line in lines[1:])
    return {name.strip(): count for name, count in pairs}


def test_it_says_what_it_did_and_a_second_time_there_is_nothing_to_do(
    prepared: Command, daily: Daily
) -> None:
    prepared("provider", "create", "North Telecom")
    first = daily()
    assert (first.returncode, first.stderr) == (0, "")
    assert counts(first)["users expired"] == "0"
    assert set(counts(first).values()) == {"0"}
    assert counts(daily()) == counts(first)


def test_a_step_that_fails_is_named_and_the_others_are_done(
    daily: Daily, environment: dict[str, str]
) -> None:
    engine = create_engine(environment["PROVISIONING_DATABASE_URL"])
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE failed_attempts"))
    engine.dispose()
    said = daily(PROVISIONING_LOG_LEVEL="error")
    assert said.returncode == 1
    assert "These steps failed, as the log says: old sign-ins forgotten." in said.stderr
    assert "a step of the daily run failed" in said.stderr
    assert counts(said)["users expired"] == "0"


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("PROVISIONING_DAILY_AT", "no", ("24:00", "noon", "7:30")),
        ("PROVISIONING_EXPIRY_WARNING_DAYS", "14, 3", ("soon", "-1", "366", "7,x")),
    ],
)
def test_a_wrong_hour_and_wrong_days_are_refused(
    provisioning: Command, name: str, right: str, wrong: tuple[str, ...]
) -> None:
    assert provisioning("settings", **{name: right}).exit_code == 0
    for each in wrong:
        result = provisioning("settings", **{name: each})
        assert result.exit_code == 2
        assert name in result.stderr
