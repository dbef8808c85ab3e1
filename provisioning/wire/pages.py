"""What is got by GET: the contract, what monitors ask, and a page that names the addresses."""

import hashlib

import structlog
from sqlalchemy.exc import SQLAlchemyError
from starlette.types import Receive, Scope, Send

from provisioning.application import Application
from provisioning.persistence.engine import DatabaseBusy
from provisioning.persistence.migrate import is_current
from provisioning.wire.answers import plain, send_answer
from provisioning.wire.exchange import HttpAnswer
from provisioning.wire.threads import Threads

log = structlog.get_logger("provisioning.wire")

_HOME = """Remote provisioning.

SOAP 1.1 and 1.2  {address}/soap
Contract          {address}/soap?wsdl (?wsdl=1.1 and ?wsdl=1.2 with one binding each)
XML-RPC           {address}/xmlrpc
Alive             {address}/healthz
Ready             {address}/readyz"""


class Page:
    """A page that is made once."""

    def __init__(self, answer: HttpAnswer, threads: Threads) -> None:
        self._answer = answer
        self._threads = threads

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        await send_answer(send, self._answer, self._threads, head=scope["method"] == "HEAD")


def home(address: str, threads: Threads) -> Page:
    return Page(plain(200, _HOME.format(address=address)), threads)


def alive(threads: Threads) -> Page:
    """The process lives: that much says the fact that it answers."""
    return Page(plain(200, "alive", cache_control="no-store"), threads)


class Ready:
    """Whether calls would be served: the database answers and has the schema of this version."""

    def __init__(self, application: Application, threads: Threads) -> None:
        self._engine = application.database.engine
        self._threads = threads

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        reason = "Too many requests wait." if self._threads.full else await self._threads.run(self._ask, None)
        answer = plain(503 if reason else 200, reason or "ready", cache_control="no-store")
        await send_answer(send, answer, self._threads, head=scope["method"] == "HEAD")

    def _ask(self, _: None) -> str | None:
        try:
            if is_current(self._engine):
                return None
        except (SQLAlchemyError, DatabaseBusy, OSError) as error:
            log.warning("not ready", error=type(error).__name__)
            return "The database does not answer."
        return "The database has another schema than this version works on: run `provisioning migrate`."


class Contract:
    """The WSDL, with both bindings or one. Its address is the configured one, whatever Host a request names."""

    def __init__(self, application: Application, threads: Threads) -> None:
        from provisioning.wire.published import wsdl_for  # noqa: PLC0415 - spyne takes a second to import

        self._threads = threads
        self._documents = {
            version or "": wsdl_for(application.operations, application.settings.address, version)
            for version in (None, "1.1", "1.2")
        }
        self._tags = {
            version: f'"{hashlib.sha256(document).hexdigest()[:32]}"'
            for version, document in self._documents.items()
        }

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        answer = self._answer(asked_version(scope), dict(scope["headers"]).get(b"if-none-match", b""))
        await send_answer(send, answer, self._threads, head=scope["method"] == "HEAD")

    def _answer(self, version: str | None, known: bytes) -> HttpAnswer:
        if version is None:
            return plain(405, "SOAP goes by POST; its contract is at ?wsdl.", allow="POST")
        document = self._documents.get(version)
        if document is None:
            return plain(404, "The contract is at ?wsdl, ?wsdl=1.1 and ?wsdl=1.2.")
        tag = self._tags[version]
        headers = {"etag": tag, "cache-control": "public, max-age=300"}
        unchanged = tag.encode("ascii") in known
        return HttpAnswer(
            status=304 if unchanged else 200,
            content_type="text/xml; charset=utf-8",
            body=b"" if unchanged else document,
            headers=headers,
        )


def asked_version(scope: Scope) -> str | None:
    """Which WSDL a query asks for: the SOAP version, empty for both, None when it asks for none."""
    name, _, value = scope["query_string"].decode("latin-1").partition("=")
    return value if name.lower() == "wsdl" else None
