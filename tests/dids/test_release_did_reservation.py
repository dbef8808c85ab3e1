from tests.dids.desk import Desk


def test_the_number_is_free_at_once(desk: Desk) -> None:
    house = desk.house
    reserved = house.call("ReserveDid", desk.client("rival"), number=desk.own[0])
    answer = house.call("ReleaseDidReservation", reservationId=reserved["reservationId"])
    assert (answer["did"]["number"], answer["did"]["state"]) == (desk.own[0], "AVAILABLE")
    assert "reservationId" not in answer["did"]
    house.call("ReserveDid", number=desk.own[0])


def test_done_already_is_no_change(desk: Desk) -> None:
    house = desk.house
    for more in ({}, {"minutes": 1}):
        reserved = house.call("ReserveDid", number=desk.own[0], **more)["reservationId"]
        if more:
            house.clock.pass_time(minutes=1)
        else:
            house.call("ReleaseDidReservation", reservationId=reserved)
        again = house.call("ReleaseDidReservation", reservationId=reserved)
        assert again["outcome"]["noChange"]
        assert again["did"]["state"] == "AVAILABLE"


def test_unknown_foreign_and_outdated_reservations_look_the_same(desk: Desk) -> None:
    house = desk.house
    outdated = house.call("ReserveDid", number=desk.own[0], minutes=1)["reservationId"]
    house.clock.pass_time(minutes=1)
    house.call("ReserveDid", number=desk.own[0])
    foreign = house.call("ReserveDid", desk.other_company)["reservationId"]
    for reservation in (outdated, foreign, "0" * 26):
        fault = house.refused("ReleaseDidReservation", reservationId=reservation)
        assert (fault["code"], fault["field"], fault["object"]) == ("NOT_FOUND", "reservationId", reservation)


def test_a_reservation_that_was_used_cannot_be_released(desk: Desk) -> None:
    house = desk.house
    reserved = house.call("ReserveDid", number=desk.own[0])["reservationId"]
    user = desk.user(reservationId=reserved)
    fault = house.refused("ReleaseDidReservation", reservationId=reserved)
    assert (fault["code"], fault["object"]) == ("INVALID_STATE", desk.own[0])
    assert desk.held(user) == [desk.own[0]]


def test_the_version_expected_is_the_numbers(desk: Desk) -> None:
    house = desk.house
    reserved = house.call("ReserveDid", number=desk.own[0])
    fault = house.refused(
        "ReleaseDidReservation",
        reservationId=reserved["reservationId"],
        control={"expectedVersion": reserved["did"]["version"] + 1},
    )
    assert fault["code"] == "VERSION_CONFLICT"


def test_a_dry_run_keeps_nothing(desk: Desk) -> None:
    house = desk.house
    reserved = house.call("ReserveDid", number=desk.own[0])["reservationId"]
    answer = house.call("ReleaseDidReservation", reservationId=reserved, control={"dryRun": True})
    assert answer["did"]["state"] == "AVAILABLE"
    assert desk.did(desk.own[0])["state"] == "RESERVED"
