"""Creating users."""

from provisioning.companies import find_company
from provisioning.kernel.caller import Caller, Right
from provisioning.kernel.operation import writes
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.users import contract
from provisioning.users.admission import Candidate, admit_all
from provisioning.users.view import shown


@writes(Right.USERS_WRITE)
def create_user(request: contract.CreateUserRequest, caller: Caller, unit: UnitOfWork) -> contract.UserResult:
    """Create a user in a company, with its number, extension and DIDs: all or nothing.

    Errors: NOT_FOUND, INVALID_STATE (the company is suspended), INVALID_REQUEST (every violation, a trivial PIN
    among them), DUPLICATE_EMAIL, DUPLICATE_EXTERNAL_ID, USER_NUMBER_TAKEN, LIMIT_REACHED (no number is left),
    EXTENSION_TAKEN, EXTENSION_NOT_ALLOWED, DID_NOT_AVAILABLE.
    """
    company = find_company(unit, request.company_id)
    company.must_be_active("companyId")
    candidate = Candidate(new_user=request.new_user)
    admit_all(unit, company, [candidate])
    return contract.UserResult(user=shown(candidate.user, unit.now.date()))
