"""Bodies that are too long, or not as long as they say."""

import socket
import time

import pytest

from tests.transport.conftest import LONGEST
from tests.transport.running import ENVELOPES, SOON, Server, post, read_all, read_answer, soap, struct, xmlrpc

CHUNK = b"x" * 8192


def _fault_code(body: bytes) -> str:
    return body.decode().partition("<code>")[2].partition("</code>")[0]


@pytest.mark.parametrize("media", list(ENVELOPES))
def test_a_body_that_says_it_is_too_long_is_refused_by_a_fault(server: Server, media: str) -> None:
    started = time.monotonic()
    answer = server.ask(post("/soap", b"", media, Content_Length="999999999"))
    assert time.monotonic() - started < SOON
    assert answer.status == 413
    assert answer.headers["content-type"] == f"{media}; charset=utf-8"
    assert ENVELOPES[media].encode() in answer.body
    assert _fault_code(answer.body) == "TOO_LARGE"
    assert str(LONGEST).encode() in answer.body


def test_xml_rpc_has_a_fault_of_its_own_for_it(server: Server) -> None:
    answer = server.post("/xmlrpc", b"x" * (LONGEST + 1))
    assert answer.status == 413
    assert b"<int>201</int>" in answer.body
    assert b"TOO_LARGE" in answer.body


@pytest.mark.parametrize("length", [12 * 1024 * 1024, 80 * 1024 * 1024])
def test_who_sends_a_body_that_is_too_long_whole_reads_the_answer(server: Server, length: int) -> None:
    """Cut off while it sends, it would see a reset connection."""
    before = server.memory()
    with server.connect() as connection:
        connection.sendall(post("/soap", b"", Content_Length=str(length)))
        try:
            for _ in range(length // len(CHUNK)):
                connection.sendall(CHUNK)
        except ConnectionError:
            assert length > 64 * 1024 * 1024  # more is not read
            return
        assert read_answer(connection).status == 413
    assert server.memory() - before < 20 * 1024 * 1024


def test_a_body_in_chunks_is_counted_as_it_comes(server: Server) -> None:
    head = post("/soap", b"", Content_Length=None, Transfer_Encoding="chunked")  # type: ignore[arg-type] # None takes it away
    with server.connect() as connection:
        connection.sendall(head)
        for _ in range(LONGEST // len(CHUNK) + 1):
            connection.sendall(b"2000\r\n" + CHUNK + b"\r\n")
        answer = read_answer(connection)
    assert (answer.status, answer.headers["connection"]) == (413, "close")


def test_a_body_of_just_the_longest_length_is_taken(server: Server) -> None:
    empty = soap("Echo", "<text></text>")
    body = soap("Echo", f"<text>{'x' * (LONGEST - len(empty))}</text>")
    assert len(body) == LONGEST
    assert server.post("/soap", body).status == 200
    assert server.post("/soap", body + b" ").status == 413


def test_a_body_in_small_chunks_is_put_together(server: Server) -> None:
    head = post("/soap", b"", Content_Length=None, Transfer_Encoding="chunked")  # type: ignore[arg-type] # likewise
    with server.connect() as connection:
        connection.sendall(head)
        for octet in soap("Echo", "<text>é</text>"):
            connection.sendall(b"1\r\n%c\r\n" % octet)
        connection.sendall(b"0\r\n\r\n")
        answer = read_answer(connection)
    assert (answer.status, "é".encode() in answer.body) == (200, True)


@pytest.mark.parametrize("path", ["/soap", "/xmlrpc"])
def test_a_body_shorter_than_it_says_is_refused(server: Server, path: str) -> None:
    body = soap("Echo")
    received = server.send(post(path, body, Content_Length=str(len(body) + 100)), half_close=True)
    assert received.startswith(b"HTTP/1.1 400 ")
    assert b"INVALID_REQUEST" in received
    assert b"Content-Length" in received


def test_a_body_longer_than_it_says_is_no_request(server: Server) -> None:
    """What follows the length is the next request, and none."""
    body = soap("Echo", "<text>first</text>")
    received = server.send(post("/soap", body + b"<more/>\r\n\r\n", Content_Length=str(len(body))))
    assert received.startswith(b"HTTP/1.1 200 ")
    assert b"HTTP/1.1 400 " in received


def test_a_body_cut_by_its_length_is_not_executed(server: Server) -> None:
    body = soap("Echo", "<text>executed</text>")
    received = server.send(post("/soap", body, Content_Length=str(len(body) - 30), Connection="close"))
    assert received.startswith(b"HTTP/1.1 500 ")
    assert b"executed" not in received


@pytest.mark.parametrize("path", ["/soap", "/xmlrpc"])
def test_an_empty_body_is_the_callers_mistake(server: Server, path: str) -> None:
    answer = server.post(path, b"")
    assert b"INVALID_REQUEST" in answer.body


def test_who_closes_its_side_after_the_request_gets_the_answer(server: Server) -> None:
    started = time.monotonic()
    received = server.send(post("/soap", soap("Wait", "<milliseconds>300</milliseconds>")), half_close=True)
    assert b"waited" in received
    assert time.monotonic() - started < SOON


def test_who_waits_for_100_gets_it(server: Server) -> None:
    body = soap("Echo")
    with server.connect() as connection:
        connection.sendall(post("/soap", b"", Content_Length=str(len(body)), Expect="100-continue"))
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(body)
        assert read_answer(connection).status == 200


def test_who_waits_for_100_with_too_long_a_body_is_refused_before_it_sends(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall(post("/soap", b"", Content_Length="999999999", Expect="100-continue"))
        assert read_answer(connection).status == 413
        assert read_all(connection) == b""


def test_large_bodies_do_not_fill_the_memory(server: Server) -> None:
    """Beside as many as fit, another one is told to come again; a small one is served."""
    held: list[socket.socket] = []
    refused = []
    try:
        for _ in range(12):
            connection = server.connect()
            held.append(connection)
            connection.sendall(post("/soap", b"x" * (LONGEST - 10), Content_Length=str(LONGEST)))
        assert server.serves()
        time.sleep(0.3)
        for connection in held:
            connection.sendall(b"x" * 10)
            refused.append(read_answer(connection))
    finally:
        for connection in held:
            connection.close()
    busy = [each for each in refused if each.status == 503]
    assert len(busy) >= 12 - 2 * 2
    assert {each.headers["retry-after"] for each in busy} == {"1"}
    assert {_fault_code(each.body) for each in busy} == {"BACKEND_UNAVAILABLE"}


def test_a_connection_serves_one_request_after_another(server: Server) -> None:
    with server.connect() as connection:
        for number in range(3):
            connection.sendall(post("/xmlrpc", xmlrpc("Echo", struct(text=f"<string>{number}</string>"))))
            answer = read_answer(connection)
            assert (answer.status, f"<string>{number}</string>".encode() in answer.body) == (200, True)


def test_requests_in_one_go_are_answered_in_their_order(server: Server) -> None:
    requests = [post("/soap", soap("Echo", f"<text>number {number}</text>")) for number in range(5)]
    with server.connect() as connection:
        connection.sendall(b"".join(requests))
        stream = connection.makefile("rb")
        seen = b""
        while b"number 4" not in seen:
            seen += stream.read1()
    assert [seen.index(b"number %d" % number) for number in range(5)] == sorted(
        seen.index(b"number %d" % number) for number in range(5)
    )
