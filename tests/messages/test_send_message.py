import pytest
from sqlalchemy import func, select

from provisioning.kernel.journal import Change
from provisioning.messages.model import OwnWords
from tests.house import House
from tests.messages.mailbox import Mailbox, ref

TEXT = "The office is closed on Friday.\r\nSee https://example.com/news?a=1&b=2.\r\n\r\nThank you {firstName} & all"


def test_what_is_said_goes_as_it_is(house: House, mailbox: Mailbox) -> None:
    user = mailbox.user(firstName="Zoé", language="fr")
    answer = house.call("SendMessage", userRef=[ref(user)], subject="  Closed <Friday> ", text=TEXT)
    assert answer["letters"] == 1
    letter = mailbox.letter()
    assert letter.subject == "Closed <Friday>"
    assert letter.text == (
        "Bonjour Zoé,\n\nThe office is closed on Friday.\nSee https://example.com/news?a=1&b=2.\n\n"
        "Thank you {firstName} & all\n\nCordialement,\nACME Ltd"
    )
    assert letter.html is not None
    assert "Thank you {firstName} &amp; all" in letter.html
    assert "closed on Friday.<br>\n" in letter.html
    address = "https://example.com/news?a=1&amp;b=2"
    assert f'<a href="{address}">{address}</a>.<br>' in letter.html


def test_addresses_in_the_text_become_links(house: House, mailbox: Mailbox) -> None:
    house.call("SendMessage", userRef=[ref(mailbox.user())], subject="x", text="See https://example.com/a.")
    html = mailbox.letter().html
    assert html is not None
    assert '<a href="https://example.com/a">https://example.com/a</a>.' in html


def test_all_living_users_of_a_filter_are_meant(house: House, mailbox: Mailbox) -> None:
    mailbox.user()
    mailbox.pending()
    deleted = mailbox.user()
    house.call("DeleteUser", userRef=ref(deleted))
    wanted = {"text": "", "letter": "S"}
    assert house.call("SendMessage", userFilter=wanted, subject="Hi", text="Hello")["letters"] == 1
    for state, letters in (("PENDING", 1), ("ACTIVE", 1), ("DELETED", 0), ("REJECTED", 0)):
        answer = house.call("SendMessage", userFilter={"state": state}, subject="Hi", text="Hello")
        assert answer["letters"] == letters


def test_the_words_are_kept_once_and_not_when_nobody_is_meant(house: House, mailbox: Mailbox) -> None:
    users = [mailbox.user() for _ in range(3)]
    house.call("SendMessage", userRef=[ref(each) for each in users], subject="Hi", text="Hello")
    house.call("SendMessage", userFilter={"text": "nobody"}, subject="Hi", text="Hello")
    control = {"dryRun": True}
    house.call("SendMessage", control=control, userRef=[ref(users[0])], subject="Hi", text="Hello")
    with house.application.database.reading() as db:
        assert db.execute(select(func.count()).select_from(OwnWords)).scalar_one() == 1
    assert len(mailbox.ids()) == 3


def test_the_feed_does_not_say_what_was_written(house: House, mailbox: Mailbox) -> None:
    house.call("SendMessage", userRef=[ref(mailbox.user())], subject="Private matter", text="hush")
    with house.application.database.reading() as db:
        change = db.scalars(select(Change).where(Change.kind == "MessagesSent")).one()
    assert change.detail == {"kind": "MESSAGE", "count": 1}


@pytest.mark.parametrize(
    "subject",
    [
        "Hi\r\nBcc: all@example.com",
        "Hi\nBcc: x",
        "Hi\rx",
        "Hi\u2028x",
        "Hi\u0085x",
        "Hi\x00",
        "x" * 201,
        "  ",
    ],
)
def test_a_subject_is_one_line(house: House, mailbox: Mailbox, subject: str) -> None:
    user = mailbox.user()
    fault = house.refused("SendMessage", userRef=[ref(user)], subject=subject, text="Hello")
    assert (fault["code"], fault["field"]) == ("INVALID_REQUEST", "subject")
    assert mailbox.ids() == []


@pytest.mark.parametrize("text", ["", " \r\n ", "a\x00b", "x" * 20_001])
def test_a_text_is_text(house: House, mailbox: Mailbox, text: str) -> None:
    fault = house.refused("SendMessage", userRef=[ref(mailbox.user())], subject="Hi", text=text)
    assert (fault["code"], fault["field"]) == ("INVALID_REQUEST", "text")


def test_a_deleted_user_is_written_nothing(house: House, mailbox: Mailbox) -> None:
    user = mailbox.user()
    house.call("DeleteUser", userRef=ref(user))
    fault = house.refused("SendMessage", userRef=[ref(user)], subject="Hi", text="Hello")
    assert (fault["code"], fault["field"]) == ("INVALID_STATE", "userRef[0]")
