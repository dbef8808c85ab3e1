"""Queries of the packages room. The tenant stands in each of them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Select, and_, bindparam, delete, func, select
from sqlalchemy.orm import Session

from provisioning.companies import Company
from provisioning.kernel.caller import Caller
from provisioning.kernel.errors import NotFound
from provisioning.packages.contract import ListServicePackagesRequest
from provisioning.packages.model import OfferedPackage, ServicePackage, UserPackage
from provisioning.persistence.base import table_of
from provisioning.persistence.hot import hot
from provisioning.users import User

_OFFERED = (
    select(ServicePackage, OfferedPackage)
    .join(OfferedPackage, OfferedPackage.package_id == ServicePackage.id)
    .where(OfferedPackage.company_id == bindparam("company"))
    .order_by(ServicePackage.code)
)
_packages, _offers = table_of(ServicePackage), table_of(OfferedPackage)
_DEFAULTS = hot(
    select(_packages.c.code)
    .join(_offers, _offers.c.package_id == _packages.c.id)
    .where(_offers.c.company_id == bindparam("company"), _offers.c.is_default, _packages.c.active)
    .order_by(_packages.c.code)
)


def find_package(db: Session, caller: Caller, code: str) -> ServicePackage:
    package = db.scalars(
        select(ServicePackage)
        .where(ServicePackage.provider_id == caller.provider_id, ServicePackage.code == code)
        .with_for_update()
    ).one_or_none()
    if package is None:
        raise NotFound(field="code", object=code, what="service package")
    return package


def listed(
    caller: Caller, company: Company | None, request: ListServicePackagesRequest
) -> Select[*tuple[Any, ...]]:
    """The packages of a list request, each with the company's offer, without paging."""
    offer = and_(
        OfferedPackage.package_id == ServicePackage.id,
        OfferedPackage.company_id == (company.id if company else None),
    )
    statement: Select[*tuple[Any, ...]] = (
        select(ServicePackage, OfferedPackage.is_default)
        .outerjoin(OfferedPackage, offer)
        .where(ServicePackage.provider_id == caller.provider_id)
    )
    if request.offered_only:
        statement = statement.where(OfferedPackage.company_id.is_not(None))
    if request.active_only:
        statement = statement.where(ServicePackage.active)
    return statement


def by_code(db: Session, provider_id: str, codes: Iterable[str]) -> dict[str, ServicePackage]:
    rows = db.scalars(
        select(ServicePackage).where(
            ServicePackage.provider_id == provider_id, ServicePackage.code.in_(set(codes))
        )
    )
    return {row.code: row for row in rows}


def offered(db: Session, company_id: str) -> dict[str, tuple[ServicePackage, OfferedPackage]]:
    """What a company offers, by code."""
    rows = db.execute(_OFFERED, {"company": company_id})
    return {package.code: (package, offer) for package, offer in rows}


def defaults(db: Session, company_id: str) -> Sequence[str]:
    """The codes of what a company gives unasked."""
    codes: Sequence[str] = db.scalars(_DEFAULTS, {"company": company_id}).all()
    return codes


def held(db: Session, user_id: str) -> dict[str, ServicePackage]:
    """What a user has, by code."""
    rows = db.scalars(
        select(ServicePackage)
        .join(UserPackage, UserPackage.package_id == ServicePackage.id)
        .where(UserPackage.user_id == user_id)
        .order_by(ServicePackage.code)
    )
    return {row.code: row for row in rows}


def held_by(db: Session, user_ids: Iterable[str]) -> Iterator[tuple[str, ServicePackage]]:
    """What these users have, each package with its user."""
    rows = db.execute(
        select(UserPackage.user_id, ServicePackage)
        .join(ServicePackage, UserPackage.package_id == ServicePackage.id)
        .where(UserPackage.user_id.in_(tuple(user_ids)))
    )
    return ((user_id, package) for user_id, package in rows)


def take_from(db: Session, user_id: str, packages: Iterable[ServicePackage]) -> None:
    ids = [each.id for each in packages]
    db.execute(delete(UserPackage).where(UserPackage.user_id == user_id, UserPackage.package_id.in_(ids)))


def _with_package(company_id: str, package_ids: list[str]) -> Any:
    return and_(
        User.company_id == company_id,
        User.living,
        UserPackage.user_id == User.id,
        UserPackage.package_id.in_(package_ids),
    )


def count_users_with(db: Session, company_id: str, package_ids: list[str]) -> int:
    statement = select(func.count(func.distinct(User.id))).where(_with_package(company_id, package_ids))
    return db.execute(statement).scalar_one()


def users_with(db: Session, company_id: str, package_ids: list[str]) -> list[User]:
    """The company's users who have one of the packages, locked in one order so that two callers cannot block each other."""
    ids = select(UserPackage.user_id).where(UserPackage.package_id.in_(package_ids))
    statement = select(User).where(User.company_id == company_id, User.id.in_(ids)).order_by(User.id)
    return list(db.scalars(statement.with_for_update()))
