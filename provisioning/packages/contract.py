"""Messages of the packages room."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from provisioning.companies import CompanyId
from provisioning.kernel.facets import Code, Facet, Kind, Most, Name, ObjectId
from provisioning.kernel.messages import UNDECIDED, Outcome, Request
from provisioning.kernel.paging import PagedRequest
from provisioning.users import UserRef

Currency = Annotated[str, Facet(name="Currency", pattern="[A-Z]{3}", doc="ISO 4217, for instance EUR.")]
Amount = Annotated[
    Decimal,
    Facet(Kind.DECIMAL, name="Amount", minimum=0, maximum=9_999_999, doc="An amount of money."),
]
Minutes = Annotated[int, Facet(Kind.INT, name="Minutes", minimum=0, doc="A number of minutes.")]
PackageCodes = Annotated[tuple[Code, ...], Most(200), "Codes of service packages."]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewServicePackage:
    """A service package to create."""

    code: Annotated[Code, "Its code, unique per provider."]
    name_en: Annotated[Name, "Its name in English."]
    name_fr: Annotated[Name, "Its name in French."]
    service_code: Annotated[tuple[Code, ...], Most(100), "The services it brings (ListServices)."] = ()
    currency: Annotated[Currency | None, "Currency of its prices; EUR by default."] = None
    base_price: Annotated[Amount | None, "Price per month; 0 by default. At most four decimals."] = None
    included_minutes: Annotated[Minutes | None, "Minutes of calls included per month; 0 by default."] = None
    price_per_minute: Annotated[Amount | None, "Price of a further minute; 0 by default."] = None
    active: Annotated[bool | None, "False: it can be given to nobody yet. True by default."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePackage:
    """A service package as it is."""

    package_id: Annotated[ObjectId, "Its identifier."]
    code: Annotated[Code, "Its code."]
    name_en: Annotated[Name, "Its name in English."]
    name_fr: Annotated[Name, "Its name in French."]
    service_code: Annotated[tuple[Code, ...], "The services it brings."] = ()
    currency: Annotated[Currency, "Currency of its prices."]
    base_price: Annotated[Amount, "Price per month."]
    included_minutes: Annotated[Minutes, "Minutes of calls included per month."]
    price_per_minute: Annotated[Amount, "Price of a further minute."]
    active: Annotated[bool, "False: those who have it keep it, nobody else gets it."]
    version: Annotated[int, "Grows with every change."]
    offered: Annotated[bool | None, "Asked with companyId: whether the company offers it."] = None
    offered_by_default: Annotated[bool | None, "Asked with companyId: whether new users get it unasked."] = (
        None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePackageResult:
    """A service package after a write."""

    service_package: Annotated[ServicePackage, "The package as it is now."]
    outcome: Annotated[Outcome, "What became of the call."] = UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateServicePackageRequest(Request):
    new_service_package: Annotated[NewServicePackage, "The package to create."]


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateServicePackageRequest(Request):
    code: Annotated[Code, "The package to change."]
    name_en: Annotated[Name | None, "New English name; absent leaves it."] = None
    name_fr: Annotated[Name | None, "New French name; absent leaves it."] = None
    service_code: Annotated[
        tuple[Code, ...], Most(100), "The services it brings from now on; absent leaves them."
    ] = ()
    currency: Annotated[Currency | None, "New currency; absent leaves it."] = None
    base_price: Annotated[Amount | None, "New price per month; absent leaves it."] = None
    included_minutes: Annotated[Minutes | None, "New included minutes; absent leaves them."] = None
    price_per_minute: Annotated[Amount | None, "New price of a further minute; absent leaves it."] = None
    active: Annotated[bool | None, "Whether it can be given; absent leaves it."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListServicePackagesRequest(PagedRequest):
    company_id: Annotated[
        ObjectId | None,
        "Say of each package whether this company offers it. A company's own client may leave it out.",
    ] = None
    offered_only: Annotated[bool | None, "True: only those the company offers."] = None
    active_only: Annotated[bool | None, "True: only active ones."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePackagePage:
    """A page of service packages."""

    service_package: Annotated[tuple[ServicePackage, ...], "The packages, by code."] = ()
    next_cursor: Annotated[str | None, "Cursor of the next page; absent on the last."] = None
    more: Annotated[bool, "True: there is another page."]
    total: Annotated[int | None, "How many there are, when asked for."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferServicePackagesRequest(Request):
    company_id: CompanyId = None
    package_code: PackageCodes = ()
    by_default: Annotated[
        bool | None,
        "True: users created without a choice of packages get them; false ends that; absent leaves it.",
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawServicePackagesRequest(Request):
    company_id: CompanyId = None
    package_code: PackageCodes = ()
    remove_from_users: Annotated[
        bool | None,
        "True: take them from the company's users. Otherwise a package in use is refused with IN_USE.",
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyPackagesResult:
    """What a company offers after a write."""

    offered_code: Annotated[tuple[Code, ...], "Codes of all packages it offers now."] = ()
    default_code: Annotated[tuple[Code, ...], "Codes of those that new users get unasked."] = ()
    users_changed: Annotated[int, "How many users lost a package."] = 0
    outcome: Annotated[Outcome, "What became of the call."] = UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class UserPackagesRequest(Request):
    user_ref: Annotated[UserRef, "The user."]
    package_code: PackageCodes = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UserPackagesResult:
    """What a user has after a write."""

    package_code: Annotated[tuple[Code, ...], "Codes of all packages the user has now."] = ()
    service_code: Annotated[tuple[Code, ...], "The services they bring."] = ()
    removed_service_code: Annotated[
        tuple[Code, ...],
        "Services that no package brings any more; what was configured of them is forgotten.",
    ] = ()
    outcome: Annotated[Outcome, "What became of the call."] = UNDECIDED
