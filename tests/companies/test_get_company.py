import pytest

from tests.house import House


def test_a_company_is_shown_whole_with_its_counts(house: House) -> None:
    company = house.call("GetCompany", house.company)
    assert company["companyId"] == house.company_id
    assert (company["kind"], company["code"], company["name"]) == ("PRIVATE", "ACME", "ACME Ltd")
    assert (company["state"], company["language"], company["publicService"]) == ("ACTIVE", "en", False)
    assert company["version"] == 1
    assert set(company["counts"].values()) == {0}


def test_counts_follow_users_and_numbers(house: House) -> None:
    house.call("AddDids", house.provider, number=["+16505550100", "+16505550101"], companyId=house.company_id)
    person = {"firstName": "Ada", "lastName": "King", "email": "ada@example.com"}
    user = house.call("CreateUser", newUser=person)["user"]
    house.call("CreateUser", newUser={**person, "email": "other@example.com", "extension": "200"})
    house.call("AssignDid", userRef={"userId": user["userId"]}, number="+16505550100")
    house.call("SuspendUser", userRef={"userId": user["userId"]})
    counts = house.call("GetCompany", house.company)["counts"]
    assert (counts["activeUsers"], counts["suspendedUsers"]) == (1, 1)
    assert (counts["dids"], counts["assignedDids"], counts["extensions"]) == (2, 1, 1)


def test_the_caller_sees_its_own_tenants_alone(house: House) -> None:
    neighbour = house.new_company(house.provider, "NEXT")
    stranger, strange = house.new_provider("Stranger")
    assert house.call("GetCompany", house.provider, companyId=neighbour)["code"] == "NEXT"
    for caller, company_id in (
        (house.company, neighbour),
        (house.provider, strange),
        (stranger, house.company_id),
        (house.provider, neighbour[::-1]),
    ):
        fault = house.refused("GetCompany", caller, companyId=company_id)
        assert (fault["code"], fault["field"]) == ("NOT_FOUND", "companyId")


@pytest.mark.parametrize("operation", ["SuspendCompany", "DeleteCompany"])
def test_a_deleted_company_is_gone_and_a_suspended_one_is_not(house: House, operation: str) -> None:
    house.call(operation, house.provider, companyId=house.company_id)
    if operation == "SuspendCompany":
        assert house.call("GetCompany", house.company)["state"] == "SUSPENDED"
    else:
        fault = house.refused("GetCompany", house.provider, companyId=house.company_id)
        assert (fault["code"], fault["field"]) == ("NOT_FOUND", "companyId")
