"""``provisioning company``."""

from typing import Any

import click

from provisioning.cli.operate import operating, provider_option
from provisioning.cli.show import show_table

_COLUMNS = ("company", "kind", "code", "name", "state", "extensions")


@click.group()
def command() -> None:
    """Companies of a provider: PRIVATE ones with employees, PUBLIC ones with independent subscribers."""


@command.command()
@click.argument("code")
@click.argument("name")
@provider_option
@click.option("--kind", type=click.Choice(["PRIVATE", "PUBLIC"]), default="PRIVATE", show_default=True)
@click.option("--external-id", help="The provider's own key for it.")
@click.option("--language", type=click.Choice(["en", "fr"]), help="Language of its messages; en by default.")
@click.option("--digits", type=int, help="Digits of its user numbers, 4 to 8; 4 by default.")
def create(
    code: str,
    name: str,
    provider_name: str | None,
    kind: str,
    external_id: str | None,
    language: str | None,
    digits: int | None,
) -> None:
    """Create a company with a short CODE and the NAME that people read."""
    new = {
        "kind": kind,
        "code": code,
        "name": name,
        "externalId": external_id,
        "language": language,
        "userNumberDigits": digits,
    }
    with operating() as operator:
        made = operator.perform("CreateCompany", operator.provider(provider_name), newCompany=new)
    show_table(_COLUMNS, [_row(made.company)])


@command.command("list")
@provider_option
def list_(provider_name: str | None) -> None:
    """List the companies of a provider."""
    with operating() as operator:
        companies = operator.every("ListCompanies", "company", operator.provider(provider_name))
        show_table(_COLUMNS, map(_row, companies))


def _row(company: Any) -> tuple[Any, ...]:
    extensions = f"{company.extension_first} to {company.extension_last}" if company.extension_first else None
    return company.company_id, company.kind, company.code, company.name, company.state, extensions
