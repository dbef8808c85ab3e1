"""A user whose services are configured."""

import pytest

from tests.house import House

MAIL = [
    {"name": "protocol", "value": "IMAP"},
    {"name": "server", "value": "mail.example.com"},
    {"name": "userName", "value": "john-smith"},
]


@pytest.fixture
def john(house: House) -> dict[str, str]:
    new = {"firstName": "John", "lastName": "Smith", "email": "john.smith@example.com"}
    return {"userId": house.call("CreateUser", newUser=new)["user"]["userId"]}
