"""A rendered WSDL, opened for the tests of the rules."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lxml import etree

from provisioning.kernel.facets import Facet
from provisioning.kernel.operation import Operation
from provisioning.kernel.shape import Field, Shape
from provisioning.wire.published import wsdl_for
from provisioning.wire.soap.types import FAULT

WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
XS = "{http://www.w3.org/2001/XMLSchema}"
SOAP_11 = "{http://schemas.xmlsoap.org/wsdl/soap/}"
SOAP_12 = "{http://schemas.xmlsoap.org/wsdl/soap12/}"
ADDRESS = "https://provisioning.example.com/base"


@dataclass(frozen=True)
class Document:
    """One WSDL and the operations that it must describe."""

    operations: tuple[Operation, ...]
    version: str | None
    octets: bytes

    @classmethod
    def of(cls, operations: tuple[Operation, ...], version: str | None = None) -> "Document":
        return cls(operations, version, wsdl_for(operations, ADDRESS, version))

    @cached_property
    def root(self) -> Any:
        return etree.fromstring(self.octets)

    @property
    def schema(self) -> Any:
        return self.root.find(f"{WSDL}types/{XS}schema")

    def global_elements(self) -> dict[str, Any]:
        return {each.get("name"): each for each in self.schema.iterfind(f"{XS}element")}

    def complex_types(self) -> dict[str, Any]:
        return {each.get("name"): each for each in self.schema.iterfind(f"{XS}complexType")}

    def simple_types(self) -> dict[str, Any]:
        return {each.get("name"): each for each in self.schema.iterfind(f"{XS}simpleType")}

    def members(self) -> Iterator[tuple[str, Any]]:
        """Every element inside a type, with the type's or the wrapper's name."""
        for name, each in [*self.global_elements().items(), *self.complex_types().items()]:
            yield from ((name, member) for member in each.iterfind(f".//{XS}sequence/{XS}element"))

    def declared(self) -> Iterator[tuple[str, Field]]:
        """Every field of every message as the rooms declare it, with the type's or the wrapper's name."""
        for name, shape in self.shapes().items():
            yield from ((name, field) for field in shape.fields)

    def shapes(self) -> dict[str, Shape]:
        """Everything in the schema that has members, but for the wrappers of answers."""
        found = {each.name: each.request for each in self.operations}
        _collect(FAULT, found)
        for operation in self.operations:
            for field in operation.request.fields:
                _collect(field.shape, found)
            _collect(operation.result, found)
        return found

    def facets(self) -> dict[str, Facet]:
        """Every named simple type."""
        return {
            field.facet.name: field.facet for _, field in self.declared() if field.facet and field.facet.name
        }

    def inputs(self) -> set[str]:
        """Names of the types that occur in requests."""
        found: dict[str, Shape] = {}
        for operation in self.operations:
            for field in operation.request.fields:
                _collect(field.shape, found)
        return {*found, *(each.name for each in self.operations)}


def _collect(shape: Shape | None, found: dict[str, Shape]) -> None:
    if shape is not None and shape.name not in found:
        found[shape.name] = shape
        for field in shape.fields:
            _collect(field.shape, found)


def documented(element: Any) -> str:
    """What an element of a schema or of a WSDL says of itself."""
    found = element.find(f"{XS}annotation/{XS}documentation")
    if found is None:
        found = element.find(f"{WSDL}documentation")
    return "" if found is None else (found.text or "")
