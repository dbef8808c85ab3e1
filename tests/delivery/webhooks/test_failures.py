"""What is not taken: tried again in order, put off, given up at last."""

import dataclasses
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from provisioning.delivery.retry import Retry
from provisioning.delivery.webhooks.delivering import _asked_wait
from provisioning.delivery.webhooks.pump import RETRY
from provisioning.delivery.webhooks.receiver import Answer as SomeAnswer
from provisioning.kernel.clock import utc_now
from provisioning.subscriptions import Subscription, system_addresses
from tests.changes.test_list_changes import follow
from tests.delivery.webhooks.conftest import MakeInbox, pump_of
from tests.delivery.webhooks.inbox import Answer, Inbox, Received, Said, pumping, wait_until
from tests.house import House, Plain
from tests.postgres import free_port
from tests.subscriptions.desk import change_something, client_of, listed, subscribe

SLOW = Retry(first=600.0, longest=600.0)


def failing(times: int, said: Said) -> Answer:
    """The first so many times that answer, then 204."""
    left = iter([said] * times)
    return lambda _: next(left, Said())


def row(house: House) -> Subscription:
    with house.application.database.reading() as db:
        return db.scalars(select(Subscription)).one()


@pytest.mark.parametrize(
    "said",
    [Said(500), Said(400), Said(404), Said(302, {"Location": "/elsewhere"}), Said(503), Said(hang_up=True)],
    ids=lambda said: "hang up" if said.hang_up else str(said.status),
)
def test_what_is_not_taken_is_tried_again_before_anything_else(
    house: House, make_inbox: MakeInbox, said: Said
) -> None:
    inbox, client = make_inbox(failing(3, said)), client_of(house)
    subscribe(house, client, inbox.url)
    change_something(house)
    with pumping(pump_of(house)):
        inbox.wait_for(5)
        wait_until(lambda: listed(house, client)[0]["state"] == "ACTIVE")
    assert inbox.kinds == ["SubscriptionCreated"] * 4 + ["CompanyChanged"]
    assert len({each.identifier for each in inbox.received[:4]}) == 1
    assert {each.path for each in inbox.received} == {"/hooks"}  # a redirect is not followed
    (shown,) = listed(house, client)
    assert not {"failingSince", "attempts", "lastStatus", "lastError", "nextAttemptAt"} & shown.keys()


def test_the_list_shows_how_it_fails(house: House, make_inbox: MakeInbox) -> None:
    inbox, client = make_inbox(lambda _: Said(503)), client_of(house)
    subscribe(house, client, inbox.url)
    with pumping(pump_of(house, retry=SLOW)):
        wait_until(lambda: listed(house, client)[0]["state"] == "FAILING")
    (shown,) = listed(house, client)
    assert (shown["lastStatus"], shown["lastError"], shown["attempts"]) == (503, "STATUS", 1)
    assert shown["failingSince"] < shown["nextAttemptAt"]
    assert "lastDeliveredAt" not in shown
    assert len(inbox.received) == 1


def test_what_was_delivered_before_a_failure_is_not_sent_again(house: House, make_inbox: MakeInbox) -> None:
    def refuse_the_third(received: Received) -> Said:
        return (
            Said(500) if received.change["kind"] == "CompanySuspended" and len(inbox.received) < 6 else Said()
        )

    inbox, client = make_inbox(refuse_the_third), client_of(house)
    subscribe(house, client, inbox.url)
    change_something(house)
    house.call("SuspendCompany", house.provider, companyId=house.company_id)
    with pumping(pump_of(house)):
        wait_until(lambda: len(inbox.received) >= 6)
    assert inbox.kinds == ["SubscriptionCreated", "CompanyChanged"] + ["CompanySuspended"] * 4


def certificate_of_another_name(house: House, inbox: Inbox) -> Plain:
    return {"url": inbox.url.replace("localhost", "other.example.com")}


def plain_receiver(house: House, inbox: Inbox) -> Plain:
    return {"url": inbox.url.replace("http:", "https:")}


def nobody_there(house: House, inbox: Inbox) -> Plain:
    return {"url": f"https://localhost:{free_port()}/"}


def unknown_name(house: House, inbox: Inbox) -> Plain:
    return {"url": "https://hooks.invalid/"}


def impossible_name(house: House, inbox: Inbox) -> Plain:
    return {"url": f"https://{'x' * 70}.example/"}


@pytest.mark.parametrize(
    ("target", "secure", "error"),
    [
        (certificate_of_another_name, True, "CERTIFICATE"),
        (plain_receiver, False, "TLS"),
        (nobody_there, True, "UNREACHABLE"),
        (unknown_name, True, "NAME_NOT_KNOWN"),
        (impossible_name, True, "NAME_NOT_KNOWN"),
    ],
)
def test_the_reason_is_named(
    house: House, make_inbox: MakeInbox, target: Callable[[House, Inbox], Plain], secure: bool, error: str
) -> None:
    inbox = make_inbox() if secure else make_inbox(certificate=None)
    client = client_of(house)
    subscribe(house, client, **target(house, inbox))

    def resolve(name: str) -> list[str]:
        return ["127.0.0.1"] if name == "other.example.com" else system_addresses(name)

    with pumping(pump_of(house, retry=SLOW, resolve=resolve)):
        wait_until(lambda: listed(house, client)[0]["state"] == "FAILING")
    assert listed(house, client)[0]["lastError"] == error
    assert inbox.received == []


def test_a_certificate_of_an_unknown_authority_is_not_trusted(house: House, inbox: Inbox) -> None:
    settings = dataclasses.replace(house.application.settings, webhook_ca_file="")
    distrustful = house.in_another_process(dataclasses.replace(house.application, settings=settings))
    client = client_of(house)
    subscribe(house, client, inbox.url)
    with pumping(pump_of(distrustful, retry=SLOW)):
        wait_until(lambda: listed(house, client)[0]["state"] == "FAILING")
    assert listed(house, client)[0]["lastError"] == "CERTIFICATE"
    assert inbox.received == []


def test_410_disables_at_once_and_the_feed_tells_it(house: House, make_inbox: MakeInbox) -> None:
    gone, other = make_inbox(lambda _: Said(410)), make_inbox()
    client = client_of(house)
    made = subscribe(house, client, gone.url)
    subscribe(house, client, other.url, kind=["SubscriptionDisabled"])
    with pumping(pump_of(house)):
        other.wait_for(1)
        change_something(house)
    shown, _ = listed(house, client)
    assert (shown["state"], shown["disabledReason"], shown["lastStatus"]) == ("DISABLED", "GONE", 410)
    assert other.received[0].change["objectId"] == made["subscriptionId"]
    assert len(gone.received) == 1
    page = house.call("ListChanges", client, cursor=shown["cursor"])
    assert page["change"][0]["objectId"] == made["subscriptionId"]  # nothing is lost: here one goes on


def test_days_of_failures_disable_it(house: House, make_inbox: MakeInbox) -> None:
    inbox, client = make_inbox(lambda _: Said(500)), client_of(house)
    subscribe(house, client, inbox.url)
    with pumping(pump_of(house, retry=SLOW)):
        wait_until(lambda: listed(house, client)[0].get("attempts") == 1)
        house.clock.pass_time(days=4)
        wait_until(lambda: listed(house, client)[0].get("attempts") == 2)
        assert listed(house, client)[0]["state"] == "FAILING"
        house.clock.pass_time(days=1)
        wait_until(lambda: listed(house, client)[0]["state"] == "DISABLED")
        tried = len(inbox.received)
        house.clock.pass_time(days=1)
        change_something(house)
    assert tried == 3
    assert len(inbox.received) == 3
    assert listed(house, client)[0]["disabledReason"] == "FAILED_TOO_LONG"
    (change,) = follow(house, client, kind=["SubscriptionDisabled"])
    assert change["operation"] == "DisableSubscription"


def test_a_success_ends_a_series_of_failures(house: House, make_inbox: MakeInbox) -> None:
    inbox, client = make_inbox(failing(1, Said(500))), client_of(house)
    subscribe(house, client, inbox.url)
    with pumping(pump_of(house, retry=SLOW)):
        wait_until(lambda: listed(house, client)[0].get("attempts") == 1)
        house.clock.pass_time(days=4)
        wait_until(lambda: listed(house, client)[0]["state"] == "ACTIVE")
        inbox.answer = lambda _: Said(500)
        house.clock.pass_time(days=4)
        change_something(house)
        wait_until(lambda: listed(house, client)[0]["state"] == "FAILING")
    assert listed(house, client)[0]["attempts"] == 1


def test_changes_that_are_no_longer_kept_are_not_passed_over_in_silence(house: House, inbox: Inbox) -> None:
    client = client_of(house)
    subscribe(house, client, inbox.url)
    house.clock.pass_time(days=91)
    with pumping(pump_of(house)):
        wait_until(lambda: listed(house, client)[0]["state"] == "DISABLED")
    assert listed(house, client)[0]["disabledReason"] == "CHANGES_LOST"
    assert inbox.received == []


@pytest.mark.parametrize(
    ("asked", "wait"),
    [
        (None, 0),
        ("", 0),
        ("120", 120),
        ("0", 0),
        ("86400", 3600),
        ("9" * 400, 3600),
        ("-5", 0),
        ("soon", 0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
        ("Wed, 21 Oct 2065 07:28:00 GMT", 3600),
        ("Wed, 21 Oct 2065 07:28:00", 0),
        ("²", 0),
    ],
)
def test_a_receiver_may_ask_for_some_time(asked: str | None, wait: int) -> None:
    answer = SomeAnswer(status=429, retry_after=asked)
    assert _asked_wait(answer, utc_now()) == timedelta(seconds=wait)


def test_what_it_asked_for_is_respected(house: House, make_inbox: MakeInbox) -> None:
    inbox, client = make_inbox(lambda _: Said(429, {"Retry-After": "1200"})), client_of(house)
    subscribe(house, client, inbox.url)
    with pumping(pump_of(house)):
        wait_until(lambda: listed(house, client)[0]["state"] == "FAILING")
    kept = row(house)
    assert kept.failing_since is not None
    assert kept.due_at - kept.failing_since == timedelta(seconds=1200)


@pytest.mark.parametrize(
    ("attempt", "seconds"), [(1, 5), (2, 10), (3, 20), (8, 640), (12, 10240), (13, 14400), (99, 14400)]
)
def test_waits_grow_from_seconds_to_hours(attempt: int, seconds: float) -> None:
    assert RETRY.wait(attempt, 0.5) == timedelta(seconds=seconds)


def test_nothing_secret_is_logged(house: House, make_inbox: MakeInbox) -> None:
    inbox, client = make_inbox(lambda _: Said(500)), client_of(house)
    made = subscribe(house, client, f"{inbox.url}/T0KEN?key=t0ken")
    with capture_logs() as logs, pumping(pump_of(house, retry=SLOW)):
        wait_until(lambda: listed(house, client)[0]["state"] == "FAILING")
    assert [each["event"] for each in logs if each["event"] == "webhook not taken"]
    for secret in (made["secret"], "T0KEN", "t0ken"):
        assert secret not in str(logs)


def test_a_failure_is_logged_as_nothing_else(house: House, make_inbox: MakeInbox) -> None:
    inbox, client = make_inbox(lambda _: Said(500)), client_of(house)
    subscribe(house, client, inbox.url)
    with capture_logs() as logs, pumping(pump_of(house, retry=SLOW)):
        wait_until(lambda: listed(house, client)[0]["state"] == "FAILING")
    assert [each["event"] for each in logs] == ["webhook not taken"]


@pytest.mark.parametrize("said", [Said(500), Said(hang_up=True)], ids=["refused", "hung up"])
def test_what_is_deleted_while_it_fails_is_no_error(house: House, make_inbox: MakeInbox, said: Said) -> None:
    def delete_first(_: Received) -> Said:
        house.call("DeleteSubscription", client, subscriptionId=made["subscriptionId"])
        return said

    inbox, client = make_inbox(delete_first), client_of(house)
    made = subscribe(house, client, inbox.url)
    with capture_logs() as logs, pumping(pump_of(house, retry=SLOW)):
        wait_until(lambda: logs)
    assert [each["event"] for each in logs] == ["a subscription was taken over or deleted"]
