"""A user whose options and SIP accounts are set."""

import pytest

from tests.house import House, Plain


@pytest.fixture
def john(house: House) -> Plain:
    new = {"firstName": "John", "lastName": "Smith", "email": "john.smith@example.com", "userNumber": "2206"}
    return {"userId": house.call("CreateUser", newUser=new)["user"]["userId"]}
