"""Where tasks go: one channel for each topic."""

from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from typing import Protocol

from sqlalchemy.orm import Session

from provisioning.delivery.queue import Task
from provisioning.delivery.retry import Retry
from provisioning.kernel.outbox import Topic

Job = Callable[[], None]


class Undelivered(Exception):
    """An attempt has failed. The text is kept and shown to operators: no secret is in it."""


class Rejected(Undelivered):
    """The receiver will never take it: there is no other attempt, unless somebody asks for one."""


class NotNow(Undelivered):
    """The receiver is not there: the task waits, and that was no attempt."""

    def __init__(self, why: str, wait: timedelta) -> None:
        super().__init__(why)
        self.wait = wait


class Channel(Protocol):
    """Delivers the tasks of one topic.

    ``takes_lanes_whole`` when what is delivered is a state: then one delivery answers for all rows of a lane.
    ``retry`` says when to try again what was not delivered.
    """

    topic: Topic
    takes_lanes_whole: bool
    retry: Retry

    def closed(self, db: Session) -> Collection[str]:
        """Targets to which nothing is to be taken now."""

    def to_try(self, db: Session) -> Collection[str]:
        """Those of them for which one task may be taken, to see whether they are back."""

    def prepare(self, tasks: Sequence[Task]) -> list[Job]:
        """Read what has to be delivered; one job for each task, to be run in any thread.

        A job returns when its task is delivered, and raises otherwise: see Undelivered.
        """

    def delivered(self, db: Session, tasks: Sequence[Task]) -> None:
        """Note in the database what the end of these tasks means, in the transaction that ends them."""

    def close(self) -> None:
        """Let go of what is open."""
