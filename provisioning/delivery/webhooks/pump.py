"""The pump: finds subscriptions that have something to deliver and serves many of them at a time."""

import os
import secrets
import socket
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import timedelta
from threading import Event

import structlog
from sqlalchemy.exc import SQLAlchemyError

from provisioning.application import Application
from provisioning.changes import Place, end_of_feed, is_kept, read_on
from provisioning.delivery.retry import Retry
from provisioning.delivery.webhooks.delivering import Turn, disable
from provisioning.delivery.webhooks.receiver import Patience, Receiver, trust
from provisioning.persistence.engine import DatabaseBusy
from provisioning.subscriptions import (
    DisabledReason,
    Lease,
    Resolve,
    Subscription,
    may_be_due,
    pass_over,
    read_target,
    system_addresses,
    take,
)

log = structlog.get_logger("provisioning.webhooks")

RETRY = Retry(first=5.0, factor=2.0, longest=4 * 3600.0)
PATIENCE = Patience()
# Longer than the slowest receiver may take between two signs of life in the database.
LEASE = timedelta(seconds=30)
_LOOKS_EVERY = 1.0
_LOOKS_WHILE_POSTING_EVERY = 0.1
_GRACE = 3.0
# A place that nothing was delivered from is moved now and then only: each move is a write.
_MOVED_EVERY = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Found:
    """What a look at the feed has brought: subscriptions with something to deliver, and those without."""

    full: Sequence[Subscription]
    empty: Sequence[Subscription]
    lost: Sequence[Subscription]
    end: Place


class Pump:
    """The companion of a relay that posts changes. Any number of them share the subscriptions of a database."""

    name = "webhooks"

    def __init__(
        self,
        application: Application,
        *,
        resolve: Resolve = system_addresses,
        retry: Retry = RETRY,
        patience: Patience = PATIENCE,
        lease: timedelta = LEASE,
    ) -> None:
        self._application = application
        self._database = application.database
        self._clock = application.dispatcher.clock
        self._threads = application.settings.webhook_threads
        self._tls = trust(application.settings)
        self._resolve = resolve
        self._retry = retry
        self._patience = patience
        self._lasts = lease
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"[:80]
        self._running: dict[Future[None], tuple[Subscription, Turn]] = {}

    def turn(self, ended: Event) -> float:
        """Serve subscriptions until none is due. When all is to end, what is being posted has a moment still."""
        with ThreadPoolExecutor(self._threads, self.name) as pool:
            try:
                while not ended.is_set():
                    self._start(pool, ended)
                    if not self._running:
                        break
                    ended.wait(_LOOKS_WHILE_POSTING_EVERY)
                    self._reap()
            finally:
                self._finish(ended)
        return _LOOKS_EVERY

    def _start(self, pool: ThreadPoolExecutor, ended: Event) -> None:
        """Take what is due, as far as there are threads for it."""
        room = self._threads - len(self._running)
        if room <= 0:
            return
        found = self._look(room)
        for each in found.lost:
            disable(self._application, each, DisabledReason.CHANGES_LOST)
        for subscription in self._take(found):
            turn = self._turn_of(subscription)
            self._running[pool.submit(turn.run, ended)] = (subscription, turn)

    def _look(self, room: int) -> Found:
        """Which subscriptions to serve. No client gets more than a part of the threads: its receivers may be slow.

        What is being served is not served twice, though its lease may be over: after the host was suspended.
        """
        share = max(self._threads // 4, 1)
        busy = Counter(each.client_id for each, _ in self._running.values())
        served = {each.id for each, _ in self._running.values()}
        full: list[Subscription] = []
        empty: list[Subscription] = []
        lost: list[Subscription] = []
        now = self._clock()
        with self._database.reading() as db:
            candidates = [each for each in may_be_due(db, now) if each.id not in served]
            end = end_of_feed(db)  # read afterwards, so that nobody's place lies behind it
            for each in candidates:
                if not is_kept(each.place, each.place_at, end, self._application.settings, now):
                    lost.append(each)
                elif busy[each.client_id] >= share or len(full) == room:
                    continue
                elif read_on(db, each.reader, each.wanted, each.place, 1)[0]:
                    full.append(each)
                    busy[each.client_id] += 1
                elif now - each.place_at >= _MOVED_EVERY:
                    empty.append(each)
        return Found(full, empty, lost, end)

    def _take(self, found: Found) -> Sequence[Subscription]:
        if not found.full and not found.empty:
            return ()
        now = self._clock()
        with self._database.writing() as db:
            for each in found.empty:
                pass_over(db, each, found.end, now)
            taken = take(db, [each.id for each in found.full], self._holder, now, now + self._lasts)
            db.commit()
        return taken

    def _turn_of(self, subscription: Subscription) -> Turn:
        settings = self._application.settings
        target = read_target(subscription.url)
        return Turn(
            self._application,
            subscription,
            Lease(subscription_id=subscription.id, holder=self._holder),
            self._lasts,
            Receiver(target, settings, self._tls, self._resolve, self._patience),
            self._retry,
        )

    def _reap(self) -> None:
        """See which turns have ended; cut off receivers that take too long."""
        for future in [each for each in self._running if each.done()]:
            del self._running[future]
            error = future.exception()
            if isinstance(error, DatabaseBusy | SQLAlchemyError):
                # What was posted and not kept is posted again when the lease is over.
                log.warning("the database does not answer", error=type(error).__name__)
            elif error is not None:
                log.error("a turn broke down", exc_info=error)
        now = time.monotonic()
        for _, turn in self._running.values():
            turn.receiver.cut_when_late(now)

    def _finish(self, ended: Event) -> None:
        """Wait for what is being posted; for a moment only when all is to end."""
        until = time.monotonic() + _GRACE if ended.is_set() else float("inf")
        while self._running:
            wait(self._running, _LOOKS_WHILE_POSTING_EVERY)
            self._reap()
            if time.monotonic() > until:
                for _, turn in self._running.values():
                    turn.receiver.cut()
