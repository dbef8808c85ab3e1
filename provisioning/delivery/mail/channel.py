"""The channel to users' mailboxes."""

import time
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from threading import Lock

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from provisioning import messages
from provisioning.application import Application
from provisioning.delivery.breaker import Breaker
from provisioning.delivery.channels import Job, NotNow
from provisioning.delivery.mail.connection import Connections
from provisioning.delivery.mail.envelope import write_mail
from provisioning.delivery.mail.files import MailFolder
from provisioning.delivery.mail.mailer import Mail, Mailer, Unusable
from provisioning.delivery.mail.smtp import SmtpServer
from provisioning.delivery.queue import Task
from provisioning.delivery.retry import Retry
from provisioning.kernel.caller import operator
from provisioning.kernel.outbox import Topic
from provisioning.settings import Settings

log = structlog.get_logger("provisioning.delivery")

RETRY = Retry(first=30, factor=3, longest=3600, tries=12)
UNTIL_BACK = Retry(first=1, longest=50)
_MAILER = ""  # the only target of this channel, and that of its rows


class MailChannel:
    """Sends letters, each once; a repeat after a broken connection has the Message-ID of the first.

    A mail that is begun in the first half of its task's lease has to be through before the lease ends: a relay
    that is slow does not overlap with one that takes over.
    """

    topic = Topic.MAIL
    takes_lanes_whole = False

    def __init__(
        self,
        application: Application,
        *,
        retry: Retry = RETRY,
        until_back: Retry = UNTIL_BACK,
    ) -> None:
        self.retry = retry
        self._application = application
        self._mailer = open_mailer(application.settings)
        self._lease = float(application.settings.relay_lease)
        self._breaker = Breaker(until_back)
        self._trouble: str | None = None
        self._lock = Lock()

    def closed(self, db: Session) -> Collection[str]:  # noqa: ARG002 - nothing of it is in the database
        self._mailer.close_idle()
        return self._breaker.closed()

    def to_try(self, db: Session) -> Collection[str]:  # noqa: ARG002 - as above
        return self._breaker.to_try()

    def prepare(self, tasks: Sequence[Task]) -> list[Job]:
        taken_at = time.monotonic()
        with self._application.database.reading() as db:
            mails = self._write(db, [task.object_id or "" for task in tasks])
        if any(mails):
            self._breaker.started(_MAILER)
        return [self._job(mail, taken_at) for mail in mails]

    def delivered(self, db: Session, tasks: Sequence[Task]) -> None:
        sent = [task.object_id for task in tasks if task.object_id is not None]
        messages.note_sent(db, sent, self._application.dispatcher.clock())

    def close(self) -> None:
        self._mailer.close()

    def _write(self, db: Session, delivery_ids: Sequence[str]) -> list[Mail | None]:
        """The mails of these deliveries; None for one that is gone."""
        unit = self._application.dispatcher.unit_for(db, operator())
        sender = self._application.settings.mail_sender
        dates = _dates(db, delivery_ids)
        return [
            write_mail(messages.compose_letter(unit, each), sender, dates[each]) if each in dates else None
            for each in delivery_ids
        ]

    def _job(self, mail: Mail | None, taken_at: float) -> Job:
        """What was to be sent and has been deleted meanwhile is done with."""
        if mail is None:
            return lambda: None
        return lambda: self._send(mail, taken_at)

    def _send(self, mail: Mail, taken_at: float) -> None:
        if time.monotonic() > taken_at + self._lease / 2:
            self._breaker.left(_MAILER)
            raise NotNow("the relay has too much to do", timedelta(0))
        self._pass_by()
        try:
            self._mailer.send(mail, taken_at + self._lease * 0.9)
        except Unusable as error:
            raise self._stopped(str(error)) from error
        except Exception:
            self._goes_on()
            raise
        self._goes_on()

    def _pass_by(self) -> None:
        try:
            self._breaker.pass_by(_MAILER)
        except NotNow as closed:
            raise NotNow(self._trouble or str(closed), closed.wait) from None

    def _stopped(self, why: str) -> NotNow:
        """Nothing can be mailed. That is said once: all letters that wait have the same trouble."""
        with self._lock:
            is_new, self._trouble = why != self._trouble, why
        wait = self._breaker.failed(_MAILER)
        if is_new:
            log.error("no mail can be sent", error=why)
        return NotNow(why, wait)

    def _goes_on(self) -> None:
        if self._breaker.answered(_MAILER):
            with self._lock:
                self._trouble = None
            log.info("mail is sent again")


def open_mailer(settings: Settings) -> Mailer:
    """The SMTP server of the settings; without one, files."""
    if settings.mail_server is None:
        return MailFolder(settings.var / "mail")
    return SmtpServer(Connections(settings, settings.mail_server))


def _dates(db: Session, delivery_ids: Sequence[str]) -> dict[str, datetime]:
    rows = db.execute(
        select(messages.Delivery.id, messages.Delivery.created_at).where(
            messages.Delivery.id.in_(delivery_ids)
        )
    )
    return {row.id: row.created_at for row in rows}
