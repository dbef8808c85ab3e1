"""What is answered to a request before any protocol sees it."""

import re

import pytest

from tests.transport.running import Server, get, post, soap, xmlrpc


@pytest.mark.parametrize(
    ("path", "method", "allowed"),
    [
        ("/soap", "PUT", "GET, HEAD, POST"),
        ("/soap", "DELETE", "GET, HEAD, POST"),
        ("/soap", "OPTIONS", "GET, HEAD, POST"),
        ("/soap", "GET", "POST"),
        ("/xmlrpc", "GET", "POST"),
        ("/xmlrpc", "PATCH", "POST"),
        ("/healthz", "POST", "GET, HEAD"),
        ("/", "POST", "GET, HEAD"),
    ],
)
def test_other_methods_are_told_which_are_allowed(
    server: Server, path: str, method: str, allowed: str
) -> None:
    answer = server.ask(get(path, method, Content_Length="0"))
    assert (answer.status, answer.headers["allow"]) == (405, allowed)


@pytest.mark.parametrize(
    "media",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/related; boundary=x; type=text/xml",
        'multipart/form-data; boundary="x"',
        "application/xop+xml",
        "application/json",
        "text/xml; charset=punycode",
        "text/xml; charset=utf-7",
        "text/xml; charset=unicode_escape",
        "text/xml; charset=cp1252",
        "text/xml; charset=x-no-such",
        'text/xml; charset=""',
        "text/xml; charset=utf-8; charset=utf-7",
        'text/xml; charset="utf-8',
        "text/xml, text/plain",
        "text",
        "",
        None,
    ],
)
@pytest.mark.parametrize("path", ["/soap", "/xmlrpc"])
def test_other_media_types_and_charsets_are_refused(server: Server, path: str, media: str | None) -> None:
    body = soap("Echo") if path == "/soap" else xmlrpc("Echo")
    answer = server.ask(post(path, body, **{"Content-Type": media}))  # type: ignore[arg-type] # None takes it away
    assert answer.status == 415
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    "media",
    [
        "text/xml",
        "TEXT/XML",
        "text/xml;charset=utf-8",
        'text/xml; charset="UTF-8"',
        "text/xml; charset=us-ascii; action=urn:x/y",
        "text/xml; charset=ISO-8859-1;",
        'text/xml ; charset="utf-8" ; type="a;b"',
    ],
)
def test_what_clients_write_of_the_right_media_type_is_taken(server: Server, media: str) -> None:
    assert server.post("/soap", soap("Echo"), media).status == 200
    assert server.post("/xmlrpc", xmlrpc("Echo"), media).status == 200


def test_utf_16_is_taken(server: Server) -> None:
    body = soap("Echo", "<text>é𝄞</text>").decode().encode("utf-16")
    answer = server.post("/soap", body, "text/xml; charset=utf-16")
    assert answer.status == 200
    assert "é𝄞" in answer.body.decode()


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "identity, gzip"])
def test_compressed_bodies_are_refused(server: Server, coding: str) -> None:
    answer = server.post("/soap", soap("Echo"), content_encoding=coding)
    assert (answer.status, answer.headers["accept-encoding"]) == (415, "identity")


def test_identity_is_no_compression(server: Server) -> None:
    assert server.post("/soap", soap("Echo"), content_encoding="identity").status == 200


@pytest.mark.parametrize("target", ["/", "/healthz", "/readyz", "/soap?wsdl", "/nothing"])
def test_head_is_get_without_a_body(server: Server, target: str) -> None:
    full = server.ask(get(target))
    head = server.send(get(target, "HEAD", Connection="close"))
    names = {line.split(b":")[0].lower() for line in head.split(b"\r\n")[1:] if line}
    assert head.startswith(b"HTTP/1.1 %d " % full.status)
    assert head.endswith(b"\r\n\r\n")
    assert b"content-length" in names
    assert "Dropping" not in server.log()


@pytest.mark.parametrize("target", ["/nothing", "/soap/", "/soap/x", "//soap", "/%2e%2e/etc/passwd"])
def test_other_addresses_do_not_exist(server: Server, target: str) -> None:
    answer = server.ask(get(target, Host="evil.example"))
    assert answer.status == 404
    assert "location" not in answer.headers


def test_a_forged_host_is_nowhere_to_be_seen(server: Server) -> None:
    for target in ("/soap?wsdl", "/", "/soap"):
        request = get(target, Host="evil.example", X_Forwarded_Host="evil.example")
        assert b"evil" not in server.ask(request).body
    wsdl = server.ask(get("/soap?wsdl")).body
    assert set(re.findall(rb'location="([^"]+)"', wsdl)) == {b"http://127.0.0.1:%d/soap" % server.port}


@pytest.mark.parametrize(
    ("query", "bindings"), [("wsdl", 2), ("WSDL", 2), ("wsdl=", 2), ("wsdl=1.1", 1), ("wsdl=1.2", 1)]
)
def test_the_contract_has_the_bindings_asked_for(server: Server, query: str, bindings: int) -> None:
    answer = server.ask(get(f"/soap?{query}"))
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    assert answer.body.count(b"<wsdl:binding ") == bindings


def test_an_unknown_contract_does_not_exist(server: Server) -> None:
    assert server.ask(get("/soap?wsdl=2.0")).status == 404
    assert server.ask(get("/soap?xsd=1")).status == 405


def test_a_contract_that_is_known_is_not_sent_again(server: Server) -> None:
    tag = server.ask(get("/soap?wsdl")).headers["etag"]
    again = server.ask(get("/soap?wsdl", If_None_Match=f'"other", {tag}'))
    assert (again.status, again.body) == (304, b"")
    assert server.ask(get("/soap?wsdl=1.1")).headers["etag"] != tag


def test_answers_say_nothing_of_the_insides(server: Server) -> None:
    for request in (get("/"), get("/nothing"), post("/soap", b""), b"NONSENSE\r\n\r\n"):
        answer = server.ask(request)
        said = f"{answer.headers} {answer.body!r}".lower()
        assert not re.search(r"gunicorn|starlette|python|traceback|\.py|asgi|uvicorn", said)
