"""/metrics: what a Prometheus server reads, whom it is told, and what becomes of it without a database."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text, update

from provisioning import CONTRACT_VERSION
from provisioning.application import Application, compose
from provisioning.kernel.secrets import KeyRing
from provisioning.settings import Settings, WrongSetting, read_settings
from provisioning.subscriptions import Subscription
from provisioning.wire.transport import make_asgi
from tests.delivery.site import Site
from tests.house import House
from tests.reconciliations.scene import start_one, work
from tests.subscriptions.desk import client_of, subscribe
from tests.transport.running import DEMO, free_port, get, running

Figures = dict[tuple[str, ...], float]


def ask(
    application: Application, peer: str = "127.0.0.1", method: str = "GET", **headers: str
) -> tuple[int, dict[str, str], str]:
    """What a scrape is answered with by an ASGI application that no server is around."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope: dict[str, Any] = {
        "type": "http",
        "method": method,
        "path": "/metrics",
        "query_string": b"",
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
        "scheme": "http",
        "client": (peer, 1) if peer else None,
    }
    asyncio.run(make_asgi(application)(scope, receive, send))  # type: ignore[arg-type] # Starlette wants coroutines
    named = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], named, b"".join(each.get("body", b"") for each in sent[1:]).decode()


def figures(application: Application) -> Figures:
    """Every figure by its name and the values of its labels (in their order), as Prometheus' own parser reads them."""
    status, headers, body = ask(application)
    assert (status, headers["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    return {
        (each.name, *(value for _, value in sorted(each.labels.items()))): each.value
        for family in text_string_to_metric_families(body)
        for each in family.samples
    }


@pytest.fixture
def site(house: House, tmp_path: Path) -> Site:
    return Site(house, tmp_path)


def test_without_anything_to_do_the_contract_is_told(house: House) -> None:
    assert figures(house.application) == {("provisioning_build_info", CONTRACT_VERSION): 1}


def test_the_outbox_is_counted_by_phone_system_state_and_topic(site: Site) -> None:
    site.add_phone_system("other")
    users = [site.create_user() for _ in range(2)]
    site.call("DeleteUser", users[0], notify=True)
    with site.house.application.database.writing() as db:
        fail = "UPDATE outbox SET state = 'FAILED' WHERE topic = 'PHONE' AND subject_id = :user"
        db.execute(text(fail), {"user": users[1]})
        db.commit()
    site.house.clock.pass_time(minutes=5)
    found = figures(site.house.application)
    rows = {key[1:]: value for key, value in found.items() if key[0] == "provisioning_outbox_rows"}
    assert rows == {
        ("", "WAITING", "MAIL"): 1,
        ("phones", "WAITING", "PHONE"): 2,
        ("other", "WAITING", "PHONE"): 2,
        ("phones", "FAILED", "PHONE"): 1,
        ("other", "FAILED", "PHONE"): 1,
    }
    ages = {key[1:]: value for key, value in found.items() if key[0] == "provisioning_outbox_oldest_seconds"}
    assert ages.keys() == rows.keys()
    assert min(ages.values()) >= 300


def test_reconciliations_that_are_not_over_are_counted(site: Site) -> None:
    start_one(site)
    assert figures(site.house.application)["provisioning_reconciliations", "QUEUED"] == 1
    work(site)
    assert not [key for key in figures(site.house.application) if key[0] == "provisioning_reconciliations"]


def test_subscriptions_are_counted_by_state(house: House) -> None:
    client = client_of(house)
    made = [subscribe(house, client)["subscriptionId"] for _ in range(4)]
    house.operate("DisableSubscription", subscriptionId=made[0], reason="GONE")
    house.call("DeleteSubscription", client, subscriptionId=made[1])
    with house.application.database.writing() as db:
        since = update(Subscription).where(Subscription.id == made[2])
        db.execute(since.values(failing_since=house.clock()))
        db.commit()
    found = figures(house.application)
    assert {
        key[1]: value for key, value in found.items() if key[0] == "provisioning_webhook_subscriptions"
    } == {
        "ACTIVE": 1,
        "FAILING": 1,
        "DISABLED": 1,
    }


def test_no_tenant_is_named(site: Site) -> None:
    site.create_user()
    _, _, body = ask(site.house.application)
    assert not re.search(r"\b[0-9a-v]{26}\b", body)
    assert "ACME" not in body


def test_head_tells_how_long_it_is(house: House) -> None:
    status, headers, body = ask(house.application, method="HEAD")
    assert (status, body) == (200, "")
    assert int(headers["content-length"]) > 0


PROXIED = {"trusted_proxies": ("10.0.0.1",), "metrics_networks": ("192.0.2.0/24", "127.0.0.0/8")}


@pytest.mark.parametrize(
    ("settings", "peer", "headers", "status"),
    [
        ({}, "127.0.0.1", {}, 200),
        ({}, "127.9.9.9", {}, 200),
        ({}, "::ffff:127.0.0.1", {}, 200),
        ({}, "::1", {}, 200),
        ({}, "192.0.2.7", {}, 404),
        ({}, "", {}, 404),
        ({}, "nonsense", {}, 404),
        ({"metrics_networks": ()}, "127.0.0.1", {}, 404),
        (PROXIED, "192.0.2.7", {}, 200),
        (PROXIED, "10.0.0.1", {"x_forwarded_for": "192.0.2.7"}, 200),
        (PROXIED, "10.0.0.1", {"x_forwarded_for": "198.51.100.1"}, 404),
        (PROXIED, "10.0.0.1", {"x_forwarded_for": "192.0.2.7, 198.51.100.1"}, 404),
        (PROXIED, "10.0.0.1", {}, 404),
        # Somebody behind a proxy of this host that nobody told the service of.
        ({}, "127.0.0.1", {"x_forwarded_for": "198.51.100.1"}, 404),
        ({}, "127.0.0.1", {"x_forwarded_for": "127.0.0.1, 198.51.100.1"}, 404),
        ({}, "::ffff:127.0.0.1", {"x_forwarded_for": "127.0.0.1"}, 404),
        ({}, "127.0.0.1", {"forwarded": "for=198.51.100.1"}, 404),
    ],
)
def test_it_is_there_for_the_networks_of_the_setting_alone(
    sqlite_template: Path,
    tmp_path: Path,
    settings: dict[str, Any],
    peer: str,
    headers: dict[str, str],
    status: int,
) -> None:
    (tmp_path / "provisioning.db").write_bytes(sqlite_template.read_bytes())
    application = compose(Settings(var=tmp_path, keys=KeyRing.new_key("test"), **settings))
    answered, _, body = ask(application, peer, **headers)
    application.database.engine.dispose()
    assert (answered, "provisioning_build_info" in body) == (status, status == 200)


@pytest.mark.parametrize(
    "url", ["sqlite:////no/such/folder/x.db", "postgresql+psycopg://x:hush@127.0.0.1:{}/x"]
)
def test_without_a_database_there_are_no_figures(url: str, tmp_path: Path) -> None:
    keys = KeyRing.new_key("test")
    application = compose(Settings(var=tmp_path, database_url=url.format(free_port()), keys=keys))
    status, headers, body = ask(application)
    application.database.engine.dispose()
    assert (status, headers["retry-after"], body) == (503, "5", "The figures cannot be read now.\n")


def test_a_worker_with_too_much_to_do_says_so(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("provisioning.wire.threads.Threads.full", True)
    assert ask(house.application)[0] == 503


def test_every_worker_of_a_server_tells_the_same(tmp_path: Path) -> None:
    with running(tmp_path, DEMO, workers=2) as server:
        answers = {server.ask(get("/metrics", Connection="close")).body for _ in range(8)}
        assert len(answers) == 1
        assert b"provisioning_build_info" in answers.pop()


def test_a_network_that_is_none_is_a_wrong_setting() -> None:
    with pytest.raises(WrongSetting, match=r"PROVISIONING_METRICS_NETWORKS.*'here'"):
        read_settings({"PROVISIONING_METRICS_NETWORKS": "10.0.0.0/8,here"})
