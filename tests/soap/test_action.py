"""The SOAP action may be left out; when it is there it must be the operation's."""

import pytest

from provisioning.wire.soap.names import action
from provisioning.wire.soap.version import SOAP_11, SOAP_12
from tests.soap.service import Service, envelope, operation

ECHO = "urn:remote-provisioning:v1:Echo"


def test_the_action_is_the_namespace_and_the_name() -> None:
    assert action("Echo") == ECHO


@pytest.mark.parametrize("value", [ECHO, f'"{ECHO}"', f' "{ECHO}" ', "", '""', '" "'])
def test_soap_1_1_takes_the_operations_own_action_or_none(soap: Service, value: str) -> None:
    assert soap.call("Echo", soapaction=value).status == 200


@pytest.mark.parametrize(
    "value", ["urn:remote-provisioning:v1:Ping", '"Echo"', f'"{ECHO}", "{ECHO}"', f"{ECHO}x"]
)
def test_soap_1_1_refuses_another_action(soap: Service, value: str) -> None:
    fault = soap.call("Echo", soapaction=value).fault
    assert (fault.code, fault.codes) == ("Client", {"OTHER_ACTION"})
    assert ECHO in fault.reason


@pytest.mark.parametrize(
    "parameters",
    [
        "",
        "; charset=utf-8",
        f'; action="{ECHO}"',
        f"; charset=utf-8; action={ECHO}",
        f'; ACTION = "{ECHO}"',
        '; action=""',
    ],
)
def test_soap_1_2_takes_the_operations_own_action_or_none(soap: Service, parameters: str) -> None:
    answer = soap.call("Echo", version=SOAP_12, content_type=f"application/soap+xml{parameters}")
    assert answer.status == 200


@pytest.mark.parametrize(
    "parameters", ['; action="urn:remote-provisioning:v1:Ping"', ";action=Echo;charset=utf-8"]
)
def test_soap_1_2_refuses_another_action(soap: Service, parameters: str) -> None:
    answer = soap.call("Echo", version=SOAP_12, content_type=f"application/soap+xml{parameters}")
    assert (answer.fault.code, answer.fault.codes) == ("Sender", {"OTHER_ACTION"})


def test_each_version_has_its_own_place_for_the_action(soap: Service) -> None:
    assert soap.call("Echo", version=SOAP_12, soapaction="urn:other").status == 200
    assert soap.call("Echo", version=SOAP_11, content_type='text/xml; action="urn:other"').status == 200


def test_the_action_is_judged_after_authentication(soap: Service) -> None:
    answer = soap.post(envelope(operation("Echo")), token=None, soapaction="urn:other")
    assert answer.fault.detail["code"] == "AUTHENTICATION_FAILED"
