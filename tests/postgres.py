"""A throw-away PostgreSQL of the tests' own, started once for all test processes and stopped with the last."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=300"
_START_AGAIN = 30.0


def binaries() -> Path | None:
    """The newest server's folder of programs, if there is one."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    if found:
        return found[0].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@dataclass(frozen=True)
class PostgresServer:
    """A server in a folder of its own, which can be stopped, killed and started again."""

    programs: Path
    folder: Path
    tuning: str
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        """Without a database's name."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}"

    def make(self) -> None:
        self._run("initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync", "-D", self._data)

    def start(self) -> None:
        options = f"-h 127.0.0.1 -p {self.port} -k {self.folder} {self.tuning}"
        self._run("pg_ctl", "-D", self._data, "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self, mode: str = "fast") -> None:
        self._run("pg_ctl", "-D", self._data, "-w", "-m", mode, "stop")

    def kill(self) -> None:
        """As when the machine's memory is full. What the first process has started notices it a little later."""
        os.kill(int((self.folder / "data" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)

    def start_again(self) -> None:
        """After a kill: not before the last of the old processes is gone."""
        until = time.monotonic() + _START_AGAIN
        while True:
            try:
                self.start()
            except subprocess.CalledProcessError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)
            else:
                return

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    def _run(self, program: str, *arguments: str) -> None:
        """PostgreSQL refuses to run as root."""
        command = [str(self.programs / program), *arguments]
        if os.geteuid() == 0:
            command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")


@contextmanager
def own_postgres(tuning: str = FAST) -> Iterator[PostgresServer]:
    """A server of one's own; LookupError where there are no programs for it."""
    programs = binaries()
    if programs is None:
        raise LookupError("no PostgreSQL server programs")
    folder = Path(tempfile.mkdtemp(prefix="pgtest"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    server = PostgresServer(programs, folder, tuning)
    server.make()
    server.start()
    try:
        yield server
    finally:
        server.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running_postgres(tuning: str = FAST) -> Iterator[str]:
    """The URL of a server, without a database's name: the one that TEST_POSTGRES_URL names, or one's own."""
    given = os.environ.get("TEST_POSTGRES_URL")
    if given:
        yield given
        return
    with own_postgres(tuning) as server:
        yield server.url
