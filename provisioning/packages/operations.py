"""Operations of the packages room."""

from collections.abc import Iterable
from typing import Any

from provisioning.companies import Company, find_company
from provisioning.kernel.caller import Caller, Right, Scope
from provisioning.kernel.clock import new_id
from provisioning.kernel.errors import DuplicateCode, InUse, NotFound
from provisioning.kernel.operation import reads, writes
from provisioning.kernel.paging import Keyset, count_all, take_page
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.packages import contract, store
from provisioning.packages.giving import give, services_of_packages, take
from provisioning.packages.model import (
    OfferedPackage,
    ServicePackage,
    ServicePackageChanged,
    ServicePackageCreated,
    ServicePackagesOffered,
    ServicePackagesWithdrawn,
)
from provisioning.services import services_of
from provisioning.users import User, target_user

USUAL_CURRENCY = "EUR"
_CHANGEABLE = (
    "name_en",
    "name_fr",
    "currency",
    "base_price",
    "included_minutes",
    "price_per_minute",
    "active",
)


@writes(Right.PACKAGES_WRITE, scope=Scope.PROVIDER)
def create_service_package(
    request: contract.CreateServicePackageRequest, caller: Caller, unit: UnitOfWork
) -> contract.ServicePackageResult:
    """Create a service package. Companies offer it afterwards (OfferServicePackages), then users can have it.

    Errors: DUPLICATE_CODE, NOT_FOUND (a service that ListServices does not know).
    """
    new = request.new_service_package
    with unit.all_violations() as violations:
        with violations.step():
            if store.by_code(unit.db, caller.provider_id, [new.code]):
                raise DuplicateCode(field="newServicePackage.code", value=new.code)
        _check_services(violations, unit, new.service_code, "newServicePackage.serviceCode")
    package = ServicePackage(
        id=new_id(),
        provider_id=caller.provider_id,
        code=new.code,
        name_en=new.name_en,
        name_fr=new.name_fr,
        services=sorted(set(new.service_code)),
        currency=new.currency or USUAL_CURRENCY,
        base_price=new.base_price or 0,
        included_minutes=new.included_minutes or 0,
        price_per_minute=new.price_per_minute or 0,
        active=new.active is not False,
        created_at=unit.now,
    )
    unit.db.add(package)
    unit.db.flush()
    unit.record(
        ServicePackageCreated(**_of(package), detail={"code": package.code, "services": package.services})
    )
    return contract.ServicePackageResult(service_package=_shown(package))


@writes(Right.PACKAGES_WRITE, scope=Scope.PROVIDER)
def update_service_package(
    request: contract.UpdateServicePackageRequest, caller: Caller, unit: UnitOfWork
) -> contract.ServicePackageResult:
    """Change a service package. Those who have it are affected at once; absent fields stay as they are.

    Errors: NOT_FOUND, VERSION_CONFLICT.
    """
    package = store.find_package(unit.db, caller, request.code)
    unit.check_version(package)
    with unit.all_violations() as violations:
        _check_services(violations, unit, request.service_code, "serviceCode")
    wanted: dict[str, Any] = {name: getattr(request, name) for name in _CHANGEABLE}
    wanted["services"] = sorted(set(request.service_code)) or None
    changes = {
        name: value for name, value in wanted.items() if value is not None and value != getattr(package, name)
    }
    for name, value in changes.items():
        setattr(package, name, value)
    if changes:
        unit.db.flush()
        detail = {
            name: value if isinstance(value, bool | int | list) else str(value)
            for name, value in changes.items()
        }
        unit.record(ServicePackageChanged(**_of(package), detail=detail))
    return contract.ServicePackageResult(service_package=_shown(package))


@reads(Right.PACKAGES_READ)
def list_service_packages(
    request: contract.ListServicePackagesRequest, caller: Caller, unit: UnitOfWork
) -> contract.ServicePackagePage:
    """The provider's service packages, by code; with a company also whether it offers each.

    Errors: NOT_FOUND, INVALID_CURSOR.
    """
    company = None
    if request.company_id or caller.company_id or request.offered_only:
        company = find_company(unit, request.company_id)
    statement = store.listed(caller, company, request)
    rows, cursor = take_page(unit.db, statement, Keyset("packages", (ServicePackage.code,)), request)
    return contract.ServicePackagePage(
        service_package=tuple(_shown(each, company, by_default=default) for each, default, *_ in rows),
        next_cursor=cursor,
        more=cursor is not None,
        total=count_all(unit.db, statement, request),
    )


@writes(Right.PACKAGES_WRITE)
def offer_service_packages(
    request: contract.OfferServicePackagesRequest, caller: Caller, unit: UnitOfWork
) -> contract.CompanyPackagesResult:
    """Let a company offer packages of its provider; byDefault marks those that new users get unasked.

    Errors: NOT_FOUND (company, or a package that the provider has not).
    """
    company = find_company(unit, request.company_id, lock=True)
    unit.check_version(company)
    packages = _known(unit, company, request.package_code)
    before = store.offered(unit.db, company.id)
    changed = []
    for package in packages:
        offer = before[package.code][1] if package.code in before else None
        if offer is None:
            unit.db.add(
                OfferedPackage(
                    company_id=company.id, package_id=package.id, is_default=bool(request.by_default)
                )
            )
        elif request.by_default is None or offer.is_default == request.by_default:
            continue
        else:
            offer.is_default = request.by_default
        changed.append(package.code)
    unit.db.flush()
    if changed:
        detail = {"packages": changed, "byDefault": bool(request.by_default)}
        unit.record(ServicePackagesOffered(**_of_company(company), detail=detail))
    return _offers(unit, company)


@writes(Right.PACKAGES_WRITE)
def withdraw_service_packages(
    request: contract.WithdrawServicePackagesRequest, caller: Caller, unit: UnitOfWork
) -> contract.CompanyPackagesResult:
    """End a company's offer of packages. With removeFromUsers its users lose them and their services.

    Errors: NOT_FOUND, IN_USE (users have one and removeFromUsers is not true; used says how many users).
    """
    company = find_company(unit, request.company_id, lock=True)
    unit.check_version(company)
    packages = _known(unit, company, request.package_code)
    ids = [each.id for each in packages]
    users = 0
    if request.remove_from_users:
        holders = store.users_with(unit.db, company.id, ids)
        users = len(holders)
        for user in holders:
            take(unit, user, [each.code for each in packages])
    else:
        users_with = store.count_users_with(unit.db, company.id, ids)
        if users_with:
            raise InUse(field="packageCode", count=users_with)
    before = store.offered(unit.db, company.id)
    gone = [each.code for each in packages if each.code in before]
    for code in gone:
        unit.db.delete(before[code][1])
    unit.db.flush()
    if gone:
        unit.record(ServicePackagesWithdrawn(**_of_company(company), detail={"packages": gone}))
    return _offers(unit, company, users)


@writes(Right.PACKAGES_WRITE)
def add_service_packages(
    request: contract.UserPackagesRequest, caller: Caller, unit: UnitOfWork
) -> contract.UserPackagesResult:
    """Give a user packages that the company offers; those the user has already stay.

    Errors: NOT_FOUND, VERSION_CONFLICT, PACKAGE_NOT_OFFERED, INVALID_STATE.
    """
    user = target_user(unit, request.user_ref)
    give(unit, user, request.package_code)
    return _holding(unit, user, set())


@writes(Right.PACKAGES_WRITE)
def remove_service_packages(
    request: contract.UserPackagesRequest, caller: Caller, unit: UnitOfWork
) -> contract.UserPackagesResult:
    """Take packages from a user. Services that no other package brings go with them: removedServiceCode names them.

    Errors: NOT_FOUND, VERSION_CONFLICT, INVALID_STATE. A package the user does not have is no change.
    """
    user = target_user(unit, request.user_ref)
    _known(unit, user, request.package_code)
    return _holding(unit, user, take(unit, user, request.package_code))


@writes(Right.PACKAGES_WRITE)
def set_service_packages(
    request: contract.UserPackagesRequest, caller: Caller, unit: UnitOfWork
) -> contract.UserPackagesResult:
    """Make a user's packages exactly these: the tick boxes of the manual in one call. None of them takes all away.

    Errors: as AddServicePackages and RemoveServicePackages.
    """
    user = target_user(unit, request.user_ref)
    wanted = set(request.package_code)
    give(unit, user, request.package_code)
    removed = take(unit, user, [code for code in store.held(unit.db, user.id) if code not in wanted])
    return _holding(unit, user, removed)


OPERATIONS = (
    create_service_package,
    update_service_package,
    list_service_packages,
    offer_service_packages,
    withdraw_service_packages,
    add_service_packages,
    remove_service_packages,
    set_service_packages,
)


def _known(unit: UnitOfWork, owner: Company | User, codes: Iterable[str]) -> list[ServicePackage]:
    """The packages of these codes; each unknown one is reported."""
    packages = store.by_code(unit.db, owner.provider_id, codes)
    with unit.all_violations() as violations:
        for number, code in enumerate(codes):
            with violations.step():
                if code not in packages:
                    raise NotFound(field=f"packageCode[{number}]", object=code, what="service package")
    return list(packages.values())


def _check_services(violations: Any, unit: UnitOfWork, codes: tuple[str, ...], path: str) -> None:
    known = services_of(unit.db, unit.caller.provider_id)
    for number, code in enumerate(codes):
        with violations.step():
            if code not in known:
                raise NotFound(field=f"{path}[{number}]", object=code, what="service")


def _offers(unit: UnitOfWork, company: Company, users: int = 0) -> contract.CompanyPackagesResult:
    offered = store.offered(unit.db, company.id)
    return contract.CompanyPackagesResult(
        offered_code=tuple(offered),
        default_code=tuple(code for code, (_, offer) in offered.items() if offer.is_default),
        users_changed=users,
    )


def _holding(unit: UnitOfWork, user: User, removed: set[str]) -> contract.UserPackagesResult:
    held = store.held(unit.db, user.id)
    return contract.UserPackagesResult(
        package_code=tuple(held),
        service_code=tuple(sorted(services_of_packages(held.values()))),
        removed_service_code=tuple(sorted(removed)),
    )


def _shown(
    package: ServicePackage, company: Company | None = None, *, by_default: bool | None = None
) -> contract.ServicePackage:
    return contract.ServicePackage(
        package_id=package.id,
        code=package.code,
        name_en=package.name_en,
        name_fr=package.name_fr,
        service_code=tuple(package.services),
        currency=package.currency,
        base_price=package.base_price,
        included_minutes=package.included_minutes,
        price_per_minute=package.price_per_minute,
        active=package.active,
        version=package.version,
        offered=by_default is not None if company else None,
        offered_by_default=bool(by_default) if company else None,
    )


def _of(package: ServicePackage) -> dict[str, Any]:
    return {"object_id": package.id, "provider_id": package.provider_id}


def _of_company(company: Company) -> dict[str, Any]:
    return {"object_id": company.id, "provider_id": company.provider_id, "company_id": company.id}
