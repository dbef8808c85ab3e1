"""What changed between two renderings of the contract, and what that does to clients generated from the older one."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from lxml import etree

_WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
_XS = "{http://www.w3.org/2001/XMLSchema}"
_ANSWER = re.compile("element (.*Response|ProvisioningFault)")


class Weight(IntEnum):
    """MINOR: clients of the older contract go on working. MAJOR: some would not."""

    MINOR = 1
    MAJOR = 2


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two contracts."""

    weight: Weight
    text: str


@dataclass(frozen=True, slots=True)
class Member:
    """An element inside a type."""

    name: str
    type: str
    least: str
    most: str


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract read from its WSDL: all that generated clients depend on, no wording."""

    version: str
    operations: Mapping[str, tuple[str, ...]]
    structures: Mapping[str, tuple[Member, ...]]
    values: Mapping[str, tuple[tuple[str, str], ...]]

    def in_answers(self) -> set[str]:
        """Names of the types that occur in answers and faults: clients refuse values there that they do not know."""
        answers = [name for name in self.structures if _ANSWER.fullmatch(name)]
        seen: set[str] = set()
        while answers:
            name = answers.pop()
            if name not in seen:
                seen.add(name)
                answers += [each.type for each in self.structures.get(name, ())]
        return seen


def read_contract(wsdl: bytes) -> Contract:
    """The contract that a WSDL of ours describes."""
    root = etree.fromstring(wsdl)
    schema = root.find(f"{_WSDL}types/{_XS}schema")
    assert schema is not None
    structures, values = {}, {}
    for each in schema.iterfind("*[@name]"):
        name = f"{'element ' if each.tag == f'{_XS}element' else ''}{each.get('name')}"
        if each.tag == f"{_XS}simpleType":
            values[name] = tuple(_facets(each))
        else:
            structures[name] = tuple(_members(each))
    operations = {
        str(each.get("name")): tuple(_bound(root, str(each.get("name"))))
        for each in root.iterfind(f"{_WSDL}portType/{_WSDL}operation")
    }
    return Contract(schema.get("version", ""), operations, structures, values)


def _facets(simple: Any) -> Iterator[tuple[str, str]]:
    restriction = simple.find(f"{_XS}restriction")
    yield "base", restriction.get("base")
    for facet in restriction:
        yield etree.QName(facet).localname, facet.get("value")


def _members(complex_type: Any) -> Iterator[Member]:
    for each in complex_type.iter(f"{_XS}element"):
        if each is not complex_type:
            kind = each.get("type").removeprefix("tns:")
            yield Member(each.get("name"), kind, each.get("minOccurs", "1"), each.get("maxOccurs", "1"))


def _bound(root: Any, operation: str) -> Iterator[str]:
    """What the bindings say of an operation; its messages are named after it by rule."""
    for each in root.iterfind(f"{_WSDL}binding/{_WSDL}operation[@name='{operation}']"):
        yield f"{etree.QName(each[0]).namespace} {each[0].get('soapAction')}"


def changes(old: Contract, new: Contract) -> tuple[Change, ...]:
    """Every difference, the heavy ones first."""
    found = [*_operations(old, new), *_structures(old, new), *_values(old, new)]
    return tuple(sorted(found, key=lambda change: -change.weight))


def _operations(old: Contract, new: Contract) -> Iterator[Change]:
    for name, bound in old.operations.items():
        if name not in new.operations:
            yield Change(Weight.MAJOR, f"operation {name} is gone")
        elif new.operations[name] != bound:
            yield Change(Weight.MAJOR, f"operation {name} is bound otherwise")
    for name in new.operations.keys() - old.operations.keys():
        yield Change(Weight.MINOR, f"operation {name} is new")


def _structures(old: Contract, new: Contract) -> Iterator[Change]:
    for name, members in old.structures.items():
        if name in new.structures:
            yield from _members_changed(name, members, new.structures[name])
        else:
            yield Change(Weight.MAJOR, f"{name} is gone")


def _members_changed(name: str, old: tuple[Member, ...], new: tuple[Member, ...]) -> Iterator[Change]:
    for place, member in enumerate(old):
        now = new[place] if place < len(new) else None
        if now is None or now.name != member.name:
            yield Change(Weight.MAJOR, f"{name}.{member.name} is gone or stands elsewhere")
            return
        if now != member:
            yield Change(Weight.MAJOR, f"{name}.{member.name} has another type or occurrence")
    for member in new[len(old) :]:
        if member.least == "0":
            yield Change(Weight.MINOR, f"{name}.{member.name} is new, optional, at the end")
        else:
            yield Change(Weight.MAJOR, f"{name}.{member.name} is new and required")


def _values(old: Contract, new: Contract) -> Iterator[Change]:
    answered = old.in_answers()
    for name, facets in old.values.items():
        now = new.values.get(name)
        if now is None:
            yield Change(Weight.MAJOR, f"{name} is gone")
        elif now != facets:
            yield _values_changed(name, facets, now, answered=name in answered)


def _values_changed(
    name: str, old: tuple[tuple[str, str], ...], new: tuple[tuple[str, str], ...], *, answered: bool
) -> Change:
    added = [value for facet, value in new if (facet, value) not in old]
    only_choices = set(old) < set(new) and all(facet == "enumeration" for facet, _ in set(new) - set(old))
    if not only_choices:
        return Change(Weight.MAJOR, f"{name} takes other values")
    if answered:
        return Change(Weight.MAJOR, f"{name} has new values {', '.join(added)}, which answers would hold")
    return Change(Weight.MINOR, f"{name} takes new values: {', '.join(added)}")
