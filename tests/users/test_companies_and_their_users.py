"""What happens to users when something happens to their company."""

import pytest

from tests.house import House
from tests.users.staff import Staff


def test_a_company_with_users_is_deleted_with_them_or_not_at_all(house: House, staff: Staff) -> None:
    staff.add_dids("+16505550001")
    boss = staff.hire(administrator=True, extension="101", did=["+16505550001"])
    users = [boss, *(staff.hire() for _ in range(2))]
    gone = staff.hire()
    staff.call("DeleteUser", gone)
    fault = house.refused("DeleteCompany", house.provider, companyId=house.company_id)
    assert (fault["code"], fault["used"]) == ("IN_USE", 3)
    house.call("DeleteCompany", house.provider, companyId=house.company_id, deleteUsers=True)
    for user in users:
        assert staff.get(user)["state"] == "DELETED"
        assert staff.refused("RestoreUser", user)["code"] == "INVALID_STATE"
        assert staff.letters(user) == []
    staff.hire(staff.other_id, email=boss["email"])


@pytest.mark.parametrize("name", ["SuspendCompany", "ResumeCompany"])
def test_phone_systems_hear_of_every_user_of_the_company(house: House, staff: Staff, name: str) -> None:
    users = [staff.hire() for _ in range(3)]
    elsewhere, gone = staff.hire(staff.other_id), staff.hire()
    staff.call("DeleteUser", gone)
    if name == "ResumeCompany":
        house.call("SuspendCompany", house.provider, companyId=house.company_id)
    staff.install_phone_system()
    answer = house.call(name, house.provider, companyId=house.company_id)
    assert answer["outcome"]["provisioning"] == "PENDING"
    assert [staff.told_phones(user) for user in (*users, elsewhere, gone)] == [1, 1, 1, 0, 0]


def test_users_of_a_suspended_company_are_still_looked_after(house: House, staff: Staff) -> None:
    user = staff.hire()
    house.call("SuspendCompany", house.provider, companyId=house.company_id)
    assert staff.call("UpdateUser", user, firstName="Anne")["user"]["state"] == "ACTIVE"
    staff.call("RemoveUserFromCompany", user)
