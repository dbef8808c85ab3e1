from tests.house import House
from tests.messages.mailbox import Mailbox, ref


def test_who_signs_up_is_reminded(house: House, mailbox: Mailbox) -> None:
    user = mailbox.pending(language="fr")
    assert house.call("SendReminder", userRef=[ref(user)])["letters"] == 1
    letter = mailbox.letter()
    assert letter.subject == "Votre inscription chez ACME Ltd n'est pas encore terminée"
    assert letter.to_address == user["email"]


def test_a_filter_means_only_who_signs_up(house: House, mailbox: Mailbox) -> None:
    mailbox.user()
    pending = [mailbox.pending() for _ in range(2)]
    assert house.call("SendReminder", userFilter={"state": "PENDING"})["letters"] == 2
    assert {each.to_address for each in mailbox.letters()} == {each["email"] for each in pending}
    assert house.call("SendReminder", userFilter={"letter": "S"})["letters"] == 0
    assert house.call("SendReminder", userFilter={"state": "ACTIVE"})["letters"] == 0


def test_who_has_paid_is_not_reminded(house: House, mailbox: Mailbox) -> None:
    pending, active = mailbox.pending(), mailbox.user()
    fault = house.refused("SendReminder", userRef=[ref(pending), ref(active)])
    assert (fault["code"], fault["field"], fault["object"]) == (
        "INVALID_STATE",
        "userRef[1]",
        active["userId"],
    )
    assert mailbox.ids() == []


def test_a_dry_run_reminds_nobody(house: House, mailbox: Mailbox) -> None:
    user = mailbox.pending()
    answer = house.call("SendReminder", control={"dryRun": True}, userRef=[ref(user)])
    assert answer["letters"] == 1
    assert mailbox.ids() == []
