"""What spyne 2.14 gets wrong of messages, by the numbers of our own list, and that the served path does not."""

import logging
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from structlog.testing import capture_logs

import provisioning
from provisioning.wire.published import published_files
from provisioning.wire.soap import names, spyne_shim
from provisioning.wire.soap.types import FAULT
from provisioning.wire.soap.version import SOAP_11, SOAP_12, Version
from tests.contract import sample
from tests.soap.service import BOTH, Answer, Service, envelope, operation

both_versions = pytest.mark.parametrize("version", BOTH, ids=["soap11", "soap12"])

THING = "<code>A</code><color>RED</color>{}"
SCHEMA_TYPES = re.compile(rb'<xs:simpleType name="(\w+)"')
SCHEMA = etree.XMLSchema(etree.fromstring(published_files(sample.OPERATIONS)["schemas/provisioning.xsd"]))

# One request for each way in which an answer becomes a fault.
REFUSED = {
    "validation": operation("CreateThing", "<newThing/>"),
    "business": operation("Refuse", "<code>NOT_FOUND</code>"),
    "conflict": operation("Refuse", "<code>VERSION_CONFLICT</code>"),
    "limit": operation("Refuse", "<code>LIMIT_REACHED</code>"),
    "service": operation("Refuse", "<code>BACKEND_UNAVAILABLE</code>"),
    "internal": operation("BreakAnswer"),
    "right": operation("Forbid"),
    "unknown": operation("NoSuchOperation"),
    "empty body": "",
}


def faults(soap: Service, version: Version) -> dict[str, Answer]:
    return {name: soap.post(envelope(body, version=version), version) for name, body in REFUSED.items()}


def echoed(soap: Service, inner: str, field: str) -> Any:
    """What PreviewThing made of a member of a new thing."""
    answer = soap.call("PreviewThing", f"<newThing>{THING.format(inner)}</newThing>")
    return answer.result.get(field)


@both_versions
def test_01_members_of_a_fault_that_nobody_set(soap: Service, version: Version) -> None:
    """Spyne serialises their type objects and fails."""
    detail = soap.call("Refuse", "<code>NOT_FOUND</code>", version=version).fault.detail
    assert detail.keys() < {field.wire for field in FAULT.fields}
    assert "currentVersion" not in detail
    assert not any("class" in str(value) or value in ("", "None") for value in detail.values())


@both_versions
def test_02_members_stand_in_the_detail_alone(soap: Service, version: Version) -> None:
    """Spyne writes them as further children of the Fault."""
    children = {
        SOAP_11: ["faultcode", "faultstring", "detail"],
        SOAP_12: [f"{{{names.ENVELOPE_12}}}{name}" for name in ("Code", "Reason", "Detail")],
    }
    for name, answer in faults(soap, version).items():
        assert [each.tag for each in answer.content] == children[version], name


@both_versions
def test_03_detail_holds_the_declared_element(soap: Service, version: Version) -> None:
    """Spyne writes an unqualified dict, which no WSDL declares."""
    for name, answer in faults(soap, version).items():
        (declared,) = answer.content[-1]
        assert SCHEMA.validate(declared), (name, SCHEMA.error_log)


def test_04_soap_12_faults(soap: Service) -> None:
    """Spyne fails at every validation error, has subcodes that are no QNames, and an empty Role."""
    for name, answer in faults(soap, SOAP_12).items():
        fault = answer.fault
        assert fault.code == ("Receiver" if name in {"service", "internal"} else "Sender"), name
        assert fault.detail["reason"] in fault.reason
        for absent in ("Subcode", "Role", "Node"):
            assert answer.root.find(f".//{{{names.ENVELOPE_12}}}{absent}") is None


@both_versions
def test_05_must_understand(soap: Service, version: Version) -> None:
    """Spyne ignores it."""
    header = '<x xmlns="urn:other" e:mustUnderstand="1"/>'
    assert soap.call("Ping", header=header, version=version).fault.code == "MustUnderstand"
    assert soap.call("Ping", header='<x xmlns="urn:other"/>', version=version).status == 200


@both_versions
def test_06_version_mismatch(soap: Service, version: Version) -> None:
    """Spyne does not know this code, nor MustUnderstand."""
    other = SOAP_12 if version is SOAP_11 else SOAP_11
    answer = soap.post(envelope(operation("Ping"), version=other), version)
    assert answer.fault.code == "VersionMismatch"


UNREADABLE = {
    "nothing": b"",
    "no body": f'<e:Envelope xmlns:e="{names.ENVELOPE_11}"/>'.encode(),
    "empty body": envelope("").encode(),
    "a fault": envelope("<e:Fault/>").encode(),
    "entity": b'<!DOCTYPE x [<!ENTITY y "z">]>' + envelope(operation("Echo", "<text>&y;</text>")).encode(),
    "octets that do not decode": envelope(operation("Echo", "<text>\xff</text>")).encode("latin-1"),
    "unknown charset": b'<?xml version="1.0" encoding="klingon"?>' + envelope(operation("Ping")).encode(),
    "no XML": b"hello",
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_07_messages_that_cannot_be_read(soap: Service, what: str) -> None:
    """Spyne closes the connection or lets the server answer with an HTML page; content encodings: see the other file."""
    fault = soap.post(UNREADABLE[what]).fault
    assert (fault.code, fault.detail["code"]) == ("Client", "INVALID_REQUEST")
    assert soap.call("Ping").status == 200


@both_versions
def test_08_references_are_not_followed(soap: Service, version: Version) -> None:
    """Spyne follows them always: a cycle is a RecursionError."""
    cycle = '<newThing id="a" href="#b"/><other id="b" href="#a"/>'
    answer = soap.call("CreateThing", cycle, version=version)
    assert answer.fault.detail["code"] == "INVALID_REQUEST"
    assert ("newThing", "ATTRIBUTE") in answer.fault.violations


def test_09_nil_that_is_false(soap: Service) -> None:
    """Spyne takes it for nil and loses the value."""
    assert echoed(soap, '<urgent xsi:nil="false">true</urgent>', "urgent") == "true"


MOMENTS = {
    "2031-02-28T12:00:00-03:30": "2031-02-28T15:30:00Z",
    "2031-02-28T12:00:00-00:30": "2031-02-28T12:30:00Z",
    "2031-02-28T24:00:00Z": "2031-03-01T00:00:00Z",
    "\n 2031-02-28T12:00:00Z ": "2031-02-28T12:00:00Z",
    "2031-02-28T12:00:00.1234567+05:45": "2031-02-28T06:15:00.123Z",
}
NO_MOMENTS = ["2031-02-30T12:00:00Z", "2031-02-28T12:00:00Zoo", "2031-02-28T12:00:00", "2031-02-28T25:00:00Z"]


@pytest.mark.parametrize("text", MOMENTS)
def test_10_moments_are_read_right_and_answered_in_utc(soap: Service, text: str) -> None:
    """Spyne reads -03:30 as -02:30, fails at 24:00:00 and at blanks, and writes moments without a zone."""
    assert echoed(soap, f"<moment>{text}</moment>", "moment") == MOMENTS[text]


@pytest.mark.parametrize("text", NO_MOMENTS)
def test_10_moments_that_are_none_are_refused(soap: Service, text: str) -> None:
    """Spyne takes what stands behind a moment, and fails at days that do not exist."""
    fields = soap.refused("PreviewThing", f"<newThing>{THING.format(f'<moment>{text}</moment>')}</newThing>")
    assert {field for field, _ in fields} == {"newThing.moment"}


def test_11_callers_at_once_get_their_own_errors(soap: Service) -> None:
    """Spyne reads the shared schema's error log after validating: callers get each other's errors."""
    wrong: list[Any] = []

    def call(number: int) -> None:
        mine = f"stranger{number}"
        for _ in range(200):
            found = soap.refused("Echo", f"<{mine}/>")
            if found != {(mine, "UNKNOWN_FIELD")}:
                wrong.append(found)

    threads = [threading.Thread(target=call, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@both_versions
def test_12_headers_that_are_ours_are_checked(soap: Service, version: Version) -> None:
    """Spyne does not validate the header: what it does not know passes, in credentials too."""
    token = "<Username>client</Username><Password>secret</Password><Surprise/>"
    security = f'<Security xmlns="{names.SECURITY}"><UsernameToken>{token}</UsernameToken></Security>'
    answer = soap.call("Ping", header=security, version=version, token=None)
    assert answer.fault.codes == {"SECURITY_NOT_SUPPORTED"}


@pytest.mark.parametrize("tail", ["<unclosed>", "</Envelope>", '<x a="1" a="2"/>'])
def test_13_refused_messages_are_not_logged(
    soap: Service, tail: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Spyne logs them whole, at ERROR: passwords stand in the log."""
    token = "<Username>client</Username><Password>open sesame</Password>"
    header = f'<Security xmlns="{names.SECURITY}"><UsernameToken>{token}</UsernameToken></Security>'
    with capture_logs() as logs, caplog.at_level(logging.DEBUG):
        answer = soap.post(envelope(operation("Ping"), header) + tail)
    assert answer.status == 500
    assert "sesame" not in caplog.text + str(logs) + answer.octets.decode()
    assert spyne_shim.Soap11.__module__ == "spyne.protocol.soap.soap11"
    assert not logging.getLogger("spyne.protocol.soap.soap11.invalid").isEnabledFor(logging.ERROR)
    assert not logging.getLogger("spyne.protocol.xml.invalid").isEnabledFor(logging.ERROR)


@both_versions
def test_18_unforeseen_errors_keep_their_text(soap: Service, version: Version) -> None:
    """Spyne sends the exception's text to the client."""
    with capture_logs() as logs:
        answer = soap.call("BreakAnswer", version=version)
    assert len(logs) == 1
    assert answer.fault.detail["code"] == "INTERNAL"
    assert answer.fault.code == version.services_fault
    assert b"insides" not in answer.octets
    assert b"TypeError" not in answer.octets


@both_versions
def test_19_prefixes_in_contents_are_declared(soap: Service, version: Version) -> None:
    """Spyne cleans declarations away that stand only in the contents of elements."""
    answers = [
        *faults(soap, version).values(),
        soap.call("Ping", header='<y xmlns="urn:x" e:mustUnderstand="1"/>', version=version),
        soap.post(b"<e:Envelope xmlns:e='urn:no-soap'/>", version),
    ]
    for answer in answers:
        for element in answer.root.iter():
            names_in_it = [each for each in (element.get("qname"),) if each]
            if etree.QName(element).localname in {"faultcode", "Value"}:
                names_in_it.append(str(element.text))
            assert all(name.partition(":")[0] in element.nsmap for name in names_in_it), answer.octets


@pytest.mark.parametrize("kind", ["Thing", "Part", "NoSuchType", "ProvisioningFault"])
def test_20_xsi_type_chooses_no_other_class(soap: Service, kind: str) -> None:
    """Without its schema validation spyne makes any known class of an element that asks for it."""
    attributes = f'xmlns:t="{names.SERVICE}" xsi:type="t:{kind}"'
    answer = soap.call("PreviewThing", f"<newThing {attributes}>{THING.format('')}</newThing>")
    assert answer.result["code"] == "A"
    strange = soap.call("PreviewThing", f"<newThing {attributes}><label>x</label></newThing>")
    assert ("newThing.label", "UNKNOWN_FIELD") in strange.fault.violations


def test_21_enumerations_and_named_types(soap: Service) -> None:
    """Spyne's first value is falsy and none equals its text; names of simple types are lost."""
    assert sample.Color.RED
    assert sample.Color.RED == "RED"
    answer = soap.call("PreviewThing", f"<newThing>{THING.format('')}</newThing>")
    assert answer.result["color"] == "RED"
    simple_types = SCHEMA_TYPES.findall(b"".join(published_files(sample.OPERATIONS).values()))
    assert {b"Color", b"Email", b"Story"} <= set(simple_types)
    assert not [name for name in simple_types if b"_" in name]


def test_22_attachments_inside_the_message_are_refused(soap: Service) -> None:
    """Spyne takes an XOP body and cannot answer with one. The multipart types: see the other file."""
    include = '<xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="cid:1"/>'
    fields = soap.refused(
        "PreviewThing", f"<newThing>{THING.format(f'<picture>{include}</picture>')}</newThing>"
    )
    assert fields == {("newThing.picture", "NOT_A_VALUE")}


def test_23_nothing_of_spyne_serves(tmp_path: Path) -> None:
    """Spyne's contexts are frozen: what belongs to a call has no place in them. No call needs one."""
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from provisioning.wire.soap.endpoint import SoapEndpoint\n"
        "from tests.soap.sample import Gatekeeper, sample_dispatcher\n"
        "from tests.soap.service import Service\n"
        "gatekeeper = Gatekeeper()\n"
        f"dispatcher = sample_dispatcher(Path({str(tmp_path)!r}), gatekeeper)\n"
        "assert Service(SoapEndpoint(dispatcher), gatekeeper).call('Ping').status == 200\n"
        "assert not [name for name in sys.modules if name.startswith('spyne')]\n"
    )
    root = Path(provisioning.__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
