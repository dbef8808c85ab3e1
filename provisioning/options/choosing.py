"""Which option holds: the user's, else the company's, else the system's."""

from dataclasses import fields
from datetime import date
from typing import Any

from provisioning.kernel.phone_state import SipPurpose
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.options import contract, store
from provisioning.options.contract import BooleanOption, DateOption, IntegerOption
from provisioning.options.model import (
    SYSTEM_DEFAULTS,
    CompanyOptions,
    Origin,
    SipAccount,
    UserOptionsSet,
)
from provisioning.users import OptionValues, User, set_expiry

EXPIRY = "expires_on"


def chosen(values: OptionValues | None) -> dict[str, Any]:
    """The options that a request names."""
    named = {each.name: getattr(values, each.name, None) for each in fields(OptionValues)}
    return {name: value for name, value in named.items() if value is not None}


def options_of(unit: UnitOfWork, user: User) -> contract.Options:
    """All options of a user, each with its origin."""
    company = store.of_company(unit.db, user.company_id)
    return _in_force(
        unit,
        store.of_user(unit.db, user.id),
        company,
        (user.expires_on, Origin.USER if user.expires_on else Origin.SYSTEM),
        tuple(shown_account(each) for each in store.sip_accounts(unit.db, user.id)),
    )


def company_defaults(unit: UnitOfWork, company: CompanyOptions | None) -> contract.Options:
    """The defaults of a company, each with its origin."""
    day = company.expires_on if company else None
    return _in_force(unit, {}, company, (day, Origin.COMPANY if day else Origin.SYSTEM), ())


def sip_domain(unit: UnitOfWork, company: CompanyOptions | None) -> str:
    return (company.sip_domain if company else None) or unit.settings.sip_domain


def shown_account(account: SipAccount) -> contract.SipAccount:
    return contract.SipAccount(
        purpose=SipPurpose(account.purpose), user_name=account.user_name, domain=account.domain
    )


def choose(unit: UnitOfWork, user: User, wanted: dict[str, Any]) -> None:
    """Set options of a user; None leaves one to the company's default."""
    if EXPIRY in wanted:
        wanted = dict(wanted)
        set_expiry(unit, user, wanted.pop(EXPIRY))
    if not wanted:
        return
    before = store.of_user(unit.db, user.id)
    after = {name: value for name, value in (before | wanted).items() if value is not None}
    changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    if not changed:
        return
    store.keep_of_user(unit.db, user.id, after)
    unit.record(
        UserOptionsSet(
            object_id=user.id,
            provider_id=user.provider_id,
            company_id=user.company_id,
            concerns=(user.id,),
            detail={name: after.get(name) for name in changed},
        )
    )


def _in_force(
    unit: UnitOfWork,
    own: dict[str, Any],
    company: CompanyOptions | None,
    expiry: tuple[date | None, Origin],
    accounts: tuple[contract.SipAccount, ...],
) -> contract.Options:
    of_company = company.chosen if company else {}
    values: dict[str, Any] = {}
    for name, default in SYSTEM_DEFAULTS.items():
        value, origin = _first(own.get(name), of_company.get(name), default)
        values[name] = (BooleanOption if isinstance(default, bool) else IntegerOption)(
            value=value, origin=origin
        )
    return contract.Options(
        **values,
        expires_on=DateOption(value=expiry[0], origin=expiry[1]),
        sip_account=accounts,
        sip_domain=sip_domain(unit, company),
    )


def _first(own: Any, of_company: Any, system: Any) -> tuple[Any, Origin]:
    if own is not None:
        return own, Origin.USER
    return (of_company, Origin.COMPANY) if of_company is not None else (system, Origin.SYSTEM)
