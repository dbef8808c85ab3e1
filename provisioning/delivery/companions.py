"""What a relay process does beside the outbox, each in a thread of its own."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError

from provisioning.persistence.engine import DatabaseBusy

log = structlog.get_logger("provisioning.delivery")

_UNTIL_THE_DATABASE_IS_BACK = 1.0
_AFTER_A_BREAKDOWN = 10.0


class Companion(Protocol):
    """Work that comes back again and again. All relays do it: whoever claims a piece of it in the database has it."""

    name: str

    def turn(self, ended: Event) -> float:
        """Do what there is to do, until ``ended`` is set at the latest; after how many seconds to look again."""


@contextmanager
def accompanied_by(companions: Iterable[Companion]) -> Iterator[None]:
    """Let the companions work as long as the block runs; they finish what they have begun."""
    ended = Event()
    threads = [Thread(target=_go_on, args=(each, ended), name=each.name) for each in companions]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        for thread in threads:
            thread.join()


def _go_on(companion: Companion, ended: Event) -> None:
    wait = 0.0
    while not ended.wait(wait):
        wait = _turn(companion, ended)


def _turn(companion: Companion, ended: Event) -> float:
    """One turn; nothing that goes wrong in it ends the companion."""
    try:
        return companion.turn(ended)
    except (DatabaseBusy, SQLAlchemyError) as error:
        log.warning("the database does not answer", companion=companion.name, error=type(error).__name__)
        return _UNTIL_THE_DATABASE_IS_BACK
    except Exception:
        log.exception("a companion of the relay broke down", companion=companion.name)
        return _AFTER_A_BREAKDOWN
