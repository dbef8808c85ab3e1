"""How far a client reaches: what it may do, from which networks, until when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from provisioning.kernel.caller import Right, with_implied
from provisioning.kernel.errors import Refusal
from provisioning.kernel.lexical import NOT_A, Invalid
from provisioning.kernel.texts import Text

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class ReachesFurther(Refusal):
    code = "NOT_PERMITTED"
    text = Text(
        "A client gives no other client more than it has itself: {what}.",
        "Un client ne donne pas à un autre client plus qu'il n'a lui-même : {what}.",
    )


@dataclass(frozen=True, slots=True)
class Reach:
    """Without networks a client may call from anywhere, without an end it never expires."""

    rights: frozenset[Right]
    networks: tuple[Network, ...] = ()
    expires_at: datetime | None = None

    def must_cover(self, other: "Reach", field: str) -> None:
        """Refuse when the other one reaches further in anything."""
        beyond: list[str] = sorted(other.rights - with_implied(self.rights))
        if self.networks and not all(self._covers(each) for each in other.networks or ANYWHERE):
            beyond.append("network")
        if self.expires_at is not None and (other.expires_at is None or other.expires_at > self.expires_at):
            beyond.append("expiresAt")
        if beyond:
            raise ReachesFurther(field=field, what=", ".join(beyond))

    def _covers(self, network: Network) -> bool:
        return any(_is_part(network, each) for each in self.networks)


ANYWHERE: tuple[Network, ...] = (IPv4Network("0.0.0.0/0"), IPv6Network("::/0"))


def _is_part(inner: Network, outer: Network) -> bool:
    match inner, outer:
        case (IPv4Network(), IPv4Network()) | (IPv6Network(), IPv6Network()):
            return inner.subnet_of(outer)  # type: ignore[arg-type] # both are of one kind here
    return False


@lru_cache(maxsize=1024)
def rights_of(words: str) -> frozenset[Right]:
    return frozenset(Right(each) for each in words.split())


@lru_cache(maxsize=1024)
def networks_of(words: str) -> tuple[Network, ...]:
    return tuple(ip_network(each) for each in words.split())


def words_of(values: Iterable[object]) -> str:
    """Rights or networks as a row keeps them."""
    return " ".join(sorted({str(each) for each in values}))


def read_network(text: str) -> str:
    """One spelling for a network; an address alone is a network of one."""
    try:
        return str(ip_network(text.strip()))
    except ValueError:
        raise Invalid(
            "NOT_A_NETWORK", NOT_A, what="a network such as 192.0.2.0/24 or 2001:db8::/32"
        ) from None


@lru_cache(maxsize=4096)
def address_of(source: str) -> Address | None:
    """The address a call came from. One of IPv4 written as IPv6 counts as what it is."""
    try:
        address = ip_address(source.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def is_inside(source: str, networks: tuple[Network, ...]) -> bool:
    """Whether a client of these networks may call from there."""
    address = address_of(source)
    return not networks or (address is not None and any(address in each for each in networks))


def neighbourhood(source: str) -> str:
    """From where attempts are counted together: whoever has one IPv6 address has 2**64 of them."""
    address = address_of(source)
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, 64), strict=False))
    return str(address or source)
