"""The names that the published contract and the run time share: namespaces and action URIs."""

from typing import Final

SERVICE: Final = "urn:remote-provisioning:v1"
ENVELOPE_11: Final = "http://schemas.xmlsoap.org/soap/envelope/"
ENVELOPE_12: Final = "http://www.w3.org/2003/05/soap-envelope"


def action(operation: str) -> str:
    """The soapAction of an operation, the same in both bindings."""
    return f"{SERVICE}:{operation}"
