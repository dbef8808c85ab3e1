"""Where a request comes from, whether its way may carry secrets, and what its Authorization header holds."""

import base64
from collections.abc import Mapping
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from provisioning.kernel.credentials import BearerSecret, NameAndSecret
from provisioning.settings import PREFIX, Settings, WrongSetting

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address


class Origins:
    """Tells sources from proxies. Only the proxies of the settings are believed what they say of others."""

    def __init__(self, settings: Settings) -> None:
        self._proxies = tuple(_network(each) for each in settings.trusted_proxies)
        self._plain_loopback = settings.plain_loopback
        self._judge = lru_cache(maxsize=1024)(self._judge_peer)

    def of(self, peer: str, scheme: str, headers: Mapping[str, str]) -> tuple[str, bool]:
        """The source's address, and whether secrets may come this way: by TLS, or on loopback when allowed."""
        source, loopback, proxy = self._judge(peer)
        if proxy:
            source, loopback, _ = self._behind(source, headers.get("x-forwarded-for", ""))
            scheme = headers.get("x-forwarded-proto", scheme).strip().lower()
        return source, scheme == "https" or (loopback and self._plain_loopback)

    def _judge_peer(self, peer: str) -> tuple[str, bool, bool]:
        address = _address(peer)
        if address is None:
            return peer, False, False
        proxy = any(address in each for each in self._proxies)
        return str(address), address.is_loopback, proxy

    def _behind(self, proxy: str, forwarded: str) -> tuple[str, bool, bool]:
        """Each proxy appends whom it serves: the last one that is no proxy of ours is the source."""
        judged = self._judge_peer(proxy)
        for entry in reversed(forwarded.split(",")):
            if _address(entry.strip()) is None:
                break
            judged = self._judge_peer(entry.strip())
            if not judged[2]:
                break
        return judged


def _network(text: str) -> Network:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        raise WrongSetting(
            f"{PREFIX}TRUSTED_PROXIES must be addresses or networks by commas; {text!r} is neither."
        ) from None


def _address(text: str) -> Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def read_authorization(header: str | None) -> NameAndSecret | BearerSecret | None:
    """The token of an Authorization header; a malformed one counts as none."""
    if header is None:
        return None
    scheme, _, rest = header.partition(" ")
    rest = rest.strip()
    match scheme.lower():
        case "basic":
            return _basic(rest)
        case "bearer":
            return BearerSecret(rest) if rest else None
    return None


def _basic(text: str) -> NameAndSecret | None:
    try:
        octets = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    try:
        pair = octets.decode("utf-8")
    except UnicodeDecodeError:
        pair = octets.decode("latin-1")
    name, colon, secret = pair.partition(":")
    return NameAndSecret(name, secret) if colon else None
