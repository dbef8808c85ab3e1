"""``provisioning provider``."""

import click

from provisioning.cli.operate import operating
from provisioning.cli.show import show_table


@click.group()
def command() -> None:
    """Providers: who owns companies, numbers and service packages."""


@command.command()
@click.argument("name")
@click.option("--resting-days", type=int, help="Days that freed numbers rest; 0 by default.")
def create(name: str, resting_days: int | None) -> None:
    """Create a provider and its public service."""
    with operating() as operator:
        made = operator.perform("CreateProvider", name=name, restingDays=resting_days).provider
    show_table(
        ("provider", "name", "public service"), [(made.provider_id, made.name, made.public_company_id)]
    )


@command.command("list")
def list_() -> None:
    """List the providers of this installation."""
    with operating() as operator:
        providers = operator.perform("ListProviders").provider
    show_table(
        ("provider", "name", "resting days", "public service"),
        [(each.provider_id, each.name, each.resting_days, each.public_company_id) for each in providers],
    )
