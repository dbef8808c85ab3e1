"""What arrives: every change once, in order, as ListChanges shows it, and only what the client may see."""

import json
import socket

import pytest

from provisioning.delivery.running import companions
from provisioning.delivery.webhooks import Pump
from provisioning.delivery.webhooks.receiver import Patience, Receiver, trust
from provisioning.subscriptions import read_target, system_addresses
from tests.changes.test_list_changes import follow
from tests.delivery.webhooks.conftest import MakeInbox, pump_of
from tests.delivery.webhooks.inbox import Inbox, Said, pumping, wait_until
from tests.delivery.webhooks.test_failures import SLOW
from tests.house import House
from tests.subscriptions.desk import change_something, client_of, listed, subscribe


def test_a_relay_has_a_pump(house: House) -> None:
    assert [type(each) for each in companions(house.application) if isinstance(each, Pump)] == [Pump]


def test_changes_arrive_in_order_and_as_the_list_shows_them(house: House, inbox: Inbox) -> None:
    client = client_of(house)
    subscribe(house, client, inbox.url)
    with pumping(pump_of(house)):
        inbox.wait_for(1)
        change_something(house, 60)
        inbox.wait_for(61)
    shown = follow(house, client)
    first = next(place for place, each in enumerate(shown) if each["kind"] == "SubscriptionCreated")
    assert [each.change for each in inbox.received] == shown[first:]
    assert inbox.kinds == ["SubscriptionCreated"] + ["CompanyChanged"] * 60
    assert inbox.most_at_a_time == 1
    assert inbox.connections < 61  # a connection is kept while there is something to post


def test_a_message_is_json_with_type_timestamp_and_data(house: House, inbox: Inbox) -> None:
    made = subscribe(house, client_of(house), inbox.url)
    with pumping(pump_of(house)):
        (received,) = inbox.wait_for(1)
    message = json.loads(received.body)
    assert (message["type"], message["timestamp"]) == ("SubscriptionCreated", message["data"]["at"])
    assert message["data"]["objectId"] == made["subscriptionId"]
    assert received.headers["Content-Type"] == "application/json"
    assert received.headers["Host"] == f"localhost:{inbox.port}"
    assert received.path == "/hooks"


def test_the_list_shows_how_far_it_has_come(house: House, inbox: Inbox) -> None:
    client = client_of(house)
    subscribe(house, client, inbox.url)
    with pumping(pump_of(house)):
        inbox.wait_for(1)
        wait_until(lambda: "lastDeliveredAt" in listed(house, client)[0])
    (shown,) = listed(house, client)
    assert shown["lastDeliveredChangeId"] == inbox.received[0].change["changeId"]
    assert shown["state"] == "ACTIVE"
    change_something(house)
    page = house.call("ListChanges", client, cursor=shown["cursor"])
    assert [each["kind"] for each in page["change"]] == ["CompanyChanged"]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"kind": ["CompanySuspended", "CompanyResumed"]}, ["CompanySuspended", "CompanyResumed"]),
        ({"objectType": "Company"}, ["CompanyChanged", "CompanySuspended", "CompanyResumed"]),
        ({"objectType": "Client"}, ["ClientCreated"]),
        ({"kind": ["CompanyChanged"], "objectType": "Client"}, []),
    ],
)
def test_filters_are_those_of_the_list(
    house: House, make_inbox: MakeInbox, filters: dict[str, object], expected: list[str]
) -> None:
    client, everything, wanted = client_of(house), make_inbox(), make_inbox()
    subscribe(house, client, wanted.url, **filters)
    subscribe(house, client, everything.url)
    change_something(house)
    house.call("SuspendCompany", house.provider, companyId=house.company_id)
    house.call("ResumeCompany", house.provider, companyId=house.company_id)
    client_of(house, "another")
    with pumping(pump_of(house)):
        everything.wait_for(5)
        wanted.wait_for(len(expected))
    assert wanted.kinds == expected
    assert everything.kinds[0] == "SubscriptionCreated"


def test_everybody_gets_what_the_list_would_show_and_nothing_else(
    house: House, make_inbox: MakeInbox
) -> None:
    rival, _ = house.new_provider("Rival")
    second = house.new_company(house.provider, "SECOND")
    boxes = {name: make_inbox() for name in ("provider", "acme", "one company")}
    clients = {
        "provider": client_of(house),
        "acme": client_of(house, "acme", house.company_id),
        "one company": client_of(house, "careful"),
    }
    for name, box in boxes.items():
        wishes = {"companyId": second} if name == "one company" else {}
        subscribe(house, clients[name], box.url, kind=["CompanyChanged"], **wishes)
    house.call("UpdateCompany", rival, companyId=house.new_company(rival, "RIVAL"), name="Not yours")
    change_something(house)
    change_something(house, company_id=second)
    with pumping(pump_of(house)):
        boxes["provider"].wait_for(2)
        boxes["acme"].wait_for(1)
        boxes["one company"].wait_for(1)
    companies = {name: [each.change["companyId"] for each in box.received] for name, box in boxes.items()}
    assert companies == {
        "provider": [house.company_id, second],
        "acme": [house.company_id],
        "one company": [second],
    }


def test_a_place_moves_on_where_there_is_nothing_to_deliver(house: House, inbox: Inbox) -> None:
    """Or a look would pass over more and more changes each time, and the place would expire some day."""
    client = client_of(house)
    subscribe(house, client, inbox.url, kind=["NothingLikeThis"])
    change_something(house, 3)
    house.clock.pass_time(minutes=1)
    before = listed(house, client)[0]["cursor"]
    with pumping(pump_of(house)):
        wait_until(lambda: listed(house, client)[0]["cursor"] != before)
    cursor = listed(house, client)[0]["cursor"]
    assert "change" not in house.call("ListChanges", client, cursor=cursor)
    assert inbox.received == []


def test_a_new_subscription_goes_on_where_another_has_stopped(house: House, make_inbox: MakeInbox) -> None:
    client, first, second = client_of(house), make_inbox(), make_inbox()
    made = subscribe(house, client, first.url)
    with pumping(pump_of(house)):
        first.wait_for(1)
        wait_until(lambda: "lastDeliveredAt" in listed(house, client)[0])
    cursor = listed(house, client)[0]["cursor"]
    house.call("DeleteSubscription", client, subscriptionId=made["subscriptionId"])
    change_something(house)
    subscribe(house, client, second.url, cursor=cursor)
    with pumping(pump_of(house)):
        second.wait_for(3)
    assert second.kinds == ["SubscriptionDeleted", "CompanyChanged", "SubscriptionCreated"]
    assert first.kinds == ["SubscriptionCreated"]


@pytest.mark.parametrize("how", ["revoked", "expired", "without the right"])
def test_a_client_that_may_not_call_is_told_nothing(house: House, inbox: Inbox, how: str) -> None:
    kind = ["CompanyChanged"]
    client, other = client_of(house), client_of(house, "other")
    subscribe(house, client, inbox.url, kind=kind, description="of a client that may not")
    match how:
        case "revoked":
            house.call("RevokeClient", house.provider, clientId=client.client_id)
        case "expired":
            soon = (house.clock()).isoformat().replace("+00:00", "Z")
            house.clock.pass_time(minutes=-1)
            house.operate("UpdateClient", clientId=client.client_id, expiresAt=soon)
            house.clock.pass_time(minutes=2)
        case _:
            house.operate("UpdateClient", clientId=client.client_id, right=["USERS_WRITE"])
    change_something(house)
    proof = subscribe(house, other, inbox.url, kind=["SubscriptionCreated"])
    with pumping(pump_of(house)):
        inbox.wait_for(1)
    assert [each.change["objectId"] for each in inbox.received] == [proof["subscriptionId"]]
    if how == "expired":  # and it goes on when it may call again
        house.operate("UpdateClient", clientId=client.client_id, clearField=["EXPIRES_AT"])
        with pumping(pump_of(house)):
            inbox.wait_for(2)
        assert inbox.kinds[1] == "CompanyChanged"


def test_a_kept_connection_that_was_closed_meanwhile_is_made_anew(
    house: House, make_inbox: MakeInbox
) -> None:
    inbox, client = (
        make_inbox(lambda _: Said(200, {"Connection": "keep-alive"}, closes=True)),
        client_of(house),
    )
    subscribe(house, client, inbox.url)
    change_something(house, 3)
    with pumping(pump_of(house, retry=SLOW)):
        inbox.wait_for(4)
    assert len(inbox.received) == inbox.connections == 4
    assert listed(house, client)[0]["state"] == "ACTIVE"


def test_an_answer_that_ends_too_early_has_taken_the_change(house: House, make_inbox: MakeInbox) -> None:
    said = Said(200, body=b"half", says_it_has=1000, closes=True)
    inbox, client = make_inbox(lambda _: said), client_of(house)
    subscribe(house, client, inbox.url)
    change_something(house)
    with pumping(pump_of(house, retry=SLOW)):
        inbox.wait_for(2)
    assert listed(house, client)[0]["state"] == "ACTIVE"
    assert len(inbox.received) == 2


def test_a_body_does_not_wait_for_the_word_on_its_headers(house: House, inbox: Inbox) -> None:
    """With Nagle's algorithm each change would take 40 milliseconds more."""
    settings = house.application.settings
    target = read_target(inbox.url)
    receiver = Receiver(target, settings, trust(settings), system_addresses, Patience())
    body = b'{"data":{}}'
    try:
        for _ in range(2):
            assert receiver.post(body, {"Content-Type": "application/json"}).taken
        assert receiver._socket is not None
        assert receiver._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    finally:
        receiver.close()
    assert inbox.connections == 1
