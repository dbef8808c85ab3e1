"""Any sequence of operations by several clients keeps what the numbers promise."""

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from provisioning.kernel.caller import Caller
from tests.house import House, Plain, Refused

NUMBERS = 5
USERS = 3
RESTING = timedelta(days=1)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_serial = itertools.count()

number_places = st.integers(0, NUMBERS - 1)
user_places = st.integers(0, USERS - 1)
client_places = st.integers(0, 2)


@dataclass(frozen=True)
class Expected:
    """What is to be true of one number."""

    holder: int | None = None
    client: int | None = None
    person: int | None = None
    last: int | None = None
    until: datetime = LONG_AGO

    def state(self, now: datetime) -> str:
        if self.holder is not None:
            return "ASSIGNED"
        if self.until <= now:
            return "AVAILABLE"
        return "RESERVED" if self.client is not None else "RESTING"

    def is_free_for(self, user: int, client: int, now: datetime) -> bool:
        match self.state(now):
            case "AVAILABLE":
                return True
            case "RESERVED":
                return self.client == client if self.person is None else self.person == user
            case "RESTING":
                return self.last == user
        return False


class Numbers(RuleBasedStateMachine):
    """A company with a few numbers and users, two clients of its own and one of its provider."""

    house: House

    def __init__(self) -> None:
        super().__init__()
        serial, house = next(_serial), self.house
        provider, _ = house.new_provider(f"Provider {serial}", resting_days=RESTING.days)
        self.company_id = house.new_company(provider, "ONE")
        own = [
            house.client_of(provider.provider_id, self.company_id, client_id=f"{name}{serial}")
            for name in "ab"
        ]
        self.clients: list[Caller] = [provider, *own]
        self.numbers = [f"+1650{serial:04}{place:03}" for place in range(NUMBERS)]
        house.call("AddDids", provider, number=self.numbers, companyId=self.company_id)
        self.emails = [f"user{place}.{serial}@example.com" for place in range(USERS)]
        self.users = [self._created(email) for email in self.emails]
        self.living = [True] * USERS
        self.lost: dict[int, list[int]] = {}
        self.expected = [Expected() for _ in range(NUMBERS)]
        self.reservations: dict[int, str] = {}

    def _created(self, email: str) -> str:
        new = {"firstName": "A", "lastName": "B", "email": email}
        answer = self.house.call("CreateUser", self.clients[1], newUser=new)
        user_id: str = answer["user"]["userId"]
        return user_id

    def _ref(self, user: int) -> Plain:
        return {"userId": self.users[user]}

    def _held(self, user: int) -> list[int]:
        return [place for place, each in enumerate(self.expected) if each.holder == user]

    def _free(self, place: int) -> None:
        holder, now = self.expected[place].holder, self.house.clock()
        self.expected[place] = Expected(last=holder, until=now + RESTING)

    def _try(self, name: str, client: int, **fields: Any) -> Plain | str:
        try:
            return self.house.call(name, self.clients[client], **fields)
        except Refused as refused:
            return str(refused.code)

    @rule(
        user=user_places,
        place=number_places,
        client=client_places,
        primary=st.sampled_from([None, True, False]),
    )
    def assign(self, user: int, place: int, client: int, primary: bool | None) -> None:
        fields = {} if primary is None else {"primary": primary}
        answer = self._try("AssignDid", client, userRef=self._ref(user), number=self.numbers[place], **fields)
        before = self.expected[place]
        if before.holder == user:
            assert isinstance(answer, dict)
        elif not before.is_free_for(user, client, self.house.clock()):
            assert answer == "DID_NOT_AVAILABLE"
        elif not self.living[user]:
            assert answer == "INVALID_STATE"
        else:
            assert isinstance(answer, dict)
            self.expected[place] = Expected(holder=user)

    @rule(user=user_places, client=client_places)
    def assign_any(self, user: int, client: int) -> None:
        answer = self._try("AssignDid", client, userRef=self._ref(user), prefix="+")
        now = self.house.clock()
        free = [place for place, each in enumerate(self.expected) if each.state(now) == "AVAILABLE"]
        if free and self.living[user]:
            assert isinstance(answer, dict)
            place = self.numbers.index(answer["did"]["number"])
            assert place in free
            self.expected[place] = Expected(holder=user)
        else:
            assert answer == ("INVALID_STATE" if free else "DID_NOT_AVAILABLE")

    @rule(user=user_places, old=number_places, new=number_places, client=client_places)
    def change(self, user: int, old: int, new: int, client: int) -> None:
        answer = self._try(
            "ChangeDid",
            client,
            userRef=self._ref(user),
            fromNumber=self.numbers[old],
            toNumber=self.numbers[new],
        )
        held = self._held(user)
        if old == new or old not in held:
            assert isinstance(answer, dict) == (new in held)
        elif new in held or self.expected[new].is_free_for(user, client, self.house.clock()):
            assert isinstance(answer, dict)
            self._free(old)
            self.expected[new] = Expected(holder=user)
        else:
            assert answer == "DID_NOT_AVAILABLE"

    @rule(place=number_places, giver=user_places, taker=user_places, client=client_places)
    def transfer(self, place: int, giver: int, taker: int, client: int) -> None:
        answer = self._try(
            "TransferDid",
            client,
            number=self.numbers[place],
            fromUserRef=self._ref(giver),
            toUserRef=self._ref(taker),
        )
        if self.expected[place].holder == taker:
            assert isinstance(answer, dict)
        elif self.expected[place].holder == giver and self.living[taker]:
            assert isinstance(answer, dict)
            self.expected[place] = Expected(holder=taker)
        else:
            assert answer == "INVALID_STATE"

    @rule(place=number_places, client=client_places)
    def unassign(self, place: int, client: int) -> None:
        answer = self._try("UnassignDid", client, number=self.numbers[place])
        assert isinstance(answer, dict)
        assert answer["outcome"]["noChange"] == (self.expected[place].holder is None)
        if self.expected[place].holder is not None:
            self._free(place)

    @rule(user=user_places)
    def unassign_all(self, user: int) -> None:
        answer = self.house.call("UnassignDid", self.clients[1], userRef=self._ref(user))
        assert answer["outcome"]["noChange"] == (not self._held(user))
        for place in self._held(user):
            self._free(place)

    @rule(place=number_places, client=client_places, person=st.none() | user_places, hours=st.integers(1, 48))
    def reserve(self, place: int, client: int, person: int | None, hours: int) -> None:
        fields = {} if person is None else {"email": self.emails[person].upper()}
        answer = self._try("ReserveDid", client, number=self.numbers[place], minutes=hours * 60, **fields)
        before, now = self.expected[place], self.house.clock()
        state = before.state(now)
        if state == "AVAILABLE":
            assert isinstance(answer, dict)
            self.reservations[place] = answer["reservationId"]
            until = now + timedelta(hours=hours)
            self.expected[place] = Expected(client=client, person=person, until=until)
        elif (
            state == "RESERVED" and person is not None and (before.client, before.person) == (client, person)
        ):
            assert isinstance(answer, dict)
            assert answer["reservationId"] == self.reservations[place]
            assert answer["outcome"]["noChange"]
        else:
            assert answer == "DID_NOT_AVAILABLE"

    @rule(place=number_places)
    def release(self, place: int) -> None:
        if self.expected[place].state(self.house.clock()) == "RESERVED":
            self.house.call("ReleaseDidReservation", self.clients[1], reservationId=self.reservations[place])
            self.expected[place] = Expected()

    @rule(user=user_places)
    def delete_or_restore(self, user: int) -> None:
        operation = "DeleteUser" if self.living[user] else "RestoreUser"
        self.house.call(operation, self.clients[1], userRef=self._ref(user))
        if self.living[user]:
            self.lost[user] = self._held(user)
            for place in self.lost[user]:
                self._free(place)
        else:
            for place in self.lost.pop(user):
                each, now = self.expected[place], self.house.clock()
                if each.state(now) == "AVAILABLE" or (each.state(now) == "RESTING" and each.last == user):
                    self.expected[place] = Expected(holder=user)
        self.living[user] = not self.living[user]

    @rule(hours=st.sampled_from([1, 12, 30]))
    def pass_time(self, hours: int) -> None:
        # half a minute more, so that nothing ends at the very moment it is looked at
        self.house.clock.pass_time(hours=hours, seconds=30)

    @invariant()
    def numbers_and_users_agree_with_what_is_expected(self) -> None:
        now, provider = self.house.clock(), self.clients[0]
        dids = self.house.call("ListDids", provider, withTotal=True)
        assert dids["total"] == NUMBERS
        for did, each in zip(dids["did"], self.expected, strict=True):
            assert did["state"] == each.state(now)
            assert did.get("userId") == (None if each.holder is None else self.users[each.holder])
        primary = [did for did in dids["did"] if did["primary"]]
        for user, user_id in enumerate(self.users):
            shown = self.house.call("GetUser", provider, userRef=self._ref(user)).get("did", [])
            assert sorted(shown) == [self.numbers[place] for place in self._held(user)]
            assert [did["number"] for did in primary if did["userId"] == user_id] == shown[:1]

    @invariant()
    def counts_and_filters_agree_with_the_list(self) -> None:
        now = self.house.clock()
        counts = self.house.call("GetCompany", self.clients[1])["counts"]
        assert (counts["dids"], counts["assignedDids"]) == (
            NUMBERS,
            sum(each.holder is not None for each in self.expected),
        )
        for state in ("AVAILABLE", "RESERVED", "ASSIGNED", "RESTING"):
            listed = self.house.call("ListDids", self.clients[1], state=state).get("did", [])
            expected = [
                number
                for number, each in zip(self.numbers, self.expected, strict=True)
                if each.state(now) == state
            ]
            assert [did["number"] for did in listed] == expected


def test_no_sequence_of_operations_breaks_a_promise(house: House) -> None:
    machine = type("NumbersHere", (Numbers,), {"house": house})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=15,
            stateful_step_count=30,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],  # a shorter example is not worth minutes of database
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
