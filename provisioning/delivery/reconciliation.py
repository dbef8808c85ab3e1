"""Compare a phone system with the database: report what differs, or have the relay mend it.

Users and what the phone system knows of them are read side by side in the order of identifiers, some hundred
at a time: memory does not grow with their number.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import closing

from sqlalchemy import insert, select

from provisioning.application import Application
from provisioning.delivery.connectors import open_connector
from provisioning.delivery.connectors.base import Connector, Difference, Drift
from provisioning.delivery.phone_state import read_states
from provisioning.kernel.clock import new_id
from provisioning.kernel.outbox import OutboxRow, OutboxState, Topic
from provisioning.phone_systems import PhoneSystem
from provisioning.users import User

_AT_A_TIME = 500


def compare(application: Application, system: PhoneSystem) -> Iterator[Difference]:
    """What of the provider's users is not in the phone system as it should be, and what is too much there.

    What the relay has still to deliver is no difference. Rows that are not ours are never looked at, unless
    one stands where a row of ours should be.
    """
    with closing(open_connector(system, application.keys)) as connector:
        after: str | None = ""
        while after is not None:
            user_ids, after = _next_users(application, system, connector, after)
            yield from _settled_differences(application, system, connector, user_ids)


def repair(application: Application, system: PhoneSystem) -> Iterator[Difference]:
    """The same, and the relay is told to send these users' states again; what is not ours stays as it is."""
    to_mend: set[str] = set()
    for difference in compare(application, system):
        yield difference
        if difference.drift is not Drift.FOREIGN:
            to_mend.add(difference.user_id)
        if len(to_mend) >= _AT_A_TIME:
            _send_again(application, system, to_mend)
            to_mend.clear()
    if to_mend:
        _send_again(application, system, to_mend)


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


def _differences(
    application: Application, connector: Connector, user_ids: Collection[str]
) -> list[Difference]:
    if not user_ids:
        return []
    with application.database.reading() as db:
        states = read_states(application, db, sorted(user_ids))
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


def _send_again(application: Application, system: PhoneSystem, user_ids: Iterable[str]) -> None:
    now, transaction_id = application.dispatcher.clock(), new_id()
    rows = [
        {
            "topic": Topic.PHONE,
            "subject_id": user_id,
            "target_id": system.id,
            "provider_id": system.provider_id,
            "transaction_id": transaction_id,
            "created_at": now,
            "due_at": now,
        }
        for user_id in sorted(user_ids)
    ]
    with application.database.writing() as db:
        db.execute(insert(OutboxRow), rows)
        db.commit()
    application.database.announce()
