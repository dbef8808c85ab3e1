"""The XML schema of the contract: spyne's, put into the form that client generators take well."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from lxml import etree

from provisioning.kernel.operation import Operation
from provisioning.wire.soap.types import FAULT

XS: Final = "{http://www.w3.org/2001/XMLSchema}"


def tidy_schema(
    schema: Any, operations: Iterable[Operation], documentation: Mapping[str, str], contract: str
) -> None:
    """Bring spyne's schema into order: elements as published, types by name, every type with its documentation."""
    types = {each.get("name"): each for each in schema.iterfind("*") if each.tag != f"{XS}element"}
    elements = [_element(name, types.pop(name)) for name in _global_elements(operations)]
    for name, doc in documentation.items():
        if name in types:
            _document(types[name], doc)
    schema[:] = [*elements, *sorted(types.values(), key=lambda each: (each.tag, each.get("name")))]
    schema.set("version", contract)
    _document(schema, f"Remote provisioning of hosted telephony, contract version {contract}.")


def _global_elements(operations: Iterable[Operation]) -> list[str]:
    """One for each message part. Spyne makes one for every type, which fills generated code with noise."""
    wrappers = [name for each in operations for name in (each.name, f"{each.name}Response")]
    return [*wrappers, FAULT.name]


def _element(name: str, content: Any) -> Any:
    """An element with its type inside, without a name: JAXB else lacks @XmlRootElement, and Go sends <Content>."""
    del content.attrib["name"]
    element = etree.Element(f"{XS}element", name=name)
    if name == FAULT.name:
        _document(element, FAULT.doc)
    element.append(content)
    return element


def _document(target: Any, doc: str) -> None:
    """Spyne takes what a member says of itself for what its type says; that goes."""
    for wrong in target.findall(f"{XS}annotation"):
        target.remove(wrong)
    annotation = etree.Element(f"{XS}annotation")
    etree.SubElement(annotation, f"{XS}documentation").text = doc
    target.insert(0, annotation)
