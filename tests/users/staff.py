"""Users on demand, in few words, and what lies in the database behind them."""

import itertools
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from provisioning.kernel.caller import Caller
from provisioning.kernel.journal import Change
from provisioning.kernel.outbox import OutboxRow, Topic
from provisioning.messages import Delivery
from provisioning.numbering import NumberKind, draw_space
from provisioning.users.model import User
from provisioning.users.pins import open_pin
from tests.house import House, Plain, Refused


@dataclass
class Staff:
    """A house whose ACME gets users; OTHER is another company of the provider, and there is another provider."""

    house: House
    serial: "itertools.count[int]" = field(default_factory=itertools.count)
    other_id: str = ""
    other: Caller = field(init=False)
    stranger: Caller = field(init=False)

    def __post_init__(self) -> None:
        house = self.house
        self.other_id = house.new_company(house.provider, "OTHER")
        self.other = house.client_of(house.provider.provider_id, self.other_id)
        self.stranger, _ = house.new_provider("Stranger")

    def person(self, **new: Any) -> Plain:
        """The fields of a new user."""
        serial = next(self.serial)
        return {"firstName": "Sylvie", "lastName": "Tremblay", "email": f"user{serial}@example.com"} | new

    def hire(self, company_id: str | None = None, **new: Any) -> Plain:
        """A new user of ACME, or of another company of the provider."""
        if company_id is None:
            created = self.house.call("CreateUser", newUser=self.person(**new))
        else:
            created = self.house.call(
                "CreateUser", self.house.provider, companyId=company_id, newUser=self.person(**new)
            )
        return dict(created["user"])

    def hire_many(self, count: int, **new: Any) -> None:
        """So many new users of ACME."""
        items = [{"newUser": self.person(**new)} for _ in range(count)]
        for start in range(0, count, 500):
            self.house.call("CreateUsers", mode="ATOMIC", item=items[start : start + 500])

    def call(self, name: str, user: Plain, caller: Caller | None = None, /, **fields: Any) -> Plain:
        """Call an operation about a user, as the provider unless said otherwise."""
        return self.house.call(name, caller or self.house.provider, userRef=ref(user), **fields)

    def refused(self, name: str, user: Plain, caller: Caller | None = None, /, **fields: Any) -> Plain:
        return self.house.refused(name, caller or self.house.provider, userRef=ref(user), **fields)

    def get(self, user: Plain) -> Plain:
        return self.house.call("GetUser", self.house.provider, userRef=ref(user))

    def add_dids(self, *numbers: str, company_id: str | None = None) -> None:
        self.house.call(
            "AddDids",
            self.house.provider,
            number=list(numbers),
            companyId=company_id or self.house.company_id,
        )

    def stored(self, user: Plain) -> User:
        """The row behind a user."""
        with self.house.application.database.reading() as db:
            return db.scalars(select(User).where(User.id == user["userId"])).one()

    def set(self, user: Plain, **values: Any) -> None:
        """Write into the row of a user what no operation of this room does."""
        with self.house.application.database.writing() as db:
            row = db.scalars(select(User).where(User.id == user["userId"])).one()
            for name, value in values.items():
                setattr(row, name, value)
            if "state" in values:
                row.become(values["state"])
            db.commit()

    def pin(self, user: Plain) -> str:
        """The PIN, as only this test sees it."""
        row = self.stored(user)
        return open_pin(self.house.application.keys, row.sealed_pin, row.id)

    def changes(self, user: Plain) -> list[Change]:
        """The changes of a user, oldest first."""
        return self._read(
            lambda db: list(
                db.scalars(select(Change).where(Change.object_id == user["userId"]).order_by(Change.id))
            )
        )

    def letters(self, user: Plain) -> list[str]:
        """The kinds of e-mails that wait for a user."""
        mail = select(Delivery.kind).where(Delivery.user_id == user["userId"]).order_by(Delivery.id)
        return self._read(lambda db: list(db.scalars(mail)))

    def install_phone_system(self) -> None:
        """Let the provider have a phone system, which nobody talks to here."""
        self.house.operate(
            "AddPhoneSystem",
            self.house.provider.provider_id,
            name="pbx",
            kind="ASTERISK",
            url="sqlite:////nowhere/pbx.db",
        )

    def told_phones(self, user: Plain) -> int:
        """How often the phone system has to be told of a user."""
        rows = select(OutboxRow.id).where(
            OutboxRow.topic == Topic.PHONE, OutboxRow.subject_id == user["userId"]
        )
        return len(self._read(lambda db: db.scalars(rows).all()))

    def _read(self, look: Callable[[Session], Any]) -> Any:
        with self.house.application.database.reading() as db:
            return look(db)


def ref(user: Plain) -> Plain:
    return {"userId": user["userId"]}


def fields_of(fault: Plain) -> set[str]:
    return {each["field"] for each in fault["violation"]}


def fill(house: House, company_id: str, numbers: Iterable[int]) -> None:
    """Let user numbers of a company be taken, as so many users would."""
    with house.application.database.writing() as db:
        draw_space(db, company_id, NumberKind.USER, 0, 9_999, preferred=1_000, held=numbers)
        db.commit()


def race(houses: list[House], runs: int, step: Callable[[House, int], Plain]) -> list[Plain | Refused]:
    """Run a step many times at once, over several services on one database; answers and refusals."""
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
