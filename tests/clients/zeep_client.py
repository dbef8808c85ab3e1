"""zeep in strict mode, as a client of the journey's kind."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import requests
import zeep
from zeep.exceptions import Fault
from zeep.helpers import serialize_object
from zeep.transports import Transport

from provisioning import catalogue
from provisioning.kernel.lexical import write_moment
from tests.clients.journey import Plain, Refused

FAULT = "{urn:remote-provisioning:v1}ProvisioningFault"
RESULTS = {each.name: each.result for each in catalogue.PUBLISHED}
PORTS = {"1.1": "ProvisioningSoap11Port", "1.2": "ProvisioningSoap12Port"}


class ZeepClient:
    """A client of one port of the WSDL."""

    def __init__(self, wsdl: str, version: str, name: str, secret: str) -> None:
        self._session = requests.Session()
        self._session.auth = (name, secret)
        self._client = zeep.Client(
            wsdl,
            transport=Transport(session=self._session),
            settings=zeep.Settings(strict=True),
            port_name=PORTS[version],
        )

    def call(self, operation: str, fields: Plain) -> Plain:
        try:
            answer = self._client.service[operation](**fields)
        except Fault as fault:
            typed = self._client.get_element(FAULT).parse(fault.detail[0], self._client.wsdl.types)
            raise Refused(typed.code, typed.field) from None
        plain = _plain(serialize_object(answer, dict))
        # zeep takes a list out of a result that has nothing else.
        return {RESULTS[operation].fields[0].wire: plain} if isinstance(plain, list) else plain or {}

    def close(self) -> None:
        self._session.close()


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {name: _plain(each) for name, each in value.items() if each is not None}
        case list():
            return [_plain(each) for each in value]
        case datetime():
            return write_moment(value.astimezone(UTC))
        case date():
            return value.isoformat()
        case Decimal():
            return str(value)
    return value
