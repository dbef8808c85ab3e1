"""Queries of the companies room. The tenant stands in each of them."""

from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, or_, select
from sqlalchemy.orm import Session

from provisioning.companies.contract import ListCompaniesRequest
from provisioning.companies.model import Company, CompanyState, Provider
from provisioning.kernel.caller import Caller
from provisioning.kernel.errors import NotFound, invalid
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.persistence.base import table_of
from provisioning.persistence.hot import hot
from provisioning.persistence.rows import picture_of

_companies = table_of(Company)


def visible(caller: Caller) -> Select[Company]:
    """The companies that a caller may know of, deleted ones included."""
    statement = select(Company)
    if caller.provider_id:
        statement = statement.where(Company.provider_id == caller.provider_id)
    if caller.company_id:
        statement = statement.where(Company.id == caller.company_id)
    return statement


def find_company(
    unit: UnitOfWork, company_id: str | None, *, field: str = "companyId", lock: bool = False
) -> Company:
    """The living company a request means: the one it names, or that of the caller.

    Only one that is locked may be changed; others are but pictures of their rows.
    """
    company_id = company_id or unit.caller.company_id
    if company_id is None:
        raise invalid(
            field,
            "REQUIRED",
            "is required: this client sees several companies",
            "est obligatoire : ce client voit plusieurs compagnies",
        )
    caller = unit.caller
    statement = _living(bool(caller.provider_id), bool(caller.company_id), lock)
    tenant = {"provider": caller.provider_id, "company": caller.company_id}
    found = unit.db.execute(statement, {"id": company_id, **tenant}).one_or_none()
    if found is None:
        raise NotFound(field=field, object=company_id, what="company")
    company: Company = found[0] if lock else picture_of(Company, found)
    return company


@cache
def _living(of_provider: bool, of_company: bool, lock: bool) -> Select[Any]:
    """A living company by its identifier, built once: every call begins with it."""
    statement: Select[Any] = select(Company if lock else _companies).where(
        _companies.c.id == bindparam("id"), _companies.c.state != CompanyState.DELETED
    )
    if of_provider:
        statement = statement.where(_companies.c.provider_id == bindparam("provider"))
    if of_company:
        statement = statement.where(_companies.c.id == bindparam("company"))
    return statement.with_for_update() if lock else hot(statement)


def public_service(db: Session, provider_id: str) -> Company:
    """The default PUBLIC company of a provider; each has one."""
    return db.scalars(
        select(Company).where(Company.provider_id == provider_id, Company.is_public_service)
    ).one()


def listed(caller: Caller, request: ListCompaniesRequest) -> Select[Any]:
    """The companies of a list request, without paging."""
    statement = visible(caller)
    if request.state is None:
        statement = statement.where(Company.state != CompanyState.DELETED)
    else:
        statement = statement.where(Company.state == request.state)
    if request.kind is not None:
        statement = statement.where(Company.kind == request.kind)
    if request.text is not None:
        start = request.text.lower()
        statement = statement.where(
            or_(
                *(
                    func.lower(column).startswith(start, autoescape=True)
                    for column in (Company.code, Company.name, Company.external_id)
                )
            )
        )
    return statement


def other_with(db: Session, company: Company, column: Any, value: str) -> bool:
    """Whether another living company of the provider has this value."""
    found = select(Company.id).where(
        Company.provider_id == company.provider_id,
        column == value,
        Company.id != company.id,
        Company.state != CompanyState.DELETED,
    )
    return db.scalars(found).first() is not None


def providers(db: Session) -> list[tuple[Provider, str | None]]:
    rows = db.execute(
        select(Provider, Company.id)
        .outerjoin(Company, (Company.provider_id == Provider.id) & Company.is_public_service)
        .order_by(Provider.name)
    )
    return [(provider, company_id) for provider, company_id in rows]
