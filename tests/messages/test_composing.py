"""What users read: the letter of a delivery, made when it is sent."""

import dataclasses
import re
from datetime import date, timedelta

import pytest

from provisioning.kernel.caller import operator
from provisioning.kernel.facts import Fact, Letter
from provisioning.kernel.texts import Language
from provisioning.messages import post
from provisioning.messages.built_in import built_in
from provisioning.messages.composing import expiry
from provisioning.messages.templates import check
from provisioning.users import LetterKind
from tests.house import House
from tests.messages.mailbox import Mailbox, ref

LINK = re.compile(r"http://127\.0\.0\.1:0/pin/([A-Za-z0-9_-]{32})$", re.MULTILINE)
every_kind = pytest.mark.parametrize("kind", LetterKind)
in_each_language = pytest.mark.parametrize("language", Language)


@every_kind
@in_each_language
def test_built_in_templates_are_complete(kind: LetterKind, language: Language) -> None:
    template = built_in(kind, language)
    check(kind, template)
    assert "{companyName}" in template.text
    assert "\n\n\n" not in template.text
    assert template.text.startswith("Bonjour" if language is Language.FR else "Hello")


def test_access_codes_go_as_a_link(house: House, mailbox: Mailbox) -> None:
    user = mailbox.user(pin="258036", notify=True)
    letter = mailbox.letter()
    assert letter.subject == "Your access codes for ACME Ltd"
    assert (letter.to_name, letter.to_address, letter.language) == ("John Smith", user["email"], "en")
    assert user["userNumber"] in letter.text
    assert LINK.search(letter.text)
    assert "258036" not in letter.text
    assert letter.html is not None
    link = LINK.findall(letter.text)[0]
    assert f'<a href="http://127.0.0.1:0/pin/{link}">' in letter.html


def test_access_codes_go_as_text_where_the_company_says_so(house: House, mailbox: Mailbox) -> None:
    house.call("UpdateCompany", sendAccessCodesAs="TEXT")
    mailbox.user(pin="258036", language="fr", notify=True)
    letter = mailbox.letter()
    assert "NIP : 258036" in letter.text
    assert not LINK.search(letter.text)


def test_a_new_company_says_how_codes_go(house: House) -> None:
    text = house.new_company(house.provider, "TEXT", sendAccessCodesAs="TEXT")
    usual = house.new_company(house.provider, "USUAL")
    shown = [
        house.call("GetCompany", house.provider, companyId=each)["sendAccessCodesAs"]
        for each in (text, usual, house.public_id)
    ]
    assert shown == ["TEXT", "LINK", "LINK"]


def test_a_letter_is_the_same_however_often_it_is_written(house: House, mailbox: Mailbox) -> None:
    mailbox.user(notify=True)
    first = mailbox.letter()
    house.clock.pass_time(hours=1)
    assert mailbox.letter() == first
    assert re.fullmatch(r"[0-9a-v]{26}@127\.0\.0\.1", first.message_id)


def test_the_host_of_a_message_id_may_be_an_address(house: House, mailbox: Mailbox) -> None:
    mailbox.user(notify=True)
    dispatcher = house.application.dispatcher
    dispatcher.settings = dataclasses.replace(dispatcher.settings, public_url="https://[2001:db8::1]/phones")
    assert mailbox.letter().message_id.endswith("@[IPv6:2001:db8::1]")


def test_names_are_escaped_and_no_template_is_read_in_them(house: House, mailbox: Mailbox) -> None:
    house.call("UpdateCompany", name="<b>Rock & Co</b> http://evil.example")
    mailbox.user(firstName="{userNumber}", notify=True)
    letter = mailbox.letter()
    assert letter.subject == "Your access codes for <b>Rock & Co</b> http://evil.example"
    assert "Hello {userNumber}," in letter.text
    assert letter.html is not None
    assert "&lt;b&gt;Rock &amp; Co&lt;/b&gt; http://evil.example" in letter.html
    assert "<b>" not in letter.html


def test_who_leaves_reads_the_company_that_is_left_and_the_new_number(house: House, mailbox: Mailbox) -> None:
    user = mailbox.user(userNumber="4321")
    taken = {"firstName": "Zoé", "lastName": "Roy", "email": "zoe@example.com", "userNumber": "4321"}
    house.call("CreateUser", house.provider, companyId=house.public_id, newUser=taken)
    left = house.call("RemoveUserFromCompany", userRef=ref(user), notify=True)["user"]
    letter = mailbox.letter()
    assert letter.subject == "Your account no longer belongs to ACME Ltd"
    assert left["userNumber"] != "4321"
    assert f"Your user number is {left['userNumber']}." in letter.text


def test_who_is_deleted_is_told(house: House, mailbox: Mailbox) -> None:
    user = mailbox.user(language="fr")
    house.call("DeleteUser", userRef=ref(user), notify=True)
    letter = mailbox.letter()
    assert letter.subject == "Votre compte chez ACME Ltd a été fermé"
    assert letter.to_address == user["email"]
    assert letter.html is not None
    assert '<html lang="fr">' in letter.html


@pytest.mark.parametrize(
    ("left", "language", "said"),
    [
        (7, Language.EN, {"expiresOn": "1 March 2031", "daysLeft": "7 days"}),
        (1, Language.FR, {"expiresOn": "1er mars 2031", "daysLeft": "1 jour"}),
        (0, Language.EN, {"expiresOn": "1 March 2031", "daysLeft": "today only"}),
        (30, Language.FR, {"expiresOn": "1er mars 2031", "daysLeft": "30 jours"}),
    ],
)
def test_days_are_said_as_people_say_them(left: int, language: Language, said: dict[str, str]) -> None:
    assert expiry(date(2031, 3, 1), left, language) == said
    assert expiry(date(2031, 3, 1) + timedelta(days=1), 2, Language.FR)["expiresOn"] == "2 mars 2031"


def test_a_warning_says_until_when(house: House, mailbox: Mailbox) -> None:
    user = mailbox.user(language="fr", expiresOn="2031-08-01")
    application = house.application
    detail = {"expiresOn": "2031-08-01", "daysLeft": 7}
    letter = Letter(user_id=user["userId"], kind=LetterKind.EXPIRY_WARNING, detail=detail)
    fact = Fact(object_id=user["userId"], provider_id=house.provider.provider_id, company_id=house.company_id)
    with application.database.writing() as db:
        post(application.dispatcher.unit_for(db, operator()), [(fact, letter)])
        db.commit()
    assert mailbox.letter().subject == "Votre compte chez ACME Ltd prend fin le 1er août 2031"
    assert "Temps restant : 7 jours." in mailbox.letter().text
