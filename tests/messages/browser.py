"""A browser without a screen: asks the HTTP front of a house for the page of a link."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from starlette.types import ASGIApp

from provisioning.wire.transport import make_asgi
from tests.house import House

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a browser got."""

    status: int
    headers: dict[str, str]
    text: str


@dataclass
class Browser:
    """Talks to the very application that servers run, from this machine."""

    house: House
    scheme: str = "http"
    peer: str = "127.0.0.1"
    headers: dict[str, str] = field(default_factory=dict)

    @cached_property
    def front(self) -> ASGIApp:
        return make_asgi(self.house.application)

    def get(self, path: str, method: str = "GET") -> Seen:
        return self._ask(method, path, [b""])

    def post(self, path: str, body: bytes = b"", media: str = FORM, **fields: str) -> Seen:
        octets = body or urlencode(fields).encode()
        length = {"content-type": media, "content-length": str(len(octets))}
        return self._ask("POST", path, [octets[:3], octets[3:]], **length)

    def _ask(self, method: str, path: str, body: Sequence[bytes], **more: str) -> Seen:
        return asyncio.run(self._exchange(method, path, list(body), more))

    async def _exchange(self, method: str, target: str, body: list[bytes], more: dict[str, str]) -> Seen:
        path, _, query = target.partition("?")
        headers = {name.replace("_", "-"): value for name, value in (self.headers | more).items()}
        scope: dict[str, Any] = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "scheme": self.scheme,
            "client": (self.peer, 40000),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
        sent: list[Any] = []

        async def receive() -> Any:
            piece = body.pop(0)
            return {"type": "http.request", "body": piece, "more_body": bool(body)}

        async def send(message: Any) -> None:
            sent.append(message)

        await self.front(scope, receive, send)
        got = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return Seen(sent[0]["status"], got, b"".join(each.get("body", b"") for each in sent[1:]).decode())
