"""Operations of the restrictions room."""

from collections.abc import Sequence
from typing import Any

from provisioning.companies import CompanyState, find_company
from provisioning.kernel.caller import Caller, Right
from provisioning.kernel.clock import new_id
from provisioning.kernel.errors import DuplicateCode, InUse
from provisioning.kernel.operation import reads, writes
from provisioning.kernel.paging import Keyset, count_all, take_page
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.restrictions import contract, store
from provisioning.restrictions.contract import CallRestrictionResult, DialingReason
from provisioning.restrictions.model import (
    CallRestriction,
    CallRestrictionChanged,
    CallRestrictionCreated,
    CallRestrictionDeleted,
    RestrictionNotDefined,
    Rule,
    UserCallRestrictionsSet,
    longest_match,
)
from provisioning.users import User, UserState, find_user, target_user


@writes(Right.RESTRICTIONS_WRITE)
def create_call_restriction(
    request: contract.CreateCallRestrictionRequest, caller: Caller, unit: UnitOfWork
) -> CallRestrictionResult:
    """Define a call restriction in a company; SetUserCallRestrictions applies it to users.

    A pattern has the dialled digits with the country code first: 1900* for all numbers beginning so, 0???? for five
    digits. Of all patterns applied to a user the longest that matches decides. Errors: NOT_FOUND, DUPLICATE_CODE.
    """
    company = find_company(unit, request.company_id)
    new = request.new_call_restriction
    if store.exists(unit.db, company.id, new.code):
        raise DuplicateCode(field="newCallRestriction.code", value=new.code)
    restriction = CallRestriction(
        id=new_id(),
        provider_id=company.provider_id,
        company_id=company.id,
        code=new.code,
        name_en=new.name_en,
        name_fr=new.name_fr,
        rule=new.rule,
        patterns=list(dict.fromkeys(new.pattern)),
    )
    unit.db.add(restriction)
    unit.db.flush()
    unit.record(
        CallRestrictionCreated(
            **_of(restriction), detail={"code": restriction.code, "rule": restriction.rule}
        )
    )
    return CallRestrictionResult(call_restriction=_shown(restriction))


@writes(Right.RESTRICTIONS_WRITE)
def update_call_restriction(
    request: contract.UpdateCallRestrictionRequest, caller: Caller, unit: UnitOfWork
) -> CallRestrictionResult:
    """Change a call restriction; users who have it are affected at once. Absent fields stay as they are.

    Errors: NOT_FOUND, VERSION_CONFLICT.
    """
    restriction = store.find_restriction(unit.db, find_company(unit, request.company_id), request.code)
    unit.check_version(restriction)
    wanted: dict[str, Any] = {name: getattr(request, name) for name in ("name_en", "name_fr", "rule")}
    wanted["patterns"] = list(dict.fromkeys(request.pattern)) or None
    changes = {
        name: value
        for name, value in wanted.items()
        if value is not None and value != getattr(restriction, name)
    }
    if not changes:
        return CallRestrictionResult(call_restriction=_shown(restriction))
    for name, value in changes.items():
        setattr(restriction, name, value)
    unit.db.flush()
    users = store.users_of(unit.db, restriction.id) if {"rule", "patterns"} & set(changes) else []
    unit.record(
        CallRestrictionChanged(**_of(restriction), concerns=tuple(users), detail={"changed": sorted(changes)})
    )
    return CallRestrictionResult(call_restriction=_shown(restriction), users_changed=len(users))


@writes(Right.RESTRICTIONS_WRITE)
def delete_call_restriction(
    request: contract.DeleteCallRestrictionRequest, caller: Caller, unit: UnitOfWork
) -> CallRestrictionResult:
    """Delete a call restriction of a company.

    Errors: NOT_FOUND, VERSION_CONFLICT, IN_USE (applied to users and liftFromUsers is not true; used says how many).
    """
    restriction = store.find_restriction(unit.db, find_company(unit, request.company_id), request.code)
    unit.check_version(restriction)
    users = store.users_of(unit.db, restriction.id)
    if users and not request.lift_from_users:
        raise InUse(field="code", object=restriction.code, count=len(users))
    store.lift_from_all(unit.db, restriction.id)
    shown = _shown(restriction)
    unit.db.delete(restriction)
    unit.db.flush()
    unit.record(
        CallRestrictionDeleted(**_of(restriction), concerns=tuple(users), detail={"code": restriction.code})
    )
    return CallRestrictionResult(call_restriction=shown, users_changed=len(users))


@reads(Right.RESTRICTIONS_READ)
def list_call_restrictions(
    request: contract.ListCallRestrictionsRequest, caller: Caller, unit: UnitOfWork
) -> contract.CallRestrictionPage:
    """The call restrictions a company has defined, by code. Errors: NOT_FOUND, INVALID_CURSOR."""
    statement = store.of_company(find_company(unit, request.company_id).id)
    rows, cursor = take_page(unit.db, statement, Keyset("restrictions", (CallRestriction.code,)), request)
    return contract.CallRestrictionPage(
        call_restriction=tuple(_shown(row[0]) for row in rows),
        next_cursor=cursor,
        more=cursor is not None,
        total=count_all(unit.db, statement, request),
    )


@reads(Right.RESTRICTIONS_READ)
def get_user_call_restrictions(
    request: contract.GetUserCallRestrictionsRequest, caller: Caller, unit: UnitOfWork
) -> contract.UserCallRestrictions:
    """All restrictions of the user's company and which of them are applied to the user. Errors: NOT_FOUND."""
    user = find_user(unit, request.user_ref)
    applied = {each.code for each in store.applied_to(unit.db, user.id)}
    return contract.UserCallRestrictions(
        user_id=user.id,
        tickable_restriction=tuple(
            contract.TickableRestriction(
                code=each.code,
                name_en=each.name_en,
                name_fr=each.name_fr,
                rule=Rule(each.rule),
                applied=each.code in applied,
            )
            for each in store.defined(unit.db, user.company_id).values()
        ),
    )


@writes(Right.RESTRICTIONS_WRITE)
def set_user_call_restrictions(
    request: contract.SetUserCallRestrictionsRequest, caller: Caller, unit: UnitOfWork
) -> contract.SetUserCallRestrictionsResult:
    """Make a user's restrictions exactly these: the manual's window of tick boxes in one call. None lifts all.

    Errors: NOT_FOUND, VERSION_CONFLICT, RESTRICTION_NOT_DEFINED (each code with its path), INVALID_STATE.
    """
    user = target_user(unit, request.user_ref)
    apply_exactly(unit, user, request.restriction_code)
    applied = store.applied_to(unit.db, user.id)
    return contract.SetUserCallRestrictionsResult(restriction_code=tuple(each.code for each in applied))


@reads(Right.RESTRICTIONS_READ)
def evaluate_dialing(
    request: contract.EvaluateDialingRequest, caller: Caller, unit: UnitOfWork
) -> contract.DialingVerdict:
    """Whether a user may dial a number: by which restriction and pattern, or because none matches. Errors: NOT_FOUND."""
    user = find_user(unit, request.user_ref)
    company = find_company(unit, user.company_id)
    if user.state != UserState.ACTIVE or company.state != CompanyState.ACTIVE:
        return contract.DialingVerdict(allowed=False, reason=DialingReason.SERVICE_CLOSED)
    match = longest_match(store.applied_to(unit.db, user.id), request.number)
    if match is None:
        return contract.DialingVerdict(allowed=True, reason=DialingReason.NO_RULE)
    return contract.DialingVerdict(
        allowed=not match.denies,
        reason=DialingReason.RULE,
        restriction_code=match.code,
        pattern=match.pattern,
    )


OPERATIONS = (
    create_call_restriction,
    update_call_restriction,
    delete_call_restriction,
    list_call_restrictions,
    get_user_call_restrictions,
    set_user_call_restrictions,
    evaluate_dialing,
)


def apply_exactly(unit: UnitOfWork, user: User, codes: Sequence[str], path: str = "restrictionCode") -> None:
    """Make a user's restrictions exactly these; refuses with each code that the company has not defined."""
    defined = store.defined(unit.db, user.company_id)
    with unit.all_violations() as violations:
        for number, code in enumerate(codes):
            with violations.step():
                if code not in defined:
                    raise RestrictionNotDefined(field=f"{path}[{number}]", object=code, restriction=code)
    before = {each.code: each for each in store.applied_to(unit.db, user.id)}
    lifted = [each for code, each in before.items() if code not in codes]
    added = [defined[code] for code in dict.fromkeys(codes) if code not in before]
    if lifted:
        store.lift(unit.db, user.id, lifted)
    store.apply(unit.db, user.id, added)
    if lifted or added:
        detail = {
            "applied": sorted(each.code for each in added),
            "lifted": sorted(each.code for each in lifted),
        }
        unit.record(
            UserCallRestrictionsSet(
                object_id=user.id,
                provider_id=user.provider_id,
                company_id=user.company_id,
                concerns=(user.id,),
                detail=detail,
            )
        )


def _shown(restriction: CallRestriction) -> contract.CallRestriction:
    return contract.CallRestriction(
        restriction_id=restriction.id,
        code=restriction.code,
        name_en=restriction.name_en,
        name_fr=restriction.name_fr,
        rule=Rule(restriction.rule),
        pattern=tuple(restriction.patterns),
        version=restriction.version,
    )


def _of(restriction: CallRestriction) -> dict[str, Any]:
    return {
        "object_id": restriction.id,
        "provider_id": restriction.provider_id,
        "company_id": restriction.company_id,
    }
