"""Servers, workers, relays and the database killed under load: afterwards everybody tells the same story."""

import json
import random
import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

from tests.chaos.caller import Caller
from tests.chaos.conftest import Installation
from tests.chaos.fleet import Fleet
from tests.chaos.traffic import Client, new_clients
from tests.clients.journey import Plain
from tests.delivery.live.service import wait_for
from tests.delivery.webhooks.inbox import Inbox, receiving

KILLS = {"kill_relay": 3, "kill_worker": 3, "kill_server": 1}
CALLS_BETWEEN = 10
CLIENTS = 5
NUMBERS = [f"+1650555{number:04}" for number in range(100, 150)]  # all that the demo's company has


def test_on_sqlite_nothing_is_lost_and_nothing_is_twice(on_sqlite: Installation) -> None:
    _stand(on_sqlite)


def test_on_postgres_neither_when_that_is_killed_too(on_postgres: Installation) -> None:
    _stand(on_postgres)


def _stand(installation: Installation) -> None:
    clients = new_clients(CLIENTS, installation.account("company"), NUMBERS, installation.seed)
    onlooker = Caller(installation.account("company"), random.Random(0))
    fleet = installation.fleet()
    try:
        with receiving(None) as inbox:
            url = f"http://127.0.0.1:{inbox.port}/hooks"
            onlooker.call("CreateSubscription", newSubscription={"url": url})
            _disturb(clients, fleet, installation)
            installation.end_leases_of(fleet.dead)
            wait_for(lambda: _is_delivered(fleet, installation))
            _compare_with_the_service(clients, onlooker)
            _compare_webhooks(onlooker, inbox)
    finally:
        onlooker.close()
        fleet.stop()
    _compare_with_phone_systems(clients, installation)
    _compare_letters(clients, installation)


def _disturb(clients: list[Client], fleet: Fleet, installation: Installation) -> None:
    """All clients at work while one thing after the other is killed; in the middle the database."""
    chance, over = random.Random(installation.seed), Event()
    plan = [getattr(fleet, name) for name, times in KILLS.items() for _ in range(times)]
    chance.shuffle(plan)
    plan.insert(len(plan) // 2, installation.strike)
    with ThreadPoolExecutor(len(clients)) as threads:
        working = [threads.submit(each.work, over) for each in clients]
        try:
            for kill in plan:
                _let_them_work(clients, working, fleet, chance)
                kill()
            _let_them_work(clients, working, fleet, chance)
        finally:
            over.set()
            wait_for(lambda: _all_done(working, fleet))
    for each in working:
        each.result()
    print(fleet.killed, sum((each.done for each in clients), Counter()))  # noqa: T201 - likewise


def _let_them_work(
    clients: list[Client], working: list[Future[None]], fleet: Fleet, chance: random.Random
) -> None:
    """A moment, and until some calls have been answered since."""
    time.sleep(chance.uniform(0.1, 0.5))
    enough = sum(each.done.total() for each in clients) + chance.randint(1, CALLS_BETWEEN)

    def worked() -> bool:
        fleet.keep_up()
        for each in working:
            if each.done():
                each.result()  # a client ends before its time only by what went wrong
        return sum(each.done.total() for each in clients) >= enough

    wait_for(worked)


def _all_done(working: list[Future[None]], fleet: Fleet) -> bool:
    fleet.keep_up()
    return all(each.done() for each in working)


def _is_delivered(fleet: Fleet, installation: Installation) -> bool:
    fleet.keep_up()
    return not installation.rows("SELECT id FROM outbox")


def _compare_with_the_service(clients: list[Client], caller: Caller) -> None:
    found = {
        each["userId"]: (each["email"], each["state"], set(_many(each.get("did"))))
        for state in ("ACTIVE", "SUSPENDED", "DELETED")
        for each in _pages(caller, "ListUsers", "user", userFilter={"state": state})
    }
    expected = {
        user.user_id: (user.email, user.state, set() if user.state == "DELETED" else user.numbers)
        for client in clients
        for user in (*client.users, *client.gone)
    }
    assert found == expected
    told: dict[str, set[str]] = {}
    for change in _pages(caller, "ListChanges", "change"):
        if change.get("requestId"):
            told.setdefault(change["requestId"], set()).add(change["transactionId"])
    kept = {request_id: {done} for client in clients for request_id, done in client.kept.items()}
    assert told == kept


def _compare_webhooks(caller: Caller, inbox: Inbox) -> None:
    """Every change in its order; what a killed relay had posted may have been posted again."""
    feed = [change["changeId"] for change in _pages(caller, "ListChanges", "change")]

    def posted() -> list[str]:
        return list(dict.fromkeys(each.change["changeId"] for each in inbox.received))

    wait_for(lambda: feed[-1] in posted())
    assert inbox.received[0].change["kind"] == "SubscriptionCreated"
    assert posted() == feed[feed.index(posted()[0]) :]


def _compare_with_phone_systems(clients: list[Client], installation: Installation) -> None:
    """By eye, so to speak, and as the operator does it."""
    living = [user for client in clients for user in client.users]
    holders = {number: user.user_id for user in living for number in user.numbers}
    phones = f"sqlite:///{installation.phones}"
    recorded = installation.rows("SELECT kind, name, user_id, detail FROM recorded", phones)
    assert {name: user_id for kind, name, user_id, _ in recorded if kind == "number"} == holders
    opened = {
        user_id: json.loads(str(detail))["open"] for kind, _, user_id, detail in recorded if kind == "user"
    }
    assert opened == {user.user_id: user.state == "ACTIVE" for user in living}
    names = {(user_id, str(name).partition(".")[0]) for kind, name, user_id, _ in recorded if kind == "sip"}
    assert names == {(user.user_id, name) for user in living for name in user.sip_names}
    aliases = installation.rows("SELECT alias_username FROM dbaliases", installation.kamailio_url)
    assert sorted(number for (number,) in aliases) == sorted(holders)
    assert len(installation.rows("SELECT id FROM subscriber", installation.kamailio_url)) == len(
        {(user.user_id, name.partition(":")[2]) for user in living for name in user.sip_names}
    )
    for name in ("phones", "kamailio"):
        seen = installation.command("phone-system", "reconcile", name)
        assert (seen.returncode, seen.stdout.strip()) == (0, "No differences."), seen


def _compare_letters(clients: list[Client], installation: Installation) -> None:
    """What was written is what was asked for, and each letter is in the mail folder once."""
    written = installation.rows("SELECT user_id, kind, id, sent_at FROM deliveries")
    asked = +sum((each.letters for each in clients), Counter())
    assert Counter((user_id, kind) for user_id, kind, _, _ in written) == asked
    assert all(sent_at for *_, sent_at in written)
    mails = [each.name.partition("@")[0] for each in (installation.var / "mail").glob("[!.]*")]
    assert sorted(mails) == sorted(str(delivery_id) for *_, delivery_id, _ in written)


def _pages(caller: Caller, operation: str, item: str, **fields: object) -> list[Plain]:
    """Everything that is listed."""
    found: list[Plain] = []
    cursor: dict[str, str] = {}
    while True:
        page = caller.call(operation, **_ordered(cursor, fields))
        found += _many(page.get(item))
        if page.get("more") == "false" or "nextCursor" not in page:
            return found
        cursor = {"cursor": page["nextCursor"]}


def _ordered(cursor: dict[str, str], fields: dict[str, object]) -> dict[str, object]:
    """Paging comes first, as the contract has it."""
    return {"pageSize": 500, **cursor, **fields}


def _many(value: object) -> list[object]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
