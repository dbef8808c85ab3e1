"""Requests that two servers could understand differently: refused, and nothing behind them is executed."""

import pytest

from tests.transport.running import Server, get, post, soap

BODY = soap("Echo", "<text>executed</text>")
HIDDEN = post("/soap", soap("Echo", "<text>hidden</text>"))


def _request(*headers: str, body: bytes = BODY, line: str = "POST /soap HTTP/1.1") -> bytes:
    lines = [line, "Host: x", "Content-Type: text/xml", *headers]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


LENGTH = f"Content-Length: {len(BODY)}"
CHUNKED = "Transfer-Encoding: chunked"
IN_CHUNKS = b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)

AMBIGUOUS = {
    "length and chunks": _request(LENGTH, CHUNKED, body=IN_CHUNKS),
    "chunks and length": _request(CHUNKED, "Content-Length: 4", body=IN_CHUNKS),
    "two lengths": _request(LENGTH, "Content-Length: 5"),
    "two lengths in one": _request(f"Content-Length: {len(BODY)}, 5"),
    "negative length": _request("Content-Length: -5"),
    "signed length": _request(f"Content-Length: +{len(BODY)}"),
    "hexadecimal length": _request("Content-Length: 0x10"),
    "length with underscore": _request("Content-Length: 1_0"),
    "chunks twice": _request(CHUNKED, CHUNKED, body=IN_CHUNKS),
    "chunks misspelt": _request("Transfer-Encoding: xchunked", LENGTH),
    "chunks behind a tab": _request("Transfer-Encoding:\x0bchunked", body=IN_CHUNKS),
    "gzip and chunks": _request("Transfer-Encoding: gzip, chunked", body=IN_CHUNKS),
    "chunks not last": _request("Transfer-Encoding: chunked, identity", body=IN_CHUNKS),
    "identity": _request("Transfer-Encoding: identity", LENGTH),
    "chunk size signed": _request(CHUNKED, body=b"+" + IN_CHUNKS),
    "chunk size prefixed": _request(CHUNKED, body=b"0x" + IN_CHUNKS),
    "chunk size of nothing": _request(CHUNKED, body=b"\r\n" + IN_CHUNKS),
    "chunk size too large": _request(CHUNKED, body=b"fffffffffffffffff\r\nx\r\n0\r\n\r\n"),
    "chunk without its end": _request(CHUNKED, body=b"3\r\nabcdef\r\n0\r\n\r\n"),
    "chunk ended by a line feed": _request(CHUNKED, body=b"3\nabc\n0\n\n"),
    "blank before the colon": _request("Content-Length : 5"),
    "folded header": _request(LENGTH, "X-A: b\r\n c"),
    "underscore in a name": _request(LENGTH, "Content_Length: 5"),
    "control character in a name": _request(LENGTH, "X-\x01A: b"),
    "control character in a value": _request(LENGTH, "X-A: \x00b"),
    "header without a colon": _request(LENGTH, "nonsense"),
    "line feeds alone": _request(LENGTH).replace(b"\r\n", b"\n"),
    "HTTP/0.9": b"GET /\r\n\r\n",
    "HTTP/1.2": _request(LENGTH, line="POST /soap HTTP/1.2"),
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 64 + b"\r\n\r\n",
    "blank in the target": _request(LENGTH, line="POST /so ap HTTP/1.1"),
    "long line": get("/" + "x" * 10_000),
    "long header": get("/", X_A="b" * 20_000),
    "many headers": get("/", **{f"X-{number}": "a" for number in range(200)}),
    "two hosts": _request(LENGTH, "Host: y"),
    "two media types": _request(LENGTH, "Content-Type: text/plain"),
}


@pytest.mark.parametrize("request_", AMBIGUOUS.values(), ids=AMBIGUOUS.keys())
def test_an_ambiguous_request_is_refused_and_ends_the_connection(server: Server, request_: bytes) -> None:
    try:
        received = server.send(request_ + HIDDEN)
    except ConnectionResetError:
        received = b""  # it was closed with octets unread
    assert b"executed" not in received
    assert b"hidden" not in received
    assert not received or received.split()[1] in {b"400", b"408", b"414", b"415", b"431", b"501", b"505"}


def test_a_refusal_does_not_quote_the_request(server: Server) -> None:
    for request in (
        b"SECRET@/ nonsense\r\n\r\n",
        _request(LENGTH, "SECRET"),
        _request("Content-Length: SECRET"),
    ):
        received = server.send(request)
        assert received.startswith(b"HTTP/1.1 400 ")
        assert b"SECRET" not in received


@pytest.mark.parametrize("method", ["CONNECT", "TRACE"])
def test_a_tunnel_is_not_had(server: Server, method: str) -> None:
    received = server.send(get("127.0.0.1:80" if method == "CONNECT" else "/", method, Connection="close"))
    assert received.split()[1] in {b"400", b"404", b"405"}


def test_another_protocol_is_not_changed_to(server: Server) -> None:
    websocket = get(
        "/soap",
        Upgrade="websocket",
        Connection="Upgrade",
        Sec_WebSocket_Version="13",
        Sec_WebSocket_Key="dGhlIHNhbXBsZSBub25jZQ==",
    )
    http_2 = get(
        "/healthz", Upgrade="h2c", Connection="Upgrade, HTTP2-Settings", HTTP2_Settings="AAMAAABkAAQAAP__"
    )
    assert server.ask(websocket).status == 403
    assert server.ask(http_2).status == 200
