"""Both front ends by octets: a call goes in as a client writes it, a fault comes out as a client reads it."""

import base64
import re
import xmlrpc.client
from typing import Any, Protocol
from xml.sax.saxutils import escape

from provisioning.kernel.credentials import NameAndSecret
from provisioning.kernel.dispatch import Dispatcher
from provisioning.kernel.errors import CODES, Family
from provisioning.wire.exchange import HttpRequest
from provisioning.wire.soap.endpoint import SoapEndpoint
from provisioning.wire.soap.names import SECURITY, SECURITY_UTILITY
from provisioning.wire.soap.version import SOAP_11
from provisioning.wire.xmlrpc.endpoint import XmlRpcEndpoint
from tests.soap.service import Answer, envelope, operation

Plain = dict[str, Any]
Told = tuple[str, str | None]


class Wire(Protocol):
    """A front end over a dispatcher, and what a client reads of its faults."""

    def __init__(self, dispatcher: Dispatcher) -> None: ...

    def call(self, name: str, fields: Plain, token: NameAndSecret) -> Told | None:
        """Code and field of the fault; None when the call was answered."""


class Soap:
    """SOAP 1.1. A token with a nonce goes into a WS-Security header, others by HTTP Basic."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._endpoint = SoapEndpoint(dispatcher)

    def call(self, name: str, fields: Plain, token: NameAndSecret) -> Told | None:
        message = envelope(operation(name, _elements(fields)), _security(token) if token.nonce else "")
        request = _request(message, None if token.nonce else token)
        answer = Answer(self._endpoint.answer(request), SOAP_11)
        if answer.status == 200:
            return None
        fault = answer.fault
        code = CODES[fault.detail["code"]]
        assert fault.code == ("Server" if code.family is Family.SERVICE else "Client")
        assert fault.detail["retryable"] == str(code.retryable).lower()
        return code.code, fault.detail.get("field")


class XmlRpc:
    """XML-RPC. A token with a nonce is one that a transport with such tokens would have found."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._endpoint = XmlRpcEndpoint(dispatcher)

    def call(self, name: str, fields: Plain, token: NameAndSecret) -> Told | None:
        message = xmlrpc.client.dumps((fields,), name)
        body = self._endpoint.answer(_request(message, token)).body
        try:
            xmlrpc.client.loads(body if isinstance(body, bytes) else b"".join(body))
        except xmlrpc.client.Fault as fault:
            return _told(fault.faultCode, fault.faultString)
        return None


def _told(number: int, text: str) -> Told:
    code = CODES[text.partition(":")[0]]
    assert number == code.number
    assert f"\nretryable: {str(code.retryable).lower()}\n" in text
    field = re.search(r"(?m)^field: (.+)$", text)
    return code.code, field and field[1]


def _request(message: str, token: NameAndSecret | None) -> HttpRequest:
    return HttpRequest(
        body=message.encode(),
        media_type="text/xml",
        charset=None,
        headers={},
        source="192.0.2.1",
        secure=True,
        token=token,
    )


def _elements(fields: Plain) -> str:
    return "".join(
        f"<{name}>{_elements(each) if isinstance(each, dict) else escape(_text(each))}</{name}>"
        for name, value in fields.items()
        for each in (value if isinstance(value, list) else [value])
    )


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _security(token: NameAndSecret) -> str:
    assert token.nonce
    return (
        f'<s:Security xmlns:s="{SECURITY}"><s:UsernameToken><s:Username>{token.name}</s:Username>'
        f"<s:Password>{token.secret}</s:Password><s:Nonce>{base64.b64encode(token.nonce).decode()}</s:Nonce>"
        f'<u:Created xmlns:u="{SECURITY_UTILITY}">{token.created}</u:Created></s:UsernameToken></s:Security>'
    )
