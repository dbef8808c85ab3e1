import pytest

from provisioning.users import UserState
from tests.house import House
from tests.users.staff import Staff


def test_what_each_way_would_free_and_nothing_is_freed(house: House, staff: Staff) -> None:
    staff.install_phone_system()
    staff.add_dids("+16505550001")
    staff.hire(house.public_id, userNumber="2206")
    user = staff.hire(userNumber="2206", extension="101", did=["+16505550001"])
    told, changes = staff.told_phones(user), len(staff.changes(user))
    impact = house.call("GetDeletionImpact", userRef={"userNumber": "2206"})
    freed = {"extension": "101", "did": ["+16505550001"], "count": 2}
    assert impact["user"] == user
    assert impact["removeFromCompany"] == {"possible": True, "userNumber": "1000", "freedResources": freed}
    assert impact["deleteFromSystem"] == {"possible": True, "freedResources": freed}
    assert staff.get(user) == user
    assert (staff.told_phones(user), len(staff.changes(user))) == (told, changes)
    assert staff.call("RemoveUserFromCompany", user)["user"]["userNumber"] == "1000"


def test_what_would_be_refused_says_why(house: House, staff: Staff) -> None:
    subscriber = staff.hire(house.public_id)
    impact = staff.call("GetDeletionImpact", subscriber, control={"language": "fr"})
    assert (impact["removeFromCompany"]["possible"], impact["removeFromCompany"]["code"]) == (
        False,
        "INVALID_STATE",
    )
    assert "abonné libre" in impact["removeFromCompany"]["reason"]
    assert impact["deleteFromSystem"]["possible"]
    boss = staff.hire(administrator=True)
    staff.hire()
    impact = staff.call("GetDeletionImpact", boss)
    assert impact["removeFromCompany"]["code"] == impact["deleteFromSystem"]["code"] == "LAST_ADMINISTRATOR"


@pytest.mark.parametrize("state", [UserState.REJECTED, UserState.DELETED])
def test_who_is_gone_leaves_nothing(staff: Staff, state: UserState) -> None:
    user = staff.hire()
    staff.set(user, state=state)
    assert staff.refused("GetDeletionImpact", user)["code"] == "INVALID_STATE"
