"""A server that is measured, and how one is started and stopped."""

import base64
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_PATIENCE = 60


class Missing(Exception):
    """What a server needs and this machine does not have; the text names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a server listens, what it is asked for there, and the processes whose time counts."""

    name: str
    port: int
    path: str
    processes: tuple[int, ...]
    client: str
    secret: str
    company_id: str
    user_numbers: Sequence[str]

    @property
    def headers(self) -> dict[str, str]:
        account = base64.b64encode(f"{self.client}:{self.secret}".encode()).decode("ascii")
        return {
            "Content-Type": "text/xml; charset=utf-8",
            "SOAPAction": '""',
            "Authorization": f"Basic {account}",
        }


@contextmanager
def running(
    command: Sequence[str | Path], log: Path, environment: Mapping[str, str] | None = None
) -> Iterator[int]:
    """A server in the foreground, by its process id; it is asked to stop at the end."""
    with log.open("wb") as written:
        process = subprocess.Popen(command, env=environment, stdout=written, stderr=written)
    try:
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(address: str) -> None:
    """Until the server answers, whatever it says."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return
