"""Reads outside of any transaction: a hot statement costs what the driver costs, no session is made for it."""

import os
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol, cast

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from provisioning.persistence.hot import HotSession, Prepared, prepared_for


class Borrowed(Protocol):
    """A connection of the driver on which each statement stands for itself."""

    driver: Any

    def give_back(self) -> None: ...

    def drop(self) -> None:
        """It has failed: nobody may have it again."""


Borrow = Callable[[], Borrowed]


@contextmanager
def reading_from(engine: Engine, borrow: Borrow) -> Iterator[Session]:
    """What reads need of a session; nothing of it is kept."""
    reading = _Reading(engine, borrow)
    try:
        yield cast("Session", reading)
    finally:
        reading.close()


class _Reading:
    """Runs hot statements on a borrowed connection, until another statement needs a session: then all go there.

    So nobody holds one connection of a pool and waits for a second one.
    """

    def __init__(self, engine: Engine, borrow: Borrow) -> None:
        self._engine = engine
        self._borrow = borrow
        self._borrowed: Borrowed | None = None
        self._session: Session | None = None

    def execute(self, statement: Any, params: Any = None, **more: Any) -> Any:
        prepared = prepared_for(statement, self._engine.dialect, params) if not more else None
        if prepared is None or self._session is not None:
            return self._whole().execute(statement, params, **more)
        try:
            if self._borrowed is None:
                self._borrowed = self._borrow()
            return prepared.fetch(self._borrowed.driver, params)
        except prepared.driver_error as error:
            self._let_go(prepared, error)
        # A session finds another connection, or says that there is none.
        return self._whole().execute(statement, params)

    def scalars(self, statement: Any, params: Any = None, **more: Any) -> Any:
        return self.execute(statement, params, **more).scalars()

    def get_bind(self) -> Engine:
        return self._engine

    def close(self) -> None:
        self._give_back()
        if self._session is not None:
            self._session.close()

    def _give_back(self) -> None:
        if self._borrowed is not None:
            self._borrowed.give_back()
            self._borrowed = None

    def _let_go(self, prepared: Prepared, error: Exception) -> None:
        """Of a connection that is lost; what is wrong otherwise would be wrong on every other one, too."""
        if self._borrowed is None:
            return
        named = prepared.named(error, self._borrowed.driver)
        if not named.connection_invalidated:
            raise named from error
        self._borrowed.drop()
        self._borrowed = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._whole(), name)

    def _whole(self) -> Session:
        if self._session is None:
            self._give_back()
            self._session = HotSession(self._engine, autoflush=False)
        return self._session


class Kept:
    """A connection of its own for a thread, for as long as it lives: to take one of a pool costs more than most reads."""

    def __init__(self, engine: Engine) -> None:
        self._process = 0
        self._connection = engine.raw_connection()
        self.driver: Any = self._connection.driver_connection
        self._connection.detach()
        self._process = os.getpid()

    def __del__(self) -> None:
        """The thread has ended, or nobody knows the database any more."""
        if self.is_usable:
            self.drop()

    @property
    def is_usable(self) -> bool:
        return self._process == os.getpid()

    def give_back(self) -> None: ...

    def drop(self) -> None:
        self._process = 0
        self._connection.close()


def one_for_each_thread(engine: Engine) -> Borrow:
    """They are closed when the engine is disposed of.

    That has to be done before a fork: SQLite in the child takes the locks that its parent holds for its own.
    """
    own = threading.local()
    every: weakref.WeakSet[Kept] = weakref.WeakSet()

    def borrow() -> Kept:
        kept: Kept | None = getattr(own, "kept", None)
        if kept is None or not kept.is_usable:
            kept = own.kept = Kept(engine)
            every.add(kept)
        return kept

    def close_all(_: Engine) -> None:
        for kept in tuple(every):
            if kept.is_usable:
                kept.drop()

    event.listen(engine, "engine_disposed", close_all)
    return borrow


class Pooled:
    """One of the pool's connections, without transactions meanwhile."""

    def __init__(self, engine: Engine) -> None:
        self._connection = engine.raw_connection()
        self.driver = cast("Any", self._connection.driver_connection)
        self.driver.autocommit = True

    def give_back(self) -> None:
        self.driver.autocommit = False
        self._connection.close()

    def drop(self) -> None:
        self._connection.invalidate()
        self._connection.close()
