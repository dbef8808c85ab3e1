"""Requests to one server over connections that stay open, and the processor time it spends on them."""

import http.client
import threading
import time
from dataclasses import dataclass

from bench.calls import Operation
from bench.cpu import cpu_of
from bench.target import Target

CONNECTIONS = 4


class WrongAnswer(Exception):
    """A server answered something else than it was asked for: its time would mean nothing."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """When a measurement ends: the first that is reached."""

    seconds: float
    requests: int


class _Caller(threading.Thread):
    """One connection."""

    def __init__(self, target: Target, operation: Operation, bounds: Bounds) -> None:
        super().__init__()
        self._target, self._operation, self._bounds = target, operation, bounds
        self.count = 0
        self.wrong = ""

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._target.port, timeout=30)
        deadline = time.monotonic() + self._bounds.seconds
        try:
            while self.count < self._bounds.requests / CONNECTIONS and time.monotonic() < deadline:
                self._call(connection)
                self.count += 1
        except (OSError, http.client.HTTPException, WrongAnswer) as error:
            self.wrong = f"{self._target.name}, {self._operation.name}: {error!r}"
        finally:
            connection.close()

    def _call(self, connection: http.client.HTTPConnection) -> None:
        target = self._target
        connection.request("POST", target.path, self._operation.body(target), target.headers)
        answer = connection.getresponse()
        body = answer.read()
        if not self._operation.is_answer(answer.status, body):
            raise WrongAnswer(f"{answer.status} {body[:600]!r}")


def measure(target: Target, operation: Operation, bounds: Bounds) -> float:
    """Microseconds of processor time that a request costs the server."""
    callers = [_Caller(target, operation, bounds) for _ in range(CONNECTIONS)]
    before = cpu_of(target.processes)
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    spent = cpu_of(target.processes) - before
    if wrong := [each.wrong for each in callers if each.wrong]:
        raise WrongAnswer(wrong[0])
    return 1e6 * spent / sum(each.count for each in callers)
