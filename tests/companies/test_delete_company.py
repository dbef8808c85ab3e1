from tests.house import House


def test_a_deleted_company_is_gone_and_its_code_is_free(house: House) -> None:
    company = house.new_company(house.provider, "GONE", externalId="x-1")
    deleted = house.call("DeleteCompany", house.provider, companyId=company)
    assert deleted["company"]["state"] == "DELETED"
    assert house.refused("GetCompany", house.provider, companyId=company)["code"] == "NOT_FOUND"
    assert house.new_company(house.provider, "GONE", externalId="x-1") != company
    listed = house.call("ListCompanies", house.provider, state="DELETED")
    assert [each["companyId"] for each in listed["company"]] == [company]


def test_a_dry_run_shows_what_would_be_and_keeps_the_company(house: House) -> None:
    company = house.new_company(house.provider, "STAY")
    house.call("DeleteCompany", house.provider, companyId=company, control={"dryRun": True})
    assert house.call("GetCompany", house.provider, companyId=company)["state"] == "ACTIVE"
