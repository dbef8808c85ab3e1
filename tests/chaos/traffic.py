"""What clients ask for, and what they may expect to find afterwards: all that was acknowledged, once."""

import itertools
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from threading import Event

from tests.chaos.caller import Account, Caller
from tests.clients.journey import Plain, Refused

# A number that is another's, or that a phone system has not let go yet.
CONFLICTS = {"DID_NOT_AVAILABLE"}


@dataclass
class Expected:
    """A user as the client who made it knows it."""

    user_id: str
    email: str
    state: str = "ACTIVE"
    numbers: set[str] = field(default_factory=set)
    sip_names: set[str] = field(default_factory=set)


@dataclass
class Client:
    """Makes calls one after the other about users of its own; numbers it shares with all clients."""

    name: str
    caller: Caller
    chance: random.Random
    numbers: list[str]
    users: list[Expected] = field(default_factory=list)
    gone: list[Expected] = field(default_factory=list)
    letters: Counter[tuple[str, str]] = field(default_factory=Counter)
    kept: dict[str, str] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    done: Counter[str] = field(default_factory=Counter)
    _serial: Iterator[int] = field(default_factory=itertools.count)

    def work(self, over: Event) -> None:
        steps: list[tuple[Callable[[Expected], None], int]] = [
            (self._assign, 5),
            (self._change_number, 4),
            (self._suspend_or_resume, 4),
            (self._set_credentials, 3),
            (self._delete, 2),
        ]
        while not over.is_set():
            if len(self.users) < 3 or self.chance.random() < 0.2:
                self._create()
            else:
                (step,) = self.chance.choices([each for each, _ in steps], [weight for _, weight in steps])
                step(self.chance.choice(self.users))
        self.caller.close()

    def _do(self, operation: str, **fields: object) -> Plain | None:
        """The acknowledged answer; nothing when the call met with a conflict."""
        request_id = f"{self.name}-{next(self._serial)}"
        self.asked.add(request_id)
        try:
            answer = self.caller.call(operation, request_id, **fields)
        except Refused as refusal:
            if refusal.code not in CONFLICTS:
                raise
            self.done[refusal.code] += 1
            return None
        self.done[operation] += 1
        if answer["outcome"]["noChange"] == "false":
            self.kept[request_id] = answer["outcome"]["transactionId"]
        return answer

    def _create(self) -> None:
        email = f"{self.name}.{next(self._serial)}@chaos.example.com"
        notify = self.chance.random() < 0.5
        person = {"firstName": "Ann", "lastName": self.name, "email": email}
        account = {"newSipAccount": [{"purpose": "DEFAULT"}]}
        made = self._do("CreateUser", newUser={**person, "notify": _xml(notify), **account})
        assert made is not None
        user = Expected(made["user"]["userId"], email)
        user.sip_names.add(f"DEFAULT:{made['user']['userNumber']}")
        self.users.append(user)
        self.letters[user.user_id, "ACCESS_CODES"] += notify

    def _assign(self, user: Expected) -> None:
        number = self.chance.choice(self.numbers)
        if self._do("AssignDid", userRef={"userId": user.user_id}, number=number):
            user.numbers.add(number)

    def _change_number(self, user: Expected) -> None:
        if not user.numbers:
            return
        old, new = self.chance.choice(sorted(user.numbers)), self.chance.choice(self.numbers)
        if new in user.numbers:
            return
        if self._do("ChangeDid", userRef={"userId": user.user_id}, fromNumber=old, toNumber=new):
            user.numbers ^= {old, new}

    def _suspend_or_resume(self, user: Expected) -> None:
        suspended = user.state == "SUSPENDED"
        verb = "Resume" if suspended else "Suspend"
        assert self._do(f"{verb}User", userRef={"userId": user.user_id})
        user.state = "ACTIVE" if suspended else "SUSPENDED"

    def _set_credentials(self, user: Expected) -> None:
        secret = {"purpose": "REGISTRATION", "generateSecret": "true"}
        made = self._do("SetSipCredentials", userRef={"userId": user.user_id}, **secret)
        assert made is not None
        user.sip_names.add(f"REGISTRATION:{made['sipAccount']['userName'].partition('.')[0]}")

    def _delete(self, user: Expected) -> None:
        notify = self.chance.random() < 0.5
        assert self._do("DeleteUser", userRef={"userId": user.user_id}, notify=_xml(notify))
        self.users.remove(user)
        user.state = "DELETED"
        self.gone.append(user)
        self.letters[user.user_id, "DELETED"] += notify


def new_clients(count: int, account: Account, numbers: list[str], seed: int) -> list[Client]:
    made = []
    for place in range(count):
        chance = random.Random(f"{seed}-{place}")
        line = Caller(account, random.Random(f"{seed}-{place}-line"))
        made.append(Client(f"client{place}", line, chance, numbers))
    return made


def _xml(value: bool) -> str:
    return "true" if value else "false"
