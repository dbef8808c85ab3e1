"""The page that a link leads to, through the HTTP front: who fetches it changes nothing, who fills it in sets the PIN."""

import re
import threading
from datetime import datetime
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select

from provisioning.kernel.errors import BackendUnavailable
from provisioning.kernel.journal import AuditEntry, Change
from provisioning.kernel.plain import read_plain
from provisioning.kernel.secrets import KeyRing
from provisioning.messages import PAGE_OPERATIONS, Delivery, LinkUnknown, reseal
from provisioning.persistence.base import Base
from tests.house import House, Plain
from tests.messages.browser import Browser, Seen
from tests.messages.mailbox import Mailbox, ref

PIN = "730915"
LINK = re.compile(r"(/pin/[A-Za-z0-9_-]{32})")


@pytest.fixture
def browser(house: House) -> Browser:
    return Browser(house)


@pytest.fixture
def user(mailbox: Mailbox) -> Plain:
    return mailbox.user(notify=True, pin="111222")


@pytest.fixture
def link(user: Plain, mailbox: Mailbox) -> str:
    return link_in(mailbox)


def link_in(mailbox: Mailbox) -> str:
    found = LINK.search(mailbox.letters()[-1].text)
    assert found
    return found[1]


def lets_in(house: House, user: Plain, pin: str) -> bool:
    return bool(house.call("CheckAccess", userNumber=user["userNumber"], pin=pin)["allowed"])


def words(seen: Seen) -> str:
    """What stands on the page."""
    return unescape(re.sub(r"<[^>]+>", " ", seen.text.partition("</style>")[2]))


def test_the_form_greets_and_asks_twice(browser: Browser, link: str, user: Plain) -> None:
    seen = browser.get(link)
    assert seen.status == 200
    assert "Hello John." in words(seen)
    assert user["userNumber"] in words(seen)
    assert seen.text.count('type="password"') == 2
    assert "<script" not in seen.text


def test_nothing_of_the_page_is_kept_or_told_elsewhere(browser: Browser, link: str) -> None:
    for seen in (browser.get(link), browser.get("/pin/" + "x" * 32), browser.post(link, pin="1", again="1")):
        assert seen.headers["cache-control"] == "no-store"
        assert seen.headers["referrer-policy"] == "no-referrer"
        assert seen.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
        assert "frame-ancestors 'none'" in seen.headers["content-security-policy"]
        assert "noindex" in seen.headers["x-robots-tag"]
        assert link not in seen.text


def test_whoever_fetches_the_page_uses_nothing_up(
    browser: Browser, house: House, link: str, user: Plain
) -> None:
    for method in ("GET", "HEAD", "GET"):
        assert browser.get(link, method).status == 200
    assert browser.get(link, "HEAD").text == ""
    assert browser.post(link, pin=PIN, again=PIN).status == 200
    assert lets_in(house, user, PIN)


def test_a_chosen_pin_counts_and_the_link_is_over(
    browser: Browser, house: House, link: str, user: Plain
) -> None:
    seen = browser.post(link, pin=PIN, again=PIN)
    assert seen.status == 200
    assert "Your PIN is set" in words(seen)
    assert lets_in(house, user, PIN)
    assert browser.get(link).status == 410
    assert browser.post(link, pin="482605", again="482605").status == 410
    assert lets_in(house, user, PIN)


@pytest.mark.parametrize(
    ("pin", "again", "said"),
    [
        ("1234", "1234", "This PIN is too easy"),
        ("730915", "730916", "The two PINs are not the same."),
        ("73", "73", "A PIN has 4 to 12 digits."),
        ("7309152846013", "7309152846013", "A PIN has 4 to 12 digits."),
        ("seven", "seven", "A PIN has 4 to 12 digits."),
        ("٧٣٠٩", "٧٣٠٩", "A PIN has 4 to 12 digits."),
        ("", "", "A PIN has 4 to 12 digits."),
    ],
)
def test_a_pin_that_will_not_do_is_asked_for_again(
    browser: Browser, house: House, link: str, user: Plain, pin: str, again: str, said: str
) -> None:
    seen = browser.post(link, pin=pin, again=again)
    assert seen.status == 422
    assert said in words(seen)
    assert lets_in(house, user, "111222")
    assert browser.get(link).status == 200


def test_the_user_number_is_no_pin(browser: Browser, link: str, user: Plain) -> None:
    seen = browser.post(link, pin=user["userNumber"], again=user["userNumber"])
    assert (seen.status, "not the user number" in words(seen)) == (422, True)


@pytest.mark.parametrize("path", ["/pin/" + "A" * 32, "/pin/short", "/pin/" + "A" * 33, "/pin/%00"])
def test_a_link_that_never_was_is_not_found(browser: Browser, path: str) -> None:
    for seen in (browser.get(path), browser.post(path, pin=PIN, again=PIN)):
        assert seen.status == 404
        assert "This link can no longer be used" in words(seen)


def test_a_link_is_over_after_its_time(browser: Browser, house: House, link: str, user: Plain) -> None:
    house.clock.pass_time(hours=167)
    assert browser.get(link).status == 200
    house.clock.pass_time(hours=1)
    assert browser.get(link).status == 410
    assert browser.post(link, pin=PIN, again=PIN).status == 410
    assert lets_in(house, user, "111222")


@pytest.mark.parametrize(
    ("operation", "fields"),
    [("SetPin", {"pin": "482605"}), ("ResetPin", {}), ("DeleteUser", {})],
)
def test_a_new_pin_or_a_deletion_ends_the_link(
    browser: Browser, house: House, link: str, user: Plain, operation: str, fields: Plain
) -> None:
    house.call(operation, userRef=ref(user), **fields)
    assert browser.get(link).status == 410
    assert browser.post(link, pin=PIN, again=PIN).status == 410


def test_the_letter_of_a_new_pin_has_a_link_that_works(
    browser: Browser, house: House, mailbox: Mailbox, link: str, user: Plain
) -> None:
    house.clock.pass_time(seconds=1)
    house.call("ResetPin", userRef=ref(user), notify=True)
    newer = link_in(mailbox)
    assert newer != link
    assert browser.get(link).status == 410
    assert browser.post(newer, pin=PIN, again=PIN).status == 200
    assert lets_in(house, user, PIN)


@pytest.mark.parametrize(
    ("user_language", "query", "browser_language", "language"),
    [
        ("fr", "", "en", "fr"),
        ("en", "", "fr", "en"),
        ("en", "?lang=fr", "en", "fr"),
        ("fr", "?lang=en", "fr", "en"),
        ("fr", "?lang=de", "", "fr"),
    ],
)
def test_the_page_speaks_the_users_language_or_what_is_asked_for(
    house: House, mailbox: Mailbox, user_language: str, query: str, browser_language: str, language: str
) -> None:
    mailbox.user(notify=True, language=user_language)
    browser = Browser(house, headers={"accept-language": browser_language})
    link = link_in(mailbox)
    said = "Choisissez votre NIP" if language == "fr" else "Choose your PIN"
    assert said in words(browser.get(link + query))
    wrong = words(browser.post(link + query, pin="1111", again="1111"))
    assert ("Ce NIP est trop facile" if language == "fr" else "This PIN is too easy") in wrong
    done = words(browser.post(link + query, pin=PIN, again=PIN))
    assert ("Votre NIP est enregistré" if language == "fr" else "Your PIN is set") in done


def test_a_link_that_is_over_is_told_in_the_browsers_language(house: House) -> None:
    seen = Browser(house, headers={"accept-language": "fr-CA,fr;q=0.9"}).get("/pin/" + "A" * 32)
    assert "Ce lien ne peut plus servir" in words(seen)


def test_names_are_escaped(house: House, mailbox: Mailbox, browser: Browser) -> None:
    mailbox.user(notify=True, firstName="<i>Zoé</i>")
    seen = browser.get(link_in(mailbox))
    assert "&lt;i&gt;Zoé&lt;/i&gt;" in seen.text
    assert "<i>" not in seen.text


@pytest.mark.parametrize(
    ("body", "media", "status"),
    [
        (b"<x/>", "text/xml", 415),
        (b"pin=1&again=1", "application/x-www-form-urlencoded; charset=utf-7", 415),
        (b"pin=" + b"1" * 5000, "application/x-www-form-urlencoded", 413),
        (b"&".join([b"pin=1"] * 20), "application/x-www-form-urlencoded", 400),
        (b"pin=\xff", "application/x-www-form-urlencoded", 400),
    ],
)
def test_what_is_no_such_form_is_refused(
    browser: Browser, link: str, body: bytes, media: str, status: int
) -> None:
    assert browser.post(link, body, media).status == status


def test_the_page_is_only_shown_where_secrets_may_go(house: House, link: str) -> None:
    assert Browser(house, peer="192.0.2.7").get(link).status == 403
    assert Browser(house, peer="192.0.2.7").post(link, pin=PIN, again=PIN).status == 403
    assert Browser(house, peer="192.0.2.7", scheme="https").get(link).status == 200


def test_the_change_is_the_users_own_and_says_nothing_of_pin_or_token(
    browser: Browser, house: House, link: str, user: Plain
) -> None:
    browser.post(link, pin=PIN, again=PIN)
    token = link.removeprefix("/pin/")
    with house.application.database.reading() as db:
        change = db.scalars(select(Change).where(Change.operation == "ChoosePin")).one()
        audit = db.scalars(select(AuditEntry).where(AuditEntry.operation == "ChoosePin")).one()
        assert (change.kind, change.user_id, audit.client_id) == (
            "PinChanged",
            user["userId"],
            user["userId"],
        )
        assert audit.source == "127.0.0.1"
        for table in Base.metadata.sorted_tables:
            shown = str(db.execute(select(table)).all())
            assert token not in shown
            assert PIN not in shown


def test_of_two_at_once_one_chooses(browser: Browser, house: House, link: str, user: Plain) -> None:
    pins = ["730915", "482605", "915730", "605482"]
    seen: dict[str, int] = {}
    assert browser.get(link).status == 200

    def choose(pin: str) -> None:
        seen[pin] = browser.post(link, pin=pin, again=pin).status

    threads = [threading.Thread(target=choose, args=(pin,)) for pin in pins]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(seen.values()) == [200, 410, 410, 410]
    (winner,) = [pin for pin, status in seen.items() if status == 200]
    assert lets_in(house, user, winner)


def test_a_link_of_one_user_sets_no_other_pin(
    browser: Browser, house: House, mailbox: Mailbox, link: str
) -> None:
    other = mailbox.user(pin="111222")
    caller = house.client_of(house.provider.provider_id, house.company_id, user_id=other["userId"])
    choose = next(each for each in PAGE_OPERATIONS if each.name == "ChoosePin")
    request = read_plain(choose.request, {"token": link.removeprefix("/pin/"), "pin": PIN})
    with pytest.raises(LinkUnknown):
        house.application.dispatcher.perform(choose, request, caller)
    assert browser.post(link, pin=PIN, again=PIN).status == 200
    assert lets_in(house, other, "111222")


def test_links_are_sealed_again_under_a_new_key(
    house: House, mailbox: Mailbox, link: str, browser: Browser
) -> None:
    dispatcher = house.application.dispatcher
    old = dispatcher.settings.keys
    new = KeyRing.parse(f"{KeyRing.new_key('newer')} {old}")
    with house.application.database.writing() as db:
        assert reseal(db, new) == 1
        assert reseal(db, new) == 0
        sealed: Any = db.scalars(select(Delivery.sealed_link)).one()
        db.commit()
    assert sealed.startswith("newer.")
    dispatcher.keys = new
    assert link_in(mailbox) == link


@pytest.mark.parametrize(("error", "status"), [(BackendUnavailable(), 503), (ZeroDivisionError(), 500)])
def test_a_breakdown_is_no_end_of_the_link(
    browser: Browser, house: House, link: str, error: Exception, status: int
) -> None:
    dispatcher = house.application.dispatcher
    clock = dispatcher.clock

    def broken() -> datetime:
        raise error

    dispatcher.clock = broken
    seen = browser.get(link)
    assert seen.status == status
    assert "Veuillez réessayer" in seen.text
    dispatcher.clock = clock
    assert browser.get(link).status == 200
