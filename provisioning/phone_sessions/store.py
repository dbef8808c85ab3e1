"""Queries of the phone sessions room."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from provisioning.companies import Company
from provisioning.phone_sessions.contract import ListSessionsRequest
from provisioning.phone_sessions.model import PhoneSession, SessionCount
from provisioning.users import User


def _insert(db: Session, table: type) -> Any:
    dialect = postgresql if db.get_bind().dialect.name == "postgresql" else sqlite
    return dialect.insert(table)


def add_new(db: Session, rows: list[dict[str, Any]]) -> set[str]:
    """Insert the sessions that are not known yet; their call ids. Two reports of one call at once: one counts."""
    if not rows:
        return set()
    statement = _insert(db, PhoneSession).values(rows).on_conflict_do_nothing()
    return set(db.scalars(statement.returning(PhoneSession.call_id)))


def count(db: Session, user_id: str, starts: Iterable[datetime]) -> None:
    """Add sessions to a user's count; a late report does not put the last date back."""
    starts = list(starts)
    statement = _insert(db, SessionCount).values(user_id=user_id, sessions=len(starts), last_at=max(starts))
    new = statement.excluded
    db.execute(
        statement.on_conflict_do_update(
            index_elements=[SessionCount.user_id],
            set_={
                "sessions": SessionCount.sessions + new.sessions,
                "last_at": case(
                    (SessionCount.last_at > new.last_at, SessionCount.last_at), else_=new.last_at
                ),
            },
        )
    )


def users_with_counts(company: Company) -> Select[*tuple[Any, ...]]:
    """The living users of a company and their counts, without paging."""
    return (
        select(
            User.id,
            User.user_number,
            User.first_name,
            User.last_name,
            SessionCount.sessions,
            SessionCount.last_at,
        )
        .outerjoin(SessionCount, SessionCount.user_id == User.id)
        .where(User.company_id == company.id, User.living)
    )


def sessions(company: Company, user: User | None, request: ListSessionsRequest) -> Select[*tuple[Any, ...]]:
    """The sessions of a list request, without paging."""
    statement: Select[*tuple[Any, ...]] = select(
        PhoneSession.call_id, PhoneSession.user_id, PhoneSession.started_at, PhoneSession.seconds
    )
    if user is None:
        statement = statement.where(PhoneSession.company_id == company.id)
    else:
        statement = statement.where(PhoneSession.user_id == user.id)
    if request.since is not None:
        statement = statement.where(PhoneSession.started_at >= request.since)
    if request.until is not None:
        statement = statement.where(PhoneSession.started_at < request.until)
    return statement
