"""What must reach the outside, kept in the call's own transaction and delivered afterwards."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, String, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from provisioning.kernel.facts import Fact
from provisioning.persistence.base import Base, Id, Json, Moment

Counter = BigInteger().with_variant(Integer, "sqlite")


class Topic(StrEnum):
    """To whom a row goes: the phone systems of a provider, or a user's mailbox."""

    PHONE = "PHONE"
    MAIL = "MAIL"


class OutboxRow(Base):
    """One thing to make true outside. PHONE rows carry no verb: the state of the user is read when it is sent."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_due", "state", "due_at"),
        Index("ix_outbox_subject_id", "subject_id", "id"),
    )

    id: Mapped[int] = mapped_column(Counter, primary_key=True, autoincrement=True)
    topic: Mapped[str] = mapped_column(String(10))
    subject_id: Mapped[str] = mapped_column(Id)
    provider_id: Mapped[str] = mapped_column(Id)
    company_id: Mapped[str | None] = mapped_column(Id)
    transaction_id: Mapped[str] = mapped_column(Id)
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    state: Mapped[str] = mapped_column(String(10), default="WAITING")
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime] = mapped_column(Moment)
    leased_until: Mapped[datetime | None] = mapped_column(Moment)
    leased_by: Mapped[str | None] = mapped_column(String(80))
    last_error: Mapped[str | None] = mapped_column(String(500))


def enqueue(db: Session, facts: Iterable[Fact], transaction_id: str, now: datetime) -> bool:
    """Write the rows that the facts ask for; says whether a phone system has to be told."""
    rows: list[dict[str, Any]] = []
    told: set[str] = set()
    for fact in facts:
        for user_id in fact.concerns:
            if user_id not in told:
                told.add(user_id)
                rows.append(_row(fact, Topic.PHONE, user_id, {}, transaction_id, now))
        for letter in fact.letters:
            payload = {"kind": letter.kind, **letter.detail}
            rows.append(_row(fact, Topic.MAIL, letter.user_id, payload, transaction_id, now))
    if rows:
        db.execute(insert(OutboxRow), rows)
    return bool(told)


def _row(
    fact: Fact, topic: Topic, subject_id: str, payload: dict[str, Any], transaction_id: str, now: datetime
) -> dict[str, Any]:
    return {
        "topic": topic,
        "subject_id": subject_id,
        "provider_id": fact.provider_id,
        "company_id": fact.company_id,
        "transaction_id": transaction_id,
        "payload": payload,
        "created_at": now,
        "due_at": now,
    }
