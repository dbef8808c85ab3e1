from tests.house import House
from tests.signups.conftest import NUMBERS, Site


def test_those_that_nobody_paid_are_rejected_when_the_wait_is_over(house: House, site: Site) -> None:
    started = site.start(did=[NUMBERS[0]])
    paid = site.start("paid@example.com")
    house.call("ConfirmPayment", userRef=site.ref(paid), paymentReference="pay-1")
    late = site.start("late@example.com", expiresAt=site.in_hours(24 * 20))
    house.clock.pass_time(days=30)
    provider_id = house.provider.provider_id
    assert house.operate("EndSignUps", provider_id)["count"] == 0
    house.clock.pass_time(days=2)
    stranger, _ = house.new_provider("Stranger")
    assert house.operate("EndSignUps", stranger.provider_id)["count"] == 0
    assert house.operate("EndSignUps", provider_id)["count"] == 1
    assert house.operate("EndSignUps", provider_id)["outcome"]["noChange"]
    assert house.call("GetUser", userRef=site.ref(started))["state"] == "REJECTED"
    assert house.call("GetUser", userRef=site.ref(paid))["state"] == "ACTIVE"
    assert house.call("GetUser", userRef=site.ref(late))["state"] == "PENDING"
    assert site.did(NUMBERS[0])["state"] == "AVAILABLE"
