"""Spyne's types, derived from the shapes of the messages: the contract is declared once, in the rooms.

Every member is required or optional, never nillable (R1 and R2 of generated clients: a nillable optional element
becomes JAXBElement in Java and two properties in C#). Lists are repeated elements without a wrapper type.
"""

from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from typing import Any, Final

from provisioning.kernel.facets import Facet, Kind
from provisioning.kernel.messages import ProvisioningFault
from provisioning.kernel.operation import Operation
from provisioning.kernel.shape import Field, Shape, shape_of
from provisioning.wire.soap import names
from provisioning.wire.soap.spyne_shim import (
    Boolean,
    ByteArray,
    ComplexModel,
    Date,
    DateTime,
    Decimal,
    Enum,
    Fault,
    Integer32,
    Integer64,
    Unicode,
)

FAULT: Final = shape_of(ProvisioningFault)

# Java's parsers unroll what a schema counts, and complain beyond 5,000 in a type. More is for the reader to count.
MOST_COUNTED: Final = 1000

_PRIMITIVES: Final[dict[Kind, Any]] = {
    Kind.TEXT: Unicode,
    Kind.INT: Integer32,
    Kind.LONG: Integer64,
    Kind.BOOL: Boolean,
    Kind.DECIMAL: Decimal,
    Kind.DATE: Date,
    Kind.MOMENT: DateTime,
    Kind.BINARY: ByteArray,
}


class NamesClash(Exception):
    """Two types of the contract have one name; the schema has one namespace."""


def members(shape: Shape) -> list[tuple[str, Any]]:
    """Names and types of a message's members, in the contract's order."""
    return [(field.wire, _member(field)) for field in shape.fields]


@cache
def complex_type(shape: Shape) -> Any:
    """The named complex type of a message."""
    return _model(ComplexModel, shape)


@cache
def fault_type() -> Any:
    """The declared fault."""
    return _model(Fault, FAULT)


def _model(base: Any, shape: Shape) -> Any:
    body = {"__namespace__": names.SERVICE, "__type_name__": shape.name, "_type_info": members(shape)}
    return type(base)(shape.name, (base,), body)


def _member(field: Field) -> Any:
    """A field's type. Spyne forgets a type's name at a second customize(), so there is one with everything."""
    occurrence = {
        "min_occurs": int(field.required),
        "max_occurs": _most(field),
        "nullable": False,
        "doc": field.doc,
    }
    if field.shape is not None:
        return complex_type(field.shape).customize(**occurrence)
    assert field.facet is not None
    if field.facet.enum is not None:
        made = enum_type(field.facet.enum).customize(**occurrence)
    else:
        made = _PRIMITIVES[field.facet.kind].customize(**occurrence, **_limits(field.facet))
    if field.facet.name is not None:
        made.__type_name__ = field.facet.name
        made.__namespace__ = names.SERVICE
    return made


def _most(field: Field) -> int | str:
    if not field.repeated:
        return 1
    return field.most if field.most is not None and field.most <= MOST_COUNTED else "unbounded"


@cache
def enum_type(enum: type[StrEnum]) -> Any:
    made = Enum(*enum, type_name=enum.__name__)
    made.__namespace__ = names.SERVICE
    return made


def _limits(facet: Facet) -> dict[str, Any]:
    """What the schema says of a named type. Without a name it is the bare primitive and only the reader checks."""
    if facet.name is None:
        return {}
    limits = {
        "min_len": facet.min_length,
        "max_len": facet.max_length,
        "pattern": facet.pattern,
        "ge": facet.minimum,
        "le": facet.maximum,
    }
    return {name: limit for name, limit in limits.items() if limit is not None}


def type_documentation(operations: Iterable[Operation]) -> dict[str, str]:
    """What each named type says of itself; spyne mixes that up with what the members say.

    Refuses a contract in which one name has two meanings.
    """
    named: dict[str, Facet | Shape] = {}
    _collect(named, FAULT)
    for operation in operations:
        for wrapper in (operation.name, f"{operation.name}Response"):
            _name(named, wrapper, operation.request)
        for field in operation.request.fields:
            _collect_field(named, field)
        _collect(named, operation.result)
    return {name: each.doc for name, each in named.items()}


def _collect(named: dict[str, Facet | Shape], shape: Shape) -> None:
    _name(named, shape.name, shape)
    for field in shape.fields:
        _collect_field(named, field)


def _collect_field(named: dict[str, Facet | Shape], field: Field) -> None:
    if field.shape is not None:
        _collect(named, field.shape)
    elif field.facet is not None and field.facet.name is not None:
        _name(named, field.facet.name, field.facet)


def _name(named: dict[str, Facet | Shape], name: str, meaning: Facet | Shape) -> None:
    if named.setdefault(name, meaning) != meaning:
        raise NamesClash(f"{name} is two types of the contract.")
