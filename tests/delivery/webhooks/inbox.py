"""A receiver of webhooks: a real HTTPS server that keeps what it is sent and answers as the test wants."""

import json
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

from tests.house import Plain

_PATIENCE = 60.0


@dataclass(frozen=True)
class Received:
    """One POST as it arrived."""

    path: str
    headers: Message
    body: bytes
    peer: tuple[str, int]

    @property
    def change(self) -> Plain:
        data: Plain = json.loads(self.body)["data"]
        return data

    @property
    def identifier(self) -> str:
        return str(self.headers["webhook-id"])


@dataclass(frozen=True)
class Said:
    """What to answer: a status, headers, a body; or nothing at all but the end of the connection.

    ``closes`` ends the connection after the answer without a word of it; ``says_it_has`` is another length.
    """

    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    hang_up: bool = False
    closes: bool = False
    says_it_has: int | None = None


Answer = Callable[[Received], Said]


def taken(_: Received) -> Said:
    return Said()


class Inbox:
    """What was posted to one server."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.received: list[Received] = []
        self.connections = 0
        self.going_on = 0
        self.most_at_a_time = 0
        self.port = 0
        self.scheme = "https"
        self._lock = Lock()

    @property
    def url(self) -> str:
        return f"{self.scheme}://localhost:{self.port}/hooks"

    @property
    def kinds(self) -> list[str]:
        return [each.change["kind"] for each in self.received]

    def take(self, received: Received) -> Said:
        with self._lock:
            self.received.append(received)
            self.going_on += 1
            self.most_at_a_time = max(self.most_at_a_time, self.going_on)
        try:
            return self.answer(received)
        finally:
            with self._lock:
                self.going_on -= 1

    def wait_for(self, count: int) -> list[Received]:
        wait_until(lambda: len(self.received) >= count)
        return self.received


def wait_until(condition: Callable[[], Any]) -> None:
    until = time.monotonic() + _PATIENCE
    while not condition():
        assert time.monotonic() < until, "it did not come about in time"
        time.sleep(0.01)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    inbox: Inbox
    tls: ssl.SSLContext | None

    def finish_request(self, request: Any, client_address: Any) -> None:
        """The handshake belongs to the connection's own thread."""
        self.inbox.connections += 1
        if self.tls is not None:
            request = self.tls.wrap_socket(request, server_side=True)
        with request:
            super().finish_request(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that does not trust the certificate, or that was told to hang up, hangs up."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        said = self.server.inbox.take(Received(self.path, self.headers, body, self.client_address))
        if said.hang_up:
            self.close_connection = True
            return
        self.send_response(said.status)
        for name, value in said.headers.items():
            self.send_header(name, value)
        if said.status != 204:
            length = len(said.body) if said.says_it_has is None else said.says_it_has
            self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(said.body)
        self.close_connection |= said.closes

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base's
        pass


@contextmanager
def receiving(certificate: Path | None, answer: Answer = taken, port: int = 0) -> Iterator[Inbox]:
    """A server as long as the block runs; without a certificate it speaks plain HTTP."""
    inbox = Inbox(answer)
    with _Server(("127.0.0.1", port), _Handler) as server:
        server.inbox = inbox
        server.tls = None
        if certificate is not None:
            server.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            server.tls.load_cert_chain(certificate)
        inbox.port, inbox.scheme = server.server_port, "https" if certificate else "http"
        thread = Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield inbox
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def pumping(*pumps: Any) -> Iterator[Event]:
    """Pumps at work as long as the block runs, each in a thread, as a relay's companions are."""
    ended = Event()

    def go_on(pump: Any) -> None:
        while not ended.is_set():
            pump.turn(ended)
            ended.wait(0.02)

    threads = [Thread(target=go_on, args=(pump,)) for pump in pumps]
    for thread in threads:
        thread.start()
    try:
        yield ended
    finally:
        ended.set()
        for thread in threads:
            thread.join(60)
            assert not thread.is_alive()
