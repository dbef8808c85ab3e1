"""Relays judge leases by one clock, whatever the clocks of their hosts say."""

from collections.abc import Iterator
from datetime import timedelta
from threading import Event

import pytest
from sqlalchemy import func, select
from structlog.testing import capture_logs

from provisioning.delivery.database_clock import DatabaseClock
from provisioning.delivery.running import relay_application
from provisioning.kernel.clock import Clock, utc_now
from provisioning.persistence.engine import Database, open_database
from provisioning.settings import Settings

NEAR = timedelta(seconds=2)


@pytest.fixture
def database(postgres_server: str) -> Iterator[Database]:
    opened = open_database(f"{postgres_server}/postgres", threads=1)
    yield opened
    opened.engine.dispose()


def ahead_by(**amount: int) -> Clock:
    return lambda: utc_now() + timedelta(**amount)


@pytest.mark.parametrize("minutes", [10, -10])
def test_it_is_the_databases_time_that_counts(database: Database, minutes: int) -> None:
    clock = DatabaseClock(database, own=ahead_by(minutes=minutes))
    assert abs(clock() - utc_now()) > timedelta(minutes=9)  # nobody has been asked yet
    with capture_logs() as logs:
        clock.turn(Event())
        clock.turn(Event())
    with database.reading() as db:
        now = db.execute(select(func.clock_timestamp())).scalar_one()
    assert abs(clock() - now) < NEAR
    assert [each["ahead_seconds"] for each in logs] == [minutes * 60]


def test_seconds_go_on_between_two_answers(database: Database) -> None:
    clock = DatabaseClock(database)
    clock.turn(Event())
    before = clock()
    assert before.microsecond % 1000 == 0
    Event().wait(0.2)
    assert timedelta(seconds=0.15) < clock() - before < NEAR


def test_a_clock_that_agrees_is_not_worth_a_word(database: Database) -> None:
    with capture_logs() as logs:
        DatabaseClock(database).turn(Event())
    assert logs == []


def test_relays_of_a_database_server_go_by_it_and_those_of_a_file_by_their_hosts(
    settings: Settings, database_url: str
) -> None:
    with relay_application(settings) as (application, timekeepers):
        served = not database_url.startswith("sqlite")
        assert [each.name for each in timekeepers] == ["clock"] * served
        assert isinstance(application.dispatcher.clock, DatabaseClock) is served
        assert abs(application.dispatcher.clock() - utc_now()) < NEAR
