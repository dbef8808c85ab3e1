"""The channel to phone systems."""

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from threading import Lock

import structlog
from sqlalchemy.orm import Session

from provisioning import dids
from provisioning.application import Application
from provisioning.delivery import queue
from provisioning.delivery.breaker import Breaker
from provisioning.delivery.channels import Job, NotNow
from provisioning.delivery.connectors import open_connector
from provisioning.delivery.connectors.base import (
    Connector,
    NotAccepted,
    NotOurs,
    Stale,
    Taken,
    Unavailable,
)
from provisioning.delivery.phone_state import read_states
from provisioning.delivery.queue import Task
from provisioning.delivery.retry import Retry
from provisioning.delivery.together import Together
from provisioning.kernel.errors import Refusal
from provisioning.kernel.outbox import Topic
from provisioning.kernel.phone_state import PhoneState
from provisioning.kernel.secrets import KeyRingError
from provisioning.phone_systems import PhoneSystem, disabled, phone_systems_by_id

log = structlog.get_logger("provisioning.delivery")

UNTIL_BACK = Retry(first=0.5, longest=30)
_AFTER_A_NEWER_STATE = timedelta(seconds=1)


class PhoneChannel:
    """Sends the newest state of users to the phone systems of their provider."""

    topic = Topic.PHONE
    takes_lanes_whole = True

    def __init__(
        self,
        application: Application,
        *,
        retry: Retry = Retry(),  # noqa: B008 - a value, and frozen
        until_back: Retry = UNTIL_BACK,
    ) -> None:
        self.retry = retry
        self._application = application
        self._breaker = Breaker(until_back)
        self._connectors: dict[str, tuple[int, Connector]] = {}
        self._back: set[str] = set()
        self._troubles: dict[str, str] = {}
        self._lock = Lock()

    def closed(self, db: Session) -> Collection[str]:
        return self._breaker.closed() | disabled(db)

    def to_try(self, db: Session) -> Collection[str]:
        due = self._breaker.to_try() - disabled(db)
        removed = due - phone_systems_by_id(db, due).keys() if due else frozenset()
        for each in removed:
            self._breaker.forget(each)
        return due - removed

    def prepare(self, tasks: Sequence[Task]) -> list[Job]:
        with self._application.database.reading() as db:
            systems = phone_systems_by_id(db, {each.target_id for each in tasks})
            states = read_states(self._application, db, {each.subject_id for each in tasks})
        for each in tasks:
            self._breaker.started(each.target_id)
        together = {
            target_id: Together([states[each.subject_id] for each in tasks if each.target_id == target_id])
            for target_id in systems
        }
        return [self._job(systems.get(each.target_id), states[each.subject_id], together) for each in tasks]

    def delivered(self, db: Session, tasks: Sequence[Task]) -> None:
        """Numbers that these users no longer have may be given to others, once every phone system knows."""
        dids.let_go(db, {each.subject_id for each in tasks})
        with self._lock:
            back, self._back = self._back, set()
        for target_id in back:
            queue.hurry(db, target_id, self._application.dispatcher.clock())

    def close(self) -> None:
        for _, connector in self._connectors.values():
            connector.close()
        self._connectors.clear()

    def _job(self, system: PhoneSystem | None, state: PhoneState, together: Mapping[str, Together]) -> Job:
        """What was meant for a phone system that has been removed meanwhile is done with."""
        if system is None:
            return lambda: None
        return lambda: self._send(system, state, together[system.id])

    def _send(self, system: PhoneSystem, state: PhoneState, together: Together) -> None:
        self._pass_by(system)
        try:
            connector = self._connector(system)
            if not together.applied(connector):
                self._apply(connector, state)
        except Unavailable as error:
            raise self._away(system, str(error)) from error
        except Stale as error:
            self._answered(system)
            raise NotNow(str(error), _AFTER_A_NEWER_STATE * random.random()) from error  # noqa: S311 - jitter
        except Exception:
            self._answered(system)
            raise
        self._answered(system)

    def _apply(self, connector: Connector, state: PhoneState) -> None:
        """Who is to have no service has none, not even when the state cannot be written as a whole."""
        try:
            self._apply_whole(connector, state)
        except (NotAccepted, NotOurs, Taken):
            if not state.service_open:
                connector.apply(replace(state, exists=False))
            raise

    def _apply_whole(self, connector: Connector, state: PhoneState) -> None:
        """When something in the state is others' there, their newest states may have let it go: all in one step."""
        states = {state.user_id: state}
        while True:
            try:
                connector.apply(*states.values())
            except Taken as taken:
                if taken.holder_id in states:
                    raise
                with self._application.database.reading() as db:
                    states = read_states(self._application, db, {*states, taken.holder_id})
            else:
                return

    def _pass_by(self, system: PhoneSystem) -> None:
        try:
            self._breaker.pass_by(system.id)
        except NotNow as closed:
            raise NotNow(self._troubles.get(system.id, str(closed)), closed.wait) from None

    def _away(self, system: PhoneSystem, why: str) -> NotNow:
        """It can be told nothing. That is said once: all that waits for it has the same trouble."""
        with self._lock:
            is_new, self._troubles[system.id] = why != self._troubles.get(system.id), why
        wait = self._breaker.failed(system.id)
        if is_new:
            log.error("a phone system cannot be told anything", phone_system=system.name, error=why)
        return NotNow(why, wait)

    def _answered(self, system: PhoneSystem) -> None:
        if self._breaker.answered(system.id):
            with self._lock:
                self._back.add(system.id)
                self._troubles.pop(system.id, None)
            log.info("a phone system takes everything again", phone_system=system.name)

    def _connector(self, system: PhoneSystem) -> Connector:
        """The open connector; another one when the phone system was configured anew, and never back to the former."""
        with self._lock:
            version, connector = self._connectors.get(system.id, (0, None))
            if connector is not None and version >= system.version:
                return connector
            try:
                opened = open_connector(system, self._application.keys)
            except (KeyRingError, Refusal) as error:
                raise Unavailable(f"{system.name} is not configured as it should be") from error
            self._connectors[system.id] = system.version, opened
        if connector is not None:
            connector.close()
        return opened
