"""A real Kamailio on the configuration that is shipped, in a folder of the test's own."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import make_url

from tests.conftest import missing
from tests.delivery.live.sip import Phone, sip_port
from tests.delivery.phone_databases import kamailio_script

CONFIGURATION = Path(__file__).resolve().parents[3] / "contrib" / "kamailio" / "kamailio.cfg"
_PATIENCE = 60.0


@dataclass(frozen=True)
class Arrangement:
    """What an operator decides, here and in Kamailio alike."""

    domain: str = "pbx.example.com"
    algorithm: str = "MD5"
    suspended_group: str = "suspended"
    barred_prefix: str = "bar-"
    in_memory: bool = False

    @property
    def definitions(self) -> dict[str, str]:
        bars = {f"BAR_{code.upper()}": self.barred_prefix + code for code in ("premium", "national", "intl")}
        texts = {"ALGORITHM": self.algorithm, "SUSPENDED": self.suspended_group, **bars}
        mode = {"LOCATION_MODE": "0" if self.in_memory else "3"}
        return {name: f'"{value}"' for name, value in texts.items()} | mode


@dataclass
class Kamailio:
    """``url`` is its database as the service reaches it."""

    url: str
    folder: Path
    arrangement: Arrangement = Arrangement()
    port: int = field(default_factory=sip_port)
    gateway_port: int = field(default_factory=sip_port)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def on_sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    @property
    def proxy(self) -> tuple[str, int]:
        return "127.0.0.1", self.port

    @property
    def settings(self) -> dict[str, str]:
        """The phone system's settings that fit this configuration."""
        made = self.arrangement
        rpc = {"rpc_url": f"http://127.0.0.1:{self.port}/RPC"} if made.in_memory else {}
        groups = {"suspended_group": made.suspended_group, "barred_prefix": made.barred_prefix}
        return {"domain": made.domain, "algorithm": made.algorithm, **groups, **rpc}

    def phone(self, name: str, secret: str = "") -> Phone:
        return Phone(self.proxy, self.arrangement.domain, name, secret)

    def gateway(self) -> Phone:
        """The telephone network's side: what it sends needs no password."""
        return Phone(self.proxy, self.arrangement.domain, "gateway", port=self.gateway_port)

    def start(self) -> None:
        defined = {
            **self.arrangement.definitions,
            "DBURL": f'"{self._database()}"',
            "GATEWAY_PORT": str(self.gateway_port),
            "GATEWAY": f'"sip:127.0.0.1:{self.gateway_port}"',
        }
        configuration = shutil.copy(CONFIGURATION, self.folder)  # where Kamailio's own user may read it
        command = [shutil.which("kamailio") or "kamailio", "-DD", "-f", configuration, "-m", "32", "-M", "8"]
        command += ["-l", f"udp:127.0.0.1:{self.port}", "-l", f"tcp:127.0.0.1:{self.port}"]
        command += ["-Y", str(self.folder), "-P", str(self.folder / "pid")]
        command += [part for name, value in defined.items() for part in ("-A", f"{name}={value}")]
        command += ["-A", "WITH_SQLITE"] if self.on_sqlite else []
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(_as_its_user(command), stdout=log, stderr=log, cwd="/")
        self._wait_until_it_answers()

    def stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(_PATIENCE)
            self.process = None

    def _database(self) -> str:
        """The URL as Kamailio writes it."""
        url = make_url(self.url)
        return (
            f"sqlite:///{url.database}"
            if self.on_sqlite
            else f"postgres://postgres@127.0.0.1:{url.port}/{url.database}"
        )

    def _wait_until_it_answers(self) -> None:
        until = time.monotonic() + _PATIENCE
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
            asker.settimeout(0.1)
            asker.bind(("127.0.0.1", 0))
            port, domain = asker.getsockname()[1], self.arrangement.domain
            lines = [
                f"OPTIONS sip:{domain} SIP/2.0",
                f"Via: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bKalive",
                f"From: <sip:test@{domain}>;tag=1",
                f"To: <sip:{domain}>",
                "Call-ID: alive",
                "CSeq: 1 OPTIONS",
                "Max-Forwards: 5",
                "Content-Length: 0",
                "",
                "",
            ]
            while time.monotonic() < until:
                asker.sendto("\r\n".join(lines).encode(), self.proxy)
                try:
                    assert asker.recv(65535).startswith(b"SIP/2.0 200")
                except TimeoutError:
                    continue
                return
        raise AssertionError((self.folder / "log").read_text())


@contextmanager
def new_kamailio(url: str | None, arrangement: Arrangement) -> Iterator[Kamailio]:
    """A running Kamailio; without a URL its database is SQLite, in a folder that it may write to."""
    if shutil.which("kamailio") is None:
        missing("Kamailio")
    folder = Path(tempfile.mkdtemp(prefix="kamailio"))
    if os.geteuid() == 0:
        shutil.chown(folder, "kamailio", "kamailio")
    if url is None:
        url = f"sqlite:///{_make_sqlite(folder)}"
    server = Kamailio(url, folder, arrangement)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


def _make_sqlite(folder: Path) -> Path:
    path = folder / "kamailio.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(kamailio_script("db_sqlite"))
        connection.execute("PRAGMA journal_mode=WAL")
    if os.geteuid() == 0:
        shutil.chown(path, "kamailio", "kamailio")
    return path


def _as_its_user(command: list[str]) -> list[str]:
    if os.geteuid() != 0:
        return command
    return ["setpriv", "--reuid=kamailio", "--regid=kamailio", "--clear-groups", *command]
