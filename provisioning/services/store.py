"""Queries of the services room."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from provisioning.kernel.errors import NotFound
from provisioning.kernel.secrets import KeyRing
from provisioning.services.built_in import BUILT_IN
from provisioning.services.model import Service, ServiceRow, UserService, owner_of


def services_of(db: Session, provider_id: str) -> dict[str, Service]:
    """The services of a provider by code: the built-in ones, and its own in place of them or beside."""
    own = db.scalars(select(ServiceRow).where(ServiceRow.provider_id == provider_id))
    services = {each.code: each for each in BUILT_IN} | {row.code: row.as_service() for row in own}
    return dict(sorted(services.items()))


def find_service(db: Session, provider_id: str, code: str, field: str = "code") -> Service:
    service = services_of(db, provider_id).get(code)
    if service is None:
        raise NotFound(field=field, object=code, what="service")
    return service


def own_service(db: Session, provider_id: str, code: str) -> ServiceRow | None:
    return db.scalars(
        select(ServiceRow).where(ServiceRow.provider_id == provider_id, ServiceRow.code == code)
    ).one_or_none()


def configured(db: Session, user_id: str) -> dict[str, UserService]:
    """What a user has configured, by service."""
    rows = db.scalars(select(UserService).where(UserService.user_id == user_id))
    return {row.code: row for row in rows}


def forget(db: Session, user_id: str, codes: set[str]) -> set[str]:
    """Delete what a user has configured of some services; says of which there was something."""
    gone = {row.code for row in configured(db, user_id).values() if row.code in codes}
    db.execute(delete(UserService).where(UserService.user_id == user_id, UserService.code.in_(gone)))
    return gone


def forget_all(db: Session, user_id: str) -> None:
    """Delete all that a user has configured."""
    db.execute(delete(UserService).where(UserService.user_id == user_id))


def reseal(db: Session, keys: KeyRing) -> int:
    """Put every secret of this room under the key that seals; says how many were moved."""
    moved = 0
    for row in db.scalars(select(UserService).execution_options(yield_per=500)):
        old = {name: sealed for name, sealed in row.secrets.items() if keys.needs_sealing_again(sealed)}
        if old:
            owners = {name: owner_of(row.user_id, row.code, name) for name in old}
            row.secrets = row.secrets | {
                name: keys.seal(keys.open(sealed, owners[name]), owners[name]) for name, sealed in old.items()
            }
            moved += len(old)
    db.flush()
    return moved
