"""A connection to one receiver: to an address that was checked, verified by name, cut when it takes too long."""

import socket
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse

from provisioning.settings import Settings
from provisioning.subscriptions import NotAllowed, Resolve, Target, allowed_addresses

_MOST_OF_AN_ANSWER = 64 * 1024
# The first that fits: each is a kind of OSError, or of one further down.
_CODES: tuple[tuple[type[Exception], str], ...] = (
    (socket.gaierror, "NAME_NOT_KNOWN"),
    (UnicodeError, "NAME_NOT_KNOWN"),
    (ssl.SSLCertVerificationError, "CERTIFICATE"),
    (TimeoutError, "TIMEOUT"),
    (ssl.SSLError, "TLS"),
    (OSError, "UNREACHABLE"),
)


class Unanswered(Exception):
    """There was no answer; the text is a code for the subscription's owner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a receiver said, as far as it matters."""

    status: int
    retry_after: str | None

    @property
    def taken(self) -> bool:
        return 200 <= self.status < 300  # noqa: PLR2004 - HTTP's successes


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to wait, in seconds: for a connection, and for everything."""

    connect: float = 5.0
    whole: float = 15.0


def trust(settings: Settings) -> ssl.SSLContext:
    """Certificates are verified always: by the system's authorities and those the operator adds."""
    context = ssl.create_default_context()
    if settings.webhook_ca_file:
        context.load_verify_locations(settings.webhook_ca_file)
    return context


class Receiver:
    """One target, as long as there is something to post to it; the connection is kept when the receiver keeps it."""

    def __init__(
        self, target: Target, settings: Settings, tls: ssl.SSLContext, resolve: Resolve, patience: Patience
    ) -> None:
        self._target = target
        self._settings = settings
        self._tls = tls
        self._resolve = resolve
        self._patience = patience
        self._connection: HTTPConnection | None = None
        self._socket: socket.socket | None = None
        self._until = float("inf")
        self._cut = False

    def post(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Post once; raises Unanswered. A connection that was closed since the last time is made anew."""
        self._until, self._cut = time.monotonic() + self._patience.whole, False
        try:
            kept = self._connection is not None
            try:
                return self._exchange(body, headers)
            except (ConnectionError, ssl.SSLEOFError):
                self.close()
                if not kept or self._cut:
                    raise
                return self._exchange(body, headers)
        except (OSError, HTTPException, UnicodeError, NotAllowed) as error:
            self.close()
            raise Unanswered("TIMEOUT" if self._cut else _code_of(error)) from None
        finally:
            self._until = float("inf")

    def cut_when_late(self, now: float) -> None:
        """End what takes too long. Another thread calls this: a receiver that drips would hold up its own for ever."""
        if now > self._until:
            self.cut()

    def cut(self) -> None:
        """End what is going on, from another thread."""
        self._cut = True
        if self._socket is not None:
            with suppress(OSError):  # it has ended by itself
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        if self._socket is not None:
            self._socket.close()
        self._connection = self._socket = None

    def _exchange(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        connection = self._connection or self._connect()
        connection.request("POST", self._target.path, body, {"Host": self._target.authority, **headers})
        with connection.getresponse() as response:
            answer = Answer(status=response.status, retry_after=response.getheader("Retry-After"))
            if not _read_to_the_end(response):
                self.close()
        return answer

    def _connect(self) -> HTTPConnection:
        target = self._target
        plain = self._reach(allowed_addresses(target, self._settings, self._resolve))
        # Headers and body are two packets: the second would wait for the receiver's delayed word on the first.
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = plain
        if target.secure:
            wrapped = self._tls.wrap_socket(plain, server_hostname=target.host, do_handshake_on_connect=False)
            self._socket = wrapped
            wrapped.do_handshake()
        self._socket.settimeout(self._patience.whole)
        connection = HTTPConnection(target.host, target.port)
        connection.sock = self._socket
        self._connection = connection
        return connection

    def _reach(self, addresses: list[str]) -> socket.socket:
        """The first of the addresses that answers: to no other one the connection may go."""
        failure: OSError = TimeoutError()
        for address in addresses:
            left = self._until - time.monotonic()
            if self._cut or left <= 0:
                break
            try:
                return socket.create_connection(
                    (address, self._target.port), min(self._patience.connect, left)
                )
            except OSError as error:
                failure = error
        raise failure


def _read_to_the_end(response: HTTPResponse) -> bool:
    """Read a little of the body, which says nothing; whether that was all, and the connection is good for more."""
    try:
        response.read(_MOST_OF_AN_ANSWER)
    except (OSError, HTTPException):
        return False
    return response.isclosed() and not response.will_close


def _code_of(error: Exception) -> str:
    if isinstance(error, NotAllowed):
        return error.code
    return next((code for kind, code in _CODES if isinstance(error, kind)), "NOT_HTTP")
