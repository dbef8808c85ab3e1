"""What who delivers does when a receiver is not there any more: it is no published operation."""

from tests.changes.test_list_changes import follow
from tests.house import House
from tests.subscriptions.desk import client_of, listed, subscribe


def test_a_disabled_subscription_says_why_and_the_feed_tells_it(house: House) -> None:
    client = client_of(house)
    made = subscribe(house, client)
    for no_change in (False, True):
        answer = house.operate("DisableSubscription", subscriptionId=made["subscriptionId"], reason="GONE")
        assert answer["outcome"]["noChange"] is no_change
    (shown,) = listed(house, client)
    assert (shown["state"], shown["disabledReason"]) == ("DISABLED", "GONE")
    assert shown["disabledAt"]
    (change,) = follow(house, client, kind=["SubscriptionDisabled"])
    assert {each["name"]: each["value"] for each in change["detail"]} == {
        "receiver": "https://127.0.0.1:9",
        "reason": "GONE",
    }


def test_a_deleted_one_is_not_disabled(house: House) -> None:
    client = client_of(house)
    made = subscribe(house, client)
    house.call("DeleteSubscription", client, subscriptionId=made["subscriptionId"])
    answer = house.operate("DisableSubscription", subscriptionId=made["subscriptionId"], reason="GONE")
    assert answer["outcome"]["noChange"]
    assert answer["subscription"]["state"] == "ACTIVE"
