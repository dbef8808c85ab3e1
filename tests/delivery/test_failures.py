"""Phone systems that do not answer, that refuse, and states that nobody can deliver."""

import contextlib
import shutil
import sqlite3
import time
from concurrent.futures import Future
from dataclasses import replace

import pytest
from sqlalchemy import NullPool, create_engine, text, update
from structlog.testing import capture_logs

from provisioning.delivery.connectors import open_connector
from provisioning.delivery.phone_channel import PhoneChannel
from provisioning.delivery.phone_state import read_states
from provisioning.kernel.outbox import OutboxRow, Topic
from tests.delivery.site import Site


def take_the_place_of(site: Site, number: str) -> None:
    """Somebody else's row where the number has to go."""
    with contextlib.closing(sqlite3.connect(site.path())) as connection:
        connection.execute(
            "INSERT INTO recorded (kind, name, user_id, detail) VALUES ('number', ?, 'theirs', '')", (number,)
        )
        connection.commit()


def leave_the_place_of(site: Site, number: str) -> None:
    with contextlib.closing(sqlite3.connect(site.path())) as connection:
        connection.execute("DELETE FROM recorded WHERE name = ?", (number,))
        connection.commit()


def test_a_phone_system_that_is_away_is_waited_for_and_then_told_at_once(site: Site) -> None:
    away = site.path().rename(site.path("away"))
    users = {site.create_user() for _ in range(30)}
    with capture_logs() as logs, site.relaying():
        site.wait_for(lambda: any(row.last_error for row in site.outbox()))
        site.wait_for(lambda: all(row.leased_by is None for row in site.outbox()))
        assert {row.attempts for row in site.outbox() if row.leased_by is None} == {0}
        assert {row.last_error for row in site.outbox()} <= {
            None,
            "OperationalError: unable to open database file",
        }
        away.rename(site.path())
        site.wait_for(lambda: not site.waiting())
    assert site.recorded("user").keys() == users
    said = [each for each in logs if "phone_system" in each]
    assert [(each["event"], each["phone_system"]) for each in said] == [
        ("a phone system cannot be told anything", "phones"),
        ("a phone system takes everything again", "phones"),
    ]
    assert "unable to open" in said[0]["error"]


def test_a_phone_system_that_is_away_keeps_nobody_else_waiting(site: Site) -> None:
    site.add_phone_system("others")
    site.path("others").rename(site.path("away"))
    with site.relaying(site.relay(threads=1)):
        users = {site.create_user() for _ in range(20)}
        site.wait_for(lambda: site.recorded("user").keys() == users)
    assert {row.target_id for row in site.outbox()} == {site.system("others").id}
    assert {row.state for row in site.outbox()} == {"WAITING"}


def test_a_state_that_is_refused_again_and_again_is_given_up_and_may_be_tried_again(site: Site) -> None:
    (number,) = site.add_numbers(1)
    take_the_place_of(site, number)
    user_id = site.create_user(did=[number])
    other = site.create_user()
    with site.relaying():
        site.wait_for(lambda: [row.state for row in site.outbox()] == ["FAILED"])
        (row,) = site.outbox()
        assert (row.subject_id, row.attempts) == (user_id, 3)
        assert number in (row.last_error or "")
        assert site.recorded("user") == {other: other}
        leave_the_place_of(site, number)
        with site.house.application.database.writing() as db:
            db.execute(update(OutboxRow).values(state="WAITING", attempts=0, due_at=site.house.clock()))
            db.commit()
        site.wait_for(lambda: not site.outbox())
    assert site.agrees()


def test_who_is_suspended_has_no_service_even_when_the_state_is_refused(site: Site) -> None:
    held, taken = site.add_numbers(2)
    user_id = site.create_user(did=[held])
    other = site.create_user()
    with site.relaying():
        site.wait_for(lambda: site.recorded("user").keys() == {user_id, other})
        take_the_place_of(site, taken)
        site.house.call("AssignDid", userRef={"userId": user_id}, number=taken)
        site.wait_for(lambda: [row.state for row in site.outbox()] == ["FAILED"])
        assert site.recorded("user").keys() == {user_id, other}
        site.house.call("SuspendUser", userRef={"userId": user_id})
        site.wait_for(lambda: site.recorded("user").keys() == {other})
        site.wait_for(lambda: {row.state for row in site.outbox()} == {"FAILED"})
        leave_the_place_of(site, taken)
        site.house.call("ResumeUser", userRef={"userId": user_id})
        site.wait_for(lambda: not site.outbox())
    assert site.recorded("user").keys() == {user_id, other}
    assert site.agrees()


def test_a_change_that_heals_takes_the_failure_with_it(site: Site) -> None:
    bad, good = site.add_numbers(2)
    take_the_place_of(site, bad)
    user_id = site.create_user(did=[bad])
    with site.relaying():
        site.wait_for(lambda: [row.state for row in site.outbox()] == ["FAILED"])
        site.call("ChangeDid", user_id, fromNumber=bad, toNumber=good)
        site.wait_for(lambda: not site.outbox())
    assert site.recorded()[good] == user_id


def test_one_state_that_cannot_be_read_does_not_stop_the_others(site: Site) -> None:
    spoilt, others = site.create_user(), {site.create_user() for _ in range(5)}
    site.call("SetSipCredentials", spoilt, purpose="REGISTRATION", userName="spoilt", generateSecret=True)
    with site.house.application.database.writing() as db:
        db.execute(text("UPDATE sip_accounts SET sealed_secret = 'test.AAAA'"))
        db.commit()
    with site.relaying():
        site.wait_for(lambda: [row.state for row in site.outbox()] == ["FAILED"] * len(site.outbox()))
    assert site.recorded("user").keys() == others
    assert {(row.subject_id, row.last_error) for row in site.outbox()} == {(spoilt, "KeyRingError")}


def test_what_was_meant_for_a_phone_system_that_is_gone_is_done_with(site: Site) -> None:
    site.create_user()
    relay = site.relay()
    tasks = relay._exchange(100)
    site.house.operate("RemovePhoneSystem", site.provider_id, name="phones")
    (job,) = PhoneChannel(site.house.application).prepare(tasks)
    job()
    assert site.recorded("user") == {}


def test_a_state_that_comes_too_late_is_read_again(site: Site) -> None:
    user_id = site.create_user()
    application = site.house.application
    with application.database.reading() as db:
        state = read_states(application, db, [user_id])[user_id]
    with contextlib.closing(open_connector(site.system(), application.keys)) as connector:
        connector.apply(replace(state, version=state.version + 10_000_000))  # as if read ten seconds from now
    with site.relaying():
        site.wait_for(lambda: "newer state" in (site.outbox()[0].last_error or ""))
        assert [row.attempts for row in site.outbox() if row.leased_by is None] in ([], [0])
        run_in(site, "UPDATE provisioning_users SET version = 1")
        site.house.clock.pass_time(seconds=2)
        site.wait_for(lambda: not site.outbox())


def test_a_number_of_another_providers_user_is_given_up(site: Site) -> None:
    (number,) = site.add_numbers(1)
    run_in(site, "INSERT INTO provisioning_users VALUES ('x', 'another', 1)")
    run_in(site, "INSERT INTO provisioning_rows VALUES ('recorded', ?, '99', 'x')", f"number {number}")
    site.create_user(did=[number])
    with site.relaying():
        site.wait_for(lambda: [row.state for row in site.outbox()] == ["FAILED"])
    assert site.outbox()[0].last_error == "the user is user x's"


def test_one_that_is_not_configured_as_it_should_be_waits_until_it_is(site: Site) -> None:
    user_id = site.create_user()
    with site.house.application.database.writing() as db:
        db.execute(text("UPDATE phone_systems SET sealed_url = 'test.AAAA', version = version + 1"))
        db.commit()
    with site.relaying():
        site.wait_for(lambda: "not configured" in (site.outbox()[0].last_error or ""))
        url = f"sqlite:///{site.path()}"
        site.house.operate("UpdatePhoneSystem", site.provider_id, name="phones", url=url)
        site.wait_for(lambda: user_id in site.recorded("user"))


def test_a_phone_system_that_moves_is_followed(site: Site) -> None:
    first = site.create_user()
    with site.relaying():
        site.wait_for(lambda: first in site.recorded("user"))
        shutil.copy(site.path(), site.path("moved"))
        url = f"sqlite:///{site.path('moved')}"
        site.house.operate("UpdatePhoneSystem", site.provider_id, name="phones", url=url)
        second = site.create_user()
        site.wait_for(lambda: second in site.recorded("user", "moved"))
    assert second not in site.recorded("user")


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_database_that_goes_away_is_waited_for(site: Site, database_url: str, postgres_server: str) -> None:
    name = database_url.rpartition("/")[2]
    first = site.create_user()
    with site.relaying():
        site.wait_for(lambda: first in site.recorded("user"))
        administer(postgres_server, f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        cut = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"  # noqa: S608 - ours
        administer(postgres_server, cut)
        time.sleep(1.5)
        administer(postgres_server, f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        site.house.application.database.engine.dispose()
        second = site.create_user()
        site.wait_for(lambda: second in site.recorded("user"))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_relay_that_stops_without_its_database_leaves_the_rest_to_the_lease(
    site: Site, database_url: str, postgres_server: str
) -> None:
    name = database_url.rpartition("/")[2]
    user_id = site.create_user()
    site.relay()._exchange(100)
    relay = site.relay()
    administer(postgres_server, f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    site.house.application.database.engine.dispose()
    relay._leave()
    administer(postgres_server, f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    site.house.clock.pass_time(minutes=1)
    site.deliver()
    assert user_id in site.recorded("user")


def administer(server: str, statement: str) -> None:
    engine = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(statement))


def run_in(site: Site, statement: str, *values: str) -> None:
    with contextlib.closing(sqlite3.connect(site.path())) as connection:
        connection.execute(statement, values)
        connection.commit()


def test_what_was_read_before_a_change_does_not_lead_back_to_the_old_database(site: Site) -> None:
    earlier = site.system()
    url = f"sqlite:///{site.path('moved')}"
    site.house.operate("UpdatePhoneSystem", site.provider_id, name="phones", url=url)
    channel = PhoneChannel(site.house.application)
    new = channel._connector(site.system())
    assert channel._connector(earlier) is new
    channel.close()


def test_what_relays_die_of_is_given_up_after_as_many_attempts_as_others(site: Site) -> None:
    user_id = site.create_user()
    for _ in range(3):
        site.relay(lease=60)._exchange(100)  # and dies
        site.house.clock.pass_time(seconds=61)
    other = site.create_user()
    with site.relaying():
        site.wait_for(lambda: [row.state for row in site.outbox()] == ["FAILED"])
    (row,) = site.outbox()
    assert (row.subject_id, row.last_error) == (user_id, "no relay that tried it came back")
    assert site.recorded("user") == {other: other}


def test_what_ends_a_thread_is_not_taken_for_a_delivery(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    user_id = site.create_user()
    relay = site.relay()
    ended: Future[None] = Future()
    ended.set_exception(SystemExit())
    (task,) = relay._exchange(100)
    relay._running[ended] = task
    relay._note(ended)
    relay._exchange(0)
    (row,) = site.outbox()
    assert (row.subject_id, row.state, row.attempts, row.leased_by) == (user_id, "WAITING", 0, None)


def test_a_phone_system_that_is_removed_while_it_is_away_is_forgotten(site: Site) -> None:
    site.add_phone_system("others")
    site.path("others").rename(site.path("away"))
    relay = site.relay()
    channel = relay._channels[Topic.PHONE]
    with site.relaying(relay):
        site.create_user()
        site.wait_for(channel._breaker.closed)  # type: ignore[attr-defined] # it is the channel to phone systems
        site.house.operate("RemovePhoneSystem", site.provider_id, name="others")
        site.wait_for(lambda: not channel._breaker.closed())  # type: ignore[attr-defined] # likewise
        site.wait_for(lambda: not site.outbox())
