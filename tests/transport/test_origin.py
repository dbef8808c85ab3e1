"""Who is believed what: proxies, schemes, Authorization."""

import base64
from pathlib import Path

import pytest

from provisioning.kernel.credentials import BearerSecret, NameAndSecret
from provisioning.settings import Settings, WrongSetting
from provisioning.wire.origin import Origins, read_authorization
from tests.transport.running import Server, post, running, soap

PROXIES = ("10.0.0.1", "192.168.0.0/16", "2001:db8::1")


def _of(peer: str, scheme: str = "http", *, plain_loopback: bool = False, **headers: str) -> tuple[str, bool]:
    origins = Origins(Settings(trusted_proxies=PROXIES, plain_loopback=plain_loopback))
    named = {f"x-forwarded-{name}": value for name, value in headers.items()}
    return origins.of(peer, scheme, named)


@pytest.mark.parametrize(
    ("peer", "forwarded", "source"),
    [
        ("203.0.113.5", "198.51.100.1", "203.0.113.5"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "1.2.3.4, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1, 192.168.4.5", "198.51.100.1"),
        ("10.0.0.1", "192.168.4.5,192.168.4.6", "192.168.4.5"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "1.2.3.4, nonsense", "10.0.0.1"),
        ("10.0.0.1", "nonsense, 192.168.4.5", "192.168.4.5"),
        ("10.0.0.1", "<script>", "10.0.0.1"),
        ("::ffff:10.0.0.1", "2001:DB8::7", "2001:db8::7"),
        ("2001:db8::1", "198.51.100.1", "198.51.100.1"),
        ("", "198.51.100.1", ""),
    ],
)
def test_the_source_is_the_last_one_that_is_no_proxy(peer: str, forwarded: str, source: str) -> None:
    assert _of(peer, **{"for": forwarded})[0] == source


@pytest.mark.parametrize(
    ("peer", "scheme", "plain_loopback", "headers", "secure"),
    [
        ("203.0.113.5", "https", False, {}, True),
        ("203.0.113.5", "http", False, {}, False),
        ("203.0.113.5", "http", True, {}, False),
        ("203.0.113.5", "http", True, {"proto": "https"}, False),
        ("127.0.0.1", "http", False, {}, False),
        ("127.0.0.1", "http", True, {}, True),
        ("127.8.9.10", "http", True, {}, True),
        ("::1", "http", True, {}, True),
        ("::ffff:127.0.0.1", "http", True, {}, True),
        ("127.0.0.1", "http", False, {"proto": "https"}, False),
        ("10.0.0.1", "http", False, {"proto": "https", "for": "198.51.100.1"}, True),
        ("10.0.0.1", "http", False, {"proto": "HTTPS"}, True),
        ("10.0.0.1", "http", True, {"proto": "http", "for": "198.51.100.1"}, False),
        ("10.0.0.1", "https", False, {"proto": "http"}, False),
        ("10.0.0.1", "https", False, {}, True),
        ("10.0.0.1", "http", True, {"for": "127.0.0.1"}, True),
    ],
)
def test_secrets_come_by_tls_or_on_loopback_when_that_is_allowed(
    peer: str, scheme: str, plain_loopback: bool, headers: dict[str, str], secure: bool
) -> None:
    assert _of(peer, scheme, plain_loopback=plain_loopback, **headers)[1] is secure


def test_a_proxy_that_is_no_address_is_a_wrong_setting() -> None:
    with pytest.raises(WrongSetting, match=r"PROVISIONING_TRUSTED_PROXIES.*'proxy\.example'"):
        Origins(Settings(trusted_proxies=("proxy.example",)))


def _basic(text: bytes) -> str:
    return "Basic " + base64.b64encode(text).decode("ascii")


@pytest.mark.parametrize(
    ("header", "token"),
    [
        (_basic(b"name:secret"), NameAndSecret("name", "secret")),
        (_basic(b"name:se:cret").replace("Basic", "bAsIc"), NameAndSecret("name", "se:cret")),
        (_basic("né:sé".encode()), NameAndSecret("né", "sé")),
        (_basic("né:sé".encode("latin-1")), NameAndSecret("né", "sé")),
        (_basic(b":"), NameAndSecret("", "")),
        (_basic(b"no colon"), None),
        ("Basic", None),
        ("Basic !!!!", None),
        ("Basic YQ", None),
        ("Basic bmFtZTpz, Basic bmFtZTpz", None),
        ("Basic \xff\xff", None),
        ("Bearer abc.def", BearerSecret("abc.def")),
        ("bearer  abc ", BearerSecret("abc")),
        ("Bearer ", None),
        ("Digest username=x", None),
        ("", None),
        (None, None),
    ],
)
def test_an_authorization_header_holds_a_token_or_none(
    header: str | None, token: NameAndSecret | BearerSecret | None
) -> None:
    assert read_authorization(header) == token


def test_the_server_believes_its_proxies_alone(tmp_path: Path) -> None:
    forwarded = {"X_Forwarded_For": "198.51.100.1", "X_Forwarded_Proto": "https"}
    with running(tmp_path, workers=1, plain_loopback=False, trusted_proxies="127.0.0.0/8") as server:
        answer = server.post("/soap", soap("Echo"), **forwarded)
        assert (answer.status, b"<source>198.51.100.1</source>" in answer.body) == (200, True)
        assert b"AUTHENTICATION_FAILED" in server.post("/soap", soap("Echo")).body


def test_the_server_believes_nobody_else(server: Server) -> None:
    for header in ("X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Forwarded-Proto", "X-Forwarded-Ssl"):
        answer = server.ask(post("/soap", soap("Echo"), **{header: "198.51.100.1"}))
        assert b"<source>127.0.0.1</source>" in answer.body


def test_a_bearer_secret_is_taken(server: Server) -> None:
    assert server.post("/xmlrpc", soap("Echo"), Authorization="Bearer bearer").status == 200
    answer = server.post("/soap", soap("Echo"), Authorization="Bearer other")
    assert b"AUTHENTICATION_FAILED" in answer.body
