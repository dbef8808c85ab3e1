"""The database of a phone system, which is not ours: short waits, small pools, no schema of ours but the ledger."""

from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url

_CONNECT_WAIT = 5
_PATIENCE = 10


def open_phone_database(url: str) -> Engine:
    """An engine that gives up soon: a phone system that does not answer must not keep a relay's threads."""
    if url.startswith("sqlite"):
        return _sqlite(url)
    patience = _PATIENCE * 1000
    return create_engine(
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
