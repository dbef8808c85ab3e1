"""Queries of the numbers room. The tenant stands in each of them, and so does the time."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    Select,
    Table,
    bindparam,
    case,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from provisioning.companies import Provider
from provisioning.dids.contract import ListDidsRequest
from provisioning.dids.model import Did, DidState, LostDid
from provisioning.kernel.caller import Caller
from provisioning.kernel.clock import new_id
from provisioning.kernel.errors import NotFound
from provisioning.kernel.outbox import OutboxRow, Topic
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.persistence.base import table_of
from provisioning.persistence.hot import hot
from provisioning.persistence.rows import picture_of

CHUNK = 1000
ANY = "+"
AFTER_DIGITS = ":"  # sorts right after 9, so numbers that begin with p lie between p and p + this

_dids = table_of(Did)
_of_provider = _dids.c.provider_id == bindparam("of_provider")
_of_company = _dids.c.company_id == bindparam("of_company")
_REST = select(Provider.resting_days).where(Provider.id == bindparam("provider_id"))
_COUNTS = select(func.count(), func.count(Did.user_id)).where(Did.company_id == bindparam("company_id"))
_HELD = select(Did).where(Did.user_id == bindparam("user_id")).order_by(Did.number)
_IS_PROMISED = (
    _dids.c.reserved_for == bindparam("email"),
    _dids.c.state == DidState.RESERVED,
    _dids.c.free_from > bindparam("now", type_=Did.free_from.type),
    _dids.c.provider_id == bindparam("provider_id"),
    (_dids.c.company_id == bindparam("company_id")) | _dids.c.company_id.is_(None),
)
# Most people have none, and to ask for mapped objects costs much more.
_ANY_PROMISED = hot(select(_dids.c.number).where(*_IS_PROMISED).limit(1))
_PROMISED = select(Did).where(*_IS_PROMISED).with_for_update()
_LOST = (
    select(LostDid)
    .where(LostDid.user_id == bindparam("user_id"))
    .order_by(LostDid.is_primary.desc(), LostDid.number)
)


def visible(caller: Caller) -> Select[Any]:
    """The numbers that a caller may know of: its provider's inventory, or what its company has of that."""
    statement = select(Did).where(Did.provider_id == caller.provider_id)
    if caller.company_id:
        statement = statement.where(Did.company_id == caller.company_id)
    return statement


def find_did(unit: UnitOfWork, number: str, field: str, *, lock: bool = False) -> Did:
    """A number the caller may know of. One of another tenant is missing as one of nobody is."""
    did = _one(unit, "number", number, lock=lock)
    if did is None:
        raise NotFound(field=field, object=number, what="number")
    return did


def lock_did(unit: UnitOfWork, number: str, field: str) -> Did:
    """Likewise, and nobody else takes or frees it before this call is over."""
    return find_did(unit, number, field, lock=True)


def lock_reserved_did(unit: UnitOfWork, reservation_id: str, field: str) -> Did:
    """The number of a reservation, live or not, until somebody else reserves the number."""
    did = _one(unit, "reservation_id", reservation_id, lock=True)
    if did is None:
        raise NotFound(field=field, object=reservation_id, what="reservation")
    return did


def _one(unit: UnitOfWork, name: str, key: str, *, lock: bool) -> Did | None:
    company_id = unit.caller.company_id
    values = {"key": key, "of_provider": unit.caller.provider_id, "of_company": company_id}
    return unit.db.scalars(_named(name, bool(company_id), lock), values).one_or_none()


@cache
def _named(name: str, of_company: bool, lock: bool) -> Select[Did]:
    statement = select(Did).where(_dids.c[name] == bindparam("key"), _of_provider)
    if of_company:
        statement = statement.where(_of_company)
    return _locked(statement) if lock else statement


def _locked(statement: Select[Did]) -> Select[Did]:
    """What was read before the lock is read again."""
    return statement.with_for_update().execution_options(populate_existing=True)


def is_free(now: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    return (_dids.c.free_from <= now) & _dids.c.held_by_phone.is_(False)


@cache
def _first_free(in_pool: bool, narrowed: bool) -> Select[Did]:
    """The number that has been free for longest, passing over those that others take at this moment."""
    statement = select(Did).where(
        _of_provider,
        _dids.c.company_id.is_(None) if in_pool else _of_company,
        is_free(bindparam("now", type_=_dids.c.free_from.type)),
    )
    if narrowed:
        statement = statement.where(_dids.c.number >= bindparam("first"), _dids.c.number < bindparam("after"))
    return statement.order_by(_dids.c.free_from, _dids.c.number).limit(1).with_for_update(skip_locked=True)


def _free_among(provider_id: str, company_id: str | None, prefix: str, now: datetime) -> dict[str, Any]:
    return {
        "of_provider": provider_id,
        "of_company": company_id,
        "now": now,
        "first": prefix,
        "after": prefix + AFTER_DIGITS,
    }


def lock_free_did(unit: UnitOfWork, provider_id: str, company_id: str | None, prefix: str) -> Did | None:
    """Any free number of a company, or of the pool, locked."""
    statement = _first_free(company_id is None, prefix != ANY)
    values = _free_among(provider_id, company_id, prefix, unit.now)
    return unit.db.scalars(statement, values).one_or_none()


@cache
def _reserve(in_pool: bool, narrowed: bool) -> Executable:
    chosen = _first_free(in_pool, narrowed).with_only_columns(_dids.c.number)
    return (
        update(_dids)
        .where(_dids.c.number == chosen.scalar_subquery())
        .values(
            state=DidState.RESERVED,
            free_from=bindparam("until"),
            reservation_id=bindparam("new_reservation"),
            reserved_by=bindparam("client_id"),
            reserved_for=bindparam("email"),
            last_user_id=None,
            version=_dids.c.version + 1,
        )
        .returning(*_dids.c)
    )


def reserve_free_did(
    unit: UnitOfWork, company_id: str | None, prefix: str, until: datetime, email: str | None
) -> Did | None:
    """Reserve any free number, choosing and taking it in one statement. What comes back is but a picture of the row."""
    result = unit.db.execute(
        _reserve(company_id is None, prefix != ANY),
        _free_among(unit.caller.provider_id, company_id, prefix, unit.now)
        | {
            "until": until,
            "new_reservation": new_id(),
            "client_id": unit.caller.client_id,
            "email": email,
        },
    )
    row = result.one_or_none()
    return None if row is None else picture_of(Did, row)


def lock_if_there(db: Session, number: str, company_id: str) -> Did | None:
    """A number that a company has, if it still has it; locked."""
    return db.scalars(
        _locked(select(Did).where(Did.number == number, Did.company_id == company_id))
    ).one_or_none()


def held_by(db: Session, user_id: str) -> Sequence[Did]:
    """What a user holds. Its row is locked already, so nobody takes from this or adds to it."""
    return db.scalars(_HELD, {"user_id": user_id}).all()


def holder_of(db: Session, number: str) -> str | None:
    """The user who holds a number, whoever's it is: who asks looks at the tenant."""
    return db.scalars(select(Did.user_id).where(Did.number == number)).one_or_none()


def lock_promised(unit: UnitOfWork, provider_id: str, company_id: str, email: str) -> Sequence[Did]:
    """Numbers reserved for the person of an e-mail address, locked."""
    values = {"provider_id": provider_id, "company_id": company_id, "email": email, "now": unit.now}
    if unit.db.execute(_ANY_PROMISED, values).first() is None:
        return ()
    promised = unit.db.scalars(_PROMISED, values)
    return sorted(promised, key=lambda did: did.number)


def lock_ended_reservations(db: Session, provider_id: str, now: datetime, limit: int) -> Sequence[Did]:
    """Numbers whose reservation has ended by itself; locked."""
    ended = select(Did).where(
        Did.provider_id == provider_id, Did.state == DidState.RESERVED, Did.free_from <= now
    )
    return db.scalars(_locked(ended.order_by(Did.number).limit(limit))).all()


def resting_time(db: Session, provider_id: str) -> timedelta:
    return timedelta(days=db.execute(_REST, {"provider_id": provider_id}).scalar_one())


def held_by_all(db: Session, user_ids: Iterable[str]) -> Sequence[Did]:
    """What several users hold."""
    return db.scalars(select(Did).where(Did.user_id.in_(user_ids)).order_by(Did.number)).all()


def let_go(db: Session, *whose: ColumnElement[bool]) -> None:
    """Give numbers free that their last users' phones had, once no phone system has to be told any more."""
    to_tell = select(OutboxRow.id).where(
        OutboxRow.topic == Topic.PHONE, OutboxRow.subject_id == Did.last_user_id
    )
    db.execute(
        update(Did)
        .where(Did.held_by_phone, ~to_tell.exists(), *whose)
        .values(held_by_phone=False)
        .execution_options(synchronize_session=False)
    )


def counts(db: Session, company_id: str) -> tuple[int, int]:
    """How many numbers a company has, and how many of them are held."""
    row = db.execute(_COUNTS, {"company_id": company_id}).one()
    return row[0], row[1]


def listed(request: ListDidsRequest, caller: Caller, now: datetime, user_id: str | None) -> Select[Did]:
    """The numbers of a list request, without paging; user and company are the caller's to know of.

    The narrowest of user, company and provider stands alone: each has its index, and one is of the next.
    """
    company_id = caller.company_id or request.company_id
    if user_id is not None:
        statement = select(Did).where(Did.user_id == user_id)
    elif company_id is not None:
        statement = select(Did).where(Did.company_id == company_id)
    else:
        statement = select(Did).where(Did.provider_id == caller.provider_id)
    if request.in_pool:
        statement = statement.where(Did.company_id.is_(None))
    if request.prefix is not None and request.prefix != ANY:
        statement = statement.where(Did.number >= request.prefix, Did.number < request.prefix + AFTER_DIGITS)
    if request.use is not None:
        statement = statement.where(Did.use == request.use)
    if request.state is not None:
        statement = statement.where(_is_in(request.state, now))
    if request.available_for_me:
        mine = _is_in(DidState.RESERVED, now) & (Did.reserved_by == caller.client_id)
        statement = statement.where(is_free(now) | mine)
    return statement


def _is_in(state: DidState, now: datetime) -> ColumnElement[bool]:
    """What Did.state_at says, for the database."""
    match state:
        case DidState.ASSIGNED:
            return Did.state == DidState.ASSIGNED
        case DidState.AVAILABLE:
            return is_free(now)
        case DidState.RESERVED:
            return (Did.state == DidState.RESERVED) & (Did.free_from > now)
        case DidState.RESTING:
            resting = (Did.state == DidState.RESTING) & (Did.free_from > now)
            return resting | ((Did.free_from <= now) & Did.held_by_phone)


# --- Many at once: the inventory -----------------------------------------------------------------

_INSERT: dict[str, Callable[[Table], postgresql.Insert | sqlite.Insert]] = {
    "postgresql": postgresql.insert,
    "sqlite": sqlite.insert,
}


def add_new(db: Session, numbers: Sequence[str], row: dict[str, Any]) -> set[str]:
    """Insert the numbers that nobody has; which ones they were."""
    dialect = db.get_bind().dialect.name
    statement = _INSERT[dialect](_dids).on_conflict_do_nothing().returning(_dids.c.number)
    return set(db.execute(statement, [{**row, "number": number} for number in numbers]).scalars())


def owners(db: Session, numbers: Iterable[str]) -> dict[str, str]:
    """Of which providers these numbers are."""
    found: dict[str, str] = {}
    for chunk in chunks(numbers):
        rows = db.execute(select(Did.number, Did.provider_id).where(Did.number.in_(chunk)))
        found |= {row.number: row.provider_id for row in rows}
    return found


def lock_dids(db: Session, caller: Caller, numbers: Iterable[str]) -> dict[str, Did]:
    """Those of the numbers that the caller may know of, locked, by number."""
    found: dict[str, Did] = {}
    for chunk in chunks(numbers):
        statement = visible(caller).where(Did.number.in_(chunk)).order_by(Did.number)
        found |= {did.number: did for did in db.scalars(statement.with_for_update())}
    return found


def allocate(db: Session, numbers: Iterable[str], company_id: str | None) -> None:
    for chunk in chunks(numbers):
        db.execute(
            update(Did)
            .where(Did.number.in_(chunk))
            .values(company_id=company_id, version=Did.version + 1)
            .execution_options(synchronize_session=False)
        )


def remove(db: Session, numbers: Iterable[str]) -> None:
    for chunk in chunks(numbers):
        db.execute(delete(Did).where(Did.number.in_(chunk)).execution_options(synchronize_session=False))


def give_back_to_pool(db: Session, company_id: str, now: datetime) -> Sequence[str]:
    """Take all numbers from a company that is no more, and with them its reservations; which ones they were."""
    reserved = Did.state == DidState.RESERVED
    return db.scalars(
        update(Did)
        .where(Did.company_id == company_id)
        .values(
            company_id=None,
            state=case((reserved, DidState.AVAILABLE), else_=Did.state),
            free_from=case((reserved, now), else_=Did.free_from),
            reserved_by=None,
            reserved_for=None,
            version=Did.version + 1,
        )
        .returning(Did.number)
        .execution_options(synchronize_session=False)
    ).all()


def chunks(numbers: Iterable[str]) -> Iterator[list[str]]:
    every = sorted(numbers)
    for start in range(0, len(every), CHUNK):
        yield every[start : start + CHUNK]


# --- What deleted users had ----------------------------------------------------------------------


def remember_lost(db: Session, user_id: str, dids: Sequence[Did]) -> None:
    """Keep what a deleted user had, in the place of what an earlier deletion left."""
    forget_lost(db, user_id)
    if dids:
        db.execute(
            insert(LostDid),
            [
                {"user_id": user_id, "number": did.number, "use": did.use, "is_primary": did.is_primary}
                for did in dids
            ],
        )


def lost_by(db: Session, user_id: str) -> Sequence[LostDid]:
    return db.scalars(_LOST, {"user_id": user_id}).all()


def forget_lost(db: Session, user_id: str) -> None:
    db.execute(delete(LostDid).where(LostDid.user_id == user_id))
