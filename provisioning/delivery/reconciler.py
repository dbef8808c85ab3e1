"""The reconciliations that callers have asked for, done step by step by whichever relay takes one."""

import os
import random
import secrets
import socket
from collections.abc import Callable
from datetime import timedelta
from threading import Event

import structlog
from sqlalchemy.exc import SQLAlchemyError

from provisioning import reconciliations
from provisioning.application import Application
from provisioning.delivery.channels import Undelivered
from provisioning.delivery.reconciliation import Compared, send_again, walk
from provisioning.delivery.retry import Retry
from provisioning.kernel.errors import Refusal
from provisioning.kernel.secrets import KeyRingError
from provisioning.persistence.engine import DatabaseBusy
from provisioning.phone_systems import PhoneSystem, phone_systems_by_id
from provisioning.reconciliations import Job, Step

log = structlog.get_logger("provisioning.delivery")

UNTIL_IT_ANSWERS = Retry(first=1, factor=3, longest=60, tries=5)
_LOOKS_EVERY = 1.0


class NotComparable(Undelivered):
    """There is nothing to compare with, and waiting would not change that."""


class Reconciler:
    """A companion of the relay. Each step is kept together with how far it came, and with what it has sent again."""

    name = "reconciler"

    def __init__(self, application: Application, *, retry: Retry = UNTIL_IT_ANSWERS) -> None:
        self._application = application
        self._lease = timedelta(seconds=application.settings.relay_lease)
        self._retry = retry
        self._worker = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"[:80]

    def turn(self, ended: Event) -> float:
        job = self._take()
        if job is None:
            return _LOOKS_EVERY
        try:
            self._work(job, ended)
        except (DatabaseBusy, SQLAlchemyError):
            raise  # our own database: the lease gives it to whoever comes first
        except Exception as error:  # noqa: BLE001 - kept with the reconciliation, and tried again
            self._put_off(job, error)
        return 0.0

    def _take(self) -> Job | None:
        now = self._application.dispatcher.clock()
        with self._application.database.reading() as db:
            if not reconciliations.is_any_due(db, now):
                return None
        with self._application.database.writing() as db:
            job = reconciliations.take(db, self._worker, now, self._lease)
            db.commit()
        return job

    def _work(self, job: Job, ended: Event) -> None:
        system = self._system(job)
        try:
            for compared in walk(self._application, system, job.after):
                if not self._keep(job, system, compared):
                    log.warning("another relay goes on", reconciliation=job.reconciliation_id)
                    return
                if ended.is_set():
                    self._let_go(job)
                    return
        except (KeyRingError, Refusal) as error:
            raise NotComparable(f"{system.name} is not configured as it should be") from error

    def _system(self, job: Job) -> PhoneSystem:
        with self._application.database.reading() as db:
            system = phone_systems_by_id(db, [job.phone_system_id]).get(job.phone_system_id)
            if system is None:
                raise NotComparable("it has been removed")
            if not system.enabled:
                raise NotComparable(f"{system.name} is disabled")
            db.expunge(system)
            return system

    def _keep(self, job: Job, system: PhoneSystem, compared: Compared) -> bool:
        to_mend = compared.to_mend if job.mends else frozenset()
        step = Step(
            checked=compared.users,
            last=compared.last,
            differences=compared.differences,
            repaired=len(to_mend),
        )
        with self._application.database.writing() as db:
            now = self._application.dispatcher.clock()
            if not reconciliations.keep(db, job, step, now, self._lease):
                return False
            send_again(self._application, db, system, to_mend, job.transaction_id)
            db.commit()
        if to_mend:
            self._application.database.announce()
        return True

    def _let_go(self, job: Job) -> None:
        with self._application.database.writing() as db:
            reconciliations.let_go(db, job, self._application.dispatcher.clock())
            db.commit()

    def _put_off(self, job: Job, error: Exception) -> None:
        said = str(error) if isinstance(error, Undelivered) else type(error).__name__
        with self._application.database.writing() as db:
            now = self._application.dispatcher.clock()
            reconciliations.put_off(db, job, now, said, self._waits_after(error))
            db.commit()
        log.warning("not compared", reconciliation=job.reconciliation_id, error=said)

    def _waits_after(self, error: Exception) -> Callable[[int], timedelta | None]:
        tries = 0 if isinstance(error, NotComparable) else self._retry.tries

        def wait(attempt: int) -> timedelta | None:
            return None if attempt >= tries else self._retry.wait(attempt, random.random())  # noqa: S311 - jitter

        return wait
