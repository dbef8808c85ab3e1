"""All steps together: what they do, that none stops the others, and that it does no harm to do them twice."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, func, select, text
from structlog.testing import capture_logs

from provisioning.daily import Report, run_steps
from provisioning.kernel.journal import AuditEntry
from provisioning.kernel.outbox import OutboxRow
from provisioning.messages import Delivery
from provisioning.persistence.engine import open_database
from tests.days import NOON, go_to, in_days
from tests.delivery.site import Site
from tests.house import House, Plain
from tests.users.staff import Staff

DONE = {
    "expiry warnings": 1,
    "users expired": 1,
    "sign-ups ended": 1,
    "reservations ended": 1,
    "restore windows ended": 1,
}


@pytest.fixture
def site(house: House, tmp_path: Path) -> Site:
    go_to(house, NOON)
    return Site(house, tmp_path)


@pytest.fixture
def staff(site: Site) -> Staff:
    return Staff(site.house)


def prepare(site: Site, staff: Staff) -> dict[str, Plain]:
    """Somebody for each step; the day comes on which all of it is due."""
    house = site.house
    number, _ = site.add_numbers(2)
    house.call("ReserveDid", number=number, email="nobody@example.com")
    gone = staff.hire()
    staff.call("DeleteUser", gone)
    unpaid = house.call("StartSignUp", newUser=staff.person())["user"]
    soon = staff.hire(expiresOn=in_days(house, 36))
    over = staff.hire(expiresOn=in_days(house, 34))
    site.deliver()
    house.clock.pass_time(days=35)
    return {"soon": soon, "over": over, "unpaid": unpaid, "gone": gone}


def run(house: House, **more: Any) -> Report:
    return run_steps(house.application.dispatcher, **more)


def shown(site: Site, user: Plain) -> Any:
    """What the phone system was told of a user."""
    engine = create_engine(f"sqlite:///{site.path()}")
    with engine.connect() as connection:
        detail = connection.execute(
            text("SELECT detail FROM recorded WHERE kind = 'user' AND user_id = :id"), {"id": user["userId"]}
        ).scalar_one_or_none()
    engine.dispose()
    return detail and json.loads(detail)


def count(house: House, mapped: Any) -> int:
    with house.application.database.reading() as db:
        return db.execute(select(func.count()).select_from(mapped)).scalar_one()


def test_everything_that_is_due_is_done_and_told(site: Site, staff: Staff) -> None:
    users = prepare(site, staff)
    assert shown(site, users["over"])["open"]  # nobody has told it yet that the day is over
    heard: dict[str, int] = {}
    report = run(site.house, heard=heard.__setitem__)
    assert not report.failed
    assert {name: report.counts[name] for name in DONE} == DONE
    assert heard == report.counts
    states = {name: staff.stored(user).state for name, user in users.items()}
    assert states == {"soon": "ACTIVE", "over": "EXPIRED", "unpaid": "REJECTED", "gone": "DELETED"}
    site.deliver()
    assert not shown(site, users["over"])["open"]
    assert shown(site, users["soon"])["open"]
    assert site.agrees()


def test_a_second_time_there_is_nothing_to_do(site: Site, staff: Staff) -> None:
    prepare(site, staff)
    run(site.house)
    rows = [count(site.house, each) for each in (AuditEntry, OutboxRow, Delivery)]
    again = run(site.house)
    assert set(again.counts.values()) == {0}
    assert not again.failed
    assert [count(site.house, each) for each in (AuditEntry, OutboxRow, Delivery)] == rows


def test_a_step_that_fails_does_not_stop_the_others_nor_one_provider_another(
    site: Site, staff: Staff
) -> None:
    """The users of two providers cannot expire: something is wrong with them that nobody foresaw."""
    house = site.house
    users = prepare(site, staff)
    third, _ = house.new_provider("Third")
    broken = _breaking(house, staff.stranger.provider_id, third.provider_id)
    with capture_logs() as said:
        report = run(broken)
    assert [(each["step"], str(each["exc_info"])) for each in said] == [("users expired", "spoilt")] * 2
    assert report.failed == ["users expired"]
    assert {name: report.counts[name] for name in DONE} == DONE
    assert staff.stored(users["over"]).state == "EXPIRED"
    report = run(house)
    assert not report.failed


def test_without_a_database_every_step_fails_and_none_raises(site: Site, tmp_path: Path) -> None:
    sqlite = site.house.application.settings.database.startswith("sqlite")
    nowhere = f"sqlite:///{tmp_path / 'no' / 'where.db'}"
    url = nowhere if sqlite else "postgresql+psycopg://nobody@127.0.0.1:1/nothing"
    gone = dataclasses.replace(site.house.application.dispatcher, database=open_database(url))
    with capture_logs() as said:
        report = run_steps(gone)
    assert (
        sorted(report.failed)
        == sorted(report.counts)
        == sorted(each["step"] for each in said if "step" in each)
    )
    gone.database.engine.dispose()


def test_it_stops_between_two_batches(site: Site, staff: Staff) -> None:
    users = prepare(site, staff)
    report = run(site.house, goes_on=lambda: False)
    assert report.stopped
    assert staff.stored(users["over"]).state == "ACTIVE"
    assert not run(site.house).stopped
    assert staff.stored(users["over"]).state == "EXPIRED"


def _breaking(house: House, *provider_ids: str) -> House:
    """The house, where the expiry of these providers' users ends in an error."""
    dispatcher = house.application.dispatcher
    original = dispatcher.perform

    class Breaking(type(dispatcher)):  # type: ignore[misc] # the class is that of the house
        def perform(self, operation: Any, request: Any, caller: Any) -> Any:
            if operation.name == "ExpireUsers" and caller.provider_id in provider_ids:
                raise ValueError("spoilt")
            return original(operation, request, caller)

    fields = {each.name: getattr(dispatcher, each.name) for each in dataclasses.fields(dispatcher)}
    return house.in_another_process(dataclasses.replace(house.application, dispatcher=Breaking(**fields)))
