import pytest

from provisioning.kernel.caller import Right
from tests.dids.desk import Desk


def test_a_free_number_is_the_users_and_lists_show_it(desk: Desk) -> None:
    user = desk.user()
    answer = desk.assign(user, "+1 (650) 555 0003")
    did = answer["did"]
    assert (did["number"], did["state"], did["userId"]) == (desk.own[3], "ASSIGNED", user)
    assert (did["primary"], did["use"], did["companyId"]) == (True, "BOTH", desk.house.company_id)
    assert not answer["outcome"]["noChange"]
    assert desk.held(user) == [desk.own[3]]
    counts = desk.house.call("GetCompany")["counts"]
    assert (counts["dids"], counts["assignedDids"]) == (20, 1)


def test_a_user_may_hold_several_and_one_is_primary(desk: Desk) -> None:
    user = desk.user()
    desk.assign(user, desk.own[3], use="VOICE")
    desk.assign(user, desk.own[1], use="FAX")
    assert desk.held(user) == [desk.own[3], desk.own[1]]
    desk.assign(user, desk.own[2], primary=True)
    assert desk.held(user) == [desk.own[2], desk.own[1], desk.own[3]]
    assert desk.did(desk.own[1])["use"] == "FAX"


def test_a_first_number_is_primary_whatever_was_said(desk: Desk) -> None:
    assert desk.assign(desk.user(), desk.own[0], primary=False)["did"]["primary"]


def test_done_already_is_no_change(desk: Desk) -> None:
    user = desk.user()
    first = desk.assign(user, desk.own[0], use="VOICE")
    for more in ({}, {"primary": True}, {"primary": False}, {"use": "VOICE"}):
        again = desk.assign(user, desk.own[0], **more)
        assert again["outcome"]["noChange"], more
        assert again["did"] == first["did"]


def test_a_number_one_has_can_get_another_use_or_become_primary(desk: Desk) -> None:
    user = desk.user()
    desk.assign(user, desk.own[0])
    desk.assign(user, desk.own[1])
    changed = desk.assign(user, desk.own[1], use="FAX", primary=True)
    assert (changed["did"]["use"], changed["did"]["primary"]) == ("FAX", True)
    assert not changed["outcome"]["noChange"]
    assert desk.held(user) == [desk.own[1], desk.own[0]]
    assert desk.did(desk.own[0])["use"] == "BOTH"


def test_a_taken_number_is_not_to_be_had(desk: Desk) -> None:
    desk.assign(desk.user(), desk.own[0])
    fault = desk.house.refused("AssignDid", userRef={"userId": desk.user()}, number=desk.own[0])
    assert (fault["code"], fault["field"], fault["object"]) == ("DID_NOT_AVAILABLE", "number", desk.own[0])
    assert fault["reason"] == "+16505550000 is not available."
    fault = desk.house.refused(
        "AssignDid", userRef={"userId": desk.user()}, number=desk.own[0], control={"language": "fr"}
    )
    assert fault["reason"] == "Le numéro +16505550000 n'est pas disponible."


def test_unknown_and_foreign_numbers_look_the_same(desk: Desk) -> None:
    user = desk.user()
    faults = []
    for number in (desk.nobodys, desk.pool, desk.other_companys, desk.other_providers):
        fault = desk.house.refused("AssignDid", userRef={"userId": user}, number=number)
        assert fault.pop("object") == number
        del fault["transactionId"]
        faults.append(fault)
    assert (faults[0]["code"], faults[0]["field"]) == ("NOT_FOUND", "number")
    assert faults == faults[:1] * 4


def test_a_provider_gives_from_the_pool_but_not_what_another_company_has(desk: Desk) -> None:
    house, user = desk.house, desk.user()
    assert desk.assign(user, desk.pool, house.provider)["did"]["companyId"] == house.company_id
    fault = house.refused("AssignDid", house.provider, userRef={"userId": user}, number=desk.other_companys)
    assert (fault["code"], fault["field"]) == ("DID_NOT_AVAILABLE", "number")
    fault = house.refused("AssignDid", house.provider, userRef={"userId": user}, number=desk.other_providers)
    assert (fault["code"], fault["field"]) == ("NOT_FOUND", "number")


def test_another_companys_user_is_unknown(desk: Desk) -> None:
    fault = desk.house.refused(
        "AssignDid", desk.other_company, userRef={"userId": desk.user()}, number=desk.own[0]
    )
    assert (fault["code"], fault["field"]) == ("NOT_FOUND", "userRef")


def test_any_free_number_comes_from_the_company_and_then_for_a_provider_from_the_pool(desk: Desk) -> None:
    house = desk.house
    subscriber = desk.user(house.public_id, house.provider)
    house.call("AllocateDids", house.provider, companyId=house.public_id, number=[desk.pool])
    desk.add(["+16505550101"])
    any_number = {"userRef": {"userId": subscriber}, "prefix": "+"}
    assert house.call("AssignDid", house.provider, **any_number)["did"]["number"] == desk.pool
    own = house.client_of(house.provider.provider_id, house.public_id)
    fault = house.refused("AssignDid", own, **any_number)
    assert (fault["code"], fault["field"]) == ("DID_NOT_AVAILABLE", "prefix")
    assert house.call("AssignDid", house.provider, **any_number)["did"]["number"] == "+16505550101"
    user = desk.user()
    answer = house.call("AssignDid", userRef={"userId": user}, prefix="+1 (650) 555-001")
    assert answer["did"]["number"] == desk.own[10]


@pytest.mark.parametrize(
    "named",
    [{}, {"number": "+16505550000", "prefix": "+1"}, {"prefix": "+1", "reservationId": "0123"}],
)
def test_exactly_one_way_to_name_the_number(desk: Desk, named: dict[str, str]) -> None:
    fault = desk.house.refused("AssignDid", userRef={"userId": desk.user()}, **named)
    assert (fault["code"], fault["field"]) == ("INVALID_REQUEST", "number")


def test_a_number_reserved_by_another_client_is_not_to_be_had_until_that_ends(desk: Desk) -> None:
    house, user = desk.house, desk.user()
    house.call("ReserveDid", desk.client("rival"), number=desk.own[0], minutes=5)
    fault = house.refused("AssignDid", userRef={"userId": user}, number=desk.own[0])
    assert (fault["code"], fault["field"]) == ("DID_NOT_AVAILABLE", "number")
    house.clock.pass_time(minutes=5)
    assert desk.assign(user, desk.own[0])["did"]["userId"] == user


def test_a_number_reserved_by_the_client_itself_is_had_by_number_and_by_reservation(desk: Desk) -> None:
    house, user = desk.house, desk.user()
    house.call("ReserveDid", number=desk.own[0])
    desk.assign(user, desk.own[0])
    reserved = house.call("ReserveDid", number=desk.own[1])
    by_reservation = {"userRef": {"userId": user}, "reservationId": reserved["reservationId"]}
    assert house.call("AssignDid", **by_reservation)["did"]["number"] == desk.own[1]
    assert house.call("AssignDid", **by_reservation)["outcome"]["noChange"]
    assert desk.held(user) == list(desk.own[:2])


def test_a_number_reserved_for_a_person_is_theirs_whoever_asks(desk: Desk) -> None:
    house = desk.house
    ann, bob = desk.user(email="ann@example.com"), desk.user()
    house.call("ReserveDid", desk.client("site"), number=desk.own[0], email="Ann@Example.com")
    for client in (house.company, desk.client("site")):
        fault = house.refused("AssignDid", client, userRef={"userId": bob}, number=desk.own[0])
        assert fault["code"] == "DID_NOT_AVAILABLE"
    assert desk.assign(ann, desk.own[0])["did"]["userId"] == ann


def test_who_names_the_reservation_means_it(desk: Desk) -> None:
    house, bob = desk.house, desk.user()
    reserved = house.call("ReserveDid", number=desk.own[0], email="ann@example.com")
    house.call("AssignDid", userRef={"userId": bob}, reservationId=reserved["reservationId"])
    assert desk.held(bob) == [desk.own[0]]


def test_a_reservation_that_has_ended_still_names_its_number_while_it_is_free(desk: Desk) -> None:
    house, user = desk.house, desk.user()
    kept = house.call("ReserveDid", number=desk.own[0], minutes=1)["reservationId"]
    taken = house.call("ReserveDid", number=desk.own[1], minutes=1)["reservationId"]
    again = house.call("ReserveDid", number=desk.own[2], minutes=1)["reservationId"]
    house.clock.pass_time(minutes=2)
    desk.assign(desk.user(), desk.own[1])
    house.call("ReserveDid", desk.client("rival"), number=desk.own[2])
    ref = {"userId": user}
    assert house.call("AssignDid", userRef=ref, reservationId=kept)["did"]["number"] == desk.own[0]
    fault = house.refused("AssignDid", userRef=ref, reservationId=taken)
    assert (fault["code"], fault["field"]) == ("DID_NOT_AVAILABLE", "reservationId")
    fault = house.refused("AssignDid", userRef=ref, reservationId=again)
    assert (fault["code"], fault["field"]) == ("NOT_FOUND", "reservationId")


def test_foreign_and_unknown_reservations_look_the_same(desk: Desk) -> None:
    house = desk.house
    foreign = house.call("ReserveDid", desk.other_company)["reservationId"]
    codes = set()
    for reservation in (foreign, "0" * 26):
        fault = house.refused("AssignDid", userRef={"userId": desk.user()}, reservationId=reservation)
        codes.add((fault["code"], fault["field"], fault["reason"]))
    assert codes == {("NOT_FOUND", "reservationId", "There is no such reservation.")}


def test_a_resting_number_is_for_its_last_holder_alone(desk: Desk) -> None:
    provider, _ = desk.house.new_provider("Resting", resting_days=7)
    company = desk.house.new_company(provider, "ONE")
    first, second = desk.user(company, provider), desk.user(company, provider)
    number = desk.own[0].replace("650", "651")
    desk.add([number], company, provider)
    desk.assign(first, number, provider)
    desk.house.call("UnassignDid", provider, number=number)
    did = desk.did(number, provider)
    assert (did["state"], "restingUntil" in did) == ("RESTING", True)
    fault = desk.house.refused("AssignDid", provider, userRef={"userId": second}, number=number)
    assert fault["code"] == "DID_NOT_AVAILABLE"
    assert desk.house.refused("ReserveDid", provider, number=number)["code"] == "DID_NOT_AVAILABLE"
    assert desk.assign(first, number, provider)["did"]["state"] == "ASSIGNED"
    desk.house.call("UnassignDid", provider, number=number)
    desk.house.clock.pass_time(days=7)
    assert desk.assign(second, number, provider)["did"]["userId"] == second


def test_the_users_state_and_the_companys_are_looked_at(desk: Desk) -> None:
    house, user, gone = desk.house, desk.user(), desk.user()
    desk.assign(user, desk.own[1])
    house.call("SuspendUser", userRef={"userId": user})
    desk.assign(user, desk.own[2])
    house.call("DeleteUser", userRef={"userId": gone})
    fault = house.refused("AssignDid", userRef={"userId": gone}, number=desk.own[0])
    assert (fault["code"], fault["field"]) == ("INVALID_STATE", "userRef")
    house.call("SuspendCompany", house.provider, companyId=house.company_id)
    fault = house.refused("AssignDid", userRef={"userId": user}, number=desk.own[0])
    assert (fault["code"], fault["field"]) == ("INVALID_STATE", "userRef")
    assert desk.assign(user, desk.own[1])["outcome"]["noChange"]


def test_a_user_holds_a_hundred_numbers_at_most(desk: Desk) -> None:
    house, user = desk.house, desk.user()
    block = [f"+1651555{number:04}" for number in range(101)]
    desk.add(block, house.company_id)
    for _ in range(100):
        house.call("AssignDid", userRef={"userId": user}, prefix="+1651")
    fault = house.refused("AssignDid", userRef={"userId": user}, prefix="+1651")
    assert (fault["code"], fault["limit"], fault["used"]) == ("LIMIT_REACHED", 100, 100)
    assert len(desk.held(user)) == 100


def test_a_dry_run_keeps_nothing(desk: Desk) -> None:
    user = desk.user()
    answer = desk.assign(user, desk.own[0], control={"dryRun": True})
    assert (answer["did"]["userId"], answer["outcome"]["dryRun"]) == (user, True)
    assert desk.held(user) == []


def test_the_version_expected_is_the_numbers(desk: Desk) -> None:
    user = desk.user()
    fault = desk.house.refused(
        "AssignDid", userRef={"userId": user}, number=desk.own[0], control={"expectedVersion": 9}
    )
    assert (fault["code"], fault["currentVersion"]) == ("VERSION_CONFLICT", 1)
    assert desk.assign(user, desk.own[0], control={"expectedVersion": 1})["did"]["version"] == 2


def test_a_repeat_with_the_same_request_id_gets_the_first_answer(desk: Desk) -> None:
    house, user = desk.house, desk.user()
    asked = {"userRef": {"userId": user}, "prefix": "+", "control": {"requestId": "a-1"}}
    first, again = house.call("AssignDid", **asked), house.call("AssignDid", **asked)
    assert (again["did"], again["outcome"]["replayed"]) == (first["did"], True)
    assert len(desk.held(user)) == 1


def test_reading_rights_are_not_enough(desk: Desk) -> None:
    reader = desk.house.client_of(
        desk.house.provider.provider_id, desk.house.company_id, rights=frozenset({Right.NUMBERS_READ})
    )
    fault = desk.house.refused("AssignDid", reader, userRef={"userId": desk.user()}, number=desk.own[0])
    assert fault["code"] == "NOT_PERMITTED"
