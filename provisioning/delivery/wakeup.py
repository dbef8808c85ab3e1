"""How a relay learns at once that there is something to do. When a wake-up is lost, it looks once a second."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from threading import Event, Thread

import psycopg
import structlog
from sqlalchemy import Engine

from provisioning.persistence.engine import OUTBOX_CHANNEL

log = structlog.get_logger("provisioning.delivery")

_LOOKS_EVERY = 0.02
_NOTICES_THE_END_AFTER = 0.5
_UNTIL_CONNECTED = 1.0

Stir = Callable[[], None]


@contextmanager
def woken_by(engine: Engine, stir: Stir) -> Iterator[None]:
    """Call ``stir`` after commits that left something to deliver, as long as the block runs."""
    ended = Event()
    watch = _watch_postgres if engine.dialect.name == "postgresql" else _watch_sqlite
    thread = Thread(target=watch, args=(engine, stir, ended), name="relay-wakeup", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _watch_sqlite(engine: Engine, stir: Stir, ended: Event) -> None:
    """A connection's data_version differs after commits of others; reading it costs some microseconds."""
    with closing(sqlite3.connect(engine.url.database or "")) as connection:
        seen = None
        while not ended.wait(_LOOKS_EVERY):
            (version,) = connection.execute("PRAGMA data_version").fetchone()
            if version != seen:
                seen = version
                stir()


def _watch_postgres(engine: Engine, stir: Stir, ended: Event) -> None:
    while not ended.is_set():
        try:
            _listen(engine, stir, ended)
        except psycopg.Error as error:
            log.warning("not listening for wake-ups", error=type(error).__name__)
            ended.wait(_UNTIL_CONNECTED)


def _listen(engine: Engine, stir: Stir, ended: Event) -> None:
    _, where = engine.dialect.create_connect_args(engine.url)  # as SQLAlchemy reads it: of several hosts, say
    with psycopg.connect(**{"connect_timeout": 5, **where, "autocommit": True}) as connection:
        connection.execute(f"LISTEN {OUTBOX_CHANNEL}")
        stir()
        while not ended.is_set():
            for _ in connection.notifies(timeout=_NOTICES_THE_END_AFTER, stop_after=1):
                stir()
