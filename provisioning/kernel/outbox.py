"""What must reach the outside, kept in the call's own transaction and delivered afterwards."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, String, insert, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from provisioning.kernel.facts import Fact, Letter
from provisioning.persistence.base import Base, Id, Moment, table_of
from provisioning.persistence.hot import hot

Counter = BigInteger().with_variant(Integer, "sqlite")
PhoneSystemsOf = Callable[[str], Iterable[str]]
Posted = Sequence[tuple[Fact, Letter]]
# Keeps letters that are to be sent and gives the identifier of each, in their order.
Post = Callable[[Posted], Sequence[str]]


class Topic(StrEnum):
    """To whom a row goes: the phone systems of a provider, or a user's mailbox."""

    PHONE = "PHONE"
    MAIL = "MAIL"


class OutboxState(StrEnum):
    """WAITING until it is delivered, which takes the row away; FAILED when trying has been given up."""

    WAITING = "WAITING"
    FAILED = "FAILED"


class OutboxRow(Base):
    """One thing to make true outside, for one receiver: who it is about, and ``target_id``, where it goes.

    PHONE rows carry no verb: the state of the user is read when it is sent; their target is the phone system.
    MAIL rows name in ``object_id`` the delivery, in which the letter stands. A relay takes a row by putting its name into ``leased_by`` and ``due_at`` behind the time it needs at
    most: when it dies, the row is due again by itself.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_due", "state", "due_at"),
        Index("ix_outbox_subject_id", "subject_id", "id"),
        Index(
            "ix_outbox_object_id",
            "object_id",
            sqlite_where=text("object_id IS NOT NULL"),
            postgresql_where=text("object_id IS NOT NULL"),
        ),
        # A relay that was slow ends rows by their numbers: no other row may have got one meanwhile.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Counter, primary_key=True, autoincrement=True)
    topic: Mapped[str] = mapped_column(String(10))
    subject_id: Mapped[str] = mapped_column(Id)
    target_id: Mapped[str] = mapped_column(Id, default="")
    provider_id: Mapped[str] = mapped_column(Id)
    company_id: Mapped[str | None] = mapped_column(Id)
    transaction_id: Mapped[str] = mapped_column(Id)
    object_id: Mapped[str | None] = mapped_column(Id)
    state: Mapped[str] = mapped_column(String(10), default=OutboxState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime] = mapped_column(Moment)
    leased_by: Mapped[str | None] = mapped_column(String(80))
    last_error: Mapped[str | None] = mapped_column(String(500))


_ADD = hot(insert(table_of(OutboxRow)))


def enqueue(
    db: Session,
    facts: Iterable[Fact],
    transaction_id: str,
    now: datetime,
    *,
    phone_systems_of: PhoneSystemsOf,
    post: Post,
) -> set[Topic]:
    """Write the rows that the facts ask for; says of which topics there are any.

    A user whose provider has no phone system needs no telling: nothing is written, and nothing is pending.
    """
    told: set[tuple[str, str]] = set()
    letters: list[tuple[Fact, Letter]] = []
    rows: list[dict[str, Any]] = []
    common: dict[str, Any] = {"transaction_id": transaction_id, "created_at": now, "due_at": now}
    for fact in facts:
        letters += ((fact, letter) for letter in fact.letters)
        for target_id, user_id in _to_tell(fact, phone_systems_of):
            if (target_id, user_id) not in told:
                told.add((target_id, user_id))
                rows.append(common | _row(fact, Topic.PHONE, user_id, target_id))
    if letters:
        for (fact, letter), object_id in zip(letters, post(letters), strict=True):
            rows.append(common | _row(fact, Topic.MAIL, letter.user_id, "", object_id))
    if rows:
        db.execute(_ADD, rows)
    return {Topic(row["topic"]) for row in rows}


def _to_tell(fact: Fact, phone_systems_of: PhoneSystemsOf) -> Iterator[tuple[str, str]]:
    if fact.concerns:
        for target_id in phone_systems_of(fact.provider_id):
            yield from ((target_id, user_id) for user_id in fact.concerns)


def _row(
    fact: Fact, topic: Topic, subject_id: str, target_id: str, object_id: str | None = None
) -> dict[str, Any]:
    return {
        "topic": topic,
        "subject_id": subject_id,
        "target_id": target_id,
        "object_id": object_id,
        "provider_id": fact.provider_id,
        "company_id": fact.company_id,
    }
