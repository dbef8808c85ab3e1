"""What no message may have: a DTD, instructions, another XML, more of anything than there is reason for."""

from collections.abc import Callable

import pytest

from provisioning.wire.soap.gate import (
    LONGEST_NAME,
    LONGEST_TEXT,
    MOST_ATTRIBUTES,
    MOST_LEVELS,
    TooLarge,
    decode,
    parse,
)
from tests.soap.service import Service, envelope, operation

MOST_ELEMENTS = 20_000


@pytest.mark.parametrize(
    ("before", "code"),
    [
        ("<!DOCTYPE e:Envelope>", "DOCTYPE"),
        ('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]>', "DOCTYPE"),
        ('<!DOCTYPE a [<!ENTITY % b SYSTEM "http://192.0.2.1/b.dtd">%b;]>', "DOCTYPE"),
        ('<!DOCTYPE a SYSTEM "http://192.0.2.1/a.dtd">', "DOCTYPE"),
        ('<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]>', "DOCTYPE"),
        ('<?xml version="1.0"?>\n<!-- so --><!DOCTYPE a>', "DOCTYPE"),
        ('<?xml-stylesheet href="http://192.0.2.1/a.xsl"?>', "PROCESSING_INSTRUCTION"),
        ('<?xml version="1.0"?><?php evil() ?>', "PROCESSING_INSTRUCTION"),
        ('<?xml version="1.1"?>', "NOT_XML_1_0"),
        ('<?xml version="2.0"?>', "NOT_XML_1_0"),
        (' <?xml version="1.0"?>', "NOT_WELL_FORMED"),
        ("text", "NOT_WELL_FORMED"),
    ],
)
def test_what_may_not_stand_before_an_envelope(soap: Service, before: str, code: str) -> None:
    fault = soap.post(before + envelope(operation("Echo"))).fault
    assert (fault.code, fault.detail["code"], fault.codes) == ("Client", "INVALID_REQUEST", {code})


@pytest.mark.parametrize(
    ("inner", "code"),
    [
        ("<text>&b;</text>", "NOT_WELL_FORMED"),
        ("<text><?do this?></text>", "PROCESSING_INSTRUCTION"),
        ("<text>", "NOT_WELL_FORMED"),
        ("<p:text/>", "NOT_WELL_FORMED"),
        ('<text a="1" a="2"/>', "NOT_WELL_FORMED"),
        ("<text>&#0;</text>", "NOT_WELL_FORMED"),
        ("<text>&#xFFFF;</text>", "NOT_WELL_FORMED"),
    ],
)
def test_what_may_not_stand_in_an_envelope(soap: Service, inner: str, code: str) -> None:
    fault = soap.call("Echo", inner).fault
    assert (fault.code, fault.codes) == ("Client", {code})


@pytest.mark.parametrize("octets", [b"", b" ", b"\n\n", b"\xef\xbb\xbf", b"\xff\xfe", b"null", b"{}", b"a=b"])
def test_no_message_at_all(soap: Service, octets: bytes) -> None:
    fault = soap.post(octets).fault
    assert fault.code == "Client"
    assert fault.codes & {"EMPTY_MESSAGE", "NOT_WELL_FORMED"}


def test_a_broken_message_says_where(soap: Service) -> None:
    fault = soap.post("<a>\n  <b></c></a>").fault
    assert "line 2, column 8" in fault.detail["reason"]


def attributes(count: int, template: str = 'b{}=""') -> str:
    return " ".join(template.format(each) for each in range(count))


def parsed(text: str) -> None:
    parse(decode(text.encode(), None), MOST_ELEMENTS)


@pytest.mark.parametrize(
    ("make", "most"),
    [
        (lambda n: "<a>" * n + "</a>" * n, MOST_LEVELS),
        (lambda n: "<a>" + "<b/>" * (n - 1) + "</a>", MOST_ELEMENTS),
        (lambda n: '<?xml version="1.0"?><a>' + "<b></b>" * (n - 1) + "</a>", MOST_ELEMENTS),
        (lambda n: f"<a {attributes(n)}/>", MOST_ATTRIBUTES),
        (lambda n: "<a " + attributes(n, 'xmlns:b{}="u"') + "/>", MOST_ATTRIBUTES),
        (lambda n: "<a " + attributes(n, 'xmlns:b{0}="u{0}" b{0}:c=""') + "/>", MOST_ATTRIBUTES),
        (lambda n: f"<{'a' * n}/>", LONGEST_NAME),
        (lambda n: f'<a {"b" * n}=""/>', LONGEST_NAME),
        (lambda n: f"<a>{'b' * n}</a>", LONGEST_TEXT),
        (lambda n: f"<a>{'b' * (n - 9)}<![CDATA[{'<' * 9}]]></a>", LONGEST_TEXT),
    ],
    ids=["depth", "elements", "pairs", "attributes", "prefixes", "both", "name", "attribute", "run", "text"],
)
def test_limits_hold_to_the_last_one(make: Callable[[int], str], most: int) -> None:
    parsed(make(most))
    with pytest.raises(TooLarge) as caught:
        parsed(make(most + 1))
    assert caught.value.values["allowed"] >= most


def test_attributes_are_counted_in_all() -> None:
    one = f"<b {attributes(32)}/>"
    parse(f"<a>{one * 12}</a>".encode(), 100)
    with pytest.raises(TooLarge) as caught:
        parse(f"<a>{one * 13}</a>".encode(), 100)
    assert caught.value.values == {"allowed": 400}


def test_a_limit_is_a_typed_fault_with_the_limit(soap: Service) -> None:
    fault = soap.call("Echo", "<a>" * 50 + "</a>" * 50).fault
    assert (fault.code, fault.detail["code"], fault.detail["limit"]) == (
        "Client",
        "TOO_LARGE",
        str(MOST_LEVELS),
    )
    assert fault.detail["retryable"] == "false"
