"""Numbers and their holders, in few words."""

import itertools
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from provisioning.kernel.caller import Caller
from tests.house import House, Plain, Refused


def numbers(first: int, count: int = 1) -> list[str]:
    """So many numbers of the block +1 650 555, from this last part on."""
    return [f"+1650555{number:04}" for number in range(first, first + count)]


@dataclass
class Desk:
    """A house with twenty numbers of ACME, one of each kind that somebody else has, and users made on demand."""

    house: House
    serial: "itertools.count[int]" = field(default_factory=itertools.count)
    own: tuple[str, ...] = tuple(numbers(0, 20))
    pool: str = numbers(100)[0]
    other_companys: str = numbers(200)[0]
    other_providers: str = numbers(300)[0]
    nobodys: str = numbers(400)[0]
    other_company_id: str = ""
    other_company: Caller = field(init=False)
    other_provider: Caller = field(init=False)

    def __post_init__(self) -> None:
        house = self.house
        self.other_company_id = house.new_company(house.provider, "OTHER")
        self.other_company = house.client_of(house.provider.provider_id, self.other_company_id)
        self.other_provider, _ = house.new_provider("Other")
        self.add(self.own, house.company_id)
        self.add([self.pool])
        self.add([self.other_companys], self.other_company_id)
        self.add([self.other_providers], caller=self.other_provider)

    def add(self, added: Iterable[str], company_id: str | None = None, caller: Caller | None = None) -> Plain:
        fields: dict[str, Any] = {"number": list(added)}
        if company_id:
            fields["companyId"] = company_id
        return self.house.call("AddDids", caller or self.house.provider, **fields)

    def user(self, company_id: str | None = None, caller: Caller | None = None, **new: Any) -> str:
        """A new user's identifier."""
        serial = next(self.serial)
        new = {"firstName": "Sylvie", "lastName": "Tremblay", "email": f"user{serial}@example.com"} | new
        target = {"companyId": company_id} if company_id else {}
        answer = self.house.call("CreateUser", caller or self.house.company, newUser=new, **target)
        user_id: str = answer["user"]["userId"]
        return user_id

    def assign(self, user_id: str, number: str, caller: Caller | None = None, /, **more: Any) -> Plain:
        return self.house.call(
            "AssignDid", caller or self.house.company, userRef={"userId": user_id}, number=number, **more
        )

    def unassign(self, number: str) -> Plain:
        return self.house.call("UnassignDid", number=number)

    def did(self, number: str, caller: Caller | None = None) -> Plain:
        """A number as a caller sees it."""
        (did,) = self.house.call("ListDids", caller or self.house.provider, prefix=number)["did"]
        return dict(did)

    def held(self, user_id: str) -> list[str]:
        """What lists of users show, the primary number first; it must be what lists of numbers show."""
        shown = self.house.call("GetUser", self.house.provider, userRef={"userId": user_id}).get("did", [])
        listed = self.house.call("ListDids", self.house.provider, userRef={"userId": user_id}).get("did", [])
        by_rank = sorted(listed, key=lambda did: (not did["primary"], did["number"]))
        assert [did["number"] for did in by_rank] == shown
        assert sum(did["primary"] for did in listed) == bool(listed)
        return list(shown)

    def client(self, name: str) -> Caller:
        """Another client of ACME."""
        return self.house.client_of(self.house.provider.provider_id, self.house.company_id, client_id=name)


def race(houses: list[House], runs: int, step: Callable[[House, int], Plain]) -> list[Plain | Refused]:
    """Run a step many times at once, over several services on one database."""
    outcomes: list[Plain | Refused] = []
    start = threading.Barrier(runs)

    def run(place: int) -> None:
        start.wait()
        try:
            outcomes.append(step(houses[place % len(houses)], place))
        except Refused as refused:
            outcomes.append(refused)

    threads = [threading.Thread(target=run, args=(place,)) for place in range(runs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == runs
    return outcomes
