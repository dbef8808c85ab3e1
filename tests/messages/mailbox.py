"""Users who get letters, and the letters as they would be sent."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from provisioning.kernel.caller import operator
from provisioning.messages import ComposedLetter, Delivery, compose_letter
from tests.house import House, Plain

SMITH = {"firstName": "John", "lastName": "Smith", "email": "john.smith@example.com"}


@dataclass
class Mailbox:
    """The company's letters."""

    house: House

    def create(self, **more: Any) -> Plain:
        """A user of the company."""
        user: Plain = self.house.call("CreateUser", newUser=SMITH | more)["user"]
        return user

    def letters(self) -> list[ComposedLetter]:
        """All letters that were kept, as they would be sent now, in the order of their making."""
        application = self.house.application
        with application.database.reading() as db:
            unit = application.dispatcher.unit_for(db, operator())
            ids = db.scalars(select(Delivery.id).order_by(Delivery.created_at, Delivery.id)).all()
            return [compose_letter(unit, each) for each in ids]
