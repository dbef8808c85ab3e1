"""A company with restrictions and a user they can be applied to."""

import pytest

from tests.house import House, Plain


class Desk:
    """What restrictions tests do over and over."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.define("LONG_DISTANCE", ["1*"])
        self.define("PREMIUM", ["1900*", "1976???????"])
        self.define("HOME_OFFICE", ["15145551*"], "ALLOW")
        new = {"firstName": "John", "lastName": "Smith", "email": "john.smith@example.com"}
        self.john = {"userId": house.call("CreateUser", newUser=new)["user"]["userId"]}

    def define(self, code: str, patterns: list[str], rule: str = "DENY") -> Plain:
        new = {"code": code, "nameEn": code, "nameFr": code, "rule": rule, "pattern": patterns}
        return self.house.call("CreateCallRestriction", newCallRestriction=new)

    def apply(self, *codes: str) -> Plain:
        return self.house.call("SetUserCallRestrictions", userRef=self.john, restrictionCode=list(codes))

    def dial(self, number: str) -> Plain:
        return self.house.call("EvaluateDialing", userRef=self.john, number=number)


@pytest.fixture
def desk(house: House) -> Desk:
    return Desk(house)
