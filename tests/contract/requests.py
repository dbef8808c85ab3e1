"""Requests made from the declared shapes, for hypothesis: good ones, and ones with something wrong in them."""

from typing import Any

from hypothesis import strategies as st
from lxml import etree

from provisioning.kernel.facets import Facet, Kind
from provisioning.kernel.operation import Operation
from provisioning.kernel.shape import Field, Shape
from provisioning.wire.soap.names import SERVICE
from tests.samples import BY_TYPE

TNS = f"{{{SERVICE}}}"

# No blanks around dates: libxml2 refuses them although XML Schema allows them, and so does the reader.
_GOOD = {
    Kind.INT: ["1", "4", " 7 ", "+5", "1000"],
    Kind.LONG: ["1", "-9223372036854775808", "9223372036854775807"],
    Kind.BOOL: ["true", "false", "1", "0", " true\n"],
    Kind.DECIMAL: ["1", "-0.5", "+1.25", ".5", "1.", "12345678901234.5"],
    Kind.DATE: ["2031-02-28", "2032-02-29", "2031-02-28Z", "2031-02-28-05:00"],
    Kind.MOMENT: [
        "2031-02-28T12:00:00Z",
        "2031-02-28T12:00:00.1234567+05:30",
        "2031-02-28T24:00:00Z",
        "2031-02-28T12:00:00-03:30",
    ],
    Kind.BINARY: ["AAAA", "AA==", " A A A = ", "+/+/"],
}
_ODD = {
    Kind.INT: ["", "0", "-1", "2147483648", "-2147483649", "1.0", "1e3", "0x1", "٣", "0" * 15 + "1"],
    Kind.LONG: ["", "9223372036854775808", "-9223372036854775809", "one"],
    Kind.BOOL: ["", "TRUE", "yes", "2", "t rue"],
    Kind.DECIMAL: ["", ".", "1e3", "1,5", "NaN", "INF", "1" * 30, "0." + "1" * 30],
    Kind.DATE: ["", "2031-02-29", "2031-2-8", "0000-01-01", "12031-01-01", "-2031-01-01", "2031-02-28+99:00"],
    Kind.MOMENT: [
        "",
        "2031-02-28T12:00:00",
        "2031-02-28T25:00:00Z",
        "2031-02-28T24:00:01Z",
        "2031-02-28T12:00:60Z",
        "2031-02-28T12:00:00+15:00",
        "2031-02-28T12:00:00+05:60",
        "2031-02-28 12:00:00Z",
        "9999-12-31T24:00:00Z",
        "10000-01-01T00:00:00Z",
    ],
    Kind.BINARY: ["", "A", "AA=", "!!!!", "AB==", "AA==AA=="],
}
_WORDS = [
    "a",
    "A-1",
    "RED",
    "en",
    "2206",
    "0042",
    "12345678901",
    "PRIVATE",
    "john.smith@example.com",
    "+1 (650) 555 1212",
    "2r5c8j1d0000000000000000v0",
    "Jérôme d'Arc & <fils>",
]
_ODD_WORDS = [
    "",
    " ",
    " padded ",
    "two\nlines",
    "tab\there",
    "\x85",
    "x" * 300,
    "x" * 5000,
    "😀" * 100,
    "#",
    "no body",
]
_WRONGS = ["missing", "twice", "swapped", "stranger", "namespace", "text", "attribute", "nil"]


def requests(operation: Operation) -> st.SearchStrategy[Any]:
    """The element of an operation: often right, sometimes wrong in one place or in several."""
    return st.booleans().flatmap(lambda odd: _message(f"{TNS}{operation.name}", operation.request, odd))


@st.composite
def _message(draw: st.DrawFn, tag: str, shape: Shape, odd: bool) -> Any:
    element = etree.Element(tag, nsmap={"t": SERVICE})
    for field in shape.fields:
        most = min(field.most or 2, 3) + odd if field.repeated else 1
        for _ in range(draw(st.integers(int(field.required), most))):
            element.append(draw(_field(field, odd and draw(st.booleans()))))
    if odd and draw(st.integers(0, 5)) == 0:
        _spoil(element, draw(st.sampled_from(_WRONGS)))
    return element


@st.composite
def _field(draw: st.DrawFn, field: Field, odd: bool) -> Any:
    if field.shape is not None:
        return draw(_message(f"{TNS}{field.wire}", field.shape, odd))
    assert field.facet is not None
    element = etree.Element(f"{TNS}{field.wire}")
    element.text = draw(_text(field.facet, odd))
    return element


def _text(facet: Facet, odd: bool) -> st.SearchStrategy[str]:
    if facet.kind is not Kind.TEXT:
        return st.sampled_from(_GOOD[facet.kind] + (_ODD[facet.kind] if odd else []))
    words = [*facet.enum] if facet.enum else _fitting(facet)
    return st.sampled_from([*words, *(_ODD_WORDS + _WORDS if odd else [])])


def _fitting(facet: Facet) -> list[str]:
    """Words that the type takes."""
    sampled = [BY_TYPE[facet.name]] if facet.name in BY_TYPE else []
    return sampled + [word for word in _WORDS if _takes(facet, word)]


def _takes(facet: Facet, word: str) -> bool:
    try:
        facet.read(word)
    except Exception:  # noqa: BLE001 - whatever is wrong with it, it does not fit
        return False
    return True


def _spoil(element: Any, wrong: str) -> None:
    first = element[0] if len(element) else None
    if wrong == "stranger" or first is None:
        etree.SubElement(element, f"{TNS}stranger").text = "x"
    elif wrong == "missing":
        element.remove(first)
    elif wrong == "twice":
        element.insert(0, etree.fromstring(etree.tostring(first)))
    elif wrong == "swapped":
        element.append(first)
    elif wrong == "namespace":
        first.tag = f"{{urn:other}}{etree.QName(first).localname}"
    elif wrong == "text":
        element[-1].tail = "text between elements"
    elif wrong == "attribute":
        first.set("id", "x")
    elif wrong == "nil":
        first.set("{http://www.w3.org/2001/XMLSchema-instance}nil", "true")


def without_empty(element: Any, shape: Shape) -> Any:
    """The request as it means: an empty optional element is as an absent one."""
    copy = etree.fromstring(etree.tostring(element))
    _drop_empty(copy, shape)
    return copy


def _drop_empty(element: Any, shape: Shape) -> None:
    fields = {f"{TNS}{field.wire}": field for field in shape.fields}
    for child in element:
        field = fields.get(child.tag)
        if field is None:
            continue
        if field.shape is not None:
            _drop_empty(child, field.shape)
        empty = not len(child) and not (child.text or "").strip(" \t\r\n" if field.shape else "")
        if empty and not field.required and not field.repeated and not child.attrib:
            element.remove(child)
