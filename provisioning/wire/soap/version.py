"""What differs between SOAP 1.1 and SOAP 1.2."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from provisioning.wire.soap.names import ENVELOPE_11, ENVELOPE_12

_ACTION_PARAMETER = re.compile(r';\s*action\s*=\s*("[^"]*"|[^;\s]+)', re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of SOAP. Names of elements and attributes are as the parser gives them: namespace, blank, name."""

    namespace: str
    media_type: str
    role: str
    own_roles: frozenset[str]
    callers_fault: str
    services_fault: str

    @property
    def content_type(self) -> str:
        return f"{self.media_type}; charset=utf-8"

    def action(self, headers: Mapping[str, str]) -> str:
        """The action that the request announces, without quotes; empty when it announces none.

        Names of headers are in lower case.
        """
        if self is SOAP_12:
            found = _ACTION_PARAMETER.search(headers.get("content-type", ""))
            return found[1].strip('"').strip() if found else ""
        return headers.get("soapaction", "").strip().strip('"').strip()


SOAP_11: Final = Version(
    namespace=ENVELOPE_11,
    media_type="text/xml",
    role="actor",
    own_roles=frozenset({"", "http://schemas.xmlsoap.org/soap/actor/next"}),
    callers_fault="Client",
    services_fault="Server",
)
SOAP_12: Final = Version(
    namespace=ENVELOPE_12,
    media_type="application/soap+xml",
    role="role",
    own_roles=frozenset({"", f"{ENVELOPE_12}/role/next", f"{ENVELOPE_12}/role/ultimateReceiver"}),
    callers_fault="Sender",
    services_fault="Receiver",
)
VERSIONS: Final = {each.media_type: each for each in (SOAP_11, SOAP_12)}
