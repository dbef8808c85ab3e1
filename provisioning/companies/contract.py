"""Messages of the companies room."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from provisioning.companies.model import AccessCodesForm, CompanyKind, CompanyState
from provisioning.kernel.facets import Code, ExtensionNumber, ExternalId, Facet, Kind, Name, ObjectId
from provisioning.kernel.messages import UNDECIDED, Outcome, Request
from provisioning.kernel.paging import PagedRequest
from provisioning.kernel.texts import Language

Digits = Annotated[
    int, Facet(Kind.INT, name="UserNumberDigits", minimum=4, maximum=8, doc="Digits of user numbers, 4 to 8.")
]
CompanyId = Annotated[
    ObjectId | None, "The company. A company's own client may leave it out; a provider's client says it."
]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCompany:
    """A company to create."""

    kind: Annotated[CompanyKind, "PRIVATE for employees, PUBLIC for independent subscribers."]
    code: Annotated[Code, "The provider's short name for it, unique among its companies."]
    name: Annotated[Name, "The name people read."]
    external_id: Annotated[ExternalId | None, "The caller's own key, unique per provider."] = None
    language: Annotated[Language | None, "Language of its messages; en by default."] = None
    user_number_digits: Annotated[Digits | None, "Digits of its user numbers, 4 to 8; 4 by default."] = None
    extension_first: Annotated[
        ExtensionNumber | None,
        "Lowest extension, PRIVATE only; as many digits as the highest. 100 by default.",
    ] = None
    extension_last: Annotated[ExtensionNumber | None, "Highest extension, PRIVATE only. 999 by default."] = (
        None
    )
    send_access_codes_as: Annotated[
        AccessCodesForm | None, "How e-mails tell users their access codes; LINK by default."
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyCounts:
    """What a company has at this moment."""

    active_users: Annotated[int, "Users in state ACTIVE."] = 0
    pending_users: Annotated[int, "Users in state PENDING: signed up, payment not confirmed."] = 0
    suspended_users: Annotated[int, "Users in state SUSPENDED."] = 0
    expired_users: Annotated[int, "Users in state EXPIRED."] = 0
    dids: Annotated[int, "DIDs allocated to it."] = 0
    assigned_dids: Annotated[int, "DIDs that users hold."] = 0
    extensions: Annotated[int, "Extensions that users hold."] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """A company as it is."""

    company_id: Annotated[ObjectId, "Its identifier; never changes."]
    kind: Annotated[CompanyKind, "PRIVATE or PUBLIC."]
    code: Annotated[Code, "The provider's short name for it."]
    name: Annotated[Name, "The name people read."]
    external_id: Annotated[ExternalId | None, "The caller's own key."] = None
    language: Annotated[Language, "Language of its messages."]
    state: Annotated[CompanyState, "ACTIVE, SUSPENDED or DELETED."]
    user_number_digits: Annotated[int, "Digits of its user numbers."]
    extension_first: Annotated[ExtensionNumber | None, "Lowest extension."] = None
    extension_last: Annotated[ExtensionNumber | None, "Highest extension."] = None
    send_access_codes_as: Annotated[AccessCodesForm, "How e-mails tell users their access codes."]
    public_service: Annotated[bool, "True for the provider's default PUBLIC company."]
    created_at: Annotated[datetime, "When it was created, UTC."]
    version: Annotated[int, "Grows with every change."]
    counts: Annotated[CompanyCounts | None, "What it has; only from GetCompany."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyResult:
    """A company after a write."""

    company: Annotated[Company, "The company as it is now."]
    outcome: Annotated[Outcome, "What became of the call."] = UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyPage:
    """A page of companies."""

    company: Annotated[tuple[Company, ...], "The companies, by code."] = ()
    next_cursor: Annotated[str | None, "Cursor of the next page; absent on the last."] = None
    more: Annotated[bool, "True: there is another page."]
    total: Annotated[int | None, "How many there are, when asked for."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateCompanyRequest(Request):
    new_company: Annotated[NewCompany, "The company to create."]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyRequest(Request):
    company_id: CompanyId = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListCompaniesRequest(PagedRequest):
    kind: Annotated[CompanyKind | None, "Only of this kind."] = None
    state: Annotated[CompanyState | None, "Only in this state; by default all but DELETED."] = None
    text: Annotated[Name | None, "Only whose code, name or external id begins so, case ignored."] = None


class CompanyField(StrEnum):
    """Optional fields of a company that can be cleared."""

    EXTERNAL_ID = "EXTERNAL_ID"


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateCompanyRequest(Request):
    company_id: CompanyId = None
    code: Annotated[Code | None, "New code; absent leaves it."] = None
    name: Annotated[Name | None, "New name; absent leaves it."] = None
    external_id: Annotated[ExternalId | None, "New external id; absent leaves it."] = None
    language: Annotated[Language | None, "New language; absent leaves it."] = None
    extension_first: Annotated[ExtensionNumber | None, "New lowest extension; absent leaves it."] = None
    extension_last: Annotated[ExtensionNumber | None, "New highest extension; absent leaves it."] = None
    send_access_codes_as: Annotated[
        AccessCodesForm | None, "How e-mails tell users their access codes from now on; absent leaves it."
    ] = None
    clear_field: Annotated[tuple[CompanyField, ...], "Fields to clear."] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteCompanyRequest(Request):
    company_id: CompanyId = None
    delete_users: Annotated[
        bool | None, "True: delete its users as well. Otherwise a company with users is refused with IN_USE."
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateProviderRequest(Request):
    name: Annotated[Name, "The provider's name, unique in the installation."]
    resting_days: Annotated[int | None, "Days that freed numbers rest; 0 by default."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A provider, for the operator."""

    provider_id: Annotated[ObjectId, "Its identifier."]
    name: Annotated[Name, "Its name."]
    resting_days: Annotated[int, "Days that freed numbers rest."]
    public_company_id: Annotated[ObjectId | None, "Its default PUBLIC company."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderResult:
    """A provider after a write."""

    provider: Annotated[Provider, "The provider."]
    outcome: Annotated[Outcome, "What became of the call."] = UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class ListProvidersRequest(Request):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderList:
    """All providers."""

    provider: Annotated[tuple[Provider, ...], "The providers, by name."] = ()
