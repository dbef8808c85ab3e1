"""The processes of an installation: a server with its workers, two relays, killed at random and started again."""

import contextlib
import os
import random
import signal
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from tests.delivery.live.service import PATIENCE, PROGRAM, wait_for

Process = subprocess.Popen[bytes]
Found = TypeVar("Found")


class Fleet:
    """Whatever of it ends is started again, as an operator's supervisor does."""

    def __init__(self, environment: dict[str, str], log: Path, chance: random.Random) -> None:
        self._environment = environment
        self._log = log
        self._chance = chance
        self.killed: Counter[str] = Counter()
        self.dead: set[int] = set()
        self._orphans: set[int] = set()
        self._server = self._start("serve", "--no-relay")
        self._relays = [self._start("relay") for _ in range(2)]

    def keep_up(self) -> None:
        """A new server cannot begin before the workers of the one that was killed have noticed and gone."""
        if self._server.poll() is not None:
            self._server = self._start("serve", "--no-relay")
        self._relays = [self._start("relay") if each.poll() is not None else each for each in self._relays]

    def kill_relay(self) -> None:
        """One that has begun its work."""
        begun = self._when_up(self._relays_at_work)
        self._kill(self._chance.choice(begun), "relay")

    def kill_server(self) -> None:
        self._orphans |= set(self._when_up(self._workers))
        self._kill(self._server, "server")

    def kill_worker(self) -> None:
        workers = self._when_up(self._workers)
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._chance.choice(workers), signal.SIGKILL)
            self.killed["worker"] += 1

    def stop(self) -> None:
        """All end when they are asked to, and nothing that was started is left over."""
        running = [self._server, *self._relays]
        self._orphans |= set(self._workers())
        for each in running:
            each.terminate()
        codes = [each.wait(PATIENCE) for each in running]
        wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in self._orphans))
        assert set(codes) <= {0, -signal.SIGTERM}, codes

    def _start(self, *arguments: str) -> Process:
        with self._log.open("ab") as log:
            return subprocess.Popen([PROGRAM, *arguments], env=self._environment, stdout=log, stderr=log)

    def _kill(self, process: Process, name: str) -> None:
        process.kill()
        process.wait()
        self.dead.add(process.pid)
        self.killed[name] += 1

    def _workers(self) -> list[int]:
        return children(self._server.pid)

    def _relays_at_work(self) -> list[Process]:
        said = self._log.read_text("utf-8")
        return [each for each in self._relays if each.poll() is None and f":{each.pid}:" in said]

    def _when_up(self, find: Callable[[], list[Found]]) -> list[Found]:
        """What there is to kill, as soon as there is something."""
        found: list[Found] = []

        def look() -> bool:
            self.keep_up()
            found[:] = find()
            return bool(found)

        wait_for(look)
        return found


def children(pid: int) -> list[int]:
    """Processes of which this one is the parent. A name may have blanks and brackets: what is behind the last counts."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
                if state != "Z" and int(parent) == pid:
                    found.append(int(folder.name))
    return found
