import itertools
from typing import Any

import pytest

from provisioning.users import LetterKind
from tests.house import House
from tests.messages.mailbox import Mailbox, ref

WORDS = {"subject": "Closed on Friday", "text": "The office is closed."}


def test_every_kind_in_each_language(house: House, mailbox: Mailbox) -> None:
    user = mailbox.user(expiresOn="2099-12-31")
    for kind, language in itertools.product(LetterKind, ("en", "fr")):
        words = WORDS if kind is LetterKind.MESSAGE else {}
        seen = house.call("PreviewMessage", userRef=ref(user), letterKind=kind, language=language, **words)
        assert (seen["address"], seen["language"]) == (user["email"], language)
        assert "{" not in seen["subject"] + seen["text"] + seen["html"]
        assert "ACME Ltd" in seen["text"]
    assert mailbox.ids() == []


@pytest.mark.parametrize(("form", "said"), [("LINK", "http://127.0.0.1:0/pin/****"), ("TEXT", "NIP : ****")])
def test_codes_are_not_shown(house: House, mailbox: Mailbox, form: str, said: str) -> None:
    house.call("UpdateCompany", sendAccessCodesAs=form)
    user = mailbox.user(language="fr", pin="258036")
    seen = house.call("PreviewMessage", userRef=ref(user), letterKind="ACCESS_CODES")
    assert said in seen["text"]
    assert "258036" not in seen["text"] + seen["html"]


def test_a_draft_is_seen_before_it_is_kept(house: House, mailbox: Mailbox) -> None:
    draft = {
        "subject": "Codes for {firstName}",
        "text": "{accessCode}",
        "html": "<style>p { color: red }</style><p>{accessCode}</p>",
    }
    user = ref(mailbox.user())
    seen = house.call("PreviewMessage", userRef=user, letterKind="ACCESS_CODES", templateDraft=draft)
    assert seen["subject"] == "Codes for John"
    assert seen["html"].startswith("<style>p { color: red }</style><p>Please choose")
    kept = house.call("GetMessageTemplate", letterKind="ACCESS_CODES", language="en")
    assert kept["origin"] == "SYSTEM"


def test_a_draft_is_checked_like_a_template(house: House, mailbox: Mailbox) -> None:
    draft = {"subject": "Codes {nobody}", "text": "No codes"}
    fault = house.refused(
        "PreviewMessage", userRef=ref(mailbox.user()), letterKind="ACCESS_CODES", templateDraft=draft
    )
    assert [each["field"] for each in fault["violation"]] == ["templateDraft.subject", "templateDraft.text"]


@pytest.mark.parametrize("lacking", ["subject", "text"])
def test_a_message_needs_its_words(house: House, mailbox: Mailbox, lacking: str) -> None:
    words = {name: value for name, value in WORDS.items() if name != lacking}
    fault = house.refused("PreviewMessage", userRef=ref(mailbox.user()), letterKind="MESSAGE", **words)
    assert (fault["code"], fault["field"]) == ("INVALID_REQUEST", lacking)


def test_a_warning_says_how_long_it_is(house: House, mailbox: Mailbox) -> None:
    day = house.clock().date()
    never: dict[str, Any] = mailbox.user()
    today = mailbox.user(expiresOn=day.isoformat())
    for user in (never, today):
        seen = house.call("PreviewMessage", userRef=ref(user), letterKind="EXPIRY_WARNING")
        assert "Time left: today only." in seen["text"]
    house.clock.pass_time(days=2)
    assert (
        "today only" in house.call("PreviewMessage", userRef=ref(today), letterKind="EXPIRY_WARNING")["text"]
    )


def test_another_tenants_user_is_not_found(house: House, mailbox: Mailbox) -> None:
    user = mailbox.user()
    stranger, _ = house.new_provider("Stranger")
    fault = house.refused("PreviewMessage", stranger, userRef=ref(user), letterKind="DELETED")
    assert (fault["code"], fault["field"]) == ("NOT_FOUND", "userRef")
