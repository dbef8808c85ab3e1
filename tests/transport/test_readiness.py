"""Alive is not ready: the database has to answer, with this version's tables."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from provisioning.persistence.migrate import migrate
from provisioning.settings import Settings
from provisioning.wire.transport import make_asgi
from tests.transport.running import free_port
from tests.transport.sample import sample_application


def _ask(settings: Settings, path: str, method: str = "GET", **wrong: Any) -> tuple[int, bytes]:
    """What a request is answered with by an ASGI application that no server is around."""
    application = sample_application(settings)
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope: dict[str, Any] = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": [(b"content-type", b"text/xml")],
        "scheme": "http",
        "client": ("127.0.0.1", 1),
        **wrong,
    }
    asyncio.run(make_asgi(application)(scope, receive, send))  # type: ignore[arg-type] # Starlette wants coroutines
    application.database.engine.dispose()
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])


def test_a_migrated_database_is_ready_and_another_is_not(empty_database_url: str, tmp_path: Path) -> None:
    settings = Settings(var=tmp_path, database_url=empty_database_url)
    status, said = _ask(settings, "/readyz")
    assert (status, b"provisioning migrate" in said) == (503, True)
    migrate(empty_database_url)
    assert _ask(settings, "/readyz") == (200, b"ready\n")


@pytest.mark.parametrize(
    "url", ["sqlite:////no/such/folder/test.db", "postgresql+psycopg://x:hush@127.0.0.1:{}/x"]
)
def test_without_a_database_it_lives_but_is_not_ready(url: str, tmp_path: Path) -> None:
    settings = Settings(var=tmp_path, database_url=url.format(free_port()))
    assert _ask(settings, "/readyz") == (503, b"The database does not answer.\n")
    assert _ask(settings, "/healthz") == (200, b"alive\n")


@pytest.mark.parametrize(("path", "said"), [("/soap", b"<code>INTERNAL</code>"), ("/xmlrpc", b"INTERNAL: ")])
def test_a_front_that_breaks_answers_by_a_fault(tmp_path: Path, path: str, said: bytes) -> None:
    """As when a server hands over something that is no request."""
    status, body = _ask(Settings(var=tmp_path), path, "POST", client="nonsense", scheme=None)
    assert status in {200, 500}
    status, body = _ask(Settings(var=tmp_path), path, "POST", client=7)
    assert (status, said in body) == (500, True)
    assert b"subscriptable" not in body
