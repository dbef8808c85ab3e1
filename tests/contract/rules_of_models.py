"""Rules 1 to 11: what types may look like. Each yields what breaks it."""

import re
from collections.abc import Iterator

from provisioning.kernel.facets import Facet, Kind
from tests.contract.document import XS, Document, documented

_PRIMITIVES = {f"xs:{kind.value}" for kind in Kind}
_IDENTIFIER = re.compile("[A-Za-z][A-Za-z0-9_]*")
_CAMEL = re.compile("[a-z][A-Za-z0-9]*")
_PASCAL = re.compile("[A-Z][A-Za-z0-9]*")

# Of C++, C#, Java and Python, whose members are called as the element is. (Go capitalises them.)
# C# takes "object" with an @ in front; the declared fault has it.
KEYWORDS = frozenset(
    re.findall(
        r"\w+",
        "abstract alignas alignof and as assert async auto await base bool boolean break byte case "
        "catch char checked class const constexpr continue decimal def default del delegate delete do "
        "double elif else enum event except explicit export extends extern false final finally fixed "
        "float for foreach from global goto if implements implicit import in inline instanceof int "
        "interface internal is lambda lock long mutable namespace native new nonlocal not null "
        "operator or out override package params pass private protected public raise readonly ref "
        "register return sbyte sealed short signed sizeof static strictfp string struct super switch "
        "synchronized template this throw throws transient true try typedef typeid typename typeof "
        "uint ulong unchecked union unsafe unsigned ushort using virtual void volatile while with "
        "yield ",
    )
)


def r1_members_are_required_or_optional_as_declared(document: Document) -> Iterator[str]:
    declared = {(name, field.wire): field for name, field in document.declared()}
    for owner, member in document.members():
        name = member.get("name")
        field = declared.get((owner, name))
        required = field.required if field else True  # the one result of an answer's wrapper
        if member.get("minOccurs", "1") != str(int(required)):
            yield f"{owner}.{name}: minOccurs"
        if member.get("nillable") == "true" and not required:
            yield f"{owner}.{name}: optional and nillable"


def r2_nothing_is_nillable(document: Document) -> Iterator[str]:
    yield from (
        f"{owner}.{each.get('name')}" for owner, each in document.members() if "nillable" in each.attrib
    )


def r3_numbers_have_32_or_64_bits(document: Document) -> Iterator[str]:
    used = {each.get("type") for _, each in document.members()}
    used |= {each.get("base") for each in document.schema.iter(f"{XS}restriction")}
    yield from (each for each in used if not each.startswith("tns:") and each not in _PRIMITIVES)


def r4_no_zero_and_no_false_must_be_sent(document: Document) -> Iterator[str]:
    inputs = document.inputs()
    for owner, field in document.declared():
        if owner in inputs and field.required and field.facet and _may_be_zero(field.facet):
            yield f"{owner}.{field.wire}: {field.facet.kind.value}"
    for owner, member in document.members():
        if (
            owner in inputs
            and "minOccurs" not in member.attrib
            and member.get("type") in {"xs:int", "xs:boolean"}
        ):
            yield f"{owner}.{member.get('name')}: {member.get('type')}"


def _may_be_zero(facet: Facet) -> bool:
    if facet.kind in {Kind.INT, Kind.LONG}:
        return facet.minimum is None or facet.minimum <= 0
    return facet.kind is Kind.BOOL


def r5_enumerations_hold_identifiers(document: Document) -> Iterator[str]:
    for name, facet in document.facets().items():
        values = [each.get("value") for each in document.simple_types()[name].iter(f"{XS}enumeration")]
        if facet.enum and values != list(facet.enum):
            yield f"{name} is not {list(facet.enum)}"
        yield from (
            f"{name}: {each}" for each in values if not _IDENTIFIER.fullmatch(each) or each in KEYWORDS
        )


def r6_simple_types_have_their_names_and_limits(document: Document) -> Iterator[str]:
    facets = document.facets()
    for name in document.simple_types().keys() ^ facets.keys():
        yield f"{name} is not declared, or not rendered"
    for name, node in document.simple_types().items():
        rendered = {each.tag.removeprefix(XS): each.get("value") for each in node.find(f"{XS}restriction")}
        rendered.pop("enumeration", None)
        if name in facets and rendered != _limits(facets[name]):
            yield f"{name}: {rendered}"


def _limits(facet: Facet) -> dict[str, str]:
    if facet.min_length is not None and facet.min_length == facet.max_length:
        return {"length": str(facet.min_length)}
    limits = {
        "minLength": facet.min_length,
        "maxLength": facet.max_length,
        "pattern": facet.pattern,
        "minInclusive": facet.minimum,
        "maxInclusive": facet.maximum,
    }
    return {name: str(limit) for name, limit in limits.items() if limit is not None}


def r7_lists_are_flat(document: Document) -> Iterator[str]:
    yield from (name for name in document.complex_types() if name.endswith("Array"))
    rendered = {(owner, each.get("name")): each.get("maxOccurs", "1") for owner, each in document.members()}
    for owner, field in document.declared():
        counted = field.most is not None and field.most <= 1000
        most = "1" if not field.repeated else str(field.most) if counted else "unbounded"
        if rendered.get((owner, field.wire)) != most:
            yield f"{owner}.{field.wire}: maxOccurs is not {most}"


def r8_names_are_camel_case_and_no_keywords(document: Document) -> Iterator[str]:
    for owner, member in document.members():
        name = member.get("name")
        if not _CAMEL.fullmatch(name) or name in KEYWORDS:
            yield f"{owner}.{name}"
    named = [*document.global_elements(), *document.complex_types(), *document.simple_types()]
    yield from (name for name in named if not _PASCAL.fullmatch(name))


def r9_days_and_moments_are_typed(document: Document) -> Iterator[str]:
    rendered = {(owner, each.get("name")): each.get("type") for owner, each in document.members()}
    for owner, field in document.declared():
        if field.facet and field.facet.kind in {Kind.DATE, Kind.MOMENT}:
            wanted = f"xs:{field.facet.kind.value}"
            if rendered.get((owner, field.wire)) != wanted:
                yield f"{owner}.{field.wire} is no {wanted}"


def r10_members_stand_in_the_declared_order(document: Document) -> Iterator[str]:
    rendered: dict[str, list[str]] = {}
    for owner, member in document.members():
        rendered.setdefault(owner, []).append(member.get("name"))
    for name, shape in document.shapes().items():
        if rendered.get(name, []) != [field.wire for field in shape.fields]:
            yield name
    yield from (each.tag for each in document.schema.iter(f"{XS}all", f"{XS}choice"))


def r11_everything_says_what_it_is(document: Document) -> Iterator[str]:
    docs = {(owner, each.get("name")): documented(each) for owner, each in document.members()}
    for owner, field in document.declared():
        if not field.doc or docs.get((owner, field.wire)) != field.doc:
            yield f"{owner}.{field.wire}"
    wanted = {name: shape.doc for name, shape in document.shapes().items()}
    wanted |= {name: facet.doc for name, facet in document.facets().items()}
    for name, node in [*document.complex_types().items(), *document.simple_types().items()]:
        if (
            not documented(node)
            or documented(node) != wanted[name]
            or documented(node).startswith(f"{name}(")
        ):
            yield name
