from collections.abc import Callable
from datetime import timedelta

import pytest

from provisioning.users import UserState
from tests.house import House, Refused
from tests.users.staff import Staff, fields_of, race


def test_a_deleted_user_comes_back_with_what_is_still_free(house: House, staff: Staff) -> None:
    staff.install_phone_system()
    staff.add_dids("+16505550001", "+16505550002")
    user = staff.hire(
        userNumber="2206", extension="101", did=["+16505550001", "+16505550002"], pin="8520", externalId="x"
    )
    staff.call("DeleteUser", user)
    told = staff.told_phones(user)
    answer = house.call("RestoreUser", userRef={"userNumber": "2206"})
    assert answer["returnedResources"] == {"extension": "101", "did": user["did"], "count": 3}
    assert answer["user"] == user | {"version": answer["user"]["version"]}
    assert answer["user"] == staff.get(user)
    assert staff.pin(user) == "8520"
    assert staff.told_phones(user) > told
    assert any(change.kind == "UserRestored" for change in staff.changes(user))


def test_what_others_have_by_now_stays_theirs(staff: Staff) -> None:
    staff.add_dids("+16505550001", "+16505550002")
    user = staff.hire(extension="101", did=["+16505550001", "+16505550002"])
    staff.call("DeleteUser", user)
    staff.hire(extension="101", did=["+16505550001"])
    answer = staff.call("RestoreUser", user)
    assert answer["returnedResources"] == {"did": ["+16505550002"], "count": 1}
    assert answer["user"]["did"] == ["+16505550002"]
    assert {each["code"] for each in answer["outcome"]["warning"]} == {"EXTENSION_TAKEN", "DID_NOT_AVAILABLE"}


@pytest.mark.parametrize(
    "state", [UserState.PENDING, UserState.ACTIVE, UserState.SUSPENDED, UserState.EXPIRED]
)
def test_into_the_state_it_had(staff: Staff, state: UserState) -> None:
    user = staff.hire()
    staff.set(user, state=state)
    staff.call("DeleteUser", user)
    assert staff.call("RestoreUser", user)["user"]["state"] == state


def test_who_expired_meanwhile_is_expired(house: House, staff: Staff) -> None:
    user = staff.hire(expiresOn=(house.clock().date() + timedelta(days=3)).isoformat())
    staff.call("DeleteUser", user)
    house.clock.pass_time(days=5)
    assert staff.call("RestoreUser", user)["user"]["state"] == "EXPIRED"


def test_a_rejected_one_comes_back_rejected_and_without_keys(staff: Staff) -> None:
    user = staff.hire(email="one@example.com")
    staff.set(user, state=UserState.REJECTED, number_held=False)
    staff.call("DeleteUser", user)
    staff.hire(email="one@example.com")
    assert staff.call("RestoreUser", user)["user"]["state"] == "REJECTED"


def test_one_who_lives_is_no_change_and_a_rejected_one_no_candidate(staff: Staff) -> None:
    user = staff.hire()
    assert staff.call("RestoreUser", user)["outcome"]["noChange"]
    staff.set(user, state=UserState.REJECTED)
    assert staff.refused("RestoreUser", user)["code"] == "INVALID_STATE"


def test_not_after_the_window(house: House, staff: Staff) -> None:
    user = staff.hire()
    staff.call("DeleteUser", user)
    house.clock.pass_time(days=30)
    fault = staff.refused("RestoreUser", user)
    assert fault["code"] == "INVALID_STATE"
    assert "anew" in fault["reason"]


def test_keys_that_others_have_by_now_are_named(house: House, staff: Staff) -> None:
    user = staff.hire(email="one@example.com", externalId="x")
    staff.call("DeleteUser", user)
    staff.hire(email="one@example.com", externalId="x")
    fault = staff.refused("RestoreUser", user)
    assert [each["code"] for each in fault["violation"]] == ["DUPLICATE_EMAIL", "DUPLICATE_EXTERNAL_ID"]
    assert fields_of(fault) == {"userRef"}


def test_two_may_have_one_address_when_the_caller_says_so(house: House, staff: Staff) -> None:
    user = staff.hire(email="one@example.com")
    staff.call("DeleteUser", user)
    staff.hire(email="one@example.com")
    assert staff.refused("RestoreUser", user)["code"] == "DUPLICATE_EMAIL"
    answer = staff.call("RestoreUser", user, allowDuplicateEmail=True)
    assert answer["user"]["state"] == "ACTIVE"


def test_not_into_a_company_that_is_no_more(house: House, staff: Staff) -> None:
    user = staff.hire(staff.other_id)
    staff.call("DeleteUser", user)
    house.call("DeleteCompany", house.provider, companyId=staff.other_id)
    assert staff.refused("RestoreUser", user)["code"] == "NOT_FOUND"


def test_of_two_with_one_address_restored_at_once_one_lives(build_house: Callable[[], House]) -> None:
    house = build_house()
    staff = Staff(house)
    deleted = []
    for company_id in (house.company_id, staff.other_id) * 4:
        deleted.append(staff.hire(company_id, email="one@example.com"))
        staff.call("DeleteUser", deleted[-1])
    outcomes = race(
        [house],
        8,
        lambda each, place: each.call(
            "RestoreUser", house.provider, userRef={"userId": deleted[place]["userId"]}
        ),
    )
    assert [each.code for each in outcomes if isinstance(each, Refused)] == ["DUPLICATE_EMAIL"] * 7
