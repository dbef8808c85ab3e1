"""Queries of the phone access room."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from provisioning.access import FailedAttempts
from provisioning.companies import Company
from provisioning.kernel.addresses import email_key
from provisioning.phone_access.contract import CheckAccessRequest
from provisioning.users import User


def holders(db: Session, company: Company, request: CheckAccessRequest) -> list[User]:
    """The living users of a company who go by this number or address: usually one."""
    statement = select(User).where(User.company_id == company.id, User.living)
    if request.user_number is not None:
        statement = statement.where(User.user_number == request.user_number)
    else:
        statement = statement.where(User.email_key == email_key(request.email or ""))
    return list(db.scalars(statement.limit(2)))


def locked_until(db: Session, keys: Iterable[str]) -> datetime | None:
    """The latest moment until which one of the keys is locked."""
    statement = select(FailedAttempts.locked_until).where(FailedAttempts.key.in_(list(keys)))
    return max(db.scalars(statement), default=None)


def failures(db: Session, keys: Iterable[str]) -> set[str]:
    """Those of the keys that have failures to forgive."""
    return set(db.scalars(select(FailedAttempts.key).where(FailedAttempts.key.in_(list(keys)))))
