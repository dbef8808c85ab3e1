from tests.dids.desk import Desk


def test_one_number_is_taken_away_and_the_lowest_of_the_others_is_primary(desk: Desk) -> None:
    user = desk.user()
    for number in (desk.own[2], desk.own[1], desk.own[0]):
        desk.assign(user, number)
    answer = desk.house.call("UnassignDid", userRef={"userId": user}, number=desk.own[2])
    assert [(did["number"], did["state"]) for did in answer["did"]] == [(desk.own[2], "AVAILABLE")]
    assert "userId" not in answer["did"][0]
    assert desk.held(user) == [desk.own[0], desk.own[1]]


def test_none_is_all_that_the_user_holds(desk: Desk) -> None:
    user = desk.user()
    desk.assign(user, desk.own[0])
    desk.assign(user, desk.own[1])
    answer = desk.house.call("UnassignDid", userRef={"userId": user})
    assert [did["number"] for did in answer["did"]] == list(desk.own[:2])
    assert desk.held(user) == []


def test_the_number_alone_is_enough(desk: Desk) -> None:
    user = desk.user()
    desk.assign(user, desk.own[0])
    desk.unassign(desk.own[0])
    assert desk.held(user) == []


def test_done_already_is_no_change(desk: Desk) -> None:
    house, user, other = desk.house, desk.user(), desk.user()
    desk.assign(user, desk.own[0])
    desk.unassign(desk.own[0])
    assert desk.unassign(desk.own[0])["outcome"]["noChange"]
    assert house.call("UnassignDid", userRef={"userId": user})["outcome"]["noChange"]
    desk.assign(other, desk.own[0])
    repeated = house.call("UnassignDid", userRef={"userId": user}, number=desk.own[0])
    assert repeated["outcome"]["noChange"]
    assert desk.held(other) == [desk.own[0]]


def test_unknown_and_foreign_things_look_the_same(desk: Desk) -> None:
    house = desk.house
    for number in (desk.nobodys, desk.other_companys, desk.other_providers, desk.pool):
        for more in ({}, {"userRef": {"userId": desk.user()}}):
            fault = house.refused("UnassignDid", number=number, **more)
            assert (fault["code"], fault["field"]) == ("NOT_FOUND", "number")
    fault = house.refused("UnassignDid", desk.other_company, userRef={"userId": desk.user()})
    assert (fault["code"], fault["field"]) == ("NOT_FOUND", "userRef")
    fault = house.refused("UnassignDid")
    assert (fault["code"], fault["field"]) == ("INVALID_REQUEST", "number")


def test_a_suspended_company_may_still_give_numbers_up(desk: Desk) -> None:
    house, user = desk.house, desk.user()
    desk.assign(user, desk.own[0])
    house.call("SuspendCompany", house.provider, companyId=house.company_id)
    desk.unassign(desk.own[0])
    assert desk.held(user) == []


def test_the_version_expected_is_the_numbers(desk: Desk) -> None:
    house, user = desk.house, desk.user()
    version = desk.assign(user, desk.own[0])["did"]["version"]
    fault = house.refused("UnassignDid", number=desk.own[0], control={"expectedVersion": version + 1})
    assert (fault["code"], fault["currentVersion"]) == ("VERSION_CONFLICT", version)
    fault = house.refused("UnassignDid", userRef={"userId": user}, control={"expectedVersion": version})
    assert (fault["code"], fault["field"]) == ("INVALID_REQUEST", "control.expectedVersion")


def test_a_dry_run_keeps_nothing(desk: Desk) -> None:
    user = desk.user()
    desk.assign(user, desk.own[0])
    answer = desk.house.call("UnassignDid", number=desk.own[0], control={"dryRun": True})
    assert answer["did"][0]["state"] == "AVAILABLE"
    assert desk.held(user) == [desk.own[0]]
