"""From a message to XML: functions whose source is generated once from the declared types, as dataclasses do.

Fields that are always there become one f-string. Walking the fields of each message would cost several times as much.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from provisioning.kernel.facets import Kind
from provisioning.kernel.lexical import write_binary, write_moment
from provisioning.kernel.shape import Field, Shape, shape_of

DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MARKUP: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_BOOLEANS: Final = {True: "true", False: "false"}

# How a value of each kind stands in an f-string of the generated source. None raises in each of them.
_VALUES: Final = {
    Kind.TEXT: "{{x if (x := {value}).isalnum() else escape(x)}}",
    Kind.INT: "{{{value}:d}}",
    Kind.LONG: "{{{value}:d}}",
    Kind.BOOL: "{{booleans[{value}]}}",
    Kind.DECIMAL: "{{{value}:f}}",
    Kind.DATE: "{{{value}.isoformat()}}",
    Kind.MOMENT: "{{write_moment({value})}}",
    Kind.BINARY: "{{write_binary({value})}}",
}


def escape(text: str) -> str:
    """The text as it may stand in an element; what XML cannot carry becomes U+FFFD."""
    if text.isprintable() and "<" not in text and "&" not in text and ">" not in text:
        return text
    return _ILLEGAL.sub("\ufffd", text).translate(_MARKUP)


@dataclass(frozen=True, slots=True)
class MessageWriter:
    """Writes what stands inside the element of one type: at once, or field by field and item by item."""

    write: Callable[[Any], str]
    pieces: Callable[[Any], Iterator[str]]


@cache
def writer_of(message: type) -> MessageWriter:
    """The writer of a message type."""
    shape = shape_of(message)
    names: dict[str, Any] = {
        "escape": escape,
        "booleans": _BOOLEANS,
        "write_moment": write_moment,
        "write_binary": write_binary,
    }
    for field in shape.fields:
        if field.shape is not None:
            names[f"write_{field.name}"] = writer_of(field.shape.type).write
    exec(compile(_source(shape), f"<writer of {shape.name}>", "exec"), names)  # noqa: S102 - made of declared names only
    return MessageWriter(names["write"], names["pieces"])


def _source(shape: Shape) -> str:
    parts = list(_parts(shape))
    at_once = (f"*[{part}]" if repeated else part for part, repeated in parts)
    one_by_one = (f"yield from ({part})" if repeated else f"yield {part}" for part, repeated in parts)
    write = ["def write(message):", f"return ''.join([{', '.join(at_once)}])"]
    pieces = ["def pieces(message):", *one_by_one, "yield ''"]
    return "\n    ".join(write) + "\n" + "\n    ".join(pieces)


def _parts(shape: Shape) -> Iterator[tuple[str, bool]]:
    """Expressions that give the fields' XML in order, and whether they give it item by item."""
    always = ""
    for field in shape.fields:
        if field.required:
            always += _element(field, f"message.{field.name}")
            continue
        if always:
            yield f"f'{always}'", False
            always = ""
        if field.repeated:
            yield f"f'{_element(field, 'item')}' for item in message.{field.name}", True
        else:
            yield f"'' if (value := message.{field.name}) is None else f'{_element(field, 'value')}'", False
    if always:
        yield f"f'{always}'", False


def _element(field: Field, value: str) -> str:
    if field.facet is None:
        content = f"{{write_{field.name}({value})}}"
    else:
        content = _VALUES[field.facet.kind].format(value=value)
    return f"<{field.wire}>{content}</{field.wire}>"
