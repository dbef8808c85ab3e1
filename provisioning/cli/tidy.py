"""``provisioning tidy``."""

from datetime import timedelta

import click
from sqlalchemy import delete

from provisioning import access, changes
from provisioning.application import Application
from provisioning.cli.operate import Operator, operating
from provisioning.cli.show import show_table
from provisioning.kernel.clock import utc_now
from provisioning.kernel.idempotency import RequestRow


@click.command()
def command() -> None:
    """End sign-ups that nobody paid, and forget what is kept only for a time.

    Run it once a day; twice, late, or on two machines at once does no harm. Nothing is judged by it: what
    has expired counts as expired before.
    """
    with operating() as operator:
        ended = sum(
            _end_sign_ups(operator, each.provider_id) for each in operator.perform("ListProviders").provider
        )
        forgotten = _forget(operator.application)
    show_table(("what", "how many"), [("sign-ups ended", ended), ("old changes forgotten", forgotten)])


def _end_sign_ups(operator: Operator, provider_id: str) -> int:
    ended = 0
    while True:
        result = operator.perform("EndSignUps", provider_id)
        ended += int(result.ended)
        if not result.more:
            return ended


def _forget(application: Application) -> int:
    """Answers kept for repeats, attempts to sign in and the far end of the change feed."""
    now = utc_now()
    with application.database.writing() as db:
        access.forget_old(db, now)
        retention = timedelta(days=application.settings.retention_days)
        db.execute(delete(RequestRow).where(RequestRow.at < now - retention))
        forgotten = changes.forget_old(db, application.settings, now)
        db.commit()
    return forgotten
