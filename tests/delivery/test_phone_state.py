"""What the rooms together tell of a user."""

from typing import Any

import pytest

from provisioning.delivery.phone_state import read_states
from provisioning.kernel.phone_state import HeldNumber, NumberUse, PhoneState, SipPurpose
from tests.house import House


def state_of(house: House, user_id: str) -> PhoneState:
    with house.application.database.reading() as db:
        return read_states(house.application, db, [user_id])[user_id]


def created(house: House, **wishes: Any) -> str:
    new = {"firstName": "Ann", "lastName": "Lee", "email": "ann@lee.example.com", "language": "fr", **wishes}
    user_id: str = house.call("CreateUser", newUser=new)["user"]["userId"]
    return user_id


def test_every_room_tells_its_part(house: House) -> None:
    house.call("AddDids", house.provider, number=["+12025550101", "+12025550102"], companyId=house.company_id)
    restriction = {
        "code": "INTL",
        "nameEn": "abroad",
        "nameFr": "étranger",
        "rule": "DENY",
        "pattern": ["011*"],
    }
    house.call("CreateCallRestriction", newCallRestriction=restriction)
    user_id = created(
        house,
        did=["+12025550101", "+12025550102"],
        extension="101",
        restrictionCode=["INTL"],
        userNumber="4711",
    )
    ref = {"userId": user_id}
    secret = house.call(
        "SetSipCredentials",
        userRef=ref,
        purpose="REGISTRATION",
        userName="ann",
        domain="sip.example.com",
        generateSecret=True,
    )["generatedSecret"]
    state = state_of(house, user_id)
    assert (state.exists, state.service_open, state.company_id) == (True, True, house.company_id)
    assert (state.display_name, state.user_number, state.extension) == ("Ann Lee", "4711", "101")
    assert (state.email, state.language) == ("ann@lee.example.com", "fr")
    assert state.barred == {"INTL"}
    assert state.numbers == (
        HeldNumber(number="+12025550101", use=NumberUse.BOTH, primary=True),
        HeldNumber(number="+12025550102", use=NumberUse.BOTH, primary=False),
    )
    (account,) = state.sip_accounts
    assert (account.purpose, account.username, account.domain) == (
        SipPurpose.REGISTRATION,
        "ann",
        "sip.example.com",
    )
    assert account.secret == secret
    assert secret not in repr(state)


def test_of_a_stranger_nobody_tells(house: House) -> None:
    assert not state_of(house, "0" * 26).exists


def test_a_later_state_has_a_greater_version(house: House) -> None:
    user_id = created(house)
    versions = [state_of(house, user_id).version for _ in range(5)]
    assert versions == sorted(set(versions))


@pytest.mark.parametrize(
    ("operation", "exists", "service_open"),
    [("SuspendUser", True, False), ("DeleteUser", False, False)],
)
def test_the_service_follows_the_users_state(
    house: House, operation: str, exists: bool, service_open: bool
) -> None:
    user_id = created(house)
    house.call(operation, userRef={"userId": user_id})
    state = state_of(house, user_id)
    assert (state.exists, state.service_open) == (exists, service_open)


def test_the_service_follows_the_companys_state_and_the_expiry_date(house: House) -> None:
    today = house.clock().date().isoformat()
    user_id = created(house, expiresOn=today)
    assert state_of(house, user_id).service_open
    house.call("SuspendCompany", house.provider, companyId=house.company_id)
    assert not state_of(house, user_id).service_open
    house.call("ResumeCompany", house.provider, companyId=house.company_id)
    assert state_of(house, user_id).service_open
    house.clock.pass_time(days=1)
    assert not state_of(house, user_id).service_open
    assert state_of(house, user_id).exists
