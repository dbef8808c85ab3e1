from collections.abc import Callable

import pytest

from provisioning.users import UserState
from tests.house import House, Refused
from tests.users.staff import Staff, fill, race


def test_what_the_user_held_is_free_and_listed(house: House, staff: Staff) -> None:
    staff.install_phone_system()
    staff.add_dids("+16505550001", "+16505550002")
    user = staff.hire(extension="101", did=["+16505550002", "+16505550001"], externalId="x", notify=True)
    told = staff.told_phones(user)
    answer = house.call("DeleteUser", userRef={"externalId": "x"}, notify=True)
    assert answer["freedResources"]["extension"] == "101"
    assert set(answer["freedResources"]["did"]) == {"+16505550001", "+16505550002"}
    gone = answer["user"]
    assert (gone["state"], gone["userNumber"]) == ("DELETED", user["userNumber"])
    assert not {"extension", "did"} & gone.keys()
    assert staff.letters(user) == ["ACCESS_CODES", "DELETED"]
    assert staff.told_phones(user) > told
    change = next(each for each in staff.changes(user) if each.kind == "UserDeleted")
    assert change.detail["extension"] == "101"
    assert house.call("ListUsers").get("user", []) == []


def test_again_is_no_change_and_no_second_letter(house: House, staff: Staff) -> None:
    user = staff.hire(externalId="x")
    staff.call("DeleteUser", user, notify=True)
    for name in ({"userId": user["userId"]}, {"externalId": "x"}, {"email": user["email"]}):
        answer = house.call("DeleteUser", userRef=name, notify=True)
        assert answer["outcome"]["noChange"]
    assert staff.letters(user) == ["DELETED"]


def test_everything_but_the_number_can_be_had_at_once(staff: Staff) -> None:
    keys = {"email": "one@example.com", "externalId": "x", "extension": "101", "did": ["+16505550001"]}
    staff.add_dids("+16505550001")
    for _ in range(3):
        user = staff.hire(**keys)
        staff.call("DeleteUser", user)


def test_the_number_rests_until_the_user_cannot_come_back(house: House, staff: Staff) -> None:
    user = staff.hire(userNumber="2206")
    staff.call("DeleteUser", user)
    fault = house.refused("CreateUser", newUser=staff.person(userNumber="2206"))
    assert (fault["code"], fault["object"]) == ("USER_NUMBER_TAKEN", "2206")
    house.clock.pass_time(days=30, seconds=1)
    heir = staff.hire(userNumber="2206")
    assert house.call("GetUser", userRef={"userNumber": "2206"})["userId"] == heir["userId"]


def test_a_full_company_uses_numbers_that_have_rested(house: House, staff: Staff) -> None:
    early, late = staff.hire(), staff.hire()
    fill(house, house.company_id, range(10_000))
    staff.call("DeleteUser", early)
    house.clock.pass_time(days=20)
    staff.call("DeleteUser", late)
    assert house.refused("CreateUser", newUser=staff.person())["code"] == "LIMIT_REACHED"
    house.clock.pass_time(days=15)
    assert staff.hire()["userNumber"] == early["userNumber"]
    assert house.refused("CreateUser", newUser=staff.person())["code"] == "LIMIT_REACHED"


@pytest.mark.parametrize(
    "state", [UserState.PENDING, UserState.SUSPENDED, UserState.EXPIRED, UserState.REJECTED]
)
def test_from_any_state(staff: Staff, state: UserState) -> None:
    user = staff.hire()
    staff.set(user, state=state)
    assert staff.call("DeleteUser", user)["user"]["state"] == "DELETED"


def test_a_free_subscriber(house: House, staff: Staff) -> None:
    subscriber = staff.hire(house.public_id)
    assert staff.call("DeleteUser", subscriber)["user"]["state"] == "DELETED"


def test_the_last_administrator_goes_last(staff: Staff) -> None:
    boss, user = staff.hire(administrator=True), staff.hire()
    assert staff.refused("DeleteUser", boss)["code"] == "LAST_ADMINISTRATOR"
    staff.call("DeleteUser", user)
    assert staff.call("DeleteUser", boss)["user"]["state"] == "DELETED"


def test_the_version_expected(staff: Staff) -> None:
    user = staff.hire()
    fault = staff.refused("DeleteUser", user, control={"expectedVersion": 7})
    assert fault["code"] == "VERSION_CONFLICT"
    staff.call("DeleteUser", user, control={"expectedVersion": 1})


def test_one_deleted_many_times_at_once_is_deleted_once(build_house: Callable[[], House]) -> None:
    house = build_house()
    staff = Staff(house)
    user = staff.hire()
    outcomes = race(
        [house],
        8,
        lambda each, _: each.call("DeleteUser", userRef={"userId": user["userId"]}, notify=True),
    )
    changed = [each for each in outcomes if not isinstance(each, Refused) and not each["outcome"]["noChange"]]
    assert len(changed) == 1
    assert staff.letters(user) == ["DELETED"]
