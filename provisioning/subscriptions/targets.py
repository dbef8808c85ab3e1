"""Where webhooks may go: the form of a URL, and to which addresses its name may lead."""

import re
import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from queue import Empty, Queue
from threading import Thread

from provisioning.kernel.errors import InvalidRequest, Violation
from provisioning.kernel.texts import Text
from provisioning.settings import Settings

Address = IPv4Address | IPv6Address
# The addresses of a name; OSError when there are none.
Resolve = Callable[[str], Iterable[str]]

_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9][A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+\])(:(?P<port>[0-9]{1,5}))?"
    r"(?P<path>/[!-~]*)?(?P<query>\?[!-~]*)?"
)
_PORTS = {"https": 443, "http": 80}
_MOST_PORTS = 65535
_NOT_IN_A_PATH = re.compile(r'[#"<>\\^`{|}]')

# Where IPv6 has addresses that are routed, and how it writes those of IPv4 on the far side of a translator.
_ROUTED = IPv6Network("2000::/3")
_TRANSLATED = IPv6Network("64:ff9b::/96")
_LOOPBACK = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))
# What Python's versions disagree about, or count as global although nobody's public server is there.
_NOT_PUBLIC = (
    IPv4Network("100.64.0.0/10"),
    IPv4Network("192.0.0.0/24"),
    IPv4Network("192.88.99.0/24"),
    IPv6Network("2001::/23"),
    IPv6Network("3fff::/20"),
)
# The interface identifiers under which ISATAP hides an address of IPv4.
_ISATAP = {0x5EFE, 0x0200_5EFE}
_LOW_32 = (1 << 32) - 1

BAD_URL = Text(
    "is no URL that webhooks go to: https://, a host, a path; no user, password or fragment",
    "n'est pas une URL où envoyer des webhooks : https://, un hôte, un chemin; ni usager, ni mot de passe, ni fragment",
)
NOT_SECURE = Text("must begin with https://", "doit commencer par https://")
NOT_ALLOWED = Text(
    "leads to the address {address}, which is not public",
    "mène à l'adresse {address}, qui n'est pas publique",
)


class NotAllowed(Exception):
    """A name leads to where webhooks may not go."""

    def __init__(self, code: str, text: Text, address: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.text = text
        self.address = address

    def at(self, field: str) -> InvalidRequest:
        return InvalidRequest([Violation(field, self.code, self.text, {"address": self.address})])


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The parts of a webhook's URL; ``path`` is what is asked for, the query included."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def secure(self) -> bool:
        return self.scheme == "https"

    @property
    def authority(self) -> str:
        """The host, and the port when it is not the usual one: what the header Host says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """What may be told of the URL: its path and query may hold secrets."""
        return f"{self.scheme}://{self.authority}"


def read_target(url: str) -> Target:
    """The parts of a URL; NotAllowed when it is none that webhooks go to."""
    match = _URL.fullmatch(url)
    if match is None or _NOT_IN_A_PATH.search(url):
        raise NotAllowed("BAD_URL", BAD_URL)
    port = int(match["port"] or _PORTS[match["scheme"]])
    if not 0 < port <= _MOST_PORTS:
        raise NotAllowed("BAD_URL", BAD_URL)
    path = (match["path"] or "/") + (match["query"] or "")
    return Target(scheme=match["scheme"], host=match["host"].strip("[]"), port=port, path=path)


def system_addresses(name: str) -> list[str]:
    """What the system's resolver says."""
    return [str(found[4][0]) for found in socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)]


def allowed_addresses(target: Target, settings: Settings, resolve: Resolve = system_addresses) -> list[str]:
    """The addresses of a target, every one of them allowed; raises NotAllowed, or OSError when it has none."""
    addresses = [ip_address(each.partition("%")[0]) for each in resolve(target.host)]
    networks = _networks(settings)
    for each in addresses:
        if not (is_public(each) or any(each in network or _meant(each) in network for network in networks)):
            raise NotAllowed("ADDRESS_NOT_ALLOWED", NOT_ALLOWED, str(each))
    if not (target.secure or settings.webhook_plain or _plain_is_local(addresses, settings)):
        raise NotAllowed("NOT_SECURE", NOT_SECURE)
    return [str(each) for each in addresses]


def look_at(
    url: str, field: str, settings: Settings, patience: float, resolve: Resolve = system_addresses
) -> None:
    """Refuse a URL that webhooks may not go to. A name that nobody knows at this moment may be known later."""
    try:
        target = read_target(url)
        addresses = _within(patience, target.host, resolve)
        if addresses or not target.secure:
            allowed_addresses(target, settings, lambda _: addresses)
    except NotAllowed as error:
        raise error.at(field) from None


def is_public(address: Address) -> bool:
    """Whether an address is of the public Internet, also the one that it stands for."""
    meant = _meant(address)
    if isinstance(meant, IPv6Address) and (meant not in _ROUTED or _isatap(meant)):
        return False
    special = meant.is_multicast or meant.is_reserved or any(meant in network for network in _NOT_PUBLIC)
    return meant.is_global and not special


def _meant(address: Address) -> Address:
    """The address of IPv4 that one of IPv6 stands for: mapped, translated or tunnelled."""
    if isinstance(address, IPv6Address):
        if address in _TRANSLATED:
            return IPv4Address(int(address) & _LOW_32)
        return address.ipv4_mapped or address.sixtofour or address
    return address


def _isatap(address: IPv6Address) -> bool:
    return (int(address) >> 32) & _LOW_32 in _ISATAP


def _networks(settings: Settings) -> Sequence[IPv4Network | IPv6Network]:
    allowed = [ip_network(each) for each in settings.webhook_networks]
    return [*allowed, *_LOOPBACK] if settings.plain_loopback else allowed


def _plain_is_local(addresses: Sequence[Address], settings: Settings) -> bool:
    return settings.plain_loopback and bool(addresses) and all(each.is_loopback for each in addresses)


def _within(patience: float, name: str, resolve: Resolve) -> list[str]:
    """The addresses of a name as far as they are known in so many seconds: a resolver may take its time."""
    found: Queue[list[str]] = Queue()

    def ask() -> None:
        try:
            found.put(list(resolve(name)))
        except (OSError, UnicodeError):
            found.put([])

    Thread(target=ask, name="webhook-name", daemon=True).start()
    try:
        return found.get(timeout=patience)
    except Empty:
        return []
