"""One engine per kind of database, behind one face: ``reading()`` and ``writing()``."""

import fcntl
import hashlib
import os
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Engine, column, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from provisioning.persistence.base import Base
from provisioning.persistence.hot import HotSession, hot
from provisioning.persistence.reading import Pooled, one_for_each_thread, reading_from

OUTBOX_CHANNEL = "provisioning_outbox"


class DatabaseBusy(Exception):
    """A write did not get its turn in time."""


class KeyHeld(Exception):
    """Another call works on the same key at this moment."""


class WouldWait(BaseException):
    """Something that takes its time was about to begin where others would wait for it. Nothing is done yet.

    Not an Exception: it is none of those that become faults on their way.
    """


_here = threading.local()


@contextmanager
def not_waiting() -> Iterator[None]:
    """In this thread and meanwhile, who is about to write gets WouldWait."""
    _here.must_not_wait = True
    try:
        yield
    finally:
        _here.must_not_wait = False


def expect_waiting() -> None:
    """Say that this will take its time: WouldWait, where others would wait for it."""
    if getattr(_here, "must_not_wait", False):
        raise WouldWait


class Database(Protocol):
    """What the dispatcher needs of a database."""

    engine: Engine

    def reading(self) -> AbstractContextManager[Session]:
        """A session for reads; nothing of it is kept."""

    def writing(self, key: str | None = None) -> AbstractContextManager[Session]:
        """A session for writes; rolled back unless committed inside.

        With a key, no other call of any process works on the same key meanwhile: it would get KeyHeld.
        A killed process lets its keys go.
        """

    def is_held(self, db: Session, key: str) -> bool:
        """Whether a call of any process works on this key at this moment."""

    def writer_number(self, db: Session) -> int:
        """The number that orders writers in the change feed."""

    def announce(self) -> None:
        """Tell the relays of all hosts that there is something to deliver. They would find it anyway, later."""


def open_database(url: str, *, threads: int = 4, lock_wait: int = 10) -> Database:
    """The database of a URL, sqlite:/// or postgresql+psycopg://."""
    if url.startswith("sqlite"):
        return SqliteDatabase(url, lock_wait)
    return PostgresDatabase(url, threads, lock_wait)


def violated(error: IntegrityError) -> str | None:
    """The name of the unique constraint or index that a statement ran into.

    PostgreSQL says it; SQLite says which columns, and the declared metadata knows whose they are.
    """
    diagnosis = getattr(error.orig, "diag", None)
    if diagnosis is not None:
        return str(diagnosis.constraint_name) if diagnosis.constraint_name else None
    message = str(error.orig)
    _, colon, columns = message.partition("UNIQUE constraint failed: ")
    return _unique_names().get(columns) if colon else None


def _unique_names() -> dict[str, str]:
    names: dict[str, str] = {}
    for table in Base.metadata.tables.values():
        uniques: list[Any] = [index for index in table.indexes if index.unique]
        uniques += [
            each
            for each in table.constraints
            if each.__visit_name__ in {"unique_constraint", "primary_key_constraint"}
        ]
        for unique in uniques:
            columns = ", ".join(f"{table.name}.{column.name}" for column in unique.columns)
            names[columns] = str(unique.name)
    return names


# Linux's struct flock: type, whence, start, length, process.
_FLOCK = "hhqqi4x"


_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "temp_store=MEMORY",
    "cache_size=-16384",  # in KiB; the usual 2,000 hold no tenth of the indexes of 10,000 users
    "wal_autocheckpoint=4000",  # pages of the log: those written again and again meanwhile are moved once
)


class SqliteDatabase:
    """WAL, synchronous=FULL, one writer at a time in all processes by a lock on a file beside the database.

    SQLite's own busy handler sleeps in growing steps and starves writers; a lock hands over at once.
    """

    def __init__(self, url: str, lock_wait: int = 10) -> None:
        path = make_url(url).database
        if not path or path == ":memory:":
            raise ValueError("The SQLite database must be a file.")
        self._lock_wait = lock_wait
        self._turn = threading.Lock()
        self._held: set[int] = set()
        self._held_lock = threading.Lock()
        self._lock_path = Path(f"{path}.lock")
        self._lock_fd = -1
        self._lock_pid = 0
        self.engine = create_engine(
            url, hide_parameters=True, connect_args={"check_same_thread": False, "timeout": lock_wait}
        )
        event.listen(self.engine, "connect", self._on_connect)
        event.listen(self.engine, "begin", self._on_begin)
        self._reader = self.engine.execution_options(reads=True)
        self._borrow = one_for_each_thread(self.engine)

    @staticmethod
    def _on_connect(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @staticmethod
    def _on_begin(connection: Any) -> None:
        """Reads are without a transaction, as on PostgreSQL: each statement sees what is committed."""
        options = connection.get_execution_options()
        if not options.get("reads", False):
            connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes", False) else "BEGIN")

    def _file(self) -> int:
        """The lock file's descriptor, opened once in each process: a fork must not share its parent's."""
        if self._lock_pid != os.getpid():
            self._lock_fd = os.open(self._lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            self._lock_pid = os.getpid()
        return self._lock_fd

    def reading(self) -> AbstractContextManager[Session]:
        return reading_from(self._reader, self._borrow)

    @contextmanager
    def writing(self, key: str | None = None) -> Iterator[Session]:
        expect_waiting()
        with ExitStack() as stack:
            if key is not None:
                stack.enter_context(self._holding(_slot(key)))
            stack.enter_context(self._one_writer())
            connection = stack.enter_context(self.engine.connect()).execution_options(writes=True)
            yield stack.enter_context(HotSession(connection, expire_on_commit=False))

    @contextmanager
    def _one_writer(self) -> Iterator[None]:
        if not self._turn.acquire(timeout=self._lock_wait):
            raise DatabaseBusy
        try:
            self._wait_for_file()
            try:
                yield
            finally:
                fcntl.flock(self._file(), fcntl.LOCK_UN)
        finally:
            self._turn.release()

    def _wait_for_file(self) -> None:
        deadline = time.monotonic() + self._lock_wait
        while True:
            try:
                fcntl.flock(self._file(), fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise DatabaseBusy from None
                time.sleep(0.0005)
            else:
                return

    @contextmanager
    def _holding(self, slot: int) -> Iterator[None]:
        with self._held_lock:
            if slot in self._held or not self._try_slot(slot):
                raise KeyHeld
            self._held.add(slot)
        try:
            yield
        finally:
            with self._held_lock:
                self._slot_lock(fcntl.F_OFD_SETLK, fcntl.F_UNLCK, slot)
                self._held.discard(slot)

    def _try_slot(self, slot: int) -> bool:
        try:
            self._slot_lock(fcntl.F_OFD_SETLK, fcntl.F_WRLCK, slot)
        except BlockingIOError:
            return False
        return True

    def is_held(self, db: Session, key: str) -> bool:  # noqa: ARG002 - PostgreSQL needs it
        slot = _slot(key)
        return slot in self._held or self._slot_lock(fcntl.F_OFD_GETLK, fcntl.F_WRLCK, slot) != fcntl.F_UNLCK

    def _slot_lock(self, command: int, kind: int, slot: int) -> int:
        """Take, free or look at the lock of one octet of the lock file; the kind of lock that was found.

        Such a lock belongs to the open file, so a second engine in the same process respects it as well.
        """
        asked = struct.pack(_FLOCK, kind, os.SEEK_SET, slot, 1, 0)
        return int(struct.unpack(_FLOCK, fcntl.fcntl(self._file(), command, asked))[0])

    def writer_number(self, db: Session) -> int:  # noqa: ARG002 - likewise
        return 0

    def announce(self) -> None:
        """Every commit shows in PRAGMA data_version, which costs a relay next to nothing to read."""


_TRY_KEY = hot(text("SELECT pg_try_advisory_xact_lock(:key)").columns(column("taken")))
_IS_HELD = hot(
    text(
        "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1"
        " AND classid::bigint = CAST(:key AS bigint) >> 32 AND objid::bigint = CAST(:key AS bigint) & 4294967295"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
    ).columns(column("held"))
)
_WRITER = hot(text("SELECT pg_current_xact_id()::text::bigint").columns(column("number")))
_NOTIFY = hot(text(f"NOTIFY {OUTBOX_CHANNEL}"))


class PostgresDatabase:
    """READ COMMITTED with row locks for writes; reads without a transaction."""

    def __init__(self, url: str, threads: int = 4, lock_wait: int = 10) -> None:
        options = f"-c timezone=UTC -c lock_timeout={lock_wait * 1000} -c statement_timeout=60000"
        self.engine = create_engine(
            url,
            pool_size=threads,
            max_overflow=threads,
            pool_timeout=lock_wait,
            hide_parameters=True,
            connect_args={"connect_timeout": 5, "options": options},
        )
        self._reader = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._borrow = partial(Pooled, self.engine)

    def reading(self) -> AbstractContextManager[Session]:
        return reading_from(self._reader, self._borrow)

    @contextmanager
    def writing(self, key: str | None = None) -> Iterator[Session]:
        expect_waiting()
        with HotSession(self.engine, expire_on_commit=False) as db:
            if key is not None and not db.execute(_TRY_KEY, {"key": _slot(key)}).scalar_one():
                raise KeyHeld
            yield db

    def is_held(self, db: Session, key: str) -> bool:
        return bool(db.execute(_IS_HELD, {"key": _slot(key)}).scalar_one())

    def writer_number(self, db: Session) -> int:
        return int(db.execute(_WRITER).scalar_one())

    def announce(self) -> None:
        """After the commit, not in it: a commit that notifies holds a lock of the whole server while it syncs."""
        with suppress(DBAPIError, PoolTimeout), self.reading() as db:
            db.execute(_NOTIFY)


def _slot(key: str) -> int:
    return int.from_bytes(hashlib.sha256(key.encode("utf-8")).digest()[:8], "big", signed=True) & (
        (1 << 62) - 1
    )
