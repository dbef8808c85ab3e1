"""``provisioning phone-system``."""

from collections.abc import Iterable
from contextlib import closing

import click

from provisioning.cli.operate import Operator, Stopped, operating, provider_option
from provisioning.cli.show import show_table
from provisioning.delivery.connectors import open_connector
from provisioning.delivery.connectors.base import PhoneSystemError
from provisioning.delivery.reconciliation import compare, repair
from provisioning.phone_systems import PhoneSystem, PhoneSystemKind, phone_systems
from provisioning.reconciliations import Difference

_SHOWN = 50


@click.group()
def command() -> None:
    """Phone systems that serve a provider's users, and how they are reached."""


@command.command()
@click.argument("name")
@click.option("--kind", type=click.Choice([each.lower() for each in PhoneSystemKind]), required=True)
@click.option("--url", help="Its database, sqlite:/// or postgresql+psycopg://; asked for when left out.")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="A setting; may be repeated.")
@provider_option
def add(name: str, kind: str, url: str | None, settings: tuple[str, ...], provider_name: str | None) -> None:
    """Let a phone system serve a provider, and tell it of all users there are.

    Two tables of our own are made in its database, which say what there is ours. Nothing else there is touched.
    """
    url = url or click.prompt("Database URL", hide_input=True)
    pairs = _pairs(settings)
    with operating() as operator:
        provider_id = operator.provider(provider_name)
        operator.perform("AddPhoneSystem", provider_id, name=name, kind=kind.upper(), url=url, setting=pairs)
        system = _system(operator, provider_id, name)
        try:
            mended = _tell(operator, system)
        except BaseException as error:  # also when somebody has waited long enough for it
            operator.perform("RemovePhoneSystem", provider_id, name=name)
            if isinstance(error, PhoneSystemError):
                raise Stopped(f"{name} was not added: {error}") from None
            raise
    click.echo(f"{name} serves the provider; it will be told of {mended} users.")


@command.command()
@click.argument("name")
@click.option("--url", help="Its database from now on; asked for when neither it nor a setting is given.")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="A setting; the others stay.")
@provider_option
def change(name: str, url: str | None, settings: tuple[str, ...], provider_name: str | None) -> None:
    """Give a phone system another URL, as when a password changes, or other settings.

    The relay follows at once. What waits for the phone system goes on waiting; it is told besides of all users
    whom it has not as they are.
    """
    if url is None and not settings:
        url = click.prompt("Database URL", hide_input=True)
    pairs = _pairs(settings)
    with operating() as operator:
        provider_id = operator.provider(provider_name)
        operator.perform("UpdatePhoneSystem", provider_id, name=name, url=url, setting=pairs)
        try:
            mended = _tell(operator, _system(operator, provider_id, name))
        except PhoneSystemError as error:
            raise Stopped(f"{name} was changed, but cannot be used: {error}") from None
    click.echo(f"{name} was changed; it will be told of {mended} users.")


@command.command("list")
@provider_option
def list_(provider_name: str | None) -> None:
    """List a provider's phone systems, and how many users each has still to be told of."""
    with operating() as operator:
        systems = operator.perform("ListPhoneSystems", operator.provider(provider_name)).phone_system
    show_table(
        ("name", "kind", "enabled", "settings", "waiting", "failed"),
        [
            (
                each.name,
                each.kind,
                "yes" if each.enabled else "no",
                " ".join(f"{setting.name}={setting.value}" for setting in each.setting),
                each.waiting,
                each.failed,
            )
            for each in systems
        ],
    )


@command.command()
@click.argument("name")
@provider_option
def test(name: str, provider_name: str | None) -> None:
    """Say whether a phone system answers and has the tables it needs."""
    with operating() as operator:
        system = _system(operator, operator.provider(provider_name), name)
        with closing(open_connector(system, operator.application.keys)) as connector:
            try:
                connector.check()
            except PhoneSystemError as error:
                raise Stopped(f"{name}: {error}") from None
    click.echo(f"{name} answers.")


@command.command()
@click.argument("name")
@click.option("--repair", "mending", is_flag=True, help="Have the relay mend what differs.")
@provider_option
def reconcile(name: str, mending: bool, provider_name: str | None) -> None:
    """Compare a phone system with the database. Exit code 1 when they differ."""
    with operating() as operator:
        system = _system(operator, operator.provider(provider_name), name)
        try:
            found = _shown((repair if mending else compare)(operator.application, system))
        except PhoneSystemError as error:
            raise Stopped(f"{name}: {error}") from None
    if found and not mending:
        raise click.exceptions.Exit(1)


@command.command()
@click.argument("name")
@provider_option
def enable(name: str, provider_name: str | None) -> None:
    """Speak to a phone system again; it is told of all that has waited."""
    with operating() as operator:
        operator.perform("UpdatePhoneSystem", operator.provider(provider_name), name=name, enabled=True)


@command.command()
@click.argument("name")
@provider_option
def disable(name: str, provider_name: str | None) -> None:
    """Do not speak to a phone system for a while; what it has to be told waits."""
    with operating() as operator:
        operator.perform("UpdatePhoneSystem", operator.provider(provider_name), name=name, enabled=False)


@command.command()
@click.argument("name")
@provider_option
def remove(name: str, provider_name: str | None) -> None:
    """Let a phone system serve a provider no longer. What it knows it keeps."""
    with operating() as operator:
        operator.perform("RemovePhoneSystem", operator.provider(provider_name), name=name)


def _pairs(settings: Iterable[str]) -> list[dict[str, str]]:
    for each in settings:
        if "=" not in each:
            raise click.BadParameter(f"{each} has no value; write NAME=VALUE.")
    return [dict(zip(("name", "value"), each.split("=", 1), strict=True)) for each in settings]


def _tell(operator: Operator, system: PhoneSystem) -> int:
    """Have a phone system told of all users whom it has not as they are, if it can be used; how many."""
    with closing(open_connector(system, operator.application.keys)) as connector:
        connector.prepare()
        connector.check()
    return len({each.user_id for each in repair(operator.application, system)})


def _system(operator: Operator, provider_id: str, name: str) -> PhoneSystem:
    with operator.application.database.reading() as db:
        for each in phone_systems(db, provider_id):
            if each.name == name:
                db.expunge(each)
                return each
    raise Stopped(f"There is no phone system {name}.")


def _shown(differences: Iterable[Difference]) -> int:
    """Show the first differences and count them all."""
    first: list[tuple[str, ...]] = []
    found = 0
    for each in differences:
        found += 1
        if found <= _SHOWN:
            first.append((each.drift, each.table, each.name, " ".join(each.columns), each.user_id))
    if first:
        show_table(("drift", "table", "row", "columns", "user"), first)
    click.echo(f"{found} differences." if found else "No differences.")
    return found
