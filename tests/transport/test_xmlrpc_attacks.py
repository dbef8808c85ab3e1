"""Messages that are meant to break an XML-RPC server: each is a fault, soon, and costs little."""

import re
import socket
import time
import xmlrpc.client

import pytest

from tests.transport.conftest import LONGEST
from tests.transport.running import SOON, Server, struct
from tests.transport.running import xmlrpc as call

MEGABYTES = 1024 * 1024
ECHO = (
    "<methodCall><methodName>Echo</methodName><params><param><value>{}</value></param></params></methodCall>"
)
TEXT = "<struct><member><name>text</name><value>{}</value></member></struct>"
LAUGHS = (
    "<!DOCTYPE x [<!ENTITY a0 'ha'>"
    + "".join(f"<!ENTITY a{number} '{f'&a{number - 1};' * 10}'>" for number in range(1, 10))
    + "]>"
)
PART = "<value><struct><member><name>methodName</name><value>Echo</value></member></struct></value>"

ATTACKS = {
    "billion laughs": LAUGHS + ECHO.format(TEXT.format("&a9;")),
    "local file": "<!DOCTYPE x [<!ENTITY f SYSTEM 'file:///etc/passwd'>]>" + ECHO.format(TEXT.format("&f;")),
    "undeclared entity": ECHO.format(TEXT.format("&f;")),
    "stylesheet": "<?xml-stylesheet href='http://127.0.0.1/'?>" + ECHO.format(TEXT.format("a")),
    "deep arrays": ECHO.format("<array><data><value>" * 2000 + "</value></data></array>" * 2000),
    "deep elements": "<a>" * 10_000 + "</a>" * 10_000,
    "many members": ECHO.format(f"<struct>{'<member><name>a</name><value/></member>' * 2000}</struct>"),
    "many attributes": "<a " + " ".join(f"a{number}=''" for number in range(9000)) + "/>",
    "many namespaces": "<a " + " ".join(f"xmlns:a{number}='u'" for number in range(5000)) + "/>",
    "a long name": f"<{'a' * 90_000}/>",
    "thousands of calls": call("system.multicall", f"<array><data>{PART * 1000}</data></array>").decode(),
    "2^40": ECHO.format(
        "<struct><member><name>milliseconds</name><value><int>1099511627776</int></value></member></struct>"
    ).replace("Echo", "Wait"),
    "a number of 50,000 digits": ECHO.format(TEXT.format(f"<int>{'9' * 50_000}</int>")),
    "not a number": ECHO.format(TEXT.format("<double>NaN</double>")),
    "infinite": ECHO.format(TEXT.format("<double>1e999999999</double>")),
    "base64 that is none": ECHO.format(TEXT.format(f"<base64>{'A' * 50_001}</base64>")),
    "a control character": ECHO.format(TEXT.format("<string>\x01</string>")),
    "a surrogate": ECHO.format(TEXT.format("<string>&#xd800;</string>")),
    "a dunder": ECHO.replace("Echo", "__init__").format(TEXT.format("a")),
    "a member of the class": ECHO.format(
        "<struct><member><name>__class__</name><value>a</value></member></struct>"
    ),
    "half a message": ECHO.format(TEXT.format("a"))[:-20],
    "two messages": ECHO.format(TEXT.format("a")) * 2,
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_an_attack_is_a_fault(server: Server, attack: str) -> None:
    body = attack.encode("utf-8")
    assert len(body) <= LONGEST
    before, started = server.memory(), time.monotonic()
    answer = server.post("/xmlrpc", body)
    assert time.monotonic() - started < SOON
    assert server.memory() - before < 50 * MEGABYTES
    assert answer.status == 200
    with pytest.raises(xmlrpc.client.Fault) as caught:
        xmlrpc.client.loads(answer.body)
    assert not re.search(
        r"Error\b|Traceback|\.py|<class|object at|provisioning\.|root:", caught.value.faultString
    )


def test_nothing_is_fetched(server: Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.5)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/x"
        for document in (
            f"<!DOCTYPE x SYSTEM '{address}'>" + ECHO.format(TEXT.format("a")),
            f"<!DOCTYPE x [<!ENTITY % p SYSTEM '{address}'> %p;]>" + ECHO.format(TEXT.format("a")),
            f"<x xmlns:xi='http://www.w3.org/2001/XInclude'><xi:include href='{address}'/></x>",
        ):
            assert b"<fault>" in server.post("/xmlrpc", document.encode()).body
        with pytest.raises(TimeoutError):
            listener.accept()


def test_calls_within_a_call_do_not_pass_the_limit(server: Server) -> None:
    part = struct(methodName="Echo", params="<array><data/></array>")
    several = f"<array><data>{f'<value>{part}</value>' * 100}</data></array>"
    answer = server.post("/xmlrpc", call("system.multicall", several))
    ((results,), _) = xmlrpc.client.loads(answer.body)
    assert len(results) == 100
    nested = struct(
        methodName="system.multicall", params=f"<array><data><value>{several}</value></data></array>"
    )
    answer = server.post(
        "/xmlrpc", call("system.multicall", f"<array><data><value>{nested}</value></data></array>")
    )
    assert answer.body.count(b"faultCode") == 1
