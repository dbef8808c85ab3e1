"""Queries of the extensions room."""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, func, insert, select
from sqlalchemy.orm import Session

from provisioning.companies import Company
from provisioning.extensions.model import LostExtension
from provisioning.users import User

_held_in = (User.company_id == bindparam("company_id")) & (User.extension != "")
_HELD = select(User.extension).where(_held_in)
_COUNT = select(func.count()).where(_held_in)
_LOST = select(LostExtension.extension).where(LostExtension.user_id == bindparam("user_id"))


def company_of(db: Session, company_id: str) -> Company:
    """A company that something has just happened to."""
    return db.get_one(Company, company_id)


def held(db: Session, company_id: str) -> Sequence[str]:
    """The extensions that users of a company have."""
    return db.scalars(_HELD, {"company_id": company_id}).all()


def count(db: Session, company_id: str) -> int:
    return db.execute(_COUNT, {"company_id": company_id}).scalar_one()


def remember_lost(db: Session, user_id: str, extension: str | None) -> None:
    """Keep what a deleted user had, in the place of what an earlier deletion left."""
    forget_lost(db, user_id)
    if extension:
        db.execute(insert(LostExtension), {"user_id": user_id, "extension": extension})


def lost_by(db: Session, user_id: str) -> str | None:
    return db.scalars(_LOST, {"user_id": user_id}).one_or_none()


def forget_lost(db: Session, user_id: str) -> None:
    db.execute(delete(LostExtension).where(LostExtension.user_id == user_id))
