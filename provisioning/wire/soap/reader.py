"""From elements to a message: one reader for each type, made once. Every violation is reported, with its path.

Readers name a violation from their own element on; whoever called puts its own name in front. So a message
without violations, the usual case, pays nothing for paths.
"""

import dataclasses
import sys
from collections.abc import Callable
from functools import cache
from typing import Any, Final

from provisioning.kernel.errors import InvalidRequest, Violation
from provisioning.kernel.facets import Facet
from provisioning.kernel.lexical import Invalid
from provisioning.kernel.plain import NOT_A_STRUCT, NOT_A_VALUE, NOT_REPEATED, REQUIRED, TOO_MANY, UNKNOWN
from provisioning.kernel.shape import Field, Shape, shape_of
from provisioning.kernel.texts import Text
from provisioning.wire.soap.gate import Element
from provisioning.wire.soap.names import SERVICE

_NIL: Final = "http://www.w3.org/2001/XMLSchema-instance nil"
_REFERENCE: Final = "http://www.w3.org/2003/05/soap-encoding ref"

WRONG_ORDER = Text("must come before {other}", "doit venir avant {other}")
WRONG_NAMESPACE = Text("must be in the namespace {namespace}", "doit être dans l'espace de noms {namespace}")
NIL = Text("must not be nil; leave the element out", "ne doit pas être nil; omettez l'élément")
ATTRIBUTE = Text("may not have the attribute {name}", "ne peut avoir l'attribut {name}")

Violations = list[Violation]
_ReadOne = Callable[[Element, str, Violations], Any]


def read_message(message: type, element: Element) -> Any:
    """The message in an operation's element; InvalidRequest lists every violation."""
    violations: Violations = []
    if element.attributes:
        _judge_attributes(element, "", violations, nil_allowed=not element.children)
    read = reader_of(message).read(element, violations)
    if violations:
        raise InvalidRequest(violations)
    return read


@cache
def reader_of(message: type) -> "MessageReader":
    """The reader of a message type."""
    return MessageReader(shape_of(message))


class MessageReader:
    """Reads the elements of one type, in the contract's order."""

    __slots__ = ("_places", "_repeated", "_required", "_shape")

    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        self._places = {
            f"{SERVICE} {field.wire}": (number, field.name, field.wire, field.repeated, _one(field))
            for number, field in enumerate(shape.fields)
        }
        self._required = frozenset(field.name for field in shape.fields if field.required)
        self._repeated = tuple(
            (field.name, field.wire, sys.maxsize if field.most is None else field.most)
            for field in shape.fields
            if field.repeated
        )

    def read(self, element: Element, violations: Violations) -> Any:
        """The message, or None when there are violations; their paths begin below the element."""
        before = len(violations)
        values = self._values(element, violations)
        if element.has_text:
            violations.append(Violation("", "NOT_A_STRUCT", NOT_A_STRUCT, {}))
        if not values.keys() >= self._required:
            violations.extend(
                Violation(field.wire, "REQUIRED", REQUIRED, {})
                for field in self._shape.fields
                if field.required and field.name not in values
            )
        for name, wire, most in self._repeated:
            items = tuple(values.get(name, ()))
            values[name] = items
            if len(items) > most:
                violations.append(Violation(wire, "TOO_MANY", TOO_MANY, {"most": most}))
        return None if len(violations) > before else self._shape.type(**values)

    def _values(self, element: Element, violations: Violations) -> dict[str, Any]:
        values: dict[str, Any] = {}
        places = self._places
        last = -1
        for child in element.children:
            place = places.get(child.tag)
            if place is None:
                violations.append(self._stranger(child))
                continue
            number, name, wire, repeated, read_one = place
            if number > last:
                last = number
            elif number < last or not repeated:
                violations.append(self._misplaced(wire, last, again=not repeated and name in values))
            if repeated:
                items = values.setdefault(name, [])
                items.append(read_one(child, f"{wire}[{len(items)}]", violations))
            else:
                values[name] = read_one(child, wire, violations)
        return values

    def _stranger(self, child: Element) -> Violation:
        name = child.local_name
        if any(field.wire == name for field in self._shape.fields):
            return Violation(name, "WRONG_NAMESPACE", WRONG_NAMESPACE, {"namespace": SERVICE})
        return Violation(name[:100], "UNKNOWN_FIELD", UNKNOWN, {"type": self._shape.name})

    def _misplaced(self, wire: str, last: int, *, again: bool) -> Violation:
        if again:
            return Violation(wire, "NOT_REPEATED", NOT_REPEATED, {})
        return Violation(wire, "WRONG_ORDER", WRONG_ORDER, {"other": self._shape.fields[last].wire})


def _one(field: Field) -> _ReadOne:
    """What reads one occurrence of a field."""
    may_be_empty = not field.required and not field.repeated
    if field.shape is not None:
        return _nested(reader_of(field.shape.type), may_be_empty=may_be_empty)
    assert field.facet is not None
    return _value(field.facet, may_be_empty=may_be_empty)


def _value(facet: Facet, *, may_be_empty: bool) -> _ReadOne:
    read_text = facet.read

    def read(element: Element, path: str, violations: Violations) -> Any:
        if element.attributes and not _judge_attributes(element, path, violations):
            return None
        if element.children:
            violations.append(Violation(path, "NOT_A_VALUE", NOT_A_VALUE, {}))
            return None
        text = element.text
        if may_be_empty and not text:
            return None
        try:
            return read_text(text)
        except Invalid as error:
            violations.append(Violation(path, error.code, error.text, error.values))
            return None

    return read


def _nested(reader: MessageReader, *, may_be_empty: bool) -> _ReadOne:
    read_message = reader.read

    def read(element: Element, path: str, violations: Violations) -> Any:
        if element.attributes and not _judge_attributes(element, path, violations):
            return None
        if may_be_empty and not element.children and not element.has_text:
            return None
        before = len(violations)
        message = read_message(element, violations)
        for number in range(before, len(violations)):
            violations[number] = _below(path, violations[number])
        return message

    return read


def _below(path: str, violation: Violation) -> Violation:
    return dataclasses.replace(violation, field=f"{path}.{violation.field}" if violation.field else path)


def _judge_attributes(
    element: Element, path: str, violations: Violations, *, nil_allowed: bool = False
) -> bool:
    """False when an attribute would change what the element says.

    Types, encodings, schema locations and what else stands in a namespace of its own say nothing and are ignored.
    References are never followed: an element that holds one would be taken for empty, so it is refused.
    """
    before = len(violations)
    for name, value in element.attributes.items():
        if " " not in name or name == _REFERENCE:
            shown = name.rpartition(" ")[2][:100]
            violations.append(Violation(path, "ATTRIBUTE", ATTRIBUTE, {"name": shown}))
        elif name == _NIL and not nil_allowed and value.strip() in {"true", "1"}:
            violations.append(Violation(path, "NIL", NIL, {}))
    return len(violations) == before
