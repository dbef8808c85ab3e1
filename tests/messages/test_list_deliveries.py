from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from provisioning.kernel.outbox import OutboxRow
from provisioning.messages import forget_old
from provisioning.messages.model import OwnWords, PinLink
from tests.house import House, Plain
from tests.messages.mailbox import Mailbox, ref


def listed(house: House, *who: Any, **fields: Any) -> list[Plain]:
    return list(house.call("ListDeliveries", *who, **fields).get("delivery", []))


def test_a_letter_waits_is_sent_or_is_given_up(house: House, mailbox: Mailbox) -> None:
    user = mailbox.user(notify=True)
    (queued,) = listed(house)
    assert (queued["state"], queued["attempts"], queued["address"]) == ("QUEUED", 0, user["email"])
    assert (queued["letterKind"], queued["language"], queued["userId"]) == (
        "ACCESS_CODES",
        "en",
        user["userId"],
    )
    assert queued["nextAttemptAt"] == queued["createdAt"]
    assert "lastError" not in queued
    mailbox.fail("550 no such mailbox")
    (failed,) = listed(house)
    assert (failed["state"], failed["attempts"], failed["lastError"]) == ("FAILED", 5, "550 no such mailbox")
    assert "nextAttemptAt" not in failed
    mailbox.send()
    (sent,) = listed(house)
    assert sent["state"] == "SENT"
    assert sent["sentAt"] >= sent["createdAt"]
    assert not {"attempts", "lastError", "nextAttemptAt"} & set(sent)


def test_by_state(house: House, mailbox: Mailbox) -> None:
    first = mailbox.user(notify=True)
    mailbox.send()
    second = mailbox.user(notify=True)
    mailbox.fail("no")
    third = mailbox.user(notify=True)
    for state, user in (("SENT", first), ("FAILED", second), ("QUEUED", third)):
        assert [each["userId"] for each in listed(house, state=state)] == [user["userId"]]


def test_one_whose_row_is_gone_has_failed(house: House, mailbox: Mailbox) -> None:
    mailbox.user(notify=True)
    mailbox.send()
    with house.application.database.writing() as db:
        db.connection().exec_driver_sql("UPDATE deliveries SET sent_at = NULL")
        db.commit()
    assert [each["state"] for each in listed(house, state="FAILED")] == ["FAILED"]
    assert listed(house, state="QUEUED") == []


def test_by_user_kind_call_and_time(house: House, mailbox: Mailbox) -> None:
    user, other = mailbox.user(notify=True), mailbox.user()
    house.clock.pass_time(hours=2)
    since = house.clock().isoformat()
    answer = house.call("SendMessage", userRef=[ref(user), ref(other)], subject="Hi", text="Hello")
    assert len(listed(house, userRef=ref(user))) == 2
    assert [each["userId"] for each in listed(house, letterKind="ACCESS_CODES")] == [user["userId"]]
    call = answer["outcome"]["transactionId"]
    assert {each["transactionId"] for each in listed(house, transactionId=call)} == {call}
    assert len(listed(house, transactionId=call)) == 2
    assert len(listed(house, since=since)) == 2
    assert len(listed(house, userRef={"email": user["email"]}, letterKind="MESSAGE", state="QUEUED")) == 1


def test_pages_have_the_newest_first(house: House, mailbox: Mailbox) -> None:
    for _ in range(5):
        mailbox.user(notify=True)
        house.clock.pass_time(seconds=1)
    everything = [each["deliveryId"] for each in listed(house)]
    assert everything == sorted(everything, reverse=True)
    first = house.call("ListDeliveries", pageSize=2, withTotal=True)
    assert first["total"] == 5
    walked, cursor = [each["deliveryId"] for each in first["delivery"]], first["nextCursor"]
    mailbox.user(notify=True)
    while cursor:
        page = house.call("ListDeliveries", pageSize=2, cursor=cursor)
        walked += [each["deliveryId"] for each in page["delivery"]]
        cursor = page.get("nextCursor")
    assert walked == everything


def test_each_tenant_sees_its_own(house: House, mailbox: Mailbox) -> None:
    user = mailbox.user(notify=True)
    other_id = house.new_company(house.provider, "OTHER")
    other = house.client_of(house.provider.provider_id, other_id)
    stranger, _ = house.new_provider("Stranger")
    assert len(listed(house, house.provider)) == 1
    assert len(listed(house, house.provider, companyId=house.company_id)) == 1
    assert listed(house, house.provider, companyId=other_id) == []
    assert listed(house, other) == []
    assert listed(house, stranger) == []
    call = listed(house)[0]["transactionId"]
    assert listed(house, stranger, transactionId=call) == []
    assert house.refused("ListDeliveries", other, userRef=ref(user))["code"] == "NOT_FOUND"
    assert house.refused("ListDeliveries", other, companyId=house.company_id)["code"] == "NOT_FOUND"


def test_a_user_sees_only_its_own(house: House, mailbox: Mailbox) -> None:
    user = mailbox.user(notify=True)
    mailbox.user(notify=True)
    own = house.client_of(house.provider.provider_id, house.company_id, user_id=user["userId"])
    assert [each["userId"] for each in listed(house, own)] == [user["userId"]]


def test_the_operator_sees_all(house: House, mailbox: Mailbox) -> None:
    mailbox.user(notify=True)
    assert len(house.operate("ListDeliveries")["delivery"]) == 1


def test_a_wrong_cursor_is_refused(house: House) -> None:
    assert house.refused("ListDeliveries", cursor="nonsense")["code"] == "INVALID_CURSOR"


@pytest.mark.parametrize("most", [1, 2000])
def test_what_is_old_is_forgotten(house: House, mailbox: Mailbox, most: int) -> None:
    user = mailbox.user(notify=True)
    house.call("SendMessage", userRef=[ref(user)], subject="Hi", text="Hello")
    house.clock.pass_time(hours=2)
    newest = mailbox.user(notify=True)
    before = house.clock() - timedelta(hours=1)
    forgotten = [_forget(house, before, most) for _ in range(3)]
    assert forgotten == ([1, 1, 1] if most == 1 else [3, 0, 0])
    assert [each["userId"] for each in listed(house)] == [newest["userId"]]
    assert len(mailbox.letters()) == 1
    with house.application.database.reading() as db:
        assert len(db.scalars(select(OutboxRow)).all()) == 1
        assert db.scalars(select(OwnWords)).all() == []
        assert len(db.scalars(select(PinLink)).all()) == 2
    house.clock.pass_time(hours=168)
    _forget(house, house.clock(), 2000)
    with house.application.database.reading() as db:
        assert db.scalars(select(PinLink)).all() == []


def test_all_that_is_old_is_forgotten_however_much_it_is(house: House, mailbox: Mailbox) -> None:
    for _ in range(5):
        mailbox.user(notify=True)
    house.clock.pass_time(hours=168 + 1)
    while _forget(house, house.clock(), 2):
        pass
    with house.application.database.reading() as db:
        assert db.scalars(select(PinLink)).all() == []


def _forget(house: House, before: datetime, most: int) -> int:
    with house.application.database.writing() as db:
        forgotten = forget_old(db, before, most)
        db.commit()
    return forgotten
