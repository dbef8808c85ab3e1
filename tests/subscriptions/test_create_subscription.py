import base64
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from provisioning.kernel.caller import Right
from provisioning.kernel.idempotency import RequestRow
from provisioning.kernel.journal import Change
from provisioning.subscriptions import Subscription
from provisioning.subscriptions.model import MOST_OF_A_CLIENT
from tests.changes.test_list_changes import follow
from tests.house import House, Refused
from tests.subscriptions.desk import URL, change_something, client_of, listed, subscribe, with_other_settings


def test_a_subscription_is_shown_as_it_was_asked_for(house: House) -> None:
    client = client_of(house)
    made = subscribe(
        house,
        client,
        kind=["UserCreated", "DidAssigned", "UserCreated"],
        objectType="User",
        companyId=house.company_id,
        description="the billing system",
    )
    secret = made.pop("secret")
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/=]+", secret)
    assert 24 <= len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) <= 64
    assert made["kind"] == ["DidAssigned", "UserCreated"]
    shown = {name: made[name] for name in ("url", "objectType", "companyId", "description", "state")}
    assert shown == {
        "url": URL,
        "objectType": "User",
        "companyId": house.company_id,
        "description": "the billing system",
        "state": "ACTIVE",
    }
    assert listed(house, client) == [made]


def test_the_secret_is_shown_once_and_kept_sealed(house: House) -> None:
    client = client_of(house)
    asked = {"newSubscription": {"url": URL}, "control": {"requestId": "one"}}
    first = house.call("CreateSubscription", client, **asked)
    again = house.call("CreateSubscription", client, **asked)
    assert again["outcome"]["replayed"]
    assert again["subscription"] == first["subscription"]
    assert "secret" not in again
    secret = first["secret"]
    with house.application.database.reading() as db:
        rows = [
            *db.scalars(select(Subscription)),
            *db.scalars(select(RequestRow)),
            *db.scalars(select(Change)),
        ]
        for row in rows:
            values = {column.key: getattr(row, column.key) for column in row.__table__.columns}
            assert secret not in str(values)
        (kept,) = db.scalars(select(Subscription))
        assert kept.open_secret(house.application.keys) == secret


def test_each_subscription_has_a_secret_of_its_own(house: House) -> None:
    client = client_of(house)
    first, second = subscribe(house, client), subscribe(house, client)
    assert first["subscriptionId"] != second["subscriptionId"]
    assert first["secret"] != second["secret"]


def test_nothing_is_kept_of_a_rehearsal(house: House) -> None:
    client = client_of(house)
    answer = house.call("CreateSubscription", client, newSubscription={"url": URL}, control={"dryRun": True})
    assert answer["outcome"]["dryRun"]
    assert listed(house, client) == []


def test_the_change_feed_tells_it_without_the_path(house: House) -> None:
    client = client_of(house)
    made = subscribe(house, client, "https://127.0.0.1:9/hooks/T0KEN?key=t0ken")
    (change,) = follow(house, kind=["SubscriptionCreated"])
    assert change["objectId"] == made["subscriptionId"]
    assert change["detail"] == [{"name": "receiver", "value": "https://127.0.0.1:9"}]


def test_it_begins_at_the_end_of_the_feed(house: House) -> None:
    change_something(house)
    client = client_of(house)
    made = subscribe(house, client)
    change_something(house)
    page = house.call("ListChanges", client, cursor=made["cursor"])
    assert [each["kind"] for each in page["change"]] == ["SubscriptionCreated", "CompanyChanged"]


def test_it_begins_where_a_reader_has_stopped(house: House) -> None:
    client = client_of(house)
    cursor = house.call("ListChanges", client)["nextCursor"]
    change_something(house)
    made = subscribe(house, client, cursor=cursor)
    kinds = [each["kind"] for each in house.call("ListChanges", client, cursor=made["cursor"])["change"]]
    assert kinds == ["CompanyChanged", "SubscriptionCreated"]


@pytest.mark.parametrize(("days", "code"), [(0, "INVALID_CURSOR"), (91, "CURSOR_EXPIRED")])
def test_a_cursor_that_leads_nowhere_is_refused(house: House, days: int, code: str) -> None:
    client = client_of(house)
    cursor = house.call("ListChanges", client)["nextCursor"] if days else "nonsense"
    house.clock.pass_time(days=days)
    fault = house.refused("CreateSubscription", client, newSubscription={"url": URL, "cursor": cursor})
    assert (fault["code"], fault["field"]) == (code, "newSubscription.cursor")


def test_a_company_of_another_tenant_is_not_there(house: House) -> None:
    rival, _ = house.new_provider("Rival")
    foreign = house.new_company(rival, "RIVAL")
    second = house.new_company(house.provider, "SECOND")
    for caller, company_id in (
        (client_of(house), foreign),
        (client_of(house, "acme", house.company_id), second),
    ):
        new = {"url": URL, "companyId": company_id}
        fault = house.refused("CreateSubscription", caller, newSubscription=new)
        assert (fault["code"], fault["field"]) == ("NOT_FOUND", "newSubscription.companyId")


def test_a_subscription_needs_a_client_and_its_right(house: House) -> None:
    with pytest.raises(Refused, match="NOT_PERMITTED"):
        house.call(
            "CreateSubscription", house.provider, newSubscription={"url": URL}
        )  # no client of the access room
    reader = house.client_of(house.provider.provider_id, rights=frozenset({Right.CHANGES_READ}))
    with pytest.raises(Refused, match="NOT_PERMITTED"):
        house.call("CreateSubscription", reader, newSubscription={"url": URL})


def test_a_client_has_so_many_at_most(house: House) -> None:
    client = client_of(house)
    made = [subscribe(house, client) for _ in range(MOST_OF_A_CLIENT)]
    fault = house.refused("CreateSubscription", client, newSubscription={"url": URL})
    assert (fault["code"], fault["limit"], fault["used"]) == ("LIMIT_REACHED", 20, 20)
    house.call("DeleteSubscription", client, subscriptionId=made[0]["subscriptionId"])
    assert subscribe(house, client)
    assert subscribe(house, client_of(house, "another"))


def test_callers_at_the_same_instant_do_not_pass_the_limit(house: House) -> None:
    client = client_of(house)
    for _ in range(MOST_OF_A_CLIENT - 2):
        subscribe(house, client)

    def try_one(_: int) -> str:
        try:
            subscribe(house, client)
        except Refused as refusal:
            return refusal.code
        return "made"

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(try_one, range(6)))
    assert sorted(outcomes) == ["LIMIT_REACHED"] * 4 + ["made"] * 2
    assert len(listed(house, client)) == MOST_OF_A_CLIENT


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("ftp://hooks.example.com/x", "WRONG_FORM"),
        ("https://hooks.example.com/#part", "BAD_URL"),
        ("https://user:pass@hooks.example.com/", "BAD_URL"),
        ("http://203.0.114.5/", "NOT_SECURE"),
        ("https://10.1.2.3/", "ADDRESS_NOT_ALLOWED"),
        ("https://[fd00::1]/", "ADDRESS_NOT_ALLOWED"),
        ("https://localhost/", "ADDRESS_NOT_ALLOWED"),
        ("https://127.1/", "ADDRESS_NOT_ALLOWED"),
        ("http://localhost/", "ADDRESS_NOT_ALLOWED"),
    ],
)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_url_that_webhooks_may_not_go_to_is_refused(
    house: House, url: str, code: str, language: str
) -> None:
    strict = with_other_settings(house, plain_loopback=False)
    fault = strict.refused(
        "CreateSubscription",
        client_of(house),
        newSubscription={"url": url},
        control={"language": language},
    )
    assert (fault["code"], fault["field"]) == ("INVALID_REQUEST", "newSubscription.url")
    (violation,) = fault["violation"]
    assert violation["code"] == code
    assert "{" not in violation["reason"]


def test_development_may_use_this_machine_and_plain_http(house: House) -> None:
    client = client_of(house)
    assert subscribe(house, client, "http://127.0.0.1:9/")
    assert subscribe(house, client, "http://localhost:9/")
    fault = house.refused("CreateSubscription", client, newSubscription={"url": "http://203.0.114.5/"})
    assert fault["violation"][0]["code"] == "NOT_SECURE"
    plain = with_other_settings(house, webhook_plain=True, plain_loopback=False)
    assert subscribe(plain, client, "http://203.0.114.5/")


def test_a_name_that_nobody_knows_yet_is_taken(house: House) -> None:
    assert subscribe(house, client_of(house), "https://hooks.invalid/x")["state"] == "ACTIVE"
