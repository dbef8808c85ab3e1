"""What happens to numbers when something happens to users and companies."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from provisioning.companies import CompanyCounting, CompanyDeleted
from provisioning.dids import store
from provisioning.dids.inventory import record_runs
from provisioning.dids.model import NOT_RETURNED, Did, DidsWithdrawn, DidUse
from provisioning.dids.operations import assign, give, unassign
from provisioning.kernel.phone_state import HeldNumber, NumberUse, PhoneStateAsked
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.phone_systems import PhoneSystemRemoved
from provisioning.users import (
    HolderSought,
    Leaving,
    RestoreWindowEnded,
    UserCreated,
    UserDeleted,
    UserRestored,
    UserState,
)


def give_wished(fact: UserCreated, unit: UnitOfWork) -> None:
    """A new user gets the numbers it wishes; without a wish, those reserved for its e-mail address.

    For one who is still signing up they stay reserved.
    """
    new, user = fact.new_user, fact.user
    if user.state == UserState.PENDING:
        return
    if not new.did and new.reservation_id is None:
        for did in store.lock_promised(unit, user.provider_id, user.company_id, user.email_key):
            give(unit, user, did)
        return
    with unit.all_violations() as violations:
        for place, number in enumerate(new.did):
            field = f"{fact.path}.did[{place}]"
            with violations.step():
                assign(unit, user, store.lock_did(unit, number, field), field)
        if new.reservation_id is not None:
            field = f"{fact.path}.reservationId"
            with violations.step():
                did = store.lock_reserved_did(unit, new.reservation_id, field)
                assign(unit, user, did, field, reservation_id=new.reservation_id)


def free_all(fact: Leaving, unit: UnitOfWork) -> None:
    """Who leaves a company leaves its numbers there."""
    dids = store.held_by(unit.db, fact.user.id)
    if isinstance(fact, UserDeleted):
        store.remember_lost(unit.db, fact.user.id, dids)
    fact.freed.dids.extend(did.number for did in dids)
    unassign(unit, fact.user, dids)


def give_back(fact: UserRestored, unit: UnitOfWork) -> None:
    """A restored user gets those of its numbers that nobody has taken, and hears which ones it has lost."""
    for lost in store.lost_by(unit.db, fact.user.id):
        did = store.lock_if_there(unit.db, lost.number, fact.user.company_id)
        if did is not None and did.is_left_for(fact.user, unit.now):
            give(unit, fact.user, did, use=DidUse(lost.use))
            fact.returned.dids.append(did.number)
        else:
            unit.warn("DID_NOT_AVAILABLE", NOT_RETURNED, number=lost.number)
    store.forget_lost(unit.db, fact.user.id)


def forget(fact: RestoreWindowEnded, unit: UnitOfWork) -> None:
    """Nobody asks any more what a deleted user had."""
    store.forget_lost(unit.db, fact.user.id)


def empty_company(fact: CompanyDeleted, unit: UnitOfWork) -> None:
    """The numbers of a company that is no more go back to the provider's pool."""
    numbers = store.give_back_to_pool(unit.db, fact.object_id, unit.now)
    record_runs(unit, DidsWithdrawn, numbers, fact.provider_id, fact.company_id, fromInventory=False)


def name_holder(question: HolderSought, unit: UnitOfWork) -> None:
    """Whoever lists users by a number they hold asks here."""
    question.user_id = store.holder_of(unit.db, question.did)


def count(question: CompanyCounting, unit: UnitOfWork) -> None:
    question.counts["dids"], question.counts["assigned_dids"] = store.counts(unit.db, question.company_id)


def let_go(db: Session, user_ids: Iterable[str]) -> None:
    """Phone systems have heard of these users: numbers they no longer have may be given to others."""
    store.let_go(db, Did.last_user_id.in_(user_ids))


def let_all_go(fact: PhoneSystemRemoved, unit: UnitOfWork) -> None:
    """What waited for a phone system to hear of it waits no longer."""
    store.let_go(unit.db, Did.provider_id == fact.provider_id)


def tell_numbers(question: PhoneStateAsked, unit: UnitOfWork) -> None:
    """A phone system is to route these numbers to their users."""
    held: dict[str, list[Did]] = {}
    for did in store.held_by_all(unit.db, question.user_ids):
        held.setdefault(did.user_id or "", []).append(did)
    for user_id, dids in held.items():
        numbers = (
            HeldNumber(number=did.number, use=NumberUse(did.use or DidUse.BOTH), primary=did.is_primary)
            for did in dids
        )
        question.tell(user_id, numbers=tuple(numbers))
