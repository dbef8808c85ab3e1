"""One subscription in the hands of a pump: change after change is posted, and how far that has come is kept."""

import random
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from threading import Event
from typing import Any

import structlog

from provisioning.application import Application
from provisioning.changes import Change, Place, read_on
from provisioning.delivery.retry import Retry
from provisioning.delivery.webhooks.receiver import Answer, Receiver, Unanswered
from provisioning.delivery.webhooks.signing import body_of, message_id, signed_headers
from provisioning.kernel.caller import operator
from provisioning.subscriptions import (
    DisabledReason,
    DisableSubscriptionRequest,
    Lease,
    Subscription,
    disable_subscription,
    placed,
)

log = structlog.get_logger("provisioning.webhooks")

USER_AGENT = "remote-provisioning-webhooks"
GONE = 410
# What is lost when a pump is killed is posted again: so many changes, or so many seconds of them.
_KEPT_EVERY = 20
_KEPT_AFTER = 1.0
_READ_AT_ONCE = 50
# Then it is another one's turn.
_LONGEST_TURN = 10.0
_LONGEST_RETRY_AFTER = 3600


class Lost(Exception):
    """The subscription is another pump's by now, or was deleted."""


class NotTaken(Exception):
    """The receiver does not want the change, at least not now."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


@dataclass(slots=True)
class Reached:
    """How far a turn has come, and how much of it is not kept yet."""

    place: Place
    at: datetime
    last: Change | None = None
    unkept: int = 0
    kept: float = 0.0

    def is_worth_keeping(self) -> bool:
        return self.unkept >= _KEPT_EVERY or time.monotonic() - self.kept > _KEPT_AFTER


class Turn:
    """What a pump does for one subscription before it lets it go again."""

    def __init__(
        self,
        application: Application,
        subscription: Subscription,
        lease: Lease,
        lasts: timedelta,
        receiver: Receiver,
        retry: Retry,
    ) -> None:
        self.receiver = receiver
        self._application = application
        self._clock = application.dispatcher.clock
        self._subscription = subscription
        self._lease = lease
        self._lasts = lasts
        self._retry = retry
        self._reached = Reached(subscription.place, subscription.place_at, kept=time.monotonic())

    def run(self, ended: Event) -> None:
        """Post what there is, until all is posted, something fails, it has lasted long enough or all is to end."""
        try:
            self._serve(ended)
        except Lost:
            log.info("a subscription was taken over or deleted", subscription=self._subscription.id)
        finally:
            self.receiver.close()

    def _serve(self, ended: Event) -> None:
        until = time.monotonic() + _LONGEST_TURN
        try:
            while not ended.is_set() and time.monotonic() < until and self._post_some(ended):
                pass
        except NotTaken as error:
            self._put_off("STATUS", error.answer)
            return
        except Unanswered as error:
            if not ended.is_set():  # else it was cut off: that was no attempt
                self._put_off(str(error), None)
                return
        self._keep(leased_by=None, due_at=self._clock())

    def _post_some(self, ended: Event) -> bool:
        """Post the next changes; whether to go on."""
        subscription, reached = self._subscription, self._reached
        with self._application.database.reading() as db:
            changes, end = read_on(db, subscription.reader, subscription.wanted, reached.place, _READ_AT_ONCE)
        for place, change in changes:
            if ended.is_set():
                return False
            self._post(change)
            reached.place, reached.at, reached.last = place, change.at, change
            reached.unkept += 1
            if reached.is_worth_keeping():
                self._keep(due_at=self._clock() + self._lasts)
        if len(changes) < _READ_AT_ONCE:
            reached.place, reached.at = end, self._clock()
            return False
        return True

    def _post(self, change: Change) -> None:
        body = body_of(change)
        secret = self._subscription.open_secret(self._application.keys)
        signed = signed_headers(secret, message_id(change), self._clock(), body)
        headers = {"Content-Type": "application/json", "User-Agent": USER_AGENT, **signed}
        answer = self.receiver.post(body, headers)
        if not answer.taken:
            raise NotTaken(answer)

    def _keep(self, **values: Any) -> None:
        """Keep how far it has come. Whatever was posted ends a series of failures."""
        reached = self._reached
        values |= placed(reached.place, reached.at)
        if reached.last is not None:
            values |= {"delivered_change_id": reached.last.change_id, "delivered_at": self._clock()}
            values = {"attempts": 0, "failing_since": None, "last_error": None, "last_status": None} | values
        with self._application.database.writing() as db:
            if not self._lease.keep(db, **values):
                raise Lost
            db.commit()
        reached.unkept, reached.kept = 0, time.monotonic()

    def _put_off(self, error: str, answer: Answer | None) -> None:
        """The attempt has failed: try again later, or never again."""
        fresh = self._reached.last is not None
        now = self._clock()
        attempts = 1 if fresh else self._subscription.attempts + 1
        since = now if fresh else self._subscription.failing_since or now
        status = answer.status if answer else None
        wait = self._retry.wait(attempts, random.random())  # noqa: S311 - jitter, no secret
        self._keep(
            leased_by=None,
            due_at=now + max(wait, _asked_wait(answer, now)),
            attempts=attempts,
            failing_since=since,
            last_error=error,
            last_status=status,
        )
        log.warning(
            "webhook not taken",
            subscription=self._subscription.id,
            attempt=attempts,
            error=error,
            status=status,
        )
        if status == GONE:
            disable(self._application, self._subscription, DisabledReason.GONE)
        elif now - since >= timedelta(days=self._application.settings.webhook_days):
            disable(self._application, self._subscription, DisabledReason.FAILED_TOO_LONG)


def disable(application: Application, subscription: Subscription, reason: DisabledReason) -> None:
    """Deliver nothing more; the change feed tells it."""
    request = DisableSubscriptionRequest(subscription_id=subscription.id, reason=reason)
    caller = operator(subscription.provider_id)
    application.dispatcher.perform(disable_subscription, request, caller)
    log.warning("subscription disabled", subscription=subscription.id, reason=reason)


def _asked_wait(answer: Answer | None, now: datetime) -> timedelta:
    """How long the receiver asked to be left alone: seconds or a date; within limits."""
    asked = answer.retry_after if answer else None
    if not asked:
        return timedelta(0)
    try:
        wait = int(asked) if asked.isdigit() else (parsedate_to_datetime(asked) - now).total_seconds()
    except (ValueError, TypeError):  # no number, no date, or a date without a zone
        return timedelta(0)
    return timedelta(seconds=min(max(wait, 0), _LONGEST_RETRY_AFTER))
