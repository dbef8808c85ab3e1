"""Credentials in a Security header: a UsernameToken in two forms, a Timestamp, and nothing that is only half understood."""

import base64
import os
from datetime import timedelta
from typing import Any

import pytest

from provisioning.kernel.clock import utc_now
from provisioning.kernel.credentials import NameAndSecret, PasswordDigest
from provisioning.kernel.lexical import write_moment
from provisioning.wire.soap.names import SECURITY, SECURITY_UTILITY
from provisioning.wire.soap.version import SOAP_12
from provisioning.wire.soap.wsse import BASE64_BINARY, PASSWORD_DIGEST, PASSWORD_TEXT
from tests.soap.service import BOTH, Service

NAME = "<s:Username>client</s:Username>"
SECRET = "<s:Password>open &amp; shut</s:Password>"
CREATED = "2026-11-22T20:00:00Z"


def security(content: str, attributes: str = "") -> str:
    return (
        f'<s:Security xmlns:s="{SECURITY}" xmlns:u="{SECURITY_UTILITY}" {attributes}>{content}</s:Security>'
    )


def token(content: str) -> str:
    return f'<s:UsernameToken u:Id="token-1">{content}</s:UsernameToken>'


def timestamp(content: str) -> str:
    return f"<u:Timestamp>{content}</u:Timestamp>"


def nonce(octets: bytes, encoding: str = BASE64_BINARY) -> str:
    text = base64.b64encode(octets).decode()
    return f'<s:Nonce EncodingType="{encoding}">{text}</s:Nonce>'


def shown(soap: Service, header: str, **more: Any) -> Any:
    """What the gatekeeper is shown of a header."""
    assert soap.call("Ping", "", header, **{"token": None, **more}).status == 200
    return soap.gatekeeper.shown[-1].token


def codes(soap: Service, header: str, **more: Any) -> set[str]:
    seen = len(soap.gatekeeper.shown)
    fault = soap.call("Ping", "", header, **{"token": None, **more}).fault
    assert fault.code == "Client"
    assert len(soap.gatekeeper.shown) == seen
    return fault.codes


@pytest.mark.parametrize("version", BOTH)
def test_a_password_as_text(soap: Service, version: Any) -> None:
    header = security(token(NAME + SECRET), 'e:mustUnderstand="1"')
    assert shown(soap, header, version=version) == NameAndSecret("client", "open & shut")
    assert soap.gatekeeper.shown[-1].source == "192.0.2.1"
    assert soap.gatekeeper.shown[-1].secure


def test_a_password_as_text_with_its_type_a_nonce_and_a_time(soap: Service) -> None:
    octets = os.urandom(16)
    typed = SECRET.replace("<s:Password>", f'<s:Password Type="{PASSWORD_TEXT}">')
    header = security(token(f"{typed}{nonce(octets)}<u:Created> {CREATED}\n</u:Created>{NAME}"))
    assert shown(soap, header) == NameAndSecret("client", "open & shut", octets, CREATED)


def test_a_password_as_digest(soap: Service) -> None:
    octets, digest = os.urandom(20), os.urandom(20)
    password = f'<s:Password Type="{PASSWORD_DIGEST}">{base64.b64encode(digest).decode()}</s:Password>'
    plain_nonce = nonce(octets).replace(f' EncodingType="{BASE64_BINARY}"', "")
    header = security(token(f"{NAME}{password}{plain_nonce}<u:Created>{CREATED}</u:Created>"))
    assert shown(soap, header) == PasswordDigest("client", digest, octets, CREATED)


def test_an_empty_header_leaves_it_to_http(soap: Service) -> None:
    by_http = NameAndSecret("client", "by http")
    assert shown(soap, security(""), token=by_http) == by_http
    assert shown(soap, security(timestamp(f"<u:Created>{CREATED}</u:Created>")), token=by_http) == by_http


def test_a_header_for_somebody_else_is_not_ours(soap: Service) -> None:
    other = security("<s:Whatever/>", 'e:actor="urn:other" e:mustUnderstand="1"')
    assert shown(soap, other + security(token(NAME + SECRET))).name == "client"


@pytest.mark.parametrize(("minutes", "expired"), [(5, False), (-5, True)])
def test_a_timestamp_is_held_to_what_it_says(soap: Service, minutes: int, expired: bool) -> None:
    until = write_moment(utc_now() + timedelta(minutes=minutes))
    header = security(
        timestamp(f"<u:Created>{CREATED}</u:Created><u:Expires>{until}</u:Expires>") + token(NAME + SECRET)
    )
    if expired:
        assert codes(soap, header) == {"MESSAGE_EXPIRED"}
    else:
        assert shown(soap, header).name == "client"


def test_two_ways_at_once_are_refused(soap: Service) -> None:
    by_http = NameAndSecret("client", "by http")
    assert codes(soap, security(token(NAME + SECRET)), token=by_http) == {"TWO_TOKENS"}


def test_two_headers_are_refused(soap: Service) -> None:
    header = security(token(NAME + SECRET))
    assert codes(soap, header + header) == {"SEVERAL_SECURITY_HEADERS"}


@pytest.mark.parametrize(
    "content",
    [
        token(NAME + SECRET) * 2,
        timestamp("") * 2,
        '<d:Signature xmlns:d="http://www.w3.org/2000/09/xmldsig#"/>',
        "<s:BinarySecurityToken>AAAA</s:BinarySecurityToken>",
        token(NAME + SECRET) + '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"/>',
        token(NAME * 2 + SECRET),
        token(NAME + SECRET * 2),
        token(f"{NAME}{SECRET}<u:Salt>AAAA</u:Salt>"),
        token(f"{NAME}{SECRET}<s:Created>{CREATED}</s:Created>"),
        token(f"{NAME}{SECRET}<Nonce>AAAA</Nonce>"),
        timestamp("<u:Renewed/>"),
        timestamp(f"<u:Expires>{CREATED}</u:Expires>" * 2),
    ],
)
def test_what_is_not_supported_is_refused(soap: Service, content: str) -> None:
    assert codes(soap, security(content)) == {"SECURITY_NOT_SUPPORTED"}


@pytest.mark.parametrize(
    "content",
    [
        "",
        NAME,
        SECRET,
        f'{NAME}<s:Password Type="{PASSWORD_DIGEST}">AAAA</s:Password>{nonce(b"1")}',
        f'{NAME}<s:Password Type="{PASSWORD_DIGEST}">AAAA</s:Password><u:Created>{CREATED}</u:Created>',
    ],
)
def test_what_is_missing_is_named(soap: Service, content: str) -> None:
    assert codes(soap, security(token(content))) == {"SECURITY_MISSING"}


@pytest.mark.parametrize(
    "content",
    [
        f"<s:Username/>{SECRET}",
        f"<s:Username><b>client</b></s:Username>{SECRET}",
        f"<s:Username>{'c' * 300}</s:Username>{SECRET}",
        f"{NAME}<s:Password/>",
        f'{NAME}<s:Password Type="urn:other">secret</s:Password>',
        f"{NAME}{SECRET}<s:Nonce>not base64</s:Nonce>",
        f"{NAME}{SECRET}{nonce(b'1', 'urn:hex')}",
        f"{NAME}{SECRET}{nonce(b'1' * 129)}",
        f"{NAME}{SECRET}<u:Created/>",
        f'{NAME}<s:Password Type="{PASSWORD_DIGEST}">é</s:Password>{nonce(b"1")}<u:Created>{CREATED}</u:Created>',
    ],
)
def test_what_is_malformed_is_named(soap: Service, content: str) -> None:
    assert codes(soap, security(token(content))) == {"SECURITY_MALFORMED"}


@pytest.mark.parametrize(
    "content", ["<u:Expires>soon</u:Expires>", "<u:Created/>", "<u:Expires>2026-11-22T20:00:00</u:Expires>"]
)
def test_a_malformed_timestamp(soap: Service, content: str) -> None:
    assert codes(soap, security(timestamp(content))) == {"SECURITY_MALFORMED"}


def test_a_refusal_never_shows_the_secret(soap: Service) -> None:
    password = "<s:Password Type='urn:other'>very-secret</s:Password>"
    answer = soap.call("Ping", "", security(token(NAME + password)), SOAP_12, token=None)
    assert answer.fault.code == "Sender"
    assert b"very-secret" not in answer.octets
