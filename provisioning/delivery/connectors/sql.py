"""Connectors to phone systems that read their accounts from SQL tables.

What such a phone system is, a subclass says by one function: the rows of a state. All else is here.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import ClassVar

from sqlalchemy import Connection
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError

from provisioning.delivery.connectors.base import (
    NotAccepted,
    NotOurs,
    PhoneSystemError,
    Taken,
    Unavailable,
)
from provisioning.delivery.connectors.ledger import METADATA, Entry, Ledger, Name
from provisioning.delivery.connectors.phone_database import open_phone_database
from provisioning.delivery.connectors.rows import Found, Keyed, Row
from provisioning.kernel.phone_state import HeldNumber, PhoneState, SipAccount, SipPurpose
from provisioning.reconciliations import Difference, Drift

_EVERYTHING = PhoneState(
    user_id="",
    version=0,
    exists=True,
    extension="0",
    voicemail=True,
    sip_accounts=(SipAccount(purpose=SipPurpose.REGISTRATION, username="", secret=""),),
    numbers=(HeldNumber(number=""),),
)

Wanted = dict[Name, tuple[str, Row]]
Ours = Mapping[Name, Entry]


class SqlConnector(ABC):
    """Compares the rows that should be with those that are, and writes the difference in one transaction."""

    tables: ClassVar[tuple[Keyed, ...]]

    def __init__(self, url: str, provider_id: str) -> None:
        self.provider_id = provider_id
        self.engine = open_phone_database(url)
        self._tables = {each.name: each for each in self.tables}

    @abstractmethod
    def rows_of(self, state: PhoneState) -> Iterator[Row]:
        """The rows of a user who exists. No two have one name."""

    def cut_off(self, connection: Connection, touched: Collection[Name]) -> None:  # noqa: B027 - most need none
        """End what would outlive rows that were deleted or changed: the registrations of phones."""

    def check(self) -> None:
        with self._connected() as connection:
            sample = {row.name: (user_id, row) for user_id, row in self._rows([_EVERYTHING])}
            self._find(connection, {}, sample)
            Ledger(connection, self.provider_id).users_after("", 1)
            self.cut_off(connection, sample)

    def prepare(self) -> None:
        with self._connected() as connection:
            METADATA.create_all(connection)
            connection.commit()

    def close(self) -> None:
        self.engine.dispose()

    def known_users(self, after: str, most: int) -> list[str]:
        with self._connected() as connection:
            return Ledger(connection, self.provider_id).users_after(after, most)

    def apply(self, *states: PhoneState) -> None:
        with self._connected() as connection:
            ledger = Ledger(connection, self.provider_id)
            ledger.lock(states)
            ours = ledger.of_users(each.user_id for each in states)
            wanted: Wanted = {}
            for user_id, row in self._rows(states):
                if row.name in wanted:
                    raise Taken(row.name[1], wanted[row.name][0])
                wanted[row.name] = user_id, row
            found = self._find(connection, ours, wanted)
            touched = [name for name in ours if name not in wanted]
            for name in touched:
                self._take_away(ledger, name, found[name])
            self._refuse_taken(ledger, ours, wanted, found)
            entries = {name: self._put(ledger, name, ours, wanted, found[name]) for name in wanted}
            touched += [name for name, (_, changed) in entries.items() if changed]
            ledger.enter({name: entry for name, (entry, _) in entries.items() if ours.get(name) != entry})
            self.cut_off(connection, touched)
            connection.commit()
            if touched:  # a phone may have come back meanwhile, with what was true until the commit
                self.cut_off(connection, touched)
                connection.commit()

    def differences(self, states: Mapping[str, PhoneState]) -> Iterator[Difference]:
        wanted: Wanted = {}
        for user_id, row in self._rows(states.values()):
            if row.name in wanted:
                yield Difference(user_id, Drift.FOREIGN, *row.name)
            else:
                wanted[row.name] = user_id, row
        with self._connected() as connection:
            ours = Ledger(connection, self.provider_id).of_users(states)
            found = self._find(connection, ours, wanted)
        for name, entry in ours.items():
            if name not in wanted and found[name].ours is not None:
                yield Difference(entry.user_id, Drift.EXTRA, *name)
        for name, (user_id, row) in wanted.items():
            yield from _difference(user_id, row, found[name])

    def _rows(self, states: Iterable[PhoneState]) -> Iterator[tuple[str, Row]]:
        for state in states:
            if state.exists:
                yield from ((state.user_id, row) for row in self.rows_of(state))

    def _find(self, connection: Connection, ours: Ours, wanted: Wanted) -> dict[Name, Found]:
        """What stands in the phone system under the names that are ours or should be."""
        found: dict[Name, Found] = dict.fromkeys((*ours, *wanted), Found())
        for keyed in self.tables:
            rows = [row for _, row in wanted.values() if row.table == keyed.name]
            row_ids = [entry.row_id for name, entry in ours.items() if name[0] == keyed.name]
            more = {column for row in rows for column in row.values}
            for stored in keyed.read(connection, [row.key for row in rows], row_ids, more):
                name = keyed.name_of(stored)
                before = found.get(name, Found())
                if name in ours and ours[name].row_id == str(stored[keyed.row_id]):
                    found[name] = Found(stored, before.others)
                else:
                    found[name] = Found(before.ours, before.others + 1)
        return found

    def _take_away(self, ledger: Ledger, name: Name, found: Found) -> None:
        if found.ours is not None:
            self._tables[name[0]].delete(ledger.connection, found.ours)
        ledger.strike(name)

    def _put(
        self, ledger: Ledger, name: Name, ours: Ours, wanted: Wanted, found: Found
    ) -> tuple[Entry, bool]:
        """Make a row as it should be; what is to be entered of it, and whether another of ours was in its place."""
        user_id, row = wanted[name]
        keyed = self._tables[row.table]
        if found.ours is None:
            row_id, changed = keyed.make(ledger.connection, row), False
        else:
            row_id, columns = ours[name].row_id, row.differing(found.ours)
            changed = bool(columns)
            if changed:
                keyed.change(ledger.connection, found.ours, {each: row.values[each] for each in columns})
        entry = Entry(user_id, row_id)
        if name in ours and ours[name] != entry:
            ledger.strike(name)
        return entry, changed or (name in ours and ours[name].user_id != user_id)

    @staticmethod
    def _refuse_taken(ledger: Ledger, ours: Ours, wanted: Wanted, found: Mapping[Name, Found]) -> None:
        new = [name for name in wanted if found[name].ours is None]
        for name, holder in ledger.holders_of([each for each in new if each not in ours]).items():
            raise Taken(name[1], holder)
        for name in new:
            if found[name].others:
                raise NotOurs(f"{name[0]} has a row {name[1]} that is not ours")

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        """A connection in a transaction that is rolled back unless committed; failures in our own terms."""
        try:
            with self.engine.connect() as connection:
                yield connection
        except PhoneSystemError:
            raise
        except (DataError, IntegrityError) as error:
            raise NotAccepted(_said(error)) from error
        except (SQLAlchemyError, OSError) as error:
            raise Unavailable(_said(error)) from error


def _difference(user_id: str, row: Row, found: Found) -> Iterator[Difference]:
    if found.ours is None:
        yield Difference(user_id, Drift.FOREIGN if found.others else Drift.MISSING, *row.name)
    elif columns := row.differing(found.ours):
        yield Difference(user_id, Drift.DIFFERENT, *row.name, tuple(columns))


def _said(error: Exception) -> str:
    """The first line of what the database said, without the statement."""
    said = str(error.orig) if isinstance(error, DBAPIError) else str(error)
    return f"{type(error).__name__}: {said.strip().partition(chr(10))[0]}"[:300]
