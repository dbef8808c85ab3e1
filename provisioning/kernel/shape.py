"""What a message looks like, read once from a dataclass: the one declaration that every front end derives from.

A field's type says everything: ``X | None`` is optional, ``tuple[X, ...]`` repeats, a dataclass nests, a Facet
gives limits, a plain string in ``Annotated`` is the documentation. Names go from snake_case to camelCase.
"""

import dataclasses
import types
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from inspect import cleandoc
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from provisioning.kernel.facets import PRIMITIVES, Facet, Kind, Most


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a message: a facet or, for a nested message, a shape."""

    name: str
    wire: str
    doc: str
    required: bool
    repeated: bool
    most: int | None
    facet: Facet | None
    shape: "Shape | None"


@dataclass(frozen=True, slots=True)
class Shape:
    """A message type: its name on the wire and its fields in the contract's order."""

    name: str
    doc: str
    type: type
    fields: tuple[Field, ...]

    @property
    def by_wire(self) -> dict[str, Field]:
        return {field.wire: field for field in self.fields}


def camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


@cache
def shape_of(message: type) -> Shape:
    """The shape of a dataclass."""
    hints = get_type_hints(message, include_extras=True)
    fields = tuple(_field(each.name, hints[each.name]) for each in dataclasses.fields(message))
    return Shape(message.__name__, cleandoc(message.__doc__ or ""), message, fields)


def _field(name: str, hint: Any) -> Field:
    hint, doc, most, facet = _unwrap(hint)
    optional = False
    if get_origin(hint) in (Union, types.UnionType):
        (hint,) = (each for each in get_args(hint) if each is not types.NoneType)
        optional = True
    repeated = get_origin(hint) is tuple
    if repeated:
        hint = get_args(hint)[0]
    hint, inner_doc, _, inner_facet = _unwrap(hint)
    facet = facet or inner_facet
    shape = shape_of(hint) if isinstance(hint, type) and dataclasses.is_dataclass(hint) else None
    if shape is None and facet is None:
        facet = _facet(hint)
    required = not optional and not repeated
    return Field(name, camel(name), doc or inner_doc, required, repeated, most, facet, shape)


def _unwrap(hint: Any) -> tuple[Any, str, int | None, Facet | None]:
    if get_origin(hint) is not Annotated:
        return hint, "", None, None
    plain, *notes = get_args(hint)
    doc = next((each for each in notes if isinstance(each, str)), "")
    most = next((each.count for each in notes if isinstance(each, Most)), None)
    facet = next((each for each in notes if isinstance(each, Facet)), None)
    return plain, doc, most, facet


@cache
def _facet(hint: type) -> Facet:
    if issubclass(hint, StrEnum):
        return Facet(Kind.TEXT, name=hint.__name__, doc=cleandoc(hint.__doc__ or ""), enum=hint)
    return PRIMITIVES[hint]
