"""Queries of the users room about many users, and what other rooms show of a user."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.orm import Session, make_transient_to_detached

from provisioning.companies import Company
from provisioning.kernel.addresses import email_key
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.persistence.base import table_of
from provisioning.persistence.hot import hot
from provisioning.users.model import EXPIRING, User

_users = table_of(User)
_COLUMNS = tuple(_users.c.keys())
_INSERT = hot(insert(_users))
_OTHERS = (_users.c.living, _users.c.id != bindparam("but"))
_EMAIL = select(_users.c.email_key).where(_users.c.provider_id == bindparam("provider"))
_EXTERNAL_ID = select(_users.c.external_id).where(_users.c.company_id == bindparam("company"))
_ONE_EMAIL = hot(_EMAIL.where(_users.c.email_key == bindparam("key"), *_OTHERS))
_EMAILS = _EMAIL.where(_users.c.email_key.in_(bindparam("keys", expanding=True)), *_OTHERS)
_ONE_EXTERNAL_ID = hot(_EXTERNAL_ID.where(_users.c.external_id == bindparam("id"), *_OTHERS))
_EXTERNAL_IDS = _EXTERNAL_ID.where(_users.c.external_id.in_(bindparam("ids", expanding=True)), *_OTHERS)
_RESTED = (
    _users.c.company_id == bindparam("company"),
    _users.c.number_held,
    ~_users.c.living,
    _users.c.restorable_until <= bindparam("now"),
)
_LET_GO = update(_users).values(number_held=False)
_LET_ONE_GO = _LET_GO.where(*_RESTED, _users.c.user_number == bindparam("number")).returning(_users.c.id)
_LET_GO_OF = _LET_GO.where(_users.c.id.in_(bindparam("ids", expanding=True)))
_ALL_RESTED = select(_users.c.id, _users.c.user_number).where(*_RESTED).limit(bindparam("most"))
_LIVING = (_users.c.company_id == bindparam("company"), _users.c.living)
_LIVING_IDS = select(_users.c.id).where(*_LIVING).order_by(_users.c.id)
_TWO_LIVING = _LIVING_IDS.limit(2)
_ADMINISTRATORS = select(_users.c.id).where(*_LIVING, _users.c.is_administrator).limit(2)


def insert_users(db: Session, users: Sequence[User]) -> None:
    """Write new users together and let the session know them as written: half the cost of its own way."""
    rows = [{name: user.__dict__.get(name) for name in _COLUMNS} for user in users]
    if rows:
        db.execute(_INSERT, rows)
    for user, row in zip(users, rows, strict=True):
        user.__dict__.update(row)
        make_transient_to_detached(user)
    db.add_all(users)


def show_numbers(unit: UnitOfWork, user: User, dids: Sequence[str]) -> None:
    """Let a user be seen with these DIDs, the primary one first. For the room that assigns them."""
    user.primary_did = dids[0] if dids else ""
    user.dids = " ".join(dids)
    unit.db.flush()


def show_extension(unit: UnitOfWork, user: User, extension: str | None) -> None:
    """Let a user be seen with this extension. For the room that assigns them."""
    user.extension = extension or ""
    unit.db.flush()


def taken_emails(db: Session, provider_id: str, emails: Iterable[str], but: str = "") -> set[str]:
    """Of some addresses those that living users of a provider have, one user apart; as they are compared."""
    keys = sorted({email_key(each) for each in emails})
    if not keys:
        return set()
    if len(keys) == 1:
        return set(db.scalars(_ONE_EMAIL, {"provider": provider_id, "key": keys[0], "but": but}))
    return set(db.scalars(_EMAILS, {"provider": provider_id, "keys": keys, "but": but}))


def taken_external_ids(db: Session, company_id: str, ids: Iterable[str], but: str = "") -> set[str]:
    """Of some external ids those that living users of a company have, one user apart."""
    wanted = sorted(set(ids))
    if not wanted:
        return set()
    if len(wanted) == 1:
        return set(db.scalars(_ONE_EXTERNAL_ID, {"company": company_id, "id": wanted[0], "but": but}))
    found = db.scalars(_EXTERNAL_IDS, {"company": company_id, "ids": wanted, "but": but})
    return {each for each in found if each is not None}


def release_rested(db: Session, company_id: str, number: str, now: datetime) -> bool:
    """Let go of a deleted user's number whose rest is over; it is the caller's then."""
    values = {"company": company_id, "number": number, "now": now}
    return db.execute(_LET_ONE_GO, values).one_or_none() is not None


def release_all_rested(db: Session, company_id: str, now: datetime, most: int) -> list[str]:
    """Let go of numbers whose rest is over; they are the caller's then."""
    rows = db.execute(_ALL_RESTED, {"company": company_id, "now": now, "most": most}).all()
    if rows:
        db.execute(_LET_GO_OF, {"ids": [row.id for row in rows]})
    return [row.user_number for row in rows]


def living_user_ids(db: Session, company_id: str) -> tuple[str, ...]:
    """All users of a company."""
    return tuple(db.scalars(_LIVING_IDS, {"company": company_id}))


def other_administrators(db: Session, user: User) -> bool:
    """Whether a user's company has another administrator."""
    return any(each != user.id for each in db.scalars(_ADMINISTRATORS, {"company": user.company_id}))


def has_other_users(db: Session, user: User) -> bool:
    """Whether a user's company has another user."""
    return any(each != user.id for each in db.scalars(_TWO_LIVING, {"company": user.company_id}))


def lock_expired(db: Session, provider_id: str, today: date, limit: int) -> Sequence[User]:
    """Users whose last day of service has passed and who are not EXPIRED yet; locked."""
    return db.scalars(
        select(User)
        .join(Company, Company.id == User.company_id)
        .where(Company.provider_id == provider_id, User.state.in_(EXPIRING), User.expires_on < today)
        .limit(limit)
        .with_for_update(of=User)
    ).all()


def restore_windows_over(db: Session, provider_id: str, now: datetime, limit: int) -> Sequence[Row[str, str]]:
    """Deleted users who can no longer be restored and still have what was kept for that; and their companies."""
    return db.execute(
        select(User.id, User.company_id)
        .where(User.provider_id == provider_id, User.restorable_until <= now)
        .order_by(User.restorable_until)
        .limit(limit)
    ).all()


def lock_restore_windows_over(db: Session, ids: Sequence[str], now: datetime) -> Sequence[User]:
    """Those of some users of whom that still is so; locked."""
    return db.scalars(
        select(User).where(User.id.in_(ids), User.restorable_until <= now).order_by(User.id).with_for_update()
    ).all()
