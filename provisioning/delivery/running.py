"""The relay as a process: alone, or beside the server, where a keeper starts it again whenever it ends."""

import dataclasses
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from threading import Event
from typing import NoReturn

import structlog
from sqlalchemy.exc import SQLAlchemyError

from provisioning.application import Application, compose
from provisioning.delivery.companions import Companion, accompanied_by
from provisioning.delivery.daily import DailyCompanion
from provisioning.delivery.database_clock import DatabaseClock
from provisioning.delivery.mail import MailChannel
from provisioning.delivery.phone_channel import PhoneChannel
from provisioning.delivery.reconciler import Reconciler
from provisioning.delivery.relay import Relay
from provisioning.delivery.retry import Retry
from provisioning.delivery.webhooks import Pump
from provisioning.logs import configure_logs
from provisioning.persistence.engine import open_database
from provisioning.settings import Settings

log = structlog.get_logger("provisioning.delivery")

_AGAIN = Retry(first=0.5, longest=30)
_RAN_WELL = 60.0
_LOOKS_EVERY = 0.1

Stop = Callable[[], None]


def companions(application: Application) -> list[Companion]:
    """What is done beside the outbox, by each relay in turn."""
    found: list[Companion] = [Pump(application), Reconciler(application)]
    if application.settings.daily_time is not None:
        found.append(DailyCompanion(application, application.settings.daily_time))
    return found


def make_relay(application: Application) -> Relay:
    """A relay with a channel for each topic that there is."""
    settings = application.settings
    return Relay(
        application.database,
        [PhoneChannel(application), MailChannel(application)],
        application.dispatcher.clock,
        threads=settings.relay_threads,
        lease=timedelta(seconds=settings.relay_lease),
    )


def run_relay(settings: Settings, parent: int | None = None) -> None:
    """Deliver until SIGTERM or SIGINT, or until the parent process is gone; finish what is being delivered."""
    with relay_application(settings) as (application, timekeepers):
        relay = make_relay(application)
        with _ended_by_signals(relay.stop), accompanied_by([*timekeepers, *companions(application)]):
            relay.run(lambda: parent is None or os.getppid() == parent)


@contextmanager
def relay_application(settings: Settings) -> Iterator[tuple[Application, list[Companion]]]:
    """The application by the clock that all its relays share, and whoever sets that clock.

    A SQLite database is used on one host, which has one clock.
    """
    settings = dataclasses.replace(settings, threads=settings.relay_threads)
    timekeepers: list[Companion] = []
    with ExitStack() as stack:
        if settings.database.startswith("sqlite"):
            application = compose(settings)
        else:
            database = open_database(settings.database, threads=1)
            stack.callback(database.engine.dispose)
            clock = DatabaseClock(database)
            with suppress(SQLAlchemyError):  # it is asked again soon
                clock.turn(Event())
            application = compose(settings, clock)
            timekeepers.append(clock)
        stack.callback(application.database.engine.dispose)
        yield application, timekeepers


@contextmanager
def relay_beside(settings: Settings) -> Iterator[None]:
    """A relay in a process of its own as long as the block runs. Call it before there are threads."""
    server = os.getpid()
    keeper = os.fork() or _in_child(lambda: _keep(settings, server))
    try:
        yield
    finally:
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(keeper, signal.SIGTERM)
            os.waitpid(keeper, 0)


def _in_child(work: Callable[[], None]) -> NoReturn:
    """Work in a process that was just forked: nothing of what its parent was about to do is done twice."""
    code = 1
    try:
        work()
        code = 0
    except Exception:
        log.exception("the relay broke down")
    finally:
        os._exit(code)


def _keep(settings: Settings, server: int) -> None:
    """Start the relay again whenever it ends, until a signal or until the server is gone."""
    configure_logs(settings.log_level)
    stopped = False

    def stop() -> None:
        nonlocal stopped
        stopped = True

    def goes_on() -> bool:
        return not stopped and os.getppid() == server

    early = 0
    with _ended_by_signals(stop):
        while goes_on():
            started, keeper = time.monotonic(), os.getpid()
            relay = os.fork() or _in_child(lambda parent=keeper: run_relay(settings, parent))  # type: ignore[misc] # mypy cannot infer a lambda's default
            code = _wait_for(relay, goes_on)
            if not goes_on():
                return
            early = 1 if time.monotonic() - started > _RAN_WELL else early + 1
            wait = _AGAIN.wait(early, 0.5).total_seconds()
            log.error("the relay has ended", code=code, again_in=wait)
            until = time.monotonic() + wait
            while goes_on() and time.monotonic() < until:
                time.sleep(_LOOKS_EVERY)


def _wait_for(relay: int, goes_on: Callable[[], bool]) -> int:
    """How the relay ended; it is told to end when nothing goes on."""
    told = False
    while True:
        pid, status = os.waitpid(relay, os.WNOHANG)
        if pid:
            return os.waitstatus_to_exitcode(status)
        if not told and not goes_on():
            told = True
            os.kill(relay, signal.SIGTERM)
        time.sleep(_LOOKS_EVERY)


@contextmanager
def _ended_by_signals(stop: Stop) -> Iterator[None]:
    before = {each: signal.signal(each, lambda *_: stop()) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
