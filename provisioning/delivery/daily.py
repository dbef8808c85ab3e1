"""The daily run, done by one of the relays."""

import os
import secrets
import socket
from datetime import time, timedelta
from threading import Event

import structlog

from provisioning.application import Application
from provisioning.daily import Claim, due_day, is_open, run_steps, take

log = structlog.get_logger("provisioning.delivery")

_LOOKS_EVERY = 30.0
_AFTER_A_FAILURE = timedelta(minutes=10)


class DailyCompanion:
    """Does the run of the day, once its hour has come, unless another relay does it or has done it."""

    name = "daily"

    def __init__(self, application: Application, at: time) -> None:
        self._application = application
        self._at = at
        self._lease = timedelta(seconds=application.settings.relay_lease)
        self._holder = f"{socket.gethostname()[:50]}:{os.getpid()}:{secrets.token_hex(4)}"

    def turn(self, ended: Event) -> float:
        """Look whether the run is to be done, and do it; it stops between two batches."""
        clock, database = self._application.dispatcher.clock, self._application.database
        day = due_day(clock(), self._at, self._application.settings.zone)
        with database.reading() as db:
            open_ = is_open(db, day, clock())
        claim = take(database, clock, day, self._holder, self._lease) if open_ else None
        if claim is not None:
            self._run(claim, ended)
        return _LOOKS_EVERY

    def _run(self, claim: Claim, ended: Event) -> None:
        log.info("daily run", day=claim.day.isoformat())
        report = run_steps(self._application.dispatcher, goes_on=lambda: not ended.is_set() and claim.hold())
        if report.stopped:
            claim.give_up()
        elif report.failed:
            claim.give_up(_AFTER_A_FAILURE)
        else:
            claim.finish(report.counts)
        log.info("daily run ended", day=claim.day.isoformat(), failed=report.failed, **report.counts)
