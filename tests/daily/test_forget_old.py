from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from provisioning.access.attempts import FailedAttempts, UsedNonce, count_failure, is_first_use
from provisioning.daily import DailyRun
from provisioning.daily.contract import Kept
from provisioning.kernel.clock import new_id
from provisioning.kernel.idempotency import RequestRow
from provisioning.kernel.journal import AuditEntry, Change
from provisioning.messages import Delivery
from provisioning.persistence.base import Base, table_of
from provisioning.reconciliations import Reconciliation
from provisioning.subscriptions import Subscription
from provisioning.users.expiry import ExpiryWarning
from tests.days import NOON, go_to
from tests.house import House
from tests.subscriptions.desk import client_of, subscribe


def forget(house: House, kept: Kept) -> int:
    count, more = 0, True
    while more:
        answer = house.operate("ForgetOld", kept=kept)
        count, more = count + answer["count"], answer["more"]
    return count


def kept(house: House, mapped: type[Base]) -> int:
    with house.application.database.reading() as db:
        return db.execute(select(func.count()).select_from(mapped)).scalar_one()


@pytest.fixture
def old(house: House) -> House:
    """A house that has some of everything."""
    go_to(house, NOON)
    for what in Kept:
        forget(house, what)
    new = {"firstName": "Ann", "lastName": "Old", "email": "ann@example.com", "notify": True}
    user_id = house.call("CreateUser", newUser=new, control={"requestId": "once"})["user"]["userId"]
    subscriber = client_of(house)
    ended = subscribe(house, subscriber)["subscriptionId"]
    house.call("DeleteSubscription", subscriber, subscriptionId=ended)
    day = house.clock().date()
    with house.application.database.writing() as db:
        count_failure(db, "somebody", house.clock())
        is_first_use(db, "nonce", house.clock())
        db.add(_reconciliation(house))
        db.add(ExpiryWarning(user_id=user_id, expires_on=day, days=7))
        db.add(
            DailyRun(day=day, leased_by="x", leased_until=house.clock(), started_at=house.clock(), counts={})
        )
        db.commit()
    return house


def _reconciliation(house: House) -> Reconciliation:
    now = house.clock()
    return Reconciliation(
        id=new_id(),
        provider_id=house.provider.provider_id,
        phone_system_id=new_id(),
        phone_system="pbx",
        mode="REPORT",
        state="DONE",
        transaction_id=new_id(),
        requested_at=now,
        ended_at=now,
        due_at=now,
    )


@pytest.mark.parametrize(
    ("what", "tables", "days"),
    [
        (Kept.ANSWERS, [RequestRow], 7),
        (Kept.SIGN_INS, [UsedNonce, FailedAttempts], 1),
        (Kept.CHANGES, [Change], 91),
        (Kept.AUDIT, [AuditEntry], 365),
        (Kept.WARNINGS, [ExpiryWarning], 7),
        (Kept.MAILS, [Delivery], 90),
        (Kept.RECONCILIATIONS, [Reconciliation], 90),
        (Kept.SUBSCRIPTIONS, [Subscription], 90),
        (Kept.RUNS, [DailyRun], 365),
    ],
)
def test_what_is_old_is_forgotten_and_only_then(
    old: House, what: Kept, tables: list[type[Base]], days: int
) -> None:
    before = sum(kept(old, each) for each in tables)
    assert before
    old.clock.pass_time(days=days, seconds=-300)
    assert forget(old, what) == (1 if what is Kept.SIGN_INS else 0)  # a nonce is kept for minutes
    old.clock.pass_time(days=1 if what in {Kept.WARNINGS, Kept.RUNS} else 0, seconds=301)
    assert forget(old, what) == before - (1 if what is Kept.SIGN_INS else 0)
    assert sum(kept(old, each) for each in tables) == 0
    assert forget(old, what) == 0


def test_everything_else_stays(old: House) -> None:
    old.clock.pass_time(days=8)
    assert forget(old, Kept.ANSWERS) == 1
    assert all(kept(old, each) for each in (UsedNonce, FailedAttempts, Change, AuditEntry, ExpiryWarning))


def test_a_great_many_go_in_batches(old: House) -> None:
    then = old.clock() - timedelta(days=8)
    row: dict[str, Any] = {
        "client_id": old.company.client_id,
        "operation": "GetUser",
        "fingerprint": "",
        "answer": {},
        "transaction_id": new_id(),
        "at": then,
    }
    with old.application.database.writing() as db:
        db.execute(
            insert(table_of(RequestRow)), [{**row, "request_id": f"old-{place}"} for place in range(4500)]
        )
        db.execute(update(AuditEntry).values(at=then))
        db.commit()
    batches: list[dict[str, Any]] = []
    while not batches or batches[-1]["more"]:
        batches.append(old.operate("ForgetOld", kept="ANSWERS"))
    assert [each["count"] for each in batches] == [2000, 2000, 500, 0]
    assert kept(old, RequestRow) == 1
