from typing import Any

import pytest
from sqlalchemy import select

from provisioning.kernel.journal import Change
from tests.house import House, Plain
from tests.messages.mailbox import Mailbox, ref

CODES = {"letterKind": "ACCESS_CODES", "language": "en"}
OWN = {"subject": "Welcome {firstName}", "text": "Hi {firstName}!\n\n{accessCode}\n\n{companyName}"}


def change(house: House, caller: Any = None, /, **fields: Any) -> Plain:
    answer: Plain = house.call("SetMessageTemplate", caller, **(CODES | fields))
    return answer


def test_a_company_has_its_own_words(house: House, mailbox: Mailbox) -> None:
    answer = change(house, **OWN)
    template = answer["messageTemplate"]
    assert (template["origin"], template["version"], template["text"]) == ("COMPANY", 2, OWN["text"])
    assert house.call("GetMessageTemplate", **CODES) == template
    mailbox.user(notify=True)
    letter = mailbox.letter()
    assert letter.subject == "Welcome John"
    assert letter.text.startswith("Hi John!\n\nPlease choose your PIN")
    assert letter.html is not None
    assert "<p>Hi John!</p>" in letter.html


def test_its_own_html_is_sent_with_what_is_filled_in_escaped(house: House, mailbox: Mailbox) -> None:
    html = "<html><style>p { margin: 0 }</style><p>{firstName}</p><p>{accessCode}</p></html>"
    change(house, **OWN, html=html)
    mailbox.user(notify=True, firstName="<Zoé> & {lastName}")
    sent = mailbox.letter().html
    assert sent is not None
    assert sent.startswith(
        "<html><style>p { margin: 0 }</style><p>&lt;Zoé&gt; &amp; {lastName}</p><p>Please choose"
    )
    cleared = change(house, clearField=["HTML"])["messageTemplate"]
    assert "html" not in cleared
    assert (cleared["version"], cleared["subject"]) == (3, OWN["subject"])


def test_one_part_may_be_changed_alone(house: House) -> None:
    before = house.call("GetMessageTemplate", **CODES)
    template = change(house, subject="Codes")["messageTemplate"]
    assert (template["subject"], template["text"]) == ("Codes", before["text"])
    other = house.call("GetMessageTemplate", letterKind="ACCESS_CODES", language="fr")
    assert other["origin"] == "SYSTEM"


def test_back_to_the_built_in_words(house: House, mailbox: Mailbox) -> None:
    change(house, **OWN)
    answer = change(house, reset=True)
    assert (answer["messageTemplate"]["origin"], answer["messageTemplate"]["version"]) == ("SYSTEM", 3)
    assert change(house, reset=True)["outcome"]["noChange"]
    mailbox.user(notify=True)
    assert mailbox.letter().subject == "Your access codes for ACME Ltd"
    assert change(house, **OWN)["messageTemplate"]["version"] == 4


def test_what_is_so_already_is_no_change(house: House) -> None:
    built_in = house.call("GetMessageTemplate", **CODES)
    for fields in ({}, {"subject": built_in["subject"]}, {"reset": True}, {"clearField": ["HTML"]}):
        assert change(house, **fields)["outcome"]["noChange"]
    change(house, **OWN)
    assert change(house, **OWN)["outcome"]["noChange"]
    assert house.call("GetMessageTemplate", **CODES)["version"] == 2


def test_who_knows_an_older_version_is_refused(house: House) -> None:
    change(house, control={"expectedVersion": 1}, **OWN)
    fields = CODES | {"subject": "Other", "control": {"expectedVersion": 1}}
    fault = house.refused("SetMessageTemplate", **fields)
    assert (fault["code"], fault["currentVersion"]) == ("VERSION_CONFLICT", 2)


@pytest.mark.parametrize(
    ("kind", "fields", "field", "code", "name"),
    [
        ("ACCESS_CODES", {"text": "{accessCode} {nickname}"}, "text", "UNKNOWN_PLACEHOLDER", "nickname"),
        ("ACCESS_CODES", {"subject": "{accessCode}"}, "subject", "UNKNOWN_PLACEHOLDER", "accessCode"),
        ("ACCESS_CODES", {"text": "No codes"}, "text", "PLACEHOLDER_REQUIRED", "accessCode"),
        ("ACCESS_CODES", {"html": "<p>No codes</p>"}, "html", "PLACEHOLDER_REQUIRED", "accessCode"),
        ("MESSAGE", {"text": "Nothing of yours"}, "text", "PLACEHOLDER_REQUIRED", "text"),
        ("DELETED", {"text": "{expiresOn}"}, "text", "UNKNOWN_PLACEHOLDER", "expiresOn"),
    ],
)
def test_placeholders_are_known_and_there(
    house: House, kind: str, fields: Plain, field: str, code: str, name: str
) -> None:
    for language in ("en", "fr"):
        fault = house.refused(
            "SetMessageTemplate", control={"language": language}, letterKind=kind, language="en", **fields
        )
        (violation,) = fault["violation"]
        assert (fault["code"], violation["field"], violation["code"]) == ("INVALID_REQUEST", field, code)
        assert f"{{{name}}}" in violation["reason"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"reset": True, "subject": "x"}, "reset"),
        ({"reset": True, "clearField": ["HTML"]}, "reset"),
        ({"html": "{accessCode}", "clearField": ["HTML"]}, "html"),
    ],
)
def test_contradictions_are_refused(house: House, fields: Plain, field: str) -> None:
    fault = house.refused("SetMessageTemplate", **CODES, **fields)
    assert (fault["field"], fault["violation"][0]["code"]) == (field, "CONTRADICTION")


@pytest.mark.parametrize("subject", ["a\r\nBcc: x@example.com", "a\nb"])
def test_a_subject_is_one_line(house: House, subject: str) -> None:
    assert house.refused("SetMessageTemplate", **CODES, subject=subject)["field"] == "subject"


def test_each_company_has_its_own(house: House, mailbox: Mailbox) -> None:
    change(house, **OWN)
    other_id = house.new_company(house.provider, "OTHER")
    other = house.client_of(house.provider.provider_id, other_id)
    assert house.call("GetMessageTemplate", other, **CODES)["origin"] == "SYSTEM"
    fault = house.refused("SetMessageTemplate", other, companyId=house.company_id, **CODES, **OWN)
    assert fault["code"] == "NOT_FOUND"
    user = ref(mailbox.user())
    preview = house.call("PreviewMessage", userRef=user, letterKind="ACCESS_CODES")
    assert preview["subject"] == "Welcome John"


def test_the_feed_says_which_template_not_what_it_says(house: House) -> None:
    change(house, **OWN)
    with house.application.database.reading() as db:
        told = db.scalars(select(Change).where(Change.kind == "MessageTemplateChanged")).one()
    assert told.detail == {"kind": "ACCESS_CODES", "language": "en", "origin": "COMPANY"}


def test_a_dry_run_keeps_nothing(house: House) -> None:
    answer = change(house, control={"dryRun": True}, **OWN)
    assert answer["messageTemplate"]["subject"] == OWN["subject"]
    assert house.call("GetMessageTemplate", **CODES)["origin"] == "SYSTEM"
