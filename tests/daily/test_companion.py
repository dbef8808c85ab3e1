"""The daily run as relays do it: at its hour, once a day, whoever dies meanwhile."""

import dataclasses
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from threading import Barrier, Event, Thread

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from provisioning.daily import DailyRun
from provisioning.delivery.daily import DailyCompanion
from provisioning.delivery.running import companions
from provisioning.kernel.journal import Change
from provisioning.settings import PREFIX, Settings
from tests.days import NOON, go_to, in_days, in_zone
from tests.house import House
from tests.users.staff import Staff

QUARTER_PAST = time(0, 15)


def companion(house: House, at: time = QUARTER_PAST) -> DailyCompanion:
    return DailyCompanion(house.application, at)


def turn(house: House, at: time = QUARTER_PAST) -> None:
    assert companion(house, at).turn(Event()) > 0


def runs(house: House) -> list[DailyRun]:
    with house.application.database.reading() as db:
        return list(db.scalars(select(DailyRun).order_by(DailyRun.day)))


def finished(house: House) -> list[str]:
    """The days whose run has come to its end."""
    return [each.day.isoformat() for each in runs(house) if each.finished_at]


def expired(house: House) -> Counter[str]:
    """How often each user has expired."""
    with house.application.database.reading() as db:
        return Counter(db.scalars(select(Change.object_id).where(Change.kind == "UserExpired")))


@pytest.fixture
def staff(house: House) -> Staff:
    go_to(house, NOON)
    return Staff(house)


def test_it_runs_at_its_hour_and_once_a_day(staff: Staff) -> None:
    house = staff.house
    turn(house)  # whoever has never run is late
    assert finished(house) == ["2031-03-12"]
    staff.hire(expiresOn=in_days(house, 0))
    go_to(house, NOON + timedelta(hours=12, minutes=14))
    turn(house)
    assert finished(house) == ["2031-03-12"]
    house.clock.pass_time(minutes=2)
    turn(house)
    assert finished(house) == ["2031-03-12", "2031-03-13"]
    assert runs(house)[1].counts["users expired"] == 1
    staff.hire(expiresOn=in_days(house, 0))
    for _ in range(3):
        house.clock.pass_time(hours=7)
        turn(house)
    assert len(finished(house)) == 2
    assert len(expired(house)) == 1


def test_days_without_a_relay_are_made_up_for_at_once(staff: Staff) -> None:
    house = staff.house
    turn(house)
    staff.hire(expiresOn=in_days(house, 1))
    house.clock.pass_time(days=5)
    turn(house)
    assert finished(house) == ["2031-03-12", "2031-03-17"]
    assert len(expired(house)) == 1


@pytest.mark.parametrize(
    ("zone", "at", "midnight", "hours"),
    [
        ("America/Toronto", time(2, 30), datetime(2031, 3, 9, 5, tzinfo=UTC), 23),  # there is no 02:30
        ("America/Toronto", time(1, 30), datetime(2031, 11, 2, 4, tzinfo=UTC), 25),  # 01:30 comes twice
        ("Europe/Paris", time(2, 30), datetime(2031, 3, 29, 23, tzinfo=UTC), 23),
        ("Europe/Paris", time(2, 30), datetime(2031, 10, 25, 22, tzinfo=UTC), 25),
    ],
)
def test_on_the_day_on_which_clocks_change_it_runs_once(
    house: House, zone: str, at: time, midnight: datetime, hours: int
) -> None:
    there = in_zone(house, zone)
    begun = []
    for step in range(2 * hours):
        go_to(house, midnight + timedelta(minutes=30 * step + 1))
        before = len(finished(there))
        turn(there, at)
        begun += [step] * (len(finished(there)) - before)
    assert len(begun) == 2  # at first that of the day before, which is late, then its own
    assert 0 in begun
    there_now = midnight.astimezone(there.application.settings.zone).date()
    assert finished(there)[-1] == there_now.isoformat()


def test_of_several_relays_one_does_it(staff: Staff, build_house: Callable[[], House]) -> None:
    staff.hire_many(450, expiresOn=in_days(staff.house, 0))
    staff.house.clock.pass_time(days=1)
    houses = [staff.house, build_house(), build_house()]
    start = Barrier(6)

    def run(house: House) -> None:
        mine = companion(house)
        start.wait()
        mine.turn(Event())

    with capture_logs() as said:
        threads = [Thread(target=run, args=(houses[place % 3],)) for place in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [each["event"] for each in said] == ["daily run", "daily run ended"]
    assert len(finished(staff.house)) == 1
    assert set(expired(staff.house).values()) == {1}
    assert expired(staff.house).total() == 450


def test_a_stopped_relay_leaves_the_rest_to_another_at_once(staff: Staff) -> None:
    house = staff.house
    staff.hire(expiresOn=in_days(house, 0))
    house.clock.pass_time(days=1)
    ended = Event()
    ended.set()
    companion(house).turn(ended)
    assert finished(house) == []
    turn(house)
    assert len(finished(house)) == 1
    assert expired(house).total() == 1


def test_what_failed_is_tried_again_after_a_while(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    house = staff.house
    staff.hire(expiresOn=in_days(house, 0))
    house.clock.pass_time(days=1)
    spoilt = dataclasses.replace(
        house.application, dispatcher=dataclasses.replace(house.application.dispatcher, reactions=_Spoilt())
    )
    with capture_logs() as said:
        turn(house.in_another_process(spoilt))
    assert said[-1]["failed"] == ["users expired"]
    assert finished(house) == []
    turn(house)
    assert expired(house).total() == 0
    house.clock.pass_time(minutes=11)
    turn(house)
    assert len(finished(house)) == 1
    assert expired(house).total() == 1


class _Spoilt(dict[type, tuple[Callable[..., None], ...]]):
    """Reactions that end in an error when a user expires."""

    def get(self, key: type, default: object = None) -> tuple[Callable[..., None], ...]:  # noqa: ARG002 - the signature is dict's
        def spoil(*_: object) -> None:
            raise ValueError("spoilt")

        return (spoil,) if key.__name__ == "UserExpired" else ()


def test_a_relay_has_it_unless_somebody_else_does_it(house: House) -> None:
    without = dataclasses.replace(house.application.settings, daily_at="no")
    elsewhere = dataclasses.replace(house.application, settings=without)
    assert [each.name for each in companions(house.application)].count("daily") == 1
    assert [each.name for each in companions(elsewhere)].count("daily") == 0


def test_killed_in_the_middle_it_is_taken_over_after_the_lease(staff: Staff, settings: Settings) -> None:
    """The process that dies runs by the real clock, so the house's goes with it at last."""
    house = staff.house
    go_to(house, datetime.now(UTC) - timedelta(days=9))
    staff.hire_many(650, expiresOn=in_days(house, 4))
    go_to(house, datetime.now(UTC))
    begun = _killed_after_commits(settings, 4)
    assert finished(house) == []
    done = expired(house).total()
    assert 0 < done < 650, begun
    turn(house, time(0))
    assert expired(house).total() == done
    house.clock.pass_time(seconds=settings.relay_lease + 1)
    turn(house, time(0))
    assert len(finished(house)) == 1
    assert set(expired(house).values()) == {1}
    assert expired(house).total() == 650


def _killed_after_commits(settings: Settings, commits: int) -> str:
    """Let a relay begin the run and kill it; what it said."""
    given = {"VAR": str(settings.var), "DATABASE_URL": settings.database_url, "KEYS": settings.keys}
    given |= {"DAILY_AT": "00:00"}
    environment = {**os.environ, **{PREFIX + name: value for name, value in given.items()}}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.daily.victim", str(commits)],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as victim:
        assert victim.stdout is not None
        lines = []
        for line in victim.stdout:
            lines.append(line)
            if line == "here\n":
                break
        victim.kill()
        return "".join(lines)
