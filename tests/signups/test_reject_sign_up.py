from tests.house import House
from tests.signups.conftest import NUMBERS, Site


def test_everything_is_free_again(house: House, site: Site) -> None:
    started = site.start(did=[NUMBERS[0]], externalId="x-1", userNumber="4711")
    answer = house.call("RejectSignUp", userRef=site.ref(started), reason="No payment")
    assert (answer["user"]["state"], answer["signUp"]["rejectionReason"]) == ("REJECTED", "No payment")
    assert site.did(NUMBERS[0])["state"] == "AVAILABLE"
    assert house.call("RejectSignUp", userRef=site.ref(started))["outcome"]["noChange"]
    again = site.start(did=[NUMBERS[0]], externalId="x-1", userNumber="4711")
    assert again["user"]["userId"] != started["user"]["userId"]


def test_an_active_user_is_not_rejected(house: House, site: Site) -> None:
    ref = site.ref(site.start())
    house.call("ActivateUser", userRef=ref)
    assert house.refused("RejectSignUp", userRef=ref)["code"] == "INVALID_STATE"
