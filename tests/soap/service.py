"""A client for tests: sends octets to the endpoint, and reads answers with a parser that is not ours."""

from dataclasses import dataclass
from typing import Any

from lxml import etree

from provisioning.kernel.credentials import NameAndSecret
from provisioning.wire.exchange import HttpAnswer, HttpRequest
from provisioning.wire.soap.endpoint import SoapEndpoint
from provisioning.wire.soap.names import SERVICE
from provisioning.wire.soap.version import SOAP_11, SOAP_12, Version
from tests.soap.sample import Gatekeeper

CLIENT = NameAndSecret("client", "secret")
BOTH = (SOAP_11, SOAP_12)
XSI = "http://www.w3.org/2001/XMLSchema-instance"


def envelope(body: str, header: str = "", version: Version = SOAP_11) -> str:
    head = f"<e:Header>{header}</e:Header>" if header else ""
    return f'<e:Envelope xmlns:e="{version.namespace}">{head}<e:Body>{body}</e:Body></e:Envelope>'


def operation(name: str, inner: str = "", attributes: str = "") -> str:
    return f'<{name} xmlns="{SERVICE}" xmlns:xsi="{XSI}" {attributes}>{inner}</{name}>'


@dataclass(frozen=True)
class Fault:
    """A fault as a client sees it."""

    code: str
    reason: str
    detail: dict[str, Any]

    @property
    def violations(self) -> set[tuple[str, str]]:
        """Fields and codes."""
        return {(each["field"], each["code"]) for each in self.detail.get("violation", ())}

    @property
    def codes(self) -> set[str]:
        return {code for _, code in self.violations}


class Answer:
    """An answer, well-formed and in the envelope of its version: this is checked of every one."""

    def __init__(self, answer: HttpAnswer, version: Version) -> None:
        self.status = answer.status
        self.pieces = [answer.body] if isinstance(answer.body, bytes) else list(answer.body)
        self.octets = b"".join(self.pieces)
        self.version = version
        self.root = etree.fromstring(self.octets)
        assert answer.content_type == f"{version.media_type}; charset=utf-8"
        assert self.root.tag == f"{{{version.namespace}}}Envelope"
        *self.headers, body = self.root
        assert body.tag == f"{{{version.namespace}}}Body"
        (self.content,) = body

    @property
    def result(self) -> Any:
        assert self.status == 200, self.octets
        (result,) = self.content
        return plain(result)

    @property
    def fault(self) -> Fault:
        assert self.status == 500, self.octets
        assert self.content.tag == f"{{{self.version.namespace}}}Fault"
        return self._fault_11() if self.version is SOAP_11 else self._fault_12()

    def _fault_11(self) -> Fault:
        code, reason, detail = self.content
        assert [code.tag, reason.tag, detail.tag] == ["faultcode", "faultstring", "detail"]
        return self._fault(code, reason, detail)

    def _fault_12(self) -> Fault:
        prefix = f"{{{self.version.namespace}}}"
        code, reason, detail = self.content
        assert [code.tag, reason.tag, detail.tag] == [f"{prefix}Code", f"{prefix}Reason", f"{prefix}Detail"]
        (value,), (text,) = code, reason
        assert value.tag == f"{prefix}Value"
        assert text.get("{http://www.w3.org/XML/1998/namespace}lang") in {"en", "fr"}
        return self._fault(value, text, detail)

    def _fault(self, code: Any, reason: Any, detail: Any) -> Fault:
        prefix, _, name = code.text.partition(":")
        assert code.nsmap[prefix] == self.version.namespace
        (declared,) = detail
        assert declared.tag == f"{{{SERVICE}}}ProvisioningFault"
        shown = plain(declared)
        assert reason.text == f"{shown['code']}: {shown['reason']}"
        return Fault(name, reason.text, shown)


def plain(element: Any) -> Any:
    """Text, or a dict by name, in which what occurs more than once, and every violation, is a list."""
    if not len(element):
        return element.text or ""
    members: dict[str, Any] = {}
    for child in element:
        assert child.tag.startswith(f"{{{SERVICE}}}")
        name = child.tag.rpartition("}")[2]
        value = plain(child)
        if name in members or name == "violation":
            earlier = members.get(name, [])
            members[name] = [*(earlier if isinstance(earlier, list) else [earlier]), value]
        else:
            members[name] = value
    return members


@dataclass(frozen=True)
class Service:
    """The sample service at the end of a wire."""

    endpoint: SoapEndpoint
    gatekeeper: Gatekeeper

    def post(
        self,
        body: str | bytes,
        version: Version = SOAP_11,
        charset: str | None = None,
        token: NameAndSecret | None = CLIENT,
        **headers: str,
    ) -> Answer:
        request = HttpRequest(
            body=body.encode() if isinstance(body, str) else body,
            media_type=version.media_type,
            charset=charset,
            headers={name.replace("_", "-"): value for name, value in headers.items()},
            source="192.0.2.1",
            secure=True,
            token=token,
        )
        return Answer(self.endpoint.answer(request), version)

    def call(
        self, name: str, inner: str = "", header: str = "", version: Version = SOAP_11, **more: Any
    ) -> Answer:
        return self.post(envelope(operation(name, inner), header, version), version, **more)

    def refused(self, name: str, inner: str, **more: Any) -> set[tuple[str, str]]:
        """Fields and codes of all violations of a request."""
        return self.call(name, inner, **more).fault.violations
