import pytest

from tests.house import House, Plain
from tests.users.staff import Staff


@pytest.fixture
def user(staff: Staff) -> Plain:
    return staff.hire(externalId="x-1", email="Sylvie.Tremblay@example.com", userNumber="2206")


@pytest.mark.parametrize(
    "name",
    [{"userNumber": "2206"}, {"externalId": "x-1"}, {"email": "sylvie.tremblay@EXAMPLE.com"}],
)
def test_by_any_name_in_a_company(house: House, staff: Staff, user: Plain, name: Plain) -> None:
    assert house.call("GetUser", userRef=name) == user
    assert house.call("GetUser", house.provider, userRef=name | {"companyId": house.company_id}) == user
    fault = house.refused("GetUser", house.provider, userRef=name)
    assert (fault["code"], fault["field"]) == ("INVALID_REQUEST", "userRef.companyId")
    fault = house.refused("GetUser", house.provider, userRef=name | {"companyId": staff.other_id})
    assert fault["code"] == "NOT_FOUND"


def test_by_its_identifier_whatever_the_company(house: House, user: Plain) -> None:
    assert house.call("GetUser", userRef={"userId": user["userId"]}) == user
    assert house.call("GetUser", house.provider, userRef={"userId": user["userId"]}) == user


@pytest.mark.parametrize("name", [{}, {"userNumber": "2206", "externalId": "x-1"}])
def test_one_name_exactly(house: House, name: Plain) -> None:
    fault = house.refused("GetUser", userRef=name)
    assert (fault["code"], fault["field"]) == ("INVALID_REQUEST", "userRef")


def test_an_address_of_two_names_nobody(house: House, staff: Staff, user: Plain) -> None:
    staff.hire(email=user["email"], allowDuplicateEmail=True)
    fault = house.refused("GetUser", userRef={"email": user["email"]})
    assert (fault["code"], fault["field"]) == ("INVALID_REQUEST", "userRef.email")
    assert fault["violation"][0]["code"] == "AMBIGUOUS"


@pytest.mark.parametrize("key", ["userNumber", "externalId", "email", "userId"])
def test_a_deleted_one_is_found_and_a_living_one_before_it(
    house: House, staff: Staff, user: Plain, key: str
) -> None:
    staff.call("DeleteUser", user)
    found = house.call("GetUser", userRef={key: user[key]})
    assert (found["userId"], found["state"]) == (user["userId"], "DELETED")
    assert found["restorableUntil"] > found["deletedAt"]
    if key in {"externalId", "email"}:
        heir = staff.hire(**{key: user[key]})
        assert house.call("GetUser", userRef={key: user[key]})["userId"] == heir["userId"]


def test_the_latest_of_several_deleted_ones(house: House, staff: Staff, user: Plain) -> None:
    staff.call("DeleteUser", user)
    house.clock.pass_time(minutes=1)
    second = staff.hire(externalId="x-1")
    staff.call("DeleteUser", second)
    assert house.call("GetUser", userRef={"externalId": "x-1"})["userId"] == second["userId"]


def test_the_day_after_its_expiry_a_user_is_expired_whoever_noted_it(house: House, staff: Staff) -> None:
    today = house.clock().date().isoformat()
    user = staff.hire(expiresOn=today)
    assert staff.get(user)["state"] == "ACTIVE"
    house.clock.pass_time(days=1)
    assert staff.get(user)["state"] == "EXPIRED"
