from tests.house import House
from tests.users.staff import Staff
from tests.users.test_list_users import in_every_state


def test_per_state_and_in_all(house: House, staff: Staff) -> None:
    in_every_state(house, staff)
    staff.hire(staff.other_id)
    counts = house.call("CountUsers")
    assert counts == {
        "total": 5,
        "pending": 1,
        "active": 1,
        "suspended": 1,
        "expired": 2,
        "rejected": 1,
        "deleted": 1,
    }
    assert house.call("CountUsers", house.provider, companyId=house.company_id) == counts
    company = house.call("GetCompany")["counts"]
    assert {name: count for name, count in company.items() if name.endswith("Users")} == {
        "activeUsers": 1,
        "pendingUsers": 1,
        "suspendedUsers": 1,
        "expiredUsers": 2,
    }


def test_with_the_filters_of_the_list(house: House, staff: Staff) -> None:
    staff.hire(firstName="Marc")
    staff.call("SuspendUser", staff.hire(firstName="Marie"))
    staff.hire(firstName="Anne")
    counts = house.call("CountUsers", userFilter={"letter": "m"})
    assert (counts["total"], counts["active"], counts["suspended"]) == (2, 1, 1)
    counts = house.call("CountUsers", userFilter={"text": "mar", "state": "SUSPENDED"})
    assert (counts["total"], counts["active"]) == (1, 1)


def test_a_company_without_users(house: House) -> None:
    assert house.call("CountUsers")["total"] == 0
