"""Queries of the phone systems room."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, func, insert, literal, select, text
from sqlalchemy.orm import Session

from provisioning.kernel.errors import NotFound
from provisioning.kernel.outbox import OutboxRow, OutboxState, Topic
from provisioning.kernel.secrets import KeyRing
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.persistence.base import table_of
from provisioning.persistence.hot import hot
from provisioning.phone_systems.model import PhoneSystem

_systems = table_of(PhoneSystem)
_SERVING = hot(select(_systems.c.id).where(_systems.c.provider_id == bindparam("provider_id")))
_AGAIN = (
    *("topic", "subject_id", "target_id", "provider_id", "company_id"),
    *("transaction_id", "state", "attempts", "created_at", "due_at"),
)
_NOBODY_WRITES = text("LOCK TABLE phone_systems IN ACCESS EXCLUSIVE MODE")


def serving(db: Session, provider_id: str) -> tuple[str, ...]:
    """The phone systems that have to be told of a provider's users."""
    return tuple(db.execute(_SERVING, {"provider_id": provider_id}).scalars())


def stop_writers(db: Session) -> None:
    """Wait for the calls that have asked who serves a provider, and let new ones wait for this one.

    So whoever reads all users after a phone system was added misses none: a call either was over before, and
    is seen, or tells the new phone system itself. SQLite has but one writer.
    """
    if db.get_bind().dialect.name == "postgresql":
        db.execute(_NOBODY_WRITES)


def find_phone_system(unit: UnitOfWork, name: str, *, field: str = "name", lock: bool = False) -> PhoneSystem:
    statement = select(PhoneSystem).where(
        PhoneSystem.provider_id == unit.caller.provider_id, PhoneSystem.name == name
    )
    found = unit.db.scalars(statement.with_for_update() if lock else statement).one_or_none()
    if found is None:
        raise NotFound(field=field, object=name, what="phone system")
    return found


def phone_systems(db: Session, provider_id: str) -> Sequence[PhoneSystem]:
    return db.scalars(
        select(PhoneSystem).where(PhoneSystem.provider_id == provider_id).order_by(PhoneSystem.name)
    ).all()


def phone_systems_by_id(db: Session, ids: Collection[str]) -> dict[str, PhoneSystem]:
    found = db.scalars(select(PhoneSystem).where(PhoneSystem.id.in_(ids)))
    return {each.id: each for each in found}


def disabled(db: Session) -> frozenset[str]:
    """The phone systems that must not be spoken to."""
    return frozenset(db.scalars(select(PhoneSystem.id).where(PhoneSystem.enabled.is_(False))))


def users_waiting(db: Session, phone_system_id: str) -> dict[str, int]:
    """How many users a phone system has to be told of, by the state of their rows."""
    rows = db.execute(
        select(OutboxRow.state, func.count(OutboxRow.subject_id.distinct()))
        .where(OutboxRow.topic == Topic.PHONE, OutboxRow.target_id == phone_system_id)
        .group_by(OutboxRow.state)
    )
    return {OutboxState(state): count for state, count in rows}


def tell_again(db: Session, phone_system_id: str, now: datetime) -> None:
    """Another row for each user of whom one waits: a relay that has taken that one may know the former place only."""
    rows = table_of(OutboxRow)
    users = (
        select(
            rows.c.topic,
            rows.c.subject_id,
            rows.c.target_id,
            rows.c.provider_id,
            func.max(rows.c.company_id),
            func.max(rows.c.transaction_id),
            rows.c.state,
            literal(0),
            literal(now, rows.c.due_at.type),
            literal(now, rows.c.due_at.type),
        )
        .where(
            rows.c.topic == Topic.PHONE,
            rows.c.target_id == phone_system_id,
            rows.c.state == OutboxState.WAITING,
        )
        .group_by(rows.c.topic, rows.c.subject_id, rows.c.target_id, rows.c.provider_id, rows.c.state)
    )
    db.execute(insert(rows).from_select(_AGAIN, users))


def forget_waiting(db: Session, phone_system_id: str) -> None:
    db.execute(
        delete(OutboxRow).where(OutboxRow.topic == Topic.PHONE, OutboxRow.target_id == phone_system_id)
    )


def reseal(db: Session, keys: KeyRing) -> int:
    """Seal every URL under the first key of the ring; how many were under another one."""
    old = [
        each
        for each in db.scalars(select(PhoneSystem).with_for_update())
        if keys.needs_sealing_again(each.sealed_url)
    ]
    for each in old:
        each.seal_url(each.open_url(keys), keys)
    db.flush()
    return len(old)
