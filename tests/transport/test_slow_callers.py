"""Callers who take their time: they are cut off, and others are served meanwhile."""

import socket
import time
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from tests.transport.conftest import DEADLINE, PATIENCE
from tests.transport.running import (
    SOON,
    Server,
    get,
    post,
    read_all,
    read_answer,
    send_on_and_on,
    soap,
    struct,
    xmlrpc,
)

Trickle = Callable[[socket.socket], None]


def _headers(connection: socket.socket) -> None:
    connection.sendall(b"POST /soap HTTP/1.1\r\nHost: x\r\n")


def _more_headers(connection: socket.socket) -> None:
    connection.sendall(b"X-A: b\r\n")


def _body(connection: socket.socket) -> None:
    connection.sendall(post("/soap", b"<", Content_Length="1000"))


def _more_body(connection: socket.socket) -> None:
    connection.sendall(b" ")


def _unfit(connection: socket.socket) -> None:
    """Refused at once; what is still sent is read for a while."""
    connection.sendall(post("/soap", b"<", "text/plain", Content_Length="1000"))


def _silent(connection: socket.socket) -> None: ...


@pytest.mark.parametrize(
    ("begin", "go_on", "status"),
    [
        (_headers, _more_headers, b"408"),
        (_headers, _silent, b"408"),
        (_body, _more_body, b"408"),
        (_body, _silent, b"408"),
        (_unfit, _more_body, b"415"),
        (_silent, _silent, b"408"),
    ],
)
def test_a_slow_request_is_cut_off(server: Server, begin: Trickle, go_on: Trickle, status: bytes) -> None:
    started = time.monotonic()
    received = b""
    with server.connect(timeout=0.1) as connection:
        begin(connection)
        while time.monotonic() - started < PATIENCE + 2:
            try:
                part = connection.recv(4096)
                received += part
                if not part:
                    break
                continue
            except TimeoutError:
                pass
            except ConnectionError:
                break
            try:
                go_on(connection)
            except ConnectionError:
                continue
    assert time.monotonic() - started < PATIENCE
    assert received.startswith(b"HTTP/1.1 " + status)


def test_many_slow_requests_keep_nobody_else_waiting(server: Server) -> None:
    before = server.memory()
    with ExitStack() as stack:
        for begin in (_headers, _body, _silent) * 100:
            begin(stack.enter_context(server.connect()))
        started = time.monotonic()
        for _ in range(5):
            assert server.serves()
        assert time.monotonic() - started < SOON
        assert server.memory() - before < 50 * 1024 * 1024


def test_a_connection_that_stays_open_after_its_answer_is_closed(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall(get("/healthz"))
        assert read_answer(connection).status == 200
        started = time.monotonic()
        assert read_all(connection) == b""
        assert time.monotonic() - started < PATIENCE


def test_a_slow_second_request_is_cut_off_as_well(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall(get("/healthz"))
        assert read_answer(connection).status == 200
        connection.sendall(b"POST /soap HTTP/1.1\r\n")
        started = time.monotonic()
        read_all(connection)
        assert time.monotonic() - started < PATIENCE


def test_who_does_not_read_a_long_answer_is_cut_off(server: Server) -> None:
    """The answer is longer than the kernel and the connection hold: it is not even made."""
    before = server.memory()
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(10)
        connection.connect(("127.0.0.1", server.port))
        connection.sendall(post("/xmlrpc", xmlrpc("ListRows", struct(count="<int>100000</int>"))))
        time.sleep(PATIENCE + 1)
        with pytest.raises(ConnectionResetError):
            read_all(connection)
    assert server.memory() - before < 100 * 1024 * 1024


def test_who_asks_and_asks_but_never_reads_is_cut_off(server: Server) -> None:
    request = post("/soap", soap("Echo", f"<text>{'x' * 50_000}</text>"))
    with server.connect(30) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        with pytest.raises(ConnectionError):
            send_on_and_on(connection, request)


def test_who_reads_slowly_but_reads_gets_everything(server: Server) -> None:
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        connection.settimeout(10)
        connection.connect(("127.0.0.1", server.port))
        connection.sendall(
            post("/xmlrpc", xmlrpc("ListRows", struct(count="<int>4000</int>")), Connection="close")
        )
        received, started = b"", time.monotonic()
        while part := connection.recv(40_000):
            received += part
            time.sleep(0.03)
    assert time.monotonic() - started > 2 * DEADLINE
    assert received.count(b"<name>number</name>") == 4000
    assert received.endswith(b"0\r\n\r\n")
