"""Operations on who holds which number; those on the inventory and on reservations stand beside."""

from collections.abc import Sequence
from typing import Any

from provisioning.companies import Company
from provisioning.dids import contract, inventory, reservations, store
from provisioning.dids.contract import shown
from provisioning.dids.model import (
    Did,
    DidAssigned,
    DidChanged,
    DidNotHeld,
    DidTransferred,
    DidUnassigned,
    DidUse,
    NoDidAvailable,
    NoDidHeld,
)
from provisioning.kernel.caller import Caller, Right
from provisioning.kernel.errors import InvalidState, LimitReached, Refusal, invalid
from provisioning.kernel.operation import writes
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.users import User, UserRef, find_user, show_numbers

MOST_HELD = 100


@writes(Right.NUMBERS_WRITE)
def assign_did(
    request: contract.AssignDidRequest, caller: Caller, unit: UnitOfWork
) -> contract.AssignDidResult:
    """Give a user a number: a certain one, the one of a reservation, or any free one that begins so.

    The number must be allocated to the user's company. A number of the pool can be given by the provider's
    clients; it is allocated to the user's company thereby. A number reserved for an e-mail address goes to that
    person, one reserved without to any user of the same client, and any reserved one to whom its reservationId
    is given for; a resting one goes to its last holder. A reservation that has ended still names its number until
    somebody else reserves it. A number that the user holds already is left or, if asked for, made primary or
    given another use. expectedVersion is the number's.

    Errors: NOT_FOUND (the user, the number, the reservation), DID_NOT_AVAILABLE, INVALID_STATE (a deleted or
    rejected user, a suspended company), LIMIT_REACHED (100 numbers of one user), VERSION_CONFLICT.
    """
    user = find_user(unit, request.user_ref, lock=True)
    did, field = _wished(unit, user, request, "number")
    unit.check_version(did)
    assign(
        unit,
        user,
        did,
        field,
        reservation_id=request.reservation_id,
        primary=request.primary,
        use=request.use,
    )
    return contract.AssignDidResult(did=shown(did, caller, unit.now))


@writes(Right.NUMBERS_WRITE)
def change_did(
    request: contract.ChangeDidRequest, caller: Caller, unit: UnitOfWork
) -> contract.ChangeDidResult:
    """Give a user another number in the place of one it holds, in one step: never none, never both.

    The new number is primary if the old one was. What AssignDid says of the new number holds here.
    expectedVersion is the old number's.

    Errors: those of AssignDid, and INVALID_STATE when the user does not hold the old number.
    """
    user = find_user(unit, request.user_ref, lock=True)
    old = _to_give_up(unit, user, request.from_number)
    new, field = _wished(unit, user, request, "toNumber")
    if new.user_id == user.id and old in {None, new}:
        unit.check_version(new)
        assign(unit, user, new, field, use=request.use)
        return contract.ChangeDidResult(did=shown(new, caller, unit.now))
    if old is None:
        raise _not_held(request.from_number)
    unit.check_version(old)
    primary, use = old.is_primary, request.use or DidUse(old.use or DidUse.BOTH)
    had_both = new.user_id == user.id
    _free(unit, [old])
    assign(unit, user, new, field, reservation_id=request.reservation_id, primary=primary or None, use=use)
    if had_both:
        _see_to_primary(unit, user)
    return contract.ChangeDidResult(did=shown(new, caller, unit.now), freed=shown(old, caller, unit.now))


@writes(Right.NUMBERS_WRITE)
def transfer_did(
    request: contract.TransferDidRequest, caller: Caller, unit: UnitOfWork
) -> contract.TransferDidResult:
    """Hand a number over from one user to another one of the same company, in one step. It does not rest.

    Its use stays. It becomes primary when it is the new holder's first number or when asked for; of the old
    holder's other numbers the lowest becomes primary. expectedVersion is the number's.

    Errors: NOT_FOUND, INVALID_STATE (fromUserRef does not hold the number; a deleted or rejected user; a
    suspended company), DID_NOT_AVAILABLE (toUserRef is of another company), LIMIT_REACHED, VERSION_CONFLICT.
    """
    giver, taker = _both(unit, request)
    did = store.lock_did(unit, request.number, "number")
    unit.check_version(did)
    if did.user_id != taker.id:
        if did.user_id != giver.id:
            raise DidNotHeld(field="fromUserRef", object=did.number, number=did.number)
        did.must_reach(taker, caller, "toUserRef")
        _hand_over(unit, giver, taker, did, primary=request.primary)
    else:
        assign(unit, taker, did, "number", primary=request.primary)
    return contract.TransferDidResult(did=shown(did, caller, unit.now))


@writes(Right.NUMBERS_WRITE)
def unassign_did(
    request: contract.UnassignDidRequest, caller: Caller, unit: UnitOfWork
) -> contract.UnassignDidResult:
    """Take a number, or all numbers, away from a user. Name the user, the number, or both.

    A freed number rests for as long as its provider says and can be assigned to the same user meanwhile. When
    it was primary, the lowest of the user's other numbers becomes primary. A number that the user does not
    hold is left: noChange. expectedVersion is the number's.

    Errors: NOT_FOUND (the user, the number), VERSION_CONFLICT.
    """
    user = _holder_meant(unit, request)
    if user is None:
        return contract.UnassignDidResult()
    dids = store.held_by(unit.db, user.id)
    if request.number is not None:
        did = store.lock_did(unit, request.number, "number")
        unit.check_version(did)
        dids = [each for each in dids if each is did]
    unassign(unit, user, dids)
    return contract.UnassignDidResult(did=tuple(shown(did, caller, unit.now) for did in dids))


OPERATIONS = (
    *inventory.OPERATIONS,
    *reservations.OPERATIONS,
    assign_did,
    change_did,
    transfer_did,
    unassign_did,
)


# --- Steps: reactions to what happens to users come down to the same ones -------------------------


def assign(
    unit: UnitOfWork,
    user: User,
    did: Did,
    field: str,
    *,
    reservation_id: str | None = None,
    primary: bool | None = None,
    use: DidUse | None = None,
) -> None:
    """Give a locked number to a locked user, or change how the user has it. ``field`` names the number."""
    if did.user_id == user.id:
        _alter(unit, user, did, primary=primary, use=use)
        return
    did.must_be_free_for(user, unit.caller, unit.now, field, reservation_id)
    _must_be_served(unit, user, "userRef")
    give(unit, user, did, primary=primary, use=use)


def give(
    unit: UnitOfWork, user: User, did: Did, *, primary: bool | None = None, use: DidUse | None = None
) -> None:
    """Give a user a number that it may have."""
    _add(unit, user, did, primary=primary, use=use)
    detail = {"userId": user.id, "primary": did.is_primary, "use": did.use}
    unit.record(DidAssigned(**_of(did, user.id), detail=detail))


def unassign(unit: UnitOfWork, user: User, dids: Sequence[Did]) -> None:
    """Free numbers that a locked user holds; one of those that are left is primary."""
    if dids:
        _free(unit, dids)
        _see_to_primary(unit, user)


def _free(unit: UnitOfWork, dids: Sequence[Did]) -> None:
    resting = store.resting_time(unit.db, dids[0].provider_id)
    phones = bool(unit.phone_systems(dids[0].provider_id))
    for did in dids:
        user_id = did.user_id or ""
        did.free(unit.now, resting, held_by_phone=phones)
        unit.record(DidUnassigned(**_of(did, user_id), detail={"userId": user_id}))
    unit.db.flush()


def _hand_over(unit: UnitOfWork, giver: User, taker: User, did: Did, *, primary: bool | None) -> None:
    _must_be_served(unit, taker, "toUserRef")
    _add(unit, taker, did, primary=primary)
    detail = {"fromUserId": giver.id, "toUserId": taker.id, "primary": did.is_primary, "use": did.use}
    unit.record(DidTransferred(**_of(did, giver.id, taker.id), detail=detail))
    _see_to_primary(unit, giver)


def _add(unit: UnitOfWork, user: User, did: Did, *, primary: bool | None, use: DidUse | None = None) -> None:
    """Let a number take its place among those that a user has; exactly one of them is primary."""
    others = store.held_by(unit.db, user.id)
    if len(others) >= MOST_HELD:
        raise LimitReached(field="userRef", limit="dids", used=len(others), allowed=MOST_HELD)
    first = bool(primary) or not others
    if first:
        _demote(unit, others)
    did.give_to(user, use, primary=first)
    _show(unit, user, [*others, did])


def _alter(unit: UnitOfWork, user: User, did: Did, *, primary: bool | None, use: DidUse | None) -> None:
    """The number stays with its user, perhaps in another role."""
    promoted = bool(primary) and not did.is_primary
    if not promoted and use in {None, did.use}:
        return
    held = store.held_by(unit.db, user.id)
    if promoted:
        _demote(unit, held)
        did.is_primary = True
    did.use = use or did.use
    _show(unit, user, held)
    _record_change(unit, did)


def _demote(unit: UnitOfWork, dids: Sequence[Did]) -> None:
    """The index allows no second primary number, not even for a moment: the first steps back before."""
    for did in dids:
        did.is_primary = False
    unit.db.flush()


def _see_to_primary(unit: UnitOfWork, user: User) -> None:
    held = store.held_by(unit.db, user.id)
    if held and not any(each.is_primary for each in held):
        held[0].is_primary = True
        _record_change(unit, held[0])
    _show(unit, user, held)


def _record_change(unit: UnitOfWork, did: Did) -> None:
    user_id = did.user_id or ""
    detail = {"userId": user_id, "primary": did.is_primary, "use": did.use}
    unit.record(DidChanged(**_of(did, user_id), detail=detail))


def _show(unit: UnitOfWork, user: User, held: Sequence[Did]) -> None:
    """Let lists of users show what the user has now."""
    dids = sorted(held, key=lambda did: (not did.is_primary, did.number))
    show_numbers(unit, user, [did.number for did in dids])


def _of(did: Did, *user_ids: str) -> dict[str, Any]:
    return {
        "object_id": did.number,
        "provider_id": did.provider_id,
        "company_id": did.company_id,
        "concerns": user_ids,
    }


# --- What a request means ------------------------------------------------------------------------


def _wished(
    unit: UnitOfWork, user: User, request: contract.AssignDidRequest | contract.ChangeDidRequest, field: str
) -> tuple[Did, str]:
    """The locked number that a request asks for, and the field that named it."""
    number = request.number if isinstance(request, contract.AssignDidRequest) else request.to_number
    given = {field: number, "reservationId": request.reservation_id, "prefix": request.prefix}
    match [(name, value) for name, value in given.items() if value is not None]:
        case [("reservationId", value)]:
            return store.lock_reserved_did(unit, value, "reservationId"), "reservationId"
        case [("prefix", value)]:
            return _any_free(unit, user, value), "prefix"
        case [(_, value)]:
            return store.lock_did(unit, value, field), field
    raise invalid(
        field,
        "ONE_OF",
        "or reservationId or prefix is required, exactly one of them",
        "ou reservationId ou prefix est obligatoire, exactement un des trois",
    )


def _any_free(unit: UnitOfWork, user: User, prefix: str) -> Did:
    """A free number of the user's company; for a provider's client also one of the pool."""
    did = store.lock_free_did(unit, user.provider_id, user.company_id, prefix)
    if did is None and unit.caller.company_id is None:
        did = store.lock_free_did(unit, user.provider_id, None, prefix)
    if did is None:
        raise NoDidAvailable(field="prefix", prefix=prefix)
    return did


def _to_give_up(unit: UnitOfWork, user: User, number: str | None) -> Did | None:
    """The number to change, or None when the user does not hold it (any longer)."""
    if number is not None:
        did = store.lock_did(unit, number, "fromNumber")
        return did if did.user_id == user.id else None
    return next((did for did in store.held_by(unit.db, user.id) if did.is_primary), None)


def _not_held(number: str | None) -> Refusal:
    if number is None:
        return NoDidHeld(field="userRef")
    return DidNotHeld(field="fromNumber", object=number, number=number)


def _holder_meant(unit: UnitOfWork, request: contract.UnassignDidRequest) -> User | None:
    """The locked user whose number is meant; None when the number has no holder."""
    if request.user_ref is not None:
        return find_user(unit, request.user_ref, lock=True)
    if request.number is None:
        raise invalid(
            "number", "REQUIRED", "or userRef is required", "est obligatoire, à moins qu'il n'y ait userRef"
        )
    user_id = store.find_did(unit, request.number, "number").user_id
    return find_user(unit, UserRef(user_id=user_id), lock=True) if user_id else None


def _both(unit: UnitOfWork, request: contract.TransferDidRequest) -> tuple[User, User]:
    """Both users, locked in one order whoever calls, so that opposite transfers do not block each other."""
    refs = {"fromUserRef": request.from_user_ref, "toUserRef": request.to_user_ref}
    ids = {field: find_user(unit, ref, field=field).id for field, ref in refs.items()}
    unit.db.expire_all()  # what was read before the lock may have changed
    locked = {id_: find_user(unit, UserRef(user_id=id_), lock=True) for id_ in sorted(ids.values())}
    return locked[ids["fromUserRef"]], locked[ids["toUserRef"]]


def _must_be_served(unit: UnitOfWork, user: User, field: str) -> None:
    """Only a living user of an active company gets a number."""
    if not user.living:
        raise InvalidState(field=field, object=user.id, state=user.state)
    unit.db.get_one(Company, user.company_id).must_be_active(field)
