"""Between the messages of the rooms and spyne's instances of the same types, for the reference path."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from lxml import etree

from provisioning.kernel.shape import Field, Shape
from provisioning.wire.soap.gate import Element
from provisioning.wire.soap.names import SERVICE
from provisioning.wire.soap.types import complex_type, enum_type

_NIL: Final = "http://www.w3.org/2001/XMLSchema-instance nil"


def element_of(parsed: Element, shape: Shape | None) -> Any:
    """The element as lxml has it, for spyne; forgiven is what the run time forgives (see `soap/reader.py`)."""
    element = etree.Element(_clark(parsed.tag))
    element.text = parsed.text
    for name, value in parsed.attributes.items():
        if " " not in name or (name == _NIL and value.strip() in {"true", "1"}):
            element.set(_clark(name), value)
    fields = {f"{SERVICE} {field.wire}": field for field in shape.fields} if shape else {}
    forgiving = _in_order(parsed, fields)
    for child in parsed.children:
        field = fields.get(child.tag)
        if field is None or not (forgiving and _is_nothing(child, field)):
            element.append(element_of(child, field.shape if field else None))
    return element


def _in_order(parsed: Element, fields: dict[str, Field]) -> bool:
    """Whether every known child stands in its place and as often as it may, the empty ones too."""
    places = list(fields)
    names = [child.tag for child in parsed.children if child.tag in fields]
    once = [name for name in names if not fields[name].repeated]
    return names == sorted(names, key=places.index) and len(set(once)) == len(once)


def _is_nothing(parsed: Element, field: Field) -> bool:
    """An empty optional element is as good as none."""
    empty = not parsed.children and not (parsed.has_text if field.shape else parsed.text)
    return empty and not field.required and not field.repeated and not parsed.attributes


def _clark(name: str) -> str:
    namespace, _, local_name = name.rpartition(" ")
    return f"{{{namespace}}}{local_name}" if namespace else local_name


def plain_of(fields: Iterable[Field], values: Iterable[Any]) -> dict[str, Any]:
    """Members of one of spyne's instances, as `read_plain` takes them."""
    return {
        field.wire: [_plain(field, each) for each in value] if field.repeated else _plain(field, value)
        for field, value in zip(fields, values, strict=True)
        if value is not None
    }


def _plain(field: Field, value: Any) -> Any:
    if field.shape is not None:
        nested = field.shape.fields
        return plain_of(nested, [getattr(value, each.wire) for each in nested])
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, list | tuple):  # octets come in pieces
        return b"".join(value)
    return value if isinstance(value, str | int) else str(value)


def instance_of(shape: Shape, message: Any) -> Any:
    """Spyne's instance of a message."""
    return fill(complex_type(shape)(), shape, message)


def fill(instance: Any, shape: Shape, message: Any) -> Any:
    """Every member is set, to None at least: spyne takes the type of a member for its value otherwise."""
    for field in shape.fields:
        value = getattr(message, field.name)
        if field.repeated:
            setattr(instance, field.wire, [_member(field, each) for each in value])
        else:
            setattr(instance, field.wire, None if value is None else _member(field, value))
    return instance


def _member(field: Field, value: Any) -> Any:
    if field.shape is not None:
        return instance_of(field.shape, value)
    assert field.facet is not None
    if field.facet.enum is not None:
        return getattr(enum_type(field.facet.enum), value)
    return [value] if isinstance(value, bytes) else value
