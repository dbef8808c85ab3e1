"""What all processes remember of attempts to sign in: failed ones, and the nonces of those that succeeded."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from provisioning.persistence.base import Base, Moment, key_text
from provisioning.persistence.deletion import delete_some

_FREE = 4
_LONGEST_WAIT = 15 * 60
_FORGIVEN_AFTER = timedelta(days=1)
# Longer than the time in which a message with that nonce could come again.
_NONCES_KEPT = timedelta(minutes=10)


class FailedAttempts(Base):
    """How often somebody failed to be one client from one place. The key is a digest of both."""

    __tablename__ = "failed_attempts"

    key: Mapped[str] = mapped_column(key_text(64), primary_key=True)
    failures: Mapped[int] = mapped_column()
    last_at: Mapped[datetime] = mapped_column(Moment, index=True)
    locked_until: Mapped[datetime] = mapped_column(Moment)


class UsedNonce(Base):
    """A message that was accepted. The key is the promise: of several copies one gets in."""

    __tablename__ = "used_nonces"

    key: Mapped[str] = mapped_column(key_text(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, index=True)


def wait_after(failures: int) -> timedelta:
    """How long nobody gets in: nothing after a few failures, then twice as long each time, up to a quarter hour."""
    if failures <= _FREE:
        return timedelta(0)
    return timedelta(seconds=min(2 ** (failures - _FREE - 1), _LONGEST_WAIT))


def count_failure(db: Session, key: str, now: datetime) -> None:
    """One more failure; after a day without any they are forgiven."""
    forgiven = FailedAttempts.last_at < now - _FORGIVEN_AFTER
    one_more = _insert(db, FailedAttempts).values(key=key, failures=1, last_at=now, locked_until=now)
    one_more = one_more.on_conflict_do_update(
        index_elements=["key"],
        set_={"failures": case((forgiven, 1), else_=FailedAttempts.failures + 1), "last_at": now},
    )
    failures = db.execute(one_more.returning(FailedAttempts.failures)).scalar_one()
    locked = update(FailedAttempts).where(FailedAttempts.key == key)
    db.execute(locked.values(locked_until=now + wait_after(failures)))


def forgive(db: Session, key: str) -> None:
    db.execute(delete(FailedAttempts).where(FailedAttempts.key == key))


def is_first_use(db: Session, key: str, now: datetime) -> bool:
    """Remember a nonce; false when it was used before, or is at this moment by another copy of the message."""
    once = _insert(db, UsedNonce).values(key=key, at=now).on_conflict_do_nothing()
    return db.execute(once.returning(UsedNonce.key)).first() is not None


def forget_old(db: Session, now: datetime, most: int = 1000) -> int:
    """Delete some of what no judgement needs any longer; how much."""
    return delete_some(db, UsedNonce, UsedNonce.at < now - _NONCES_KEPT, most) + delete_some(
        db, FailedAttempts, FailedAttempts.last_at < now - _FORGIVEN_AFTER, most
    )


def _insert(db: Session, table: type[Base]) -> Any:
    """Both databases can settle a conflict in the insert itself; SQLAlchemy has one for each."""
    of = postgresql if db.get_bind().dialect.name == "postgresql" else sqlite
    return of.insert(table)
