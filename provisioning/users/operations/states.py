"""Suspending users and letting them go on."""

from provisioning.kernel.caller import Caller, Right
from provisioning.kernel.operation import writes
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.users import contract
from provisioning.users.facts import UserResumed, UserSuspended, of
from provisioning.users.lookup import target_user
from provisioning.users.model import UserState
from provisioning.users.refusals import WrongState
from provisioning.users.view import shown


@writes(Right.USERS_WRITE)
def suspend_user(
    request: contract.SuspendUserRequest, caller: Caller, unit: UnitOfWork
) -> contract.UserResult:
    """Close the service of an ACTIVE user, for instance for non-payment; it keeps all it has.

    Errors: NOT_FOUND, VERSION_CONFLICT, INVALID_STATE (PENDING, EXPIRED, REJECTED or DELETED).
    """
    user = target_user(unit, request.user_ref)
    state = user.state_on(unit.today)
    if state not in {UserState.ACTIVE, UserState.SUSPENDED}:
        raise WrongState(user, state, "userRef")
    if state is UserState.ACTIVE or request.reason not in {None, user.suspension_reason}:
        user.become(UserState.SUSPENDED)
        user.suspension_reason = request.reason
        unit.record(UserSuspended(**of(user), concerns=(user.id,), detail={"reason": request.reason}))
        unit.db.flush()
    return contract.UserResult(user=shown(user, unit.today))


@writes(Right.USERS_WRITE)
def resume_user(request: contract.UserRequest, caller: Caller, unit: UnitOfWork) -> contract.UserResult:
    """Open the service of a SUSPENDED user again.

    Errors: NOT_FOUND, VERSION_CONFLICT, INVALID_STATE (PENDING, EXPIRED, REJECTED or DELETED).
    """
    user = target_user(unit, request.user_ref)
    state = user.state_on(unit.today)
    if state not in {UserState.ACTIVE, UserState.SUSPENDED}:
        raise WrongState(user, state, "userRef")
    if state is UserState.SUSPENDED:
        user.become(UserState.ACTIVE)
        user.suspension_reason = None
        unit.record(UserResumed(**of(user), concerns=(user.id,)))
        unit.db.flush()
    return contract.UserResult(user=shown(user, unit.today))
