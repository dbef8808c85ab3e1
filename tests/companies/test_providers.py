"""CreateProvider and ListProviders, which only the operator has."""

import pytest

from provisioning.kernel.errors import DuplicateCode
from tests.house import House


def test_a_provider_comes_with_its_public_service(house: House) -> None:
    listed = house.operate("ListProviders")["provider"]
    assert [each["name"] for each in listed] == ["Provider"]
    assert listed[0]["publicCompanyId"] == house.public_id
    company = house.call("GetCompany", house.provider, companyId=house.public_id)
    assert (company["kind"], company["publicService"]) == ("PUBLIC", True)


def test_provider_names_are_unique(house: House) -> None:
    with pytest.raises(DuplicateCode):
        house.operate("CreateProvider", name="Provider")


def test_operator_operations_are_on_no_front(house: House) -> None:
    fault = house.refused("CreateProvider", house.provider, name="Another")
    assert (fault["code"], fault["violation"][0]["code"]) == ("INVALID_REQUEST", "UNKNOWN_OPERATION")
