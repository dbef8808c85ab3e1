"""How a command calls operations: as the operator, through the one dispatcher."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import click

from provisioning import catalogue
from provisioning.application import Application, compose
from provisioning.kernel.caller import operator
from provisioning.kernel.plain import read_plain
from provisioning.persistence.migrate import is_current
from provisioning.settings import Settings, read_settings

PAGE = 1000


class Stopped(click.ClickException):
    """A command cannot go on: one line on stderr and exit code 1, no trace."""


class WrongUse(Stopped):
    """A setting or an argument is wrong: exit code 2."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Operator:
    """The person at the command line."""

    application: Application

    def perform(self, name: str, provider_id: str = "", /, **fields: Any) -> Any:
        """The result of an operation. Fields have their names on the wire; None stands for absent."""
        operation = next(each for each in (*catalogue.OPERATOR, *catalogue.PUBLISHED) if each.name == name)
        request = read_plain(operation.request, fields)
        return self.application.dispatcher.perform(operation, request, operator(provider_id))

    def every(self, name: str, item: str, provider_id: str = "", /, **fields: Any) -> Iterator[Any]:
        """All items of a list, page by page."""
        cursor = None
        while True:
            page = self.perform(name, provider_id, cursor=cursor, pageSize=PAGE, **fields)
            yield from getattr(page, item)
            cursor = page.next_cursor
            if cursor is None:
                return

    def provider(self, name: str | None) -> str:
        """The identifier of the provider of that name, or of the only one there is."""
        providers = self.perform("ListProviders").provider
        found: list[str] = [each.provider_id for each in providers if name in (None, each.name)]
        if len(found) == 1:
            return found[0]
        if found:
            raise Stopped("There are several providers: say which by --provider.")
        raise Stopped(f"There is no provider {name}." if name else "There is no provider yet.")

    def company(self, provider_id: str, code: str) -> str:
        """The identifier of the provider's company of that code."""
        for each in self.every("ListCompanies", "company", provider_id, text=code):
            if each.code == code:
                company_id: str = each.company_id
                return company_id
        raise Stopped(f"The provider has no company {code}.")

    def client(self, name: str) -> str:
        """The identifier of the client of that name, whoever's it is."""
        for each in self.every("ListClients", "client"):
            if each.name == name:
                client_id: str = each.client_id
                return client_id
        raise Stopped(f"There is no client {name}.")


@contextmanager
def operating(settings: Settings | None = None) -> Iterator[Operator]:
    """The operator, with a database that has this version's tables."""
    application = compose(settings or read_settings())
    engine = application.database.engine
    try:
        if not is_current(engine):
            raise Stopped("The database has not the tables of this version: run `provisioning migrate`.")
        yield Operator(application)
    finally:
        engine.dispose()


provider_option = click.option(
    "--provider", "provider_name", help="Its name; needed where there are several."
)
