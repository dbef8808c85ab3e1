"""What a front end found of credentials. The access room judges them; signatures and certificates join here later."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NameAndSecret:
    """HTTP Basic, or a UsernameToken with PasswordText; the latter may carry a nonce and a time."""

    name: str
    secret: str
    nonce: bytes | None = None
    created: str | None = None


@dataclass(frozen=True, slots=True)
class PasswordDigest:
    """A UsernameToken whose password is Base64(SHA-1(nonce + created + secret))."""

    name: str
    digest: bytes
    nonce: bytes
    created: str


@dataclass(frozen=True, slots=True)
class BearerSecret:
    """An HTTP bearer secret, without a name."""

    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What came with a call: from which address, whether on a way that may carry secrets, which token."""

    source: str
    secure: bool
    token: NameAndSecret | PasswordDigest | BearerSecret | None
