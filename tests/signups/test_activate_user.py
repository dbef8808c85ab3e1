from tests.house import House
from tests.signups.conftest import NUMBERS, Site


def test_without_a_payment(house: House, site: Site) -> None:
    ref = site.ref(site.start(did=[NUMBERS[0]]))
    answer = house.call("ActivateUser", userRef=ref, notify=True)
    assert (answer["user"]["state"], answer["user"]["did"]) == ("ACTIVE", [NUMBERS[0]])
    assert house.call("ActivateUser", userRef=ref)["outcome"]["noChange"]
    assert "paymentReference" not in answer["signUp"]


def test_neither_after_the_end_nor_after_a_rejection(house: House, site: Site) -> None:
    ref = site.ref(site.start())
    house.clock.pass_time(hours=25)
    assert house.refused("ActivateUser", userRef=ref)["code"] == "INVALID_STATE"
    house.call("RejectSignUp", userRef=ref)
    assert house.refused("ActivateUser", userRef=ref)["code"] == "INVALID_STATE"
    stranger, _ = house.new_provider("Stranger")
    for operation in ("ActivateUser", "RejectSignUp", "UpdateSignUp"):
        assert house.refused(operation, stranger, userRef=ref)["code"] == "NOT_FOUND"
