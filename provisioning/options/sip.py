"""SIP accounts: set, remove, free, give back."""

import hmac
from typing import Any

from provisioning.companies import find_company
from provisioning.kernel.clock import new_id
from provisioning.kernel.phone_state import SipPurpose
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.options import store
from provisioning.options.choosing import sip_domain
from provisioning.options.model import (
    SipAccount,
    SipCredentialsRemoved,
    SipCredentialsSet,
    SipNameTaken,
    new_secret,
)
from provisioning.users import User


def set_account(
    unit: UnitOfWork,
    user: User,
    purpose: SipPurpose,
    *,
    user_name: str | None = None,
    domain: str | None = None,
    secret: str | None = None,
    generate: bool = False,
    path: str = "",
) -> tuple[SipAccount, str | None]:
    """Make or change an account; with it the secret, if this call generated one."""
    account = _account(unit, user, purpose)
    old = (account.user_name, account.domain)
    account.user_name = user_name or account.user_name
    account.domain = domain or account.domain or sip_domain(unit, store.of_company(unit.db, user.company_id))
    if not account.user_name:
        _name(unit, user, account)
    with unit.db.no_autoflush:
        if store.is_taken(unit.db, account):
            raise SipNameTaken(
                field=f"{path}userName",
                object=account.user_name,
                name=account.user_name,
                domain=account.domain,
            )
    generated = new_secret() if generate or (secret is None and not account.sealed_secret) else None
    sealed = _seal(unit, account, generated or secret)
    if sealed or old != (account.user_name, account.domain):
        account.changed_at = unit.now
        unit.db.add(account)
        unit.db.flush()
        unit.record(SipCredentialsSet(**_of(user, account)))
    return account, generated


def remove_account(unit: UnitOfWork, user: User, purpose: SipPurpose) -> None:
    for account in store.sip_accounts(unit.db, user.id):
        if account.purpose == purpose:
            _remove(unit, user, account)


def remove_all(unit: UnitOfWork, user: User) -> list[str]:
    """Take away all accounts of a user who stays in the system; their addresses."""
    accounts = store.sip_accounts(unit.db, user.id)
    for account in accounts:
        _remove(unit, user, account)
    return _addresses(accounts)


def free_all(unit: UnitOfWork, user: User) -> list[str]:
    """Free the names of a deleted user's accounts; what can be restored is kept. Their addresses."""
    accounts = store.sip_accounts(unit.db, user.id)
    for account in accounts:
        account.freed = True
        unit.db.flush()
        unit.record(SipCredentialsRemoved(**_of(user, account)))
    return _addresses(accounts)


def give_back(unit: UnitOfWork, user: User) -> tuple[list[str], list[str]]:
    """Give a restored user its accounts again: the addresses that were free, and those that are lost."""
    back, lost = [], []
    for account in store.sip_accounts(unit.db, user.id, freed=True):
        if store.is_taken(unit.db, account):
            lost.append(account)
            unit.db.delete(account)
            continue
        account.freed = False
        back.append(account)
        unit.db.flush()
        unit.record(SipCredentialsSet(**_of(user, account)))
    unit.db.flush()
    return _addresses(back), _addresses(lost)


def _account(unit: UnitOfWork, user: User, purpose: SipPurpose) -> SipAccount:
    for account in store.sip_accounts(unit.db, user.id):
        if account.purpose == purpose:
            return account
    return SipAccount(
        id=new_id(), user_id=user.id, purpose=purpose, user_name="", domain="", sealed_secret="", freed=False
    )


def _name(unit: UnitOfWork, user: User, account: SipAccount) -> None:
    """The user's number and company; if somebody chose that name already, with some letters of its own."""
    company = find_company(unit, user.company_id)
    account.user_name = f"{user.user_number}.{company.code}".lower()
    with unit.db.no_autoflush:
        if store.is_taken(unit.db, account):
            account.user_name += f".{account.id[-8:]}"


def _seal(unit: UnitOfWork, account: SipAccount, secret: str | None) -> bool:
    """Keep a secret; whether it is another one than before."""
    if secret is None:
        return False
    before = unit.keys.open(account.sealed_secret, account.owner) if account.sealed_secret else ""
    if hmac.compare_digest(before.encode(), secret.encode()):
        return False
    account.sealed_secret = unit.keys.seal(secret, account.owner)
    return True


def _remove(unit: UnitOfWork, user: User, account: SipAccount) -> None:
    unit.db.delete(account)
    unit.db.flush()
    unit.record(SipCredentialsRemoved(**_of(user, account)))


def _addresses(accounts: Any) -> list[str]:
    return [f"{account.user_name}@{account.domain}" for account in accounts]


def _of(user: User, account: SipAccount) -> dict[str, Any]:
    return {
        "object_id": account.id,
        "provider_id": user.provider_id,
        "company_id": user.company_id,
        "concerns": (user.id,),
        "detail": {
            "userId": user.id,
            "purpose": account.purpose,
            "userName": account.user_name,
            "domain": account.domain,
        },
    }
