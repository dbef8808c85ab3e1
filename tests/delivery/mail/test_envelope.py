"""How letters look as mails: what was written arrives, and nothing else."""

import email
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.delivery.channels import Rejected
from provisioning.delivery.mail.mailer import Mail
from tests.delivery.mail.letters import LETTER, mail_of

HEADERS = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "Content-Language",
    "Content-Type",
    "MIME-Version",
]
NAMES = [
    "Ann Lee",
    "Müller, Ann",
    'Ann "x" <evil@x.test>, bcc: y',
    "Élo\\ise " * 15,
    "日本語" * 30,
    "a" * 100,
    "=?utf-8?q?a=0d=0aBcc:_evil=40x.test?=",
    "é =?utf-8?q?=22_=3Cevil=40x.test=3E,?=",
]


def read(mail: Mail) -> EmailMessage:
    message = email.message_from_bytes(mail.content, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def lines_of(part: Any) -> list[str]:
    lines: list[str] = part.get_content().splitlines()
    return lines


def header_lines(mail: Mail) -> list[str]:
    head, _, _ = mail.content.partition(b"\r\n\r\n")
    return head.decode("ascii").split("\r\n")


def unfolded(mail: Mail, name: str) -> str:
    """A header's raw text, in one line."""
    text = "\n".join(header_lines(mail)).replace("\n ", " ")
    (found,) = [line for line in text.split("\n") if line.startswith(f"{name}: ")]
    return found.removeprefix(f"{name}: ")


def said(mail: Mail, name: str) -> str:
    """What a reader sees of a header. Python's own newer parser takes long names apart."""
    return str(make_header(decode_header(unfolded(mail, name))))


def test_a_mail_says_who_to_whom_what_and_when() -> None:
    mail = mail_of()
    message = read(mail)
    assert sorted(message.keys()) == sorted(HEADERS)
    assert (mail.sender, mail.recipient) == ("phones@provisioning.example.com", "zoe@lee.example.com")
    assert message["From"] == "Phones <phones@provisioning.example.com>"
    assert message["To"].addresses[0].display_name == "Zoë Lee"
    assert message["To"].addresses[0].addr_spec == "zoe@lee.example.com"
    assert message["Subject"] == LETTER.subject
    assert message["Date"] == "Sun, 22 Nov 2026 13:14:15 +0000"
    assert message["Message-ID"] == f"<{LETTER.message_id}>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "fr"
    assert not mail.utf8


def test_text_and_html_are_alternatives() -> None:
    message = read(mail_of())
    assert message.get_content_type() == "multipart/alternative"
    text, html = message.iter_parts()
    assert lines_of(text) == LETTER.text.splitlines()
    assert lines_of(html) == [LETTER.html]
    assert [part.get_content_type() for part in (text, html)] == ["text/plain", "text/html"]


def test_text_alone_is_a_mail_as_well() -> None:
    message = read(mail_of(html=None))
    assert message.get_content_type() == "text/plain"
    assert lines_of(message) == LETTER.text.splitlines()


def test_all_of_it_is_ascii_in_lines_that_any_server_takes() -> None:
    long = "très long " * 500
    content = mail_of(text=f"{long}\n", html=f"<p>{long}</p>", subject=long).content
    assert content.isascii()
    assert max(len(line) for line in content.split(b"\r\n")) <= 78
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert b"\r" not in content.replace(b"\r\n", b"")


def test_a_repeat_is_the_same_to_the_octet() -> None:
    assert mail_of() == mail_of()


@pytest.mark.parametrize("name", NAMES)
def test_names_arrive_as_they_are_and_make_no_header(name: str) -> None:
    mail = mail_of(to_name=name)
    assert len([line for line in header_lines(mail) if not line.startswith(" ")]) == len(HEADERS)
    (address,) = read(mail)["To"].addresses
    assert address.addr_spec == "zoe@lee.example.com"
    shown = said(mail, "To").removesuffix(" <zoe@lee.example.com>")
    assert shown.strip('"').replace("\\\\", "\\").replace('\\"', '"') == name.strip()


@pytest.mark.parametrize("subject", NAMES)
def test_subjects_arrive_as_they_are_and_make_no_header(subject: str) -> None:
    mail = mail_of(subject=subject)
    assert len([line for line in header_lines(mail) if not line.startswith(" ")]) == len(HEADERS)
    assert said(mail, "Subject") == subject.strip()


@given(st.text(min_size=1, max_size=200))
def test_no_name_makes_another_recipient_or_header(name: str) -> None:
    try:
        mail = mail_of(to_name=name, subject=name)
    except Rejected:
        return
    assert len([line for line in header_lines(mail) if not line.startswith(" ")]) == len(HEADERS)
    message = read(mail)
    assert [each.addr_spec for each in message["To"].addresses] == ["zoe@lee.example.com"]
    assert "Bcc" not in message


@pytest.mark.parametrize("field", ["to_name", "to_address", "subject", "message_id", "language"])
@pytest.mark.parametrize(
    "end", ["\r\nBcc: evil@x.test", "\nBcc: evil@x.test", "\rBcc:", "\n", "\0", "\x85", "\u2028"]
)
def test_line_breaks_and_control_characters_in_headers_are_refused(field: str, end: str) -> None:
    with pytest.raises(Rejected) as refused:
        mail_of(**{field: getattr(LETTER, field) + end})
    assert "evil" not in str(refused.value)


@pytest.mark.parametrize(
    ("address", "recipient", "utf8"),
    [
        ("zoe@bücher.example", "zoe@xn--bcher-kva.example", False),
        ("zoë@bücher.example", "zoë@xn--bcher-kva.example", True),
        ("o'neil+x@lee.example.com", "o'neil+x@lee.example.com", False),
    ],
)
def test_domains_are_said_in_ascii_and_only_the_part_before_needs_more(
    address: str, recipient: str, utf8: bool
) -> None:
    mail = mail_of(to_address=address)
    assert (mail.recipient, mail.utf8) == (recipient, utf8)
    assert f"<{recipient}>\r\n".encode() in mail.content


@pytest.mark.parametrize(
    "address", ["", "nobody", "a@b@lee.example.com", "a@lee.example.com, b@lee.example.com"]
)
def test_what_is_no_address_is_rejected(address: str) -> None:
    with pytest.raises(Rejected):
        mail_of(to_address=address)


@pytest.mark.parametrize(
    ("changes", "header"),
    [
        ({"sender": "phones@x.example.com"}, "From: phones@x.example.com\r\n"),
        ({"sender": "Téléphonie <t@x.example.com>"}, "?= <t@x.example.com>\r\n"),
        ({"to_name": "  "}, "To: zoe@lee.example.com\r\n"),
    ],
)
def test_who_has_no_name_is_an_address_alone(changes: dict[str, Any], header: str) -> None:
    assert header.encode() in mail_of(**changes).content
