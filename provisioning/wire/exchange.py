"""An HTTP exchange as the front ends see it: whole request in, status and octets out. No framework in sight."""

from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from provisioning.kernel.credentials import BearerSecret, NameAndSecret


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """A request whose body is read and whose media type, charset and length the transport has judged already.

    ``text`` of the body is not decoded here: ``charset`` is one of the few that are allowed, or None.
    ``token`` is what an Authorization header held; ``secure`` says whether the way may carry secrets.
    """

    body: bytes
    media_type: str
    charset: str | None
    headers: Mapping[str, str]
    source: str
    secure: bool
    token: NameAndSecret | BearerSecret | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAnswer:
    """What goes back. A long body is an iterable of pieces, so that memory does not grow with it."""

    status: int
    content_type: str
    body: bytes | Iterable[bytes]
    headers: Mapping[str, str] = field(default_factory=dict)


def headers_of(scope: MutableMapping[str, Any]) -> dict[str, str]:
    """The headers of an ASGI scope by name in lower case; of repeated ones all values, by commas."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers
