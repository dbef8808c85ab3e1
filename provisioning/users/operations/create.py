"""Creating users."""

from provisioning.companies import find_company
from provisioning.kernel.caller import Caller, Right
from provisioning.kernel.errors import Refusal, Refusals
from provisioning.kernel.messages import FieldViolation
from provisioning.kernel.operation import writes
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.users import contract
from provisioning.users.admission import Candidate, admit, admit_all, admit_each
from provisioning.users.contract import CreateMode
from provisioning.users.view import shown


@writes(Right.USERS_WRITE)
def create_user(
    request: contract.CreateUserRequest, caller: Caller, unit: UnitOfWork
) -> contract.CreateUserResult:
    """Create an ACTIVE user in a company with all it is to have: number, extension, DIDs, packages, options, call
    restrictions, services, SIP accounts. All or nothing.

    Errors: NOT_FOUND, INVALID_STATE (the company is suspended), INVALID_REQUEST (every violation, a trivial PIN
    among them), DUPLICATE_EMAIL, DUPLICATE_EXTERNAL_ID, USER_NUMBER_TAKEN, LIMIT_REACHED (no number is left),
    EXTENSION_TAKEN, EXTENSION_NOT_ALLOWED, DID_NOT_AVAILABLE, PACKAGE_NOT_OFFERED, RESTRICTION_NOT_DEFINED,
    SIP_NAME_TAKEN.
    """
    company = find_company(unit, request.company_id)
    company.must_be_active("companyId")
    user, secrets = admit(unit, company, request.new_user)
    return contract.CreateUserResult(user=shown(user, unit.today), generated_sip_secret=secrets)


@writes(Right.USERS_WRITE)
def create_users(
    request: contract.CreateUsersRequest, caller: Caller, unit: UnitOfWork
) -> contract.CreateUsersResult:
    """Create up to 500 users of one company.

    ATOMIC: all of them or none; a refusal lists every violation of every item, as item[3].newUser.email.
    INDEPENDENT: those that can be created are; each item has a verdict with the user or the reasons.

    Errors: NOT_FOUND, INVALID_STATE (the company is suspended), INVALID_REQUEST; with ATOMIC those of CreateUser.
    """
    company = find_company(unit, request.company_id)
    company.must_be_active("companyId")
    candidates = [
        Candidate(new_user=item.new_user, path=f"item[{index}].newUser")
        for index, item in enumerate(request.item)
    ]
    if request.mode is CreateMode.INDEPENDENT:
        candidates = admit_each(unit, company, candidates)
    else:
        admit_all(unit, company, candidates)
    refused = sum(each.refused for each in candidates)
    return contract.CreateUsersResult(
        created=len(candidates) - refused,
        refused=refused,
        verdict=tuple(_verdict(index, each, unit) for index, each in enumerate(candidates)),
    )


def _verdict(index: int, candidate: Candidate, unit: UnitOfWork) -> contract.CreateUsersVerdict:
    external_id = candidate.new_user.external_id
    if not candidate.refused:
        user = shown(candidate.user, unit.today)
        return contract.CreateUsersVerdict(
            index=index,
            external_id=external_id,
            user=user,
            generated_sip_secret=tuple(candidate.sip_secrets),
        )
    refusals = candidate.violations.refusals
    refusal: Refusal = refusals[0] if len(refusals) == 1 else Refusals(refusals)
    return contract.CreateUsersVerdict(
        index=index,
        external_id=external_id,
        code=refusal.code,
        reason=refusal.reason(unit.language),
        violation=tuple(
            FieldViolation(field=each.field, code=each.code, reason=each.reason(unit.language))
            for each in refusal.violations
        ),
    )
