"""What users read: the letter of a delivery, made when it is sent."""

import re

import pytest

from provisioning.messages import ComposedLetter, compose_letter
from tests.house import House
from tests.messages.mailbox import Mailbox

LINK = re.compile(r"http://127\.0\.0\.1:0/pin/([A-Za-z0-9_-]{32})")


def test_access_codes_go_as_a_link(house: House, mailbox: Mailbox) -> None:
    mailbox.create(notify=True)
    (letter,) = mailbox.letters()
    assert letter.subject == "Your access codes for ACME Ltd"
    assert letter.to_name == "John Smith"
    assert LINK.search(letter.text)
