"""From a message to an XML-RPC struct, by writers that are made once from the declared types.

What differs from the plain form: moments and days are dateTime.iso8601, in UTC; octets are base64; a list without
items is an empty array. Money and long numbers are strings, since a double would lie and an int has 32 bits.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC
from functools import cache
from typing import Any, Final

from provisioning.kernel.facets import Facet, Kind
from provisioning.kernel.lexical import write_binary
from provisioning.kernel.shape import Field, shape_of
from provisioning.wire.soap.writer import escape

Write = Callable[[Any], str]

_BEGIN_ARRAY: Final = "<array><data>"
_END_ARRAY: Final = "</data></array>"

_VALUES: Final[dict[Kind, Write]] = {
    Kind.INT: lambda number: f"<i4>{number:d}</i4>",
    Kind.BOOL: lambda truth: f"<boolean>{truth:d}</boolean>",
    Kind.DATE: lambda day: f"<dateTime.iso8601>{day:%Y%m%d}T00:00:00</dateTime.iso8601>",
    Kind.MOMENT: lambda moment: (
        f"<dateTime.iso8601>{moment.astimezone(UTC):%Y%m%dT%H:%M:%S}</dateTime.iso8601>"
    ),
    Kind.BINARY: lambda octets: f"<base64>{write_binary(octets)}</base64>",
}


@dataclass(frozen=True, slots=True)
class _Member:
    attribute: str
    begin: str
    write: Write
    repeated: bool


class StructWriter:
    """Writes the messages of one type."""

    def __init__(self, message: type) -> None:
        self._members = tuple(
            _Member(
                field.name,
                f"<member><name>{field.wire}</name><value>",
                _value_writer(field),
                field.repeated,
            )
            for field in shape_of(message).fields
        )

    def write(self, message: Any) -> str:
        return "".join(self.pieces(message))

    def pieces(self, message: Any) -> Iterator[str]:
        """The struct as text, member by member and item by item."""
        yield "<struct>"
        for member in self._members:
            value = getattr(message, member.attribute)
            if member.repeated:
                yield member.begin + _BEGIN_ARRAY
                for item in value:
                    yield f"<value>{member.write(item)}</value>"
                yield f"{_END_ARRAY}</value></member>"
            elif value is not None:
                yield f"{member.begin}{member.write(value)}</value></member>"
        yield "</struct>"


@cache
def writer_of(message: type) -> StructWriter:
    return StructWriter(message)


def _value_writer(field: Field) -> Write:
    if field.shape is not None:
        return writer_of(field.shape.type).write
    assert field.facet is not None
    return _VALUES.get(field.facet.kind) or _text_writer(field.facet)


def _text_writer(facet: Facet) -> Write:
    return lambda value: f"<string>{escape(facet.write(value))}</string>"


def write_string(text: str) -> str:
    return f"<string>{escape(text)}</string>"


def write_array(items: Iterable[str]) -> Iterator[str]:
    """An array of values that are written already."""
    yield _BEGIN_ARRAY
    for item in items:
        yield f"<value>{item}</value>"
    yield _END_ARRAY
