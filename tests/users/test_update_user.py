from datetime import timedelta

import pytest

from provisioning.users import UserState
from tests.house import House, Plain
from tests.users.staff import Staff, fields_of


def test_what_is_absent_stays_and_what_is_given_changes(house: House, staff: Staff) -> None:
    user = staff.hire(mobilePhone="+16505551212", externalId="x")
    answer = staff.call("UpdateUser", user, firstName="Anne", homePhone="+1 650 555 1213", language="fr")
    expected = user | {"firstName": "Anne", "homePhone": "+16505551213", "language": "fr", "version": 2}
    assert answer["user"] == expected == staff.get(user)
    assert house.call("ListUsers", userFilter={"letter": "a"})["user"] == [expected]
    change = staff.changes(user)[-1]
    assert (change.kind, change.detail) == (
        "UserChanged",
        {"firstName": "Anne", "homePhone": "+16505551213", "language": "fr"},
    )


def test_the_same_again_is_no_change(staff: Staff) -> None:
    user = staff.hire()
    answer = staff.call("UpdateUser", user, firstName=user["firstName"], email=user["email"])
    assert answer["outcome"]["noChange"]
    assert answer["user"]["version"] == user["version"]


def test_clearing(staff: Staff) -> None:
    user = staff.hire(mobilePhone="+16505551212", externalId="x", expiresOn="2099-01-01")
    cleared = staff.call("UpdateUser", user, clearField=["EXTERNAL_ID", "MOBILE_PHONE", "EXPIRES_ON"])["user"]
    assert not {"externalId", "mobilePhone", "expiresOn"} & cleared.keys()
    fault = staff.refused("UpdateUser", user, externalId="y", clearField=["EXTERNAL_ID"])
    assert (fault["field"], fault["violation"][0]["code"]) == ("externalId", "CONTRADICTION")


def test_keys_of_others_are_refused_all_at_once(staff: Staff) -> None:
    staff.hire(email="taken@example.com", externalId="taken")
    user = staff.hire(externalId="mine", administrator=True)
    fault = staff.refused(
        "UpdateUser", user, email="TAKEN@example.com", externalId="taken", administrator=False
    )
    assert fields_of(fault) == {"email", "externalId", "userRef"}
    assert staff.get(user) == user
    answer = staff.call("UpdateUser", user, email="taken@example.com", allowDuplicateEmail=True)
    assert answer["user"]["email"] == "taken@example.com"


def test_ones_own_keys_are_no_duplicates(staff: Staff) -> None:
    user = staff.hire(email="one@example.com", externalId="x")
    answer = staff.call("UpdateUser", user, email="One@example.com", externalId="x")
    assert answer["user"]["email"] == "One@example.com"


def test_an_old_address_is_free_at_once(staff: Staff) -> None:
    user = staff.hire(email="old@example.com")
    staff.call("UpdateUser", user, email="new@example.com")
    assert staff.hire(email="old@example.com")


def test_the_version_expected(staff: Staff) -> None:
    user = staff.hire()
    staff.call("UpdateUser", user, firstName="Anne", control={"expectedVersion": 1})
    fault = staff.refused("UpdateUser", user, firstName="Zoé", control={"expectedVersion": 1})
    assert (fault["code"], fault["currentVersion"]) == ("VERSION_CONFLICT", 2)


def test_a_new_last_day_makes_an_expired_user_active(house: House, staff: Staff) -> None:
    today = house.clock().date()
    user = staff.hire(expiresOn=today.isoformat())
    house.clock.pass_time(days=2)
    assert staff.get(user)["state"] == "EXPIRED"
    later = (today + timedelta(days=30)).isoformat()
    assert staff.call("UpdateUser", user, expiresOn=later)["user"]["state"] == "ACTIVE"
    assert [change.kind for change in staff.changes(user)][-2:] == ["UserChanged", "UserReactivated"]


def test_a_last_day_that_is_past_closes_the_account(house: House, staff: Staff) -> None:
    past = (house.clock().date() - timedelta(days=1)).isoformat()
    user = staff.hire()
    assert staff.call("UpdateUser", user, expiresOn=past)["user"]["state"] == "EXPIRED"
    assert staff.changes(user)[-1].kind == "UserExpired"
    assert staff.call("UpdateUser", user, clearField=["EXPIRES_ON"])["user"]["state"] == "ACTIVE"


def test_a_suspended_user_that_expired_is_active_with_a_new_day(house: House, staff: Staff) -> None:
    today = house.clock().date()
    user = staff.hire(expiresOn=today.isoformat())
    staff.call("SuspendUser", user, reason="unpaid")
    house.clock.pass_time(days=1)
    later = (today + timedelta(days=30)).isoformat()
    updated = staff.call("UpdateUser", user, expiresOn=later)["user"]
    assert updated["state"] == "ACTIVE"
    assert "suspensionReason" not in updated


def test_a_pending_user_can_be_set_up(staff: Staff) -> None:
    user = staff.hire()
    staff.set(user, state=UserState.PENDING)
    assert staff.call("UpdateUser", user, lastName="Roy")["user"]["state"] == "PENDING"


def test_the_last_administrator_stays_one(house: House, staff: Staff) -> None:
    boss = staff.hire(administrator=True)
    assert staff.refused("UpdateUser", boss, administrator=False)["code"] == "LAST_ADMINISTRATOR"
    heir = staff.hire()
    assert staff.call("UpdateUser", heir, administrator=True)["user"]["administrator"]
    assert not staff.call("UpdateUser", boss, administrator=False)["user"]["administrator"]


@pytest.mark.parametrize("state", ["DELETED", "REJECTED"])
def test_who_is_gone_is_not_changed(staff: Staff, state: str) -> None:
    user = staff.hire()
    staff.set(user, state=UserState(state))
    fault = staff.refused("UpdateUser", user, firstName="Anne")
    assert fault["code"] == "INVALID_STATE"
    assert state in fault["reason"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"firstName": "Anne"}, True),
        ({"email": "new@example.com"}, True),
        ({"homePhone": "+16505550000"}, False),
    ],
)
def test_phone_systems_hear_of_what_they_know(staff: Staff, change: Plain, told: bool) -> None:
    staff.install_phone_system()
    user = staff.hire()
    assert staff.told_phones(user) == 1
    answer = staff.call("UpdateUser", user, **change)
    assert staff.told_phones(user) == 1 + told
    assert answer["outcome"]["provisioning"] == ("PENDING" if told else "IN_SYNC")
