"""Compare a phone system with the database: report what differs, or have the relay mend it.

Users and what the phone system knows of them are read side by side in the order of identifiers, some hundred
at a time: memory does not grow with their number, and who was interrupted goes on where the last step ended.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from provisioning.application import Application
from provisioning.delivery.connectors import open_connector
from provisioning.delivery.connectors.base import Connector
from provisioning.delivery.phone_state import read_states
from provisioning.kernel.clock import new_id
from provisioning.kernel.outbox import OutboxRow, OutboxState, Topic
from provisioning.persistence.base import table_of
from provisioning.phone_systems import PhoneSystem
from provisioning.reconciliations import Difference, Drift
from provisioning.users import User

_AT_A_TIME = 500
_SEND_AGAIN = insert(table_of(OutboxRow))


@dataclass(frozen=True, slots=True)
class Compared:
    """Some users side by side; ``last`` is the one behind whom it goes on, None when there are no more."""

    users: int
    last: str | None
    differences: tuple[Difference, ...]

    @property
    def to_mend(self) -> frozenset[str]:
        """Users whose states the phone system has to be sent again. What is not ours stays as it is."""
        return frozenset(each.user_id for each in self.differences if each.drift is not Drift.FOREIGN)


def walk(application: Application, system: PhoneSystem, after: str = "") -> Iterator[Compared]:
    """All users of the provider behind one, step by step: what is not in the phone system as it should be, and
    what is too much there.

    What the relay has still to deliver is no difference. Rows that are not ours are never looked at, unless
    one stands where a row of ours should be.
    """
    with closing(open_connector(system, application.keys)) as connector:
        behind: str | None = after
        while behind is not None:
            user_ids, behind = _next_users(application, system, connector, behind)
            found = _settled_differences(application, system, connector, user_ids)
            yield Compared(len(user_ids), behind, tuple(found))


def compare(application: Application, system: PhoneSystem) -> Iterator[Difference]:
    """Everything that differs."""
    for compared in walk(application, system):
        yield from compared.differences


def repair(application: Application, system: PhoneSystem) -> Iterator[Difference]:
    """The same, and the relay is told to send these users' states again."""
    transaction_id = new_id()
    for compared in walk(application, system):
        if compared.to_mend:
            with application.database.writing() as db:
                send_again(application, db, system, compared.to_mend, transaction_id)
                db.commit()
            application.database.announce()
        yield from compared.differences


def send_again(
    application: Application,
    db: Session,
    system: PhoneSystem,
    user_ids: Collection[str],
    transaction_id: str,
) -> None:
    """Have the relay send these users' states once more, after the commit."""
    now = application.dispatcher.clock()
    users = db.execute(select(User.id, User.company_id).where(User.id.in_(user_ids)))
    companies = {row.id: row.company_id for row in users}
    rows = [
        {
            "topic": Topic.PHONE,
            "subject_id": user_id,
            "target_id": system.id,
            "provider_id": system.provider_id,
            "company_id": companies.get(user_id),
            "transaction_id": transaction_id,
            "created_at": now,
            "due_at": now,
        }
        for user_id in sorted(user_ids)
    ]
    if rows:
        db.execute(_SEND_AGAIN, rows)


def _next_users(
    application: Application, system: PhoneSystem, connector: Connector, after: str
) -> tuple[list[str], str | None]:
    """Users behind one, known to the database or to the phone system, and up to whom these are all."""
    with application.database.reading() as db:
        ours = list(
            db.scalars(
                select(User.id)
                .where(User.provider_id == system.provider_id, User.id > after)
                .order_by(User.id)
                .limit(_AT_A_TIME)
            )
        )
    theirs = list(connector.known_users(after, _AT_A_TIME))
    full = [each[-1] for each in (ours, theirs) if len(each) == _AT_A_TIME]
    last = min(full, default=None)
    return sorted({each for each in (*ours, *theirs) if last is None or each <= last}), last


def _settled_differences(
    application: Application, system: PhoneSystem, connector: Connector, user_ids: list[str]
) -> Iterator[Difference]:
    """Differences that a second look finds too, of users of whom nothing is on its way before or after it."""
    suspects = {each.user_id for each in _differences(application, connector, user_ids)}
    suspects -= _on_their_way(application, system, suspects)
    found = _differences(application, connector, suspects)
    delivered_soon = _on_their_way(application, system, {each.user_id for each in found})
    yield from (each for each in found if each.user_id not in delivered_soon)


def _differences(application: Application, connector: Connector, user_ids: Iterable[str]) -> list[Difference]:
    wanted = sorted(user_ids)
    if not wanted:
        return []
    with application.database.reading() as db:
        states = read_states(application, db, wanted)
    return list(connector.differences(states))


def _on_their_way(application: Application, system: PhoneSystem, user_ids: Collection[str]) -> set[str]:
    waiting = select(OutboxRow.subject_id).where(
        OutboxRow.topic == Topic.PHONE,
        OutboxRow.target_id == system.id,
        OutboxRow.state == OutboxState.WAITING,
        OutboxRow.subject_id.in_(user_ids),
    )
    with application.database.reading() as db:
        return set(db.scalars(waiting))
