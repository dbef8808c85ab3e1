"""A sign-up site of a company's own: visitors pick a number and a package and pay later."""

from datetime import timedelta
from typing import Any

import pytest

from provisioning.kernel.lexical import write_moment
from tests.house import House, Plain

NUMBERS = ("+16505550100", "+16505550101", "+16505550102")


class Site:
    """What sign-up tests do over and over."""

    def __init__(self, house: House) -> None:
        self.house = house
        house.call("AddDids", house.provider, companyId=house.company_id, number=list(NUMBERS))

    def start(self, email: str = "sylvie.tremblay@example.com", **more: Any) -> Plain:
        control = {key: more.pop(key) for key in ("expiresAt",) if key in more}
        new = {"firstName": "Sylvie", "lastName": "Tremblay", "email": email, **more}
        return self.house.call("StartSignUp", newUser=new, **control)

    def ref(self, started: Plain) -> Plain:
        return {"userId": started["user"]["userId"]}

    def in_hours(self, hours: float) -> str:
        return write_moment(self.house.clock() + timedelta(hours=hours))

    def did(self, number: str) -> Plain:
        listed = self.house.call("ListDids", self.house.provider, prefix=number)
        did: Plain = listed["did"][0]
        return did


@pytest.fixture
def site(house: House) -> Site:
    return Site(house)
