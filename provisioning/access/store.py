"""Queries of the access room. The tenant stands in each that a caller can ask for."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from provisioning.access.contract import ListClientsRequest
from provisioning.access.model import Client, ClientSecret, digest_of, new_secret, owner_of
from provisioning.kernel.caller import Caller, Right
from provisioning.kernel.errors import NotFound
from provisioning.kernel.secrets import KeyRing
from provisioning.kernel.unit_of_work import UnitOfWork


def visible(caller: Caller) -> Select[Client]:
    """The clients that a caller may know of, revoked ones included."""
    statement = select(Client)
    if caller.provider_id:
        statement = statement.where(Client.provider_id == caller.provider_id)
    if caller.company_id:
        statement = statement.where(Client.company_id == caller.company_id)
    return statement


def lock_client(unit: UnitOfWork, client_id: str) -> Client:
    """The client a write is about, as the caller expects it."""
    statement = visible(unit.caller).where(Client.id == client_id).with_for_update()
    client = unit.db.scalars(statement).one_or_none()
    if client is None:
        raise NotFound(field="clientId", object=client_id, what="client")
    unit.check_version(client)
    return client


def listed(caller: Caller, request: ListClientsRequest, now: datetime) -> Select[Any]:
    """The clients of a list request with the end of their old secrets, without paging."""
    statement = visible(caller).add_columns(old_secret_until(now))
    if request.company_id is not None:
        statement = statement.where(Client.company_id == request.company_id)
    if not request.with_revoked:
        statement = statement.where(Client.revoked_at.is_(None))
    return statement


def old_secret_until(now: datetime) -> ColumnElement[datetime | None]:
    return (
        select(func.max(ClientSecret.valid_until))
        .where(ClientSecret.client_id == Client.id, ClientSecret.valid_until > now)
        .scalar_subquery()
    )


def find_old_secret_until(unit: UnitOfWork, client_id: str) -> datetime | None:
    statement = select(old_secret_until(unit.now)).select_from(Client).where(Client.id == client_id)
    return unit.db.scalars(statement).one()


def has_name(db: Session, name: str) -> bool:
    """Whether a client of any tenant signs in with this name."""
    return (
        db.scalars(select(Client.id).where(Client.name == name, Client.revoked_at.is_(None))).first()
        is not None
    )


def living_clients(db: Session, company_id: str) -> list[Client]:
    """The clients of a company, locked."""
    statement = select(Client).where(Client.company_id == company_id, Client.revoked_at.is_(None))
    return list(db.scalars(statement.order_by(Client.id).with_for_update()))


def give_secret(db: Session, keys: KeyRing, client_id: str) -> str:
    """A new secret of a client; what is kept of it is no way back without the key ring."""
    secret = new_secret()
    digest = digest_of(secret)
    sealed = keys.seal(secret, owner_of(digest))
    db.add(ClientSecret(digest=digest, client_id=client_id, sealed=sealed, valid_until=None))
    return secret


def end_secrets(db: Session, client_id: str, until: datetime | None) -> None:
    """End the present secret at a moment, or at once; one that was to end already ends now."""
    mine = delete(ClientSecret).where(ClientSecret.client_id == client_id)
    if until is None:
        db.execute(mine)
        return
    db.execute(mine.where(ClientSecret.valid_until.is_not(None)))
    for present in db.scalars(select(ClientSecret).where(ClientSecret.client_id == client_id)):
        present.valid_until = until


def hold_caller(unit: UnitOfWork) -> bool:
    """Lock the client that calls, so that its calls come one after the other; False when no client calls."""
    mine = select(Client.id).where(Client.id == unit.caller.client_id, Client.revoked_at.is_(None))
    return unit.db.scalars(mine.with_for_update()).first() is not None


def may(client_id: Any, right: Right, now: datetime) -> ColumnElement[bool]:
    """Whether the client that a column names may call with a right that reads."""
    write = right.replace("_READ", "_WRITE")
    return exists().where(
        Client.id == client_id,
        Client.revoked_at.is_(None),
        or_(Client.expires_at.is_(None), Client.expires_at > now),
        or_(*(Client.rights.contains(each, autoescape=True) for each in (right, write))),
    )


def reseal(db: Session, keys: KeyRing) -> int:
    """Seal every secret under the first key of the ring; how many were under another one."""
    old = [
        each
        for each in db.scalars(select(ClientSecret).with_for_update())
        if keys.needs_sealing_again(each.sealed)
    ]
    for each in old:
        owner = owner_of(each.digest)
        each.sealed = keys.seal(keys.open(each.sealed, owner), owner)
    return len(old)
