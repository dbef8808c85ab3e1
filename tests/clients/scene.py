"""Where error codes are provoked: a whole service, one front end of it, and a company with a client."""

from __future__ import annotations

import copy
import dataclasses
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from provisioning.kernel.caller import Right
from provisioning.kernel.credentials import NameAndSecret
from provisioning.kernel.dispatch import Dispatcher
from provisioning.persistence.engine import open_database
from tests.clients.wires import Plain, Told, Wire
from tests.house import House

_numbers = itertools.count(1000)


def unused() -> int:
    """A number that nothing else has."""
    return next(_numbers)


@dataclass(frozen=True)
class Stage:
    """The service as production composes it, one of its front ends, and a house that prepares without signing in."""

    dispatcher: Dispatcher
    front: Wire
    house: House


def person(**more: Any) -> Plain:
    email = f"user{unused()}@example.com"
    return {"firstName": "John", "lastName": "Smith", "email": email, **more}


class Scene:
    """A company of its own with a client of all rights, in front of the wire under test."""

    def __init__(self, stage: Stage, kind: str = "PRIVATE") -> None:
        self.stage, self.house, self._front = stage, stage.house, stage.front
        self.company_id = self.house.new_company(self.house.provider, f"C{unused()}", kind)
        self.client_id, self.token = self.client()

    def client(self, *rights: Right, **more: Any) -> tuple[str, NameAndSecret]:
        new = {"name": f"client-{unused()}", "companyId": self.company_id, **more}
        made = self.make("CreateClient", newClient={**new, "right": list(rights or Right)})
        return made["client"]["clientId"], NameAndSecret(new["name"], made["secret"])

    def make(self, name: str, **fields: Any) -> Plain:
        """Prepare something, as the provider."""
        return self.house.call(name, self.house.provider, **fields)

    def user(self, **more: Any) -> Plain:
        made = self.make("CreateUser", companyId=self.company_id, newUser=person(**more))
        return {"userId": made["user"]["userId"]}

    def call(self, name: str, /, token: NameAndSecret | None = None, **fields: Any) -> Told | None:
        return self._front.call(name, fields, token or self.token)

    def behind(self, **parts: Any) -> Scene:
        """The scene in front of a dispatcher with other parts."""
        other = copy.copy(self)
        other._front = type(self._front)(dataclasses.replace(self.stage.dispatcher, **parts))
        return other

    @contextmanager
    def elsewhere(self, key: str | None = None) -> Iterator[Session]:
        """A write in progress on the same database, as another process has it open."""
        database = open_database(self.stage.dispatcher.settings.database)
        try:
            with database.writing(key) as db:
                yield db
        finally:
            database.engine.dispose()
