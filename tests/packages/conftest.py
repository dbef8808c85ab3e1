"""A company with three packages on offer, one of them by default."""

import pytest

from tests.house import House


class Shop:
    """What packages tests do over and over."""

    def __init__(self, house: House) -> None:
        self.house = house
        for code, services in (("BASIC", ["MAIL"]), ("PRO", ["MAIL", "FAX"]), ("VOICE", ["VOICE_MAIL"])):
            self.make(code, services)
        house.call("OfferServicePackages", house.company, packageCode=["BASIC", "PRO"])
        house.call("OfferServicePackages", house.company, packageCode=["VOICE"], byDefault=True)
        self.user = {"userId": self.create()["userId"]}

    def make(self, code: str, services: list[str], **more: object) -> dict[str, object]:
        new = {"code": code, "nameEn": code, "nameFr": code, "serviceCode": services, **more}
        made: dict[str, object] = self.house.call(
            "CreateServicePackage", self.house.provider, newServicePackage=new
        )["servicePackage"]
        return made

    def create(self, email: str = "john.smith@example.com", **more: object) -> dict[str, str]:
        new = {"firstName": "John", "lastName": "Smith", "email": email, **more}
        user: dict[str, str] = self.house.call("CreateUser", newUser=new)["user"]
        return user

    def held(self) -> list[str]:
        answer = self.house.call("AddServicePackages", userRef=self.user, packageCode=[])
        return list(answer.get("packageCode", []))


@pytest.fixture
def shop(house: House) -> Shop:
    return Shop(house)
