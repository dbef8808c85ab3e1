import threading

from tests.house import House, Plain, Refused
from tests.signups.conftest import NUMBERS, Site


def pay(house: House, ref: Plain, reference: str = "pay-1", **more: object) -> Plain:
    return house.call("ConfirmPayment", userRef=ref, paymentReference=reference, **more)


def test_the_first_payment_counts_and_the_number_is_assigned(house: House, site: Site) -> None:
    ref = site.ref(site.start(did=[NUMBERS[0], NUMBERS[1]]))
    paid = pay(house, ref, amount="12.50", currency="CAD")
    assert (paid["user"]["state"], paid["user"]["did"]) == ("ACTIVE", [NUMBERS[0], NUMBERS[1]])
    assert (paid["signUp"]["paymentReference"], paid["signUp"]["amount"]) == ("pay-1", "12.50")
    assert "warning" not in paid["outcome"]
    assert pay(house, ref)["outcome"]["noChange"]
    assert (
        house.refused("ConfirmPayment", userRef=ref, paymentReference="pay-2")["code"]
        == "PAYMENT_REFERENCE_USED"
    )


def test_a_reference_pays_once(house: House, site: Site) -> None:
    pay(house, site.ref(site.start()))
    other = site.ref(site.start("other@example.com"))
    fault = house.refused("ConfirmPayment", userRef=other, paymentReference="pay-1")
    assert (fault["code"], fault["field"]) == ("PAYMENT_REFERENCE_USED", "paymentReference")
    assert house.call("GetUser", userRef=other)["state"] == "PENDING"


def test_after_the_end_it_says_how_to_reopen(house: House, site: Site) -> None:
    ref = site.ref(site.start())
    house.clock.pass_time(hours=25)
    fault = house.refused("ConfirmPayment", userRef=ref, paymentReference="pay-1")
    assert fault["code"] == "INVALID_STATE"
    assert "UpdateSignUp" in fault["reason"]
    house.call("UpdateSignUp", userRef=ref, expiresAt=site.in_hours(1))
    assert pay(house, ref)["user"]["state"] == "ACTIVE"


def test_a_number_lost_meanwhile_is_a_warning_and_never_stolen(house: House, site: Site) -> None:
    until = site.in_hours(48)
    ref = site.ref(site.start(did=[NUMBERS[0]], expiresAt=site.in_hours(1)))
    house.clock.pass_time(hours=2)
    new = {"firstName": "A", "lastName": "B", "email": "faster@example.com", "did": [NUMBERS[0]]}
    faster = house.call("CreateUser", newUser=new)["user"]["userId"]
    fault = house.refused("UpdateSignUp", userRef=ref, expiresAt=until)
    assert fault["code"] == "DID_NOT_AVAILABLE"
    house.call("UpdateSignUp", userRef=ref, expiresAt=until, clearWishedDid=True)
    assert "did" not in pay(house, ref)["user"]
    assert site.did(NUMBERS[0])["userId"] == faster


def test_a_number_lost_within_the_time_leaves_the_account_paid(house: House, site: Site) -> None:
    ref = site.ref(site.start(did=[NUMBERS[0]]))
    reservation = site.did(NUMBERS[0])
    house.call(
        "ReleaseDidReservation", reservationId=reservation.get("reservationId") or _id(house, NUMBERS[0])
    )
    new = {"firstName": "A", "lastName": "B", "email": "faster@example.com", "did": [NUMBERS[0]]}
    house.call("CreateUser", newUser=new)
    paid = pay(house, ref)
    assert paid["user"]["state"] == "ACTIVE"
    assert "did" not in paid["user"]
    assert [each["code"] for each in paid["outcome"]["warning"]] == ["DID_NOT_AVAILABLE"]


def _id(house: House, number: str) -> str:
    """The reservation as the client that made it sees it."""
    reservation: str = house.call("ListDids", prefix=number)["did"][0]["reservationId"]
    return reservation


def test_many_confirmations_at_once_pay_once(house: House, site: Site) -> None:
    ref = site.ref(site.start(did=[NUMBERS[0]]))
    answers: list[Plain] = []
    refused: list[str] = []

    def confirm(reference: str) -> None:
        try:
            answers.append(pay(house, ref, reference))
        except Refused as refusal:
            refused.append(refusal.code)

    threads = [threading.Thread(target=confirm, args=(f"pay-{number % 4}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(not each["outcome"]["noChange"] for each in answers) == 1
    assert (len(answers), refused) == (2, ["PAYMENT_REFERENCE_USED"] * 6)
