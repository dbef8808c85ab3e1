"""``provisioning client``."""

from datetime import datetime
from typing import Any

import click

from provisioning.cli.operate import operating, provider_option
from provisioning.cli.show import show_table
from provisioning.kernel.caller import Right

_ALL = "ALL"
_COLUMNS = ("client", "name", "scope", "company", "mode", "rights", "networks", "expires", "revoked")


@click.group()
def command() -> None:
    """Clients: the accounts that programs call with, each with a name and a secret."""


@command.command()
@click.argument("name")
@provider_option
@click.option("--company", "company_code", help="Code of its company; without, it sees the whole provider.")
@click.option(
    "--right",
    "rights",
    multiple=True,
    type=click.Choice([_ALL, *Right]),
    help="What it may do; several times, or ALL. WRITE includes READ.",
)
@click.option(
    "--network", "networks", multiple=True, help="From where it may call, as 192.0.2.0/24; several times."
)
@click.option("--expires", type=click.DateTime(), help="From when on it is refused, UTC.")
@click.option("--rate", type=int, help="Most requests in a minute.")
@click.option(
    "--test", is_flag=True, help="Its writes are checked and computed, and nothing of them is kept."
)
def create(
    name: str,
    provider_name: str | None,
    company_code: str | None,
    rights: tuple[str, ...],
    networks: tuple[str, ...],
    expires: datetime | None,
    rate: int | None,
    test: bool,
) -> None:
    """Create a client. Its secret is shown this once."""
    with operating() as operator:
        provider_id = operator.provider(provider_name)
        new = {
            "name": name,
            "companyId": operator.company(provider_id, company_code) if company_code else None,
            "right": list(Right) if _ALL in rights else rights,
            "network": networks,
            "expiresAt": expires and f"{expires.isoformat()}Z",
            "requestsPerMinute": rate,
            "mode": "TEST" if test else "LIVE",
        }
        made = operator.perform("CreateClient", provider_id, newClient=new)
    _show_secret(made)


@command.command("list")
@provider_option
@click.option("--company", "company_code", help="Only clients of the company with this code.")
@click.option("--revoked", is_flag=True, help="Revoked ones as well.")
def list_(provider_name: str | None, company_code: str | None, revoked: bool) -> None:
    """List the clients of a provider and of its companies, never their secrets."""
    with operating() as operator:
        provider_id = operator.provider(provider_name)
        company_id = operator.company(provider_id, company_code) if company_code else None
        clients = operator.every(
            "ListClients", "client", provider_id, companyId=company_id, withRevoked=revoked or None
        )
        show_table(_COLUMNS, map(_row, clients))


@command.command()
@click.argument("name")
@click.option(
    "--overlap", type=int, help="Minutes that the present secret is taken beside the new one; 0 by default."
)
def rotate(name: str, overlap: int | None) -> None:
    """Give a client a new secret, shown this once."""
    with operating() as operator:
        client_id = operator.client(name)
        _show_secret(operator.perform("RotateClientSecret", clientId=client_id, overlapMinutes=overlap))


@command.command()
@click.argument("name")
def revoke(name: str) -> None:
    """Refuse a client from now on, for good."""
    with operating() as operator:
        operator.perform("RevokeClient", clientId=operator.client(name))
    click.echo(f"Client {name} is revoked.")


def _show_secret(result: Any) -> None:
    show_table(("client", "name", "secret"), [(result.client.client_id, result.client.name, result.secret)])


def _row(client: Any) -> tuple[Any, ...]:
    rights = _ALL if len(client.right) == len(Right) else " ".join(client.right)
    return (
        client.client_id,
        client.name,
        client.scope,
        client.company_id,
        client.mode,
        rights,
        " ".join(client.network),
        client.expires_at and client.expires_at.isoformat(),
        client.revoked_at and client.revoked_at.isoformat(),
    )
