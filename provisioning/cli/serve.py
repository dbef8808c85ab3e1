"""``provisioning serve``."""

import sys
from contextlib import nullcontext

import click

from provisioning.cli.demo import prepare, show
from provisioning.delivery.running import relay_beside
from provisioning.persistence.migrate import migrate
from provisioning.settings import read_settings
from provisioning.wire.server import serve


@click.command()
@click.option(
    "--migrate", "migrating", is_flag=True, help="Bring the database to this version's tables first."
)
@click.option("--demo", is_flag=True, help="Prepare a demo first: keys, database, tenants, clients.")
@click.option(
    "--no-relay", is_flag=True, help="Without a relay beside it: `provisioning relay` runs elsewhere."
)
def command(migrating: bool, demo: bool, no_relay: bool) -> None:
    """Serve SOAP 1.1, SOAP 1.2 and XML-RPC under gunicorn until stopped.

    /soap and /soap?wsdl, /xmlrpc, /healthz (the process lives), /readyz (the database answers and has this
    version's tables), /metrics, /pin/... (where users choose a PIN). SIGTERM stops it after the running requests;
    SIGHUP starts fresh workers. A relay runs beside the server and does what calls have left to do.
    """
    settings = read_settings()
    if demo:
        show(prepare(settings))
    elif migrating:
        settings.var.mkdir(parents=True, exist_ok=True, mode=0o700)
        migrate(settings.database)
    sys.stdout.flush()
    with nullcontext() if no_relay else relay_beside(settings):
        serve(settings)
