"""A connection to an SMTP server, ready to take mails, or the reason why there is none."""

import smtplib
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from provisioning.delivery.mail.mailer import Unusable
from provisioning.mail_server import MailServer, Tls, is_ip_address
from provisioning.settings import Settings

_OK = 250
_SHORTEST = 0.001  # zero would be a socket that does not wait at all


class Connection(smtplib.SMTP):
    """Waits for each answer as long as one may wait, and never longer than ``until``."""

    def __init__(self, server: MailServer, own_name: str, patience: float, until: float) -> None:
        self._patience = patience
        self.until = until
        self.mails = 0
        self.idle_since = 0.0
        super().__init__(server.host, server.port, local_hostname=own_name, timeout=self._left())

    def getreply(self) -> tuple[int, bytes]:
        if self.sock is not None:
            self.sock.settimeout(self._left())
        return super().getreply()

    def still_answers(self, until: float) -> bool:
        """Whether another mail may go this way; what had been begun is forgotten."""
        self.until = until
        try:
            return self.rset()[0] == _OK
        except OSError:
            return False

    def leave(self) -> None:
        """Say good-bye, and wait for no answer."""
        with suppress(OSError):
            self.putcmd("quit")
        self.close()

    def _left(self) -> float:
        return max(min(self._patience, self.until - time.monotonic()), _SHORTEST)


class _TlsConnection(Connection):
    """The same, with TLS from the first octet."""

    def __init__(
        self, server: MailServer, own_name: str, patience: float, until: float, context: ssl.SSLContext
    ) -> None:
        self._context = context
        super().__init__(server, own_name, patience, until)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        plain = socket.create_connection((host, port), timeout)
        return self._context.wrap_socket(plain, server_hostname=host)


class Connections:
    """Opens connections as the settings say. Certificates are checked, always."""

    def __init__(self, settings: Settings, server: MailServer) -> None:
        self._settings = settings
        self._server = server
        self._own_name = _own_name(settings.host)
        self._context: ssl.SSLContext | None = None

    def open(self, until: float) -> Connection:
        """A connection, encrypted and signed in. Raises Unusable."""
        client: Connection | None = None
        try:
            client = self._connect(until)
            self._introduce(client)
            return client  # noqa: TRY300 - what follows is for failures only
        except (OSError, Unusable) as error:
            if client is not None:
                client.close()
            raise Unusable(f"mail server {self._server.host}:{self._server.port}: {_why(error)}") from error

    def _connect(self, until: float) -> Connection:
        patience = self._settings.smtp_timeout
        if self._server.tls is Tls.IMPLICIT:
            return _TlsConnection(self._server, self._own_name, patience, until, self._trusting())
        return Connection(self._server, self._own_name, patience, until)

    def _introduce(self, client: smtplib.SMTP) -> None:
        client.ehlo_or_helo_if_needed()
        if self._server.tls is Tls.STARTTLS:
            if not client.has_extn("starttls"):
                raise Unusable("it offers no STARTTLS")
            client.starttls(context=self._trusting())
            client.ehlo_or_helo_if_needed()
        if self._settings.smtp_user:
            if not client.has_extn("auth"):
                raise Unusable("it offers no sign-in")
            client.login(self._settings.smtp_user, self._settings.smtp_password)

    def _trusting(self) -> ssl.SSLContext:
        if self._context is None:
            self._context = ssl.create_default_context(cafile=self._settings.smtp_ca_file or None)
        return self._context


def _own_name(host: str) -> str:
    """How the service calls itself in EHLO."""
    if not is_ip_address(host):
        return host
    return f"[IPv6:{host}]" if ":" in host else f"[{host}]"


def _is_silence(error: Exception) -> bool:
    """Of a server that does not answer in time smtplib says that it has hung up."""
    return isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)


# The first that fits. The words are our own: a server's might repeat what was sent to it.
_REASONS: tuple[tuple[type[Exception], Callable[[Any], str]], ...] = (
    (Unusable, str),
    (ssl.SSLCertVerificationError, lambda error: f"its certificate is not trusted: {error.verify_message}"),
    (ssl.SSLError, lambda error: f"TLS with it fails: {error.reason or 'no reason given'}"),
    (
        smtplib.SMTPAuthenticationError,
        lambda error: f"it refuses the user name or the password ({error.smtp_code})",
    ),
    (smtplib.SMTPResponseException, lambda error: f"it takes no mail now ({error.smtp_code})"),
    (smtplib.SMTPServerDisconnected, lambda _: "it hangs up"),
    (smtplib.SMTPException, lambda _: "it offers no sign-in that is understood here"),
    (OSError, lambda error: error.strerror or "it cannot be reached"),
)


def _why(error: Exception) -> str:
    if _is_silence(error):
        return "it does not answer in time"
    return next(say(error) for kind, say in _REASONS if isinstance(error, kind))
