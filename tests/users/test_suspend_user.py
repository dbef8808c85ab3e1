import pytest

from provisioning.users import UserState
from tests.users.staff import Staff


def test_suspended_with_a_reason_that_people_see(staff: Staff) -> None:
    staff.install_phone_system()
    user = staff.hire(extension="101")
    answer = staff.call("SuspendUser", user, reason="unpaid")
    assert (answer["user"]["state"], answer["user"]["suspensionReason"]) == ("SUSPENDED", "unpaid")
    assert answer["user"]["extension"] == "101"
    assert answer["outcome"]["provisioning"] == "PENDING"
    assert staff.changes(user)[-1].kind == "UserSuspended"


def test_again_is_no_change_but_another_reason_is(staff: Staff) -> None:
    user = staff.hire()
    staff.call("SuspendUser", user, reason="unpaid")
    assert staff.call("SuspendUser", user)["outcome"]["noChange"]
    assert staff.call("SuspendUser", user, reason="unpaid")["outcome"]["noChange"]
    answer = staff.call("SuspendUser", user, reason="fraud")
    assert answer["user"]["suspensionReason"] == "fraud"


@pytest.mark.parametrize(
    "state", [UserState.PENDING, UserState.EXPIRED, UserState.REJECTED, UserState.DELETED]
)
def test_only_an_active_user(staff: Staff, state: UserState) -> None:
    user = staff.hire()
    staff.set(user, state=state)
    fault = staff.refused("SuspendUser", user, control={"language": "fr"})
    assert (fault["code"], fault["field"]) == ("INVALID_STATE", "userRef")
    assert fault["reason"].startswith(f"L'usager est {state}")
