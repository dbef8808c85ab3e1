"""XML-RPC faults: a stable number, and a text that begins with the code."""

from typing import Final

from provisioning.kernel.errors import CODES
from provisioning.kernel.messages import ProvisioningFault
from provisioning.wire.xmlrpc.writer import write_string

# Where the fault code interoperability table of XML-RPC has a number for what was wrong, that one.
_TABLE: Final = {
    "EMPTY_MESSAGE": -32700,
    "NOT_WELL_FORMED": -32700,
    "DOCTYPE": -32700,
    "PROCESSING_INSTRUCTION": -32700,
    "NOT_XML_1_0": -32700,
    "WRONG_ENCODING": -32701,
    "NOT_A_CALL": -32600,
    "UNKNOWN_OPERATION": -32601,
    "WRONG_PARAMETERS": -32602,
}


def write_fault(fault: ProvisioningFault) -> str:
    """A fault as the struct of the two members that it may have."""
    return (
        f"<struct><member><name>faultCode</name><value><int>{_number(fault)}</int></value></member>"
        f"<member><name>faultString</name><value>{write_string(_told(fault))}</value></member></struct>"
    )


def _number(fault: ProvisioningFault) -> int:
    reasons = [each.code for each in fault.violation]
    return _TABLE.get(reasons[0], CODES[fault.code].number) if reasons else CODES[fault.code].number


def _told(fault: ProvisioningFault) -> str:
    """Everything that the declared fault says, a line for each."""
    lines = [f"{fault.code}: {fault.reason}"]
    lines += [f"{name}: {value}" for name, value in _rest(fault) if value is not None]
    lines += [
        f"violation: {f'{each.field}: ' if each.field else ''}{each.code}: {each.reason}"
        for each in fault.violation
    ]
    return "\n".join(lines)


def _rest(fault: ProvisioningFault) -> list[tuple[str, object]]:
    return [
        ("field", fault.field or None),
        ("object", fault.object),
        ("retryable", "true" if fault.retryable else "false"),
        ("retryAfterSeconds", fault.retry_after_seconds),
        ("transactionId", fault.transaction_id),
        ("currentVersion", fault.current_version),
        ("limit", fault.limit),
        ("used", fault.used),
    ]
