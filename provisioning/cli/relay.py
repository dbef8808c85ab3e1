"""``provisioning relay``."""

import click

from provisioning.cli.operate import operating
from provisioning.delivery.running import run_relay
from provisioning.logs import configure_logs
from provisioning.settings import read_settings


@click.command()
def command() -> None:
    """Tell phone systems what calls have changed, until stopped.

    Any number of relays may run, on any number of hosts; they share the work. `provisioning serve` runs one
    beside the server. SIGTERM stops it after what is being delivered.
    """
    settings = read_settings()
    configure_logs(settings.log_level)
    with operating(settings):
        pass  # the tables are those of this version
    run_relay(settings)
