import pytest

from tests.house import House
from tests.users.staff import Staff, fill


def test_to_another_company_with_number_and_pin(house: House, staff: Staff) -> None:
    user = staff.hire(userNumber="2206", extension="101", pin="8520", administrator=True)
    staff.hire(administrator=True)
    answer = staff.call("MoveUser", user, toCompanyId=staff.other_id, notify=True)
    moved = answer["user"]
    assert (moved["companyId"], moved["userNumber"]) == (staff.other_id, "2206")
    assert (moved["administrator"], answer["userNumberChanged"]) == (False, False)
    assert answer["freedResources"] == {"extension": "101", "count": 1}
    assert "extension" not in moved
    assert staff.pin(user) == "8520"
    assert staff.letters(user) == ["LEFT_COMPANY"]
    assert house.call("GetUser", staff.other, userRef={"userNumber": "2206"}) == moved
    assert [change.kind for change in staff.changes(user)][-2:] == ["UserMoved", "UserJoinedCompany"]
    assert staff.hire(userNumber="2206", extension="101")


def test_a_taken_number_becomes_another(staff: Staff) -> None:
    staff.hire(staff.other_id, userNumber="2206")
    answer = staff.call("MoveUser", staff.hire(userNumber="2206"), toCompanyId=staff.other_id)
    assert answer["userNumberChanged"]


def test_to_where_it_is_already_is_no_change(house: House, staff: Staff) -> None:
    user = staff.hire(extension="101")
    answer = staff.call("MoveUser", user, toCompanyId=house.company_id)
    assert answer["outcome"]["noChange"]
    assert answer["user"] == user


def test_there_and_back(house: House, staff: Staff) -> None:
    user = staff.hire(userNumber="2206", externalId="x")
    staff.call("MoveUser", user, toCompanyId=house.public_id)
    back = staff.call("MoveUser", user, toCompanyId=house.company_id)["user"]
    assert back == user | {"version": back["version"]}


@pytest.mark.parametrize("suspended", [False, True])
def test_only_to_an_active_company_of_the_provider(house: House, staff: Staff, suspended: bool) -> None:
    user = staff.hire()
    if suspended:
        house.call("SuspendCompany", house.provider, companyId=staff.other_id)
        to, code = staff.other_id, "INVALID_STATE"
    else:
        to, code = house.new_company(staff.stranger, "THEIRS"), "NOT_FOUND"
    fault = staff.refused("MoveUser", user, toCompanyId=to)
    assert (fault["code"], fault["field"]) == (code, "toCompanyId")
    assert staff.get(user) == user


def test_a_full_company_takes_nobody_and_nothing_is_lost(house: House, staff: Staff) -> None:
    fill(house, staff.other_id, range(10_000))
    user = staff.hire(extension="101")
    fault = staff.refused("MoveUser", user, toCompanyId=staff.other_id)
    assert (fault["code"], fault["used"]) == ("LIMIT_REACHED", 10_000)
    assert staff.get(user) == user


def test_the_last_administrator_cannot_leave(staff: Staff) -> None:
    boss = staff.hire(administrator=True)
    assert staff.refused("MoveUser", boss, toCompanyId=staff.other_id)["code"] == "LAST_ADMINISTRATOR"


def test_a_companys_own_client_moves_nobody(house: House, staff: Staff) -> None:
    user = staff.hire()
    fault = staff.refused("MoveUser", user, house.company, toCompanyId=staff.other_id)
    assert fault["code"] == "NOT_PERMITTED"
