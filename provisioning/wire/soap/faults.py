"""A fault on the wire: the code says whom SOAP blames, the detail holds the declared fault and nothing else."""

from typing import Final
from xml.sax.saxutils import quoteattr

from provisioning.kernel.errors import Refusal
from provisioning.kernel.faults import fault_of, is_callers_mistake
from provisioning.kernel.messages import ProvisioningFault
from provisioning.kernel.texts import Language
from provisioning.wire.exchange import HttpAnswer
from provisioning.wire.soap.envelope import MustUnderstand, VersionMismatch
from provisioning.wire.soap.names import SERVICE
from provisioning.wire.soap.version import SOAP_12, Version
from provisioning.wire.soap.writer import DECLARATION, escape, writer_of

# For both versions: some clients take 400, which SOAP 1.2 asks for, for a broken transport and lose the fault.
STATUS: Final = 500

_ENVELOPE_11: Final = (
    "<soap:Envelope xmlns:soap={namespace}>{header}<soap:Body><soap:Fault>"
    "<faultcode>soap:{code}</faultcode><faultstring>{reason}</faultstring><detail>{detail}</detail>"
    "</soap:Fault></soap:Body></soap:Envelope>"
)
_ENVELOPE_12: Final = (
    "<soap:Envelope xmlns:soap={namespace}>{header}<soap:Body><soap:Fault>"
    "<soap:Code><soap:Value>soap:{code}</soap:Value></soap:Code>"
    '<soap:Reason><soap:Text xml:lang="{language}">{reason}</soap:Text></soap:Reason>'
    "<soap:Detail>{detail}</soap:Detail></soap:Fault></soap:Body></soap:Envelope>"
)
_UPGRADE: Final = (
    '<soap:Header><soap:Upgrade><soap:SupportedEnvelope qname="soap:Envelope"/></soap:Upgrade></soap:Header>'
)
_NOT_UNDERSTOOD: Final = (
    "<soap:Header><soap:NotUnderstood qname={name} xmlns:header={namespace}/></soap:Header>"
)


def answer_fault(fault: ProvisioningFault, language: Language, version: Version) -> HttpAnswer:
    """The answer to a call that the dispatcher refused."""
    code = version.callers_fault if is_callers_mistake(fault) else version.services_fault
    return _answer(fault, language, version, code)


def answer_refusal(refusal: Refusal, version: Version, transaction_id: str) -> HttpAnswer:
    """The answer to a message that the dispatcher never saw."""
    fault = fault_of(refusal, Language.EN, transaction_id)
    if isinstance(refusal, VersionMismatch):
        return _answer(fault, Language.EN, version, "VersionMismatch", _UPGRADE)
    if isinstance(refusal, MustUnderstand):
        return _answer(fault, Language.EN, version, "MustUnderstand", _not_understood(refusal))
    return answer_fault(fault, Language.EN, version)


def _not_understood(refusal: MustUnderstand) -> str:
    if not refusal.namespace:
        return ""
    return _NOT_UNDERSTOOD.format(
        name=quoteattr(f"header:{refusal.local_name}"), namespace=quoteattr(refusal.namespace)
    )


def _answer(
    fault: ProvisioningFault, language: Language, version: Version, code: str, header_12: str = ""
) -> HttpAnswer:
    detail = writer_of(ProvisioningFault).write(fault)
    is_12 = version is SOAP_12
    envelope = (_ENVELOPE_12 if is_12 else _ENVELOPE_11).format(
        namespace=quoteattr(version.namespace),
        header=header_12 if is_12 else "",
        code=code,
        language=language,
        reason=escape(f"{fault.code}: {fault.reason}"),
        detail=f"<ProvisioningFault xmlns={quoteattr(SERVICE)}>{detail}</ProvisioningFault>",
    )
    return HttpAnswer(
        status=STATUS, content_type=version.content_type, body=(DECLARATION + envelope).encode("utf-8")
    )
