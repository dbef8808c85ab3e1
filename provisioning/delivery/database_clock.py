"""The one clock of all relays: leases are judged by it, and the clocks of hosts differ."""

import time
from datetime import datetime, timedelta
from threading import Event

import structlog
from sqlalchemy import func, select

from provisioning.kernel.clock import Clock, cut_to_milliseconds, utc_now
from provisioning.persistence.engine import Database

log = structlog.get_logger("provisioning.delivery")

_ASKS_EVERY = 10.0
_WORTH_SAYING = timedelta(seconds=5)


class DatabaseClock:
    """The database server's time, which it is asked for now and then; in between seconds are counted here.

    As long as it has not answered, the clock of this host serves.
    """

    name = "clock"

    def __init__(self, database: Database, own: Clock = utc_now) -> None:
        self._database = database
        self._own = own
        self._known: tuple[datetime, float] | None = None
        self._differed = False

    def __call__(self) -> datetime:
        if self._known is None:
            return self._own()
        then, at = self._known
        return cut_to_milliseconds(then + timedelta(seconds=time.monotonic() - at))

    def turn(self, ended: Event) -> float:  # noqa: ARG002 - it is done in a moment
        """Ask the database."""
        with self._database.reading() as db:
            now: datetime = db.execute(select(func.clock_timestamp())).scalar_one()
        self._known = now, time.monotonic()
        ahead = self._own() - now
        differs = abs(ahead) > _WORTH_SAYING
        if differs and not self._differed:
            log.warning("this host's clock is not the database's", ahead_seconds=round(ahead.total_seconds()))
        self._differed = differs
        return _ASKS_EVERY
