"""Reading users."""

from provisioning.kernel.caller import Caller, Right
from provisioning.kernel.operation import reads
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.users import contract
from provisioning.users.lookup import read_user
from provisioning.users.view import shown


@reads(Right.USERS_READ)
def get_user(request: contract.UserRequest, caller: Caller, unit: UnitOfWork) -> contract.User:
    """A user, by any of its names. A deleted one is shown as DELETED. Errors: NOT_FOUND, INVALID_REQUEST."""
    return shown(read_user(unit, request.user_ref), unit.now.date())
