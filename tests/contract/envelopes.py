"""Envelopes as clients send them, and answers as clients read them."""

from typing import Any

from lxml import etree

from provisioning.wire.exchange import HttpAnswer, HttpRequest
from provisioning.wire.soap.names import SERVICE
from provisioning.wire.soap.version import Version

TNS = f"{{{SERVICE}}}"


def envelope(body: Any, version: Version, header: str = "") -> bytes:
    """An element in an envelope."""
    root = etree.Element(f"{{{version.namespace}}}Envelope")
    if header:
        etree.SubElement(root, f"{{{version.namespace}}}Header").append(etree.fromstring(header))
    etree.SubElement(root, f"{{{version.namespace}}}Body").append(body)
    return etree.tostring(root)


def http_request(body: bytes, version: Version, **more: Any) -> HttpRequest:
    """A request as the transport hands it over, from a caller whom the test's dispatcher takes."""
    usual: dict[str, Any] = {
        "media_type": version.media_type,
        "charset": None,
        "headers": {},
        "source": "127.0.0.1",
        "secure": True,
        "token": None,
    }
    return HttpRequest(body=body, **(usual | more))


class Answer:
    """An answer, read; equal to another one that says the same in other words."""

    def __init__(self, answer: HttpAnswer) -> None:
        self.status = answer.status
        self.content_type = answer.content_type
        self.body = answer.body if isinstance(answer.body, bytes) else b"".join(answer.body)
        self.root = etree.fromstring(self.body)
        self.tree = _tree(self.root)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Answer) and self._said() == other._said()

    def __hash__(self) -> int:
        return hash(self.body)

    def __repr__(self) -> str:
        return f"{self.status} {self.body!r}"

    def _said(self) -> tuple[Any, ...]:
        return self.status, self.content_type, self.tree

    @property
    def fault_code(self) -> str:
        """The local name of SOAP's own code."""
        found = self.root.find(".//faultcode")
        if found is None:
            found = self.root.find(".//{http://www.w3.org/2003/05/soap-envelope}Value")
        assert found is not None
        return str(found.text).partition(":")[2]

    @property
    def code(self) -> str:
        """The code of the declared fault."""
        return str(self.root.findtext(f".//{TNS}ProvisioningFault/{TNS}code"))


def _tree(element: Any) -> tuple[Any, ...]:
    """What an element says, whatever its prefixes. Identifiers of calls are all the same here."""
    text = element.text or ""
    if element.tag in {"faultcode", "{http://www.w3.org/2003/05/soap-envelope}Value"}:
        prefix, _, name = text.partition(":")
        text = f"{{{element.nsmap[prefix]}}}{name}"
    if element.tag == f"{TNS}transactionId":
        text = "(of the call)"
    return element.tag, dict(element.attrib), text, [_tree(child) for child in element]
