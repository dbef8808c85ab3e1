import pytest

from tests.house import House
from tests.messages.mailbox import Mailbox


@pytest.fixture
def mailbox(house: House) -> Mailbox:
    return Mailbox(house)
