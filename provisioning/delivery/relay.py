"""The relay: takes what is due from the outbox, has it delivered by many threads, keeps what became of it."""

import os
import random
import secrets
import socket
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Event, Lock

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from provisioning.delivery import queue
from provisioning.delivery.channels import Channel, Job, NotNow, Rejected, Undelivered
from provisioning.delivery.queue import Task
from provisioning.delivery.wakeup import woken_by
from provisioning.kernel.clock import Clock
from provisioning.persistence.engine import Database, DatabaseBusy

log = structlog.get_logger("provisioning.delivery")

_SHORTEST_WAIT = 0.05
_LONGEST_WAIT = 1.0
_AHEAD = 4

Ended = tuple[Task, Exception | None]


class Relay:
    """One of any number of relays on one database, in any number of processes."""

    def __init__(
        self,
        database: Database,
        channels: Iterable[Channel],
        clock: Clock,
        *,
        threads: int = 8,
        lease: timedelta = timedelta(seconds=60),
    ) -> None:
        self.name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"[:80]
        self._database = database
        self._channels = {each.topic: each for each in channels}
        self._together = frozenset(each.topic for each in self._channels.values() if each.takes_lanes_whole)
        self._clock = clock
        self._threads = threads
        self._lease = lease
        self._stopping = False
        self._stirred = Event()
        self._lock = Lock()
        self._ended: list[Ended] = []
        self._running: dict[Future[None], Task] = {}

    def stop(self) -> None:
        """Take nothing more, finish what is being delivered, return from ``run``. A signal may call this."""
        self._stopping = True

    def run(self, goes_on: Callable[[], bool] = lambda: True) -> None:
        """Deliver until stopped or as long as it ``goes_on``. A database that does not answer is waited for."""
        log.info("relay started", relay=self.name)
        with (
            ThreadPoolExecutor(self._threads, "relay") as pool,
            woken_by(self._database.engine, self._stirred.set),
        ):
            while not self._stopping and goes_on():
                self._stirred.wait(self._turn(pool))
                self._stirred.clear()
            pool.shutdown(wait=True, cancel_futures=True)
        self._leave()
        log.info("relay stopped", relay=self.name)

    def _turn(self, pool: ThreadPoolExecutor) -> float:
        """Keep what has ended, take what there is; how long there is nothing more to do, in seconds."""
        try:
            with self._database.reading() as db:
                closed = [target for each in self._channels.values() for target in each.closed(db)]
                trials = [target for each in self._channels.values() for target in each.to_try(db)]
                due = queue.next_due(db, self._channels, closed)
            room = self._threads * _AHEAD - len(self._running)
            if not trials and (due is None or due > self._clock()):
                room = 0
            tasks = self._exchange(room, closed, trials) if room > 0 or self._ended else []
        except (DatabaseBusy, SQLAlchemyError) as error:
            log.warning("the database does not answer", relay=self.name, error=type(error).__name__)
            return _LONGEST_WAIT
        self._start(pool, tasks)
        return self._wait_for(due)

    def _wait_for(self, due: datetime | None) -> float:
        """Until the next row is due; a little at least, as a row may be due and yet not to be had."""
        seconds = _LONGEST_WAIT if due is None else (due - self._clock()).total_seconds()
        return min(max(seconds, _SHORTEST_WAIT), _LONGEST_WAIT)

    def _exchange(self, room: int, closed: Collection[str] = (), trials: Iterable[str] = ()) -> list[Task]:
        """One transaction for what has ended and for what is taken."""
        with self._lock:
            ended = tuple(self._ended)
        with self._database.writing() as db:
            self._settle(db, ended)
            tasks = self._take(db, room, closed) if room > 0 else []
            for target in trials:
                tasks += self._take(db, 1, (), target)
            db.commit()
        with self._lock:
            del self._ended[: len(ended)]
        return tasks

    def _take(self, db: Session, most: int, closed: Collection[str], only: str | None = None) -> list[Task]:
        return queue.take(
            db,
            self.name,
            self._clock(),
            self._lease,
            most=most,
            together=self._together,
            topics=tuple(self._channels),
            closed=closed,
            only=only,
        )

    def _start(self, pool: ThreadPoolExecutor, tasks: Sequence[Task]) -> None:
        for topic, channel in self._channels.items():
            mine = [task for task in tasks if task.topic == topic]
            for task, job in self._prepared(channel, self._harmless(mine, channel.retry.tries)):
                future = pool.submit(job)
                with self._lock:
                    self._running[future] = task
                future.add_done_callback(self._note)

    def _harmless(self, tasks: Sequence[Task], tries: int) -> list[Task]:
        """All but those with which relays have died as often as may be tried: nobody told of these attempts."""
        for task in tasks:
            if task.attempt > tries:
                self._keep(task, Rejected("no relay that tried it came back"))
        return [task for task in tasks if task.attempt <= tries]

    def _prepared(self, channel: Channel, tasks: Sequence[Task]) -> list[tuple[Task, Job]]:
        """All at once; when that fails, one by one, so that one spoilt task does not stop the others."""
        if not tasks:
            return []
        try:
            return list(zip(tasks, channel.prepare(tasks), strict=True))
        except Exception as error:  # noqa: BLE001 - what cannot be read is put off like what cannot be sent
            if len(tasks) > 1:
                return [pair for task in tasks for pair in self._prepared(channel, [task])]
            self._keep(tasks[0], error)
            return []

    def _note(self, future: Future[None]) -> None:
        with self._lock:
            task = self._running.pop(future)
        stopped = NotNow("the relay was stopped", timedelta(0))
        error = stopped if future.cancelled() else future.exception()
        # What is no Exception has ended the thread, not the delivery.
        self._keep(task, error if isinstance(error, Exception | None) else stopped)

    def _keep(self, task: Task, error: Exception | None) -> None:
        with self._lock:
            self._ended.append((task, error))
        self._stirred.set()

    def _settle(self, db: Session, ended: Sequence[Ended]) -> None:
        for topic, channel in self._channels.items():
            done = [task for task, error in ended if error is None and task.topic == topic]
            if done:
                queue.finish(db, done, self._together)
                channel.delivered(db, done)
        for task, error in ended:
            if error is not None:
                self._put_off(db, task, error)

    def _put_off(self, db: Session, task: Task, error: Exception) -> None:
        now, said = self._clock(), _said(error)
        if isinstance(error, NotNow):
            queue.put_back(db, task, self.name, now + error.wait, said)
            return
        retry = self._channels[task.topic].retry
        tries = 0 if isinstance(error, Rejected) else retry.tries
        wait = retry.wait(task.attempt, random.random())  # noqa: S311 - jitter, no secret
        queue.put_off(db, task, self.name, now + wait, said, most=tries, now=now)
        log.warning(
            "not delivered",
            topic=task.topic,
            subject=task.subject_id,
            target=task.target_id,
            attempt=task.attempt,
            given_up=task.attempt >= tries,
            error=said,
        )

    def _leave(self) -> None:
        """What has ended is kept; if the database does not answer, the lease gives the rest to others."""
        try:
            self._exchange(0)
        except (DatabaseBusy, SQLAlchemyError) as error:
            log.warning("left without a word", relay=self.name, error=type(error).__name__)
        for channel in self._channels.values():
            channel.close()


def _said(error: Exception) -> str:
    """What operators may read of an error. The text of one that nobody foresaw might hold anything."""
    return str(error) if isinstance(error, Undelivered) else type(error).__name__
