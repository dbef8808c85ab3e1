"""The XML-RPC front: a methodCall in, a methodResponse out, HTTP 200 for faults as well."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from provisioning.kernel.clock import new_id
from provisioning.kernel.credentials import Credentials
from provisioning.kernel.dispatch import Call, Dispatcher
from provisioning.kernel.errors import Refusal
from provisioning.kernel.faults import fault_of
from provisioning.kernel.messages import ProvisioningFault
from provisioning.kernel.plain import read_plain
from provisioning.kernel.texts import Language, Text
from provisioning.persistence.engine import expect_waiting
from provisioning.wire.exchange import HttpAnswer, HttpRequest
from provisioning.wire.soap.gate import TooLarge, decode, parse
from provisioning.wire.xmlrpc.faults import write_fault
from provisioning.wire.xmlrpc.introspection import MULTICALL, Introspection
from provisioning.wire.xmlrpc.reader import MethodCall, read_call, read_calls, refused
from provisioning.wire.xmlrpc.writer import write_array, writer_of

_MOST_CALLS: Final = 100
# What is one element in SOAP are here a member, its name, its value and the value's type.
_ELEMENTS_OF_A_VALUE: Final = 4
_CONTENT_TYPE: Final = "text/xml; charset=utf-8"
_PIECE: Final = 64 * 1024
_BEGIN: Final = '<?xml version="1.0" encoding="UTF-8"?>\n<methodResponse>'
_BEGIN_RESULT: Final = f"{_BEGIN}<params><param><value>"
_END_RESULT: Final = "</value></param></params></methodResponse>\n"
_BEGIN_FAULT: Final = f"{_BEGIN}<fault><value>"
_END_FAULT: Final = "</value></fault></methodResponse>\n"

NOT_INSIDE = Text(
    "system.multicall cannot be called by itself", "system.multicall ne peut s'appeler lui-même"
)
MOST_CALLS = Text(
    "system.multicall takes at most {allowed} calls.", "system.multicall prend au plus {allowed} appels."
)


class Faulted(Exception):
    """What an operation refused."""

    def __init__(self, fault: ProvisioningFault) -> None:
        self.fault = fault


class XmlRpcEndpoint:
    """Answers whole HTTP requests."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher
        self._most_elements = _ELEMENTS_OF_A_VALUE * dispatcher.settings.max_elements
        self._introspection = Introspection(dispatcher.operations)

    def answer(self, request: HttpRequest) -> HttpAnswer:
        try:
            root = parse(decode(request.body, request.charset), self._most_elements)
            result = self._run(read_call(root), request)
        except Refusal as refusal:
            return self.refuse(refusal, request.media_type)
        except Faulted as faulted:
            return _fault(faulted.fault)
        return HttpAnswer(
            status=200,
            content_type=_CONTENT_TYPE,
            body=_in_pieces(chain([_BEGIN_RESULT], result, [_END_RESULT])),
        )

    def refuse(self, refusal: Refusal, _media_type: str) -> HttpAnswer:
        """The fault for what was refused before an operation ran."""
        return _fault(told(refusal))

    def _run(self, call: MethodCall, request: HttpRequest) -> Iterator[str]:
        """The written result of a method. What the method refuses is raised, before anything is written."""
        if call.method == MULTICALL:
            return self._multicall(call, request)
        system = self._introspection.methods.get(call.method)
        return system(call) if system is not None else self._operate(call, request)

    def _operate(self, call: MethodCall, request: HttpRequest) -> Iterator[str]:
        credentials = Credentials(source=request.source, secure=request.secure, token=request.token)
        reply = self._dispatcher.run(
            Call(
                operation=call.method,
                credentials=credentials,
                read=lambda operation: read_plain(operation.request, call.members()),
                language=call.language(),
            )
        )
        if reply.fault is not None:
            raise Faulted(reply.fault)
        assert reply.operation is not None
        return writer_of(reply.operation.result.type).pieces(reply.result)

    def _multicall(self, call: MethodCall, request: HttpRequest) -> Iterator[str]:
        """Each call runs when its result is due: no more than one is held."""
        expect_waiting()  # at one of them, perhaps, and none is to be run twice
        calls = read_calls(call)
        if len(calls) > _MOST_CALLS:
            raise TooLarge(MOST_CALLS, _MOST_CALLS)
        return write_array(self._run_part(each, request) for each in calls)

    def _run_part(self, call: MethodCall, request: HttpRequest) -> str:
        """One of several calls: an array of one result, or a fault, which does not touch the others."""
        try:
            if call.method == MULTICALL:
                raise refused("", "WRONG_PARAMETERS", NOT_INSIDE)
            return "".join(write_array(["".join(self._run(call, request))]))
        except Refusal as refusal:
            return write_fault(told(refusal))
        except Faulted as faulted:
            return write_fault(faulted.fault)


def told(refusal: Refusal) -> ProvisioningFault:
    return fault_of(refusal, Language.EN, new_id())


def _fault(fault: ProvisioningFault) -> HttpAnswer:
    body = f"{_BEGIN_FAULT}{write_fault(fault)}{_END_FAULT}".encode()
    return HttpAnswer(status=200, content_type=_CONTENT_TYPE, body=body)


def _in_pieces(texts: Iterable[str]) -> bytes | Iterator[bytes]:
    """All of it when it is short; otherwise pieces that are made as they are sent."""
    pieces = _gather(texts)
    first = next(pieces)
    second = next(pieces, None)
    return first if second is None else chain([first, second], pieces)


def _gather(texts: Iterable[str]) -> Iterator[bytes]:
    held: list[str] = []
    length = 0
    for text in texts:
        held.append(text)
        length += len(text)
        if length >= _PIECE:
            yield "".join(held).encode()
            held, length = [], 0
    yield "".join(held).encode()
