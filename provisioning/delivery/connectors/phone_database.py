"""The database of a phone system, which is not ours: short waits, small pools, no schema of ours but the ledger."""

from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus
from sqlalchemy import Engine, create_engine, event, make_url

_CONNECT_WAIT = 5
_PATIENCE = 10
# The server ends by itself what takes longer than patience has it, unless it is frozen or the line is dead.
_SILENCE = _PATIENCE + 2
_LOOKS_EVERY = 0.1

_Answer = TypeVar("_Answer")


class _Impatient(psycopg.Connection[Any]):
    """A connection that waits for no answer for ever."""

    def wait(
        self, gen: PQGen[_Answer], interval: float = _LOOKS_EVERY, timeout: float | None = None
    ) -> _Answer:
        try:
            return super().wait(gen, interval, _SILENCE if timeout is None else timeout)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:  # the answer is still to come
                self.close()
            raise


def open_phone_database(url: str) -> Engine:
    """An engine that gives up soon: a phone system that does not answer must not keep a relay's threads."""
    if url.startswith("sqlite"):
        return _sqlite(url)
    patience = _PATIENCE * 1000
    engine = create_engine(
        url,
        pool_size=4,
        max_overflow=8,
        pool_timeout=_PATIENCE,
        hide_parameters=True,
        connect_args={
            "connect_timeout": _CONNECT_WAIT,
            "tcp_user_timeout": patience,
            "options": f"-c lock_timeout={patience} -c statement_timeout={patience}",
        },
    )
    event.listen(engine, "do_connect", _connect)
    return engine


def _connect(_: Any, __: Any, arguments: list[Any], options: dict[str, Any]) -> _Impatient:
    return _Impatient.connect(*arguments, **options)


def _sqlite(url: str) -> Engine:
    """One connection: SQLite has one writer anyway, and waiting for the pool is fairer than its busy handler.

    A file that is not there is an error: an empty one made in its place would hide that.
    """
    path = make_url(url).database
    engine = create_engine(
        f"sqlite:///file:{path}?mode=rw&uri=true",
        pool_size=1,
        max_overflow=0,
        pool_timeout=_PATIENCE,
        hide_parameters=True,
        connect_args={"check_same_thread": False, "timeout": _CONNECT_WAIT},
    )
    event.listen(engine, "connect", _leave_transactions_to_us)
    event.listen(engine, "begin", _begin)
    return engine


def _leave_transactions_to_us(connection: Any, _: Any) -> None:
    connection.isolation_level = None


def _begin(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
