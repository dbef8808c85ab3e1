"""Users who get letters, and the letters as they would be sent."""

import itertools
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, select, update

from provisioning.kernel.caller import operator
from provisioning.kernel.outbox import OutboxRow, OutboxState
from provisioning.messages import ComposedLetter, Delivery, compose_letter, note_sent
from tests.house import House, Plain


@dataclass
class Mailbox:
    """ACME's users and their letters."""

    house: House
    serial: "itertools.count[int]" = field(default_factory=itertools.count)

    def user(self, **more: Any) -> Plain:
        """A user of the company."""
        new = {"firstName": "John", "lastName": "Smith", "email": f"john{next(self.serial)}@example.com"}
        user: Plain = self.house.call("CreateUser", newUser=new | more)["user"]
        return user

    def pending(self, **more: Any) -> Plain:
        new = {"firstName": "Ann", "lastName": "Lee", "email": f"ann{next(self.serial)}@example.com"}
        user: Plain = self.house.call("StartSignUp", newUser=new | more)["user"]
        return user

    def ids(self) -> list[str]:
        """All deliveries, in the order of their making."""
        with self.house.application.database.reading() as db:
            return list(db.scalars(select(Delivery.id).order_by(Delivery.created_at, Delivery.id)))

    def letters(self) -> list[ComposedLetter]:
        """All letters that were kept, as they would be sent now."""
        application = self.house.application
        with application.database.reading() as db:
            unit = application.dispatcher.unit_for(db, operator())
            return [compose_letter(unit, each) for each in self.ids()]

    def letter(self) -> ComposedLetter:
        """The only letter there is."""
        (letter,) = self.letters()
        return letter

    def send(self) -> None:
        """Say of all letters that they were sent, as the relay does."""
        with self.house.application.database.writing() as db:
            note_sent(db, self.ids(), self.house.clock())
            db.execute(delete(OutboxRow).where(OutboxRow.object_id.is_not(None)))
            db.commit()

    def fail(self, error: str) -> None:
        """Say of all letters that they were given up, as the relay does."""
        with self.house.application.database.writing() as db:
            given_up = {"state": OutboxState.FAILED, "attempts": 5, "last_error": error}
            db.execute(update(OutboxRow).where(OutboxRow.object_id.is_not(None)).values(**given_up))
            db.commit()


def ref(user: Plain) -> Plain:
    return {"userId": user["userId"]}
