"""The four operations as one would write them by hand with lxml and sqlite3: no authentication, rights, audit,
idempotency, outbox or validation.

It runs under the same gunicorn worker as the service, in the event loop itself.
"""

import os
import sqlite3
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any

from lxml import etree

_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_NS = "urn:remote-provisioning:v1"
_WIRE = {
    "user_id": "userId",
    "company_id": "companyId",
    "user_number": "userNumber",
    "first_name": "firstName",
    "last_name": "lastName",
    "email": "email",
    "language": "language",
    "mobile_phone": "mobilePhone",
    "administrator": "administrator",
    "state": "state",
    "created_at": "createdAt",
    "version": "version",
}
_COLUMNS = ", ".join(_WIRE)


@cache
def _database() -> sqlite3.Connection:
    """Opened with the first request: after the fork."""
    connection = sqlite3.connect(os.environ["BENCH_DATABASE"], timeout=10, isolation_level=None)
    connection.execute("PRAGMA synchronous=FULL")
    connection.row_factory = sqlite3.Row
    return connection


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _add(parent: Any, name: str, text: str | None = None) -> Any:
    element = etree.SubElement(parent, f"{{{_NS}}}{name}")
    element.text = text
    return element


def _add_user(parent: Any, row: sqlite3.Row) -> None:
    user = _add(parent, "user")
    for column, wire in _WIRE.items():
        value = row[column]
        _add(user, wire, ("false", "true")[value] if column == "administrator" else str(value))


def _text(request: Any, path: str) -> str:
    return str(request.findtext("/".join(f"{{{_NS}}}{name}" for name in path.split("/"))) or "")


def _ping(_request: Any, answer: Any) -> None:
    pong = _add(answer, "pong")
    _add(pong, "time", _now())
    _add(pong, "serviceVersion", "1")
    _add(pong, "contractVersion", "1")


def _get_user(request: Any, answer: Any) -> None:
    key = _text(request, "userRef/companyId"), _text(request, "userRef/userNumber")
    sql = f"SELECT {_COLUMNS} FROM users WHERE company_id = ? AND user_number = ?"  # noqa: S608 - names of ours
    _add_user(answer, _database().execute(sql, key).fetchone())


def _create_user(request: Any, answer: Any) -> None:
    company, db = _text(request, "companyId"), _database()
    names = [_text(request, f"newUser/{name}") for name in ("firstName", "lastName", "email", "mobilePhone")]
    db.execute("BEGIN IMMEDIATE")
    sql = "SELECT max(user_number) FROM users WHERE company_id = ?"
    number = int(db.execute(sql, (company,)).fetchone()[0]) + 1
    first, last, email, phone = names
    values = (uuid.uuid4().hex, company, str(number), first, last, email, "en", phone, 0, "ACTIVE", _now(), 1)
    sql = f"INSERT INTO users ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *"  # noqa: S608 - likewise
    row = db.execute(sql, values).fetchone()
    db.execute("COMMIT")
    result = _add(answer, "createUserResult")
    _add_user(result, row)
    outcome = _add(result, "outcome")
    _add(outcome, "transactionId", values[0])
    for name in ("replayed", "noChange", "dryRun"):
        _add(outcome, name, "false")
    _add(outcome, "provisioning", "IN_SYNC")


def _list_users(request: Any, answer: Any) -> None:
    size = int(_text(request, "pageSize"))
    sql = f"SELECT {_COLUMNS} FROM users WHERE company_id = ? ORDER BY user_number LIMIT ?"  # noqa: S608 - likewise
    rows = _database().execute(sql, (_text(request, "companyId"), size + 1)).fetchall()
    page = _add(answer, "userPage")
    for row in rows[:size]:
        _add_user(page, row)
    if len(rows) > size:
        _add(page, "nextCursor", rows[size - 1]["user_number"])
    _add(page, "more", "true" if len(rows) > size else "false")


_OPERATIONS = {"Ping": _ping, "GetUser": _get_user, "CreateUser": _create_user, "ListUsers": _list_users}


def answer(body: bytes) -> bytes:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    request = etree.fromstring(body, parser)[0][0]
    name = etree.QName(request).localname
    envelope = etree.Element(f"{{{_SOAP}}}Envelope", nsmap={"soap": _SOAP, None: _NS})
    wrapper = _add(etree.SubElement(envelope, f"{{{_SOAP}}}Body"), f"{name}Response")
    _OPERATIONS[name](request, wrapper)
    return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")


async def app(
    scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
) -> None:
    assert scope["type"] == "http"
    body, more = b"", True
    while more:
        event = await receive()
        body += event.get("body", b"")
        more = event.get("more_body", False)
    written = answer(body) if body else b""
    headers = [(b"content-type", b"text/xml; charset=utf-8"), (b"content-length", b"%d" % len(written))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": written})
