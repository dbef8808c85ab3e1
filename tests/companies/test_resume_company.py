from tests.house import House


def test_a_suspended_company_is_resumed_once(house: House) -> None:
    suspended = house.call("SuspendCompany", house.provider, companyId=house.company_id)["company"]
    resumed = house.call("ResumeCompany", house.provider, companyId=house.company_id)
    assert resumed["company"]["state"] == "ACTIVE"
    assert resumed["company"]["version"] == suspended["version"] + 1
    again = house.call("ResumeCompany", house.provider, companyId=house.company_id)
    assert again["outcome"]["noChange"]
    assert again["company"]["version"] == resumed["company"]["version"]


def test_one_that_was_never_suspended_stays_as_it_is(house: House) -> None:
    assert house.call("ResumeCompany", house.provider, companyId=house.public_id)["outcome"]["noChange"]


def test_an_expected_version_is_compared(house: House) -> None:
    house.call("SuspendCompany", house.provider, companyId=house.company_id)
    fault = house.refused(
        "ResumeCompany", house.provider, companyId=house.company_id, control={"expectedVersion": 1}
    )
    assert (fault["code"], fault["currentVersion"]) == ("VERSION_CONFLICT", 2)
    assert house.call("GetCompany", house.company)["state"] == "SUSPENDED"


def test_it_is_the_providers_to_resume(house: House) -> None:
    house.call("SuspendCompany", house.provider, companyId=house.company_id)
    stranger, _ = house.new_provider("Stranger")
    assert house.refused("ResumeCompany", house.company)["code"] == "NOT_PERMITTED"
    assert house.refused("ResumeCompany", stranger, companyId=house.company_id)["code"] == "NOT_FOUND"
    assert house.call("GetCompany", house.company)["state"] == "SUSPENDED"
