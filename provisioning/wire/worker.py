"""gunicorn's ASGI worker with a time limit on everything that a caller may drag out.

By itself it waits for ever for the first request of a connection, a minute for a TLS handshake, and for ever for
a caller to read its answer. Here the worker looks at its connections once a second.
"""

import asyncio
import signal
import socket
import struct
from http import HTTPStatus
from typing import Any

from gunicorn.asgi.protocol import ASGIProtocol
from gunicorn.workers.gasgi import ASGIWorker
from starlette.types import ASGIApp, Receive, Scope, Send

# What stops a worker. The server holds it back from one that it is just making: see there.
STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)

_READ_AT_LEAST = 16 * 1024
_TLS_GOODBYE = 2.0
_END_OF_HEAD = b"\r\n\r\n"
_NO_LINGER = struct.pack("ii", 1, 0)
_LATE = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"

# Gunicorn asks a subclass whether the parser in C is there, keeps the answer in it and looks for it in the base class.
ASGIProtocol._check_h1c_protocol_available()  # noqa: SLF001 - there is no other way to be told


class Connection(ASGIProtocol):  # type: ignore[misc] # gunicorn is not typed
    """One connection and since when it has been waiting for its caller."""

    def __init__(self, worker: "Worker") -> None:
        super().__init__(worker)
        self._application: ASGIApp = worker.asgi
        self.app: ASGIApp = self._call
        self._patience = worker.patience
        self._clock = worker.loop.time
        self.in_call = False
        self._request_since: float | None = None
        self._request_begun = False
        self._unread = 0
        self._unread_since: float | None = None
        self._half_closed = False
        self._head_end = b""

    @property
    def is_idle(self) -> bool:
        """Nothing of a request is here, and nothing is being worked on."""
        return not self._request_begun and not self.in_call

    def connection_made(self, transport: Any) -> None:
        self._request_since = self._clock()
        super().connection_made(transport)
        self.worker.admit(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.worker.connections.pop(self, None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._request_begun = True
        if self._request_since is None and not self.in_call:
            self._request_since = self._clock()
        super().data_received(data)

    def _feed_callback_parser(self, data: bytes) -> bool:
        """Read on. The parser in C takes lines that end in a line feed alone, and folded ones; others may not."""
        if self._current_request is not None:
            return bool(super()._feed_callback_parser(data))
        seen = self._head_end + data
        head, end, _ = seen.partition(_END_OF_HEAD)
        self._head_end = b"" if end else seen[-3:].removeprefix(b"\n")
        if not _is_strict(head + end):
            return self._refuse()
        read = bool(super()._feed_callback_parser(data))
        if read and end and self._current_request is None:
            return self._refuse()
        return read

    def _refuse(self) -> bool:
        self._send_error_response(HTTPStatus.BAD_REQUEST, "")
        self._close_transport()
        return False

    def eof_received(self) -> bool | None:
        """The caller sends no more. It may still read: the answer to a whole request, or what was wrong with it."""
        receiver = self._body_receiver
        if self._is_ssl or receiver is None or self._request_since is None:
            return None
        self._half_closed = True
        if not receiver._complete:  # noqa: SLF001 - gunicorn tells nobody else
            receiver.signal_disconnect()
        return True

    def resume_writing(self) -> None:
        self._unread_since = None
        super().resume_writing()

    def _send_error_response(self, status: int, _message: str, extra_headers: Any = ()) -> None:
        """What gunicorn refuses it quotes; nothing of a request it cannot read goes back."""
        super()._send_error_response(status, HTTPStatus(status).phrase, extra_headers)

    async def _call(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application, which keeps to the same deadline while it reads the rest of the request."""
        self.in_call = True
        if not self._body_receiver._complete:  # noqa: SLF001 - likewise
            scope["deadline"] = (self._request_since or self._clock()) + self._patience
        try:
            await self._application(scope, receive, send)
        finally:
            self.in_call = False
            self._request_since = None
            self._request_begun = False
            if self._half_closed or scope.get("is_last"):
                self.transport.close()

    def cut(self) -> None:
        """End the connection without waiting for anything; the kernel forgets what was not read, too."""
        self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        self.transport.abort()

    def check(self, now: float) -> None:
        """Cut the caller off when it has kept us waiting for too long."""
        unread = self.transport.get_write_buffer_size()
        if not unread:
            self._unread_since = None
        elif self._unread_since is None or unread <= self._unread - _READ_AT_LEAST:
            self._unread, self._unread_since = unread, now
        elif now - self._unread_since > self._patience:
            self.cut()
        since = self._request_since
        if since is not None and not self.in_call and now - since > self._patience:
            self.transport.write(_LATE)
            self.transport.close()


def _is_strict(head: bytes) -> bool:
    return head.count(b"\n") == head.count(b"\r\n") and b"\r\n " not in head and b"\r\n\t" not in head


class _Loop(asyncio.SelectorEventLoop):
    """Serves connections of ours, where gunicorn would serve its own and set no limit to a TLS handshake."""

    worker: "Worker"

    async def create_server(self, *_: Any, **options: Any) -> Any:
        if options["ssl"] is not None:
            options["ssl_handshake_timeout"] = self.worker.patience
            options["ssl_shutdown_timeout"] = _TLS_GOODBYE
        elif self.worker.cfg.is_ssl:
            raise RuntimeError("TLS is asked for but cannot be had.")
        return await super().create_server(lambda: Connection(self.worker), **options)


class Worker(ASGIWorker):  # type: ignore[misc] # gunicorn is not typed
    """Keeps its connections in the order in which they came."""

    @property
    def patience(self) -> float:
        """Seconds that a caller may keep us waiting."""
        return float(self.app.patience)

    def _setup_event_loop(self) -> None:
        self.connections: dict[Connection, None] = {}
        self.loop = _Loop()
        self.loop.worker = self
        asyncio.set_event_loop(self.loop)

    def init_signals(self) -> None:
        super().init_signals()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)

    def admit(self, connection: Connection) -> None:
        """Take one more; beyond the limit at the cost of the oldest that waits for its caller."""
        self.connections[connection] = None
        if len(self.connections) > self.worker_connections:
            oldest = next((each for each in self.connections if not each.in_call), connection)
            del self.connections[oldest]
            oldest.cut()

    def notify(self) -> None:
        """Gunicorn calls this once a second, until it stops."""
        super().notify()
        self._check()

    def _check(self) -> None:
        now = self.loop.time()
        for connection in tuple(self.connections):
            connection.check(now)

    def handle_exit_signal(self) -> None:
        """Stop: take no more connections, let go of those that wait for nothing, finish the rest."""
        super().handle_exit_signal()
        for server in self.servers:
            server.close()
        for connection in tuple(self.connections):
            if connection.is_idle:
                connection.transport.close()
        self._go_on_checking()

    def _go_on_checking(self) -> None:
        self._check()
        self.loop.call_later(1, self._go_on_checking)
