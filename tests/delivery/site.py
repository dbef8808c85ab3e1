"""A service with a phone system, and relays between them as a test wants them."""

import contextlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

from sqlalchemy import create_engine, func, select, text

from provisioning.delivery.connectors import open_connector
from provisioning.delivery.phone_channel import PhoneChannel
from provisioning.delivery.reconciliation import compare
from provisioning.delivery.relay import Relay
from provisioning.delivery.retry import Retry
from provisioning.kernel.outbox import OutboxRow
from provisioning.phone_systems import PhoneSystem, phone_systems
from tests.house import House, Plain

SOON = Retry(first=0.02, longest=0.2, tries=3)


@dataclass
class Site:
    """The house's provider is served by one phone system, which writes down what it is told in a SQLite file."""

    house: House
    folder: Path
    name: str = "phones"
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(10**6)))

    def __post_init__(self) -> None:
        self.add_phone_system(self.name)

    @property
    def provider_id(self) -> str:
        return self.house.provider.provider_id

    def path(self, name: str = "phones") -> Path:
        return self.folder / f"{name}.db"

    def add_phone_system(
        self, name: str, kind: str = "RECORDING", url: str | None = None, **settings: str
    ) -> None:
        pairs = [{"name": key, "value": value} for key, value in settings.items()]
        url = url or f"sqlite:///{self.path(name)}"
        self.house.operate("AddPhoneSystem", self.provider_id, name=name, kind=kind, url=url, setting=pairs)
        with contextlib.closing(open_connector(self.system(name), self.house.application.keys)) as connector:
            connector.prepare()

    def system(self, name: str = "phones") -> PhoneSystem:
        with self.house.application.database.reading() as db:
            return next(each for each in phone_systems(db, self.provider_id) if each.name == name)

    def add_numbers(self, count: int) -> list[str]:
        """DIDs of the house's company, free to assign."""
        first = next(self.numbers)
        added = [f"+1202555{first + place:04}" for place in range(count)]
        for _ in range(count - 1):
            next(self.numbers)
        self.house.call("AddDids", self.house.provider, number=added, companyId=self.house.company_id)
        return added

    def create_user(self, **wishes: Any) -> str:
        """A user of the house's company."""
        name = f"user{next(self.numbers)}"
        new = {"firstName": "Ann", "lastName": name, "email": f"{name}@site.example.com", **wishes}
        user_id: str = self.call("CreateUser", newUser=new)["user"]["userId"]
        return user_id

    def call(self, operation: str, user_id: str | None = None, **fields: Any) -> Plain:
        if user_id is not None:
            fields["userRef"] = {"userId": user_id}
        return self.house.call(operation, **fields)

    def relay(self, *, retry: Retry = SOON, lease: float = 30.0, threads: int = 4) -> Relay:
        application = self.house.application
        return Relay(
            application.database,
            [PhoneChannel(application, retry=retry, until_back=retry)],
            self.house.clock,
            threads=threads,
            lease=timedelta(seconds=lease),
        )

    @contextmanager
    def relaying(self, relay: Relay | None = None) -> Iterator[Relay]:
        """A relay at work as long as the block runs."""
        relay = relay or self.relay()
        thread = Thread(target=relay.run)
        thread.start()
        try:
            yield relay
        finally:
            relay.stop()
            thread.join(30)
            assert not thread.is_alive()

    def deliver(self) -> None:
        """Let a relay run until nothing is left to deliver."""
        with self.relaying():
            self.wait_for(lambda: not self.waiting())

    def recorded(self, kind: str = "number", name: str = "phones") -> dict[str, str]:
        """What the phone system knows: of numbers, SIP names or users, each with the user's identifier."""
        engine = create_engine(f"sqlite:///{self.path(name)}")
        with engine.connect() as connection:
            rows = connection.execute(
                text("SELECT name, user_id FROM recorded WHERE kind = :kind"), {"kind": kind}
            ).all()
        engine.dispose()
        return {row.name: row.user_id for row in rows}

    def outbox(self) -> list[OutboxRow]:
        with self.house.application.database.reading() as db:
            return list(
                db.scalars(select(OutboxRow).where(OutboxRow.topic == "PHONE").order_by(OutboxRow.id))
            )

    def waiting(self) -> int:
        with self.house.application.database.reading() as db:
            return (
                db.scalar(
                    select(func.count())
                    .select_from(OutboxRow)
                    .where(OutboxRow.topic == "PHONE", OutboxRow.state == "WAITING")
                )
                or 0
            )

    def agrees(self) -> bool:
        """Whether the phone systems hold what the database says, no more and no less."""
        with self.house.application.database.reading() as db:
            systems = phone_systems(db, self.provider_id)
        return not [each for system in systems for each in compare(self.house.application, system)]

    @staticmethod
    def wait_for(condition: Callable[[], Any], seconds: float = 30.0) -> None:
        until = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < until, "it did not come about in time"
            time.sleep(0.01)
