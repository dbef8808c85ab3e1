"""Queries of the options room."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from provisioning.kernel.secrets import KeyRing
from provisioning.options.model import CompanyOptions, SipAccount, UserOptions
from provisioning.persistence.base import table_of
from provisioning.persistence.hot import hot
from provisioning.persistence.rows import picture_of

_of_users = table_of(UserOptions)
_of_companies = table_of(CompanyOptions)
# Asked for each user that is created, so past the ORM.
_OF_USER = hot(select(_of_users.c.chosen).where(_of_users.c.user_id == bindparam("user")))
_OF_COMPANY = hot(select(_of_companies).where(_of_companies.c.company_id == bindparam("company")))


def of_user(db: Session, user_id: str) -> dict[str, Any]:
    """What a user has set."""
    chosen = db.scalars(_OF_USER, {"user": user_id}).one_or_none()
    return dict(chosen) if chosen else {}


def of_company(db: Session, company_id: str) -> CompanyOptions | None:
    """What a company has set: a picture of its row."""
    row = db.execute(_OF_COMPANY, {"company": company_id}).one_or_none()
    return None if row is None else picture_of(CompanyOptions, row)


def keep_of_user(db: Session, user_id: str, chosen: dict[str, Any]) -> None:
    row = db.get(UserOptions, user_id)
    if row is None:
        db.add(UserOptions(user_id=user_id, chosen=chosen))
    else:
        row.chosen = chosen
    db.flush()


def sip_accounts(db: Session, user_id: str, *, freed: bool = False) -> Sequence[SipAccount]:
    """A user's accounts, by purpose."""
    return db.scalars(
        select(SipAccount)
        .where(SipAccount.user_id == user_id, SipAccount.freed.is_(freed))
        .order_by(SipAccount.purpose)
    ).all()


def sip_accounts_of_all(db: Session, user_ids: Iterable[str]) -> Sequence[SipAccount]:
    """The accounts of several users."""
    return db.scalars(
        select(SipAccount)
        .where(SipAccount.user_id.in_(user_ids), SipAccount.freed.is_(False))
        .order_by(SipAccount.user_id, SipAccount.purpose)
    ).all()


def forget_freed(db: Session, user_id: str) -> None:
    """Delete what was kept of a deleted user's accounts."""
    db.execute(delete(SipAccount).where(SipAccount.user_id == user_id, SipAccount.freed))


def is_taken(db: Session, account: SipAccount) -> bool:
    """Whether another user has this name in this domain, for whatever purpose."""
    return (
        db.scalars(
            select(SipAccount.id).where(
                SipAccount.domain == account.domain,
                SipAccount.name_key == account.name_key,
                SipAccount.user_id != account.user_id,
                SipAccount.freed.is_(False),
            )
        ).first()
        is not None
    )


def reseal(db: Session, keys: KeyRing) -> int:
    """Put every secret of this room under the key that seals; says how many were moved."""
    moved = 0
    for account in db.scalars(select(SipAccount).execution_options(yield_per=500)):
        if keys.needs_sealing_again(account.sealed_secret):
            account.sealed_secret = keys.seal(keys.open(account.sealed_secret, account.owner), account.owner)
            moved += 1
    db.flush()
    return moved
