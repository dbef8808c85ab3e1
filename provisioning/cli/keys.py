"""``provisioning keys``."""

from pathlib import Path

import click

from provisioning import catalogue
from provisioning.application import compose
from provisioning.cli.operate import Stopped
from provisioning.cli.private_file import write_private
from provisioning.kernel.secrets import KeyRing
from provisioning.settings import PREFIX, Settings, read_settings


@click.group()
def command() -> None:
    """The keys that secrets are sealed under in the database. Without them the secrets are lost: back them up.

    To change the key: `keys new` adds one; restart the service everywhere, so that every process knows it;
    `keys rotate` puts it first and seals every secret under it; restart once more. The old key may be taken
    out of the file when the kept answers that it marks are gone too: after PROVISIONING_RETENTION_DAYS.
    """


@command.command()
def new() -> None:
    """Add a key to the key file, or make the file with a first key. It does not seal yet if it is not the first."""
    settings = read_settings()
    path = _file_of(settings)
    name = add_key(path)
    click.echo(f"Key {name} is in {path}.")


@command.command()
def rotate() -> None:
    """Put the newest key first and seal every secret under it again."""
    settings = read_settings()
    path = _file_of(settings)
    keys = _lines(path)
    if not keys:
        raise Stopped(f"There are no keys in {path}: `provisioning keys new` makes one.")
    newest = max(keys, key=_age)
    write_private(path, "".join(f"{each}\n" for each in (newest, *(each for each in keys if each != newest))))
    sealed = seal_again(settings)
    click.echo(f"Key {newest.partition(':')[0]} seals; {sealed} secrets were sealed under it again.")


def add_key(path: Path) -> str:
    """A further key at the end of the file: known at once, sealing only after a rotation. Its name."""
    keys = _lines(path)
    name = f"k{max(map(_age, keys), default=0) + 1}"
    write_private(path, "".join(f"{each}\n" for each in (*keys, KeyRing.new_key(name))))
    return name


def seal_again(settings: Settings) -> int:
    """Put every sealed secret of every room under the first key, in one transaction; how many were under another."""
    application = compose(settings)
    try:
        with application.database.writing() as db:
            count = sum(reseal(db, application.keys) for reseal in catalogue.RESEALS)
            db.commit()
            return count
    finally:
        application.database.engine.dispose()


def _file_of(settings: Settings) -> Path:
    if settings.keys:
        raise Stopped(
            f"The keys are in {PREFIX}KEYS, which no command can change: take them to a file first."
        )
    return settings.key_file


def _lines(path: Path) -> list[str]:
    return path.read_text("ascii").split() if path.exists() else []


def _age(key: str) -> int:
    """Keys are k1, k2 and so on; one that people named otherwise is older than all of them."""
    number = key.partition(":")[0].removeprefix("k")
    return int(number) if number.isascii() and number.isdigit() else 0
