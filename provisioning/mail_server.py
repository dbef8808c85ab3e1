"""How settings say where mail goes and who it is from."""

import re
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.policy import default as default_policy
from enum import Enum
from ipaddress import ip_address
from typing import Any

_URL = re.compile(
    r"(?P<scheme>smtps?)://(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:(?P<port>[0-9]{1,5}))?/?(?P<plain>\?tls=no)?"
)


class Tls(Enum):
    """How the way to a mail server is encrypted, with the port that is usual for it."""

    IMPLICIT = 465
    STARTTLS = 587
    NONE = 25


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where a mail server is."""

    host: str
    port: int
    tls: Tls

    @property
    def is_near(self) -> bool:
        """Whether it is this very host: nobody listens on the way."""
        if is_ip_address(self.host):
            return ip_address(self.host).is_loopback
        return self.host.lower() == "localhost"


def read_mail_server(url: str) -> MailServer | None:
    """The server of a URL; None when it is none of smtp://host:port, smtps://host:port, smtp://host:port?tls=no."""
    parts = _URL.fullmatch(url)
    if parts is None or (parts["scheme"] == "smtps" and parts["plain"]):
        return None
    tls = Tls.IMPLICIT if parts["scheme"] == "smtps" else Tls.NONE if parts["plain"] else Tls.STARTTLS
    port = int(parts["port"] or tls.value)
    return MailServer(parts["host"].strip("[]"), port, tls) if 0 < port < 1 << 16 else None


def read_sender(text: str) -> Address | None:
    """The one address in a From header, in ASCII, as any mail server takes it; None when it is no such thing."""
    if not text.isprintable():
        return None
    try:
        header: Any = default_policy.header_factory("From", text)
    except (MessageError, IndexError):  # what stops in the middle of an address is read beyond its end
        return None
    if header.defects or len(header.addresses) != 1:
        return None
    (found,) = header.addresses
    if not (found.username and found.domain and found.addr_spec.isascii()):
        return None
    return Address(str(found.display_name), addr_spec=str(found.addr_spec))


def sender_at(host: str) -> Address:
    """Who mails are from unless somebody is named."""
    named = "." in host and not is_ip_address(host)
    return Address(username="no-reply", domain=host if named else "localhost")


def is_ip_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
