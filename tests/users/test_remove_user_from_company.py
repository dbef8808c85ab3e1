from collections.abc import Callable

import pytest

from provisioning.users import UserState
from tests.house import House, Plain, Refused
from tests.users.staff import Staff, race


def test_a_user_goes_on_as_a_free_one_with_its_pin_and_number(house: House, staff: Staff) -> None:
    staff.install_phone_system()
    staff.add_dids("+16505550001")
    user = staff.hire(userNumber="2206", extension="101", did=["+16505550001"], pin="8520", externalId="x")
    answer = house.call("RemoveUserFromCompany", userRef={"userNumber": "2206"}, notify=True)
    assert answer["freedResources"] == {"extension": "101", "did": ["+16505550001"], "count": 2}
    assert not answer["userNumberChanged"]
    left = answer["user"]
    assert (left["companyId"], left["userNumber"], left["state"]) == (house.public_id, "2206", "ACTIVE")
    assert not {"extension", "did"} & left.keys()
    assert left["externalId"] == "x"
    assert staff.pin(user) == "8520"
    assert staff.letters(user) == ["LEFT_COMPANY"]
    assert answer["outcome"]["provisioning"] == "PENDING"
    assert house.refused("GetUser", userRef={"userId": user["userId"]})["code"] == "NOT_FOUND"
    assert staff.get(user) == left


def test_both_companies_hear_of_it(house: House, staff: Staff) -> None:
    user = staff.hire(extension="101")
    staff.call("RemoveUserFromCompany", user)
    changes = {change.kind: change for change in staff.changes(user)}
    assert changes["UserLeftCompany"].company_id == house.company_id
    assert changes["UserLeftCompany"].detail == {"extension": "101"}
    assert changes["UserJoinedCompany"].company_id == house.public_id


def test_a_number_that_is_taken_there_becomes_another_and_the_answer_says_so(
    house: House, staff: Staff
) -> None:
    staff.hire(house.public_id, userNumber="2206")
    user = staff.hire(userNumber="2206")
    answer = staff.call("RemoveUserFromCompany", user, control={"language": "fr"})
    assert answer["userNumberChanged"]
    assert answer["user"]["userNumber"] != "2206"
    (warning,) = answer["outcome"]["warning"]
    assert warning["code"] == "USER_NUMBER_CHANGED"
    assert "2206" in warning["reason"]


def test_a_number_of_another_length_becomes_one_of_the_public_services(house: House, staff: Staff) -> None:
    long = house.new_company(house.provider, "LONG", userNumberDigits=6)
    user = staff.hire(long, userNumber="002206")
    assert len(staff.call("RemoveUserFromCompany", user)["user"]["userNumber"]) == 4


def test_a_new_number_is_not_the_pin(house: House, staff: Staff) -> None:
    staff.hire(house.public_id, userNumber="2206")
    user = staff.hire(userNumber="2206", pin="1000")
    assert staff.call("RemoveUserFromCompany", user)["user"]["userNumber"] == "1001"


def test_its_old_number_is_free_at_once(staff: Staff) -> None:
    user = staff.hire(userNumber="2206", extension="101")
    staff.call("RemoveUserFromCompany", user)
    assert staff.hire(userNumber="2206", extension="101")


def test_an_external_id_that_another_has_there_is_dropped(house: House, staff: Staff) -> None:
    staff.hire(house.public_id, externalId="x")
    user = staff.hire(externalId="x", userNumber="2206")
    answer = staff.call("RemoveUserFromCompany", user)
    assert "externalId" not in answer["user"]
    assert [each["code"] for each in answer["outcome"]["warning"]] == ["EXTERNAL_ID_DROPPED"]


def test_a_free_subscriber_can_only_be_deleted(house: House, staff: Staff) -> None:
    subscriber = staff.hire(house.public_id)
    fault = staff.refused("RemoveUserFromCompany", subscriber)
    assert (fault["code"], fault["field"]) == ("INVALID_STATE", "userRef")
    assert "deleted" in fault["reason"]


@pytest.mark.parametrize("state", [UserState.PENDING, UserState.SUSPENDED, UserState.EXPIRED])
def test_the_state_goes_along(staff: Staff, state: UserState) -> None:
    user = staff.hire()
    staff.set(user, state=state)
    assert staff.call("RemoveUserFromCompany", user)["user"]["state"] == state


def test_the_last_administrator_cannot_leave(staff: Staff) -> None:
    boss = staff.hire(administrator=True)
    assert staff.refused("RemoveUserFromCompany", boss)["code"] == "LAST_ADMINISTRATOR"
    staff.hire(administrator=True)
    assert not staff.call("RemoveUserFromCompany", boss)["user"]["administrator"]


def test_a_deleted_administrator_is_none(staff: Staff) -> None:
    boss, other = staff.hire(administrator=True), staff.hire(administrator=True)
    staff.call("DeleteUser", other)
    assert staff.refused("RemoveUserFromCompany", boss)["code"] == "LAST_ADMINISTRATOR"


@pytest.mark.parametrize("name", ["RemoveUserFromCompany", "DeleteUser", "UpdateUser", "MoveUser"])
def test_of_administrators_who_leave_at_once_one_stays(build_house: Callable[[], House], name: str) -> None:
    house = build_house()
    staff = Staff(house)
    bosses = [staff.hire(administrator=True) for _ in range(8)]
    staff.hire()
    more: Plain = {"UpdateUser": {"administrator": False}, "MoveUser": {"toCompanyId": staff.other_id}}.get(
        name, {}
    )
    houses = [house, house.in_another_process(build_house().application)]
    outcomes = race(
        houses,
        8,
        lambda each, place: each.call(
            name, house.provider, userRef={"userId": bosses[place]["userId"]}, **more
        ),
    )
    assert [each.code for each in outcomes if isinstance(each, Refused)] == ["LAST_ADMINISTRATOR"]
    living = [staff.get(boss) for boss in bosses]
    assert (
        sum(
            user["administrator"] and user["state"] == "ACTIVE" and user["companyId"] == house.company_id
            for user in living
        )
        == 1
    )


def test_one_who_leaves_twice_at_once_leaves_once(build_house: Callable[[], House]) -> None:
    house = build_house()
    staff = Staff(house)
    user = staff.hire(userNumber="2206")
    outcomes = race(
        [house], 4, lambda each, _: each.call("RemoveUserFromCompany", userRef={"userId": user["userId"]})
    )
    codes = sorted(each.code for each in outcomes if isinstance(each, Refused))
    assert codes == ["NOT_FOUND"] * 3
    assert staff.hire(userNumber="2206")
