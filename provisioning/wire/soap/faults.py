"""A fault on the wire: the code says whom SOAP blames, the detail holds the declared fault and nothing else."""

from typing import Final

from provisioning.kernel.errors import Refusal
from provisioning.kernel.faults import fault_of, is_callers_mistake
from provisioning.kernel.messages import ProvisioningFault
from provisioning.kernel.texts import Language
from provisioning.wire.exchange import HttpAnswer
from provisioning.wire.soap.envelope import MustUnderstand, VersionMismatch
from provisioning.wire.soap.names import SERVICE
from provisioning.wire.soap.version import SOAP_11, SOAP_12, Version
from provisioning.wire.soap.writer import DECLARATION, escape, writer_of

# For both versions: some clients take 400, which SOAP 1.2 asks for, for a broken transport and lose the fault.
STATUS: Final = 500

# SOAP 1.1 has no place to say which envelope would have been right.
_BODIES: Final = {
    SOAP_11: (
        "<soap:Body><soap:Fault><faultcode>soap:{code}</faultcode><faultstring>{reason}</faultstring>"
        "<detail>{detail}</detail></soap:Fault></soap:Body>"
    ),
    SOAP_12: (
        "{upgrade}<soap:Body><soap:Fault><soap:Code><soap:Value>soap:{code}</soap:Value></soap:Code>"
        '<soap:Reason><soap:Text xml:lang="{language}">{reason}</soap:Text></soap:Reason>'
        "<soap:Detail>{detail}</soap:Detail></soap:Fault></soap:Body>"
    ),
}
_UPGRADE: Final = (
    '<soap:Header><soap:Upgrade><soap:SupportedEnvelope qname="soap:Envelope"/></soap:Upgrade></soap:Header>'
)


def answer_fault(fault: ProvisioningFault, language: Language, version: Version) -> HttpAnswer:
    """The answer to a call that the dispatcher refused."""
    code = version.callers_fault if is_callers_mistake(fault) else version.services_fault
    return _answer(fault, language, version, code)


def answer_refusal(refusal: Refusal, version: Version, transaction_id: str) -> HttpAnswer:
    """The answer to a message that the dispatcher never saw."""
    fault = fault_of(refusal, Language.EN, transaction_id)
    if isinstance(refusal, VersionMismatch | MustUnderstand):
        return _answer(fault, Language.EN, version, type(refusal).__name__)
    return answer_fault(fault, Language.EN, version)


def _answer(fault: ProvisioningFault, language: Language, version: Version, code: str) -> HttpAnswer:
    detail = writer_of(ProvisioningFault).write(fault)
    body = _BODIES[version].format(
        upgrade=_UPGRADE if code == VersionMismatch.__name__ else "",
        code=code,
        language=language,
        reason=escape(f"{fault.code}: {fault.reason}"),
        detail=f'<ProvisioningFault xmlns="{SERVICE}">{detail}</ProvisioningFault>',
    )
    envelope = f'{DECLARATION}<soap:Envelope xmlns:soap="{version.namespace}">{body}</soap:Envelope>'
    return HttpAnswer(status=STATUS, content_type=version.content_type, body=envelope.encode())
