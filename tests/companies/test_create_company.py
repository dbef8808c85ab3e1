import pytest

from tests.house import House


def test_a_private_company_gets_the_usual_digits_and_extensions(house: House) -> None:
    created = house.call(
        "CreateCompany", house.provider, newCompany={"kind": "PRIVATE", "code": "NEW", "name": "New Ltd"}
    )
    company = created["company"]
    assert (company["userNumberDigits"], company["extensionFirst"], company["extensionLast"]) == (
        4,
        "100",
        "999",
    )
    assert company["state"] == "ACTIVE"
    assert not created["outcome"]["noChange"]
    assert house.call("GetCompany", house.provider, companyId=company["companyId"])["version"] == 1


def test_code_and_external_id_are_unique_and_both_are_reported(house: House) -> None:
    house.new_company(house.provider, "ONE", externalId="x-1")
    fault = house.refused(
        "CreateCompany",
        house.provider,
        newCompany={
            "kind": "PUBLIC",
            "code": "ONE",
            "name": "One",
            "externalId": "x-1",
            "extensionFirst": "10",
        },
    )
    assert {each["field"] for each in fault["violation"]} == {"newCompany.extensionFirst", "newCompany.code"}


def test_the_same_code_serves_two_providers(house: House) -> None:
    house.new_company(house.provider, "ONE")
    other, _ = house.new_provider("Other")
    assert house.new_company(other, "ONE")


@pytest.mark.parametrize(("first", "last"), [("100", "99"), ("200", "100"), ("100", None), (None, "200")])
def test_an_extension_range_has_two_ends_of_one_length(
    house: House, first: str | None, last: str | None
) -> None:
    new = {"kind": "PRIVATE", "code": "R", "name": "R", "extensionFirst": first, "extensionLast": last}
    fault = house.refused("CreateCompany", house.provider, newCompany=new)
    assert (fault["code"], fault["field"]) == ("INVALID_REQUEST", "newCompany.extensionLast")


def test_a_companys_own_client_creates_none(house: House) -> None:
    new = {"kind": "PRIVATE", "code": "R", "name": "R"}
    assert house.refused("CreateCompany", house.company, newCompany=new)["code"] == "NOT_PERMITTED"


def test_a_repeat_with_the_same_request_id_gets_the_first_answer(house: House) -> None:
    new = {"kind": "PRIVATE", "code": "ONCE", "name": "Once"}
    first = house.call("CreateCompany", house.provider, newCompany=new, control={"requestId": "r-1"})
    again = house.call("CreateCompany", house.provider, newCompany=new, control={"requestId": "r-1"})
    assert again["company"] == first["company"]
    assert again["outcome"]["replayed"]
    fault = house.refused(
        "CreateCompany", house.provider, newCompany={**new, "code": "TWICE"}, control={"requestId": "r-1"}
    )
    assert fault["code"] == "REQUEST_ID_REUSED"


def test_a_dry_run_keeps_nothing(house: House) -> None:
    new = {"kind": "PRIVATE", "code": "DRY", "name": "Dry"}
    answer = house.call("CreateCompany", house.provider, newCompany=new, control={"dryRun": True})
    assert answer["outcome"]["dryRun"]
    assert (
        house.refused("GetCompany", house.provider, companyId=answer["company"]["companyId"])["code"]
        == "NOT_FOUND"
    )
