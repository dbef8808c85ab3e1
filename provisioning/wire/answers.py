"""Sending an answer: whole, or piece by piece as a thread makes it."""

from typing import Any

from starlette.types import Scope, Send

from provisioning.wire.body import Body
from provisioning.wire.exchange import HttpAnswer
from provisioning.wire.threads import Threads

# Naming nothing of the insides, and taken by browsers for what it says it is.
_ALWAYS = [(b"server", b"provisioning"), (b"x-content-type-options", b"nosniff")]

# gunicorn hands 64 KiB and more to asyncio's writelines(), and that of Python 3.12.1 and 3.13.0 never tells
# the writer to wait: the whole answer to somebody who does not read it would lie in memory.
_PORTION = 32_768


def plain(status: int, text: str, **headers: str) -> HttpAnswer:
    """A line of text; underscores in names of headers stand for hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpAnswer(
        status=status, content_type="text/plain; charset=utf-8", body=f"{text}\n".encode(), headers=named
    )


async def send_answer(
    send: Send, answer: HttpAnswer, threads: Threads, *, head: bool = False, close: bool = False
) -> None:
    """Send an answer; of one to HEAD only its headers, of one that closes the connection also that it does."""
    headers = [*_ALWAYS, (b"content-type", answer.content_type.encode("latin-1"))]
    headers += [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers.items()]
    if close:
        headers.append((b"connection", b"close"))
    body = answer.body
    if isinstance(body, bytes):
        headers.append((b"content-length", b"%d" % len(body)))
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await _send_portions(send, b"" if head else body, more=False)
        return
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    pieces = iter(body)
    while (piece := await threads.run(_next, pieces)) is not None:
        await _send_portions(send, piece, more=True)
    await send({"type": "http.response.body", "body": b""})


async def _send_portions(send: Send, octets: bytes, *, more: bool) -> None:
    """Send in portions: each waits until the caller has read enough of those before."""
    start = 0
    while len(octets) - start > _PORTION:
        await send(
            {"type": "http.response.body", "body": octets[start : start + _PORTION], "more_body": True}
        )
        start += _PORTION
    await send({"type": "http.response.body", "body": octets[start:], "more_body": more})


async def refuse(scope: Scope, body: Body, send: Send, answer: HttpAnswer, threads: Threads) -> None:
    """Answer before the body was read; read on, since who is cut off while sending never sees the answer.

    Nothing more of this connection is taken: what follows may be what two servers would cut up differently.
    """
    scope["is_last"] = True
    await send_answer(send, answer, threads, head=scope["method"] == "HEAD", close=True)
    await body.drain()


def _next(pieces: Any) -> bytes | None:
    return next(pieces, None)
