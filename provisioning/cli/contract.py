"""``provisioning contract``."""

from pathlib import Path

import click

from provisioning import catalogue
from provisioning.cli.operate import Stopped
from provisioning.wire.published import compare_published, write_published

folder = click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="Where wsdl/ and schemas/ are; here by default.",
)


@click.group()
def command() -> None:
    """The published contract: the files of wsdl/ and schemas/, rendered from the operations."""


@command.command()
@folder
def render(folder: Path) -> None:
    """Write the files of the contract; those that are right already stay untouched."""
    for path in write_published(catalogue.PUBLISHED, folder):
        click.echo(f"Wrote {path}")


@command.command()
@folder
def check(folder: Path) -> None:
    """Compare the files with the operations; exit code 1 on any difference, and which version to raise."""
    comparison = compare_published(catalogue.PUBLISHED, folder)
    if comparison.files:
        raise Stopped(str(comparison))
    click.echo(str(comparison))
