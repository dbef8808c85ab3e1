"""The envelope: exactly one body with exactly one operation, and no header that had to be understood and is not."""

from dataclasses import dataclass
from typing import Final

from provisioning.kernel.errors import InvalidRequest, Violation
from provisioning.kernel.texts import Language, Text
from provisioning.wire.soap.gate import Element, refused
from provisioning.wire.soap.names import SECURITY, SERVICE
from provisioning.wire.soap.version import Version

_TRUE: Final = frozenset({"1", "true"})
_FALSE: Final = frozenset({"0", "false"})

NOT_AN_ENVELOPE = Text("the message is not a SOAP envelope", "le message n'est pas une enveloppe SOAP")
OTHER_VERSION = Text(
    "the envelope is not the one of {media_type}; it must be in the namespace {namespace}",
    "l'enveloppe n'est pas celle de {media_type}; elle doit être dans l'espace de noms {namespace}",
)
WRONG_ENVELOPE = Text(
    "the envelope must hold at most one Header, then exactly one Body, and nothing else",
    "l'enveloppe doit contenir au plus un Header, puis exactement un Body, et rien d'autre",
)
ONE_OPERATION = Text(
    "the body must hold exactly one element, the operation's; it holds {count}",
    "le corps doit contenir exactement un élément, celui de l'opération; il en contient {count}",
)
NO_FAULT = Text("a fault is no request", "une erreur SOAP n'est pas une requête")
WRONG_NAMESPACE = Text(
    "the operation's element must be in the namespace {namespace}",
    "l'élément de l'opération doit être dans l'espace de noms {namespace}",
)
NOT_UNDERSTOOD = Text(
    "the header {header} must be understood and is not",
    "l'en-tête {header} doit être compris et ne l'est pas",
)
NOT_BOOLEAN = Text(
    "mustUnderstand of the header {header} is neither true nor false",
    "mustUnderstand de l'en-tête {header} n'est ni vrai ni faux",
)
ONE_SECURITY = Text(
    "there may be only one Security header for this service",
    "il ne peut y avoir qu'un seul en-tête Security pour ce service",
)


class VersionMismatch(InvalidRequest):
    """An envelope of another version of SOAP, or of none."""


class MustUnderstand(InvalidRequest):
    """A mandatory header that this service does not know."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What of an envelope concerns the service."""

    operation: Element
    security: Element | None

    @property
    def language(self) -> Language:
        """The language that the request asks for, as far as it can be seen before the request is read."""
        control = self.operation.children[0] if self.operation.children else None
        if control is not None and control.tag == f"{SERVICE} control":
            for part in control.children:
                if part.tag == f"{SERVICE} language" and part.text == Language.FR:
                    return Language.FR
        return Language.EN


def open_envelope(root: Element, version: Version) -> Envelope:
    """The operation's element and the Security header of an envelope."""
    _check_root(root, version)
    header_tag, body_tag = f"{version.namespace} Header", f"{version.namespace} Body"
    parts = root.children
    has_header = bool(parts) and parts[0].tag == header_tag
    if len(parts) != 1 + has_header or parts[-1].tag != body_tag or root.has_text:
        raise refused("WRONG_ENVELOPE", WRONG_ENVELOPE)
    security = _read_header(parts[0], version) if has_header else None
    return Envelope(_operation(parts[-1], version), security)


def _check_root(root: Element, version: Version) -> None:
    if root.tag == f"{version.namespace} Envelope":
        return
    if root.local_name != "Envelope":
        raise refused("NOT_AN_ENVELOPE", NOT_AN_ENVELOPE)
    values = {"media_type": version.media_type, "namespace": version.namespace}
    raise VersionMismatch([Violation("", "VERSION_MISMATCH", OTHER_VERSION, values)])


def _operation(body: Element, version: Version) -> Element:
    if len(body.children) != 1 or body.has_text:
        raise refused("ONE_OPERATION", ONE_OPERATION, count=len(body.children))
    operation = body.children[0]
    if operation.tag == f"{version.namespace} Fault":
        raise refused("FAULT_AS_REQUEST", NO_FAULT)
    if operation.namespace != SERVICE:
        raise refused("WRONG_NAMESPACE", WRONG_NAMESPACE, namespace=SERVICE)
    return operation


def _read_header(header: Element, version: Version) -> Element | None:
    """The one Security header that is meant for this service; every other mandatory one is not understood."""
    security = None
    for block in header.children:
        if block.attributes.get(f"{version.namespace} {version.role}", "").strip() not in version.own_roles:
            continue
        if block.tag == f"{SECURITY} Security":
            if security is not None:
                raise refused("SEVERAL_SECURITY_HEADERS", ONE_SECURITY)
            security = block
        elif _is_mandatory(block, version):
            values = {"header": block.local_name}
            raise MustUnderstand([Violation("", "HEADER_NOT_UNDERSTOOD", NOT_UNDERSTOOD, values)])
    return security


def _is_mandatory(block: Element, version: Version) -> bool:
    value = block.attributes.get(f"{version.namespace} mustUnderstand", "0").strip()
    if value in _TRUE:
        return True
    if value not in _FALSE:
        raise refused("WRONG_MUST_UNDERSTAND", NOT_BOOLEAN, header=block.local_name)
    return False
