from tests.house import House


def test_absent_fields_stay_and_a_cleared_one_goes(house: House) -> None:
    company = house.new_company(house.provider, "UPD", externalId="x-1")
    changed = house.call("UpdateCompany", house.provider, companyId=company, name="Updated", externalId="")
    assert changed["company"]["name"] == "Updated"
    assert changed["company"]["externalId"] == "x-1"
    assert changed["company"]["version"] == 2
    cleared = house.call("UpdateCompany", house.provider, companyId=company, clearField=["EXTERNAL_ID"])
    assert "externalId" not in cleared["company"]


def test_the_same_values_again_are_no_change(house: House) -> None:
    answer = house.call("UpdateCompany", house.provider, companyId=house.company_id, name="ACME Ltd")
    assert answer["outcome"]["noChange"]


def test_another_version_than_expected_is_a_conflict_with_the_current_one(house: House) -> None:
    fault = house.refused(
        "UpdateCompany",
        house.provider,
        companyId=house.company_id,
        name="X",
        control={"expectedVersion": 7},
    )
    assert (fault["code"], fault["currentVersion"]) == ("VERSION_CONFLICT", 1)


def test_codes_and_external_ids_of_others_are_refused(house: House) -> None:
    house.new_company(house.provider, "OTHER", externalId="x-9")
    fault = house.refused(
        "UpdateCompany", house.provider, companyId=house.company_id, code="OTHER", externalId="x-9"
    )
    assert fault["code"] == "DUPLICATE_CODE"
    fault = house.refused("UpdateCompany", house.provider, companyId=house.company_id, externalId="x-9")
    assert fault["code"] == "DUPLICATE_EXTERNAL_ID"


def test_other_peoples_companies_do_not_exist(house: House) -> None:
    stranger, _ = house.new_provider("Stranger")
    for operation in ("GetCompany", "UpdateCompany", "SuspendCompany", "ResumeCompany", "DeleteCompany"):
        foreign = house.refused(operation, stranger, companyId=house.company_id)
        missing = house.refused(operation, stranger, companyId="0" * 26)
        assert foreign["code"] == missing["code"] == "NOT_FOUND"
        assert foreign["reason"] == missing["reason"]
    neighbour = house.new_company(house.provider, "NEXT")
    assert house.refused("GetCompany", house.company, companyId=neighbour)["code"] == "NOT_FOUND"


def test_a_providers_client_has_to_say_which_company(house: House) -> None:
    fault = house.refused("GetCompany", house.provider)
    assert (fault["code"], fault["field"]) == ("INVALID_REQUEST", "companyId")
    assert house.call("GetCompany", house.company)["companyId"] == house.company_id
