"""CheckAccess: what the phone system asks before it lets somebody in."""

import hashlib
import hmac
import math
from datetime import timedelta
from functools import lru_cache

from provisioning.access import count_failure, forgive
from provisioning.companies import Company, CompanyState, find_company
from provisioning.kernel.caller import Caller, Right
from provisioning.kernel.errors import invalid
from provisioning.kernel.operation import writes
from provisioning.kernel.secrets import KeyRing
from provisioning.kernel.texts import Language
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.phone_access import contract, store
from provisioning.phone_access.contract import AccessFlag, AccessVerdict
from provisioning.users import User, UserState, open_pin, seal_pin

SOON = timedelta(days=30)
_NOBODY = "nobody"


@writes(Right.USERS_READ)
def check_access(request: contract.CheckAccessRequest, caller: Caller, unit: UnitOfWork) -> AccessVerdict:
    """Judge the access codes that somebody gave on the phone: user number or e-mail address, and PIN.

    Wrong codes are an answer, not a fault, and take the same time whether there is such a user or not. Failures are
    counted per user and per source: after a few nothing is judged for a growing while (LOCKED). An account near its
    last day is allowed with EXPIRES_SOON; from the day after it is not, with EXPIRED. Errors: NOT_FOUND (the company),
    INVALID_REQUEST (both or none of userNumber and email).
    """
    if (request.user_number is None) == (request.email is None):
        raise invalid(
            "userNumber",
            "ONE_OF",
            "or email is required, not both",
            "ou email est obligatoire, mais pas les deux",
        )
    company = find_company(unit, request.company_id)
    users = store.holders(unit.db, company, request)
    keys = _keys(request, company, users)
    locked = store.locked_until(unit.db, keys)
    right = _right_one(users, request.pin, unit)
    if locked is not None and locked > unit.now:
        wait = math.ceil((locked - unit.now).total_seconds())
        return AccessVerdict(allowed=False, access_flag=(AccessFlag.LOCKED,), retry_after_seconds=wait)
    if right is None:
        for key in keys:
            count_failure(unit.db, key, unit.now)
        return AccessVerdict(allowed=False, access_flag=(AccessFlag.WRONG_CODES,))
    for key in store.failures(unit.db, keys):
        forgive(unit.db, key)
    return _verdict(right, company, unit)


OPERATIONS = (check_access,)


def _keys(request: contract.CheckAccessRequest, company: Company, users: list[User]) -> list[str]:
    """What failures are counted for, in one order so that two calls cannot block each other."""
    named = users[0].id if users else request.user_number or request.email
    subjects = [f"user {company.id} {named}"]
    if request.source is not None:
        subjects.append(f"source {company.id} {request.source}")
    return sorted(hashlib.sha256(each.encode("utf-8")).hexdigest() for each in subjects)


def _right_one(users: list[User], pin: str, unit: UnitOfWork) -> User | None:
    """The user whose PIN it is. Without a user a PIN is opened and compared all the same: it takes as long."""
    found = None
    for user in users:
        if hmac.compare_digest(open_pin(unit.keys, user.sealed_pin, user.id), pin):
            found = user
    if not users:
        hmac.compare_digest(open_pin(unit.keys, _sealed_nobody(unit.keys), _NOBODY), pin)
    return found


@lru_cache(maxsize=1)
def _sealed_nobody(keys: KeyRing) -> str:
    """Something sealed to open for users who are not there."""
    return seal_pin(keys, "0", _NOBODY)


def _verdict(user: User, company: Company, unit: UnitOfWork) -> AccessVerdict:
    day = unit.today
    state = user.state_on(day)
    flags = {
        UserState.PENDING: (AccessFlag.PENDING,),
        UserState.SUSPENDED: (AccessFlag.SUSPENDED,),
        UserState.EXPIRED: (AccessFlag.EXPIRED,),
    }.get(state, ())
    if not flags and company.state != CompanyState.ACTIVE:
        flags = (AccessFlag.SUSPENDED,)
    allowed = not flags
    soon = allowed and user.expires_on is not None and user.expires_on <= day + SOON
    return AccessVerdict(
        allowed=allowed,
        access_flag=(AccessFlag.EXPIRES_SOON,) if soon else flags,
        user_id=user.id,
        first_name=user.first_name,
        last_name=user.last_name,
        language=Language(user.language),
        expires_on=user.expires_on if soon or state is UserState.EXPIRED else None,
        days_left=(user.expires_on - day).days if soon and user.expires_on else None,
    )
