"""The real operations through the endpoint, on both databases."""

import dataclasses

import pytest

from provisioning.wire.soap.endpoint import SoapEndpoint
from provisioning.wire.soap.version import Version
from tests.house import House
from tests.soap.sample import Gatekeeper
from tests.soap.service import BOTH, Service


@pytest.fixture
def application(house: House) -> Service:
    """The application's own dispatcher, which takes everybody for the provider's client."""
    dispatcher = dataclasses.replace(house.application.dispatcher, authenticate=lambda _: house.provider)
    return Service(SoapEndpoint(dispatcher), Gatekeeper())


def new_company(code: str) -> str:
    return f"<newCompany><kind>PRIVATE</kind><code>{code}</code><name>Tremblay &amp; fils</name></newCompany>"


@pytest.mark.parametrize("version", BOTH)
def test_a_write_is_kept_and_its_repeat_is_recognised(application: Service, version: Version) -> None:
    control = "<control><requestId>order-1</requestId></control>"
    first = application.call("CreateCompany", control + new_company("T1"), version=version).result
    again = application.call("CreateCompany", control + new_company("T1"), version=version).result
    assert first["company"]["name"] == "Tremblay & fils"
    assert again["company"] == first["company"]
    assert (first["outcome"]["replayed"], again["outcome"]["replayed"]) == ("false", "true")
    company_id = f"<companyId>{first['company']['companyId']}</companyId>"
    assert application.call("GetCompany", company_id, version=version).result["code"] == "T1"


def test_a_refusal_of_a_rule_is_in_the_language_of_the_request(application: Service) -> None:
    application.call("CreateCompany", new_company("T2"))
    fault = application.call(
        "CreateCompany", "<control><language>fr</language></control>" + new_company("T2")
    ).fault
    assert (fault.code, fault.detail["code"]) == ("Client", "DUPLICATE_CODE")
    assert "déjà" in fault.reason
