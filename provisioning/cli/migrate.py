"""``provisioning migrate``."""

import click

from provisioning.cli.operate import Stopped
from provisioning.persistence.engine import open_database
from provisioning.persistence.migrate import draft, is_current, migrate
from provisioning.settings import read_settings


@click.command()
@click.option(
    "--check", is_flag=True, help="Change nothing; exit code 1 unless the tables are this version's."
)
@click.option(
    "--draft", "name", help="For developers: write a revision for what the models say beyond the tables."
)
def command(check: bool, name: str | None) -> None:
    """Bring the database to the tables of this version.

    Safe at any time and from several places at once: one migrates, the others wait for it. A migration is
    one transaction: it is done whole or not at all.
    """
    settings = read_settings()
    if name:
        for path in draft(settings.database, name):
            click.echo(f"Read and mend {path}")
        return
    if check:
        _check(settings.database)
        return
    settings.var.mkdir(parents=True, exist_ok=True, mode=0o700)
    changed = migrate(settings.database)
    click.echo("The database was migrated." if changed else "The database was up to date already.")


def _check(database_url: str) -> None:
    engine = open_database(database_url).engine
    try:
        if not is_current(engine):
            raise Stopped("The database has not the tables of this version.")
    finally:
        engine.dispose()
    click.echo("The database is up to date.")
