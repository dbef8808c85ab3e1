"""Operations of the sign-up room."""

import dataclasses
from datetime import datetime, timedelta
from typing import Any

from provisioning.companies import find_company
from provisioning.dids import give_promised, keep_for, release_promised
from provisioning.kernel.caller import Caller, Right, Scope
from provisioning.kernel.errors import invalid
from provisioning.kernel.facts import Letter
from provisioning.kernel.lexical import write_moment
from provisioning.kernel.messages import BatchRequest, BatchResult
from provisioning.kernel.operation import writes
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.signups import contract, store
from provisioning.signups.contract import SignUpResult
from provisioning.signups.model import (
    NUMBER_LOST,
    NotSigningUp,
    PaidOtherwise,
    PaymentConfirmed,
    PaymentReferenceUsed,
    SignUp,
    SignUpChanged,
    SignUpOver,
    SignUpStarted,
)
from provisioning.users import (
    LetterKind,
    User,
    UserState,
    activate,
    admit,
    find_user,
    reject,
    shown_user,
)

USUAL_WAIT = timedelta(hours=24)
AT_ONCE = 200
UNPAID = "Not paid in time"


@writes(Right.SIGNUP_WRITE)
def start_sign_up(request: contract.StartSignUpRequest, caller: Caller, unit: UnitOfWork) -> SignUpResult:
    """Create a PENDING user who has still to pay. Its DIDs, or that of a reservation, are kept for the person until
    expiresAt; packages and all else are set up at once.

    A PENDING user can be configured like an ACTIVE one. Errors: as CreateUser, INVALID_REQUEST (expiresAt in the past).
    """
    company = find_company(unit, request.company_id)
    company.must_be_active("companyId")
    until = request.expires_at or unit.now + USUAL_WAIT
    new = dataclasses.replace(request.new_user, did=(), reservation_id=None)
    with unit.all_violations() as violations:
        with violations.step():
            _must_lie_ahead(until, unit)
        with violations.step():
            user, secrets = admit(unit, company, new, UserState.PENDING)
    numbers = keep_for(
        unit, user, request.new_user.did, until, "newUser.did", reservation_id=request.new_user.reservation_id
    )
    sign_up = SignUp(
        user_id=user.id,
        provider_id=user.provider_id,
        wished_numbers=numbers,
        started_at=unit.now,
        expires_at=until,
    )
    unit.db.add(sign_up)
    unit.db.flush()
    unit.record(SignUpStarted(**_of(user), detail={"expiresAt": write_moment(until), "dids": numbers}))
    return dataclasses.replace(_result(unit, user, sign_up), generated_sip_secret=secrets)


@writes(Right.SIGNUP_WRITE)
def update_sign_up(request: contract.UpdateSignUpRequest, caller: Caller, unit: UnitOfWork) -> SignUpResult:
    """Change a sign-up: its end, which opens one that is over again, or the DIDs kept for the person.

    Names and addresses are changed by UpdateUser. Errors: NOT_FOUND, VERSION_CONFLICT, INVALID_STATE,
    DID_NOT_AVAILABLE, INVALID_REQUEST (expiresAt in the past).
    """
    user, sign_up = _target(request.user_ref, unit)
    _must_be_pending(user)
    before = (sign_up.expires_at, sign_up.wished_numbers)
    if request.expires_at is not None:
        _must_lie_ahead(request.expires_at, unit)
        sign_up.expires_at = request.expires_at
    wished = list(request.wished_did) or ([] if request.clear_wished_did else sign_up.wished_numbers)
    if before != (sign_up.expires_at, wished):
        release_promised(unit, user, [each for each in sign_up.wished_numbers if each not in wished])
        sign_up.wished_numbers = keep_for(unit, user, wished, sign_up.expires_at, "wishedDid")
        unit.db.flush()
        detail = {"expiresAt": write_moment(sign_up.expires_at), "dids": sign_up.wished_numbers}
        unit.record(SignUpChanged(**_of(user), detail=detail))
    return _result(unit, user, sign_up)


@writes(Right.SIGNUP_WRITE)
def confirm_payment(
    request: contract.ConfirmPaymentRequest, caller: Caller, unit: UnitOfWork
) -> SignUpResult:
    """Confirm the payment of a sign-up; the user is ACTIVE from then on and gets the DIDs kept for it.

    The first reference counts: the same one again is no change, another one is refused. A DID that was lost meanwhile
    is a warning (DID_NOT_AVAILABLE), not an error: the account is paid. Errors: NOT_FOUND, VERSION_CONFLICT,
    PAYMENT_REFERENCE_USED, INVALID_STATE (the sign-up is over, rejected, or needs no payment any more).
    """
    user, sign_up = _target(request.user_ref, unit)
    reference = request.payment_reference
    if sign_up.payment_reference == reference:
        return _result(unit, user, sign_up)
    if sign_up.payment_reference is not None:
        raise PaidOtherwise(field="paymentReference", object=user.id)
    if store.is_used(unit.db, sign_up, reference):
        raise PaymentReferenceUsed(field="paymentReference", object=reference, reference=reference)
    _must_be_open(user, sign_up, unit)
    sign_up.payment_reference, sign_up.paid_at = reference, unit.now
    sign_up.amount, sign_up.currency = request.amount, request.currency
    unit.db.flush()
    unit.record(PaymentConfirmed(**_of(user), detail={"paymentReference": reference}))
    _activate(unit, user, sign_up, notify=bool(request.notify))
    return _result(unit, user, sign_up)


@writes(Right.SIGNUP_WRITE)
def activate_user(request: contract.ActivateUserRequest, caller: Caller, unit: UnitOfWork) -> SignUpResult:
    """Make a PENDING user ACTIVE without a payment, and assign the DIDs kept for it. An ACTIVE one is no change.

    Errors: NOT_FOUND, VERSION_CONFLICT, INVALID_STATE (the sign-up is over or rejected).
    """
    user, sign_up = _target(request.user_ref, unit)
    if user.state != UserState.ACTIVE:
        _must_be_open(user, sign_up, unit)
        _activate(unit, user, sign_up, notify=bool(request.notify))
    return _result(unit, user, sign_up)


@writes(Right.SIGNUP_WRITE)
def reject_sign_up(request: contract.RejectSignUpRequest, caller: Caller, unit: UnitOfWork) -> SignUpResult:
    """End a sign-up for good: the user is REJECTED, its keys and the DIDs kept for it are free. Again is no change.

    Errors: NOT_FOUND, VERSION_CONFLICT, INVALID_STATE (the user is not PENDING).
    """
    user, sign_up = _target(request.user_ref, unit)
    if user.state != UserState.REJECTED:
        _must_be_pending(user)
        turn_away(unit, user, sign_up, request.reason)
    return _result(unit, user, sign_up)


@writes(None, scope=Scope.OPERATOR)
def end_sign_ups(request: BatchRequest, caller: Caller, unit: UnitOfWork) -> BatchResult:
    """Reject sign-ups that have been over for as many days as the service is set to wait. For the operator only."""
    moment = unit.now - timedelta(days=unit.settings.sign_up_days)
    rows = store.over_before(unit.db, caller.provider_id, moment, AT_ONCE)
    for user, sign_up in rows:
        turn_away(unit, user, sign_up, UNPAID)
    return BatchResult(count=len(rows), more=len(rows) == AT_ONCE)


OPERATIONS = (start_sign_up, update_sign_up, confirm_payment, activate_user, reject_sign_up)
OPERATOR_OPERATIONS = (end_sign_ups,)


def turn_away(unit: UnitOfWork, user: User, sign_up: SignUp, reason: str | None) -> None:
    """Reject a sign-up: one that is refused, or one that nobody paid."""
    release_promised(unit, user, sign_up.wished_numbers)
    sign_up.rejection_reason = reason
    reject(unit, user)


def _activate(unit: UnitOfWork, user: User, sign_up: SignUp, *, notify: bool) -> None:
    letters = (Letter(user_id=user.id, kind=LetterKind.ACCESS_CODES),) if notify else ()
    activate(unit, user, letters=letters)
    for number in give_promised(unit, user, sign_up.wished_numbers):
        unit.warn("DID_NOT_AVAILABLE", NUMBER_LOST, number=number)


def _target(ref: Any, unit: UnitOfWork) -> tuple[User, SignUp]:
    """The user of a sign-up, locked, in whatever state."""
    user = find_user(unit, ref, lock=True)
    unit.check_version(user)
    sign_up = store.sign_up_of(unit.db, user.id)
    if sign_up is None:
        raise NotSigningUp(field="userRef", object=user.id, state=user.state)
    return user, sign_up


def _must_be_pending(user: User) -> None:
    if user.state != UserState.PENDING:
        raise NotSigningUp(field="userRef", object=user.id, state=user.state)


def _must_be_open(user: User, sign_up: SignUp, unit: UnitOfWork) -> None:
    _must_be_pending(user)
    if sign_up.is_over(unit.now):
        raise SignUpOver(field="userRef", object=user.id, moment=write_moment(sign_up.expires_at))


def _must_lie_ahead(moment: datetime, unit: UnitOfWork) -> None:
    if moment <= unit.now:
        raise invalid("expiresAt", "IN_THE_PAST", "lies in the past", "se situe dans le passé")


def _result(unit: UnitOfWork, user: User, sign_up: SignUp) -> SignUpResult:
    return SignUpResult(
        user=shown_user(user, unit.today),
        sign_up=contract.SignUp(
            started_at=sign_up.started_at,
            expires_at=sign_up.expires_at,
            over=sign_up.is_over(unit.now),
            wished_did=tuple(sign_up.wished_numbers),
            payment_reference=sign_up.payment_reference,
            amount=sign_up.amount,
            currency=sign_up.currency,
            paid_at=sign_up.paid_at,
            rejection_reason=sign_up.rejection_reason,
        ),
    )


def _of(user: User) -> dict[str, Any]:
    return {"object_id": user.id, "provider_id": user.provider_id, "company_id": user.company_id}
