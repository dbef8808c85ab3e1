"""TLS by the server itself."""

import signal
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.transport.certificates import write_certificate
from tests.transport.conftest import DEADLINE, PATIENCE
from tests.transport.running import (
    Server,
    post,
    read_all,
    read_answer,
    running,
    send_on_and_on,
    soap,
    unchecked_tls,
)


@pytest.fixture(scope="module")
def tls_files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return write_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def tls_server(tmp_path_factory: pytest.TempPathFactory, tls_files: tuple[Path, Path]) -> Iterator[Server]:
    certificate, key = tls_files
    with running(
        tmp_path_factory.mktemp("server"),
        deadline=DEADLINE,
        plain_loopback=False,
        tls_certificate=certificate,
        tls_key=key,
    ) as started:
        yield started


def _serves(server: Server) -> bool:
    with unchecked_tls().wrap_socket(server.connect()) as connection:
        connection.sendall(post("/soap", soap("Echo")))
        return read_answer(connection).status == 200


def test_secrets_may_come_by_tls(tls_server: Server) -> None:
    assert _serves(tls_server)


def test_plain_http_is_not_served_there(tls_server: Server) -> None:
    assert b"200" not in tls_server.send(post("/soap", soap("Echo")))
    assert _serves(tls_server)


def test_old_versions_of_tls_are_refused(tls_server: Server) -> None:
    context = unchecked_tls()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with context.wrap_socket(tls_server.connect()) as connection:
        assert connection.version() == "TLSv1.2"
    # Nothing older can even be asked for: this side's OpenSSL refuses it first. So the server's first octets count.
    old = (
        bytes.fromhex("16 03 01 00 2d 01 00 00 29 03 01") + bytes(32) + bytes.fromhex("00 00 02 00 2f 01 00")
    )
    assert not tls_server.send(old).startswith(bytes.fromhex("16"))


@pytest.mark.parametrize("sent", [b"", bytes.fromhex("16 03 01 02 00 01 00 01 fc 03 03")])
def test_a_slow_handshake_is_cut_off_and_others_are_served(tls_server: Server, sent: bytes) -> None:
    with ExitStack() as stack:
        started = time.monotonic()
        slow = [stack.enter_context(tls_server.connect()) for _ in range(50)]
        for connection in slow:
            connection.sendall(sent)
        assert _serves(tls_server)
        assert time.monotonic() - started < DEADLINE
        for connection in slow:
            read_all(connection)
        assert time.monotonic() - started < PATIENCE


def test_a_slow_request_in_tls_is_cut_off(tls_server: Server) -> None:
    started = time.monotonic()
    with unchecked_tls().wrap_socket(tls_server.connect()) as connection:
        connection.sendall(b"POST /soap HTTP/1.1\r\n")
        assert b"408" in connection.recv(100)
    assert time.monotonic() - started < PATIENCE


def test_who_does_not_read_in_tls_is_cut_off(tls_server: Server) -> None:
    request = post("/soap", soap("Echo", f"<text>{'x' * 50_000}</text>"))
    plain = tls_server.connect(30)
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    with unchecked_tls().wrap_socket(plain) as connection:
        with pytest.raises(OSError) as caught:  # noqa: PT011 - TLS has several names for a connection that ended
            send_on_and_on(connection, request)
        assert not isinstance(caught.value, TimeoutError)
    assert _serves(tls_server)


def test_a_renewed_certificate_is_taken_on_hup(tmp_path: Path) -> None:
    certificate, key = write_certificate(tmp_path)
    with running(
        tmp_path, workers=1, plain_loopback=False, tls_certificate=certificate, tls_key=key
    ) as server:
        before = ssl.get_server_certificate(("127.0.0.1", server.port))
        renewed, renewed_key = write_certificate(tmp_path, "renewed")
        renewed.rename(certificate)
        renewed_key.rename(key)
        server.process.send_signal(signal.SIGHUP)
        _wait_for(lambda: ssl.get_server_certificate(("127.0.0.1", server.port)) != before)
        certificate.write_text("damaged", "utf-8")
        server.process.send_signal(signal.SIGHUP)
        _wait_for(lambda: "the certificate stays the old one" in server.log())
        time.sleep(1)
        assert _serves(server)


def _wait_for(true: "object") -> None:
    for _ in range(100):
        try:
            if true():  # type: ignore[operator] # any callable
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise AssertionError("it never happened")
