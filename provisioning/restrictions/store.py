"""Queries of the restrictions room."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, delete, insert, select
from sqlalchemy.orm import Session

from provisioning.companies import Company
from provisioning.kernel.errors import NotFound
from provisioning.restrictions.model import CallRestriction, Rule, UserRestriction
from provisioning.users import User


def of_company(company_id: str) -> Select[CallRestriction]:
    return select(CallRestriction).where(CallRestriction.company_id == company_id)


def find_restriction(db: Session, company: Company, code: str) -> CallRestriction:
    """A restriction of a company, locked."""
    found = db.scalars(
        of_company(company.id).where(CallRestriction.code == code).with_for_update()
    ).one_or_none()
    if found is None:
        raise NotFound(field="code", object=code, what="call restriction")
    return found


def exists(db: Session, company_id: str, code: str) -> bool:
    return db.scalars(of_company(company_id).where(CallRestriction.code == code)).first() is not None


def applied_to(db: Session, user_id: str) -> Sequence[CallRestriction]:
    return db.scalars(
        select(CallRestriction)
        .join(UserRestriction, UserRestriction.restriction_id == CallRestriction.id)
        .where(UserRestriction.user_id == user_id)
        .order_by(CallRestriction.code)
    ).all()


def codes_applied_to_all(db: Session, user_ids: Iterable[str], rule: Rule) -> dict[str, set[str]]:
    """The codes of those of several users' restrictions that have a rule, by user."""
    rows = db.execute(
        select(UserRestriction.user_id, CallRestriction.code)
        .join(CallRestriction, UserRestriction.restriction_id == CallRestriction.id)
        .where(UserRestriction.user_id.in_(user_ids), CallRestriction.rule == rule)
    )
    codes: dict[str, set[str]] = {}
    for user_id, code in rows:
        codes.setdefault(user_id, set()).add(code)
    return codes


def defined(db: Session, company_id: str) -> dict[str, CallRestriction]:
    """The restrictions of a company, by code."""
    return {row.code: row for row in db.scalars(of_company(company_id).order_by(CallRestriction.code))}


def users_of(db: Session, restriction_id: str) -> list[str]:
    """The living users a restriction is applied to."""
    statement = (
        select(UserRestriction.user_id)
        .join(User, User.id == UserRestriction.user_id)
        .where(UserRestriction.restriction_id == restriction_id, User.living)
    )
    return list(db.scalars(statement.order_by(UserRestriction.user_id)))


def lift_from_all(db: Session, restriction_id: str) -> None:
    db.execute(delete(UserRestriction).where(UserRestriction.restriction_id == restriction_id))


def lift(db: Session, user_id: str, restrictions: Iterable[CallRestriction]) -> None:
    ids = [each.id for each in restrictions]
    db.execute(
        delete(UserRestriction).where(
            UserRestriction.user_id == user_id, UserRestriction.restriction_id.in_(ids)
        )
    )


def apply(db: Session, user_id: str, restrictions: Iterable[CallRestriction]) -> None:
    rows: list[dict[str, Any]] = [{"user_id": user_id, "restriction_id": each.id} for each in restrictions]
    if rows:
        db.execute(insert(UserRestriction), rows)
