"""The HTTP front: judges what arrives, hands whole requests to the protocols, sends their answers.

Everything here runs in the event loop and never blocks; what a protocol does with a request runs in a thread,
but for quick operations, where the database lets nobody wait who reads.
"""

import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Protocol

import structlog
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from provisioning.application import Application
from provisioning.kernel.errors import BackendUnavailable, InternalError, Refusal, invalid
from provisioning.kernel.texts import Text
from provisioning.persistence.engine import SqliteDatabase, WouldWait, not_waiting
from provisioning.settings import Settings
from provisioning.wire.answers import plain, refuse, send_answer
from provisioning.wire.body import Body, NoRoom, Room, TooLong, TooShort, TooSlow
from provisioning.wire.exchange import HttpAnswer, HttpRequest, headers_of
from provisioning.wire.media import MediaType, UnfitMedia, read_content_type
from provisioning.wire.metrics import Metrics
from provisioning.wire.origin import Origins, read_authorization
from provisioning.wire.pages import Contract, Ready, alive, home
from provisioning.wire.pin_page import PinPage
from provisioning.wire.soap.endpoint import SoapEndpoint
from provisioning.wire.soap.gate import TooLarge
from provisioning.wire.threads import Threads
from provisioning.wire.xmlrpc.endpoint import XmlRpcEndpoint

log = structlog.get_logger("provisioning.wire")

_MOST_WAITING = 500
_LARGE_BODIES = 2
_SHORT_BODY = 16 * 1024
_TOO_LONG = Text("The request has more than {allowed} octets.", "La requête compte plus de {allowed} octets.")


class Busy(BackendUnavailable):
    text = Text(
        "The service has more to do than it can; try again.",
        "Le service a plus à faire qu'il ne peut; réessayez.",
    )


class ProtocolEndpoint(Protocol):
    """Turns a whole request into an answer, and a refusal of the transport into a fault of its own."""

    def answer(self, request: HttpRequest) -> HttpAnswer: ...

    def refuse(self, refusal: Refusal, media_type: str) -> HttpAnswer: ...


def make_asgi(application: Application) -> ASGIApp:
    """The application for an ASGI server. It opens nothing: it may be made before worker processes are forked."""
    settings = application.settings
    on_sqlite = isinstance(application.database, SqliteDatabase)
    threads = Threads(1 if on_sqlite else settings.threads, _MOST_WAITING)
    # On SQLite nobody waits who reads; a counter of requests may be on another host.
    front = _Front(settings, threads, reads_at_once=on_sqlite and settings.rate_storage.startswith("memory:"))
    soap = SoapEndpoint(application.dispatcher)
    xmlrpc = XmlRpcEndpoint(application.dispatcher)
    pin_page = PinPage(application, threads, front.origins)

    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[None]:
        yield
        threads.close()
        application.database.engine.dispose()

    resources = {
        "/soap": _Resource(
            threads,
            POST=_Calls(front, soap, {"text/xml", "application/soap+xml"}),
            GET=Contract(application, threads),
        ),
        "/xmlrpc": _Resource(threads, POST=_Calls(front, xmlrpc, {"text/xml", "application/xml"})),
        "/pin/{token}": _Resource(threads, GET=pin_page.show, POST=pin_page.choose),
        "/healthz": _Resource(threads, GET=alive(threads)),
        "/readyz": _Resource(threads, GET=Ready(application, threads)),
        "/metrics": _Resource(threads, GET=Metrics(application, threads, front.origins)),
        "/": _Resource(threads, GET=home(settings.address, threads)),
    }
    return Router(
        [Route(path, resource) for path, resource in resources.items()],
        redirect_slashes=False,  # it would redirect to whatever Host the request names
        default=_Nothing(threads),
        lifespan=lifespan,
    )


class _Resource:
    """What is at one address, by method."""

    def __init__(self, threads: Threads, **methods: ASGIApp) -> None:
        self._threads = threads
        self._methods = methods | ({"HEAD": methods["GET"]} if "GET" in methods else {})
        self._allowed = ", ".join(sorted(self._methods))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = self._methods.get(scope["method"])
        if method is not None:
            await method(scope, receive, send)
            return
        refusal = plain(405, f"Only {self._allowed} here.", allow=self._allowed)
        await refuse(scope, Body(receive, scope.get("deadline")), send, refusal, self._threads)


class _Nothing:
    """What is at every other address."""

    def __init__(self, threads: Threads) -> None:
        self._threads = threads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await WebSocketClose()(scope, receive, send)
            return
        answer = plain(404, "There is nothing at this address.")
        await refuse(scope, Body(receive, scope.get("deadline")), send, answer, self._threads)


class _Unfit(Exception):
    """A request that no protocol gets to see, with the answer to it."""

    def __init__(self, answer: HttpAnswer) -> None:
        self.answer = answer


class _Front:
    """What the addresses of all protocols share."""

    def __init__(self, settings: Settings, threads: Threads, *, reads_at_once: bool) -> None:
        self.threads = threads
        self.reads_at_once = reads_at_once
        self.origins = Origins(settings)
        self.limit = settings.max_body
        self.room = Room(_LARGE_BODIES * settings.max_body)


class _Calls:
    """POST to a protocol: from the octets of a request to the octets of its answer."""

    def __init__(self, front: _Front, endpoint: ProtocolEndpoint, media_types: set[str]) -> None:
        self._front = front
        self._endpoint = endpoint
        self._media_types = media_types

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = Body(receive, scope.get("deadline"))
        try:
            request = await self._read(scope, body)
            answer = self._answer_at_once(request)
            if answer is None:
                answer = await self._front.threads.run(self._endpoint.answer, request)
            del request
        except _Unfit as unfit:
            await refuse(scope, body, send, unfit.answer, self._front.threads)
        except Exception:
            log.exception("internal error", path=scope["path"])
            broken = self._unfit(500, InternalError(), "text/xml")
            await refuse(scope, body, send, broken.answer, self._front.threads)
        else:
            await send_answer(send, answer, self._front.threads)
        finally:
            self._front.room.give_back(body.room)

    def _answer_at_once(self, request: HttpRequest) -> HttpAnswer | None:
        """The answer to a quick operation: a thread would cost more than most of them do."""
        if not self._front.reads_at_once or len(request.body) > _SHORT_BODY:
            return None
        try:
            with not_waiting():
                return self._endpoint.answer(request)
        except WouldWait:
            return None

    async def _read(self, scope: Scope, body: Body) -> HttpRequest:
        headers = headers_of(scope)
        media = self._judge(headers)
        if self._front.threads.full:
            raise self._unfit(503, Busy(retry_after=1), media.name)
        peer = scope["client"]
        source, secure = self._front.origins.of(peer[0] if peer else "", scope["scheme"], headers)
        return HttpRequest(
            body=await self._read_body(headers, body, media),
            media_type=media.name,
            charset=media.charset,
            headers=headers,
            source=source,
            secure=secure,
            token=read_authorization(headers.get("authorization")),
        )

    def _judge(self, headers: dict[str, str]) -> MediaType:
        coding, framing = headers.get("content-encoding", ""), headers.get("transfer-encoding", "")
        if coding.lower() not in {"", "identity"} or framing.lower() not in {"", "chunked"}:
            raise _Unfit(plain(415, "Bodies must not be compressed.", accept_encoding="identity"))
        try:
            media = read_content_type(headers.get("content-type", ""))
        except UnfitMedia as unfit:
            raise _Unfit(plain(415, str(unfit))) from None
        if media.name not in self._media_types:
            raise _Unfit(plain(415, f"The media type must be {' or '.join(sorted(self._media_types))}."))
        return media

    async def _read_body(self, headers: dict[str, str], body: Body, media: MediaType) -> bytes:
        limit = self._front.limit
        try:
            if int(headers.get("content-length", 0)) > limit:
                raise TooLong  # noqa: TRY301 - the same answer as when it turns out while reading
            return await body.read(limit, self._front.room)
        except TooLong:
            raise self._unfit(413, TooLarge(_TOO_LONG, limit), media.name) from None
        except TooShort:
            refusal = invalid(
                "",
                "SHORT_BODY",
                "the body ended before its Content-Length was reached",
                "le corps s'est terminé avant d'atteindre son Content-Length",
            )
            raise self._unfit(400, refusal, media.name) from None
        except TooSlow:
            raise _Unfit(plain(408, "The request took too long to arrive.")) from None
        except NoRoom:
            raise self._unfit(503, Busy(retry_after=1), media.name) from None

    def _unfit(self, status: int, refusal: Refusal, media_type: str) -> _Unfit:
        answer = self._endpoint.refuse(refusal, media_type)
        headers = dict(answer.headers)
        if refusal.retry_after is not None:
            headers["retry-after"] = str(refusal.retry_after)
        return _Unfit(dataclasses.replace(answer, status=status, headers=headers))
