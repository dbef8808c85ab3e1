"""The reference path: requests read and answers written by spyne, mended where it is wrong.

It is slow and serves nobody by default. Tests hold the run time's own reader and writer to it.
"""

import threading
from dataclasses import dataclass
from typing import Any, Final

from lxml import etree

from provisioning.kernel.credentials import Credentials
from provisioning.kernel.dispatch import Call, Dispatcher
from provisioning.kernel.faults import is_callers_mistake
from provisioning.kernel.lexical import write_moment
from provisioning.kernel.messages import ProvisioningFault
from provisioning.kernel.operation import Operation
from provisioning.kernel.plain import read_plain
from provisioning.kernel.texts import Language, Text
from provisioning.wire.exchange import HttpAnswer, HttpRequest
from provisioning.wire.soap import names
from provisioning.wire.soap.endpoint import SoapEndpoint, check_action
from provisioning.wire.soap.envelope import open_envelope
from provisioning.wire.soap.faults import STATUS
from provisioning.wire.soap.gate import Element, decode, parse, refused
from provisioning.wire.soap.instances import element_of, fill, instance_of, plain_of
from provisioning.wire.soap.services import application
from provisioning.wire.soap.spyne_shim import (
    Boolean,
    Date,
    DateTime,
    Decimal,
    Fault,
    MethodContext,
    ServerBase,
    Soap11,
    Soap12,
)
from provisioning.wire.soap.types import FAULT, fault_type
from provisioning.wire.soap.version import SOAP_11, SOAP_12, Version

NOT_VALID = Text(
    "the operation's element is not valid by the schema",
    "l'élément de l'opération n'est pas valide selon le schéma",
)
_ONE_VALIDATION: Final = threading.Lock()


@dataclass
class Turn:
    """One call, in spyne's context: all that its protocols and methods need to know."""

    dispatcher: Dispatcher
    credentials: Credentials
    language: Language
    announced: str
    body: Element
    valid: bool = True

    def __call__(self, operation: Operation, values: Any) -> Any:
        """Run the operation for spyne's method."""
        return instance_of(operation.result, self.dispatch(values))

    def dispatch(self, values: Any = ()) -> Any:
        """The result. Only here is the caller known, so only here may it learn what is wrong with the request."""
        call = Call(
            self.body.local_name, self.credentials, lambda each: self._read(each, values), self.language
        )
        reply = self.dispatcher.run(call)
        if reply.fault is not None:
            raise self._fault(reply.fault)
        return reply.result

    def _read(self, operation: Operation, values: Any) -> Any:
        check_action(operation, self.announced)
        if not self.valid:
            raise refused("NOT_VALID", NOT_VALID)
        return read_plain(operation.request, plain_of(operation.request.fields, values))

    def _fault(self, fault: ProvisioningFault) -> Any:
        code = "Client" if is_callers_mistake(fault) else "Server"
        text = f"{fault.code}: {fault.reason}"
        return fill(fault_type()(faultcode=code, faultstring=text, lang=str(self.language)), FAULT, fault)


class ReferenceSoap11(Soap11):  # type: ignore[misc] # spyne has no types
    """SOAP 1.1, and what has to be mended for both versions."""

    def __init__(self) -> None:
        super().__init__(validator="lxml")
        for kind in (Boolean, Date, DateTime):  # blanks around, zones of half an hour: the kernel reads them
            self._from_unicode_handlers[kind] = lambda _, text: text
        self._to_unicode_handlers[DateTime] = lambda _, value: write_moment(value)
        self._to_unicode_handlers[Decimal] = lambda _, value: format(value, "f")

    def create_in_document(self, ctx: Any, *_: Any) -> None:
        """The gate and the envelope have judged the message; nothing of spyne's parsing is used."""
        turn = ctx.udc
        operation = turn.dispatcher.operations.get(turn.body.local_name)
        ctx.in_document = element_of(turn.body, operation.request if operation else None)

    def decompose_incoming_envelope(self, ctx: Any, *_: Any) -> None:
        ctx.in_body_doc = ctx.in_document
        ctx.method_request_string = ctx.in_body_doc.tag

    def deserialize(self, ctx: Any, message: Any) -> None:
        """Keeps what is wrong until the caller is known. The schema has one error log for all threads."""
        try:
            with _ONE_VALIDATION:
                self.validate_body(ctx, message)
            super().deserialize(ctx, message)
        except Fault:
            ctx.udc.valid = False
            ctx.in_object = []

    def fault_to_parent(self, ctx: Any, _cls: Any, inst: Any, parent: Any, *_: Any, **__: Any) -> None:
        fault = etree.SubElement(parent, f"{{{self.ns_soap_env}}}Fault")
        etree.SubElement(fault, "faultcode").text = f"{self.soap_env}:{inst.faultcode}"
        etree.SubElement(fault, "faultstring").text = inst.faultstring
        self._detail(ctx, inst, etree.SubElement(fault, "detail"))

    def _detail(self, ctx: Any, inst: Any, detail: Any) -> None:
        """The declared element, and nothing else."""
        self.complex_to_parent(ctx, fault_type(), inst, detail, names.SERVICE)


class ReferenceSoap12(ReferenceSoap11, Soap12):  # type: ignore[misc] # likewise
    """SOAP 1.2."""

    def fault_to_parent(self, ctx: Any, _cls: Any, inst: Any, parent: Any, *_: Any, **__: Any) -> None:
        def part(parent: Any, name: str) -> Any:
            return etree.SubElement(parent, f"{{{self.ns_soap_env}}}{name}")

        fault = part(parent, "Fault")
        code = "Sender" if inst.faultcode == "Client" else "Receiver"
        part(part(fault, "Code"), "Value").text = f"{self.soap_env}:{code}"
        text = part(part(fault, "Reason"), "Text")
        text.set("{http://www.w3.org/XML/1998/namespace}lang", inst.lang)
        text.text = inst.faultstring
        self._detail(ctx, inst, part(fault, "Detail"))


class ReferenceEndpoint(SoapEndpoint):
    """The run time's endpoint with spyne between envelope and dispatcher."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        super().__init__(dispatcher)
        operations = tuple(dispatcher.operations.values())
        self._servers = {
            SOAP_11.media_type: ServerBase(application(operations, ReferenceSoap11(), ReferenceSoap11())),
            SOAP_12.media_type: ServerBase(application(operations, ReferenceSoap12(), ReferenceSoap12())),
        }

    def _answer(self, request: HttpRequest, version: Version) -> HttpAnswer:
        envelope = open_envelope(parse(decode(request.body, request.charset), self._most_elements), version)
        credentials = self._credentials(request, envelope)
        announced = version.action(request.headers)
        turn = Turn(self._dispatcher, credentials, envelope.language, announced, envelope.operation)
        ctx = _run(self._servers[version.media_type], turn)
        status = STATUS if ctx.out_error else 200
        return HttpAnswer(status=status, content_type=version.content_type, body=b"".join(ctx.out_string))


def _run(server: Any, turn: Turn) -> Any:
    """Spyne's context after the call, with the answer in it."""
    ctx = MethodContext(server, MethodContext.SERVER)
    ctx.udc = turn
    (ctx,) = server.generate_contexts(ctx)
    if ctx.in_error is None:
        server.get_in_object(ctx)
        server.get_out_object(ctx)
    else:  # an operation that spyne does not know; the dispatcher says so, to callers that it knows
        ctx.out_error = _refusal(turn)
    server.get_out_string(ctx)
    return ctx


def _refusal(turn: Turn) -> Any:
    try:
        turn.dispatch()
    except Fault as fault:
        return fault
    raise AssertionError(f"{turn.body.local_name} is unknown to spyne alone")
