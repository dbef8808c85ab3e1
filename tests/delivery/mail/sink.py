"""A mail server in the test's own process: it keeps what it is sent and answers as the test wants."""

import asyncio
import email
import logging
import socket
import ssl
from collections import defaultdict, deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

logging.getLogger("mail.log").setLevel(logging.CRITICAL)

USER, PASSWORD = "mailer", "the mailer's secret"
HANG_UP = "hang up"
SAY_NOTHING = "say nothing"


@dataclass(frozen=True)
class Received:
    """A mail that the server took, and how it came."""

    sender: str
    recipient: str
    content: bytes
    encrypted: bool
    user: str | None
    options: tuple[str, ...]

    @property
    def message(self) -> EmailMessage:
        message = email.message_from_bytes(self.content, policy=default)
        assert isinstance(message, EmailMessage)
        return message

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])

    @property
    def text(self) -> str:
        part = self.message.get_body(("plain",))
        assert part is not None
        return str(part.get_content())


class Sink:
    """What has arrived. ``answer`` says what a command is answered, in turn; a recipient has answers of its own."""

    def __init__(self) -> None:
        self.port = 0
        self.received: list[Received] = []
        self.connections: list[SMTP] = []
        self._answers: defaultdict[str, deque[str]] = defaultdict(deque)
        self._recipients: dict[str, str] = {}

    def answer(self, command: str, *answers: str) -> None:
        self._answers[command].extend(answers)

    def refuse(self, recipient: str, answer: str) -> None:
        self._recipients[recipient] = answer

    def accept(self, recipient: str) -> None:
        del self._recipients[recipient]

    def hang_up(self) -> None:
        """Break all connections off."""
        for each in self.connections:
            each.loop.call_soon_threadsafe(_break_off, each)

    async def handle_MAIL(  # noqa: N802 - aiosmtpd calls it so
        self,
        server: SMTP,
        session: Session,  # noqa: ARG002 - as above
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        if server not in self.connections:
            self.connections.append(server)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return await self._next("MAIL", server)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it so
        self,
        server: SMTP,
        session: Session,  # noqa: ARG002 - as above
        envelope: Envelope,
        address: str,
        options: list[str],  # noqa: ARG002 - as above
    ) -> str:
        answer = self._recipients.get(address) or await self._next("RCPT", server)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802 - aiosmtpd calls it so
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        (recipient,) = envelope.rcpt_tos
        if not self._answers["DATA"] or self._answers["DATA"][0] in {HANG_UP, SAY_NOTHING}:
            assert isinstance(envelope.content, bytes)
            self.received.append(
                Received(
                    envelope.mail_from or "",
                    recipient,
                    envelope.content,
                    session.ssl is not None,
                    session.auth_data,
                    tuple(envelope.mail_options),
                )
            )
        return await self._next("DATA", server)

    async def _next(self, command: str, server: SMTP) -> str:
        waiting = self._answers[command]
        answer = waiting.popleft() if waiting else "250 2.0.0 OK"
        if answer == HANG_UP:
            _break_off(server)
            await asyncio.sleep(60)
        if answer == SAY_NOTHING:
            await asyncio.sleep(60)
        return answer


class _OnAnyPort(Controller):
    def _create_server(self) -> Any:
        return self._on_any_port()

    async def _on_any_port(self) -> asyncio.AbstractServer:
        server = await self.loop.create_server(
            self._factory_invoker, host="127.0.0.1", port=self.port, ssl=self.ssl_context
        )
        self.port = server.sockets[0].getsockname()[1]
        return server


@contextmanager
def running_sink(
    sink: Sink | None = None,
    *,
    starttls: ssl.SSLContext | None = None,
    tls: ssl.SSLContext | None = None,
    signs_in: bool = False,
    **more: Any,
) -> Iterator[Sink]:
    """A server at work as long as the block runs, at ``sink.port``; again at the same one when it has run before."""
    sink = sink or Sink()
    controller = _OnAnyPort(
        sink,
        port=sink.port,
        ssl_context=tls,
        hostname="localhost",
        server_hostname="sink.test",
        tls_context=starttls,
        require_starttls=starttls is not None,
        auth_required=signs_in,
        authenticator=_sign_in,
        **more,
    )
    controller.start()
    sink.port = controller.port
    try:
        yield sink
    finally:
        controller.stop()


def _sign_in(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:
    known = isinstance(data, LoginPassword) and (data.login, data.password) == (
        USER.encode(),
        PASSWORD.encode(),
    )
    return AuthResult(success=known, handled=False, auth_data=USER if known else None)


def _break_off(server: SMTP) -> None:
    if server.transport is not None:
        server.transport.abort()  # type: ignore[attr-defined] # the base class has no abort, each transport has


@contextmanager
def scripted_server(*answers: str) -> Iterator[int]:
    """A server that greets the first who comes with the first answer, and says the next ones whatever it hears."""
    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor(1) as pool:
        said = pool.submit(_say, listening, answers)
        yield listening.getsockname()[1]
        said.result(30)


def _say(listening: socket.socket, answers: tuple[str, ...]) -> None:
    connection, _ = listening.accept()
    with connection, connection.makefile("rb") as heard:
        for answer in answers:
            connection.sendall(f"{answer}\r\n".encode())
            heard.readline()
