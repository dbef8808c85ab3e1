"""SuspendCompany and ResumeCompany."""

from tests.house import House


def test_suspending_and_resuming_twice_changes_once(house: House) -> None:
    first = house.call("SuspendCompany", house.provider, companyId=house.company_id)
    assert first["company"]["state"] == "SUSPENDED"
    again = house.call("SuspendCompany", house.provider, companyId=house.company_id)
    assert again["outcome"]["noChange"]
    resumed = house.call("ResumeCompany", house.provider, companyId=house.company_id)
    assert resumed["company"]["state"] == "ACTIVE"
    assert house.call("ResumeCompany", house.provider, companyId=house.company_id)["outcome"]["noChange"]


def test_the_public_service_is_never_suspended_or_deleted(house: House) -> None:
    for operation in ("SuspendCompany", "DeleteCompany"):
        assert house.refused(operation, house.provider, companyId=house.public_id)["code"] == "INVALID_STATE"


def test_a_company_cannot_suspend_itself(house: House) -> None:
    for operation in ("SuspendCompany", "ResumeCompany", "DeleteCompany"):
        assert house.refused(operation, house.company)["code"] == "NOT_PERMITTED"
