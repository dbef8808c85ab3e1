"""Operations on a provider's inventory: adding, listing, allocating and withdrawing numbers."""

from collections.abc import Iterable
from typing import Any

from provisioning.companies import find_company
from provisioning.dids import contract, store
from provisioning.dids.contract import DidVerdict, shown
from provisioning.dids.model import Did, DidsAdded, DidsAllocated, DidState, DidsWithdrawn
from provisioning.dids.ranges import asked_for, runs
from provisioning.kernel.caller import Caller, Right, Scope
from provisioning.kernel.errors import CODES
from provisioning.kernel.facts import Fact
from provisioning.kernel.operation import reads, writes
from provisioning.kernel.paging import Keyset, count_all, take_page
from provisioning.kernel.texts import Text
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.users import find_user

NO_CHANGE = "NO_CHANGE"
_AS_ASKED = Text("The number was so already.", "Le numéro l'était déjà.")


@writes(Right.NUMBERS_WRITE, scope=Scope.PROVIDER)
def add_dids(request: contract.AddDidsRequest, caller: Caller, unit: UnitOfWork) -> contract.AddDidsResult:
    """Add numbers to the provider's inventory, up to 10,000 in a call, singly and by ranges.

    Numbers that could not be added are listed, each with a code: NO_CHANGE when the inventory has it already
    (it stays allocated as it is), DID_NOT_AVAILABLE when it is not to be had. The others are added.

    Errors: INVALID_REQUEST (no numbers, too many, a wrong range), NOT_FOUND and INVALID_STATE (the company).
    """
    numbers = asked_for(request)
    if request.company_id is not None:
        find_company(unit, request.company_id, lock=True).must_be_active("companyId")
    new = store.add_new(unit.db, numbers, _new_row(request, caller, unit))
    record_runs(unit, DidsAdded, new, caller.provider_id, request.company_id)
    rest = [number for number in numbers if number not in new]
    owners = store.owners(unit.db, rest)
    return contract.AddDidsResult(
        added=len(new),
        did_verdict=_verdicts(
            unit,
            {
                number: NO_CHANGE if owners.get(number) == caller.provider_id else "DID_NOT_AVAILABLE"
                for number in rest
            },
        ),
    )


@reads(Right.NUMBERS_READ, quick=True)
def list_dids(request: contract.ListDidsRequest, caller: Caller, unit: UnitOfWork) -> contract.DidPage:
    """The numbers the caller sees, ascending: a provider's inventory, or what a company has of it.

    States are those of this moment: a reservation or a rest that is over counts as AVAILABLE.

    Errors: NOT_FOUND (the company, the user), INVALID_CURSOR.
    """
    if request.company_id is not None:
        find_company(unit, request.company_id)
    user_id = find_user(unit, request.user_ref).id if request.user_ref is not None else None
    statement = store.listed(request, caller, unit.now, user_id)
    rows, cursor = take_page(unit.db, statement, Keyset("dids", (Did.number,)), request)
    return contract.DidPage(
        did=tuple(shown(row[0], caller, unit.now) for row in rows),
        next_cursor=cursor,
        more=cursor is not None,
        total=count_all(unit.db, statement, request),
    )


@writes(Right.NUMBERS_WRITE, scope=Scope.PROVIDER)
def allocate_dids(
    request: contract.AllocateDidsRequest, caller: Caller, unit: UnitOfWork
) -> contract.AllocateDidsResult:
    """Allocate numbers of the pool to a company, up to 10,000 in a call, singly and by ranges.

    Numbers that the company has not got by this call are listed, each with a code: NO_CHANGE when it had the
    number already, NOT_FOUND when the inventory has no such number, DID_NOT_AVAILABLE when another company has
    it (withdraw it first). A reservation stays. The other numbers are allocated.

    Errors: INVALID_REQUEST (no numbers, too many, a wrong range), NOT_FOUND and INVALID_STATE (the company).
    """
    company = find_company(unit, request.company_id, lock=True)
    company.must_be_active("companyId")
    numbers = asked_for(request)
    known = store.lock_dids(unit.db, caller, numbers)
    codes = {number: _allocation(known.get(number), company.id) for number in numbers}
    chosen = [number for number, code in codes.items() if code is None]
    store.allocate(unit.db, chosen, company.id)
    record_runs(unit, DidsAllocated, chosen, caller.provider_id, company.id)
    return contract.AllocateDidsResult(allocated=len(chosen), did_verdict=_verdicts(unit, codes))


@writes(Right.NUMBERS_WRITE, scope=Scope.PROVIDER)
def withdraw_dids(
    request: contract.WithdrawDidsRequest, caller: Caller, unit: UnitOfWork
) -> contract.WithdrawDidsResult:
    """Withdraw numbers from their companies back to the pool, or out of the inventory; up to 10,000 in a call.

    Numbers that were not withdrawn are listed, each with a code: NO_CHANGE when it was in the pool already,
    NOT_FOUND when the inventory has no such number, IN_USE when it is assigned or reserved. The other numbers
    are withdrawn.

    Errors: INVALID_REQUEST (no numbers, too many, a wrong range).
    """
    numbers = asked_for(request)
    known = store.lock_dids(unit.db, caller, numbers)
    out = bool(request.from_inventory)
    codes = {number: _withdrawal(known.get(number), unit, out=out) for number in numbers}
    chosen = [number for number, code in codes.items() if code is None]
    if out:
        store.remove(unit.db, chosen)
    else:
        store.allocate(unit.db, chosen, None)
    for company_id in sorted({known[number].company_id or "" for number in chosen}):
        of_company = [number for number in chosen if (known[number].company_id or "") == company_id]
        record_runs(
            unit, DidsWithdrawn, of_company, caller.provider_id, company_id or None, fromInventory=out
        )
    return contract.WithdrawDidsResult(withdrawn=len(chosen), did_verdict=_verdicts(unit, codes))


OPERATIONS = (add_dids, list_dids, allocate_dids, withdraw_dids)


def _new_row(request: contract.AddDidsRequest, caller: Caller, unit: UnitOfWork) -> dict[str, Any]:
    return {
        "provider_id": caller.provider_id,
        "company_id": request.company_id,
        "state": DidState.AVAILABLE,
        "free_from": unit.now,
        "is_primary": False,
        "held_by_phone": False,
        "version": 1,
    }


def _allocation(did: Did | None, company_id: str) -> str | None:
    """Why a number is not allocated to a company."""
    if did is None:
        return "NOT_FOUND"
    if did.company_id is None:
        return None
    return NO_CHANGE if did.company_id == company_id else "DID_NOT_AVAILABLE"


def _withdrawal(did: Did | None, unit: UnitOfWork, *, out: bool) -> str | None:
    """Why a number is not withdrawn."""
    if did is None:
        return "NOT_FOUND"
    if did.state_at(unit.now) in {DidState.ASSIGNED, DidState.RESERVED}:
        return "IN_USE"
    return NO_CHANGE if did.company_id is None and not out else None


def _verdicts(unit: UnitOfWork, codes: dict[str, str | None]) -> tuple[DidVerdict, ...]:
    reasons = {code: meaning.meaning.in_language(unit.language) for code, meaning in CODES.items()}
    reasons[NO_CHANGE] = _AS_ASKED.in_language(unit.language)
    return tuple(
        DidVerdict(number=number, code=code, reason=reasons[code])
        for number, code in codes.items()
        if code is not None
    )


def record_runs(
    unit: UnitOfWork,
    fact: type[Fact],
    numbers: Iterable[str],
    provider_id: str,
    company_id: str | None,
    **more: Any,
) -> None:
    """One fact for each unbroken run: ten thousand numbers at once are one change, not ten thousand."""
    for run in runs(numbers):
        first, last = run[0], run[-1]
        unit.record(
            fact(
                object_id=first if first == last else f"{first}-{last}",
                provider_id=provider_id,
                company_id=company_id,
                detail={"first": first, "last": last, "count": len(run), **more},
            )
        )
