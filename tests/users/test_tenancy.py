"""Another tenant's user answers exactly as one that does not exist, whatever is asked and however it is named."""

from typing import Any

import pytest

from provisioning import users
from provisioning.kernel.caller import Caller, Right
from provisioning.kernel.clock import new_id
from tests.house import House, Plain
from tests.users.staff import Staff

ABOUT_A_USER: dict[str, Plain] = {
    "GetUser": {},
    "UpdateUser": {"firstName": "Anne"},
    "SuspendUser": {},
    "ResumeUser": {},
    "MoveUser": {"toCompanyId": "?"},
    "GetDeletionImpact": {},
    "RemoveUserFromCompany": {},
    "DeleteUser": {},
    "RestoreUser": {},
    "SetPin": {"pin": "8520"},
    "ResetPin": {},
}
ABOUT_A_COMPANY: dict[str, Plain] = {
    "CreateUser": {"newUser": {"firstName": "A", "lastName": "B", "email": "a@example.com"}},
    "CreateUsers": {"item": [{"newUser": {"firstName": "A", "lastName": "B", "email": "a@example.com"}}]},
    "ListUsers": {},
    "CountUsers": {},
}


def test_every_operation_is_tried() -> None:
    assert {*ABOUT_A_USER, *ABOUT_A_COMPANY} == {each.name for each in users.OPERATIONS}


def told(fault: Plain) -> Plain:
    """What an answer tells, without what differs from call to call."""
    return {name: fault[name] for name in fault if name not in {"transactionId", "object"}}


def own_company(house: House, staff: Staff, caller: Caller) -> str:
    return staff.other_id if caller is staff.other else house.new_company(caller, "OWN")


@pytest.mark.parametrize("name", ABOUT_A_USER)
@pytest.mark.parametrize("who", ["other", "stranger"])
def test_a_user_of_another_tenant_is_not_there(house: House, staff: Staff, who: str, name: str) -> None:
    user = staff.hire(externalId="x", userNumber="2206")
    caller: Caller = getattr(staff, who)
    if name == "MoveUser":
        # A company's own client moves nobody; another of the provider's would find nothing either.
        caller = staff.stranger
    mine = own_company(house, staff, caller)
    fields: dict[str, Any] = {
        key: mine if value == "?" else value for key, value in ABOUT_A_USER[name].items()
    }
    names: list[tuple[Plain, Plain]] = [
        ({"userId": user["userId"]}, {"userId": new_id()}),
        (
            {"userId": user["userId"], "companyId": house.company_id},
            {"userId": new_id(), "companyId": new_id()},
        ),
        ({"userNumber": "2206", "companyId": house.company_id}, {"userNumber": "2206", "companyId": mine}),
        ({"externalId": "x", "companyId": house.company_id}, {"externalId": "x", "companyId": new_id()}),
        (
            {"email": user["email"], "companyId": house.company_id},
            {"email": user["email"], "companyId": mine},
        ),
    ]
    for theirs, missing in names:
        fault = house.refused(name, caller, userRef=theirs, **fields)
        assert fault["code"] == "NOT_FOUND"
        assert told(fault) == told(house.refused(name, caller, userRef=missing, **fields))
    assert staff.get(user) == user


@pytest.mark.parametrize("name", ABOUT_A_COMPANY)
@pytest.mark.parametrize("who", ["other", "stranger"])
def test_a_company_of_another_tenant_is_not_there(house: House, staff: Staff, who: str, name: str) -> None:
    caller: Caller = getattr(staff, who)
    fields = ABOUT_A_COMPANY[name]
    fault = house.refused(name, caller, companyId=house.company_id, **fields)
    assert fault["code"] == "NOT_FOUND"
    assert told(fault) == told(house.refused(name, caller, companyId=new_id(), **fields))


@pytest.mark.parametrize("name", [*ABOUT_A_USER, *ABOUT_A_COMPANY])
def test_without_the_right_nothing_is_done(house: House, staff: Staff, name: str) -> None:
    user = staff.hire()
    mine = house.provider.provider_id
    fields = ABOUT_A_USER.get(name)
    target: Plain = (
        {"userRef": {"userId": user["userId"]}} if fields is not None else {"companyId": house.company_id}
    )
    fields = fields if fields is not None else ABOUT_A_COMPANY[name]
    operation = next(each for each in users.OPERATIONS if each.name == name)
    without = house.client_of(mine, rights=frozenset(set(Right) - {operation.right}))
    fault = house.refused(name, without, **target, **fields)
    assert fault["code"] == "NOT_PERMITTED"
    assert staff.get(user) == user
