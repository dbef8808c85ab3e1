"""Mails by SMTP."""

import re
import smtplib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from threading import Lock

from provisioning.delivery.channels import Rejected, Undelivered
from provisioning.delivery.mail.connection import Connection, Connections
from provisioning.delivery.mail.mailer import Mail, Unusable

_IDLE = 30.0
_MAILS_EACH = 100

_DONE = range(200, 300)
_REFUSED_FOR_GOOD = 500
_GOES_DOWN = 421
_SIGN_IN_FIRST = 530
_TOO_LARGE = 552
_SHOWN = 200
_ENHANCED_CODE = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}(?= |$)")
_POLICY = "5.7."


class _Step(Enum):
    SENDER = "the sender"
    RECIPIENT = "the recipient"
    CONTENT = "the mail"


class SmtpServer:
    """One server. Connections stay open a while for the next mails, at most one for each thread that sends."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._idle: list[Connection] = []
        self._lock = Lock()

    def send(self, mail: Mail, until: float) -> None:
        with self._connection(until) as connection:
            try:
                _hand_over(connection, mail)
            except OSError as error:  # it may have been this mail: so it counts as an attempt of this mail
                raise Undelivered("the mail server broke off in the middle of the mail") from error

    def close_idle(self) -> None:
        """Called often. Servers would hang up on their own, but not all of them soon."""
        latest = time.monotonic() - _IDLE
        with self._lock:
            old = [each for each in self._idle if each.idle_since < latest]
            self._idle = [each for each in self._idle if each.idle_since >= latest]
        for each in old:
            each.leave()

    def close(self) -> None:
        with self._lock:
            left, self._idle = self._idle, []
        for each in left:
            each.leave()

    @contextmanager
    def _connection(self, until: float) -> Iterator[Connection]:
        """A connection; it is kept for others as long as what was said on it ended in good order."""
        connection = self._kept(until) or self._connections.open(until)
        try:
            yield connection
        except Rejected:
            self._keep(connection)
            raise
        except BaseException:
            connection.close()
            raise
        self._keep(connection)

    def _kept(self, until: float) -> Connection | None:
        while True:
            with self._lock:
                if not self._idle:
                    return None
                connection = self._idle.pop()
            if connection.still_answers(until):
                return connection
            connection.close()

    def _keep(self, connection: Connection) -> None:
        connection.mails += 1
        if connection.mails >= _MAILS_EACH:
            connection.leave()
            return
        connection.idle_since = time.monotonic()
        with self._lock:
            self._idle.append(connection)


def _hand_over(connection: Connection, mail: Mail) -> None:
    options: tuple[str, ...] = ()
    if mail.utf8:
        if not connection.has_extn("smtputf8"):
            raise Rejected("the mail server takes no address with other letters than those of ASCII")
        options = ("BODY=8BITMIME", "SMTPUTF8")
    _judge(_Step.SENDER, *connection.mail(mail.sender, options))
    _judge(_Step.RECIPIENT, *connection.rcpt(mail.recipient))
    try:
        _judge(_Step.CONTENT, *connection.data(mail.content))
    except smtplib.SMTPDataError as error:
        _judge(_Step.CONTENT, error.smtp_code, error.smtp_error)


def _judge(step: _Step, code: int, said: bytes | str) -> None:
    """What an answer means: go on, try again, give up, or mail nothing at all for now.

    A refused sender is refused for every mail, unless it is the mail's size that is refused there. A recipient
    that is refused by policy may be so because we may not relay: no letter is given up for a setting soon put right.
    """
    if code in _DONE:
        return
    for_all = step is _Step.SENDER and code >= _REFUSED_FOR_GOOD and code != _TOO_LARGE
    if for_all or code in {_GOES_DOWN, _SIGN_IN_FIRST}:
        raise Unusable(f"the mail server refuses {step.value} ({code})")
    quoted = _quoted(step, said)
    text = f"the mail server refuses {step.value} ({code}){quoted}"
    by_policy = step is _Step.RECIPIENT and quoted.startswith(f": {_POLICY}")
    raise Rejected(text) if code >= _REFUSED_FOR_GOOD and not by_policy else Undelivered(text)


def _quoted(step: _Step, said: bytes | str) -> str:
    """What the server says to it. Once it has read the mail that might repeat the mail: its code alone is taken."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    if step is _Step.CONTENT:
        code = _ENHANCED_CODE.match(text)
        return f": {code[0]}" if code else ""
    shown = "".join(each if each.isprintable() else " " for each in text)[:_SHOWN].strip()
    return f": {shown}" if shown else ""
