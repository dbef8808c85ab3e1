"""A real server process, and raw sockets to talk to it."""

import base64
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SAMPLE = ("-m", "tests.transport.serving")
DEMO = ("-c", "from provisioning.cli.main import main; main()", "serve", "--demo")
# Within which a thing happens at once, also on a machine that has much else to do.
SOON = 5.0
BASIC = "Basic " + base64.b64encode(b"client:secret").decode("ascii")
ENVELOPES = {
    "text/xml": "http://schemas.xmlsoap.org/soap/envelope/",
    "application/soap+xml": "http://www.w3.org/2003/05/soap-envelope",
}


@dataclass(frozen=True)
class Answer:
    """A parsed HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes


class Server:
    """A running server process."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
        self.process = process
        self.port = port
        self._log = log

    def log(self) -> str:
        return self._log.read_text("utf-8")

    def workers(self) -> list[int]:
        return [pid for pid, parent in _parents() if parent == self.process.pid]

    def memory(self) -> int:
        """Octets of memory of the process tree, what is shared counted once."""
        return sum(_share(pid) for pid in (self.process.pid, *self.workers()))

    def processor_time(self) -> float:
        """Seconds of user and system time of the process tree."""
        return sum(_ticks(pid) for pid in (self.process.pid, *self.workers())) / os.sysconf("SC_CLK_TCK")

    def connect(self, timeout: float = 10) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=timeout)

    def send(self, octets: bytes, *, half_close: bool = False, timeout: float = 10) -> bytes:
        """Send octets as they are and read until the server closes."""
        with self.connect(timeout) as connection:
            connection.sendall(octets)
            if half_close:
                connection.shutdown(socket.SHUT_WR)
            return read_all(connection)

    def ask(self, octets: bytes, timeout: float = 10) -> Answer:
        """Send one request and read its answer."""
        with self.connect(timeout) as connection:
            connection.sendall(octets)
            return read_answer(connection)

    def post(self, path: str, body: bytes, media: str = "text/xml", **headers: str) -> Answer:
        return self.ask(post(path, body, media, **headers))

    def echo(self, text: str = "hello") -> Answer:
        """The call that shows that the server serves."""
        return self.post("/soap", soap("Echo", f"<text>{text}</text>"))

    def serves(self) -> bool:
        return self.echo().status == 200

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(20)


def post(path: str, body: bytes, media: str = "text/xml", **headers: str) -> bytes:
    """The octets of a request; underscores in names of headers stand for hyphens, None takes one away."""
    given: dict[str, Any] = {
        "Host": "127.0.0.1",
        "Content-Type": media,
        "Content-Length": str(len(body)),
        "Authorization": BASIC,
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    lines = [
        f"POST {path} HTTP/1.1",
        *(f"{name}: {value}" for name, value in given.items() if value is not None),
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def get(target: str, method: str = "GET", **headers: str) -> bytes:
    given = {"Host": "127.0.0.1", **{name.replace("_", "-"): value for name, value in headers.items()}}
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def soap(operation: str, members: str = "", media: str = "text/xml") -> bytes:
    return (
        f'<s:Envelope xmlns:s="{ENVELOPES[media]}"><s:Body>'
        f'<{operation} xmlns="urn:remote-provisioning:v1">{members}</{operation}></s:Body></s:Envelope>'
    ).encode()


def xmlrpc(method: str, *values: str) -> bytes:
    parameters = "".join(f"<param><value>{value}</value></param>" for value in values)
    return (
        f'<?xml version="1.0"?><methodCall><methodName>{method}</methodName>'
        f"<params>{parameters}</params></methodCall>"
    ).encode()


def struct(**members: str) -> str:
    inside = "".join(
        f"<member><name>{name}</name><value>{value}</value></member>" for name, value in members.items()
    )
    return f"<struct>{inside}</struct>"


def read_all(connection: socket.socket) -> bytes:
    """Everything until the other side closes."""
    parts = []
    while part := connection.recv(65536):
        parts.append(part)
    return b"".join(parts)


def send_on_and_on(connection: socket.socket, octets: bytes) -> None:
    """Send the same again and again, without reading; ends when the other side has had enough."""
    for _ in range(10_000):
        connection.sendall(octets)


def read_answer(connection: socket.socket) -> Answer:
    """One answer, whole, leaving the connection open."""
    stream = connection.makefile("rb")
    status = int(stream.readline().split()[1])
    headers = {}
    while (line := stream.readline().decode("latin-1").strip()) != "":
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    if headers.get("transfer-encoding") == "chunked":
        return Answer(status, headers, b"".join(_chunks(stream)))
    return Answer(status, headers, stream.read(int(headers.get("content-length", 0))))


def _chunks(stream: Any) -> Iterator[bytes]:
    while size := int(stream.readline(), 16):
        yield stream.read(size)
        stream.readline()
    stream.readline()


@contextmanager
def running(folder: Path, command: tuple[str, ...] = SAMPLE, **settings: object) -> Iterator[Server]:
    """Start a server on a free port; stop it at the end whatever happened."""
    port = free_port()
    log = folder / "log"
    scheme = "https" if "tls_key" in settings else "http"
    with log.open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=environment(folder, port, **settings),
            stdout=subprocess.DEVNULL,
            stderr=written,
        )
    server = Server(process, port, log)
    try:
        _wait_until_it_serves(server, scheme, int(str(settings.get("workers", 2))))
        yield server
    finally:
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def environment(folder: Path, port: int, **settings: object) -> dict[str, str]:
    chosen = {"var": folder, "bind": f"127.0.0.1:{port}", "plain_loopback": True, **settings}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PROVISIONING_")}
    return kept | {f"PROVISIONING_{name.upper()}": str(value) for name, value in chosen.items()}


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def unchecked_tls() -> ssl.SSLContext:
    """The tests' own certificates are signed by nobody."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _wait_until_it_serves(server: Server, scheme: str, workers: int) -> None:
    for _ in range(400):
        if server.process.poll() is not None:
            raise RuntimeError(f"The server ended:\n{server.log()}")
        if len(server.workers()) < workers:
            time.sleep(0.05)
            continue
        try:
            plain = server.connect(5)
            with unchecked_tls().wrap_socket(plain) if scheme == "https" else plain as connection:
                connection.sendall(get("/healthz"))
                if read_answer(connection).status == 200:
                    return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"The server does not answer:\n{server.log()}")


def _parents() -> Iterator[tuple[int, int]]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                yield int(entry.name), int(_stat(int(entry.name))[1])
            except OSError:
                continue


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()


def _ticks(pid: int) -> int:
    return int(_stat(pid)[11]) + int(_stat(pid)[12])


def _share(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8").splitlines()
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
