"""Long answers in pieces, faults instead of insides, and what stands in the log."""

import json
import re

import pytest

from tests.transport.running import BASIC, ENVELOPES, Server, get, post, read_answer, soap, struct, xmlrpc
from tests.transport.sample import LENGTH

MANY = 30_000


@pytest.mark.parametrize(
    ("path", "body", "end"),
    [
        ("/soap", soap("ListRows", f"<count>{MANY}</count>"), b"</soap:Envelope>"),
        ("/xmlrpc", xmlrpc("ListRows", struct(count=f"<int>{MANY}</int>")), b"</methodResponse>\n"),
    ],
)
def test_a_long_answer_comes_in_pieces(server: Server, path: str, body: bytes, end: bytes) -> None:
    with server.connect(30) as connection:
        connection.sendall(post(path, body))
        answer = read_answer(connection)
        assert answer.status == 200
        assert answer.headers["transfer-encoding"] == "chunked"
        assert answer.body.endswith(end)
        assert answer.body.count(b"x" * LENGTH) == MANY
        connection.sendall(post(path, xmlrpc("Echo") if path == "/xmlrpc" else soap("Echo")))
        assert read_answer(connection).status == 200


def test_memory_does_not_grow_with_the_answer(server: Server) -> None:
    """The rows share one text; written, it is sixty megabytes."""

    def peak(count: int) -> int:
        highest = 0
        with server.connect(30) as connection:
            connection.sendall(post("/xmlrpc", xmlrpc("ListRows", struct(count=f"<int>{count}</int>"))))
            while not (part := connection.recv(1 << 20)).endswith(b"0\r\n\r\n"):
                assert part
                highest = max(highest, server.memory())
        return highest

    few = peak(300)
    assert peak(MANY) - few < 20 * 1024 * 1024


def test_who_leaves_in_the_middle_of_an_answer_harms_nobody(server: Server) -> None:
    for _ in range(5):
        with server.connect() as connection:
            connection.sendall(post("/xmlrpc", xmlrpc("ListRows", struct(count="<int>20000</int>"))))
            connection.recv(1000)
    assert server.serves()


@pytest.mark.parametrize("media", list(ENVELOPES))
def test_what_nobody_foresaw_is_a_fault_without_insides(server: Server, media: str) -> None:
    answer = server.post("/soap", soap("BreakDown", "<text>hush</text>", media), media)
    assert answer.status == 500
    assert b"<code>INTERNAL</code>" in answer.body
    assert not re.search(rb"hush|insides|RuntimeError|\.py|Traceback", answer.body)


def test_what_nobody_foresaw_is_a_fault_in_xml_rpc_too(server: Server) -> None:
    answer = server.post("/xmlrpc", xmlrpc("BreakDown", struct(text="<string>hush</string>")))
    assert answer.status == 200
    assert b"INTERNAL: " in answer.body
    assert not re.search(rb"hush|insides|RuntimeError|\.py|Traceback", answer.body)


def test_logs_are_lines_of_json_without_secrets(server: Server) -> None:
    server.post("/soap", soap("BreakDown"))
    server.post("/soap", b"<not-well-formed>whispered" + BASIC.encode())
    server.post("/xmlrpc", xmlrpc("Echo", "<string>whispered</string>"))
    server.ask(get("/whispered?secret=whispered", Authorization=BASIC))
    lines = [json.loads(line) for line in server.log().splitlines()]
    assert {"event", "level", "timestamp"} <= set.intersection(*(set(line) for line in lines))
    broken = [line for line in lines if line["event"] == "internal error"]
    assert broken
    assert "RuntimeError" in broken[0]["exception"]
    assert not re.search(f"whispered|{re.escape(BASIC)}|client:secret", server.log())


def test_without_credentials_the_caller_learns_nothing(server: Server) -> None:
    for header in (None, "Basic !", "Basic bmFtZTp3cm9uZw=="):
        answer = server.ask(post("/soap", soap("NoSuchThing"), Authorization=header))  # type: ignore[arg-type] # None takes it away
        assert b"AUTHENTICATION_FAILED" in answer.body
        answer = server.ask(post("/xmlrpc", xmlrpc("NoSuchThing"), Authorization=header))  # type: ignore[arg-type] # likewise
        assert b"AUTHENTICATION_FAILED" in answer.body
