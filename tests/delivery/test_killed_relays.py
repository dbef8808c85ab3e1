"""Relays killed at random while calls go on: in the end the phone system has what the database has."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread

from provisioning.settings import PREFIX, Settings
from tests.delivery.site import Site
from tests.house import Refused

RUN = "from provisioning.delivery.running import run_relay; from provisioning.settings import read_settings; run_relay(read_settings())"
LEASE = 5


def new_relay(settings: Settings) -> "subprocess.Popen[bytes]":
    """A relay as a process of its own."""
    given = {"VAR": str(settings.var), "DATABASE_URL": settings.database_url, "KEYS": settings.keys}
    given |= {"RELAY_LEASE": str(LEASE), "RELAY_THREADS": "4"}
    environment = {**os.environ, **{PREFIX + name: value for name, value in given.items()}}
    return subprocess.Popen([sys.executable, "-c", RUN], env=environment, stdout=subprocess.DEVNULL)


@contextmanager
def relays(settings: Settings, count: int) -> Iterator[list["subprocess.Popen[bytes]"]]:
    running = [new_relay(settings) for _ in range(count)]
    try:
        yield running
    finally:
        for each in running:
            each.terminate()
        for each in running:
            assert each.wait(30) in {0, -signal.SIGTERM}  # the latter when it had not begun yet


@contextmanager
def killing(running: list["subprocess.Popen[bytes]"], settings: Settings) -> Iterator[list[int]]:
    """Kill one after the other, at random, and start another in its place."""
    ended, killed = Event(), []

    def kill() -> None:
        while not ended.wait(random.uniform(0.3, 1.5)):
            place = random.randrange(len(running))
            running[place].kill()
            running[place].wait()
            killed.append(running[place].pid)
            running[place] = new_relay(settings)

    thread = Thread(target=kill)
    thread.start()
    try:
        yield killed
    finally:
        ended.set()
        thread.join()


@dataclass
class Traffic:
    """Calls at random about a few users and numbers, so that they meet."""

    site: Site
    dids: list[str]
    users: list[str] = field(default_factory=list)
    calls: int = 0

    def step(self) -> None:
        chosen: Callable[[], object] = random.choice(
            [
                self.create,
                self.assign,
                self.assign,
                self.unassign,
                self.transfer,
                self.suspend,
                self.resume,
                self.delete,
            ]
        )
        refused = None
        try:
            chosen()
        except Refused as refusal:  # a number that is another's, a state that does not allow it
            refused = refusal.code
        assert refused in {None, "DID_NOT_AVAILABLE", "INVALID_STATE"}
        self.calls += 1

    def any_user(self) -> str:
        return random.choice(self.users)

    def create(self) -> None:
        self.users.append(self.site.create_user())

    def assign(self) -> None:
        self.site.call("AssignDid", self.any_user(), number=random.choice(self.dids))

    def unassign(self) -> None:
        self.site.call("UnassignDid", self.any_user(), number=random.choice(self.dids))

    def transfer(self) -> None:
        giver, taker = random.sample(self.users, 2)
        parties = {"fromUserRef": {"userId": giver}, "toUserRef": {"userId": taker}}
        self.site.call("TransferDid", number=random.choice(self.dids), **parties)

    def suspend(self) -> None:
        self.site.call("SuspendUser", self.any_user())

    def resume(self) -> None:
        self.site.call("ResumeUser", self.any_user())

    def delete(self) -> None:
        if len(self.users) > 10:
            user_id = self.any_user()
            self.site.call("DeleteUser", user_id)
            self.users.remove(user_id)


def holders(site: Site) -> dict[str, str]:
    listed = site.call("ListDids", state="ASSIGNED", pageSize=1000).get("did", [])
    return {each["number"]: each["userId"] for each in listed}


def living(site: Site) -> set[str]:
    return {each["userId"] for each in site.call("ListUsers", pageSize=1000)["user"]}


def test_nothing_is_missing_nothing_is_twice_and_nothing_is_too_much(site: Site, settings: Settings) -> None:
    traffic = Traffic(site, site.add_numbers(15))
    for _ in range(10):
        traffic.create()
    with relays(settings, 2) as running:
        with killing(running, settings) as killed:
            until = time.monotonic() + 8
            while time.monotonic() < until:
                traffic.step()
                time.sleep(0.01)
        site.wait_for(lambda: not site.waiting(), 60)
    assert len(killed) > 3
    assert traffic.calls > 50
    assert site.recorded() == holders(site)
    assert set(site.recorded("user")) == living(site)
    assert site.outbox() == []
    assert site.agrees()
    free = site.call("ListDids", state="AVAILABLE", pageSize=1000).get("did", [])
    assert {each["number"] for each in free} == set(traffic.dids) - holders(site).keys()
