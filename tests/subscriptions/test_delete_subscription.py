from datetime import timedelta

import pytest
from sqlalchemy import select

from provisioning.kernel.secrets import KeyRing
from provisioning.subscriptions import Subscription, forget_old, reseal
from tests.changes.test_list_changes import follow
from tests.house import House
from tests.subscriptions.desk import client_of, listed, subscribe


def test_a_deleted_subscription_is_gone_and_again_is_no_change(house: House) -> None:
    client = client_of(house)
    kept, made = subscribe(house, client), subscribe(house, client)
    first = house.call("DeleteSubscription", client, subscriptionId=made["subscriptionId"])
    again = house.call("DeleteSubscription", client, subscriptionId=made["subscriptionId"])
    assert not first["outcome"]["noChange"]
    assert again["outcome"]["noChange"]
    assert [each["subscriptionId"] for each in listed(house, client)] == [kept["subscriptionId"]]
    (change,) = follow(house, kind=["SubscriptionDeleted"])
    assert change["objectId"] == made["subscriptionId"]


def test_what_is_not_the_callers_is_not_there(house: House) -> None:
    made = subscribe(house, client_of(house))
    for caller in (client_of(house, "other"), client_of(house, "acme", house.company_id)):
        foreign = house.refused("DeleteSubscription", caller, subscriptionId=made["subscriptionId"])
        missing = house.refused("DeleteSubscription", caller, subscriptionId="0" * 26)
        assert (foreign["code"], foreign["field"]) == ("NOT_FOUND", "subscriptionId")
        assert missing["reason"] == foreign["reason"]


def test_the_operator_may_delete_any(house: House) -> None:
    client = client_of(house)
    made = subscribe(house, client)
    house.operate("DeleteSubscription", subscriptionId=made["subscriptionId"])
    assert listed(house, client) == []


@pytest.mark.parametrize("how", ["RevokeClient", "DeleteCompany"])
def test_it_ends_with_its_client(house: House, how: str) -> None:
    doomed = house.new_company(house.provider, "DOOMED")
    client, other = client_of(house, "doomed", doomed), client_of(house)
    made = subscribe(house, client)
    subscribe(house, other)
    which = {"clientId": client.client_id} if how == "RevokeClient" else {"companyId": doomed}
    house.call(how, house.provider, **which)
    assert listed(house, client) == []
    assert len(listed(house, other)) == 1
    (change,) = follow(house, kind=["SubscriptionDeleted"])
    assert (change["objectId"], change["companyId"]) == (made["subscriptionId"], doomed)


def test_it_is_forgotten_when_its_changes_are(house: House) -> None:
    client = client_of(house)
    made, _ = subscribe(house, client), subscribe(house, client)
    house.call("DeleteSubscription", client, subscriptionId=made["subscriptionId"])
    application, now = house.application, house.clock()
    with application.database.writing() as db:
        assert forget_old(db, application.settings, now + timedelta(days=89)) == 0
        assert forget_old(db, application.settings, now + timedelta(days=91)) == 1
        assert forget_old(db, application.settings, now + timedelta(days=91)) == 0
        db.commit()
    assert len(listed(house, client)) == 1


def test_secrets_are_sealed_again_under_a_new_key(house: House) -> None:
    client = client_of(house)
    ended, kept = subscribe(house, client), subscribe(house, client)
    house.call("DeleteSubscription", client, subscriptionId=ended["subscriptionId"])
    old = house.application.settings.keys
    ring = KeyRing.parse(f"{KeyRing.new_key('newer')} {old}")
    with house.application.database.writing() as db:
        assert reseal(db, ring) == 1
        assert reseal(db, ring) == 0
        (row,) = db.scalars(select(Subscription).where(Subscription.deleted_at.is_(None)))
        assert row.sealed_secret.startswith("newer.")
        assert row.open_secret(ring) == kept["secret"]
