from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tests.days import NOON, go_to, in_days, in_zone, operate_all
from tests.house import House
from tests.users.staff import Staff, race


@pytest.fixture
def staff(house: House) -> Staff:
    go_to(house, NOON)
    return Staff(house)


def expire(house: House) -> int:
    return operate_all(house, "ExpireUsers")


@pytest.mark.parametrize(("days_left", "count"), [(1, 0), (0, 0), (-1, 1), (-40, 1)])
def test_from_the_day_after_the_last_one_a_user_is_expired(staff: Staff, days_left: int, count: int) -> None:
    staff.install_phone_system()
    user = staff.hire(expiresOn=in_days(staff.house, 2))
    staff.house.clock.pass_time(days=2 - days_left)
    told, version = staff.told_phones(user), user["version"]
    assert expire(staff.house) == count
    assert staff.stored(user).state == ("EXPIRED" if count else "ACTIVE")
    assert staff.stored(user).version == version + count
    assert staff.told_phones(user) == told + count
    assert [each.kind for each in staff.changes(user)].count("UserExpired") == count
    assert expire(staff.house) == 0


def test_nobody_else_expires(staff: Staff) -> None:
    house, last = staff.house, in_days(staff.house, 1)
    suspended, deleted, endless = (staff.hire(expiresOn=last) for _ in range(3))
    elsewhere = staff.hire(staff.other_id, expiresOn=last)
    pending = house.call("StartSignUp", newUser=staff.person(expiresOn=last))["user"]
    staff.call("SuspendUser", suspended)
    staff.call("DeleteUser", deleted)
    staff.call("UpdateUser", endless, clearField=["EXPIRES_ON"])
    house.call("SuspendCompany", house.provider, companyId=staff.other_id)
    house.clock.pass_time(days=2)
    assert house.operate("ExpireUsers", staff.stranger.provider_id)["count"] == 0
    assert expire(house) == 2
    states = [staff.stored(each).state for each in (suspended, elsewhere, deleted, endless, pending)]
    assert states == ["EXPIRED", "EXPIRED", "DELETED", "ACTIVE", "PENDING"]


def test_a_suspended_user_who_expired_is_active_with_a_new_date_and_has_no_reason_left(staff: Staff) -> None:
    user = staff.hire(expiresOn=in_days(staff.house, 1))
    staff.call("SuspendUser", user, reason="Unpaid")
    staff.house.clock.pass_time(days=2)
    expire(staff.house)
    assert "suspensionReason" not in staff.get(user)
    resumed = staff.call("UpdateUser", user, expiresOn=in_days(staff.house, 30))["user"]
    assert resumed["state"] == "ACTIVE"
    assert staff.stored(user).suspension_reason is None


@pytest.mark.parametrize(
    ("zone", "last", "over"),
    [
        ("America/Toronto", "2031-03-08", datetime(2031, 3, 9, 5, tzinfo=UTC)),
        ("America/Toronto", "2031-03-09", datetime(2031, 3, 10, 4, tzinfo=UTC)),  # of 23 hours
        ("Europe/Paris", "2031-10-25", datetime(2031, 10, 25, 22, tzinfo=UTC)),
        ("Europe/Paris", "2031-10-26", datetime(2031, 10, 26, 23, tzinfo=UTC)),  # of 25 hours
    ],
)
def test_the_day_begins_where_the_operator_is(staff: Staff, zone: str, last: str, over: datetime) -> None:
    house = staff.house = in_zone(staff.house, zone)
    go_to(house, over - timedelta(days=3))
    user = staff.hire(expiresOn=last)
    go_to(house, over - timedelta(minutes=2))
    assert expire(house) == 0
    assert staff.get(user)["state"] == "ACTIVE"
    go_to(house, over + timedelta(minutes=2))
    assert staff.get(user)["state"] == "EXPIRED"
    assert expire(house) == 1


def test_many_at_the_same_time_expire_each_user_once(staff: Staff, build_house: Callable[[], House]) -> None:
    """More users than one call takes, of several relays."""
    staff.hire_many(2500, expiresOn=in_days(staff.house, 1))
    staff.house.clock.pass_time(days=2)
    houses = [staff.house, build_house(), build_house()]
    answers = race(houses, 3, lambda house, _: {"count": expire(house)})
    assert sum(each["count"] for each in answers if isinstance(each, dict)) == 2500
    assert staff.house.call("GetCompany")["counts"]["expiredUsers"] == 2500
