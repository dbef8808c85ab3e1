"""Leaving: a company for another one, or the system; and coming back."""

from datetime import timedelta

from provisioning.companies import Company, find_company
from provisioning.kernel.facts import Letter
from provisioning.kernel.texts import Text
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.users import pins, store
from provisioning.users.facts import (
    Freed,
    Leaving,
    LetterKind,
    UserDeleted,
    UserJoinedCompany,
    UserLeftCompany,
    UserMoved,
    UserRejected,
    UserRestored,
    of,
)
from provisioning.users.model import LIVING, User, UserState
from provisioning.users.numbers import NumberBook, hold_numbers
from provisioning.users.refusals import (
    DuplicateEmail,
    DuplicateExternalId,
    LastAdministrator,
    RestoreWindowOver,
    WrongState,
)

NEW_NUMBER = Text(
    "User number {old} is not free in the other company; the user has {new} there.",
    "Le numéro d'usager {old} n'est pas libre dans l'autre compagnie; l'usager y porte le {new}.",
)
NO_EXTERNAL_ID = Text(
    "Another user of the other company has the external id {external_id}; this user has none there.",
    "Un autre usager de l'autre compagnie possède l'identifiant externe {external_id}; cet usager n'en a plus.",
)


def leave_for(
    unit: UnitOfWork, user: User, to: Company, fact_type: type[UserLeftCompany | UserMoved], *, notify: bool
) -> Freed:
    """Let a user leave its company for another. It keeps its PIN, and its number where that is free."""
    here = unit.db.get_one(Company, user.company_id)
    # Always in the same order, so that two who go opposite ways do not wait for each other.
    books = {each.id: NumberBook(unit, each) for each in sorted((here, to), key=lambda each: each.id)}
    keep_an_administrator(unit, user)
    fact = fact_type(
        **of(user), joins=to, concerns=(user.id,), letters=_letters(user, LetterKind.LEFT_COMPANY, notify)
    )
    freed = _free(unit, fact)
    old, new = user.user_number, _number_in(unit, books[to.id], user)
    books[here.id].give_back(old)
    if new != old:
        unit.warn("USER_NUMBER_CHANGED", NEW_NUMBER, old=old, new=new)
    if user.external_id and store.taken_external_ids(unit.db, to.id, [user.external_id]):
        unit.warn("EXTERNAL_ID_DROPPED", NO_EXTERNAL_ID, external_id=user.external_id)
        user.external_id = None
    # In one statement: with the new number still in the old company it could meet that number's holder there.
    user.company_id, user.user_number, user.is_administrator = to.id, new, False
    unit.db.flush()
    unit.record(UserJoinedCompany(**of(user), detail={"userNumber": user.user_number}))
    return freed


def delete(unit: UnitOfWork, user: User, *, notify: bool = False, restorable: bool = True) -> Freed:
    """Let a user leave the system. Its number rests while it can be restored; all else is free at once."""
    fact = UserDeleted(**of(user), concerns=(user.id,), letters=_letters(user, LetterKind.DELETED, notify))
    freed = _free(unit, fact)
    window = timedelta(days=unit.settings.restore_days if restorable else 0)
    user.state_before_deletion = user.state
    user.deleted_at, user.restorable_until = unit.now, unit.now + window
    user.become(UserState.DELETED)
    unit.db.flush()
    return freed


def reject(unit: UnitOfWork, user: User) -> Freed:
    """End the sign-up of a PENDING user for good; all it held is free at once."""
    if user.state != UserState.PENDING:
        raise WrongState(user, user.state_on(unit.today), "userRef")
    numbers = hold_numbers(unit, user.company_id)
    freed = _free(unit, UserRejected(**of(user), concerns=(user.id,)))
    numbers.give_back(int(user.user_number))
    user.number_held = False
    user.become(UserState.REJECTED)
    unit.db.flush()
    return freed


def restore(unit: UnitOfWork, user: User, *, allow_duplicate_email: bool) -> Freed:
    """Bring a deleted user back into the state it had, unless others have its keys by now."""
    if user.state != UserState.DELETED:
        raise WrongState(user, user.state_on(unit.today), "userRef")
    if user.restorable_until is None or user.restorable_until <= unit.now:
        raise RestoreWindowOver(field="userRef", object=user.id)
    before = UserState(user.state_before_deletion or UserState.ACTIVE)
    if before in LIVING:
        company = find_company(unit, user.company_id, field="userRef")
        NumberBook(unit, company)
        user.email_exclusive = user.email_exclusive and not allow_duplicate_email
        _refuse_taken_keys(unit, user)
    user.become(before)
    user.state_before_deletion = user.deleted_at = user.restorable_until = None
    unit.db.flush()
    fact = UserRestored(**of(user), concerns=(user.id,))
    unit.record(fact)
    fact.detail = fact.returned.told
    return fact.returned


def keep_an_administrator(unit: UnitOfWork, user: User) -> None:
    """Refuse to take the last administrator from a company. The caller holds the company's numbers."""
    if user.is_administrator and user.living and not store.other_administrators(unit.db, user):
        raise LastAdministrator(field="userRef", object=user.id)


def _refuse_taken_keys(unit: UnitOfWork, user: User) -> None:
    with unit.all_violations() as violations:
        with violations.step():
            if user.email_exclusive and store.taken_emails(unit.db, user.provider_id, [user.email]):
                raise DuplicateEmail(field="userRef", object=user.email)
        with violations.step():
            if user.external_id and store.taken_external_ids(unit.db, user.company_id, [user.external_id]):
                raise DuplicateExternalId(field="userRef", object=user.external_id)


def _number_in(unit: UnitOfWork, book: NumberBook, user: User) -> str:
    if book.try_to_take(user.user_number):
        return user.user_number
    pin = pins.open_pin(unit.keys, user.sealed_pin, user.id)
    numbers = book.take_free([pin])
    if not numbers:
        raise book.full("userRef")
    return numbers[0]


def _free(unit: UnitOfWork, fact: Leaving) -> Freed:
    """Let the rooms above free what the user holds; the change feed says what that was."""
    unit.record(fact)
    fact.detail = fact.freed.told
    return fact.freed


def _letters(user: User, kind: LetterKind, notify: bool) -> tuple[Letter, ...]:
    detail = {"companyId": user.company_id}
    return (Letter(user_id=user.id, kind=kind, detail=detail),) if notify else ()
