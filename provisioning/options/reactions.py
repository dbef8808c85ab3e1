"""What this room does when something happens to users, and what it tells phone systems."""

from itertools import groupby

from provisioning.kernel import phone_state
from provisioning.kernel.phone_state import PhoneStateAsked, SipPurpose
from provisioning.kernel.texts import Text
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.options import store
from provisioning.options.choosing import choose, chosen, options_of, shown_account
from provisioning.options.model import ManagedByAdministrator
from provisioning.options.sip import free_all, give_back, remove_all, set_account
from provisioning.users import (
    GeneratedSipSecret,
    Leaving,
    OwnChange,
    RestoreWindowEnded,
    UserCreated,
    UserDeleted,
    UserRestored,
)

_LOST = Text(
    "The SIP account {account} has another user now; it was not given back.",
    "Le compte SIP {account} appartient maintenant à un autre usager; il n'a pas été rendu.",
)


def set_wished(fact: UserCreated, unit: UnitOfWork) -> None:
    """A new user gets the options and SIP accounts it wishes, and an expiry date of the company's if it has none."""
    new, user = fact.new_user, fact.user
    company = store.of_company(unit.db, fact.company.id)
    if new.expires_on is None and company is not None and company.expires_on is not None:
        user.expires_on = company.expires_on
    choose(unit, user, chosen(new.option_values))
    with unit.all_violations() as violations:
        for number, wished in enumerate(new.new_sip_account):
            with violations.step():
                account, generated = set_account(
                    unit,
                    user,
                    wished.purpose,
                    user_name=wished.user_name,
                    domain=wished.domain,
                    secret=wished.secret,
                    path=f"{fact.path}.newSipAccount[{number}].",
                )
                if generated:
                    shown = shown_account(account)
                    fact.sip_secrets.append(
                        GeneratedSipSecret(
                            purpose=shown.purpose,
                            user_name=shown.user_name,
                            domain=shown.domain,
                            secret=generated,
                        )
                    )


def refuse_own_change(question: OwnChange, unit: UnitOfWork) -> None:
    """Where the administrator manages an account, its user may not change it."""
    if options_of(unit, question.user).managed_by_administrator.value:
        raise ManagedByAdministrator(field="userRef", object=question.user.id)


def lose_accounts(fact: Leaving, unit: UnitOfWork) -> None:
    """Who leaves a company loses the SIP accounts it gave, and its own choice of options."""
    fact.freed.sip_accounts += remove_all(unit, fact.user)
    store.keep_of_user(unit.db, fact.user.id, {})


def free_accounts(fact: UserDeleted, unit: UnitOfWork) -> None:
    """The names of a deleted user's accounts are free at once."""
    fact.freed.sip_accounts += free_all(unit, fact.user)


def give_accounts_back(fact: UserRestored, unit: UnitOfWork) -> None:
    back, lost = give_back(unit, fact.user)
    fact.returned.sip_accounts += back
    for account in lost:
        unit.warn("SIP_ACCOUNT_LOST", _LOST, account=account)


def forget_accounts(fact: RestoreWindowEnded, unit: UnitOfWork) -> None:
    """With a user who cannot come back go the secrets of its accounts."""
    store.forget_freed(unit.db, fact.user.id)


def tell_accounts(question: PhoneStateAsked, unit: UnitOfWork) -> None:
    """Phone systems learn the accounts and the domain in which phones register."""
    everybodys = store.sip_accounts_of_all(unit.db, question.user_ids)
    for user_id, group in groupby(everybodys, key=lambda each: each.user_id):
        accounts = list(group)
        first = min(accounts, key=lambda each: each.purpose != SipPurpose.REGISTRATION)
        question.tell(
            user_id,
            domain=first.domain,
            sip_accounts=tuple(
                phone_state.SipAccount(
                    purpose=SipPurpose(each.purpose),
                    username=each.user_name,
                    domain=each.domain,
                    secret=unit.keys.open(each.sealed_secret, each.owner),
                )
                for each in accounts
            ),
        )
