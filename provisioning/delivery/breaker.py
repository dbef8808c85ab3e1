"""Which receivers do not answer, so that nobody waits for them again and again."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock

from provisioning.delivery.channels import NotNow
from provisioning.delivery.retry import Retry


@dataclass(slots=True)
class _Failing:
    times: int
    until: float


class Breaker:
    """After a failure a target is closed for a while, which grows; then one task shows whether it is back."""

    def __init__(self, retry: Retry, clock: Callable[[], float] = time.monotonic) -> None:
        self._retry = retry
        self._clock = clock
        self._failing: dict[str, _Failing] = {}
        self._trying: set[str] = set()
        self._lock = Lock()

    def closed(self) -> frozenset[str]:
        with self._lock:
            return frozenset(self._failing)

    def to_try(self) -> frozenset[str]:
        """Closed targets whose time has come, and that nobody tries at this moment."""
        with self._lock:
            now = self._clock()
            return frozenset(
                target
                for target, failing in self._failing.items()
                if failing.until <= now and target not in self._trying
            )

    def pass_by(self, target: str) -> None:
        """Go on to a target, or not: for those who were on their way when it was closed."""
        with self._lock:
            failing = self._failing.get(target)
            wait = failing.until - self._clock() if failing else 0.0
            if wait > 0:
                self._trying.discard(target)
        if wait > 0:
            raise NotNow("does not answer", timedelta(seconds=wait))

    def started(self, target: str) -> None:
        with self._lock:
            if target in self._failing:
                self._trying.add(target)

    def left(self, target: str) -> None:
        """Whoever had started did not get there: somebody else may try."""
        with self._lock:
            self._trying.discard(target)

    def failed(self, target: str) -> timedelta:
        """It did not answer; how long it is closed. Those who were on their way count as one failure."""
        with self._lock:
            failing = self._failing.setdefault(target, _Failing(0, 0.0))
            if failing.until <= self._clock():
                failing.times += 1
                wait = self._retry.wait(failing.times, random.random())  # noqa: S311 - jitter, no secret
                failing.until = self._clock() + wait.total_seconds()
            self._trying.discard(target)
            return timedelta(seconds=max(failing.until - self._clock(), 0))

    def forget(self, target: str) -> None:
        """It is gone for good."""
        with self._lock:
            self._failing.pop(target, None)
            self._trying.discard(target)

    def answered(self, target: str) -> bool:
        """It answered; says whether it had been closed."""
        with self._lock:
            self._trying.discard(target)
            return self._failing.pop(target, None) is not None
