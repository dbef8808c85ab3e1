from collections.abc import Callable

from sqlalchemy import create_engine, text

from tests.cli.conftest import Command

Rows = Callable[..., list[list[str]]]


def test_it_says_what_it_did_and_a_second_time_there_is_nothing_to_do(prepared: Command, rows: Rows) -> None:
    prepared("provider", "create", "North Telecom")
    first = rows(prepared("daily"))
    assert ["users expired", "0"] in first
    assert {count for _, count in first} == {"0"}
    assert rows(prepared("daily")) == first


def test_a_step_that_fails_is_named_and_the_others_are_done(
    prepared: Command, rows: Rows, environment: dict[str, str]
) -> None:
    engine = create_engine(environment["PROVISIONING_DATABASE_URL"])
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE failed_attempts"))
    engine.dispose()
    result = prepared("daily", PROVISIONING_LOG_LEVEL="error")
    assert result.exit_code == 1
    assert "These steps failed, as the log says: old sign-ins forgotten." in result.stderr
    assert "a step of the daily run failed" in result.stderr
    assert "users expired" in result.stdout


def test_a_wrong_hour_is_refused(prepared: Command) -> None:
    for wrong in ("24:00", "noon", "7:30"):
        result = prepared("daily", PROVISIONING_DAILY_AT=wrong)
        assert result.exit_code == 2
        assert "PROVISIONING_DAILY_AT" in result.stderr
    assert prepared("daily", PROVISIONING_DAILY_AT="no").exit_code == 0


def test_wrong_days_of_warning_are_refused(prepared: Command) -> None:
    for wrong in ("soon", "-1", "366", "7,x"):
        result = prepared("daily", PROVISIONING_EXPIRY_WARNING_DAYS=wrong)
        assert result.exit_code == 2
        assert "PROVISIONING_EXPIRY_WARNING_DAYS" in result.stderr
    assert prepared("daily", PROVISIONING_EXPIRY_WARNING_DAYS="14, 3").exit_code == 0
