"""Operations of the companies room."""

from typing import Any

from provisioning.companies import contract, store
from provisioning.companies.contract import CompanyResult
from provisioning.companies.model import (
    AccessCodesForm,
    Company,
    CompanyChanged,
    CompanyCreated,
    CompanyDeleted,
    CompanyKind,
    CompanyResumed,
    CompanyState,
    CompanySuspended,
    DuplicateCompanyExternalId,
    Provider,
)
from provisioning.kernel.caller import Caller, Right, Scope
from provisioning.kernel.clock import new_id
from provisioning.kernel.errors import DuplicateCode, InvalidState, invalid
from provisioning.kernel.operation import reads, writes
from provisioning.kernel.paging import Keyset, count_all, take_page
from provisioning.kernel.texts import Language
from provisioning.kernel.unit_of_work import UnitOfWork

USUAL_DIGITS = 4
USUAL_EXTENSIONS = ("100", "999")
_CHANGEABLE = (
    "code",
    "name",
    "external_id",
    "language",
    "extension_first",
    "extension_last",
    "send_access_codes_as",
)


@writes(Right.COMPANIES_WRITE, scope=Scope.PROVIDER)
def create_company(request: contract.CreateCompanyRequest, caller: Caller, unit: UnitOfWork) -> CompanyResult:
    """Create a company of the caller's provider.

    Errors: DUPLICATE_CODE, DUPLICATE_EXTERNAL_ID, INVALID_REQUEST (an extension range in a PUBLIC company,
    or one whose ends differ in length or order).
    """
    company = _company_of(request.new_company, caller.provider_id, unit)
    with unit.all_violations() as violations:
        with violations.step():
            _check_extensions(company, "newCompany.")
        with violations.step():
            _check_keys(company, unit, "newCompany.")
    unit.db.add(company)
    unit.db.flush()
    unit.record(CompanyCreated(**_of(company), detail={"code": company.code, "kind": company.kind}))
    return CompanyResult(company=shown(company))


@reads(Right.COMPANIES_READ, quick=True)
def get_company(request: contract.CompanyRequest, caller: Caller, unit: UnitOfWork) -> contract.Company:
    """A company and how many users, DIDs and extensions it has. Errors: NOT_FOUND."""
    company = store.find_company(unit, request.company_id)
    question = CompanyCounting(company.id)
    unit.ask(question)
    return shown(company, contract.CompanyCounts(**question.counts))


@reads(Right.COMPANIES_READ)
def list_companies(
    request: contract.ListCompaniesRequest, caller: Caller, unit: UnitOfWork
) -> contract.CompanyPage:
    """The companies the caller sees, by code. Errors: INVALID_CURSOR."""
    statement = store.listed(caller, request)
    keyset = Keyset("companies", (Company.code, Company.id))
    rows, cursor = take_page(unit.db, statement, keyset, request)
    return contract.CompanyPage(
        company=tuple(shown(row[0]) for row in rows),
        next_cursor=cursor,
        more=cursor is not None,
        total=count_all(unit.db, statement, request),
    )


@writes(Right.COMPANIES_WRITE)
def update_company(request: contract.UpdateCompanyRequest, caller: Caller, unit: UnitOfWork) -> CompanyResult:
    """Change a company. Absent fields stay as they are; clearField clears.

    Errors: NOT_FOUND, VERSION_CONFLICT, DUPLICATE_CODE, DUPLICATE_EXTERNAL_ID, IN_USE (extensions that users
    hold would lie outside the new range).
    """
    company = _target(request.company_id, unit)
    wanted = {name: getattr(request, name) for name in _CHANGEABLE if getattr(request, name) is not None}
    wanted |= {field.value.lower(): None for field in request.clear_field}
    changes = {name: value for name, value in wanted.items() if getattr(company, name) != value}
    for name, value in changes.items():
        setattr(company, name, value)
    with unit.all_violations() as violations:
        with violations.step():
            _check_extensions(company, "")
        with violations.step(), unit.db.no_autoflush:
            _check_keys(company, unit, "")
    if changes:
        unit.db.flush()
        unit.record(CompanyChanged(**_of(company), detail=changes))
    return CompanyResult(company=shown(company))


@writes(Right.COMPANIES_WRITE, scope=Scope.PROVIDER)
def suspend_company(request: contract.CompanyRequest, caller: Caller, unit: UnitOfWork) -> CompanyResult:
    """Close the service of all users of a company, for instance for non-payment. Their own states stay.

    Errors: NOT_FOUND, VERSION_CONFLICT, INVALID_STATE (the provider's public service).
    """
    company = _target(request.company_id, unit)
    if company.is_public_service:
        raise InvalidState(field="companyId", object=company.id, state="PUBLIC_SERVICE")
    return _to_state(company, CompanyState.SUSPENDED, CompanySuspended, unit)


@writes(Right.COMPANIES_WRITE, scope=Scope.PROVIDER)
def resume_company(request: contract.CompanyRequest, caller: Caller, unit: UnitOfWork) -> CompanyResult:
    """Open the service of a suspended company again. Errors: NOT_FOUND, VERSION_CONFLICT."""
    return _to_state(_target(request.company_id, unit), CompanyState.ACTIVE, CompanyResumed, unit)


@writes(Right.COMPANIES_WRITE, scope=Scope.PROVIDER)
def delete_company(request: contract.DeleteCompanyRequest, caller: Caller, unit: UnitOfWork) -> CompanyResult:
    """Delete a company; its DIDs go back to the provider. Its clients are revoked.

    Errors: NOT_FOUND, VERSION_CONFLICT, IN_USE (it has users and deleteUsers is not true), INVALID_STATE
    (the provider's public service).
    """
    company = _target(request.company_id, unit)
    if company.is_public_service:
        raise InvalidState(field="companyId", object=company.id, state="PUBLIC_SERVICE")
    deleted = CompanyDeleted(**_of(company))
    deleted.delete_users = bool(request.delete_users)
    unit.record(deleted)
    company.state = CompanyState.DELETED
    unit.db.flush()
    return CompanyResult(company=shown(company))


@writes(None, scope=Scope.OPERATOR)
def create_provider(
    request: contract.CreateProviderRequest, caller: Caller, unit: UnitOfWork
) -> contract.ProviderResult:
    """Create a provider and its public service. For the operator only. Errors: DUPLICATE_CODE."""
    provider = Provider(
        id=new_id(), name=request.name, resting_days=request.resting_days or 0, created_at=unit.now
    )
    unit.db.add(provider)
    unit.db.flush()
    new = contract.NewCompany(kind=CompanyKind.PUBLIC, code="PUBLIC", name=request.name)
    company = _company_of(new, provider.id, unit)
    company.is_public_service = True
    unit.db.add(company)
    unit.db.flush()
    unit.record(CompanyCreated(**_of(company), detail={"code": company.code, "kind": company.kind}))
    return contract.ProviderResult(provider=_shown_provider(provider, company.id))


@reads(None, scope=Scope.OPERATOR)
def list_providers(
    request: contract.ListProvidersRequest, caller: Caller, unit: UnitOfWork
) -> contract.ProviderList:
    """All providers of the installation. For the operator only."""
    return contract.ProviderList(
        provider=tuple(_shown_provider(provider, public) for provider, public in store.providers(unit.db))
    )


OPERATIONS = (
    create_company,
    get_company,
    list_companies,
    update_company,
    suspend_company,
    resume_company,
    delete_company,
)
OPERATOR_OPERATIONS = (create_provider, list_providers)


class CompanyCounting:
    """A question to the rooms above: how many of yours has this company? They fill ``counts``."""

    def __init__(self, company_id: str) -> None:
        self.company_id = company_id
        self.counts: dict[str, int] = {}


def shown(company: Company, counts: contract.CompanyCounts | None = None) -> contract.Company:
    """The company as callers see it."""
    return contract.Company(
        company_id=company.id,
        kind=CompanyKind(company.kind),
        code=company.code,
        name=company.name,
        external_id=company.external_id,
        language=Language(company.language),
        state=CompanyState(company.state),
        user_number_digits=company.user_number_digits,
        extension_first=company.extension_first,
        extension_last=company.extension_last,
        send_access_codes_as=AccessCodesForm(company.send_access_codes_as),
        public_service=company.is_public_service,
        created_at=company.created_at,
        version=company.version,
        counts=counts,
    )


def _shown_provider(provider: Provider, public_company_id: str | None) -> contract.Provider:
    return contract.Provider(
        provider_id=provider.id,
        name=provider.name,
        resting_days=provider.resting_days,
        public_company_id=public_company_id,
    )


def _company_of(new: contract.NewCompany, provider_id: str, unit: UnitOfWork) -> Company:
    first, last = new.extension_first, new.extension_last
    if new.kind is CompanyKind.PRIVATE and first is None and last is None:
        first, last = USUAL_EXTENSIONS
    return Company(
        id=new_id(),
        provider_id=provider_id,
        kind=new.kind,
        code=new.code,
        name=new.name,
        external_id=new.external_id,
        language=new.language or Language.EN,
        state=CompanyState.ACTIVE,
        user_number_digits=new.user_number_digits or USUAL_DIGITS,
        extension_first=first,
        extension_last=last,
        send_access_codes_as=new.send_access_codes_as or AccessCodesForm.LINK,
        is_public_service=False,
        created_at=unit.now,
    )


def _target(company_id: str | None, unit: UnitOfWork) -> Company:
    company = store.find_company(unit, company_id, lock=True)
    unit.check_version(company)
    return company


def _to_state(company: Company, state: CompanyState, fact: type, unit: UnitOfWork) -> CompanyResult:
    if company.state != state:
        company.state = state
        unit.db.flush()
        unit.record(fact(**_of(company)))
    return CompanyResult(company=shown(company))


def _check_extensions(company: Company, path: str) -> None:
    first, last = company.extension_first, company.extension_last
    if first is None and last is None:
        return
    if not company.is_private:
        raise invalid(
            f"{path}extensionFirst",
            "NOT_ALLOWED",
            "users of a PUBLIC company have no extensions",
            "les usagers d'une compagnie PUBLIC n'ont pas d'extension",
        )
    if first is None or last is None or len(first) != len(last) or first > last:
        raise invalid(
            f"{path}extensionLast",
            "WRONG_RANGE",
            "extensionFirst and extensionLast must have equally many digits, the lower one first",
            "extensionFirst et extensionLast doivent avoir autant de chiffres, la plus basse d'abord",
        )


def _check_keys(company: Company, unit: UnitOfWork, path: str) -> None:
    if store.other_with(unit.db, company, Company.code, company.code):
        raise DuplicateCode(field=f"{path}code", value=company.code)
    if company.external_id and store.other_with(unit.db, company, Company.external_id, company.external_id):
        raise DuplicateCompanyExternalId(field=f"{path}externalId")


def _of(company: Company) -> dict[str, Any]:
    return {"object_id": company.id, "provider_id": company.provider_id, "company_id": company.id}
