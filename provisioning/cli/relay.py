"""``provisioning relay``."""

import time

import click
import structlog
from sqlalchemy.exc import OperationalError

from provisioning.cli.operate import operating
from provisioning.delivery.running import run_relay
from provisioning.logs import configure_logs
from provisioning.settings import Settings, read_settings

log = structlog.get_logger("provisioning.delivery")

_LOOKS_EVERY = 1.0


@click.command()
def command() -> None:
    """Do what calls have left to do, until stopped: tell phone systems, send e-mails, post webhooks, compare
    phone systems, and at its hour the daily run.

    Any number of relays may run, on any number of hosts; they share the work. `provisioning serve` runs one
    beside the server. A database server that does not answer is waited for. SIGTERM stops it after what is being
    delivered.
    """
    settings = read_settings()
    configure_logs(settings.log_level)
    _wait_for_tables(settings)
    run_relay(settings)


def _wait_for_tables(settings: Settings) -> None:
    """The tables have to be those of this version, as soon as there is somebody to say so."""
    said = ""
    while True:
        try:
            with operating(settings):
                return
        except OperationalError as error:
            if settings.database.startswith("sqlite"):  # a file does not come back by itself
                raise
            why = str(error.orig).strip()
        if why != said:
            log.warning("the database does not answer", error=why)
            said = why
        time.sleep(_LOOKS_EVERY)
