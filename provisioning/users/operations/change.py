"""Changing users and their PINs."""

from typing import Any

from provisioning.kernel.caller import Caller, Right
from provisioning.kernel.errors import invalid
from provisioning.kernel.operation import writes
from provisioning.kernel.shape import camel
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.users import contract, pins, store
from provisioning.users.changes import change, give_pin
from provisioning.users.contract import UpdateUserRequest, UserResult
from provisioning.users.departure import keep_an_administrator
from provisioning.users.lookup import target_user
from provisioning.users.model import User
from provisioning.users.numbers import hold_numbers
from provisioning.users.refusals import DuplicateEmail, DuplicateExternalId
from provisioning.users.view import shown

_FIELDS = (
    "first_name",
    "last_name",
    "email",
    "language",
    "mobile_phone",
    "home_phone",
    "business_phone",
    "external_id",
    "expires_on",
)


@writes(Right.USERS_WRITE)
def update_user(request: UpdateUserRequest, caller: Caller, unit: UnitOfWork) -> UserResult:
    """Change a user. Absent fields stay as they are; clearField clears.

    A last day of service that is not past, or none, makes an EXPIRED user ACTIVE; one that is past makes it EXPIRED.

    Errors: NOT_FOUND, VERSION_CONFLICT, INVALID_STATE (deleted or rejected), INVALID_REQUEST, DUPLICATE_EMAIL,
    DUPLICATE_EXTERNAL_ID, LAST_ADMINISTRATOR.
    """
    user = target_user(unit, request.user_ref)
    wanted = _wanted(request)
    with unit.all_violations() as violations:
        with violations.step():
            _check_contradiction(request)
        with violations.step():
            _check_email(unit, user, request)
        with violations.step():
            _check_external_id(unit, user, request)
        with violations.step():
            if request.administrator is False and user.is_administrator:
                hold_numbers(unit, user.company_id)
                keep_an_administrator(unit, user)
    change(unit, user, wanted, exclusive_email=not request.allow_duplicate_email)
    return UserResult(user=shown(user, unit.today))


@writes(Right.USERS_WRITE)
def set_pin(request: contract.SetPinRequest, caller: Caller, unit: UnitOfWork) -> UserResult:
    """Give a user a PIN of the caller's choice. No operation ever answers a PIN.

    Errors: NOT_FOUND, VERSION_CONFLICT, INVALID_STATE (deleted or rejected), INVALID_REQUEST (a trivial PIN).
    """
    user = target_user(unit, request.user_ref)
    pins.refuse_trivial(request.pin, user.user_number, "pin")
    give_pin(unit, user, request.pin, notify=bool(request.notify))
    return UserResult(user=shown(user, unit.today))


@writes(Right.USERS_WRITE)
def reset_pin(request: contract.ResetPinRequest, caller: Caller, unit: UnitOfWork) -> UserResult:
    """Give a user a new random PIN, which only the user learns, by e-mail: at once with notify, or by SendAccessCodes.

    Errors: NOT_FOUND, VERSION_CONFLICT, INVALID_STATE (deleted or rejected).
    """
    user = target_user(unit, request.user_ref)
    give_pin(unit, user, pins.new_pin(user.user_number), notify=bool(request.notify))
    return UserResult(user=shown(user, unit.today))


def _wanted(request: UpdateUserRequest) -> dict[str, Any]:
    wanted = {name: getattr(request, name) for name in _FIELDS if getattr(request, name) is not None}
    if request.administrator is not None:
        wanted["is_administrator"] = request.administrator
    return wanted | {each.value.lower(): None for each in request.clear_field}


def _check_contradiction(request: UpdateUserRequest) -> None:
    for each in request.clear_field:
        name = each.value.lower()
        if getattr(request, name) is not None:
            raise invalid(
                camel(name),
                "CONTRADICTION",
                "is given a value and cleared at once",
                "reçoit une valeur et est effacé à la fois",
            )


def _check_email(unit: UnitOfWork, user: User, request: UpdateUserRequest) -> None:
    if request.email is None or request.email == user.email or request.allow_duplicate_email:
        return
    if store.taken_emails(unit.db, user.provider_id, [request.email], but=user.id):
        raise DuplicateEmail(field="email", object=request.email)


def _check_external_id(unit: UnitOfWork, user: User, request: UpdateUserRequest) -> None:
    wanted = request.external_id
    if wanted and store.taken_external_ids(unit.db, user.company_id, [wanted], but=user.id):
        raise DuplicateExternalId(field="externalId", object=wanted)
