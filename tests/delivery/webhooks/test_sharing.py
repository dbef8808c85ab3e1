"""Many receivers, many pumps: nobody waits for another one's receiver, and nothing is posted twice."""

import dataclasses
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from threading import Event

import pytest
from sqlalchemy import select, update
from structlog.testing import capture_logs

from provisioning.application import compose
from provisioning.delivery.webhooks import Pump
from provisioning.settings import PREFIX, Settings
from provisioning.subscriptions import Subscription
from tests.delivery.webhooks.conftest import SOON, MakeInbox, pump_of
from tests.delivery.webhooks.inbox import Inbox, Received, Said, pumping, wait_until
from tests.house import House
from tests.subscriptions.desk import change_something, client_of, listed, subscribe

# A relay of its own process, whose pump lets go of what a dead one held after a short time.
RUN = """
from datetime import timedelta
from threading import Event
from provisioning.application import compose
from provisioning.delivery.webhooks import Pump
from provisioning.settings import read_settings
pump, ended = Pump(compose(read_settings()), lease=timedelta(seconds=3)), Event()
while not ended.wait(0.05):
    pump.turn(ended)
"""


class Hesitant:
    """A receiver that takes a change only when it is let."""

    def __init__(self) -> None:
        self.asked, self.released = Event(), Event()

    def __call__(self, _: Received) -> Said:
        self.asked.set()
        self.released.wait(60)
        return Said()


def pump_process(settings: Settings) -> "subprocess.Popen[bytes]":
    given = {"VAR": str(settings.var), "DATABASE_URL": settings.database_url, "KEYS": settings.keys}
    given |= {"WEBHOOK_NETWORKS": "127.0.0.0/8", "WEBHOOK_CA_FILE": settings.webhook_ca_file}
    environment = {**os.environ, **{PREFIX + name: value for name, value in given.items()}}
    return subprocess.Popen([sys.executable, "-c", RUN], env=environment, stdout=subprocess.DEVNULL)


def first_appearances(inbox: Inbox) -> list[int]:
    """The changes in the order in which each was posted first."""
    return [int(each) for each in dict.fromkeys(each.change["changeId"] for each in inbox.received)]


def test_two_pumps_share_the_work_and_post_nothing_twice(
    build_house: Callable[[], House], make_inbox: MakeInbox
) -> None:
    house, other = build_house(), build_house()
    boxes = []
    for number in range(8):
        boxes.append(make_inbox())
        subscribe(house, client_of(house, f"client{number}"), boxes[-1].url, kind=["CompanyChanged"])
    with pumping(pump_of(house), pump_of(other)):
        for _ in range(10):
            change_something(house, 2)
            time.sleep(0.05)
        for box in boxes:
            box.wait_for(20)
    for box in boxes:
        assert Counter(each.identifier for each in box.received).most_common(1)[0][1] == 1
        assert len(box.received) == 20
        assert first_appearances(box) == sorted(first_appearances(box))
        assert box.most_at_a_time == 1


def test_a_killed_pump_is_taken_over_and_repeats_a_few_at_most(
    house: House, settings: Settings, make_inbox: MakeInbox
) -> None:
    def slowly(_: Received) -> Said:
        time.sleep(0.02)
        return Said()

    inbox, client = make_inbox(slowly), client_of(house)
    subscribe(house, client, inbox.url)
    change_something(house, 60)
    doomed = pump_process(settings)
    try:
        inbox.wait_for(30)
    finally:
        doomed.kill()
        doomed.wait()
    with pumping(pump_of(house)):
        wait_until(lambda: len(first_appearances(inbox)) >= 61)
    times = Counter(each.identifier for each in inbox.received)
    assert max(times.values()) <= 2
    assert sum(count - 1 for count in times.values()) <= 21
    assert first_appearances(inbox) == sorted(first_appearances(inbox))


@pytest.mark.parametrize("how", ["slow", "dead"])
def test_a_receiver_that_does_not_answer_holds_up_nobody_else(
    house: House, make_inbox: MakeInbox, how: str
) -> None:
    released = Event()

    def hang(_: Received) -> Said:
        released.wait(60)
        return Said(hang_up=how == "dead")

    stuck, quick = make_inbox(hang), make_inbox()
    greedy, modest = client_of(house), client_of(house, "modest")
    for _ in range(20):
        subscribe(house, greedy, stuck.url)
    with pumping(pump_of(house)):
        stuck.wait_for(4)
        subscribe(house, modest, quick.url, kind=["CompanyChanged"])
        change_something(house, 3)
        quick.wait_for(3)
        assert stuck.most_at_a_time == 4  # a quarter of the threads is a client's
        released.set()


def test_it_stops_within_seconds_whatever_a_receiver_does(house: House, make_inbox: MakeInbox) -> None:
    released = Event()

    def hang(_: Received) -> Said:
        released.wait(60)
        return Said(hang_up=True)

    stuck, client = make_inbox(hang), client_of(house)
    subscribe(house, client, stuck.url)
    with pumping(pump_of(house)) as ended:
        stuck.wait_for(1)
        ended.set()
    assert stuck.going_on == 1
    (shown,) = listed(house, client)  # and that was no attempt
    assert (shown["state"], shown.get("attempts")) == ("ACTIVE", None)
    with pumping(pump_of(house)):
        stuck.wait_for(2)
        released.set()


def test_what_is_deleted_while_it_is_posted_is_let_go(house: House, make_inbox: MakeInbox) -> None:
    receiver = Hesitant()
    inbox, client = make_inbox(receiver), client_of(house)
    made = subscribe(house, client, inbox.url)
    change_something(house, 50)
    with capture_logs() as logs, pumping(pump_of(house)):
        receiver.asked.wait(60)
        house.call("DeleteSubscription", client, subscriptionId=made["subscriptionId"])
        receiver.released.set()
        wait_until(lambda: [each for each in logs if "taken over or deleted" in each["event"]])
    assert len(inbox.received) <= 21


def test_a_subscription_whose_secret_cannot_be_opened_spoils_nothing_else(
    house: House, make_inbox: MakeInbox
) -> None:
    spoilt, inbox = make_inbox(), make_inbox()
    made = subscribe(house, client_of(house), spoilt.url)
    subscribe(house, client_of(house, "other"), inbox.url, kind=["CompanyChanged"])
    with house.application.database.writing() as db:
        which = Subscription.id == made["subscriptionId"]
        db.execute(update(Subscription).where(which).values(sealed_secret="old.AAAA"))
        db.commit()
    change_something(house)
    with capture_logs() as logs, pumping(pump_of(house)):
        inbox.wait_for(1)
        wait_until(lambda: [each for each in logs if each["event"] == "a turn broke down"])
    assert spoilt.received == []


def test_what_the_database_did_not_keep_is_posted_again(house: House, make_inbox: MakeInbox) -> None:
    receiver = Hesitant()
    inbox, client = make_inbox(receiver), client_of(house)
    subscribe(house, client, inbox.url)
    impatient = compose(dataclasses.replace(house.application.settings, lock_wait=1), house.clock)
    pump = Pump(impatient, retry=SOON, lease=timedelta(seconds=30))
    with capture_logs() as logs, pumping(pump):
        receiver.asked.wait(60)
        with house.application.database.writing() as db:
            db.scalars(select(Subscription).with_for_update()).all()
            receiver.released.set()
            wait_until(lambda: [each for each in logs if each["event"] == "the database does not answer"])
        house.clock.pass_time(seconds=31)
        wait_until(lambda: "lastDeliveredAt" in listed(house, client)[0])
    assert len(inbox.received) == 2
    assert len({each.identifier for each in inbox.received}) == 1
    impatient.database.engine.dispose()


def test_a_pump_that_outlasts_its_lease_does_not_overtake_itself(house: House, make_inbox: MakeInbox) -> None:
    receiver = Hesitant()
    inbox, client = make_inbox(receiver), client_of(house)
    subscribe(house, client, inbox.url)
    change_something(house)
    with pumping(pump_of(house)):
        receiver.asked.wait(60)
        house.clock.pass_time(seconds=31)  # as when the host was suspended
        time.sleep(1)
        receiver.released.set()
        inbox.wait_for(2)
        wait_until(lambda: "lastDeliveredAt" in listed(house, client)[0])
    assert inbox.most_at_a_time == 1
    assert len(inbox.received) == 2
