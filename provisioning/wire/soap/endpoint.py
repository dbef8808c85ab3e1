"""SOAP: from the octets of a request to the octets of its answer."""

from typing import Any

import structlog

from provisioning.kernel.clock import new_id
from provisioning.kernel.credentials import Credentials
from provisioning.kernel.dispatch import Call, Dispatcher
from provisioning.kernel.errors import InternalError, Refusal
from provisioning.kernel.operation import Operation
from provisioning.kernel.texts import Text
from provisioning.wire.exchange import HttpAnswer, HttpRequest
from provisioning.wire.soap import names
from provisioning.wire.soap.answers import AnswerWriter
from provisioning.wire.soap.envelope import Envelope, open_envelope
from provisioning.wire.soap.faults import answer_fault, answer_refusal
from provisioning.wire.soap.gate import decode, parse, refused
from provisioning.wire.soap.reader import read_message, reader_of
from provisioning.wire.soap.version import VERSIONS, Version
from provisioning.wire.soap.wsse import read_security

log = structlog.get_logger("provisioning.wire.soap")

OTHER_ACTION = Text(
    "the SOAP action must be {expected} or absent", "l'action SOAP doit être {expected} ou absente"
)
TWO_TOKENS = Text(
    "credentials may come by HTTP or by WS-Security, not by both",
    "l'authentification peut venir par HTTP ou par WS-Security, pas par les deux",
)


class SoapEndpoint:
    """Answers SOAP 1.1 and SOAP 1.2, which the media type tells apart."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher
        self._most_elements = dispatcher.settings.max_elements
        self._writers = {
            (version.media_type, operation.name): AnswerWriter(operation, version)
            for version in VERSIONS.values()
            for operation in dispatcher.operations.values()
        }
        for operation in dispatcher.operations.values():
            reader_of(operation.request.type)

    def answer(self, request: HttpRequest) -> HttpAnswer:
        """Run the call in a request. Never raises: what nobody foresaw is a fault too."""
        version = VERSIONS[request.media_type]
        try:
            return self._answer(request, version)
        except Refusal as refusal:
            return answer_refusal(refusal, version, new_id())
        except Exception:
            transaction_id = new_id()
            log.exception("internal error", transaction=transaction_id)
            return answer_refusal(InternalError(), version, transaction_id)

    def refuse(self, refusal: Refusal, media_type: str) -> HttpAnswer:
        """A request that the transport refused before its body was read, as a fault."""
        return answer_refusal(refusal, VERSIONS[media_type], new_id())

    def _answer(self, request: HttpRequest, version: Version) -> HttpAnswer:
        root = parse(decode(request.body, request.charset), self._most_elements)
        envelope = open_envelope(root, version)
        call = Call(
            operation=envelope.operation.local_name,
            credentials=self._credentials(request, envelope),
            read=lambda operation: _read(operation, envelope, version.action(request.headers)),
            language=envelope.language,
        )
        reply = self._dispatcher.run(call)
        if reply.fault is not None:
            return answer_fault(reply.fault, call.language, version)
        assert reply.operation is not None
        return self._writers[version.media_type, reply.operation.name].answer(reply.result)

    def _credentials(self, request: HttpRequest, envelope: Envelope) -> Credentials:
        token: Any = request.token
        if envelope.security is not None:
            username_token = read_security(envelope.security, self._dispatcher.clock())
            if username_token is not None:
                if token is not None:
                    raise refused("TWO_TOKENS", TWO_TOKENS)
                token = username_token
        return Credentials(source=request.source, secure=request.secure, token=token)


def _read(operation: Operation, envelope: Envelope, announced: str) -> Any:
    check_action(operation, announced)
    return read_message(operation.request.type, envelope.operation)


def check_action(operation: Operation, announced: str) -> None:
    """Refuse a caller that announced another operation than it sent: who filters by the header must be right."""
    expected = names.action(operation.name)
    if announced and announced != expected:
        raise refused("OTHER_ACTION", OTHER_ACTION, expected=expected)
