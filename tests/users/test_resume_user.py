from datetime import timedelta

import pytest

from provisioning.users import UserState
from tests.house import House
from tests.users.staff import Staff


def test_a_suspended_user_is_active_again(staff: Staff) -> None:
    staff.install_phone_system()
    user = staff.hire()
    staff.call("SuspendUser", user, reason="unpaid")
    answer = staff.call("ResumeUser", user)
    assert answer["user"]["state"] == "ACTIVE"
    assert "suspensionReason" not in answer["user"]
    assert answer["outcome"]["provisioning"] == "PENDING"
    assert staff.call("ResumeUser", user)["outcome"]["noChange"]


@pytest.mark.parametrize(
    "state", [UserState.PENDING, UserState.EXPIRED, UserState.REJECTED, UserState.DELETED]
)
def test_nobody_else(staff: Staff, state: UserState) -> None:
    user = staff.hire()
    staff.set(user, state=state)
    assert staff.refused("ResumeUser", user)["code"] == "INVALID_STATE"


def test_who_expired_meanwhile_needs_a_new_day(house: House, staff: Staff) -> None:
    user = staff.hire(expiresOn=(house.clock().date() + timedelta(days=1)).isoformat())
    staff.call("SuspendUser", user)
    house.clock.pass_time(days=3)
    fault = staff.refused("ResumeUser", user)
    assert fault["code"] == "INVALID_STATE"
    assert "expiresOn" in fault["reason"]
