"""A name that leads elsewhere by the time of the delivery, answers that are traps, environments that know better."""

import dataclasses
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest

from provisioning.delivery.webhooks.receiver import Patience
from tests.delivery.webhooks.conftest import MakeInbox, pump_of
from tests.delivery.webhooks.inbox import Inbox, Said, pumping, wait_until
from tests.delivery.webhooks.test_failures import SLOW
from tests.house import House
from tests.subscriptions.desk import client_of, listed, subscribe


def error_of(house: House, client: object) -> str | None:
    error: str | None = listed(house, client)[0].get("lastError")  # type: ignore[arg-type] # a Caller
    return error


def test_a_name_that_leads_elsewhere_later_is_seen_through(house: House, inbox: Inbox) -> None:
    """At the creation it led nowhere; now it leads to this machine, which is not allowed here."""
    settings = dataclasses.replace(house.application.settings, webhook_networks=())
    strict = house.in_another_process(dataclasses.replace(house.application, settings=settings))
    client = client_of(house)
    subscribe(house, client, f"https://hooks.example.com:{inbox.port}/")
    with pumping(pump_of(strict, resolve=lambda _: ["8.8.8.8", "127.0.0.1"], retry=SLOW)):
        wait_until(lambda: error_of(house, client))
    assert error_of(house, client) == "ADDRESS_NOT_ALLOWED"
    assert inbox.connections == 0


def test_each_delivery_looks_anew_and_goes_to_the_address_it_looked_at(house: House, inbox: Inbox) -> None:
    """The certificate is that of the name, although the connection is to an address."""
    asked: list[str] = []

    def rebinding(name: str) -> list[str]:
        asked.append(name)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    client = client_of(house)
    subscribe(house, client, f"https://hooks.example.com:{inbox.port}/")
    with pumping(pump_of(house, resolve=rebinding, retry=SLOW)):
        inbox.wait_for(1)
        wait_until(lambda: "lastDeliveredAt" in listed(house, client)[0])
        subscribe(house, client_of(house, "other"), inbox.url, kind=["NothingLikeThis"])
        wait_until(lambda: error_of(house, client))
    assert set(asked) == {"hooks.example.com"}
    assert len(asked) == 2
    assert error_of(house, client) == "ADDRESS_NOT_ALLOWED"
    assert len(inbox.received) == 1
    assert inbox.received[0].headers["Host"] == f"hooks.example.com:{inbox.port}"


def test_the_second_address_is_tried_when_the_first_does_not_answer(house: House, inbox: Inbox) -> None:
    client = client_of(house)
    subscribe(house, client, f"https://hooks.example.com:{inbox.port}/")
    with pumping(pump_of(house, resolve=lambda _: ["127.0.0.77", "127.0.0.1"])):
        inbox.wait_for(1)


def test_a_redirect_to_a_forbidden_place_is_not_followed(house: House, make_inbox: MakeInbox) -> None:
    inner = make_inbox()
    inbox, client = make_inbox(lambda _: Said(307, {"Location": inner.url})), client_of(house)
    subscribe(house, client, inbox.url)
    with pumping(pump_of(house, retry=SLOW)):
        wait_until(lambda: error_of(house, client))
    assert listed(house, client)[0]["lastStatus"] == 307
    assert inner.connections == 0


def test_proxies_of_the_environment_are_ignored(
    house: House, make_inbox: MakeInbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox, proxy = make_inbox(), make_inbox(certificate=None)
    for name in ("http_proxy", "https_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
    subscribe(house, client_of(house), inbox.url)
    with pumping(pump_of(house)):
        inbox.wait_for(1)
    assert proxy.connections == 0


def test_plain_http_needs_the_operators_leave_at_each_delivery(house: House, make_inbox: MakeInbox) -> None:
    inbox = make_inbox(certificate=None)
    settings = dataclasses.replace(house.application.settings, webhook_plain=True)
    dispatcher = dataclasses.replace(house.application.dispatcher, settings=settings)
    lenient = house.in_another_process(
        dataclasses.replace(house.application, settings=settings, dispatcher=dispatcher)
    )
    client = client_of(house)
    subscribe(lenient, client, inbox.url)
    with pumping(pump_of(house, retry=SLOW)):
        wait_until(lambda: error_of(house, client))
    assert error_of(house, client) == "NOT_SECURE"
    assert inbox.connections == 0
    house.clock.pass_time(hours=1)
    with pumping(pump_of(lenient)):
        inbox.wait_for(1)


def test_a_long_answer_is_not_read_to_its_end(house: House, make_inbox: MakeInbox) -> None:
    inbox = make_inbox(lambda _: Said(200, body=b"x" * 5_000_000))
    client = client_of(house)
    subscribe(house, client, inbox.url)
    with pumping(pump_of(house)):
        wait_until(lambda: "lastDeliveredAt" in listed(house, client)[0])
    assert listed(house, client)[0]["state"] == "ACTIVE"


@contextmanager
def speaking(octets: bytes, again: float | None = None) -> Iterator[int]:
    """A plain server that says this to everybody, once, or again and again without an end."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        ended = False

        def speak() -> None:
            while True:
                connection, _ = server.accept()
                with connection:
                    connection.settimeout(again)
                    try:
                        asked = b"" if again is None else b"}"
                        while not ended and not asked.endswith(b"}"):
                            asked += connection.recv(65536)
                        connection.sendall(octets)
                        while again is not None and not ended:
                            try:
                                if not connection.recv(65536):
                                    break
                            except TimeoutError:
                                connection.sendall(octets)
                    except OSError:
                        pass
                if ended:
                    return

        thread = Thread(target=speak)
        thread.start()
        try:
            yield int(server.getsockname()[1])
        finally:
            ended = True
            with socket.create_connection(server.getsockname()):
                thread.join(30)


@pytest.mark.parametrize(
    ("octets", "again", "error"),
    [
        (b"SSH-2.0-OpenSSH_9.2\r\n", None, "NOT_HTTP"),
        (b"HTTP/1.1 abc\r\n\r\n", None, "NOT_HTTP"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n", None, "NOT_HTTP"),
        (b"", None, "UNREACHABLE"),
        (b"", 0.05, "TIMEOUT"),
        (b"HTTP/1.1 100 Continue\r\n\r\n", 0.05, "TIMEOUT"),
        (b"H", 0.05, "TIMEOUT"),
    ],
)
def test_an_answer_that_is_none(house: House, octets: bytes, again: float | None, error: str) -> None:
    """Those that drip never let a single wait run out: only the time for the whole ends them."""
    settings = dataclasses.replace(house.application.settings, webhook_plain=True)
    dispatcher = dataclasses.replace(house.application.dispatcher, settings=settings)
    lenient = house.in_another_process(
        dataclasses.replace(house.application, settings=settings, dispatcher=dispatcher)
    )
    client = client_of(house)
    with speaking(octets, again) as port:
        subscribe(lenient, client, f"http://127.0.0.1:{port}/")
        with pumping(pump_of(lenient, retry=SLOW, patience=Patience(connect=2, whole=1.0))):
            wait_until(lambda: error_of(house, client))
    assert error_of(house, client) == error
