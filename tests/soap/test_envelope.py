"""The shape of an envelope: one operation in one body, and nothing that would have to be guessed at."""

import pytest

from provisioning.wire.soap.names import ENVELOPE_11, ENVELOPE_12, SERVICE
from provisioning.wire.soap.version import SOAP_11, SOAP_12, Version
from tests.soap.service import BOTH, Service, envelope, operation

ECHO = operation("Echo", "<text>hello</text>")


@pytest.mark.parametrize("version", BOTH)
def test_both_versions_are_answered_in_their_own(soap: Service, version: Version) -> None:
    assert soap.call("Echo", "<text>hello</text>", version=version).result == {"answer": "hello"}


def test_the_answer_is_named_after_operation_and_type(soap: Service) -> None:
    answer = soap.call("Echo", "<text>hello</text>")
    assert answer.content.tag == f"{{{SERVICE}}}EchoResponse"
    assert [child.tag for child in answer.content] == [f"{{{SERVICE}}}echoResult"]


def in_envelope(content: str, namespace: str = ENVELOPE_11) -> str:
    return f'<e:Envelope xmlns:e="{namespace}">{content}</e:Envelope>'


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("<Envelope/>", "VERSION_MISMATCH"),
        (ECHO, "NOT_AN_ENVELOPE"),
        (in_envelope(""), "WRONG_ENVELOPE"),
        (in_envelope("<e:Header/>"), "WRONG_ENVELOPE"),
        (in_envelope(ECHO), "WRONG_ENVELOPE"),
        (in_envelope(f"<e:Body>{ECHO}</e:Body><e:Body>{ECHO}</e:Body>"), "WRONG_ENVELOPE"),
        (in_envelope(f"<e:Header/><e:Header/><e:Body>{ECHO}</e:Body>"), "WRONG_ENVELOPE"),
        (in_envelope(f"<e:Body>{ECHO}</e:Body><e:Header/>"), "WRONG_ENVELOPE"),
        (in_envelope(f"<e:Body>{ECHO}</e:Body><x/>"), "WRONG_ENVELOPE"),
        (in_envelope(f"text<e:Body>{ECHO}</e:Body>"), "WRONG_ENVELOPE"),
        (in_envelope(f"<e:Body>{ECHO}</e:Body>text"), "WRONG_ENVELOPE"),
        (in_envelope(f"<Body>{ECHO}</Body>"), "WRONG_ENVELOPE"),
        (in_envelope(f'<b:Body xmlns:b="{ENVELOPE_12}">{ECHO}</b:Body>'), "WRONG_ENVELOPE"),
        (in_envelope("<e:Body/>"), "ONE_OPERATION"),
        (in_envelope("<e:Body>  \n </e:Body>"), "ONE_OPERATION"),
        (in_envelope("<e:Body>Echo</e:Body>"), "ONE_OPERATION"),
        (in_envelope(f"<e:Body>{ECHO}{ECHO}</e:Body>"), "ONE_OPERATION"),
        (in_envelope(f"<e:Body>{ECHO}text</e:Body>"), "ONE_OPERATION"),
        (in_envelope("<e:Body><e:Fault/></e:Body>"), "FAULT_AS_REQUEST"),
        (in_envelope('<e:Body><Echo xmlns="urn:other"/></e:Body>'), "WRONG_NAMESPACE"),
        (in_envelope("<e:Body><Echo/></e:Body>"), "WRONG_NAMESPACE"),
    ],
)
def test_other_shapes_are_the_clients_mistake(soap: Service, message: str, code: str) -> None:
    seen = len(soap.gatekeeper.shown)
    fault = soap.post(message).fault
    assert fault.codes == {code}
    assert fault.code == ("VersionMismatch" if code == "VERSION_MISMATCH" else "Client")
    assert fault.detail["code"] == "INVALID_REQUEST"
    assert len(fault.detail["transactionId"]) == 26
    assert len(soap.gatekeeper.shown) == seen, "a broken envelope is refused without authentication"


@pytest.mark.parametrize(
    ("version", "other"), [(SOAP_11, ENVELOPE_12), (SOAP_12, ENVELOPE_11), (SOAP_11, "urn:x")]
)
def test_an_envelope_of_another_version(soap: Service, version: Version, other: str) -> None:
    answer = soap.post(in_envelope(f"<e:Body>{ECHO}</e:Body>", other), version)
    assert (answer.fault.code, answer.fault.codes) == ("VersionMismatch", {"VERSION_MISMATCH"})
    assert version.namespace in answer.fault.detail["reason"]
    if version is SOAP_12:
        ((upgrade,),) = answer.headers
        assert upgrade[0].get("qname") == "soap:Envelope"
        assert upgrade.nsmap["soap"] == ENVELOPE_12
    else:
        assert answer.headers == []


@pytest.mark.parametrize("version", BOTH)
def test_authentication_comes_before_anything_about_the_operation(soap: Service, version: Version) -> None:
    for body in (operation("NoSuchOperation"), operation("Echo", "<wrong/>"), operation("Forbid")):
        answer = soap.post(envelope(body, version=version), version, token=None)
        assert answer.fault.detail["code"] == "AUTHENTICATION_FAILED"
        assert answer.fault.code == ("Client" if version is SOAP_11 else "Sender")


def test_rights_come_before_the_fields(soap: Service) -> None:
    assert soap.call("Forbid", "<wrong/>").fault.detail["code"] == "NOT_PERMITTED"


@pytest.mark.parametrize("name", ["NoSuchOperation", "echo", "EchoResponse", "Write_Thing", "N" * 200])
def test_an_unknown_operation(soap: Service, name: str) -> None:
    fault = soap.call(name).fault
    assert (fault.code, fault.codes) == ("Client", {"UNKNOWN_OPERATION"})


def test_refusals_are_in_the_language_of_the_request(soap: Service) -> None:
    french = "<control><language>fr</language></control>"
    assert "n'est pas un champ" in soap.call("Echo", f"{french}<wrong/>").fault.detail["reason"]
    assert "droit" in soap.call("Forbid", french).fault.detail["reason"]
    assert "inexact" in soap.call("Echo", french, token=None).fault.detail["reason"]
    assert "is no field" in soap.call("Echo", french.replace("fr", "en") + "<wrong/>").fault.detail["reason"]
    assert (
        "is no field"
        in soap.call("Echo", "<control><dryRun>0</dryRun></control><wrong/>").fault.detail["reason"]
    )


def test_the_language_of_a_reason_is_marked(soap: Service) -> None:
    french = "<control><language>fr</language></control>"
    answer = soap.call("Refuse", f"{french}<code>NOT_FOUND</code>", version=SOAP_12)
    assert answer.fault.reason == "NOT_FOUND: Cet objet n'existe pas (user)."
    (text,) = answer.content[1]
    assert text.get("{http://www.w3.org/XML/1998/namespace}lang") == "fr"
