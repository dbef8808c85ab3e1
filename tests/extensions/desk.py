"""Extensions and their holders, in few words."""

import itertools
from dataclasses import dataclass, field
from typing import Any

from provisioning.kernel.caller import Caller
from tests.house import House, Plain


@dataclass
class Extensions:
    """A house whose company has the extensions 100 to 999, and users made on demand."""

    house: House
    serial: "itertools.count[int]" = field(default_factory=itertools.count)

    def user(self, company_id: str | None = None, caller: Caller | None = None, **new: Any) -> str:
        """A new user's identifier."""
        named = {"firstName": "John", "lastName": "Smith", "email": f"user{next(self.serial)}@example.com"}
        target = {"companyId": company_id} if company_id else {}
        answer = self.house.call("CreateUser", caller, newUser=named | new, **target)
        user_id: str = answer["user"]["userId"]
        return user_id

    def assign(self, user_id: str, extension: str, **more: Any) -> Plain:
        return self.house.call("AssignExtension", userRef={"userId": user_id}, extension=extension, **more)

    def refused(self, user_id: str, extension: str, **more: Any) -> Plain:
        return self.house.refused("AssignExtension", userRef={"userId": user_id}, extension=extension, **more)

    def of(self, user_id: str) -> str | None:
        """The extension that lists of users show."""
        shown = self.house.call("GetUser", self.house.provider, userRef={"userId": user_id})
        extension: str | None = shown.get("extension")
        return extension

    def suggested(self, **wish: Any) -> list[str]:
        suggested: list[str] = self.house.call("SuggestExtensions", **wish).get("extension", [])
        return suggested
