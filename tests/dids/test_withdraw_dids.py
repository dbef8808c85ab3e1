import pytest
from sqlalchemy import select

from provisioning.kernel.journal import Change
from tests.dids.desk import Desk


def test_a_companys_numbers_go_back_to_the_pool(desk: Desk) -> None:
    house = desk.house
    answer = house.call("WithdrawDids", house.provider, range=[{"first": desk.own[0], "last": desk.own[9]}])
    assert (answer["withdrawn"], answer.get("didVerdict")) == (10, None)
    assert house.call("ListDids", house.provider, inPool=True, withTotal=True)["total"] == 11
    assert house.call("ListDids", withTotal=True)["total"] == 10


def test_numbers_leave_the_inventory_and_may_come_back(desk: Desk) -> None:
    house = desk.house
    gone = [desk.own[0], desk.pool]
    assert house.call("WithdrawDids", house.provider, number=gone, fromInventory=True)["withdrawn"] == 2
    assert "did" not in house.call("ListDids", house.provider, prefix=desk.pool)
    assert desk.add([desk.pool], caller=desk.other_provider)["added"] == 1


@pytest.mark.parametrize("out", [True, False])
def test_each_number_that_is_left_has_its_verdict(desk: Desk, *, out: bool) -> None:
    house = desk.house
    desk.assign(desk.user(), desk.own[0])
    house.call("ReserveDid", number=desk.own[1])
    asked = [desk.own[0], desk.own[1], desk.other_providers, desk.nobodys, desk.pool]
    answer = house.call("WithdrawDids", house.provider, number=asked, fromInventory=out)
    verdicts = {each["number"]: each["code"] for each in answer["didVerdict"]}
    in_pool = {} if out else {desk.pool: "NO_CHANGE"}
    assert verdicts == {
        desk.own[0]: "IN_USE",
        desk.own[1]: "IN_USE",
        desk.other_providers: "NOT_FOUND",
        desk.nobodys: "NOT_FOUND",
        **in_pool,
    }
    assert answer["withdrawn"] == int(out)


def test_a_repeat_is_no_change(desk: Desk) -> None:
    house = desk.house
    house.call("WithdrawDids", house.provider, number=[desk.own[0]])
    again = house.call("WithdrawDids", house.provider, number=[desk.own[0]])
    assert (again["withdrawn"], again["outcome"]["noChange"]) == (0, True)


def test_a_reservation_that_has_ended_holds_nothing_back(desk: Desk) -> None:
    house = desk.house
    house.call("ReserveDid", number=desk.own[1], minutes=1)
    house.clock.pass_time(minutes=2)
    assert house.call("WithdrawDids", house.provider, number=[desk.own[1]])["withdrawn"] == 1


def test_each_company_learns_of_its_own_numbers(desk: Desk) -> None:
    house = desk.house
    answer = house.call("WithdrawDids", house.provider, number=[desk.own[0], desk.other_companys])
    assert answer["withdrawn"] == 2
    with house.application.database.reading() as db:
        rows = db.execute(
            select(Change.company_id, Change.object_id).where(Change.kind == "DidsWithdrawn")
        ).all()
    assert set(rows) == {
        (house.company_id, desk.own[0]),
        (desk.other_company_id, desk.other_companys),
    }


def test_it_is_the_providers_business(desk: Desk) -> None:
    assert desk.house.refused("WithdrawDids", number=[desk.own[0]])["code"] == "NOT_PERMITTED"
