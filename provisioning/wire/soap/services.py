"""Spyne services and applications with the published operations: the contract's source and the reference path."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from provisioning.kernel.operation import Operation
from provisioning.wire.soap import names
from provisioning.wire.soap.spyne_shim import Application, Service, rpc
from provisioning.wire.soap.types import complex_type, fault_type, members


def application(operations: Iterable[Operation], in_protocol: Any, out_protocol: Any) -> Any:
    """A spyne application with one service per room. Spyne takes one protocol, so one SOAP version, for each."""
    rooms = [_service(room, each) for room, each in groupby(operations, key=lambda each: each.run.__module__)]
    return Application(
        rooms, names.SERVICE, "Provisioning", in_protocol=in_protocol, out_protocol=out_protocol
    )


def _service(room: str, operations: Iterable[Operation]) -> Any:
    methods = {operation.name: _method(operation) for operation in operations}
    return type(Service)(f"{room}.Service", (Service,), methods)


def _method(operation: Operation) -> Any:
    """Spyne's method. What runs the operation is in the context: the method itself keeps nothing of a call."""

    def call(ctx: Any, *values: Any) -> Any:
        return ctx.udc(operation, values)

    call.__name__, call.__doc__ = operation.name, operation.doc
    fields = members(operation.request)
    return rpc(
        *(kind for _, kind in fields),
        _args=[name for name, _ in fields],
        _returns=complex_type(operation.result).customize(min_occurs=1, nullable=False),
        _out_variable_name=operation.result_element,
        _throws=[fault_type()],
    )(call)
