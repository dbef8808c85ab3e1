"""Users who leave a company or the system, and come back."""

from collections.abc import Callable

from provisioning.companies import Company, find_company, public_service
from provisioning.kernel.caller import Caller, Right, Scope
from provisioning.kernel.errors import Refusal
from provisioning.kernel.operation import rehearses, writes
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.users import contract, store
from provisioning.users.contract import DepartedUserResult, LeavingImpact
from provisioning.users.departure import delete, keep_an_administrator, leave_for, restore
from provisioning.users.facts import Freed, UserLeftCompany, UserMoved
from provisioning.users.lookup import find_user, target_user
from provisioning.users.model import User, UserState
from provisioning.users.numbers import hold_numbers
from provisioning.users.refusals import FreeSubscriber
from provisioning.users.view import shown, shown_freed


@writes(Right.USERS_WRITE, scope=Scope.PROVIDER)
def move_user(request: contract.MoveUserRequest, caller: Caller, unit: UnitOfWork) -> DepartedUserResult:
    """Move a user to another company of its provider, with its PIN, and its user number where that is free.

    It loses its extension, its DIDs and whatever else was its company's, and is no administrator any more. An
    external id that another user has there is dropped with a warning.

    Errors: NOT_FOUND, VERSION_CONFLICT, INVALID_STATE (deleted or rejected; the other company is suspended),
    LAST_ADMINISTRATOR, LIMIT_REACHED (the other company has no number left).
    """
    user = target_user(unit, request.user_ref)
    to = find_company(unit, request.to_company_id, field="toCompanyId")
    if to.id == user.company_id:
        return _departed(unit, user, Freed())
    to.must_be_active("toCompanyId")
    number = user.user_number
    freed = leave_for(unit, user, to, UserMoved, notify=bool(request.notify))
    return _departed(unit, user, freed, number)


@rehearses(Right.USERS_READ)
def get_deletion_impact(
    request: contract.UserRequest, caller: Caller, unit: UnitOfWork
) -> contract.DeletionImpact:
    """What removing a user from its company and deleting it from the system would free. Changes nothing.

    Errors: NOT_FOUND, INVALID_STATE (deleted or rejected).
    """
    user = target_user(unit, request.user_ref)
    return contract.DeletionImpact(
        user=shown(user, unit.today),
        remove_from_company=_rehearse(unit, user, lambda: _remove(unit, user, notify=False)),
        delete_from_system=_rehearse(unit, user, lambda: _delete(unit, user, notify=False)),
    )


@writes(Right.USERS_WRITE)
def remove_user_from_company(
    request: contract.LeaveRequest, caller: Caller, unit: UnitOfWork
) -> DepartedUserResult:
    """Let a user leave its PRIVATE company and go on as a free user of the provider's public service.

    It keeps its PIN, and its user number where that is free; otherwise it gets a new one and userNumberChanged
    says so. It loses its extension, its DIDs and whatever else was its company's, and is no administrator any more.

    Errors: NOT_FOUND, VERSION_CONFLICT, INVALID_STATE (a free subscriber can only be deleted; deleted or
    rejected), LAST_ADMINISTRATOR, LIMIT_REACHED (the public service has no number left).
    """
    user = target_user(unit, request.user_ref)
    number = user.user_number
    freed = _remove(unit, user, notify=bool(request.notify))
    return _departed(unit, user, freed, number)


@writes(Right.USERS_WRITE)
def delete_user(request: contract.LeaveRequest, caller: Caller, unit: UnitOfWork) -> DepartedUserResult:
    """Delete a user from the system. Its access is closed at once; RestoreUser can bring it back for some time.

    Its DIDs, extension and SIP accounts are freed; e-mail address and external id may be used again at once; its
    user number rests until it can no longer be restored. The last administrator can be deleted only as the
    last user of its company.

    Errors: NOT_FOUND, VERSION_CONFLICT, LAST_ADMINISTRATOR.
    """
    user = find_user(unit, request.user_ref, lock=True)
    unit.check_version(user)
    freed = Freed()
    if user.state != UserState.DELETED:
        freed = _delete(unit, user, notify=bool(request.notify))
    return _departed(unit, user, freed)


@writes(Right.USERS_WRITE)
def restore_user(
    request: contract.RestoreUserRequest, caller: Caller, unit: UnitOfWork
) -> contract.RestoredUserResult:
    """Bring a DELETED user back into the state it had, with what is still free of what it held.

    Errors: NOT_FOUND, VERSION_CONFLICT, INVALID_STATE (the restore window is over; rejected), DUPLICATE_EMAIL,
    DUPLICATE_EXTERNAL_ID.
    """
    user = find_user(unit, request.user_ref, lock=True)
    unit.check_version(user)
    returned = Freed()
    if not user.living:
        returned = restore(unit, user, allow_duplicate_email=bool(request.allow_duplicate_email))
    return contract.RestoredUserResult(user=shown(user, unit.today), returned_resources=shown_freed(returned))


def _remove(unit: UnitOfWork, user: User, *, notify: bool) -> Freed:
    if not unit.db.get_one(Company, user.company_id).is_private:
        raise FreeSubscriber(field="userRef", object=user.id)
    return leave_for(unit, user, public_service(unit.db, user.provider_id), UserLeftCompany, notify=notify)


def _delete(unit: UnitOfWork, user: User, *, notify: bool) -> Freed:
    hold_numbers(unit, user.company_id)
    if store.has_other_users(unit.db, user):
        keep_an_administrator(unit, user)
    return delete(unit, user, notify=notify)


def _rehearse(unit: UnitOfWork, user: User, leave: Callable[[], Freed]) -> LeavingImpact:
    """Leave, look at what is freed, and take it back."""
    with unit.savepoint() as savepoint:
        try:
            freed = leave()
        except Refusal as refusal:
            savepoint.rollback()
            return LeavingImpact(possible=False, code=refusal.code, reason=refusal.reason(unit.language))
        number = user.user_number if user.living else None
        savepoint.rollback()
    return LeavingImpact(possible=True, user_number=number, freed_resources=shown_freed(freed))


def _departed(unit: UnitOfWork, user: User, freed: Freed, number: str | None = None) -> DepartedUserResult:
    return DepartedUserResult(
        user=shown(user, unit.today),
        freed_resources=shown_freed(freed),
        user_number_changed=number not in {None, user.user_number},
    )
