from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from provisioning.dids.model import LostDid
from provisioning.options.model import SipAccount
from provisioning.services.model import UserService
from provisioning.users import reseal
from tests.days import NOON, go_to, operate_all
from tests.house import House, Plain
from tests.users.staff import Staff, race

NUMBER = "+16505550100"


@pytest.fixture
def staff(house: House) -> Staff:
    go_to(house, NOON)
    return Staff(house)


def end(house: House) -> int:
    return operate_all(house, "EndRestoreWindows")


def rows(staff: Staff, mapped: Any, user: Plain) -> int:
    with staff.house.application.database.reading() as db:
        count = select(func.count()).select_from(mapped).where(mapped.user_id == user["userId"])
        return db.execute(count).scalar_one()


def test_after_the_window_the_number_is_free_and_the_secrets_are_gone(staff: Staff) -> None:
    house = staff.house
    staff.add_dids(NUMBER)
    user = staff.hire(
        userNumber="2206",
        did=[NUMBER],
        mailAccess={"protocol": "IMAP", "mailServer": "imap.example.com", "userName": "s", "password": "p"},
        newSipAccount=[{"purpose": "DEFAULT", "userName": "sylvie"}],
    )
    staff.call("DeleteUser", user)
    house.clock.pass_time(days=29)
    assert end(house) == 0
    assert [rows(staff, each, user) for each in (LostDid, UserService, SipAccount)] == [1, 1, 1]
    house.clock.pass_time(days=2)
    assert house.operate("EndRestoreWindows", staff.stranger.provider_id)["count"] == 0
    assert end(house) == 1
    assert end(house) == 0
    stored = staff.stored(user)
    assert (stored.state, stored.number_held, stored.sealed_pin) == ("DELETED", False, "")
    assert [rows(staff, each, user) for each in (LostDid, UserService, SipAccount)] == [0, 0, 0]
    assert [each.kind for each in staff.changes(user)][-1] == "RestoreWindowEnded"
    assert staff.refused("RestoreUser", user)["code"] == "INVALID_STATE"
    assert staff.hire(userNumber="2206")["userId"] != user["userId"]


def test_a_restored_user_keeps_all(staff: Staff) -> None:
    user = staff.hire(userNumber="2206")
    staff.call("DeleteUser", user)
    staff.call("RestoreUser", user)
    staff.house.clock.pass_time(days=40)
    assert end(staff.house) == 0
    assert staff.pin(user)


def test_a_number_that_somebody_has_by_then_stays_theirs(staff: Staff) -> None:
    house = staff.house
    user = staff.hire(userNumber="2206")
    staff.call("DeleteUser", user)
    house.clock.pass_time(days=31)
    heir = staff.hire(userNumber="2206")
    assert end(house) == 1
    assert staff.get(heir)["userNumber"] == "2206"
    refused = house.refused("CreateUser", newUser=staff.person(userNumber="2206"))
    assert refused["code"] == "USER_NUMBER_TAKEN"


def test_users_of_a_deleted_company_are_done_with_too(staff: Staff) -> None:
    house = staff.house
    user = staff.hire(staff.other_id)
    house.call("DeleteCompany", house.provider, companyId=staff.other_id, deleteUsers=True)
    house.clock.pass_time(minutes=1)
    assert end(house) == 1
    assert staff.stored(user).sealed_pin == ""


def test_what_was_erased_is_not_in_the_way_of_a_rotation(staff: Staff) -> None:
    user = staff.hire()
    staff.call("DeleteUser", user)
    staff.house.clock.pass_time(days=31)
    end(staff.house)
    with staff.house.application.database.writing() as db:
        assert reseal(db, staff.house.application.keys) == 0


def test_several_at_the_same_time_give_each_number_back_once(
    staff: Staff, build_house: Callable[[], House]
) -> None:
    users = [staff.hire(each) for each in (None, staff.other_id) * 30]
    for user in users:
        staff.call("DeleteUser", user)
    staff.house.clock.pass_time(days=31)
    answers = race([staff.house, build_house(), build_house()], 3, lambda house, _: {"count": end(house)})
    assert sum(each["count"] for each in answers if isinstance(each, dict)) == 60
    assert not any(staff.stored(user).number_held for user in users)
    again = [staff.hire(each)["userNumber"] for each in (None, staff.other_id) * 30]
    assert again == [user["userNumber"] for user in users]
