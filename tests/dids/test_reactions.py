"""What happens to numbers when something happens to users and companies."""

import pytest

from provisioning.kernel.caller import Caller
from provisioning.kernel.messages import NO_CONTROL
from provisioning.kernel.phone_state import HeldNumber, NumberUse, PhoneStateAsked
from tests.dids.desk import Desk
from tests.house import House, Plain


def _new(**more: object) -> Plain:
    return {"firstName": "Ann", "lastName": "Lee", "email": "ann.lee@example.com", **more}


def test_a_new_user_gets_the_numbers_it_wishes(desk: Desk) -> None:
    created = desk.house.call("CreateUser", newUser=_new(did=["+1 (650) 555 0007", desk.own[2]]))
    assert created["user"]["did"] == [desk.own[7], desk.own[2]]
    assert desk.held(created["user"]["userId"]) == [desk.own[7], desk.own[2]]


def test_a_new_user_gets_the_number_of_a_reservation(desk: Desk) -> None:
    reserved = desk.house.call("ReserveDid", email="somebody@example.com")["reservationId"]
    user = desk.user(did=[desk.own[9]], reservationId=reserved)
    assert desk.held(user) == [desk.own[9], desk.own[0]]


def test_every_wish_that_cannot_be_had_is_named_and_nobody_is_created(desk: Desk) -> None:
    desk.assign(desk.user(), desk.own[0])
    fault = desk.house.refused(
        "CreateUser",
        newUser=_new(did=[desk.own[0], desk.own[1], desk.nobodys], reservationId="0" * 26, extension="1"),
    )
    assert {(each["field"], each["code"]) for each in fault["violation"]} == {
        ("newUser.did[0]", "DID_NOT_AVAILABLE"),
        ("newUser.did[2]", "NOT_FOUND"),
        ("newUser.reservationId", "NOT_FOUND"),
        ("newUser.extension", "OUT_OF_RANGE"),
    }
    assert desk.did(desk.own[1])["state"] == "AVAILABLE"
    assert desk.house.call("GetCompany")["counts"]["activeUsers"] == 1


def test_when_the_person_subscribes_for_whom_numbers_are_reserved_they_are_theirs(desk: Desk) -> None:
    house = desk.house
    house.call("ReserveDid", number=desk.own[3], email="Ann.Lee@EXAMPLE.com")
    house.call("ReserveDid", desk.client("site"), number=desk.own[1], email="ann.lee@example.com")
    house.call("ReserveDid", house.provider, number=desk.pool, email="ann.lee@example.com")
    house.call("ReserveDid", desk.other_company, email="ann.lee@example.com")
    house.call("ReserveDid", number=desk.own[5], email="bob@example.com")
    assert desk.held(desk.user(email="ann.lee@example.com")) == [desk.own[1], desk.own[3], desk.pool]


def test_a_wish_comes_before_a_reservation_and_an_ended_one_is_none(desk: Desk) -> None:
    house = desk.house
    house.call("ReserveDid", number=desk.own[3], email="ann.lee@example.com")
    assert desk.held(desk.user(email="ann.lee@example.com", did=[desk.own[8]])) == [desk.own[8]]
    house.call("ReserveDid", number=desk.own[4], email="bob@example.com", minutes=1)
    house.clock.pass_time(minutes=1)
    assert desk.held(desk.user(email="bob@example.com")) == []


def test_a_deleted_user_frees_its_numbers_and_the_answer_says_which(desk: Desk) -> None:
    house, user = desk.house, desk.user(did=list(desk.own[:2]))
    impact = house.call("GetDeletionImpact", userRef={"userId": user})
    assert desk.held(user) == list(desk.own[:2])
    deleted = house.call("DeleteUser", userRef={"userId": user})
    for answer in (impact, deleted):
        assert list(desk.own[:2]) in [part.get("did") for part in answer.values() if isinstance(part, dict)]
    assert desk.held(user) == []
    other = desk.user(did=[desk.own[0]])
    assert desk.held(other) == [desk.own[0]]


def test_a_user_who_leaves_its_company_leaves_the_numbers_there(desk: Desk) -> None:
    house = desk.house
    desk.user(administrator=True)
    user = desk.user(did=[desk.own[0]])
    house.call("RemoveUserFromCompany", userRef={"userId": user})
    assert desk.held(user) == []
    did = desk.did(desk.own[0])
    assert (did["state"], did["companyId"]) == ("AVAILABLE", house.company_id)


def test_a_user_who_moves_leaves_the_numbers_behind(desk: Desk) -> None:
    house, user = desk.house, desk.user(did=[desk.own[0]])
    house.call("MoveUser", house.provider, userRef={"userId": user}, toCompanyId=desk.other_company_id)
    assert desk.held(user) == []


def _warned(answer: Plain) -> list[str]:
    return [
        each["reason"] for each in answer["outcome"].get("warning", []) if each["code"] == "DID_NOT_AVAILABLE"
    ]


def test_a_restored_user_gets_back_what_nobody_has_taken(desk: Desk) -> None:
    house = desk.house
    user = desk.user(did=[desk.own[4], desk.own[2], desk.own[0], desk.own[1]])
    desk.assign(user, desk.own[2], use="FAX")
    desk.unassign(desk.own[1])
    house.call("DeleteUser", userRef={"userId": user})
    desk.assign(desk.user(), desk.own[0])
    restored = house.call("RestoreUser", userRef={"userId": user})
    assert desk.held(user) == [desk.own[4], desk.own[2]]
    assert desk.did(desk.own[2])["use"] == "FAX"
    assert _warned(restored) == ["+16505550000 could not be given back: it is no longer available."]


def test_what_was_reserved_or_withdrawn_meanwhile_is_lost(desk: Desk) -> None:
    house, user = desk.house, desk.user(did=list(desk.own[:3]))
    house.call("DeleteUser", userRef={"userId": user})
    house.call("ReserveDid", number=desk.own[0])
    house.call("WithdrawDids", house.provider, number=[desk.own[1]])
    house.call("WithdrawDids", house.provider, number=[desk.own[2]], fromInventory=True)
    restored = house.call("RestoreUser", userRef={"userId": user}, control={"language": "fr"})
    assert desk.held(user) == []
    assert _warned(restored)[0] == "Le numéro +16505550000 n'a pu être rendu : il n'est plus disponible."
    assert len(_warned(restored)) == 3


def test_a_resting_number_comes_back_with_its_user(house: House) -> None:
    provider, _ = house.new_provider("Resting", resting_days=7)
    company = house.new_company(provider, "ONE")
    house.call("AddDids", provider, number=["+16515550000"], companyId=company)
    new = _new(did=["+16515550000"])
    user = house.call("CreateUser", provider, companyId=company, newUser=new)["user"]["userId"]
    house.call("DeleteUser", provider, userRef={"userId": user})
    (did,) = house.call("ListDids", provider)["did"]
    assert did["state"] == "RESTING"
    assert house.call("RestoreUser", provider, userRef={"userId": user})["user"]["did"] == ["+16515550000"]


def test_a_second_deletion_forgets_what_the_first_one_left(desk: Desk) -> None:
    house, user = desk.house, desk.user(did=[desk.own[0]])
    house.call("DeleteUser", userRef={"userId": user})
    house.call("RestoreUser", userRef={"userId": user})
    desk.unassign(desk.own[0])
    house.call("DeleteUser", userRef={"userId": user})
    house.call("RestoreUser", userRef={"userId": user})
    assert desk.held(user) == []


@pytest.mark.parametrize("kind", ["PRIVATE", "PUBLIC"])
def test_a_deleted_companys_numbers_go_back_to_the_pool_with_its_reservations(desk: Desk, kind: str) -> None:
    house = desk.house
    company = house.new_company(house.provider, "GONE", kind)
    own: Caller = house.client_of(house.provider.provider_id, company)
    block = [f"+1651555000{number}" for number in range(4)]
    desk.add(block, company)
    user = desk.user(company, house.provider, did=[block[0]])
    house.call("ReserveDid", own, number=block[1])
    house.call("DeleteCompany", house.provider, companyId=company, deleteUsers=True)
    assert desk.held(user) == []
    dids = house.call("ListDids", house.provider, inPool=True, prefix="+1651")["did"]
    assert [(did["number"], did["state"]) for did in dids] == [(number, "AVAILABLE") for number in block]


def test_phone_systems_are_told_the_numbers_of_a_user(desk: Desk) -> None:
    user, without = desk.user(did=list(desk.own[:2])), desk.user()
    desk.assign(user, desk.own[0], use="FAX")
    application = desk.house.application
    asked = PhoneStateAsked([user, without], 1)
    with application.database.reading() as db:
        unit = application.dispatcher._unit(db, desk.house.provider, NO_CONTROL, "")
        unit.ask(asked)
    assert asked.states[user].numbers == (
        HeldNumber(number=desk.own[0], use=NumberUse.FAX, primary=True),
        HeldNumber(number=desk.own[1], use=NumberUse.BOTH, primary=False),
    )
    assert asked.states[without].numbers == ()
