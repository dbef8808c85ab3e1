"""What goes out: complete faults, characters XML can carry, long answers in pieces."""

import tracemalloc

import pytest
from lxml import etree
from structlog.testing import capture_logs

from provisioning.kernel.errors import BackendUnavailable, InternalError
from provisioning.wire.soap.answers import MOST_ITEMS_AT_ONCE, PIECE, AnswerWriter
from provisioning.wire.soap.gate import parse
from provisioning.wire.soap.version import SOAP_11, SOAP_12, Version
from provisioning.wire.soap.writer import escape
from tests.soap.sample import Numbered, NumberedPage, count_up
from tests.soap.service import BOTH, Answer, Service


@pytest.mark.parametrize("version", BOTH)
@pytest.mark.parametrize(
    ("code", "callers", "more"),
    [
        ("NOT_FOUND", True, {"field": "user", "object": "2206", "retryable": "false"}),
        ("VERSION_CONFLICT", True, {"currentVersion": "7", "retryable": "false"}),
        ("LIMIT_REACHED", True, {"limit": "10", "used": "10"}),
        ("BACKEND_UNAVAILABLE", False, {"retryable": "true", "retryAfterSeconds": "2"}),
    ],
)
def test_a_refusal_is_the_declared_fault(
    soap: Service, version: Version, code: str, callers: bool, more: dict[str, str]
) -> None:
    fault = soap.call("Refuse", f"<code>{code}</code>", version=version).fault
    expected = {SOAP_11: ("Client", "Server"), SOAP_12: ("Sender", "Receiver")}[version]
    assert fault.code == expected[0 if callers else 1]
    assert fault.detail["code"] == code
    assert fault.detail.items() >= more.items()


@pytest.mark.parametrize("version", BOTH)
@pytest.mark.parametrize("name", ["BreakAnswer", "Refuse"])
def test_what_nobody_foresaw_is_a_constant_text(soap: Service, version: Version, name: str) -> None:
    with capture_logs() as logged:
        answer = soap.call(name, "<code>no such</code>" if name == "Refuse" else "", version=version)
    fault = answer.fault
    assert fault.code == version.services_fault
    assert (fault.detail["code"], fault.detail["retryable"]) == ("INTERNAL", "true")
    assert b"secret" not in answer.octets
    assert b"Error:" not in answer.octets
    assert [each["transaction"] for each in logged] == [fault.detail["transactionId"]]


@pytest.mark.parametrize("version", BOTH)
def test_the_transport_refuses_in_the_same_clothes(soap: Service, version: Version) -> None:
    answer = Answer(soap.endpoint.refuse(BackendUnavailable(retry_after=1), version.media_type), version)
    assert answer.fault.detail["retryAfterSeconds"] == "1"
    answer = Answer(soap.endpoint.refuse(InternalError(), version.media_type), version)
    assert answer.fault.code == version.services_fault


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("plain", "plain"),
        ("a < b & c > d ]]>", "a < b & c > d ]]>"),
        ("\"quoted\" 'twice'", "\"quoted\" 'twice'"),
        ("tab\tline\nreturn\r\n", "tab\tline\nreturn\r\n"),
        ("\x00\x08\x0b\x0c\x1f", "\ufffd" * 5),
        ("\ud800 \udfff \ufffe \uffff", "\ufffd \ufffd \ufffd \ufffd"),
        ("\x7f \x85 \xa0 \u2028 \U0001f600 \U0010ffff", "\x7f \x85 \xa0 \u2028 \U0001f600 \U0010ffff"),
    ],
)
def test_any_text_can_be_written(text: str, shown: str) -> None:
    octets = f"<a>{escape(text)}</a>".encode()
    assert (etree.fromstring(octets).text or "") == shown
    assert parse(octets, 10).text == shown


def test_every_character_can_be_written() -> None:
    every = "".join(map(chr, range(0x11000))) + "\U0001f600\U0010fffd"
    written = etree.fromstring(f"<a>{escape(every)}</a>".encode()).text
    assert written is not None
    changed = {ord(before) for before, after in zip(every, written, strict=True) if before != after}
    illegal = {*range(0x20), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF} - {0x9, 0xA, 0xD}
    assert changed == illegal


@pytest.mark.parametrize("count", [0, 1, MOST_ITEMS_AT_ONCE])
def test_a_short_answer_is_whole(soap: Service, count: int) -> None:
    answer = soap.call("CountUp", f"<count>{count}</count>")
    assert len(answer.pieces) == 1
    assert (answer.result["total"], answer.result["cursor"]) == (str(count), "the end")


@pytest.mark.parametrize("version", BOTH)
def test_a_long_answer_comes_in_pieces(soap: Service, version: Version) -> None:
    answer = soap.call("CountUp", "<count>1000</count>", version=version)
    assert len(answer.octets) > 400_000
    assert len(answer.pieces) > 5
    assert max(map(len, answer.pieces)) < PIECE * 1.1
    assert [each["number"] for each in answer.result["numbered"]] == [str(each) for each in range(1000)]
    assert answer.result["cursor"] == "the end"


def test_pieces_are_the_same_octets(soap: Service) -> None:
    whole = soap.call("CountUp", f"<count>{MOST_ITEMS_AT_ONCE}</count>").octets
    longer = soap.call("CountUp", f"<count>{MOST_ITEMS_AT_ONCE + 1}</count>").octets
    last = f"<numbered><number>{MOST_ITEMS_AT_ONCE}</number><text>{'x' * 400}</text></numbered>".encode()
    assert longer.replace(last, b"").replace(b"<total>201<", b"<total>200<") == whole


def test_memory_does_not_grow_with_the_answer(soap: Service) -> None:
    page = NumberedPage(total=0, numbered=(Numbered(number=1, text="x" * 400),) * 50_000)
    answer = AnswerWriter(count_up, SOAP_11).answer(page)
    tracemalloc.start()
    try:
        length = sum(map(len, answer.body))  # type: ignore[arg-type] # pieces, not octets
        assert tracemalloc.get_traced_memory()[1] < 1024 * 1024
    finally:
        tracemalloc.stop()
    assert length > 20_000_000
