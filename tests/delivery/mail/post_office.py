"""A service whose letters are carried out by relays, as a test wants them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Thread
from typing import Any

from sqlalchemy import select

from provisioning.delivery.mail import MailChannel
from provisioning.delivery.relay import Relay
from provisioning.delivery.retry import Retry
from provisioning.kernel.outbox import OutboxRow
from provisioning.messages import Delivery
from tests.delivery.site import Site
from tests.house import House, Plain

SOON = Retry(first=0.02, longest=0.2, tries=3)


@dataclass
class PostOffice:
    """Letters of the house's company."""

    house: House
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(10**6)))

    def create_user(self, **wishes: Any) -> Plain:
        """A user, who is sent the access codes."""
        number = next(self.numbers)
        new = {"firstName": "Zoë", "lastName": f"Lee {number}", "email": f"zoe{number}@lee.example.com"}
        answer: Plain = self.house.call("CreateUser", newUser={**new, "notify": True, **wishes})
        user: Plain = answer["user"]
        return user

    def channel(self, retry: Retry = SOON) -> MailChannel:
        return MailChannel(self.house.application, retry=retry, until_back=SOON)

    def relay(self, *, retry: Retry = SOON, lease: float = 60.0, threads: int = 4) -> Relay:
        return Relay(
            self.house.application.database,
            [self.channel(retry)],
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
        """Let a relay run until no letter waits."""
        with self.relaying():
            Site.wait_for(lambda: not self.waiting())

    def outbox(self) -> list[OutboxRow]:
        with self.house.application.database.reading() as db:
            return list(db.scalars(select(OutboxRow).where(OutboxRow.topic == "MAIL").order_by(OutboxRow.id)))

    def waiting(self) -> list[OutboxRow]:
        return [row for row in self.outbox() if row.state == "WAITING"]

    def deliveries(self) -> list[Delivery]:
        with self.house.application.database.reading() as db:
            return list(db.scalars(select(Delivery).order_by(Delivery.id)))

    def sent(self) -> set[str]:
        """The Message-IDs of what is known to be sent."""
        host = "phones.example.com"
        return {f"<{each.id}@{host}>" for each in self.deliveries() if each.sent_at is not None}
