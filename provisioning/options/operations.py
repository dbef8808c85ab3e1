"""Operations of the options room."""

from typing import Any

from provisioning.companies import find_company
from provisioning.kernel.caller import Caller, Right
from provisioning.kernel.operation import reads, writes
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.options import contract, store
from provisioning.options.choosing import (
    EXPIRY,
    choose,
    chosen,
    company_defaults,
    options_of,
    shown_account,
)
from provisioning.options.model import CompanyOptionDefaultsSet, CompanyOptions
from provisioning.options.sip import remove_account, set_account
from provisioning.users import find_user, living_user_ids, target_user


@reads(Right.OPTIONS_READ)
def get_user_options(
    request: contract.GetUserOptionsRequest, caller: Caller, unit: UnitOfWork
) -> contract.Options:
    """All options of a user: the value in force and whether it is the user's, the company's or the system's.

    SIP accounts are shown without their secrets. Errors: NOT_FOUND.
    """
    return options_of(unit, find_user(unit, request.user_ref))


@writes(Right.OPTIONS_WRITE)
def set_user_options(
    request: contract.SetUserOptionsRequest, caller: Caller, unit: UnitOfWork
) -> contract.OptionsResult:
    """Set options of a user; clearField leaves options to the company's default.

    A new expiry date that lies ahead opens an EXPIRED account again. Errors: NOT_FOUND, VERSION_CONFLICT,
    INVALID_STATE, INVALID_REQUEST (an expiry date in the past), MANAGED_BY_ADMINISTRATOR (the user's own change).
    """
    user = target_user(unit, request.user_ref)
    choose(unit, user, chosen(request.option_values) | _cleared(request.clear_field))
    return contract.OptionsResult(options=options_of(unit, user))


@reads(Right.OPTIONS_READ)
def get_company_option_defaults(
    request: contract.GetCompanyOptionDefaultsRequest, caller: Caller, unit: UnitOfWork
) -> contract.Options:
    """The defaults of a company's users: the value in force and whether it is the company's or the system's. Errors: NOT_FOUND."""
    company = find_company(unit, request.company_id)
    return company_defaults(unit, store.of_company(unit.db, company.id))


@writes(Right.OPTIONS_WRITE)
def set_company_option_defaults(
    request: contract.SetCompanyOptionDefaultsRequest, caller: Caller, unit: UnitOfWork
) -> contract.OptionsResult:
    """Set the defaults of a company's users. Users who have set an option themselves keep theirs.

    Errors: NOT_FOUND, VERSION_CONFLICT.
    """
    company = find_company(unit, request.company_id, lock=True)
    unit.check_version(company)
    row = unit.db.get(CompanyOptions, company.id)
    if row is None:
        row = CompanyOptions(company_id=company.id, chosen={})
        unit.db.add(row)
    changed = _set_defaults(row, request)
    if changed:
        unit.db.flush()
        unit.record(
            CompanyOptionDefaultsSet(
                object_id=company.id,
                provider_id=company.provider_id,
                company_id=company.id,
                concerns=living_user_ids(unit.db, company.id),
                detail={name: str(value) if value is not None else None for name, value in changed.items()},
            )
        )
    return contract.OptionsResult(options=company_defaults(unit, row))


@writes(Right.OPTIONS_WRITE)
def set_sip_credentials(
    request: contract.SetSipCredentialsRequest, caller: Caller, unit: UnitOfWork
) -> contract.SipCredentialsResult:
    """Set one of a user's three SIP accounts: DEFAULT, REGISTRATION or CALLING.

    The secret is kept encrypted and never read back; one that this call generates is answered once. User names are
    unique per domain, whatever their capitals. Errors: NOT_FOUND, VERSION_CONFLICT, SIP_NAME_TAKEN, INVALID_STATE,
    MANAGED_BY_ADMINISTRATOR (the user's own change).
    """
    user = target_user(unit, request.user_ref)
    account, generated = set_account(
        unit,
        user,
        request.purpose,
        user_name=request.user_name,
        domain=request.domain,
        secret=request.secret,
        generate=bool(request.generate_secret),
    )
    return contract.SipCredentialsResult(sip_account=shown_account(account), generated_secret=generated)


@writes(Right.OPTIONS_WRITE)
def remove_sip_credentials(
    request: contract.RemoveSipCredentialsRequest, caller: Caller, unit: UnitOfWork
) -> contract.RemoveSipCredentialsResult:
    """Remove one of a user's SIP accounts; phones registered with it are cut off. None there is no change.

    Errors: NOT_FOUND, VERSION_CONFLICT, INVALID_STATE, MANAGED_BY_ADMINISTRATOR (the user's own change).
    """
    user = target_user(unit, request.user_ref)
    remove_account(unit, user, request.purpose)
    left = store.sip_accounts(unit.db, user.id)
    return contract.RemoveSipCredentialsResult(sip_account=tuple(shown_account(each) for each in left))


OPERATIONS = (
    get_user_options,
    set_user_options,
    get_company_option_defaults,
    set_company_option_defaults,
    set_sip_credentials,
    remove_sip_credentials,
)


def _cleared(names: tuple[contract.OptionName, ...]) -> dict[str, None]:
    return {name.value.lower(): None for name in names}


def _set_defaults(row: CompanyOptions, request: contract.SetCompanyOptionDefaultsRequest) -> dict[str, Any]:
    """Change the row; what is different now."""
    wanted = chosen(request.option_values) | _cleared(request.clear_field)
    before = {**row.chosen, EXPIRY: row.expires_on, "sip_domain": row.sip_domain}
    if EXPIRY in wanted:
        row.expires_on = wanted.pop(EXPIRY)
    row.chosen = {name: value for name, value in (row.chosen | wanted).items() if value is not None}
    row.sip_domain = request.sip_domain or row.sip_domain
    after = {**row.chosen, EXPIRY: row.expires_on, "sip_domain": row.sip_domain}
    names = before.keys() | after.keys()
    return {name: after.get(name) for name in sorted(names) if before.get(name) != after.get(name)}
