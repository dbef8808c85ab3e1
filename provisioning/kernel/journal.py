"""The change feed and the audit trail: one change row per fact, one audit row per call that changed something."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, String, insert, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from provisioning.kernel.caller import Caller
from provisioning.kernel.facts import Fact
from provisioning.kernel.outbox import Counter
from provisioning.persistence.base import Base, Id, Json, Moment, table_of
from provisioning.persistence.hot import hot

_MOST_USERS = 2


class Change(Base):
    """One fact, as the change feed shows it.

    ``writer`` is PostgreSQL's transaction number: numbers of a sequence become visible out of order, so a
    reader must stop before the oldest transaction still running. SQLite has one writer and leaves it 0; there
    no number is given out twice, or a reader's place in the feed would stand for two.

    A change is a user's when the user is its object, or when it concerns one or two users: the former and the
    new holder of a number, say. What concerns more is a company's.
    """

    __tablename__ = "changes"
    __table_args__ = (
        Index("ix_changes_provider_id", "provider_id", "writer", "id"),
        Index("ix_changes_company_id", "company_id", "writer", "id"),
        Index("ix_changes_user_id", "user_id", "writer", "id"),
        Index(
            "ix_changes_other_user_id",
            "other_user_id",
            "writer",
            "id",
            sqlite_where=text("other_user_id IS NOT NULL"),
            postgresql_where=text("other_user_id IS NOT NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Counter, primary_key=True, autoincrement=True)
    writer: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    provider_id: Mapped[str] = mapped_column(Id)
    company_id: Mapped[str | None] = mapped_column(Id)
    user_id: Mapped[str | None] = mapped_column(Id)
    other_user_id: Mapped[str | None] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(String(60))
    object_type: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[str] = mapped_column(String(64))
    detail: Mapped[dict[str, Any]] = mapped_column(Json)
    client_name: Mapped[str] = mapped_column(String(100))
    operation: Mapped[str] = mapped_column(String(60))
    request_id: Mapped[str | None] = mapped_column(String(128))
    transaction_id: Mapped[str] = mapped_column(Id, index=True)


class AuditEntry(Base):
    """One call that changed something: who, from where, what, when."""

    __tablename__ = "audit"

    transaction_id: Mapped[str] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    provider_id: Mapped[str] = mapped_column(Id, index=True)
    company_id: Mapped[str | None] = mapped_column(Id)
    client_id: Mapped[str] = mapped_column(Id)
    client_name: Mapped[str] = mapped_column(String(100))
    source: Mapped[str] = mapped_column(String(60))
    operation: Mapped[str] = mapped_column(String(60))
    request_id: Mapped[str | None] = mapped_column(String(128))
    changes: Mapped[int] = mapped_column()


# Into the tables: the ORM's way of inserting rows costs twice as much.
_ADD_CHANGE = hot(insert(table_of(Change)))
_ADD_AUDIT_ENTRY = hot(insert(table_of(AuditEntry)))


def write(
    db: Session,
    facts: Iterable[Fact],
    *,
    caller: Caller,
    operation: str,
    request_id: str | None,
    transaction_id: str,
    now: datetime,
    writer: int,
) -> None:
    """Keep what happened and who did it."""
    rows = [
        {
            **_users(fact),
            "writer": writer,
            "at": now,
            "provider_id": fact.provider_id,
            "company_id": fact.company_id,
            "kind": type(fact).__name__,
            "object_type": fact.object_type,
            "object_id": fact.object_id,
            "detail": fact.detail,
            "client_name": caller.client_name,
            "operation": operation,
            "request_id": request_id,
            "transaction_id": transaction_id,
        }
        for fact in facts
    ]
    db.execute(_ADD_CHANGE, rows)
    db.execute(
        _ADD_AUDIT_ENTRY,
        {
            "transaction_id": transaction_id,
            "at": now,
            "provider_id": caller.provider_id or rows[0]["provider_id"],
            "company_id": caller.company_id,
            "client_id": caller.client_id,
            "client_name": caller.client_name,
            "source": caller.source,
            "operation": operation,
            "request_id": request_id,
            "changes": len(rows),
        },
    )


def _users(fact: Fact) -> dict[str, str | None]:
    """Whose change this is."""
    users = [fact.object_id] if fact.object_type == "User" else list(dict.fromkeys(fact.concerns))
    first, second, *_ = (*users, None, None) if len(users) <= _MOST_USERS else (None, None)
    return {"user_id": first, "other_user_id": second}
