"""Phone systems that do not answer, that refuse, and states that nobody can deliver."""

import contextlib
import sqlite3

from sqlalchemy import text, update

from provisioning.kernel.outbox import OutboxRow
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
    with site.relaying():
        site.wait_for(lambda: any(row.last_error for row in site.outbox()))
        assert {row.attempts for row in site.outbox() if row.leased_by is None} == {0}
        away.rename(site.path())
        site.wait_for(lambda: not site.waiting())
    assert site.recorded("user").keys() == users


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
