"""A live service, a real Kamailio that serves its provider, and phones."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import make_url

from tests.clients.journey import Plain
from tests.delivery.live.kamailio import Kamailio
from tests.delivery.live.service import LiveService, live_service
from tests.delivery.live.sip import Phone
from tests.postgres import PostgresServer

NAME = "kamailio"
REGISTRATION = {"purpose": "REGISTRATION"}


@dataclass
class Exchange:
    """``database_stopped`` keeps everybody but Kamailio's readers from Kamailio's database for a while."""

    service: LiveService
    kamailio: Kamailio
    database_stopped: Callable[[], AbstractContextManager[None]]
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(10**6)))

    @property
    def domain(self) -> str:
        return self.kamailio.arrangement.domain

    def new_user(self, **wishes: object) -> Plain:
        name = f"user{next(self.numbers)}"
        return {"firstName": "Ann", "lastName": name, "email": f"{name}@live.example.com", **wishes}

    def new_phone(self, **wishes: object) -> tuple[str, Phone]:
        """A user who is created with a SIP account, and its phone."""
        wishes = {"newSipAccount": [REGISTRATION], **wishes}
        made = self.service.call("CreateUser", newUser=self.new_user(**wishes))
        assert made["outcome"]["provisioning"] == "PENDING"
        self.settle()
        (account,) = made["generatedSipSecret"]
        return made["user"]["userId"], self.kamailio.phone(account["userName"], account["secret"])

    def add_numbers(self, count: int, company_id: str | None = None) -> list[str]:
        """DIDs of a company, free to assign."""
        added = [f"+1202555{next(self.numbers):04}" for _ in range(count)]
        company_id = company_id or self.service.company_id
        self.service.as_provider("AddDids", number=added, companyId=company_id)
        return added

    def settle(self) -> None:
        self.service.settle()

    def agrees(self) -> bool:
        return self.service.agrees(NAME)


@contextmanager
def new_exchange(
    folder: Path,
    database_url: str,
    kamailio: Kamailio,
    database_stopped: Callable[[], AbstractContextManager[None]],
) -> Iterator[Exchange]:
    with live_service(folder / "var", database_url) as service:
        service.add_phone_system(NAME, "kamailio", kamailio.url, kamailio.settings)
        service.call("SetCompanyOptionDefaults", sipDomain=kamailio.arrangement.domain)
        yield Exchange(service, kamailio, database_stopped)


@contextmanager
def locked(url: str) -> Iterator[None]:
    """A SQLite database in which nobody else can write as long as the block runs."""
    path = make_url(url).database
    assert path is not None
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield


@contextmanager
def stopped(server: PostgresServer) -> Iterator[None]:
    """A PostgreSQL server that is not there as long as the block runs."""
    server.stop()
    try:
        yield
    finally:
        server.start()
