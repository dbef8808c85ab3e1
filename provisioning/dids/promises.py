"""Numbers kept for a person who is signing up. The door for the room of sign-ups."""

from collections.abc import Sequence
from datetime import datetime

from provisioning.dids import store
from provisioning.dids.model import Did, DidReservationReleased, DidReserved, DidState
from provisioning.dids.operations import give
from provisioning.kernel.clock import new_id
from provisioning.kernel.lexical import write_moment
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.users import User


def keep_for(
    unit: UnitOfWork,
    user: User,
    numbers: Sequence[str],
    until: datetime,
    field: str,
    reservation_id: str | None = None,
) -> list[str]:
    """Reserve numbers for a user until a moment; refuses with each that is not to be had. Which ones they are.

    Without a wish they are those reserved for the user's e-mail address.
    """
    kept: list[Did] = []
    if not numbers and reservation_id is None:
        promised = store.lock_promised(unit, user.provider_id, user.company_id, user.email_key)
        kept += [_reserve(unit, user, did, until) for did in promised]
    with unit.all_violations() as violations:
        for place, number in enumerate(numbers):
            path = f"{field}[{place}]"
            with violations.step():
                kept.append(_keep(unit, user, store.lock_did(unit, number, path), until, path))
        if reservation_id is not None:
            with violations.step():
                path = "newUser.reservationId"
                did = store.lock_reserved_did(unit, reservation_id, path)
                kept.append(_keep(unit, user, did, until, path, reservation_id))
    return list(dict.fromkeys(did.number for did in kept))


def release_promised(unit: UnitOfWork, user: User, numbers: Sequence[str]) -> None:
    """Give up what is still kept for a user."""
    for did in store.lock_dids(unit.db, unit.caller, numbers).values():
        if did.state_at(unit.now) is DidState.RESERVED and did.reserved_for == user.id:
            did.end_reservation(unit.now)
            unit.db.flush()
            unit.record(
                DidReservationReleased(
                    object_id=did.number, provider_id=did.provider_id, company_id=did.company_id
                )
            )


def give_promised(unit: UnitOfWork, user: User, numbers: Sequence[str]) -> list[str]:
    """Assign what was kept for a user; the numbers that somebody else has by now."""
    dids = store.lock_dids(unit.db, unit.caller, numbers)
    lost = []
    for number in numbers:
        did = dids.get(number)
        if did is not None and did.user_id == user.id:
            continue
        if did is None or not did.is_free_for(user, unit.caller, unit.now):
            lost.append(number)
        else:
            give(unit, user, did)
    return lost


def _keep(
    unit: UnitOfWork, user: User, did: Did, until: datetime, field: str, reservation_id: str | None = None
) -> Did:
    """Reserve a number for the user, not for its address: that may change before the sign-up is over."""
    did.must_be_free_for(user, unit.caller, unit.now, field, reservation_id)
    if did.reserved_for == user.id and did.free_from == until:
        return did
    return _reserve(unit, user, did, until)


def _reserve(unit: UnitOfWork, user: User, did: Did, until: datetime) -> Did:
    did.reserve(new_id(), unit.caller.client_id, user.id, until)
    unit.db.flush()
    unit.record(
        DidReserved(
            object_id=did.number,
            provider_id=did.provider_id,
            company_id=did.company_id,
            detail={"until": write_moment(until)},
        )
    )
    return did
