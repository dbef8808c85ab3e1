from datetime import timedelta

import pytest
from sqlalchemy import select

from provisioning.kernel.caller import Right
from provisioning.kernel.journal import AuditEntry, Change
from provisioning.kernel.outbox import OutboxRow
from tests.house import House
from tests.messages.mailbox import Mailbox, ref


def test_each_user_named_gets_one_letter(house: House, mailbox: Mailbox) -> None:
    ann, ben = mailbox.user(), mailbox.user(language="fr", externalId="crm 7")
    answer = house.call(
        "SendAccessCodes", userRef=[ref(ann), {"externalId": "crm 7"}, {"email": ann["email"]}]
    )
    assert answer["letters"] == 2
    assert not answer["outcome"]["noChange"]
    assert answer["outcome"]["provisioning"] == "IN_SYNC"
    letters = {each.to_address: each for each in mailbox.letters()}
    assert set(letters) == {ann["email"], ben["email"]}
    assert letters[ben["email"]].subject == "Vos codes d'accès pour ACME Ltd"
    assert letters[ann["email"]].text.count("/pin/") == 1


def test_each_letter_has_its_own_link(house: House, mailbox: Mailbox) -> None:
    users = [mailbox.user() for _ in range(3)]
    house.call("SendAccessCodes", userRef=[ref(each) for each in users])
    assert len({each.text.partition("/pin/")[2][:32] for each in mailbox.letters()}) == 3


def test_a_filter_leaves_out_who_signs_up_still(house: House, mailbox: Mailbox) -> None:
    suspended = mailbox.user()
    house.call("SuspendUser", userRef=ref(suspended))
    expired = mailbox.user(expiresOn=(house.clock().date() + timedelta(days=1)).isoformat())
    mailbox.pending()
    mailbox.user(firstName="Zoé", lastName="Zola")
    house.clock.pass_time(days=3)
    answer = house.call("SendAccessCodes", userFilter={"letter": "J"})
    assert answer["letters"] == 2
    assert {each.to_address for each in mailbox.letters()} == {suspended["email"], expired["email"]}
    only = house.call("SendAccessCodes", userFilter={"letter": "J", "state": "EXPIRED"})
    assert only["letters"] == 1


def test_a_filter_that_means_nobody_changes_nothing(house: House, mailbox: Mailbox) -> None:
    mailbox.pending()
    for wanted in ({"state": "PENDING"}, {"text": "nobody"}, {"state": "DELETED"}):
        answer = house.call("SendAccessCodes", userFilter=wanted)
        assert (answer["letters"], answer["outcome"]["noChange"]) == (0, True)


def test_who_cannot_have_codes_is_named(house: House, mailbox: Mailbox) -> None:
    active, pending, deleted = mailbox.user(), mailbox.pending(), mailbox.user()
    house.call("DeleteUser", userRef=ref(deleted))
    fault = house.refused("SendAccessCodes", userRef=[ref(active), ref(pending), ref(deleted)])
    assert fault["code"] == "INVALID_STATE"
    assert [each["field"] for each in fault["violation"]] == ["userRef[1]", "userRef[2]"]
    assert "PENDING" in fault["reason"]
    assert mailbox.ids() == []


@pytest.mark.parametrize("fields", [{}, {"userFilter": {"text": "x"}, "userRef": [{"userNumber": "1000"}]}])
def test_names_or_a_filter_not_both(house: House, mailbox: Mailbox, fields: dict[str, object]) -> None:
    fault = house.refused("SendAccessCodes", **fields)
    assert (fault["code"], fault["violation"][0]["code"]) == ("INVALID_REQUEST", "ONE_OF")


def test_a_company_sees_only_its_own_users(house: House, mailbox: Mailbox) -> None:
    user = mailbox.user()
    other_id = house.new_company(house.provider, "OTHER")
    other = house.client_of(house.provider.provider_id, other_id)
    stranger, _ = house.new_provider("Stranger")
    for caller in (other, stranger):
        fault = house.refused("SendAccessCodes", caller, userRef=[ref(user)])
        assert (fault["code"], fault["field"]) == ("NOT_FOUND", "userRef[0]")
    fault = house.refused(
        "SendAccessCodes", stranger, companyId=house.company_id, userFilter={"state": "ACTIVE"}
    )
    assert (fault["code"], fault["field"]) == ("NOT_FOUND", "companyId")
    assert mailbox.ids() == []


def test_a_providers_client_sends_in_several_companies(house: House, mailbox: Mailbox) -> None:
    first = mailbox.user()
    other_id = house.new_company(house.provider, "OTHER")
    new = {"firstName": "Ann", "lastName": "Lee", "email": "lee@example.com"}
    second = house.call("CreateUser", house.provider, companyId=other_id, newUser=new)["user"]
    house.call("SendAccessCodes", house.provider, userRef=[ref(first), ref(second)])
    assert sorted(each.subject for each in mailbox.letters()) == [
        "Your access codes for ACME Ltd",
        "Your access codes for OTHER Ltd",
    ]
    with house.application.database.reading() as db:
        changes = db.scalars(select(Change).where(Change.kind == "MessagesSent")).all()
    assert {each.company_id for each in changes} == {house.company_id, other_id}


def test_the_feed_says_how_many_and_no_more(house: House, mailbox: Mailbox) -> None:
    house.call("SendAccessCodes", userRef=[ref(mailbox.user())])
    with house.application.database.reading() as db:
        change = db.scalars(select(Change).where(Change.kind == "MessagesSent")).one()
        audit = db.scalars(select(AuditEntry).where(AuditEntry.operation == "SendAccessCodes")).one()
    assert change.detail == {"kind": "ACCESS_CODES", "count": 1}
    assert audit.changes == 1


def test_a_dry_run_sends_nothing(house: House, mailbox: Mailbox) -> None:
    user = mailbox.user()
    answer = house.call("SendAccessCodes", control={"dryRun": True}, userRef=[ref(user)])
    assert (answer["letters"], answer["outcome"]["dryRun"]) == (1, True)
    assert mailbox.ids() == []


def test_a_repeat_sends_no_second_letter(house: House, mailbox: Mailbox) -> None:
    user = mailbox.user()
    for _ in range(2):
        house.call("SendAccessCodes", control={"requestId": "codes-1"}, userRef=[ref(user)])
    assert len(mailbox.ids()) == 1


def test_every_letter_has_its_row_in_the_outbox(house: House, mailbox: Mailbox) -> None:
    users = [mailbox.user() for _ in range(3)]
    house.call("SendAccessCodes", userRef=[ref(each) for each in users])
    with house.application.database.reading() as db:
        rows = db.scalars(select(OutboxRow).where(OutboxRow.topic == "MAIL")).all()
    assert sorted(str(each.object_id) for each in rows) == sorted(mailbox.ids())
    assert {each.subject_id for each in rows} == {each["userId"] for each in users}


def test_only_who_may_write_messages_sends(house: House, mailbox: Mailbox) -> None:
    user = mailbox.user()
    reader = house.client_of(
        house.provider.provider_id, house.company_id, rights=frozenset({Right.MESSAGES_READ})
    )
    assert house.refused("SendAccessCodes", reader, userRef=[ref(user)])["code"] == "NOT_PERMITTED"


@pytest.mark.parametrize("wanted", [{}, {"text": "", "letter": ""}])
def test_a_filter_without_a_part_does_not_mean_everybody(
    house: House, mailbox: Mailbox, wanted: dict[str, str]
) -> None:
    mailbox.user()
    fault = house.refused("SendAccessCodes", userFilter=wanted)
    assert (fault["code"], fault["field"]) == ("INVALID_REQUEST", "userFilter")
    assert fault["violation"][0]["code"] == "REQUIRED"
    assert mailbox.ids() == []


def test_hundreds_of_letters_in_one_call(house: House, mailbox: Mailbox) -> None:
    items = [
        {"newUser": {"firstName": "Ann", "lastName": f"Lee {n}", "email": f"ann{n}@example.com"}}
        for n in range(500)
    ]
    house.call("CreateUsers", item=items)
    answer = house.call("SendAccessCodes", userFilter={"text": "Ann"})
    assert answer["letters"] == 500
    page = house.call(
        "ListDeliveries", transactionId=answer["outcome"]["transactionId"], pageSize=1000, withTotal=True
    )
    assert page["total"] == 500
    assert len({each["userId"] for each in page["delivery"]}) == 500


def test_more_than_a_call_may_have_is_refused(
    house: House, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        mailbox.user()
    monkeypatch.setattr("provisioning.messages.recipients.MOST", 2)
    fault = house.refused("SendAccessCodes", userFilter={"letter": "S"})
    assert (fault["code"], fault["field"], fault["limit"]) == ("LIMIT_REACHED", "userFilter", 2)
    assert mailbox.ids() == []
