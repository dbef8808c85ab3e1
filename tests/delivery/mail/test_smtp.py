"""What an SMTP server says, and what becomes of the mail."""

import socket
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest

from provisioning.delivery.channels import Rejected, Undelivered
from provisioning.delivery.mail import smtp
from provisioning.delivery.mail.connection import Connections
from provisioning.delivery.mail.mailer import Mail, Unusable
from provisioning.delivery.mail.smtp import SmtpServer
from provisioning.settings import read_settings
from tests.delivery.mail.authority import Authority
from tests.delivery.mail.letters import LETTER, mail_of
from tests.delivery.mail.sink import HANG_UP, PASSWORD, SAY_NOTHING, USER, Sink, running_sink, scripted_server
from tests.delivery.site import Site

PLAIN = "smtp://localhost:{}?tls=no"


def send(server: SmtpServer, mail: Mail | None = None, within: float = 30.0) -> None:
    server.send(mail or mail_of(), time.monotonic() + within)


@contextmanager
def server_at(url: str, **settings: Any) -> Iterator[SmtpServer]:
    """The server of a URL, with these settings, as the relay opens it."""
    given = {"PROVISIONING_SMTP_URL": url, "PROVISIONING_SMTP_TIMEOUT": "1"}
    read = read_settings(
        given | {f"PROVISIONING_{name.upper()}": str(value) for name, value in settings.items()}
    )
    assert read.mail_server is not None
    with closing(SmtpServer(Connections(read, read.mail_server))) as server:
        yield server


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running_sink() as running:
        yield running


@pytest.fixture
def server(sink: Sink) -> Iterator[SmtpServer]:
    with server_at(PLAIN.format(sink.port)) as opened:
        yield opened


def test_a_mail_arrives_as_it_was_written(sink: Sink, server: SmtpServer) -> None:
    send(server)
    (received,) = sink.received
    assert received.content == mail_of().content
    assert (received.sender, received.recipient) == ("phones@provisioning.example.com", LETTER.to_address)
    assert "\n.un point en tête\n" in received.text.replace("\r\n", "\n")


def test_with_starttls_and_a_password(authority: Authority) -> None:
    with (
        running_sink(starttls=authority.server_context("localhost"), signs_in=True) as sink,
        server_at(
            f"smtp://localhost:{sink.port}",
            smtp_user=USER,
            smtp_password=PASSWORD,
            smtp_ca_file=authority.file,
        ) as server,
    ):
        send(server)
    assert [(each.encrypted, each.user) for each in sink.received] == [(True, USER)]


def test_with_tls_from_the_first_octet(authority: Authority) -> None:
    with (
        running_sink(tls=authority.server_context("localhost")) as sink,
        server_at(f"smtps://localhost:{sink.port}", smtp_ca_file=authority.file) as server,
    ):
        send(server)
        send(server)
    assert len(sink.received) == 2
    assert len(sink.connections) == 1


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
@pytest.mark.parametrize(
    ("name", "trusted", "why"),
    [("localhost", False, "local issuer"), ("mail.example.com", True, "not valid for 'localhost'")],
)
def test_a_certificate_of_somebody_else_gets_no_mail_and_no_password(
    authority: Authority, scheme: str, name: str, trusted: bool, why: str
) -> None:
    context = authority.server_context(name)
    settings = {"smtp_ca_file": authority.file} if trusted else {}
    way: dict[str, Any] = {"tls": context} if scheme == "smtps" else {"starttls": context}
    with (
        running_sink(**way) as sink,
        server_at(
            f"{scheme}://localhost:{sink.port}", smtp_user=USER, smtp_password=PASSWORD, **settings
        ) as server,
        pytest.raises(Unusable, match=f"certificate is not trusted.*{why}"),
    ):
        send(server)
    assert not sink.connections


def test_a_server_without_starttls_gets_no_mail(sink: Sink) -> None:
    with (
        server_at(f"smtp://localhost:{sink.port}") as server,
        pytest.raises(Unusable, match=f"^mail server localhost:{sink.port}: it offers no STARTTLS$"),
    ):
        send(server)
    assert not sink.connections


def test_a_wrong_password_is_nowhere_repeated(authority: Authority) -> None:
    with (
        running_sink(starttls=authority.server_context("localhost"), signs_in=True) as sink,
        server_at(
            f"smtp://localhost:{sink.port}",
            smtp_user=USER,
            smtp_password="another secret",
            smtp_ca_file=authority.file,
        ) as server,
        pytest.raises(Unusable, match=r"refuses the user name or the password \(535\)$"),
    ):
        send(server)
    assert not sink.received


def test_a_server_that_knows_no_sign_in_is_not_usable_with_one(sink: Sink) -> None:
    with (
        server_at(PLAIN.format(sink.port), smtp_user=USER, smtp_password=PASSWORD) as server,
        pytest.raises(Unusable, match=r"it offers no sign-in$"),
    ):
        send(server)


def test_where_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with server_at(PLAIN.format(port)) as server, pytest.raises(Unusable, match=r"Connection refused$"):
        send(server)


def test_a_host_without_address() -> None:
    with (
        server_at("smtp://mail.invalid:25?tls=no") as server,
        pytest.raises(Unusable, match=r"mail.invalid:25"),
    ):
        send(server)


def test_a_server_that_never_greets_is_not_waited_for_longer_than_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        for url in (PLAIN.format(port), f"smtp://localhost:{port}", f"smtps://localhost:{port}"):
            with server_at(url) as server, pytest.raises(Unusable, match=r"does not answer in time$"):
                send(server)


def test_a_moment_to_be_through_is_kept_however_patient_the_settings_are() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = PLAIN.format(silent.getsockname()[1])
        with server_at(url, smtp_timeout=600) as server, pytest.raises(Unusable, match=r"in time$"):
            send(server, within=0.5)


@pytest.mark.parametrize(
    ("command", "answer", "error", "text"),
    [
        ("RCPT", "550 5.1.1 no such user", Rejected, "refuses the recipient (550): 5.1.1 no such user"),
        ("RCPT", "451 4.7.1 greylisted", Undelivered, "refuses the recipient (451): 4.7.1 greylisted"),
        (
            "RCPT",
            "554 5.7.1 relay access denied",
            Undelivered,
            "refuses the recipient (554): 5.7.1 relay access denied",
        ),
        ("RCPT", "530 5.7.0 sign in first", Unusable, "refuses the recipient (530)"),
        ("RCPT", "550 b\x08ad\x1b[31m", Rejected, "refuses the recipient (550): b ad [31m"),
        ("DATA", "554 5.7.1 spam: your code is 4711", Rejected, "refuses the mail (554): 5.7.1"),
        ("DATA", "554 your code is 4711", Rejected, "refuses the mail (554)"),
        ("DATA", "452 4.3.1 disk full", Undelivered, "refuses the mail (452): 4.3.1"),
        ("DATA", "421 4.3.2 going down", Unusable, "refuses the mail (421)"),
        ("MAIL", "553 5.7.1 not your address", Unusable, "refuses the sender (553)"),
        ("MAIL", "552 5.3.4 too large", Rejected, "refuses the sender (552): 5.3.4 too large"),
        ("MAIL", "450 4.7.0 slow down", Undelivered, "refuses the sender (450): 4.7.0 slow down"),
    ],
)
def test_refusals_are_for_good_for_now_or_for_all(
    sink: Sink, server: SmtpServer, command: str, answer: str, error: type[Exception], text: str
) -> None:
    sink.answer(command, answer)
    with pytest.raises(error) as refused:
        send(server)
    assert type(refused.value) is error
    assert str(refused.value) == f"the mail server {text}"
    assert not sink.received
    send(server)
    assert len(sink.received) == 1


def test_a_refused_recipient_spoils_nothing_for_the_next(sink: Sink, server: SmtpServer) -> None:
    sink.refuse("gone@lee.example.com", "550 gone")
    for _ in range(3):
        with pytest.raises(Rejected):
            send(server, mail_of(to_address="gone@lee.example.com"))
        send(server)
    assert [each.recipient for each in sink.received] == [LETTER.to_address] * 3
    assert len(sink.connections) == 1


def test_a_long_answer_is_cut(sink: Sink, server: SmtpServer) -> None:
    sink.answer("RCPT", f"550 {'x' * 450}")
    with pytest.raises(Rejected) as refused:
        send(server)
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("answer", [HANG_UP, SAY_NOTHING])
def test_who_breaks_off_in_the_middle_may_get_the_same_mail_again(
    sink: Sink, server: SmtpServer, command: str, answer: str
) -> None:
    sink.answer(command, answer)
    with pytest.raises(Undelivered, match="broke off"):
        send(server)
    send(server)
    assert {each.content for each in sink.received} == {mail_of().content}
    assert len(sink.received) == (2 if command == "DATA" else 1)


def test_a_connection_that_died_in_between_is_opened_again(sink: Sink, server: SmtpServer) -> None:
    send(server)
    sink.hang_up()
    send(server)
    assert len(sink.received) == len(sink.connections) == 2


def test_a_connection_is_used_again_and_again_but_not_for_ever(
    sink: Sink, server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "_MAILS_EACH", 3)
    for _ in range(7):
        send(server)
    assert len(sink.received) == 7
    assert len(sink.connections) == 3


def test_what_has_been_idle_for_long_is_closed(
    sink: Sink, server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(server)
    server.close_idle()
    assert sink.connections[0].transport is not None
    monkeypatch.setattr(smtp, "_IDLE", 0.0)
    server.close_idle()
    Site.wait_for(lambda: sink.connections[0].transport is None)
    send(server)
    assert len(sink.connections) == 2


def test_an_address_outside_ascii(sink: Sink, server: SmtpServer) -> None:
    send(server, mail_of(to_address="zoë@bücher.example"))
    send(server)
    first, second = sink.received
    assert first.recipient == "zoë@xn--bcher-kva.example"
    assert "SMTPUTF8" in first.options
    assert second.options == ()


def test_an_address_outside_ascii_where_it_is_not_known() -> None:
    with (
        running_sink(enable_SMTPUTF8=False) as sink,
        server_at(PLAIN.format(sink.port)) as server,
        pytest.raises(Rejected, match="ASCII"),
    ):
        send(server, mail_of(to_address="zoë@lee.example.com"))
    assert not sink.received


def test_a_file_of_authorities_that_holds_none(tmp_path: Any, authority: Authority) -> None:
    (tmp_path / "empty.pem").write_text("nothing")
    with (
        running_sink(starttls=authority.server_context("localhost")) as sink,
        server_at(f"smtp://localhost:{sink.port}", smtp_ca_file=tmp_path / "empty.pem") as server,
        pytest.raises(Unusable, match="TLS with it fails"),
    ):
        send(server)


@pytest.mark.parametrize(
    ("answers", "error", "text"),
    [
        (["554 not you"], Unusable, r"it takes no mail now \(554\)$"),
        (["220 hello", "500 what", "500 what"], Unusable, r"it takes no mail now \(500\)$"),
        (["220 hello", "250 fine", "250 OK", "250 OK", "451 4.3.0 later"], Undelivered, r"\(451\): 4.3.0$"),
        (["220 hello", "250 fine", "250 OK", "250 OK", "hello?"], Undelivered, r"\(-1\)$"),
        (["220 hello", "250 fine"], Undelivered, "broke off"),
    ],
)
def test_servers_that_answer_oddly(answers: list[str], error: type[Exception], text: str) -> None:
    with (
        scripted_server(*answers) as port,
        server_at(PLAIN.format(port)) as server,
        pytest.raises(error, match=text) as refused,
    ):
        send(server)
    assert type(refused.value) is error


def test_a_refused_starttls() -> None:
    with (
        scripted_server("220 hello", "250-hello\r\n250 STARTTLS", "454 not now") as port,
        server_at(f"smtp://localhost:{port}") as server,
        pytest.raises(Unusable, match=r"it takes no mail now \(454\)$"),
    ):
        send(server)
