"""``provisioning daily``."""

import click
from rich.console import Console

from provisioning.cli.operate import Stopped, operating
from provisioning.cli.show import show_table
from provisioning.daily import run_steps
from provisioning.logs import configure_logs
from provisioning.settings import read_settings


@click.command()
def command() -> None:
    """Do now what is done once a day, and say what it was.

    Users are warned of their expiry and expire; reservations, unpaid sign-ups and the time in which users can be
    restored end; what is kept only for a time is forgotten. The relay does this by itself at the hour that
    PROVISIONING_DAILY_AT says. At any other time, twice, or on two machines at once does no harm. Exit code 1 when a
    step failed; the others were done.
    """
    settings = read_settings()
    configure_logs(settings.log_level)
    with operating(settings) as operator, Console(stderr=True).status("daily run") as shown:
        report = run_steps(
            operator.application.dispatcher, lambda step, count: shown.update(f"{step}: {count:,}")
        )
    show_table(("what", "how many"), report.counts.items())
    if report.failed:
        raise Stopped(f"These steps failed, as the log says: {', '.join(report.failed)}.")
