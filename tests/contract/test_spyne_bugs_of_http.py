"""What spyne 2.14 gets wrong of HTTP and around it, by the numbers of our own list, on a real server."""

import gzip

import pytest
from lxml import etree

from tests.contract.document import SOAP_11, SOAP_12
from tests.transport.running import Server, get, post, soap

XML_TYPES = ["text/xml", "application/soap+xml"]


@pytest.mark.parametrize("media", XML_TYPES)
def test_07_a_body_of_nothing_is_answered(server: Server, media: str) -> None:
    """Spyne closes the connection."""
    answer = server.post("/soap", b"", media)
    assert (answer.status, answer.headers["content-type"]) == (500, f"{media}; charset=utf-8")
    assert b"INVALID_REQUEST" in answer.body


def test_07_a_compressed_body_is_refused(server: Server) -> None:
    """Spyne lets the server answer with an HTML page."""
    answer = server.post("/soap", gzip.compress(soap("Echo")), Content_Encoding="gzip")
    assert answer.status == 415
    assert server.serves()


@pytest.mark.parametrize(
    "media",
    ["text/plain", "application/x-www-form-urlencoded", "application/json", "text/xml; charset=utf-7", ""],
)
def test_14_other_media_types_are_refused(server: Server, media: str) -> None:
    """Spyne takes any: a browser's form could call."""
    assert server.post("/soap", soap("Echo"), media).status == 415


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_14_other_methods_are_told_which_are_right(server: Server, method: str) -> None:
    """Spyne answers 405 without Allow."""
    answer = server.ask(get("/soap", method))
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD, POST")


def test_14_the_head_of_the_wsdl(server: Server) -> None:
    """Spyne answers 405."""
    whole = server.ask(get("/soap?wsdl"))
    with server.connect() as connection:
        connection.sendall(get("/soap?wsdl", "HEAD", Connection="close"))
        head = connection.makefile("rb").read()
    assert head.startswith(b"HTTP/1.1 200")
    assert head.endswith(b"\r\n\r\n")
    assert whole.status == 200
    assert whole.body.startswith(b"<?xml")


def test_15_a_body_that_is_too_long_is_answered(server: Server) -> None:
    """Spyne resets the connection: the caller never learns why."""
    answer = server.post("/soap", soap("Echo", f"<text>{'x' * 200_000}</text>"))
    assert answer.status == 413
    assert b"TOO_LARGE" in answer.body


def test_15_also_when_it_does_not_say_how_long_it_is(server: Server) -> None:
    head = post("/soap", b"", Content_Length=None, Transfer_Encoding="chunked")  # type: ignore[arg-type] # None: absent
    chunks = b"".join(b"2710\r\n" + b"x" * 10_000 + b"\r\n" for _ in range(15)) + b"0\r\n\r\n"
    assert server.ask(head + chunks).status == 413


@pytest.mark.parametrize("media", XML_TYPES)
def test_16_one_address_serves_both_versions(server: Server, media: str) -> None:
    """Spyne has one protocol for an application, and one binding in its WSDL."""
    answer = server.post("/soap", soap("Echo", "<text>hello</text>", media), media)
    assert answer.status == 200
    assert b"hello" in answer.body
    wsdl = etree.fromstring(server.ask(get("/soap?wsdl")).body)
    assert len(list(wsdl.iter(f"{SOAP_11}address", f"{SOAP_12}address"))) == 2


def test_17_the_address_is_not_taken_from_a_request(server: Server) -> None:
    """Spyne keeps what the first request's Host said, for everybody."""
    for version in ("", "=1.1", "=1.2"):
        answer = server.ask(
            get(f"/soap?wsdl{version}", Host="evil.example.com", X_Forwarded_Host="evil.example.com")
        )
        wsdl = etree.fromstring(answer.body)
        addresses = {each.get("location") for each in wsdl.iter(f"{SOAP_11}address", f"{SOAP_12}address")}
        assert addresses == {"https://provisioning.example.com/soap"}


@pytest.mark.parametrize("media", ["multipart/related; boundary=x; type=text/xml", "application/xop+xml"])
def test_22_attachments_are_refused(server: Server, media: str) -> None:
    """Spyne takes a message with attachments and cannot answer with one."""
    answer = server.post(
        "/soap", b"--x\r\nContent-Type: text/xml\r\n\r\n" + soap("Echo") + b"\r\n--x--", media
    )
    assert answer.status == 415
