"""Where mail goes and who it is from, as settings say it."""

from pathlib import Path

import pytest

from provisioning.mail_server import MailServer, Tls
from provisioning.settings import Settings, WrongSetting, read_settings


def read(**given: str) -> Settings:
    return read_settings({f"PROVISIONING_{name.upper()}": value for name, value in given.items()})


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.com", MailServer("mail.example.com", 587, Tls.STARTTLS)),
        ("smtp://mail.example.com:2525/", MailServer("mail.example.com", 2525, Tls.STARTTLS)),
        ("smtps://mail.example.com", MailServer("mail.example.com", 465, Tls.IMPLICIT)),
        ("smtps://[2001:db8::1]:4650", MailServer("2001:db8::1", 4650, Tls.IMPLICIT)),
        ("smtp://relay?tls=no", MailServer("relay", 25, Tls.NONE)),
    ],
)
def test_the_way_to_the_server(url: str, server: MailServer) -> None:
    assert read(smtp_url=url).mail_server == server


def test_without_a_server_there_is_none() -> None:
    assert read().mail_server is None


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.com",
        "http://mail.example.com",
        "smtp://user:secret@mail.example.com",
        "smtp://mail.example.com:0",
        "smtp://mail.example.com:70000",
        "smtps://mail.example.com?tls=no",
        "smtp://mail.example.com?tls=yes",
        "smtp://",
    ],
)
def test_another_way_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(WrongSetting, match=r"^PROVISIONING_SMTP_URL must be ") as refused:
        read(smtp_url=url)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_a_password_goes_without_tls_to_this_host_only(host: str) -> None:
    credentials = {"smtp_user": "mailer", "smtp_password": "secret"}
    assert read(smtp_url=f"smtp://{host}?tls=no", **credentials).mail_server
    for elsewhere in ("mail.example.com", "192.0.2.1"):
        with pytest.raises(WrongSetting, match=r"^PROVISIONING_SMTP_PASSWORD needs TLS"):
            read(smtp_url=f"smtp://{elsewhere}?tls=no", **credentials)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"smtp_user": "mailer"}, "go together"),
        ({"smtp_password": "secret"}, "go together"),
        ({"smtp_user": "mailer", "smtp_password": "sécret"}, "must be ASCII"),
        ({"smtp_ca_file": "nowhere.pem"}, "SMTP_CA_FILE names no file"),
        ({"smtp_timeout": "0"}, "SMTP_TIMEOUT must be a whole number"),
        ({"mail_from": "nobody"}, "MAIL_FROM must be"),
        ({"mail_from": "a@x.example.com, b@x.example.com"}, "MAIL_FROM must be"),
        ({"mail_from": "A <a@x.example.com>\r\nBcc: b@x.example.com"}, "MAIL_FROM must be"),
        ({"mail_from": "zoë@x.example.com"}, "MAIL_FROM must be"),
        ({"mail_from": "a@"}, "MAIL_FROM must be"),
        ({"mail_from": "a@bücher.example"}, "MAIL_FROM must be"),
        ({"mail_from": "Phones <>"}, "MAIL_FROM must be"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_line(given: dict[str, str], text: str) -> None:
    with pytest.raises(WrongSetting, match=text) as refused:
        read(**given)
    assert "\n" not in str(refused.value)
    assert "écret" not in str(refused.value)


def test_a_file_of_authorities_has_to_be_there(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").touch()
    assert read(smtp_ca_file=str(tmp_path / "ca.pem")).smtp_ca_file


@pytest.mark.parametrize(
    ("given", "sender"),
    [
        ({"mail_from": "phones@x.example.com"}, "phones@x.example.com"),
        ({"mail_from": "The Phones <phones@x.example.com>"}, "The Phones <phones@x.example.com>"),
        ({"mail_from": "Téléphonie <t@x.example.com>"}, "Téléphonie <t@x.example.com>"),
        ({"public_url": "https://phones.example.com:8443/x"}, "no-reply@phones.example.com"),
        ({"public_url": "https://192.0.2.1"}, "no-reply@localhost"),
        ({"bind": "[::1]:8080"}, "no-reply@localhost"),
        ({}, "no-reply@localhost"),
    ],
)
def test_who_mails_are_from(given: dict[str, str], sender: str) -> None:
    assert str(read(**given).mail_sender) == sender
