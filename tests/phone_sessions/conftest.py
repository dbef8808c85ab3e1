"""Two users and the phone system that reports their sessions."""

import pytest

from tests.house import House, Plain


class Switch:
    """Reports sessions as a phone system does."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.john, self.sylvie = (self.create(name) for name in ("john", "sylvie"))

    def create(self, name: str) -> Plain:
        new = {"firstName": name, "lastName": "Smith", "email": f"{name}@example.com"}
        user: Plain = self.house.call("CreateUser", newUser=new)["user"]
        return user

    def report(self, *sessions: tuple[str, Plain, str]) -> Plain:
        reported = [
            {"callId": call, "userRef": {"userNumber": user["userNumber"]}, "startedAt": at, "seconds": 60}
            for call, user, at in sessions
        ]
        return self.house.call("RecordSessions", newSession=reported)

    def counts(self) -> dict[str, tuple[int, str | None]]:
        listed = self.house.call("ListUserSessions")["userSessions"]
        return {each["firstName"]: (each["sessions"], each.get("lastAt")) for each in listed}


@pytest.fixture
def switch(house: House) -> Switch:
    return Switch(house)
