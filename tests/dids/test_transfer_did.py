from collections.abc import Callable

from sqlalchemy import select

from provisioning.kernel.journal import Change
from tests.dids.desk import Desk, race
from tests.house import House, Plain


def _transfer(desk: Desk, number: str, giver: str, taker: str, **more: object) -> Plain:
    return desk.house.call(
        "TransferDid",
        number=number,
        fromUserRef={"userId": giver},
        toUserRef={"userId": taker},
        **more,
    )


def test_a_number_goes_from_one_user_to_another_in_one_step(desk: Desk) -> None:
    giver, taker = desk.user(), desk.user()
    desk.assign(giver, desk.own[0], use="FAX")
    desk.assign(giver, desk.own[1])
    desk.assign(giver, desk.own[2])
    answer = _transfer(desk, desk.own[0], giver, taker)
    assert (answer["did"]["userId"], answer["did"]["primary"], answer["did"]["use"]) == (taker, True, "FAX")
    assert desk.held(giver) == [desk.own[1], desk.own[2]]
    assert desk.held(taker) == [desk.own[0]]


def test_it_becomes_primary_when_asked_for(desk: Desk) -> None:
    giver, taker = desk.user(), desk.user()
    desk.assign(giver, desk.own[0])
    desk.assign(giver, desk.own[1])
    desk.assign(taker, desk.own[5])
    _transfer(desk, desk.own[0], giver, taker)
    assert desk.held(taker) == [desk.own[5], desk.own[0]]
    _transfer(desk, desk.own[1], giver, taker, primary=True)
    assert desk.held(taker) == [desk.own[1], desk.own[0], desk.own[5]]
    assert desk.held(giver) == []


def test_done_already_is_no_change(desk: Desk) -> None:
    giver, taker = desk.user(), desk.user()
    desk.assign(giver, desk.own[0])
    first = _transfer(desk, desk.own[0], giver, taker)
    again = _transfer(desk, desk.own[0], giver, taker)
    assert again["outcome"]["noChange"]
    assert again["did"] == first["did"]
    assert _transfer(desk, desk.own[0], taker, taker)["outcome"]["noChange"]


def test_only_its_holder_gives_a_number_away(desk: Desk) -> None:
    giver, taker = desk.user(), desk.user()
    desk.assign(desk.user(), desk.own[1])
    refs = {"fromUserRef": {"userId": giver}, "toUserRef": {"userId": taker}}
    for number in desk.own[:2]:
        fault = desk.house.refused("TransferDid", number=number, **refs)
        assert (fault["code"], fault["field"]) == ("INVALID_STATE", "fromUserRef")
    for number in (desk.nobodys, desk.other_companys, desk.other_providers):
        fault = desk.house.refused("TransferDid", number=number, **refs)
        assert (fault["code"], fault["field"]) == ("NOT_FOUND", "number")


def test_users_of_two_companies_cannot_share_a_companys_number(desk: Desk) -> None:
    house, giver = desk.house, desk.user()
    desk.assign(giver, desk.own[0])
    stranger = desk.user(desk.other_company_id, house.provider)
    refs = {"fromUserRef": {"userId": giver}, "toUserRef": {"userId": stranger}}
    fault = house.refused("TransferDid", house.provider, number=desk.own[0], **refs)
    assert (fault["code"], fault["field"]) == ("DID_NOT_AVAILABLE", "toUserRef")
    fault = house.refused("TransferDid", number=desk.own[0], **refs)
    assert (fault["code"], fault["field"]) == ("NOT_FOUND", "toUserRef")


def test_a_deleted_user_or_a_suspended_company_gets_none(desk: Desk) -> None:
    house, giver, taker = desk.house, desk.user(), desk.user()
    desk.assign(giver, desk.own[0])
    refs = {"fromUserRef": {"userId": giver}, "toUserRef": {"userId": taker}}
    house.call("SuspendCompany", house.provider, companyId=house.company_id)
    fault = house.refused("TransferDid", number=desk.own[0], **refs)
    assert (fault["code"], fault["field"]) == ("INVALID_STATE", "toUserRef")
    house.call("ResumeCompany", house.provider, companyId=house.company_id)
    house.call("DeleteUser", userRef={"userId": taker})
    fault = house.refused("TransferDid", number=desk.own[0], **refs)
    assert (fault["code"], fault["field"]) == ("INVALID_STATE", "toUserRef")


def test_the_version_expected_is_the_numbers(desk: Desk) -> None:
    giver, taker = desk.user(), desk.user()
    version = desk.assign(giver, desk.own[0])["did"]["version"]
    fault = desk.house.refused(
        "TransferDid",
        number=desk.own[0],
        fromUserRef={"userId": giver},
        toUserRef={"userId": taker},
        control={"expectedVersion": version + 1},
    )
    assert (fault["code"], fault["currentVersion"]) == ("VERSION_CONFLICT", version)


def test_a_dry_run_keeps_nothing(desk: Desk) -> None:
    giver, taker = desk.user(), desk.user()
    desk.assign(giver, desk.own[0])
    assert _transfer(desk, desk.own[0], giver, taker, control={"dryRun": True})["did"]["userId"] == taker
    assert (desk.held(giver), desk.held(taker)) == ([desk.own[0]], [])


def test_the_change_is_both_users(desk: Desk) -> None:
    giver, taker = desk.user(), desk.user()
    desk.assign(giver, desk.own[0])
    _transfer(desk, desk.own[0], giver, taker)
    with desk.house.application.database.reading() as db:
        change = db.execute(
            select(Change.object_id, Change.user_id, Change.other_user_id).where(
                Change.kind == "DidTransferred"
            )
        ).one()
    assert tuple(change) == (desk.own[0], giver, taker)


def test_opposite_transfers_at_once_lose_no_number(desk: Desk, build_house: Callable[[], House]) -> None:
    one, two = desk.user(), desk.user()
    desk.assign(one, desk.own[0])
    desk.assign(two, desk.own[1])
    moves = [
        (desk.own[0], one, two),
        (desk.own[1], two, one),
        (desk.own[0], two, one),
        (desk.own[1], one, two),
    ]

    def step(house: House, place: int) -> Plain:
        number, giver, taker = moves[place % 4]
        return house.call(
            "TransferDid", number=number, fromUserRef={"userId": giver}, toUserRef={"userId": taker}
        )

    answers = race([desk.house, build_house()], 16, step)
    assert {each.code for each in answers if not isinstance(each, dict)} <= {"INVALID_STATE"}
    assert sorted(desk.held(one) + desk.held(two)) == list(desk.own[:2])
