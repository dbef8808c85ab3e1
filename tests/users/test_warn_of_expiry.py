from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from provisioning.messages import Delivery
from provisioning.users.expiry import due_warning
from tests.days import NOON, go_to, in_days, operate_all, with_settings
from tests.house import House, Plain
from tests.users.staff import Staff, race

USUAL = (30, 7, 1)


@pytest.fixture
def staff(house: House) -> Staff:
    go_to(house, NOON)
    return Staff(house)


def warn(house: House) -> int:
    return operate_all(house, "WarnOfExpiry")


def warned(staff: Staff, user: Plain) -> list[int]:
    """With how many days left a user was written to, in the order of the letters."""
    with staff.house.application.database.reading() as db:
        return [
            each.detail["daysLeft"]
            for each in db.scalars(
                select(Delivery)
                .where(Delivery.user_id == user["userId"], Delivery.kind == "EXPIRY_WARNING")
                .order_by(Delivery.created_at)
            )
        ]


@pytest.mark.parametrize(
    ("days_left", "due"),
    [(31, None), (30, 30), (8, 30), (7, 7), (2, 7), (1, 1), (0, 1), (-1, None)],
)
def test_the_most_urgent_warning_is_due(staff: Staff, days_left: int, due: int | None) -> None:
    assert due_warning(days_left, USUAL) == due
    user = staff.hire(expiresOn=in_days(staff.house, 40))
    staff.house.clock.pass_time(days=40 - days_left)
    assert warn(staff.house) == (due is not None)
    assert warned(staff, user) == ([] if due is None else [days_left])
    assert warn(staff.house) == 0


def test_day_after_day_each_goes_out_once_and_says_what_it_is_about(staff: Staff) -> None:
    user = staff.hire(expiresOn=(last := in_days(staff.house, 33)))
    for _ in range(36):
        warn(staff.house)
        warn(staff.house)
        staff.house.clock.pass_time(days=1)
    assert warned(staff, user) == [30, 7, 1]
    change = next(each for each in staff.changes(user) if each.kind == "UserWarnedOfExpiry")
    assert change.detail == {"expiresOn": last, "daysLeft": 30}
    assert (change.operation, change.client_name) == ("WarnOfExpiry", "operator")


@pytest.mark.parametrize(("days", "sent"), [((), []), (("5", "14", "5", "0"), [14, 5, 0])])
def test_the_operator_says_when(staff: Staff, days: tuple[str, ...], sent: list[int]) -> None:
    house = with_settings(staff.house, expiry_warning_days=days)
    user = staff.hire(expiresOn=in_days(house, 15))
    for _ in range(18):
        warn(house)
        house.clock.pass_time(days=1)
    assert warned(staff, user) == sent


def test_late_only_the_most_urgent_goes_out(staff: Staff) -> None:
    user = staff.hire(expiresOn=in_days(staff.house, 60))
    staff.house.clock.pass_time(days=58)
    assert warn(staff.house) == 1
    staff.house.clock.pass_time(days=2)
    assert warn(staff.house) == 1
    assert warned(staff, user) == [2, 0]


def test_another_last_day_is_warned_of_anew(staff: Staff) -> None:
    user = staff.hire(expiresOn=in_days(staff.house, 7))
    warn(staff.house)
    staff.call("UpdateUser", user, expiresOn=(later := in_days(staff.house, 20)))
    assert warn(staff.house) == 1
    staff.call("UpdateUser", user, expiresOn=in_days(staff.house, 7))
    assert warn(staff.house) == 0
    staff.call("UpdateUser", user, expiresOn=later)
    assert warn(staff.house) == 0
    assert warned(staff, user) == [7, 20]


def test_whoever_has_no_service_to_lose_is_not_written_to(staff: Staff) -> None:
    last = in_days(staff.house, 7)
    house = staff.house
    suspended, deleted, endless, stranger = (staff.hire(expiresOn=last) for _ in range(4))
    pending = house.call("StartSignUp", newUser=staff.person(expiresOn=last))["user"]
    elsewhere = staff.hire(staff.other_id, expiresOn=last)
    staff.call("SuspendUser", suspended)
    staff.call("DeleteUser", deleted)
    staff.call("UpdateUser", endless, clearField=["EXPIRES_ON"])
    house.call("SuspendCompany", house.provider, companyId=staff.other_id)
    assert house.operate("WarnOfExpiry", staff.stranger.provider_id)["count"] == 0
    assert warn(house) == 2
    assert [warned(staff, each) for each in (suspended, stranger)] == [[7], [7]]
    assert [warned(staff, each) for each in (deleted, endless, pending, elsewhere)] == [[]] * 4
    house.call("ResumeCompany", house.provider, companyId=staff.other_id)
    assert warn(house) == 1
    assert warned(staff, elsewhere) == [7]


def test_a_user_of_a_deleted_company_is_not_written_to(staff: Staff) -> None:
    house = staff.house
    user = staff.hire(staff.other_id, expiresOn=in_days(house, 7))
    house.call("DeleteCompany", house.provider, companyId=staff.other_id, deleteUsers=True)
    assert warn(house) == 0
    assert warned(staff, user) == []


def test_many_at_the_same_time_warn_each_user_once(staff: Staff, build_house: Callable[[], House]) -> None:
    staff.hire_many(250, expiresOn=in_days(staff.house, 7))
    houses = [staff.house, build_house(), build_house()]
    race(houses, 6, lambda house, _: {"count": warn(house)})
    assert warn(staff.house) == 0
    with staff.house.application.database.reading() as db:
        letters = db.scalars(select(Delivery.user_id).where(Delivery.kind == "EXPIRY_WARNING")).all()
    assert len(letters) == len(set(letters)) == 250


@given(st.integers(-5, 400), st.sets(st.integers(0, 365), max_size=6))
def test_the_warning_that_is_due_is_the_last_one_that_was_to_go_out(days_left: int, days: set[int]) -> None:
    begun = [each for each in days if days_left <= each]
    assert due_warning(days_left, days) == (min(begun, default=None) if days_left >= 0 else None)


@given(st.sets(st.integers(0, 40), max_size=6), st.integers(0, 45), st.lists(st.booleans(), min_size=50))
def test_whatever_days_are_missed_warnings_get_more_urgent_and_none_comes_twice(
    days: set[int], first: int, runs: list[bool]
) -> None:
    sent: list[int] = []
    for passed, runs_today in enumerate(runs):
        due = due_warning(first - passed, days) if runs_today else None
        if due is not None and not any(each <= due for each in sent):
            sent.append(due)
    assert sent == sorted(set(sent), reverse=True)
    if all(runs):
        begun = {each for each in days if each <= first}
        late = min((each for each in days if each > first), default=None)
        assert set(sent) - {late} == begun
