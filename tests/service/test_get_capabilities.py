import dataclasses
from collections.abc import Callable

import pytest

from provisioning.kernel.caller import Right
from provisioning.settings import Settings
from tests.house import House


def test_limits_are_those_in_force(house: House, settings: Settings) -> None:
    limits = house.call("GetCapabilities")["serviceLimits"]
    assert limits["mostPageItems"] == 1000
    assert limits["mostBodyOctets"] == settings.max_body
    assert limits["changesDays"] == settings.changes_days
    assert limits["requestIdDays"] == settings.retention_days


def test_the_caller_learns_what_it_is(house: House) -> None:
    rights = frozenset({Right.USERS_READ, Right.COMPANIES_READ})
    caller = house.client_of(house.provider.provider_id, house.company_id, rights, test=True)
    assert house.call("GetCapabilities", caller)["callingClient"] == {
        "name": caller.client_name,
        "scope": "COMPANY",
        "companyId": house.company_id,
        "right": ["COMPANIES_READ", "USERS_READ"],
        "mode": "TEST",
    }
    assert house.call("GetCapabilities", house.provider)["callingClient"]["scope"] == "PROVIDER"


def test_the_operator_may_do_everything(house: House) -> None:
    client = house.operate("GetCapabilities", house.provider.provider_id)["callingClient"]
    assert (client["scope"], len(client["right"])) == ("OPERATOR", len(Right))


def test_every_enumeration_of_the_contract_is_there(house: House) -> None:
    found = {each["name"]: each["value"] for each in house.call("GetCapabilities")["enumeration"]}
    assert found["CompanyKind"] == ["PRIVATE", "PUBLIC"]
    assert found["Right"] == [each.value for each in Right]
    assert found["ErrorFamily"][0] == "CALLER"
    assert "RequestState" in found


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return dataclasses.replace(settings, mail_protocols=("7=IMAP", "2=EWS"))


def test_the_numbers_of_mail_protocols_are_a_setting(build_house: Callable[[], House]) -> None:
    assert build_house().call("GetCapabilities")["mailProtocolNumber"] == [
        {"number": 2, "protocol": "EWS"},
        {"number": 7, "protocol": "IMAP"},
    ]
