"""``provisioning settings``."""

import os
from dataclasses import fields

import click

from provisioning.settings import PREFIX, Settings, read_settings


@click.command()
def command() -> None:
    """List every setting: its variable, the value in force, what it is for. Secrets are not shown."""
    settings = read_settings()
    for each in fields(Settings):
        variable = f"{PREFIX}{each.name.upper()}"
        origin = "" if os.environ.get(variable) else " (default)"
        click.echo(
            f"{variable}={_in_force(settings, each.name, secret=each.metadata.get('secret', False))}{origin}"
        )
        click.echo(f"    {each.metadata['doc']}")


def _in_force(settings: Settings, name: str, *, secret: bool) -> str:
    value = getattr(settings, name)
    if secret and value:
        return "********"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ",".join(value)
    return str(value or _derived(settings).get(name, ""))


def _derived(settings: Settings) -> dict[str, object]:
    """What stands in for settings that follow from others."""
    return {
        "database_url": settings.database,
        "public_url": settings.address,
        "keys_file": settings.key_file,
        "mail_from": settings.mail_sender,
    }
