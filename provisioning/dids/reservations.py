"""Operations on reservations: a number kept for somebody for some minutes."""

from datetime import timedelta

from provisioning.companies import find_company
from provisioning.dids import contract, store
from provisioning.dids.contract import shown
from provisioning.dids.model import (
    Did,
    DidNotAvailable,
    DidReservationReleased,
    DidReserved,
    DidState,
    NoDidAvailable,
)
from provisioning.kernel.addresses import email_key
from provisioning.kernel.caller import Caller, Right
from provisioning.kernel.clock import new_id
from provisioning.kernel.errors import InvalidState, invalid
from provisioning.kernel.lexical import write_moment
from provisioning.kernel.operation import writes
from provisioning.kernel.unit_of_work import UnitOfWork


@writes(Right.NUMBERS_WRITE)
def reserve_did(
    request: contract.ReserveDidRequest, caller: Caller, unit: UnitOfWork
) -> contract.ReserveDidResult:
    """Keep a number for some minutes: a certain one, or any free one that begins so.

    With an e-mail address the number is that person's: it is assigned by itself when a user with the address is
    created without another wish. Without one, any user of this client can get it. However many ask at once,
    each number is reserved once. A repeat for the same e-mail address is noChange; without an address it cannot
    be told from another visitor of the same site: use control.requestId. expectedVersion is the number's.

    Errors: NOT_FOUND (the number, the company), DID_NOT_AVAILABLE, INVALID_STATE (a suspended company),
    VERSION_CONFLICT.
    """
    if request.number is not None and request.prefix is not None:
        raise invalid("prefix", "ONE_OF", "cannot go with number", "ne va pas avec number")
    company_id = request.company_id or caller.company_id
    _check_company(unit, company_id)
    email = email_key(request.email) if request.email else None
    if request.number is None:
        did = _any_reserved(unit, company_id, request, email)
    else:
        did = _reserved(unit, company_id, request.number, request, email)
    assert did.reservation_id is not None
    assert did.free_from is not None
    return contract.ReserveDidResult(
        reservation_id=did.reservation_id, expires_at=did.free_from, did=shown(did, caller, unit.now)
    )


@writes(Right.NUMBERS_WRITE)
def release_did_reservation(
    request: contract.ReleaseDidReservationRequest, caller: Caller, unit: UnitOfWork
) -> contract.ReleaseDidReservationResult:
    """End a reservation before its time. One that has ended already is noChange.

    expectedVersion is the number's.

    Errors: NOT_FOUND (no such reservation, or its number was reserved again since), INVALID_STATE (the number
    is assigned), VERSION_CONFLICT.
    """
    did = store.lock_reserved_did(unit, request.reservation_id, "reservationId")
    unit.check_version(did)
    state = did.state_at(unit.now)
    if state is DidState.ASSIGNED:
        raise InvalidState(field="reservationId", object=did.number, state=state)
    if state is DidState.RESERVED:
        did.end_reservation(unit.now)
        unit.db.flush()
        unit.record(
            DidReservationReleased(
                object_id=did.number, provider_id=did.provider_id, company_id=did.company_id
            )
        )
    return contract.ReleaseDidReservationResult(did=shown(did, caller, unit.now))


OPERATIONS = (reserve_did, release_did_reservation)


def _reserved(
    unit: UnitOfWork,
    company_id: str | None,
    number: str,
    request: contract.ReserveDidRequest,
    email: str | None,
) -> Did:
    """The number asked for, reserved by now."""
    did = store.lock_did(unit, number, "number")
    unit.check_version(did)
    if did.is_reserved_by(unit.caller.client_id, email, unit.now):
        return did
    if company_id is None:
        _check_company(unit, did.company_id)
    elsewhere = company_id not in {None, did.company_id}
    if elsewhere or did.state_at(unit.now) is not DidState.AVAILABLE:
        raise DidNotAvailable(field="number", object=number, number=number)
    did.reserve(new_id(), unit.caller.client_id, email, unit.now + _duration(unit, request))
    unit.db.flush()
    return _recorded(unit, did)


def _any_reserved(
    unit: UnitOfWork, company_id: str | None, request: contract.ReserveDidRequest, email: str | None
) -> Did:
    """Any free number, reserved by now."""
    prefix = request.prefix or store.ANY
    until = unit.now + _duration(unit, request)
    did = store.reserve_free_did(unit, company_id, prefix, until, email)
    if did is None:
        raise NoDidAvailable(field="prefix", prefix=prefix)
    unit.check_version(did)
    return _recorded(unit, did)


def _check_company(unit: UnitOfWork, company_id: str | None) -> None:
    if company_id is not None:
        find_company(unit, company_id).must_be_active("companyId")


def _duration(unit: UnitOfWork, request: contract.ReserveDidRequest) -> timedelta:
    return timedelta(minutes=request.minutes or unit.settings.reservation_minutes)


def _recorded(unit: UnitOfWork, did: Did) -> Did:
    assert did.free_from is not None
    unit.record(
        DidReserved(
            object_id=did.number,
            provider_id=did.provider_id,
            company_id=did.company_id,
            detail={"until": write_moment(did.free_from)},
        )
    )
    return did
