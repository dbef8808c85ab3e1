"""No sequence of steps by several callers leads a user where the state machine does not."""

from datetime import timedelta
from typing import ClassVar

from hypothesis import settings, strategies
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from provisioning.users import UserState
from tests.house import House, Plain
from tests.users.staff import Staff

ALIVE = {"PENDING", "ACTIVE", "SUSPENDED", "EXPIRED"}
NUMBERS = ["2206", "2207", "-1"]


class Model:
    """What a user should be."""

    def __init__(self, user: Plain, company: str) -> None:
        self.user = user
        self.company = company
        self.state = user["state"]
        self.before: str | None = None
        self.number = user["userNumber"]


class Life(RuleBasedStateMachine):
    staff: ClassVar[Staff]
    users: list[Model]

    @property
    def house(self) -> House:
        return self.staff.house

    @initialize()
    def begin(self) -> None:
        """A company of its own for each run: what earlier runs left is elsewhere."""
        code = f"RUN{next(self.staff.serial)}"
        self.company = self.house.new_company(self.house.provider, code)
        self.provider_public = self.house.public_id
        self.users = []

    def one(self, place: int) -> Model:
        return self.users[place % len(self.users)]

    @rule(number=strategies.sampled_from(NUMBERS), administrator=strategies.booleans())
    def create(self, number: str, administrator: bool) -> None:
        new = self.staff.person(userNumber=number, administrator=administrator)
        taken = number in {each.number for each in self.users if each.company == self.company}
        if taken:
            fault = self.house.refused("CreateUser", self.house.provider, companyId=self.company, newUser=new)
            assert fault["code"] == "USER_NUMBER_TAKEN"
            return
        created = self.house.call("CreateUser", self.house.provider, companyId=self.company, newUser=new)
        self.users.append(Model(created["user"], self.company))

    def step(self, name: str, place: int, allowed: set[str], to: str | None, **fields: object) -> None:
        one = self.one(place)
        if one.state in allowed:
            answer = self.staff.call(name, one.user, **fields)
            changed = to is not None and one.state != to
            assert answer["outcome"]["noChange"] == (not changed)
            one.state = to or one.state
        else:
            fault = self.staff.refused(name, one.user, **fields)
            assert fault["code"] == "INVALID_STATE"
            assert one.state in fault["reason"]

    @precondition(lambda self: self.users)
    @rule(place=strategies.integers(0, 9))
    def suspend(self, place: int) -> None:
        self.step("SuspendUser", place, {"ACTIVE", "SUSPENDED"}, "SUSPENDED")

    @precondition(lambda self: self.users)
    @rule(place=strategies.integers(0, 9))
    def resume(self, place: int) -> None:
        self.step("ResumeUser", place, {"ACTIVE", "SUSPENDED"}, "ACTIVE")

    @precondition(lambda self: self.users)
    @rule(place=strategies.integers(0, 9), ahead=strategies.sampled_from([-1, 30]))
    def expire_or_prolong(self, place: int, ahead: int) -> None:
        one = self.one(place)
        day = (self.house.clock().date() + timedelta(days=ahead)).isoformat()
        if one.state not in ALIVE:
            assert self.staff.refused("UpdateUser", one.user, expiresOn=day)["code"] == "INVALID_STATE"
            return
        self.staff.call("UpdateUser", one.user, expiresOn=day)
        if ahead < 0 and one.state in {"ACTIVE", "SUSPENDED"}:
            one.state = "EXPIRED"
        elif ahead > 0 and one.state == "EXPIRED":
            one.state = "ACTIVE"

    @precondition(lambda self: self.users)
    @rule(place=strategies.integers(0, 9))
    def delete(self, place: int) -> None:
        one = self.one(place)
        if self.last_administrator(one) and self.living_in(one.company) > 1:
            assert self.staff.refused("DeleteUser", one.user)["code"] == "LAST_ADMINISTRATOR"
        elif one.state == "DELETED":
            assert self.staff.call("DeleteUser", one.user)["outcome"]["noChange"]
        else:
            self.staff.call("DeleteUser", one.user)
            one.before, one.state = one.state, "DELETED"

    @precondition(lambda self: self.users)
    @rule(place=strategies.integers(0, 9))
    def restore(self, place: int) -> None:
        one = self.one(place)
        answer = self.staff.call("RestoreUser", one.user)
        assert answer["outcome"]["noChange"] == (one.state in ALIVE)
        if one.state == "DELETED":
            one.state = one.before or ""

    @precondition(lambda self: self.users)
    @rule(place=strategies.integers(0, 9))
    def leave(self, place: int) -> None:
        one = self.one(place)
        if one.state not in ALIVE or one.company != self.company:
            assert self.staff.refused("RemoveUserFromCompany", one.user)["code"] == "INVALID_STATE"
        elif self.last_administrator(one):
            assert self.staff.refused("RemoveUserFromCompany", one.user)["code"] == "LAST_ADMINISTRATOR"
        else:
            left = self.staff.call("RemoveUserFromCompany", one.user)
            one.company, one.number = self.house.public_id, left["user"]["userNumber"]
            assert left["userNumberChanged"] == (one.number != one.user["userNumber"])
            one.user["administrator"] = False

    def last_administrator(self, one: Model) -> bool:
        others = [
            each
            for each in self.users
            if each is not one
            and each.company == one.company
            and each.state in ALIVE
            and each.user["administrator"]
        ]
        return bool(one.user["administrator"] and one.state in ALIVE and not others)

    def living_in(self, company: str) -> int:
        return sum(each.company == company and each.state in ALIVE for each in self.users)

    def teardown(self) -> None:
        """In the end the service says of everybody what the model says."""
        for each in getattr(self, "users", []):
            seen = self.staff.get(each.user)
            assert (seen["state"], seen["companyId"], seen["userNumber"]) == (
                each.state,
                each.company,
                each.number,
            )
            assert ("deletedAt" in seen) == (each.state == "DELETED")

    @invariant()
    def counts_agree(self) -> None:
        if getattr(self, "users", []):
            counts = self.house.call("CountUsers", self.house.provider, companyId=self.company)
            for state in ("ACTIVE", "SUSPENDED", "EXPIRED", "DELETED"):
                mine = [each for each in self.users if (each.company, each.state) == (self.company, state)]
                assert counts[state.lower()] == len(mine), UserState(state)


def test_states_keys_and_administrators(staff: Staff) -> None:
    class Here(Life):
        pass

    Here.staff = staff
    run_state_machine_as_test(Here, settings=settings(max_examples=10, stateful_step_count=20, deadline=None))
