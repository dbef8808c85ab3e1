"""Headers: what is meant for others is ignored, what must be understood and is not is refused."""

import pytest

from provisioning.wire.soap.names import ENVELOPE_12
from provisioning.wire.soap.version import SOAP_11, SOAP_12, Version
from tests.soap.service import BOTH, Service

NEXT_11 = "http://schemas.xmlsoap.org/soap/actor/next"
ROLE_12 = f"{ENVELOPE_12}/role"
ADDRESSING = "http://www.w3.org/2005/08/addressing"


def block(attributes: str = "", name: str = "h:Transaction") -> str:
    return f'<{name} xmlns:h="urn:headers" {attributes}>5</{name}>'


@pytest.mark.parametrize("version", BOTH)
@pytest.mark.parametrize(
    "attributes",
    [
        "",
        'e:mustUnderstand="0"',
        'e:mustUnderstand="false"',
        'mustUnderstand="1"',
        'e:mustUnderstand="1" e:actor="urn:other" e:role="urn:other"',
        'e:relay="true"',
    ],
)
def test_a_header_that_need_not_be_understood_is_ignored(
    soap: Service, version: Version, attributes: str
) -> None:
    answer = soap.call("Echo", "<text>a</text>", block(attributes), version)
    assert answer.result == {"answer": "a"}


@pytest.mark.parametrize(
    ("version", "attributes"),
    [
        (SOAP_11, 'e:mustUnderstand="1"'),
        (SOAP_11, 'e:mustUnderstand="true"'),
        (SOAP_11, 'e:mustUnderstand=" 1 "'),
        (SOAP_11, 'e:mustUnderstand="1" e:actor=""'),
        (SOAP_11, f'e:mustUnderstand="1" e:actor="{NEXT_11}"'),
        (SOAP_11, f'e:mustUnderstand="1" e:role="{ROLE_12}/none"'),
        (SOAP_12, 'e:mustUnderstand="true"'),
        (SOAP_12, 'e:mustUnderstand="1"'),
        (SOAP_12, 'e:mustUnderstand="1" e:role=""'),
        (SOAP_12, f'e:mustUnderstand="1" e:role="{ROLE_12}/next"'),
        (SOAP_12, f'e:mustUnderstand="1" e:role="{ROLE_12}/ultimateReceiver"'),
        (SOAP_12, 'e:mustUnderstand="1" e:actor="urn:other"'),
    ],
)
def test_an_unknown_header_that_must_be_understood(soap: Service, version: Version, attributes: str) -> None:
    answer = soap.call("Echo", "", block() + block(attributes, "h:Money"), version)
    assert (answer.fault.code, answer.fault.codes) == ("MustUnderstand", {"HEADER_NOT_UNDERSTOOD"})
    assert "Money" in answer.fault.reason


def test_a_mandatory_header_for_nobody_is_ignored(soap: Service) -> None:
    header = block(f'e:mustUnderstand="1" e:role="{ROLE_12}/none"')
    assert soap.call("Echo", "", header, SOAP_12).status == 200


@pytest.mark.parametrize("version", BOTH)
@pytest.mark.parametrize("value", ["yes", "", "2", "TRUE"])
def test_must_understand_is_true_or_false(soap: Service, version: Version, value: str) -> None:
    fault = soap.call("Echo", "", block(f'e:mustUnderstand="{value}"'), version).fault
    assert fault.codes == {"WRONG_MUST_UNDERSTAND"}


def test_addresses_in_headers_are_not_followed(soap: Service) -> None:
    header = f'<a:ReplyTo xmlns:a="{ADDRESSING}"><a:Address>http://192.0.2.1/</a:Address></a:ReplyTo>'
    assert soap.call("Echo", "<text>a</text>", header).result == {"answer": "a"}
