from tests.dids.desk import Desk, numbers


def test_numbers_of_the_pool_come_to_a_company(desk: Desk) -> None:
    house = desk.house
    desk.add(numbers(500, 10))
    answer = house.call(
        "AllocateDids",
        house.provider,
        companyId=house.company_id,
        number=[desk.pool],
        range=[{"first": numbers(500)[0], "last": numbers(509)[0]}],
    )
    assert (answer["allocated"], answer.get("didVerdict")) == (11, None)
    assert desk.did(desk.pool, house.company)["companyId"] == house.company_id
    assert house.call("GetCompany")["counts"]["dids"] == 31


def test_each_number_that_is_left_has_its_verdict(desk: Desk) -> None:
    house = desk.house
    asked = [desk.own[0], desk.other_companys, desk.other_providers, desk.nobodys, desk.pool]
    answer = house.call("AllocateDids", house.provider, companyId=house.company_id, number=asked)
    assert answer["allocated"] == 1
    verdicts = {each["number"]: each["code"] for each in answer["didVerdict"]}
    assert verdicts == {
        desk.own[0]: "NO_CHANGE",
        desk.other_companys: "DID_NOT_AVAILABLE",
        desk.other_providers: "NOT_FOUND",
        desk.nobodys: "NOT_FOUND",
    }
    reasons = {each["number"]: each["reason"] for each in answer["didVerdict"]}
    assert reasons[desk.other_providers] == reasons[desk.nobodys]


def test_a_repeat_is_no_change(desk: Desk) -> None:
    house = desk.house
    house.call("AllocateDids", house.provider, companyId=house.company_id, number=[desk.pool])
    again = house.call("AllocateDids", house.provider, companyId=house.company_id, number=[desk.pool])
    assert (again["allocated"], again["outcome"]["noChange"]) == (0, True)


def test_a_reservation_stays(desk: Desk) -> None:
    house = desk.house
    reserved = house.call("ReserveDid", house.provider, number=desk.pool)
    house.call("AllocateDids", house.provider, companyId=house.company_id, number=[desk.pool])
    did = desk.did(desk.pool, house.provider)
    assert (did["state"], did["reservationId"]) == ("RESERVED", reserved["reservationId"])


def test_the_company_must_be_the_providers_and_active(desk: Desk) -> None:
    house = desk.house
    fault = house.refused(
        "AllocateDids", desk.other_provider, companyId=house.company_id, number=[desk.other_providers]
    )
    assert (fault["code"], fault["field"]) == ("NOT_FOUND", "companyId")
    house.call("SuspendCompany", house.provider, companyId=house.company_id)
    fault = house.refused("AllocateDids", house.provider, companyId=house.company_id, number=[desk.pool])
    assert (fault["code"], fault["field"]) == ("INVALID_STATE", "companyId")


def test_it_is_the_providers_business(desk: Desk) -> None:
    fault = desk.house.refused("AllocateDids", companyId=desk.house.company_id, number=[desk.pool])
    assert fault["code"] == "NOT_PERMITTED"


def test_a_dry_run_allocates_nothing(desk: Desk) -> None:
    house = desk.house
    answer = house.call(
        "AllocateDids",
        house.provider,
        companyId=house.company_id,
        number=[desk.pool],
        control={"dryRun": True},
    )
    assert answer["allocated"] == 1
    assert "companyId" not in desk.did(desk.pool)
